#include "feature/survey/survey.h"

#include "base/buf.h"

enum { MARK_BYTES = 100 };

/* [[0,"mac"],…] for ROWS(). */
static Str marks_json(Ctx *c, Strs macs)
{
    Buf b = buf_new(c->arena, macs.n * MARK_BYTES + 2);
    for (ptrdiff_t i = 0; i < macs.n; i++) {
        buf_add(&b, i ? S(",[") : S("[["));
        buf_add_i64(&b, i);
        buf_add_char(&b, ',');
        buf_add_json(&b, macs.v[i]);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

SQL(FIND, "SELECT r.i FROM ROWS($2, i INTEGER, mac TEXT) r"
          " WHERE EXISTS (SELECT 1 FROM spent s WHERE s.wave_id = $1 AND s.mac = r.mac)");

Err survey_spent_find(Ctx *c, WaveId id, Strs macs, bool *ret)
{
    for (ptrdiff_t i = 0; i < macs.n; i++) ret[i] = false;
    if (macs.n == 0) return OK;
    Rows r = db_query(c, FIND, id, marks_json(c, macs));
    while (db_next(&r)) ret[db_i64(&r, 0)] = true;
    return db_done(&r);
}

SQL(SPEND, "INSERT INTO spent (wave_id, mac) SELECT $1, r.mac FROM ROWS($2, i INTEGER, mac TEXT) r WHERE true"
           " ON CONFLICT (wave_id, mac) DO NOTHING");

Err survey_spend_all(Ctx *c, WaveId id, Strs macs)
{
    int changed = 0;
    if (macs.n == 0) return OK;
    TRY(db_exec(c, SPEND, &changed, id, marks_json(c, macs)));
    if (changed == macs.n) return OK;
    return fail(c, E_CONFLICT, T("En af rækkerne blev gemt af en anden imens. Begynd forfra."));
}

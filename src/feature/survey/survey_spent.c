/* Marks: that a code, a form or a row is used up, under the wave's key. */
#include "feature/survey/survey_inside.h"

#include "base/buf.h"
#include "core/app.h"
#include "core/secret/wave_key.h"

static Str kind_word(SpentKind kind)
{
    switch (kind) {
    case SPENT_CODE: return S("code:");
    case SPENT_FORM: return S("form:");
    case SPENT_ROW: return S("row:");
    }
    return S("?:");
}

Err survey_mac(Ctx *c, const Wave *wave, SpentKind kind, Str text, Str *ret)
{
    if (survey_is_done(wave)) return survey_refuse_done(c, wave);
    Err err = wave_key_mac(c, c->app->secrets, wave->uid, STR_CAT(c->arena, kind_word(kind), text), ret);
    if (err != E_NOT_FOUND) return err;
    return fail(c, E_CONFLICT, T("Målingens nøgle findes ikke længere. Derfor kan den ikke tage imod flere svar."));
}

/* The wave is asked in the same statement: it may have closed since the caller read
   it, and what is sealed after that nobody can open. */
SQL(SPEND_ONE, "INSERT INTO spent (wave_id, mac) SELECT w.id, $2 FROM wave w WHERE w.id = $1 AND (w.state IN ('kladde', 'aaben')"
           " OR (w.closes_on IS NULL AND w.state <> 'arkiveret')) ON CONFLICT (wave_id, mac) DO NOTHING");

Err survey_spend(Ctx *c, WaveId id, Str mac, bool *ret_first)
{
    int added = 0;
    Wave now = {0};
    TRY(db_exec(c, SPEND_ONE, &added, id, mac));
    *ret_first = added == 1;
    if (added) return OK;
    TRY(survey_by_id(c, id, &now));
    return survey_is_done(&now) ? survey_refuse_done(c, &now) : OK;
}

/* ---- many at once ----------------------------------------------------------------- */

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

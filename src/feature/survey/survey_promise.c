/* What may truthfully be promised to those who are asked (DESIGN, Anonymity). */
#include "base/buf.h"
#include "feature/survey/survey_inside.h"

/* Cells where fewer than five are invited, or nobody knows how many. A cell with
   nobody invited is in order as long as nobody has a code for it either: whoever
   answered there would be alone. A number that is not split by role says
   something only where one role is asked. */
SQL(CELLS, "SELECT u.unit_id, r.role, coalesce(i.n, s.n, -1) FROM wave_unit u JOIN ROWS($2, role TEXT) r ON true"
           " LEFT JOIN wave_invited i ON i.wave_id = u.wave_id AND i.unit_id = u.unit_id AND i.role = r.role"
           " LEFT JOIN wave_invited s ON s.wave_id = u.wave_id AND s.unit_id = u.unit_id AND s.role = '' AND $3 = 1"
           " WHERE u.wave_id = $1 AND u.is_lowest = 1 AND coalesce(i.n, s.n, -1) < $4"
           " AND (coalesce(i.n, s.n, -1) <> 0 OR EXISTS (SELECT 1 FROM v_code k WHERE k.wave_id = u.wave_id"
           "  AND k.unit_id = u.unit_id AND k.role = r.role))"
           " ORDER BY CASE WHEN coalesce(i.n, s.n, -1) < 0 THEN 1 ELSE 0 END, u.depth, u.name_sort, u.unit_id LIMIT 1");
SQL(ANY_UNIT, "SELECT count(*) FROM wave_unit WHERE wave_id = $1");

static Str roles_json(Ctx *c, Str roles, int *ret_n)
{
    Buf b = buf_new(c->arena, 200);
    Str part = {0};
    while (str_split(&roles, ' ', &part)) {
        buf_add(&b, *ret_n ? S(",[") : S("[["));
        buf_add_json(&b, part);
        buf_add_char(&b, ']');
        ++*ret_n;
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

Err survey_promise(Ctx *c, const Wave *wave, Promise *ret)
{
    int roles = 0;
    int64_t units = 0, n = 0;
    bool found = false;
    Str json = roles_json(c, wave->roles, &roles);
    TRY(db_one_i64(c, ANY_UNIT, &units, wave->id));
    Rows r = db_query(c, CELLS, wave->id, json, roles == 1, SURVEY_FEW);
    if ((found = db_next(&r))) n = db_i64(&r, 2);
    TRY(db_done(&r));
    if (!units || n < 0)
        *ret = (Promise){.why = T("Vi ved ikke overalt, hvor mange der er spurgt, så vi kan ikke love, at I er mange nok.")};
    else if (found)
        *ret = (Promise){.why = T("Nogle steder er færre end fem spurgt, så andre måske kan gætte, hvem der har svaret hvad.")};
    else
        *ret = (Promise){.is_anonymous = true, .why = T("Mindst fem er spurgt i hver gruppe, og svaret gemmes uden navn, tid og adresse.")};
    return OK;
}

Msg survey_promise_sentence(const Promise *promise)
{
    if (promise->is_anonymous)
        return T("Svaret gemmes uden navn, tid og adresse, så ingen bagefter kan finde ud af, hvad netop du har svaret.");
    return T("Svaret er fortroligt. Vi gemmer ikke dit navn sammen med svaret, men kan ikke love, at ingen kan gætte, hvad du har svaret.");
}

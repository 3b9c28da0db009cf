/* The codes of the demonstration's waves that are under way: those of one
   municipality (survey_demo.c). The waves of the whole region have none. */
#include "feature/code/code_demo.h"

#include "base/number.h"

#define UNDER_WAY "w.state = 'aaben' AND w.reach_id IS NOT NULL AND w.opens_on <= $1 AND w.closes_on >= $1"

enum { WAVES_MAX = 20 };
SQL(WAVES, "SELECT w.id FROM v_survey_wave w WHERE " UNDER_WAY " ORDER BY w.id LIMIT $2");

Err code_demo(Ctx *c)
{
    WaveId ids[WAVES_MAX];
    ptrdiff_t n = 0;
    Rows r = db_query(c, WAVES, c->today, WAVES_MAX);
    while (n < WAVES_MAX && db_next(&r)) ids[n++] = (WaveId){db_i64(&r, 0)};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) {
        Wave wave = {0};
        PlainCodes codes = {0};
        TRY(survey_by_id(c, ids[i], &wave));
        TRY(code_make(c, &wave, (CodeOrder){.wants_open = true}, &codes));
    }
    return OK;
}

/* ---- what a visitor may try ---------------------------------------------------------- */

/* Who is asked, and under TRY_SCHOOL whose code is told; empty: the school's own. */
typedef struct Try {
    Str roles, class;
} Try;
#define TRY_SCHOOL "S12"
static const Try tries[] = {{S_INIT("personale"), S_INIT("")}, {S_INIT("elev"), S_INIT("5.A")}};

/* The code of a class lies under its school, the staff's at the school itself. */
SQL(TRY_CODE, "SELECT w.id, k.sealed, u.code, CASE WHEN u.code = $2 THEN u.name ELSE u.name || ', ' || p.name END"
              " FROM v_survey_wave w JOIN wave_code k ON k.wave_id = w.id JOIN v_survey_unit u ON u.wave_id = w.id AND u.unit_id = k.unit_id"
              " JOIN v_survey_unit p ON p.wave_id = w.id AND p.unit_id = u.parent_id"
              " WHERE " UNDER_WAY " AND w.roles = $3 AND k.kind = 'open'"
              " AND k.sealed IS NOT NULL AND (($4 = '' AND u.code = $2) OR (p.code = $2 AND u.name = $4)) ORDER BY w.id, k.id LIMIT 1");

static Err try_code(Ctx *c, const Try *try, PlainCode *ret, bool *ret_found)
{
    WaveId id = {0};
    Wave wave = {0};
    PlainCode code = {.role = try->roles, .kind = S("open")};
    Rows r = db_query(c, TRY_CODE, c->today, S(TRY_SCHOOL), try->roles, try->class);
    if (db_next(&r)) {
        id.v = db_i64(&r, 0);
        code.code = db_str(&r, 1);
        code.unit = db_str(&r, 2);
        code.unit_name = db_str(&r, 3);
    }
    TRY(db_done(&r));
    if (!id.v) return OK;
    TRY(survey_by_id(c, id, &wave));
    TRY(code_unseal(c, &wave, code.code, &code.code));
    *ret = code;
    *ret_found = true;
    return OK;
}

Err code_demo_list(Ctx *c, PlainCodes *ret)
{
    PlainCodes all = {.v = NEW(c->arena, PlainCode, COUNT_OF(tries))};
    for (ptrdiff_t i = 0; i < COUNT_OF(tries); i++) {
        bool found = false;
        TRY(try_code(c, &tries[i], &all.v[all.n], &found));
        all.n += found;
    }
    *ret = all;
    return OK;
}

#include "feature/release/release_demo.h"

#include "feature/release/release.h"

enum { DEMO_WAVES = 8 };

SQL(CLOSED_WAVES, "SELECT id FROM v_survey_wave WHERE closes_on < $1 ORDER BY closes_on NULLS LAST, id LIMIT $2");

static Err release(Ctx *c, WaveId id)
{
    Wave wave = {0};
    Prepared *prepared = NULL;
    TRY(survey_by_id(c, id, &wave));
    TRY(release_prepare(c, &wave, (UnitId){0}, &prepared));
    return release_publish(c, prepared);
}

Err release_demo(Ctx *c)
{
    WaveId waves[DEMO_WAVES] = {0};
    ptrdiff_t n = 0;
    Rows r = db_query(c, CLOSED_WAVES, c->today, DEMO_WAVES);
    while (n < DEMO_WAVES && db_next(&r)) waves[n++] = (WaveId){db_i64(&r, 0)};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) TRY(release(c, waves[i]));
    return OK;
}

#include "feature/release/release_demo.h"

#include "feature/release/release.h"

enum { DEMO_WAVES = 8, DEMO_UNITS = 1000, CHECKED_DAYS = 24 /* from closing to release */, SHOWN_DAYS = 20,
       OPENED_DAYS = 30 /* after the staff: the council's next meeting */ };

SQL(CLOSED_WAVES, "SELECT id FROM v_survey_wave WHERE closes_on < $1 ORDER BY closes_on NULLS LAST, id LIMIT $2");
SQL(HAS_LATER, "SELECT count(*) FROM v_survey_wave WHERE previous_id = $1");
SQL(RELEASED, "SELECT p.unit_id, CASE WHEN u.kind IN ('region', 'kommune') THEN 1 ELSE 0 END FROM v_publication p"
              " JOIN v_organisation_unit u ON u.id = p.unit_id WHERE p.wave_id = $1 AND p.number = 1 ORDER BY p.unit_id LIMIT $2");

/* Schools have shown their staff the older reports, and the municipalities and the region
   have opened theirs to the council. The newest waits for its head. */
static Err show(Ctx *c, const Wave *wave)
{
    int64_t later = 0;
    ptrdiff_t n = 0;
    UnitId *units = NEW(c->arena, UnitId, DEMO_UNITS);
    bool *is_open = NEW(c->arena, bool, DEMO_UNITS);
    Date since = {wave->closes_on.day + CHECKED_DAYS + SHOWN_DAYS};
    TRY(db_one_i64(c, HAS_LATER, &later, wave->id));
    if (later == 0) return OK;
    Rows r = db_query(c, RELEASED, wave->id, DEMO_UNITS);
    for (; n < DEMO_UNITS && db_next(&r); n++) {
        units[n] = (UnitId){db_i64(&r, 0)};
        is_open[n] = db_i64(&r, 1) == 1;
    }
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) {
        TRY(publication_open_to(c, wave->id, units[i], S("medarbejdere"), since));
        if (is_open[i]) TRY(publication_open_to(c, wave->id, units[i], S("offentlig"), (Date){since.day + OPENED_DAYS}));
    }
    return OK;
}

/* As of some weeks after it closed, as a municipality would have done it. */
static Err release(Ctx *c, WaveId id)
{
    Wave wave = {0};
    Prepared *prepared = NULL;
    Date today = c->today;
    TRY(survey_by_id(c, id, &wave));
    if (wave.closes_on.day + CHECKED_DAYS < today.day) c->today.day = wave.closes_on.day + CHECKED_DAYS;
    Err err = release_prepare(c, &wave, (UnitId){0}, &prepared);
    if (err == OK) err = release_publish(c, prepared);
    c->today = today;
    return err == OK ? show(c, &wave) : err;
}

Err release_demo(Ctx *c)
{
    WaveId waves[DEMO_WAVES] = {0};
    ptrdiff_t n = 0;
    Rows r = db_query(c, CLOSED_WAVES, c->today, DEMO_WAVES);
    while (n < DEMO_WAVES && db_next(&r)) waves[n++] = (WaveId){db_i64(&r, 0)};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) TRY(release(c, waves[i]));
    for (bool more = true; more;) {
        more = false;
        TRY(release_tick(c, &more));
    }
    return OK;
}

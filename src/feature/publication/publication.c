/* The stored rows: rounds, publications and to whom they are open. */
#include "feature/publication/publication.h"

#include "feature/publication/publication_feature.h"

enum { AUDIENCES = 4 };

#define PUBLICATION "SELECT id, number, released_on, report, frame FROM publication WHERE wave_id = $1 AND unit_id = $2"
SQL(NEWEST, PUBLICATION " ORDER BY number DESC LIMIT 1");
SQL(NUMBERED, PUBLICATION " AND number = $3");

Err publication_load(Ctx *c, WaveId wave, UnitId unit, int64_t number, Publication *ret)
{
    Rows r = number ? db_query(c, NUMBERED, wave, unit, number) : db_query(c, NEWEST, wave, unit);
    bool found = db_next(&r);
    Publication p = {0};
    if (found) p = (Publication){db_i64(&r, 0), db_i64(&r, 1), {(int32_t)db_i64(&r, 2)}, db_str(&r, 3), db_str(&r, 4), wave, unit};
    TRY(db_done(&r));
    if (!found) return E_NOT_FOUND;
    *ret = p;
    return OK;
}

/* ---- rounds --------------------------------------------------------------------------- */

SQL(COUNT_ROUNDS, "SELECT count(*) FROM publication_round WHERE wave_id = $1");
SQL(ROUNDS, "SELECT id, number, counts FROM publication_round WHERE wave_id = $1 ORDER BY number");

Err publication_rounds(Ctx *c, WaveId wave, PublicationRounds *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT_ROUNDS, &n, wave));
    PublicationRounds all = {.v = NEW(c->arena, PublicationRound, n)};
    Rows r = db_query(c, ROUNDS, wave);
    while (all.n < n && db_next(&r)) all.v[all.n++] = (PublicationRound){db_i64(&r, 0), db_i64(&r, 1), db_str(&r, 2)};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(ADD_ROUND, "INSERT INTO publication_round (wave_id, number, released_on, counts) VALUES ($1, $2, $3, $4) RETURNING id");

Err publication_round_add(Ctx *c, WaveId wave, int64_t number, Str counts, int64_t *ret_round)
{
    return db_one_i64(c, ADD_ROUND, ret_round, wave, number, c->today, counts);
}

/* ---- publications ------------------------------------------------------------------------ */

SQL(ADD_PUBLICATION,
    "INSERT INTO publication (owner_id, wave_id, unit_id, number, round_id, released_on, report, frame)"
    " SELECT u.owner_id, $1, u.id, $3, $4, $5, $6, $7 FROM v_organisation_unit u WHERE u.id = $2");

Err publication_add(Ctx *c, WaveId wave, int64_t round, NewPublication p)
{
    int changed = 0;
    TRY(db_exec(c, ADD_PUBLICATION, &changed, wave, p.unit, p.number, round, c->today, p.report, p.frame));
    return changed == 1 ? OK : fail(c, E_BROKEN, T("En enhed i målingen findes ikke."));
}

/* ---- audiences -------------------------------------------------------------------------- */

SQL(READ_AUDIENCES, "SELECT audience, since FROM publication_audience WHERE wave_id = $1 AND unit_id = $2 ORDER BY CASE audience"
                    " WHEN 'ledelse' THEN 1 WHEN 'medarbejdere' THEN 2 WHEN 'forvaltning' THEN 3 ELSE 4 END");

Err publication_audiences(Ctx *c, WaveId wave, UnitId unit, Audiences *ret)
{
    Audiences all = {.v = NEW(c->arena, Audience, AUDIENCES)};
    Rows r = db_query(c, READ_AUDIENCES, wave, unit);
    while (all.n < AUDIENCES && db_next(&r)) all.v[all.n++] = (Audience){db_str(&r, 0), {(int32_t)db_i64(&r, 1)}};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(OPEN_TO, "INSERT INTO publication_audience (wave_id, unit_id, audience, since) VALUES ($1, $2, $3, $4)"
             " ON CONFLICT (wave_id, unit_id, audience) DO NOTHING");

Err publication_open_to(Ctx *c, WaveId wave, UnitId unit, Str audience, Date since)
{
    return db_exec(c, OPEN_TO, NULL, wave, unit, audience, since);
}

SQL(SHOW, "INSERT INTO publication_audience (wave_id, unit_id, audience, since, by_person)"
          " SELECT p.wave_id, p.unit_id, 'medarbejdere', $3, $4 FROM publication p"
          " WHERE p.wave_id = $1 AND p.unit_id = $2 AND p.number = 1"
          " ON CONFLICT (wave_id, unit_id, audience) DO NOTHING");

Err publication_show(Ctx *c, WaveId wave, UnitId unit)
{
    int changed = 0;
    TRY(db_exec(c, SHOW, &changed, wave, unit, c->today, c->viewer));
    if (changed == 0) return fail(c, E_CONFLICT, T("Medarbejderne kan allerede læse rapporten."));
    return OK;
}

SQL(PUBLISH, "INSERT INTO publication_audience (wave_id, unit_id, audience, since, by_person)"
             " SELECT p.wave_id, p.unit_id, 'offentlig', $3, $4 FROM publication p"
             " WHERE p.wave_id = $1 AND p.unit_id = $2 AND p.number = 1 AND EXISTS (SELECT 1 FROM publication_audience a"
             " WHERE a.wave_id = p.wave_id AND a.unit_id = p.unit_id AND a.audience = 'medarbejdere')"
             " ON CONFLICT (wave_id, unit_id, audience) DO NOTHING");

Err publication_publish(Ctx *c, WaveId wave, UnitId unit)
{
    int changed = 0;
    TRY(db_exec(c, PUBLISH, &changed, wave, unit, c->today, c->viewer));
    if (changed == 0) return fail(c, E_CONFLICT, T("Rapporten er åbnet allerede, eller medarbejderne har ikke fået den endnu."));
    return OK;
}

const Feature publication_feature = {.name = "publication", .schema = &publication_schema};

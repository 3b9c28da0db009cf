#include "feature/report/report_demo.h"

#include "base/number.h"
#include "feature/report/report.h"

/* Which report, and what its people have written; section: place in the report, from 0. */
typedef struct Written {
    Str wave_ends, unit, role;
    ptrdiff_t section;
    Str body;
} Written;

static const Written written[] = {
    {S_INIT("2025"), S_INIT("S12"), S_INIT("skoleleder"), 0,
     S_INIT("Vi lader eleverne vælge ét emne i hvert forløb i 4. til 6. klasse og spørger dem bagefter. Vi ser på det igen til maj.")},
    {S_INIT("2025"), S_INIT("S12"), S_INIT("skoleleder"), 2,
     S_INIT("Teamene får en fast time hver anden uge, som ikke bliver brugt til andet. Dagsordenen er én klasse og ét spørgsmål.")},
    {S_INIT("2025"), S_INIT("S21"), S_INIT("skoleleder"), 3,
     S_INIT("Afdelingslederne er med på hvert teams første møde efter ferien og spørger til det, teamet prøver af.")},
    {S_INIT("2026"), S_INIT("K1"), S_INIT("konsulent"), 2,
     S_INIT("Vi samler de skoler, der har prøvet kollegabesøg, til en eftermiddag i september. De viser, hvordan de fik tiden til det.")},
};

SQL(WAVES, "SELECT w.id, u.unit_id, w.name FROM v_survey_wave w JOIN v_survey_unit u ON u.wave_id = w.id"
           " JOIN v_publication p ON p.wave_id = w.id AND p.unit_id = u.unit_id AND p.number = 1"
           " WHERE u.code = $1 AND w.roles = 'personale leder' ORDER BY w.id");
SQL(WRITER, "SELECT CAST(coalesce(min(m.person_id), 0) AS INTEGER) FROM v_people_membership m JOIN v_organisation_unit u ON u.id = m.unit_id"
            " WHERE m.role = $1 AND u.code = $2");

typedef struct Found {
    WaveId wave;
    UnitId unit;
} Found;

static Err find(Ctx *c, const Written *w, Found *ret)
{
    Rows r = db_query(c, WAVES, w->unit);
    while (db_next(&r))
        if (str_ends(db_str(&r, 2), w->wave_ends)) *ret = (Found){{db_i64(&r, 0)}, {db_i64(&r, 1)}};
    return db_done(&r);
}

static Err write_one(Ctx *c, const Written *w)
{
    Found found = {0};
    Publication p = {0};
    Report report = {0};
    int64_t person = 0;
    TRY(find(c, w, &found));
    TRY(db_one_i64(c, WRITER, &person, w->role, w->unit));
    if (!found.wave.v || !person) return OK;
    TRY(publication_load(c, found.wave, found.unit, 0, &p));
    TRY(publication_parse(c, &p, &report));
    if (w->section >= report.sections.n) return OK;
    ViewerId viewer = c->viewer;
    c->viewer = (ViewerId){person};
    Err err = report_focus_set(c, found.wave, found.unit, report.sections.v[w->section].code, (Version){0}, w->body);
    c->viewer = viewer;
    return err;
}

Err report_demo(Ctx *c)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(written); i++) TRY(write_one(c, &written[i]));
    return OK;
}

#include "core/organisation/organisation_demo.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/organisation/organisation.h"

typedef struct DemoUnit {
    const char *code, *name, *kind, *parent;
    int tracks;     /* parallel classes a grade; 0: no classes of its own */
    int last_grade;
} DemoUnit;

static const DemoUnit units[] = {
    {"R1", "Region Fjord", "region", "", 0, 0},
    {"K1", "Fjordby Kommune", "kommune", "R1", 0, 0},
    {"K2", "Holmeå Kommune", "kommune", "R1", 0, 0},
    {"K3", "Nørrevang Kommune", "kommune", "R1", 0, 0},
    {"K1-PPR", "PPR Fjordby", "ppr", "K1", 0, 0},
    {"S11", "Bakkeskolen", "skole", "K1", 2, 9},
    {"S12", "Strandmarkskolen", "skole", "K1", 2, 9},
    {"S13", "Ådalens Skole", "skole", "K1", 1, 6},
    {"S14", "Søndergårdskolen", "skole", "K1", 2, 9},
    {"S15", "Fjordby Vestre Skole", "skole", "K1", 2, 9},
    {"S16", "Møllevangskolen", "skole", "K1", 1, 9},
    {"S17", "Hvedbjerg Skole", "skole", "K1", 1, 6},
    {"S18", "Engdalskolen", "skole", "K1", 2, 9},
    {"S19", "Kystskolen", "skole", "K1", 1, 6},
    {"S1A", "Birkelundskolen", "skole", "K1", 1, 9},
    {"S1B", "Skolen ved Åen", "specialskole", "K1", 1, 9},
    {"S21", "Holmeå Skole", "skole", "K2", 0, 0},
    {"S21-N", "Afdeling Nord", "afdeling", "S21", 1, 6},
    {"S21-S", "Afdeling Syd", "afdeling", "S21", 2, 9},
    {"S21-V", "Afdeling Vest", "afdeling", "S21", 1, 6},
    {"S21-O", "Afdeling Øst", "afdeling", "S21", 1, 9},
    {"S31", "Kirkebro Skole", "skole", "K3", 2, 9},
    {"S32", "Lyngskolen", "skole", "K3", 1, 9},
    {"S33", "Nørre Vang Skole", "skole", "K3", 2, 9},
    {"S34", "Højmarkskolen", "skole", "K3", 1, 6},
    {"S35", "Stationsskolen", "skole", "K3", 2, 9},
    {"S36", "Egebakken Skole", "skole", "K3", 1, 9},
    {"S37", "Tværsted Skole", "skole", "K3", 1, 6},
    {"S38", "Sct. Mikkels Skole", "skole", "K3", 1, 9},
    {"S39", "Vesterhede Skole", "skole", "K3", 1, 6},
    {"S3A", "Brohovedskolen", "skole", "K3", 2, 9},
    {"S3B", "Dalby Landsbyordning", "skole", "K3", 1, 6},
};

enum { FIRST_YEAR = 2024, LAST_YEAR = 2026, SINCE = 19205 /* 2022-08-01 */ };

/* "S11-25-3A": school, school year, class. */
static Str class_code(Ctx *c, const DemoUnit *school, int year, int grade, int track)
{
    Buf b = buf_new(c->arena, 40);
    buf_add(&b, str_of_z(school->code));
    buf_add_char(&b, '-');
    buf_add_i64(&b, year % 100);
    buf_add_char(&b, '-');
    buf_add_i64(&b, grade);
    buf_add_char(&b, (char)('A' + track));
    return buf_str(&b);
}

SQL(SUCCEED, "INSERT INTO unit_succession (unit_id, succeeds_id) SELECT a.id, b.id FROM unit a JOIN unit b ON b.code = $2 WHERE a.code = $1");

static Err add_class(Ctx *c, const DemoUnit *school, int year, int grade, int track)
{
    Date from = {0}, to = {0};
    if (!date_of_civil((Civil){year, 8, 1}, &from) || !date_of_civil((Civil){year + 1, 7, 31}, &to))
        return fail(c, E_BROKEN, T("Demoens skoleår findes ikke."));
    Buf name = buf_new(c->arena, 8);
    buf_add_i64(&name, grade);
    buf_add_char(&name, '.');
    buf_add_char(&name, (char)('A' + track));
    UnitId id = {0};
    Str code = class_code(c, school, year, grade, track);
    TRY(organisation_add(c, (NewUnit){.code = code, .name = buf_str(&name), .kind = S("klasse"),
                                      .parent_code = str_of_z(school->code), .valid_from = from, .valid_to = to}, &id));
    if (year == FIRST_YEAR || grade == 0) return OK;
    return db_exec(c, SUCCEED, NULL, code, class_code(c, school, year - 1, grade - 1, track));
}

static Err add_classes(Ctx *c, const DemoUnit *school)
{
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++)
        for (int grade = 0; school->tracks && grade <= school->last_grade; grade++)
            for (int track = 0; track < school->tracks; track++) TRY(add_class(c, school, year, grade, track));
    return OK;
}

Err organisation_demo(Ctx *c)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(units); i++) {
        UnitId id = {0};
        const DemoUnit *u = &units[i];
        TRY(organisation_add(c, (NewUnit){.code = str_of_z(u->code), .name = str_of_z(u->name), .kind = str_of_z(u->kind),
                                          .parent_code = str_of_z(u->parent), .valid_from = {SINCE}}, &id));
        TRY(add_classes(c, u));
    }
    return organisation_reach_rebuild(c);
}

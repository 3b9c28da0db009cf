/* The demonstration region's waves: spring 2025 and spring 2026 of every
   questionnaire that its demo brought, and two of one municipality that are under
   way on the day it is made, with how many are asked. Derived from the tree that is
   there and the day; the same every time. */
#include "feature/survey/survey_demo.h"

#include "base/buf.h"
#include "base/number.h"
#include "text/da.h"

/* Who a questionnaire is for, by how its code begins; the last row is for the rest. */
typedef struct Audience {
    Str code_begins, roles, skips;
} Audience;
#define NOT_SCHOOLS "aargang team ppr udvalg ressourcecenter virtuel"
static const Audience audiences[] = {
    {S_INIT("ELEV"), S_INIT("elev"), S_INIT(NOT_SCHOOLS)},
    {S_INIT("FOR"), S_INIT("foraelder"), S_INIT("klasse " NOT_SCHOOLS)},
    {S_INIT(""), S_INIT("personale leder"), S_INIT("klasse " NOT_SCHOOLS)},
};

typedef struct Spring {
    Str name;
    Civil opens, closes;
} Spring;
static const Spring springs[] = {
    {S_INIT("forår 2025"), {2025, 3, 3}, {2025, 4, 4}},
    {S_INIT("forår 2026"), {2026, 3, 2}, {2026, 4, 10}},
};

static const Audience *audience_of(Str code)
{
    ptrdiff_t i = 0;
    while (!str_starts(code, audiences[i].code_begins)) i++;
    return &audiences[i];
}

/* Classes below each unit on the day: how large a school is. */
SQL(CLASSES, "SELECT count(*) FROM v_organisation_reach r JOIN v_organisation_unit u ON u.id = r.unit_id"
             " WHERE r.above_id = $1 AND u.kind = 'klasse' AND u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to >= $2)");

/* A class has 19–26 pupils; a school four and a half of staff a class, and one
   leader for every five classes; two of three homes are asked. */
static int64_t how_many(Str role, UnitId unit, int64_t classes)
{
    if (str_eq(role, S("elev"))) return 19 + unit.v * 7 % 8;
    if (str_eq(role, S("foraelder"))) return classes * 14 + unit.v % 9;
    if (str_eq(role, S("leder"))) return 2 + classes / 5;
    return 6 + classes * 9 / 2 + unit.v % 5;
}

static Err invite_unit(Ctx *c, const Wave *wave, const WaveUnit *unit)
{
    int64_t classes = 0;
    Str roles = wave->roles, role = {0};
    TRY(db_one_i64(c, CLASSES, &classes, unit->id, survey_tree_day(wave)));
    while (str_split(&roles, ' ', &role)) TRY(survey_invited_set(c, wave->id, unit->id, role, how_many(role, unit->id, classes)));
    return OK;
}

static Err invite_all(Ctx *c, const Wave *wave)
{
    WaveUnits all = {0};
    TRY(survey_units(c, wave->id, &all));
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (all.v[i].is_lowest) TRY(invite_unit(c, wave, &all.v[i]));
    return OK;
}

static Err add_springs(Ctx *c, Str code)
{
    Questionnaire q = {0};
    Str previous = {0};
    const Audience *audience = audience_of(code);
    TRY(questionnaire_newest(c, code, &q));
    for (ptrdiff_t i = 0; i < COUNT_OF(springs); i++) {
        Wave wave = {0};
        Date opens = {0}, closes = {0};
        Str name = STR_CAT(c->arena, lang_text(q.title, S("da")), S(", "), springs[i].name);
        if (!date_of_civil(springs[i].opens, &opens) || !date_of_civil(springs[i].closes, &closes))
            return fail(c, E_BROKEN, T("Demoens datoer findes ikke."));
        TRY(survey_add(c, (NewWave){.questionnaire = code, .name = name, .previous = previous, .opens_on = opens, .closes_on = closes,
                                    .skips = audience->skips, .roles = audience->roles,
                                    .has_single_pages = str_eq(audience->roles, S("elev"))}, &wave));
        TRY(invite_all(c, &wave));
        previous = name;
    }
    return OK;
}

/* ---- under way --------------------------------------------------------------------- */

/* Answered as the demonstration is seen. None is compared with a spring: it would
   be the later one of it, and a released wave would be told of as an old one. */
typedef struct Pulse {
    Str questionnaire, begins, roles, skips;
    int32_t opened_days, closes_days; /* before and after the day it is made */
    bool has_single_pages;
} Pulse;
#define PULSE_UNIT "K1"
/* The staff's closes within the week in which the front page tells of it, the
   pupils' takes answers for two weeks. */
static const Pulse pulses[] = {
    {S_INIT("PERS"), S_INIT("Personale, pulsmåling "), S_INIT("personale"), S_INIT("klasse " NOT_SCHOOLS), 15, 6, false},
    {S_INIT("ELEV"), S_INIT("Elever, pulsmåling "), S_INIT("elev"), S_INIT(NOT_SCHOOLS), 13, 14, true},
};

/* "Elever, pulsmåling november 2026" */
static Str pulse_name(Ctx *c, const Pulse *pulse, Date opens)
{
    Civil civil = date_civil(opens);
    Buf b = buf_new(c->arena, WAVE_NAME_MAX * 2);
    buf_add(&b, pulse->begins);
    buf_add(&b, text_month(LANG_DA, civil.month));
    buf_add_char(&b, ' ');
    buf_add_i64(&b, civil.year);
    return buf_str(&b);
}

static Err add_pulse(Ctx *c, const Pulse *pulse, UnitId owner)
{
    Wave wave = {0};
    Date opens = {c->today.day - pulse->opened_days}, closes = {c->today.day + pulse->closes_days};
    TRY(survey_add(c, (NewWave){.questionnaire = pulse->questionnaire, .name = pulse_name(c, pulse, opens), .opens_on = opens,
                                .closes_on = closes, .owner = owner, .skips = pulse->skips, .roles = pulse->roles,
                                .has_single_pages = pulse->has_single_pages}, &wave));
    return invite_all(c, &wave);
}

static Err add_pulses(Ctx *c)
{
    Unit owner = {0};
    TRY(organisation_by_code(c, S(PULSE_UNIT), &owner));
    for (ptrdiff_t i = 0; i < COUNT_OF(pulses); i++) TRY(add_pulse(c, &pulses[i], owner.id));
    return OK;
}

SQL(QUESTIONNAIRES, "SELECT code FROM v_questionnaire ORDER BY code LIMIT 20");

Err survey_demo(Ctx *c)
{
    Strs codes = {.v = NEW(c->arena, Str, 20)};
    Rows r = db_query(c, QUESTIONNAIRES);
    while (db_next(&r)) codes.v[codes.n++] = db_str(&r, 0);
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < codes.n; i++) TRY(add_springs(c, codes.v[i]));
    return add_pulses(c);
}

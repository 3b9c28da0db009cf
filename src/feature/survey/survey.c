/* Waves: what one is, which state follows which, and when it takes answers. */
#include "feature/survey/survey_inside.h"

#include "base/number.h"

/* ---- states ---------------------------------------------------------------- */

typedef struct StateRow {
    WaveState state;
    Str code;
    Msg name;
} StateRow;

static const StateRow states[] = {
    {WAVE_KLADDE, S_INIT("kladde"), T_INIT("Kladde")},
    {WAVE_AABEN, S_INIT("aaben"), T_INIT("Åben")},
    {WAVE_LUKKET, S_INIT("lukket"), T_INIT("Lukket")},
    {WAVE_KONTROLLERET, S_INIT("kontrolleret"), T_INIT("Kontrolleret")},
    {WAVE_FRIGIVET_SKOLE, S_INIT("frigivet_skole"), T_INIT("Frigivet til skolerne")},
    {WAVE_FRIGIVET_KOMMUNE, S_INIT("frigivet_kommune"), T_INIT("Frigivet til forvaltningen")},
    {WAVE_OFFENTLIG, S_INIT("offentlig"), T_INIT("Åbnet for politikere")},
    {WAVE_ARKIVERET, S_INIT("arkiveret"), T_INIT("Arkiveret")},
};

Str survey_state_code(WaveState state)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(states); i++)
        if (states[i].state == state) return states[i].code;
    return S("");
}

Msg survey_state_name(WaveState state)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(states); i++)
        if (states[i].state == state) return states[i].name;
    return (Msg){0};
}

static Err state_of(Ctx *c, Str code, WaveState *ret)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(states); i++) {
        if (!str_eq(states[i].code, code)) continue;
        *ret = states[i].state;
        return OK;
    }
    return fail(c, E_BROKEN, T("En måling har en ukendt tilstand."));
}

typedef enum MoveFor { MOVE_ANY = 1, MOVE_DATED } MoveFor;
typedef struct Move {
    WaveState from, to;
    MoveFor waves;
} Move;

/* A wave's life. Nothing else changes `state`. Never back: the key is gone. */
static const Move moves[] = {
    {WAVE_KLADDE, WAVE_AABEN, MOVE_DATED},
    {WAVE_KLADDE, WAVE_LUKKET, MOVE_ANY},
    {WAVE_KLADDE, WAVE_ARKIVERET, MOVE_ANY},
    {WAVE_AABEN, WAVE_LUKKET, MOVE_ANY},
    {WAVE_LUKKET, WAVE_KONTROLLERET, MOVE_ANY},
    {WAVE_LUKKET, WAVE_ARKIVERET, MOVE_ANY},
    {WAVE_KONTROLLERET, WAVE_FRIGIVET_SKOLE, MOVE_ANY},
    {WAVE_KONTROLLERET, WAVE_ARKIVERET, MOVE_ANY},
    {WAVE_FRIGIVET_SKOLE, WAVE_FRIGIVET_KOMMUNE, MOVE_ANY},
    {WAVE_FRIGIVET_SKOLE, WAVE_ARKIVERET, MOVE_ANY},
    {WAVE_FRIGIVET_KOMMUNE, WAVE_OFFENTLIG, MOVE_ANY},
    {WAVE_FRIGIVET_KOMMUNE, WAVE_ARKIVERET, MOVE_ANY},
    {WAVE_OFFENTLIG, WAVE_ARKIVERET, MOVE_ANY},
};

bool survey_may_move(const Wave *wave, WaveState to)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(moves); i++) {
        const Move *m = &moves[i];
        if (m->from == wave->state && m->to == to && (m->waves == MOVE_ANY || wave->closes_on.day)) return true;
    }
    return false;
}

bool survey_is_released(const Wave *wave)
{
    return wave->state == WAVE_FRIGIVET_SKOLE || wave->state == WAVE_FRIGIVET_KOMMUNE || wave->state == WAVE_OFFENTLIG;
}

bool survey_is_done(const Wave *wave)
{
    if (!wave->closes_on.day) return wave->state == WAVE_ARKIVERET;
    return wave->state != WAVE_KLADDE && wave->state != WAVE_AABEN;
}

/* ---- roles ------------------------------------------------------------------ */

typedef struct RoleRow {
    Str code;
    Msg name;
} RoleRow;

static const RoleRow roles[] = {
    {S_INIT("personale"), T_INIT("Personale")},
    {S_INIT("leder"), T_INIT("Ledere")},
    {S_INIT("elev"), T_INIT("Elever")},
    {S_INIT("foraelder"), T_INIT("Forældre")},
};

bool survey_is_role(Str role)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(roles); i++)
        if (str_eq(roles[i].code, role)) return true;
    return false;
}

Msg survey_role_name(Str role)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(roles); i++)
        if (str_eq(roles[i].code, role)) return roles[i].name;
    return msg_verbatim(role);
}

/* Whole words: "Elev" does not begin "Elever". */
static bool begins_with_words(Str text, Str words)
{
    return words.n > 0 && str_starts(text, words) && (text.n == words.n || text.p[words.n] == ' ' || text.p[words.n] == ',');
}

Str survey_name_beside(Str title, Str name)
{
    if (begins_with_words(name, title)) {
        Str rest = str_trim(str_sub(name, title.n, name.n));
        return str_starts(rest, S(",")) ? str_trim(str_sub(rest, 1, rest.n)) : rest;
    }
    ptrdiff_t comma = str_find(name, S(", "), 0);
    return comma > 0 && begins_with_words(title, str_sub(name, 0, comma)) ? str_trim(str_sub(name, comma + 1, name.n)) : name;
}

bool survey_has_word(Str list, Str word)
{
    Str part = {0};
    while (str_split(&list, ' ', &part))
        if (part.n && str_eq(part, word)) return true;
    return false;
}

/* ---- reading ---------------------------------------------------------------- */

#define WAVE_COLUMNS                                                                                \
    "id, coalesce(previous_id, 0), owner_id, version, coalesce(reach_id, 0), skips, roles, uid, name,"    \
    " questionnaire_version_id, made_on, coalesce(opens_on, 0), coalesce(closes_on, 0), coalesce(releases_on, 0),"   \
    " state, is_shared_device, has_single_pages"

static Date date_at(const Rows *r, int col)
{
    return (Date){(int32_t)db_i64(r, col)};
}

static Err wave_of_row(Ctx *c, const Rows *r, Wave *ret)
{
    Wave w = {
        .id = {db_i64(r, 0)},
        .previous = {db_i64(r, 1)},
        .owner = {db_i64(r, 2)},
        .version = {db_i64(r, 3)},
        .reach = {db_i64(r, 4)},
        .skips = db_str(r, 5),
        .roles = db_str(r, 6),
        .uid = db_str(r, 7),
        .name = db_str(r, 8),
        .questionnaire = {db_i64(r, 9)},
        .made_on = date_at(r, 10),
        .opens_on = date_at(r, 11),
        .closes_on = date_at(r, 12),
        .releases_on = date_at(r, 13),
        .is_shared_device = db_i64(r, 15) == 1,
        .has_single_pages = db_i64(r, 16) == 1,
    };
    TRY(state_of(c, db_str(r, 14), &w.state));
    *ret = w;
    return OK;
}

/* E_CONFLICT when there is a second one. */
static Err one_wave(Ctx *c, Rows r, Wave *ret)
{
    Wave wave = {0};
    bool found = db_next(&r);
    if (found) TRY(wave_of_row(c, &r, &wave));
    bool second = found && db_next(&r);
    TRY(db_done(&r));
    if (!found) return E_NOT_FOUND;
    if (second) return fail(c, E_CONFLICT, T("Flere myndigheder har en måling med det navn."));
    *ret = wave;
    return OK;
}

SQL(BY_NAME, "SELECT " WAVE_COLUMNS " FROM wave WHERE name = $1 ORDER BY id LIMIT 2");
SQL(BY_ID, "SELECT " WAVE_COLUMNS " FROM wave WHERE id = $1");
SQL(BY_UID, "SELECT " WAVE_COLUMNS " FROM wave WHERE uid = $1");
SQL(BY_OWNER, "SELECT " WAVE_COLUMNS " FROM wave WHERE name = $1 AND owner_id = $2");

Err survey_by_name(Ctx *c, Str name, Wave *ret)
{
    return one_wave(c, db_query(c, BY_NAME, name), ret);
}

Err survey_by_id(Ctx *c, WaveId id, Wave *ret)
{
    return one_wave(c, db_query(c, BY_ID, id), ret);
}

Err survey_by_uid(Ctx *c, Str uid, Wave *ret)
{
    return one_wave(c, db_query(c, BY_UID, uid), ret);
}

Err survey_of_owner(Ctx *c, Str name, UnitId owner, Wave *ret)
{
    return one_wave(c, db_query(c, BY_OWNER, name, owner), ret);
}

Date survey_tree_day(const Wave *wave)
{
    return wave->closes_on.day ? wave->closes_on : wave->made_on;
}

/* ---- when it takes what ------------------------------------------------------- */

Err survey_refuse_done(Ctx *c, const Wave *wave)
{
    if (!wave->closes_on.day) return fail(c, E_CONFLICT, T("Målingen er arkiveret og tager ikke imod flere svar."));
    if (c->today.day <= wave->closes_on.day) return fail(c, E_CONFLICT, T("Målingen er lukket. Der kan ikke længere svares."));
    return fail(c, E_CONFLICT, TF("Målingen er lukket og tager ikke imod flere svar. Den sluttede {1}.", wave->closes_on));
}

Err survey_takes_import(Ctx *c, const Wave *wave)
{
    bool over = wave->closes_on.day && c->today.day > wave->closes_on.day;
    return survey_is_done(wave) || over ? survey_refuse_done(c, wave) : OK;
}

Err survey_takes_answers(Ctx *c, const Wave *wave)
{
    if (!wave->closes_on.day) return fail(c, E_CONFLICT, T("Målingen har ingen datoer og tager kun imod svar fra filer."));
    TRY(survey_takes_import(c, wave));
    if (c->today.day < wave->opens_on.day || wave->state == WAVE_KLADDE)
        return fail(c, E_CONFLICT, TF("Målingen er ikke åben endnu. Den åbner {1}.", wave->opens_on));
    return OK;
}

Err survey_takes_codes(Ctx *c, const Wave *wave)
{
    if (!wave->closes_on.day) return fail(c, E_CONFLICT, T("Målingen har ingen datoer og tager kun imod svar fra filer. Den har ingen koder."));
    return survey_takes_import(c, wave);
}

/* Waves: what one is, which state follows which, and when it takes answers. */
#include "feature/survey/survey_inside.h"

#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"

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
    {WAVE_OFFENTLIG, S_INIT("offentlig"), T_INIT("Offentlig")},
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

Date survey_tree_day(const Wave *wave)
{
    return wave->closes_on.day ? wave->closes_on : wave->made_on;
}

/* ---- when it takes what ------------------------------------------------------- */

static Err refuse_done(Ctx *c, const Wave *wave)
{
    if (!wave->closes_on.day) return fail(c, E_CONFLICT, T("Målingen er arkiveret og tager ikke imod flere svar."));
    if (c->today.day <= wave->closes_on.day) return fail(c, E_CONFLICT, T("Målingen er lukket. Der kan ikke længere svares."));
    return fail(c, E_CONFLICT, TF("Målingen er lukket og tager ikke imod flere svar. Den sluttede {1}.", wave->closes_on));
}

Err survey_takes_import(Ctx *c, const Wave *wave)
{
    bool over = wave->closes_on.day && c->today.day > wave->closes_on.day;
    return survey_is_done(wave) || over ? refuse_done(c, wave) : OK;
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

/* ---- making ------------------------------------------------------------------- */

SQL(FIRST_ROOT, "SELECT id FROM v_organisation_unit WHERE parent_id IS NULL ORDER BY id LIMIT 1");

static Err owner_of(Ctx *c, UnitId asked, UnitId *ret)
{
    Unit owner = {0};
    UnitId at = asked;
    if (!at.v) {
        Err err = db_one_i64(c, FIRST_ROOT, &at.v);
        if (err == E_NOT_FOUND) return fail(c, E_CONFLICT, T("Der er ingen organisation endnu. Hent den ind først."));
        TRY(err);
    }
    TRY(organisation_owner(c, at, &owner));
    *ret = owner.id;
    return OK;
}

static bool are_roles(Str list)
{
    Str part = {0};
    while (str_split(&list, ' ', &part))
        if (!survey_is_role(part)) return false;
    return true;
}

/* A draft is opened later, so it would never be open. Files may bring in the answers of a wave long over. */
static Msg past_day(void)
{
    return T("Den sidste dag er allerede gået. Vælg en dag fra i dag og frem.");
}

static bool is_one_line(Str name)
{
    for (ptrdiff_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7F) return false;
    return true;
}

static void check_words(Ctx *c, const NewWave *n)
{
    ptrdiff_t chars = str_chars(n->name);
    if (chars < 1 || chars > WAVE_NAME_MAX || !is_one_line(n->name)) ctx_problem(c, S("name"), T("Navnet skal være 1–60 tegn."));
    if (!are_roles(n->roles)) ctx_problem(c, S("role"), T("Rollerne er personale, leder, elev og foraelder."));
    if ((n->opens_on.day == 0) != (n->closes_on.day == 0))
        ctx_problem(c, S("open"), T("Skriv både den første og den sidste dag, eller ingen af dem."));
    else if (n->closes_on.day < n->opens_on.day) ctx_problem(c, S("close"), T("Målingen kan ikke lukke, før den åbner."));
    if (n->is_draft && n->closes_on.day && n->closes_on.day < c->today.day) ctx_problem(c, S("close"), past_day());
    if (n->releases_on.day && n->releases_on.day <= n->closes_on.day)
        ctx_problem(c, S("releases"), T("Forvaltningen kan først se rapporterne, når målingen er lukket."));
}

static Err find_previous(Ctx *c, Str name, UnitId owner, WaveId *ret)
{
    Wave wave = {0};
    if (!name.n) return OK;
    Err err = one_wave(c, db_query(c, BY_OWNER, name, owner), &wave);
    if (err == E_NOT_FOUND) err = survey_by_name(c, name, &wave);
    if (err == E_NOT_FOUND) ctx_problem(c, S("previous"), TF("Der er ingen måling med navnet {1}.", name));
    else TRY(err);
    *ret = wave.id;
    return OK;
}

static Err check_free(Ctx *c, Str name, UnitId owner)
{
    Wave same = {0};
    Err err = one_wave(c, db_query(c, BY_OWNER, name, owner), &same);
    if (err == E_NOT_FOUND) return OK;
    if (err == OK) ctx_problem(c, S("name"), TF("Der er allerede en måling med navnet {1}.", name));
    return err;
}

static Err find_questionnaire(Ctx *c, Str code, QuestionnaireVersionId *ret)
{
    Questionnaire q = {0};
    Err err = questionnaire_newest(c, code, &q);
    if (err == E_NOT_FOUND) {
        ctx_problem(c, S("questionnaire"), TF("Der er intet spørgeskema med koden {1}.", code));
        return OK;
    }
    TRY(err);
    *ret = q.version_id;
    return OK;
}

typedef struct KeyOfNew {
    Str uid;
    bool is_wanted; /* the wave is committed */
} KeyOfNew;

static void key_wanted(Ctx *c, void *data)
{
    (void)c;
    ((KeyOfNew *)data)->is_wanted = true;
}

static void key_dropped(Ctx *c, void *data)
{
    const KeyOfNew *key = data;
    if (key->is_wanted) return;
    Err left = wave_key_destroy(c, c->app->secrets, key->uid);
    (void)left; /* a key that belongs to no wave opens nothing */
}

/* The one file that a write makes before its commit: a key without a wave is
   harmless, a wave without its key could never take an answer. */
static Err make_key(Ctx *c, Str uid)
{
    KeyOfNew *key = NEW(c->arena, KeyOfNew, 1);
    key->uid = uid;
    TRY(wave_key_make(c, c->app->secrets, uid));
    ctx_at_end(c, key_dropped, key);
    ctx_after_commit(c, key_wanted, key);
    return OK;
}

enum { DAYS_TO_RELEASE = 14 }; /* DOMAIN P1: the administration sees the reports then, ticked or not */

static Date release_day(const NewWave *n)
{
    if (n->releases_on.day || !n->closes_on.day) return n->releases_on;
    return (Date){n->closes_on.day + DAYS_TO_RELEASE};
}

SQL(ADD, "INSERT INTO wave (owner_id, uid, name, questionnaire_version_id, previous_id, made_on, opens_on, closes_on, releases_on,"
         " reach_id, skips, roles, state, is_shared_device, has_single_pages)"
         " SELECT r.owner, $1, $2, r.version, r.previous, r.made, r.opens, r.closes, r.releases, r.reach, $3, $4, $5, r.shared, r.single"
         " FROM ROWS($6, owner INTEGER, version INTEGER, previous INTEGER, made INTEGER, opens INTEGER, closes INTEGER,"
         " releases INTEGER, reach INTEGER, shared INTEGER, single INTEGER) r WHERE true RETURNING id");

static void add_or_null(Buf *b, int64_t v)
{
    if (v) buf_add_i64(b, v);
    else buf_add(b, S("null"));
    buf_add_char(b, ',');
}

static Str new_row(Ctx *c, const NewWave *n, UnitId owner, QuestionnaireVersionId version, WaveId previous)
{
    Buf b = buf_new(c->arena, 400);
    buf_add(&b, S("[["));
    add_or_null(&b, owner.v);
    add_or_null(&b, version.v);
    add_or_null(&b, previous.v);
    add_or_null(&b, c->today.day);
    add_or_null(&b, n->opens_on.day);
    add_or_null(&b, n->closes_on.day);
    add_or_null(&b, release_day(n).day);
    add_or_null(&b, n->owner.v);
    buf_add(&b, n->is_shared_device ? S("1,") : S("0,"));
    buf_add(&b, n->has_single_pages ? S("1]]") : S("0]]"));
    return buf_str(&b);
}

Err survey_add(Ctx *c, NewWave n, Wave *ret)
{
    UnitId owner = {0};
    QuestionnaireVersionId version = {0};
    WaveId previous = {0}, id = {0};
    if (!n.roles.n) n.roles = S("personale leder elev foraelder");
    TRY(owner_of(c, n.owner, &owner));
    /* First: reading a stored questionnaire wants a Ctx without problems. */
    TRY(find_questionnaire(c, n.questionnaire, &version));
    check_words(c, &n);
    TRY(find_previous(c, n.previous, owner, &previous));
    TRY(check_free(c, n.name, owner));
    TRY(ctx_check(c));
    Str uid = ctx_uid(c), state = survey_state_code(n.opens_on.day && !n.is_draft ? WAVE_AABEN : WAVE_KLADDE);
    TRY(make_key(c, uid));
    TRY(db_one_i64(c, ADD, &id.v, uid, n.name, n.skips, n.roles, state, new_row(c, &n, owner, version, previous)));
    TRY(survey_tree_take(c, id));
    return survey_by_id(c, id, ret);
}

/* ---- another name, other days --------------------------------------------------- */

bool survey_may_edit(const Wave *wave)
{
    return wave->state == WAVE_KLADDE && wave->closes_on.day;
}

SQL(GONE, "SELECT count(*) FROM wave_unit t JOIN v_organisation_unit u ON u.id = t.unit_id WHERE t.wave_id = $1 AND t.is_lowest = 1"
          " AND (u.valid_from > $2 OR u.valid_to < $2)");

/* The units of a tree stay in it, with their codes: on a day of another school year
   it would hold the old classes beside the new ones. */
static Err check_days(Ctx *c, const Wave *wave, Date opens, Date closes)
{
    int64_t gone = 0;
    if (opens.day <= closes.day && closes.day < c->today.day) ctx_problem(c, S("close"), past_day());
    TRY(db_one_i64(c, GONE, &gone, wave->id, closes));
    if (gone)
        ctx_problem(c, S("close"), TN("{1} af målingens enheder findes ikke den dag. Lav en ny måling, hvis den skal gælde et andet skoleår.",
                                      "{1} af målingens enheder findes ikke den dag. Lav en ny måling, hvis den skal gælde et andet skoleår.", gone));
    return OK;
}

SQL(EDIT, "UPDATE wave SET name = $3, opens_on = $4, closes_on = $5, releases_on = releases_on + $5 - closes_on, version = version + 1"
          " WHERE id = $1 AND version = $2 AND state = 'kladde' AND closes_on IS NOT NULL");

Err survey_edit(Ctx *c, WaveId id, Version seen, WaveEdit to)
{
    Wave wave = {0};
    int changed = 0;
    TRY(survey_by_id(c, id, &wave));
    if (!survey_may_edit(&wave)) return fail(c, E_CONFLICT, T("Målingen er ikke længere en kladde. Dens navn og dage kan ikke ændres."));
    check_words(c, &(NewWave){.name = to.name, .roles = wave.roles, .opens_on = to.opens_on, .closes_on = to.closes_on});
    if (!to.closes_on.day) ctx_problem(c, S("close"), T("Skriv både den første og den sidste dag."));
    TRY(check_days(c, &wave, to.opens_on, to.closes_on));
    if (!str_eq(to.name, wave.name)) TRY(check_free(c, to.name, wave.owner));
    TRY(ctx_check(c));
    TRY(db_exec(c, EDIT, &changed, id, seen, to.name, to.opens_on, to.closes_on));
    if (changed == 0) return fail(c, E_CONFLICT, T("En anden har ændret målingen imens."));
    return survey_tree_take(c, id);
}

SQL(TOUCH, "UPDATE wave SET version = version + 1 WHERE id = $1 AND version = $2");

Err survey_touch(Ctx *c, WaveId id, Version seen)
{
    int changed = 0;
    TRY(db_exec(c, TOUCH, &changed, id, seen));
    return changed ? OK : fail(c, E_CONFLICT, T("En anden har ændret målingen imens."));
}

/* ---- moving ------------------------------------------------------------------- */

SQL(MOVE, "UPDATE wave SET state = $3, version = version + 1 WHERE id = $1 AND state = $2");

typedef struct KeyOfDone {
    Str uid;
} KeyOfDone;

static void destroy_key(Ctx *c, void *data)
{
    Err left = wave_key_destroy(c, c->app->secrets, ((KeyOfDone *)data)->uid);
    (void)left; /* survey_tidy tries again until the file is gone */
}

static Err finish(Ctx *c, const Wave *wave)
{
    KeyOfDone *key = NEW(c->arena, KeyOfDone, 1);
    key->uid = wave->uid;
    for (int i = 0; i < survey_closing_count; i++) TRY(survey_closings[i](c, wave));
    ctx_after_commit(c, destroy_key, key);
    return OK;
}

Err survey_move(Ctx *c, WaveId id, WaveState to)
{
    Wave wave = {0}, after = {0};
    int changed = 0;
    TRY(survey_by_id(c, id, &wave));
    if (!survey_may_move(&wave, to))
        return fail(c, E_CONFLICT, TF("Målingen kan ikke gå fra {1} til {2}.", survey_state_code(wave.state), survey_state_code(to)));
    after = wave;
    after.state = to;
    bool finishes = survey_is_done(&after) && !survey_is_done(&wave);
    /* The last look at the organisation as it is on the closing date. */
    if (finishes) TRY(survey_tree_take(c, id));
    TRY(db_exec(c, MOVE, &changed, id, survey_state_code(wave.state), survey_state_code(to)));
    if (changed == 0) return fail(c, E_CONFLICT, T("En anden har ændret målingen imens. Se den igen."));
    if (finishes) TRY(finish(c, &wave));
    if (to != WAVE_ARKIVERET) return OK;
    for (int i = 0; i < survey_archiving_count; i++) TRY(survey_archivings[i](c, &wave));
    return OK;
}

/* ---- upkeep, about every second -------------------------------------------------- */

/* A wave that cannot be closed (its key is gone, and texts lie sealed under it) or a key that
   cannot be removed must not hold up the others: which is first changes with the second, in
   `$2` and below. */
SQL(DUE, "SELECT id FROM wave WHERE closes_on < $1 AND state IN ('kladde', 'aaben') ORDER BY id * $2 % 101, id LIMIT 1");
SQL(UNTIDY, "SELECT id, uid FROM wave WHERE has_lost_key = 0 AND (state = 'arkiveret'"
            " OR (closes_on IS NOT NULL AND state NOT IN ('kladde', 'aaben'))) ORDER BY id * $1 % 101, id LIMIT 1");
SQL(CLEAR_SPENT, "DELETE FROM spent WHERE wave_id = $1 AND mac IN (SELECT s.mac FROM spent s WHERE s.wave_id = $1 ORDER BY s.mac LIMIT 2000)");
SQL(TIDY, "UPDATE wave SET has_lost_key = 1 WHERE id = $1");

typedef struct Turn {
    int64_t order;      /* 1–100 */
    bool has_done, has_more;
} Turn;

static Err close_due(Ctx *c, Turn *turn)
{
    int64_t id = 0;
    if (turn->has_done) return OK;
    Err err = db_one_i64(c, DUE, &id, c->today, turn->order);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    turn->has_done = turn->has_more = true;
    return survey_move(c, (WaveId){id}, WAVE_LUKKET);
}

static Err clean_up(Ctx *c, Turn *turn)
{
    KeyOfDone *key = NEW(c->arena, KeyOfDone, 1);
    int changed = 0;
    if (turn->has_done) return OK;
    Rows r = db_query(c, UNTIDY, turn->order);
    int64_t id = db_next(&r) ? db_i64(&r, 0) : 0;
    if (id) key->uid = db_str(&r, 1);
    TRY(db_done(&r));
    if (!id) return OK;
    turn->has_done = true;
    if (wave_key_is_there(c, c->app->secrets, key->uid)) {
        ctx_after_commit(c, destroy_key, key);
        return OK;
    }
    /* Without the key the marks mean nothing; they go a few at a time. */
    TRY(db_exec(c, CLEAR_SPENT, &changed, id));
    turn->has_more = true;
    return changed ? OK : db_exec(c, TIDY, NULL, id);
}

Err survey_tidy(Ctx *c, bool *ret_more)
{
    int64_t second = c->now.ms / 1000;
    Turn turn = {.order = second % 100 + 1};
    if (second % 2) TRY(close_due(c, &turn));
    TRY(clean_up(c, &turn));
    TRY(close_due(c, &turn));
    if (turn.has_more) *ret_more = true;
    return OK;
}

/* ---- marks ----------------------------------------------------------------------- */

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
    if (survey_is_done(wave)) return refuse_done(c, wave);
    Err err = wave_key_mac(c, c->app->secrets, wave->uid, STR_CAT(c->arena, kind_word(kind), text), ret);
    if (err != E_NOT_FOUND) return err;
    return fail(c, E_CONFLICT, T("Målingens nøgle findes ikke længere. Derfor kan den ikke tage imod flere svar."));
}

/* The wave is asked in the same statement: it may have closed since the caller read
   it, and what is sealed after that nobody can open. */
SQL(SPEND, "INSERT INTO spent (wave_id, mac) SELECT w.id, $2 FROM wave w WHERE w.id = $1 AND (w.state IN ('kladde', 'aaben')"
           " OR (w.closes_on IS NULL AND w.state <> 'arkiveret')) ON CONFLICT (wave_id, mac) DO NOTHING");

Err survey_spend(Ctx *c, WaveId id, Str mac, bool *ret_first)
{
    int added = 0;
    Wave now = {0};
    TRY(db_exec(c, SPEND, &added, id, mac));
    *ret_first = added == 1;
    if (added) return OK;
    TRY(survey_by_id(c, id, &now));
    return survey_is_done(&now) ? refuse_done(c, &now) : OK;
}

/* Waves come to be, and drafts get another name and other days. */
#include "feature/survey/survey_inside.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"

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
    Err err = survey_of_owner(c, name, owner, &wave);
    if (err == E_NOT_FOUND) err = survey_by_name(c, name, &wave);
    if (err == E_NOT_FOUND) ctx_problem(c, S("previous"), TF("Der er ingen måling med navnet {1}.", name));
    else TRY(err);
    *ret = wave.id;
    return OK;
}

static Err check_free(Ctx *c, Str name, UnitId owner)
{
    Wave same = {0};
    Err err = survey_of_owner(c, name, owner, &same);
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
    /* Where nobody knows, the wave may be there and need it. */
    if (key->is_wanted || c->is_uncertain) return;
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

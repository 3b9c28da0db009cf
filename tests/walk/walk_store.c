/* The store that the walk is walked on, and one maker a scope. Every maker puts
   a word of its own into what it makes, where the pages show it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/number.h"
#include "core/access/consent.h"
#include "core/app.h"
#include "feature/publication/publication.h"
#include "feature/questionnaire/questionnaire.h"
#include "feature/support/support.h"
#include "feature/survey/survey.h"
#include "http.h"
#include "program.h"
#include "walk.h"

enum { KEEP_BYTES = 256 << 20, SINCE = 19205 /* 2022-08-01 */, HOUR_MS = 3600000 };

/* Made once for the program; a test program has no other state. */
static struct {
    bool is_made;
    Walk walk;
    ArenaRange range;
    Arena keep;
} store;

static const char *const places[WALK_PLACES] = {"S11", "S11-A", "K1", "S12", "K2", "S21", "R1"};

/* A right here, a relation there. */
static const struct {
    const char *role[2], *unit[2];
} mixed[WALK_MIXED] = {
    {{"konsulent", "team"}, {"K2", "S11"}},
    {{"sysadm", "politiker"}, {"K2", "K1"}},
    {{"programleder", "skoleleder"}, {"K2", "S11"}},
    {{"skoleleder", "skoleleder"}, {"S12", "S21"}},
};

static void need(Ctx *c, Err err, const char *what)
{
    if (err == OK) return;
    Str said = msg_text(c, c->message);
    print_error("the walk's store: %s: error %d %.*s\n", what, (int)err, (int)said.n, said.p);
    for (const Problem *p = c->problems; p; p = p->next) {
        Str told = msg_text(c, p->what);
        print_error("  %.*s: %.*s\n", (int)p->field.n, p->field.p, (int)told.n, told.p);
    }
    CHECK(false);
}

/* ---- people ----------------------------------------------------------------- */

SQL(SESSION_ADD, "INSERT INTO session (token_hash, uid, account_id, began_at, seen_at, ends_at, strong_until, device)"
                 " VALUES ($1, $2, $3, $4, $4, $5, $6, $7)");

/* A session as signing in makes it, without the hashing of a password. */
static Str add_session(Ctx *c, int64_t account, bool is_strong, Str device, Str *ret_uid)
{
    Str token = access_token_new(c), uid = ctx_uid(c);
    int64_t end = c->now.ms + 5 * HOUR_MS;
    need(c, db_exec(c, SESSION_ADD, NULL, secret_hash(c, token), uid, account, c->now.ms, end, is_strong ? end : (int64_t)0, device), "a session");
    if (ret_uid) *ret_uid = uid;
    return token;
}

static Unit unit_of(Ctx *c, const char *code)
{
    Unit unit = {0};
    need(c, organisation_by_code(c, str_of_z(code), &unit), code);
    return unit;
}

static void post(Ctx *c, Walker *w, const char *role, const char *unit)
{
    int64_t id = 0;
    need(c, people_grant(c, (NewMembership){.person = {w->person}, .unit = unit_of(c, unit).id, .role = str_of_z(role), .valid_from = {SINCE}}, &id), role);
    w->posts[w->posts_n++] = (WalkPost){str_of_z(role), unit};
}

static Walker *new_walker(Ctx *c, int index, const char *home)
{
    Walker *w = &store.walk.walkers[index];
    char name[40], login[40];
    PersonId person = {0};
    AccountId account = {0};
    snprintf(name, sizeof name, "Vandrer %d", index);
    snprintf(login, sizeof login, "vandrer%d", index);
    need(c, people_add(c, unit_of(c, home).owner, str_copy(c->arena, str_of_z(name)), S(""), &person), name);
    need(c, access_account_add(c, person, str_copy(c->arena, str_of_z(login)), S(""), &account), login);
    *w = (Walker){.person = person.v, .account = account.v};
    w->token = add_session(c, account.v, true, S("Firefox, Linux"), NULL);
    w->weak_token = add_session(c, account.v, false, S("Firefox, Linux"), NULL);
    return w;
}

static void make_walkers(Ctx *c)
{
    int index = 0;
    CHECK_INT(ROLE_COUNT, WALK_ROLES);
    walk_check_roles(access_role_names, ROLE_COUNT);
    for (int r = 0; r < WALK_ROLES; r++)
        for (int p = 0; p < WALK_PLACES; p++, index++) post(c, new_walker(c, index, places[p]), access_role_names[r], places[p]);
    for (int m = 0; m < WALK_MIXED; m++, index++) {
        Walker *w = new_walker(c, index, mixed[m].unit[0]);
        for (int k = 0; k < 2; k++) post(c, w, mixed[m].role[k], mixed[m].unit[k]);
    }
    (void)new_walker(c, index, "K1");
}

static int walker_as(const char *role, const char *unit)
{
    for (int i = 0; i < WALKERS; i++) {
        const Walker *w = &store.walk.walkers[i];
        if (w->posts_n == 1 && str_eq(w->posts[0].role, str_of_z(role)) && strcmp(w->posts[0].unit, unit) == 0) return i;
    }
    CHECK(false);
    return -1;
}

/* ---- objects ------------------------------------------------------------------ */

static WalkObject *new_object(const char *scope, const char *object, Str param, Str word)
{
    CHECK(store.walk.objects_n < WALK_OBJECTS);
    WalkObject *o = &store.walk.objects[store.walk.objects_n++];
    *o = (WalkObject){.scope = scope, .object = object, .param = param, .word = word, .author = -1};
    return o;
}

static Str new_word(Ctx *c)
{
    static const char front[] = "ordgemt";
    return STR_CAT(c->arena, str_of_z(front), str_sub(ctx_uid(c), 0, 10));
}

static void make_units(Ctx *c)
{
    (void)c;
    /* The name of S13 is its word; S11 and K1 are named wherever somebody works. */
    new_object("unit", "organisation", S("S13"), S("Ordgemtenhed"))->units[0] = "S13";
    new_object("unit", NULL, S("S11"), S(""))->units[0] = "S11";
    new_object("unit", NULL, S("K1"), S(""))->units[0] = "K1";
}

static void ask(Ctx *c, int author)
{
    Str uid = {0}, word = new_word(c);
    const Walker *w = &store.walk.walkers[author];
    Session *session = NEW(c->arena, Session, 1);
    need(c, people_memberships(c, (PersonId){w->person}, &session->memberships), "memberships");
    c->viewer = (ViewerId){w->person};
    c->session = session;
    need(c, support_ask(c, word, word, &uid), "a question");
    c->viewer = (ViewerId){0};
    c->session = NULL;
    WalkObject *o = new_object("support question", "support", uid, word);
    o->units[0] = w->posts[0].unit;
    o->author = author;
}

static void make_questions(Ctx *c)
{
    ask(c, walker_as("team", "S11"));
    ask(c, walker_as("politiker", "S21"));
}

SQL(JOB_ADD, "INSERT INTO job (owner_id, uid, kind, args, lang, state, made_by, made_at, next_at, ended_at)"
             " VALUES ($1, $2, $3, '{}', 'da', 'done', $4, $5, $5, $5) RETURNING id");
SQL(JOB_FILE_ADD, "INSERT INTO job_file (owner_id, job_id, name, type, size, content, expires_at) VALUES ($1, $2, $3, 'text/plain', $4, $5, $6)");

static void make_jobs(Ctx *c)
{
    Str uid = ctx_uid(c), word = new_word(c), file = S("fil.txt");
    int author = walker_as("konsulent", "K1");
    Unit unit = unit_of(c, "K1");
    Bytes content = {word.p, word.n};
    int64_t id = 0;
    need(c, db_one_i64(c, JOB_ADD, &id, unit.owner, uid, S("access-walk"), store.walk.walkers[author].person, c->now.ms), "a job");
    need(c, db_exec(c, JOB_FILE_ADD, NULL, unit.owner, id, file, word.n, content, c->now.ms + HOUR_MS), "its file");
    WalkObject *o = new_object("job", "job", uid, word);
    o->units[0] = "K1";
    o->author = author;
    o->more[0].name = "name";
    o->more[0].value = file;
}

SQL(MEMBERSHIP_UID, "SELECT uid FROM membership WHERE id = $1");

static Str uid_of_membership(Ctx *c, int64_t id)
{
    Str uid = {0};
    Rows r = db_query(c, MEMBERSHIP_UID, id);
    if (db_next(&r)) uid = str_copy(c->arena, db_str(&r, 0));
    need(c, db_done(&r), "a membership");
    return uid;
}

/* A person works at S11 and belongs to K1: either gives a right to the person. */
static void make_people(Ctx *c)
{
    static const char *const scopes[] = {"person", "person, to grant", "person, at home"};
    Str word = new_word(c), purpose = new_word(c), login = new_word(c);
    PersonId person = {0};
    AccountId account = {0};
    int64_t membership = 0;
    Person p = {0};
    need(c, people_add(c, unit_of(c, "K1").id, word, S(""), &person), "a person");
    need(c, access_account_add(c, person, login, S(""), &account), "an account");
    need(c, people_grant(c, (NewMembership){.person = person, .unit = unit_of(c, "S11").id, .role = S("team"), .purpose = purpose, .valid_from = {SINCE}}, &membership), "a role");
    need(c, people_by_id(c, person, &p), "the person");
    for (ptrdiff_t i = 0; i < COUNT_OF(scopes); i++) {
        WalkObject *o = new_object(scopes[i], "account", p.uid, word);
        o->units[0] = "S11";
        o->units[1] = "K1";
    }
    new_object("membership", "account", uid_of_membership(c, membership), purpose)->units[0] = "S11";
}

SQL(CONSENT_UID, "SELECT uid FROM account_consent WHERE person_id = $1");

/* Asked for by somebody who is none of the walkers, so that all of them may answer. */
static void make_consents(Ctx *c)
{
    PersonId person = {0}, asker = {0};
    int64_t membership = 0;
    Str word = new_word(c), uid = {0};
    ViewerId viewer = c->viewer;
    need(c, people_add(c, unit_of(c, "K1").id, word, S(""), &person), "a person");
    need(c, people_add(c, unit_of(c, "K1").id, new_word(c), S(""), &asker), "a person who asks");
    need(c, people_grant(c, (NewMembership){.person = person, .unit = unit_of(c, "S11").id, .role = S("team"), .valid_from = {SINCE}}, &membership), "a role");
    c->viewer = (ViewerId){asker.v};
    need(c, consent_ask(c, (NewConsent){.person = person, .kind = CONSENT_EMAIL}), "a request");
    c->viewer = viewer;
    Rows r = db_query(c, CONSENT_UID, person);
    if (db_next(&r)) uid = str_copy(c->arena, db_str(&r, 0));
    need(c, db_done(&r), "a request");
    WalkObject *o = new_object("a second administrator's yes", "account", uid, word);
    o->units[0] = "S11";
    o->units[1] = "K1";
}

static void make_sessions(Ctx *c)
{
    int author = walker_as("skoleleder", "S12");
    Str word = new_word(c), uid = {0};
    (void)add_session(c, store.walk.walkers[author].account, false, word, &uid);
    new_object("session", "session", uid, word)->author = author;
}

static Str questionnaire_text(Ctx *c, Str code, Str title)
{
    return STR_CAT(c->arena, S("{\"format\":\"traad-questionnaire-1\",\"code\":\""), code, S("\",\"title\":{\"da\":\""), title,
                   S("\"},\"languages\":[\"da\"],\"scales\":{\"to\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\"}},"
                     "{\"value\":2,\"text\":{\"da\":\"Ja\"}}],\"agree\":[2],\"disagree\":[1],\"dont_know\":[]}},"
                     "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\"},\"theme\":\"samarbejde\",\"items\":["
                     "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"to\",\"text\":{\"da\":\"Ja?\"},\"core\":true}]}],\"scores\":[]}"));
}

static void make_questionnaire(Ctx *c, const char *owner)
{
    Questionnaire q = {0};
    bool is_new = false;
    Str word = new_word(c), code = STR_CAT(c->arena, S("VANDRING-"), str_of_z(owner));
    need(c, questionnaire_parse(c, questionnaire_text(c, code, word), &q), "a questionnaire");
    need(c, questionnaire_store(c, &q, unit_of(c, owner).id, &is_new), "a questionnaire");
    WalkObject *o = new_object("questionnaire", "questionnaire", code, word);
    o->units[0] = owner;
    o->more[0].name = "item";
    o->more[0].value = S("Q1");
    o->more[1].name = "section";
    o->more[1].value = S("A");
}

static void make_questionnaires(Ctx *c)
{
    make_questionnaire(c, "K1");
    make_questionnaire(c, "R1");
}

/* A draft, so that all its steps can be looked at. */
static Wave new_wave(Ctx *c, const char *owner, Str word)
{
    Wave wave = {0};
    NewWave n = {.questionnaire = STR_CAT(c->arena, S("VANDRING-"), str_of_z(owner)), .name = word, .opens_on = c->today,
                 .closes_on = {c->today.day + 30}, .owner = unit_of(c, owner).id, .is_draft = true};
    need(c, survey_add(c, n, &wave), "a wave");
    return wave;
}

static void make_wave(Ctx *c, const char *owner)
{
    Str word = new_word(c);
    Wave wave = new_wave(c, owner, word);
    WalkObject *o = new_object("survey wave", "wave", wave.uid, word);
    o->units[0] = owner;
    o->more[0].name = "til";
    o->more[0].value = S("aaben");
}

static void make_waves(Ctx *c)
{
    make_wave(c, "K1");
    make_wave(c, "R1");
}

static void make_units_of_waves(Ctx *c)
{
    Wave wave = new_wave(c, "K1", new_word(c));
    new_object("code unit of a wave", NULL, STR_CAT(c->arena, wave.uid, S("-S11")), S(""))->units[0] = "S11";
}

/* A wave of its own with one released report: open to every audience, so that the
   table alone says who may read it. The word is the questionnaire's title there. */
static void make_report(Ctx *c, const char *scope, const char *object, const char *unit, const char *kind)
{
    int64_t round = 0;
    Str word = new_word(c);
    Wave wave = new_wave(c, "R1", new_word(c));
    UnitId id = unit_of(c, unit).id;
    LangText title = {S("da"), word};
    ReportSection section = {.code = S("A"), .theme = S("samarbejde"), .title = {&title, 1}};
    Report report = {.wave = wave.name, .unit = {str_of_z(unit), str_of_z(unit), str_of_z(kind)}, .version = 1, .released = c->today,
                     .minimum = REPORT_MINIMUM, .title = {&title, 1}, .sections = {&section, 1}};
    NewPublication p = {.unit = id, .number = 1};
    need(c, publication_json(c, &report, &p.report), "a report");
    need(c, publication_frame_json(c, &report, &p.frame), "a report's frame");
    need(c, publication_round_add(c, wave.id, 1, S("0000000000000000000000000000000000000000000000000000000000000000"), &round), "a round");
    need(c, publication_add(c, wave.id, round, p), "a publication");
    static const char *const audiences[] = {"ledelse", "medarbejdere", "forvaltning", "offentlig"};
    for (ptrdiff_t i = 0; i < COUNT_OF(audiences); i++)
        need(c, publication_open_to(c, wave.id, id, str_of_z(audiences[i]), c->today), "an audience");
    WalkObject *o = new_object(scope, object, wave.uid, word);
    o->units[0] = unit;
    o->is_released = true;
    o->more[0].name = "unit";
    o->more[0].value = str_of_z(unit);
    o->more[1].name = "format";
    o->more[1].value = S("json"); /* its words can be read, those of a PDF are packed, and cost a third of the walk */
    o->more[2].name = "section";
    o->more[2].value = S("A");
}

static void make_reports(Ctx *c)
{
    make_report(c, "school report", "skolerapport", "S11", "skole");
    make_report(c, "municipal report", "kommunerapport", "K1", "kommune");
    make_report(c, "municipal report", "kommunerapport", "R1", "region");
}

/* Once a scope; several scopes of one thing share its maker. */
static const struct {
    const char *scope;
    void (*make)(Ctx *c);
} makers[] = {
    {"unit", make_units},
    {"person", make_people},
    {"person, to grant", NULL}, /* of make_people, as the next two */
    {"person, at home", NULL},
    {"membership", NULL},
    {"a second administrator's yes", make_consents},
    {"session", make_sessions},
    {"job", make_jobs},
    {"support question", make_questions},
    {"questionnaire", make_questionnaires},
    {"survey wave", make_waves}, /* after the questionnaires */
    {"code unit of a wave", make_units_of_waves},
    {"school report", make_reports}, /* after the questionnaires */
    {"municipal report", NULL},
};

bool walk_has_maker(const char *scope)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(makers); i++)
        if (strcmp(makers[i].scope, scope) == 0) return true;
    return false;
}

/* ---- the store ------------------------------------------------------------------ */

static void make_tree(Ctx *c)
{
    for (int i = 0; i < walk_units_n; i++) {
        const WalkUnit *u = &walk_units[i];
        UnitId id = {0};
        need(c, organisation_add(c, (NewUnit){.code = str_of_z(u->code), .name = str_of_z(u->name), .kind = str_of_z(u->kind),
                                              .parent_code = str_of_z(u->parent), .valid_from = {SINCE}}, &id), u->code);
    }
    need(c, organisation_reach_rebuild(c), "the tree");
}

static Err fill(Ctx *c)
{
    memset(&store.walk.walkers, 0, sizeof store.walk.walkers);
    store.walk.objects_n = 0;
    make_tree(c);
    make_walkers(c);
    for (ptrdiff_t i = 0; i < COUNT_OF(makers); i++)
        if (makers[i].make) makers[i].make(c);
    return OK;
}

static void real_random(void *state, void *bytes, size_t n)
{
    (void)state;
    CHECK_INT(getrandom(bytes, n, 0), n);
}

/* With the real clock: the server's sessions and nonces go by it. */
static void make(const char *where, const char *keys)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    store.range = arena_range_open(KEEP_BYTES);
    store.keep = arena_of(store.range, NULL);
    Ctx c;
    ctx_init(&c, &store.keep, (Instant){(int64_t)now.tv_sec * 1000}, (Random){.fill = real_random});
    Settings *settings = NEW(c.arena, Settings, 1);
    *settings = settings_default();
    settings->store = str_copy(c.arena, str_of_z(where));
    settings->keys = str_copy(c.arena, str_of_z(keys));
    c.app = NEW(c.arena, struct App, 1);
    c.app->settings = settings;
    store.walk.keys = settings->keys;
    need(&c, program_open(&c, true), "opening");
    need(&c, writer_run(c.app->writer, &c, "walk", fill), "filling");
    program_close(&c);
    ctx_end(&c);
    store.is_made = true;
}

const Walk *walk_store(void)
{
    if (!store.is_made) {
        test_http_make(make);
        (void)test_http_base();
    }
    return &store.walk;
}

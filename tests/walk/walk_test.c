/* The walk itself (walk.h). A refusal must be the right one, must not show what
   it guards, and must not tell whether an object exists; and no page shows the
   word of an object whose reading is refused. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "core/access/access.h"
#include "core/app.h"
#include "core/feature.h"
#include "http.h"
#include "walk.h"

enum { TOLD_MAX = 30, PATH_BYTES = 400 };

/* Of one TEST: what has been asked and found. */
typedef struct Tour {
    Ctx *c;
    const Walk *walk;
    int64_t asked, faults, allowed, out_of_reach, no_right;
    int64_t shown[WALK_OBJECTS]; /* answers that had the object's word */
} Tour;

static void close_secrets(Ctx *c, void *data)
{
    (void)c;
    secrets_close(data);
}

static Tour tour_begin(void)
{
    Tour t = {.walk = walk_store(), .c = test_ctx_plain()};
    t.c->app = NEW(t.c->arena, struct App, 1);
    CHECK_OK(secrets_open(t.c, t.walk->keys, false, &t.c->app->secrets));
    ctx_at_end(t.c, close_secrets, t.c->app->secrets);
    return t;
}

static void tour_end(const Tour *t)
{
    printf("walked %lld: %lld allowed, %lld out of reach, %lld without right, %lld faults\n", (long long)t->asked, (long long)t->allowed,
           (long long)t->out_of_reach, (long long)t->no_right, (long long)t->faults);
    CHECK(t->asked > 0);
    CHECK_INT(t->faults, 0);
}

/* who -1: nobody is signed in. */
static void told(Tour *t, const Route *route, int who, const char *path, Str what)
{
    if (t->faults++ >= TOLD_MAX) return;
    print_error("%s %s by ", route->method == POST ? "POST" : "GET", path);
    const Walker *w = who < 0 ? NULL : &t->walk->walkers[who];
    if (!w) print_error("nobody");
    else if (!w->posts_n) print_error("one without a role");
    for (int i = 0; w && i < w->posts_n; i++)
        print_error("%s%.*s at %s", i ? " and " : "", (int)w->posts[i].role.n, w->posts[i].role.p, w->posts[i].unit);
    print_error(": %.*s\n", (int)what.n, what.p);
}

/* ---- routes --------------------------------------------------------------------- */

typedef void RouteVisit(Tour *t, const Route *route);

static void visit_routes(Tour *t, bool is_get, bool with_scope, RouteVisit *visit)
{
    for (int f = 0; f < feature_count; f++)
        for (const Route *r = features[f]->routes; r && r->path; r++)
            if ((r->method == GET) == is_get && (r->scope != SCOPE_NONE) == with_scope) visit(t, r);
}

/* Looking first, for forms take objects away; those without an object last, for
   they may take away another route's (all of one's sessions). */
static void visit_all(Tour *t, RouteVisit *visit)
{
    visit_routes(t, true, true, visit);
    visit_routes(t, true, false, visit);
    visit_routes(t, false, true, visit);
    visit_routes(t, false, false, visit);
}

static bool is_of_access_table(const Route *route)
{
    return route->need->object >= 0;
}

static Str parameter(const Route *route, const WalkObject *o, Str name, bool is_first, Str instead)
{
    if (is_first) return instead.n ? instead : o->param;
    for (ptrdiff_t i = 0; i < COUNT_OF(o->more); i++)
        if (o->more[i].name && str_eq(name, str_of_z(o->more[i].name))) return o->more[i].value;
    print_error("%s: the maker of “%s” must tell a :%.*s (tests/walk/walk_store.c)\n", route->path, o->scope, (int)name.n, name.p);
    CHECK(false);
    return S("");
}

/* instead: of the object's own parameter; empty: its own. */
static const char *path_of(Tour *t, const Route *route, const WalkObject *o, Str instead)
{
    Str rest = str_of_z(route->path), part = {0}, path = {"", 0};
    bool is_first = true;
    (void)str_split(&rest, '/', &part);
    while (str_split(&rest, '/', &part)) {
        bool is_parameter = str_starts(part, S(":"));
        Str value = is_parameter ? parameter(route, o, str_sub(part, 1, part.n), is_first, instead) : part;
        if (is_parameter) is_first = false;
        path = STR_CAT(t->c->arena, path, S("/"), value);
    }
    CHECK(path.n < PATH_BYTES);
    return str_z(t->c->arena, path);
}

/* ---- one request ------------------------------------------------------------------ */

static Answer request(Tour *t, const Route *route, Str token, const char *path)
{
    Ctx *c = t->c;
    Browser b = {0};
    t->asked++;
    if (token.n) snprintf(b.cookies, sizeof b.cookies, "traad=%.*s", (int)token.n, token.p);
    if (route->method == GET) return test_get(&b, path);
    Str body = S("");
    if (token.n) {
        Session session = {.token_hash = secret_hash(c, token)};
        c->session = &session;
        body = STR_CAT(c->arena, S("_nonce="), access_gate.nonce(c));
        c->session = NULL;
    }
    return test_post_raw(&b, path, "application/x-www-form-urlencoded", body);
}

static bool has(Str body, Str word)
{
    return str_find(body, word, 0) >= 0;
}

/* No word of what this person may not read, on any page; and no word at all for nobody. */
static void check_words(Tour *t, const Route *route, int who, const char *path, Str body)
{
    for (int i = 0; i < t->walk->objects_n; i++) {
        const WalkObject *o = &t->walk->objects[i];
        if (!o->word.n || !has(body, o->word)) continue;
        t->shown[i]++;
        if (who < 0 || walk_verdict(&t->walk->walkers[who], who, o->object, 'R', o) != VERDICT_ALLOWED)
            told(t, route, who, path, STR_CAT(t->c->arena, S("shows the word of an object out of reach: "), str_of_z(o->scope), S(" "), o->word));
    }
}

static bool is_done(int status)
{
    return (status >= 200 && status < 400) || status == 409 || status == 422;
}

/* Pages without an object that have the right checked once more inside, for a
   unit that only they know: 404 is right too. */
static bool asks_again(const Route *route)
{
    static const char *const paths[] = {
        "/log", "/log.csv", /* the municipality's log; a parent's right is for their own child */
        "/roller",          /* the names of the whole municipality's roles */
    };
    for (ptrdiff_t i = 0; i < COUNT_OF(paths); i++)
        if (strcmp(route->path, paths[i]) == 0) return true;
    return false;
}

static void check_status(Tour *t, const Route *route, int who, const char *path, Answer a, Verdict verdict)
{
    bool is_right = verdict == VERDICT_ALLOWED ? is_done(a.status) : a.status == (verdict == VERDICT_OUT_OF_REACH ? 404 : 403);
    is_right |= verdict == VERDICT_ALLOWED && a.status == 404 && asks_again(route);
    if (is_right) return;
    char what[100];
    snprintf(what, sizeof what, "status %d, but %s", a.status,
             verdict == VERDICT_ALLOWED ? "it is allowed" : verdict == VERDICT_OUT_OF_REACH ? "it is out of reach (404)" : "no role has the right (403)");
    told(t, route, who, path, str_of_z(what));
}

static Verdict verdict_of(Tour *t, const Route *route, int who, const WalkObject *o)
{
    return walk_verdict(&t->walk->walkers[who], who, access_object_names[route->need->object], access_right_letters[route->need->right], o);
}

static void step(Tour *t, const Route *route, int who, const WalkObject *o)
{
    Verdict verdict = verdict_of(t, route, who, o);
    const char *path = path_of(t, route, o, S(""));
    Answer a = request(t, route, t->walk->walkers[who].token, path);
    t->allowed += verdict == VERDICT_ALLOWED;
    t->out_of_reach += verdict == VERDICT_OUT_OF_REACH;
    t->no_right += verdict == VERDICT_NO_RIGHT;
    check_status(t, route, who, path, a, verdict);
    check_words(t, route, who, path, a.body);
    if (o && o->word.n && verdict != VERDICT_ALLOWED && has(a.body, o->word)) told(t, route, who, path, S("the refusal shows the object's word"));
}

/* ---- the tests ----------------------------------------------------------------------- */

static void need_maker(Tour *t, const Route *route)
{
    if (!is_of_access_table(route) || route->scope == SCOPE_NONE || walk_has_maker(route->scope->name)) return;
    t->faults++;
    print_error("%s: no maker for the scope “%s”; add one to makers[] in tests/walk/walk_store.c\n", route->path, route->scope->name);
}

TEST(walk, every_scope_has_an_object_to_walk_to)
{
    Tour t = {.c = test_ctx_plain(), .asked = 1};
    visit_all(&t, need_maker);
    tour_end(&t);
}

/* The refused first: what the allowed do may end an object. */
static void step_all(Tour *t, const Route *route, const WalkObject *o)
{
    for (int turn = 0; turn < 2; turn++)
        for (int who = 0; who < WALKERS; who++) {
            Arena before = *t->c->arena;
            if ((verdict_of(t, route, who, o) == VERDICT_ALLOWED) == (turn == 1)) step(t, route, who, o);
            *t->c->arena = before;
        }
}

static void walk_route(Tour *t, const Route *route)
{
    if (!is_of_access_table(route)) return;
    if (route->scope == SCOPE_NONE) step_all(t, route, NULL);
    for (int i = 0; route->scope != SCOPE_NONE && i < t->walk->objects_n; i++)
        if (strcmp(t->walk->objects[i].scope, route->scope->name) == 0) step_all(t, route, &t->walk->objects[i]);
}

/* A word that no page ever shows would prove nothing. */
static void check_shown(Tour *t)
{
    for (int i = 0; i < t->walk->objects_n; i++) {
        const WalkObject *o = &t->walk->objects[i];
        if (!o->word.n || t->shown[i]) continue;
        print_error("no page shows the word of “%s” %.*s to anybody\n", o->scope, (int)o->param.n, o->param.p);
        t->faults++;
    }
}

static void nobody_at(Tour *t, const Route *route, const WalkObject *o)
{
    const char *path = path_of(t, route, o, S(""));
    Answer a = request(t, route, S(""), path);
    bool is_right = route->method == POST ? a.status == 403 : a.status == 303 && str_starts(a.location, S("/log-ind"));
    if (!is_right) told(t, route, -1, path, S("a stranger is not sent to log in"));
    check_words(t, route, -1, path, a.body);
}

static void walk_as_nobody(Tour *t, const Route *route)
{
    Arena before = *t->c->arena;
    if (route->need->object == NEED_PUBLIC->object) return;
    if (route->scope == SCOPE_NONE) nobody_at(t, route, NULL);
    for (int i = 0; route->scope != SCOPE_NONE && i < t->walk->objects_n; i++)
        if (strcmp(t->walk->objects[i].scope, route->scope->name) == 0) nobody_at(t, route, &t->walk->objects[i]);
    *t->c->arena = before;
}

HTTP_TEST(walk, nobody_is_sent_to_log_in)
{
    Tour t = tour_begin();
    visit_all(&t, walk_as_nobody);
    tour_end(&t);
}

/* The first of the route's scope; NULL: there is none. */
static const WalkObject *object_of(const Tour *t, const Route *route)
{
    for (int i = 0; route->scope != SCOPE_NONE && i < t->walk->objects_n; i++)
        if (strcmp(t->walk->objects[i].scope, route->scope->name) == 0) return &t->walk->objects[i];
    return NULL;
}

/* Who has the right somewhere hears 404, who has it nowhere 403, there or not. */
static void ask_for_nothing(Tour *t, const Route *route)
{
    if (!is_of_access_table(route) || route->scope == SCOPE_NONE) return;
    const WalkObject *o = object_of(t, route);
    for (int who = 0; o && who < WALKERS; who += WALK_PLACES) {
        Arena before = *t->c->arena;
        const char *path = path_of(t, route, o, S("0123456789abcdef0123456789abcdef-NN"));
        Verdict verdict = verdict_of(t, route, who, NULL) == VERDICT_NO_RIGHT ? VERDICT_NO_RIGHT : VERDICT_OUT_OF_REACH;
        check_status(t, route, who, path, request(t, route, t->walk->walkers[who].token, path), verdict);
        *t->c->arena = before;
    }
}

HTTP_TEST(walk, refusals_do_not_tell_whether_it_exists)
{
    Tour t = tour_begin();
    visit_all(&t, ask_for_nothing);
    tour_end(&t);
}

static int first_allowed(Tour *t, const Route *route, const WalkObject *o)
{
    for (int who = 0; who < WALKERS; who++)
        if (!is_of_access_table(route) || verdict_of(t, route, who, o) == VERDICT_ALLOWED) return who;
    return -1;
}

/* Routes marked strong or strong_twice: not for a session that has not lately shown who it is. */
static void ask_weakly(Tour *t, const Route *route)
{
    const WalkObject *o = object_of(t, route);
    int who = route->strong || route->strong_twice ? first_allowed(t, route, o) : -1;
    if (who < 0) return;
    const char *path = path_of(t, route, o, S(""));
    Answer a = request(t, route, t->walk->walkers[who].weak_token, path);
    bool is_right = route->method == POST ? a.status == 403 : a.status == 303 && str_starts(a.location, S("/bekraeft"));
    if (!is_right) told(t, route, who, path, S("a weak session gets through"));
}

/* What is allowed here changes the store and ends sessions, the weak ones too: they go first. */
HTTP_TEST(walk, every_role_at_every_distance_gets_what_the_access_table_says)
{
    Tour t = tour_begin();
    visit_all(&t, ask_weakly);
    visit_all(&t, walk_route);
    CHECK(t.allowed > 200 && t.out_of_reach > 200 && t.no_right > 200);
    check_shown(&t);
    tour_end(&t);
    CHECK_CLEAN();
}

/* The gate and the routes of site.h. */
#include <unistd.h>

#include "base/number.h"
#include "site.h"
#include "web/cookie.h"

static Err identify(Ctx *c)
{
    int64_t id = 0;
    if (str_i64(web_cookie(c, "s"), &id)) c->viewer = (ViewerId){id};
    return OK;
}

static Err permit(Ctx *c, const Need *need, const Place *place)
{
    if (str_eq(str_of_z(need->name), S("nobody/R"))) return fail(c, E_FORBIDDEN, (Msg){0});
    if (place->object_id != 1 && place->object_id != 0) return fail(c, E_NOT_FOUND, (Msg){0});
    return OK;
}

SQL(LOOKED, "INSERT INTO web_look (what) VALUES ($1)");

static Err look(Ctx *c, const Route *route, const Place *place)
{
    (void)route;
    if (place->object_id == 0) return fail(c, E_BROKEN, T("Intet at se."));
    return db_exec(c, LOOKED, NULL, S("look"));
}

static Err refused(Ctx *c, const Route *route, Err why)
{
    (void)route;
    return db_exec(c, LOOKED, NULL, why == E_FORBIDDEN ? S("403") : S("404"));
}

static Str nonce(Ctx *c)
{
    return ctx_uid(c);
}

static Err nonce_check(Ctx *c, Str s)
{
    return str_starts(s, S("n")) ? OK : fail(c, E_FORBIDDEN, (Msg){0});
}

SQL(NONCE_ADD, "INSERT INTO web_nonce (nonce, location) VALUES ($1, '') ON CONFLICT (nonce) DO NOTHING");
SQL(NONCE_GET, "SELECT location FROM web_nonce WHERE nonce = $1");
SQL(NONCE_SET, "UPDATE web_nonce SET location = $2 WHERE nonce = $1");

static Err nonce_use(Ctx *c, Str s, Str *ret_before)
{
    int changed = 0;
    TRY(db_exec(c, NONCE_ADD, &changed, s));
    if (changed > 0) return OK;
    Str before = S("");
    Rows rows = db_query(c, NONCE_GET, s);
    while (db_next(&rows)) before = db_str(&rows, 0);
    TRY(db_done(&rows));
    *ret_before = before;
    return OK;
}

static Err nonce_done(Ctx *c, Str s, Str location)
{
    return db_exec(c, NONCE_SET, NULL, s, location);
}

static void frame_begin(Ctx *c, Out *o, Msg title)
{
    (void)c;
    out_lit(o, S("<title>"));
    out_msg(o, title);
    out_lit(o, S("</title>"));
}

static void frame_end(Ctx *c, Out *o)
{
    (void)c;
    out_lit(o, S("<footer>"));
}

static void error_page(Ctx *c, Out *o, int status, Msg message, Str number)
{
    (void)status;
    (void)c;
    out_lit(o, S("<p class=error>"));
    out_msg(o, message);
    out_str(o, number);
}

static bool is_strong(Ctx *c, bool twice)
{
    (void)twice;
    return c->viewer.v != 0;
}

const Gate site_gate = {
    .identify = identify, .permit = permit, .is_strong = is_strong, .look = look, .refused = refused, .nonce = nonce,
    .nonce_check = nonce_check, .nonce_use = nonce_use, .nonce_done = nonce_done, .frame_begin = frame_begin,
    .frame_end = frame_end, .error_page = error_page,
};

/* ---- routes of the test ----------------------------------------------------------- */

static Err draw_text(Ctx *c, Str text)
{
    Out *o = web_page_begin(c, T("Prøve"));
    out_block_begin(o, S("main"));
    out_str(o, text);
    out_block_end(o, S("main"));
    return web_page_end(c);
}

static Err get_plain(Ctx *c)
{
    return draw_text(c, S("en side"));
}

static Err get_echo(Ctx *c)
{
    return draw_text(c, STR_CAT(c->arena, S("["), web_path(c, "word"), S("|"), web_query(c, "q"), S("]")));
}

static Err get_full(Ctx *c)
{
    for (;;) (void)arena_take(c->arena, 1 << 16, 1, 1);
    return OK;
}

static Err get_broken(Ctx *c)
{
    return fail(c, E_BROKEN, msg_verbatim(S("hemmelig sætning")));
}

static Err get_nothing(Ctx *c)
{
    (void)c;
    return OK;
}

static Err get_file(Ctx *c)
{
    return web_file(c, S("text/csv; charset=utf-8"), S("æble\r\n.csv"), S("a;b\n"));
}

static Err get_cookie(Ctx *c)
{
    web_set_cookie(c, "s", S("7"), 60);
    web_set_cookie_under(c, "u", S("8"), S("/under"), 60);
    return web_redirect(c, S("/plain?a=b c"));
}

static Err get_away(Ctx *c)
{
    return web_redirect(c, S("//ond.example/"));
}

static Err get_address(Ctx *c)
{
    return draw_text(c, STR_CAT(c->arena, S("["), web_address(c), S("]")));
}

SQL(NOTE_ADD, "INSERT INTO web_note (body) VALUES ($1)");

static Err write_note(Ctx *c)
{
    atomic_fetch_add(&c->app->writes, 1);
    TRY(db_exec(c, NOTE_ADD, NULL, web_field(c, "body")));
    return web_redirect(c, S("/plain"));
}

static Err prepare_note(Ctx *c)
{
    atomic_fetch_add(&c->app->prepared, 1);
    c->work = c->app;
    return OK;
}

static Err finish_note(Ctx *c)
{
    return draw_text(c, c->work == c->app ? S("gemt") : S("glemt"));
}

static Err write_invalid(Ctx *c)
{
    TRY(db_exec(c, NOTE_ADD, NULL, S("må ikke blive")));
    ctx_problem(c, S("body"), T("Skriv noget andet."));
    return ctx_check(c);
}

static Err draw_again(Ctx *c)
{
    return draw_text(c, STR_CAT(c->arena, S("igen: "), web_field(c, "body"), S(" "), c->problems->what.text));
}

static Err prepare_invalid(Ctx *c)
{
    web_on_invalid(c, draw_again);
    return OK;
}

static Err write_conflict(Ctx *c)
{
    web_set_cookie(c, "s", S("glemmes"), 60);
    return fail(c, E_CONFLICT, T("Nogen var først."));
}

static Err write_full(Ctx *c)
{
    TRY(db_exec(c, NOTE_ADD, NULL, S("må ikke blive")));
    return get_full(c);
}

static Err write_held(Ctx *c)
{
    while (!atomic_load(&c->app->gate_open)) usleep(1000);
    return write_note(c);
}

static Err prepare_fields(Ctx *c)
{
    Str name = S("");
    Str bytes = web_upload(c, "fil", &name);
    Strs many = web_fields(c, "m");
    Str parts[] = {S("["), web_field(c, "body"), S("|"), many.n > 1 ? many.v[1] : S("-"), S("|"), name, S("|"), bytes, S("]")};
    return draw_text(c, str_join(c->arena, parts, COUNT_OF(parts)));
}

static Err get_answer(Ctx *c)
{
    Out *o = web_bare_begin(c);
    bool is_known = !str_eq(web_path(c, "token"), S("findes-ikke"));
    out_lit(o, web_cookie(c, "s").n || web_address(c).n || c->viewer.v ? S("kendt") : S("ukendt"));
    return web_bare_end(c, is_known ? 200 : 404);
}

static Err write_nothing(Ctx *c)
{
    (void)c;
    return OK;
}

static Err find_thing(Ctx *c, Str param, Place *ret)
{
    int64_t id = 0;
    if (!str_i64(param, &id) || id > 2) return fail(c, E_NOT_FOUND, (Msg){0});
    *ret = (Place){.owner_id = 1, .unit_id = 1, .object_id = id};
    return OK;
}

static const Need need_thing = {.name = "thing/R", .object = 3}, need_none = {.name = "nobody/R", .object = 4};
static const Scope scope_thing = {.name = "thing", .find = find_thing};

const Route site_routes[] = {
    {GET, "/", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_plain},
    {GET, "/plain", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_plain},
    {GET, "/heavy", NEED_SIGNED_IN, SCOPE_NONE, HEAVY, .get = get_plain},
    {GET, "/echo/:word", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_echo},
    {GET, "/echo/new", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_plain},
    {GET, "/look/:id", &need_thing, &scope_thing, LOOK, .get = get_plain},
    {GET, "/none/:id", &need_none, &scope_thing, PLAIN, .get = get_plain},
    {GET, "/full", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_full},
    {GET, "/heavyfull", NEED_PUBLIC, SCOPE_NONE, HEAVY, .get = get_full},
    {GET, "/broken", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_broken},
    {GET, "/nothing", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_nothing},
    {GET, "/file", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_file},
    {GET, "/cookie", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_cookie},
    {GET, "/away", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_away},
    {GET, "/address", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_address},
    {POST, "/note", NEED_SIGNED_IN, SCOPE_NONE, WRITE, .prepare = prepare_note, .write = write_note},
    {POST, "/open", NEED_PUBLIC, SCOPE_NONE, WRITE, .write = write_note},
    {POST, "/slow", NEED_PUBLIC, SCOPE_NONE, SLOW_WRITE, .prepare = prepare_note, .write = write_note, .finish = finish_note},
    {POST, "/invalid", NEED_PUBLIC, SCOPE_NONE, WRITE, .prepare = prepare_invalid, .write = write_invalid},
    {POST, "/conflict", NEED_PUBLIC, SCOPE_NONE, WRITE, .write = write_conflict},
    {POST, "/writefull", NEED_PUBLIC, SCOPE_NONE, WRITE, .write = write_full},
    {POST, "/held", NEED_PUBLIC, SCOPE_NONE, WRITE, .write = write_held},
    {POST, "/storedfull", NEED_PUBLIC, SCOPE_NONE, WRITE, .write = write_note, .finish = get_full},
    {POST, "/storedbroken", NEED_PUBLIC, SCOPE_NONE, WRITE, .write = write_note, .finish = get_broken},
    {POST, "/fields", NEED_PUBLIC, SCOPE_NONE, WRITE, .prepare = prepare_fields, .body_max = 3 << 20},
    {POST, "/thing/:id", &need_thing, &scope_thing, WRITE, .write = write_note},
    {GET, "/svar/:token", NEED_PUBLIC, SCOPE_NONE, REPLY, .get = get_answer},
    {POST, "/svar/:token", NEED_PUBLIC, SCOPE_NONE, REPLY, .write = write_note},
    {POST, "/nej/:token", NEED_PUBLIC, SCOPE_NONE, REPLY, .write = write_nothing, .finish = get_answer},
    {0},
};

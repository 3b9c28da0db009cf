/* The server as a client meets it: a real daemon on loopback, a real store and
   writer, a small gate of the test's own. */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "web/assets/assets.h"
#include "web/cookie.h"
#include "web/web_inside.h"

enum { ANSWER_MAX = 1 << 20 };

/* ---- the gate of the test: cookie s=7 is viewer 7 ------------------------------- */

struct App {
    atomic_int writes, looks, prepared, log_lines;
    atomic_int gate_open; /* 0: writes of /held wait */
    pthread_mutex_t lock;
    char log[8192];
    ptrdiff_t log_n;
};

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

static bool is_strong(Ctx *c)
{
    return c->viewer.v != 0;
}

static const Gate gate = {
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

static const Route routes[] = {
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

/* ---- the server of a test ------------------------------------------------------------- */

typedef struct Server {
    Ctx *c;
    Store *store;
    Writer *writer;
    Web *web;
    struct App app;
    char path[64];
} Server;

static void log_line(void *to, Str line)
{
    struct App *app = to;
    pthread_mutex_lock(&app->lock);
    if (line.n < (ptrdiff_t)sizeof app->log - app->log_n) {
        memcpy(app->log + app->log_n, line.p, (size_t)line.n);
        app->log_n += line.n;
    }
    pthread_mutex_unlock(&app->lock);
    atomic_fetch_add(&app->log_lines, 1);
}

static void fill_random(void *state, void *bytes, size_t n)
{
    (void)state;
    if (getrandom(bytes, n, 0) != (ssize_t)n) abort();
}

static const Schema schema = {
    .feature = "web",
    .schema_sql = "CREATE TABLE web_note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;"
                  "CREATE TABLE web_look (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;"
                  "CREATE TABLE web_nonce (id INTEGER PRIMARY KEY, nonce TEXT NOT NULL UNIQUE, location TEXT NOT NULL) STRICT;",
    .check_sql = "",
};

static void remove_store(Server *s)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (ptrdiff_t i = 0; i < COUNT_OF(ends); i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
        unlink(path);
    }
}

static Server *serve_with(WebOptions options, WriterOptions writer)
{
    Ctx *c = test_ctx_plain();
    Server *s = NEW(c->arena, Server, 1);
    bool migrated = false;
    s->c = c;
    c->random = (Random){.fill = fill_random};
    pthread_mutex_init(&s->app.lock, NULL);
    atomic_store(&s->app.gate_open, 1);
    snprintf(s->path, sizeof s->path, "/dev/shm/web_test_%d.db", (int)getpid());
    remove_store(s);
    signal(SIGPIPE, SIG_IGN);
    CHECK_OK(store_open(c, str_of_z(s->path), (StoreOptions){.create = true, .readers = 6}, &s->store));
    CHECK_OK(schema_apply(c, s->store, (const Schema *[]){&schema}, 1, &migrated));
    CHECK_OK(writer_open(c, s->store, writer, &s->writer));
    options.listen = S("127.0.0.1:0");
    options.log = log_line;
    options.log_to = &s->app;
    if (options.arena_bytes == 0) options.arena_bytes = 4 << 20;
    if (options.connections_max == 0) options.connections_max = 200;
    CHECK_OK(web_open(c, &gate, (const Route *[]){routes}, (const char *[]){"prøve"}, 1, s->store, s->writer, &s->app,
                      options, &s->web));
    return s;
}

static Server *serve(void)
{
    return serve_with((WebOptions){0}, (WriterOptions){0});
}

static void stop(Server *s)
{
    web_close(s->web);
    writer_close(s->writer);
    store_close(s->store);
    remove_store(s);
}

static int64_t count_of(Server *s, const char *sql)
{
    int64_t n = -1;
    Ctx c = *s->c;
    c.at_end = NULL;
    c.conn = NULL;
    CHECK_OK(db_read_begin(&c, s->store));
    CHECK_OK(db_test_i64(&c, str_of_z(sql), &n));
    ctx_end(&c);
    return n;
}

/* ---- a client without a library ------------------------------------------------------- */

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

/* Stops quietly when the server has heard enough. */
static void say(int fd, Str text)
{
    while (text.n > 0) {
        ssize_t n = send(fd, text.p, (size_t)text.n, MSG_NOSIGNAL);
        if (n <= 0) return;
        text = str_sub(text, n, text.n);
    }
}

/* Until the server hangs up. */
static Str hear(int fd, char *to, ptrdiff_t max)
{
    ptrdiff_t n = 0;
    for (ssize_t got; n < max && (got = recv(fd, to + n, (size_t)(max - n), 0)) > 0;) n += got;
    close(fd);
    return (Str){to, n};
}

static Str ask(Server *s, Str request)
{
    int fd = dial(web_port(s->web));
    CHECK(fd >= 0);
    say(fd, request);
    return hear(fd, arena_take_raw(s->c->arena, ANSWER_MAX), ANSWER_MAX);
}

static int status_of(Str answer)
{
    int64_t status = 0;
    if (!str_starts(answer, S("HTTP/1.1 ")) || !str_i64(str_sub(answer, 9, 12), &status)) return 0;
    return (int)status;
}

static bool has(Str answer, Str part)
{
    return str_find(answer, part, 0) >= 0;
}

static Str get_with(Server *s, const char *path, const char *headers)
{
    Str parts[] = {S("GET "), str_of_z(path), S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"), str_of_z(headers), S("\r\n")};
    return ask(s, str_join(s->c->arena, parts, COUNT_OF(parts)));
}

static Str get(Server *s, const char *path)
{
    return get_with(s, path, "");
}

static Str post_text(Arena *arena, const char *path, const char *headers, Str body)
{
    char length[64];
    snprintf(length, sizeof length, "Content-Length: %td\r\n\r\n", body.n);
    bool has_type = strstr(headers, "Content-Type") != NULL;
    Str parts[] = {S("POST "), str_of_z(path), S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"), str_of_z(headers),
                   has_type ? S("") : S("Content-Type: application/x-www-form-urlencoded\r\n"), str_of_z(length), body};
    return str_join(arena, parts, COUNT_OF(parts));
}

static Str post_with(Server *s, const char *path, const char *headers, Str body)
{
    return ask(s, post_text(s->c->arena, path, headers, body));
}

static Str post(Server *s, const char *path, const char *body)
{
    return post_with(s, path, "", str_of_z(body));
}

static Str filled(Server *s, char ch, ptrdiff_t n)
{
    char *p = arena_take_raw(s->c->arena, n);
    memset(p, ch, (size_t)n);
    return (Str){p, n};
}

/* ---- pages ------------------------------------------------------------------------------- */

TEST(web, plain_page_comes_with_its_headers)
{
    Server *s = serve();
    Str a = get(s, "/plain");
    CHECK_INT(status_of(a), 200);
    CHECK(has(a, S("en side")) && has(a, S("<footer>")));
    CHECK(has(a, S("Content-Security-Policy: default-src 'none';")));
    CHECK(has(a, S("X-Content-Type-Options: nosniff")) && has(a, S("Referrer-Policy: same-origin")));
    CHECK(has(a, S("Content-Type: text/html; charset=utf-8")) && !has(a, S("Strict-Transport")));
    stop(s);
}

TEST(web, head_is_get_without_the_body)
{
    Server *s = serve();
    Str a = ask(s, S("HEAD /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    CHECK_INT(status_of(a), 200);
    CHECK(!has(a, S("en side")) && has(a, S("Content-Length: ")) && str_ends(a, S("\r\n\r\n")));
    stop(s);
}

TEST(web, literal_goes_before_parameter)
{
    Server *s = serve();
    CHECK(has(get(s, "/echo/new"), S("en side")));
    CHECK(has(get(s, "/echo/%C3%A6ble?q=r%C3%B8d+tr%C3%A5d&x"), S("[æble|rød tråd]")));
    CHECK(has(get(s, "/echo/%3Cb%3E"), S("[&lt;b&gt;|]")));
    stop(s);
}

TEST(web, signed_in_page_is_not_stored)
{
    Server *s = serve();
    Str a = get_with(s, "/heavy", "Cookie: x=1; s=7\r\n");
    CHECK_INT(status_of(a), 200);
    CHECK(has(a, S("Cache-Control: no-store")));
    CHECK_INT(status_of(get(s, "/heavy")), 403);
    stop(s);
}

TEST(web, nobody_is_sent_to_log_in)
{
    Server *s = serve_with((WebOptions){.login_path = S_INIT("/log-ind")}, (WriterOptions){0});
    CHECK(has(get(s, "/heavy"), S("Location: /log-ind?to=%2Fheavy\r\n")));
    CHECK(has(get(s, "/look/9"), S("Location: /log-ind?to=%2Flook%2F9\r\n")));
    stop(s);
}

TEST(web, htmx_gets_its_block_or_the_whole_page)
{
    Server *s = serve();
    Str a = get_with(s, "/plain", "HX-Request: true\r\nHX-Target: div#main\r\n");
    CHECK(has(a, S("\r\n\r\nen side")) && !has(a, S("<footer>")));
    CHECK(has(get_with(s, "/plain", "HX-Request: true\r\nHX-Target: other\r\n"), S("<footer>")));
    stop(s);
}

TEST(web, file_name_cannot_begin_a_header)
{
    Server *s = serve();
    Str a = get(s, "/file");
    CHECK(has(a, S("filename=\"__ble__.csv\"; filename*=UTF-8''%C3%A6ble%0D%0A.csv\r\n")));
    CHECK(str_ends(a, S("a;b\n")));
    stop(s);
}

TEST(web, cookies_are_fenced)
{
    Server *s = serve_with((WebOptions){.secure_cookies = true}, (WriterOptions){0});
    Str a = get(s, "/cookie");
    CHECK(has(a, S("Set-Cookie: __Host-s=7; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60")));
    CHECK(has(a, S("Set-Cookie: __Secure-u=8; Path=/under; HttpOnly; SameSite=Lax; Secure; Max-Age=60")));
    CHECK(has(a, S("Location: /plain?a=b%20c\r\n")) && has(a, S("Strict-Transport-Security: ")));
    CHECK_INT(status_of(get_with(s, "/heavy", "Cookie: s=7\r\n")), 403);
    CHECK_INT(status_of(get_with(s, "/heavy", "Cookie: __Host-s=7\r\n")), 200);
    stop(s);
}

TEST(web, redirects_stay_at_home)
{
    Server *s = serve();
    Str a = get(s, "/away");
    CHECK_INT(status_of(a), 500);
    CHECK(!has(a, S("ond.example")));
    stop(s);
}

TEST(web, assets_are_kept_for_ever_and_zipped)
{
    Server *s = serve();
    Str path = asset_path("house.css");
    Str a = get_with(s, str_z(s->c->arena, path), "Accept-Encoding: gzip, br\r\n");
    CHECK_INT(status_of(a), 200);
    CHECK(has(a, S("immutable")) && has(a, S("Content-Encoding: gzip")) && has(a, S("Vary: Accept-Encoding")));
    CHECK(has(a, S("frame-ancestors 'none'")) && has(a, S("X-Content-Type-Options: nosniff")));
    CHECK(!has(get(s, str_z(s->c->arena, path)), S("Content-Encoding")));
    CHECK_INT(status_of(get(s, "/a/0000/house.css")), 404);
    stop(s);
}

static bool is_braked(WebBrake *brake, const char *address, int64_t ms)
{
    unsigned char bytes[16] = {0};
    CHECK_INT(inet_pton(AF_INET6, address, bytes), 1);
    return web_brake_is_on(brake, bytes, (Instant){ms});
}

TEST(web, wrong_codes_are_counted_by_network_and_minute)
{
    static WebBrake brake;
    unsigned char address[16] = {0};
    web_brake_open(&brake, test_ctx_plain()->random);
    CHECK_INT(inet_pton(AF_INET6, "2001:db8:1:2::1", address), 1);
    for (int i = 0; i < WEB_WRONG_CODES; i++) {
        CHECK(!is_braked(&brake, "2001:db8:1:2::1", 600000));
        web_brake_count(&brake, address, (Instant){600000 + i});
    }
    CHECK(is_braked(&brake, "2001:db8:1:2:ffff::9", 659999));
    CHECK(!is_braked(&brake, "2001:db8:1:3::1", 659999));
    CHECK(!is_braked(&brake, "::ffff:192.0.2.1", 659999));
    CHECK(!is_braked(&brake, "2001:db8:1:2::1", 660000));
}

/* The answer is the same for a code that exists: guessing on learns nothing. */
TEST(web, who_tries_codes_by_the_hundred_waits)
{
    Server *s = serve();
    int tried = 0;
    while (tried < 2 * WEB_WRONG_CODES && status_of(get(s, "/svar/findes-ikke")) == 404) tried++;
    CHECK(tried >= WEB_WRONG_CODES);
    CHECK(tried < 2 * WEB_WRONG_CODES);
    CHECK_INT(status_of(get(s, "/svar/t")), 429);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

/* A code that turns out not to exist only when its write is done. */
TEST(web, who_posts_codes_by_the_hundred_waits_too)
{
    Server *s = serve();
    int tried = 0;
    while (tried < 2 * WEB_WRONG_CODES && status_of(post(s, "/nej/findes-ikke", "")) == 404) tried++;
    CHECK(tried >= WEB_WRONG_CODES);
    CHECK(tried < 2 * WEB_WRONG_CODES);
    CHECK_INT(status_of(post(s, "/nej/t", "")), 429);
    stop(s);
}

TEST(web, forwarded_address_is_believed_from_proxies_only)
{
    static const char headers[] = "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.0.0.1\r\n";
    Server *s = serve();
    CHECK(has(get_with(s, "/address", headers), S("[127.0.0.1]")));
    stop(s);
    Str proxy = S("127.0.0.1");
    s = serve_with((WebOptions){.proxies = {&proxy, 1}}, (WriterOptions){0});
    CHECK(has(get_with(s, "/address", headers), S("[198.51.100.7]")));
    CHECK(has(get_with(s, "/address", "X-Forwarded-For: <script>\r\n"), S("[127.0.0.1]")));
    stop(s);
}

/* ---- errors ---------------------------------------------------------------------------------- */

TEST(web, own_fault_has_a_number_that_the_log_has_too)
{
    Server *s = serve();
    Str a = get(s, "/broken");
    CHECK_INT(status_of(a), 500);
    CHECK(!has(a, S("hemmelig")));
    ptrdiff_t at = str_find(a, S("Fejlnummer "), 0);
    CHECK(at > 0);
    Str number = str_sub(a, at + 11, at + 17);
    for (int i = 0; i < 200 && !atomic_load(&s->app.log_lines); i++) usleep(5000);
    CHECK(has((Str){s->app.log, s->app.log_n}, number));
    CHECK(!has((Str){s->app.log, s->app.log_n}, S("hemmelig")));
    CHECK_INT(status_of(get(s, "/nothing")), 500);
    stop(s);
}

TEST(web, log_has_patterns_and_no_paths)
{
    Server *s = serve();
    get(s, "/echo/hemmelig?q=hemmelig");
    get(s, "/hemmelig");
    get_with(s, "/svar/hemmelig", "Cookie: s=7\r\n");
    for (int i = 0; i < 200 && atomic_load(&s->app.log_lines) < 2; i++) usleep(5000);
    stop(s);
    Str log = {s->app.log, s->app.log_n};
    CHECK_INT(atomic_load(&s->app.log_lines), 2);
    CHECK(has(log, S("\"route\":\"/echo/:word\"")) && has(log, S("\"route\":\"none\"")));
    CHECK(has(log, S("\"feature\":\"prøve\"")) && !has(log, S("hemmelig")) && !has(log, S("svar")));
}

TEST(web, unknown_paths_and_methods_are_told_apart)
{
    Server *s = serve();
    CHECK_INT(status_of(get(s, "/findes-ikke")), 404);
    CHECK_INT(status_of(get(s, "/plain/")), 404);
    CHECK_INT(status_of(post(s, "/plain", "a=b")), 405);
    CHECK(has(post(s, "/plain", "a=b"), S("Allow: GET, HEAD\r\n")));
    CHECK_INT(status_of(ask(s, S("OPTIONS /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"))), 405);
    CHECK(has(get(s, "/note"), S("Allow: POST\r\n")));
    CHECK_INT(status_of(ask(s, S("BREW /kaffe HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"))), 404);
    stop(s);
}

TEST(web, malformed_paths_are_refused)
{
    static const struct { const char *path; int status; } cases[] = {
        {"/echo/%00", 400}, {"/echo/a%2fb", 400}, {"/echo/..", 400}, {"/echo/%2e%2e", 400}, {"/echo/.", 400},
        {"/echo/%ff", 400}, {"/echo/%C0%AF", 400}, {"/echo/%zz", 400}, {"/echo/%4", 400}, {"/echo/%0a", 400},
        {"/echo/a%5Cb", 400}, {"/echo//a", 404}, {"/echo/a?q=%ff", 400}, {"/echo/a?q=%00", 400}, {"/echo/a?%zz", 400},
        {"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r", 404},
    };
    Server *s = serve();
    for (ptrdiff_t i = 0; i < COUNT_OF(cases); i++) CHECK_INT(status_of(get(s, cases[i].path)), cases[i].status);
    CHECK_INT(status_of(ask(s, S("GET /ech\0o/a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"))) / 100, 4);
    Str path = STR_CAT(s->c->arena, S("/echo/"), filled(s, 'a', WEB_PATH_MAX));
    CHECK_INT(status_of(get(s, str_z(s->c->arena, path))), 414);
    Str query = STR_CAT(s->c->arena, S("/echo/a?q="), filled(s, 'a', WEB_QUERY_MAX));
    CHECK_INT(status_of(get(s, str_z(s->c->arena, query))), 414);
    stop(s);
}

TEST(web, full_arena_is_told_and_the_server_goes_on)
{
    Server *s = serve();
    for (int i = 0; i < 20; i++) CHECK_INT(status_of(get(s, i % 2 ? "/full" : "/heavyfull")), 503);
    CHECK_INT(status_of(post(s, "/writefull", "body=x")), 413);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 0);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

/* ---- heads -------------------------------------------------------------------------------------- */

TEST(web, large_cookie_gets_a_clean_431)
{
    Server *s = serve();
    Str head = S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\nCookie: s=");
    Str a = ask(s, STR_CAT(s->c->arena, head, filled(s, 'a', 9000), S("\r\n\r\n")));
    CHECK_INT(status_of(a), 431);
    a = ask(s, STR_CAT(s->c->arena, head, filled(s, 'a', 8000), S("\r\n\r\n")));
    CHECK_INT(status_of(a), 200);
    a = ask(s, STR_CAT(s->c->arena, head, filled(s, 'a', 300000), S("\r\n\r\n")));
    CHECK(status_of(a) == 431 || a.n == 0);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

/* MHD has no more memory for a request than WEB_POOL; what is within our limits must not meet its own refusal. */
TEST(web, the_largest_line_and_head_that_are_taken_fit_together)
{
    Server *s = serve();
    Arena *a = s->c->arena;
    Str path = STR_CAT(a, S("/echo/"), filled(s, 'a', WEB_PATH_MAX - 10), S("?q="), filled(s, 'b', WEB_QUERY_MAX - 10));
    Str head = STR_CAT(a, S("GET "), path, S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\nCookie: s="), filled(s, 'c', WEB_COOKIE_MAX - 10));
    for (int i = 0; i < WEB_HEADERS_MAX - 5; i++) head = STR_CAT(a, head, S("\r\nX-Whatever: "), filled(s, 'd', 20));
    CHECK_INT(status_of(ask(s, STR_CAT(a, head, S("\r\n\r\n")))), 200);
    stop(s);
}

TEST(web, header_flood_is_refused)
{
    Server *s = serve();
    Buf b = buf_new(s->c->arena, 1 << 16);
    buf_add(&b, S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"));
    for (int i = 0; i < 150; i++) buf_add(&b, S("X-A: b\r\n"));
    buf_add(&b, S("\r\n"));
    CHECK_INT(status_of(ask(s, buf_str(&b))), 431);
    stop(s);
}

TEST(web, doubled_and_contradicting_headers_are_refused)
{
    Server *s = serve();
    CHECK_INT(status_of(get_with(s, "/plain", "Origin: a\r\nOrigin: b\r\n")), 400);
    CHECK_INT(status_of(get_with(s, "/plain", "Cookie: a=1\r\nCookie: b=2\r\n")), 400);
    Str both = S("POST /open HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 3\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    CHECK_INT(status_of(ask(s, both)), 400);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 0);
    stop(s);
}

/* A proxy may have read the length that we did not: what follows would be a
   request of the sender's own choice, in whatever name the next one has. */
TEST(web, nothing_is_read_behind_a_body_of_doubtful_length)
{
    static const char *const lengths[] = {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                                          "Content-Length: 5\r\nContent-Length: 0\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                                          "Content-Length : 50\r\n\r\n"};
    Server *s = serve();
    for (ptrdiff_t i = 0; i < COUNT_OF(lengths); i++) {
        Str a = ask(s, STR_CAT(s->c->arena, S("POST /open HTTP/1.1\r\nHost: t\r\n"), str_of_z(lengths[i]),
                               S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")));
        CHECK_INT(status_of(a), 400);
        CHECK(str_find(a, S("HTTP/1.1 "), 1) < 0);
    }
    stop(s);
}

/* ---- bodies -------------------------------------------------------------------------------------- */

TEST(web, body_beyond_its_cap_is_refused_before_it_is_sent)
{
    Server *s = serve();
    Str a = ask(s, S("POST /open HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n\r\n"));
    CHECK_INT(status_of(a), 413);
    CHECK(!has(a, S("100 Continue")));
    CHECK_INT(status_of(post_with(s, "/open", "", filled(s, 'a', WEB_BODY_MAX + 1))), 413);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

static Str chunked(Server *s, Str body)
{
    char size[32];
    snprintf(size, sizeof size, "%tx\r\n", body.n);
    return STR_CAT(s->c->arena,
                   S("POST /open HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
                     "Content-Type: application/x-www-form-urlencoded\r\n\r\n"),
                   str_of_z(size), body, S("\r\n0\r\n\r\n"));
}

TEST(web, chunked_body_has_the_same_cap)
{
    Server *s = serve();
    CHECK_INT(status_of(ask(s, chunked(s, S("body=hej")))), 303);
    CHECK_INT(status_of(ask(s, chunked(s, filled(s, 'a', WEB_BODY_MAX + 1)))), 413);
    Str endless = ask(s, chunked(s, filled(s, 'a', 3 << 20)));
    CHECK(endless.n == 0 || status_of(endless) == 413);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 1);
    stop(s);
}

TEST(web, two_million_fields_are_refused)
{
    Server *s = serve();
    Str body = filled(s, '&', 2000000);
    CHECK_INT(status_of(post_with(s, "/fields", "", body)), 413);
    CHECK_INT(status_of(post_with(s, "/fields", "", filled(s, '&', WEB_FIELDS_MAX - 1))), 200);
    stop(s);
}

TEST(web, fields_are_decoded_and_unified)
{
    Server *s = serve();
    Str a = post(s, "/fields", "m=1&body=r%C3%B8d%0D%0Atr%C3%A5d+%26&m=2");
    CHECK(has(a, S("[rød\ntråd &amp;|2||]")));
    stop(s);
}

TEST(web, malformed_fields_are_refused)
{
    static const char *const bodies[] = {"body=%00", "body=%ff", "%zz=1", "body=%4", "a=%ED%A0%80"};
    Server *s = serve();
    for (ptrdiff_t i = 0; i < COUNT_OF(bodies); i++) CHECK_INT(status_of(post(s, "/open", bodies[i])), 400);
    CHECK_INT(status_of(post_with(s, "/open", "Content-Type: text/plain\r\n", S("body=1"))), 415);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 0);
    stop(s);
}

#define MULTIPART "Content-Type: multipart/form-data; boundary=\"x\"\r\n"

TEST(web, multipart_has_fields_and_files)
{
    Server *s = serve();
    Str body = S("--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nrød\r\ntråd\r\n"
                 "--x\r\ncontent-disposition: form-data; name=\"fil\"; filename=\"a;b.csv\"\r\nContent-Type: text/csv\r\n\r\n1;2\r\n--x--\r\n");
    CHECK(has(post_with(s, "/fields", MULTIPART, body), S("[rød\ntråd|-|a;b.csv|1;2]")));
    stop(s);
}

TEST(web, malformed_multipart_is_refused)
{
    static const Str bodies[] = {
        S_INIT("--x\r\n\r\n"), S_INIT("--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"),
        S_INIT("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\0\r\n--x--"), S_INIT("forkert"),
        S_INIT("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nuden ende"),
    };
    Server *s = serve();
    for (ptrdiff_t i = 0; i < COUNT_OF(bodies); i++) CHECK_INT(status_of(post_with(s, "/fields", MULTIPART, bodies[i])), 400);
    stop(s);
}

TEST(web, slow_client_is_cut_off)
{
    Server *s = serve_with((WebOptions){.idle_seconds = 2}, (WriterOptions){0});
    int fd = dial(web_port(s->web));
    int64_t began = web_now_us();
    say(fd, S("GET /plain HTTP/1.1\r\n"));
    char byte;
    /* A byte each 200 ms: MHD's own timeout would begin again each time. */
    for (int i = 0; i < 60 && recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && (errno == EAGAIN); i++) {
        say(fd, S("a"));
        usleep(200000);
    }
    int64_t took_ms = (web_now_us() - began) / 1000;
    CHECK(took_ms > 1500 && took_ms < 6000);
    close(fd);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

TEST(web, one_address_has_so_many_connections)
{
    Server *s = serve_with((WebOptions){.per_address = 3}, (WriterOptions){0});
    int fd[3];
    for (int i = 0; i < 3; i++) {
        char answer[4096];
        fd[i] = dial(web_port(s->web));
        say(fd[i], S("GET /plain HTTP/1.1\r\nHost: t\r\n\r\n"));
        CHECK(recv(fd[i], answer, sizeof answer, 0) > 0);
    }
    CHECK_INT(get(s, "/plain").n, 0);
    for (int i = 0; i < 3; i++) close(fd[i]);
    usleep(100000);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

/* ---- posts -------------------------------------------------------------------------------------- */

TEST(web, post_is_stored_before_it_is_answered)
{
    Server *s = serve();
    Str a = post_with(s, "/note", "Cookie: s=7\r\n", S("_nonce=n1&body=hej"));
    CHECK_INT(status_of(a), 303);
    CHECK(has(a, S("Location: /plain\r\n")));
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note WHERE body = 'hej'"), 1);
    CHECK_INT(atomic_load(&s->app.prepared), 1);
    stop(s);
}

TEST(web, slow_write_draws_after_the_commit)
{
    Server *s = serve();
    CHECK(has(post(s, "/slow", "body=hej"), S("gemt")));
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 1);
    stop(s);
}

/* The write is durable; only its page failed. */
TEST(web, what_is_stored_is_never_said_to_be_lost)
{
    static const char *const paths[] = {"/storedfull", "/storedbroken"};
    Server *s = serve();
    for (int i = 0; i < 2; i++) {
        Str answer = post(s, paths[i], "body=hej");
        CHECK_INT(status_of(answer), 500);
        CHECK(has(answer, S("er gemt")));
        CHECK(!has(answer, S("ikke gemt")));
        CHECK(!has(answer, S("Intet er gemt")));
        CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), i + 1);
    }
    stop(s);
}

TEST(web, a_get_with_a_long_body_is_refused_at_once)
{
    Server *s = serve();
    CHECK_INT(status_of(get_with(s, "/plain", "Content-Length: 999999999999\r\n")), 413);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

TEST(web, a_form_sent_without_tls_is_anothers_where_there_is_tls)
{
    Server *s = serve_with((WebOptions){.secure_cookies = true}, (WriterOptions){0});
    CHECK_INT(status_of(post_with(s, "/note", "Cookie: __Host-s=7\r\nOrigin: http://t\r\n", S("_nonce=n1"))), 403);
    CHECK_INT(status_of(post_with(s, "/note", "Cookie: __Host-s=7\r\nOrigin: https://t\r\n", S("_nonce=n1"))), 303);
    stop(s);
}

TEST(web, forms_of_others_are_refused)
{
    static const struct { const char *headers, *body; } cases[] = {
        {"Cookie: s=7\r\n", "body=uden"},
        {"Cookie: s=7\r\n", "_nonce=falsk"},
        {"Cookie: s=7\r\nOrigin: http://ond.example\r\n", "_nonce=n1"},
        {"Cookie: s=7\r\nOrigin: null\r\n", "_nonce=n1"},
        {"Cookie: s=7\r\nSec-Fetch-Site: cross-site\r\nOrigin: http://t\r\n", "_nonce=n1"},
        {"", "_nonce=n1"},
    };
    Server *s = serve();
    for (ptrdiff_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(status_of(post_with(s, "/note", cases[i].headers, str_of_z(cases[i].body))), 403);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 0);
    CHECK_INT(status_of(post_with(s, "/note", "Cookie: s=7\r\nOrigin: http://t\r\nSec-Fetch-Site: same-origin\r\n", S("_nonce=n1"))), 303);
    stop(s);
}

TEST(web, invalid_shows_the_form_again)
{
    Server *s = serve();
    Str a = post(s, "/invalid", "body=min+tekst");
    CHECK_INT(status_of(a), 422);
    CHECK(has(a, S("igen: min tekst Skriv noget andet.")));
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 0);
    stop(s);
}

TEST(web, conflict_is_told_and_its_cookies_forgotten)
{
    Server *s = serve();
    Str a = post(s, "/conflict", "body=x");
    CHECK_INT(status_of(a), 409);
    CHECK(has(a, S("Nogen var først.")) && !has(a, S("Set-Cookie")));
    stop(s);
}

typedef struct Client {
    int port;
    Str request;
    int status;
    int rounds, wrong;
    pthread_t thread;
} Client;

static void *run_client(void *user)
{
    Client *client = user;
    for (int i = 0; i < client->rounds; i++) {
        char answer[8192];
        int fd = dial(client->port);
        if (fd < 0) {
            client->wrong++;
            continue;
        }
        say(fd, client->request);
        client->wrong += status_of(hear(fd, answer, (ptrdiff_t)sizeof answer)) != client->status;
    }
    return NULL;
}

static int run_clients(Server *s, const Str *requests, const int *statuses, int kinds, int n, int rounds)
{
    Client clients[64] = {0};
    int wrong = 0;
    for (int i = 0; i < n; i++) {
        clients[i] = (Client){.port = web_port(s->web), .request = requests[i % kinds], .status = statuses[i % kinds], .rounds = rounds};
        pthread_create(&clients[i].thread, NULL, run_client, &clients[i]);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(clients[i].thread, NULL);
        wrong += clients[i].wrong;
    }
    return wrong;
}

TEST(web, double_submit_is_written_once)
{
    Server *s = serve();
    Str request = post_text(s->c->arena, "/note", "Cookie: s=7\r\n", S("_nonce=n1&body=en+gang"));
    int status = 303;
    CHECK_INT(run_clients(s, &request, &status, 1, 16, 1), 0);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 1);
    CHECK(has(ask(s, request), S("Location: /plain\r\n")));
    stop(s);
}

TEST(web, sixty_four_clients_of_all_kinds)
{
    Server *s = serve();
    Arena *arena = s->c->arena;
    Str requests[] = {
        post_text(arena, "/open", "", S("body=a")), post_text(arena, "/slow", "", S("body=b")),
        post_text(arena, "/svar/t", "", S("body=c")), post_text(arena, "/invalid", "", S("body=d")),
        S("GET /look/1 HTTP/1.1\r\nHost: t\r\nCookie: s=7\r\nConnection: close\r\n\r\n"),
        S("GET /heavy HTTP/1.1\r\nHost: t\r\nCookie: s=7\r\nConnection: close\r\n\r\n"),
        S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
        S("GET /full HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
    };
    int statuses[] = {303, 200, 303, 422, 200, 200, 200, 503};
    CHECK_INT(run_clients(s, requests, statuses, 8, 64, 10), 0);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 240);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_look WHERE what = 'look'"), 80);
    /* The count falls just after the answer may leave. */
    for (int i = 0; i < 400 && web_figures(s->web).parked > 0; i++) usleep(5000);
    CHECK_INT(web_figures(s->web).parked, 0);
    stop(s);
}

TEST(web, look_is_recorded_before_the_page_leaves)
{
    Server *s = serve();
    CHECK_INT(status_of(get_with(s, "/look/1", "Cookie: s=7\r\n")), 200);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_look WHERE what = 'look'"), 1);
    /* Whose audit row fails is not shown. */
    Str a = get_with(s, "/look/0", "Cookie: s=7\r\n");
    CHECK_INT(status_of(a), 500);
    CHECK(!has(a, S("en side")));
    stop(s);
}

TEST(web, refusals_are_recorded)
{
    Server *s = serve();
    CHECK_INT(status_of(get_with(s, "/look/2", "Cookie: s=7\r\n")), 404);
    CHECK_INT(status_of(get_with(s, "/look/99", "Cookie: s=7\r\n")), 404);
    CHECK_INT(status_of(get_with(s, "/none/1", "Cookie: s=7\r\n")), 403);
    CHECK_INT(status_of(get_with(s, "/none/99", "Cookie: s=7\r\n")), 403);
    CHECK_INT(status_of(post_with(s, "/thing/2", "Cookie: s=7\r\n", S("_nonce=n1"))), 404);
    CHECK_INT(status_of(get(s, "/look/2")), 403);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_look WHERE what = '404'"), 3);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_look WHERE what = '403'"), 2);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 0);
    stop(s);
}

TEST(web, respondent_is_nobody)
{
    Server *s = serve();
    Str a = get_with(s, "/svar/t", "Cookie: s=7\r\n");
    CHECK(has(a, S("ukendt")) && has(a, S("Referrer-Policy: no-referrer")) && has(a, S("Cache-Control: no-store")));
    CHECK_INT(status_of(post_with(s, "/svar/t", "Cookie: s=7\r\nOrigin: null\r\n", S("body=svar"))), 303);
    CHECK_INT(atomic_load(&s->app.log_lines), 0);
    stop(s);
}

static void *call_stop(void *user)
{
    Server *s = user;
    web_close(s->web);
    return NULL;
}

TEST(web, full_writer_queue_is_told)
{
    Server *s = serve_with((WebOptions){0}, (WriterOptions){.queue_max = 1});
    Str held = post_text(s->c->arena, "/held", "", S("body=holdt"));
    int fd[2];
    char answer[4096];
    atomic_store(&s->app.gate_open, 0);
    fd[0] = dial(web_port(s->web));
    say(fd[0], held);
    usleep(100000);
    fd[1] = dial(web_port(s->web));
    say(fd[1], held);
    usleep(100000);
    Str a = post(s, "/open", "body=for+meget");
    CHECK_INT(status_of(a), 503);
    CHECK(has(a, S("Retry-After: ")));
    atomic_store(&s->app.gate_open, 1);
    for (int i = 0; i < 2; i++) CHECK_INT(status_of(hear(fd[i], answer, (ptrdiff_t)sizeof answer)), 303);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 2);
    stop(s);
}

TEST(web, client_that_hangs_up_while_parked_does_no_harm)
{
    Server *s = serve();
    atomic_store(&s->app.gate_open, 0);
    for (int i = 0; i < 8; i++) {
        int fd = dial(web_port(s->web));
        say(fd, post_text(s->c->arena, "/held", "", S("body=borte")));
        usleep(20000);
        close(fd);
    }
    CHECK_INT(web_figures(s->web).parked, 8);
    atomic_store(&s->app.gate_open, 1);
    for (int i = 0; i < 400 && web_figures(s->web).requests > 0; i++) usleep(5000);
    CHECK_INT(web_figures(s->web).requests, 0);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 8);
    CHECK_INT(status_of(get(s, "/plain")), 200);
    stop(s);
}

TEST(web, stopping_waits_for_what_is_parked)
{
    Server *s = serve();
    pthread_t closer;
    char answer[4096];
    atomic_store(&s->app.gate_open, 0);
    int fd = dial(web_port(s->web));
    say(fd, post_text(s->c->arena, "/held", "", S("body=sidste")));
    usleep(100000);
    CHECK_INT(web_figures(s->web).parked, 1);
    pthread_create(&closer, NULL, call_stop, s);
    usleep(100000);
    atomic_store(&s->app.gate_open, 1);
    CHECK_INT(status_of(hear(fd, answer, (ptrdiff_t)sizeof answer)), 303);
    pthread_join(closer, NULL);
    CHECK_INT(count_of(s, "SELECT count(*) FROM web_note"), 1);
    writer_close(s->writer);
    store_close(s->store);
    remove_store(s);
}

static void add_own(void *to, Buf *b)
{
    (void)to;
    web_ops_figure(b, "own", "{kind=\"prøve\"}", 7);
}

TEST(web, keepers_see_health_and_figures)
{
    Server *s = serve();
    WebOps *ops = NULL;
    CHECK_OK(web_ops_open(s->c, s->web, s->writer, (WebOpsOptions){.listen = S("127.0.0.1:0"), .add = add_own}, &ops));
    CHECK_INT(status_of(post(s, "/open", "body=hej")), 303);
    CHECK_INT(status_of(get(s, "/findes-ikke")), 404);
    CHECK_INT(get(s, "/plain").n > 0, 1);
    for (int i = 0; i < 200 && web_figures(s->web).answers[WEB_NONE][4] < 1; i++) usleep(5000);
    int port = web_ops_port(ops);
    char answer[32768];
    int fd = dial(port);
    say(fd, S("GET /metrics HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    Str a = hear(fd, answer, (ptrdiff_t)sizeof answer);
    CHECK(has(a, S("traad_requests_total{class=\"write\",status=\"3xx\"} 1\n")));
    CHECK(has(a, S("traad_requests_total{class=\"none\",status=\"4xx\"} 1\n")));
    CHECK(has(a, S("traad_request_seconds_bucket{class=\"write\",le=\"+Inf\"} 1\ntraad_request_seconds_sum{class=\"write\"} ")));
    CHECK(has(a, S("le=\"0.0025\"")) && has(a, S("le=\"5\"")) && has(a, S("\ntraad_request_seconds_count{class=\"write\"} 1\n")));
    CHECK(has(a, S("traad_writer_writes_total 1\n")) && str_ends(a, S("traad_own{kind=\"prøve\"} 7\n")));
    fd = dial(port);
    say(fd, S("GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    CHECK(str_ends(hear(fd, answer, (ptrdiff_t)sizeof answer), S("\r\n\r\nok\n")));
    fd = dial(port);
    say(fd, S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    CHECK_INT(status_of(hear(fd, answer, (ptrdiff_t)sizeof answer)), 404);
    web_ops_close(ops);
    stop(s);
}

/* ---- start-up ------------------------------------------------------------------------------------- */

static Err open_routes(Ctx *c, const Route *table, Str listen)
{
    Web *web = NULL;
    return web_open(c, &gate, &table, (const char *[]){"prøve"}, 1, NULL, NULL, NULL,
                    (WebOptions){.listen = listen, .connections_max = 10, .arena_bytes = 1 << 20}, &web);
}

TEST(web, bad_route_tables_do_not_start)
{
    static const Route twice[] = {{GET, "/a", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_plain},
                                  {GET, "/a", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = get_plain}, {0}};
    static const Route no_need[] = {{GET, "/a", NULL, SCOPE_NONE, PLAIN, .get = get_plain}, {0}};
    static const Route no_kind[] = {{GET, "/a", NEED_PUBLIC, SCOPE_NONE, 0, .get = get_plain}, {0}};
    static const Route wrong_kind[] = {{POST, "/a", NEED_PUBLIC, SCOPE_NONE, LOOK, .write = write_note}, {0}};
    static const Route *const tables[] = {twice, no_need, no_kind, wrong_kind};
    Ctx *c = test_ctx_plain();
    for (ptrdiff_t i = 0; i < COUNT_OF(tables); i++) CHECK_ERR(open_routes(c, tables[i], S("127.0.0.1:0")), E_BROKEN);
}

TEST(web, bad_addresses_are_told)
{
    static const Route none[] = {{0}};
    static const Str wrong[] = {S_INIT("localhost:80"), S_INIT("127.0.0.1"), S_INIT("127.0.0.1:99999"), S_INIT("[::1:80"), S_INIT("")};
    Ctx *c = test_ctx_plain();
    for (ptrdiff_t i = 0; i < COUNT_OF(wrong); i++) CHECK_ERR(open_routes(c, none, wrong[i]), E_INVALID);
    Server *s = serve();
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", web_port(s->web));
    ctx_forgive(s->c);
    CHECK_ERR(open_routes(s->c, none, str_of_z(taken)), E_BUSY);
    stop(s);
}

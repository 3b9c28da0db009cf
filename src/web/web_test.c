/* The server as a client meets it: what pages carry, how faults are told, and how it
   starts. What comes in is in web_request_test.c, what is written in web_write_test.c. */
#include <stdio.h>
#include <unistd.h>

#include "base/number.h"
#include "site.h"
#include "web/assets/assets.h"

/* ---- pages ------------------------------------------------------------------------------- */

TEST(web, plain_page_comes_with_its_headers)
{
    Site *s = site_open();
    Str a = site_get(s, "/plain");
    CHECK_INT(site_status(a), 200);
    CHECK(site_has(a, S("en side")) && site_has(a, S("<footer>")));
    CHECK(site_has(a, S("Content-Security-Policy: default-src 'none';")));
    CHECK(site_has(a, S("X-Content-Type-Options: nosniff")) && site_has(a, S("Referrer-Policy: same-origin")));
    CHECK(site_has(a, S("Content-Type: text/html; charset=utf-8")) && !site_has(a, S("Strict-Transport")));
    site_close(s);
}

TEST(web, head_is_get_without_the_body)
{
    Site *s = site_open();
    Str a = site_ask(s, S("HEAD /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    CHECK_INT(site_status(a), 200);
    CHECK(!site_has(a, S("en side")) && site_has(a, S("Content-Length: ")) && str_ends(a, S("\r\n\r\n")));
    site_close(s);
}

TEST(web, literal_goes_before_parameter)
{
    Site *s = site_open();
    CHECK(site_has(site_get(s, "/echo/new"), S("en side")));
    CHECK(site_has(site_get(s, "/echo/%C3%A6ble?q=r%C3%B8d+tr%C3%A5d&x"), S("[æble|rød tråd]")));
    CHECK(site_has(site_get(s, "/echo/%3Cb%3E"), S("[&lt;b&gt;|]")));
    site_close(s);
}

TEST(web, signed_in_page_is_not_stored)
{
    Site *s = site_open();
    Str a = site_get_with(s, "/heavy", "Cookie: x=1; s=7\r\n");
    CHECK_INT(site_status(a), 200);
    CHECK(site_has(a, S("Cache-Control: no-store")));
    CHECK_INT(site_status(site_get(s, "/heavy")), 403);
    site_close(s);
}

TEST(web, nobody_is_sent_to_log_in)
{
    Site *s = site_open_with((WebOptions){.login_path = S_INIT("/log-ind")}, (WriterOptions){0});
    CHECK(site_has(site_get(s, "/heavy"), S("Location: /log-ind?to=%2Fheavy\r\n")));
    CHECK(site_has(site_get(s, "/look/9"), S("Location: /log-ind?to=%2Flook%2F9\r\n")));
    site_close(s);
}

TEST(web, htmx_gets_its_block_or_the_whole_page)
{
    Site *s = site_open();
    Str a = site_get_with(s, "/plain", "HX-Request: true\r\nHX-Target: div#main\r\n");
    CHECK(site_has(a, S("\r\n\r\nen side")) && !site_has(a, S("<footer>")));
    CHECK(site_has(site_get_with(s, "/plain", "HX-Request: true\r\nHX-Target: other\r\n"), S("<footer>")));
    site_close(s);
}

TEST(web, file_name_cannot_begin_a_header)
{
    Site *s = site_open();
    Str a = site_get(s, "/file");
    CHECK(site_has(a, S("filename=\"__ble__.csv\"; filename*=UTF-8''%C3%A6ble%0D%0A.csv\r\n")));
    CHECK(str_ends(a, S("a;b\n")));
    site_close(s);
}

TEST(web, cookies_are_fenced)
{
    Site *s = site_open_with((WebOptions){.secure_cookies = true}, (WriterOptions){0});
    Str a = site_get(s, "/cookie");
    CHECK(site_has(a, S("Set-Cookie: __Host-s=7; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60")));
    CHECK(site_has(a, S("Set-Cookie: __Secure-u=8; Path=/under; HttpOnly; SameSite=Lax; Secure; Max-Age=60")));
    CHECK(site_has(a, S("Location: /plain?a=b%20c\r\n")) && site_has(a, S("Strict-Transport-Security: ")));
    CHECK_INT(site_status(site_get_with(s, "/heavy", "Cookie: s=7\r\n")), 403);
    CHECK_INT(site_status(site_get_with(s, "/heavy", "Cookie: __Host-s=7\r\n")), 200);
    site_close(s);
}

TEST(web, redirects_stay_at_home)
{
    Site *s = site_open();
    Str a = site_get(s, "/away");
    CHECK_INT(site_status(a), 500);
    CHECK(!site_has(a, S("ond.example")));
    site_close(s);
}

TEST(web, assets_are_kept_for_ever_and_zipped)
{
    Site *s = site_open();
    Str path = asset_path("house.css");
    Str a = site_get_with(s, str_z(s->c->arena, path), "Accept-Encoding: gzip, br\r\n");
    CHECK_INT(site_status(a), 200);
    CHECK(site_has(a, S("immutable")) && site_has(a, S("Content-Encoding: gzip")) && site_has(a, S("Vary: Accept-Encoding")));
    CHECK(site_has(a, S("frame-ancestors 'none'")) && site_has(a, S("X-Content-Type-Options: nosniff")));
    CHECK(!site_has(site_get(s, str_z(s->c->arena, path)), S("Content-Encoding")));
    CHECK_INT(site_status(site_get(s, "/a/0000/house.css")), 404);
    site_close(s);
}

/* ---- errors ---------------------------------------------------------------------------------- */

TEST(web, own_fault_has_a_number_that_the_log_has_too)
{
    Site *s = site_open();
    Str a = site_get(s, "/broken");
    CHECK_INT(site_status(a), 500);
    CHECK(!site_has(a, S("hemmelig")));
    ptrdiff_t at = str_find(a, S("Fejlnummer "), 0);
    CHECK(at > 0);
    Str number = str_sub(a, at + 11, at + 17);
    for (int i = 0; i < 200 && !atomic_load(&s->app.log_lines); i++) usleep(5000);
    CHECK(site_has((Str){s->app.log, s->app.log_n}, number));
    CHECK(!site_has((Str){s->app.log, s->app.log_n}, S("hemmelig")));
    CHECK_INT(site_status(site_get(s, "/nothing")), 500);
    site_close(s);
}

TEST(web, log_has_patterns_and_no_paths)
{
    Site *s = site_open();
    site_get(s, "/echo/hemmelig?q=hemmelig");
    site_get(s, "/hemmelig");
    site_get_with(s, "/svar/hemmelig", "Cookie: s=7\r\n");
    for (int i = 0; i < 200 && atomic_load(&s->app.log_lines) < 2; i++) usleep(5000);
    site_close(s);
    Str log = {s->app.log, s->app.log_n};
    CHECK_INT(atomic_load(&s->app.log_lines), 2);
    CHECK(site_has(log, S("\"route\":\"/echo/:word\"")) && site_has(log, S("\"route\":\"none\"")));
    CHECK(site_has(log, S("\"feature\":\"prøve\"")) && !site_has(log, S("hemmelig")) && !site_has(log, S("svar")));
}

TEST(web, unknown_paths_and_methods_are_told_apart)
{
    Site *s = site_open();
    CHECK_INT(site_status(site_get(s, "/findes-ikke")), 404);
    CHECK_INT(site_status(site_get(s, "/plain/")), 404);
    CHECK_INT(site_status(site_post(s, "/plain", "a=b")), 405);
    CHECK(site_has(site_post(s, "/plain", "a=b"), S("Allow: GET, HEAD\r\n")));
    CHECK_INT(site_status(site_ask(s, S("OPTIONS /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"))), 405);
    CHECK(site_has(site_get(s, "/note"), S("Allow: POST\r\n")));
    CHECK_INT(site_status(site_ask(s, S("BREW /kaffe HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"))), 404);
    site_close(s);
}

TEST(web, malformed_paths_are_refused)
{
    static const struct { const char *path; int status; } cases[] = {
        {"/echo/%00", 400}, {"/echo/a%2fb", 400}, {"/echo/..", 400}, {"/echo/%2e%2e", 400}, {"/echo/.", 400},
        {"/echo/%ff", 400}, {"/echo/%C0%AF", 400}, {"/echo/%zz", 400}, {"/echo/%4", 400}, {"/echo/%0a", 400},
        {"/echo/a%5Cb", 400}, {"/echo//a", 404}, {"/echo/a?q=%ff", 400}, {"/echo/a?q=%00", 400}, {"/echo/a?%zz", 400},
        {"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r", 404},
    };
    Site *s = site_open();
    for (ptrdiff_t i = 0; i < COUNT_OF(cases); i++) CHECK_INT(site_status(site_get(s, cases[i].path)), cases[i].status);
    CHECK_INT(site_status(site_ask(s, S("GET /ech\0o/a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"))) / 100, 4);
    Str path = STR_CAT(s->c->arena, S("/echo/"), site_filled(s, 'a', WEB_PATH_MAX));
    CHECK_INT(site_status(site_get(s, str_z(s->c->arena, path))), 414);
    Str query = STR_CAT(s->c->arena, S("/echo/a?q="), site_filled(s, 'a', WEB_QUERY_MAX));
    CHECK_INT(site_status(site_get(s, str_z(s->c->arena, query))), 414);
    site_close(s);
}

TEST(web, full_arena_is_told_and_the_server_goes_on)
{
    Site *s = site_open();
    for (int i = 0; i < 20; i++) CHECK_INT(site_status(site_get(s, i % 2 ? "/full" : "/heavyfull")), 503);
    CHECK_INT(site_status(site_post(s, "/writefull", "body=x")), 413);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 0);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

/* ---- figures --------------------------------------------------------------------------------------- */

static void add_own(void *to, Buf *b)
{
    (void)to;
    web_ops_figure(b, "own", "{kind=\"prøve\"}", 7);
}

TEST(web, keepers_see_health_and_figures)
{
    Site *s = site_open();
    WebOps *ops = NULL;
    CHECK_OK(web_ops_open(s->c, s->web, s->writer, (WebOpsOptions){.listen = S("127.0.0.1:0"), .add = add_own}, &ops));
    CHECK_INT(site_status(site_post(s, "/open", "body=hej")), 303);
    CHECK_INT(site_status(site_get(s, "/findes-ikke")), 404);
    CHECK_INT(site_get(s, "/plain").n > 0, 1);
    for (int i = 0; i < 200 && web_figures(s->web).answers[WEB_NONE][4] < 1; i++) usleep(5000);
    int port = web_ops_port(ops);
    char answer[32768];
    int fd = site_dial(port);
    site_say(fd, S("GET /metrics HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    Str a = site_hear(fd, answer, (ptrdiff_t)sizeof answer);
    CHECK(site_has(a, S("traad_requests_total{class=\"write\",status=\"3xx\"} 1\n")));
    CHECK(site_has(a, S("traad_requests_total{class=\"none\",status=\"4xx\"} 1\n")));
    CHECK(site_has(a, S("traad_request_seconds_bucket{class=\"write\",le=\"+Inf\"} 1\ntraad_request_seconds_sum{class=\"write\"} ")));
    CHECK(site_has(a, S("le=\"0.0025\"")) && site_has(a, S("le=\"5\"")) && site_has(a, S("\ntraad_request_seconds_count{class=\"write\"} 1\n")));
    CHECK(site_has(a, S("traad_writer_writes_total 1\n")) && str_ends(a, S("traad_own{kind=\"prøve\"} 7\n")));
    fd = site_dial(port);
    site_say(fd, S("GET /healthz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    CHECK(str_ends(site_hear(fd, answer, (ptrdiff_t)sizeof answer), S("\r\n\r\nok\n")));
    fd = site_dial(port);
    site_say(fd, S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
    CHECK_INT(site_status(site_hear(fd, answer, (ptrdiff_t)sizeof answer)), 404);
    web_ops_close(ops);
    site_close(s);
}

/* ---- start-up ------------------------------------------------------------------------------------- */

static Err nothing(Ctx *c)
{
    (void)c;
    return OK;
}

static Err open_routes(Ctx *c, const Route *table, Str listen)
{
    Web *web = NULL;
    return web_open(c, &site_gate, &table, (const char *[]){"prøve"}, 1, NULL, NULL, NULL,
                    (WebOptions){.listen = listen, .connections_max = 10, .arena_bytes = 1 << 20}, &web);
}

TEST(web, bad_route_tables_do_not_start)
{
    static const Route twice[] = {{GET, "/a", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = nothing},
                                  {GET, "/a", NEED_PUBLIC, SCOPE_NONE, PLAIN, .get = nothing}, {0}};
    static const Route no_need[] = {{GET, "/a", NULL, SCOPE_NONE, PLAIN, .get = nothing}, {0}};
    static const Route no_kind[] = {{GET, "/a", NEED_PUBLIC, SCOPE_NONE, 0, .get = nothing}, {0}};
    static const Route wrong_kind[] = {{POST, "/a", NEED_PUBLIC, SCOPE_NONE, LOOK, .write = nothing}, {0}};
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
    Site *s = site_open();
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", web_port(s->web));
    ctx_forgive(s->c);
    CHECK_ERR(open_routes(s->c, none, str_of_z(taken)), E_BUSY);
    site_close(s);
}

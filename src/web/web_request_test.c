/* What a client sends: its address, its head, its body; and how much of each is taken. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"
#include "site.h"

/* ---- addresses ----------------------------------------------------------------------------------- */

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
    Site *s = site_open();
    int tried = 0;
    while (tried < 2 * WEB_WRONG_CODES && site_status(site_get(s, "/svar/findes-ikke")) == 404) tried++;
    CHECK(tried >= WEB_WRONG_CODES);
    CHECK(tried < 2 * WEB_WRONG_CODES);
    CHECK_INT(site_status(site_get(s, "/svar/t")), 429);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

/* A code that turns out not to exist only when its write is done. */
TEST(web, who_posts_codes_by_the_hundred_waits_too)
{
    Site *s = site_open();
    int tried = 0;
    while (tried < 2 * WEB_WRONG_CODES && site_status(site_post(s, "/nej/findes-ikke", "")) == 404) tried++;
    CHECK(tried >= WEB_WRONG_CODES);
    CHECK(tried < 2 * WEB_WRONG_CODES);
    CHECK_INT(site_status(site_post(s, "/nej/t", "")), 429);
    site_close(s);
}

TEST(web, forwarded_address_is_believed_from_proxies_only)
{
    static const char headers[] = "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 127.0.0.1\r\n";
    Site *s = site_open();
    CHECK(site_has(site_get_with(s, "/address", headers), S("[127.0.0.1]")));
    site_close(s);
    Str proxy = S("127.0.0.1");
    s = site_open_with((WebOptions){.proxies = {&proxy, 1}}, (WriterOptions){0});
    CHECK(site_has(site_get_with(s, "/address", headers), S("[198.51.100.7]")));
    CHECK(site_has(site_get_with(s, "/address", "X-Forwarded-For: <script>\r\n"), S("[127.0.0.1]")));
    site_close(s);
}

/* ---- heads -------------------------------------------------------------------------------------- */

TEST(web, large_cookie_gets_a_clean_431)
{
    Site *s = site_open();
    Str head = S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\nCookie: s=");
    Str a = site_ask(s, STR_CAT(s->c->arena, head, site_filled(s, 'a', WEB_COOKIE_MAX + 1), S("\r\n\r\n")));
    CHECK_INT(site_status(a), 431);
    a = site_ask(s, STR_CAT(s->c->arena, head, site_filled(s, 'a', WEB_COOKIE_MAX - 10), S("\r\n\r\n")));
    CHECK_INT(site_status(a), 200);
    a = site_ask(s, STR_CAT(s->c->arena, head, site_filled(s, 'a', 300000), S("\r\n\r\n")));
    CHECK(site_status(a) == 431 || a.n == 0);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

/* MHD has no more memory for a request than WEB_POOL; what is within our limits must not meet its own refusal. */
TEST(web, the_largest_line_and_head_that_are_taken_fit_together)
{
    Site *s = site_open();
    Arena *a = s->c->arena;
    Str pairs = S("&c=d");
    for (int i = 2; i < WEB_QUERY_PAIRS; i++) pairs = STR_CAT(a, pairs, S("&c=d"));
    Str path = STR_CAT(a, S("/echo/"), site_filled(s, 'a', WEB_PATH_MAX - 10), S("?q="), site_filled(s, 'b', WEB_QUERY_MAX - pairs.n - 10), pairs);
    Str head = STR_CAT(a, S("GET "), path, S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\nCookie: s="), site_filled(s, 'c', WEB_COOKIE_MAX - 10));
    for (int i = 0; i < WEB_HEADERS_MAX - 5; i++) head = STR_CAT(a, head, S("\r\nX-Whatever: "), site_filled(s, 'd', 20));
    CHECK_INT(site_status(site_ask(s, STR_CAT(a, head, S("\r\n\r\n")))), 200);
    site_close(s);
}

/* Left to itself, MHD 0.9.75 neither answers nor closes when the pairs of a query fill its memory. */
TEST(web, a_query_of_too_many_pairs_is_refused_at_once)
{
    static const int counts[] = {WEB_QUERY_PAIRS + 1, 600, 2000};
    Site *s = site_open();
    for (ptrdiff_t i = 0; i < COUNT_OF(counts); i++) {
        Buf b = buf_new(s->c->arena, 1 << 16);
        buf_add(&b, S("GET /echo/a?a"));
        for (int k = 1; k < counts[i]; k++) buf_add(&b, k % 2 ? S("&a") : S("&?"));
        buf_add(&b, S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"));
        CHECK_INT(site_status(site_ask(s, buf_str(&b))), 414);
    }
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

TEST(web, header_flood_is_refused)
{
    Site *s = site_open();
    Buf b = buf_new(s->c->arena, 1 << 16);
    buf_add(&b, S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"));
    for (int i = 0; i < 150; i++) buf_add(&b, S("X-A: b\r\n"));
    buf_add(&b, S("\r\n"));
    CHECK_INT(site_status(site_ask(s, buf_str(&b))), 431);
    site_close(s);
}

TEST(web, doubled_and_contradicting_headers_are_refused)
{
    Site *s = site_open();
    CHECK_INT(site_status(site_get_with(s, "/plain", "Origin: a\r\nOrigin: b\r\n")), 400);
    CHECK_INT(site_status(site_get_with(s, "/plain", "Cookie: a=1\r\nCookie: b=2\r\n")), 400);
    Str both = S("POST /open HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 3\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    CHECK_INT(site_status(site_ask(s, both)), 400);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 0);
    site_close(s);
}

/* A proxy may have read the length that we did not: what follows would be a
   request of the sender's own choice, in whatever name the next one has. */
TEST(web, nothing_is_read_behind_a_body_of_doubtful_length)
{
    static const char *const lengths[] = {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                                          "Content-Length: 5\r\nContent-Length: 0\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                                          "Content-Length : 50\r\n\r\n"};
    Site *s = site_open();
    for (ptrdiff_t i = 0; i < COUNT_OF(lengths); i++) {
        Str a = site_ask(s, STR_CAT(s->c->arena, S("POST /open HTTP/1.1\r\nHost: t\r\n"), str_of_z(lengths[i]),
                               S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")));
        CHECK_INT(site_status(a), 400);
        CHECK(str_find(a, S("HTTP/1.1 "), 1) < 0);
    }
    site_close(s);
}

/* ---- bodies -------------------------------------------------------------------------------------- */

TEST(web, body_beyond_its_cap_is_refused_before_it_is_sent)
{
    Site *s = site_open();
    Str a = site_ask(s, S("POST /open HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n\r\n"));
    CHECK_INT(site_status(a), 413);
    CHECK(!site_has(a, S("100 Continue")));
    CHECK_INT(site_status(site_post_with(s, "/open", "", site_filled(s, 'a', WEB_BODY_MAX + 1))), 413);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

static Str chunked(Site *s, Str body)
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
    Site *s = site_open();
    CHECK_INT(site_status(site_ask(s, chunked(s, S("body=hej")))), 303);
    CHECK_INT(site_status(site_ask(s, chunked(s, site_filled(s, 'a', WEB_BODY_MAX + 1)))), 413);
    CHECK_INT(site_status(site_ask(s, chunked(s, site_filled(s, '&', 2000000)))), 413);
    CHECK_INT(site_ask(s, chunked(s, site_filled(s, 'a', WEB_DROPPED_MAX + (1 << 20)))).n, 0);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 1);
    site_close(s);
}

TEST(web, two_million_fields_are_refused)
{
    Site *s = site_open();
    Str body = site_filled(s, '&', 2000000);
    CHECK_INT(site_status(site_post_with(s, "/fields", "", body)), 413);
    CHECK_INT(site_status(site_post_with(s, "/fields", "", site_filled(s, '&', WEB_FIELDS_MAX - 1))), 200);
    site_close(s);
}

TEST(web, fields_are_decoded_and_unified)
{
    Site *s = site_open();
    Str a = site_post(s, "/fields", "m=1&body=r%C3%B8d%0D%0Atr%C3%A5d+%26&m=2");
    CHECK(site_has(a, S("[rød\ntråd &amp;|2||]")));
    site_close(s);
}

TEST(web, malformed_fields_are_refused)
{
    static const char *const bodies[] = {"body=%00", "body=%ff", "%zz=1", "body=%4", "a=%ED%A0%80"};
    Site *s = site_open();
    for (ptrdiff_t i = 0; i < COUNT_OF(bodies); i++) CHECK_INT(site_status(site_post(s, "/open", bodies[i])), 400);
    CHECK_INT(site_status(site_post_with(s, "/open", "Content-Type: text/plain\r\n", S("body=1"))), 415);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 0);
    site_close(s);
}

#define MULTIPART "Content-Type: multipart/form-data; boundary=\"x\"\r\n"

TEST(web, multipart_has_fields_and_files)
{
    Site *s = site_open();
    Str body = S("--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nrød\r\ntråd\r\n"
                 "--x\r\ncontent-disposition: form-data; name=\"fil\"; filename=\"a;b.csv\"\r\nContent-Type: text/csv\r\n\r\n1;2\r\n--x--\r\n");
    CHECK(site_has(site_post_with(s, "/fields", MULTIPART, body), S("[rød\ntråd|-|a;b.csv|1;2]")));
    site_close(s);
}

TEST(web, malformed_multipart_is_refused)
{
    static const Str bodies[] = {
        S_INIT("--x\r\n\r\n"), S_INIT("--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"),
        S_INIT("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\0\r\n--x--"), S_INIT("forkert"),
        S_INIT("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nuden ende"),
    };
    Site *s = site_open();
    for (ptrdiff_t i = 0; i < COUNT_OF(bodies); i++) CHECK_INT(site_status(site_post_with(s, "/fields", MULTIPART, bodies[i])), 400);
    site_close(s);
}

TEST(web, slow_client_is_cut_off)
{
    Site *s = site_open_with((WebOptions){.idle_seconds = 2}, (WriterOptions){0});
    int fd = site_dial(web_port(s->web));
    int64_t began = web_now_us();
    site_say(fd, S("GET /plain HTTP/1.1\r\n"));
    char byte;
    /* A byte each 200 ms: MHD's own timeout would begin again each time. */
    for (int i = 0; i < 60 && recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && (errno == EAGAIN); i++) {
        site_say(fd, S("a"));
        usleep(200000);
    }
    int64_t took_ms = (web_now_us() - began) / 1000;
    CHECK(took_ms > 1500 && took_ms < 6000);
    close(fd);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

TEST(web, one_address_has_so_many_connections)
{
    Site *s = site_open_with((WebOptions){.per_address = 3}, (WriterOptions){0});
    int fd[3];
    for (int i = 0; i < 3; i++) {
        char answer[4096];
        fd[i] = site_dial(web_port(s->web));
        site_say(fd[i], S("GET /plain HTTP/1.1\r\nHost: t\r\n\r\n"));
        CHECK(recv(fd[i], answer, sizeof answer, 0) > 0);
    }
    CHECK_INT(site_get(s, "/plain").n, 0);
    for (int i = 0; i < 3; i++) close(fd[i]);
    usleep(100000);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

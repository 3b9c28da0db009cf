#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "http.h"

/* A wave of its own for this program, open today; the path of an open code, and of a single one. */
typedef struct Paths { const char *open, *single; } Paths;

static const char *quiz = "{\"format\":\"traad-questionnaire-1\",\"code\":\"SVARTEST\",\"title\":{\"da\":\"Svartest\"},\"languages\":[\"da\",\"en\"],"
    "\"scales\":{\"s\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\"}},{\"value\":2,\"text\":{\"da\":\"Ja\"}}],\"agree\":[2],\"disagree\":[1]}},"
    "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"Del et\"},\"theme\":\"a\",\"items\":["
    "{\"code\":\"H1\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"Et\"},\"core\":true},"
    "{\"code\":\"H2\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"To\"},\"ask_if\":{\"item\":\"H1\",\"in\":[1]}}]},"
    "{\"code\":\"B\",\"title\":{\"da\":\"Del to\"},\"theme\":\"b\",\"items\":[{\"code\":\"H3\",\"kind\":\"text\",\"text\":{\"da\":\"Tre\"}},"
    "{\"code\":\"H4\",\"kind\":\"number\",\"text\":{\"da\":\"Fire\"}}]}]}";

static const char *path_in(Str csv, const char *kind)
{
    Ctx *c = test_ctx_plain();
    ptrdiff_t at = str_find(csv, STR_CAT(c->arena, S(","), str_of_z(kind), S(",")), 0);
    CHECK(at >= 0);
    ptrdiff_t from = str_find(csv, S("/s/"), at), to = str_find_char(csv, '\n', from);
    return str_z(c->arena, str_trim(str_sub(csv, from, to)));
}

static Paths paths(void)
{
    Str out = {0};
    char file[] = "/tmp/answer-http-XXXXXX";
    int f = mkstemp(file);
    CHECK(f >= 0);
    CHECK(write(f, quiz, strlen(quiz)) == (ssize_t)strlen(quiz));
    close(f);
    char named[60];
    snprintf(named, sizeof named, "%s.json", file);
    CHECK(rename(file, named) == 0);
    CHECK_INT(test_traad(&out, "survey", "import", named, NULL), 0);
    unlink(named);
    (void)test_traad(&out, "survey", "wave", "--questionnaire", "SVARTEST", "--name", "svartest", "--open", "2020-01-01", "--close", "2099-01-01", NULL);
    CHECK_INT(test_traad(&out, "survey", "codes", "--wave", "svartest", "--unit", "K1-PPR", "--role", "personale", "--single", "1", NULL), 0);
    const char *single = path_in(out, "single");
    CHECK_INT(test_traad(&out, "survey", "codes", "--wave", "svartest", "--unit", "K1-PPR", "--role", "personale", NULL), 0);
    return (Paths){path_in(out, "open"), single};
}

/* Another wave of the same questionnaire, for tests that end it. */
static const char *path_of_own_wave(const char *name)
{
    Str out = {0};
    (void)paths();
    CHECK_INT(test_traad(&out, "survey", "wave", "--questionnaire", "SVARTEST", "--name", name, "--open", "2020-01-01", "--close", "2099-01-01",
                         NULL), 0);
    CHECK_INT(test_traad(&out, "survey", "codes", "--wave", name, "--unit", "K1-PPR", "--role", "personale", NULL), 0);
    return path_in(out, "open");
}

static int64_t stored(void)
{
    return test_http_i64("SELECT count(*) FROM answer WHERE wave_id = (SELECT id FROM wave WHERE name = 'svartest')");
}

static Answer submit(const char *path, const char *fields)
{
    Browser b = test_stranger();
    return test_post_raw(&b, path, "application/x-www-form-urlencoded", str_of_z(fields));
}

HTTP_TEST(answer, the_head_says_the_title_once)
{
    const char *path = path_of_own_wave("Svartest, uge 48");
    Browser b = test_stranger();
    Answer page = test_get(&b, path);
    CHECK_HAS(page, "<b lang=\"da\">Svartest</b>, uge 48</span>");
    CHECK_LACKS(page, "Svartest, uge 48");
}

/* Who answers has no cookie that could remember it. */
HTTP_TEST(answer, the_foot_leads_on_in_the_language_of_the_page)
{
    static const char *const ways[] = {"\"/was", "\"/persondata", "\"/vejledning/svar"};
    const char *path = paths().open;
    Ctx *c = test_ctx_plain();
    Browser b = test_stranger();
    Answer danish = test_get(&b, path), english = test_get(&b, str_z(c->arena, STR_CAT(c->arena, str_of_z(path), S("?sprog=en"))));
    CHECK_HAS(english, "<html lang=\"en\"");
    for (ptrdiff_t i = 0; i < COUNT_OF(ways); i++) {
        CHECK_HAS(danish, str_z(c->arena, STR_CAT(c->arena, S("href="), str_of_z(ways[i]), S("\""))));
        CHECK_HAS(english, str_z(c->arena, STR_CAT(c->arena, S("href="), str_of_z(ways[i]), S("?sprog=en\""))));
    }
}

HTTP_TEST(answer, a_submission_is_thanked_and_counted)
{
    Paths p = paths();
    int64_t before = stored();
    Answer a = submit(p.open, "H1=2&H3=Hej");
    CHECK_STATUS(a, 200);
    CHECK_HAS(a, "data-page=\"tak\"");
    CHECK(str_find(a.headers, S("Set-Cookie"), 0) < 0);
    CHECK_INT(stored(), before + 1);
    CHECK_CLEAN();
}

HTTP_TEST(answer, the_same_form_twice_counts_once)
{
    Paths p = paths();
    int64_t before = stored();
    const char *fields = "H1=2&~nonce=0123456789abcdef0123456789abcd00";
    CHECK_STATUS(submit(p.open, fields), 200);
    CHECK_STATUS(submit(p.open, fields), 409);
    CHECK_INT(stored(), before + 1);
}

HTTP_TEST(answer, a_single_link_works_once)
{
    Paths p = paths();
    int64_t before = stored();
    CHECK_STATUS(submit(p.single, "H1=1&H2=2"), 200);
    Answer again = submit(p.single, "H1=1");
    CHECK_STATUS(again, 409);
    CHECK_HAS(again, "er dit svar modtaget");
    Browser b = test_stranger();
    CHECK_STATUS(test_get(&b, p.single), 410);
    CHECK_INT(stored(), before + 1);
}

HTTP_TEST(answer, what_cannot_be_right_is_refused_with_the_form_as_written)
{
    Paths p = paths();
    int64_t before = stored();
    CHECK_STATUS(submit(p.open, ""), 422);
    Answer a = submit(p.open, "H1=7&H3=Min+egen+tekst");
    CHECK_STATUS(a, 422);
    CHECK_HAS(a, "Min egen tekst");
    CHECK_STATUS(submit(p.open, "H1=2&~nonce=kort"), 409);
    CHECK_INT(stored(), before);
}

HTTP_TEST(answer, a_number_that_may_be_a_thousand_or_one_is_asked_for_again)
{
    Paths p = paths();
    int64_t before = stored();
    static const char *const doubtful[] = {"H1=2&H4=1.500", "H1=2&H4=-12.000"};
    for (int i = 0; i < 2; i++) {
        Answer a = submit(p.open, doubtful[i]);
        CHECK_STATUS(a, 422);
        CHECK_HAS(a, "uden punktum");
    }
    CHECK_INT(stored(), before);
    static const char *const plain[] = {"H1=2&H4=1500", "H1=2&H4=7.5", "H1=2&H4=7,5", "H1=2&H4=0.125", "H1=2&H4=1.5000"};
    for (int i = 0; i < 5; i++) CHECK_STATUS(submit(p.open, plain[i]), 200);
    CHECK_INT(stored(), before + 5);
}

HTTP_TEST(answer, earlier_pages_travel_signed)
{
    Paths p = paths();
    int64_t before = stored();
    Answer next = submit(p.open, "~part=1&H1=1&~til=2&~nonce=0123456789abcdef0123456789abcd01");
    CHECK_STATUS(next, 200);
    CHECK_HAS(next, "name=\"~state\" value=\"H1=1\"");
    CHECK_LACKS(next, "data-page=\"tak\"");
    ptrdiff_t at = str_find(next.body, S("name=\"~mac\" value=\""), 0) + 19;
    Ctx *c = test_ctx_plain();
    Str mac = str_sub(next.body, at, at + 64);
    CHECK_STATUS(submit(p.open, str_z(c->arena, STR_CAT(c->arena, S("~part=2&~state=H1%3D2&~nonce=0123456789abcdef0123456789abcd01&~mac="), mac))), 409);
    CHECK_INT(stored(), before);
    CHECK_STATUS(submit(p.open, str_z(c->arena, STR_CAT(c->arena, S("~part=2&~state=H1%3D1&~nonce=0123456789abcdef0123456789abcd01&~mac="), mac))), 200);
    CHECK_INT(stored(), before + 1);
}

HTTP_TEST(answer, an_unknown_code_is_not_found)
{
    Browser b = test_stranger();
    CHECK_STATUS(test_get(&b, "/s/ZZZZZ-ZZZZZ"), 404);
    CHECK_STATUS(submit("/s/ZZZZZ-ZZZZZ", "H1=1"), 404);
    CHECK_STATUS(test_get(&b, "/s?kode=findes-ikke"), 404);
    CHECK_STATUS(test_get(&b, "/s"), 200);
}

/* ---- bad times ---------------------------------------------------------------------------- */

static int64_t all_stored(void)
{
    return test_http_i64("SELECT count(*) FROM answer");
}

HTTP_TEST(answer, a_wave_that_is_over_takes_no_answer)
{
    const char *path = path_of_own_wave("svarforbi");
    CHECK_STATUS(submit(path, "H1=1"), 200);
    test_http_sql("UPDATE wave SET closes_on = opens_on + 9, version = version + 1 WHERE name = 'svarforbi'");
    int64_t before = all_stored();
    Browser b = test_stranger();
    Answer page = test_get(&b, path);
    CHECK_STATUS(page, 410);
    CHECK_HAS(page, "data-page=\"lukket\"");
    Answer late = submit(path, "H1=1");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "data-page=\"lukket\"");
    CHECK_INT(all_stored(), before);
    CHECK_CLEAN();
}

HTTP_TEST(answer, a_form_from_before_the_closing_is_told_so_kindly)
{
    Str out = {0};
    const char *path = path_of_own_wave("svarlukket");
    Browser b = test_stranger();
    CHECK_STATUS(test_get(&b, path), 200);
    CHECK_INT(test_traad(&out, "survey", "release", "--wave", "svarlukket", "--all", NULL), 0);
    int64_t before = all_stored();
    Answer late = test_post(&b, path, "H1=1");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "<h1>Der kan ikke svares nu</h1>");
    CHECK_INT(all_stored(), before);
    CHECK_CLEAN();
}

/* ---- bad bytes ------------------------------------------------------------------------------ */

static Str repeated(const char *part, ptrdiff_t times)
{
    ptrdiff_t n = (ptrdiff_t)strlen(part);
    Buf b = buf_new(test_ctx_plain()->arena, n * times);
    for (ptrdiff_t i = 0; i < times; i++) buf_add(&b, (Str){part, n});
    return buf_str(&b);
}

HTTP_TEST(answer, what_no_browser_sends_is_refused_and_stores_nothing)
{
    Paths p = paths();
    int64_t before = all_stored();
    Browser b = test_stranger();
    const char *form = "application/x-www-form-urlencoded";
    CHECK_STATUS(test_post_raw(&b, p.open, form, repeated("&", 2000000)), 413);
    CHECK_STATUS(test_post_raw(&b, p.open, form, repeated("H1=2&", 3000)), 413);
    CHECK_STATUS(test_post_raw(&b, p.open, form, STR_CAT(test_ctx_plain()->arena, S("H1=2&H3="), repeated("a", 1 << 20))), 413);
    CHECK_STATUS(test_post_raw(&b, p.open, form, S("H1=2&H3=%ff%fe")), 400);
    CHECK_STATUS(test_post_raw(&b, p.open, form, S("H1=2&H3=a%00b")), 400);
    CHECK_STATUS(test_post_raw(&b, p.open, "text/plain", S("H1=2")), 415);
    CHECK_STATUS(test_get(&b, "/s/%ff%fe"), 400);
    CHECK_INT(all_stored(), before);
    CHECK_CLEAN();
}

HTTP_TEST(answer, more_text_than_there_is_room_for_comes_back_to_be_cut)
{
    Paths p = paths();
    int64_t before = stored();
    Str four = repeated("%C3%B8%C3%A5", 2100); /* 4,200 characters */
    Answer long_one = submit(p.open, str_z(test_ctx_plain()->arena, STR_CAT(test_ctx_plain()->arena, S("H1=2&H3="), four)));
    CHECK_STATUS(long_one, 422);
    CHECK_HAS(long_one, "4.000 tegn");
    Str many = repeated("%E2%82%AC", 3900); /* 3,900 characters of three bytes */
    Answer wide = submit(p.open, str_z(test_ctx_plain()->arena, STR_CAT(test_ctx_plain()->arena, S("H1=2&H3="), many)));
    CHECK_STATUS(wide, 422);
    CHECK_HAS(wide, "ikke plads");
    CHECK_INT(stored(), before);
}

/* ---- many at once ------------------------------------------------------------------------------ */

static int dial(void)
{
    int64_t port = 0;
    CHECK(str_i64(str_of_z(strrchr(test_http_base(), ':') + 1), &port));
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(line >= 0 && connect(line, (struct sockaddr *)&there, sizeof there) == 0);
    return line;
}

/* The head and the first `n` bytes of the body; the rest is the caller's. */
static void begin(int line, const char *path, const char *body, size_t n)
{
    char text[600];
    int head = snprintf(text, sizeof text, "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                           "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%.*s",
                        path, strlen(body), (int)n, body);
    CHECK(head > 0 && head < (int)sizeof text && write(line, text, (size_t)head) == head);
}

/* The whole answer; its end is that the server hangs up. */
static Str answer_on(int line)
{
    Buf b = buf_new(test_ctx_plain()->arena, 1 << 17);
    for (ssize_t n = 1; n > 0 && b.n < b.max; b.n += n) {
        n = read(line, b.p + b.n, (size_t)(b.max - b.n));
        if (n < 0) n = 0;
    }
    close(line);
    return buf_str(&b);
}

HTTP_TEST(answer, of_a_single_code_in_eight_browsers_at_one_moment_one_counts)
{
    enum { BROWSERS = 8 };
    Paths p = paths();
    int64_t before = stored();
    int line[BROWSERS], thanked = 0, told = 0;
    const char *body = "H1=2&H3=Hej";
    for (int i = 0; i < BROWSERS; i++) begin(line[i] = dial(), p.single, body, strlen(body) - 1);
    for (int i = 0; i < BROWSERS; i++) CHECK(write(line[i], "j", 1) == 1);
    for (int i = 0; i < BROWSERS; i++) {
        Str answer = answer_on(line[i]);
        thanked += str_starts(answer, S("HTTP/1.1 200")) && str_find(answer, S("data-page=\"tak\""), 0) > 0;
        told += str_starts(answer, S("HTTP/1.1 409")) && str_find(answer, S("Hvis det var dig, er dit svar modtaget."), 0) > 0;
    }
    CHECK_INT(thanked, 1);
    CHECK_INT(told, BROWSERS - 1);
    CHECK_INT(stored(), before + 1);
    CHECK_CLEAN();
}

HTTP_TEST(answer, half_a_form_stores_nothing_and_keeps_nobody_waiting)
{
    Paths p = paths();
    int64_t before = stored();
    int slow = dial();
    begin(slow, p.open, "H1=2&H3=Hej", 5);
    CHECK_STATUS(submit(p.open, "H1=1"), 200);
    close(slow);
    CHECK_INT(stored(), before + 1);
    CHECK_CLEAN();
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "http.h"

/* A wave of its own for this program, open today; the path of an open code, and of a single one. */
typedef struct Paths { const char *open, *single; } Paths;

static const char *quiz = "{\"format\":\"traad-questionnaire-1\",\"code\":\"SVARTEST\",\"title\":{\"da\":\"Svartest\"},\"languages\":[\"da\"],"
    "\"scales\":{\"s\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\"}},{\"value\":2,\"text\":{\"da\":\"Ja\"}}],\"agree\":[2],\"disagree\":[1]}},"
    "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"Del et\"},\"theme\":\"a\",\"items\":["
    "{\"code\":\"H1\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"Et\"},\"core\":true},"
    "{\"code\":\"H2\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"To\"},\"ask_if\":{\"item\":\"H1\",\"in\":[1]}}]},"
    "{\"code\":\"B\",\"title\":{\"da\":\"Del to\"},\"theme\":\"b\",\"items\":[{\"code\":\"H3\",\"kind\":\"text\",\"text\":{\"da\":\"Tre\"}}]}]}";

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

static int64_t stored(void)
{
    return test_http_i64("SELECT count(*) FROM answer WHERE wave_id = (SELECT id FROM wave WHERE name = 'svartest')");
}

static Answer send(const char *path, const char *fields)
{
    Browser b = test_stranger();
    return test_post_raw(&b, path, "application/x-www-form-urlencoded", str_of_z(fields));
}

HTTP_TEST(answer, a_submission_is_thanked_and_counted)
{
    Paths p = paths();
    int64_t before = stored();
    Answer a = send(p.open, "H1=2&H3=Hej");
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
    CHECK_STATUS(send(p.open, fields), 200);
    CHECK_STATUS(send(p.open, fields), 409);
    CHECK_INT(stored(), before + 1);
}

HTTP_TEST(answer, a_single_link_works_once)
{
    Paths p = paths();
    int64_t before = stored();
    CHECK_STATUS(send(p.single, "H1=1&H2=2"), 200);
    Answer again = send(p.single, "H1=1");
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
    CHECK_STATUS(send(p.open, ""), 422);
    Answer a = send(p.open, "H1=7&H3=Min+egen+tekst");
    CHECK_STATUS(a, 422);
    CHECK_HAS(a, "Min egen tekst");
    CHECK_STATUS(send(p.open, "H1=2&~nonce=kort"), 409);
    CHECK_INT(stored(), before);
}

HTTP_TEST(answer, earlier_pages_travel_signed)
{
    Paths p = paths();
    int64_t before = stored();
    Answer next = send(p.open, "~part=1&H1=1&~til=2&~nonce=0123456789abcdef0123456789abcd01");
    CHECK_STATUS(next, 200);
    CHECK_HAS(next, "name=\"~state\" value=\"H1=1\"");
    CHECK_LACKS(next, "data-page=\"tak\"");
    ptrdiff_t at = str_find(next.body, S("name=\"~mac\" value=\""), 0) + 19;
    Ctx *c = test_ctx_plain();
    Str mac = str_sub(next.body, at, at + 64);
    CHECK_STATUS(send(p.open, str_z(c->arena, STR_CAT(c->arena, S("~part=2&~state=H1%3D2&~nonce=0123456789abcdef0123456789abcd01&~mac="), mac))), 409);
    CHECK_INT(stored(), before);
    CHECK_STATUS(send(p.open, str_z(c->arena, STR_CAT(c->arena, S("~part=2&~state=H1%3D1&~nonce=0123456789abcdef0123456789abcd01&~mac="), mac))), 200);
    CHECK_INT(stored(), before + 1);
}

HTTP_TEST(answer, an_unknown_code_is_not_found)
{
    Browser b = test_stranger();
    CHECK_STATUS(test_get(&b, "/s/ZZZZZ-ZZZZZ"), 404);
    CHECK_STATUS(send("/s/ZZZZZ-ZZZZZ", "H1=1"), 404);
    CHECK_STATUS(test_get(&b, "/s?kode=findes-ikke"), 404);
    CHECK_STATUS(test_get(&b, "/s"), 200);
}

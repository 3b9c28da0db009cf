#include "core/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

static Err read_text(Ctx *c, const char *text, Settings *s)
{
    *s = settings_default();
    return settings_read(c, S("traad.conf"), str_of_z(text), s);
}

/* Place and sentence of the only problem. */
static void check_told(const char *text, const char *place, const char *sentence)
{
    Settings s;
    Ctx *c = test_ctx_plain();
    ctx_forgive(c);
    CHECK_ERR(read_text(c, text, &s), E_INVALID);
    CHECK(c->problems != NULL);
    CHECK_STR(c->problems->field, str_of_z(place));
    CHECK_STR(c->problems->what.arg[0].s, str_of_z(sentence));
}

TEST(settings, file_is_read_and_its_lines_are_known)
{
    Settings s;
    CHECK_OK(read_text(test_ctx_plain(), "# traad\nsession-hours = 8\nlisten = [::1]:80 # all\nproxies = 10.0.0.1  10.0.0.2\ndemo = yes\n", &s));
    CHECK_INT(s.session_hours, 8);
    CHECK_STR(s.listen, S("[::1]:80"));
    CHECK_INT(s.proxies.n, 2);
    CHECK(s.is_demo);
}

TEST(settings, faults_are_told_with_their_line)
{
    check_told("\n\nsessions = 3\n", "traad.conf:3", "unknown setting sessions");
    check_told("workers = 1\nworkers = 2", "traad.conf:2", "workers is set twice");
    check_told("just words", "traad.conf:1", "expected name = value");
    check_told("demo = maybe", "traad.conf:1", "demo takes yes or no");
}

TEST(settings, wrong_units_are_told_with_the_right_one)
{
    check_told("session-hours = 10h", "traad.conf:1", "session-hours takes a whole number of hours from 1 to 24");
    check_told("session-hours = 600", "traad.conf:1", "session-hours takes a whole number of hours from 1 to 24");
    check_told("connections = 4k", "traad.conf:1", "connections takes a whole number of connections from 16 to 60000");
    check_told("listen = localhost", "traad.conf:1", "listen takes an address and a port, as 127.0.0.1:8080 or [::1]:8080");
    check_told("listen = 127.0.0.1:99999", "traad.conf:1", "listen takes an address and a port, as 127.0.0.1:8080 or [::1]:8080");
    check_told("smtp = mail.fjordby.dk", "traad.conf:1", "smtp takes an address that begins with smtp://|smtps://");
    check_told("public-address = fjordby.dk", "traad.conf:1", "public-address takes an address that begins with http://|https://");
}

TEST(settings, what_belongs_together_is_there)
{
    Settings s;
    Ctx *c = test_ctx_plain();
    CHECK_OK(read_text(c, "smtp = smtp://127.0.0.1:25\nmail-from = traad@fjordby.dk\n", &s));
    CHECK_OK(settings_check(c, &s));
    CHECK_OK(read_text(c, "smtp = smtp://127.0.0.1:25\n\nsmtp-user = traad\n", &s));
    CHECK_ERR(settings_check(c, &s), E_INVALID);
    CHECK_STR(c->problems->field, S("traad.conf:3"));
    CHECK_STR(c->problems->next->field, S("traad.conf:1"));
}

/* The guide for operators has a row for each, and none for what does not exist. */
TEST(settings, every_setting_is_in_the_guide)
{
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    if (!root) test_skip("TRAAD_SOURCE_ROOT is not set");
    Ctx *c = test_ctx_plain();
    Buf told = buf_new(c->arena, 1 << 16), page = buf_new(c->arena, 1 << 18);
    FILE *f = fopen(str_z(c->arena, STR_CAT(c->arena, str_of_z(root), S("/doc/drift/README.md"))), "rb");
    CHECK(f != NULL);
    page.n = (ptrdiff_t)fread(page.p, 1, (size_t)page.max, f);
    fclose(f);
    settings_tell(&told);
    Str rest = buf_str(&told), line = {0};
    int n = 0;
    while (str_split(&rest, '\n', &line)) {
        Str name = str_trim(str_sub(line, 0, 20));
        if (!name.n) continue;
        n++;
        CHECK(str_find(buf_str(&page), STR_CAT(c->arena, S("\n| `"), name, S("` |")), 0) >= 0);
    }
    CHECK(n >= 18);
}

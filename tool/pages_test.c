/* The template compiler against folders of templates: each of templates_bad
   says in its first line which fault it must give; each of templates_good has
   the C that it must become beside it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "pages.h"
#include "test.h"

static Str source_path(Ctx *c, Str relative)
{
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    return STR_CAT(c->arena, str_of_z(root ? root : "."), S("/"), relative);
}

/* "3:5: sentence" out of "{# 3:5: sentence #}" */
static Str wanted_fault(Str text)
{
    ptrdiff_t end = str_find(text, S(" #}\n"), 0);
    CHECK(str_starts(text, S("{# ")) && end > 0);
    return str_sub(text, 3, end);
}

static void check_bad(Ctx *c, Str path, Str name)
{
    Str text = test_file(path);
    PagesMade made = {0};
    PagesFault fault = {0};
    bool compiled = pages_compile(c->arena, name, S("x.h"), text, &made, &fault);
    if (compiled) print_error("%.*s compiles\n", (int)name.n, name.p);
    CHECK(!compiled);
    Str wanted = wanted_fault(text);
    ptrdiff_t place = str_find(wanted, S(": "), 0);
    CHECK_STR(pages_fault_text(c->arena, name, fault),
              STR_CAT(c->arena, name, S(":"), str_sub(wanted, 0, place), S(": error"),
                      str_sub(wanted, place, wanted.n), S("\n")));
}

TEST(pages, every_bad_template_is_refused_where_and_why_it_says)
{
    Ctx *c = test_ctx_plain();
    Str folder = source_path(c, S("tests/templates_bad"));
    DIR *dir = opendir(str_z(c->arena, folder));
    int seen = 0;
    CHECK(dir != NULL);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        Str name = str_of_z(entry->d_name);
        if (!str_ends(name, S(".html"))) continue;
        CtxMark mark = ctx_mark(c);
        check_bad(c, STR_CAT(c->arena, folder, S("/"), name), name);
        ctx_rewind(c, mark);
        seen++;
    }
    closedir(dir);
    CHECK(seen >= 80);
}

TEST(pages, a_good_template_becomes_the_c_beside_it)
{
    Ctx *c = test_ctx_plain();
    Str path = source_path(c, S("tests/templates_good/all.html"));
    PagesMade made = {0};
    PagesFault fault = {0};
    CHECK(pages_compile(c->arena, S("all.html"), S("all.html.h"), test_file(path), &made, &fault));
    Str golden = STR_CAT(c->arena, path, S(".c.golden"));
    Str both = STR_CAT(c->arena, made.header, made.source);
    if (getenv("UPDATE")) {
        FILE *f = fopen(str_z(c->arena, golden), "wb");
        CHECK(f && fwrite(both.p, 1, (size_t)both.n, f) == (size_t)both.n && fclose(f) == 0);
    }
    CHECK_STR(both, test_file(golden));
}

TEST(pages, faults_count_lines_and_bytes_from_one)
{
    Ctx *c = test_ctx_plain();
    PagesMade made = {0};
    PagesFault fault = {0};
    CHECK(!pages_compile(c->arena, S("a"), S("a.h"), S("{% page x() %}\n\n <b>x</b>"), &made, &fault));
    CHECK_INT(fault.line, 3);
    CHECK_INT(fault.column, 5);
    CHECK(made.source.n == 0);
}

TEST(pages, depth_has_a_limit)
{
    Ctx *c = test_ctx_plain();
    Buf b = buf_new(c->arena, 4096);
    buf_add(&b, S("{% page x() %}"));
    for (int i = 0; i < 65; i++) buf_add(&b, S("<div>"));
    PagesMade made = {0};
    PagesFault fault = {0};
    CHECK(!pages_compile(c->arena, S("a"), S("a.h"), buf_str(&b), &made, &fault));
    CHECK_STR(fault.what, S("more than 64 elements inside each other"));
}

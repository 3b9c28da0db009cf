#include "core/flags.h"

#include "test.h"

/* Words parted by one blank; "" is none. */
static Err fit(Ctx *c, const char *usage, const char *said)
{
    const Command command = {.name = "survey x", .usage = usage};
    Str all = str_of_z(said), v[20];
    ptrdiff_t n = 0;
    for (ptrdiff_t at = 0; at < all.n;) {
        ptrdiff_t end = str_find_char(all, ' ', at);
        if (end < 0) end = all.n;
        v[n++] = str_sub(all, at, end);
        at = end + 1;
    }
    ctx_forgive(c);
    return flags_fit(c, &command, (Args){v, n});
}

static void refused(Ctx *c, const char *usage, const char *said, Str why)
{
    CHECK_ERR(fit(c, usage, said), E_INVALID);
    CHECK_STR(c->message.arg[0].s, why);
}

TEST(flags, words_fit_the_usage_line)
{
    Ctx *c = test_ctx_plain();
    const char *report = "--wave NAME (--unit CODE | --all) --format html|pdf --out FILE|DIR [--share K/N]";
    CHECK_OK(fit(c, report, "--wave w --all --format pdf --out x"));
    CHECK_OK(fit(c, report, "--out x --unit --odd-code --wave w --format pdf --share 1/2"));
    refused(c, report, "--wave w --all --out x", S("missing --format"));
    refused(c, report, "--wave w --all --format pdf --out x --bogus", S("unexpected --bogus; see traad help"));
    refused(c, report, "--wave w --all --format pdf --out x y", S("unexpected y; see traad help"));
    refused(c, report, "--wave w --all --format pdf --out", S("a value is missing after --out"));
    const char *answers = "--wave NAME --map MAP.json FILE.csv [--refused FILE.csv]";
    CHECK_OK(fit(c, answers, "a.csv --map m.json --wave w"));
    refused(c, answers, "--map m.json --wave w", S("usage: traad survey x --wave NAME --map MAP.json FILE.csv [--refused FILE.csv]"));
    const char *user = "--login L [--invite]";
    CHECK_OK(fit(c, user, "--invite --login ole"));
    refused(c, user, "--invite", S("missing --login"));
    CHECK_OK(fit(c, "", ""));
    refused(c, "", "x", S("unexpected x; see traad help"));
}

#include "core/flags.h"

Err flags_wrong(Ctx *c, Str what, Str which)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, what, which)));
}

static const Flag *flag_named(const Flag *all, ptrdiff_t n, Str word)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_eq(word, str_of_z(all[i].name))) return &all[i];
    return NULL;
}

Err flags_read(Ctx *c, Args args, const Flag *all, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < args.n; i++) {
        const Flag *flag = flag_named(all, n, args.v[i]);
        if (!flag) return flags_wrong(c, S("unexpected "), args.v[i]);
        if (!flag->value) {
            *flag->is_given = true;
            continue;
        }
        if (i + 1 == args.n) return flags_wrong(c, S("a value is missing after "), args.v[i]);
        if (flag->value->p) return flags_wrong(c, S("given twice: "), args.v[i]);
        *flag->value = args.v[++i];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        if (all[i].is_needed && !all[i].value->n) return flags_wrong(c, S("missing "), str_of_z(all[i].name));
    return OK;
}

/* ---- the usage line --------------------------------------------------------------------- */

enum { USAGE_WORDS = 40 };

typedef struct Usage {
    Str flag[USAGE_WORDS];
    bool takes_value[USAGE_WORDS], is_needed[USAGE_WORDS], is_given[USAGE_WORDS];
    ptrdiff_t flags, words; /* words that stand by themselves, needed all */
} Usage;

static bool is_bracket(char ch)
{
    return ch == '[' || ch == ']' || ch == '(' || ch == ')';
}

static Str bare_word(Str word)
{
    while (word.n && is_bracket(word.p[0])) word = str_sub(word, 1, word.n);
    while (word.n && is_bracket(word.p[word.n - 1])) word = str_sub(word, 0, word.n - 1);
    return word;
}

static void read_usage_word(Usage *u, Str word, bool *in_brackets, bool *wants_value)
{
    Str bare = bare_word(word);
    bool begins = word.p[0] == '[' || word.p[0] == '(', ends = word.p[word.n - 1] == ']' || word.p[word.n - 1] == ')';
    if (begins) *in_brackets = true;
    if (str_starts(bare, S("--"))) {
        u->flag[u->flags] = bare;
        u->is_needed[u->flags++] = !*in_brackets;
    } else if (*wants_value && !str_eq(bare, S("|"))) {
        u->takes_value[u->flags - 1] = true;
    } else if (!str_eq(bare, S("|"))) {
        u->words++;
    }
    *wants_value = str_starts(bare, S("--")) && !ends;
    if (ends) *in_brackets = false;
}

static void read_usage(Str usage, Usage *ret)
{
    bool in_brackets = false, wants_value = false;
    for (ptrdiff_t at = 0; at < usage.n && ret->flags < USAGE_WORDS;) {
        ptrdiff_t end = str_find_char(usage, ' ', at);
        if (end < 0) end = usage.n;
        if (end > at) read_usage_word(ret, str_sub(usage, at, end), &in_brackets, &wants_value);
        at = end + 1;
    }
}

static ptrdiff_t usage_flag(const Usage *u, Str word)
{
    for (ptrdiff_t i = 0; i < u->flags; i++)
        if (str_eq(u->flag[i], word)) return i;
    return -1;
}

static Err usage_line(Ctx *c, const Command *command)
{
    return flags_wrong(c, STR_CAT(c->arena, S("usage: traad "), str_of_z(command->name), S(" ")), str_of_z(command->usage));
}

Err flags_fit(Ctx *c, const Command *command, Args args)
{
    Usage u = {0};
    ptrdiff_t words = 0;
    read_usage(str_of_z(command->usage), &u);
    for (ptrdiff_t i = 0; i < args.n; i++) {
        ptrdiff_t flag = usage_flag(&u, args.v[i]);
        bool is_word = flag < 0 && !str_starts(args.v[i], S("--"));
        if (flag < 0 && (!is_word || ++words > u.words))
            return flags_wrong(c, STR_CAT(c->arena, S("unexpected "), args.v[i]), S("; see traad help"));
        if (flag < 0) continue;
        u.is_given[flag] = true;
        if (!u.takes_value[flag]) continue;
        if (++i == args.n) return flags_wrong(c, S("a value is missing after "), args.v[i - 1]);
    }
    if (words < u.words) return usage_line(c, command);
    for (ptrdiff_t i = 0; i < u.flags; i++)
        if (u.is_needed[i] && !u.is_given[i]) return flags_wrong(c, S("missing "), u.flag[i]);
    return OK;
}

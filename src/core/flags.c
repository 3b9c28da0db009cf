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

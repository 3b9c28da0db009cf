#include "feature/statfile/statfile.h"

#include "base/number.h"
#include "core/command_file.h"
#include "feature/statfile/statfile_kinds.h"

enum { FILE_MAX = 256 << 20 }; /* bytes */

static const Kind *const kinds[] = {&kind_share, &kind_compare, &kind_paired, &kind_cluster,
                                    &kind_mean,  &kind_funnel,  &kind_wait,   &kind_agree};

static const Kind *find_kind(Str name)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(kinds[i]->name, name)) return kinds[i];
    return NULL;
}

static Err refuse_kind(Ctx *c, Str name)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unknown kind "), name)));
}

Err statfile_compute(Ctx *c, Str kind, Str text, Buf *out)
{
    const Kind *k = find_kind(kind);
    if (!k) return refuse_kind(c, kind);
    Table t = {0};
    TRY(table_read(c, text, k->columns, k->width, &t));
    buf_add(out, k->header);
    buf_add_char(out, '\n');
    TRY(k->run(c, &t, out));
    if (out->full) return fail(c, E_TOO_LARGE, msg_verbatim(S("the result is larger than the output may be")));
    return OK;
}

static Err run_stats(Ctx *c, Args args, Buf *out)
{
    if (args.n > 0 && !find_kind(args.v[0])) return refuse_kind(c, args.v[0]);
    if (args.n != 2) return fail(c, E_INVALID, msg_verbatim(S("usage: traad stats KIND FILE.csv")));
    Str text = {0};
    TRY(command_file_read(c, args.v[1], FILE_MAX, &text));
    ptrdiff_t before = out->n;
    Err err = statfile_compute(c, args.v[0], text, out);
    if (err != OK) out->n = before;
    return err;
}

const Command statfile_commands[] = {
    {.name = "stats",
     .usage = "KIND FILE.csv",
     .help = "Computes the statistics of the reports on a CSV file and prints a CSV table with 17 significant "
             "digits. KIND: share (id,x,n[,N]), compare (id,x1,n1,x2,n2[,family]), paired (id,b,c), cluster "
             "(unit,group,x,n), mean (id,m1,s1,n1,m2,s2,n2), funnel (id,x,n[,target]), wait (id,days,event[,group]), "
             "agree (rater1,rater2). Needs no store.",
     .run = run_stats},
    {0},
};

const Feature statfile_feature = {.name = "statfile", .commands = statfile_commands};

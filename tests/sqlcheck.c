/* Checks every SQL statement and schema that this program is linked with
   (doc/sql.md). Usage: sqlcheck [postgresql://…]; exit 0 when there is nothing
   to say, 1 with a line for each problem, 2 when it cannot work. */
#include <stdio.h>
#include <string.h>

#include "core/feature.h"
#include "db/sqlcheck.h"

enum { REPORT_MAX = 1 << 20 }; /* bytes */

static void no_random(void *state, void *bytes, size_t n)
{
    (void)state;
    memset(bytes, 0, n);
}

static void print(FILE *to, Str s)
{
    fwrite(s.p, 1, (size_t)s.n, to);
    fputc('\n', to);
}

/* The schemas in the features' order, which is schema_apply's. */
static int schemas_of(Ctx *c, const Schema *const **ret)
{
    const Schema **all = NEW(c->arena, const Schema *, feature_count);
    int n = 0;
    for (int i = 0; i < feature_count; i++)
        if (features[i]->schema) all[n++] = features[i]->schema;
    *ret = all;
    return n;
}

static int check(Ctx *c, const char *postgres)
{
    SqlCheck what = {.postgres = postgres};
    what.schema_count = schemas_of(c, &what.schemas);
    what.defs = sql_all(&what.def_count);
    Buf out = buf_new(c->arena, REPORT_MAX);
    int problems = 0;
    if (sqlcheck_run(c, &what, &out, &problems) != OK) {
        print(stderr, msg_is_empty(c->message) ? S("sqlcheck cannot work") : c->message.arg[0].s);
        return 2;
    }
    if (problems > 0) print(stdout, buf_str(&out));
    printf("sqlcheck: %td statements, %d schemas, %d problems, %s\n", what.def_count, what.schema_count, problems,
           postgres ? "both engines" : "SQLite only");
    return problems > 0;
}

int main(int argc, char **argv)
{
    ArenaRange range = arena_range_open((ptrdiff_t)256 << 20);
    Arena arena = arena_of(range, NULL);
    Ctx c;
    ctx_init(&c, &arena, (Instant){0}, (Random){.fill = no_random});
    int exit_code = check(&c, argc > 1 ? argv[1] : NULL);
    ctx_end(&c);
    arena_range_close(range);
    return exit_code;
}

#include "core/job/retention.h"

#include "core/app.h"

typedef struct Expiry {
    const Retention *row;
    int64_t rows;
} Expiry;

static Err write_expiry(Ctx *c)
{
    Expiry *e = c->work;
    e->rows = 0;
    return e->row->expire(c, &e->rows);
}

/* A month of the log, a few thousand rows, at a time: others may write in between. */
static Err expire(Ctx *c, const Feature *feature, const Retention *row, bool (*is_stopping)(void))
{
    Expiry e = {.row = row, .rows = 1};
    while (e.rows && !(is_stopping && is_stopping())) {
        CtxMark mark = ctx_mark(c);
        c->work = &e;
        TRY(writer_run(c->app->writer, c, feature->name, write_expiry));
        ctx_rewind(c, mark);
    }
    return OK;
}

Err retention_run(Ctx *c, const Feature *const *all, int n, bool (*is_stopping)(void))
{
    Err first = OK;
    for (int i = 0; i < n; i++)
        for (const Retention *row = all[i]->retention; row && row->table; row++) {
            Err err = expire(c, all[i], row, is_stopping);
            if (first == OK) first = err;
            if (err != OK) ctx_forgive(c);
        }
    return first;
}

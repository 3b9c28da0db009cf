/* The kinds that look at a file as a whole: funnel, wait, agree. */
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "feature/statfile/statfile_kinds.h"
#include "stats/agreement.h"
#include "stats/distribution.h"
#include "stats/funnel.h"
#include "stats/waiting.h"

static void out_interval(RowOut *row, Interval i)
{
    out_f64(row, i.low);
    out_f64(row, i.high);
}

/* ---- funnel ------------------------------------------------------------ */

enum { FUNNEL_ID, FUNNEL_X, FUNNEL_N, FUNNEL_TARGET, FUNNEL_FIELDS = 12 };
static const Column funnel_columns[] = {{S_INIT("id")}, {S_INIT("x")}, {S_INIT("n")}, {S_INIT("target"), true}};

typedef struct FunnelRow {
    int64_t x, n;
    bool is_pooled; /* no target of its own */
    double target;
    double z;       /* NAN where the target is 0 or 1 */
    Str note;
} FunnelRow;

static FunnelRow funnel_row(Ctx *c, const Table *t, ptrdiff_t i)
{
    Note note = {.arena = c->arena};
    FunnelRow r = {.is_pooled = table_cell(t, i, FUNNEL_TARGET).n == 0, .z = NAN};
    r.x = note_count(&note, t, i, FUNNEL_X);
    r.n = note_count(&note, t, i, FUNNEL_N);
    if (r.n == 0) note_add(&note, S("n is 0"));
    if (r.x > r.n) note_add(&note, S("x is larger than n"));
    if (!r.is_pooled) r.target = note_number(&note, t, i, FUNNEL_TARGET);
    if (!(r.target >= 0 && r.target <= 1)) note_add(&note, S("target is not between 0 and 1"));
    r.note = note.text;
    return r;
}

/* Impossible rows are neither in the pooled share nor in φ. */
static double pooled_share(const FunnelRow *rows, ptrdiff_t n)
{
    double x = 0, all = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (rows[i].note.n) continue;
        x += (double)rows[i].x;
        all += (double)rows[i].n;
    }
    return x / all;
}

static double funnel_phi(Arena scratch, FunnelRow *rows, ptrdiff_t n)
{
    double pooled = pooled_share(rows, n), *z = NEW(&scratch, double, n);
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        FunnelRow *r = &rows[i];
        if (r->note.n) continue;
        if (r->is_pooled) r->target = pooled;
        if (!(r->target > 0 && r->target < 1)) continue;
        z[count++] = r->z = funnel_z(r->x, r->n, r->target);
    }
    return funnel_overdispersion(scratch, z, count);
}

static void out_funnel(RowOut *row, Str id, const FunnelRow *r, double phi)
{
    out_text(row, id);
    if (r->note.n) {
        out_empty(row, FUNNEL_FIELDS);
    } else if (isnan(r->z)) {
        out_f64(row, (double)r->x / (double)r->n);
        out_empty(row, FUNNEL_FIELDS - 1);
    } else {
        out_f64(row, (double)r->x / (double)r->n);
        out_f64(row, r->z);
        out_interval(row, funnel_normal(r->n, r->target, NORMAL_95));
        out_interval(row, funnel_normal(r->n, r->target, NORMAL_998));
        out_interval(row, funnel_exact(r->n, r->target, 0.05));
        out_interval(row, funnel_exact(r->n, r->target, 0.002));
        out_f64(row, phi);
        out_f64(row, r->z / sqrt(fmax(1, phi)));
    }
    out_text(row, r->note);
    out_end(row);
}

static Err run_funnel(Ctx *c, const Table *t, Buf *out)
{
    FunnelRow *rows = NEW(c->arena, FunnelRow, t->n);
    for (ptrdiff_t i = 0; i < t->n; i++) rows[i] = funnel_row(c, t, i);
    double phi = funnel_phi(*c->arena, rows, t->n);
    RowOut row = {.out = out};
    for (ptrdiff_t i = 0; i < t->n; i++) out_funnel(&row, table_cell(t, i, FUNNEL_ID), &rows[i], phi);
    return OK;
}

const Kind kind_funnel = {
    .name = S_INIT("funnel"),
    .columns = funnel_columns,
    .width = COUNT_OF(funnel_columns),
    .header = S_INIT("id,share,z,low95,high95,low998,high998,exact_low95,exact_high95,exact_low998,exact_high998,"
                     "phi,z_adjusted,note"),
    .run = run_funnel,
};

/* ---- wait -------------------------------------------------------------- */

enum { WAIT_ID, WAIT_DAYS, WAIT_EVENT, WAIT_GROUP, WAIT_FIELDS = 16 };
static const Column wait_columns[] = {{S_INIT("id")}, {S_INIT("days")}, {S_INIT("event")}, {S_INIT("group"), true}};

typedef struct Waiter {
    Wait wait;
    Str group;
    bool is_open;
    ptrdiff_t at; /* row in the file */
} Waiter;

typedef struct WaitGroup {
    Str name;
    ptrdiff_t from, n; /* waiters */
    ptrdiff_t first;   /* row in the file of its first */
    WaitStep *steps;
    ptrdiff_t steps_n;
} WaitGroup;

static Err wait_row(Ctx *c, const Table *t, ptrdiff_t i, Waiter *ret)
{
    Note note = {.arena = c->arena};
    Str event = table_cell(t, i, WAIT_EVENT);
    Waiter w = {.group = t->has[WAIT_GROUP] ? table_cell(t, i, WAIT_GROUP) : S("all"), .at = i};
    w.wait.days = note_number(&note, t, i, WAIT_DAYS);
    w.wait.is_done = str_eq(event, S("done"));
    w.is_open = str_eq(event, S("open"));
    if (w.wait.days < 0) note_add(&note, S("days is negative"));
    if (!w.wait.is_done && !w.is_open && !str_eq(event, S("withdrawn")))
        note_add(&note, S("event is not done, open or withdrawn"));
    if (!note_is_empty(&note)) return table_refuse_cell(c, t, i, note.text);
    *ret = w;
    return OK;
}

static int by_group(const void *left, const void *right)
{
    const Waiter *a = left, *b = right;
    int order = str_cmp(a->group, b->group);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static int by_first(const void *left, const void *right)
{
    const WaitGroup *a = left, *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

/* Groups in the order in which the file names them first. */
static WaitGroup *wait_groups(Arena *arena, Waiter *w, ptrdiff_t n, ptrdiff_t *ret_n)
{
    WaitGroup *groups = NEW(arena, WaitGroup, n);
    ptrdiff_t count = 0;
    qsort(w, (size_t)n, sizeof *w, by_group);
    for (ptrdiff_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && str_eq(w[to].group, w[from].group);) to++;
        groups[count++] = (WaitGroup){.name = w[from].group, .from = from, .n = to - from, .first = w[from].at};
    }
    qsort(groups, (size_t)count, sizeof *groups, by_first);
    *ret_n = count;
    return groups;
}

static void out_wait_group(Ctx *c, RowOut *row, const Waiter *w, WaitGroup *g)
{
    static const double percentiles[] = {0.25, 0.5, 0.75, 0.9};
    Wait *waits = NEW(c->arena, Wait, g->n);
    int64_t done = 0, open = 0;
    for (ptrdiff_t i = 0; i < g->n; i++) {
        waits[i] = w[g->from + i].wait;
        done += waits[i].is_done;
        open += w[g->from + i].is_open;
    }
    g->steps = waiting_curve(c->arena, waits, g->n, &g->steps_n);
    out_text(row, g->name);
    out_i64(row, g->n);
    out_i64(row, done);
    out_i64(row, open);
    for (ptrdiff_t i = 0; i < COUNT_OF(percentiles); i++) {
        WaitPercentile p = waiting_percentile(g->steps, g->steps_n, percentiles[i]);
        out_f64(row, p.days);
        out_interval(row, p.band);
    }
    out_end(row);
}

static void out_wait_curve(RowOut *row, const WaitGroup *g)
{
    for (ptrdiff_t i = 0; i < g->steps_n; i++) {
        out_text(row, S("#S"));
        out_text(row, g->name);
        out_f64(row, g->steps[i].days);
        out_f64(row, g->steps[i].waiting);
        out_interval(row, g->steps[i].band);
        out_empty(row, WAIT_FIELDS - 6);
        out_end(row);
    }
}

static Err run_wait(Ctx *c, const Table *t, Buf *out)
{
    Waiter *waiters = NEW(c->arena, Waiter, t->n);
    for (ptrdiff_t i = 0; i < t->n; i++) TRY(wait_row(c, t, i, &waiters[i]));
    ptrdiff_t n = 0;
    WaitGroup *groups = wait_groups(c->arena, waiters, t->n, &n);
    RowOut row = {.out = out};
    for (ptrdiff_t i = 0; i < n; i++) out_wait_group(c, &row, waiters, &groups[i]);
    for (ptrdiff_t i = 0; i < n; i++) out_wait_curve(&row, &groups[i]);
    return OK;
}

const Kind kind_wait = {
    .name = S_INIT("wait"),
    .columns = wait_columns,
    .width = COUNT_OF(wait_columns),
    .header = S_INIT("group,n,done,open,p25,p25_low,p25_high,median,median_low,median_high,p75,p75_low,p75_high,"
                     "p90,p90_low,p90_high"),
    .run = run_wait,
};

/* ---- agree ------------------------------------------------------------- */

enum { AGREE_FIRST, AGREE_SECOND };
static const Column agree_columns[] = {{S_INIT("rater1")}, {S_INIT("rater2")}};

static Err run_agree(Ctx *c, const Table *t, Buf *out)
{
    Ratings *units = NEW(c->arena, Ratings, t->n);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < t->n; i++) {
        Ratings r = {table_cell(t, i, AGREE_FIRST), table_cell(t, i, AGREE_SECOND)};
        if (r.first.n && r.second.n) units[n++] = r;
    }
    Agreement a = agreement_of(*c->arena, units, n);
    RowOut row = {.out = out};
    out_i64(&row, n);
    out_f64(&row, a.po);
    out_f64(&row, a.pe);
    out_f64(&row, a.kappa);
    out_f64(&row, a.alpha);
    out_end(&row);
    return OK;
}

const Kind kind_agree = {
    .name = S_INIT("agree"),
    .columns = agree_columns,
    .width = COUNT_OF(agree_columns),
    .header = S_INIT("n,po,pe,kappa,alpha_nominal"),
    .run = run_agree,
};

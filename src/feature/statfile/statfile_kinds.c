#include "feature/statfile/statfile_kinds.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "stats/adjust.h"
#include "stats/cluster.h"
#include "stats/compare.h"
#include "stats/mean.h"
#include "stats/share.h"

static void out_interval(RowOut *row, Interval i)
{
    out_f64(row, i.low);
    out_f64(row, i.high);
}

/* Ends a row with its note; an impossible one has `fields` empty ones before. */
static void out_impossible(RowOut *row, int fields, const Note *note)
{
    out_empty(row, fields);
    out_text(row, note->text);
    out_end(row);
}

static void note_share(Note *note, Str x_over_n, Str n_is_0, int64_t x, int64_t n)
{
    if (n == 0) note_add(note, n_is_0);
    if (x > n) note_add(note, x_over_n);
}

/* ---- share ------------------------------------------------------------- */

enum { SHARE_ID, SHARE_X, SHARE_N, SHARE_INVITED };
static const Column share_columns[] = {{S_INIT("id")}, {S_INIT("x")}, {S_INIT("n")}, {S_INIT("N"), true}};

static void share_row(RowOut *row, const Table *t, ptrdiff_t i, Note note)
{
    int64_t x = note_count(&note, t, i, SHARE_X), n = note_count(&note, t, i, SHARE_N);
    bool is_known = table_cell(t, i, SHARE_INVITED).n > 0;
    int64_t invited = is_known ? note_count(&note, t, i, SHARE_INVITED) : n;
    note_share(&note, S("x is larger than n"), S("n is 0"), x, n);
    if (n > invited) note_add(&note, S("n is larger than N"));
    out_text(row, table_cell(t, i, SHARE_ID));
    if (!note_is_empty(&note)) {
        out_impossible(row, 7, &note);
        return;
    }
    out_f64(row, (double)x / (double)n);
    out_interval(row, share_wilson(x, n));
    out_interval(row, is_known ? share_wilson_finite(x, n, invited) : (Interval){NAN, NAN});
    out_interval(row, share_clopper(x, n));
    out_empty(row, 1);
    out_end(row);
}

static Err run_share(Ctx *c, const Table *t, Buf *out)
{
    RowOut row = {.out = out};
    for (ptrdiff_t i = 0; i < t->n; i++) share_row(&row, t, i, (Note){.arena = c->arena});
    return OK;
}

const Kind kind_share = {
    .name = S_INIT("share"),
    .columns = share_columns,
    .width = COUNT_OF(share_columns),
    .header = S_INIT("id,share,wilson_low,wilson_high,fpc_low,fpc_high,clopper_low,clopper_high,note"),
    .run = run_share,
};

/* ---- compare ----------------------------------------------------------- */

enum { COMPARE_ID, COMPARE_X1, COMPARE_N1, COMPARE_X2, COMPARE_N2, COMPARE_FAMILY };
static const Column compare_columns[] = {
    {S_INIT("id")}, {S_INIT("x1")}, {S_INIT("n1")}, {S_INIT("x2")}, {S_INIT("n2")}, {S_INIT("family"), true}};

typedef struct Compared {
    Str id, family, note;
    ptrdiff_t at; /* row in the file */
    Compare r;
    double bh, holm;
} Compared;

static Compared compare_row(Ctx *c, const Table *t, ptrdiff_t i)
{
    Note note = {.arena = c->arena};
    TwoShares s = {
        .x1 = note_count(&note, t, i, COMPARE_X1),
        .n1 = note_count(&note, t, i, COMPARE_N1),
        .x2 = note_count(&note, t, i, COMPARE_X2),
        .n2 = note_count(&note, t, i, COMPARE_N2),
    };
    note_share(&note, S("x1 is larger than n1"), S("n1 is 0"), s.x1, s.n1);
    note_share(&note, S("x2 is larger than n2"), S("n2 is 0"), s.x2, s.n2);
    Compared row = {.id = table_cell(t, i, COMPARE_ID), .family = table_cell(t, i, COMPARE_FAMILY), .at = i};
    row.note = note.text;
    if (note_is_empty(&note)) row.r = compare_shares(s);
    return row;
}

static int by_family(const void *left, const void *right)
{
    const Compared *a = *(const Compared *const *)left, *b = *(const Compared *const *)right;
    int order = str_cmp(a->family, b->family);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void adjust_family(Arena scratch, Compared **rows, ptrdiff_t n)
{
    double *p = NEW(&scratch, double, n), *bh = NEW(&scratch, double, n), *holm = NEW(&scratch, double, n);
    for (ptrdiff_t i = 0; i < n; i++) p[i] = rows[i]->r.p;
    adjust_bh(scratch, p, n, bh);
    adjust_holm(scratch, p, n, holm);
    for (ptrdiff_t i = 0; i < n; i++) {
        rows[i]->bh = bh[i];
        rows[i]->holm = holm[i];
    }
}

/* Impossible rows are in no family. */
static void adjust_all(Arena scratch, Compared *rows, ptrdiff_t n)
{
    Compared **order = NEW(&scratch, Compared *, n);
    ptrdiff_t possible = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        if (rows[i].note.n == 0) order[possible++] = &rows[i];
    qsort(order, (size_t)possible, sizeof *order, by_family);
    for (ptrdiff_t from = 0, to; from < possible; from = to) {
        for (to = from + 1; to < possible && str_eq(order[to]->family, order[from]->family);) to++;
        adjust_family(scratch, order + from, to - from);
    }
}

static void out_compared(RowOut *row, const Compared *v)
{
    out_text(row, v->id);
    if (v->note.n) {
        out_impossible(row, 13, &(Note){.text = v->note});
        return;
    }
    out_f64(row, v->r.difference);
    out_interval(row, v->r.newcombe);
    out_f64(row, v->r.z);
    out_f64(row, v->r.p_z);
    out_f64(row, v->r.p_fisher);
    out_text(row, v->r.test == COMPARE_FISHER ? S("fisher") : S("z"));
    out_f64(row, v->r.p);
    out_f64(row, v->bh);
    out_f64(row, v->holm);
    out_f64(row, v->r.ratio);
    out_interval(row, v->r.ratio_95);
    out_empty(row, 1);
    out_end(row);
}

static Err run_compare(Ctx *c, const Table *t, Buf *out)
{
    Compared *rows = NEW(c->arena, Compared, t->n);
    for (ptrdiff_t i = 0; i < t->n; i++) rows[i] = compare_row(c, t, i);
    adjust_all(*c->arena, rows, t->n);
    RowOut row = {.out = out};
    for (ptrdiff_t i = 0; i < t->n; i++) out_compared(&row, &rows[i]);
    return OK;
}

const Kind kind_compare = {
    .name = S_INIT("compare"),
    .columns = compare_columns,
    .width = COUNT_OF(compare_columns),
    .header = S_INIT("id,difference,newcombe_low,newcombe_high,z,p_z,p_fisher,test,p,bh,holm,"
                     "ratio,ratio_low,ratio_high,note"),
    .run = run_compare,
};

/* ---- paired ------------------------------------------------------------ */

enum { PAIRED_ID, PAIRED_B, PAIRED_C };
static const Column paired_columns[] = {{S_INIT("id")}, {S_INIT("b")}, {S_INIT("c")}};

static Err run_paired(Ctx *c, const Table *t, Buf *out)
{
    RowOut row = {.out = out};
    for (ptrdiff_t i = 0; i < t->n; i++) {
        Note note = {.arena = c->arena};
        int64_t left = note_count(&note, t, i, PAIRED_B), joined = note_count(&note, t, i, PAIRED_C);
        if (left + joined == 0) note_add(&note, S("b + c is 0"));
        out_text(&row, table_cell(t, i, PAIRED_ID));
        out_f64(&row, note_is_empty(&note) ? compare_mcnemar(left, joined) : NAN);
        out_text(&row, note.text);
        out_end(&row);
    }
    return OK;
}

const Kind kind_paired = {
    .name = S_INIT("paired"),
    .columns = paired_columns,
    .width = COUNT_OF(paired_columns),
    .header = S_INIT("id,p_mcnemar_exact,note"),
    .run = run_paired,
};

/* ---- cluster ----------------------------------------------------------- */

enum { CLUSTER_UNIT, CLUSTER_GROUP, CLUSTER_X, CLUSTER_N };
static const Column cluster_columns[] = {{S_INIT("unit")}, {S_INIT("group")}, {S_INIT("x")}, {S_INIT("n")}};

static Err cluster_row(Ctx *c, const Table *t, ptrdiff_t i, Str second, ClusterUnit *ret)
{
    Note note = {.arena = c->arena};
    Str group = table_cell(t, i, CLUSTER_GROUP);
    bool is_first = str_eq(group, table_cell(t, 0, CLUSTER_GROUP));
    ClusterUnit u = {
        .group = !is_first,
        .x = note_count(&note, t, i, CLUSTER_X),
        .n = note_count(&note, t, i, CLUSTER_N),
    };
    if (u.x > u.n) note_add(&note, S("x is larger than n"));
    if (table_cell(t, i, CLUSTER_UNIT).n == 0) note_add(&note, S("unit is empty"));
    if (group.n == 0) note_add(&note, S("group is empty"));
    if (!is_first && !str_eq(group, second)) note_add(&note, S("a third group"));
    if (!note_is_empty(&note)) return table_refuse_cell(c, t, i, note.text);
    *ret = u;
    return OK;
}

static int by_text(const void *left, const void *right)
{
    return str_cmp(*(const Str *)left, *(const Str *)right);
}

static Err each_unit_once(Ctx *c, const Table *t)
{
    Arena scratch = *c->arena;
    Str *unit = NEW(&scratch, Str, t->n);
    for (ptrdiff_t i = 0; i < t->n; i++) unit[i] = table_cell(t, i, CLUSTER_UNIT);
    qsort(unit, (size_t)t->n, sizeof *unit, by_text);
    for (ptrdiff_t i = 1; i < t->n; i++)
        if (str_eq(unit[i - 1], unit[i])) {
            Str twice = unit[i];
            return table_refuse(c, STR_CAT(c->arena, S("the unit stands twice: "), twice));
        }
    return OK;
}

/* The group that is not the first row's; empty when there is none. */
static Str second_group(const Table *t)
{
    for (ptrdiff_t i = 1; i < t->n; i++)
        if (!str_eq(table_cell(t, i, CLUSTER_GROUP), table_cell(t, 0, CLUSTER_GROUP)))
            return table_cell(t, i, CLUSTER_GROUP);
    return S("");
}

static void out_cluster(Buf *out, const Cluster *r)
{
    RowOut row = {.out = out};
    out_f64(&row, r->difference);
    out_f64(&row, r->se);
    out_f64(&row, r->t);
    out_f64(&row, r->df);
    out_f64(&row, r->p);
    out_interval(&row, r->interval);
    out_f64(&row, r->icc);
    out_f64(&row, r->n0);
    out_f64(&row, r->deff);
    out_end(&row);
}

static Err run_cluster(Ctx *c, const Table *t, Buf *out)
{
    Str second = second_group(t);
    ClusterUnit *units = NEW(c->arena, ClusterUnit, t->n);
    for (ptrdiff_t i = 0; i < t->n; i++) TRY(cluster_row(c, t, i, second, &units[i]));
    TRY(each_unit_once(c, t));
    if (second.n == 0) return table_refuse(c, S("two groups are needed"));
    Cluster r = cluster_compare(units, t->n);
    out_cluster(out, &r);
    return OK;
}

const Kind kind_cluster = {
    .name = S_INIT("cluster"),
    .columns = cluster_columns,
    .width = COUNT_OF(cluster_columns),
    .header = S_INIT("difference,se,t,df,p,low,high,icc,n0,deff"),
    .run = run_cluster,
};

/* ---- mean -------------------------------------------------------------- */

enum { MEAN_ID, MEAN_M1, MEAN_S1, MEAN_N1, MEAN_M2, MEAN_S2, MEAN_N2 };
static const Column mean_columns[] = {{S_INIT("id")}, {S_INIT("m1")}, {S_INIT("s1")}, {S_INIT("n1")},
                                      {S_INIT("m2")}, {S_INIT("s2")}, {S_INIT("n2")}};

/* m, s and n stand side by side from column `first`. */
static MeanSide mean_side(Note *note, const Table *t, ptrdiff_t i, int first)
{
    MeanSide side = {
        .mean = note_number(note, t, i, first),
        .sd = note_number(note, t, i, first + 1),
        .n = note_count(note, t, i, first + 2),
    };
    if (side.sd < 0) note_add(note, STR_CAT(note->arena, t->columns[first + 1].name, S(" is negative")));
    if (side.n < 2) note_add(note, STR_CAT(note->arena, t->columns[first + 2].name, S(" is less than 2")));
    return side;
}

static void mean_row(RowOut *row, const Table *t, ptrdiff_t i, Note note)
{
    MeanSide a = mean_side(&note, t, i, MEAN_M1), b = mean_side(&note, t, i, MEAN_M2);
    if (a.sd == 0 && b.sd == 0) note_add(&note, S("s1 and s2 are both 0"));
    out_text(row, table_cell(t, i, MEAN_ID));
    if (!note_is_empty(&note)) {
        out_impossible(row, 7, &note);
        return;
    }
    Welch w = mean_welch(a, b);
    out_f64(row, w.difference);
    out_f64(row, w.se);
    out_f64(row, w.t);
    out_f64(row, w.df);
    out_f64(row, w.p);
    out_interval(row, w.interval);
    out_empty(row, 1);
    out_end(row);
}

static Err run_mean(Ctx *c, const Table *t, Buf *out)
{
    RowOut row = {.out = out};
    for (ptrdiff_t i = 0; i < t->n; i++) mean_row(&row, t, i, (Note){.arena = c->arena});
    return OK;
}

const Kind kind_mean = {
    .name = S_INIT("mean"),
    .columns = mean_columns,
    .width = COUNT_OF(mean_columns),
    .header = S_INIT("id,difference,se,t,df,p,low,high,note"),
    .run = run_mean,
};

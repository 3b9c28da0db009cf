#include "stats/cluster.h"

#include <math.h>

#include "stats/distribution.h"

typedef struct Sum {
    double x, n, share;
} Sum;

static Sum sum_of(const ClusterUnit *u, ptrdiff_t n, int group)
{
    Sum s = {0};
    for (ptrdiff_t i = 0; i < n; i++) {
        if (group >= 0 && u[i].group != group) continue;
        s.x += (double)u[i].x;
        s.n += (double)u[i].n;
    }
    s.share = s.n > 0 ? s.x / s.n : NAN;
    return s;
}

/* Σ over units of the squared residual totals, in shares of their group. */
static double residual_squares(const ClusterUnit *u, ptrdiff_t n, const Sum group[2])
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const Sum *g = &group[u[i].group];
        double residual = ((double)u[i].x - g->share * (double)u[i].n) / g->n;
        if (u[i].n > 0) sum += residual * residual;
    }
    return sum;
}

static void difference_of(const ClusterUnit *u, ptrdiff_t n, Cluster *ret)
{
    Sum group[2] = {sum_of(u, n, 0), sum_of(u, n, 1)};
    double k = (double)ret->units;
    ret->difference = group[0].share - group[1].share;
    if (isnan(ret->difference) || k < 3) return;
    ret->se = sqrt(k / (k - 1) * residual_squares(u, n, group));
    double half = t_quantile(0.05, ret->df) * ret->se;
    ret->interval = (Interval){ret->difference - half, ret->difference + half};
    if (ret->se == 0) return;
    ret->t = ret->difference / ret->se;
    ret->p = t_two_sided(ret->t, ret->df);
}

static void likeness_of(const ClusterUnit *u, ptrdiff_t n, Cluster *ret)
{
    Sum all = sum_of(u, n, -1);
    double k = (double)ret->units, squares = 0, between = 0, within = 0;
    if (k < 2) return;
    for (ptrdiff_t i = 0; i < n; i++) {
        double size = (double)u[i].n, x = (double)u[i].x;
        if (u[i].n == 0) continue;
        squares += size * size;
        between += size * (x / size - all.share) * (x / size - all.share);
        within += x * (size - x) / size;
    }
    ret->n0 = (all.n - squares / all.n) / (k - 1);
    if (all.n == k || all.x == 0 || all.x == all.n) return;
    double msb = between / (k - 1), msw = within / (all.n - k);
    ret->icc = (msb - msw) / (msb + (ret->n0 - 1) * msw);
    ret->deff = 1 + (ret->n0 - 1) * ret->icc;
}

Cluster cluster_compare(const ClusterUnit *units, ptrdiff_t n)
{
    Cluster r = {.difference = NAN, .se = NAN, .t = NAN, .p = NAN, .interval = {NAN, NAN},
                 .icc = NAN, .n0 = NAN, .deff = NAN};
    for (ptrdiff_t i = 0; i < n; i++) r.units += units[i].n > 0;
    r.df = (double)(r.units - 2);
    difference_of(units, n, &r);
    likeness_of(units, n, &r);
    return r;
}

#include "stats/compare.h"

#include <math.h>

#include "base/number.h"
#include "stats/distribution.h"

typedef __int128 Wide;

/* x2·n1 − x1·n2, exact: at most 1e24. */
static Wide cross(TwoShares s)
{
    return (Wide)s.x2 * s.n1 - (Wide)s.x1 * s.n2;
}

double compare_difference(TwoShares s)
{
    return (double)cross(s) / ((double)s.n1 * (double)s.n2);
}

Interval compare_newcombe(TwoShares s)
{
    double d = compare_difference(s);
    double p1 = (double)s.x1 / (double)s.n1, p2 = (double)s.x2 / (double)s.n2;
    Interval w1 = share_wilson(s.x1, s.n1), w2 = share_wilson(s.x2, s.n2);
    return (Interval){
        .low = d - hypot(p2 - w2.low, w1.high - p1),
        .high = d + hypot(w2.high - p2, p1 - w1.low),
    };
}

double compare_z(TwoShares s)
{
    int64_t x = s.x1 + s.x2, n = s.n1 + s.n2;
    if (x == 0 || x == n) return NAN;
    double p = (double)x / (double)n, q = (double)(n - x) / (double)n;
    return compare_difference(s) / sqrt(p * q * (1 / (double)s.n1 + 1 / (double)s.n2));
}

CompareTest compare_test(TwoShares s)
{
    int64_t n = s.n1 + s.n2, x = s.x1 + s.x2;
    Wide smallest = (Wide)i64_min(x, n - x) * i64_min(s.n1, s.n2);
    return smallest < (Wide)5 * n ? COMPARE_FISHER : COMPARE_Z;
}

/* The tables with the margins of s; k is the cell x2. */
typedef struct Margins {
    int64_t drawn, n2, n1; /* all who agree; the two sides */
    int64_t least, most;   /* range of k */
} Margins;

static double log_table(const Margins *m, int64_t k)
{
    return hypergeometric_log_pmf(k, m->n2, m->n1, m->drawn);
}

/* P(k + 1) / P(k) */
static double step_up(const Margins *m, int64_t k)
{
    double up = (double)(m->n2 - k) * (double)(m->drawn - k);
    return up / ((double)(k + 1) * (double)(m->n1 - m->drawn + k + 1));
}

/* P(k) and all beyond it, away from the mode; 0 where there is none. Terms
   shrink ever faster, so what is left after a negligible one is negligible. */
static double tail(const Margins *m, int64_t k, int64_t direction)
{
    if (k < m->least || k > m->most) return 0;
    double sum = 0, term = 1;
    double first = log_table(m, k);
    while (k >= m->least && k <= m->most) {
        sum += term;
        if (term < sum * 1e-18) break;
        term *= direction > 0 ? step_up(m, k) : 1 / step_up(m, k - 1);
        k += direction;
    }
    return sum * exp(first);
}

/* The table nearest the mode, on its side of it, that is no more probable
   than `limit` (log); end + direction when none is. P is monotone there. */
static int64_t first_unlikely(const Margins *m, int64_t mode, int64_t direction, double limit)
{
    int64_t likely = mode, end = direction > 0 ? m->most : m->least;
    if (log_table(m, end) > limit) return end + direction;
    int64_t unlikely = end;
    while (unlikely - likely != direction) {
        int64_t middle = likely + (unlikely - likely) / 2;
        if (log_table(m, middle) > limit) likely = middle;
        else unlikely = middle;
    }
    return unlikely;
}

double compare_fisher(TwoShares s)
{
    Margins m = {.drawn = s.x1 + s.x2, .n2 = s.n2, .n1 = s.n1};
    m.least = i64_max(0, m.drawn - m.n1);
    m.most = i64_min(m.drawn, m.n2);
    int64_t mode = (int64_t)((Wide)(m.drawn + 1) * (m.n2 + 1) / (m.n1 + m.n2 + 2));
    mode = i64_min(i64_max(mode, m.least), m.most);
    double limit = log_table(&m, s.x2) + log1p(1e-7);
    if (log_table(&m, mode) <= limit) return 1;
    double low = tail(&m, first_unlikely(&m, mode, -1, limit), -1);
    double high = tail(&m, first_unlikely(&m, mode, 1, limit), 1);
    return fmin(1, low + high);
}

static Interval ratio_limits(TwoShares s, double ratio)
{
    if (s.x1 == 0 || s.x2 == 0) return (Interval){NAN, NAN};
    double v1 = (double)(s.n1 - s.x1) / (double)s.n1 / (double)s.x1;
    double v2 = (double)(s.n2 - s.x2) / (double)s.n2 / (double)s.x2;
    double half = NORMAL_95 * sqrt(v1 + v2);
    return (Interval){ratio * exp(-half), ratio * exp(half)};
}

Compare compare_shares(TwoShares s)
{
    Compare r = {
        .difference = compare_difference(s),
        .newcombe = compare_newcombe(s),
        .z = compare_z(s),
        .p_fisher = compare_fisher(s),
        .test = compare_test(s),
        .ratio = NAN,
    };
    r.p_z = normal_two_sided(r.z);
    r.p = r.test == COMPARE_FISHER ? r.p_fisher : r.p_z;
    if (s.x1 > 0) r.ratio = (double)s.x2 * (double)s.n1 / ((double)s.n2 * (double)s.x1);
    r.ratio_95 = ratio_limits(s, r.ratio);
    return r;
}

double compare_mcnemar(int64_t b, int64_t c)
{
    if (b + c == 0) return NAN;
    if (b == c) return 1;
    return fmin(1, 2 * binomial_lower(i64_min(b, c), b + c, 0.5, 0.5));
}

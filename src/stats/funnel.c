#include "stats/funnel.h"

#include <math.h>
#include <stdlib.h>

#include "stats/distribution.h"

double funnel_z(int64_t x, int64_t n, double target)
{
    return ((double)x / (double)n - target) / sqrt(target * (1 - target) / (double)n);
}

static double clip(double share)
{
    return fmin(1, fmax(0, share));
}

Interval funnel_normal(int64_t n, double target, double z)
{
    double half = z * sqrt(target * (1 - target) / (double)n);
    return (Interval){clip(target - half), clip(target + half)};
}

/* Smallest r with P(X ≤ r) ≥ p. */
static int64_t binomial_quantile(double p, int64_t n, double target)
{
    int64_t below = -1, enough = n;
    while (enough - below > 1) {
        int64_t middle = below + (enough - below) / 2;
        if (binomial_lower(middle, n, target, 1 - target) >= p) enough = middle;
        else below = middle;
    }
    return enough;
}

static double exact_limit(double p, int64_t n, double target)
{
    int64_t r = binomial_quantile(p, n, target);
    double part = (binomial_lower(r, n, target, 1 - target) - p) / exp(binomial_log_pmf(r, n, target, 1 - target));
    return clip(((double)r - part) / (double)n);
}

Interval funnel_exact(int64_t n, double target, double outside)
{
    return (Interval){exact_limit(outside / 2, n, target), exact_limit(1 - outside / 2, n, target)};
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Type 7: linear between the order statistics around (n − 1)·p. */
static double quantile(const double *sorted, ptrdiff_t n, double p)
{
    double at = (double)(n - 1) * p;
    ptrdiff_t i = (ptrdiff_t)at;
    if (i + 1 >= n) return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

double funnel_overdispersion(Arena scratch, const double *z, ptrdiff_t n)
{
    if (n == 0) return NAN;
    double *sorted = NEW(&scratch, double, n);
    for (ptrdiff_t i = 0; i < n; i++) sorted[i] = z[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    double low = quantile(sorted, n, 0.1), high = quantile(sorted, n, 0.9), sum = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        double v = fmin(high, fmax(low, sorted[i]));
        sum += v * v;
    }
    return sum / (double)n;
}

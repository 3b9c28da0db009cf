#include "stats/share.h"

#include <math.h>

#include "stats/distribution.h"

static Interval wilson(double p, double n)
{
    const double z = NORMAL_95;
    double scale = 1 + z * z / n;
    double centre = (p + z * z / (2 * n)) / scale;
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
    return (Interval){
        .low = p == 0 ? 0 : fmax(0, centre - half),
        .high = p == 1 ? 1 : fmin(1, centre + half),
    };
}

Interval share_wilson(int64_t x, int64_t n)
{
    return wilson((double)x / (double)n, (double)n);
}

Interval share_wilson_finite(int64_t x, int64_t n, int64_t invited)
{
    double p = (double)x / (double)n;
    if (n >= invited) return (Interval){p, p};
    return wilson(p, (double)n * (double)(invited - 1) / (double)(invited - n));
}

static double clopper_low(int64_t x, int64_t n)
{
    if (x == 0) return 0;
    if (x == n) return exp(log(0.025) / (double)n);
    return beta_quantile((double)x, (double)(n - x) + 1, 0.025);
}

static double clopper_high(int64_t x, int64_t n)
{
    if (x == n) return 1;
    if (x == 0) return -expm1(log(0.025) / (double)n);
    return beta_quantile((double)x + 1, (double)(n - x), 0.975);
}

Interval share_clopper(int64_t x, int64_t n)
{
    return (Interval){clopper_low(x, n), clopper_high(x, n)};
}

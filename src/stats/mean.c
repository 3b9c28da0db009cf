#include "stats/mean.h"

#include <math.h>

#include "stats/distribution.h"

Welch mean_welch(MeanSide first, MeanSide second)
{
    double e1 = first.sd / sqrt((double)first.n), e2 = second.sd / sqrt((double)second.n);
    Welch w = {.difference = second.mean - first.mean, .se = hypot(e1, e2)};
    w.t = w.df = w.p = w.interval.low = w.interval.high = NAN;
    if (!(w.se > 0)) return w;
    /* Parts of the variance instead of variances, which could under- or overflow. */
    double part1 = e1 / w.se * (e1 / w.se), part2 = e2 / w.se * (e2 / w.se);
    w.t = w.difference / w.se;
    w.df = 1 / (part1 * part1 / (double)(first.n - 1) + part2 * part2 / (double)(second.n - 1));
    w.p = t_two_sided(w.t, w.df);
    double half = t_quantile(0.05, w.df) * w.se;
    w.interval = (Interval){w.difference - half, w.difference + half};
    return w;
}

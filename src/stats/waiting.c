#include "stats/waiting.h"

#include <math.h>
#include <stdlib.h>

#include "stats/distribution.h"

static int by_days(const void *left, const void *right)
{
    const Wait *a = left, *b = right;
    return (a->days > b->days) - (a->days < b->days);
}

/* `spread` is Greenwood's sum: the variance of log S. */
static Interval log_log_band(double waiting, double spread)
{
    if (waiting <= 0) return (Interval){NAN, NAN};
    double half = NORMAL_95 * sqrt(spread) / -log(waiting);
    return (Interval){pow(waiting, exp(half)), pow(waiting, exp(-half))};
}

WaitStep *waiting_curve(Arena *arena, Wait *waits, ptrdiff_t n, ptrdiff_t *ret_n)
{
    WaitStep *steps = NEW(arena, WaitStep, n);
    ptrdiff_t count = 0;
    double waiting = 1, spread = 0;
    qsort(waits, (size_t)n, sizeof *waits, by_days);
    for (ptrdiff_t from = 0, to; from < n; from = to) {
        double at_risk = (double)(n - from), done = 0;
        for (to = from; to < n && waits[to].days == waits[from].days; to++) done += waits[to].is_done;
        if (done == 0) continue;
        waiting *= (at_risk - done) / at_risk;
        if (at_risk > done) spread += done / (at_risk * (at_risk - done));
        steps[count++] = (WaitStep){waits[from].days, waiting, log_log_band(waiting, spread)};
    }
    *ret_n = count;
    return steps;
}

WaitPercentile waiting_percentile(const WaitStep *steps, ptrdiff_t n, double p)
{
    const double limit = 1 - p + 1e-9;
    WaitPercentile r = {NAN, {NAN, NAN}};
    /* From the last day back, so that the first that fits remains. */
    for (ptrdiff_t i = n; i-- > 0;) {
        if (steps[i].waiting <= limit) r.days = steps[i].days;
        if (steps[i].band.low <= limit) r.band.low = steps[i].days;
        if (steps[i].band.high <= limit) r.band.high = steps[i].days;
    }
    return r;
}

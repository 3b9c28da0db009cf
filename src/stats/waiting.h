/* Waiting times where some still wait: Kaplan–Meier. Counting only those who
   are done is too rosy, since the long waiters are still open (DOMAIN §5.10). */
#ifndef STATS_WAITING_H
#define STATS_WAITING_H

#include <stdbool.h>

#include "base/arena.h"
#include "stats/share.h"

typedef struct Wait {
    double days;  /* ≥ 0; to the end, or to today */
    bool is_done; /* else still open, or withdrawn: censored */
} Wait;

/* The share still waiting after a day on which somebody was done. */
typedef struct WaitStep {
    double days;
    double waiting; /* S, 0 … 1 */
    Interval band;  /* 95 %, log-log; NAN where S = 0 */
} WaitStep;

/* Sorts `waits` by days. Gives one step for each day with a done, in order, in
   *arena; a person who leaves on a day is at risk on that day.
   Source: Kaplan and Meier (1958), Greenwood; equal to R survfit(conf.type =
   "log-log"). */
WaitStep *waiting_curve(Arena *arena, Wait *waits, ptrdiff_t n, ptrdiff_t *ret_n);

/* Day by which the share p is done: smallest day with S ≤ 1 − p (slack 1e-9). */
typedef struct WaitPercentile {
    double days;
    Interval band; /* the same rule on the band of S */
} WaitPercentile;
/* NAN where the curve does not come down so far. */
WaitPercentile waiting_percentile(const WaitStep *steps, ptrdiff_t n, double p);

#endif

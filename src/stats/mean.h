/* Two means with unequal spread (score indicators). */
#ifndef STATS_MEAN_H
#define STATS_MEAN_H

#include <stdint.h>

#include "stats/share.h"

typedef struct MeanSide {
    double mean, sd; /* sd with n − 1, ≥ 0 */
    int64_t n;       /* ≥ 2 */
} MeanSide;

typedef struct Welch {
    double difference; /* second minus first */
    double se, t, df, p;
    Interval interval; /* 95 % */
} Welch;

/* Needs at least one sd above 0, else t, df, p and interval are NAN.
   Source: Welch (1947); DOMAIN §5.4. Equal to R t.test. */
Welch mean_welch(MeanSide first, MeanSide second);

#endif

/* A share with its uncertainty: x of n answers. All limits are 95 %, lie in
   [0, 1], and need 0 ≤ x ≤ n, n ≥ 1. Shares travel as counts and are divided
   when shown. Exact to 1e-12. */
#ifndef STATS_SHARE_H
#define STATS_SHARE_H

#include <stdint.h>

typedef struct Interval {
    double low, high;
} Interval;

/* Wilson score interval, no continuity correction. x = 0 begins at exactly 0,
   x = n ends at exactly 1.
   Source: Wilson (1927); DOMAIN §5.1. Equal to R prop.test(correct=FALSE). */
Interval share_wilson(int64_t x, int64_t n);

/* The same for describing this year's own people: n answered of N invited, so
   n is replaced by n(N−1)/(N−n); everybody answered (n = N) is no uncertainty:
   [p, p]. Needs n ≤ N. Assumes that not answering is random. Never for change,
   comparison or "signifikant".
   Source: Cochran (1977) §2.14; DOMAIN §5.3. */
Interval share_wilson_finite(int64_t x, int64_t n, int64_t invited);

/* Exact interval.
   Source: Clopper and Pearson (1934). Equal to R binom.test. */
Interval share_clopper(int64_t x, int64_t n);

#endif

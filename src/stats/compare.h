/* Two independent shares, x1 of n1 and x2 of n2 (last year and this year, the
   rest and the group): is the difference more than chance? Everything is
   "2 minus 1". Needs 0 ≤ x ≤ n and 1 ≤ n ≤ COMPARE_MAX on both sides.
   A figure that does not exist is NAN, and only where its comment says so. */
#ifndef STATS_COMPARE_H
#define STATS_COMPARE_H

#include <stdint.h>

#include "stats/share.h"

/* Products of two row totals stay exact, and sums over tables stay short. */
#define COMPARE_MAX INT64_C(1000000000000)

typedef struct TwoShares {
    int64_t x1, n1, x2, n2;
} TwoShares;

typedef enum CompareTest { COMPARE_Z, COMPARE_FISHER } CompareTest;

typedef struct Compare {
    double difference; /* p2 − p1, one rounding from the exact fraction */
    Interval newcombe; /* 95 % */
    double z, p_z;     /* NAN where all or none agree on both sides */
    double p_fisher;
    CompareTest test;  /* which of the two decides */
    double p;          /* that one's */
    double ratio;      /* p2/p1; NAN where x1 = 0 */
    Interval ratio_95; /* NAN where x1 or x2 = 0 */
} Compare;

/* Source: pooled z and rule, DOMAIN §5.4; Newcombe (1998) method 10; Fisher
   as R fisher.test; ratio by the log method (Katz 1978). */
Compare compare_shares(TwoShares s);

double compare_difference(TwoShares s);
/* Newcombe's hybrid of the two Wilson intervals. */
Interval compare_newcombe(TwoShares s);
/* Pooled z; NAN where all or none agree. Its p: normal_two_sided(). */
double compare_z(TwoShares s);
/* Two-sided exact p: all tables with the same margins whose probability is at
   most the observed one times 1 + 1e-7 (the slack is R's, for ties). */
double compare_fisher(TwoShares s);
/* Fisher where the smallest expected cell is below 5: smaller row total ×
   smaller column total < 5 (n1 + n2), in whole numbers. */
CompareTest compare_test(TwoShares s);

/* Paired answers of a known panel: b left the agree set, c joined it. Exact
   McNemar: two-sided binomial with 1/2. NAN where b + c = 0; b, c ≥ 0. */
double compare_mcnemar(int64_t b, int64_t c);

#endif

/* Funnel plot: which units differ from a target more than their size explains.
   No league tables (DOMAIN §5.8). */
#ifndef STATS_FUNNEL_H
#define STATS_FUNNEL_H

#include "base/arena.h"
#include "stats/share.h"

/* z of x of n against the target share; 0 < target < 1, n ≥ 1. */
double funnel_z(int64_t x, int64_t n, double target);
/* target ± z·√(target(1−target)/n), clipped to [0, 1]; z: NORMAL_95 or NORMAL_998. */
Interval funnel_normal(int64_t n, double target, double z);
/* Exact binomial limits with interpolation, clipped to [0, 1]; `outside` is the
   chance in both tails: 0.05 or 0.002.
   Source: Spiegelhalter (2005); DOMAIN §5.8. */
Interval funnel_exact(int64_t n, double target, double outside);
/* φ: the mean of squared z after winsorising at their 10 % and 90 % quantiles
   (type 7); NAN where n = 0. Above 1 the units differ more than chance. */
double funnel_overdispersion(Arena scratch, const double *z, ptrdiff_t n);

#endif

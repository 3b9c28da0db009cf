/* The few distributions that our tests rest on. Tails are computed as tails,
   never as 1 − the rest, so that a tiny p keeps its digits; the way there is
   the saddle-point form of the binomial probability, which does not cancel as
   differences of lgamma do when n is large. Checked against 50-digit values.
   Source: C. Loader, "Fast and accurate computation of binomial probabilities"
   (2000); W. H. Press et al., "Numerical Recipes" §6.4 (continued fraction of
   the incomplete beta function); G. W. Hill, "Algorithm 395: Student's
   t-distribution" (1970). Relative error is below 1e-11 as far as n = 1e9. A figure that does not exist is NAN. */
#ifndef STATS_DISTRIBUTION_H
#define STATS_DISTRIBUTION_H

#include <stdint.h>

/* Φ⁻¹(0.975) and Φ⁻¹(0.999): the limits of 95 % and of 99.8 % (DOMAIN §5). */
#define NORMAL_95 1.959963984540054
#define NORMAL_998 3.090232306167814

/* P(|Z| ≥ |z|). */
double normal_two_sided(double z);
/* z with P(Z ≤ z) = p, 0 < p < 1. */
double normal_quantile(double p);

/* I_x(a, b) with y = 1 − x given apart, since x near 1 has lost it; a, b > 0. */
double beta_lower(double a, double b, double x, double y);
/* x with I_x(a, b) = p, 0 < p < 1; a, b > 0. Exact to about 1e-15 relative
   where x is small, absolute where it is near 1. */
double beta_quantile(double a, double b, double p);

/* P(|T| ≥ |t|) with df > 0 degrees of freedom, not necessarily whole. */
double t_two_sided(double t, double df);
/* t > 0 with P(|T| ≥ t) = p; 0 < p ≤ 0.5, df ≥ 1. */
double t_quantile(double p, double df);

/* log P(X = x) of n trials, each a hit with probability p; q = 1 − p. */
double binomial_log_pmf(int64_t x, int64_t n, double p, double q);
/* P(X ≤ x); 0 for x < 0, 1 for x ≥ n. */
double binomial_lower(int64_t x, int64_t n, double p, double q);
/* log P(X = x) of `drawn` balls out of white + black, x of them white. */
double hypergeometric_log_pmf(int64_t x, int64_t white, int64_t black, int64_t drawn);

#endif

/* Many comparisons at once: p-values of one family, adjusted so that chance
   does not make findings. Source: DOMAIN §5.6; equal to R p.adjust. */
#ifndef STATS_ADJUST_H
#define STATS_ADJUST_H

#include "base/arena.h"

/* p[0…n), each in [0, 1], into ret[0…n) in the same order, at most 1.
   Benjamini–Hochberg: min over larger p of n/rank·p (false discovery rate). */
void adjust_bh(Arena scratch, const double *p, ptrdiff_t n, double *ret);
/* Holm: max over smaller p of (n − rank + 1)·p (family-wise error). */
void adjust_holm(Arena scratch, const double *p, ptrdiff_t n, double *ret);

#endif

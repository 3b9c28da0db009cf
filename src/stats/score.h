/* A score: one person's mean over several items of the same scale, and the
   mean and spread of many such. Source: FORMATS §2 and §4. */
#ifndef STATS_SCORE_H
#define STATS_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ScoreItem {
    int64_t value; /* as answered; read only where is_answered */
    int64_t smallest, largest; /* substantive values of the item's scale */
    bool is_answered;          /* blank and "don't know" are not */
    bool is_reversed;          /* smallest + largest − value counts instead */
} ScoreItem;

/* False (ret untouched) where n = 0, nothing is answered, or fewer than
   min_answered (0…1) of the n items are: answered ≥ min_answered × n, with a
   slack of 1e-9 so that 0.6 of 5 is 3. */
bool score_of(const ScoreItem *items, ptrdiff_t n, double min_answered, double *ret);

/* Running mean and variance that do not cancel. Source: Welford (1962). */
typedef struct Moments {
    int64_t n;
    double mean, squares; /* squares: Σ(v − mean)² */
} Moments;
void moments_add(Moments *m, double v);
/* With n − 1; NAN where n < 2. */
double moments_sd(const Moments *m);

#endif

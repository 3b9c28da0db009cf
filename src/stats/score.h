/* The mean and spread of many scores or numbers, of which each value comes many
   times. What one person's score is, stands in feature/answer (FORMATS §2). */
#ifndef STATS_SCORE_H
#define STATS_SCORE_H

#include <stdint.h>

/* Running mean and variance that do not cancel. Begins as all 0. */
typedef struct Moments {
    int64_t n;
    double mean, squares; /* squares: Σ(v − mean)² */
} Moments;
/* The same value n ≥ 1 times. Source: Chan, Golub and LeVeque (1979). */
void moments_add(Moments *m, double v, int64_t n);
/* With n − 1; NAN where n < 2. */
double moments_sd(const Moments *m);

#endif

#include "stats/adjust.h"

#include <math.h>
#include <stdlib.h>

typedef struct Ranked {
    double p;
    ptrdiff_t at;
} Ranked;

static int by_p(const void *left, const void *right)
{
    const Ranked *a = left, *b = right;
    if (a->p != b->p) return a->p < b->p ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static Ranked *rank(Arena *arena, const double *p, ptrdiff_t n)
{
    Ranked *r = NEW(arena, Ranked, n);
    for (ptrdiff_t i = 0; i < n; i++) r[i] = (Ranked){p[i], i};
    qsort(r, (size_t)n, sizeof *r, by_p);
    return r;
}

void adjust_bh(Arena scratch, const double *p, ptrdiff_t n, double *ret)
{
    const Ranked *r = rank(&scratch, p, n);
    double least = 1;
    for (ptrdiff_t i = n; i-- > 0;) {
        least = fmin(least, (double)n / (double)(i + 1) * r[i].p);
        ret[r[i].at] = least;
    }
}

void adjust_holm(Arena scratch, const double *p, ptrdiff_t n, double *ret)
{
    const Ranked *r = rank(&scratch, p, n);
    double most = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        most = fmax(most, fmin(1, (double)(n - i) * r[i].p));
        ret[r[i].at] = most;
    }
}

#include "stats/score.h"

#include <math.h>

void moments_add(Moments *m, double v, int64_t n)
{
    double before = v - m->mean;
    m->n += n;
    m->mean += before * (double)n / (double)m->n;
    m->squares += before * (v - m->mean) * (double)n;
}

double moments_sd(const Moments *m)
{
    return m->n < 2 ? NAN : sqrt(m->squares / (double)(m->n - 1));
}

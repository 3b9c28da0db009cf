#include "stats/score.h"

#include <math.h>

bool score_of(const ScoreItem *items, ptrdiff_t n, double min_answered, double *ret)
{
    double sum = 0;
    ptrdiff_t answered = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const ScoreItem *it = &items[i];
        if (!it->is_answered) continue;
        sum += (double)(it->is_reversed ? it->smallest + it->largest - it->value : it->value);
        answered++;
    }
    if (answered == 0 || (double)answered < min_answered * (double)n - 1e-9) return false;
    *ret = sum / (double)answered;
    return true;
}

void moments_add(Moments *m, double v)
{
    double before = v - m->mean;
    m->n++;
    m->mean += before / (double)m->n;
    m->squares += before * (v - m->mean);
}

double moments_sd(const Moments *m)
{
    return m->n < 2 ? NAN : sqrt(m->squares / (double)(m->n - 1));
}

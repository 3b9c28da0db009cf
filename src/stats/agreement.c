#include "stats/agreement.h"

#include <math.h>
#include <stdlib.h>

typedef struct Use {
    Str category;
    int coder; /* 0 or 1 */
} Use;

static int by_category(const void *left, const void *right)
{
    return str_cmp(((const Use *)left)->category, ((const Use *)right)->category);
}

/* Over categories: Σ uses by one × uses by the other, and Σ uses by both squared. */
static void sum_products(Arena scratch, const Ratings *units, ptrdiff_t n, double *ret_cross, double *ret_square)
{
    Use *use = NEW(&scratch, Use, 2 * n);
    for (ptrdiff_t i = 0; i < n; i++) {
        use[2 * i] = (Use){units[i].first, 0};
        use[2 * i + 1] = (Use){units[i].second, 1};
    }
    qsort(use, (size_t)(2 * n), sizeof *use, by_category);
    double cross = 0, square = 0;
    for (ptrdiff_t from = 0, to; from < 2 * n; from = to) {
        double count[2] = {0};
        for (to = from; to < 2 * n && str_eq(use[to].category, use[from].category); to++) count[use[to].coder]++;
        cross += count[0] * count[1];
        square += (count[0] + count[1]) * (count[0] + count[1]);
    }
    *ret_cross = cross;
    *ret_square = square;
}

Agreement agreement_of(Arena scratch, const Ratings *units, ptrdiff_t n)
{
    Agreement r = {NAN, NAN, NAN, NAN};
    if (n == 0) return r;
    double same = 0, cross = 0, square = 0, all = (double)n;
    for (ptrdiff_t i = 0; i < n; i++) same += str_eq(units[i].first, units[i].second);
    sum_products(scratch, units, n, &cross, &square);
    r.po = same / all;
    r.pe = cross / (all * all);
    if (cross == all * all) return r;
    r.kappa = (r.po - r.pe) / (1 - r.pe);
    r.alpha = 1 - (2 * all - 1) * (2 * all - 2 * same) / (4 * all * all - square);
    return r;
}

/* How far two coders agree, beyond chance. Below 0.6: discuss the codebook.
   Source: Cohen (1960); Krippendorff (2004), nominal, two coders, none missing;
   DOMAIN §5.12. */
#ifndef STATS_AGREEMENT_H
#define STATS_AGREEMENT_H

#include "base/arena.h"
#include "base/str.h"

typedef struct Ratings {
    Str first, second; /* any texts; the same text is the same category */
} Ratings;

/* NAN: all where n = 0; kappa and alpha where both used one category only. */
typedef struct Agreement {
    double po, pe; /* observed; expected by chance */
    double kappa;
    double alpha;
} Agreement;

Agreement agreement_of(Arena scratch, const Ratings *units, ptrdiff_t n);

#endif

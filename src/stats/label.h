/* The word beside a change since last year: it keeps readers from explaining
   noise. A pure rule over numbers that somebody else has published.
   Source: DOMAIN §5.4, FORMATS §4. */
#ifndef STATS_LABEL_H
#define STATS_LABEL_H

#include "base/str.h"
#include "stats/compare.h"

/* The response of the unit (not of the item) in one wave. */
typedef struct LabelResponse {
    int64_t answered;
    int64_t invited; /* 0: not known */
} LabelResponse;

typedef struct LabelInput {
    bool comparable;         /* same wording, same school structure */
    int64_t n_before, n_now; /* valid answers */
    LabelResponse before, now;
    double p_adjusted; /* Benjamini–Hochberg within its family */
} LabelInput;

typedef enum Label {
    LABEL_SIKKER,  /* adjusted p < 0.05, n ≥ 20 and response ≥ 40 % in both years */
    LABEL_USIKKER, /* may be chance, or somebody's number invited is unknown */
    LABEL_FAA_SVAR, /* n < 20 or response < 40 % in a year */
    LABEL_IKKE_SAMMENLIGNELIG,
} Label;

enum {
    LABEL_LEAST_N = 20,
    LABEL_LEAST_PERCENT = 40, /* of invited */
};

/* ikke_sammenlignelig comes before faa_svar, that before usikker. A p that is
   no number gives usikker. */
Label label_of(LabelInput in);
/* The code of FORMATS §4: "sikker" … */
Str label_code(Label label);
bool label_parse(Str code, Label *ret);

/* |difference| ≥ 10 points, in whole numbers: 10·|x2·n1 − x1·n2| ≥ n1·n2. */
bool label_markant(TwoShares s);

#endif

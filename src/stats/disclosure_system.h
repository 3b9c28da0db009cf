/* Inside disclosure control: all that a reader knows, as one set of equations
   over whole numbers >= 0.

   Every count is a variable; every fact is an equation "sum of ± variables is
   constant". Inequalities get a slack variable (invited - n - excluded, new n
   - old n), so there is one kind of fact only. The true table fulfils all of
   them; therefore everything is said in DEVIATIONS from it: a deviation d is
   possible if it is 0 on known variables, A·d = 0, and value + d >= 0. The
   constants vanish, and d = 0 is always a possible start.
   Used by disclosure*.c only. */
#ifndef STATS_DISCLOSURE_SYSTEM_H
#define STATS_DISCLOSURE_SYSTEM_H

#include "stats/disclosure.h"

enum {
    VAR_HIDDEN = 1,   /* not known to the reader */
    VAR_PROTECT = 2,  /* when hidden, its range must be wide */
    VAR_HIDEABLE = 4, /* a published cell of the new version that may be hidden */
    VAR_PRIMARY = 8,  /* a cell of the new version that must be hidden */
};

/* Some whole deviation that was found; only its non-zero part. */
typedef struct Witness {
    int32_t *var;
    int32_t *delta;
    int32_t n;
} Witness;

typedef struct System {
    Arena keep;    /* this system and its witnesses */
    Arena scratch; /* copied by whoever needs it: the other half of the range */
    int32_t minimum;
    int32_t vars;
    int32_t *value;  /* [vars] the truth */
    uint8_t *flags;  /* [vars] VAR_… */
    int32_t *mate;   /* [vars] the excluded count that is hidden with this n, else -1 */
    int32_t *cost;   /* [vars] loss when hidden */
    int32_t eqs;
    int32_t *start;  /* [eqs + 1] into term, sign */
    int32_t *term;   /* variables of an equation, each at most once */
    int8_t *sign;
    int32_t *of;     /* [vars + 1] into in */
    int32_t *in;     /* equations of a variable */
    int32_t *cells;  /* [versions] first variable of the version's n; cells follow in order */
    /* What is proven so far: how far up and down each variable can go. */
    int32_t *up, *down;            /* >= 0 */
    const Witness **up_by, **down_by; /* who shows it; NULL while 0 */
    int64_t work; /* entries that the pivots of all searches touched: a clock that is the same everywhere */
    /* Marks for walks through the system. */
    int32_t *seen; /* [vars] */
    int32_t *local; /* [vars] place in the component at hand, valid where seen */
    int32_t walk;
} System;

/* Is the shape possible (E_BROKEN) and within the limits (E_TOO_LARGE)? */
MUST Err system_check(DisclosureCase what);
/* For a checked case: writes down all facts into the first half of what is
   left of `arena`; the second half is for tableaus. The mask of the last version
   is read only if `is_masked`; else its cells wait to be hidden.
   E_BROKEN: the counts do not fit. */
MUST Err system_build(Arena arena, DisclosureCase what, bool is_masked, System *ret);

static inline bool system_is_wide(const System *s, int32_t var)
{
    return s->up[var] + s->down[var] >= s->minimum;
}
static inline bool system_is_open(const System *s, int32_t var)
{
    return (s->flags[var] & VAR_HIDDEN) != 0 && (s->flags[var] & VAR_PROTECT) != 0 && !system_is_wide(s, var);
}

/* Looks for witnesses for `var`, and once it is wide for the open variables
   around it: first among the SEARCH_NEAR nearest variables, then eight times as
   many, and so on up to `limit`. With SEARCH_ALL, what is still open at the end is not
   safe; with less it may be. E_TOO_LARGE: does not fit the scratch. */
enum { SEARCH_NEAR = 128, SEARCH_WIDE = 1024, SEARCH_ALL = 1 << 28 };
MUST Err system_search(System *s, int32_t var, int32_t limit);

/* Limits of all protected hidden variables that hang together with `var`, as
   deviations from the truth (DISCLOSURE_NO_LIMIT upwards); s->up and s->down
   then say what whole tables attain. E_TOO_LARGE. */
typedef struct Limits {
    int64_t *low, *high; /* [vars] */
    bool *is_done;       /* [vars] */
} Limits;
MUST Err system_limits(System *s, int32_t var, Limits limits);

/* Are all witnesses in use true, in whole numbers, against every fact, is every
   protected hidden variable wide, and no secret one shown? Safety rests on this
   alone, not on how the witnesses were found. */
bool system_is_proven(const System *s);

#endif

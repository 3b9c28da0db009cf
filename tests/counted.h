/* A wave whose answers are counted, for tests of the rooms that store answers:
   on the store of tests/store.h. */
#ifndef TESTS_COUNTED_H
#define TESTS_COUNTED_H

#include "feature/survey/survey.h"
#include "store.h"

typedef struct Counted {
    Ctx *c;
    Wave wave;       /* without dates */
    Questionnaire q; /* as the wave has it */
} Counted;

/* A wave of this questionnaire (JSON). */
Counted counted_of(Ctx *c, Str questionnaire);
/* Of "LILLE": single Q1; Q2, reversed and asked only of those who answer 1–3 to Q1;
   Q3, all of helt uenig (1) … helt enig (5), ved ikke (9); multiple M of the same
   options, number N, text T; and the score S of Q1–Q3, half of them answered. */
Counted counted_small(Ctx *c);
/* What stands in the tallies; item and group by their codes, empty: of none. */
int64_t counted_tally(const Counted *g, const char *unit, const char *item, const char *group, int64_t value);
/* The tallies are what counting the answers anew gives, and there are some. */
void counted_check(Ctx *c);

#endif

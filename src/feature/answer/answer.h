/* Answers: from a respondent's page or a file to a row and its tallies, in one
   transaction. Reports read the tallies, never the rows. */
#ifndef FEATURE_ANSWER_ANSWER_H
#define FEATURE_ANSWER_ANSWER_H

#include "feature/survey/survey.h"

typedef struct Given {
    const Item *item;
    Values values;   /* single: one; multiple: those chosen, ascending; number: × 1,000,000 */
    Str text;        /* ITEM_TEXT */
} Given;
typedef struct Answers {
    Given *v;
    ptrdiff_t n;     /* answered items only, in the questionnaire's order */
} Answers;

/* Inside a write: stores the row, its texts apart, and merges its tallies
   (db_merge). groups: wave_group ids, one a dimension. Items that were not asked
   (ask_if) must be left out by the caller. */
MUST Err answer_store(Ctx *c, WaveId wave, UnitId unit, const Questionnaire *q, const int64_t *groups, ptrdiff_t n_groups,
                      Answers answers);

/* Whether the condition of an item holds for these answers (a matrix row asks its matrix). */
bool answer_is_asked(const Item *item, Answers so_far);

typedef struct TallyRow { int64_t unit_id, item_id, group_id, value, n; } TallyRow;
typedef struct TallyRows { TallyRow *v; ptrdiff_t n; } TallyRows;
/* All tallies of a wave with n > 0, by unit, item, group, value. */
MUST Err answer_tallies(Ctx *c, WaveId wave, TallyRows *ret);

/* For `traad check`: recounts every wave from the rows. */
MUST Err answer_recount(Ctx *c, int64_t *ret_tallies, int64_t *ret_differ);

#endif

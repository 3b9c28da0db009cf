/* Answers: from a respondent's page or a file to a row and its tallies, in one
   transaction. Reports read the tallies, never the rows. */
#ifndef FEATURE_ANSWER_ANSWER_H
#define FEATURE_ANSWER_ANSWER_H

#include "feature/survey/survey.h"

enum {
    ANSWER_TEXT_MAX = 4000,       /* characters of one text */
    ANSWER_NUMBER_SCALE = 1000000,/* of ITEM_NUMBER */
    ANSWER_GROUPS_MAX = 16,       /* dimensions of one row */
    /* Tallies of a multiple beside its options, with values that no option has; each person is in one of them:
       chose something, or nothing but "don't know" and the like. */
    ANSWER_ANY = -OPTION_VALUE_MAX - 1,
    ANSWER_EXCLUDED = -OPTION_VALUE_MAX - 2,
};

typedef struct Given {
    const Item *item;
    Values values;   /* single: one; multiple: those chosen, ascending; number: × 1,000,000 */
    Str text;        /* ITEM_TEXT */
} Given;
typedef struct Answers {
    Given *v;
    ptrdiff_t n;     /* answered items only, in the questionnaire's order; items are q->items' own */
} Answers;

/* Inside a write: stores the row, its texts apart, and merges its tallies
   (db_merge). groups: wave_group ids, one a dimension. Items that were not asked
   (ask_if) must be left out by the caller. Texts are readable at once: for
   files, where many rows share a transaction. */
MUST Err answer_store(Ctx *c, WaveId wave, UnitId unit, const Questionnaire *q, const int64_t *groups, ptrdiff_t n_groups,
                      Answers answers);
/* The same for one respondent of an open wave: texts are sealed under the wave's
   key until answer_texts_settle, and counted then. E_CONFLICT once the key is gone. */
MUST Err answer_store_sealed(Ctx *c, const Wave *wave, UnitId unit, const Questionnaire *q, const int64_t *groups,
                             ptrdiff_t n_groups, Answers answers);
/* Inside a write, before the wave's key is destroyed: opens all sealed texts,
   stores them in an order of chance under new ids, and counts them. */
MUST Err answer_texts_settle(Ctx *c, const Wave *wave);

/* Many rows in one write, as files bring them: stored some hundred at a time by
   one statement, and counted in memory, so that the writer merges every sum once.
   Texts are readable at once. The bulk and its sums live in *keep, rows that wait
   for their flush in c->arena. Order: any number of adds and flushes, then one
   flush and one merge. */
typedef struct AnswerBulk AnswerBulk;
AnswerBulk *answer_bulk_new(Arena *keep, WaveId wave, const Questionnaire *q);
/* groups as for answer_store; at most ANSWER_GROUPS_MAX. */
void answer_bulk_add(Ctx *c, AnswerBulk *bulk, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Answers answers);
/* Stores what was added since the last one; then c->arena may be rewound. */
MUST Err answer_bulk_flush(Ctx *c, AnswerBulk *bulk);
/* Merges the sums of all rows. */
void answer_bulk_merge(Ctx *c, const AnswerBulk *bulk);

/* Whether an option of the item has that value. */
bool answer_has_option(const Item *item, int64_t value);
/* × ANSWER_NUMBER_SCALE, rounded; false for what is no number up to 9,000,000 either
   way. decimal: '.' or ','; with ',' a point is refused; or ANSWER_DECIMAL_ANY. */
enum { ANSWER_DECIMAL_ANY = 0 };
bool answer_number(Str value, char decimal, int64_t *ret);

/* Whether the condition of an item holds for these answers (a matrix row asks its
   matrix). so_far: answers to items that were asked themselves. */
bool answer_is_asked(const Item *item, Answers so_far);

typedef struct TallyRow { int64_t unit_id, item_id, group_id, value, n; } TallyRow;
typedef struct TallyRows { TallyRow *v; ptrdiff_t n; } TallyRows;
/* Called for every tally of a wave with n > 0, in an order that is the same on both
   engines; an error ends it. A store of an older program may give one in two parts. */
typedef Err TallyFn(Ctx *c, void *data, const TallyRow *row);
MUST Err answer_tallies_each(Ctx *c, WaveId wave, TallyFn *each, void *data);
/* All of them by unit, item, group, value. */
MUST Err answer_tallies(Ctx *c, WaveId wave, TallyRows *ret);

/* For `traad check`: recounts every wave from the rows. A tally that is missing
   or one too many differs. Texts are recounted per unit from what was written;
   per group, each dimension must add up to that (rows do not say who wrote). */
MUST Err answer_recount(Ctx *c, int64_t *ret_tallies, int64_t *ret_differ);

#endif

/* What the parts of feature/answer share. */
#ifndef FEATURE_ANSWER_ANSWER_INSIDE_H
#define FEATURE_ANSWER_ANSWER_INSIDE_H

#include "feature/answer/answer.h"

/* What one row adds to the tallies, before it is multiplied by its groups. */
typedef struct Counted {
    int64_t item_id, value;
    bool on_sheet; /* stands on tally_sheet */
} Counted;
typedef struct Counts { Counted *v; ptrdiff_t n; } Counts;
/* Without texts unless `with_texts`. Empty for a row without answers. */
Counts answer_counts(Arena *arena, const Questionnaire *q, Answers answers, bool with_texts);
/* Half of the core items asked of it (all items where none is core). */
bool answer_is_complete(const Questionnaire *q, Answers answers);
bool answer_has_texts(const Questionnaire *q);
/* Score: sum × 4,096 + count; false when too few of its items are answered. */
bool answer_score(const Score *score, Answers answers, int64_t *ret);

/* Rows as stored. */
Str answer_row_json(Arena *arena, Answers answers, bool is_complete);
Str answer_groups_json(Arena *arena, const int64_t *groups, ptrdiff_t n);
/* Back again. *ret_flag: the [0, x] of its beginning, −1 for a row without answers.
   E_BROKEN for what this program does not write. */
MUST Err answer_row_read(Ctx *c, const Questionnaire *q, Str json, Answers *ret, int *ret_flag);
MUST Err answer_groups_read(Ctx *c, Str json, int64_t ret[ANSWER_GROUPS_MAX], ptrdiff_t *ret_n);

/* ---- sums in memory --------------------------------------------------------- */

typedef struct TallyKey {
    int64_t unit_id, item_id, group_id, value;
    bool on_sheet; /* no part of the key: goes with its item */
} TallyKey;
typedef struct TallyMap {
    Arena *arena;     /* where it grows */
    TallyRow *v;      /* in the order of their first appearance */
    bool *on_sheet;   /* of each */
    ptrdiff_t n, room;
    int32_t *slots;   /* 2 · room: index + 1; 0 is free */
} TallyMap;
void tally_map_add(TallyMap *map, TallyKey key, int64_t add);
/* NULL: none. */
const TallyRow *tally_map_find(const TallyMap *map, TallyKey key);
/* All counts of one row, for everybody and for each of its groups. */
void tally_map_count(TallyMap *map, int64_t unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts);
/* Inside a write: merges all of them. */
void tally_map_merge(Ctx *c, WaveId wave, const TallyMap *map);
/* Inside a write: merges the counts of one row. */
void answer_counts_merge(Ctx *c, WaveId wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts);

/* ---- sheets (answer_sheet.c) --------------------------------------------------- */

/* Inside a write: adds those of the counts that stand on a sheet, for everybody and for each group. */
void answer_sheets_add(Ctx *c, WaveId wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts);
/* Inside a write: adds rows that stand on a sheet, those of a unit and group side by side. */
void answer_sheets_add_rows(Ctx *c, WaveId wave, const TallyRow *rows, ptrdiff_t n);
/* E_BROKEN for what this program does not write. */
MUST Err answer_sheet_each(Ctx *c, int64_t unit_id, int64_t group_id, Str counts, TallyFn *each, void *data);

/* ---- texts -------------------------------------------------------------------- */

typedef struct TextRow { int64_t unit_id, item_id; Str body; } TextRow;
typedef struct TextRows { TextRow *v; ptrdiff_t n; } TextRows;
/* Whether all texts together fit into the one size that sealed texts have: some
   7,700 bytes. Files are not held to it. */
bool answer_texts_fit(Answers answers);
/* Inside a write: one sealed row, as long as any other, with or without texts in
   it. E_TOO_LARGE where they do not fit. */
MUST Err answer_texts_seal(Ctx *c, const Wave *wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Answers answers);
/* Inside a write, many in one statement. */
MUST Err answer_texts_store(Ctx *c, WaveId wave, const TextRow *rows, ptrdiff_t n);

#endif

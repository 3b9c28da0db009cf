/* What the files of this folder share. A release goes through them in order:
   release_units.c finds the units that have a row, release_count.c reads the
   tallies into arrays of units × columns, one a measure; release_protect.c
   chooses what to hide, together with what release_round.c reads of earlier
   releases; release_build.c makes the Report of each unit, with
   release_compare.c's comparisons; release.c holds them together and
   release_store.c writes them down. */
#ifndef FEATURE_RELEASE_RELEASE_INSIDE_H
#define FEATURE_RELEASE_RELEASE_INSIDE_H

#include "feature/release/release.h"
#include "stats/disclosure.h"
#include "stats/score.h"

/* ---- counting --------------------------------------------------------------- */

/* Ids of columns that are no group of the wave. The unknown of dimension i,
   where rows have no value of it and no group 'uoplyst' was made: −10 − i. */
enum { GROUP_ALL = 0, GROUP_PART = -1, GROUP_NO_PART = -2, GROUP_UNKNOWN = -10 };
/* Ids of measures that are no item: as tally.item_id and release_cell.item_id. */
enum { MEASURE_ANSWERED = 0, MEASURE_INVITED = -1 };

typedef struct Column {
    int64_t group_id;
    Str dimension, code; /* empty: everybody */
    bool is_unknown;
    bool is_unused; /* an unknown that nobody is in: known to be none, shown nowhere */
} Column;
typedef struct Columns {
    Column *v;
    int32_t n;          /* column 0 is everybody; then each dimension's, together */
    int32_t dimensions; /* deltagelse, if there, is the last */
    int32_t *groups;    /* [dimensions] */
    int32_t *first;     /* [dimensions] first column */
    bool has_part;
} Columns;

/* What is reported: an item (never the matrix itself) or a score. */
typedef struct Measure {
    int64_t id;
    const Item *item;   /* NULL: a score */
    const Score *score; /* NULL: an item */
    int32_t slots;      /* substantive options: single, multiple */
    bool has_agree;     /* single with an agree set */
    bool has_excluded;  /* has options that say "don't know" */
    bool has_spread;    /* number, score: mean and sd instead of counts */
} Measure;
typedef struct Measures {
    Measure *v;
    int32_t n;
    int32_t items;
} Measures; /* items first, then scores */

/* The spread of numbers; values as the tally has them say whether all are alike. */
typedef struct Spread {
    Moments moments;
    int64_t least, most;
} Spread;

typedef struct CellCount {
    int32_t n, excluded, agree; /* valid; don't know; in the agree set */
} CellCount;

/* One measure: cell [unit * columns + column]. */
typedef struct Counts {
    CellCount *cell;
    int32_t *slot;  /* [cells * slots] */
    Spread *spread; /* [cells], or NULL */
} Counts;

/* A unit that somebody was invited in, answered in, or that was released with
   such before. All others have no row of the wave and are not counted. */
typedef struct Kept {
    int32_t above;      /* index in kept; −1 */
    int64_t rows;       /* with any answer */
    int32_t answered;   /* rows that count as answered */
    int32_t invited;    /* −1: not known */
    bool has_own;       /* rows of its own beside those below */
    bool has_below;     /* some kept unit is right below */
    bool is_absent;     /* no row and nobody known to be invited */
    bool part, no_part; /* at or below it are participants, others; both false without participants */
    bool is_part;       /* its own rows are */
    ptrdiff_t unit;     /* index in Tally.units */
} Kept;

typedef struct Tally {
    const Wave *wave;
    Questionnaire q;
    WaveUnits units;  /* the whole tree, parents first */
    int32_t *kept_of; /* [units] index in kept; −1: not kept */
    Kept *kept;
    int32_t n; /* kept */
    Columns columns;
    Measures measures;
    Counts *counts; /* [measures] */
    Str hash;       /* of all n: two of the same are one to a reader */
} Tally;

/* ---- what earlier rounds left ----------------------------------------------- */

typedef struct RoundCell {
    int64_t unit_id, group_id;
    int32_t state, n, excluded;
} RoundCell;
typedef struct RoundCells {
    RoundCell *v;
    ptrdiff_t n;
} RoundCells; /* by unit, group */
/* Cells of one measure (0: answered, −1: invited). */
MUST Err release_round_cells(Ctx *c, int64_t round, int64_t measure, RoundCells *ret);
const RoundCell *round_cell(const RoundCells *cells, int64_t unit, int64_t group);
/* release_cell.state */
enum { STATE_SHOWN = 0, STATE_FEW, STATE_OTHERS, STATE_WITHHELD, STATE_ABSENT };

/* Ids and where they stand, sorted by release_finder_sort. */
typedef struct Found {
    int64_t id;
    int32_t at;
} Found;
typedef struct Finder {
    Found *v;
    ptrdiff_t n;
} Finder;
void release_finder_sort(Finder *f);
/* −1: not there. */
int32_t release_find(const Finder *f, int64_t id);

/* Units: which are kept, with how many rows, and who takes part. Needs t->wave,
   units and measures; columns.has_part is set. E_BROKEN for rows of a unit that
   the tree has not. */
MUST Err release_units(Ctx *c, const PublicationRounds *rounds, const Finder *units, Tally *t);
MUST Err release_no_unit(Ctx *c);
/* Reads the wave's tallies. E_BROKEN where they do not fit the questionnaire or
   the tree; E_TOO_LARGE beyond what disclosure control takes. */
MUST Err release_count(Ctx *c, const Wave *wave, const PublicationRounds *rounds, Tally *ret);
static inline const CellCount *count_of(const Tally *t, int32_t measure, int32_t kept, int32_t column)
{
    return &t->counts[measure].cell[(ptrdiff_t)kept * t->columns.n + column];
}
static inline int64_t kept_id(const Tally *t, int32_t kept)
{
    return t->units.v[t->kept[kept].unit].id.v;
}
/* Every valid answer is the same (and there is one). */
bool count_is_alike(const Tally *t, int32_t measure, int32_t kept, int32_t column);
/* E_CONFLICT naming the first unit of the tree (only: those at or above this
   one; −1: all) that has more rows with an answer than invited. */
MUST Err release_check_invited(Ctx *c, const Tally *t, ptrdiff_t only);
/* Numbers invited that are left and cannot be true, at units that are not asked
   for, count as not known; those of units above with them. */
void release_forget_invited(Tally *t);

/* ---- hiding ----------------------------------------------------------------- */

typedef struct Masks {
    bool *invited, *answered; /* [kept] hidden */
    bool **hidden;            /* [measures][kept * columns] */
    bool *is_out;             /* [kept] gets a new version, as far as n goes */
} Masks;

/* wants[unit]: is to be released. is_out leaves out those whose published n
   would change by 1–4. Proven before it returns (disclosure_verify).
   Errors: E_CONFLICT where no hiding is safe, E_TOO_LARGE, E_BROKEN. */
MUST Err release_protect(Ctx *c, const Tally *t, const PublicationRounds *rounds, const int64_t *last_round, const bool *wants,
                        Masks *ret);
/* The state of a cell as release_cell stores it. */
int release_cell_state(const Tally *t, const Masks *m, int32_t measure, int32_t kept, int32_t column);

/* ---- comparing and building ---------------------------------------------------- */

/* One side of a comparison of shares: is it given out, and its counts. */
typedef struct Side {
    bool is_shown;
    int64_t agree, n;
} Side;

/* This unit against `other`, "versus"; null where a side is not shown. family:
   what follows the section's code and a slash. */
ReportCompare compare_versus(Arena *arena, Str kind, const ReportItem *item, Str family, Side now, Side other);
/* Participants against the others over the kept units at or below `kept`. Null
   also where 1–9 of them are hidden: an exact p could be used to guess them. */
ReportCompare compare_parts(Arena *arena, const Tally *t, const Masks *masks, int32_t measure, int32_t kept);
/* change and years of all items and scores, from the newest report of the same
   unit in the earlier wave. is_broken: it is another unit than it was then. */
void compare_changes(Ctx *c, const Tally *t, const Questionnaire *before_q, const Report *before, bool is_broken, Report *r);
/* Adjusts every family of the report (FORMATS §4) and labels its changes.
   before: NULL where there is none. */
void compare_families(Ctx *c, const Report *before, Report *r);

/* Which units [units] are not what they were in the earlier wave: since then units
   at or below them were merged with, split from or moved to or from others.
   Classes, years and teams count for nothing: they change every year. */
MUST Err release_breaks(Ctx *c, const WaveUnits *units, WaveId previous, bool **ret);

/* Everything that is the same for all units of a release. */
typedef struct Builder {
    const Tally *t;
    const Masks *masks;
    const Questionnaire *before;    /* of the previous wave; NULL */
    const bool *broken;             /* [units] release_breaks; NULL without a previous wave */
    const Report *const *published; /* [units] newest report of a unit that is not out; NULL */
    Report frame;                   /* what is the same in every report */
} Builder;
/* The frame; previous: name of the earlier wave, or empty. */
void release_frame(Ctx *c, const Tally *t, Str previous, Report *ret);
/* The report of one unit, with version 0. before: its newest report of the earlier
   wave, or NULL. */
void release_build(Ctx *c, const Builder *b, ptrdiff_t unit, const Report *before, Report *ret);

/* Whether a column stands in the unit's report: not an unknown that nobody is in,
   and participants only where a unit above has both. */
bool release_has_column(const Tally *t, int32_t kept, int32_t column);

/* ---- storing ------------------------------------------------------------------- */

/* What of a wave must stand still from prepare to publish. */
typedef struct Mark {
    int64_t rows, invited, rounds;
} Mark;
MUST Err release_mark(Ctx *c, WaveId wave, Mark *ret);

struct Prepared {
    Wave wave;
    Mark mark;
    Tally t;
    Masks masks;
    NewPublication *v;
    ptrdiff_t n;
    Released released;
};

#endif

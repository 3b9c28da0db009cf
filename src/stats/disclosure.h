/* Disclosure control: which n of a published table must be hidden so that no
   reader can tell a small one.

   One call concerns one item (or score, or the number that answered) of one
   wave: a table of units × columns. Column 0 is the unit's total; after it
   stand the groups of each dimension in turn ("uoplyst" is a group as any
   other), and each dimension adds up to the total. Units form a tree, and a
   unit above is the sum of those right below it, plus rows of its own where
   `own` says so. Dimensions are margins: they are not crossed.

   Secret is every n below `minimum` in a cell where somebody was invited or
   answered (zero included), and every n hidden to protect such a cell. SAFE
   means: for each hidden cell there are two tables of whole numbers >= 0 that
   both agree with everything published, and whose n in that cell differ by at
   least `minimum`. The reader is taken to know the tree, all sums, that
   n + excluded <= invited, answered <= invited, that answers are only added
   from version to version, and all versions so far, but not why a number was
   hidden. He is also taken to guess where n + excluded equals answered.

   Source: DOMAIN §5.7 (doc/sources.md#disclosure); idea, limits and the roads
   not taken: doc/decisions/0003-disclosure-control.md.
   Limits: at most DISCLOSURE_MAX_CELLS units × columns × versions; counts up to 10^7. */
#ifndef STATS_DISCLOSURE_H
#define STATS_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { DISCLOSURE_MINIMUM = 5, DISCLOSURE_MAX_CELLS = 60000, DISCLOSURE_MAX_COUNT = 10000000 };

/* How the units and columns hang together; the same for all versions. */
typedef struct DisclosureShape {
    int32_t units;
    const int32_t *parent;  /* [units] index of the unit above, less than the unit's own; -1 at a top */
    const bool *own;        /* [units] a unit with units below has rows of its own too; NULL: none has */
    int32_t dimensions;     /* 0: totals only */
    const int32_t *groups;  /* [dimensions] number of groups, "uoplyst" included, each >= 1 */
    const bool *is_unknown; /* [columns] the column is "uoplyst" (hidden rather than others); NULL: none is */
    int32_t minimum;        /* >= 2; surveys: DISCLOSURE_MINIMUM */
} DisclosureShape;

typedef enum DisclosureCell {
    CELL_OPEN,     /* somebody was invited or answered: published unless hidden */
    CELL_ABSENT,   /* no row of the wave: n is 0, everyone may know */
    CELL_WITHHELD, /* not published in this version whatever its n (the unit keeps its last version): secret */
    CELL_KNOWN,    /* known to readers from elsewhere: can not be hidden */
} DisclosureCell;

/* One version of the table with its true counts, also of hidden cells: keep
   them with the tallies. A cell is [unit * columns + column]. */
typedef struct DisclosureTable {
    const int32_t *n;             /* [cells] valid answers */
    const uint8_t *cell;          /* [cells] DisclosureCell; NULL: all CELL_OPEN */
    const int32_t *excluded;      /* [cells] "don't know" and the like, published where n is; NULL: known to be none */
    const int32_t *answered;      /* [units] rows that count as answered; NULL: never published */
    const bool *answered_hidden;  /* [units] as disclosure_hide said when answered was the table; NULL: below minimum */
    const int32_t *invited;       /* [units], -1 where not known; NULL: nowhere known */
    const bool *invited_hidden;   /* [units] NULL: below minimum */
    const bool *hidden;           /* [cells] what is hidden; read from earlier versions, and by _verify and _bounds */
} DisclosureTable;

/* All versions of one wave's table, oldest first; the last is the new one. */
typedef struct DisclosureCase {
    const DisclosureShape *shape;
    const DisclosureTable *version;
    int32_t versions; /* >= 1 */
} DisclosureCase;

typedef struct DisclosureResult {
    bool *hidden;      /* [cells] of the new version; withheld cells are hidden too */
    int32_t cells;     /* cells of the new version that are neither absent nor withheld */
    int32_t primary;   /* of these: hidden because n < minimum */
    int32_t secondary; /* of these: hidden to protect others */
    int32_t conflict;  /* with E_CONFLICT, and then alone: a unit where too much is known; -1: not known which */
} DisclosureResult;

/* What a reader can say of one hidden cell from what is published. `low` and
   `high` are proven limits (those of the linear programme, rounded inwards);
   `reach_low` and `reach_high` are attained by whole tables that were found.
   So the truth lies between, and where both agree it is exact. No limit
   upwards: DISCLOSURE_NO_LIMIT. */
typedef struct DisclosureBound {
    int32_t version; /* index into the case */
    int32_t cell;
    int64_t low, high;
    int64_t reach_low, reach_high;
} DisclosureBound;

#define DISCLOSURE_NO_LIMIT INT64_MAX

typedef struct DisclosureBounds {
    DisclosureBound *v; /* by version, then cell */
    ptrdiff_t n;
} DisclosureBounds;

/* 1 + the sum of groups. */
int32_t disclosure_columns(const DisclosureShape *shape);

/* Chooses what to hide in the new version, small cells, low levels and
   "uoplyst" before others, and proves in whole numbers that all versions
   together are safe. Same input, same answer. The result lies in `arena`.
   Time:   near linear in cells for ordinary regions (bench/disclosure_bench.c).
   Errors: E_BROKEN when the counts do not add up or the shape is impossible;
           E_TOO_LARGE beyond the limits; E_CONFLICT when even hiding all that
           can be hidden is not safe: `conflict` says where the figures that cannot
           be hidden here (answered, invited) tell too much. On any error publish nothing. */
MUST Err disclosure_hide(Arena *arena, DisclosureCase what, DisclosureResult *ret);

/* The attacker: limits of every hidden cell of every version under the masks
   in `hidden` (the last version's too). They depend on what is published only:
   the true counts serve as the place where the search starts.
   Errors: as disclosure_hide, never E_CONFLICT. */
MUST Err disclosure_bounds(Arena *arena, DisclosureCase what, DisclosureBounds *ret);

/* To be asked before a publication is stored: are the masks in `hidden` safe?
   OK only with proof. E_CONFLICT: some hidden n can be told too closely, or a
   secret one is not hidden; other errors as disclosure_hide. */
MUST Err disclosure_verify(Arena scratch, DisclosureCase what);

/* May a unit get a new version? Only when each n that is published in both
   differs by 0 or at least `minimum`, and never shrinks. Give one unit's cells
   of all items. Otherwise the unit keeps its version: mark its cells
   CELL_WITHHELD in every item, hide again, and ask again for the other units
   until no unit is added. */
typedef struct DisclosureChange {
    const int32_t *old_n, *new_n; /* [cells] */
    const bool *old_hidden, *new_hidden;
    ptrdiff_t cells;
    int32_t minimum;
} DisclosureChange;
bool disclosure_version_allowed(DisclosureChange change);

#endif

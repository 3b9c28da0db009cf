/* The equations of some hidden variables, solved for a part of them (the
   basis), and walks over what they allow: the simplex method for variables that
   stand anywhere at or above a least deviation, started at 0.

   The equations of a region are sparse and stay so when they are solved (a row
   has two or three entries on average), so only entries that are not 0 exist,
   linked along their row and their column.
   The matrix holds 0 and ±1 almost only, so most corners are whole numbers;
   those that are not are never used as proof, only as limits. Entering and
   leaving by lowest index, or always by highest (Bland), ends every walk.
   Used by disclosure_attack.c only. */
#ifndef STATS_DISCLOSURE_TABLEAU_H
#define STATS_DISCLOSURE_TABLEAU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

typedef struct Entry {
    double x;
    int32_t row, column;
    struct Entry *next;          /* of the row */
    struct Entry *above, *below; /* of the column */
} Entry;

typedef struct Tableau {
    int32_t columns, rows;
    Entry **row;       /* [rows] first entry */
    Entry **column;    /* [columns] first entry */
    int32_t *basis;    /* [rows] the column that the row is solved for */
    int32_t *row_of;   /* [columns] its row, -1 when free */
    double *least;     /* [columns] the smallest deviation, <= 0 */
    double *d;         /* [columns] deviation now */
    int32_t *moved;    /* [moved_n] columns that this walk has moved, oldest first */
    int32_t moved_n;
    int32_t *whole;    /* [whole_n] the farthest whole deviation of this walk, in the order of moved */
    int32_t whole_n;
    bool is_cut;       /* a walk was ended after too many steps: its limit is not proven */
    int64_t work;      /* entries read or written by pivots: a clock that is the same everywhere */
    Arena room;        /* for more entries */
    Entry *unused;     /* entries that became 0 */
    double *pivot;     /* [columns] scratch: the row that is taken from others; else 0 */
    int32_t *met;      /* [columns] scratch: the last update that met the column */
    int32_t update;
    bool *is_moved;    /* [columns] */
    bool is_from_high; /* walks prefer the highest index: another way to the same limit */
} Tableau;

/* Without entries yet; lies in `room`, of which it takes the rest, entry by
   entry. E_TOO_LARGE. */
MUST Err tableau_begin(Arena room, int32_t columns, int32_t rows, Tableau *ret);
/* Adds one entry; each place at most once. E_TOO_LARGE. */
MUST Err tableau_add(Tableau *t, int32_t row, int32_t column, double x);
/* Solves each row for its column of least weight, lowest index first, and drops rows
   that say nothing new. E_TOO_LARGE. */
MUST Err tableau_solve(Tableau *t, const int32_t *weight);

typedef struct Walk {
    int32_t goal;  /* column whose deviation is to grow (sign 1) or shrink (-1) */
    int sign;
    double target; /* stop there; INFINITY: as far as it goes */
    double limit;  /* out: how far, times sign, at most the target; INFINITY: no end, or not known */
    double far;    /* out: farthest whole deviation found, times sign; t->whole holds it where > 0 */
} Walk;

/* From 0 as far as the goal can go. E_TOO_LARGE. */
MUST Err tableau_walk(Tableau *t, Walk *w);

#endif

/* A CSV file as the kinds see it: the columns they asked for, found by name in
   any order, the others passed over; and the way a row is written back.
   Private to this folder. */
#ifndef FEATURE_STATFILE_TABLE_H
#define FEATURE_STATFILE_TABLE_H

#include "base/buf.h"
#include "base/ctx.h"

typedef struct Column {
    Str name;
    bool is_optional;
} Column;

typedef struct Table {
    const Column *columns;
    int width;     /* columns asked for */
    bool *has;     /* by column: stands in the header */
    ptrdiff_t n;   /* rows */
    Str *cell;     /* n × width; empty where the column is missing */
    int64_t *line; /* by row: physical line on which it begins */
} Table;

/* Keeps what a file is refused with; always an error that ends with exit 1. */
MUST Err table_refuse(Ctx *c, Str why);
MUST Err table_refuse_cell(Ctx *c, const Table *t, ptrdiff_t row, Str why);

/* Reads the whole text. Refuses an empty file, a missing column, one of the
   columns standing twice, a row with another number of fields than the header,
   broken UTF-8 and broken quotes. A header without rows is a table of 0 rows.
   Cells point into text or c->arena. */
MUST Err table_read(Ctx *c, Str text, const Column *columns, int width, Table *ret);

static inline Str table_cell(const Table *t, ptrdiff_t row, int column)
{
    return t->cell[row * t->width + column];
}

/* What makes a row impossible, in words; empty while it is possible. */
typedef struct Note {
    Arena *arena;
    Str text;
} Note;

/* Keeps the first reason. */
void note_add(Note *note, Str why);
static inline bool note_is_empty(const Note *note) { return note->text.n == 0; }

/* The cell as a whole number of 0 … 10^12, digits only; else 0 and a note. */
int64_t note_count(Note *note, const Table *t, ptrdiff_t row, int column);
/* The cell as a finite decimal number; else 0 and a note. */
double note_number(Note *note, const Table *t, ptrdiff_t row, int column);

/* One row out: fields with commas between, quoted where CSV needs it. */
typedef struct RowOut {
    Buf *out;
    int fields; /* written so far in this row */
} RowOut;
void out_text(RowOut *row, Str s);
/* 17 significant digits; empty unless finite; never -0. */
void out_f64(RowOut *row, double v);
void out_i64(RowOut *row, int64_t v);
void out_empty(RowOut *row, int count);
void out_end(RowOut *row);

#endif

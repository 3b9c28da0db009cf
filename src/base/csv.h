/* Reading CSV (RFC 4180) row by row from bytes that are all in memory (a
   mapped file, a form part). Accepts a byte order mark, LF and CRLF mixed, a
   last row without line end; empty lines are not rows. Pure: no I/O.
   Quoted fields may hold delimiters, quotes (doubled) and line ends. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/str.h"

enum {
    CSV_MAX_FIELDS = 4096,
    CSV_MAX_FIELD_BYTES = 1 << 20,
};

typedef enum CsvFault {
    CSV_NO_FAULT = 0,
    CSV_BAD_UTF8,
    CSV_BAD_QUOTE,  /* text after a closing quote, or a quote that never closes */
    CSV_TOO_MANY_FIELDS,
    CSV_FIELD_TOO_LONG,
    CSV_ZERO_BYTE,
} CsvFault;

typedef struct Csv {
    Str text;
    char delimiter; /* one byte: ',' ';' or tab */
    ptrdiff_t at;   /* next unread byte */
    int64_t line;   /* physical line of the next unread byte, from 1 */
    CsvFault fault; /* of the row that csv_next refused */
} Csv;

typedef struct CsvRow {
    Str *v; /* unquoted fields; they point into the text or into the arena */
    ptrdiff_t n;
    int64_t line; /* physical line on which the row begins */
    Str raw;      /* the row as it stands, without its line end */
} CsvRow;

/* Skips a byte order mark. delimiter 0: the most frequent of , ; tab outside
   quotes in the first line, comma when none occurs. */
Csv csv_open(Str text, char delimiter);
/* The next row into *ret; false at the end or at a fault (csv->fault then, and
   ret->line where). After a fault, csv_skip_row goes on behind the row, and at the
   next line where the row's quotes are not in order. */
bool csv_next(Csv *csv, Arena *arena, CsvRow *ret);
void csv_skip_row(Csv *csv);
/* English, for the command line. */
Str csv_fault_text(CsvFault fault);
/* Index of the column so named, else -1. */
ptrdiff_t csv_column(const CsvRow *header, Str name);

#endif

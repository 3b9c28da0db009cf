/* Tables as files: workbooks (XLSX, with libxlsxwriter) and CSV, from the same
   typed cells. Same input, same bytes: the date comes from the caller.
   A text is always written as a text, so "=1+1" in somebody's answer is never
   a formula. A hidden number is the word "skjult", one that does not apply is
   an empty cell; neither is ever 0. */
#ifndef RENDER_SHEET_SHEET_H
#define RENDER_SHEET_SHEET_H

#include <pthread.h>

#include "base/buf.h"
#include "base/ctx.h"

enum {
    SHEET_COLUMNS = 512,    /* most columns; Excel takes 16,384 */
    SHEET_ROWS = 1048575,   /* most rows under the head: Excel's own limit */
    SHEET_TEXT = 32767,     /* most characters in a cell: Excel's own limit */
    SHEET_BYTES = 64 << 20, /* most bytes of a workbook */
};

typedef enum CellKind {
    CELL_NONE = 1, /* does not apply: empty */
    CELL_HIDDEN,   /* "skjult" */
    CELL_TEXT,
    CELL_INTEGER,
    CELL_NUMBER, /* finite; full precision, shown with up to 3 decimals */
    CELL_SHARE,  /* 0–1; full precision, shown as percent */
    CELL_KR,     /* øre in i; written as kroner */
    CELL_DATE,
    CELL_BOOL, /* i is 0 or 1: true, false */
} CellKind;

typedef struct SheetCell {
    CellKind kind;
    Str text;  /* TEXT */
    int64_t i; /* INTEGER, KR, BOOL; DATE: days since 1970-01-01 */
    double v;  /* NUMBER, SHARE */
} SheetCell;

static inline SheetCell cell_none(void)
{
    return (SheetCell){.kind = CELL_NONE};
}
static inline SheetCell cell_hidden(void)
{
    return (SheetCell){.kind = CELL_HIDDEN};
}
static inline SheetCell cell_text(Str s)
{
    return (SheetCell){.kind = CELL_TEXT, .text = s};
}
static inline SheetCell cell_integer(int64_t i)
{
    return (SheetCell){.kind = CELL_INTEGER, .i = i};
}
static inline SheetCell cell_number(double v)
{
    return (SheetCell){.kind = CELL_NUMBER, .v = v};
}
static inline SheetCell cell_share(double v)
{
    return (SheetCell){.kind = CELL_SHARE, .v = v};
}
static inline SheetCell cell_kr(int64_t oere)
{
    return (SheetCell){.kind = CELL_KR, .i = oere};
}
static inline SheetCell cell_date(Date d)
{
    return (SheetCell){.kind = CELL_DATE, .i = d.day};
}
static inline SheetCell cell_bool(bool is)
{
    return (SheetCell){.kind = CELL_BOOL, .i = is};
}

/* ---- CSV (RFC 4180) ---- */

typedef enum CsvReader {
    CSV_PROGRAM = 1, /* FORMATS: comma, exact values, line ends LF, nothing added */
    CSV_PERSON,      /* a spreadsheet: byte order mark, CRLF, and an apostrophe before
                        a text that a spreadsheet would take for a formula
                        (= + - @ tab or carriage return first, = + - @ behind a ';',
                        tab or line end; OWASP "CSV injection") */
} CsvReader;

/* Before the first row. */
void csv_begin(Buf *b, CsvReader reader);
/* One row. A number has '.' and reads back as the same double; a date is
   YYYY-MM-DD; kroner have two decimals. Look at b->full at the end. */
void csv_row(Buf *b, CsvReader reader, const SheetCell *cells, ptrdiff_t n);
/* The same for heads. */
void csv_heads(Buf *b, CsvReader reader, const Str *heads, ptrdiff_t n);

/* ---- workbooks ---- */

typedef struct SheetColumn {
    Str head;
    double width;  /* characters; 0: by its kind */
    CellKind kind; /* of most of its cells: decides width and side of the head */
} SheetColumn;

typedef struct SheetMeta {
    Str title, author;
    Instant made; /* of the publication, never of the clock */
} SheetMeta;

/* One at a time closes a workbook: libxlsxwriter writes its dates with gmtime(),
   whose answer all threads share. Owned by the program, opened at start-up. */
typedef struct SheetPress {
    pthread_mutex_t one_closes;
} SheetPress;
/* False when the system refuses the lock. */
bool sheet_press_open(SheetPress *ret);
void sheet_press_close(SheetPress *press);

typedef struct Sheet Sheet;

/* Trouble is kept and told by sheet_end. The press must outlive the workbook. */
Sheet *sheet_begin(Ctx *c, SheetPress *press, const SheetMeta *meta);
/* The sheet "Læs mig" (in English "Read me"): a heading and lines of text, before the tables. */
void sheet_read_me(Sheet *sheet, Str heading, Strs lines);
/* A new table; its head row stays in sight and filters. The name is cut to
   Excel's 31 characters and freed of []:*?/\ ; two of one name are trouble. */
void sheet_table(Sheet *sheet, Str name, const SheetColumn *columns, int n);
/* As many cells as the table has columns. */
void sheet_row(Sheet *sheet, const SheetCell *cells, int n);
/* The file, in the Ctx's arena; the workbook is closed either way.
   Errors: E_TOO_LARGE beyond the limits above; E_INVALID when two tables have
           one name; E_BROKEN when the library or the system fails. */
MUST Err sheet_end(Sheet *sheet, Str *ret_bytes);

#endif

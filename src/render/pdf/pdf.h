/* Reports as tagged PDF: what one sees, selects and hears is the same text in
   the same order, headings are headings, tables have heads, every picture has
   its words. Same input, same bytes: dates and language come from the caller.
   Any text may hold stretches of another language (text/foreign.h).
   A document is written from top to bottom; blocks that fit on a page are never
   split, headings stay with what follows. Trouble is kept and told by pdf_end.
   How: cairo and pango draw and number the marked contents; the structure tree
   is kept here and written with qpdf, because cairo 1.16 knows neither /Lang,
   /Alt and /Scope nor tags that go over a page break. pdf_check.h reads it all
   back. Measures are points (1/72 inch) on A4 and 1.7 times as large on slides. */
#ifndef RENDER_PDF_PDF_H
#define RENDER_PDF_PDF_H

#include "render/chart/chart.h"
#include "render/pdf/font.h"

typedef enum PdfPaper {
    PDF_A4 = 1, /* portrait */
    PDF_SLIDES, /* 16:9, 960 × 540 points; one pdf_page() a slide */
} PdfPaper;

enum {
    PDF_COLUMNS = 12,     /* most columns of a table */
    PDF_PAGES = 2000,     /* most pages */
    PDF_BYTES = 64 << 20, /* most bytes of a file */
};

typedef struct PdfMeta {
    Str title;    /* shown in the window's title; not empty */
    Str author;   /* the organisation */
    Str eye_line; /* who can see the document; foot of each page */
    Str date;     /* printed at the foot: "24. november 2026" */
    Instant made; /* of the publication, never of the clock */
    PdfPaper paper;
} PdfMeta;

typedef enum PdfText {
    PDF_BODY,
    PDF_LEAD,  /* under the title; the finding of a chart */
    PDF_QUIET, /* meta */
    PDF_NOTE,  /* body with a bar at its left */
} PdfText;

/* A stretch of text. `address` (https://… or mailto:…) makes it a link. */
typedef struct PdfRun {
    Str text;
    bool is_bold, is_italic;
    Str address;
} PdfRun;
typedef struct PdfRuns {
    const PdfRun *v;
    ptrdiff_t n;
} PdfRuns;

typedef struct PdfCell {
    Str text;            /* empty with a chart: the chart only */
    Str small;           /* a quieter line under it */
    const Chart *chart;  /* NULL: none */
    Certainty certainty; /* its mark before the text; 0: none */
    int span;            /* columns it covers, 0 is 1; the cells covered are ignored */
} PdfCell;

typedef struct PdfColumn {
    Str head;
    double share;  /* of the width; only the proportion counts */
    bool is_right; /* numbers */
} PdfColumn;

/* The first cell of a row is its head. Row r, column k is cells[r * columns + k]. */
typedef struct PdfTable {
    Str caption; /* may be empty when a heading stands right above */
    const PdfColumn *column;
    int columns; /* 1 to PDF_COLUMNS */
    const PdfCell *cells;
    int rows;
} PdfTable;

typedef struct Pdf Pdf;

/* fonts must outlive the document. */
Pdf *pdf_begin(Ctx *c, const PdfFonts *fonts, const PdfMeta *meta);
/* Level 1 to 3; no level may be skipped (a bug, ends the program). */
void pdf_heading(Pdf *pdf, int level, Str text);
void pdf_text(Pdf *pdf, PdfText kind, Str text);
void pdf_runs(Pdf *pdf, PdfText kind, PdfRuns runs);
void pdf_list(Pdf *pdf, bool is_numbered, Strs items);
void pdf_table(Pdf *pdf, const PdfTable *table);
/* A chart over the whole width, or `width` points when > 0; its name is the
   text alternative. */
void pdf_chart(Pdf *pdf, const Chart *chart, double width);
/* What the marks mean; stands before the chart it explains. */
void pdf_key(Pdf *pdf, Keys keys);
/* A question and `lines` ruled lines under it, to be answered by hand; kept on one page. */
void pdf_writing_room(Pdf *pdf, Str question, int lines);
/* Goes on at the top of a new page, unless at one already. */
void pdf_page(Pdf *pdf);
/* The same, unless so many lines of body text fit under what is there: for what should begin
   where its first part can be seen. No more lines than half a page has. */
void pdf_keep(Pdf *pdf, int lines);
/* Empty room, points; never at the top of a page. */
void pdf_space(Pdf *pdf, double points);

/* The file, in the Ctx's arena; the document is closed either way.
   Errors: E_TOO_LARGE beyond the limits above or when a table row is taller
           than a page; E_BROKEN when a library fails. */
MUST Err pdf_end(Pdf *pdf, Str *ret_bytes);

#endif

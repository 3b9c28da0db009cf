/* What the outputs for people show of a report: drawing_view.c makes it once of
   the model, and page, HTML file, PDF and slides draw the same sentences and the
   same rounded numbers (DOMAIN §5.7: "ca." and the nearest 5 below 20 answers).
   Nothing hidden gets this far: a hidden figure has a sentence and no number.
   Texts are in the Ctx's language. */
#ifndef FEATURE_DRAWING_DRAWING_INSIDE_H
#define FEATURE_DRAWING_DRAWING_INSIDE_H

#include "feature/drawing/drawing.h"
#include "render/chart/chart.h"

typedef struct TableCell {
    Str text;
    bool is_hidden, is_right, has_bar;
    int bar;  /* per cent of the cell's room, beside the text */
    Str head; /* of its column: a phone shows it beside the cell */
} TableCell;
typedef struct TableCells { TableCell *v; ptrdiff_t n; } TableCells;
typedef struct TableLine { Str head; TableCells cells; } TableLine;
typedef struct TableLines { TableLine *v; ptrdiff_t n; } TableLines;
typedef struct TableHead { Str text; bool is_right; } TableHead;
typedef struct TableHeads { TableHead *v; ptrdiff_t n; } TableHeads;
/* heads.n is one more than the cells of a line: the line's own head comes first. */
typedef struct TableView {
    Str caption;
    TableHeads heads;
    TableLines lines;
} TableView;
typedef struct TableViews { TableView *v; ptrdiff_t n; } TableViews;

typedef struct ItemView {
    Str text, answers; /* "42 svar, 2 ved ikke"; empty where hidden */
    Str says;          /* instead of drawings, or what they cannot say; empty: nothing */
    bool is_hidden, has_distribution, has_comparison;
    bool is_left_out;  /* free text: the report has nothing of it */
    Chart distribution, comparison;
    Str agree;         /* the comparison's numbers in words, for a phone */
    Str counted;       /* drawing_counted, with a comparison: what the share counts; empty: "enige" */
    Str years;         /* several measurements taken together, said first; empty: only one */
    Certainty certainty; /* 0: nothing is said about change */
    Str change, change_more;
} ItemView;
typedef struct ItemViews { ItemView *v; ptrdiff_t n; } ItemViews;

/* Items beside each other with the same answers to choose from: one key, one scale. */
typedef struct BlockView {
    Keys colours, marks; /* n 0: no such drawing */
    ItemViews items;
    TableViews tables;
    Str counted;       /* drawing_counted of all items; empty: "enige" */
    bool has_open_tables; /* nothing is drawn: the tables are what there is to see */
    bool lacks_table;     /* some item has none: it is told in words */
    bool tells_change;    /* some item says something about change */
} BlockView;
typedef struct BlockViews { BlockView *v; ptrdiff_t n; } BlockViews;

/* What the unit has written about what it will do. */
typedef struct FocusView {
    Str body, by;      /* by: who and when, a sentence; empty: nothing written yet */
    bool may_write;    /* this viewer, on the page */
    Href write;
} FocusView;

typedef struct SectionView {
    Str code, anchor, title, finding;
    bool has_figures;  /* false: too few answers for any */
    Strs more;         /* the certain changes one by one */
    BlockViews blocks;
    TableViews groups;
    Strs groups_hidden; /* dimensions of which no figure is shown, a sentence each */
    FocusView focus;
} SectionView;
typedef struct SectionViews { SectionView *v; ptrdiff_t n; } SectionViews;

struct ReportView {
    const Report *report;
    Str title, lead, unit;
    bool has_rate;
    Str rate_big, rate_says, caution; /* caution empty: none */
    Str rate_before;   /* the response a year ago in words; empty: not known */
    Chart rate;
    SectionViews sections;
    bool has_scores, has_hidden;
    TableView scores;
    Strs method;
    Str hidden_why;    /* why something is hidden, for the note */
};

/* "72 pct." of n answers, "ca. 70 pct." below REPORT_FEW. */
Pct drawing_pct(int64_t count, int64_t of);
/* "+33 point", "−4 point", of a difference of shares. */
Str drawing_points(Ctx *c, double difference);
/* "Skjult, så ingen kan genkendes." One sentence for every reason, because the
   reason itself tells something. */
Msg drawing_hidden_words(void);

/* ---- one output each, in the Ctx's language; drawing_write calls them by a table ---- */

/* For people: */
MUST Err drawing_html(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
/* With room to write by hand where no focus is written. */
MUST Err drawing_pdf(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
MUST Err drawing_slides(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
/* Two pages: a long focus is cut, and says so. */
MUST Err drawing_resume(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
/* The numbers alone: */
MUST Err drawing_csv(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err drawing_xlsx(Ctx *c, const Report *r, Str *ret_bytes);

#endif

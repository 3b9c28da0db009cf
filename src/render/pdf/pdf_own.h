/* What the files of pdf/ share; nobody else includes it.
   The structure tree: elements hold elements, marked contents (page, number)
   and link annotations, in reading order. */
#ifndef RENDER_PDF_PDF_OWN_H
#define RENDER_PDF_PDF_OWN_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "render/pdf/pdf.h"

typedef enum NodeKind { NODE_ELEMENT = 1, NODE_CONTENT, NODE_ANNOTATION } NodeKind;

typedef struct Box {
    double x, y, w, h; /* points from the page's upper left corner */
} Box;

typedef struct Node {
    NodeKind kind;
    const char *role;  /* ELEMENT: "P", "TH" … */
    const char *scope; /* TH: "Column" or "Row" */
    int span;          /* TH, TD: columns it covers; 0 is 1 */
    Str lang;          /* Span: of its words, where it is not the document's */
    Str words;         /* Figure: its alternative. ANNOTATION: what the link says */
    Str address;       /* ANNOTATION */
    Box box;           /* Figure and ANNOTATION */
    int page;          /* CONTENT, ANNOTATION, Figure: from 0 */
    int number;        /* CONTENT: within the page. ANNOTATION: within the document */
    struct Node *parent, *first, *last, *next;
} Node;

/* Bytes from cairo's callback, where the arena may not be used. */
typedef struct Sink {
    char *p;
    size_t n, room;
    bool is_full;
} Sink;

enum { PDF_LIVE = 2 * PDF_COLUMNS + 8, PDF_PENDING = 4 };

typedef struct Type {
    double size, leading; /* points before scaling */
    int colour;
    bool is_bold;
} Type;

/* A text laid out once and met again: a report's tables say the same few hundred
   words and numbers thousands of times. */
typedef struct KeptLayout {
    PangoLayout *layout; /* NULL: none yet */
    Type type;
    int width; /* Pango's units; -1: any */
    bool is_right;
} KeptLayout;

enum { PDF_KEPT = 1024 };

typedef struct PendingHeading {
    int level;
    Str text;
} PendingHeading;

struct Pdf {
    Ctx *c;
    PdfMeta meta;
    double scale;                 /* 1 on A4 */
    double width, height;         /* of the page, points */
    double left, top, right, end; /* of what blocks may use */
    double y;                     /* where the next block goes */
    double gap;                   /* room that the last block wants after it */
    int page;                     /* from 0 */
    int marks;                    /* marked contents on the page so far */
    const char *open_tag;         /* of the marked content being drawn */
    int annotations;
    bool is_top;                         /* nothing stands on the page yet */
    int level;                           /* of the last heading */
    int outline;                         /* cairo's number of the last H1 */
    Node *root;                          /* Document */
    PendingHeading pending[PDF_PENDING]; /* wait for what they stand over */
    int pending_n;
    PangoLayout *live[PDF_LIVE]; /* of the block in work */
    int live_n;
    KeptLayout kept[PDF_KEPT]; /* by hash; a newer one takes an older one's place */
    Err err; /* first trouble */
    Msg why;
    PangoFontMap *map;
    PangoContext *context;
    cairo_surface_t *surface;
    cairo_t *cr;
    Sink sink;
    bool is_closed;
};

void pdf_trouble(Pdf *pdf, Err err, Msg why);

/* ---- tree ---- */
Node *pdf_node(Pdf *pdf, Node *parent, const char *role);
/* Everything drawn between belongs to `parent`; NULL: an artifact (page
   furniture that no reader hears). Not nested. */
void pdf_mark_begin(Pdf *pdf, Node *parent);
void pdf_mark_end(Pdf *pdf);
void pdf_link_box(Pdf *pdf, Node *link, Str words, Str address, Box box);

/* ---- paint ---- */
typedef enum TypeName {
    TYPE_H1,
    TYPE_H2,
    TYPE_H3,
    TYPE_BODY,
    TYPE_LEAD,
    TYPE_QUIET,
    TYPE_CELL,
    TYPE_CELL_HEAD,
    TYPE_SMALL,
    TYPE_COUNT_,
} TypeName;
extern const Type TYPES[TYPE_COUNT_];

/* A text laid out in width points; freed by pdf_layouts_free. Stretches of another
   language (text/foreign.h) become runs of their own. */
PangoLayout *pdf_layout(Pdf *pdf, TypeName type, PdfRuns runs, double width, bool is_right);
PangoLayout *pdf_layout_text(Pdf *pdf, TypeName type, Str text, double width, bool is_right);
/* All but the oldest `from`. */
void pdf_layouts_free(Pdf *pdf, int from);
/* Those kept for the texts that come again; at the end. */
void pdf_layouts_forget(Pdf *pdf);
double pdf_layout_height(PangoLayout *layout);
/* Draws the lines [from, to) (to < 0: all) with their first one at y, each
   stretch under `node` or, for links and other languages, under a Link or Span
   below it; node NULL: an artifact. */
void pdf_draw_lines(Pdf *pdf, PangoLayout *layout, TypeName type, Node *node, double x, double y, int from, int to);
void pdf_draw_layout(Pdf *pdf, PangoLayout *layout, TypeName type, Node *node, double x, double y);
void pdf_colour(Pdf *pdf, int rgb);
/* Rule or bar, as an artifact. */
void pdf_bar(Pdf *pdf, int rgb, Box box);
/* A canvas over the box; fluid or fixed. Marks are the caller's. `state` lives
   in the arena. */
Canvas pdf_canvas(Pdf *pdf, bool is_fluid, Box box);
void pdf_draw_chart(Pdf *pdf, const Chart *chart, Node *parent, Box box);
double pdf_chart_height(const Pdf *pdf, const Chart *chart);

/* ---- finish ---- */
/* Cairo's file with the tree, the language and the rest that cairo lacks. */
MUST Err pdf_finish(Pdf *pdf, Str raw, Str *ret_bytes);
/* A page's content with artifacts, for which cairo has no word: it writes
   "/Private << /MCID 7 >> BDC" where pdf_tree.c asked for one. The same in a text,
   which somebody may have written, is a text. */
Str pdf_with_artifacts(Arena *arena, Str content);

#endif

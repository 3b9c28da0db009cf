/* A small canvas for charts, drawn on once and seen twice: as SVG on a page
   (svg_open below) and with cairo in a PDF (render/pdf). A chart knows shapes
   and looks, never colours or markup.
   Across, a fluid canvas measures in percent of its width, so that one drawing
   serves a phone and a desk without a script and text never scales; a fixed
   canvas measures in px. Down, both measure in px from the top. That is why
   there is no viewBox and no path: paths know no percent. */
#ifndef RENDER_CHART_CANVAS_H
#define RENDER_CHART_CANVAS_H

#include "render/out.h"

/* How a mark looks. LOOKS[look] has the class of chart.css and the same
   colours in figures for the PDF; chart_test compares the two. */
typedef enum Look {
    LOOK_ANSWER_1, /* furthest on the side of disagreement */
    LOOK_ANSWER_2,
    LOOK_ANSWER_3, /* neither: outlined, white */
    LOOK_ANSWER_4,
    LOOK_ANSWER_5,
    LOOK_HATCH, /* over the side of disagreement, in print and forced colours */
    LOOK_TRACK, /* the empty part of a bar */
    LOOK_AXIS,
    LOOK_GRID,
    LOOK_INTERVAL,   /* line of uncertainty, and the line of a series */
    LOOK_NOW,        /* filled dot: this year */
    LOOK_MODULE,     /* the dark of a QR code: ink, for cameras and grey printers */
    LOOK_LAST,       /* ring: last time */
    LOOK_FEW,        /* dotted ring: too few answers to say */
    LOOK_UPRIGHT,    /* municipality; last year's rate */
    LOOK_DOUBLE,     /* region: a broad upright bar … */
    LOOK_DOUBLE_GAP, /* … and the white line that makes two thin ones of it, at any width */
    LOOK_BREAK,      /* upright dashes where a series breaks */
    LOOK_HIDDEN,     /* dashed box of something hidden */
    LOOK_LOCK,       /* line drawing of a lock */
    LOOK_THREAD,
    LOOK_THREAD_GAP,
    LOOK_LATER_LINE,
    LOOK_KNOT_ON,
    LOOK_KNOT_HERE,
    LOOK_KNOT_LATER,
    LOOK_FIGURE,       /* text inside a light segment */
    LOOK_FIGURE_WHITE, /* text inside a dark one */
    LOOK_VALUE,        /* the number a chart is about */
    LOOK_TICK,         /* words at an axis */
    LOOK_COUNT_,
} Look;

enum { LOOK_NO_COLOUR = -1 };

typedef struct LookDef {
    const char *class_name;
    int fill, stroke;      /* 0xRRGGBB or LOOK_NO_COLOUR */
    double width;          /* of the stroke, px */
    double dash, dash_gap; /* px; 0: unbroken */
    double size;           /* of text, px; 0: not text */
    bool is_bold;
    bool is_hatched; /* diagonal lines in the stroke's colour instead of a fill */
} LookDef;

extern const LookDef LOOKS[LOOK_COUNT_];

typedef enum Anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END } Anchor;

typedef struct Canvas Canvas;
typedef struct CanvasOps {
    void (*rect)(Canvas *k, Look look, double x, double y, double w, double h);
    void (*line)(Canvas *k, Look look, double x1, double y1, double x2, double y2);
    void (*circle)(Canvas *k, Look look, double x, double y, double r_px);
    void (*text)(Canvas *k, Look look, double x, double y, Anchor anchor, Str s); /* y: base line */
} CanvasOps;

struct Canvas {
    const CanvasOps *ops;
    bool is_fluid; /* x and w in percent of the width, else px */
    void *state;   /* the backend's own */
};

static inline void canvas_rect(Canvas *k, Look look, double x, double y, double w, double h)
{
    k->ops->rect(k, look, x, y, w, h);
}
static inline void canvas_line(Canvas *k, Look look, double x1, double y1, double x2, double y2)
{
    k->ops->line(k, look, x1, y1, x2, y2);
}
static inline void canvas_circle(Canvas *k, Look look, double x, double y, double r_px)
{
    k->ops->circle(k, look, x, y, r_px);
}
static inline void canvas_text(Canvas *k, Look look, double x, double y, Anchor anchor, Str s)
{
    k->ops->text(k, look, x, y, anchor, s);
}

/* The SVG backend writes into an Out. An empty `name` makes a drawing that
   readers of a screen pass over (words stand beside it); else role="img" and
   the name. width_px 0: fluid, as wide as there is room. */
Canvas svg_open(Out *o, Str name, double width_px, double height_px);
void svg_close(Canvas *k);

#endif

/* The charts of the house (grammar: doc/pages.md, "Chart grammar"). A chart gets
   numbers that are already decided and draws them; it counts, rounds and hides
   nothing itself.
   Shares are whole percent, because every chart coordinate is a published
   number: a bar drawn from 73.8 would tell what "74 pct." keeps. What is hidden
   has no field here at all: it is a HiddenBox, which holds a reason and no number.
   Every drawing carries its numbers in words (chart_name), in role="img" on a
   page and as /Alt in a PDF. Same input, same bytes. */
#ifndef RENDER_CHART_CHART_H
#define RENDER_CHART_CHART_H

#include "render/chart/canvas.h"
#include "render/qr.h"

/* Whole percent, 0–100. is_circa where n < 20: v is then the nearest 5 and is
   written "ca. 70 pct.". */
typedef struct Pct {
    int v;
    bool is_circa;
} Pct;

enum {
    CHART_ANSWERS = 7,      /* most answers of a distribution */
    CHART_LEAST_FIGURE = 6, /* pct.: a narrower segment has no figure */
    CHART_POINTS = 40,      /* most points of a line */
    STRIP_KNOTS = 6,
};

/* The widest sides of all items of a theme, in pct., so that they share one scale. */
typedef struct ChartScale {
    int disagree, neither, agree;
} ChartScale;

/* Disagreement left and agreement right of a common zero line; `neither`
   outlined in a column of its own, so that it tilts nothing. */
typedef struct Distribution {
    const Str *label; /* n of them, from disagree to agree, in the viewer's language */
    const Pct *share; /* n of them */
    int n;            /* 2 to CHART_ANSWERS */
    int neither;      /* index of the middle answer; -1: the scale has none */
    ChartScale scale;
} Distribution;

/* Dot, interval and what stands beside it on an axis from 0 to 100. */
typedef struct Comparison {
    Msg subject; /* T("Enige") */
    Pct now;
    bool has_interval, has_last, has_municipality, has_region, has_ticks;
    int low, high; /* pct., of the interval; rounded outwards to 5 where now is_circa */
    Pct last, municipality, region;
} Comparison;

/* Counts are exact in reports (DOMAIN: response rate); invited >= 1. */
typedef struct RateBar {
    int64_t answered, invited;
    bool has_last;
    int64_t last_answered, last_invited;
} RateBar;

typedef enum PointKind {
    POINT_VALUE = 1,
    POINT_HIDDEN,    /* a measurement whose number is hidden: a dashed box on the axis */
    POINT_NOT_ASKED, /* nothing is drawn */
} PointKind;

typedef struct LinePoint {
    Str label; /* "2026" */
    PointKind kind;
    int64_t tenths; /* POINT_VALUE only: 128 is 12,8; >= 0 */
    Msg break_why;  /* not empty: the line does not reach this point from the last one, and why */
} LinePoint;

/* Change over time, first and last point labelled, from a zero that is shown. */
typedef struct Line {
    Msg subject;        /* T("Fravær i 6. klasse") */
    bool is_pct;        /* "12,8 pct.", else the bare number */
    const LinePoint *v; /* oldest first, evenly spaced */
    int n;              /* 1 to CHART_POINTS */
    int64_t max_tenths; /* top of the axis; 0: the highest value */
} Line;

typedef enum Knot { KNOT_LATER = 1, KNOT_HERE, KNOT_DONE } Knot;

/* The six knots of the thread: what is tied, where it is loose. */
typedef struct Strip {
    Knot knot[STRIP_KNOTS];
    Msg says; /* "Svar fra forældre venter på dig" */
} Strip;

typedef struct HiddenBox {
    Msg why; /* "Skjult: færre end 5 svar." */
} HiddenBox;

enum { QR_SIDE = 148 };

/* A QR code on paper; pages use qr_svg. */
typedef struct QrPicture {
    Qr qr;
    Msg says;    /* "QR-kode til https://…" */
    double side; /* CSS pixels, its quiet rim included; 0: QR_SIDE */
} QrPicture;

typedef enum ChartKind {
    CHART_DISTRIBUTION = 1,
    CHART_COMPARISON,
    CHART_RATE,
    CHART_LINE,
    CHART_STRIP,
    CHART_HIDDEN,
    CHART_QR,
} ChartKind;

typedef struct Chart {
    ChartKind kind;
    union {
        Distribution distribution;
        Comparison comparison;
        RateBar rate;
        Line line;
        Strip strip;
        HiddenBox hidden;
        QrPicture qr;
    };
} Chart;

/* Widens the scale so that d fits. */
void chart_scale_fit(ChartScale *scale, const Distribution *d);
/* "74 pct." or "ca. 70 pct.", in the Ctx's language. */
Str pct_text(Ctx *c, Pct p);

/* The numbers in words: the text alternative. One language, whatever its labels are in. */
Str chart_name(Ctx *c, const Chart *chart);
/* px. */
double chart_height(const Chart *chart);
/* px; 0: as wide as there is room. */
double chart_width(const Chart *chart);
void chart_draw(Ctx *c, Canvas *k, const Chart *chart);
/* The sentences on a line's breaks, "a: Ny ordlyd i 2024", to stand under it;
   none for other charts. */
Strs chart_notes(Ctx *c, const Chart *chart);

/* The chart for a page: SVG, then its notes. CHART_HIDDEN becomes a box of
   words with a lock and no link; chart_hidden below has one. */
Markup chart_svg(Ctx *c, const Chart *chart);
/* The lock of a hidden box, 16 × 18 px on a fixed canvas. */
void lock_draw(Canvas *k);
/* The box with a link to the rule ("Hvorfor?"); an empty `rule` leaves it out. */
Markup chart_hidden(Ctx *c, HiddenBox hidden, Href rule);
/* Patterns that print and forced colours need: once on each page with charts,
   before the first. Takes no room. */
Markup chart_defs(Ctx *c);

/* How sure a change is: words are the message, the mark only repeats them. */
typedef enum Certainty {
    CERTAIN = 1, /* filled dot: "Sikker ændring" + points */
    BY_CHANCE,   /* ring: "Kan være tilfældigt" */
    FEW_ANSWERS, /* dotted ring: "For få svar" */
    NEW_WORDING, /* no mark: "Kan ikke sammenlignes", other words or another unit */
} Certainty;
Msg certainty_words(Certainty certainty);
/* The mark alone, passed over by readers of a screen; empty for NEW_WORDING. */
Markup certainty_mark(Ctx *c, Certainty certainty);
/* 14 × 14 px on a fixed canvas; draws nothing for NEW_WORDING. */
void certainty_draw(Canvas *k, Certainty certainty);

/* What marks mean, beside the chart. */
typedef enum KeyKind {
    KEY_ANSWER_1 = 1,
    KEY_ANSWER_2,
    KEY_ANSWER_3,
    KEY_ANSWER_4,
    KEY_ANSWER_5,
    KEY_NOW, /* dot with interval */
    KEY_LAST,
    KEY_MUNICIPALITY,
    KEY_REGION,
    KEY_HIDDEN,
} KeyKind;
typedef struct Key {
    KeyKind kind;
    Str words;
} Key;
typedef struct Keys {
    const Key *v;
    ptrdiff_t n;
} Keys;
/* A list; `name` tells readers of a screen what it lists ("Farver"). */
Markup chart_key(Ctx *c, Msg name, Keys keys);
double key_width(KeyKind kind); /* px; 18 high */
void key_draw(Canvas *k, KeyKind kind);
/* Look of answer i of d, as its key must show it. */
KeyKind chart_answer_key(const Distribution *d, int i);

#endif

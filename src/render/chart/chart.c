/* The drawings. All measures down are px, all measures across percent of the
   canvas (px on the fixed ones): see canvas.h. */
#include "render/chart/chart.h"

#include <assert.h>

/* ---- distribution ---- */

enum { BAR_HEIGHT = 34, BAR_TOP = 5, BAR_THICK = 24, BAR_BASE = 22 };
static const double NEITHER_GAP = 5; /* pct. of the width between the two columns */
static const double SEGMENT_GAP = 0.3;

/* The answers [from, to) together, in pct. */
static int sum(const Distribution *d, int from, int to)
{
    int all = 0;
    for (int i = from; i < to; i++) all += d->share[i].v;
    return all;
}

/* First answer on the side of agreement; a scale without a middle is split in half. */
static int agree_from(const Distribution *d)
{
    return d->neither >= 0 ? d->neither + 1 : d->n / 2;
}

static int disagree_to(const Distribution *d)
{
    return d->neither >= 0 ? d->neither : d->n / 2;
}

void chart_scale_fit(ChartScale *scale, const Distribution *d)
{
    int left = sum(d, 0, disagree_to(d)), right = sum(d, agree_from(d), d->n);
    int middle = d->neither >= 0 ? d->share[d->neither].v : 0;
    if (left > scale->disagree) scale->disagree = left;
    if (right > scale->agree) scale->agree = right;
    if (middle > scale->neither) scale->neither = middle;
}

KeyKind chart_answer_key(const Distribution *d, int i)
{
    if (i == d->neither) return KEY_ANSWER_3;
    if (i < disagree_to(d)) return i == 0 ? KEY_ANSWER_1 : KEY_ANSWER_2;
    return i == d->n - 1 ? KEY_ANSWER_5 : KEY_ANSWER_4;
}

static Look answer_look(const Distribution *d, int i)
{
    return (Look)(LOOK_ANSWER_1 + (chart_answer_key(d, i) - KEY_ANSWER_1));
}

/* One answer from x to x + w; the figure only where there is room for it. */
static void draw_segment(Ctx *c, Canvas *k, const Distribution *d, int i, double x, double w)
{
    if (d->share[i].v == 0) return;
    Look look = answer_look(d, i);
    double inner = w > 2 * SEGMENT_GAP ? w - SEGMENT_GAP : w;
    canvas_rect(k, look, x, BAR_TOP, inner, BAR_THICK);
    /* The edges only, so that the figure between them stays readable. */
    if (look == LOOK_ANSWER_1 || look == LOOK_ANSWER_2) {
        canvas_rect(k, LOOK_HATCH, x, BAR_TOP, inner, 4.5);
        canvas_rect(k, LOOK_HATCH, x, BAR_TOP + BAR_THICK - 4.5, inner, 4.5);
    }
    if (d->share[i].v < CHART_LEAST_FIGURE) return;
    bool is_dark = look == LOOK_ANSWER_1 || look == LOOK_ANSWER_5;
    Buf figure = buf_new(c->arena, 24);
    buf_add_i64(&figure, d->share[i].v);
    canvas_text(k, is_dark ? LOOK_FIGURE_WHITE : LOOK_FIGURE, x + inner / 2, BAR_BASE, ANCHOR_MIDDLE, buf_str(&figure));
}

static void draw_distribution(Ctx *c, Canvas *k, const Chart *chart)
{
    const Distribution *d = &chart->distribution;
    ChartScale scale = d->scale;
    chart_scale_fit(&scale, d);
    int all = scale.disagree + scale.neither + scale.agree;
    double room = 99 - (scale.neither ? NEITHER_GAP : 0);
    double unit = room / (all > 0 ? all : 1);
    double zero = 0.5 + scale.disagree * unit;
    double x = zero;
    for (int i = disagree_to(d) - 1; i >= 0; i--) {
        x -= d->share[i].v * unit;
        draw_segment(c, k, d, i, x, d->share[i].v * unit);
    }
    x = zero + SEGMENT_GAP;
    for (int i = agree_from(d); i < d->n; i++) {
        draw_segment(c, k, d, i, x, d->share[i].v * unit);
        x += d->share[i].v * unit;
    }
    double apart = zero + scale.agree * unit + NEITHER_GAP;
    if (d->neither >= 0) draw_segment(c, k, d, d->neither, apart, d->share[d->neither].v * unit);
    canvas_line(k, LOOK_AXIS, zero, 0, zero, BAR_HEIGHT);
}

/* ---- comparison ---- */

enum { AXIS_MID = 28, AXIS_TOP = 16, AXIS_END = 40 };

/* The axis keeps 4 percent free at either end, so that a dot at 0 or 100 is whole. */
static double on_axis(int pct)
{
    return 4 + 0.92 * pct;
}

/* A text over x that stays inside the canvas, whatever its length. */
static void draw_over(Canvas *k, Look look, double x, double y, Str s)
{
    if (x < 22)
        canvas_text(k, look, x * 0.3, y, ANCHOR_START, s);
    else if (x > 78)
        canvas_text(k, look, 100 - (100 - x) * 0.3, y, ANCHOR_END, s);
    else
        canvas_text(k, look, x, y, ANCHOR_MIDDLE, s);
}

static void draw_ticks(Canvas *k, bool has_words)
{
    static const struct {
        int at;
        Anchor anchor;
        Str words;
    } ticks[] = {
        {0,   ANCHOR_START,  S_INIT("0")  },
        {50,  ANCHOR_MIDDLE, S_INIT("50") },
        {100, ANCHOR_END,    S_INIT("100")}
    };
    for (int i = 0; i < 3; i++) {
        canvas_line(k, LOOK_GRID, on_axis(ticks[i].at), AXIS_TOP, on_axis(ticks[i].at), AXIS_END);
        if (has_words) canvas_text(k, LOOK_TICK, on_axis(ticks[i].at), 56, ticks[i].anchor, ticks[i].words);
    }
    if (has_words) canvas_line(k, LOOK_AXIS, on_axis(0), AXIS_END, on_axis(100), AXIS_END);
}

static void draw_comparison(Ctx *c, Canvas *k, const Chart *chart)
{
    const Comparison *d = &chart->comparison;
    draw_ticks(k, d->has_ticks);
    double now = on_axis(d->now.v);
    if (d->has_region) {
        double x = on_axis(d->region.v);
        canvas_line(k, LOOK_DOUBLE, x, 18, x, 38);
        canvas_line(k, LOOK_DOUBLE_GAP, x, 18, x, 38);
    }
    if (d->has_municipality) {
        double x = on_axis(d->municipality.v);
        canvas_line(k, LOOK_UPRIGHT, x, 18, x, 38);
    }
    if (d->has_interval) canvas_line(k, LOOK_INTERVAL, on_axis(d->low), AXIS_MID, on_axis(d->high), AXIS_MID);
    if (d->has_last) {
        int apart = d->last.v > d->now.v ? d->last.v - d->now.v : d->now.v - d->last.v;
        /* A ring under the dot would be lost: then it goes around it. */
        canvas_circle(k, LOOK_LAST, on_axis(d->last.v), AXIS_MID, apart < 3 ? 9.5 : 6);
    }
    canvas_circle(k, LOOK_NOW, now, AXIS_MID, 7);
    draw_over(k, LOOK_VALUE, now, 13, pct_text(c, d->now));
}

/* ---- response rate ---- */

static double rate_width(int64_t n, int64_t of)
{
    if (of <= 0) return 0;
    double share = (double)n / (double)of;
    return share > 1 ? 100 : share * 100;
}

static void draw_rate(Ctx *c, Canvas *k, const Chart *chart)
{
    (void)c;
    const RateBar *d = &chart->rate;
    /* Half a percent in from both ends, so that the outline is whole. */
    canvas_rect(k, LOOK_TRACK, 0.2, 8, 99.6, 22);
    canvas_rect(k, LOOK_ANSWER_5, 0.2, 8, 0.996 * rate_width(d->answered, d->invited), 22);
    if (!d->has_last) return;
    double last = 0.2 + 0.996 * rate_width(d->last_answered, d->last_invited);
    canvas_line(k, LOOK_UPRIGHT, last, 3, last, 35);
}

/* ---- change over time ---- */

enum { LINE_TOP = 24, LINE_ZERO = 82, LINE_WORDS = 99 };

static double point_x(const Line *d, int i)
{
    return d->n == 1 ? 50 : 6 + 88.0 * i / (d->n - 1);
}

static int64_t line_max(const Line *d)
{
    int64_t top = d->max_tenths > 0 ? d->max_tenths : 1;
    for (int i = 0; i < d->n; i++)
        if (d->v[i].kind == POINT_VALUE && d->v[i].tenths > top) top = d->v[i].tenths;
    return top;
}

static double point_y(const Line *d, int i)
{
    double share = (double)d->v[i].tenths / (double)line_max(d);
    return LINE_ZERO - (LINE_ZERO - LINE_TOP) * share;
}

static void draw_breaks(Canvas *k, const Line *d)
{
    char letter = 'a';
    for (int i = 0; i < d->n; i++) {
        if (msg_is_empty(d->v[i].break_why)) continue;
        double x = i > 0 ? (point_x(d, i - 1) + point_x(d, i)) / 2 : point_x(d, 0) - 4;
        canvas_line(k, LOOK_BREAK, x, LINE_TOP - 8, x, LINE_ZERO);
        canvas_text(k, LOOK_TICK, x, LINE_TOP - 12, ANCHOR_MIDDLE, (Str){&letter, 1});
        letter = letter == 'z' ? 'a' : (char)(letter + 1);
    }
}

/* The ends of a line have their words inwards, where there is room. */
static void draw_at_point(Canvas *k, Look look, const Line *d, int i, double y, Str s)
{
    Anchor anchor = i == 0 && d->n > 1 ? ANCHOR_START : i == d->n - 1 && d->n > 1 ? ANCHOR_END : ANCHOR_MIDDLE;
    double outwards = anchor == ANCHOR_START ? -1.5 : anchor == ANCHOR_END ? 1.5 : 0;
    canvas_text(k, look, point_x(d, i) + outwards, y, anchor, s);
}

static void draw_point_value(Ctx *c, Canvas *k, const Line *d, int i)
{
    Out o = out_new(c, 64);
    out_decimal(&o, (Decimal){(double)d->v[i].tenths / 10, 1});
    draw_at_point(k, LOOK_VALUE, d, i, point_y(d, i) - 9, out_done(&o));
}

static void draw_line(Ctx *c, Canvas *k, const Chart *chart)
{
    const Line *d = &chart->line;
    assert(d->n >= 1 && d->n <= CHART_POINTS);
    int first = -1, last = -1;
    canvas_line(k, LOOK_AXIS, 2, LINE_ZERO, 98, LINE_ZERO);
    draw_breaks(k, d);
    for (int i = 0; i < d->n; i++) {
        if (d->v[i].kind != POINT_VALUE) continue;
        bool joins = i > 0 && d->v[i - 1].kind == POINT_VALUE && msg_is_empty(d->v[i].break_why);
        if (joins) canvas_line(k, LOOK_INTERVAL, point_x(d, i - 1), point_y(d, i - 1), point_x(d, i), point_y(d, i));
        if (first < 0) first = i;
        last = i;
    }
    for (int i = 0; i < d->n; i++) {
        if (d->v[i].kind == POINT_VALUE) canvas_circle(k, LOOK_NOW, point_x(d, i), point_y(d, i), 4);
        if (d->v[i].kind == POINT_HIDDEN) canvas_rect(k, LOOK_HIDDEN, point_x(d, i) - 1.2, LINE_ZERO - 16, 2.4, 13);
    }
    if (first >= 0) draw_point_value(c, k, d, first);
    if (last > first) draw_point_value(c, k, d, last);
    draw_at_point(k, LOOK_TICK, d, 0, LINE_WORDS, d->v[0].label);
    if (d->n > 1) draw_at_point(k, LOOK_TICK, d, d->n - 1, LINE_WORDS, d->v[d->n - 1].label);
}

/* ---- the thread's strip ---- */

enum { STRIP_WIDTH = 132, STRIP_HEIGHT = 16, STRIP_FIRST = 8, STRIP_STEP = 23, STRIP_MID = 8 };

static const struct {
    Look line; /* that leads to the knot */
    Look knot;
    double r;
} KNOTS[] = {
    [KNOT_LATER] = {LOOK_LATER_LINE, LOOK_KNOT_LATER, 3},
    [KNOT_HERE] = {LOOK_THREAD_GAP, LOOK_KNOT_HERE,  5},
    [KNOT_DONE] = {LOOK_THREAD,     LOOK_KNOT_ON,    4},
};

static void draw_strip(Ctx *c, Canvas *k, const Chart *chart)
{
    (void)c;
    const Strip *d = &chart->strip;
    for (int i = 0; i < STRIP_KNOTS; i++) {
        double x = STRIP_FIRST + STRIP_STEP * i;
        if (i > 0) canvas_line(k, KNOTS[d->knot[i]].line, x - STRIP_STEP + 5, STRIP_MID, x - 5, STRIP_MID);
        canvas_circle(k, KNOTS[d->knot[i]].knot, x, STRIP_MID, KNOTS[d->knot[i]].r);
    }
}

/* ---- hidden ---- */

void lock_draw(Canvas *k)
{
    canvas_circle(k, LOOK_LOCK, 8, 7, 4);
    canvas_rect(k, LOOK_LOCK, 2, 7.5, 12, 9);
}

static void draw_hidden(Ctx *c, Canvas *k, const Chart *chart)
{
    canvas_rect(k, LOOK_HIDDEN, 0.3, 1, 99.4, 32);
    canvas_text(k, LOOK_FIGURE, 8, BAR_BASE, ANCHOR_START, msg_text(c, chart->hidden.why));
}

/* ---- QR ---- */

static double qr_side(const Chart *chart)
{
    return chart->qr.side > 0 ? chart->qr.side : QR_SIDE;
}

/* Modules side by side are one rectangle, so that no hairline comes between. */
static void draw_qr(Ctx *c, Canvas *k, const Chart *chart)
{
    (void)c;
    const Qr *qr = &chart->qr.qr;
    double module = qr_side(chart) / (qr->size + 2 * QR_QUIET);
    for (int y = 0; y < qr->size; y++) {
        for (int x = 0, n = 0; x < qr->size; x += n + 1) {
            for (n = 0; x + n < qr->size && qr->dark[y * qr->size + x + n];) n++;
            if (n) canvas_rect(k, LOOK_MODULE, (x + QR_QUIET) * module, (y + QR_QUIET) * module, n * module, module);
        }
    }
}

/* ---- all kinds ---- */

typedef void DrawFn(Ctx *c, Canvas *k, const Chart *chart);

static const struct {
    DrawFn *draw;
    double width, height;
} KINDS[] = {
    [CHART_DISTRIBUTION] = {draw_distribution, 0,           BAR_HEIGHT  },
    [CHART_COMPARISON] = {draw_comparison,   0,           44          },
    [CHART_RATE] = {draw_rate,         0,           40          },
    [CHART_LINE] = {draw_line,         0,           104         },
    [CHART_STRIP] = {draw_strip,        STRIP_WIDTH, STRIP_HEIGHT},
    [CHART_HIDDEN] = {draw_hidden,       0,           BAR_HEIGHT  },
    [CHART_QR] = {draw_qr,           QR_SIDE,     QR_SIDE     }, /* unless it says another */
};

double chart_height(const Chart *chart)
{
    if (chart->kind == CHART_QR) return qr_side(chart);
    bool has_words = chart->kind == CHART_COMPARISON && chart->comparison.has_ticks;
    return KINDS[chart->kind].height + (has_words ? 16 : 0);
}

double chart_width(const Chart *chart)
{
    return chart->kind == CHART_QR ? qr_side(chart) : KINDS[chart->kind].width;
}

void chart_draw(Ctx *c, Canvas *k, const Chart *chart)
{
    KINDS[chart->kind].draw(c, k, chart);
}

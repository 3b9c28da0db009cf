#include "render/chart/canvas.h"

#include <math.h>

#define INK 0x1a1a1a
#define INK_3 0x5a5a5a
#define LINE 0xdcdcdc
#define LINE_2 0x767676
#define LATER 0x8e8e8e
#define THREAD 0xa8123e
#define WHITE 0xffffff
#define BLUE 0x134f7f
#define NO LOOK_NO_COLOUR

const LookDef LOOKS[LOOK_COUNT_] = {
    [LOOK_ANSWER_1] = {"c-a1", 0x8a4b08, NO},
    [LOOK_ANSWER_2] = {"c-a2", 0xc27a1a, NO},
    [LOOK_ANSWER_3] = {"c-a3", WHITE, LINE_2, 1.2},
    [LOOK_ANSWER_4] = {"c-a4", 0x4a8fc0, NO},
    [LOOK_ANSWER_5] = {"c-a5", BLUE, NO},
    [LOOK_HATCH] = {"c-hatch", NO, WHITE, 0.9, .is_hatched = true},
    [LOOK_TRACK] = {"c-track", WHITE, LINE_2, 1.2},
    [LOOK_AXIS] = {"c-axis", NO, LINE_2, 1},
    [LOOK_GRID] = {"c-grid", NO, LINE, 1},
    [LOOK_INTERVAL] = {"c-interval", NO, BLUE, 2},
    [LOOK_NOW] = {"c-now", BLUE, NO},
    [LOOK_MODULE] = {"c-module", INK, NO},
    [LOOK_LAST] = {"c-last", WHITE, INK, 2},
    [LOOK_FEW] = {"c-few", NO, INK_3, 1.5, 2, 2.5},
    [LOOK_UPRIGHT] = {"c-upright", NO, INK, 3},
    [LOOK_DOUBLE] = {"c-double", NO, INK, 5},
    [LOOK_DOUBLE_GAP] = {"c-double-gap", NO, WHITE, 2.2},
    [LOOK_BREAK] = {"c-break", NO, LINE_2, 1.2, 3, 3},
    [LOOK_HIDDEN] = {"c-hidden", WHITE, LINE_2, 1, 4, 3},
    [LOOK_LOCK] = {"c-lock", WHITE, INK, 1.6},
    [LOOK_THREAD] = {"c-thread", NO, THREAD, 2},
    [LOOK_THREAD_GAP] = {"c-gap", NO, THREAD, 2, 2, 4},
    [LOOK_LATER_LINE] = {"c-later-line", NO, LATER, 1.5},
    [LOOK_KNOT_ON] = {"c-knot", THREAD, THREAD, 2},
    [LOOK_KNOT_HERE] = {"c-knot-here", WHITE, THREAD, 2},
    [LOOK_KNOT_LATER] = {"c-knot-later", WHITE, LATER, 1.5},
    [LOOK_FIGURE] = {"c-figure", INK, NO, .size = 13},
    [LOOK_FIGURE_WHITE] = {"c-figure-white", WHITE, NO, .size = 13},
    [LOOK_VALUE] = {"c-value", INK, NO, .size = 14, .is_bold = true},
    [LOOK_TICK] = {"c-tick", INK_3, NO, .size = 12},
};

/* Two decimals at most: a hundredth of a percent is less than a pixel on any
   screen, and fixed digits keep the bytes equal between machines. */
static void add_number(Out *o, double v)
{
    int64_t hundredths = llround(v * 100);
    if (hundredths < 0) out_lit(o, S("-"));
    if (hundredths < 0) hundredths = -hundredths;
    out_plain(o, (Plain){hundredths / 100});
    int64_t rest = hundredths % 100;
    if (rest == 0) return;
    out_lit(o, rest < 10 ? S(".0") : S("."));
    out_plain(o, (Plain){rest % 10 == 0 ? rest / 10 : rest});
}

static void add_attr(Canvas *k, Str name, double v, bool is_across)
{
    Out *o = k->state;
    out_lit(o, S(" "));
    out_lit(o, name);
    out_lit(o, S("=\""));
    add_number(o, v);
    out_lit(o, is_across && k->is_fluid ? S("%\"") : S("\""));
}

static void open_mark(Canvas *k, Str element, Look look)
{
    Out *o = k->state;
    out_lit(o, S("<"));
    out_lit(o, element);
    out_lit(o, S(" class=\""));
    out_lit(o, str_of_z(LOOKS[look].class_name));
    out_lit(o, S("\""));
}

static void svg_rect(Canvas *k, Look look, double x, double y, double w, double h)
{
    open_mark(k, S("rect"), look);
    /* An attribute, because an address in a style sheet is looked up in the
       style sheet's own place. The pattern stands in chart_defs(). */
    if (LOOKS[look].is_hatched) out_lit(k->state, S(" fill=\"url(#c-hatching) none\""));
    add_attr(k, S("x"), x, true);
    add_attr(k, S("y"), y, false);
    add_attr(k, S("width"), w, true);
    add_attr(k, S("height"), h, false);
    out_lit(k->state, S("/>"));
}

static void svg_line(Canvas *k, Look look, double x1, double y1, double x2, double y2)
{
    open_mark(k, S("line"), look);
    add_attr(k, S("x1"), x1, true);
    add_attr(k, S("y1"), y1, false);
    add_attr(k, S("x2"), x2, true);
    add_attr(k, S("y2"), y2, false);
    out_lit(k->state, S("/>"));
}

static void svg_circle(Canvas *k, Look look, double x, double y, double r_px)
{
    open_mark(k, S("circle"), look);
    add_attr(k, S("cx"), x, true);
    add_attr(k, S("cy"), y, false);
    add_attr(k, S("r"), r_px, false);
    out_lit(k->state, S("/>"));
}

static void svg_text(Canvas *k, Look look, double x, double y, Anchor anchor, Str s)
{
    static const char *const names[] = {"start", "middle", "end"};
    Out *o = k->state;
    open_mark(k, S("text"), look);
    out_lit(o, S(" text-anchor=\""));
    out_lit(o, str_of_z(names[anchor]));
    out_lit(o, S("\""));
    add_attr(k, S("x"), x, true);
    add_attr(k, S("y"), y, false);
    out_lit(o, S(">"));
    out_str(o, s);
    out_lit(o, S("</text>"));
}

static const CanvasOps SVG_OPS = {.rect = svg_rect, .line = svg_line, .circle = svg_circle, .text = svg_text};

Canvas svg_open(Out *o, Str name, double width_px, double height_px)
{
    Canvas k = {.ops = &SVG_OPS, .is_fluid = width_px == 0, .state = o};
    out_lit(o, S("<svg class=\"c-svg\" width=\""));
    if (k.is_fluid) out_lit(o, S("100%"));
    else add_number(o, width_px);
    out_lit(o, S("\" height=\""));
    add_number(o, height_px);
    if (name.n == 0) {
        out_lit(o, S("\" aria-hidden=\"true\">"));
        return k;
    }
    out_lit(o, S("\" role=\"img\" aria-label=\""));
    out_str(o, name);
    out_lit(o, S("\">"));
    return k;
}

void svg_close(Canvas *k)
{
    out_lit(k->state, S("</svg>"));
}

/* Charts as they stand on a page: the drawing, its notes, its key. */
#include "render/chart/chart.h"

#include <assert.h>

enum {
    MARK_BYTES = 220, /* the longest element without its text */
    MARKS_FIXED = 24, /* elements of the kinds that have no list */
};

/* Room that the drawing cannot outgrow: its elements, and its words, which
   escaping makes at most six times longer. */
static ptrdiff_t room_for(const Chart *chart, Str name)
{
    ptrdiff_t marks = MARKS_FIXED, words = name.n;
    if (chart->kind == CHART_LINE) marks += 4 * chart->line.n;
    return marks * MARK_BYTES + 12 * words + 1024;
}

static Markup finish(Out *o)
{
    assert(!o->b.full);
    return (Markup){out_done(o)};
}

static void write_hidden(Out *o, HiddenBox hidden, Href rule)
{
    out_lit(o, S("<p class=\"hidtxt\">"));
    Canvas k = svg_open(o, S(""), 16, 18);
    lock_draw(&k);
    svg_close(&k);
    out_lit(o, S("<span>"));
    out_msg(o, hidden.why);
    if (rule.path.n) {
        out_lit(o, S(" <a href=\""));
        out_href(o, rule);
        out_lit(o, S("\">"));
        out_msg(o, T("Hvorfor?"));
        out_lit(o, S("</a>"));
    }
    out_lit(o, S("</span></p>"));
}

Markup chart_hidden(Ctx *c, HiddenBox hidden, Href rule)
{
    Out o = out_new(c, 12 * (msg_text(c, hidden.why).n + rule.path.n) + 4096);
    write_hidden(&o, hidden, rule);
    return finish(&o);
}

static void write_notes(Out *o, Strs notes)
{
    for (ptrdiff_t i = 0; i < notes.n; i++) {
        out_lit(o, S("<p class=\"chart-note\">"));
        out_str(o, notes.v[i]);
        out_lit(o, S("</p>"));
    }
}

Markup chart_svg(Ctx *c, const Chart *chart)
{
    if (chart->kind == CHART_HIDDEN) return chart_hidden(c, chart->hidden, (Href){0});
    Str name = chart_name(c, chart);
    Out o = out_new(c, room_for(chart, name));
    Canvas k = svg_open(&o, name, chart_width(chart), chart_height(chart));
    chart_draw(c, &k, chart);
    svg_close(&k);
    write_notes(&o, chart_notes(c, chart));
    return finish(&o);
}

Markup chart_defs(Ctx *c)
{
    Out o = out_new(c, 512);
    out_lit(&o, S("<svg class=\"c-defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
                  "<pattern id=\"c-hatching\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
                  "<path d=\"M-1 1L1 -1M0 6L6 0M5 7L7 5\" fill=\"none\" stroke=\"#fff\" stroke-width=\"0.9\"/>"
                  "</pattern></defs></svg>"));
    return finish(&o);
}

/* ---- certainty ---- */

enum { MARK_SIZE = 14 };

void certainty_draw(Canvas *k, Certainty certainty)
{
    switch (certainty) {
    case CERTAIN: canvas_circle(k, LOOK_NOW, 7, 7, 6); return;
    case BY_CHANCE: canvas_circle(k, LOOK_LAST, 7, 7, 5.5); return;
    case FEW_ANSWERS: canvas_circle(k, LOOK_FEW, 7, 7, 5.5); return;
    case NEW_WORDING: return;
    }
}

Markup certainty_mark(Ctx *c, Certainty certainty)
{
    if (certainty == NEW_WORDING) return (Markup){0};
    Out o = out_new(c, 512);
    Canvas k = svg_open(&o, S(""), MARK_SIZE, MARK_SIZE);
    certainty_draw(&k, certainty);
    svg_close(&k);
    return finish(&o);
}

/* ---- keys ---- */

enum { KEY_HEIGHT = 18 };

double key_width(KeyKind kind)
{
    switch (kind) {
    case KEY_NOW: return 46;
    case KEY_MUNICIPALITY: return 8;
    case KEY_REGION: return 10;
    case KEY_LAST: return 16;
    case KEY_HIDDEN: return 24;
    case KEY_ANSWER_1:
    case KEY_ANSWER_2:
    case KEY_ANSWER_3:
    case KEY_ANSWER_4:
    case KEY_ANSWER_5: break;
    }
    return 18;
}

static void draw_answer_key(Canvas *k, KeyKind kind)
{
    Look look = (Look)(LOOK_ANSWER_1 + (kind - KEY_ANSWER_1));
    canvas_rect(k, look, 1, 1, 16, 16);
    if (kind == KEY_ANSWER_1 || kind == KEY_ANSWER_2) canvas_rect(k, LOOK_HATCH, 1, 1, 16, 16);
}

void key_draw(Canvas *k, KeyKind kind)
{
    switch (kind) {
    case KEY_NOW:
        canvas_line(k, LOOK_INTERVAL, 2, 9, 44, 9);
        canvas_circle(k, LOOK_NOW, 23, 9, 7);
        return;
    case KEY_LAST: canvas_circle(k, LOOK_LAST, 8, 9, 6); return;
    case KEY_MUNICIPALITY: canvas_line(k, LOOK_UPRIGHT, 4, 1, 4, 17); return;
    case KEY_REGION:
        canvas_line(k, LOOK_DOUBLE, 5, 1, 5, 17);
        canvas_line(k, LOOK_DOUBLE_GAP, 5, 1, 5, 17);
        return;
    case KEY_HIDDEN: canvas_rect(k, LOOK_HIDDEN, 1, 2, 22, 14); return;
    case KEY_ANSWER_1:
    case KEY_ANSWER_2:
    case KEY_ANSWER_3:
    case KEY_ANSWER_4:
    case KEY_ANSWER_5: draw_answer_key(k, kind); return;
    }
}

static ptrdiff_t key_room(const Keys *keys)
{
    ptrdiff_t room = 512;
    for (ptrdiff_t i = 0; i < keys->n; i++) room += 6 * keys->v[i].words.n + 4 * MARK_BYTES;
    return room;
}

Markup chart_key(Ctx *c, Msg name, Keys keys)
{
    Out o = out_new(c, key_room(&keys) + 6 * msg_text(c, name).n);
    out_lit(&o, S("<ul class=\"chart-key\" aria-label=\""));
    out_msg(&o, name);
    out_lit(&o, S("\">"));
    for (ptrdiff_t i = 0; i < keys.n; i++) {
        out_lit(&o, S("<li>"));
        Canvas k = svg_open(&o, S(""), key_width(keys.v[i].kind), KEY_HEIGHT);
        key_draw(&k, keys.v[i].kind);
        svg_close(&k);
        out_spoken(&o, (Spoken){keys.v[i].words});
        out_lit(&o, S("</li>"));
    }
    out_lit(&o, S("</ul>"));
    return finish(&o);
}

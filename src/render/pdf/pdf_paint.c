/* Text and charts on a cairo page, each stretch inside its marked content. */
#include <assert.h>
#include <hb.h>
#include <math.h>

#include "render/pdf/pdf_own.h"
#include "text/foreign.h"

#define INK 0x1a1a1a
#define INK_2 0x454545
#define INK_3 0x5a5a5a
#define LINK 0x004d99

/* PAGES: type, as points on paper (0,75 × px, a little tighter). */
const Type TYPES[TYPE_COUNT_] = {
    [TYPE_H1] = {20,   25,   INK,   true },
      [TYPE_H2] = {15,   19.5, INK,   true },
    [TYPE_H3] = {12,   16,   INK,   true },
      [TYPE_BODY] = {10.5, 15,   INK,   false},
    [TYPE_LEAD] = {13,   18,   INK_2, false},
      [TYPE_QUIET] = {9,    12.5, INK_3, false},
    [TYPE_CELL] = {9.5,  13,   INK,   false},
      [TYPE_CELL_HEAD] = {9.5,  13,   INK,   true },
    [TYPE_SMALL] = {8.5,  11.5, INK_3, false},
};

void pdf_colour(Pdf *pdf, int rgb)
{
    cairo_set_source_rgb(pdf->cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
}

/* ---- text ---- */

static void set_over(PangoAttrList *list, PangoAttribute *attribute, ptrdiff_t from, ptrdiff_t to)
{
    attribute->start_index = (guint)from;
    attribute->end_index = (guint)to;
    pango_attr_list_insert(list, attribute);
}

/* A run, or what of it is in one language. */
typedef struct Stretch {
    PdfRun run;
    Str lang; /* empty: the document's */
} Stretch;

typedef struct Stretches {
    Stretch *v;
    ptrdiff_t n;
} Stretches;

static ptrdiff_t count_pieces(Pdf *pdf, Str text)
{
    if (!text_has_foreign(text)) return 1;
    ptrdiff_t n = 0;
    TextPiece piece = {0};
    for (Str rest = text; text_piece(pdf->c->arena, &rest, &piece);) n++;
    return n;
}

static void add_stretches(Pdf *pdf, Stretches *all, PdfRun run)
{
    if (!text_has_foreign(run.text)) {
        all->v[all->n++] = (Stretch){.run = run};
        return;
    }
    TextPiece piece = {0};
    for (Str rest = run.text; text_piece(pdf->c->arena, &rest, &piece);) {
        run.text = piece.text;
        if (piece.text.n) all->v[all->n++] = (Stretch){.run = run, .lang = piece.lang};
    }
}

static Stretches *stretches_of(Pdf *pdf, PdfRuns runs)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < runs.n; i++) n += count_pieces(pdf, runs.v[i].text);
    Stretches *all = NEW(pdf->c->arena, Stretches, 1);
    all->v = NEW(pdf->c->arena, Stretch, n);
    for (ptrdiff_t i = 0; i < runs.n; i++) add_stretches(pdf, all, runs.v[i]);
    return all;
}

/* Pango cuts its runs where a language begins, and where a colour does: links have one. */
static void add_run_attributes(Pdf *pdf, PangoAttrList *list, const Stretch *stretch, ptrdiff_t from)
{
    const PdfRun *run = &stretch->run;
    ptrdiff_t to = from + run->text.n;
    if (stretch->lang.n)
        set_over(list, pango_attr_language_new(pango_language_from_string(str_z(pdf->c->arena, stretch->lang))), from, to);
    if (run->is_bold) set_over(list, pango_attr_weight_new(PANGO_WEIGHT_SEMIBOLD), from, to);
    if (run->is_italic) set_over(list, pango_attr_style_new(PANGO_STYLE_ITALIC), from, to);
    if (run->address.n)
        set_over(list, pango_attr_foreground_new(0, (guint16)(0x4d * 257), (guint16)(0x99 * 257)), from, to);
}

static PangoAttrList *attributes_of(Pdf *pdf, TypeName type, const Stretches *all)
{
    PangoAttrList *list = pango_attr_list_new();
    /* Figures of one width; no ligatures, so that every letter selects by itself. */
    pango_attr_list_insert(list, pango_attr_font_features_new("tnum=1, liga=0"));
    int leading = (int)lround(TYPES[type].leading * pdf->scale * PANGO_SCALE);
    pango_attr_list_insert(list, pango_attr_line_height_new_absolute(leading));
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < all->n; i++) {
        add_run_attributes(pdf, list, &all->v[i], at);
        at += all->v[i].run.text.n;
    }
    return list;
}

static void set_font(Pdf *pdf, PangoLayout *layout, const Type *type)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, "IBM Plex Sans");
    pango_font_description_set_absolute_size(font, type->size * pdf->scale * PANGO_SCALE);
    pango_font_description_set_weight(font, type->is_bold ? PANGO_WEIGHT_SEMIBOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

static Str whole_text(Pdf *pdf, const Stretches *all)
{
    if (all->n == 1) return all->v[0].run.text;
    Str *parts = NEW(pdf->c->arena, Str, all->n);
    for (ptrdiff_t i = 0; i < all->n; i++) parts[i] = all->v[i].run.text;
    return str_join(pdf->c->arena, parts, all->n);
}

static const char stretches_key[] = "stretches"; /* of a layout, in the arena */

static PangoLayout *laid_out(Pdf *pdf, TypeName type, const Stretches *all, int width, bool is_right)
{
    Str text = whole_text(pdf, all);
    PangoLayout *layout = pango_layout_new(pdf->context);
    set_font(pdf, layout, &TYPES[type]);
    pango_layout_set_width(layout, width);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (is_right) pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
    pango_layout_set_text(layout, text.p, (int)text.n);
    PangoAttrList *list = attributes_of(pdf, type, all);
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
    return layout;
}

static PangoLayout *live(Pdf *pdf, PangoLayout *layout)
{
    assert(pdf->live_n < PDF_LIVE);
    return pdf->live[pdf->live_n++] = layout;
}

PangoLayout *pdf_layout(Pdf *pdf, TypeName type, PdfRuns runs, double width, bool is_right)
{
    Stretches *all = stretches_of(pdf, runs);
    PangoLayout *layout = laid_out(pdf, type, all, (int)floor(width * PANGO_SCALE), is_right);
    g_object_set_data(G_OBJECT(layout), stretches_key, all);
    return live(pdf, layout);
}

/* ---- texts that come again ---- */

static uint32_t hash_of(Str text, const KeptLayout *key)
{
    uint32_t hash = (uint32_t)key->width * 31 + (uint32_t)(key->type.size * 64) * 7 + (uint32_t)key->type.is_bold;
    for (ptrdiff_t i = 0; i < text.n; i++) hash = (hash ^ (uint8_t)text.p[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bool is_same(const KeptLayout *a, const KeptLayout *b, Str text)
{
    return a->layout && a->type.size == b->type.size && a->type.leading == b->type.leading && a->type.is_bold == b->type.is_bold &&
           a->width == b->width && a->is_right == b->is_right && str_eq(str_of_z(pango_layout_get_text(a->layout)), text);
}

/* The place of a text in one language laid out so; its layout is NULL when it is new. */
static KeptLayout *kept_place(Pdf *pdf, Str text, const KeptLayout *key)
{
    KeptLayout *k = &pdf->kept[hash_of(text, key) % PDF_KEPT];
    if (is_same(k, key, text)) return k;
    if (k->layout) g_object_unref(k->layout);
    *k = *key;
    return k;
}

void pdf_layouts_forget(Pdf *pdf)
{
    for (int i = 0; i < PDF_KEPT; i++) {
        if (pdf->kept[i].layout) g_object_unref(pdf->kept[i].layout);
        pdf->kept[i].layout = NULL;
    }
}

PangoLayout *pdf_layout_text(Pdf *pdf, TypeName type, Str text, double width, bool is_right)
{
    PdfRun run = {.text = text};
    if (text_has_foreign(text)) return pdf_layout(pdf, type, (PdfRuns){&run, 1}, width, is_right);
    KeptLayout key = {.type = TYPES[type], .width = (int)floor(width * PANGO_SCALE), .is_right = is_right};
    KeptLayout *k = kept_place(pdf, text, &key);
    if (!k->layout) {
        Stretches *all = stretches_of(pdf, (PdfRuns){&run, 1});
        k->layout = laid_out(pdf, type, all, key.width, is_right);
        g_object_set_data(G_OBJECT(k->layout), stretches_key, all);
    }
    return live(pdf, g_object_ref(k->layout));
}

void pdf_layouts_free(Pdf *pdf, int from)
{
    while (pdf->live_n > from) g_object_unref(pdf->live[--pdf->live_n]);
}

double pdf_layout_height(PangoLayout *layout)
{
    int width = 0, height = 0;
    pango_layout_get_size(layout, &width, &height);
    return (double)height / PANGO_SCALE;
}

/* The stretch of ours that byte `at` lies in. */
static const Stretch *stretch_at(const Stretches *all, ptrdiff_t at)
{
    ptrdiff_t end = 0;
    for (ptrdiff_t i = 0; i < all->n; i++) {
        end += all->v[i].run.text.n;
        if (at < end) return &all->v[i];
    }
    return NULL;
}

typedef struct Drawing {
    Pdf *pdf;
    TypeName type;
    const Stretches *all;
    Node *node;        /* NULL: artifact */
    const Stretch *in; /* the stretch being drawn */
    Node *own;         /* its element, where it needs one: a Link, or a Span in another language */
    bool is_link, is_open;
} Drawing;

static Node *own_node(Drawing *d, const Stretch *stretch)
{
    Node *own = pdf_node(d->pdf, d->node, d->is_link ? "Link" : "Span");
    own->lang = stretch->lang;
    return own;
}

static void enter_stretch(Drawing *d, const Stretch *stretch)
{
    bool has_own = d->node && stretch && (stretch->run.address.n || stretch->lang.n);
    if (d->is_open && (stretch == d->in || (!d->own && !has_own))) return;
    if (d->is_open) pdf_mark_end(d->pdf);
    d->is_link = has_own && stretch->run.address.n > 0;
    d->own = has_own ? own_node(d, stretch) : NULL;
    d->in = stretch;
    pdf_mark_begin(d->pdf, d->own ? d->own : d->node);
    d->is_open = true;
}

static void underline(Pdf *pdf, Box box, double base)
{
    double thick = 0.6 * pdf->scale;
    cairo_rectangle(pdf->cr, box.x, base + 1.4 * pdf->scale, box.w, thick);
    cairo_fill(pdf->cr);
}

/* Pango empties the glyph of the space that a line breaks at. Put back, without
   width, it keeps the two words apart for whoever hears the text; cairo would
   write it as an ActualText inside ours, where some readers lose the thread. */
static void show_run(Pdf *pdf, const char *text, PangoLayoutRun *run)
{
    PangoGlyphItem *copy = pango_glyph_item_copy(run);
    PangoGlyphString *glyphs = copy->glyphs;
    int last = glyphs->num_glyphs - 1;
    hb_codepoint_t space = 0;
    bool is_emptied = last >= 0 && glyphs->glyphs[last].glyph == PANGO_GLYPH_EMPTY &&
                      text[copy->item->offset + glyphs->log_clusters[last]] == ' ';
    if (is_emptied && hb_font_get_nominal_glyph(pango_font_get_hb_font(copy->item->analysis.font), ' ', &space))
        glyphs->glyphs[last].glyph = space;
    pango_cairo_show_glyph_item(pdf->cr, text, copy);
    pango_glyph_item_free(copy);
}

static void draw_run(Drawing *d, PangoLayoutIter *iter, PangoLayoutRun *run, double x, double y)
{
    PangoRectangle box = {0};
    pango_layout_iter_get_run_extents(iter, NULL, &box);
    Box at = {x + (double)box.x / PANGO_SCALE, y + (double)box.y / PANGO_SCALE, (double)box.width / PANGO_SCALE,
              (double)box.height / PANGO_SCALE};
    double base = y + (double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE;
    const Stretch *ours = stretch_at(d->all, run->item->offset);
    enter_stretch(d, ours);
    pdf_colour(d->pdf, d->is_link ? LINK : TYPES[d->type].colour);
    cairo_move_to(d->pdf->cr, at.x, base);
    show_run(d->pdf, pango_layout_get_text(pango_layout_iter_get_layout(iter)), run);
    if (!d->is_link) return;
    underline(d->pdf, at, base);
    pdf_link_box(d->pdf, d->own, ours->run.text, ours->run.address, at);
}

void pdf_draw_lines(Pdf *pdf, PangoLayout *layout, TypeName type, Node *node, double x, double y, int from, int to)
{
    Drawing d = {.pdf = pdf, .type = type, .all = g_object_get_data(G_OBJECT(layout), stretches_key), .node = node};
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    int line = 0, first_y = 0;
    do {
        PangoRectangle box = {0};
        pango_layout_iter_get_line_extents(iter, NULL, &box);
        if (line == from) first_y = box.y;
        PangoLayoutRun *run = pango_layout_iter_get_run_readonly(iter);
        bool is_wanted = line >= from && (to < 0 || line < to);
        if (run && is_wanted) draw_run(&d, iter, run, x, y - (double)first_y / PANGO_SCALE);
        if (!run) line++; /* the empty run that ends a line */
    } while (pango_layout_iter_next_run(iter));
    pango_layout_iter_free(iter);
    if (d.is_open) pdf_mark_end(pdf);
}

void pdf_draw_layout(Pdf *pdf, PangoLayout *layout, TypeName type, Node *node, double x, double y)
{
    pdf_draw_lines(pdf, layout, type, node, x, y, 0, -1);
}

void pdf_bar(Pdf *pdf, int rgb, Box box)
{
    pdf_mark_begin(pdf, NULL);
    pdf_colour(pdf, rgb);
    cairo_rectangle(pdf->cr, box.x, box.y, box.w, box.h);
    cairo_fill(pdf->cr);
    pdf_mark_end(pdf);
}

/* ---- the canvas ---- */

typedef struct Paper {
    Pdf *pdf;
    Box box;
    double unit; /* points a px */
} Paper;

static double px(const Canvas *k, double v)
{
    return v * ((const Paper *)k->state)->unit;
}

static double across(const Canvas *k, double v)
{
    const Paper *p = k->state;
    return k->is_fluid ? v / 100 * p->box.w : v * p->unit;
}

static void set_stroke(Canvas *k, const LookDef *look)
{
    Pdf *pdf = ((Paper *)k->state)->pdf;
    const double dash[] = {px(k, look->dash), px(k, look->dash_gap)};
    pdf_colour(pdf, look->stroke);
    cairo_set_line_width(pdf->cr, px(k, look->width));
    cairo_set_dash(pdf->cr, dash, look->dash > 0 ? 2 : 0, 0);
}

/* Fills and strokes the current path as the look says. */
static void paint(Canvas *k, const LookDef *look)
{
    Pdf *pdf = ((Paper *)k->state)->pdf;
    if (look->fill != LOOK_NO_COLOUR) {
        pdf_colour(pdf, look->fill);
        cairo_fill_preserve(pdf->cr);
    }
    if (look->stroke != LOOK_NO_COLOUR) {
        set_stroke(k, look);
        cairo_stroke_preserve(pdf->cr);
    }
    cairo_new_path(pdf->cr);
}

static void hatch(Canvas *k, const LookDef *look, Box box)
{
    cairo_t *cr = ((Paper *)k->state)->pdf->cr;
    double step = px(k, 6);
    cairo_save(cr);
    cairo_rectangle(cr, box.x, box.y, box.w, box.h);
    cairo_clip(cr);
    set_stroke(k, look);
    for (double x = box.x - box.h; x < box.x + box.w; x += step) {
        cairo_move_to(cr, x, box.y + box.h);
        cairo_line_to(cr, x + box.h, box.y);
    }
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void paper_rect(Canvas *k, Look look, double x, double y, double w, double h)
{
    const Paper *p = k->state;
    Box box = {p->box.x + across(k, x), p->box.y + px(k, y), across(k, w), px(k, h)};
    if (LOOKS[look].is_hatched) {
        hatch(k, &LOOKS[look], box);
        return;
    }
    cairo_rectangle(p->pdf->cr, box.x, box.y, box.w, box.h);
    paint(k, &LOOKS[look]);
}

static void paper_line(Canvas *k, Look look, double x1, double y1, double x2, double y2)
{
    const Paper *p = k->state;
    cairo_move_to(p->pdf->cr, p->box.x + across(k, x1), p->box.y + px(k, y1));
    cairo_line_to(p->pdf->cr, p->box.x + across(k, x2), p->box.y + px(k, y2));
    set_stroke(k, &LOOKS[look]);
    cairo_stroke(p->pdf->cr);
}

static void paper_circle(Canvas *k, Look look, double x, double y, double r_px)
{
    const Paper *p = k->state;
    cairo_new_sub_path(p->pdf->cr);
    cairo_arc(p->pdf->cr, p->box.x + across(k, x), p->box.y + px(k, y), px(k, r_px), 0, 2 * M_PI);
    paint(k, &LOOKS[look]);
}

static PangoLayout *chart_layout(Pdf *pdf, Type type, Str text)
{
    KeptLayout *k = kept_place(pdf, text, &(KeptLayout){.type = type, .width = -1});
    if (k->layout) return k->layout;
    k->layout = pango_layout_new(pdf->context);
    set_font(pdf, k->layout, &type);
    pango_layout_set_text(k->layout, text.p, (int)text.n);
    return k->layout;
}

static void paper_text(Canvas *k, Look look, double x, double y, Anchor anchor, Str s)
{
    const Paper *p = k->state;
    Pdf *pdf = p->pdf;
    Type type = {.size = px(k, LOOKS[look].size) / pdf->scale, .is_bold = LOOKS[look].is_bold};
    PangoLayout *layout = chart_layout(pdf, type, s);
    int width = 0, height = 0;
    pango_layout_get_size(layout, &width, &height);
    double shift = (double)width / PANGO_SCALE * (anchor == ANCHOR_START ? 0 : anchor == ANCHOR_MIDDLE ? 0.5 : 1);
    pdf_colour(pdf, LOOKS[look].fill);
    cairo_move_to(pdf->cr, p->box.x + across(k, x) - shift,
                  p->box.y + px(k, y) - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
    pango_cairo_show_layout(pdf->cr, layout);
}

static const CanvasOps PAPER_OPS = {.rect = paper_rect, .line = paper_line, .circle = paper_circle, .text = paper_text};

static double px_size(const Pdf *pdf)
{
    return 0.72 * pdf->scale;
}

Canvas pdf_canvas(Pdf *pdf, bool is_fluid, Box box)
{
    Paper *paper = NEW(pdf->c->arena, Paper, 1);
    *paper = (Paper){.pdf = pdf, .box = box, .unit = px_size(pdf)};
    return (Canvas){.ops = &PAPER_OPS, .is_fluid = is_fluid, .state = paper};
}

double pdf_chart_height(const Pdf *pdf, const Chart *chart)
{
    return chart_height(chart) * px_size(pdf);
}

void pdf_draw_chart(Pdf *pdf, const Chart *chart, Node *parent, Box box)
{
    Node *figure = pdf_node(pdf, parent, "Figure");
    figure->words = chart_name(pdf->c, chart);
    figure->page = pdf->page;
    double fixed = chart_width(chart) * px_size(pdf);
    if (fixed > 0) box.w = fixed;
    figure->box = box;
    pdf_mark_begin(pdf, figure);
    Canvas k = pdf_canvas(pdf, fixed == 0, box);
    chart_draw(pdf->c, &k, chart);
    if (chart->kind == CHART_HIDDEN) {
        Canvas lock = pdf_canvas(pdf, false, (Box){box.x + 6 * pdf->scale, box.y + 5.5 * pdf->scale, 0, 0});
        lock_draw(&lock);
    }
    pdf_mark_end(pdf);
}

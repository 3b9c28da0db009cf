/* The flow of blocks down the pages. A block is measured first, then room is
   made for it and the headings that wait over it, then all is drawn. */
#include "render/pdf/pdf.h"

#include <assert.h>
#include <cairo-pdf.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "render/pdf/pdf_own.h"
#include "text/foreign.h"

#define RULE 0xdcdcdc
#define RULE_HEAD 0x1a1a1a
#define BAR 0x767676

/* ---- opening and closing ---- */

static const struct {
    double width, height, left, top, right, bottom, scale; /* points */
} PAPERS[] = {
    [PDF_A4] = {595.28, 841.89, 45.4, 51, 45.4, 62, 1  },
    [PDF_SLIDES] = {960,    540,    56,   44, 56,   54, 1.7},
};

void pdf_trouble(Pdf *pdf, Err err, Msg why)
{
    if (pdf->err != OK) return;
    pdf->err = err;
    pdf->why = why;
}

static cairo_status_t take_bytes(void *state, const unsigned char *bytes, unsigned int n)
{
    Sink *sink = state;
    if (sink->n + n > PDF_BYTES) {
        sink->is_full = true;
        return CAIRO_STATUS_WRITE_ERROR;
    }
    if (sink->n + n > sink->room) {
        size_t room = 2 * (sink->n + n) + 65536;
        /* Cairo's callback: the arena could jump out over cairo's own frames. */
        char *p = realloc(sink->p, room);
        if (!p) return CAIRO_STATUS_NO_MEMORY;
        sink->p = p;
        sink->room = room;
    }
    memcpy(sink->p + sink->n, bytes, n);
    sink->n += n;
    return CAIRO_STATUS_SUCCESS;
}

static void close_pdf(Ctx *c, void *data)
{
    (void)c;
    Pdf *pdf = data;
    if (pdf->is_closed) return;
    pdf->is_closed = true;
    pdf_layouts_free(pdf, 0);
    pdf_layouts_forget(pdf);
    if (pdf->cr) cairo_destroy(pdf->cr);
    if (pdf->surface) cairo_surface_destroy(pdf->surface);
    if (pdf->context) g_object_unref(pdf->context);
    if (pdf->map) g_object_unref(pdf->map);
    free(pdf->sink.p);
}

/* Device-independent: no hinting, no rounding of advances, so that bytes do not
   depend on a screen. */
static void open_letters(Pdf *pdf, const PdfFonts *fonts)
{
    pdf->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(pdf->map), fonts->config);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(pdf->map), 72);
    pdf->context = pango_font_map_create_context(pdf->map);
    pango_context_set_language(pdf->context, pango_language_from_string(pdf->c->lang == LANG_EN ? "en" : "da"));
    pango_context_set_round_glyph_positions(pdf->context, FALSE);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pdf->context, options);
    cairo_font_options_destroy(options);
}

static void set_metadata(Pdf *pdf)
{
    Arena *arena = pdf->c->arena;
    Str made = STR_CAT(arena, str_sub(instant_iso(arena, pdf->meta.made), 0, 19), S("Z"));
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, str_z(arena, pdf->meta.title));
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_AUTHOR, str_z(arena, pdf->meta.author));
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "traad");
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, str_z(arena, made));
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_MOD_DATE, str_z(arena, made));
}

/* The foot of the page: who can see it, the date, the number. */
static void begin_page(Pdf *pdf)
{
    pdf->marks = 0;
    pdf->y = pdf->top;
    pdf->gap = 0;
    pdf->is_top = true;
    int live = pdf->live_n;
    double width = pdf->right - pdf->left, y = pdf->end + 12 * pdf->scale;
    Msg number = pdf->meta.date.n ? TF("{1} · side {2}", pdf->meta.date, pdf->page + 1) : TF("Side {1}", pdf->page + 1);
    pdf_bar(pdf, RULE, (Box){pdf->left, y - 5 * pdf->scale, width, 0.6});
    PangoLayout *eye = pdf_layout_text(pdf, TYPE_SMALL, pdf->meta.eye_line, 0.66 * width, false);
    PangoLayout *date = pdf_layout_text(pdf, TYPE_SMALL, msg_text(pdf->c, number), 0.32 * width, true);
    pdf_draw_layout(pdf, eye, TYPE_SMALL, NULL, pdf->left, y);
    pdf_draw_layout(pdf, date, TYPE_SMALL, NULL, pdf->left + 0.68 * width, y);
    pdf_layouts_free(pdf, live);
}

Pdf *pdf_begin(Ctx *c, const PdfFonts *fonts, const PdfMeta *meta)
{
    assert(meta->title.n > 0);
    Pdf *pdf = NEW(c->arena, Pdf, 1);
    pdf->c = c;
    pdf->meta = *meta;
    pdf->meta.title = text_bare(c->arena, meta->title);
    pdf->width = PAPERS[meta->paper].width;
    pdf->height = PAPERS[meta->paper].height;
    pdf->left = PAPERS[meta->paper].left;
    pdf->top = PAPERS[meta->paper].top;
    pdf->right = pdf->width - PAPERS[meta->paper].right;
    pdf->end = pdf->height - PAPERS[meta->paper].bottom;
    pdf->scale = PAPERS[meta->paper].scale;
    ctx_at_end(c, close_pdf, pdf);
    open_letters(pdf, fonts);
    pdf->surface = cairo_pdf_surface_create_for_stream(take_bytes, &pdf->sink, pdf->width, pdf->height);
    set_metadata(pdf);
    pdf->cr = cairo_create(pdf->surface);
    pdf->root = pdf_node(pdf, NULL, "Document");
    begin_page(pdf);
    return pdf;
}

static void next_page(Pdf *pdf)
{
    if (pdf->page + 1 >= PDF_PAGES) {
        pdf_trouble(pdf, E_TOO_LARGE, TF("Dokumentet er på over {1} sider.", PDF_PAGES));
        pdf->y = pdf->top;
        return;
    }
    cairo_show_page(pdf->cr);
    pdf->page++;
    begin_page(pdf);
}

/* ---- room ---- */

static const struct {
    TypeName type;
    const char *role;
    double before, after; /* points before scaling */
} HEADINGS[] = {
    [1] = {TYPE_H1, "H1", 0,  4},
    [2] = {TYPE_H2, "H2", 20, 5},
    [3] = {TYPE_H3, "H3", 13, 3},
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Height of the waiting headings, with the room above and below each. */
static double pending_height(Pdf *pdf)
{
    double height = 0, gap = pdf->is_top ? 0 : pdf->gap;
    for (int i = 0; i < pdf->pending_n; i++) {
        int level = pdf->pending[i].level;
        double before = pdf->is_top && i == 0 ? 0 : HEADINGS[level].before * pdf->scale;
        PangoLayout *layout =
            pdf_layout_text(pdf, HEADINGS[level].type, pdf->pending[i].text, pdf->right - pdf->left, false);
        height += larger(before, gap) + pdf_layout_height(layout);
        pdf_layouts_free(pdf, pdf->live_n - 1);
        gap = HEADINGS[level].after * pdf->scale;
    }
    return height + gap;
}

static void add_outline(Pdf *pdf, int level, Str text)
{
    if (level > 2) return;
    Buf b = buf_new(pdf->c->arena, 96);
    buf_add(&b, S("page="));
    buf_add_i64(&b, pdf->page + 1);
    buf_add(&b, S(" pos=[0 "));
    buf_add_i64(&b, (int64_t)pdf->y);
    buf_add(&b, S("]"));
    int parent = level == 2 ? pdf->outline : CAIRO_PDF_OUTLINE_ROOT;
    int id = cairo_pdf_surface_add_outline(pdf->surface, parent, str_z(pdf->c->arena, text),
                                           str_z(pdf->c->arena, buf_str(&b)), CAIRO_PDF_OUTLINE_FLAG_OPEN);
    if (level == 1) pdf->outline = id;
}

static void draw_pending(Pdf *pdf)
{
    for (int i = 0; i < pdf->pending_n; i++) {
        int level = pdf->pending[i].level;
        if (!pdf->is_top) pdf->y += larger(HEADINGS[level].before * pdf->scale, pdf->gap);
        PangoLayout *layout =
            pdf_layout_text(pdf, HEADINGS[level].type, pdf->pending[i].text, pdf->right - pdf->left, false);
        add_outline(pdf, level, text_bare(pdf->c->arena, pdf->pending[i].text));
        pdf_draw_layout(pdf, layout, HEADINGS[level].type, pdf_node(pdf, pdf->root, HEADINGS[level].role), pdf->left,
                        pdf->y);
        pdf->y += pdf_layout_height(layout);
        pdf_layouts_free(pdf, pdf->live_n - 1);
        pdf->gap = HEADINGS[level].after * pdf->scale;
        pdf->is_top = false;
    }
    pdf->pending_n = 0;
}

/* Goes where `height` points fit under the waiting headings, and draws those.
   False when no page is tall enough. */
static bool make_room(Pdf *pdf, double height)
{
    if (!pdf->is_top && pdf->y + pending_height(pdf) + height > pdf->end) next_page(pdf);
    bool fits = pdf->y + pending_height(pdf) + height <= pdf->end + 0.01;
    draw_pending(pdf);
    if (!pdf->is_top) pdf->y += pdf->gap;
    pdf->gap = 0;
    return fits;
}

static void took(Pdf *pdf, double height, double gap)
{
    pdf->y += height;
    pdf->gap = gap * pdf->scale;
    pdf->is_top = false;
    pdf_layouts_free(pdf, 0);
}

void pdf_page(Pdf *pdf)
{
    if (pdf->pending_n) make_room(pdf, 0);
    if (!pdf->is_top) next_page(pdf);
    pdf_layouts_free(pdf, 0);
}

void pdf_keep(Pdf *pdf, int lines)
{
    double height = lines * TYPES[TYPE_BODY].leading * pdf->scale;
    assert(height <= (pdf->end - pdf->top) / 2);
    if (!pdf->is_top && pdf->y + pending_height(pdf) + height > pdf->end) next_page(pdf);
    pdf_layouts_free(pdf, 0);
}

void pdf_space(Pdf *pdf, double points)
{
    pdf->gap = larger(pdf->gap, points * pdf->scale);
}

/* ---- text ---- */

void pdf_heading(Pdf *pdf, int level, Str text)
{
    assert(level >= 1 && level <= 3 && level <= pdf->level + 1);
    pdf->level = level;
    if (pdf->pending_n == PDF_PENDING) make_room(pdf, 0);
    pdf->pending[pdf->pending_n++] = (PendingHeading){level, text};
}

static const struct {
    TypeName type;
    double indent, after;
} KINDS[] = {
    [PDF_BODY] = {TYPE_BODY,  0,  7 },
    [PDF_LEAD] = {TYPE_LEAD,  0,  10},
    [PDF_QUIET] = {TYPE_QUIET, 0,  6 },
    [PDF_NOTE] = {TYPE_BODY,  12, 12},
};

typedef struct Paragraph {
    PangoLayout *layout;
    TypeName type;
    Node *node;
    double x;
    bool has_bar;
} Paragraph;

static void draw_part(Pdf *pdf, const Paragraph *p, int from, int to)
{
    double leading = TYPES[p->type].leading * pdf->scale;
    if (p->has_bar) pdf_bar(pdf, BAR, (Box){pdf->left, pdf->y, 3 * pdf->scale, leading * (to - from)});
    pdf_draw_lines(pdf, p->layout, p->type, p->node, p->x, pdf->y, from, to);
    pdf->y += leading * (to - from);
    pdf->is_top = false;
}

/* A paragraph taller than a page goes on from page to page, line by line. */
static void draw_lines_over_pages(Pdf *pdf, const Paragraph *p, int lines)
{
    double leading = TYPES[p->type].leading * pdf->scale;
    for (int from = 0; from < lines && pdf->err == OK;) {
        int room = (int)((pdf->end - pdf->y) / leading);
        int to = (int)i64_min(lines, from + room);
        if (to > from) draw_part(pdf, p, from, to);
        from = to;
        if (from < lines) next_page(pdf);
    }
}

void pdf_runs(Pdf *pdf, PdfText kind, PdfRuns runs)
{
    double indent = KINDS[kind].indent * pdf->scale;
    Paragraph p = {.type = KINDS[kind].type, .x = pdf->left + indent, .has_bar = kind == PDF_NOTE};
    p.layout = pdf_layout(pdf, p.type, runs, pdf->right - pdf->left - indent, false);
    int lines = pango_layout_get_line_count(p.layout);
    double leading = TYPES[p.type].leading * pdf->scale, height = lines * leading;
    bool fits_a_page = height < pdf->end - pdf->top - pending_height(pdf);
    make_room(pdf, fits_a_page ? height : 3 * leading);
    p.node = pdf_node(pdf, pdf->root, "P");
    draw_lines_over_pages(pdf, &p, lines);
    took(pdf, 0, KINDS[kind].after);
}

void pdf_text(Pdf *pdf, PdfText kind, Str text)
{
    PdfRun run = {.text = text};
    pdf_runs(pdf, kind, (PdfRuns){&run, 1});
}

static Str item_label(Pdf *pdf, bool is_numbered, ptrdiff_t i)
{
    if (!is_numbered) return S("•");
    Buf b = buf_new(pdf->c->arena, 24);
    buf_add_i64(&b, i + 1);
    buf_add_char(&b, '.');
    return buf_str(&b);
}

static void draw_item(Pdf *pdf, Node *list, Str label, Str text)
{
    double indent = 16 * pdf->scale;
    Paragraph p = {.type = TYPE_BODY, .x = pdf->left + indent};
    p.layout = pdf_layout_text(pdf, TYPE_BODY, text, pdf->right - p.x, false);
    int lines = pango_layout_get_line_count(p.layout);
    double leading = TYPES[TYPE_BODY].leading * pdf->scale, height = lines * leading;
    bool fits_a_page = height < pdf->end - pdf->top - pending_height(pdf);
    make_room(pdf, fits_a_page ? height : 3 * leading);
    Node *item = pdf_node(pdf, list, "LI");
    PangoLayout *mark = pdf_layout_text(pdf, TYPE_BODY, label, indent, false);
    pdf_draw_layout(pdf, mark, TYPE_BODY, pdf_node(pdf, item, "Lbl"), pdf->left, pdf->y);
    p.node = pdf_node(pdf, item, "LBody");
    draw_lines_over_pages(pdf, &p, lines);
    took(pdf, 0, 3);
}

void pdf_list(Pdf *pdf, bool is_numbered, Strs items)
{
    if (items.n == 0) return;
    /* Waiting headings come before the list in the tree. */
    make_room(pdf, 2 * TYPES[TYPE_BODY].leading * pdf->scale);
    Node *list = pdf_node(pdf, pdf->root, "L");
    for (ptrdiff_t i = 0; i < items.n; i++) draw_item(pdf, list, item_label(pdf, is_numbered, i), items.v[i]);
    pdf->gap = 8 * pdf->scale;
}

/* ---- writing by hand ---- */

enum { WRITING_STEP = 25 }; /* points from line to line: 9 mm, as in an exercise book */

void pdf_writing_room(Pdf *pdf, Str question, int lines)
{
    PangoLayout *layout = pdf_layout_text(pdf, TYPE_BODY, question, pdf->right - pdf->left, false);
    double height = pdf_layout_height(layout), step = WRITING_STEP * pdf->scale;
    if (!make_room(pdf, height + lines * step)) pdf_trouble(pdf, E_TOO_LARGE, T("Pladsen til at skrive i er højere end siden."));
    pdf_draw_layout(pdf, layout, TYPE_BODY, pdf_node(pdf, pdf->root, "P"), pdf->left, pdf->y);
    for (int i = 1; i <= lines; i++)
        pdf_bar(pdf, BAR, (Box){pdf->left, pdf->y + height + i * step, pdf->right - pdf->left, 0.5 * pdf->scale});
    took(pdf, height + lines * step, 12);
}

/* ---- charts ---- */

void pdf_chart(Pdf *pdf, const Chart *chart, double width)
{
    double height = pdf_chart_height(pdf, chart);
    Strs notes = chart_notes(pdf->c, chart);
    double all = height + (double)notes.n * TYPES[TYPE_QUIET].leading * pdf->scale;
    if (!make_room(pdf, all)) pdf_trouble(pdf, E_TOO_LARGE, T("En figur er højere end siden."));
    Box box = {pdf->left, pdf->y, width > 0 ? width * pdf->scale : pdf->right - pdf->left, height};
    pdf_draw_chart(pdf, chart, pdf->root, box);
    took(pdf, height, notes.n ? 1 : 10);
    for (ptrdiff_t i = 0; i < notes.n; i++) pdf_text(pdf, PDF_QUIET, notes.v[i]);
}

static void draw_key(Pdf *pdf, Node *list, const Key *key, PangoLayout *words, double x)
{
    double px = 0.72 * pdf->scale;
    Node *item = pdf_node(pdf, list, "LI");
    pdf_mark_begin(pdf, NULL);
    Canvas k = pdf_canvas(pdf, false, (Box){x, pdf->y, 0, 0});
    key_draw(&k, key->kind);
    pdf_mark_end(pdf);
    pdf_draw_layout(pdf, words, TYPE_CELL, pdf_node(pdf, item, "LBody"), x + (key_width(key->kind) + 7) * px, pdf->y);
}

void pdf_key(Pdf *pdf, Keys keys)
{
    if (keys.n == 0) return;
    double px = 0.72 * pdf->scale, row = 18 * pdf->scale, x = pdf->left;
    /* A key on one page and its chart on the next would help nobody: room for another key, heads and a first row. */
    make_room(pdf, 9 * row);
    Node *list = pdf_node(pdf, pdf->root, "L");
    for (ptrdiff_t i = 0; i < keys.n; i++) {
        PangoLayout *words = pdf_layout_text(pdf, TYPE_CELL, keys.v[i].words, pdf->right - pdf->left, false);
        int width = 0, height = 0;
        pango_layout_get_size(words, &width, &height);
        double wants = (key_width(keys.v[i].kind) + 7) * px + (double)width / PANGO_SCALE;
        if (x > pdf->left && x + wants > pdf->right) {
            x = pdf->left;
            pdf->y += row;
        }
        draw_key(pdf, list, &keys.v[i], words, x);
        x += wants + 16 * pdf->scale;
        pdf_layouts_free(pdf, 0);
    }
    took(pdf, row, 6);
}

/* ---- tables ---- */

typedef struct Cell {
    PangoLayout *text, *small;
    double x, width, height;
    double mark; /* room that the mark of certainty takes left of the text */
} Cell;

typedef struct Grid {
    const PdfTable *table;
    double x[PDF_COLUMNS + 1]; /* left edges, and the right edge of the last */
    double pad, between;
} Grid;

static Grid grid_of(const Pdf *pdf, const PdfTable *table)
{
    Grid g = {.table = table, .pad = 5 * pdf->scale, .between = 10 * pdf->scale};
    double all = 0, at = pdf->left;
    for (int k = 0; k < table->columns; k++) all += table->column[k].share;
    for (int k = 0; k < table->columns; k++) {
        g.x[k] = at;
        at += (pdf->right - pdf->left) * table->column[k].share / all;
    }
    g.x[table->columns] = pdf->right;
    return g;
}

static double column_width(const Grid *g, int from, int to)
{
    double between = to == g->table->columns ? 0 : g->between;
    return g->x[to] - g->x[from] - between;
}

static double measure_head(Pdf *pdf, const Grid *g, Cell *cells)
{
    double height = 0;
    for (int k = 0; k < g->table->columns; k++) {
        const PdfColumn *column = &g->table->column[k];
        double width = column_width(g, k, k + 1);
        PangoLayout *text = pdf_layout_text(pdf, TYPE_CELL_HEAD, column->head, width, column->is_right);
        cells[k] = (Cell){.text = text, .x = g->x[k], .width = width, .height = pdf_layout_height(text)};
        height = larger(height, cells[k].height);
    }
    return height + 2 * g->pad;
}

/* On the first page the heads belong to the tree; repeated, they are furniture. */
static void draw_head(Pdf *pdf, const Grid *g, const Cell *cells, double height, Node *table)
{
    Node *row = table ? pdf_node(pdf, pdf_node(pdf, table, "THead"), "TR") : NULL;
    for (int k = 0; k < g->table->columns; k++) {
        Node *cell = row ? pdf_node(pdf, row, "TH") : NULL;
        if (cell) cell->scope = "Column";
        pdf_draw_layout(pdf, cells[k].text, TYPE_CELL_HEAD, cell, cells[k].x,
                        pdf->y + height - g->pad - cells[k].height);
    }
    pdf_bar(pdf, RULE_HEAD, (Box){pdf->left, pdf->y + height - 1, pdf->right - pdf->left, 1.2 * pdf->scale});
    pdf->y += height;
    pdf->is_top = false;
}

static int span_of(const PdfCell *cell)
{
    return cell->span > 1 ? cell->span : 1;
}

static void measure_cell(Pdf *pdf, const Grid *g, const PdfCell *cell, int k, Cell *ret)
{
    const PdfColumn *column = &g->table->column[k];
    *ret = (Cell){.x = g->x[k], .width = column_width(g, k, (int)i64_min(k + span_of(cell), g->table->columns))};
    if (cell->certainty && cell->certainty != NEW_WORDING) ret->mark = 14 * pdf->scale;
    if (cell->text.n) {
        TypeName type = cell->certainty ? TYPE_CELL_HEAD : TYPE_CELL;
        ret->text = pdf_layout_text(pdf, type, cell->text, ret->width - ret->mark, column->is_right);
        ret->height += pdf_layout_height(ret->text);
    }
    if (cell->small.n) {
        ret->small = pdf_layout_text(pdf, TYPE_SMALL, cell->small, ret->width, column->is_right);
        ret->height += pdf_layout_height(ret->small);
    }
    if (cell->chart) ret->height += pdf_chart_height(pdf, cell->chart);
}

static double measure_row(Pdf *pdf, const Grid *g, const PdfCell *row, Cell *cells)
{
    double height = 0;
    for (int k = 0; k < g->table->columns; k += span_of(&row[k])) {
        measure_cell(pdf, g, &row[k], k, &cells[k]);
        height = larger(height, cells[k].height);
    }
    return height + 2 * g->pad;
}

static void draw_mark(Pdf *pdf, Certainty certainty, double x, double y)
{
    pdf_mark_begin(pdf, NULL);
    Canvas k = pdf_canvas(pdf, false, (Box){x, y + 2 * pdf->scale, 0, 0});
    certainty_draw(&k, certainty);
    pdf_mark_end(pdf);
}

static void draw_cell(Pdf *pdf, const PdfCell *cell, const Cell *at, Node *node, double y)
{
    if (at->mark > 0) draw_mark(pdf, cell->certainty, at->x, y);
    if (at->text) {
        TypeName type = cell->certainty ? TYPE_CELL_HEAD : TYPE_CELL;
        pdf_draw_layout(pdf, at->text, type, at->small ? pdf_node(pdf, node, "P") : node, at->x + at->mark, y);
        y += pdf_layout_height(at->text);
    }
    if (at->small) {
        pdf_draw_layout(pdf, at->small, TYPE_SMALL, pdf_node(pdf, node, "P"), at->x, y);
        y += pdf_layout_height(at->small);
    }
    if (cell->chart)
        pdf_draw_chart(pdf, cell->chart, node, (Box){at->x, y, at->width, pdf_chart_height(pdf, cell->chart)});
}

static bool has_chart(const PdfCell *row, int columns)
{
    for (int k = 0; k < columns; k++)
        if (row[k].chart) return true;
    return false;
}

static void draw_row(Pdf *pdf, const Grid *g, const PdfCell *row, const Cell *cells, double height, Node *body)
{
    int columns = g->table->columns;
    bool is_centred = has_chart(row, columns);
    Node *tr = pdf_node(pdf, body, "TR");
    for (int k = 0; k < columns; k += span_of(&row[k])) {
        Node *node = pdf_node(pdf, tr, k == 0 ? "TH" : "TD");
        if (k == 0) node->scope = "Row";
        node->span = span_of(&row[k]);
        double slack = is_centred ? (height - 2 * g->pad - cells[k].height) / 2 : 0;
        draw_cell(pdf, &row[k], &cells[k], node, pdf->y + g->pad + slack);
    }
    pdf_bar(pdf, RULE, (Box){pdf->left, pdf->y + height - 0.6, pdf->right - pdf->left, 0.6});
    pdf->y += height;
}

static void draw_caption(Pdf *pdf, Node *table, Str caption)
{
    PangoLayout *layout = pdf_layout_text(pdf, TYPE_CELL_HEAD, caption, pdf->right - pdf->left, false);
    pdf_draw_layout(pdf, layout, TYPE_CELL_HEAD, pdf_node(pdf, table, "Caption"), pdf->left, pdf->y);
    pdf->y += pdf_layout_height(layout) + 2 * pdf->scale;
    pdf->is_top = false;
}

static double caption_height(Pdf *pdf, Str caption)
{
    if (caption.n == 0) return 0;
    PangoLayout *layout = pdf_layout_text(pdf, TYPE_CELL_HEAD, caption, pdf->right - pdf->left, false);
    return pdf_layout_height(layout) + 2 * pdf->scale;
}

/* A row that does not fit goes to the next page, under the heads once more. */
static void draw_next_row(Pdf *pdf, const Grid *g, int r, Node *body)
{
    const PdfCell *row = g->table->cells + (ptrdiff_t)r * g->table->columns;
    Cell cells[PDF_COLUMNS] = {0}, heads[PDF_COLUMNS] = {0};
    double height = measure_row(pdf, g, row, cells);
    if (pdf->y + height > pdf->end) {
        pdf_layouts_free(pdf, 0);
        next_page(pdf);
        double head_height = measure_head(pdf, g, heads);
        draw_head(pdf, g, heads, head_height, NULL);
        pdf_layouts_free(pdf, 0);
        height = measure_row(pdf, g, row, cells);
        if (pdf->y + height > pdf->end)
            pdf_trouble(pdf, E_TOO_LARGE, TF("Række {1} i en tabel er højere end siden.", r + 1));
    }
    draw_row(pdf, g, row, cells, height, body);
    pdf_layouts_free(pdf, 0);
}

void pdf_table(Pdf *pdf, const PdfTable *table)
{
    assert(table->columns >= 1 && table->columns <= PDF_COLUMNS);
    Grid g = grid_of(pdf, table);
    Cell heads[PDF_COLUMNS] = {0}, first[PDF_COLUMNS] = {0};
    double wants = measure_head(pdf, &g, heads) + caption_height(pdf, table->caption);
    pdf_layouts_free(pdf, 0);
    if (table->rows) wants += measure_row(pdf, &g, table->cells, first);
    pdf_layouts_free(pdf, 0);
    make_room(pdf, wants);
    pdf_layouts_free(pdf, 0);
    Node *node = pdf_node(pdf, pdf->root, "Table");
    if (table->caption.n) draw_caption(pdf, node, table->caption);
    pdf_layouts_free(pdf, 0);
    double head_height = measure_head(pdf, &g, heads);
    draw_head(pdf, &g, heads, head_height, node);
    pdf_layouts_free(pdf, 0);
    Node *body = table->rows ? pdf_node(pdf, node, "TBody") : NULL;
    for (int r = 0; r < table->rows && pdf->err == OK; r++) draw_next_row(pdf, &g, r, body);
    took(pdf, 0, 14);
}

/* ---- the end ---- */

static Err read_out(Pdf *pdf, Str *ret_raw)
{
    if (pdf->pending_n) make_room(pdf, 0);
    if (pdf->err != OK) return fail(pdf->c, pdf->err, pdf->why);
    cairo_show_page(pdf->cr);
    cairo_surface_finish(pdf->surface);
    if (pdf->sink.is_full) return fail(pdf->c, E_TOO_LARGE, T("Dokumentet fylder over 64 MB."));
    cairo_status_t status = cairo_status(pdf->cr);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(pdf->surface);
    if (status != CAIRO_STATUS_SUCCESS)
        return fail(pdf->c, E_BROKEN, msg_verbatim(str_of_z(cairo_status_to_string(status))));
    *ret_raw = str_copy(pdf->c->arena, (Str){pdf->sink.p, (ptrdiff_t)pdf->sink.n});
    return OK;
}

Err pdf_end(Pdf *pdf, Str *ret_bytes)
{
    Str raw = {0};
    Err err = read_out(pdf, &raw);
    if (err == OK) err = pdf_finish(pdf, raw, ret_bytes);
    close_pdf(pdf->c, pdf);
    return err;
}

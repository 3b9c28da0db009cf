/* The report as slides for a staff meeting: what was found and all the numbers
   that it rests on at a glance, then each drawn large, and room for what to do
   about it. The tables stay in the report. */
#include "core/app.h"
#include "base/number.h"
#include "feature/drawing/drawing_print.h"
#include "feature/drawing/drawing_words.h"

enum { SLIDE_ITEMS = 2 }; /* with their keys a slide has room for no more */

typedef struct Show {
    Ctx *c;
    Pdf *pdf;
    const SectionView *section;
    bool goes_on; /* the section has a slide already */
} Show;

static void slide_begin(Show *s)
{
    const SectionView *section = s->section;
    pdf_page(s->pdf);
    pdf_heading(s->pdf, 2, s->goes_on ? msg_text(s->c, TF("{1}, fortsat", section->title)) : section->title);
    if (!s->goes_on) pdf_text(s->pdf, PDF_LEAD, section->finding);
    s->goes_on = true;
}

enum { WALL_BYTES = 300 }; /* of a question: nobody reads more on a wall, and the report has all of it */

static Str on_wall(Ctx *c, Str text)
{
    return drawing_question(c, text, WALL_BYTES);
}

static void slides_of_items(Show *s, const BlockView *b)
{
    for (ptrdiff_t at = 0; at < b->items.n;) {
        BlockView part = *b;
        part.items.v += at;
        part.items.n = b->items.n - at < SLIDE_ITEMS ? b->items.n - at : SLIDE_ITEMS;
        for (ptrdiff_t k = 0; k < part.items.n; k++) part.items.v[k].years = S(""); /* for the report, not for the wall */
        for (ptrdiff_t k = 0; k < part.items.n; k++) part.items.v[k].text = on_wall(s->c, part.items.v[k].text);
        slide_begin(s);
        drawing_print_block(s->c, s->pdf, &part);
        at += part.items.n;
    }
}

static void slides_of_tables(Show *s, const BlockView *b)
{
    for (ptrdiff_t i = 0; i < b->tables.n; i++) {
        slide_begin(s);
        drawing_print_table(s->c, s->pdf, &b->tables.v[i]);
    }
}

/* ---- the first slide of a section --------------------------------------------------------- */

/* "90 pct. enige: Vi har et fælles børnesyn (forår 2025: 88 pct.)"; empty: its drawing says it all. */
static Str glance(Ctx *c, const Report *r, const ItemView *i)
{
    if (i->is_left_out || i->is_hidden) return S("");
    Str text = on_wall(c, i->text);
    if (!i->has_comparison) return i->has_distribution ? S("") : STR_CAT(c->arena, text, S(" "), i->says);
    const Comparison *k = &i->comparison.comparison;
    Str now = pct_text(c, k->now);
    Str line = i->counted.n ? msg_text(c, TF("{1} svarer {2}: {3}", now, i->counted, text)) : msg_text(c, TF("{1} enige: {2}", now, text));
    if (!k->has_last) return line;
    return STR_CAT(c->arena, line, S(" "), msg_text(c, TF("({1}: {2})", drawing_wave(c, r, r->previous), pct_text(c, k->last))));
}

/* Of tables there is a slide of their own. */
static Strs glances(Ctx *c, const Report *r, const SectionView *section)
{
    ptrdiff_t room = 0;
    for (ptrdiff_t i = 0; i < section->blocks.n; i++) room += section->blocks.v[i].items.n;
    Strs all = {.v = NEW(c->arena, Str, room)};
    for (ptrdiff_t i = 0; i < section->blocks.n; i++) {
        const BlockView *b = &section->blocks.v[i];
        for (ptrdiff_t k = 0; k < b->items.n && (!b->has_open_tables || b->tables.n == 0); k++) {
            Str line = glance(c, r, &b->items.v[k]);
            if (line.n) all.v[all.n++] = line;
        }
    }
    return all;
}

/* Lines of a slide under its heading, and bytes in one of them; a finding is set larger. */
enum { SLIDE_LINES = 12, LINE_BYTES = 104, FINDING_BYTES = 72 };

static ptrdiff_t lines_of(Str text, ptrdiff_t width)
{
    return (text.n + width - 1) / width;
}

/* As many as the slide has room for; the rest on slides that say that they go on. */
static void slides_of_glances(Show *s, Strs all)
{
    ptrdiff_t used = 1 + lines_of(s->section->finding, FINDING_BYTES);
    for (ptrdiff_t i = 0; i < s->section->more.n; i++) used += lines_of(s->section->more.v[i], LINE_BYTES);
    for (ptrdiff_t from = 0; from < all.n; used = 0) {
        ptrdiff_t to = from;
        while (to < all.n && (used == 0 || used + lines_of(all.v[to], LINE_BYTES) <= SLIDE_LINES)) used += lines_of(all.v[to++], LINE_BYTES);
        pdf_list(s->pdf, false, (Strs){all.v + from, to - from});
        from = to;
        if (from < all.n) slide_begin(s);
    }
}

static void print_section(Ctx *c, Pdf *pdf, const Report *r, const SectionView *section)
{
    Show s = {c, pdf, section, false};
    slide_begin(&s);
    if (section->more.n) pdf_list(pdf, false, section->more);
    slides_of_glances(&s, glances(c, r, section));
    for (ptrdiff_t i = 0; i < section->blocks.n; i++) {
        const BlockView *b = &section->blocks.v[i];
        if (b->has_open_tables) slides_of_tables(&s, b);
        else slides_of_items(&s, b);
    }
    if (section->focus.body.n == 0) return;
    slide_begin(&s);
    drawing_print_focus(c, pdf, PDF_LEAD, &section->focus);
}

Err drawing_slides(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes)
{
    const ReportView *view = drawing_view(c, r, written);
    Pdf *pdf = drawing_print_begin(c, view, view->title, PDF_SLIDES);
    for (ptrdiff_t i = 0; i < view->sections.n; i++) print_section(c, pdf, r, &view->sections.v[i]);
    pdf_page(pdf);
    drawing_print_next_step(c, pdf);
    return pdf_end(pdf, ret_bytes);
}

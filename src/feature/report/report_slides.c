/* The report as slides for a staff meeting: what was found, drawn large, and
   room for what to do about it. The tables stay in the report. */
#include "core/app.h"
#include "base/number.h"
#include "feature/report/report_print.h"

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

static void slides_of_items(Show *s, const BlockView *b)
{
    for (ptrdiff_t at = 0; at < b->items.n;) {
        BlockView part = *b;
        part.items.v += at;
        part.items.n = b->items.n - at < SLIDE_ITEMS ? b->items.n - at : SLIDE_ITEMS;
        for (ptrdiff_t k = 0; k < part.items.n; k++) part.items.v[k].years = S(""); /* for the report, not for the wall */
        slide_begin(s);
        report_print_block(s->c, s->pdf, &part);
        at += part.items.n;
    }
}

static void slides_of_tables(Show *s, const BlockView *b)
{
    for (ptrdiff_t i = 0; i < b->tables.n; i++) {
        slide_begin(s);
        report_print_table(s->c, s->pdf, &b->tables.v[i]);
    }
}

/* What has only words shares one slide. */
static void slide_of_words(Show *s)
{
    ptrdiff_t room = 0;
    for (ptrdiff_t i = 0; i < s->section->blocks.n; i++) room += s->section->blocks.v[i].items.n;
    Strs all = {.v = NEW(s->c->arena, Str, room)};
    for (ptrdiff_t i = 0; i < s->section->blocks.n; i++) {
        const BlockView *b = &s->section->blocks.v[i];
        for (ptrdiff_t k = 0; b->has_open_tables && b->tables.n == 0 && k < b->items.n; k++)
            if (!b->items.v[k].is_left_out)
                all.v[all.n++] = STR_CAT(s->c->arena, b->items.v[k].text, S(" "), b->items.v[k].says);
    }
    if (all.n == 0) return;
    slide_begin(s);
    pdf_list(s->pdf, false, all);
}

static void print_section(Ctx *c, Pdf *pdf, const SectionView *section)
{
    Show s = {c, pdf, section, false};
    slide_begin(&s);
    if (section->more.n) pdf_list(pdf, false, section->more);
    for (ptrdiff_t i = 0; i < section->blocks.n; i++) {
        const BlockView *b = &section->blocks.v[i];
        if (b->has_open_tables) slides_of_tables(&s, b);
        else slides_of_items(&s, b);
    }
    slide_of_words(&s);
    if (section->focus.body.n == 0) return;
    slide_begin(&s);
    report_print_focus(c, pdf, PDF_LEAD, &section->focus);
}

Err report_slides(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes)
{
    ReportView view = report_view(c, r, written);
    PdfMeta meta = report_meta(c, &view, PDF_SLIDES);
    Pdf *pdf = pdf_begin(c, &c->app->fonts, &meta);
    pdf_heading(pdf, 1, view.title);
    pdf_text(pdf, PDF_LEAD, view.lead);
    pdf_heading(pdf, 2, msg_text(c, T("Hvem har svaret")));
    report_print_rate(c, pdf, &view);
    for (ptrdiff_t i = 0; i < view.sections.n; i++) print_section(c, pdf, &view.sections.v[i]);
    pdf_page(pdf);
    report_print_next_step(c, pdf);
    return pdf_end(pdf, ret_bytes);
}

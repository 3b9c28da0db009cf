/* The report as slides for a staff meeting: what was found, drawn large, and
   room for what to do about it. The tables stay in the report. */
#include "core/app.h"
#include "base/number.h"
#include "feature/report/report_print.h"

enum { SLIDE_ITEMS = 3, SLIDE_ITEMS_FIRST = 2 }; /* a slide has room for no more; the first has the finding too */

static void slide_of_items(Ctx *c, Pdf *pdf, const SectionView *s, BlockView part, bool goes_on)
{
    pdf_page(pdf);
    pdf_heading(pdf, 2, goes_on ? msg_text(c, TF("{1}, fortsat", s->title)) : s->title);
    if (!goes_on) pdf_text(pdf, PDF_LEAD, s->finding);
    report_print_block(c, pdf, &part);
}

static void print_section(Ctx *c, Pdf *pdf, const SectionView *s)
{
    bool goes_on = false;
    if (s->more.n) {
        pdf_page(pdf);
        pdf_heading(pdf, 2, s->title);
        pdf_text(pdf, PDF_LEAD, s->finding);
        pdf_list(pdf, false, s->more);
        goes_on = true;
    }
    for (ptrdiff_t i = 0; i < s->blocks.n; i++) {
        const BlockView *b = &s->blocks.v[i];
        for (ptrdiff_t at = 0; at < b->items.n;) {
            ptrdiff_t room = goes_on ? SLIDE_ITEMS : SLIDE_ITEMS_FIRST;
            BlockView part = *b;
            part.items.v += at;
            for (ptrdiff_t k = 0; k < b->items.n; k++) b->items.v[k].years = S(""); /* for the report, not for the wall */
            part.items.n = b->items.n - at < room ? b->items.n - at : room;
            slide_of_items(c, pdf, s, part, goes_on);
            at += part.items.n;
            goes_on = true;
        }
    }
}

static void print_next_step(Ctx *c, Pdf *pdf)
{
    Str questions[] = {
        msg_text(c, T("Hvad genkender vi, og hvad undrer os?")),
        msg_text(c, T("Hvad ligger bag? Hvem kan vi spørge?")),
        msg_text(c, T("Hvad vil vi prøve først, og hvornår ser vi på det igen?")),
    };
    pdf_page(pdf);
    pdf_heading(pdf, 2, msg_text(c, T("Hvad gør vi nu?")));
    pdf_text(pdf, PDF_LEAD, msg_text(c, T("Tag ét tema ad gangen. Ingen bliver vurderet på disse tal.")));
    pdf_list(pdf, true, (Strs){questions, COUNT_OF(questions)});
}

Err report_slides(Ctx *c, const Report *r, Str *ret_bytes)
{
    ReportView view = report_view(c, r);
    PdfMeta meta = report_meta(c, &view, PDF_SLIDES);
    Pdf *pdf = pdf_begin(c, &c->app->fonts, &meta);
    pdf_heading(pdf, 1, view.title);
    pdf_text(pdf, PDF_LEAD, view.lead);
    pdf_page(pdf);
    pdf_heading(pdf, 2, msg_text(c, T("Hvem har svaret")));
    report_print_rate(c, pdf, &view);
    for (ptrdiff_t i = 0; i < view.sections.n; i++) print_section(c, pdf, &view.sections.v[i]);
    print_next_step(c, pdf);
    return pdf_end(pdf, ret_bytes);
}

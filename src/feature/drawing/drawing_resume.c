/* The report on two pages: who answered, what was found in each part, and how far
   it can be trusted. The drawings stay in the report. */
#include "base/number.h"
#include "core/app.h"
#include "feature/drawing/drawing_print.h"
#include "feature/drawing/drawing_words.h"

enum { RESUME_MORE = 16, RESUME_LEAST = 2 }; /* findings of all parts together, and of one; the report has them all */
enum { FOCUS_BYTES = 1400 }; /* of all focus texts together: some fifteen lines */

/* What people wrote, in one line of thought: the report has it whole. */
static void print_focus(Ctx *c, Pdf *pdf, const FocusView *f, ptrdiff_t bytes)
{
    if (f->body.n == 0) return;
    PdfRun runs[] = {
        {.text = STR_CAT(c->arena, msg_text(c, T("Fremadrettet fokus")), S(": ")), .is_bold = true},
        {.text = drawing_shortened(c, f->body, bytes)},
        {.text = f->body.n > bytes ? STR_CAT(c->arena, S(" … "), msg_text(c, T("Resten står i rapporten."))) : S("")},
    };
    pdf_runs(pdf, PDF_BODY, (PdfRuns){runs, COUNT_OF(runs)});
}

static void print_section(Ctx *c, Pdf *pdf, const SectionView *s, ptrdiff_t room)
{
    pdf_heading(pdf, 2, s->title);
    pdf_text(pdf, PDF_BODY, s->finding);
    Strs more = s->more;
    if (more.n > room) more.n = room;
    if (more.n) pdf_list(pdf, false, more);
    if (s->more.n > room) pdf_text(pdf, PDF_QUIET, msg_text(c, TF("Og {1} mere i rapporten.", s->more.n - room)));
}

enum { SCORE_LINES = 20 }; /* a short table stays together */

static void print_trust(Ctx *c, Pdf *pdf, const ReportView *view)
{
    Str lines[] = {
        msg_text(c, T("En ændring kaldes sikker, når den er større, end tilfældigheder plejer at give. Resten skal ikke forklares.")),
        msg_text(c, T("Tallene er gennemsnit for mange. De siger ikke, hvem der er dygtig, og skoler skal ikke stilles på række.")),
        msg_text(c, T("Tal, der bygger på færre end 5 svar, er skjult.")),
    };
    pdf_heading(pdf, 2, msg_text(c, T("Sådan læses tallene")));
    pdf_list(pdf, false, (Strs){lines, view->has_hidden ? COUNT_OF(lines) : COUNT_OF(lines) - 1});
}

Err drawing_resume(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes)
{
    const ReportView *view = drawing_view(c, r, written);
    Pdf *pdf = drawing_print_begin(c, view, msg_text(c, TF("Resume: {1}", r->unit.name)), PDF_A4);
    ptrdiff_t room = view->sections.n ? RESUME_MORE / view->sections.n : 0;
    if (room < RESUME_LEAST) room = RESUME_LEAST;
    ptrdiff_t focus_bytes = FOCUS_BYTES / (written->n ? written->n : 1);
    for (ptrdiff_t i = 0; i < view->sections.n; i++) {
        print_section(c, pdf, &view->sections.v[i], room);
        print_focus(c, pdf, &view->sections.v[i].focus, focus_bytes);
    }
    if (view->has_scores) {
        pdf_keep(pdf, (int)i64_min(SCORE_LINES, 5 + 2 * view->scores.lines.n));
        pdf_heading(pdf, 2, msg_text(c, T("Samlede mål")));
        drawing_print_table(c, pdf, &view->scores);
    }
    drawing_print_next_step(c, pdf);
    print_trust(c, pdf, view);
    return pdf_end(pdf, ret_bytes);
}

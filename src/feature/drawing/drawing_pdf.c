/* The report on paper: A4, tagged, the same words as the page. */
#include "base/number.h"
#include "core/app.h"
#include "feature/drawing/drawing_inside.h"
#include "feature/drawing/drawing_print.h"
#include "feature/drawing/drawing_words.h"
#include "render/pdf/pdf.h"
#include "text/da.h"

static PdfMeta meta_of(Ctx *c, const ReportView *view, Str title, PdfPaper paper)
{
    const Report *r = view->report;
    Buf date = buf_new(c->arena, 60);
    text_date(&date, c->lang, r->released);
    return (PdfMeta){
        .title = title,
        .author = r->path.n ? r->path.v[0].name : r->unit.name,
        .eye_line = msg_text(c, TF("{1} · måling {2}, udgave {3}", r->unit.name, r->wave, r->version)),
        .date = buf_str(&date),
        .made = {(int64_t)r->released.day * 86400000},
        .paper = paper,
    };
}

/* Bytes of a question in its column: one may have 2,000 characters and those of its matrix, more than a narrow column
   holds on one page, and a row is never parted. The page and the data file have all of it. */
enum { QUESTION_BYTES = 900, HEAD_BYTES = 500 };

static void print_table(Ctx *c, Pdf *pdf, const TableView *t)
{
    int columns = (int)t->heads.n, rows = (int)t->lines.n;
    if (rows == 0) return;
    PdfColumn *column = NEW(c->arena, PdfColumn, columns);
    for (int i = 0; i < columns; i++) column[i] = (PdfColumn){.head = t->heads.v[i].text, .share = i ? 11 : 20, .is_right = t->heads.v[i].is_right};
    PdfCell *cells = NEW(c->arena, PdfCell, columns * rows);
    for (int row = 0; row < rows; row++) {
        const TableLine *line = &t->lines.v[row];
        cells[row * columns].text = drawing_question(c, line->head, HEAD_BYTES);
        for (int i = 1; i < columns; i++) cells[row * columns + i].text = line->cells.v[i - 1].text;
    }
    pdf_table(pdf, &(PdfTable){.caption = t->caption, .column = column, .columns = columns, .cells = cells, .rows = rows});
}

/* Ten columns and more do not fit on the paper: the first is repeated. */
enum { PRINT_COLUMNS = 9 };

static TableView columns_of(Ctx *c, const TableView *t, ptrdiff_t from, ptrdiff_t to)
{
    TableView part = {.caption = t->caption, .heads = {NEW(c->arena, TableHead, to - from + 1), to - from + 1}};
    part.heads.v[0] = t->heads.v[0];
    for (ptrdiff_t i = from; i < to; i++) part.heads.v[i - from + 1] = t->heads.v[i];
    part.lines = (TableLines){NEW(c->arena, TableLine, t->lines.n), t->lines.n};
    for (ptrdiff_t i = 0; i < t->lines.n; i++)
        part.lines.v[i] = (TableLine){t->lines.v[i].head, {t->lines.v[i].cells.v + from - 1, to - from}};
    return part;
}

void drawing_print_table(Ctx *c, Pdf *pdf, const TableView *t)
{
    for (ptrdiff_t from = 1; from < t->heads.n; from += PRINT_COLUMNS - 1) {
        ptrdiff_t to = from + PRINT_COLUMNS - 1 < t->heads.n ? from + PRINT_COLUMNS - 1 : t->heads.n;
        TableView part = columns_of(c, t, from, to);
        print_table(c, pdf, &part);
    }
}

/* ---- items ----------------------------------------------------------------------- */

enum { ITEM_COLUMNS = 4 };

static PdfCell words_cell(Str text, Str small)
{
    return (PdfCell){.text = text, .small = small};
}

static PdfCell hidden_cell(Ctx *c)
{
    Chart *box = NEW(c->arena, Chart, 1);
    *box = (Chart){.kind = CHART_HIDDEN, .hidden = {drawing_hidden_words()}};
    return (PdfCell){.chart = box};
}

static PdfCell change_cell(const ItemView *i)
{
    if (i->certainty) return (PdfCell){.text = i->change, .small = i->change_more, .certainty = i->certainty};
    return words_cell(i->change_more.n ? i->change_more : S("–"), S(""));
}

static void item_cells(Ctx *c, const ItemView *i, PdfCell *cells)
{
    cells[0] = words_cell(drawing_question(c, i->text, QUESTION_BYTES), i->years.n ? STR_CAT(c->arena, i->years, S(". "), i->answers) : i->answers);
    if (i->is_hidden) {
        cells[1] = hidden_cell(c);
        cells[1].span = 2;
    } else if (i->has_comparison) {
        cells[1] = i->has_distribution ? (PdfCell){.chart = &i->distribution} : words_cell(i->says, S(""));
        cells[2] = (PdfCell){.chart = &i->comparison};
    } else if (i->has_distribution) {
        cells[1] = (PdfCell){.chart = &i->distribution, .span = 2};
    } else {
        cells[1] = (PdfCell){.text = i->says, .span = 2};
    }
    cells[3] = change_cell(i);
}

/* No drawing in the block, so no column for drawings either. */
static void print_words_block(Ctx *c, Pdf *pdf, const BlockView *b)
{
    enum { COLUMNS = 3 };
    PdfColumn columns[COLUMNS] = {
        {.head = msg_text(c, T("Spørgsmål")), .share = 45},
        {.head = msg_text(c, T("Svar")), .share = 40},
        {.head = msg_text(c, T("Ændring")), .share = 27},
    };
    int rows = (int)b->items.n;
    PdfCell *cells = NEW(c->arena, PdfCell, rows * COLUMNS);
    for (int i = 0; i < rows; i++) {
        const ItemView *item = &b->items.v[i];
        cells[i * COLUMNS] = words_cell(drawing_question(c, item->text, QUESTION_BYTES), item->answers);
        cells[i * COLUMNS + 1] = item->is_hidden ? hidden_cell(c) : words_cell(item->says, S(""));
        cells[i * COLUMNS + 2] = change_cell(item);
    }
    pdf_table(pdf, &(PdfTable){.column = columns, .columns = COLUMNS, .cells = cells, .rows = rows});
}

void drawing_print_block(Ctx *c, Pdf *pdf, const BlockView *b)
{
    if (b->has_open_tables) {
        if (b->lacks_table) print_words_block(c, pdf, b);
        return;
    }
    if (b->colours.n) pdf_key(pdf, b->colours);
    if (b->marks.n) pdf_key(pdf, b->marks);
    PdfColumn columns[ITEM_COLUMNS] = {
        {.head = msg_text(c, T("Spørgsmål")), .share = 35},
        {.head = msg_text(c, T("Uenige til venstre, enige til højre, pct.")), .share = 34},
        {.head = msg_text(c, T("Enige i alt, 0 til 100 pct.")), .share = 21},
        {.head = msg_text(c, T("Ændring")), .share = 22},
    };
    if (b->counted.n) {
        columns[1].head = msg_text(c, TF("Svarene med {1} til højre, pct.", b->counted));
        columns[2].head = msg_text(c, TF("{1}, 0 til 100 pct.", b->counted));
    }
    if (b->colours.n == 0) columns[1].head = msg_text(c, T("Svar"));
    int rows = (int)b->items.n;
    PdfCell *cells = NEW(c->arena, PdfCell, rows * ITEM_COLUMNS);
    for (int i = 0; i < rows; i++) item_cells(c, &b->items.v[i], cells + i * ITEM_COLUMNS);
    pdf_table(pdf, &(PdfTable){.column = columns, .columns = ITEM_COLUMNS, .cells = cells, .rows = rows});
}

void drawing_print_next_step(Ctx *c, Pdf *pdf)
{
    Str questions[] = {
        msg_text(c, T("Hvad genkender vi, og hvad undrer os?")),
        msg_text(c, T("Hvad ligger bag? Hvem kan vi spørge?")),
        msg_text(c, T("Hvad vil vi prøve først, og hvornår ser vi på det igen?")),
    };
    pdf_heading(pdf, 2, msg_text(c, T("Hvad gør vi nu?")));
    pdf_text(pdf, PDF_LEAD, msg_text(c, T("Tag ét tema ad gangen. Ingen bliver vurderet på disse tal.")));
    pdf_list(pdf, true, (Strs){questions, COUNT_OF(questions)});
}

/* ---- forward focus --------------------------------------------------------------- */

enum { WRITING_LINES = 3 };

void drawing_print_focus(Ctx *c, Pdf *pdf, PdfText kind, const FocusView *f)
{
    pdf_heading(pdf, 3, msg_text(c, T("Fremadrettet fokus")));
    Str rest = f->body, line = {0};
    while (str_split(&rest, '\n', &line)) {
        line = str_trim(line);
        if (line.n) pdf_text(pdf, kind, line);
    }
    pdf_text(pdf, PDF_QUIET, f->by);
}

/* Read before the meeting, written at it: where nothing is written there is room
   to write, but not about numbers that are not there. */
static void print_forward(Ctx *c, Pdf *pdf, const SectionView *s)
{
    if (s->focus.body.n) {
        drawing_print_focus(c, pdf, PDF_BODY, &s->focus);
        return;
    }
    if (!s->has_figures) return;
    pdf_heading(pdf, 3, msg_text(c, T("Fremadrettet fokus")));
    pdf_writing_room(pdf, msg_text(c, T("Hvad vil vi holde fast i, og hvad vil vi prøve?")), WRITING_LINES);
}

/* ---- the document ------------------------------------------------------------------ */

static void print_rate(Ctx *c, Pdf *pdf, const ReportView *view)
{
    if (view->has_rate) {
        pdf_text(pdf, PDF_LEAD, msg_text(c, TF("{1} har svaret.", view->rate_big)));
        pdf_chart(pdf, &view->rate, 0);
    }
    pdf_text(pdf, PDF_BODY, view->rate_says);
    if (view->rate_before.n) pdf_text(pdf, PDF_BODY, view->rate_before);
    if (view->caution.n) pdf_text(pdf, PDF_NOTE, view->caution);
}

Pdf *drawing_print_begin(Ctx *c, const ReportView *view, Str title, PdfPaper paper)
{
    PdfMeta meta = meta_of(c, view, title, paper);
    Pdf *pdf = pdf_begin(c, &c->app->fonts, &meta);
    pdf_heading(pdf, 1, title);
    pdf_text(pdf, PDF_LEAD, view->lead);
    pdf_heading(pdf, 2, msg_text(c, T("Hvem har svaret")));
    print_rate(c, pdf, view);
    return pdf;
}

enum { SECTION_LINES = 16 }; /* heading, finding and the first question */

static void print_section(Ctx *c, Pdf *pdf, const SectionView *s)
{
    pdf_keep(pdf, SECTION_LINES);
    pdf_heading(pdf, 2, s->title);
    pdf_text(pdf, PDF_LEAD, s->finding);
    if (s->more.n) pdf_list(pdf, false, s->more);
    for (ptrdiff_t i = 0; i < s->blocks.n; i++) {
        const BlockView *b = &s->blocks.v[i];
        drawing_print_block(c, pdf, b);
        for (ptrdiff_t k = 0; b->has_open_tables && k < b->tables.n; k++) drawing_print_table(c, pdf, &b->tables.v[k]);
    }
    print_forward(c, pdf, s);
}

/* All numbers come last, so that the report itself is read in a few minutes. */
static void print_tables(Ctx *c, Pdf *pdf, const SectionView *s)
{
    ptrdiff_t n = s->groups.n + s->groups_hidden.n;
    for (ptrdiff_t i = 0; i < s->blocks.n; i++) n += s->blocks.v[i].has_open_tables ? 0 : s->blocks.v[i].tables.n;
    if (n == 0) return;
    pdf_heading(pdf, 3, s->title);
    for (ptrdiff_t i = 0; i < s->blocks.n; i++) {
        const BlockView *b = &s->blocks.v[i];
        for (ptrdiff_t k = 0; !b->has_open_tables && k < b->tables.n; k++) drawing_print_table(c, pdf, &b->tables.v[k]);
    }
    for (ptrdiff_t i = 0; i < s->groups.n; i++) drawing_print_table(c, pdf, &s->groups.v[i]);
    for (ptrdiff_t i = 0; i < s->groups_hidden.n; i++) pdf_text(pdf, PDF_QUIET, s->groups_hidden.v[i]);
}

static void print_method(Ctx *c, Pdf *pdf, const ReportView *view)
{
    if (view->has_hidden) {
        pdf_heading(pdf, 2, msg_text(c, T("Hvorfor er noget skjult?")));
        pdf_text(pdf, PDF_NOTE, view->hidden_why);
    }
    pdf_page(pdf);
    pdf_heading(pdf, 2, msg_text(c, T("Sådan er der regnet")));
    pdf_list(pdf, false, view->method);
}

Err drawing_pdf(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes)
{
    const ReportView *view = drawing_view(c, r, written);
    Pdf *pdf = drawing_print_begin(c, view, view->title, PDF_A4);
    for (ptrdiff_t i = 0; i < view->sections.n; i++) print_section(c, pdf, &view->sections.v[i]);
    if (view->has_scores) {
        pdf_heading(pdf, 2, msg_text(c, T("Samlede mål")));
        drawing_print_table(c, pdf, &view->scores);
    }
    print_method(c, pdf, view);
    pdf_page(pdf);
    pdf_heading(pdf, 2, msg_text(c, T("Alle tal som tabeller")));
    for (ptrdiff_t i = 0; i < view->sections.n; i++) print_tables(c, pdf, &view->sections.v[i]);
    return pdf_end(pdf, ret_bytes);
}

#include "feature/code/code_letter.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "render/pdf/pdf.h"
#include "text/da.h"

/* `made` is the wave's first day, so that the same codes give the same bytes. */
static PdfMeta meta_of(Ctx *c, const Wave *wave)
{
    Buf date = buf_new(c->arena, 60);
    text_date(&date, c->lang, wave->opens_on);
    return (PdfMeta){
        .title = wave->name,
        .author = S("Rød Tråd"),
        .eye_line = msg_text(c, T("Koden er din. Giv den ikke videre.")),
        .date = buf_str(&date),
        .made = {(int64_t)wave->opens_on.day * 86400000},
        .paper = PDF_A4,
    };
}

/* side: see QrPicture. */
static Err qr_chart(Ctx *c, Str address, double side, const Chart **ret)
{
    Chart *chart = NEW(c->arena, Chart, 1);
    chart->kind = CHART_QR;
    chart->qr.says = TF("QR-kode til {1}", address);
    chart->qr.side = side;
    TRY(qr_make(c, address, &chart->qr.qr));
    *ret = chart;
    return OK;
}

/* What all letters of one order share. */
typedef struct Occasion {
    const Wave *wave;
    Promise promise;
    Str owner; /* who asks */
} Occasion;

static Err occasion_of(Ctx *c, const Wave *wave, Occasion *ret)
{
    Unit owner = {0};
    *ret = (Occasion){.wave = wave};
    TRY(organisation_by_id(c, wave->owner, &owner));
    ret->owner = owner.name;
    return survey_promise(c, wave, &ret->promise);
}

static void show_code(Ctx *c, Pdf *pdf, Str code, Str address)
{
    PdfRun run = {.text = code, .is_bold = true};
    pdf_heading(pdf, 2, msg_text(c, T("Din kode")));
    pdf_runs(pdf, PDF_LEAD, (PdfRuns){&run, 1});
    pdf_text(pdf, PDF_BODY, address);
    pdf_text(pdf, PDF_BODY, msg_text(c, T("Koden virker én gang.")));
}

static Err letter(Ctx *c, Pdf *pdf, const Occasion *on, const PlainCode *code)
{
    Str address = code_address(c, code->code);
    const Chart *qr = NULL;
    TRY(qr_chart(c, address, 0, &qr));
    pdf_heading(pdf, 1, on->wave->name);
    pdf_text(pdf, PDF_LEAD, msg_text(c, TF("{1} spørger dig om {2}. Det er frivilligt at svare.", on->owner, code->unit_name)));
    pdf_text(pdf, PDF_BODY, msg_text(c, TF("Du kan svare fra {1} til og med {2}.", on->wave->opens_on, on->wave->closes_on)));
    pdf_heading(pdf, 2, msg_text(c, T("Sådan svarer du")));
    pdf_text(pdf, PDF_BODY, msg_text(c, T("Peg telefonens kamera på billedet, eller skriv adressen herunder i en browser.")));
    pdf_chart(pdf, qr, 0);
    show_code(c, pdf, code->code, address);
    pdf_heading(pdf, 2, msg_text(c, T("Det lover vi")));
    pdf_text(pdf, PDF_BODY, msg_text(c, survey_promise_sentence(&on->promise)));
    pdf_text(pdf, PDF_BODY, msg_text(c, T("At koden er brugt, gemmer vi bag en nøgle. Nøglen bliver ødelagt, når målingen lukker.")));
    return OK;
}

static Err letters(Ctx *c, Pdf *pdf, const Occasion *on, const PlainCodes *codes)
{
    for (ptrdiff_t i = 0; i < codes->n; i++) {
        pdf_page(pdf);
        TRY(letter(c, pdf, on, &codes->v[i]));
    }
    return OK;
}

/* pdf_end closes the document on every path. */
static Err ended(Pdf *pdf, Err err, Str *ret_bytes)
{
    Str bytes = {0};
    Err end = pdf_end(pdf, &bytes);
    if (err != OK) return err;
    if (end == OK) *ret_bytes = bytes;
    return end;
}

static Err letters_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes)
{
    Occasion on = {0};
    PdfMeta meta = meta_of(c, wave);
    TRY(occasion_of(c, wave, &on));
    Pdf *pdf = pdf_begin(c, &c->app->fonts, &meta);
    return ended(pdf, letters(c, pdf, &on, codes), ret_bytes);
}

Err code_letters_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes)
{
    Lang own = c->lang;
    c->lang = LANG_DA;
    Err err = letters_pdf(c, wave, codes, ret_bytes);
    c->lang = own;
    return err;
}

/* Small enough that a class fits on three pages, large enough for a telephone's camera: some two and a half
   centimetres, of which a module of an address of 60 characters gets more than half a millimetre. */
enum { STRIP_QR = 96 };

static Err strip(Ctx *c, const PlainCode *code, ptrdiff_t number, PdfCell *row)
{
    Str address = code_address(c, code->code);
    Buf counted = buf_new(c->arena, 24);
    buf_add_i64(&counted, number);
    row[0].text = buf_str(&counted);
    row[1].text = code->code;
    row[1].small = address;
    return qr_chart(c, address, STRIP_QR, &row[2].chart);
}

static Err class_table(Ctx *c, Pdf *pdf, const PlainCodes *codes)
{
    const PdfColumn columns[] = {
        {msg_text(c, T("Nr.")), 1, true}, {msg_text(c, T("Kode og adresse")), 8, false}, {msg_text(c, T("Til kameraet")), 3, false}};
    PdfCell *cells = NEW(c->arena, PdfCell, codes->n * COUNT_OF(columns));
    for (ptrdiff_t i = 0; i < codes->n; i++) TRY(strip(c, &codes->v[i], i + 1, cells + i * COUNT_OF(columns)));
    pdf_table(pdf, &(PdfTable){.caption = msg_text(c, T("Koder")), .column = columns, .columns = (int)COUNT_OF(columns), .cells = cells,
                               .rows = (int)codes->n});
    return OK;
}

static Err class_list(Ctx *c, Pdf *pdf, const Wave *wave, const Promise *promise, const PlainCodes *codes)
{
    pdf_heading(pdf, 1, wave->name);
    pdf_text(pdf, PDF_LEAD, codes->n ? codes->v[0].unit_name : S(""));
    pdf_text(pdf, PDF_BODY, msg_text(c, T("Klip koderne fra hinanden, og giv hver sin. Skriv ikke, hvem der får hvilken.")));
    pdf_text(pdf, PDF_BODY, msg_text(c, survey_promise_sentence(promise)));
    return class_table(c, pdf, codes);
}

Err code_class_list_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes)
{
    Promise promise = {0};
    PdfMeta meta = meta_of(c, wave);
    TRY(survey_promise(c, wave, &promise));
    Pdf *pdf = pdf_begin(c, &c->app->fonts, &meta);
    return ended(pdf, class_list(c, pdf, wave, &promise, codes), ret_bytes);
}

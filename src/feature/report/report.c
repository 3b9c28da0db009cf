/* What was released, given out in its formats: a table of them. */
#include "feature/report/report.h"

#include "base/number.h"
#include "feature/report/report_read.h"

/* ---- formats ------------------------------------------------------------------------ */

static Err stored_json(Ctx *c, const Publication *p, Str *ret_bytes)
{
    (void)c;
    *ret_bytes = p->report;
    return OK;
}

typedef struct Format {
    ReportFormat format;
    Str word;
    Err (*stored)(Ctx *c, const Publication *p, Str *ret_bytes); /* the first of the three that is not NULL */
    Err (*numbers)(Ctx *c, const Report *r, Str *ret_bytes);
    Err (*drawn)(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes); /* for people */
} Format;

static const Format formats[] = {
    {REPORT_HTML,   S_INIT("html"),   NULL,        NULL,        report_html  },
    {REPORT_PDF,    S_INIT("pdf"),    NULL,        NULL,        report_pdf   },
    {REPORT_SLIDES, S_INIT("slides"), NULL,        NULL,        report_slides},
    {REPORT_XLSX,   S_INIT("xlsx"),   NULL,        report_xlsx, NULL         },
    {REPORT_CSV,    S_INIT("csv"),    NULL,        report_csv,  NULL         },
    {REPORT_JSON,   S_INIT("json"),   stored_json, NULL,        NULL         },
    {REPORT_RESUME, S_INIT("resume"), NULL,        NULL,        report_resume},
};

bool report_format_parse(Str word, ReportFormat *ret)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(formats); i++) {
        if (!str_eq(formats[i].word, word)) continue;
        *ret = formats[i].format;
        return true;
    }
    return false;
}

static const Format *format_of(ReportFormat format)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(formats); i++)
        if (formats[i].format == format) return &formats[i];
    return NULL;
}

Str report_format_code(ReportFormat format)
{
    const Format *f = format_of(format);
    return f ? f->word : S("");
}

static Err write_model(Ctx *c, const Publication *p, const Format *f, Str *ret_bytes)
{
    Report r = {0};
    Focuses written = {0};
    TRY(publication_parse(c, p, &r));
    if (f->numbers) return f->numbers(c, &r, ret_bytes);
    TRY(report_focuses(c, p->wave, p->unit, &written));
    return f->drawn(c, &r, &written, ret_bytes);
}

Err report_write(Ctx *c, const Publication *p, ReportFormat format, Str *ret_bytes)
{
    const Format *f = format_of(format);
    if (!f) return fail(c, E_INVALID, T("Det format findes ikke."));
    if (f->stored) return f->stored(c, p, ret_bytes);
    /* In Danish for every reader: the file is the same whoever asked for it. */
    Lang before = c->lang;
    c->lang = LANG_DA;
    Err err = write_model(c, p, f, ret_bytes);
    c->lang = before;
    return err;
}

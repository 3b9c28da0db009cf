/* The formats of a report: a table of them. */
#include "feature/drawing/drawing.h"

#include "base/number.h"
#include "feature/drawing/drawing_inside.h"

static Err stored_json(Ctx *c, const Publication *p, Str *ret_bytes)
{
    (void)c;
    *ret_bytes = p->report;
    return OK;
}

typedef struct Format {
    ReportFormat format;
    Str word;
    Msg name; /* of the file; {1} is the unit's code */
    Err (*stored)(Ctx *c, const Publication *p, Str *ret_bytes); /* the first of the three that is not NULL */
    Err (*numbers)(Ctx *c, const Report *r, Str *ret_bytes);
    Err (*drawn)(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes); /* for people */
} Format;

static const Format formats[] = {
    {REPORT_HTML,   S_INIT("html"),   T_INIT("rapport-{1}.html"),       NULL,        NULL,        drawing_html  },
    {REPORT_PDF,    S_INIT("pdf"),    T_INIT("rapport-{1}.pdf"),        NULL,        NULL,        drawing_pdf   },
    {REPORT_SLIDES, S_INIT("slides"), T_INIT("rapport-{1}-slides.pdf"), NULL,        NULL,        drawing_slides},
    {REPORT_XLSX,   S_INIT("xlsx"),   T_INIT("rapport-{1}.xlsx"),       NULL,        drawing_xlsx, NULL         },
    {REPORT_CSV,    S_INIT("csv"),    T_INIT("rapport-{1}.csv"),        NULL,        drawing_csv,  NULL         },
    {REPORT_JSON,   S_INIT("json"),   T_INIT("rapport-{1}.json"),       stored_json, NULL,        NULL         },
    {REPORT_RESUME, S_INIT("resume"), T_INIT("resume-{1}.pdf"),         NULL,        NULL,        drawing_resume},
};

bool drawing_format_parse(Str word, ReportFormat *ret)
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

Str drawing_format_code(ReportFormat format)
{
    const Format *f = format_of(format);
    return f ? f->word : S("");
}

Str drawing_file_name(Ctx *c, ReportFormat format, Lang lang, Str unit)
{
    const Format *f = format_of(format);
    if (!f) return S("");
    Msg name = f->name;
    name.arg[0] = msg_arg_str(unit);
    return msg_text_in(c, lang, name);
}

bool drawing_has_focus(ReportFormat format)
{
    const Format *f = format_of(format);
    return f && f->drawn;
}

Err drawing_write(Ctx *c, const Publication *p, const Focuses *written, ReportFormat format, Str *ret_bytes)
{
    const Format *f = format_of(format);
    if (!f) return fail(c, E_INVALID, T("Det format findes ikke."));
    if (f->stored) return f->stored(c, p, ret_bytes);
    Report r = {0};
    TRY(publication_parse(c, p, &r));
    return f->numbers ? f->numbers(c, &r, ret_bytes) : f->drawn(c, &r, written, ret_bytes);
}

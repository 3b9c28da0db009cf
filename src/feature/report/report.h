/* Reports: what was released, given out in its formats and read on pages. */
#ifndef FEATURE_REPORT_REPORT_H
#define FEATURE_REPORT_REPORT_H

#include "feature/publication/publication.h"

typedef enum ReportFormat {
    REPORT_HTML = 1,
    REPORT_PDF,
    REPORT_SLIDES,
    REPORT_XLSX,
    REPORT_CSV,
    REPORT_JSON,
    REPORT_RESUME /* two pages, PDF */
} ReportFormat;
/* "html" … "json", "resume"; false (untouched) for an unknown word or a format that is not built. */
bool report_format_parse(Str word, ReportFormat *ret);
/* The word again; "" for a format that is not built. */
Str report_format_code(ReportFormat format);
/* The bytes of one output of a publication, always the same. */
MUST Err report_write(Ctx *c, const Publication *p, ReportFormat format, Str *ret_bytes);

/* One output each, from the model; report_write calls them by a table. */
MUST Err report_html(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_pdf(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_slides(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_resume(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_csv(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_xlsx(Ctx *c, const Report *r, Str *ret_bytes);

#endif

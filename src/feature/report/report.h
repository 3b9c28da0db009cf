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
/* The bytes of one output, in the language of who reads it: of the publication
   and, in those for people, of what is written into the report now. The same of
   all three give the same bytes. The questionnaire's texts are Danish where they
   are not translated. JSON is what was stored, in every language the same; the
   table's column names and its word skjult are FORMATS §4's and stay, too. */
MUST Err report_write(Ctx *c, const Publication *p, ReportFormat format, Lang lang, Str *ret_bytes);
/* What the file is called, for the unit with this code: "rapport-S11.pdf", "summary-S11.pdf". */
Str report_file_name(Ctx *c, ReportFormat format, Lang lang, Str unit);

/* What people have written into a report: forward focus (fremadrettet fokus), at
   most one a section. */
typedef struct Focus {
    Str section, body, author; /* author empty: no longer known */
    Version version;
    Instant at;
} Focus;
typedef struct Focuses { Focus *v; ptrdiff_t n; } Focuses;

/* One output each, in the Ctx's language; report_write calls them by a table. For people: */
MUST Err report_html(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
/* With room to write by hand where no focus is written. */
MUST Err report_pdf(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
MUST Err report_slides(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
/* Two pages: a long focus is cut, and says so. */
MUST Err report_resume(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes);
/* The numbers alone: */
MUST Err report_csv(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_xlsx(Ctx *c, const Report *r, Str *ret_bytes);

#endif

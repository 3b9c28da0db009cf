/* A released report drawn: its bytes in every format, and its parts for a page.
   All of it is made of a Publication (or the Report in it), of what people have
   written into it and of a language, and nothing here asks the store. */
#ifndef FEATURE_DRAWING_DRAWING_H
#define FEATURE_DRAWING_DRAWING_H

#include "feature/publication/publication.h"
#include "render/out.h"

/* What people have written into a report: forward focus (fremadrettet fokus), at
   most one a section. */
enum { REPORT_FOCUS_MAX = 4000 }; /* letters of a body */
typedef struct Focus {
    Str section, body, author; /* author empty: no longer known */
    Version version;
    Instant at;
} Focus;
typedef struct Focuses { Focus *v; ptrdiff_t n; } Focuses;

/* ---- files ---------------------------------------------------------------------- */

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
bool drawing_format_parse(Str word, ReportFormat *ret);
/* The word again; "" for a format that is not built. */
Str drawing_format_code(ReportFormat format);
/* Is it one of those for people, in which the focus stands beside the numbers? */
bool drawing_has_focus(ReportFormat format);
/* The bytes of one output, in the Ctx's language: of the publication and, in those
   with focus, of what is written (else `written` is not looked at). The same of all
   three give the same bytes. The questionnaire's texts are Danish where they are
   not translated. JSON is what was stored, in every language the same; the table's
   column names and its word skjult are FORMATS §4's and stay, too.
   Errors: E_INVALID for a format that is not built, E_TOO_LARGE, E_BROKEN when what
   is stored cannot be read. */
MUST Err drawing_write(Ctx *c, const Publication *p, const Focuses *written, ReportFormat format, Str *ret_bytes);
/* What the file is called, for the unit with this code: "rapport-S11.pdf", "summary-S11.pdf". */
Str drawing_file_name(Ctx *c, ReportFormat format, Lang lang, Str unit);

/* ---- on a page ------------------------------------------------------------------- */

/* Sentences and rounded numbers, made once of a report; drawing_inside.h tells them.
   Others only hand it to the parts below. It points into *r. */
typedef struct ReportView ReportView;
ReportView *drawing_view(Ctx *c, const Report *r, const Focuses *written);
/* "Rapport: Bakkeskolen", and the sentence under it. */
Str drawing_title(const ReportView *v);
Str drawing_lead(const ReportView *v);
/* Each section's focus gets a link to where the viewer writes it: `address`, which
   ends with a slash, and the section's code. */
void drawing_open_focus(Ctx *c, ReportView *view, Str address);
/* Of drawing.html, for {% call %}: the list of parts, linked, and the parts. */
void part_drawing_contents(Out *o, const ReportView *v);
void part_drawing_body(Out *o, const ReportView *v);

#endif

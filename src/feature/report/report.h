/* Reports: computed once at release from the tallies, protected, stored, and
   read from there by every output.
   Release is two steps, so that no writer waits for the computing:
   report_prepare counts, compares and hides on a snapshot; report_publish
   stores the finished bytes in one short write. */
#ifndef FEATURE_REPORT_REPORT_H
#define FEATURE_REPORT_REPORT_H

#include "feature/answer/answer.h"
#include "feature/survey/survey.h"

typedef struct Released {
    int64_t released, kept; /* units */
    int64_t cells, primary,
        secondary; /* figures n of the released units: all, hidden as few, hidden for others' sake */
} Released;

/* Everything that a release will store; lives in c->arena. */
typedef struct Prepared Prepared;
/* On a snapshot (db_read_begin) or inside a write. unit 0: all. One step for the
   whole wave, so that all that is published together is protected together.
   Second release: a unit whose new version would differ by 1–4 in any n, or in
   nothing, keeps the one it has (FORMATS §4 "Versions").
   Errors: E_CONFLICT with an English sentence: more rows with an answer than
           invited (names the first such unit in the tree's order; with a unit:
           only that one and those above count), archived wave, no safe way to
           hide; E_NOT_FOUND for a unit outside the wave's tree; E_TOO_LARGE. */
MUST Err report_prepare(Ctx *c, const Wave *wave, UnitId unit, Prepared **ret);
/* Inside a write. Stores it, takes the wave through lukket and kontrolleret to
   frigivet_skole, and opens the reports to their units (other audiences from
   the wave's date). E_CONFLICT, nothing written, when answers, invited numbers
   or a release have come since report_prepare: prepare again. */
MUST Err report_publish(Ctx *c, const Prepared *prepared);
/* Inside a write, before report_prepare: an open wave takes no more answers, and
   its sealed texts are counted. Nothing happens when it is closed already. */
MUST Err report_close(Ctx *c, WaveId wave);
Released report_released(const Prepared *prepared);

/* The stored report of a unit, newest version (number 0) or a given one.
   E_NOT_FOUND without a sentence when it was never released. */
typedef struct Publication {
    int64_t id, number;
    Date released_on;
    Str report; /* FORMATS §4 JSON */
    Str frame;  /* JSON; read both with report_parse (report_model.h) */
} Publication;
MUST Err report_load(Ctx *c, WaveId wave, UnitId unit, int64_t number, Publication *ret);

typedef enum ReportFormat {
    REPORT_HTML = 1,
    REPORT_PDF,
    REPORT_SLIDES,
    REPORT_XLSX,
    REPORT_CSV,
    REPORT_JSON
} ReportFormat;
/* "html" … "json"; false (untouched) for an unknown word or a format that is not built. */
bool report_format_parse(Str word, ReportFormat *ret);
/* The word again; "" for a format that is not built. */
Str report_format_code(ReportFormat format);
/* The bytes of one output of a publication, always the same. */
MUST Err report_write(Ctx *c, const Publication *p, ReportFormat format, Str *ret_bytes);

/* One output each, from the model; report_write calls them by a table. */
typedef struct Report Report;
MUST Err report_html(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_pdf(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_slides(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_csv(Ctx *c, const Report *r, Str *ret_bytes);
MUST Err report_xlsx(Ctx *c, const Report *r, Str *ret_bytes);

#endif

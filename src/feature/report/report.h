/* Reports: computed once at release from the tallies, protected, stored, and
   read from there by every output. */
#ifndef FEATURE_REPORT_REPORT_H
#define FEATURE_REPORT_REPORT_H

#include "feature/answer/answer.h"
#include "feature/survey/survey.h"

typedef struct Released { int64_t released, kept; } Released;
/* Inside a write (one step for the whole wave, so that all that is published
   together is protected together). unit 0: all. FORMATS §4 "Versions". */
MUST Err report_release(Ctx *c, const Wave *wave, UnitId unit, Released *ret);

/* The stored report of a unit, newest version (or a given one). E_NOT_FOUND
   without a sentence when it was never released. */
typedef struct Publication {
    int64_t id, number;
    Date released_on;
    Str report; /* FORMATS §4 JSON */
    Str frame;  /* JSON */
} Publication;
MUST Err report_load(Ctx *c, WaveId wave, UnitId unit, int64_t number, Publication *ret);

typedef enum ReportFormat { REPORT_HTML = 1, REPORT_PDF, REPORT_SLIDES, REPORT_XLSX, REPORT_CSV, REPORT_JSON } ReportFormat;
/* The bytes of one output of a publication, always the same. */
MUST Err report_write(Ctx *c, const Publication *p, ReportFormat format, Str *ret_bytes);

#endif

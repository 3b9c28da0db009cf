/* What the pages of reports show; the report itself is drawn by feature/drawing. */
#ifndef FEATURE_REPORT_REPORT_PAGES_H
#define FEATURE_REPORT_REPORT_PAGES_H

#include "feature/drawing/drawing.h"
#include "render/form.h"

typedef struct ReportLine {
    Str unit;
    Href href;
} ReportLine;
typedef struct ReportLines { ReportLine *v; ptrdiff_t n; } ReportLines;

typedef struct WaveLines {
    Str wave;
    Date released_on; /* first */
    ReportLines all;
} WaveLines;
typedef struct WavesLines { WaveLines *v; ptrdiff_t n; } WavesLines;

typedef struct ListPage { WavesLines waves; bool more; } ListPage;

typedef struct FileLink { Str name; Href href; } FileLink;
typedef struct FileLinks { FileLink *v; ptrdiff_t n; } FileLinks;

typedef struct ReportPage {
    const ReportView *view;
    Href pdf, slides, show; /* show empty: not this viewer's to show, or shown already */
    Href open;         /* to those outside; empty: not this viewer's, not shown yet, or open already */
    FileLinks files;
    ReportLines below; /* reports of the units right below */
    Href pack;         /* empty: a school has none */
    Str nonce;         /* with pack */
    Str coming;        /* who may read it later, and from when; empty: nobody more */
    bool was_shown, was_opened, was_written;
} ReportPage;

typedef struct FocusPage {
    Str title, unit;
    FormValues *values;
    Str nonce;
    Version version;
    Href back, own;
    Str theirs;        /* what somebody else wrote meanwhile; empty: nobody */
} FocusPage;

typedef struct ShowPage {
    Str unit, wave, nonce;
    Href back, own;
} ShowPage;

#endif

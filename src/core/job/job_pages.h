#ifndef CORE_JOB_JOB_PAGES_H
#define CORE_JOB_JOB_PAGES_H

#include "core/job/job.h"
#include "render/out.h"

typedef struct JobFileView {
    Str name;
    Msg size;
} JobFileView;
typedef struct JobFileViews {
    JobFileView *v;
    ptrdiff_t n;
} JobFileViews;

typedef struct JobPage {
    Str uid;
    Msg title;
    bool is_open, is_late, has_failed; /* late: a step failed and is tried again */
    bool knows_end;                    /* done and of are shown */
    Plain done, of;
    Msg how_far, message;
    Href leads_to;                     /* empty path: nowhere */
    Msg leads_to_name;
    JobFileViews files;
    Instant files_until;
} JobPage;

#endif

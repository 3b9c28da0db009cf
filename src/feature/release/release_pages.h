#ifndef FEATURE_RELEASE_RELEASE_PAGES_H
#define FEATURE_RELEASE_RELEASE_PAGES_H

#include "feature/survey/survey.h"
#include "render/form.h"
#include "render/out.h"

/* Before the reports of a wave are released: what happens, who sees it, from when. */
typedef struct ReleasePage {
    Wave wave;
    Msg why_not;      /* empty: it may be released now */
    Href next;        /* where the reader can go on instead; empty path: nowhere */
    Msg next_name;
    Msg from_when;    /* when the administration sees the reports */
    int64_t schools;  /* lowest units with five answers or more; the others see that they are too few */
    Href back, action;
    Str nonce;
} ReleasePage;

#endif

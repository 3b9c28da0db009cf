#ifndef FEATURE_SUPPORT_SUPPORT_PAGES_H
#define FEATURE_SUPPORT_SUPPORT_PAGES_H

#include "feature/support/support.h"
#include "render/form.h"
#include "render/out.h"

typedef struct AskPage {
    FormValues *values;
    Str nonce;
    Questions own;
    bool was_sent;
    bool may_answer; /* shows the way to the desk */
} AskPage;

typedef struct DeskPage {
    Questions all;
    bool answered;
    Href next; /* empty path: this is the last page */
} DeskPage;

typedef struct QuestionPage {
    Question q;
    FormValues *values;
    Str nonce;
    Version version;
    bool may_answer;
    Str unsent; /* one's own answer, when somebody else's came first */
} QuestionPage;

#endif

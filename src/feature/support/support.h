/* Questions to the municipality's own support, and the answers. The first whole
   feature of the house: every other one has this shape. */
#ifndef FEATURE_SUPPORT_SUPPORT_H
#define FEATURE_SUPPORT_SUPPORT_H

#include "core/people/people.h"

typedef struct SupportId {
    int64_t v;
} SupportId;

typedef struct Question {
    SupportId id;
    Version version;
    Str uid, subject, body, answer;
    Str author, unit;        /* names */
    Instant asked_at, answered_at;
    bool is_answered;
} Question;
typedef struct Questions {
    Question *v;
    ptrdiff_t n;
    bool more; /* cut at SUPPORT_PAGE */
} Questions;
enum { SUPPORT_PAGE = 50 };

/* What the viewer has asked, newest first. */
MUST Err support_own(Ctx *c, Questions *ret);
/* What the viewer may answer (access: support/R by unit), open ones first, then
   oldest first, `after` the given place (asked_at and id of the last one shown). */
MUST Err support_desk(Ctx *c, bool answered, Instant after_at, SupportId after_id, Questions *ret);
/* E_NOT_FOUND without a sentence. */
MUST Err support_by_uid(Ctx *c, Str uid, Question *ret);
/* Where the question lies, for its routes' scope. E_NOT_FOUND without a sentence. */
MUST Err support_place(Ctx *c, Str uid, Place *ret);

/* Inside a write. subject 1–120, body 1–4,000 characters (the form has looked).
   The question lies with the viewer's first unit, else with the owner itself. */
MUST Err support_ask(Ctx *c, Str subject, Str body, Str *ret_uid);
/* Inside a write. E_CONFLICT when it was answered since `seen`. */
MUST Err support_answer(Ctx *c, SupportId id, Version seen, Str answer);

#endif

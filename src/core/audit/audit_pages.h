/* What the pages of core/audit show. */
#ifndef CORE_AUDIT_AUDIT_PAGES_H
#define CORE_AUDIT_AUDIT_PAGES_H

#include "core/audit/audit_search.h"
#include "core/audit/audit_words.h"
#include "render/out.h"

typedef struct SealView {
    Str month; /* "2026-11" */
    Count seals, rows;
    Instant sealed_at;
} SealView;
typedef struct SealViews {
    SealView *v;
    ptrdiff_t n;
} SealViews;

typedef struct VerbChoice {
    Str code;
    Msg words;
    bool is_on;
} VerbChoice;
typedef struct VerbChoices {
    VerbChoice *v;
    ptrdiff_t n;
} VerbChoices;

typedef struct LogPage {
    AuditLines all;
    AuditOwners owners;
    SealViews sealed;
    VerbChoices verbs;
    Str owner, owner_name, who, about, verb, from, to; /* the filter as written */
    Msg trouble;                                       /* what of it cannot be used; empty: none */
    Href next, csv;
} LogPage;

#endif

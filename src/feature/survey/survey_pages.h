#ifndef FEATURE_SURVEY_SURVEY_PAGES_H
#define FEATURE_SURVEY_SURVEY_PAGES_H

#include "feature/survey/survey.h"
#include "render/form.h"
#include "render/out.h"

typedef struct WaveRow {
    Str uid, name, owner;
    Msg state, when;
} WaveRow;
typedef struct WaveRows {
    WaveRow *v;
    ptrdiff_t n;
    bool more;
} WaveRows;
typedef struct WaveListPage {
    WaveRows all;
    bool may_add;
} WaveListPage;

typedef struct NewWavePage {
    FormValues *values;
    Str nonce;
    bool has_questionnaire;
} NewWavePage;

typedef struct UnitRow {
    Str code, name, kind;
    Msg answered;         /* "mindst 25 af 40" */
    Href below, codes;    /* empty path: none */
} UnitRow;
typedef struct UnitRows {
    UnitRow *v;
    ptrdiff_t n;
} UnitRows;
typedef struct StepLink {
    Href href;
    Msg name;
    bool is_main;
} StepLink;
typedef struct StepLinks {
    StepLink *v;
    ptrdiff_t n;
} StepLinks;

typedef struct WavePage {
    Wave wave;
    Msg state, lead, promise;
    Msg promise_why;
    Findings findings;    /* of the questionnaire, while it is a draft */
    bool is_draft, has_rates;
    StepLinks steps;
    Href invited;         /* empty path: may not */
    UnitRows units;
    Href up;              /* empty path: the top */
    Msg where;            /* whose units are shown */
} WavePage;

typedef struct StepPage {
    Wave wave;
    Msg headline, what, button;
    Href action, back;
    Str nonce;
    Findings findings;
    bool is_stopped;      /* errors in the questionnaire */
} StepPage;

typedef struct InvitedPage {
    Wave wave;
    FormValues *values;
    Str nonce;
    bool was_saved;
    Href action;
} InvitedPage;

typedef struct CodeView {
    Msg role;
    Str role_code, code, address;
    Markup qr;
} CodeView;
typedef struct CodeViews {
    CodeView *v;
    ptrdiff_t n;
} CodeViews;
typedef struct CodesPage {
    Wave wave;
    Str unit;
    CodeViews open;
    bool lacks_open;      /* a role has none yet */
    bool may_make;
    Msg why_not;          /* empty: codes may be made and shown */
    Href make, letters;
    FormValues *values;
    Str nonce;
} CodesPage;

#endif

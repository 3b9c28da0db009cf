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

/* One knot of a wave's way; before, at or after where it is now. */
typedef struct Stage {
    Msg name;
    bool is_done, is_now;
} Stage;
typedef struct Stages {
    Stage *v;
    ptrdiff_t n;
} Stages;

typedef struct WavePage {
    Wave wave;
    Msg state, lead, promise;
    Msg promise_why;
    Stages way;           /* none of a wave that is archived or has no dates */
    Findings findings;    /* of the questionnaire, while it is a draft */
    bool is_draft, has_rates;
    bool has_codes;       /* codes may be made and shown now */
    bool shows_units;     /* with rates or codes; without either the list says nothing */
    StepLinks steps;
    Href invited, mail;   /* empty path: may not */
    Msg invited_told;     /* how many are invited, while it can still be changed */
    bool lacks_invited;
    Href edit;            /* of name and days; empty path: may not, or too late */
    Href questionnaire;   /* empty path: may not read it */
    Str questionnaire_title;
    Msg asked, dates, seen_from; /* seen_from empty: the administration sees it already, or never will */
    Str previous;         /* name; empty: compared with none */
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
    bool shows_lacking;
    Strs lacking;         /* names of lowest units with fewer than five answers, the first of them */
    int64_t lacking_more; /* that are not among them */
} StepPage;

typedef struct EditWavePage {
    Wave wave;            /* as it stands now */
    FormValues *values;
    Version version;
    Msg conflict;         /* empty: nobody was first */
    Str nonce;
    Href action, back;
} EditWavePage;

typedef struct InvitedPage {
    Wave wave;
    FormValues *values;
    Version version;
    Msg conflict;   /* empty: nobody came between */
    Str theirs;     /* the numbers that stand now */
    Str nonce;
    bool was_saved;
    Href action;
} InvitedPage;

#endif

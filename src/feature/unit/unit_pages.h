#ifndef FEATURE_UNIT_UNIT_PAGES_H
#define FEATURE_UNIT_UNIT_PAGES_H

#include "core/organisation/organisation.h"
#include "render/form.h"
#include "render/out.h"

typedef struct Branches {
    struct Branch *v;
    ptrdiff_t n;
} Branches;
typedef struct Branch {
    const TreeUnit *at;
    Msg period;  /* empty: began before the day and goes on */
    Msg deeper;  /* empty: all below is shown */
    Branches below;
    Branches classes; /* of below, those that are folded into one line */
    Msg classes_text, classes_period; /* how many; their common last day, or empty */
} Branch;

typedef struct TreePage {
    Str words, day;     /* as written */
    Msg day_problem;
    Date shown_day;
    Branches tree;
    bool is_search;
    Units found;
    Str next_code;      /* empty: no more */
    Str export_code;
    bool is_cut;
} TreePage;

typedef struct UnitPage {
    Unit unit, parent;  /* parent.id 0: none, or out of sight */
    Msg period, kind_and_code;
    PastNames names;
    Units children, older, newer;
    Str next_code;
    bool may_write, is_over, may_roll, was_saved;
    bool may_show_ended; /* units below that have ended are left out */
} UnitPage;

typedef struct PlanLine {
    Str old_name, old_code, new_name, new_code;
    Msg act;
} PlanLine;
typedef struct PlanLines {
    PlanLine *v;
    ptrdiff_t n;
} PlanLines;

/* One text of two: what I wrote, what stands now. */
typedef struct TwoTexts {
    Msg label;
    Str mine, theirs;
} TwoTexts;
typedef struct BothTexts {
    TwoTexts *v;
    ptrdiff_t n;
} BothTexts;

typedef struct MsgList {
    Msg *v;
    ptrdiff_t n;
} MsgList;

/* Every page on which a unit is changed: what happens, the form, the button. */
typedef struct ActPage {
    Msg heading, lead, button;
    MsgList effects;
    Href action, back;
    Msg back_text;
    FormValues *values;
    Str nonce;
    Version version;
    Msg conflict;    /* empty: none */
    BothTexts both;  /* of an edit, after a conflict */
    bool is_rollover;
    Str year, last_grade;
    PlanLines plan;
    bool is_blocked; /* nothing to send */
} ActPage;

#endif

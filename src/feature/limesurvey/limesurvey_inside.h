/* A LimeSurvey survey (.lss) as rows, whatever version wrote it: before 2020 texts
   stand in the rows themselves, one row a language; later in …_l10ns tables. */
#ifndef FEATURE_LIMESURVEY_LIMESURVEY_INSIDE_H
#define FEATURE_LIMESURVEY_LIMESURVEY_INSIDE_H

#include "base/codes.h"
#include "feature/limesurvey/limesurvey.h"
#include "feature/questionnaire/questionnaire.h"

enum { LSS_ROWS = 20000 /* of one table */, LSS_TEXTS = QUESTIONNAIRE_LANGUAGES };

typedef struct LssGroup {
    Str gid, relevance;
    int64_t order;
    LangTexts name;
} LssGroup;

typedef struct LssQuestion { /* or a subquestion */
    Str qid, parent, gid, title, relevance;
    char type;
    int64_t order, scale;
    bool has_other;
    LangTexts text;
} LssQuestion;

typedef struct LssAnswer {
    Str qid, code;
    int64_t order, scale;
    LangTexts text;
} LssAnswer;

typedef struct LssSurvey {
    Str sid;
    Strs languages;
    LangTexts title;
    struct { LssGroup *v; ptrdiff_t n; } groups;       /* by order */
    struct { LssQuestion *v; ptrdiff_t n; } questions; /* by order, of all groups */
    struct { LssQuestion *v; ptrdiff_t n; } subs;      /* by order, of all questions */
    struct { LssAnswer *v; ptrdiff_t n; } answers;     /* by order, of all questions */
    ptrdiff_t stripped, cut;                           /* texts that lost markup; that were too long */
} LssSurvey;

/* Texts come out without markup and within our limits.
   Errors: E_INVALID, with the table for a place. */
MUST Err limesurvey_read(Ctx *c, Str xml, LssSurvey *ret);

/* A list of comparisons, of which one must hold. */
typedef struct LssCondition {
    Strs names; /* of each comparison, as written, without .NAOK: TITLE, TITLE_SUB or SIDXGIDXQIDSUB */
    Strs codes; /* the answer of each comparison */
    bool is_any; /* any answer to names[0]; no codes */
} LssCondition;
/* 'A.NAOK == "1" or A.NAOK == "2"', '!is_empty(A)'; false for everything else. */
bool limesurvey_condition(Arena *arena, Str relevance, LssCondition *ret);

#endif

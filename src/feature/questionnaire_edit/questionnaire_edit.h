/* One change at a time to a questionnaire in memory. What comes out is read anew
   by questionnaire_parse, so a change may leave faults: they are told there. */
#ifndef FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_H
#define FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_H

#include "feature/questionnaire/questionnaire.h"

typedef enum EditMove { EDIT_SAVE = 1, EDIT_UP, EDIT_DOWN, EDIT_REMOVE } EditMove;

typedef struct ItemChange {
    EditMove move;
    Str code;       /* of the item; empty: a new one */
    Str section;    /* of a new one */
    Str matrix;     /* code of the matrix a new row goes into; empty: none */
    Item to;        /* EDIT_SAVE: code, kind, text, scale, core, reverse, ask_if (its code is enough), ask_in; the rest stands */
} ItemChange;

typedef struct SectionChange {
    EditMove move;
    Str code;    /* empty: a new one */
    Section to;  /* code, title, theme */
} SectionChange;

/* A changed copy, its texts shared with `q`. A matrix moves and goes with its rows.
   E_NOT_FOUND without a sentence for a code that is not there. */
MUST Err questionnaire_edit_item(Ctx *c, const Questionnaire *q, ItemChange change, Questionnaire *ret);
MUST Err questionnaire_edit_section(Ctx *c, const Questionnaire *q, SectionChange change, Questionnaire *ret);

#endif

/* Between the files of this folder only. */
#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_INSIDE_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_INSIDE_H

#include "base/codes.h"
#include "feature/questionnaire/questionnaire.h"

/* 1 to max of A–Z a–z 0–9 . _ - */
bool code_is_good(Str code, ptrdiff_t max);

Str kind_code(ItemKind kind);
bool kind_of_code(Str code, ItemKind *ret);
bool kind_has_scale(ItemKind kind);

/* How many waves were made with a version of it. */
MUST Err questionnaire_waves(Ctx *c, QuestionnaireId id, int64_t *ret);

/* Fills wording of every item and score. */
void wordings_fill(Ctx *c, Questionnaire *q);

#endif

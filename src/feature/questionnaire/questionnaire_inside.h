/* Between the files of this folder only. */
#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_INSIDE_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_INSIDE_H

#include "base/codes.h"
#include "feature/questionnaire/questionnaire.h"

Str kind_code(ItemKind kind);
bool kind_has_scale(ItemKind kind);

/* Fills wording of every item and score. */
void wordings_fill(Ctx *c, Questionnaire *q);

#endif

/* Between the files of this folder only. */
#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_INSIDE_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_INSIDE_H

#include "feature/questionnaire/questionnaire.h"

/* 1 to max of A–Z a–z 0–9 . _ - */
bool code_is_good(Str code, ptrdiff_t max);

/* Codes already met, with a place each. */
typedef struct Codes {
    struct CodeSlot { Str code; ptrdiff_t place; bool used; } *slot;
    ptrdiff_t mask;
} Codes;
/* Room for n codes. */
Codes codes_new(Arena *arena, ptrdiff_t n);
/* -1: not there. */
ptrdiff_t codes_find(const Codes *codes, Str code);
/* False: it was there already, and keeps its place. */
bool codes_add(Codes *codes, Str code, ptrdiff_t place);

Str kind_code(ItemKind kind);
bool kind_of_code(Str code, ItemKind *ret);
bool kind_has_scale(ItemKind kind);

bool values_equal(Values a, Values b);
bool lang_texts_equal(LangTexts a, LangTexts b);

/* How many waves were made with a version of it. */
MUST Err questionnaire_waves(Ctx *c, QuestionnaireId id, int64_t *ret);

/* Fills wording of every item and score. */
void wordings_fill(Ctx *c, Questionnaire *q);

#endif

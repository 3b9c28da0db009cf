#ifndef FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_PAGES_H
#define FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_PAGES_H

#include "feature/questionnaire/questionnaire.h"
#include "render/form.h"
#include "render/out.h"

typedef struct QuestionnaireListPage {
    QuestionnaireLines all;
    FormValues *values; /* of a new one */
    Str nonce, upload_nonce;
    bool may_write;
} QuestionnaireListPage;

typedef struct QuestionnairePage {
    const Questionnaire *q;
    Findings found;
    Str lang;
    bool may_write, was_saved;
} QuestionnairePage;

typedef struct ButtonForm {
    Str move;
    Msg label;
    Str nonce;
} ButtonForm;
typedef struct ButtonForms {
    ButtonForm *v;
    ptrdiff_t n;
} ButtonForms;

/* What of a LimeSurvey file has no counterpart. */
typedef struct NotesPage {
    Strs notes;
    Str code;
} NotesPage;

/* One item or section under change. */
typedef struct EditPage {
    const Questionnaire *q;
    Msg title;
    FormValues *values;
    Href action;
    Str nonce;
    Version version;
    ButtonForms moves;   /* none for a new one */
    int64_t waves;
    bool is_item, is_matrix, came_late; /* somebody else was first; `theirs` is what they wrote */
    Str code, section;
    LangTexts theirs;
} EditPage;

#endif

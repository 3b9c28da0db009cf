/* What is asked: the questionnaire in memory, its file (FORMATS §2), its checks
   before a launch, and LimeSurvey's .lss.
   A version is immutable; a wave keeps the one it was made with. */
#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_H

#include "core/organisation/organisation.h"
#include "db/db.h"

typedef struct QuestionnaireId { int64_t v; } QuestionnaireId;
typedef struct QuestionnaireVersionId { int64_t v; } QuestionnaireVersionId;
typedef struct ItemId { int64_t v; } ItemId;

enum {
    QUESTIONNAIRE_BYTES = 4 << 20, /* of a file */
    QUESTIONNAIRE_ITEMS = 2000,
    QUESTIONNAIRE_OPTIONS = 64,
    QUESTIONNAIRE_LANGUAGES = 12,
};

/* The same text in several languages; the first is Danish. */
typedef struct LangText { Str lang, text; } LangText;
typedef struct LangTexts { LangText *v; ptrdiff_t n; } LangTexts;
/* In `lang`, else in Danish, else the first there is. */
Str lang_text(LangTexts texts, Str lang);

typedef struct Values { int64_t *v; ptrdiff_t n; } Values;
bool values_have(Values values, int64_t v);

typedef struct Option { int64_t value; LangTexts text; } Option;
typedef struct Options { Option *v; ptrdiff_t n; } Options;

typedef enum ItemKind { ITEM_SINGLE = 1, ITEM_MULTIPLE, ITEM_MATRIX, ITEM_NUMBER, ITEM_TEXT, ITEM_SCORE } ItemKind;

typedef struct Item Item;
struct Item {
    ItemId id;             /* 0 until stored */
    ptrdiff_t position;
    Str code, section, theme;
    ItemKind kind;         /* a row of a matrix is ITEM_SINGLE with `matrix` set; the matrix itself is not answered */
    LangTexts text;
    Options options;       /* single, multiple, matrix rows */
    Values agree, disagree, dont_know; /* the item's own, else its scale's */
    bool is_core, is_reverse;
    const Item *matrix;    /* NULL: stands alone */
    const Item *ask_if;    /* asked only when that item's answer is in ask_in; NULL: always */
    Values ask_in;
    Str same_as;           /* "QUESTIONNAIRE/ITEM"; empty: none */
    Str wording;           /* 64 hexadecimal digits */
};
typedef struct Items { Item *v; ptrdiff_t n; } Items; /* in the order asked, matrix before its rows */

typedef struct Section { Str code, theme; LangTexts title; ptrdiff_t first, count; } Section; /* range of items */
typedef struct Sections { Section *v; ptrdiff_t n; } Sections;

typedef struct Score {
    ItemId id;
    Str code;
    LangTexts title;
    const Item **items;
    ptrdiff_t n;
    double min_answered;   /* share of items, 0–1 */
    Str wording;
} Score;
typedef struct Scores { Score *v; ptrdiff_t n; } Scores;

typedef struct Questionnaire {
    QuestionnaireId id;
    QuestionnaireVersionId version_id;
    int64_t number;
    Str code;
    LangTexts title;
    Strs languages;
    Sections sections;
    Items items;
    Scores scores;
} Questionnaire;

/* From a file of FORMATS §2. E_INVALID with one problem a fault, field = the
   JSON path ("sections[0].items[2].scale"), English. Nothing is stored. */
MUST Err questionnaire_parse(Ctx *c, Str json, Questionnaire *ret);
/* From a LimeSurvey survey (.lss), as FORMATS §2's JSON. What has no counterpart
   is refused or told in *ret_notes (English lines), never dropped silently. */
MUST Err questionnaire_from_lss(Ctx *c, Str xml, Str *ret_json, Strs *ret_notes);
/* FORMATS §2's JSON of what is in memory; parse and write are inverse. */
Str questionnaire_json(Ctx *c, const Questionnaire *q);

/* Inside a write. Stores a new version, or finds that nothing has changed
   (*ret_is_new false). Fills the ids in *q. */
MUST Err questionnaire_store(Ctx *c, Questionnaire *q, UnitId owner, bool *ret_is_new);
/* E_NOT_FOUND without a sentence. Newest version of a code, or a given one. */
MUST Err questionnaire_newest(Ctx *c, Str code, Questionnaire *ret);
MUST Err questionnaire_load(Ctx *c, QuestionnaireVersionId id, Questionnaire *ret);

const Item *questionnaire_item(const Questionnaire *q, Str code);

/* What a launch must not have (errors) and what its maker should know
   (warnings): dead branches, unreachable questions, doubled codes, missing agree
   sets, scales without direction, untranslated texts. 1,000 questions with 200
   conditions in under 100 ms. */
typedef struct Finding { bool is_error; Str item; Msg what; } Finding;
typedef struct Findings { Finding *v; ptrdiff_t n; ptrdiff_t errors; } Findings;
MUST Err questionnaire_check(Ctx *c, const Questionnaire *q, Findings *ret);

#endif

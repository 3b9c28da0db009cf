/* What is asked: the questionnaire in memory, its file (FORMATS §2), its checks
   before a launch.
   A version is immutable; a wave keeps the one it was made with. */
#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_H

#include "core/organisation/organisation.h"
#include "db/db.h"
#include "web/web.h"

typedef struct QuestionnaireId { int64_t v; } QuestionnaireId;
typedef struct QuestionnaireVersionId { int64_t v; } QuestionnaireVersionId;
typedef struct ItemId { int64_t v; } ItemId;

enum {
    QUESTIONNAIRE_BYTES = 4 << 20,      /* of a file */
    QUESTIONNAIRE_FOREIGN_BYTES = 16 << 20, /* of another program's file */
    QUESTIONNAIRE_ITEMS = 2000,
    QUESTIONNAIRE_OPTIONS = 64,
    QUESTIONNAIRE_LANGUAGES = 12,
    QUESTIONNAIRE_CODE_MAX = 32,   /* of A–Z a–z 0–9 . _ - */
    ITEM_CODE_MAX = 64,            /* of the same; items, sections, scales and scores */
    QUESTIONNAIRE_TITLE_MAX = 300, /* characters, as all below */
    ITEM_TEXT_MAX = 2000,
    OPTION_TEXT_MAX = 300,
    OPTION_VALUE_MAX = 1000 * 1000, /* either way: options may be negative */
};

/* 1 to max of A–Z a–z 0–9 . _ - */
bool questionnaire_code_is_good(Str code, ptrdiff_t max);

/* The same text in several languages; the first is Danish. */
typedef struct LangText { Str lang, text; } LangText;
typedef struct LangTexts { LangText *v; ptrdiff_t n; } LangTexts;
/* In `lang`, else in Danish, else the first there is. */
Str lang_text(LangTexts texts, Str lang);
/* "dansk", in the Ctx's language; a language that we have no word for as its code. */
Str questionnaire_language(Ctx *c, Str lang);
bool lang_texts_equal(LangTexts a, LangTexts b);

typedef struct Values { int64_t *v; ptrdiff_t n; } Values;
bool values_have(Values values, int64_t v);
bool values_equal(Values a, Values b);

typedef struct Option { int64_t value; LangTexts text; } Option;
typedef struct Options { Option *v; ptrdiff_t n; } Options;

/* Named choices that items share. */
typedef struct Scale {
    Str code;
    Options options;
    Values agree, disagree, dont_know; /* within the options, no value in two of them */
} Scale;
typedef struct Scales { Scale *v; ptrdiff_t n; } Scales;

typedef enum ItemKind { ITEM_SINGLE = 1, ITEM_MULTIPLE, ITEM_MATRIX, ITEM_NUMBER, ITEM_TEXT, ITEM_SCORE } ItemKind;

/* "single" … "text", of FORMATS §2; false (untouched) for another word. */
bool questionnaire_kind_of_code(Str code, ItemKind *ret);

typedef struct Item Item;
struct Item {
    ItemId id;             /* 0 until stored */
    ptrdiff_t position;
    Str code, section, theme;
    ItemKind kind;         /* a row of a matrix is ITEM_SINGLE with `matrix` set; the matrix itself is not answered */
    LangTexts text;
    const Scale *scale;    /* single, multiple, matrix and its rows; NULL for number and text */
    Options options;       /* the scale's */
    Values agree, disagree, dont_know; /* the item's own, else its scale's */
    bool is_core, is_reverse;
    const Item *matrix;    /* NULL: stands alone; a row has its matrix's core, reverse and sets, unless its own */
    /* An earlier single, multiple or row: asked only when its answer (one of them)
       is in ask_in. NULL: always. A row has its matrix's condition unless its own;
       it is asked only when its matrix is, too (questionnaire_is_asked). */
    const Item *ask_if;
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
    Version version;       /* grows with every new number: two who edit at once */
    Strs languages;
    Scales scales;
    Sections sections;
    Items items;
    Scores scores;
} Questionnaire;

/* From a file of FORMATS §2. E_INVALID with one problem a fault, field = the
   JSON path ("sections[0].items[2].scale"), English. Nothing is stored. */
MUST Err questionnaire_parse(Ctx *c, Str json, Questionnaire *ret);
/* Questionnaires of other programs, told by the ending of their files' names
   (".lss"). to_json gives FORMATS §2's JSON; what has no counterpart it refuses or
   tells in *ret_notes (English lines), never drops silently. Listed by
   src/features.c, which knows them; questionnaire does not. */
typedef struct QuestionnaireReader {
    Str ending;
    Err (*to_json)(Ctx *c, Str bytes, Str *ret_json, Strs *ret_notes);
} QuestionnaireReader;
extern const QuestionnaireReader questionnaire_readers[];
extern const int questionnaire_reader_count;
/* *text, the bytes of the file `name`, becomes JSON if one of them reads it;
   all else stays as it is. */
MUST Err questionnaire_as_json(Ctx *c, Str name, Str *text, Strs *ret_notes);
/* FORMATS §2's JSON of what is in memory; parse and write are inverse. */
Str questionnaire_json(Ctx *c, const Questionnaire *q);

/* Inside a write. Stores a new version, or finds that nothing has changed
   (*ret_is_new false). Fills the ids in *q. owner (0: nobody yet) is kept from the
   first time a code was stored.
   Errors: E_CONFLICT when `seen` is not 0 and the questionnaire has another
           version by now, or is there although seen says it was new (seen -1). */
MUST Err questionnaire_store(Ctx *c, Questionnaire *q, UnitId owner, bool *ret_is_new);
MUST Err questionnaire_store_seen(Ctx *c, Questionnaire *q, UnitId owner, Version seen, bool *ret_is_new);
/* E_NOT_FOUND without a sentence. Newest version of a code, or a given one. */
MUST Err questionnaire_newest(Ctx *c, Str code, Questionnaire *ret);
MUST Err questionnaire_load(Ctx *c, QuestionnaireVersionId id, Questionnaire *ret);

/* NULL: none. questionnaire_score the same. */
const Item *questionnaire_item(const Questionnaire *q, Str code);
const Score *questionnaire_score(const Questionnaire *q, Str code);

/* Whether an item is asked, given the answers before it: asked if what its own
   condition and its matrix's name was answered so. `answers` tells the values
   chosen for an item, none when it was not answered or asked. */
typedef Values ItemAnswers(const void *from, const Item *item);
bool questionnaire_is_asked(const Item *item, ItemAnswers *answers, const void *from);

/* Whether an item asks what an item of an earlier wave asked (FORMATS §2).
   TIE_SAME: tied by hand (same_as), or the same code, and the same texts, option
   values and sets in every language that both have, the first one among them; so
   that a translation added later breaks no comparison. TIE_CHANGED: the same code,
   but other words; never compared. TIE_NEW: no such item before.
   *ret_before is that item (NULL: none), whatever the tie. */
typedef enum Tie { TIE_NEW = 1, TIE_CHANGED, TIE_SAME } Tie;
Tie questionnaire_tie(const Questionnaire *now, const Item *item, const Questionnaire *before, const Item **ret_before);
/* A score is the same when its items are, one by one, in the same direction, and
   as many of them must be answered. */
Tie questionnaire_tie_score(const Questionnaire *now, const Score *score, const Questionnaire *before, const Score **ret_before);

/* One line of the list; of those the viewer's units reach (questionnaire/R), and
   of those that have no owner yet. By code. */
typedef struct QuestionnaireLine {
    Str code, title;
    int64_t number;
    Instant made_at;
} QuestionnaireLine;
typedef struct QuestionnaireLines { QuestionnaireLine *v; ptrdiff_t n; bool more; } QuestionnaireLines;
enum { QUESTIONNAIRE_PAGE = 100 };
MUST Err questionnaire_list(Ctx *c, QuestionnaireLines *ret);
/* Where it lies, for its routes' scope: with its owner, else with the first root
   unit. E_NOT_FOUND without a sentence. */
MUST Err questionnaire_place(Ctx *c, Str code, Place *ret);
/* How many waves were made with a version of it. */
MUST Err questionnaire_waves(Ctx *c, QuestionnaireId id, int64_t *ret);

/* What a launch must not have (errors) and what its maker should know
   (warnings): dead branches, unreachable questions, doubled codes, missing agree
   sets, scales without direction, untranslated texts. 1,000 questions with 200
   conditions in under 100 ms. */
typedef struct Finding { bool is_error; Str item; Msg what; } Finding;
typedef struct Findings { Finding *v; ptrdiff_t n; ptrdiff_t errors; } Findings;
MUST Err questionnaire_check(Ctx *c, const Questionnaire *q, Findings *ret);

#endif

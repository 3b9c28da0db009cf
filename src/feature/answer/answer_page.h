/* What the respondent's pages show. */
#ifndef FEATURE_ANSWER_ANSWER_PAGE_H
#define FEATURE_ANSWER_ANSWER_PAGE_H

#include "feature/answer/answer_form.h"
#include "render/out.h"

typedef struct OptionView { Str id, value, text; bool is_on; } OptionView;
typedef struct OptionViews { OptionView *v; ptrdiff_t n; } OptionViews;

typedef struct ConditionView { Msg words; } ConditionView;
typedef struct ConditionViews { ConditionView *v; ptrdiff_t n; } ConditionViews;

typedef struct ItemView {
    Str id, code, legend, lang;  /* lang: where the text is not in the page's language */
    Str group, group_id;         /* of the matrix whose first row this is; empty: none */
    bool is_list, is_many, is_number, is_text;
    Str width;                   /* class of the scale: "of-5" */
    OptionViews scale, apart;    /* apart: "don't know" */
    Str raw;
    Msg problem;
    Str fault_id, described_by;
    Str ask, ask_in;             /* codes and values of its conditions, "Q1 M2", "1 2|4"; empty: always asked */
    ConditionViews conditions;   /* the same in words */
    bool is_hidden;              /* the answers so far say that it is not asked */
    Str read;                    /* ids of what is read aloud; empty: nothing is */
} ItemView;
typedef struct ItemViews { ItemView *v; ptrdiff_t n; } ItemViews;

typedef struct DotView { Str x; bool is_reached; } DotView;
typedef struct DotViews { DotView *v; ptrdiff_t n; } DotViews;

typedef struct PartView {
    Plain number, before, after; /* before 0: the first; after 0: the last */
    Msg place, left;             /* "Del 2 af 5", "ca. 6 minutter endnu" */
    DotViews dots;               /* none: too many to draw */
    Str reached;                 /* "25.7%" of the line */
    Str title, title_lang;
    ItemViews items;
    Markup drawn;                /* the items as they look at first; none: to be drawn from them */
} PartView;
typedef struct PartViews { PartView *v; ptrdiff_t n; } PartViews;

typedef struct LanguageView { Str code, name; Href href; } LanguageView;
typedef struct LanguageViews { LanguageView *v; ptrdiff_t n; } LanguageViews;

typedef struct FaultView { Str id; Msg what; } FaultView;
typedef struct FaultViews { FaultView *v; ptrdiff_t n; } FaultViews;

typedef struct AskPage {
    Str ui_lang, lang, dir;      /* of the house's words; of the questions */
    Str title, wave, owner;
    LanguageViews languages;
    Href style, script, action, privacy;
    Str draft;                   /* empty: keep none */
    Str nonce, state, state_mac;
    bool is_single, is_anonymous;
    Msg promise_why;
    FaultViews faults;
    Msg faults_head;
    PartView now;
    PartViews before, after;     /* the other parts, for the script */
} AskPage;

/* A page with one message: sent, used up, closed, unknown. */
typedef struct ToldPage {
    Str ui_lang;
    Href style, script;
    Str mark;                    /* data-page */
    Str draft_done;
    Msg title, lead, more;
    Str wave, owner;             /* empty: the code led nowhere */
    Href privacy;                /* none: the same */
} ToldPage;

typedef struct CodePage {
    Str ui_lang;
    Href style, script;
    Str written;
    bool is_unknown;
} CodePage;

typedef struct PrivacyPage {
    Str ui_lang;
    Href style, script, back;
    Str title, wave, owner;
    bool is_anonymous, is_open;
    Msg why;
    Date closes_on;
} PrivacyPage;

/* All parts as they look with what was answered so far, entries by item. */
PartViews ask_parts(Ctx *c, const AskForm *form, Str lang, const Entry *entries, Answers answers);
/* As they look before anything was answered: the same for all who open the form in
   that language, and so drawn already, in `keep`. */
PartViews ask_blank_parts(Ctx *c, Arena *keep, const AskForm *form, Str lang);
/* The house's words follow the questions where it has them in their language, and are Danish else. */
void ask_speak(Ctx *c, Str lang);
/* part: index of the one that is shown. entries: NULL before anything was answered. */
AskPage ask_page(Ctx *c, const AskForm *form, Str lang, PartViews parts, ptrdiff_t part, const Entry *entries);

#endif

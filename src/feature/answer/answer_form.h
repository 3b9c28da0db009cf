/* What a respondent sends: fields named as items, and what was answered on
   earlier pages, which travels as signed text (pages without JavaScript). */
#ifndef FEATURE_ANSWER_ANSWER_FORM_H
#define FEATURE_ANSWER_ANSWER_FORM_H

#include "feature/answer/answer_inside.h"

/* One page of the questionnaire without JavaScript: a section, or for pupils one question. */
typedef struct Part {
    const Section *section;
    ptrdiff_t first, count; /* items */
} Part;
typedef struct Parts { Part *v; ptrdiff_t n; } Parts;

/* One wave's questionnaire as it is asked; never changed once made. */
typedef struct AskForm {
    Wave wave;
    Questionnaire q;
    Promise promise;
    WaveGroups groups;
    Parts parts;
    Str owner;      /* name of who answers for the survey in law */
} AskForm;
/* Inside a snapshot. */
MUST Err ask_form_load(Ctx *c, WaveId wave, AskForm *ret);

/* What stands at one item, by its place in the questionnaire. */
typedef struct Entry {
    Strs raw;       /* as written; none: not answered */
    Values values;
    Str text;
    Msg problem;    /* empty: none */
} Entry;

/* The fields of this request, by the names of the items; what is not there is
   taken from `state`, except for the items of `part` (NULL: every item is here). */
Entry *entries_read(Ctx *c, const AskForm *form, const Part *part, const Entry *state);
/* Answers that were asked for, in order, and how many entries have a problem. */
Answers entries_answers(Ctx *c, const AskForm *form, Entry *entries, ptrdiff_t *ret_problems);

/* Those whose conditions an item hangs on, itself and its matrix; the n of them that have one. */
enum { HANGS_ON_MAX = 2 };
ptrdiff_t item_hangs_on(const Item *item, const Item *ret[HANGS_ON_MAX]);
/* Whether what was answered before the part that begins at item `first` says already that it is not asked. */
bool item_is_ruled_out(const AskForm *form, const Item *item, ptrdiff_t first, Answers answers);

/* "Q1=4&M=1&M=3&T=fri%20tekst" */
Str entries_state(Ctx *c, const AskForm *form, const Entry *entries);
/* Back again: pure. Unknown names and broken escapes give false. */
bool entries_of_state(Arena *arena, const AskForm *form, Str state, Entry *ret);

enum { STATE_MAX = 400 << 10, STATE_FIELDS = 4000 };

#endif

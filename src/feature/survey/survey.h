/* Waves (målinger): who is asked what, when, and what they are promised.
   States (DOMAIN P1): kladde → aaben → lukket → kontrolleret → frigivet_skole →
   frigivet_kommune → offentlig → arkiveret. Answers come through feature/answer,
   reports through feature/report; both ask here for the wave, its tree and key. */
#ifndef FEATURE_SURVEY_SURVEY_H
#define FEATURE_SURVEY_SURVEY_H

#include "core/organisation/organisation.h"
#include "feature/questionnaire/questionnaire.h"
#include "web/web.h"

typedef struct WaveId { int64_t v; } WaveId;

typedef enum WaveState {
    WAVE_KLADDE = 1, WAVE_AABEN, WAVE_LUKKET, WAVE_KONTROLLERET, WAVE_FRIGIVET_SKOLE, WAVE_FRIGIVET_KOMMUNE,
    WAVE_OFFENTLIG, WAVE_ARKIVERET,
} WaveState;

typedef struct Wave {
    WaveId id, previous;     /* previous 0: none */
    UnitId owner;
    Version version;
    UnitId reach;            /* its tree is at and below this unit; 0: the whole organisation */
    Str skips;               /* kinds left out of the tree with all below, spaces between */
    Str roles;               /* who is asked: "personale leder elev foraelder" or some of them */
    Str uid, name;
    QuestionnaireVersionId questionnaire;
    Date made_on, opens_on, closes_on, releases_on; /* day 0: none */
    WaveState state;
    bool is_shared_device;   /* class devices: no drafts kept */
    bool has_single_pages;   /* pupils: one question at a time */
} Wave;

enum {
    WAVE_NAME_MAX = 60,
    WAVE_UNITS_MAX = 200000,
    WAVE_GROUPS_MAX = 1000,  /* of all dimensions together */
    SURVEY_FEW = 5,
};

/* For routes with a wave's uid in their path. */
extern const Scope survey_scope_wave;

/* E_NOT_FOUND without a sentence; E_CONFLICT when several owners have a wave of that name. */
MUST Err survey_by_name(Ctx *c, Str name, Wave *ret);
MUST Err survey_by_id(Ctx *c, WaveId id, Wave *ret);
MUST Err survey_by_uid(Ctx *c, Str uid, Wave *ret);

/* Where the wave lies: its tree's top, else its owner. E_NOT_FOUND without a sentence. */
MUST Err survey_place(Ctx *c, Str uid, Place *ret);

/* "kladde" … "arkiveret": as stored and as pages' addresses say it. */
Str survey_state_code(WaveState state);
/* "Kladde", "Åben" … */
Msg survey_state_name(WaveState state);
/* "personale" … as pages write it; an unknown one as it stands. */
Msg survey_role_name(Str role);
/* The name of a wave without what the questionnaire's Danish title says already, for
   where the two stand together: of "Elever" and "Elever, forår 2026" it is "forår 2026",
   and so it is of "Personale og ledere" and "Personale, forår 2026". The whole name
   where it begins with something else; empty where it is the title. */
Str survey_name_beside(Str title, Str name);
bool survey_is_role(Str role);
/* Whether `word` is one of the words of `list`. */
bool survey_has_word(Str list, Str word);

typedef struct NewWave {
    Str questionnaire;       /* code; its newest version is taken and kept */
    Str name;
    Str previous;            /* name, of a wave of the same owner if there is one; empty: none */
    Date opens_on, closes_on;/* day 0 both: imports only */
    Date releases_on;        /* day 0: fourteen days after closing (DOMAIN P1), none without dates */
    UnitId owner;            /* 0: the first root of the organisation, and the tree is the whole organisation's */
    Str skips, roles;        /* as Wave; roles empty: all four */
    bool is_shared_device, has_single_pages;
    bool is_draft;           /* opened by hand (survey_move), else opened at once if it has dates */
} NewWave;
/* Inside a write. Makes the wave's key file (removed again unless the write is
   committed) and copies the tree. A wave with dates that is no draft is
   WAVE_AABEN at once and takes answers from opens_on on.
   Errors: E_INVALID with problems at questionnaire, name, previous, open, close,
           role (the fields of page and command line); a draft whose last day has
           passed is a problem at close; E_CONFLICT where there is no organisation yet. */
MUST Err survey_add(Ctx *c, NewWave wave, Wave *ret);
/* Whether its name and days may still be changed: a draft with dates. */
bool survey_may_edit(const Wave *wave);
typedef struct WaveEdit {
    Str name;
    Date opens_on, closes_on;
} WaveEdit;
/* Inside a write: gives a draft another name and other days. The administration
   sees the reports as many days after closing as before. The tree is taken anew
   as of the new closing date; codes and numbers of invited stay.
   Errors: E_INVALID with problems at name, open, close (also where a unit of the
           tree is not there on the new closing date); E_CONFLICT once it is no
           draft, and where somebody has changed it since the version `seen`. */
MUST Err survey_edit(Ctx *c, WaveId id, Version seen, WaveEdit to);
/* The day of its tree: the closing date, else the day it was made. */
Date survey_tree_day(const Wave *wave);
/* Inside a write: takes the tree of that day anew, while the wave takes
   imports. Units come and change their names; those that the wave has stay.
   Keeps participants and invited. */
MUST Err survey_tree_take(Ctx *c, WaveId id);
/* Inside a write. E_CONFLICT where the move is not in the table of states.
   Leaving the states in which answers are taken destroys the wave's key after
   the commit, and with it e-mail addresses and sealed codes. */
MUST Err survey_move(Ctx *c, WaveId id, WaveState to);
/* What other features must do while the key is still there, inside the write that
   takes it away. Listed by src/features.c, which knows them; survey does not. */
typedef Err SurveyClosing(Ctx *c, const Wave *wave);
extern SurveyClosing *const survey_closings[];
extern const int survey_closing_count;
/* What they must do when it is archived, closed by then or now; after the closing. */
extern SurveyClosing *const survey_archivings[];
extern const int survey_archiving_count;
/* Takes neither answers nor imports any more, by its state: the key is gone. */
bool survey_is_done(const Wave *wave);
/* Whether the table has the move. */
bool survey_may_move(const Wave *wave, WaveState to);

/* Its reports have been released, at least to schools, and it is not archived. */
bool survey_is_released(const Wave *wave);

/* Whether it takes answers by code today, and imports. The English and Danish
   sentence why not is in the Ctx (E_CONFLICT). */
MUST Err survey_takes_answers(Ctx *c, const Wave *wave);
MUST Err survey_takes_import(Ctx *c, const Wave *wave);
/* Whether codes may be made and shown: a wave with dates that is not over. */
MUST Err survey_takes_codes(Ctx *c, const Wave *wave);

typedef struct WaveUnit {
    UnitId id;
    ptrdiff_t parent;        /* index in the same array; -1: a root. Parents come first. */
    Str code, name, kind;
    int depth;
    bool is_lowest;
    int participant;         /* 1, 0, or -1 unknown */
    int64_t invited;         /* sum over lowest units at or below; -1: unknown for one of them, or
                                for one of the roles that are asked there */
} WaveUnit;
typedef struct WaveUnits { WaveUnit *v; ptrdiff_t n; } WaveUnits;
/* The whole tree, parents first, siblings by Danish name. */
MUST Err survey_units(Ctx *c, WaveId id, WaveUnits *ret);
/* By code, in the wave's tree; `parent` is -1 and `invited` as in survey_units.
   E_NOT_FOUND without a sentence. */
MUST Err survey_unit(Ctx *c, WaveId id, Str code, WaveUnit *ret);
/* As survey_by_name and survey_unit, for commands: E_NOT_FOUND with an English sentence that names it. */
MUST Err survey_command_wave(Ctx *c, Str name, Wave *ret);
MUST Err survey_command_unit(Ctx *c, const Wave *wave, Str code, WaveUnit *ret);
/* What a file or a store says no to is a failure (exit 1), not wrong use (2): the
   first problem of an E_INVALID becomes the sentence of an E_CONFLICT. */
MUST Err survey_command_failed(Ctx *c, Err err);

typedef struct WaveGroup { int64_t id; Str dimension, code; } WaveGroup;
typedef struct WaveGroups { WaveGroup *v; ptrdiff_t n; } WaveGroups;
/* Dimensions in the order they were first named, groups in theirs, 'uoplyst' last. */
MUST Err survey_groups(Ctx *c, WaveId id, WaveGroups *ret);
/* Inside a write: finds or makes it. */
MUST Err survey_group(Ctx *c, WaveId id, Str dimension, Str code, int64_t *ret_id);

/* Inside a write: replaces the number of this unit and role (role '': not split,
   which replaces the split ones; and the other way round). n 0–1,000,000, else
   E_INVALID at "invited". */
MUST Err survey_invited_set(Ctx *c, WaveId id, UnitId unit, Str role, int64_t n);
MUST Err survey_participant_set(Ctx *c, WaveId id, UnitId unit, bool is_participant);

/* What a mark stands for: goes into the MAC, so that a row_id that reads like a
   code does not use the code up. */
typedef enum SpentKind { SPENT_CODE = 1, SPENT_FORM, SPENT_ROW } SpentKind;
/* 64 hexadecimal digits under the wave's key: the mark of a code, a form or a
   row. E_CONFLICT once the key is destroyed (the wave is closed). */
MUST Err survey_mac(Ctx *c, const Wave *wave, SpentKind kind, Str text, Str *ret);
/* Inside a write: true in *ret_first when this mark is new. E_CONFLICT once the
   wave is over, whatever the caller has read of it before. */
MUST Err survey_spend(Ctx *c, WaveId id, Str mac, bool *ret_first);

/* ret[i]: the mark macs.v[i] stands already. */
MUST Err survey_spent_find(Ctx *c, WaveId id, Strs macs, bool *ret);
/* Inside a write, many at once. E_CONFLICT when one of them stands already, or comes twice. */
MUST Err survey_spend_all(Ctx *c, WaveId id, Strs macs);

/* What may truthfully be promised (DESIGN, Anonymity): anonym only where every
   role × unit has at least five invited; else fortrolig, with the reason. */
typedef struct Promise { bool is_anonymous; Msg why; } Promise;
MUST Err survey_promise(Ctx *c, const Wave *wave, Promise *ret);
/* The whole sentence, for letters and the respondent's first page (PAGES §7). */
Msg survey_promise_sentence(const Promise *promise);

#endif

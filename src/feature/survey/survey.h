/* Waves (målinger): who is asked what, when, and what they are promised.
   States (DOMAIN P1): kladde → aaben → lukket → kontrolleret → frigivet_skole →
   frigivet_kommune → offentlig → arkiveret. Answers come through feature/answer,
   reports through feature/report; both ask here for the wave, its tree and key. */
#ifndef FEATURE_SURVEY_SURVEY_H
#define FEATURE_SURVEY_SURVEY_H

#include "core/organisation/organisation.h"
#include "feature/questionnaire/questionnaire.h"

typedef struct WaveId { int64_t v; } WaveId;

typedef enum WaveState {
    WAVE_KLADDE = 1, WAVE_AABEN, WAVE_LUKKET, WAVE_KONTROLLERET, WAVE_FRIGIVET_SKOLE, WAVE_FRIGIVET_KOMMUNE,
    WAVE_OFFENTLIG, WAVE_ARKIVERET,
} WaveState;

typedef struct Wave {
    WaveId id, previous;     /* previous 0: none */
    UnitId owner;
    Version version;
    Str uid, name;
    QuestionnaireVersionId questionnaire;
    Date made_on, opens_on, closes_on, releases_on; /* day 0: none */
    WaveState state;
    bool is_shared_device, has_single_pages;
} Wave;

/* E_NOT_FOUND without a sentence; E_CONFLICT when several owners have a wave of that name. */
MUST Err survey_by_name(Ctx *c, Str name, Wave *ret);
MUST Err survey_by_id(Ctx *c, WaveId id, Wave *ret);
MUST Err survey_by_uid(Ctx *c, Str uid, Wave *ret);

typedef struct NewWave {
    Str questionnaire;       /* code; its newest version is taken and kept */
    Str name;
    Str previous;            /* name; empty: none */
    Date opens_on, closes_on;/* day 0 both: imports only */
    UnitId owner;            /* 0: the first root of the organisation */
} NewWave;
/* Inside a write. Also makes the wave's key file after commit and copies the tree. */
MUST Err survey_add(Ctx *c, NewWave wave, Wave *ret);
/* Inside a write: takes the tree of the closing date (or the day it was made)
   anew, while the wave may still change. Keeps participants and invited. */
MUST Err survey_tree_take(Ctx *c, WaveId id);
/* Inside a write. E_CONFLICT where the move is not in the table of states. */
MUST Err survey_move(Ctx *c, WaveId id, WaveState to);

/* Whether it takes answers by code today, and imports. The English and Danish
   sentence why not is in the Ctx (E_CONFLICT). */
MUST Err survey_takes_answers(Ctx *c, const Wave *wave);
MUST Err survey_takes_import(Ctx *c, const Wave *wave);

typedef struct WaveUnit {
    UnitId id;
    ptrdiff_t parent;        /* index in the same array; -1: a root. Parents come first. */
    Str code, name, kind;
    int depth;
    bool is_lowest;
    int participant;         /* 1, 0, or -1 unknown */
    int64_t invited;         /* sum over lowest units at or below; -1: unknown for one of them */
} WaveUnit;
typedef struct WaveUnits { WaveUnit *v; ptrdiff_t n; } WaveUnits;
/* The whole tree, parents first, siblings by Danish name. */
MUST Err survey_units(Ctx *c, WaveId id, WaveUnits *ret);

typedef struct WaveGroup { int64_t id; Str dimension, code; } WaveGroup;
typedef struct WaveGroups { WaveGroup *v; ptrdiff_t n; } WaveGroups;
/* Dimensions in the order they were first named, groups in theirs, 'uoplyst' last. */
MUST Err survey_groups(Ctx *c, WaveId id, WaveGroups *ret);
/* Inside a write: finds or makes it. */
MUST Err survey_group(Ctx *c, WaveId id, Str dimension, Str code, int64_t *ret_id);

/* Inside a write: replaces the numbers of the units it names (role '' : not split). */
MUST Err survey_invited_set(Ctx *c, WaveId id, UnitId unit, Str role, int64_t n);
MUST Err survey_participant_set(Ctx *c, WaveId id, UnitId unit, bool is_participant);

typedef struct AnswerCode {
    int64_t id;
    WaveId wave;
    UnitId unit;
    Str role, kind, lang;    /* kind 'single' or 'open' */
} AnswerCode;
/* By the code as typed or followed. E_NOT_FOUND without a sentence. */
MUST Err survey_code_find(Ctx *c, Str code, AnswerCode *ret);
/* What a mark stands for: goes into the MAC, so that a row_id that reads like a
   code does not use the code up. */
typedef enum SpentKind { SPENT_CODE = 1, SPENT_FORM, SPENT_ROW } SpentKind;
/* 64 hexadecimal digits under the wave's key: the mark of a code, a form or a
   row. E_CONFLICT once the key is destroyed (the wave is closed). */
MUST Err survey_mac(Ctx *c, const Wave *wave, SpentKind kind, Str text, Str *ret);
/* Inside a write: true in *ret_first when this mark is new. */
MUST Err survey_spend(Ctx *c, WaveId id, Str mac, bool *ret_first);

/* What may truthfully be promised (DESIGN, Anonymity): anonym only where every
   role × unit has at least five invited; else fortrolig, with the reason. */
typedef struct Promise { bool is_anonymous; Msg why; } Promise;
MUST Err survey_promise(Ctx *c, const Wave *wave, Promise *ret);

#endif

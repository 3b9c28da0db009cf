/* Codes to answer with (koder): who may answer as what, without a name. Open ones
   for a whole class, single ones that work once; shown, printed and mailed until
   the wave (feature/survey) closes. A code's row is never changed by answering:
   which are used is told by the wave's marks (survey_spend). */
#ifndef FEATURE_CODE_CODE_H
#define FEATURE_CODE_CODE_H

#include "feature/survey/survey.h"

enum { CODE_SINGLE_MAX = 10000 }; /* single codes of one unit and role, at once */

typedef struct AnswerCode {
    int64_t id;
    WaveId wave;
    UnitId unit;
    Str role, kind, lang;    /* kind 'single' or 'open' */
} AnswerCode;
/* By the code as typed or followed: case, spaces and hyphens do not matter.
   Also of a closed wave. E_NOT_FOUND without a sentence. */
MUST Err code_find(Ctx *c, Str code, AnswerCode *ret);
/* As it goes into survey_mac: capitals without hyphens; empty when it cannot be a code. */
Str code_plain(Ctx *c, Str code);

typedef struct PlainCode {
    Str unit, unit_name, role, kind; /* unit: its code */
    Str code;                        /* "BCDF-GHJK-LMNP-RSTV"; open: "BCDFG-HJKLM" */
} PlainCode;
typedef struct PlainCodes { PlainCode *v; ptrdiff_t n; } PlainCodes;
typedef struct CodeOrder {
    UnitId unit;             /* of every lowest unit at or below it; 0: of all */
    Str role;                /* empty: every role that the wave asks */
    bool wants_open;         /* the open code of each unit and role, made where there is none */
    int64_t single;          /* new single codes of each unit and role */
} CodeOrder;
/* Inside a write. By unit (Danish name), role. E_CONFLICT once the wave takes no
   more answers, E_INVALID at "role" or "single". */
MUST Err code_make(Ctx *c, const Wave *wave, CodeOrder order, PlainCodes *ret);

/* The letters of a stored code (v_code.sealed), with hyphens. E_CONFLICT without the key. */
MUST Err code_unseal(Ctx *c, const Wave *wave, Str sealed, Str *ret);
/* Where a code is answered: "https://…/s/CODE". */
Str code_address(Ctx *c, Str code);

typedef struct MailCode {
    UnitId unit;             /* a lowest unit of the wave's tree */
    Str role, lang;          /* a role that the wave asks; the language that the form opens in */
} MailCode;
/* Inside a write: a new single code for each of `n`. ret_hashes[i] is its
   v_code.code_hash; nothing in the store says whom it is for.
   E_CONFLICT once the wave takes no more answers. */
MUST Err code_make_for_mail(Ctx *c, const Wave *wave, const MailCode *v, ptrdiff_t n, Str *ret_hashes);

/* Inside a write: a single code counts for another unit and role, and opens in another
   language, from now on; an answer that it has given stays where it was counted. Looks at
   no mark, so it tells nobody whether there is one. E_NOT_FOUND unless it is the wave's. */
MUST Err code_move(Ctx *c, const Wave *wave, int64_t id, MailCode to);

/* The open codes of a unit, one a role, that are there already. */
MUST Err code_open_list(Ctx *c, const Wave *wave, UnitId unit, PlainCodes *ret);

/* SurveyClosings. Of a wave that closes: its codes can be shown and printed no more. */
MUST Err code_forget(Ctx *c, const Wave *wave);
/* Of one that is archived: they are deleted. */
MUST Err code_remove(Ctx *c, const Wave *wave);

#endif

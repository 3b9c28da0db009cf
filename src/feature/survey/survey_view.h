/* What the pages of this folder read beside survey.h. */
#ifndef FEATURE_SURVEY_SURVEY_VIEW_H
#define FEATURE_SURVEY_SURVEY_VIEW_H

#include "feature/survey/survey.h"

enum { WAVE_PAGE = 50 };
typedef struct WaveLine {
    Wave wave;
    Str owner; /* name */
} WaveLine;
typedef struct WaveLines {
    WaveLine *v;
    ptrdiff_t n;
    bool more; /* cut at WAVE_PAGE */
} WaveLines;
/* Those the viewer may read (access: wave/R), the latest first. */
MUST Err survey_list(Ctx *c, WaveLines *ret);
typedef struct Waves {
    Wave *v;
    ptrdiff_t n;
} Waves;
/* Those with dates that the viewer may read and that are not released yet, at most
   twenty: first those that are over and wait for somebody, then the earliest closing. */
MUST Err survey_under_way(Ctx *c, Waves *ret);
/* Answers that count as answered, of each unit of the tree with those below it;
   in steps of five and -1 under five, as they may be shown (DESIGN, Anonymity). */
MUST Err survey_answered(Ctx *c, WaveId id, const WaveUnits *units, int64_t **ret);
/* "mindst 35 af 104": one of them in words. */
Msg survey_answered_words(int64_t answered, int64_t invited);
/* The highest unit of the wave whose response rate is the viewer's to see: its name
   and those words. E_NOT_FOUND without a sentence: there is none. */
MUST Err survey_answered_own(Ctx *c, WaveId id, Str *ret_unit, Msg *ret);
/* Of each unit, whether the viewer has the right on it: 'response_rate' or 'wave_codes', R. */
MUST Err survey_visible(Ctx *c, WaveId id, const WaveUnits *units, Str object, bool **ret);

typedef struct CodeNames { Str *v; Str *name; ptrdiff_t n; } CodeNames;
/* Of the questionnaires that the viewer may read, at most QUESTIONNAIRE_PAGE. */
MUST Err survey_questionnaires(Ctx *c, CodeNames *ret);
/* "enhed;rolle;antal;navn" of every lowest unit, as the form takes it back; no
   number, and a line for each role, where none is set. Of a unit whose codes are
   not the viewer's to read: its number alone, if it is set. */
MUST Err survey_invited_text(Ctx *c, const Wave *wave, Str *ret);

#endif

/* What the files of this folder share. */
#ifndef FEATURE_SURVEY_SURVEY_INSIDE_H
#define FEATURE_SURVEY_SURVEY_INSIDE_H

#include "feature/survey/survey.h"

enum { SURVEY_INVITED_BYTES = 512 << 10 }; /* of the text with all numbers */

/* Takes neither answers nor imports any more, by its state: the key is gone. */
bool survey_is_done(const Wave *wave);
/* Inside a write, about every second: closes waves whose last day has passed,
   destroys keys that a crash left behind, removes marks that mean nothing. */
MUST Err survey_tidy(Ctx *c, bool *ret_more);

/* Whether codes may be made and shown: a wave with dates that is not over. */
MUST Err survey_takes_codes(Ctx *c, const Wave *wave);
/* The letters of a stored code, with hyphens. E_CONFLICT without the key. */
MUST Err survey_code_unseal(Ctx *c, const Wave *wave, Str sealed, Str *ret);

/* Inside a write: the lines of "enhed,rolle,antal" (comma, semicolon or tab; the
   head may be left out, an empty role is not split). E_INVALID at "tal" for the
   first line that cannot be stored; then nothing is. */
MUST Err survey_invited_read(Ctx *c, const Wave *wave, Str text);

#endif

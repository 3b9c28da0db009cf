#ifndef FEATURE_SURVEY_SURVEY_CODE_WEB_H
#define FEATURE_SURVEY_SURVEY_CODE_WEB_H

#include "web/web.h"

/* Handlers of /koder/:sted: the codes of one unit of a wave. */
MUST Err survey_get_codes(Ctx *c);
MUST Err survey_write_codes(Ctx *c);
MUST Err survey_prepare_letters(Ctx *c);
MUST Err survey_write_letters(Ctx *c);
MUST Err survey_finish_letters(Ctx *c);

#endif

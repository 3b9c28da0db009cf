/* The page that changes a draft's name and days. */
#ifndef FEATURE_SURVEY_SURVEY_EDIT_WEB_H
#define FEATURE_SURVEY_SURVEY_EDIT_WEB_H

#include "base/ctx.h"

MUST Err survey_get_edit(Ctx *c);
MUST Err survey_prepare_edit(Ctx *c);
MUST Err survey_write_edit(Ctx *c);

#endif

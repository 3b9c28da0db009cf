#ifndef FEATURE_SURVEY_SURVEY_DEMO_H
#define FEATURE_SURVEY_SURVEY_DEMO_H

#include "base/ctx.h"

/* Inside a write. */
MUST Err survey_demo(Ctx *c);

#endif

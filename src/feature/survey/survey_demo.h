#ifndef FEATURE_SURVEY_SURVEY_DEMO_H
#define FEATURE_SURVEY_SURVEY_DEMO_H

#include "feature/survey/survey.h"

/* Inside a write. The last two waves are under way on c->today. */
MUST Err survey_demo(Ctx *c);

#endif

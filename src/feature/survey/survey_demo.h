#ifndef FEATURE_SURVEY_SURVEY_DEMO_H
#define FEATURE_SURVEY_SURVEY_DEMO_H

#include "feature/survey/survey.h"

/* Inside a write. The last two waves are under way on c->today. */
MUST Err survey_demo(Ctx *c);

/* A shared code that can be answered with today for each who is asked in the
   demonstration's open waves; none once they have closed. */
MUST Err survey_demo_codes(Ctx *c, PlainCodes *ret);

#endif

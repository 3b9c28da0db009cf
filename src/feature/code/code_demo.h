#ifndef FEATURE_CODE_CODE_DEMO_H
#define FEATURE_CODE_CODE_DEMO_H

#include "feature/code/code.h"

/* Inside a write: the open codes of the demonstration's waves under way. */
MUST Err code_demo(Ctx *c);

/* A shared code that can be answered with today for each who is asked in them;
   none once they have closed. */
MUST Err code_demo_list(Ctx *c, PlainCodes *ret);

#endif

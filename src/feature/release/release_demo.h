#ifndef FEATURE_REPORT_REPORT_DEMO_H
#define FEATURE_REPORT_REPORT_DEMO_H

#include "base/ctx.h"

/* Inside the writer: releases the demonstration's waves of staff, oldest first,
   so that the newer is compared with the older. The others stay open. */
MUST Err release_demo(Ctx *c);

#endif

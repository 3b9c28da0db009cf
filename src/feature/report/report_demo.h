#ifndef FEATURE_REPORT_REPORT_DEMO_H
#define FEATURE_REPORT_REPORT_DEMO_H

#include "base/ctx.h"

/* Inside the writer, after the release: what some leaders have written into their
   reports about what they will do. */
MUST Err report_demo(Ctx *c);

#endif

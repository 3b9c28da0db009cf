#ifndef FEATURE_ANSWER_ANSWER_DEMO_H
#define FEATURE_ANSWER_ANSWER_DEMO_H

#include "base/ctx.h"

/* Inside a write: answers to every wave of the demonstration region, the same
   every time but for the random ids of the rows. */
MUST Err answer_demo(Ctx *c);

#endif

#ifndef FEATURE_RELEASE_RELEASE_DEMO_H
#define FEATURE_RELEASE_RELEASE_DEMO_H

#include "base/ctx.h"

/* Inside the writer: releases the demonstration's waves that have closed, oldest
   first, so that the newer is compared with the older. */
MUST Err release_demo(Ctx *c);

#endif

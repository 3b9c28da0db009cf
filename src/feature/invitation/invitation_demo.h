#ifndef FEATURE_INVITATION_INVITATION_DEMO_H
#define FEATURE_INVITATION_INVITATION_DEMO_H

#include "base/ctx.h"

/* Inside the writer: what stands of the mailings of one wave of the demonstration. */
MUST Err invitation_demo(Ctx *c);

#endif

#ifndef CORE_ORGANISATION_ORGANISATION_DEMO_H
#define CORE_ORGANISATION_ORGANISATION_DEMO_H

#include "base/ctx.h"

/* Inside a write, on an empty store: the demonstration region. Three
   municipalities, one of them with a single school of four departments; 24
   schools; classes of three school years with lineage. Made up from end to end. */
MUST Err organisation_demo(Ctx *c);

#endif

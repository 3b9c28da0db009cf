#ifndef CORE_PEOPLE_PEOPLE_INSIDE_H
#define CORE_PEOPLE_PEOPLE_INSIDE_H

#include "core/people/people.h"

/* Inside a write: the audit row of a change to a membership; its detail is the role,
   and after a space `detail` where there is one. */
MUST Err people_told(Ctx *c, const char *verb, int64_t membership, Str detail);

#endif

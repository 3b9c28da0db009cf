/* Lets what has been kept long enough go: every Retention that a feature declares. */
#ifndef CORE_JOB_RETENTION_H
#define CORE_JOB_RETENTION_H

#include "core/feature.h"

enum { RETENTION_SECONDS = 600 };
/* Calls each of all n features' expire in writes of its own, as long as it finds rows,
   and goes on with the others when one fails; is_stopping ends it early (NULL: never).
   The first failure, told in the Ctx. Needs c->app's writer. */
MUST Err retention_run(Ctx *c, const Feature *const *all, int n, bool (*is_stopping)(void));

#endif

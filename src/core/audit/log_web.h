/* Handlers of the log's page and file; the routes are audit_web.c's. */
#ifndef CORE_AUDIT_LOG_WEB_H
#define CORE_AUDIT_LOG_WEB_H

#include "base/ctx.h"

MUST Err log_get(Ctx *c);
MUST Err log_get_csv(Ctx *c);

#endif

/* Handlers of the pages where a person sees to the means of signing in: a link
   (link_web.c), password, app code and confirming (own_web.c). The routes are
   access_web.c's. */
#ifndef CORE_ACCESS_OWN_H
#define CORE_ACCESS_OWN_H

#include "base/ctx.h"

/* A change of the viewer's own account, for the log. */
MUST Err access_own_audit(Ctx *c, const char *verb);

MUST Err access_get_forgot(Ctx *c);
MUST Err access_prepare_forgot(Ctx *c);
MUST Err access_write_forgot(Ctx *c);
MUST Err access_get_link(Ctx *c);
MUST Err access_prepare_link(Ctx *c);
MUST Err access_write_link(Ctx *c);

MUST Err access_get_own(Ctx *c);
MUST Err access_prepare_password(Ctx *c);
MUST Err access_write_password(Ctx *c);
MUST Err access_get_second(Ctx *c);
MUST Err access_prepare_second(Ctx *c);
MUST Err access_write_second(Ctx *c);
MUST Err access_finish_second(Ctx *c);
MUST Err access_write_second_off(Ctx *c);
MUST Err access_get_confirm(Ctx *c);
MUST Err access_prepare_confirm(Ctx *c);
MUST Err access_write_confirm(Ctx *c);
MUST Err access_finish_confirm(Ctx *c);

#endif

/* A cookie that only the pages under one path get back: for what outlives a session,
   so that nothing of it goes along with a respondent's answer. __Secure- instead of
   __Host-, which would need all of our paths. HttpOnly and SameSite=Lax as all are. */
#ifndef WEB_COOKIE_H
#define WEB_COOKIE_H

#include "web/web.h"

/* path begins with '/'. Not on REPLY routes. */
void web_set_cookie_under(Ctx *c, const char *name, Str value, Str path, int max_age_s);
/* Empty where there is none, and on REPLY routes. */
Str web_cookie_under(Ctx *c, const char *name);

#endif

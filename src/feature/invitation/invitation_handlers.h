/* Handlers that stand apart from the route table, and what all of them use. */
#ifndef FEATURE_INVITATION_INVITATION_HANDLERS_H
#define FEATURE_INVITATION_INVITATION_HANDLERS_H

#include "feature/invitation/invitation_inside.h"

/* "/maaling/UID/mail" and more behind it. */
Str invitation_path(Ctx *c, const Wave *wave, const char *more);
/* The wave of the request. */
MUST Err invitation_wave(Ctx *c, Wave *ret);
MUST Err invitation_audit(Ctx *c, const char *verb, const Wave *wave, int64_t n);

MUST Err invitation_get_addresses(Ctx *c);
MUST Err invitation_prepare_list(Ctx *c);
MUST Err invitation_prepare_people(Ctx *c);
MUST Err invitation_write_list(Ctx *c);
MUST Err invitation_prepare_returned(Ctx *c);
MUST Err invitation_write_returned(Ctx *c);
MUST Err invitation_get_troubles(Ctx *c);
MUST Err invitation_prepare_trouble(Ctx *c);
MUST Err invitation_write_trouble(Ctx *c);

MUST Err invitation_get_letter(Ctx *c);
MUST Err invitation_prepare_letter(Ctx *c);
MUST Err invitation_write_letter(Ctx *c);

#endif

/* Links to an account, by mail. */
#ifndef CORE_ACCOUNT_ACCOUNT_MAIL_H
#define CORE_ACCOUNT_ACCOUNT_MAIL_H

#include "core/access/link.h"

/* Inside a write, with link_store: queues the mail with the link for the person's
   own address, which *ret_to then is. Empty, and nothing is queued, where the
   server sends no mail, has no public address or the person has none that can be
   used: then the link is shown on the screen. */
MUST Err account_mail_link(Ctx *c, PersonId person, const Link *link, Str *ret_to);

#endif

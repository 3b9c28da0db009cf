/* Links to an account, by mail. */
#ifndef CORE_ACCOUNT_ACCOUNT_MAIL_H
#define CORE_ACCOUNT_ACCOUNT_MAIL_H

#include "core/access/link.h"

/* Whether a link can be mailed to the person: the server sends mail and has a public
   address, and the person has an address that can be used. */
MUST Err account_mail_can_go(Ctx *c, PersonId person, bool *ret);

/* Inside a write, with link_store: queues the mail with the link for the person's
   own address, in the account's language; *ret_to then is that address. Empty, and
   nothing is queued, where account_mail_can_go says no: then the link is shown on
   the screen. E_INVALID, and nothing is queued, for what could not be sent. */
MUST Err account_mail_link(Ctx *c, PersonId person, const Link *link, Str *ret_to);

#endif

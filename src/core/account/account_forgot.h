/* Whoever has forgotten a password asks for a link on the log-in page; here is what
   becomes of it. The request itself looks nothing up (core/access/link.h): a tick
   does, a second later, so neither the answer nor its time tells who has an account.

   A link of one hour goes by mail to the person's own address. It does not go, and
   the municipality's administrators see instead that one is wanted, where
     - a role takes two people to give: its way in takes two as well (consent.h), and
       whoever reads a mailbox is one;
     - no password was chosen yet: the first link is an administrator's to give;
     - the same mail address is that of several accounts, or no mail can go there.
   The app code stays: a link sets a password, and nothing else.
   Sources: DOMAIN §2.2; ASVS 5.0 V6.3.8, V6.4.3; OWASP Forgot Password Cheat Sheet. */
#ifndef CORE_ACCOUNT_ACCOUNT_FORGOT_H
#define CORE_ACCOUNT_ACCOUNT_FORGOT_H

#include "base/ctx.h"

/* Inside a write, about every second: answers one request. *ret_more: another waits.
   A second request within ten minutes of an unused link changes nothing. */
MUST Err account_forgot_tick(Ctx *c, bool *ret_more);

#endif

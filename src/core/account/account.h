/* Accounts (konti): what an administrator does to a person's way in. Where the
   person's role takes two to give, whatever opens the way in takes two as well
   (core/access/consent.h): it is asked for, and done when a second one agrees.

   Every function that changes something is called inside a write, by a viewer with
   account/W for the person's own municipality; the routes see to that. Each leaves
   its row in the log. Sources: DOMAIN §2.2; ASVS 5.0 V6.4. */
#ifndef CORE_ACCOUNT_ACCOUNT_H
#define CORE_ACCOUNT_ACCOUNT_H

#include "core/access/consent.h"
#include "core/access/link.h"

typedef struct Account {
    Str login;         /* as it was written */
    Instant asked_at;  /* an administrator is asked for a link since; 0: nobody asks */
    bool exists;       /* else nothing else of this counts */
    bool has_password, has_second;
    bool is_closed;    /* as of c->today */
} Account;
MUST Err account_get(Ctx *c, PersonId person, Account *ret);

/* What becomes of a link. */
typedef struct AccountLink {
    Link link;      /* made by link_new in prepare */
    Str mailed_to;  /* out: the address that it went to; empty: whoever made it hands it over */
    bool is_given;  /* out: the link works; else a second administrator must agree first */
} AccountLink;
/* The first link, and the account where there is none yet; login counts only then.
   E_CONFLICT when a password was chosen (account_reset is for that), or the log-in is
   taken; E_INVALID at "login". */
MUST Err account_invite(Ctx *c, PersonId person, Str login, AccountLink *link);
/* E_CONFLICT where there is no open account. */
MUST Err account_reset(Ctx *c, PersonId person, AccountLink *link);

/* E_CONFLICT when it is open already. *ret_waits: a second administrator must agree. */
MUST Err account_open(Ctx *c, PersonId person, bool *ret_waits);
/* Asks for the app code to be taken away: that takes two for everybody. E_CONFLICT
   where there is none. */
MUST Err account_second_off(Ctx *c, PersonId person);

typedef struct AccountDetails {
    Str name, email;
    Date leaves_on; /* first day without access; day 0: stays */
} AccountDetails;
/* Another mail address ends the links that are on their way to the old one. Where the
   role takes two, the address waits, and so does a day that lets in again who has
   left; the rest is stored. Who has left is signed out. E_CONFLICT when changed since
   `seen`: then nothing is stored or asked for. */
MUST Err account_set(Ctx *c, PersonId person, Version seen, AccountDetails to);

/* people_grant, and no link that one administrator made opens a role that takes two. */
MUST Err account_grant(Ctx *c, NewMembership membership);

/* The viewer agrees, and what was asked for is done. link: for a link, made as the
   consent's kind says. E_CONFLICT as consent_give and what is done. */
MUST Err account_agree(Ctx *c, const Consent *consent, AccountLink *link);

#endif

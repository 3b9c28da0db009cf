/* Links that let a person choose a password, once: an invitation (14 days) or
   a reset (one hour). The token has 256 random bits and is stored as its hash.
   Whoever has it may set the password, and nothing else: a second factor that
   is on stays on, and signing in is still to be done.
   A link is made by administrators, and goes by mail or by hand; or it is mailed
   to who has asked for it (core/account/account_forgot.h). Sources: ASVS 5.0 V6.4. */
#ifndef CORE_ACCESS_LINK_H
#define CORE_ACCESS_LINK_H

#include "core/access/access.h"

typedef enum LinkKind { LINK_INVITATION = 1, LINK_RESET } LinkKind;

typedef struct Link {
    LinkKind kind;
    Str token;      /* 64 hexadecimal digits; the only copy */
    Str path;       /* "/invitation/…" */
    Str address;    /* with the settings' public address before it, as far as that is set */
    Instant ends_at;
} Link;

/* In prepare or on the command line: a new link, stored by link_store. */
Link link_new(Ctx *c, LinkKind kind);
/* Inside a write: earlier links of the account no longer work. Whoever asked
   for one has been answered. */
MUST Err link_store(Ctx *c, PersonId person, const Link *link);

/* Inside a write: no link to the person's account works any more. For a role that
   takes two people to give: a link made before was perhaps made by one. */
MUST Err link_drop(Ctx *c, PersonId person);

typedef struct LinkTarget {
    AccountId account;
    PersonId person;
    int64_t owner_id;
    LinkKind kind;
    Str login, name; /* login as it was written */
    Str token_hash;
} LinkTarget;
/* E_NOT_FOUND with a sentence when the link was used, is too old or never was,
   or its account is closed: the same sentence for all. */
MUST Err link_open(Ctx *c, Str token, LinkTarget *ret);
/* Inside a write: sets the password, uses the link up, ends every session.
   E_CONFLICT when another browser was quicker. */
MUST Err link_use(Ctx *c, const LinkTarget *target, Str password_hash);

/* ---- forgotten -------------------------------------------------------------- */

enum { LINK_REQUESTS_MAX = 1000, LINK_ASKED_MAX = 5, LINK_FRESH_MS = 600000 };

/* Inside a write: keeps what somebody wrote who cannot come in, a log-in or a mail
   address. The same work whatever it is; who it may mean is looked up by the tick
   that takes it. With LINK_REQUESTS_MAX waiting it is dropped without a word. */
MUST Err link_ask(Ctx *c, Str written);

/* Whom a request may mean. */
typedef struct LinkAsked {
    AccountId account;
    PersonId person;
    int64_t owner_id;
    bool has_password; /* else it waits for its first link, which is an administrator's to give */
    bool is_alone;     /* no other account has the same mail address */
} LinkAsked;
typedef struct LinksAsked {
    LinkAsked v[LINK_ASKED_MAX];
    ptrdiff_t n;
} LinksAsked;
/* Inside a write: takes the oldest request away. The account with that log-in, else
   those of the people with that mail address (small and big letters are one); only
   accounts that are open. *ret_found false: none waits. */
MUST Err link_asked(Ctx *c, LinksAsked *ret, bool *ret_found);

/* Whether an unused reset of the account is younger than LINK_FRESH_MS: then
   another's asking neither ends it nor fills a mailbox. */
MUST Err link_is_fresh(Ctx *c, AccountId account, bool *ret);
/* Inside a write: the municipality's administrators see that a link is wanted. */
MUST Err link_ask_administrator(Ctx *c, AccountId account);

#endif

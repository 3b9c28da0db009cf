/* Links that let a person choose a password, once: an invitation (14 days) or
   a reset (one hour). The token has 256 random bits and is stored as its hash.
   Whoever has it may set the password, and nothing else: a second factor that
   is on stays on, and signing in is still to be done.
   A link is handed over by whoever made it, outside the program; mail is sent
   by a job that takes the same Link. Sources: ASVS 5.0 V6.4. */
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
    Str login, name;
    Str token_hash;
} LinkTarget;
/* E_NOT_FOUND with a sentence when the link was used, is too old or never was,
   or its account is closed: the same sentence for all. */
MUST Err link_open(Ctx *c, Str token, LinkTarget *ret);
/* Inside a write: sets the password, uses the link up, ends every session.
   E_CONFLICT when another browser was quicker. */
MUST Err link_use(Ctx *c, const LinkTarget *target, Str password_hash);

/* Inside a write: notes that somebody asks for a new link, if there is such an
   account; the answer to the one who asked is the same either way. */
MUST Err link_ask(Ctx *c, Str login_folded);

#endif

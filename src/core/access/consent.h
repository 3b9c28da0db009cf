/* A second administrator's yes. Whoever opens the way into an account holds all
   that its roles open, so where a role takes two people to give, these take two
   as well: a link for a password, another mail address (links go there), opening
   what was closed (an account, or a leaving date that has come), and taking an app
   code away (that one for everybody). One asks, another agrees;
   neither is the other, and nobody agrees about themselves. After a week nobody
   waits for it any more. Sources: DOMAIN §2.2, ASVS 5.0 V6.4. */
#ifndef CORE_ACCESS_CONSENT_H
#define CORE_ACCESS_CONSENT_H

#include "core/access/access.h"

typedef enum ConsentKind {
    CONSENT_INVITATION = 1,
    CONSENT_RESET,
    CONSENT_EMAIL,
    CONSENT_SECOND_OFF,
    CONSENT_OPEN,
    CONSENT_LEAVES, /* a later leaving date, or none */
} ConsentKind;

typedef struct NewConsent {
    PersonId person;
    ConsentKind kind;
    Str email;      /* of CONSENT_EMAIL; empty: none any more */
    Date leaves_on; /* of CONSENT_LEAVES; day 0: stays */
} NewConsent;

typedef struct Consent {
    int64_t id;
    Str uid;
    PersonId person;
    Str person_uid, person_name;
    ConsentKind kind;
    Str email;        /* as NewConsent */
    Date leaves_on;
    Str asker;        /* the name */
    Instant asked_at;
    bool is_theirs;   /* the viewer asked, or it is the viewer's own account: another must agree */
} Consent;
typedef struct Consents {
    Consent *v;
    ptrdiff_t n;
} Consents;

/* Inside a write: the viewer asks. What was asked before about the same is gone,
   with its uid: nobody agrees to what they have not seen. */
MUST Err consent_ask(Ctx *c, NewConsent wanted);
/* Inside a write: the viewer agrees, and does what was asked at once.
   E_CONFLICT where the viewer may not, or it was answered meanwhile. */
MUST Err consent_give(Ctx *c, const Consent *consent);
/* Inside a write: it is not to be done; the one who asked may say so too.
   E_CONFLICT when it was answered meanwhile. */
MUST Err consent_refuse(Ctx *c, const Consent *consent);

/* Answered or not. E_NOT_FOUND: too old, asked anew, or never asked. */
MUST Err consent_by_id(Ctx *c, int64_t id, Consent *ret);
/* What waits about one person, oldest first. */
MUST Err consents_of(Ctx *c, PersonId person, Consents *ret);
/* What waits for the viewer, who has account/W for the person's municipality; oldest first, at most 20. */
MUST Err consents_waiting(Ctx *c, Consents *ret);
/* Where the person lies for the viewer; object_id is the consent's. */
MUST Err consent_place(Ctx *c, Str uid, Place *ret);
/* Inside a write: those that nobody answered. */
MUST Err consents_expire(Ctx *c);

#endif

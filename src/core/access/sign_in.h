/* Signing in and out, and the sessions that come of it. The handlers are in
   access_web.c; these are the rules. Sources: ASVS 5.0 V6, V7 (doc/security.md). */
#ifndef CORE_ACCESS_SIGN_IN_H
#define CORE_ACCESS_SIGN_IN_H

#include "core/access/access.h"

/* What prepare finds out, so that write needs no hashing. */
typedef struct SignIn {
    AccountId account; /* 0: no such account */
    PersonId person;
    int64_t owner_id;
    bool is_right;
    Str subjects[2];  /* throttle: the account's and the address's */
    Str token, token_hash, session_uid;
    Str device;
    Instant ends_at;
} SignIn;

/* On a worker: checks the throttle, then the password. E_CONFLICT while this
   account or address must wait, with the time. */
MUST Err sign_in_prepare(Ctx *c, Str login, Str password, Str address, Str user_agent, SignIn *ret);
/* Inside the write: begins the session, or counts the failure (which survives
   the failure of this write) and answers E_INVALID. */
MUST Err sign_in_write(Ctx *c, const SignIn *in);
MUST Err sign_out_write(Ctx *c);

typedef struct OpenSession {
    Str uid, device;
    Instant began_at, seen_at;
    bool is_this;
} OpenSession;
typedef struct OpenSessions {
    OpenSession *v;
    ptrdiff_t n;
} OpenSessions;
/* The viewer's own, newest first, at most 50. */
MUST Err sessions_own(Ctx *c, OpenSessions *ret);
/* Inside a write. E_NOT_FOUND unless it is the viewer's own. */
MUST Err session_end(Ctx *c, Str uid);

/* "Firefox, Windows": what a person recognises, and no more of the header. */
Str session_device(Ctx *c, Str user_agent);

#endif

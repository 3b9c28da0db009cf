/* Signing in and out, and the sessions that come of it. The handlers are in
   access_web.c; these are the rules. Sources: ASVS 5.0 V6, V7 (doc/security.md). */
#ifndef CORE_ACCESS_SIGN_IN_H
#define CORE_ACCESS_SIGN_IN_H

#include "core/access/access.h"
#include "core/access/second.h"
#include "core/access/throttle.h"

/* Who knocks, as the request tells it. */
typedef struct Caller {
    Str address, agent;
    Str device; /* the cookie of device.h; empty: none */
} Caller;

/* What prepare finds out, so that write needs no hashing. */
typedef struct SignIn {
    AccountId account; /* 0: no such account */
    Version seen;      /* of the account, when the password was looked at */
    PersonId person;
    int64_t owner_id;
    bool is_right;    /* the password */
    bool by_code;     /* this is the second step: code counts */
    SecondCode code;
    Str second_step;  /* the password was right, a code is still to come: what its form carries */
    Throttle throttle;
    Str token, token_hash, session_uid;
    Str device;        /* what it is called */
    Str device_cookie; /* for the next time */
    Instant ends_at;
} SignIn;

/* On a worker: checks the throttle, then the password. E_CONFLICT while this
   account or address must wait, with the time. */
MUST Err sign_in_prepare(Ctx *c, Str login, Str password, Caller caller, SignIn *ret);
/* The second step, on any thread. E_CONFLICT also when the first is over five
   minutes old, or the password has changed since. */
MUST Err sign_in_code_prepare(Ctx *c, Str step, Str code, Caller caller, SignIn *ret);
/* Inside the write: begins the session, or counts the failure (which survives
   the failure of this write) and answers E_INVALID. With a second step to come it
   begins nothing. E_CONFLICT while the caller must wait, and when the account has
   changed since prepare: a password that was reset meanwhile opens nothing. */
MUST Err sign_in_write(Ctx *c, const SignIn *in);
MUST Err sign_out_write(Ctx *c);

/* The viewer shows once more who they are, by password or by code. Good for ten
   minutes of what is marked strong or strong_twice. */
typedef struct Confirm {
    Throttle throttle;
    Str login;
    bool is_right, by_code;
    SecondCode code;
    Str token, token_hash; /* the session goes on under this one */
} Confirm;
/* A fresh sign-in counts too. */
bool access_is_strong(Ctx *c);
/* Shown in this session after it began: what personal exports ask for. */
bool access_is_strong_twice(Ctx *c);
MUST Err second_is_on(Ctx *c, bool *ret);
/* On a worker (it hashes). E_CONFLICT while account or address must wait. */
MUST Err confirm_prepare(Ctx *c, Str given, bool by_code, Str address, Confirm *ret);
/* Inside a write: E_INVALID with a problem at `field`, counted, unless it is right. */
MUST Err confirm_check(Ctx *c, const Confirm *it, const char *field);
/* The same at "proof"; then the session is strong and has a new token. Both:
   E_CONFLICT when the session has ended since. */
MUST Err confirm_write(Ctx *c, const Confirm *it);

/* Who asks, by the hash of the cookie's token: fills c->session, c->viewer and c->lang;
   OK and nobody where it is over. */
MUST Err session_load(Ctx *c, Str token_hash);
/* After so long without a page a session is over (setting session-idle-minutes). */
int64_t session_idle_ms(const Ctx *c);
/* Inside a write: forgets the sessions that are over. */
MUST Err sessions_expire(Ctx *c);

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
/* Inside a write: all of the viewer's but this one; all of an account. */
MUST Err sessions_end_others(Ctx *c);
MUST Err sessions_end_all(Ctx *c, AccountId account);

/* "Firefox, Windows": what a person recognises, and no more of the header. */
Str session_device(Ctx *c, Str user_agent);

#endif

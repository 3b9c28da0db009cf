/* The second factor of an account: the app's secret (sealed under a key that
   lies outside the database) and ten recovery codes. A code counts once.
   Sources: RFC 6238; ASVS 5.0 V6.5. */
#ifndef CORE_ACCESS_SECOND_H
#define CORE_ACCESS_SECOND_H

#include "core/access/access.h"

enum { RECOVERY_CODES = 10 };

/* What a given code is, found out without writing. */
typedef struct SecondCode {
    int64_t step;     /* of the app's code; -1: it is not one */
    Str recovery_mac; /* when it may be a recovery code; empty: not of that form */
} SecondCode;

/* sealed: account.totp_secret. E_BROKEN when it cannot be unsealed. */
MUST Err second_read(Ctx *c, Bytes sealed, Str given, SecondCode *ret);
/* Inside a write: uses the code up; *ret_right false when it is wrong or was
   used before. */
MUST Err second_use(Ctx *c, AccountId account, const SecondCode *code, bool *ret_right);

typedef struct NewSecond {
    Str sealed_hex;  /* travels in the form, so that nothing is stored before it works */
    Str base32;      /* in groups of four, for typing */
    Str uri;
} NewSecond;
/* A fresh secret for the viewer's account. */
NewSecond second_new(Ctx *c, Str login);
/* The same again from the form's sealed_hex; E_INVALID unless it is ours. */
MUST Err second_again(Ctx *c, Str sealed_hex, Str login, NewSecond *ret);

typedef struct SecondSetup {
    Bytes sealed;
    int64_t step;             /* of the code that proved it */
    Str codes[RECOVERY_CODES]; /* shown once */
} SecondSetup;
/* In prepare: E_INVALID with a problem at "code" unless the app shows the right code. */
MUST Err second_prove(Ctx *c, Str sealed_hex, Str code, SecondSetup *ret);
/* Inside a write: switches it on, all other sessions end. */
MUST Err second_store(Ctx *c, const SecondSetup *setup);
/* Inside a write: switches it off, all other sessions end. */
MUST Err second_remove(Ctx *c);
/* Inside a write: switches another's off, and every session of theirs ends; for who
   has lost both app and recovery codes (consent.h: by two administrators). The
   password stays. E_CONFLICT where there is none. */
MUST Err second_clear(Ctx *c, PersonId person);

#endif

/* Keys that lie outside the database and its backups: a folder of files, 0600,
   each 32 random bytes. The master key gives one key per purpose; a survey wave
   gets a file of its own that is destroyed when the wave closes.
   Losing the folder means: sessions and open forms end, sealed secrets (TOTP)
   must be set anew; answers stay readable, for they were never under a key. */
#ifndef CORE_SECRET_SECRET_H
#define CORE_SECRET_SECRET_H

#include "base/ctx.h"
#include "db/db.h"

typedef struct Secrets Secrets;

/* One key a purpose, so that a MAC made for one means nothing for another.
   The numbers are part of the stored data: never reuse one. */
typedef enum Purpose {
    PURPOSE_FORM = 1,     /* nonces of forms */
    PURPOSE_ADDRESS = 2,  /* addresses in throttles */
    PURPOSE_TOTP = 3,     /* sealing second factors */
    PURPOSE_TEST = 4,
    PURPOSE_SECOND_STEP = 5, /* between password and code of one sign-in */
    PURPOSE_RECOVERY = 6,    /* recovery codes */
    PURPOSE_FORGOT = 7,      /* what somebody wrote who forgot a password */
    PURPOSE_DEVICE = 8,      /* cookies of devices that an account was used on */
    PURPOSE_SURVEY_CODE = 20, /* hashes of the codes people answer with */
    PURPOSE_MAIL = 30,       /* mails that wait to be sent */
} Purpose;

/* The keys of survey waves are in wave_key.h. */

/* Opens the folder; makes it and the master key if `create` and missing.
   English sentences, for the command line. Closed by secrets_close. */
MUST Err secrets_open(Ctx *c, Str folder, bool create, Secrets **ret);
void secrets_close(Secrets *s);

/* 64 hexadecimal digits: keyed BLAKE2b-256 of the text. */
Str secret_mac(Ctx *c, const Secrets *s, Purpose purpose, Str text);
/* 64 hexadecimal digits of an unkeyed BLAKE2b-256: for tokens that are random themselves. */
Str secret_hash(Ctx *c, Str text);
bool secret_equal(Str a, Str b); /* in constant time */

/* XChaCha20-Poly1305 with a random nonce in front. */
Bytes secret_seal(Ctx *c, const Secrets *s, Purpose purpose, Str plain);
/* E_BROKEN when it was changed or sealed under another key. */
MUST Err secret_unseal(Ctx *c, const Secrets *s, Purpose purpose, Bytes sealed, Str *ret);

/* Argon2id, 19 MiB and two passes (OWASP Password Storage Cheat Sheet), at most
   two at once in the whole program: others wait here, so memory has a bound.
   Never on a network or writer thread. */
MUST Err secret_password_hash(Ctx *c, Secrets *s, Str password, Str *ret);
/* An empty hash takes as long as a real one and is never right. */
bool secret_password_is(Ctx *c, Secrets *s, Str hash, Str password);

#endif

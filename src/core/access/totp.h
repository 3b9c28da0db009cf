/* Codes of an authenticator app: RFC 6238 over RFC 4226, SHA-1, six digits,
   thirty seconds. SHA-1 because it is the one variant that every app has; its
   collisions do not matter inside HMAC (RFC 6238 §1.2, NIST SP 800-107 §5.3.4).
   Pure but for ctx_random; storing is second.c's. */
#ifndef CORE_ACCESS_TOTP_H
#define CORE_ACCESS_TOTP_H

#include "base/ctx.h"

enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_STEP_MS = 30000 };

/* The code of a step (0 … 999,999). digits 6–8. */
int64_t totp_code(const unsigned char *secret, ptrdiff_t n, int64_t step, int digits);
/* The step whose code `given` is, among the one at `now` and its neighbours on
   both sides (a clock may be half a minute off); -1: none. given: six digits,
   spaces between them allowed. Newest step wins. */
int64_t totp_match(const unsigned char *secret, ptrdiff_t n, Instant now, Str given);
/* RFC 4648 without padding; n a multiple of 5. */
Str totp_base32(Ctx *c, const unsigned char *bytes, ptrdiff_t n);
/* What the QR code says: otpauth://totp/… (Key URI Format of Google Authenticator). */
Str totp_uri(Ctx *c, Str base32, Str login);

#endif

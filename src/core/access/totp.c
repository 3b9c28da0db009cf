/* The thin file around libcrypto: libsodium has no SHA-1 (doc/decisions). */
#include "core/access/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/buf.h"
#include "render/out.h"

static bool hmac_sha1(const unsigned char *key, ptrdiff_t n, const unsigned char *text, size_t text_n, unsigned char mac[20])
{
    unsigned len = 20;
    return HMAC(EVP_sha1(), key, (int)n, text, text_n, mac, &len) && len == 20;
}

int64_t totp_code(const unsigned char *secret, ptrdiff_t n, int64_t step, int digits)
{
    unsigned char counter[8], mac[20];
    for (int i = 0; i < 8; i++) counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (!hmac_sha1(secret, n, counter, sizeof counter, mac)) return -1; /* matches no six digits */
    int at = mac[19] & 15;
    int64_t cut = (int64_t)(mac[at] & 0x7f) << 24 | (int64_t)mac[at + 1] << 16 | (int64_t)mac[at + 2] << 8 | mac[at + 3];
    int64_t modulo = 1;
    for (int i = 0; i < digits; i++) modulo *= 10;
    return cut % modulo;
}

/* Six digits as a number; -1: something else. */
static int64_t digits_of(Str given)
{
    int64_t code = 0;
    int n = 0;
    for (ptrdiff_t i = 0; i < given.n; i++) {
        char ch = given.p[i];
        if (ch == ' ') continue;
        if (ch < '0' || ch > '9' || n == TOTP_DIGITS) return -1;
        code = code * 10 + (ch - '0');
        n++;
    }
    return n == TOTP_DIGITS ? code : -1;
}

int64_t totp_match(const unsigned char *secret, ptrdiff_t n, Instant now, Str given)
{
    int64_t wanted = digits_of(given), step = now.ms / TOTP_STEP_MS, found = -1;
    /* All three are computed whatever matches, so that time tells nothing. */
    for (int64_t s = step - 1; s <= step + 1; s++) {
        int64_t code = totp_code(secret, n, s, TOTP_DIGITS);
        if (wanted >= 0 && code == wanted) found = s;
    }
    return found;
}

Str totp_base32(Ctx *c, const unsigned char *bytes, ptrdiff_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Buf b = buf_new(c->arena, n * 2);
    for (ptrdiff_t at = 0; at + 5 <= n; at += 5) {
        uint64_t five = 0;
        for (int i = 0; i < 5; i++) five = five << 8 | bytes[at + i];
        for (int i = 7; i >= 0; i--) buf_add_char(&b, letters[five >> (5 * i) & 31]);
    }
    return buf_str(&b);
}

Str totp_uri(Ctx *c, Str base32, Str login)
{
    Out o = out_new(c, 2000);
    out_lit(&o, S("otpauth://totp/R%C3%B8d%20Tr%C3%A5d:"));
    out_query_str(&o, login);
    out_lit(&o, S("?secret="));
    out_query_str(&o, base32);
    out_lit(&o, S("&issuer=R%C3%B8d%20Tr%C3%A5d"));
    return out_done(&o);
}

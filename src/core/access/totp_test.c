#include "core/access/totp.h"

#include "test.h"

/* RFC 6238 appendix B, the SHA-1 rows: secret "12345678901234567890", eight digits. */
TEST(totp, codes_are_those_of_rfc_6238)
{
    static const struct {
        int64_t seconds, code;
    } rows[] = {{59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037}};
    const unsigned char *secret = (const unsigned char *)"12345678901234567890";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(totp_code(secret, 20, rows[i].seconds / 30, 8), rows[i].code);
}

/* RFC 4226 appendix D: six digits of counter 1 are 287082; 59 s is step 1. */
TEST(totp, a_code_counts_in_its_own_step_and_half_a_minute_round_it)
{
    const unsigned char *secret = (const unsigned char *)"12345678901234567890";
    CHECK_INT(totp_match(secret, 20, (Instant){59000}, S("287082")), 1);
    CHECK_INT(totp_match(secret, 20, (Instant){59000}, S("287 082")), 1);
    CHECK_INT(totp_match(secret, 20, (Instant){1000}, S("287082")), 1);
    CHECK_INT(totp_match(secret, 20, (Instant){61000}, S("287082")), 1);
    CHECK_INT(totp_match(secret, 20, (Instant){91000}, S("287082")), -1);
    CHECK_INT(totp_match(secret, 20, (Instant){59000}, S("28708")), -1);
    CHECK_INT(totp_match(secret, 20, (Instant){59000}, S("2870820")), -1);
    CHECK_INT(totp_match(secret, 20, (Instant){59000}, S("")), -1);
}

/* RFC 4648 section 10: "fooba" is MZXW6YTB. */
TEST(totp, secrets_are_written_in_base32)
{
    Ctx *c = test_ctx_plain();
    CHECK_STR(totp_base32(c, (const unsigned char *)"fooba", 5), S("MZXW6YTB"));
    CHECK_STR(totp_uri(c, S("MZXW6YTB"), S("anne@skole.dk")),
              S("otpauth://totp/R%C3%B8d%20Tr%C3%A5d:anne%40skole.dk?secret=MZXW6YTB&issuer=R%C3%B8d%20Tr%C3%A5d"));
}

#include "core/secret/secret.h"

#include "core/app.h"
#include "store.h"

TEST(secret, what_is_sealed_opens_again_and_only_whole)
{
    Ctx *c = test_store();
    Bytes sealed = secret_seal(c, c->app->secrets, PURPOSE_TOTP, S("hemmelig"));
    Str plain = {0};
    CHECK_OK(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, sealed, &plain));
    CHECK_STR(plain, S("hemmelig"));
    CHECK_ERR(secret_unseal(c, c->app->secrets, PURPOSE_TEST, sealed, &plain), E_BROKEN);
    unsigned char *bytes = (unsigned char *)(uintptr_t)sealed.p;
    bytes[sealed.n - 1] ^= 1;
    CHECK_ERR(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, sealed, &plain), E_BROKEN);
    CHECK_ERR(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, (Bytes){bytes, 3}, &plain), E_BROKEN);
}

TEST(secret, a_mac_differs_by_purpose)
{
    Ctx *c = test_store();
    Str a = secret_mac(c, c->app->secrets, PURPOSE_FORM, S("x")), b = secret_mac(c, c->app->secrets, PURPOSE_ADDRESS, S("x"));
    CHECK_INT(a.n, 64);
    CHECK(!str_eq(a, b));
    CHECK_STR(a, secret_mac(c, c->app->secrets, PURPOSE_FORM, S("x")));
}

TEST(secret, passwords_verify_and_empty_hashes_never_do)
{
    Ctx *c = test_store();
    Str hash = {0};
    CHECK_OK(secret_password_hash(c, c->app->secrets, S("tre-ord"), &hash));
    CHECK(str_starts(hash, S("$argon2id$")));
    CHECK(secret_password_is(c, c->app->secrets, hash, S("tre-ord")));
    CHECK(!secret_password_is(c, c->app->secrets, hash, S("tre-ore")));
    CHECK(!secret_password_is(c, c->app->secrets, S(""), S("")));
}

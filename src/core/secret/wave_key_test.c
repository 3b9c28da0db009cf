#include "core/secret/wave_key.h"

#include "core/app.h"
#include "store.h"

static void drop(Ctx *c, void *data)
{
    const Str *uid = data;
    CHECK_OK(wave_key_destroy(c, c->app->secrets, *uid));
}

static Str new_key(Ctx *c)
{
    Str *uid = NEW(c->arena, Str, 1);
    *uid = ctx_uid(c);
    CHECK_OK(wave_key_make(c, c->app->secrets, *uid));
    ctx_at_end(c, drop, uid);
    return *uid;
}

TEST(wave_key, two_waves_mark_the_same_text_differently)
{
    Ctx *c = test_store();
    Str one = new_key(c), two = new_key(c), a = {0}, b = {0}, again = {0};
    CHECK_OK(wave_key_mac(c, c->app->secrets, one, S("code:X"), &a));
    CHECK_OK(wave_key_mac(c, c->app->secrets, two, S("code:X"), &b));
    CHECK_OK(wave_key_mac(c, c->app->secrets, one, S("code:X"), &again));
    CHECK_INT(a.n, 64);
    CHECK_STR(a, again);
    CHECK(!str_eq(a, b));
}

TEST(wave_key, what_is_sealed_opens_until_the_key_is_destroyed)
{
    Ctx *c = test_store();
    Str uid = new_key(c), plain = {0};
    Bytes sealed = {0};
    CHECK_OK(wave_key_seal(c, c->app->secrets, uid, S("BCDF"), &sealed));
    CHECK_OK(wave_key_unseal(c, c->app->secrets, uid, sealed, &plain));
    CHECK_STR(plain, S("BCDF"));
    CHECK_OK(wave_key_destroy(c, c->app->secrets, uid));
    CHECK(!wave_key_is_there(c, c->app->secrets, uid));
    CHECK_ERR(wave_key_unseal(c, c->app->secrets, uid, sealed, &plain), E_NOT_FOUND);
    CHECK_ERR(wave_key_mac(c, c->app->secrets, uid, S("x"), &plain), E_NOT_FOUND);
    CHECK_OK(wave_key_destroy(c, c->app->secrets, uid));
}

TEST(wave_key, a_key_is_never_made_over_another)
{
    Ctx *c = test_store();
    Str uid = new_key(c);
    CHECK_ERR(wave_key_make(c, c->app->secrets, uid), E_BROKEN);
}

TEST(wave_key, only_digits_become_a_path)
{
    Ctx *c = test_store();
    CHECK_ERR(wave_key_make(c, c->app->secrets, S("../../../../../../tmp/0000000000")), E_BROKEN);
    ctx_forgive(c);
    CHECK(!wave_key_is_there(c, c->app->secrets, S("..")));
}

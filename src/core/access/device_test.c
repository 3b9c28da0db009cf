#include "core/access/device.h"

#include "core/access/sign_in.h"
#include "core/app.h"
#include "store.h"

TEST(device, a_cookie_is_good_for_its_log_in_alone_and_for_half_a_year)
{
    Ctx *c = test_store();
    Str cookie = device_new(c, S("anne"));
    Str counted = device_of(c, cookie, S("anne"));
    CHECK_INT(counted.n, 64);
    CHECK_STR(device_of(c, cookie, S("anne")), counted);
    CHECK(!str_eq(device_of(c, device_new(c, S("anne")), S("anne")), counted));
    CHECK_INT(device_of(c, cookie, S("bo")).n, 0);
    c->today.day += DEVICE_DAYS;
    CHECK_INT(device_of(c, cookie, S("anne")).n, 64);
    c->today.day++;
    CHECK_INT(device_of(c, cookie, S("anne")).n, 0);
}

TEST(device, what_we_did_not_make_is_no_device)
{
    Ctx *c = test_store();
    Str cookie = device_new(c, S("anne"));
    Str longer = STR_CAT(c->arena, str_sub(cookie, 0, 32), S("99999999"), str_sub(cookie, 40, cookie.n)); /* its last day */
    CHECK_INT(device_of(c, longer, S("anne")).n, 0);
    CHECK_INT(device_of(c, S(""), S("anne")).n, 0);
    CHECK_INT(device_of(c, str_sub(cookie, 0, cookie.n - 1), S("anne")).n, 0);
    CHECK_INT(device_of(c, STR_CAT(c->arena, cookie, S("0")), S("anne")).n, 0);
}

/* ---- who cannot be locked out ------------------------------------------------------- */

static void account(Ctx *c)
{
    Str hash = {0};
    AccountId id = {0};
    CHECK_OK(secret_password_hash(c, c->app->secrets, S("tre-ord-til-demo"), &hash));
    CHECK_OK(access_account_add(c, (PersonId){test_person(c, "Anne", "S12", "skoleleder")}, S("anne"), hash, &id));
}

static Err sign_in(Ctx *c, const char *password, const char *address, Str device)
{
    SignIn in = {0};
    DbConn *conn = c->conn;
    ctx_forgive(c);
    c->record = NULL;
    Err err = sign_in_prepare(c, S("anne"), str_of_z(password), (Caller){str_of_z(address), S("Firefox on Windows"), device}, &in);
    c->conn = conn; /* prepare lets its snapshot go before hashing; tests have one connection */
    if (err == OK) err = sign_in_write(c, &in);
    if (c->record) c->record->fn(c, c->record->data); /* as the writer does after the roll-back */
    return err;
}

TEST(device, nobody_locks_another_out_of_a_device_that_the_account_was_used_on)
{
    Ctx *c = test_store();
    account(c);
    Str own = device_new(c, S("anne"));
    for (int i = 0; i < 5; i++) CHECK_ERR(sign_in(c, "forkert-forkert", "10.1.2.3", S("")), E_INVALID);
    CHECK_ERR(sign_in(c, "tre-ord-til-demo", "10.9.9.9", S("")), E_CONFLICT);
    CHECK_ERR(sign_in(c, "tre-ord-til-demo", "10.9.9.9", device_new(c, S("bo"))), E_CONFLICT);
    CHECK_OK(sign_in(c, "tre-ord-til-demo", "10.1.2.3", own));
    CHECK_ERR(sign_in(c, "forkert-forkert", "10.9.9.9", S("")), E_CONFLICT); /* the others wait all the same */
}

TEST(device, a_network_full_of_wrong_tries_slows_no_known_device)
{
    Ctx *c = test_store();
    account(c);
    Str own = device_new(c, S("anne"));
    Throttle others = throttle_of(c, S(""), S("somebody"), S("10.1.2.3"), "sign-in.failed");
    for (int i = 0; i < 30; i++) CHECK_OK(throttle_count_now(c, &others));
    CHECK_ERR(sign_in(c, "tre-ord-til-demo", "10.1.2.3", S("")), E_CONFLICT);
    CHECK_OK(sign_in(c, "tre-ord-til-demo", "10.1.2.3", own));
}

TEST(device, a_known_device_that_guesses_waits_by_itself)
{
    Ctx *c = test_store();
    account(c);
    Str stolen = device_new(c, S("anne")), own = device_new(c, S("anne"));
    for (int i = 0; i < 5; i++) CHECK_ERR(sign_in(c, "forkert-forkert", "10.1.2.3", stolen), E_INVALID);
    CHECK_ERR(sign_in(c, "tre-ord-til-demo", "10.1.2.3", stolen), E_CONFLICT);
    CHECK_OK(sign_in(c, "tre-ord-til-demo", "10.1.2.3", own));
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'sign-in.failed'"), 5);
    CHECK_OK(sign_in(c, "tre-ord-til-demo", "10.1.2.3", S("")));
}

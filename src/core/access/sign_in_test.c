#include "core/access/sign_in.h"
#include "core/app.h"
#include "store.h"

static int64_t account(Ctx *c, const char *login)
{
    Str hash = {0};
    AccountId id = {0};
    int64_t person = test_person(c, "Anne", "S12", "skoleleder");
    CHECK_OK(secret_password_hash(c, c->app->secrets, S("tre-ord-til-demo"), &hash));
    CHECK_OK(access_account_add(c, (PersonId){person}, str_of_z(login), hash, &id));
    return person;
}

static const Caller firefox = {.address = S_INIT("10.1.2.3"), .agent = S_INIT("Firefox on Windows")};

static Err sign_in(Ctx *c, Str password)
{
    SignIn in = {0};
    DbConn *conn = c->conn;
    ctx_forgive(c);
    c->record = NULL;
    Err err = sign_in_prepare(c, S("ANNE"), password, firefox, &in);
    c->conn = conn; /* prepare lets its snapshot go before hashing; tests have one connection */
    if (err == OK) err = sign_in_write(c, &in);
    if (c->record) c->record->fn(c, c->record->data); /* as the writer does after the roll-back */
    return err;
}

TEST(sign_in, the_right_password_begins_a_session)
{
    Ctx *c = test_store();
    int64_t person = account(c, "anne");
    CHECK_OK(sign_in(c, S("tre-ord-til-demo")));
    CHECK_INT(c->viewer.v, person);
    CHECK_INT(test_count(c, "SELECT count(*) FROM session"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'sign-in'"), 1);
    test_clean(c);
}

TEST(sign_in, five_wrong_tries_make_the_account_wait)
{
    Ctx *c = test_store();
    account(c, "anne");
    for (int i = 0; i < 5; i++) CHECK_ERR(sign_in(c, S("forkert-forkert")), E_INVALID);
    CHECK_ERR(sign_in(c, S("tre-ord-til-demo")), E_CONFLICT);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'sign-in.failed'"), 5);
    c->now.ms += 31000;
    CHECK_OK(sign_in(c, S("tre-ord-til-demo")));
}

TEST(sign_in, an_unknown_login_answers_as_a_wrong_password_does)
{
    Ctx *c = test_store();
    CHECK_ERR(sign_in(c, S("tre-ord-til-demo")), E_INVALID);
    CHECK_INT(test_count(c, "SELECT count(*) FROM session"), 0);
}

TEST(sign_in, who_has_left_cannot_come_in_the_same_day)
{
    Ctx *c = test_store();
    account(c, "anne");
    test_sql(c, "UPDATE person SET leaves_on = 20781"); /* 2026-11-24, the test's day */
    CHECK_ERR(sign_in(c, S("tre-ord-til-demo")), E_INVALID);
}

TEST(sign_in, devices_are_told_without_their_whole_header)
{
    Ctx *c = test_ctx_plain();
    CHECK_STR(session_device(c, S("Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko Firefox/120.0")), S("Firefox, Windows"));
    CHECK_STR(session_device(c, S("Mozilla/5.0 (iPhone; CPU iPhone OS 17) AppleWebKit Safari/604")), S("Safari, iPhone"));
    CHECK_STR(session_device(c, S("curl/8")), S("Browser, ukendt"));
}

/* The session of the last sign-in is who asks, as identify finds it a while later. */
static bool is_in(Ctx *c, Str token_hash)
{
    int64_t n = 0;
    CHECK_OK(db_test_i64(c, STR_CAT(c->arena, S("SELECT count(*) FROM session WHERE token_hash = '"), token_hash, S("'")), &n));
    return n == 1;
}

static Str begun(Ctx *c)
{
    SignIn in = {0};
    DbConn *conn = c->conn;
    CHECK_OK(sign_in_prepare(c, S("anne"), S("tre-ord-til-demo"), firefox, &in));
    c->conn = conn;
    CHECK_OK(sign_in_write(c, &in));
    return in.token_hash;
}

TEST(sign_in, a_session_nobody_uses_is_over_before_its_end)
{
    Ctx *c = test_store();
    test_viewer(c, account(c, "anne"));
    Str idle = begun(c), busy = begun(c);
    c->session->token_hash = busy;
    c->now.ms += session_idle_ms(c) - 60000;
    c->session->seen_at.ms = c->now.ms - session_idle_ms(c) / 10;
    CHECK(access_gate.is_seen_due(c));
    CHECK_OK(access_gate.seen(c));
    c->now.ms += 120000;
    CHECK_OK(sessions_expire(c));
    CHECK(!is_in(c, idle));
    CHECK(is_in(c, busy));
    c->now.ms += (int64_t)24 * 3600000;
    CHECK_OK(sessions_expire(c));
    CHECK(!is_in(c, busy));
}

TEST(sign_in, being_here_is_noted_seldom)
{
    Ctx *c = test_store();
    test_viewer(c, account(c, "anne"));
    c->session->seen_at.ms = c->now.ms - session_idle_ms(c) / 10 + 1;
    CHECK(!access_gate.is_seen_due(c));
    c->session = NULL;
    CHECK(!access_gate.is_seen_due(c));
}

/* A hundred guesses sent at one moment are all let through by the throttle:
   only five of them may count, and the right one behind them must not. */
TEST(sign_in, tries_of_one_moment_are_counted_before_the_next_is_looked_at)
{
    Ctx *c = test_store();
    account(c, "anne");
    enum { TRIES = 7 };
    SignIn in[TRIES] = {0};
    DbConn *conn = c->conn;
    for (int i = 0; i < TRIES; i++) {
        Str password = i == TRIES - 1 ? S("tre-ord-til-demo") : S("forkert-forkert");
        CHECK_OK(sign_in_prepare(c, S("anne"), password, firefox, &in[i]));
        c->conn = conn;
    }
    CHECK(in[TRIES - 1].is_right);
    for (int i = 0; i < TRIES; i++) {
        ctx_forgive(c);
        c->record = NULL;
        CHECK_ERR(sign_in_write(c, &in[i]), i < 5 ? E_INVALID : E_CONFLICT);
        if (c->record) c->record->fn(c, c->record->data);
    }
    CHECK_INT(test_count(c, "SELECT count(*) FROM session"), 0);
}

/* The page that asks for the code tells that the password is right: of a burst of
   guesses at an account with an app code, none behind the fifth may be told. */
TEST(sign_in, a_right_password_behind_five_wrong_ones_is_not_told_where_a_code_is_still_to_come)
{
    Ctx *c = test_store();
    account(c, "anne");
    test_sql(c, "UPDATE account SET totp_secret = x'00'");
    SignIn in = {0};
    DbConn *conn = c->conn;
    CHECK_OK(sign_in_prepare(c, S("anne"), S("tre-ord-til-demo"), firefox, &in));
    c->conn = conn;
    CHECK(in.second_step.n > 0);
    CHECK_OK(sign_in_write(c, &in));
    CHECK_INT(test_count(c, "SELECT count(*) FROM session"), 0);
    for (int i = 0; i < 5; i++) CHECK_ERR(sign_in(c, S("forkert-forkert")), E_INVALID);
    ctx_forgive(c);
    CHECK_ERR(sign_in_write(c, &in), E_CONFLICT);
}

/* Hashing takes long, and the queue for it longer: a link may be used meanwhile. */
TEST(sign_in, a_password_that_was_reset_meanwhile_begins_no_session)
{
    Ctx *c = test_store();
    int64_t person = account(c, "anne");
    SignIn in = {0};
    DbConn *conn = c->conn;
    CHECK_OK(sign_in_prepare(c, S("anne"), S("tre-ord-til-demo"), firefox, &in));
    c->conn = conn;
    CHECK(in.is_right);
    CHECK_OK(access_password_set(c, in.account, S("$argon2id$new")));
    CHECK_ERR(sign_in_write(c, &in), E_CONFLICT);
    ctx_forgive(c);
    CHECK_OK(sign_in_prepare(c, S("anne"), S("tre-ord-til-demo"), firefox, &in));
    c->conn = conn;
    in.is_right = true;
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    CHECK_OK(access_account_close(c, (PersonId){person}));
    CHECK_ERR(sign_in_write(c, &in), E_CONFLICT);
    CHECK_INT(test_count(c, "SELECT count(*) FROM session"), 0);
}

static Str counted_as(Ctx *c, const char *address)
{
    return throttle_of(c, S(""), S("anne"), str_of_z(address), "sign-in.failed").address;
}

TEST(sign_in, who_has_a_whole_network_of_addresses_is_one_sender)
{
    Ctx *c = test_store();
    CHECK_STR(counted_as(c, "2001:db8:1:2::1"), counted_as(c, "2001:DB8:1:2:ffff:1:2:3"));
    CHECK(!str_eq(counted_as(c, "2001:db8:1:2::1"), counted_as(c, "2001:db8:1:3::1")));
    CHECK_STR(counted_as(c, "::ffff:192.0.2.7"), counted_as(c, "192.0.2.7"));
    CHECK(!str_eq(counted_as(c, "192.0.2.7"), counted_as(c, "192.0.2.8")));
}

SQL(SESSION_OF_ALL, "SELECT token_hash FROM session ORDER BY began_at DESC LIMIT 1");

/* As the gate does it; whether the right to people's accounts holds then. */
static bool may_write_accounts(Ctx *c)
{
    Str hash = {0};
    Rows r = db_query(c, SESSION_OF_ALL);
    if (db_next(&r)) hash = db_str(&r, 0);
    CHECK_OK(db_done(&r));
    c->session = NULL;
    CHECK_OK(session_load(c, hash));
    CHECK(c->session != NULL);
    bool may = access_may(c, NEED_ACCOUNT_WRITE, NULL);
    ctx_forgive(c);
    CHECK_ERR(access_permit(c, NEED_ACCOUNT_WRITE, NULL), may ? OK : E_FORBIDDEN);
    ctx_forgive(c);
    CHECK_OK(access_permit(c, NEED_SIGNED_IN, NULL)); /* to where the code is set up */
    return may;
}

TEST(sign_in, where_a_second_factor_is_demanded_a_sensitive_role_opens_nothing_without)
{
    Ctx *c = test_store();
    const Settings *usual = c->app->settings;
    Settings demanding = *usual;
    int64_t membership = 0, person = account(c, "anne");
    demanding.demand_second = true;
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "K1")}, .role = S("sysadm"), .valid_from = c->today}, &membership));
    CHECK_OK(sign_in(c, S("tre-ord-til-demo")));
    CHECK(may_write_accounts(c));
    c->app->settings = &demanding;
    CHECK(!may_write_accounts(c));
    test_sql(c, "UPDATE account SET totp_secret = x'00'");
    CHECK(may_write_accounts(c));
    test_sql(c, "UPDATE account SET totp_secret = NULL");
    CHECK_OK(people_membership_end(c, membership, (Date){c->today.day - 1}));
    c->session = NULL;
    CHECK(!may_write_accounts(c)); /* no right at all any more, but not for the code's sake */
    CHECK(!c->session->lacks_second);
    c->app->settings = usual;
}

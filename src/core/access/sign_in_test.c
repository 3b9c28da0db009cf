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

static Err sign_in(Ctx *c, Str password)
{
    SignIn in = {0};
    DbConn *conn = c->conn;
    ctx_forgive(c);
    c->record = NULL;
    Err err = sign_in_prepare(c, S("ANNE"), password, S("10.1.2.3"), S("Firefox on Windows"), &in);
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

#include "core/account/account_forgot.h"

#include "core/access/link.h"
#include "core/app.h"
#include "store.h"

static Settings settings;

/* Ida, with an account, a password and a mail address; mail is set up. */
static Ctx *with_ida(const char *unit, const char *role, PersonId *ret)
{
    Ctx *c = test_store();
    AccountId account = {0};
    test_set_up_mail(c, &settings);
    ret->v = test_person(c, "Ida", unit, role);
    test_sql(c, "UPDATE person SET email = 'ida@a.dk', email_fold = 'ida@a.dk'");
    CHECK_OK(access_account_add(c, *ret, S("ida"), S("$argon2id$x"), &account));
    return c;
}

/* Asks, and lets the tick answer, twice: the second finds nothing left. */
static void forget(Ctx *c, const char *written)
{
    bool more = false;
    CHECK_OK(link_ask(c, str_of_z(written)));
    CHECK_OK(account_forgot_tick(c, &more));
    CHECK(more);
    CHECK_OK(account_forgot_tick(c, &more));
    CHECK(!more);
}

static void check_outcome(Ctx *c, int64_t mails, int64_t links, int64_t told_administrators)
{
    CHECK_INT(test_count(c, "SELECT count(*) FROM mail"), mails);
    CHECK_INT(test_count(c, "SELECT count(*) FROM account_link WHERE kind = 'reset'"), links);
    CHECK_INT(test_count(c, "SELECT count(*) FROM account WHERE reset_asked_at > 0"), told_administrators);
    test_clean(c);
}

TEST(account_forgot, a_link_of_an_hour_goes_to_the_persons_own_address)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    forget(c, "IDA@a.dk");
    check_outcome(c, 1, 1, 0);
    CHECK_INT(test_count(c, "SELECT max(ends_at) FROM account_link"), c->now.ms + 3600000);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'reset.asked' AND person_id IS NULL"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'account.reset-link'"), 1);
}

TEST(account_forgot, who_is_not_known_leaves_nothing)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    forget(c, "findes-ikke");
    check_outcome(c, 0, 0, 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'reset.asked'"), 0);
}

TEST(account_forgot, asking_again_at_once_neither_ends_the_link_nor_sends_another)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    forget(c, "ida");
    int64_t ends = test_count(c, "SELECT max(ends_at) FROM account_link");
    c->now.ms += LINK_FRESH_MS - 1;
    forget(c, "ida");
    check_outcome(c, 1, 1, 0);
    CHECK_INT(test_count(c, "SELECT max(ends_at) FROM account_link"), ends);
    c->now.ms += 1;
    forget(c, "ida");
    check_outcome(c, 2, 1, 0);
}

TEST(account_forgot, a_role_that_takes_two_to_give_takes_an_administrator)
{
    PersonId ida = {0};
    Ctx *c = with_ida("K1", "sysadm", &ida);
    forget(c, "ida");
    check_outcome(c, 0, 0, 1);
}

TEST(account_forgot, a_sensitive_role_that_still_waits_counts_too)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    int64_t id = 0;
    CHECK_OK(people_grant(c, (NewMembership){.person = ida, .unit = {test_unit(c, "K1")}, .role = S("dpo"), .valid_from = c->today,
                                             .granted_by = {test_person(c, "Jens", "K1", "sysadm")}}, &id));
    forget(c, "ida");
    check_outcome(c, 0, 0, 1);
}

TEST(account_forgot, where_no_mail_can_go_an_administrator_is_asked)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    settings.smtp = S("");
    forget(c, "ida");
    check_outcome(c, 0, 0, 1);
    settings.smtp = S("smtp://127.0.0.1:1");
    test_sql(c, "UPDATE account SET reset_asked_at = 0");
    test_sql(c, "UPDATE person SET email = 'ikke en adresse', email_fold = 'ikke en adresse'");
    forget(c, "ida");
    check_outcome(c, 0, 0, 1);
}

TEST(account_forgot, who_waits_for_a_first_link_gets_it_from_an_administrator)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    test_sql(c, "UPDATE account SET password_hash = ''");
    forget(c, "ida");
    check_outcome(c, 0, 0, 1);
}

TEST(account_forgot, a_mailbox_of_several_is_no_proof_of_who_asks)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    AccountId id = {0};
    CHECK_OK(access_account_add(c, (PersonId){test_person(c, "Bo", "S11", "team")}, S("bob"), S("$argon2id$x"), &id));
    test_sql(c, "UPDATE person SET email = 'kontoret@a.dk', email_fold = 'kontoret@a.dk'");
    forget(c, "kontoret@a.dk");
    check_outcome(c, 0, 0, 2);
    test_sql(c, "UPDATE account SET reset_asked_at = 0");
    forget(c, "bob");
    check_outcome(c, 0, 0, 1);
}

TEST(account_forgot, a_mail_that_cannot_be_written_does_not_come_back_every_second)
{
    PersonId ida = {0};
    Ctx *c = with_ida("S11", "team", &ida);
    test_sql(c, "UPDATE person SET name = 'Ida\x07'");
    forget(c, "ida");
    check_outcome(c, 0, 0, 1);
}

#include "core/account/account.h"
#include "core/account/account_deeds.h"

#include "base/number.h"
#include "store.h"

/* Two administrators, and Ida, who has a password and a role that one or two people give. */
typedef struct Office {
    Ctx *c;
    int64_t first, second;
    PersonId ida;
} Office;

static Office office(const char *unit, const char *role)
{
    Ctx *c = test_store();
    Office o = {.c = c, .first = test_person(c, "Jens", "K1", "sysadm"), .second = test_person(c, "Bo", "K1", "sysadm"),
                .ida = {test_person(c, "Ida", unit, role)}};
    AccountId id = {0};
    CHECK_OK(access_account_add(c, o.ida, S("ida"), S("$argon2id$x"), &id));
    test_viewer(c, o.first);
    return o;
}

static Consents waiting(Office *o)
{
    Consents all = {0};
    CHECK_OK(consents_of(o->c, o->ida, &all));
    return all;
}

/* As the second administrator: the one thing that waits. */
static void agree(Office *o, AccountLink *link)
{
    test_viewer(o->c, o->second);
    Consents all = waiting(o);
    CHECK_INT(all.n, 1);
    CHECK_OK(account_agree(o->c, &all.v[0], link));
    test_viewer(o->c, o->first);
    CHECK_INT(waiting(o).n, 0);
}

static Account ida(Office *o)
{
    Account a = {0};
    CHECK_OK(account_get(o->c, o->ida, &a));
    return a;
}

static AccountDetails details(Office *o, Person *now)
{
    CHECK_OK(people_by_id(o->c, o->ida, now));
    return (AccountDetails){now->name, now->email, now->leaves_on};
}

static void set_email(Office *o, const char *email)
{
    Person now = {0};
    AccountDetails to = details(o, &now);
    to.email = str_of_z(email);
    CHECK_OK(account_set(o->c, o->ida, now.version, to));
}

static void set_leaving(Office *o, int32_t day)
{
    Person now = {0};
    AccountDetails to = details(o, &now);
    to.leaves_on = (Date){day};
    CHECK_OK(account_set(o->c, o->ida, now.version, to));
}

static bool opens(Office *o, const AccountLink *link)
{
    LinkTarget target = {0};
    Err err = link_open(o->c, link->link.token, &target);
    ctx_forgive(o->c);
    return err == OK;
}

TEST(account, who_has_none_is_told_so_and_a_closed_one_is_closed_from_its_day)
{
    Office o = office("S11", "team");
    Account none = {.exists = true};
    CHECK_OK(account_get(o.c, (PersonId){o.second}, &none));
    CHECK(!none.exists && !none.is_closed);
    CHECK(ida(&o).exists && ida(&o).has_password && !ida(&o).has_second && !ida(&o).is_closed);
    CHECK_OK(access_account_close(o.c, o.ida));
    CHECK(ida(&o).is_closed);
}

TEST(account, what_one_gives_one_may_open_alone)
{
    Office o = office("S11", "team");
    AccountLink link = {.link = link_new(o.c, LINK_RESET)};
    bool waits = true;
    CHECK_OK(account_reset(o.c, o.ida, &link));
    CHECK(link.is_given && opens(&o, &link));
    CHECK_OK(access_account_close(o.c, o.ida));
    CHECK_OK(account_open(o.c, o.ida, &waits));
    CHECK(!waits && !ida(&o).is_closed);
    set_leaving(&o, o.c->today.day);
    set_leaving(&o, 0);
    set_email(&o, "ida@a.dk");
    CHECK_INT(waiting(&o).n, 0);
    test_clean(o.c);
}

TEST(account, a_link_for_a_role_of_two_is_made_when_the_second_agrees)
{
    Office o = office("K1", "dpo");
    AccountLink link = {.link = link_new(o.c, LINK_RESET)}, theirs = {.link = link_new(o.c, LINK_RESET)};
    CHECK_OK(account_reset(o.c, o.ida, &link));
    CHECK(!link.is_given && !opens(&o, &link));
    Consents all = waiting(&o);
    CHECK_ERR(account_agree(o.c, &all.v[0], &theirs), E_CONFLICT); /* who asked is not the second */
    ctx_forgive(o.c);
    CHECK(!opens(&o, &theirs));
    agree(&o, &theirs);
    CHECK(theirs.is_given && opens(&o, &theirs));
    test_clean(o.c);
}

TEST(account, opening_what_was_closed_waits_where_the_role_takes_two)
{
    Office o = office("K1", "dpo");
    AccountLink none = {0};
    bool waits = false;
    CHECK_ERR(account_open(o.c, o.ida, &waits), E_CONFLICT); /* it is open: nothing to ask for */
    ctx_forgive(o.c);
    CHECK_OK(access_account_close(o.c, o.ida));
    CHECK_OK(account_open(o.c, o.ida, &waits));
    CHECK(waits && ida(&o).is_closed);
    agree(&o, &none);
    CHECK(!ida(&o).is_closed);
    test_clean(o.c);
}

TEST(account, a_day_that_lets_in_again_who_has_left_waits_and_every_other_day_does_not)
{
    Office o = office("K1", "dpo");
    AccountLink none = {0};
    Person now = {0};
    int32_t today = o.c->today.day;
    set_leaving(&o, today + 10);
    set_leaving(&o, today + 20); /* has not left yet */
    set_leaving(&o, today);      /* leaves: one may say so */
    set_leaving(&o, today - 5);
    set_leaving(&o, today);      /* later, and still out */
    CHECK_INT(waiting(&o).n, 0);
    set_leaving(&o, today + 1);
    CHECK_INT(details(&o, &now).leaves_on.day, today);
    CHECK_INT(waiting(&o).v[0].leaves_on.day, today + 1);
    agree(&o, &none);
    CHECK_INT(details(&o, &now).leaves_on.day, today + 1);
    set_leaving(&o, today);
    set_leaving(&o, 0);
    agree(&o, &none);
    CHECK_INT(details(&o, &now).leaves_on.day, 0);
    test_clean(o.c);
}

TEST(account, a_new_mail_address_waits_and_the_name_beside_it_does_not)
{
    Office o = office("K1", "dpo");
    AccountLink none = {0};
    Person now = {0};
    AccountDetails to = details(&o, &now);
    to.name = S("Ida Holm");
    to.email = S("ida@a.dk");
    CHECK_OK(account_set(o.c, o.ida, now.version, to));
    to = details(&o, &now);
    CHECK_STR(to.name, S("Ida Holm"));
    CHECK_STR(to.email, S(""));
    agree(&o, &none);
    CHECK_STR(details(&o, &now).email, S("ida@a.dk"));
    to.email = S("anden@a.dk");
    CHECK_ERR(account_set(o.c, o.ida, (Version){now.version.v - 1}, to), E_CONFLICT);
}

TEST(account, a_link_on_its_way_ends_with_the_address_it_went_to_and_with_a_role_that_takes_two)
{
    Office o = office("S11", "team");
    AccountLink link = {.link = link_new(o.c, LINK_RESET)}, other = {.link = link_new(o.c, LINK_RESET)};
    CHECK_OK(account_reset(o.c, o.ida, &link));
    set_email(&o, "");
    CHECK(opens(&o, &link)); /* the same address */
    set_email(&o, "ida@a.dk");
    CHECK(!opens(&o, &link));
    CHECK_OK(account_reset(o.c, o.ida, &other));
    CHECK_OK(account_grant(o.c, (NewMembership){.person = o.ida, .unit = {test_unit(o.c, "S12")}, .role = S("team"), .valid_from = o.c->today,
                                                .granted_by = {o.first}}));
    CHECK(opens(&o, &other));
    CHECK_OK(account_grant(o.c, (NewMembership){.person = o.ida, .unit = {test_unit(o.c, "K1")}, .role = S("dpo"), .valid_from = o.c->today,
                                                .granted_by = {o.first}}));
    CHECK(!opens(&o, &other));
}

/* Ida's only role of two, ended by the first administrator alone. */
static void end_role(Office *o)
{
    test_viewer(o->c, o->first);
    CHECK_OK(people_membership_end(o->c, test_count(o->c, "SELECT max(m.id) FROM membership m JOIN person p ON p.id = m.person_id"
                                                          " WHERE p.name = 'Ida' AND m.role = 'dpo'"), (Date){o->c->today.day - 1}));
}

/* Else one could end the role, take the account over, and propose the role again. */
TEST(account, what_took_two_to_open_takes_two_for_a_year_after_the_role_ended)
{
    Office o = office("K1", "dpo");
    AccountLink link = {.link = link_new(o.c, LINK_RESET)}, late = {.link = link_new(o.c, LINK_RESET)};
    end_role(&o);
    CHECK_OK(account_reset(o.c, o.ida, &link));
    CHECK(!link.is_given && !opens(&o, &link));
    set_email(&o, "jens@a.dk");
    CHECK_INT(waiting(&o).n, 2);
    test_sql(o.c, "UPDATE membership SET valid_to = valid_to - 365 WHERE role = 'dpo'");
    CHECK_OK(account_reset(o.c, o.ida, &late));
    CHECK(late.is_given && opens(&o, &late));
}

/* A role that counted, and was ended on its first day, leaves no day behind. */
TEST(account, a_role_that_ended_on_its_first_day_counts_too_and_one_that_was_declined_does_not)
{
    Office o = office("S11", "team");
    AccountLink link = {.link = link_new(o.c, LINK_RESET)}, again = {.link = link_new(o.c, LINK_RESET)};
    NewMembership dpo = {.person = o.ida, .unit = {test_unit(o.c, "K1")}, .role = S("dpo"), .valid_from = o.c->today, .granted_by = {o.first}};
    CHECK_OK(account_grant(o.c, dpo));
    end_role(&o);
    CHECK_OK(account_reset(o.c, o.ida, &link));
    CHECK(link.is_given);
    CHECK_OK(account_grant(o.c, dpo));
    test_viewer(o.c, o.second);
    CHECK_OK(people_confirm(o.c, test_count(o.c, "SELECT max(id) FROM membership")));
    end_role(&o);
    CHECK_OK(account_reset(o.c, o.ida, &again));
    CHECK(!again.is_given);
}

TEST(account, who_may_confirm_is_told_what_has_been_done_to_the_account_and_by_whom)
{
    Office o = office("S11", "team");
    AccountLink link = {.link = link_new(o.c, LINK_RESET)};
    Deeds deeds = {0};
    CHECK_OK(account_deeds(o.c, o.ida, &deeds));
    CHECK_INT(deeds.n, 1);
    CHECK_STR(deeds.v[0].verb, S("role.grant"));
    CHECK_STR(deeds.v[0].by, S("")); /* the command line */
    set_email(&o, "jens@a.dk");
    CHECK_OK(account_reset(o.c, o.ida, &link));
    CHECK_OK(account_grant(o.c, (NewMembership){.person = o.ida, .unit = {test_unit(o.c, "K1")}, .role = S("dpo"), .valid_from = o.c->today,
                                                .granted_by = {o.first}}));
    end_role(&o);
    CHECK_OK(account_deeds(o.c, o.ida, &deeds));
    static const char *const verbs[] = {"role.end", "role.propose", "account.reset-link", "person.email", "person.set"};
    CHECK_INT(deeds.n, COUNT_OF(verbs) + 1);
    for (ptrdiff_t i = 0; i < COUNT_OF(verbs); i++) {
        CHECK_STR(deeds.v[i].verb, str_of_z(verbs[i]));
        CHECK_STR(deeds.v[i].by, S("Jens"));
    }
    CHECK(deeds.v[0].role && str_eq(str_of_z(deeds.v[0].role->code), S("dpo")));
    o.c->now.ms += INT64_C(366) * 86400000;
    CHECK_OK(account_deeds(o.c, o.ida, &deeds));
    CHECK_INT(deeds.n, 0);
}

TEST(account, an_invitation_makes_the_account_once_and_never_where_a_password_was_chosen)
{
    Office o = office("S11", "team");
    PersonId per = {test_person(o.c, "Per", "S11", "team")};
    AccountLink link = {.link = link_new(o.c, LINK_INVITATION)}, again = {.link = link_new(o.c, LINK_INVITATION)};
    Account a = {0};
    CHECK_ERR(account_invite(o.c, o.ida, S("ida"), &link), E_CONFLICT);
    ctx_forgive(o.c);
    CHECK_ERR(account_invite(o.c, per, S("ida"), &link), E_CONFLICT); /* another's log-in */
    ctx_forgive(o.c);
    CHECK_OK(account_invite(o.c, per, S("per"), &link));
    CHECK_OK(account_invite(o.c, per, S("per-to"), &again));
    CHECK(!opens(&o, &link) && opens(&o, &again));
    CHECK_OK(account_get(o.c, per, &a));
    CHECK_STR(a.login, S("per"));
}

TEST(account, an_app_code_is_taken_away_by_two_whoever_it_is)
{
    Office o = office("S11", "team");
    AccountLink none = {0};
    CHECK_ERR(account_second_off(o.c, o.ida), E_CONFLICT);
    ctx_forgive(o.c);
    test_sql(o.c, "UPDATE account SET totp_secret = x'00'");
    CHECK_OK(account_second_off(o.c, o.ida));
    CHECK(ida(&o).has_second);
    agree(&o, &none);
    CHECK(!ida(&o).has_second);
}

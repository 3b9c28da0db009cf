#include "store.h"

#include "core/account/account_mail.h"
#include "core/app.h"
#include "core/mail/mail.h"

static Settings settings;

static Ctx *with_mail(PersonId *ret)
{
    Ctx *c = test_store();
    AccountId account = {0};
    test_set_up_mail(c, &settings);
    ret->v = test_person(c, "Ida", "S11", "team");
    test_sql(c, "UPDATE person SET email = 'ida@a.dk', email_fold = 'ida@a.dk'");
    CHECK_OK(access_account_add(c, *ret, S("ida"), S(""), &account));
    return c;
}

SQL(WAITING, "SELECT sealed FROM mail");

static Str queued(Ctx *c)
{
    Rows r = db_query(c, WAITING);
    Bytes sealed = {0};
    Str plain = {0};
    if (db_next(&r)) sealed = db_bytes(&r, 0);
    CHECK_OK(db_done(&r));
    if (sealed.n) CHECK_OK(secret_unseal(c, c->app->secrets, PURPOSE_MAIL, sealed, &plain));
    return plain;
}

TEST(account_mail, the_link_goes_to_the_persons_own_address)
{
    PersonId ida = {0};
    Ctx *c = with_mail(&ida);
    Link link = link_new(c, LINK_INVITATION);
    Str to = {0};
    CHECK_OK(link_store(c, ida, &link));
    CHECK_OK(account_mail_link(c, ida, &link, &to));
    CHECK_STR(to, S("ida@a.dk"));
    CHECK(str_starts(queued(c), S("ida@a.dk\nda\n")));
    CHECK(str_find(queued(c), link.address, 0) > 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM job WHERE kind = 'mail'"), 1);
    test_clean(c);
}

static Str told(Ctx *c, PersonId person)
{
    Link link = link_new(c, LINK_RESET);
    Str to = S("?");
    CHECK_OK(account_mail_link(c, person, &link, &to));
    CHECK_INT(test_count(c, "SELECT count(*) FROM mail"), 0);
    return to;
}

TEST(account_mail, where_it_cannot_be_mailed_it_is_left_to_the_screen)
{
    PersonId ida = {0};
    Ctx *c = with_mail(&ida);
    settings.smtp = S("");
    CHECK_INT(told(c, ida).n, 0);
    settings.smtp = S("smtp://127.0.0.1:1");
    settings.public_address = S("");
    CHECK_INT(told(c, ida).n, 0);
    settings.public_address = S("https://traad.example");
    test_sql(c, "UPDATE person SET email = '', email_fold = ''");
    CHECK_INT(told(c, ida).n, 0);
}

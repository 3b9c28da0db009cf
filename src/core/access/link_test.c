#include "core/access/link.h"

#include "core/access/sign_in.h"
#include "core/app.h"
#include "store.h"

static PersonId invited(Ctx *c)
{
    AccountId id = {0};
    PersonId person = {test_person(c, "Anne", "S12", "skoleleder")};
    CHECK_OK(access_account_add(c, person, S("anne"), S(""), &id));
    return person;
}

TEST(link, an_invitation_works_once_and_for_fourteen_days)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    Link link = link_new(c, LINK_INVITATION);
    LinkTarget target = {0};
    CHECK_OK(link_store(c, person, &link));
    CHECK_INT(link.token.n, 64);
    CHECK_OK(link_open(c, link.token, &target));
    CHECK_STR(target.login, S("anne"));
    CHECK_OK(link_use(c, &target, S("$argon2id$x")));
    CHECK_ERR(link_use(c, &target, S("$argon2id$y")), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(link_open(c, link.token, &target), E_NOT_FOUND);
    CHECK_INT(test_count(c, "SELECT count(*) FROM account WHERE password_hash = '$argon2id$x'"), 1);
    ctx_forgive(c);
    Link late = link_new(c, LINK_INVITATION);
    CHECK_OK(link_store(c, person, &late));
    c->now.ms += (int64_t)14 * 86400000 - 1;
    CHECK_OK(link_open(c, late.token, &target));
    c->now.ms += 1;
    CHECK_ERR(link_open(c, late.token, &target), E_NOT_FOUND);
    test_clean(c);
}

TEST(link, a_reset_lives_an_hour_and_a_newer_one_ends_it)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    Link first = link_new(c, LINK_RESET), second = link_new(c, LINK_RESET);
    LinkTarget target = {0};
    CHECK_OK(link_store(c, person, &first));
    CHECK_OK(link_store(c, person, &second));
    CHECK_ERR(link_open(c, first.token, &target), E_NOT_FOUND);
    ctx_forgive(c);
    CHECK_OK(link_open(c, second.token, &target));
    c->now.ms += 3600000;
    CHECK_ERR(link_open(c, second.token, &target), E_NOT_FOUND);
}

TEST(link, the_token_itself_is_nowhere_in_the_store)
{
    Ctx *c = test_store();
    Link link = link_new(c, LINK_RESET);
    CHECK_OK(link_store(c, invited(c), &link));
    Rows r = db_query_(c, &(SqlDef){__FILE__, __LINE__, "TOKENS", "SELECT token_hash FROM account_link", NULL}, NULL, 0);
    CHECK(db_next(&r));
    CHECK(!str_eq(db_str(&r, 0), link.token));
    CHECK_OK(db_done(&r));
}

TEST(link, a_closed_account_opens_no_link_and_choosing_ends_every_session)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    Link link = link_new(c, LINK_RESET);
    LinkTarget target = {0};
    CHECK_OK(link_store(c, person, &link));
    CHECK_OK(link_open(c, link.token, &target));
    test_sql(c, "INSERT INTO session (token_hash, uid, account_id, began_at, seen_at, ends_at, device) SELECT"
                " '0123456789012345678901234567890123456789012345678901234567890123', '01234567890123456789012345678901',"
                " id, 0, 0, 9000000000000, 'x' FROM account");
    CHECK_OK(link_use(c, &target, S("$argon2id$x")));
    CHECK_INT(test_count(c, "SELECT count(*) FROM session"), 0);
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    Link again = link_new(c, LINK_RESET);
    CHECK_OK(link_store(c, person, &again));
    CHECK_OK(access_account_close(c, person));
    CHECK_ERR(link_open(c, again.token, &target), E_NOT_FOUND);
    ctx_forgive(c);
    CHECK_ERR(link_store(c, person, &again), E_CONFLICT);
}

/* ---- forgotten ---------------------------------------------------------------------- */

static LinksAsked asked(Ctx *c, const char *written)
{
    LinksAsked all = {0};
    bool found = false;
    CHECK_OK(link_ask(c, str_of_z(written)));
    CHECK_OK(link_asked(c, &all, &found));
    CHECK(found);
    CHECK_INT(test_count(c, "SELECT count(*) FROM reset_request"), 0);
    return all;
}

TEST(link, whoever_is_asked_for_is_found_by_login_or_mail_address_and_only_while_the_account_is_open)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    test_sql(c, "UPDATE person SET email = 'Anne.Holm@skole.example', email_fold = 'anne.holm@skole.example'");
    CHECK_INT(asked(c, "nobody").n, 0);
    CHECK_INT(asked(c, " ANNE ").v[0].person.v, person.v);
    CHECK_INT(asked(c, "anne.holm@SKOLE.example").v[0].person.v, person.v);
    CHECK(!asked(c, "anne").v[0].has_password);
    CHECK_INT(asked(c, "").n, 0);
    test_sql(c, "UPDATE person SET leaves_on = 20781"); /* 2026-11-24, the test's day */
    CHECK_INT(asked(c, "anne").n, 0);
    CHECK_INT(asked(c, "anne.holm@skole.example").n, 0);
    test_sql(c, "UPDATE person SET leaves_on = NULL");
    test_sql(c, "UPDATE account SET closed_on = 20781");
    CHECK_INT(asked(c, "anne").n, 0);
}

TEST(link, an_address_of_two_accounts_means_both_and_is_neithers_alone)
{
    Ctx *c = test_store();
    AccountId id = {0};
    (void)invited(c);
    CHECK(asked(c, "anne").v[0].is_alone);
    CHECK_OK(access_account_add(c, (PersonId){test_person(c, "Bo", "S12", "team")}, S("kontoret"), S(""), &id));
    CHECK(asked(c, "anne").v[0].is_alone); /* no address is nobody's */
    test_sql(c, "UPDATE person SET email = 'kontoret@skole.example', email_fold = 'kontoret@skole.example'");
    LinksAsked both = asked(c, "kontoret@skole.example");
    CHECK_INT(both.n, 2);
    CHECK(!both.v[0].is_alone && !both.v[1].is_alone);
    CHECK(!asked(c, "kontoret").v[0].is_alone);
}

TEST(link, what_was_written_is_nowhere_to_read_and_no_flood_fills_the_store)
{
    Ctx *c = test_store();
    bool found = true;
    LinksAsked none = {0};
    for (int i = 0; i < LINK_REQUESTS_MAX + 5; i++) CHECK_OK(link_ask(c, S("min-hemmelige-kode")));
    CHECK_INT(test_count(c, "SELECT count(*) FROM reset_request"), LINK_REQUESTS_MAX);
    Rows r = db_query_(c, &(SqlDef){__FILE__, __LINE__, "SEALED", "SELECT sealed FROM reset_request", NULL}, NULL, 0);
    CHECK(db_next(&r));
    Bytes sealed = db_bytes(&r, 0);
    CHECK(str_find((Str){sealed.p, sealed.n}, S("hemmelige"), 0) < 0);
    CHECK_OK(db_done(&r));
    test_sql(c, "DELETE FROM reset_request");
    CHECK_OK(link_asked(c, &none, &found));
    CHECK(!found);
}

TEST(link, the_administrators_see_who_lacks_a_link_until_one_is_made)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    CHECK_OK(link_ask_administrator(c, (AccountId){test_count(c, "SELECT id FROM account")}));
    CHECK_INT(test_count(c, "SELECT count(*) FROM account WHERE reset_asked_at > 0"), 1);
    Link link = link_new(c, LINK_RESET);
    CHECK_OK(link_store(c, person, &link));
    CHECK_INT(test_count(c, "SELECT count(*) FROM account WHERE reset_asked_at > 0"), 0);
}

TEST(link, a_reset_is_fresh_for_ten_minutes_unless_it_is_used)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    AccountId account = {test_count(c, "SELECT id FROM account")};
    Link link = link_new(c, LINK_RESET);
    LinkTarget target = {0};
    bool is_fresh = true;
    CHECK_OK(link_is_fresh(c, account, &is_fresh));
    CHECK(!is_fresh);
    CHECK_OK(link_store(c, person, &link));
    c->now.ms += LINK_FRESH_MS - 1;
    CHECK_OK(link_is_fresh(c, account, &is_fresh));
    CHECK(is_fresh);
    c->now.ms += 1;
    CHECK_OK(link_is_fresh(c, account, &is_fresh));
    CHECK(!is_fresh);
    Link used = link_new(c, LINK_RESET);
    CHECK_OK(link_store(c, person, &used));
    CHECK_OK(link_open(c, used.token, &target));
    CHECK_OK(link_use(c, &target, S("$argon2id$x")));
    CHECK_OK(link_is_fresh(c, account, &is_fresh));
    CHECK(!is_fresh);
}

/* ---- the second factor: a code counts once ---------------------------------------- */

TEST(second, a_code_and_a_recovery_code_count_once)
{
    Ctx *c = test_store();
    PersonId person = invited(c);
    test_viewer(c, person.v);
    int64_t account = test_count(c, "SELECT id FROM account");
    c->session->account = (AccountId){account};
    NewSecond second = second_new(c, S("anne"));
    SecondSetup setup = {0};
    CHECK_ERR(second_prove(c, second.sealed_hex, S("000000"), &setup), E_INVALID);
    ctx_forgive(c);
    CHECK_ERR(second_prove(c, S("00"), S("000000"), &setup), E_INVALID);
    ctx_forgive(c);
    setup = (SecondSetup){.sealed = secret_seal(c, c->app->secrets, PURPOSE_TOTP, S("12345678901234567890")), .step = 0,
                          .codes = {S("AAAA AAAA AAAA AAAA AAAA AAAA")}};
    for (int i = 1; i < RECOVERY_CODES; i++) setup.codes[i] = STR_CAT(c->arena, S("AAAA AAAA AAAA AAAA AAAA AAA"), (Str){&"BCDEFGHIJK"[i], 1});
    CHECK_OK(second_store(c, &setup));
    c->now.ms = 59000; /* RFC 4226: counter 1 is 287082 */
    SecondCode code = {0};
    bool right = false;
    CHECK_OK(second_read(c, setup.sealed, S("287082"), &code));
    CHECK_OK(second_use(c, c->session->account, &code, &right));
    CHECK(right);
    CHECK_OK(second_use(c, c->session->account, &code, &right));
    CHECK(!right);
    CHECK_OK(second_read(c, setup.sealed, S("aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"), &code));
    CHECK_OK(second_use(c, c->session->account, &code, &right));
    CHECK(right);
    CHECK_OK(second_use(c, c->session->account, &code, &right));
    CHECK(!right);
    CHECK_OK(second_read(c, setup.sealed, S("forkert"), &code));
    CHECK_OK(second_use(c, c->session->account, &code, &right));
    CHECK(!right);
}

#include <stdio.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "feature/invitation/invitation_inside.h"
#include "wave.h"

static Settings settings;

/* An open wave for staff and leaders of the lowest units; mail is set up. */
static Ctx *with_wave(Wave *ret)
{
    Ctx *c = test_store_pers();
    test_set_up_mail(c, &settings);
    *ret = test_wave(c, (NewWave){.name = S("Forår"), .opens_on = c->today, .closes_on = {c->today.day + 10}, .skips = S("klasse afdeling"),
                                  .roles = S("personale leder")});
    return c;
}

static AddressList list_of(Ctx *c, const Wave *wave, const char *text)
{
    AddressList list = {0};
    CHECK_OK(address_list_read(c, wave, str_of_z(text), S(""), S(""), &list));
    return list;
}

static int64_t store(Ctx *c, const Wave *wave, const char *text)
{
    int64_t fresh = -1;
    AddressList list = list_of(c, wave, text);
    CHECK_OK(address_list_store(c, wave, &list, false, &fresh));
    return fresh;
}

TEST(invitation_list, a_list_is_read_with_and_without_a_head_and_with_any_delimiter)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    CHECK_INT(list_of(c, &wave, "anne@a.dk,S11,personale\nbo@a.dk,S12,leder,en\n").n, 2);
    CHECK_INT(list_of(c, &wave, "rolle;E-mail;enhed\r\npersonale;anne@a.dk;S11\r\n").n, 1);
    CHECK_INT(list_of(c, &wave, "\xEF\xBB\xBF" "e-mail\tskole\trolle\nanne@a.dk\tS11\tleder\n").n, 1);
}

static bool refuses(Ctx *c, const Wave *wave, const char *row)
{
    AddressList list = list_of(c, wave, row);
    return list.n == 0 && list.refused_n == 1 && list.refused[0].line == 1 && !msg_is_empty(list.refused[0].why);
}

TEST(invitation_list, what_cannot_be_used_is_refused_with_its_line)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    CHECK(refuses(c, &wave, "anne,S11,personale\n"));
    CHECK(refuses(c, &wave, "anne@a.dk\tx@b.dk,S11,personale\n"));
    CHECK(refuses(c, &wave, "anne@a.dk,NIX,personale\n"));
    CHECK(refuses(c, &wave, "anne@a.dk,K1,personale\n"));
    CHECK(refuses(c, &wave, "anne@a.dk,S11,elev\n"));
    CHECK(refuses(c, &wave, "anne@a.dk,S11,personale,tr\n"));
    CHECK(refuses(c, &wave, "anne@a.dk,,personale\n"));
    CHECK(refuses(c, &wave, "anne@a.dk,S11,\n"));
    CHECK(refuses(c, &wave, "\"anne@a.dk\r\nBcc: x@b.dk\",S11,personale\n"));
}

TEST(invitation_list, a_table_that_cannot_be_read_is_one_problem_and_stores_nothing)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AddressList list = {0};
    CHECK_ERR(address_list_read(c, &wave, S("anne@a.dk,S11,\xff\n"), S(""), S(""), &list), E_INVALID);
    CHECK_STR(c->problems->field, S("liste"));
    ctx_forgive(c);
    CHECK_ERR(address_list_read(c, &wave, S("\n\n"), S(""), S(""), &list), E_INVALID);
    ctx_forgive(c);
    Buf b = buf_new(c->arena, 400000);
    for (int i = 0; i < LIST_ROWS + 1; i++) {
        buf_add(&b, S("p"));
        buf_add_i64(&b, i);
        buf_add(&b, S("@a.dk,S11,leder\n"));
    }
    CHECK_ERR(address_list_read(c, &wave, buf_str(&b), S(""), S(""), &list), E_INVALID);
}

TEST(invitation_list, one_address_stands_once_whatever_its_letters)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AddressList same = list_of(c, &wave, "anne@a.dk,S11,personale\nAnne@A.dk,S11,personale\n");
    AddressList other = list_of(c, &wave, "anne@a.dk,S11,personale\nanne@a.dk,S12,personale\n");
    CHECK_INT(same.n * 10 + same.repeated, 11);
    CHECK_INT(other.refused_n, 1);
    CHECK_INT(store(c, &wave, "anne@a.dk,S11,personale\n"), 1);
    CHECK_INT(store(c, &wave, "ANNE@a.dk,S12,leder\nbo@a.dk,S12,leder\n"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation"), 2);
    test_clean(c);
}

TEST(invitation_list, the_store_has_no_address_in_it)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    Str one = {0}, mac = {0}, sealed = {0};
    store(c, &wave, "anne.hansen@fjordby.example,S11,personale\nb@a.dk,S11,personale\n");
    CHECK_INT(test_count(c, "SELECT count(DISTINCT length(sealed)) FROM invitation"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation WHERE instr(sealed, '616e6e65') > 0"), 0); /* "anne" */
    CHECK_OK(address_seal(c, &wave, S("b@a.dk"), &mac, &sealed));
    CHECK_OK(address_unseal(c, &wave, sealed, &one));
    CHECK_STR(one, S("b@a.dk"));
}

TEST(invitation_list, numbers_of_invited_follow_the_whole_list_when_asked)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    int64_t fresh = 0;
    store(c, &wave, "a@a.dk,S11,personale\nb@a.dk,S11,personale\n");
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_invited"), 0);
    AddressList more = list_of(c, &wave, "c@a.dk,S11,personale\nd@a.dk,S12,leder\n");
    CHECK_OK(address_list_store(c, &wave, &more, true, &fresh));
    CHECK_INT(test_count(c, "SELECT sum(n) FROM wave_invited"), 4);
    CHECK_INT(test_count(c, "SELECT n FROM wave_invited WHERE role = 'personale'"), 3);
}

TEST(invitation_list, the_organisation_gives_each_person_one_place_as_leader_first)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AddressList list = {0};
    int64_t anne = test_person(c, "Anne", "S11", "team"), bo = test_person(c, "Bo", "S12", "skoleleder");
    test_person(c, "Uden Adresse", "S12", "team");
    test_sql(c, "UPDATE person SET email = 'anne@a.dk', email_fold = 'anne@a.dk' WHERE name = 'Anne'");
    test_sql(c, "UPDATE person SET email = 'bo@a.dk', email_fold = 'bo@a.dk' WHERE name = 'Bo'");
    test_sql(c, "INSERT INTO membership (owner_id, uid, person_id, unit_id, role, valid_from, needs_second)"
                " SELECT m.owner_id, '0123456789abcdef0123456789abcdef', m.person_id, (SELECT id FROM unit WHERE code = 'S21'), 'team', 19205, 0"
                " FROM membership m JOIN person p ON p.id = m.person_id WHERE p.name = 'Bo'");
    CHECK(anne != bo);
    CHECK_OK(address_list_people(c, &wave, &list));
    CHECK_INT(list.n, 2);
    CHECK_INT(list.without, 1);
    CHECK_STR(list.v[1].code.role, S("leder"));
    test_sql(c, "UPDATE person SET leaves_on = 0");
    CHECK_ERR(address_list_people(c, &wave, &list), E_CONFLICT);
}

TEST(invitation_list, trouble_is_mended_or_removed_and_only_trouble)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AddressRows rows = {0};
    int64_t n = 0;
    store(c, &wave, "anne@a.dk,S11,personale\nbo@a.dk,S11,personale\n");
    int64_t id = test_count(c, "SELECT min(id) FROM invitation");
    CHECK_ERR(address_mend(c, &wave, id, S("ny@a.dk")), E_CONFLICT);
    ctx_forgive(c);
    test_sql(c, "UPDATE invitation SET state = 'sent'");
    CHECK_OK(address_returned(c, &wave, S("ANNE@a.dk\nfremmed@a.dk\nrod\n"), &n));
    CHECK_INT(n, 1);
    CHECK_OK(address_troubles(c, &wave, 0, &rows));
    CHECK_INT(rows.n, 1);
    CHECK_STR(rows.v[0].address, S("anne@a.dk"));
    CHECK_ERR(address_mend(c, &wave, id, S("bo@a.dk")), E_INVALID); /* another's */
    ctx_forgive(c);
    CHECK_OK(address_mend(c, &wave, id, S("anne.ny@a.dk")));
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation WHERE state = 'waiting'"), 1);
    CHECK_ERR(address_remove(c, &wave, id), E_CONFLICT);
    test_clean(c);
}

static int64_t code_of(Ctx *c, const char *state)
{
    return test_count(c, str_z(c->arena, STR_CAT(c->arena, S("SELECT code_id FROM invitation WHERE state = '"), str_of_z(state), S("'"))));
}

/* Puts an address into trouble, and takes it off the list. */
static void remove_all(Ctx *c, const Wave *wave)
{
    test_sql(c, "UPDATE invitation SET state = 'refused' WHERE state <> 'removed'");
    CHECK_OK(address_remove(c, wave, test_count(c, "SELECT id FROM invitation WHERE state = 'refused'")));
}

TEST(invitation_list, a_removed_address_that_comes_again_has_the_code_it_had_and_never_two)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AddressCounts n = {0};
    CHECK_INT(store(c, &wave, "anne@a.dk,S11,personale\n"), 1);
    int64_t code = code_of(c, "waiting");
    remove_all(c, &wave);
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation WHERE sealed <> ''"), 0); /* the address itself is gone */
    CHECK_OK(address_counts(c, wave.id, &n));
    CHECK_INT(n.all, 0);
    CHECK_INT(store(c, &wave, "ANNE@a.dk,S12,leder,en\n"), 1);
    CHECK_INT(code_of(c, "waiting"), code);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code k JOIN unit u ON u.id = k.unit_id WHERE u.code = 'S12' AND k.role = 'leder' AND k.lang = 'en'"), 1);
    CHECK_INT(store(c, &wave, "anne@a.dk,S12,leder\n"), 0);
    test_clean(c);
}

/* All that the store has of addresses and codes, but for what is sealed (which is new each time). */
SQL_SCAN(SEEN, "a test", "SELECT v.id, v.code_id, v.address_mac, v.state, v.tries, v.next_at, k.unit_id, k.role, k.lang, k.code_hash"
                         " FROM invitation v JOIN wave_code k ON k.id = v.code_id ORDER BY v.id");

static Str seen_by_administrator(Ctx *c)
{
    Buf b = buf_new(c->arena, 4000);
    Rows r = db_query(c, SEEN);
    while (db_next(&r))
        for (int i = 0; i < 10; i++) {
            if (i == 2 || i == 3 || i >= 7) buf_add(&b, db_str(&r, i));
            else buf_add_i64(&b, db_i64(&r, i));
            buf_add_char(&b, ';');
        }
    CHECK_OK(db_done(&r));
    return buf_str(&b);
}

/* As tests/crash/administrator.py: who holds the copies of two nights, without the key,
   sees an address come back, and must see the same whether or not its code was used. */
TEST(invitation_list, an_address_that_comes_again_tells_nobody_whether_its_code_was_used)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AnswerCode found = {0};
    Str sealed = {0}, code = {0}, mac = {0}, used = {0};
    store(c, &wave, "anne@a.dk,S11,personale\n");
    Rows r = db_query_(c, &(SqlDef){__FILE__, __LINE__, "SEALED", "SELECT sealed FROM wave_code", NULL}, NULL, 0);
    if (db_next(&r)) sealed = db_str(&r, 0);
    CHECK_OK(db_done(&r));
    CHECK_OK(code_unseal(c, &wave, sealed, &code));
    remove_all(c, &wave);
    store(c, &wave, "anne@a.dk,S12,personale\n");
    Str unused = seen_by_administrator(c);
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, code_plain(c, code), &mac));
    CHECK_OK(survey_spend_all(c, wave.id, (Strs){&mac, 1}));
    remove_all(c, &wave);
    store(c, &wave, "anne@a.dk,S12,personale\n");
    used = seen_by_administrator(c);
    CHECK_STR(used, unused);
    CHECK_INT(test_count(c, "SELECT count(*) FROM spent"), 1); /* and no mark more than there were answers */
    CHECK_OK(code_find(c, code, &found)); /* still the only code: used up */
    test_clean(c);
}

TEST(invitation_list, an_old_list_laid_in_again_gives_a_mended_address_no_second_code)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    store(c, &wave, "anne@a.dk,S11,personale\nbo@a.dk,S11,personale\n");
    int64_t anne = test_count(c, "SELECT min(id) FROM invitation"), bo = test_count(c, "SELECT max(id) FROM invitation");
    test_sql(c, "UPDATE invitation SET state = 'refused'");
    CHECK_OK(address_mend(c, &wave, anne, S("anne.ny@a.dk")));
    CHECK_INT(store(c, &wave, "anne@a.dk,S11,personale\nbo@a.dk,S11,personale\n"), 0);
    CHECK_OK(address_remove(c, &wave, bo));
    test_sql(c, "UPDATE invitation SET state = 'refused' WHERE state = 'waiting'");
    CHECK_ERR(address_mend(c, &wave, anne, S("bo@a.dk")), E_INVALID); /* has a code of its own, also while it is off the list */
    ctx_forgive(c);
    CHECK_OK(address_mend(c, &wave, anne, S("anne@a.dk"))); /* it was right after all */
    CHECK_INT(store(c, &wave, "anne@a.dk,S11,personale\nanne.ny@a.dk,S11,personale\n"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code"), 2);
    test_clean(c);
    CHECK_OK(invitation_settle(c, &wave));
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation_mended"), 0);
}

TEST(invitation_list, who_declined_is_not_written_to_for_being_on_a_list_again)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    store(c, &wave, "anne@a.dk,S11,personale\n");
    Str sealed = {0}, code = {0};
    Rows r = db_query_(c, &(SqlDef){__FILE__, __LINE__, "SEALED", "SELECT sealed FROM wave_code", NULL}, NULL, 0);
    if (db_next(&r)) sealed = db_str(&r, 0);
    CHECK_OK(db_done(&r));
    CHECK_OK(code_unseal(c, &wave, sealed, &code));
    remove_all(c, &wave);
    CHECK_OK(invitation_decline(c, code));
    CHECK_INT(store(c, &wave, "anne@a.dk,S11,personale\n"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation WHERE state = 'declined'"), 1);
    test_clean(c);
}

/* ---- letters ------------------------------------------------------------------------ */

static Mail mail_of(Ctx *c, const Wave *wave, MailingKind kind, Str lang)
{
    Letter letter = {0};
    CHECK_OK(letter_get(c, wave->id, kind, lang, &letter));
    return letter_mail(c, &letter, kind, &(LetterFacts){.wave = wave, .owner = S("Fjordby Kommune"), .unit = S("Bakkeskolen"), .code = S("BCDF-GHJK")});
}

TEST(invitation_letter, every_placeholder_is_filled_in_both_languages)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    static const Str langs[] = {S_INIT("da"), S_INIT("en")};
    for (MailingKind kind = MAILING_INVITE; kind <= MAILING_REMIND; kind++)
        for (ptrdiff_t i = 0; i < COUNT_OF(langs); i++) {
            Mail mail = mail_of(c, &wave, kind, langs[i]);
            CHECK(str_find_char(mail.text, '[', 0) < 0);
            CHECK(str_find_char(mail.subject, '[', 0) < 0);
            CHECK(str_find(mail.text, S("https://traad.example/s/BCDF-GHJK"), 0) > 0);
            CHECK(str_find(mail.text, S("https://traad.example/afmeld/BCDF-GHJK"), 0) > 0);
            CHECK(str_find(mail.text, S("Fjordby Kommune"), 0) > 0);
            CHECK_STR(mail.language, langs[i]);
        }
    CHECK(!str_eq(mail_of(c, &wave, MAILING_INVITE, S("da")).text, mail_of(c, &wave, MAILING_INVITE, S("en")).text));
}

static Err set(Ctx *c, const Wave *wave, const char *subject, const char *body)
{
    ctx_forgive(c);
    return letter_set(c, wave, MAILING_INVITE, S("da"), (Version){LETTER_UNWRITTEN}, str_of_z(subject), str_of_z(body));
}

TEST(invitation_letter, a_letter_without_its_link_or_with_unknown_words_is_refused)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    CHECK_ERR(set(c, &wave, "Hej", "Svar gerne."), E_INVALID);
    CHECK_ERR(set(c, &wave, "Hej", "[link] [navn]"), E_INVALID);
    CHECK_ERR(set(c, &wave, "Din kode er [kode]", "[link]"), E_INVALID);
    CHECK_ERR(set(c, &wave, "Hej", "[link] [åben"), E_INVALID);
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation_letter"), 0);
}

TEST(invitation_letter, the_waves_own_words_are_used_and_changed_by_one_at_a_time)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    Letter letter = {0};
    CHECK_OK(set(c, &wave, "[måling] 2026", "Kære kollega\n\n[link]"));
    Mail mail = mail_of(c, &wave, MAILING_INVITE, S("da"));
    CHECK_STR(mail.subject, S("Forår 2026"));
    CHECK(str_starts(mail.text, S("Kære kollega\n\nhttps://traad.example/s/")));
    CHECK_ERR(set(c, &wave, "Igen", "[link]"), E_CONFLICT); /* saw none, and there is one */
    ctx_forgive(c);
    CHECK_OK(letter_get(c, wave.id, MAILING_INVITE, S("da"), &letter));
    CHECK_OK(letter_set(c, &wave, MAILING_INVITE, S("da"), letter.version, S("Igen"), S("[link]")));
    CHECK_ERR(letter_set(c, &wave, MAILING_INVITE, S("da"), letter.version, S("For sent"), S("[link]")), E_CONFLICT);
    ctx_forgive(c);
}

TEST(invitation_letter, nobody_writes_over_what_came_after_the_standard_letter)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    Letter seen = {0}, standard = {0};
    CHECK_OK(set(c, &wave, "Det første", "[link]"));
    CHECK_OK(letter_get(c, wave.id, MAILING_INVITE, S("da"), &seen));
    CHECK_OK(letter_reset(c, &wave, MAILING_INVITE, S("da"), seen.version));
    CHECK_OK(letter_get(c, wave.id, MAILING_INVITE, S("da"), &standard));
    CHECK(standard.is_standard);
    CHECK(str_starts(standard.subject, S("Vil du svare")));
    CHECK_OK(letter_set(c, &wave, MAILING_INVITE, S("da"), standard.version, S("Det andet"), S("[link]")));
    /* Who still has the first on the screen, or the program's words from before, or from between. */
    CHECK_ERR(letter_set(c, &wave, MAILING_INVITE, S("da"), seen.version, S("Overskrevet"), S("[link]")), E_CONFLICT);
    CHECK_ERR(set(c, &wave, "Overskrevet", "[link]"), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(letter_reset(c, &wave, MAILING_INVITE, S("da"), standard.version), E_CONFLICT);
    ctx_forgive(c);
    CHECK_STR(mail_of(c, &wave, MAILING_INVITE, S("da")).subject, S("Det andet"));
    test_clean(c);
}

/* What people write is text, also where it looks like a placeholder's value. */
TEST(invitation_letter, names_with_brackets_stay_as_they_are)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    Letter letter = {0};
    CHECK_OK(letter_get(c, wave.id, MAILING_INVITE, S("da"), &letter));
    Mail mail = letter_mail(c, &letter, MAILING_INVITE, &(LetterFacts){.wave = &wave, .unit = S("[kode]"), .owner = S("{1}"), .code = S("BCDF")});
    CHECK(str_find(mail.text, S("[kode]"), 0) > 0);
    CHECK(str_find(mail.text, S("for {1}."), 0) > 0);
}

/* ---- the plan -------------------------------------------------------------------------- */

static Err plan(Ctx *c, const Wave *wave, MailingKind kind, int days)
{
    ctx_forgive(c);
    return mailing_plan(c, wave, kind, (Date){c->today.day + days});
}

TEST(invitation_plan, a_day_outside_the_wave_is_refused)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_ERR(plan(c, &wave, MAILING_REMIND, -1), E_INVALID);
    CHECK_ERR(plan(c, &wave, MAILING_REMIND, 11), E_INVALID);
    CHECK_OK(plan(c, &wave, MAILING_REMIND, 10));
    CHECK_ERR(plan(c, &wave, MAILING_REMIND, 10), E_CONFLICT); /* one a day */
}

TEST(invitation_plan, there_must_be_somebody_to_write_to)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    CHECK_ERR(plan(c, &wave, MAILING_INVITE, 0), E_CONFLICT);
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_ERR(plan(c, &wave, MAILING_REMIND, 0), E_CONFLICT); /* nobody has been invited */
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 0));
    CHECK_INT(test_count(c, "SELECT count(*) FROM job WHERE kind = 'survey.invite'"), 1);
}

TEST(invitation_plan, nothing_is_sent_without_a_server_or_an_address_that_a_link_can_have)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    store(c, &wave, "anne@a.dk,S11,personale\n");
    settings.public_address = S("");
    CHECK_ERR(plan(c, &wave, MAILING_INVITE, 0), E_CONFLICT);
    settings.public_address = S("https://traad.example");
    settings.smtp = S("");
    CHECK_ERR(plan(c, &wave, MAILING_INVITE, 0), E_CONFLICT);
}

static Instant at_danish_hour(const Ctx *c, int hour)
{
    int64_t day = (int64_t)c->today.day * 86400000;
    return (Instant){day + hour * 3600000 - (int64_t)date_danish_offset((Instant){day}) * 60000};
}

TEST(invitation_plan, what_is_due_begins_in_the_morning_of_its_day)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    bool more = false;
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 1));
    CHECK_OK(mailing_tick(c, &more));
    CHECK_INT(test_count(c, "SELECT count(*) FROM job"), 0);
    c->today.day++;
    c->now = at_danish_hour(c, 5);
    CHECK_OK(mailing_tick(c, &more));
    CHECK_INT(test_count(c, "SELECT count(*) FROM job"), 0);
    c->now = at_danish_hour(c, 7);
    CHECK_OK(mailing_tick(c, &more));
    CHECK_OK(mailing_tick(c, &more));
    CHECK_INT(test_count(c, "SELECT count(*) FROM job"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM mailing WHERE state = 'sending'"), 1);
}

TEST(invitation_plan, what_waits_for_drafts_holds_up_nobody)
{
    Wave wave = {0}, draft = {0};
    Ctx *c = with_wave(&wave);
    bool more = false;
    char sql[200];
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_OK(survey_add(c, (NewWave){.questionnaire = S("PERS"), .name = S("Kladde"), .opens_on = c->today,
                                     .closes_on = {c->today.day + 20}, .roles = S("personale")}, &draft));
    snprintf(sql, sizeof sql, "UPDATE wave SET state = 'kladde' WHERE id = %lld", (long long)draft.id.v);
    test_sql(c, sql);
    for (int day = 0; day < 60; day++) {
        snprintf(sql, sizeof sql, "INSERT INTO mailing (owner_id, wave_id, kind, on_day, state) SELECT owner_id, id, 'invite', %d, 'planned'"
                                  " FROM wave WHERE id = %lld", c->today.day - day, (long long)draft.id.v);
        test_sql(c, sql);
    }
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 1));
    c->today.day++;
    c->now = at_danish_hour(c, 9);
    CHECK_OK(mailing_tick(c, &more));
    CHECK_INT(test_count(c, "SELECT count(*) FROM mailing WHERE state = 'sending'"), 1);
}

TEST(invitation_plan, one_mailing_of_a_wave_at_a_time)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    bool more = false;
    store(c, &wave, "anne@a.dk,S11,personale\nbo@a.dk,S11,personale\n");
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 0));
    test_sql(c, "UPDATE invitation SET state = 'sent' WHERE id = (SELECT min(id) FROM invitation)");
    CHECK_OK(plan(c, &wave, MAILING_REMIND, 0));
    CHECK_INT(test_count(c, "SELECT count(*) FROM mailing WHERE state = 'planned'"), 1);
    test_sql(c, "UPDATE mailing SET state = 'done' WHERE kind = 'invite'");
    c->now = at_danish_hour(c, 12);
    CHECK_OK(mailing_tick(c, &more));
    CHECK_INT(test_count(c, "SELECT count(*) FROM mailing WHERE state = 'sending' AND kind = 'remind'"), 1);
}

TEST(invitation_plan, a_job_that_failed_for_good_does_not_hold_its_wave_up)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    bool more = false;
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 0));
    test_sql(c, "UPDATE invitation SET state = 'sending'");
    test_sql(c, "UPDATE job SET state = 'failed', ended_at = 1");
    CHECK_OK(mailing_tick(c, &more));
    CHECK_INT(test_count(c, "SELECT unsure_n FROM mailing WHERE state = 'stopped'"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation WHERE state = 'unsure'"), 1);
}

TEST(invitation_plan, the_plan_can_be_taken_back_until_it_begins)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 3));
    int64_t id = test_count(c, "SELECT id FROM mailing");
    CHECK_OK(mailing_drop(c, &wave, id));
    CHECK_ERR(mailing_drop(c, &wave, id), E_CONFLICT);
}

/* ---- no more, and the end ------------------------------------------------------------------ */

TEST(invitation, whoever_says_no_gets_no_more_and_may_still_answer)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    AnswerCode found = {0};
    Str code = {0};
    store(c, &wave, "anne@a.dk,S11,personale\n");
    Rows r = {0};
    SQL(SEALED, "SELECT sealed FROM wave_code");
    r = db_query(c, SEALED);
    CHECK(db_next(&r));
    Str sealed = db_str(&r, 0);
    CHECK_OK(db_done(&r));
    CHECK_OK(code_unseal(c, &wave, sealed, &code));
    CHECK_OK(invitation_decline(c, code));
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation WHERE state = 'declined'"), 1);
    CHECK_OK(code_find(c, code, &found));
    CHECK_ERR(invitation_decline(c, S("BCDF-GHJK-LMNP-RSTV")), E_NOT_FOUND);
}

TEST(invitation, closing_leaves_days_and_numbers_and_no_address)
{
    Wave wave = {0};
    Ctx *c = with_wave(&wave);
    bool more = true;
    store(c, &wave, "anne@a.dk,S11,personale\n");
    CHECK_OK(plan(c, &wave, MAILING_INVITE, 0));
    CHECK_OK(plan(c, &wave, MAILING_REMIND, 4));
    test_sql(c, "UPDATE mailing SET sent_n = 1 WHERE kind = 'invite'");
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    CHECK_INT(test_count(c, "SELECT count(*) FROM invitation"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM mailing"), 1);
    CHECK_INT(test_count(c, "SELECT sent_n FROM mailing WHERE state = 'stopped'"), 1);
    CHECK_OK(mailing_tick(c, &more));
    CHECK_OK(survey_move(c, wave.id, WAVE_ARKIVERET)); /* codes go; nothing refers to them */
    test_clean(c);
}

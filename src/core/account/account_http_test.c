/* People and their ways in, over HTTP: invitation, reset, app code, confirming,
   roles by two people, leaving, throttling. */
#include <stdio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <time.h>

#include "http.h"

/* The bytes of base32, spaces passed over. */
static ptrdiff_t base32(const char *text, unsigned char *ret, ptrdiff_t max)
{
    uint64_t bits = 0;
    int held = 0;
    ptrdiff_t n = 0;
    for (; *text; text++) {
        if (*text == ' ') continue;
        int v = *text >= 'A' ? *text - 'A' : *text - '2' + 26;
        bits = bits << 5 | (uint64_t)v;
        held += 5;
        if (held < 8) continue;
        held -= 8;
        CHECK(n < max);
        ret[n++] = (unsigned char)(bits >> held);
    }
    return n;
}

/* What an app would show at a step: RFC 6238 written a second time. */
static const char *app_code(const char *key, int64_t at_step)
{
    static char kept[4][8];
    static int next;
    unsigned char secret[64], mac[20], counter[8];
    unsigned len = sizeof mac;
    ptrdiff_t n = base32(key, secret, (ptrdiff_t)sizeof secret);
    uint64_t step = (uint64_t)at_step;
    for (int i = 7; i >= 0; i--, step >>= 8) counter[i] = (unsigned char)step;
    CHECK(HMAC(EVP_sha1(), secret, (int)n, counter, sizeof counter, mac, &len) != NULL);
    int at = mac[19] & 15;
    unsigned cut = (mac[at] & 127u) << 24 | (unsigned)mac[at + 1] << 16 | (unsigned)mac[at + 2] << 8 | mac[at + 3];
    char *to = kept[next++ % 4];
    snprintf(to, sizeof kept[0], "%06u", cut % 1000000);
    return to;
}

/* The text between `before` and the next `end` in the body. */
static const char *cut(Answer a, const char *before, char end)
{
    static char kept[4][600];
    static int next;
    char *to = kept[next++ % 4];
    ptrdiff_t from = str_find(a.body, str_of_z(before), 0);
    CHECK(from >= 0);
    from += str_of_z(before).n;
    ptrdiff_t stop = str_find_char(a.body, end, from);
    CHECK(stop > from && stop - from < 600);
    snprintf(to, sizeof kept[0], "%.*s", (int)(stop - from), a.body.p + from);
    return to;
}

static const char *path(const char *front, const char *middle, const char *end)
{
    static char kept[8][400];
    static int next;
    char *to = kept[next++ % 8];
    snprintf(to, sizeof kept[0], "%s%s%s", front, middle, end);
    return to;
}

/* A new person at Strandmarkskolen; their page. */
static const char *new_person(Browser *admin, const char *name, const char *role)
{
    char form[500];
    (void)test_get(admin, "/personer/ny");
    snprintf(form, sizeof form, "name=%s&email=&unit=S12&role=%s&purpose=&from=01-08-2025&to=", test_encoded(name), role);
    Answer a = test_post(admin, "/personer/ny", form);
    CHECK_STATUS(a, 303);
    static char kept[4][200];
    static int next;
    char *to = kept[next++ % 4];
    ptrdiff_t stop = str_find_char(a.location, '?', 0);
    snprintf(to, sizeof kept[0], "%.*s", (int)stop, a.location.p);
    return to;
}

static const char *invite(Browser *admin, const char *person, const char *login)
{
    (void)test_get(admin, person);
    Answer a = test_post(admin, path(person, "/inviter", ""), path("login=", login, ""));
    CHECK_STATUS(a, 200);
    return path("/invitation/", cut(a, "/invitation/", '<'), "");
}

/* The newest session only: the others are shared by all tests. */
static void forget_strength(const char *login)
{
    char sql[300];
    snprintf(sql, sizeof sql, "UPDATE session SET strong_until = 0 WHERE uid = (SELECT s.uid FROM session s JOIN account a ON a.id = s.account_id"
                              " WHERE a.login = '%s' ORDER BY s.began_at DESC LIMIT 1)", login);
    test_http_sql(sql);
}

static const char good[] = "password=gulerod-paraply-onsdag&again=gulerod-paraply-onsdag";

static void choose(const char *link)
{
    Browser b = test_stranger();
    CHECK_STATUS(test_get(&b, link), 200);
    Answer a = test_post(&b, link, good);
    CHECK_STATUS(a, 303);
}

HTTP_TEST(account, an_invited_person_chooses_a_password_and_comes_in)
{
    Browser admin = test_login("sysadm"), b = test_stranger(), other = test_stranger();
    const char *person = new_person(&admin, "Ida Ny", "team"), *link = invite(&admin, person, "ida.ny");
    CHECK_HAS(test_get(&b, link), "Ida Ny");
    CHECK_STATUS(test_post(&b, link, "password=kort&again=kort"), 422);
    CHECK_STATUS(test_post(&b, link, "password=Sommer2026!Sommer&again=Sommer2026!Sommer"), 422);
    CHECK_STATUS(test_post(&b, link, "password=gulerod-paraply-onsdag&again=noget-helt-andet"), 422);
    choose(link);
    CHECK_STATUS(test_get(&other, link), 409);
    CHECK_STATUS(test_post(&other, link, good), 409);
    CHECK_STATUS(test_sign_in(&b, "ida.ny", "gulerod-paraply-onsdag"), 303);
    CHECK_HAS(test_get(&b, "/"), "Ida Ny");
    (void)test_get(&admin, person);
    CHECK_STATUS(test_post(&admin, path(person, "/inviter", ""), "login=ida.ny"), 409);
    CHECK_INT(test_http_i64("SELECT count(*) FROM account_link WHERE token_hash IN (SELECT token_hash FROM session)"), 0);
    CHECK_CLEAN();
}

/* The person's page has three forms. */
HTTP_TEST(account, what_is_wrong_with_one_form_is_told_at_that_one_alone)
{
    static const Str box = S_INIT("id=\"problems\"");
    Browser admin = test_login("sysadm");
    const char *person = new_person(&admin, "Bo Fejl", "team");
    (void)test_get(&admin, person);
    Answer a = test_post(&admin, path(person, "/inviter", ""), "login=%20%20");
    CHECK_STATUS(a, 422);
    ptrdiff_t at = str_find(a.body, box, 0);
    CHECK(at >= 0);
    CHECK_INT(str_find(a.body, box, at + 1), -1);
    CHECK_CLEAN();
}

HTTP_TEST(account, a_log_in_is_told_as_it_was_written_and_found_however_it_is_typed)
{
    static const char shown[] = "Eva.Aabo-Lund@fjord.example";
    Browser admin = test_login("sysadm"), b = test_stranger();
    const char *person = new_person(&admin, "Eva Aabo-Lund", "team"), *link = invite(&admin, person, "Eva.Aabo-Lund%40fjord.example");
    CHECK_HAS(test_get(&b, link), shown);
    choose(link);
    CHECK_STATUS(test_sign_in(&b, "eva.åbo-lund@fjord.example", "gulerod-paraply-onsdag"), 303);
    CHECK_HAS(test_get(&b, "/min-konto"), shown);
    CHECK_HAS(test_get(&admin, person), shown);
    CHECK_CLEAN();
}

static int64_t rows_in_log(const char *verb, const char *login)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM audit WHERE verb = '%s' AND object_id = (SELECT person_id FROM account WHERE login = '%s')", verb, login);
    return test_http_i64(sql);
}

/* A tick looks at requests about every second. */
static void await_requests(void)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    for (int i = 0; i < 400 && test_http_i64("SELECT count(*) FROM reset_request") > 0; i++) nanosleep(&pause, NULL);
    CHECK_INT(test_http_i64("SELECT count(*) FROM reset_request"), 0);
}

/* The server of these tests sends no mail: the way by mail is in account_forgot_test.c
   and account_forgot_smtp_test.c. */
HTTP_TEST(account, forgetting_is_answered_alike_for_all_and_told_to_the_administrator)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    const char *person = new_person(&admin, "Glemsom Hansen", "team");
    choose(invite(&admin, person, "glemsom"));
    CHECK_HAS(test_get(&b, "/log-ind"), "Glemt adgangskode?");
    CHECK_HAS(test_get(&b, "/glemt-adgangskode"), "du får linket af kommunens administrator");
    Answer known = test_post(&b, "/glemt-adgangskode", "login=glemsom"), unknown = test_post(&b, "/glemt-adgangskode", "login=findes-ikke");
    CHECK_STATUS(known, 303);
    CHECK_STATUS(unknown, 303);
    CHECK_STR(known.location, unknown.location);
    await_requests();
    CHECK_HAS(test_get(&admin, "/"), "Glemsom Hansen");
    CHECK_INT(rows_in_log("reset.asked", "glemsom"), 1);
    (void)test_get(&admin, person);
    Answer given = test_post(&admin, path(person, "/nyt-link", ""), "");
    CHECK_STATUS(given, 200);
    choose(path("/nulstil/", cut(given, "/nulstil/", '<'), ""));
    CHECK_LACKS(test_get(&admin, "/"), "Glemsom Hansen");
}

HTTP_TEST(account, a_sensitive_role_needs_two_people_and_neither_is_oneself)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2");
    const char *person = new_person(&first, "Karen Vagt", "team");
    (void)test_get(&first, person);
    Answer a = test_post(&first, path(person, "/rolle", ""), "unit=K1&role=dpo&purpose=&from=01-08-2025&to=");
    CHECK_STATUS(a, 303);
    a = test_get(&first, person);
    CHECK_HAS(a, "venter på en anden administrator");
    CHECK_LACKS(a, "Bekræft rollen");
    const char *role = cut(a, "action=\"/roller/", '/');
    CHECK_STATUS(test_post(&first, path("/roller/", role, "/bekraeft"), ""), 409);
    CHECK_HAS(test_get(&second, "/"), "Karen Vagt");
    CHECK_LACKS(a, "Hvad der er sket med kontoen");
    a = test_get(&second, person);
    CHECK_HAS(a, "Bekræft rollen");
    CHECK_HAS(a, "Hvad der er sket med kontoen");
    CHECK_HAS(a, "Foreslog en rolle: databeskyttelsesrådgiver");
    CHECK_HAS(a, "Gav en rolle: medarbejder");
    CHECK_STATUS(test_post(&second, path("/roller/", role, "/bekraeft"), ""), 303);
    CHECK_LACKS(test_get(&second, "/"), "Karen Vagt");
    CHECK_CLEAN();
}

/* A person whose role takes two; the second's yes still waits. */
static const char *new_guard(Browser *admin, const char *name, const char *login)
{
    const char *person = new_person(admin, name, "team");
    choose(invite(admin, person, login));
    (void)test_get(admin, person);
    CHECK_STATUS(test_post(admin, path(person, "/rolle", ""), "unit=K1&role=dpo&purpose=&from=01-08-2025&to="), 303);
    return person;
}

HTTP_TEST(account, a_link_for_who_has_a_sensitive_role_takes_two_administrators)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2");
    const char *person = new_guard(&first, "Vagn Togange", "vagn.t");
    (void)test_get(&first, person);
    Answer a = test_post(&first, path(person, "/nyt-link", ""), "");
    CHECK_STATUS(a, 303);
    CHECK_LACKS(a, "/nulstil/");
    a = test_get(&first, person);
    CHECK_HAS(a, "Venter på en anden administrator");
    CHECK_LACKS(a, "Sig ja");
    const char *asked = cut(a, "action=\"/den-anden/", '/');
    CHECK_STATUS(test_post(&first, path("/den-anden/", asked, "/ja"), ""), 409);
    CHECK_INT(test_http_i64("SELECT count(*) FROM account_link l JOIN account a ON a.id = l.account_id WHERE a.login = 'vagnt'"), 0);
    CHECK_HAS(test_get(&second, "/"), "konto hos Vagn Togange");
    CHECK_HAS(test_get(&second, person), "Sig ja");
    a = test_post(&second, path("/den-anden/", asked, "/ja"), "");
    CHECK_STATUS(a, 200);
    choose(path("/nulstil/", cut(a, "/nulstil/", '<'), ""));
    (void)test_get(&second, person);
    CHECK_STATUS(test_post(&second, path("/den-anden/", asked, "/ja"), ""), 409);
    CHECK_INT(rows_in_log("consent.ask", "vagnt"), 1);
    CHECK_INT(rows_in_log("consent.give", "vagnt"), 1);
    CHECK_INT(rows_in_log("account.reset-link", "vagnt"), 1);
    CHECK_CLEAN();
}

HTTP_TEST(account, a_first_link_for_who_has_a_sensitive_role_takes_two_and_an_old_one_ends)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2"), b = test_stranger();
    const char *person = new_person(&first, "Mette Nyvagt", "team"), *early = invite(&first, person, "mette.n");
    (void)test_get(&first, person);
    CHECK_STATUS(test_post(&first, path(person, "/rolle", ""), "unit=K1&role=sysadm&purpose=&from=01-08-2025&to="), 303);
    CHECK_STATUS(test_get(&b, early), 409);
    (void)test_get(&first, person);
    CHECK_STATUS(test_post(&first, path(person, "/inviter", ""), "login=mette.n"), 303);
    CHECK_INT(test_http_i64("SELECT count(*) FROM account_link l JOIN account a ON a.id = l.account_id WHERE a.login = 'metten'"), 0);
    const char *asked = cut(test_get(&second, person), "action=\"/den-anden/", '/');
    Answer a = test_post(&second, path("/den-anden/", asked, "/ja"), "");
    CHECK_STATUS(a, 200);
    choose(path("/invitation/", cut(a, "/invitation/", '<'), ""));
    CHECK_CLEAN();
}

static Answer set_email(Browser *admin, const char *person, const char *name, const char *email)
{
    char form[300];
    Answer page = test_get(admin, person);
    snprintf(form, sizeof form, "name=%s&email=%s&leaves=&version=%s", test_encoded(name), test_encoded(email), cut(page, "name=\"version\" value=\"", '"'));
    return test_post(admin, path(person, "/ret", ""), form);
}

static int64_t has_email(const char *name, const char *email)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM person WHERE name = '%s' AND email = '%s'", name, email);
    return test_http_i64(sql);
}

HTTP_TEST(account, a_new_mail_address_for_who_has_a_sensitive_role_takes_two)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2");
    const char *person = new_guard(&first, "Post Vagtsen", "post.v");
    CHECK_STATUS(set_email(&first, person, "Post Vagtsen", "en@example.dk"), 303);
    CHECK_INT(has_email("Post Vagtsen", ""), 1);
    Answer a = test_get(&second, person);
    CHECK_HAS(a, "en@example.dk");
    const char *seen = cut(a, "action=\"/den-anden/", '/');
    /* What is asked anew is another question: nobody agrees to an address they have not seen. */
    CHECK_STATUS(set_email(&first, person, "Post Vagtsen", "anden@example.dk"), 303);
    (void)test_get(&second, person);
    CHECK_STATUS(test_post(&second, path("/den-anden/", seen, "/ja"), ""), 404);
    seen = cut(test_get(&second, person), "action=\"/den-anden/", '/');
    CHECK_STATUS(test_post(&second, path("/den-anden/", seen, "/ja"), ""), 303);
    CHECK_INT(has_email("Post Vagtsen", "anden@example.dk"), 1);
    CHECK_STATUS(set_email(&first, person, "Post Vagtsen", "tredje@example.dk"), 303);
    seen = cut(test_get(&first, person), "action=\"/den-anden/", '/');
    CHECK_STATUS(test_post(&first, path("/den-anden/", seen, "/nej"), ""), 303);
    CHECK_INT(rows_in_log("consent.refuse", "postv"), 1);
    CHECK_INT(has_email("Post Vagtsen", "anden@example.dk"), 1);
    /* A name is not a way in. */
    CHECK_STATUS(set_email(&first, person, "Post Vagtmand", "anden@example.dk"), 303);
    CHECK_INT(has_email("Post Vagtmand", "anden@example.dk"), 1);
    CHECK_CLEAN();
}

HTTP_TEST(account, asking_for_links_is_slowed_for_known_and_unknown_alike)
{
    enum { TRIES = 5 };
    Browser admin = test_login("sysadm"), b = test_stranger();
    choose(invite(&admin, new_person(&admin, "Ivrig Glemsen", "team"), "ivrig.g"));
    static const char *const who[] = {"login=ivrig.g", "login=ivrig.findes-ikke"};
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < TRIES; i++) CHECK_STATUS(test_post(&b, "/glemt-adgangskode", who[k]), 303);
        Answer a = test_post(&b, "/glemt-adgangskode", who[k]);
        CHECK_STATUS(a, 409);
        CHECK_HAS(a, "Der er bedt om et link mange gange.");
    }
    await_requests();
    CHECK_INT(rows_in_log("reset.asked", "ivrigg"), TRIES);
    CHECK_STATUS(test_sign_in(&b, "ivrig.g", "gulerod-paraply-onsdag"), 303); /* signing in is counted apart */
    test_http_sql("UPDATE throttle SET free_at = 0");
}

HTTP_TEST(account, a_link_is_opened_also_where_somebody_is_signed_in)
{
    Browser admin = test_login("sysadm"), own = test_stranger();
    const char *person = new_person(&admin, "Ovre Linksen", "team");
    choose(invite(&admin, person, "ovre.l"));
    CHECK_STATUS(test_sign_in(&own, "ovre.l", "gulerod-paraply-onsdag"), 303);
    (void)test_get(&admin, person);
    const char *link = path("/nulstil/", cut(test_post(&admin, path(person, "/nyt-link", ""), ""), "/nulstil/", '<'), "");
    CHECK_STATUS(test_get(&own, link), 200);
    CHECK_STATUS(test_post(&own, link, good), 303);
    CHECK_STATUS(test_get(&own, "/min-konto"), 303); /* every session has ended, this one too */
}

static void leave(Browser *admin, const char *person, const char *name, const char *day)
{
    char form[300];
    Answer page = test_get(admin, person);
    snprintf(form, sizeof form, "name=%s&email=&leaves=%s&version=%s", test_encoded(name), day, cut(page, "name=\"version\" value=\"", '"'));
    CHECK_STATUS(test_post(admin, path(person, "/ret", ""), form), 303);
}

static int64_t is_closed(const char *login)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM account WHERE login = '%s' AND closed_on IS NOT NULL", login);
    return test_http_i64(sql);
}

HTTP_TEST(account, opening_what_was_closed_takes_two_where_the_role_does)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2"), b = test_stranger();
    const char *person = new_guard(&first, "Lukket Vagtsen", "lukket.v"), *plain = new_person(&first, "Lukket Lærer", "team");
    choose(invite(&first, plain, "lukket.l"));
    (void)test_get(&first, plain);
    CHECK_STATUS(test_post(&first, path(plain, "/luk", ""), ""), 303);
    (void)test_get(&first, plain);
    CHECK_STATUS(test_post(&first, path(plain, "/aabn", ""), ""), 303);
    CHECK_INT(is_closed("lukketl"), 0);
    (void)test_get(&first, person);
    CHECK_STATUS(test_post(&first, path(person, "/aabn", ""), ""), 409); /* it is open: nobody is to agree to that */
    CHECK_STATUS(test_post(&first, path(person, "/luk", ""), ""), 303);
    CHECK_HAS(test_get(&first, person), "To administratorer skal være enige");
    CHECK_STATUS(test_post(&first, path(person, "/aabn", ""), ""), 303);
    CHECK_INT(is_closed("lukketv"), 1);
    CHECK_STATUS(test_sign_in(&b, "lukket.v", "gulerod-paraply-onsdag"), 422);
    Answer a = test_get(&first, person);
    CHECK_HAS(a, "At åbne kontoen igen");
    const char *asked = cut(a, "action=\"/den-anden/", '/');
    CHECK_STATUS(test_post(&first, path("/den-anden/", asked, "/ja"), ""), 409);
    CHECK_INT(is_closed("lukketv"), 1);
    (void)test_get(&second, person);
    CHECK_STATUS(test_post(&second, path("/den-anden/", asked, "/ja"), ""), 303);
    CHECK_INT(is_closed("lukketv"), 0);
    CHECK_INT(rows_in_log("account.open", "lukketv"), 1);
    CHECK_STATUS(test_sign_in(&b, "lukket.v", "gulerod-paraply-onsdag"), 303);
    CHECK_CLEAN();
}

HTTP_TEST(account, giving_access_again_to_who_has_left_takes_two_where_the_role_does)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2"), b = test_stranger();
    const char *person = new_guard(&first, "Vendt Tilbage", "vendt.t");
    leave(&first, person, "Vendt Tilbage", "01-08-2025");
    CHECK_STATUS(test_sign_in(&b, "vendt.t", "gulerod-paraply-onsdag"), 422);
    leave(&first, person, "Vendt Tilbage", "");
    CHECK_STATUS(test_sign_in(&b, "vendt.t", "gulerod-paraply-onsdag"), 422);
    Answer a = test_get(&second, person);
    CHECK_HAS(a, "En senere første dag uden adgang: ingen, personen bliver");
    CHECK_STATUS(test_post(&second, path("/den-anden/", cut(a, "action=\"/den-anden/", '/'), "/ja"), ""), 303);
    CHECK_STATUS(test_sign_in(&b, "vendt.t", "gulerod-paraply-onsdag"), 303);
    leave(&first, person, "Vendt Tilbage", "01-08-2025"); /* earlier is one's to say */
    leave(&first, person, "Vendt Tilbage", "01-08-2199");
    a = test_get(&second, person);
    CHECK_HAS(a, "En senere første dag uden adgang: 1. august 2199");
    CHECK_STATUS(test_post(&second, path("/den-anden/", cut(a, "action=\"/den-anden/", '/'), "/ja"), ""), 303);
    leave(&first, person, "Vendt Tilbage", ""); /* it has not come yet: nothing is opened */
    CHECK_INT(test_http_i64("SELECT count(*) FROM person WHERE name = 'Vendt Tilbage' AND leaves_on IS NULL"), 1);
    test_http_sql("UPDATE throttle SET free_at = 0");
    CHECK_CLEAN();
}

HTTP_TEST(account, a_link_on_its_way_ends_with_the_mail_address_it_was_meant_for)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    const char *person = new_person(&admin, "Forkert Adresse", "team"), *link = invite(&admin, person, "forkert.a");
    CHECK_STATUS(test_get(&b, link), 200);
    CHECK_STATUS(set_email(&admin, person, "Forkert Adressesen", ""), 303);
    CHECK_STATUS(test_get(&b, link), 200); /* another name is no other address */
    CHECK_STATUS(set_email(&admin, person, "Forkert Adressesen", "rigtig@example.dk"), 303);
    CHECK_STATUS(test_get(&b, link), 409);
}

HTTP_TEST(account, of_two_who_change_the_details_neither_loses_what_was_written)
{
    Browser admin = test_login("sysadm");
    const char *person = new_person(&admin, "Samtidig Olsen", "team");
    CHECK_STATUS(set_email(&admin, person, "Samtidig Olsen", "en@example.dk"), 303);
    (void)test_get(&admin, person);
    Answer late = test_post(&admin, path(person, "/ret", ""), "name=Samtidig+Holm&email=to%40example.dk&leaves=&version=1");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "Nu står der: Samtidig Olsen, en@example.dk.");
    CHECK_HAS(late, "value=\"Samtidig Holm\"");
    CHECK_HAS(late, "value=\"to@example.dk\"");
    CHECK_STATUS(test_post(&admin, path(person, "/ret", ""), path("name=Samtidig+Holm&email=to%40example.dk&leaves=&version=",
                                                                cut(late, "name=\"version\" value=\"", '"'), "")), 303);
    CHECK_INT(has_email("Samtidig Holm", "to@example.dk"), 1);
}

HTTP_TEST(account, what_opens_an_account_asks_again_who_one_is)
{
    static const char *const ways[] = {"/rolle", "/ret", "/inviter", "/nyt-link", "/uden-kode", "/luk", "/aabn", "/log-af"};
    Browser first = test_login("sysadm"), weak = test_stranger();
    const char *person = new_person(&first, "Svag Sessen", "team");
    CHECK_STATUS(test_sign_in(&weak, "sysadm2", "tre-ord-til-demo"), 303);
    forget_strength("sysadm2");
    Answer a = test_get(&weak, person);
    CHECK_STATUS(a, 200);
    CHECK_HAS(a, path("href=\"/bekraeft?to=", person, "\""));
    CHECK_LACKS(a, path("action=\"", person, ""));
    for (int i = 0; i < (int)(sizeof ways / sizeof *ways); i++) {
        (void)test_get(&weak, person);
        CHECK_STATUS(test_post(&weak, path(person, ways[i], ""), ""), 403);
    }
    CHECK_STATUS(test_get(&weak, "/personer/ny"), 303);
}

HTTP_TEST(account, nobody_gives_themselves_a_role)
{
    Browser admin = test_login("sysadm");
    Answer list = test_get(&admin, "/personer?navn=overgaard");
    const char *self = path("/personer/", cut(list, "href=\"/personer/", '"'), "");
    while (strlen(self) != strlen("/personer/") + 32) {
        list.body = str_sub(list.body, str_find(list.body, str_of_z(self), 0) + 1, list.body.n);
        self = path("/personer/", cut(list, "href=\"/personer/", '"'), "");
    }
    CHECK_HAS(test_get(&admin, self), "Jens Overgaard");
    CHECK_STATUS(test_post(&admin, path(self, "/rolle", ""), "unit=K1&role=team&purpose=&from=01-08-2025&to="), 422);
}

HTTP_TEST(account, leaving_ends_sessions_the_same_day)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    const char *person = new_person(&admin, "Slut Petersen", "team");
    choose(invite(&admin, person, "slut.p"));
    CHECK_STATUS(test_sign_in(&b, "slut.p", "gulerod-paraply-onsdag"), 303);
    CHECK_STATUS(test_get(&b, "/"), 200);
    Answer page = test_get(&admin, person);
    char form[300];
    snprintf(form, sizeof form, "name=Slut+Petersen&email=&leaves=01-08-2025&version=%s", cut(page, "name=\"version\" value=\"", '"'));
    CHECK_STATUS(test_post(&admin, path(person, "/ret", ""), form), 303);
    CHECK_STATUS(test_get(&b, "/"), 303);
    CHECK_STATUS(test_sign_in(&b, "slut.p", "gulerod-paraply-onsdag"), 422);
    CHECK_INT(test_http_i64("SELECT count(*) FROM session s JOIN account a ON a.id = s.account_id WHERE a.login = 'slutp'"), 0);
}

HTTP_TEST(account, a_head_teacher_sees_the_own_school_only)
{
    Browser admin = test_login("sysadm"), leader = test_login("skoleleder"), elsewhere = test_login("skoleleder-holmeaa");
    const char *person = new_person(&admin, "Hemmelig Nielsen", "team");
    CHECK_HAS(test_get(&leader, "/personer?navn=nielsen"), "Hemmelig Nielsen");
    CHECK_LACKS(test_get(&elsewhere, "/personer?navn=nielsen"), "Hemmelig Nielsen");
    CHECK_STATUS(test_get(&leader, person), 200);
    CHECK_STATUS(test_get(&elsewhere, person), 404);
    CHECK_STATUS(test_get(&leader, "/personer/ny"), 403);
}

HTTP_TEST(account, files_ask_again_who_one_is_and_the_session_gets_a_new_token)
{
    Browser admin = test_stranger();
    CHECK_STATUS(test_sign_in(&admin, "sysadm2", "tre-ord-til-demo"), 303);
    CHECK_STATUS(test_get(&admin, "/personer/ny"), 200); /* a sign-in is enough to change something */
    Browser thief = admin;
    Answer a = test_get(&admin, "/personer.csv?rolle=team");
    CHECK_STATUS(a, 303);
    CHECK(str_starts(a.location, S("/bekraeft?to=%2Fpersoner.csv%3Frolle%3Dteam")));
    CHECK_STATUS(test_get(&admin, "/personer.xlsx"), 303);
    (void)test_get(&admin, "/bekraeft");
    CHECK_STATUS(test_post(&admin, "/bekraeft", "proof=forkert-forkert&to=/personer.csv"), 422);
    a = test_post(&admin, "/bekraeft", "proof=tre-ord-til-demo&to=/personer.csv");
    CHECK_STATUS(a, 303);
    CHECK_STR(a.location, S("/personer.csv"));
    CHECK_STATUS(test_get(&admin, "/personer.csv"), 200);
    CHECK_STATUS(test_get(&admin, "/personer.xlsx"), 200);
    CHECK_STATUS(test_get(&thief, "/"), 303);
    forget_strength("sysadm2");
    CHECK_STATUS(test_get(&admin, "/personer.csv"), 303);
}

HTTP_TEST(account, wrong_tries_are_counted_though_their_write_fails)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    choose(invite(&admin, new_person(&admin, "Uheldig Olsen", "team"), "uheldig"));
    for (int i = 0; i < 5; i++) CHECK_STATUS(test_sign_in(&b, "uheldig", "forkert-forkert"), 422);
    Answer a = test_sign_in(&b, "uheldig", "gulerod-paraply-onsdag");
    CHECK_STATUS(a, 409);
    CHECK_HAS(a, "for mange gange");
    test_http_sql("UPDATE throttle SET free_at = 0");
    CHECK_STATUS(test_sign_in(&b, "uheldig", "gulerod-paraply-onsdag"), 303);
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit WHERE verb = 'sign-in.failed' AND object_id = (SELECT person_id FROM account WHERE login = 'uheldig')"), 5);
}

/* Only the log-in pages get that cookie back, so a respondent's answer never carries it. */
HTTP_TEST(account, who_has_signed_in_on_a_device_is_not_locked_out_there_by_others)
{
    Browser admin = test_login("sysadm"), own = test_stranger(), others = test_stranger();
    choose(invite(&admin, new_person(&admin, "Kendt Enhedsen", "team"), "kendt.e"));
    Answer in = test_sign_in(&own, "kendt.e", "gulerod-paraply-onsdag");
    CHECK_STATUS(in, 303);
    ptrdiff_t at = str_find(in.headers, S("Set-Cookie: enhed="), 0);
    CHECK(at >= 0);
    Str cookie = str_sub(in.headers, at, str_find_char(in.headers, '\r', at));
    CHECK(str_ends(cookie, S("; Path=/log-ind; HttpOnly; SameSite=Lax; Max-Age=15552000")));
    for (int i = 0; i < 5; i++) CHECK_STATUS(test_sign_in(&others, "kendt.e", "forkert-forkert"), 422);
    CHECK_STATUS(test_sign_in(&others, "kendt.e", "gulerod-paraply-onsdag"), 409);
    (void)test_get(&own, "/");
    CHECK_STATUS(test_post(&own, "/log-af", ""), 303);
    CHECK_STATUS(test_sign_in(&own, "kendt.e", "gulerod-paraply-onsdag"), 303);
    test_http_sql("UPDATE throttle SET free_at = 0");
}

HTTP_TEST(account, a_changed_password_ends_all_other_sessions)
{
    Browser admin = test_login("sysadm"), here = test_stranger(), there = test_stranger();
    choose(invite(&admin, new_person(&admin, "Skift Larsen", "team"), "skift.l"));
    CHECK_STATUS(test_sign_in(&here, "skift.l", "gulerod-paraply-onsdag"), 303);
    CHECK_STATUS(test_sign_in(&there, "skift.l", "gulerod-paraply-onsdag"), 303);
    (void)test_get(&here, "/min-konto");
    CHECK_STATUS(test_post(&here, "/min-konto/adgangskode", "proof=forkert&password=rabarber-cykel-lampe&again=rabarber-cykel-lampe"), 422);
    CHECK_STATUS(test_post(&here, "/min-konto/adgangskode", "proof=gulerod-paraply-onsdag&password=rabarber-cykel-lampe&again=rabarber-cykel-lampe"), 303);
    CHECK_STATUS(test_get(&here, "/"), 200);
    CHECK_STATUS(test_get(&there, "/"), 303);
}

HTTP_TEST(account, one_sees_who_has_looked_by_role_and_the_search_of_the_log_leaves_a_row)
{
    Browser admin = test_login("sysadm"), dpo = test_stranger(), leader = test_login("skoleleder"), b = test_stranger();
    const char *person = new_person(&admin, "Set Madsen", "team");
    choose(invite(&admin, person, "set.m"));
    CHECK_STATUS(test_sign_in(&dpo, "dpo", "tre-ord-til-demo"), 303);
    CHECK_STATUS(test_get(&leader, person), 200);
    CHECK_STATUS(test_sign_in(&b, "set.m", "gulerod-paraply-onsdag"), 303);
    Answer a = test_get(&b, "/hvem-har-set");
    CHECK_HAS(a, "skoleleder");
    CHECK_HAS(a, "Strandmarkskolen");
    CHECK_LACKS(a, "Anne Vestergaard");
    CHECK_STATUS(test_get(&leader, "/log"), 403);
    int64_t before = test_http_i64("SELECT count(*) FROM audit WHERE object = 'audit' AND verb = 'look'");
    a = test_get(&dpo, "/log?om=set.m&handling=look");
    CHECK_HAS(a, "Anne Vestergaard");
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit WHERE object = 'audit' AND verb = 'look'"), before + 1);
    a = test_get(&dpo, "/log.csv?om=set.m");
    CHECK_STATUS(a, 303);
    CHECK(str_starts(a.location, S("/bekraeft?to=%2Flog.csv")));
    (void)test_get(&dpo, "/bekraeft");
    CHECK_STATUS(test_post(&dpo, "/bekraeft", "proof=tre-ord-til-demo&to=/log.csv"), 303);
    CHECK_HAS(test_get(&dpo, "/log.csv?om=set.m"), "account.invite");
    CHECK_STATUS(test_get(&dpo, "/log?om=findes-ikke"), 200);
    CHECK_STATUS(test_get(&dpo, "/log?fra=ikke-en-dato&efter=vrøvl"), 200);
    CHECK_CLEAN();
}

/* DOMAIN §0.5: skolechef is the role, the title differs. */
HTTP_TEST(account, a_local_title_stands_where_the_role_is_told)
{
    Browser admin = test_login("sysadm");
    Answer a = test_get(&admin, "/roller");
    CHECK_LACKS(a, "name=\"title\"");
    a = test_get(&admin, "/roller?rolle=ressourceperson");
    CHECK_HAS(a, "name=\"title\"");
    CHECK_STATUS(test_post(&admin, "/roller", "role=ressourceperson&title=vejleder+p%C3%A5+gangen&side=skole"), 303);
    CHECK_HAS(test_get(&admin, "/roller"), "vejleder på gangen");
    CHECK_LACKS(test_get(&admin, "/roller?side=forvaltning"), "vejleder på gangen");
    const char *person = new_person(&admin, "Titel Thomsen", "ressourceperson");
    CHECK_HAS(test_get(&admin, person), "vejleder på gangen");
    CHECK_HAS(test_get(&admin, "/personer?navn=thomsen"), "vejleder på gangen, Strandmarkskolen");
    CHECK_STATUS(test_post(&admin, "/roller", "role=ressourceperson&title=x&side=midt+imellem"), 422);
    CHECK_STATUS(test_post(&admin, "/roller", "role=findes-ikke&title=x&side=skole"), 422);
    CHECK_STATUS(test_post(&admin, "/roller", "role=ressourceperson&title=&side=skole"), 303);
    CHECK_CLEAN();
}

HTTP_TEST(account, a_unit_is_found_by_suggestion_code_or_name)
{
    static const char *const written[] = {"Strandmarkskolen+(S12)", "S12", "strandmarkskolen"};
    Browser admin = test_login("sysadm");
    char form[300];
    CHECK_HAS(test_get(&admin, "/personer/ny"), "<option value=\"Strandmarkskolen (S12)\">");
    for (int i = 0; i < 3; i++) {
        snprintf(form, sizeof form, "name=Enhed+%d&email=&unit=%s&role=team&purpose=&from=01-08-2025&to=", i, written[i]);
        CHECK_STATUS(test_post(&admin, "/personer/ny", form), 303);
    }
    Answer a = test_post(&admin, "/personer/ny", "name=Uden&email=&unit=Findes+ikke&role=team&purpose=&from=01-08-2025&to=");
    CHECK_STATUS(a, 422);
    CHECK_HAS(a, "Vælg en enhed på listen");
}

HTTP_TEST(account, the_app_code_page_draws_a_key_and_refuses_a_wrong_code)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    choose(invite(&admin, new_person(&admin, "Kode Jensen", "team"), "kode.j"));
    CHECK_STATUS(test_sign_in(&b, "kode.j", "gulerod-paraply-onsdag"), 303);
    Answer a = test_get(&b, "/min-konto/kode");
    CHECK_HAS(a, "class=\"qr\"");
    const char *key = cut(a, "name=\"key\" value=\"", '"');
    a = test_post(&b, "/min-konto/kode", path("code=000000&key=", key, ""));
    CHECK_STATUS(a, 422);
    CHECK_HAS(a, key);
    CHECK_INT(test_http_i64("SELECT count(*) FROM account WHERE login = 'kodej' AND totp_secret IS NOT NULL"), 0);
    CHECK_STATUS(test_post(&b, "/log-ind/kode", "step=1.2.3&code=000000&to=/"), 409);
}

static Answer send_code(Browser *b, const char *to, const char *field, const char *value, const char *code)
{
    char form[1400];
    snprintf(form, sizeof form, "%s=%s&to=/&code=%s", field, value, test_encoded(code));
    return test_post(b, to, form);
}

HTTP_TEST(account, an_app_is_set_up_and_asked_for_and_a_code_counts_once)
{
    Browser admin = test_login("sysadm"), b = test_stranger(), other = test_stranger();
    choose(invite(&admin, new_person(&admin, "App Andersen", "team"), "app.a"));
    CHECK_STATUS(test_sign_in(&b, "app.a", "gulerod-paraply-onsdag"), 303);
    Answer a = test_get(&b, "/min-konto/kode");
    const char *sealed = cut(a, "name=\"key\" value=\"", '"'), *key = cut(a, "nøgle i appen: <b>", '<');
    int64_t now = time(NULL) / 30; /* one for all: half a minute may end meanwhile */
    a = send_code(&b, "/min-konto/kode", "key", sealed, app_code(key, now));
    CHECK_STATUS(a, 200);
    const char *spare = cut(a, "<li><code>", '<');
    /* The password alone opens nothing now. */
    a = test_sign_in(&other, "app.a", "gulerod-paraply-onsdag");
    CHECK_STATUS(a, 200);
    CHECK_STATUS(test_get(&other, "/"), 303);
    const char *step = cut(a, "name=\"step\" value=\"", '"');
    CHECK_STATUS(send_code(&other, "/log-ind/kode", "step", step, app_code(key, now)), 422);
    CHECK_STATUS(send_code(&other, "/log-ind/kode", "step", step, app_code(key, now + 1)), 303);
    CHECK_STATUS(test_get(&other, "/"), 200);
    Browser third = test_stranger();
    a = test_sign_in(&third, "app.a", "gulerod-paraply-onsdag");
    step = cut(a, "name=\"step\" value=\"", '"');
    CHECK_STATUS(send_code(&third, "/log-ind/kode", "step", step, spare), 303);
    Browser fourth = test_stranger();
    (void)test_sign_in(&fourth, "app.a", "gulerod-paraply-onsdag");
    CHECK_STATUS(send_code(&fourth, "/log-ind/kode", "step", step, spare), 422);
    CHECK_CLEAN();
}

HTTP_TEST(account, who_lost_app_and_codes_gets_in_again_when_two_administrators_agree)
{
    Browser first = test_login("sysadm"), second = test_login("sysadm2"), b = test_stranger();
    const char *person = new_person(&first, "Tabt Telefon", "team");
    choose(invite(&first, person, "tabt.t"));
    CHECK_STATUS(test_sign_in(&b, "tabt.t", "gulerod-paraply-onsdag"), 303);
    (void)test_get(&first, person);
    CHECK_STATUS(test_post(&first, path(person, "/uden-kode", ""), ""), 409);
    Answer a = test_get(&b, "/min-konto/kode");
    const char *sealed = cut(a, "name=\"key\" value=\"", '"'), *key = cut(a, "nøgle i appen: <b>", '<');
    CHECK_STATUS(send_code(&b, "/min-konto/kode", "key", sealed, app_code(key, time(NULL) / 30)), 200);
    Browser again = test_stranger();
    CHECK_STATUS(test_sign_in(&again, "tabt.t", "gulerod-paraply-onsdag"), 200);
    (void)test_get(&first, person);
    CHECK_STATUS(test_post(&first, path(person, "/uden-kode", ""), ""), 303);
    const char *asked = cut(test_get(&first, person), "action=\"/den-anden/", '/');
    CHECK_STATUS(test_post(&first, path("/den-anden/", asked, "/ja"), ""), 409);
    CHECK_STATUS(test_get(&b, "/"), 200);
    (void)test_get(&second, person);
    CHECK_STATUS(test_post(&second, path("/den-anden/", asked, "/ja"), ""), 303);
    CHECK_STATUS(test_get(&b, "/"), 303);
    CHECK_STATUS(test_sign_in(&again, "tabt.t", "gulerod-paraply-onsdag"), 303);
    CHECK_STATUS(test_get(&again, "/"), 200);
    CHECK_INT(test_http_i64("SELECT count(*) FROM recovery_code r JOIN account a ON a.id = r.account_id WHERE a.login = 'tabtt'"), 0);
    CHECK_CLEAN();
}

HTTP_TEST(account, an_english_reader_is_refused_in_english)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    choose(invite(&admin, new_person(&admin, "English Reader", "team"), "english.r"));
    test_http_sql("UPDATE account SET lang = 'en' WHERE login = 'englishr'");
    CHECK_STATUS(test_sign_in(&b, "english.r", "gulerod-paraply-onsdag"), 303);
    Answer a = test_get(&b, "/support/0123456789abcdef0123456789abcdef");
    CHECK_STATUS(a, 404);
    CHECK_LACKS(a, "Siden findes ikke");
    a = test_get(&b, "/den-anden/0123456789abcdef0123456789abcdef/ja");
    CHECK_STATUS(a, 405);
    CHECK_HAS(a, "cannot be used that way");
}

HTTP_TEST(account, a_session_that_nobody_uses_ends_and_one_in_use_is_noted)
{
    Browser admin = test_login("sysadm"), b = test_stranger();
    choose(invite(&admin, new_person(&admin, "Stille Sloth", "team"), "stille.s"));
    CHECK_STATUS(test_sign_in(&b, "stille.s", "gulerod-paraply-onsdag"), 303);
    static const char own[] = "account_id = (SELECT id FROM account WHERE login = 'stilles')";
    test_http_sql(path("UPDATE session SET seen_at = seen_at - 600000 WHERE ", own, ""));
    int64_t before = test_http_i64(path("SELECT seen_at FROM session WHERE ", own, ""));
    CHECK_STATUS(test_get(&b, "/"), 200);
    CHECK(test_http_i64(path("SELECT seen_at FROM session WHERE ", own, "")) >= before + 600000);
    test_http_sql(path("UPDATE session SET seen_at = seen_at - 3600000 WHERE ", own, ""));
    CHECK_STATUS(test_get(&b, "/"), 303);
    CHECK_STATUS(test_sign_in(&b, "stille.s", "gulerod-paraply-onsdag"), 303);
    CHECK_STATUS(test_get(&b, "/"), 200);
}

/* A cookie that somebody else has chosen is never taken over. */
HTTP_TEST(account, signing_in_makes_a_token_of_its_own)
{
    Browser b = test_stranger();
    static const char planted[] = "traad=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    snprintf(b.cookies, sizeof b.cookies, "%s", planted);
    CHECK_STATUS(test_get(&b, "/"), 303);
    Answer a = test_sign_in(&b, "medarbejder", "tre-ord-til-demo");
    CHECK_STATUS(a, 303);
    CHECK(str_find(a.headers, S("HttpOnly; SameSite=Lax"), 0) > 0);
    CHECK(!strstr(b.cookies, planted));
    Browser left = b;
    (void)test_get(&b, "/");
    a = test_post(&b, "/log-af", "");
    CHECK_STATUS(a, 303);
    CHECK(str_find(a.headers, S("Clear-Site-Data: \"cache\""), 0) > 0);
    CHECK_STATUS(test_get(&left, "/"), 303);
}

HTTP_TEST(account, a_stolen_session_cannot_throw_its_owner_out)
{
    Browser thief = test_stranger();
    CHECK_STATUS(test_sign_in(&thief, "politiker", "tre-ord-til-demo"), 303);
    CHECK_STATUS(test_get(&thief, "/mine-log-ind"), 200);
    forget_strength("politiker");
    CHECK_STATUS(test_post(&thief, "/mine-log-ind/alle/afslut", ""), 403);
    Answer a = test_get(&thief, "/mine-log-ind");
    CHECK_STATUS(a, 303);
    CHECK_STR(a.location, S("/bekraeft?to=%2Fmine-log-ind"));
}

HTTP_TEST(account, no_way_leads_elsewhere_and_the_host_is_nobodys_word)
{
    static const char *const ways[] = {"//ond.example", "/%5Cond.example", "https://ond.example/", "/%09/ond.example", "javascript:alert(1)"};
    Browser b = test_stranger();
    char form[300];
    for (int i = 0; i < 5; i++) {
        snprintf(form, sizeof form, "login=medarbejder&password=tre-ord-til-demo&to=%s", ways[i]);
        Browser fresh = test_stranger();
        Answer a = test_post(&fresh, "/log-ind", form);
        CHECK_STATUS(a, 303);
        CHECK_STR(a.location, S("/"));
    }
    Answer a = test_request(&b, "GET", "/personer", "Host: ond.example", S(""));
    CHECK_STATUS(a, 303);
    CHECK_STR(a.location, S("/log-ind?to=%2Fpersoner"));
    CHECK_LACKS(a, "ond.example");
}

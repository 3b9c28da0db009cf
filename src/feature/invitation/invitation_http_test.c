#include "http_wave.h"

#include <stdio.h>

#include "base/str.h"

HTTP_TEST(invitation, a_list_is_laid_in_whole_or_not_at_all)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave_open(&lead, "Mailliste");
    const char *to = test_path(path, "/mail/liste");
    CHECK_HAS(test_get(&lead, test_path(path, "")), "/mail\"");
    test_get(&lead, test_path(path, "/mail/adresser"));
    Answer wrong = test_post(&lead, to, "liste=anne%40a.dk,S12,personale%0Abo%40a.dk,NIX,personale");
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "NIX er ikke en enhed i målingen.");
    CHECK_HAS(wrong, "bo@a.dk");
    CHECK_INT(test_http_i64("SELECT count(*) FROM invitation v JOIN wave w ON w.id = v.wave_id WHERE w.name = 'Mailliste'"), 0);
    Answer skipped = test_post(&lead, to, "spring=1&tal=1&liste=anne%40a.dk,S12,personale%0Abo%40a.dk,NIX,personale");
    CHECK_STATUS(skipped, 303);
    CHECK_HAS(test_get(&lead, test_path(skipped.location, "")), "1 ny adresse er lagt ind.");
    CHECK_INT(test_http_i64("SELECT i.n FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'Mailliste'"), 1);
    CHECK_CLEAN();
}

HTTP_TEST(invitation, the_longest_list_fits_into_one_request)
{
    enum { LINES = 5000, LINE_BYTES = 80 };
    Browser lead = test_login("programleder");
    Str path = test_http_wave_open(&lead, "Lang liste");
    Ctx *c = test_ctx_plain();
    ptrdiff_t room = LINES * LINE_BYTES, n = 0;
    char *fields = NEW(c->arena, char, room);
    n += snprintf(fields, (size_t)room, "tal=1&liste=");
    for (int i = 0; i < LINES; i++)
        n += snprintf(fields + n, (size_t)(room - n), "medarbejder.nummer%d%%40bakkeskolen.example,S12,personale%%0A", i);
    test_get(&lead, test_path(path, "/mail/adresser"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/mail/liste"), fields), 303);
    CHECK_INT(test_http_i64("SELECT count(*) FROM invitation v JOIN wave w ON w.id = v.wave_id WHERE w.name = 'Lang liste'"), LINES);
    CHECK_INT(test_http_i64("SELECT i.n FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'Lang liste'"), LINES);
}

HTTP_TEST(invitation, a_file_is_read_as_a_list_is)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave_open(&lead, "Fil");
    Ctx *c = test_ctx_plain();
    test_get(&lead, test_path(path, "/mail/adresser"));
    Str body = STR_CAT(c->arena, S("--x\r\nContent-Disposition: form-data; name=\"_nonce\"\r\n\r\n"), str_of_z(lead.nonce),
                       S("\r\n--x\r\nContent-Disposition: form-data; name=\"fil\"; filename=\"liste.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                         "\xEF\xBB\xBF" "E-mail;Enhed;Rolle\r\nanne@a.dk;S12;personale\r\n\r\n--x--\r\n"));
    CHECK_STATUS(test_post_raw(&lead, test_path(path, "/mail/liste"), "multipart/form-data; boundary=x", body), 303);
    CHECK_INT(test_http_i64("SELECT count(*) FROM invitation v JOIN wave w ON w.id = v.wave_id WHERE w.name = 'Fil'"), 1);
}

HTTP_TEST(invitation, without_a_mail_server_the_page_says_so_and_nothing_is_planned)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave_open(&lead, "Uden server");
    CHECK_HAS(test_get(&lead, test_path(path, "/mail")), "Serveren er ikke sat op til at sende mail.");
    test_get(&lead, test_path(path, "/mail/adresser"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/mail/send"), "kind=invite&day=01-01-2199"), 409);
    CHECK_INT(test_http_i64("SELECT count(*) FROM mailing m JOIN wave w ON w.id = m.wave_id WHERE w.name = 'Uden server'"), 0);
}

HTTP_TEST(invitation, the_letter_is_shown_as_it_will_be_read_and_written_by_one_at_a_time)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave_open(&lead, "Brev");
    const char *page = test_path(path, "/mail/brev?slags=invite&sprog=da"), *to = test_path(path, "/mail/brev");
    CHECK_HAS(test_get(&lead, page), "BCDF-GHJK-LMNP-RSTV");
    CHECK_STATUS(test_get(&lead, test_path(path, "/mail/brev?slags=invite&sprog=xx")), 404);
    test_get(&lead, page);
    Answer wrong = test_post(&lead, to, "slags=invite&sprog=da&version=1&subject=Hej&body=Uden+noget");
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "[link] skal stå i brevet");
    CHECK_HAS(wrong, "Uden noget");
    CHECK_STATUS(test_post(&lead, to, "slags=invite&sprog=da&version=1&subject=Hej&body=K%C3%A6re+%3Cb%3E+[link]"), 303);
    CHECK_HAS(test_get(&lead, page), "Kære &lt;b&gt; ");
    Answer late = test_post(&lead, to, "slags=invite&sprog=da&version=1&subject=Sent&body=Det+sene+[link]");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "En anden har ændret brevet imens.");
    CHECK_HAS(late, "Kære &lt;b&gt; "); /* what is stored, and what was written: neither is lost */
    CHECK_HAS(late, "Det sene [link]");
    CHECK_HAS(late, "name=\"version\" value=\"2\"");
    test_get(&lead, page);
    CHECK_STATUS(test_post(&lead, to, "slags=invite&sprog=da&version=2&standard=1"), 303);
    CHECK_HAS(test_get(&lead, page), "Det er standardbrevet.");
}

HTTP_TEST(invitation, addresses_are_for_those_who_may_write_and_for_nobody_else)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder"), dpo = test_login("dpo");
    Str path = test_http_wave_open(&lead, "Hvem");
    test_get(&lead, test_path(path, "/mail/adresser"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/mail/liste"), "liste=hemmelig%40a.dk,S12,personale"), 303);
    test_http_sql("UPDATE invitation SET state = 'refused'");
    CHECK_HAS(test_get(&lead, test_path(path, "/mail/fejl")), "hemmelig@a.dk");
    CHECK_STATUS(test_get(&school, test_path(path, "/mail")), 403);
    CHECK_STATUS(test_get(&school, test_path(path, "/mail/fejl")), 403);
    CHECK_STATUS(test_get(&dpo, test_path(path, "/mail/fejl")), 403);
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit WHERE verb = 'look' AND object = 'wave_mail'") > 0, 1);
}

HTTP_TEST(invitation, a_refused_address_is_mended_on_its_page)
{
    Browser lead = test_login("programleder");
    Ctx *c = test_ctx_plain();
    Str path = test_http_wave_open(&lead, "Rettes");
    const char *to = test_path(path, "/mail/fejl");
    static const char looks[] = "SELECT count(*) FROM audit a JOIN wave w ON w.id = a.object_id WHERE w.name = 'Rettes'"
                                " AND a.verb = 'look' AND a.object = 'wave_mail'";
    test_get(&lead, test_path(path, "/mail/adresser"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/mail/liste"), "liste=forkert%40a.dk,S12,personale"), 303);
    test_http_sql("UPDATE invitation SET state = 'refused' WHERE id = (SELECT max(id) FROM invitation)");
    char id[40];
    snprintf(id, sizeof id, "%lld", (long long)test_http_i64("SELECT max(id) FROM invitation"));
    test_get(&lead, to);
    Answer wrong = test_post(&lead, to, str_z(c->arena, STR_CAT(c->arena, S("handling=ret&til=rod&adresse="), str_of_z(id))));
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "aria-invalid=\"true\"");
    CHECK_INT(test_http_i64(looks), 2); /* the page, and the page once more */
    CHECK_STATUS(test_post(&lead, to, str_z(c->arena, STR_CAT(c->arena, S("handling=ret&til=rigtig%40a.dk&adresse="), str_of_z(id)))), 303);
    CHECK_INT(test_http_i64(looks), 2);
    CHECK_INT(test_http_i64("SELECT count(*) FROM invitation v JOIN wave w ON w.id = v.wave_id WHERE w.name = 'Rettes' AND v.state = 'waiting'"), 1);
    CHECK_CLEAN();
}

HTTP_TEST(invitation, a_removed_address_comes_back_with_its_code)
{
    Browser lead = test_login("programleder");
    Ctx *c = test_ctx_plain();
    Str path = test_http_wave_open(&lead, "Tilbage");
    static const char codes[] = "SELECT count(*) FROM wave_code k JOIN wave w ON w.id = k.wave_id WHERE w.name = 'Tilbage' AND k.kind = 'single'";
    test_get(&lead, test_path(path, "/mail/adresser"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/mail/liste"), "liste=anne%40a.dk,S12,personale"), 303);
    test_http_sql("UPDATE invitation SET state = 'refused' WHERE id = (SELECT max(id) FROM invitation)");
    char id[40];
    snprintf(id, sizeof id, "%lld", (long long)test_http_i64("SELECT max(id) FROM invitation"));
    CHECK_HAS(test_get(&lead, test_path(path, "/mail/fejl")), "får den den kode, den havde");
    Str fields = STR_CAT(c->arena, S("handling=fjern&til=&adresse="), str_of_z(id));
    CHECK_STATUS(test_post(&lead, test_path(path, "/mail/fejl"), str_z(c->arena, fields)), 303);
    CHECK_LACKS(test_get(&lead, test_path(path, "/mail/fejl")), "anne@a.dk");
    test_get(&lead, test_path(path, "/mail/adresser"));
    Answer again = test_post(&lead, test_path(path, "/mail/liste"), "liste=anne%40a.dk,S12,personale");
    CHECK_STATUS(again, 303);
    CHECK_HAS(test_get(&lead, str_z(c->arena, again.location)), "1 ny adresse er lagt ind.");
    CHECK_INT(test_http_i64(codes), 1);
    CHECK_CLEAN();
}

HTTP_TEST(invitation, saying_no_needs_no_log_in_and_a_press_of_a_button)
{
    Browser nobody = test_stranger(), lead = test_login("programleder");
    CHECK_STATUS(test_get(&nobody, "/afmeld/BCDF-GHJK-LMNP-RSTV"), 404);
    CHECK_STATUS(test_post(&nobody, "/afmeld/BCDF-GHJK-LMNP-RSTV", ""), 404);
    Ctx *c = test_ctx_plain();
    Str path = test_http_wave_open(&lead, "Nej"), out = {0};
    CHECK_STATUS(test_get(&lead, test_path(path, "/mail")), 200);
    CHECK_INT(test_traad(&out, "survey", "codes", "--wave", "Nej", "--unit", "S12", "--role", "personale", "--single", "1", NULL), 0);
    ptrdiff_t at = str_find(out, S("single,"), 0);
    CHECK(at > 0);
    Str code = str_sub(out, at + 7, at + 7 + 19);
    const char *link = str_z(c->arena, STR_CAT(c->arena, S("/afmeld/"), code));
    CHECK_HAS(test_get(&nobody, link), "Send mig ikke flere mails");
    CHECK_HAS(test_post(&nobody, link, ""), "Du får ikke flere mails");
    CHECK(nobody.cookies[0] == 0);
}

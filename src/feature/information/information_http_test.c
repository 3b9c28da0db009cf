#include "http.h"

#include <stdio.h>

#include "base/number.h"
#include "base/str.h"

HTTP_TEST(information, strangers_read_all_of_it_in_both_languages)
{
    static const char *const pages[][3] = {
        {"/vejledning", "Vejledning", "Guides"},
        {"/vejledning", "Når du svarer på et spørgeskema", "href=\"/vejledning/svar?sprog=en\">When you answer a questionnaire"},
        {"/vejledning/skoleleder", "Rød Tråd for skoleledere", "Rød Tråd for head teachers"},
        {"/vejledning/skoleleder", "<h2 id=\"rapporten\">Rapporten", "<h2 id=\"rapporten\">The report"},
        {"/vejledning/administration", "Administration af Rød Tråd i kommunen", "Administration of Rød Tråd in the municipality"},
        {"/vejledning/svar", "Kom i gang", "Getting started"},
        {"/persondata", "Hvem er ansvarlig?", "Who is responsible?"},
        {"/tilgaengelighed", "Digitaliseringsstyrelsen", "Digitaliseringsstyrelsen (the Agency"},
        {"/om", "MPL-2.0", "free software"},
    };
    for (ptrdiff_t i = 0; i < COUNT_OF(pages); i++) {
        Browser b = test_stranger();
        Answer da = test_get(&b, pages[i][0]);
        CHECK_STATUS(da, 200);
        CHECK_HAS(da, pages[i][1]);
        Ctx *c = test_ctx_plain();
        Answer en = test_get(&b, str_z(c->arena, STR_CAT(c->arena, str_of_z(pages[i][0]), S("?sprog=en"))));
        CHECK_HAS(en, "<html lang=\"en\">");
        CHECK_HAS(en, pages[i][2]);
        CHECK_STR(str_of_z(b.cookies), S(""));
    }
}

HTTP_TEST(information, was_and_icons_answer_and_unknown_guides_do_not)
{
    Browser b = test_stranger();
    Answer was = test_get(&b, "/was"), ico = test_get(&b, "/favicon.ico");
    CHECK_STATUS(was, 303);
    CHECK_STR(was.location, S("/tilgaengelighed"));
    CHECK_STATUS(ico, 200);
    CHECK_STR(ico.type, S("image/x-icon"));
    CHECK_STATUS(test_get(&b, "/vejledning/notices"), 404);
    CHECK_STATUS(test_get(&b, "/vejledning/findes-ikke"), 404);
}

HTTP_TEST(information, footers_lead_there_also_for_respondents_and_help_fits_the_room)
{
    static const char *const open[] = {"/log-ind", "/s", "/findes-ikke", "/persondata"};
    for (ptrdiff_t i = 0; i < COUNT_OF(open); i++) {
        Browser b = test_stranger();
        Answer a = test_get(&b, open[i]);
        CHECK_HAS(a, "href=\"/was\"");
        CHECK_HAS(a, "href=\"/persondata\"");
        CHECK_HAS(a, "href=\"/vejledning");
        CHECK_HAS(a, "rel=\"icon\"");
    }
    Browser leader = test_login("skoleleder");
    CHECK_HAS(test_get(&leader, "/"), "href=\"/vejledning/skoleleder#loese-ender\"");
    CHECK_HAS(test_get(&leader, "/rapporter"), "href=\"/vejledning/skoleleder#rapporten\"");
    CHECK_HAS(test_get(&leader, "/om"), "href=\"/vejledning\"");
}

HTTP_TEST(information, administrator_writes_whom_to_ask)
{
    Browser admin = test_login("sysadm"), leader = test_login("skoleleder"), stranger = test_stranger();
    CHECK_STATUS(test_get(&leader, "/kontakt"), 403);
    Answer form = test_get(&admin, "/kontakt");
    CHECK_HAS(form, "Skole og Læring, Fjordby Kommune");
    int64_t version = test_http_i64("SELECT c.version FROM information_contact c JOIN unit u ON u.id = c.owner_id WHERE u.code = 'K1'");
    char fields[400];
    static const char start[] = "office=Skoleafdelingen&email=skole%40fjordby.example&phone=70+00+00+99&dpo_email=dpo%40fjordby.example";
    snprintf(fields, sizeof fields, "%s&statement=was.digst.dk&version=%lld", start, (long long)version);
    Answer wrong = test_post(&admin, "/kontakt", fields);
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "begynder med https://");
    CHECK_HAS(wrong, "Skoleafdelingen");
    snprintf(fields, sizeof fields, "%s&statement=https%%3A%%2F%%2Fwas.digst.dk%%2Fprøve&version=%lld", start, (long long)version);
    CHECK_STATUS(test_post(&admin, "/kontakt", fields), 303);
    CHECK_HAS(test_get(&leader, "/persondata"), "Skoleafdelingen");
    CHECK_HAS(test_get(&stranger, "/tilgaengelighed"), "https://was.digst.dk/prøve");
    CHECK_HAS(test_get(&stranger, "/tilgaengelighed"), "Holmeå Kommune");
    CHECK_LACKS(test_get(&leader, "/persondata"), "Holmeå Kommune");
    CHECK_STATUS(test_post(&admin, "/kontakt", fields), 409);
    CHECK_CLEAN();
}

#include "http.h"

#include "base/str.h"

static Str json_of(const char *code, const char *text)
{
    Ctx *c = test_ctx_plain();
    return STR_CAT(
        c->arena, S("{\"format\":\"traad-questionnaire-1\",\"code\":\""), str_of_z(code),
        S("\",\"title\":{\"da\":\"Prøve\"},\"languages\":[\"da\"],\"scales\":{\"jn\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Ja\"}},"
          "{\"value\":2,\"text\":{\"da\":\"Nej\"}}],\"agree\":[1],\"disagree\":[2]}},\"sections\":[{\"code\":\"A\",\"items\":["
          "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"jn\",\"text\":{\"da\":\""),
        str_of_z(text),
        S("\"}},{\"code\":\"Q2\",\"kind\":\"text\",\"text\":{\"da\":\"Hvorfor?\"},\"ask_if\":{\"item\":\"Q1\",\"in\":[2]}}]}]}"));
}

static Answer upload(Browser *b, Str json)
{
    Ctx *c = test_ctx_plain();
    test_get(b, "/sporgeskemaer");
    Str body = STR_CAT(
        c->arena, S("--B\r\nContent-Disposition: form-data; name=\""), str_of_z(b->nonce_field), S("\"\r\n\r\n"),
        str_of_z(b->nonce),
        S("\r\n--B\r\nContent-Disposition: form-data; name=\"fil\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n\r\n"),
        json, S("\r\n--B--\r\n"));
    return test_post_raw(b, "/sporgeskemaer", "multipart/form-data; boundary=B", body);
}

HTTP_TEST(questionnaire_edit, the_demonstration_is_listed_and_shown)
{
    Browser b = test_login("programleder");
    CHECK_HAS(test_get(&b, "/sporgeskemaer"), "FORAELDRE");
    Answer page = test_get(&b, "/sporgeskemaer/FORAELDRE?sprog=de");
    CHECK_STATUS(page, 200);
    CHECK_HAS(page, "Mein Kind geht gern in die Schule");
    CHECK_HAS(test_get(&b, "/sporgeskemaer/PERS/hent"), "traad-questionnaire-1");
}

HTTP_TEST(questionnaire_edit, readers_read_and_others_do_not)
{
    Browser leader = test_login("skoleleder"), politician = test_login("politiker"),
            consultant = test_login("konsulent");
    CHECK_STATUS(test_get(&leader, "/sporgeskemaer/PERS"), 200);
    CHECK_STATUS(test_get(&leader, "/sporgeskemaer/PERS/sporgsmaal/E1"), 403);
    CHECK_STATUS(test_get(&politician, "/sporgeskemaer"), 403);
    /* The region's questionnaire is not the municipality's to change. */
    CHECK_STATUS(test_get(&consultant, "/sporgeskemaer/PERS/sporgsmaal/E1"), 404);
    CHECK_STATUS(test_get(&leader, "/sporgeskemaer/NIX"), 404);
}

HTTP_TEST(questionnaire_edit, a_file_comes_in_and_an_item_is_changed)
{
    Browser b = test_login("programleder");
    CHECK_STATUS(upload(&b, json_of("IND1", "Er det godt?")), 303);
    CHECK_HAS(test_get(&b, "/sporgeskemaer/IND1"), "Er det godt?");
    test_get(&b, "/sporgeskemaer/IND1/sporgsmaal/Q1");
    CHECK_STATUS(test_post(&b, "/sporgeskemaer/IND1/sporgsmaal/Q1",
                           "move=gem&version=1&text_da=Er+det+sjovt%3F&code=Q1&scale=jn&core=1"),
                 303);
    Answer page = test_get(&b, "/sporgeskemaer/IND1");
    CHECK_HAS(page, "Er det sjovt?");
    CHECK_HAS(page, "version 2");
    CHECK_CLEAN();
}

HTTP_TEST(questionnaire_edit, a_file_with_a_fault_is_shown_with_its_place)
{
    Browser b = test_login("programleder");
    Answer page = upload(
        &b,
        S("{\"format\":\"traad-questionnaire-1\",\"code\":\"X\",\"title\":{\"da\":\"X\"},\"languages\":[\"da\"],\"sections\":[],\"fejl\":1}"));
    CHECK_STATUS(page, 422);
    CHECK_HAS(page, "Ukendt nøgle");
}

HTTP_TEST(questionnaire_edit, the_second_of_two_sees_both_texts)
{
    Browser one = test_login("programleder"), two = one;
    CHECK_STATUS(upload(&one, json_of("TO1", "Er det godt?")), 303);
    test_get(&one, "/sporgeskemaer/TO1/sporgsmaal/Q1");
    two = one;
    test_get(&two, "/sporgeskemaer/TO1/sporgsmaal/Q1");
    CHECK_STATUS(
        test_post(&one, "/sporgeskemaer/TO1/sporgsmaal/Q1", "move=gem&version=1&text_da=Den+hurtige&code=Q1&scale=jn"),
        303);
    Answer late = test_post(&two, "/sporgeskemaer/TO1/sporgsmaal/Q1",
                            "move=gem&version=1&text_da=Den+langsomme&code=Q1&scale=jn");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "Den hurtige");
    CHECK_HAS(late, "Den langsomme");
}

HTTP_TEST(questionnaire_edit, what_others_ask_about_cannot_be_removed)
{
    Browser b = test_login("programleder");
    CHECK_STATUS(upload(&b, json_of("FJERN1", "Er det godt?")), 303);
    test_get(&b, "/sporgeskemaer/FJERN1/sporgsmaal/Q1");
    Answer page = test_post(&b, "/sporgeskemaer/FJERN1/sporgsmaal/Q1", "move=fjern&version=1");
    CHECK_STATUS(page, 422);
    test_get(&b, "/sporgeskemaer/FJERN1/sporgsmaal/Q2");
    CHECK_STATUS(test_post(&b, "/sporgeskemaer/FJERN1/sporgsmaal/Q2", "move=fjern&version=1"), 303);
    CHECK_LACKS(test_get(&b, "/sporgeskemaer/FJERN1"), "Hvorfor?");
}

HTTP_TEST(questionnaire_edit, a_new_one_grows_on_pages)
{
    Browser b = test_login("programleder");
    test_get(&b, "/sporgeskemaer");
    CHECK_STATUS(test_post(&b, "/sporgeskemaer/nyt", "code=NYT1&title=Helt+nyt"), 303);
    test_get(&b, "/sporgeskemaer/NYT1/nyt-afsnit");
    CHECK_STATUS(
        test_post(&b, "/sporgeskemaer/NYT1/nyt-afsnit", "move=gem&version=1&text_da=Andet&code=B&theme=praksis"), 303);
    test_get(&b, "/sporgeskemaer/NYT1/nyt-sporgsmaal/B");
    CHECK_STATUS(test_post(&b, "/sporgeskemaer/NYT1/nyt-sporgsmaal/B",
                           "move=gem&version=2&text_da=I+klassen&code=M&kind=matrix&scale=enig5"),
                 303);
    CHECK_HAS(test_get(&b, "/sporgeskemaer/NYT1"), "Første række");
    test_get(&b, "/sporgeskemaer/NYT1/nyt-sporgsmaal/B");
    CHECK_STATUS(test_post(&b, "/sporgeskemaer/NYT1/nyt-sporgsmaal/B",
                           "move=gem&version=3&text_da=Er+der+ro%3F&code=R&kind=single&scale=enig5"),
                 303);
    test_get(&b, "/sporgeskemaer/NYT1/sporgsmaal/R");
    CHECK_STATUS(test_post(&b, "/sporgeskemaer/NYT1/sporgsmaal/R", "move=op&version=4"), 303);
    CHECK_HAS(test_get(&b, "/sporgeskemaer/NYT1"), "Er der ro?");
    CHECK_CLEAN();
}

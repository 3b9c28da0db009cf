#include "http.h"

#include "base/str.h"

static const char *text(Str a, const char *b)
{
    Ctx *c = test_ctx_plain();
    return str_z(c->arena, STR_CAT(c->arena, a, str_of_z(b)));
}

enum { UID = 32 };

/* "/maaling/UID" of the wave that the regional lead makes under this name. */
static Str made(Browser *lead, const char *fields)
{
    test_get(lead, "/maalinger/ny");
    Answer answer = test_post(lead, "/maalinger/ny", fields);
    CHECK_STATUS(answer, 303);
    CHECK(str_starts(answer.location, S("/maaling/")));
    return answer.location;
}

static Str made_open(Browser *lead, const char *fields)
{
    Str path = made(lead, fields);
    test_get(lead, text(path, "/trin/aaben"));
    CHECK_STATUS(test_post(lead, text(path, "/trin/aaben"), "version=1"), 303);
    return path;
}

#define STAFF "&previous=&open=01-01-2020&close=31-12-2199&role=personale&depth=skole"

HTTP_TEST(survey, a_lead_makes_a_wave_opens_it_and_a_school_prints_its_codes)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder");
    Str path = made_open(&lead, "questionnaire=PERS&name=Helt+ny" STAFF);
    Str codes = str_of_z(text(S("/koder/"), text(str_sub(path, 9, 9 + UID), "-S12")));
    CHECK_HAS(test_get(&lead, "/maalinger"), "Helt ny");
    CHECK_HAS(test_get(&school, text(path, "")), "Strandmarkskolen");
    test_get(&school, text(codes, ""));
    CHECK_STATUS(test_post(&school, text(codes, ""), ""), 303);
    CHECK_HAS(test_get(&school, text(codes, "")), "class=\"qr\"");
    Answer pdf = test_post(&school, text(codes, "/pdf"), "role=personale&single=2&paper=breve");
    CHECK_STATUS(pdf, 200);
    CHECK_STR(pdf.type, S("application/pdf"));
    CHECK(str_starts(pdf.body, S("%PDF")));
    CHECK_CLEAN();
}

HTTP_TEST(survey, codes_ask_again_who_one_is_and_who_has_seen_them_is_in_the_log)
{
    Browser lead = test_login("programleder"), school = test_stranger();
    Str path = made_open(&lead, "questionnaire=PERS&name=Set" STAFF);
    Str codes = str_of_z(text(S("/koder/"), text(str_sub(path, 9, 9 + UID), "-S12")));
    CHECK_STATUS(test_sign_in(&school, "skoleleder", "tre-ord-til-demo"), 303);
    static const char looks[] = "SELECT count(*) FROM audit WHERE object = 'wave_codes' AND verb = 'look' AND object_id ="
                                " (SELECT id FROM wave WHERE name = 'Set')";
    CHECK_INT(test_http_i64(looks), 0);
    CHECK_STATUS(test_get(&school, text(codes, "")), 200);
    CHECK_INT(test_http_i64(looks), 1);
    test_http_sql("UPDATE session SET strong_until = 0 WHERE uid = (SELECT s.uid FROM session s JOIN account a ON a.id = s.account_id"
                  " WHERE a.login = 'skoleleder' ORDER BY s.began_at DESC LIMIT 1)");
    CHECK_STATUS(test_post(&school, text(codes, ""), ""), 403);
    CHECK_STATUS(test_post(&school, text(codes, "/pdf"), "role=personale&single=2&paper=breve"), 403);
    Answer a = test_get(&school, text(codes, ""));
    CHECK_STATUS(a, 303);
    CHECK(str_starts(a.location, S("/bekraeft?to=%2Fkoder%2F")));
    CHECK_INT(test_http_i64(looks), 1);
}

HTTP_TEST(survey, a_closed_wave_has_no_key_and_no_codes)
{
    Browser lead = test_login("programleder");
    Str path = made_open(&lead, "questionnaire=PERS&name=Kort" STAFF);
    Str codes = str_of_z(text(S("/koder/"), text(str_sub(path, 9, 9 + UID), "-S12")));
    test_get(&lead, text(codes, ""));
    CHECK_STATUS(test_post(&lead, text(codes, ""), ""), 303);
    test_get(&lead, text(path, "/trin/lukket"));
    CHECK_STATUS(test_post(&lead, text(path, "/trin/lukket"), "version=2"), 303);
    CHECK_LACKS(test_get(&lead, text(codes, "")), "class=\"qr\"");
    Answer late = test_get(&lead, text(path, "/trin/aaben"));
    CHECK_STATUS(late, 409);
    CHECK_INT(test_http_i64("SELECT count(*) FROM wave_code k JOIN wave w ON w.id = k.wave_id WHERE w.name = 'Kort' AND k.sealed IS NOT NULL"), 0);
    CHECK_CLEAN();
}

HTTP_TEST(survey, numbers_of_invited_are_read_whole_or_not_at_all)
{
    Browser lead = test_login("programleder");
    Str path = made(&lead, "questionnaire=PERS&name=Tal" STAFF);
    test_get(&lead, text(path, "/inviterede"));
    Answer wrong = test_post(&lead, text(path, "/inviterede"), "tal=S12,personale,20%0AIKKE,personale,3");
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "IKKE");
    CHECK_INT(test_http_i64("SELECT count(*) FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'Tal'"), 0);
    CHECK_STATUS(test_post(&lead, text(path, "/inviterede"), "tal=S12;personale;20"), 303);
    CHECK_INT(test_http_i64("SELECT n FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'Tal'"), 20);
}

HTTP_TEST(survey, a_school_reaches_its_own_codes_only_and_decides_nothing)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder"), staff = test_login("medarbejder");
    Str path = made_open(&lead, "questionnaire=PERS&name=Grænser" STAFF);
    Str uid = str_sub(path, 9, 9 + UID);
    CHECK_STATUS(test_get(&school, text(S("/koder/"), text(uid, "-S11"))), 404);
    CHECK_STATUS(test_get(&school, text(S("/koder/"), text(uid, "-NIX"))), 404);
    CHECK_STATUS(test_get(&school, text(path, "/trin/lukket")), 403);
    CHECK_STATUS(test_get(&school, "/maalinger/ny"), 403);
    CHECK_STATUS(test_get(&staff, "/maalinger"), 403);
    CHECK_LACKS(test_get(&school, text(path, "")), "Bakkeskolen");
}

HTTP_TEST(survey, two_who_step_at_once_step_once)
{
    Browser lead = test_login("programleder");
    Str path = made(&lead, "questionnaire=PERS&name=To+gange" STAFF);
    test_get(&lead, text(path, "/trin/aaben"));
    Browser other = lead;
    CHECK_STATUS(test_post(&lead, text(path, "/trin/aaben"), "version=1"), 303);
    test_get(&other, text(path, ""));
    CHECK_STATUS(test_post(&other, text(path, "/trin/aaben"), "version=1"), 409);
}

HTTP_TEST(survey, a_drafts_name_and_days_are_changed_until_it_opens)
{
    Browser lead = test_login("programleder");
    Str path = made(&lead, "questionnaire=PERS&name=Skrevet+forkert" STAFF);
    CHECK_HAS(test_get(&lead, text(path, "")), text(path, "/ret"));
    CHECK_HAS(test_get(&lead, text(path, "/ret")), "value=\"01-01-2020\"");
    Answer wrong = test_post(&lead, text(path, "/ret"), "version=1&name=&open=02-02-2190&close=01-02-2190");
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "value=\"02-02-2190\"");
    Answer past = test_post(&lead, text(path, "/ret"), "version=1&name=Rettet&open=01-01-2020&close=02-01-2020");
    CHECK_STATUS(past, 422);
    CHECK_HAS(past, "allerede");
    CHECK_STATUS(test_post(&lead, text(path, "/ret"), "version=1&name=Rettet&open=01-02-2190&close=28-02-2190"), 303);
    Answer now = test_get(&lead, text(path, ""));
    CHECK_HAS(now, "Rettet");
    CHECK_HAS(now, "28. februar 2190");
    CHECK_HAS(now, "14. marts 2190"); /* the administration's day has moved with it */
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit WHERE verb = 'wave.edit' AND object_id = (SELECT id FROM wave WHERE name = 'Rettet')"), 1);
    test_get(&lead, text(path, "/trin/aaben"));
    CHECK_STATUS(test_post(&lead, text(path, "/trin/aaben"), "version=2"), 303);
    CHECK_LACKS(test_get(&lead, text(path, "")), text(path, "/ret"));
    CHECK_STATUS(test_get(&lead, text(path, "/ret")), 409);
    CHECK_STATUS(test_post(&lead, text(path, "/ret"), "version=3&name=For+sent&open=01-02-2190&close=28-02-2190"), 409);
    CHECK_CLEAN();
}

HTTP_TEST(survey, whoever_changes_a_draft_second_is_told_what_the_first_wrote)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder");
    Str path = made(&lead, "questionnaire=PERS&name=Begge+retter" STAFF);
    test_get(&lead, text(path, "/ret"));
    CHECK_STATUS(test_post(&lead, text(path, "/ret"), "version=1&name=Den+første&open=01-01-2020&close=31-12-2199"), 303);
    Answer second = test_post(&lead, text(path, "/ret"), "version=1&name=Den+anden&open=01-01-2020&close=31-12-2199");
    CHECK_STATUS(second, 409);
    CHECK_HAS(second, "Nu hedder den Den første");
    CHECK_HAS(second, "value=\"Den anden\"");
    CHECK_HAS(second, "name=\"version\" value=\"2\"");
    CHECK_STATUS(test_post(&lead, text(path, "/ret"), "version=2&name=Den+anden&open=01-01-2020&close=31-12-2199"), 303);
    CHECK_STATUS(test_get(&school, text(path, "/ret")), 403);
}

HTTP_TEST(survey, the_demonstration_has_waves_under_way_that_a_school_sees)
{
    Browser head = test_login("skoleleder");
    CHECK_HAS(test_get(&head, "/"), "hvem der mangler at svare i Personale, pulsmåling");
    CHECK_HAS(test_get(&head, "/maalinger"), "Elever, pulsmåling");
    /* Some answers are in, and far from all. */
    static const char answered[] = "SELECT count(*) FROM answer a JOIN wave w ON w.id = a.wave_id WHERE w.name LIKE '%pulsmåling%'";
    static const char invited[] = "SELECT CAST(sum(i.n) AS INTEGER) FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name LIKE '%pulsmåling%'";
    CHECK(test_http_i64(answered) > 100);
    CHECK(test_http_i64(answered) * 2 < test_http_i64(invited));
    /* An open code for each lowest unit. */
    CHECK_INT(test_http_i64("SELECT count(*) FROM wave_unit u JOIN wave w ON w.id = u.wave_id WHERE w.name LIKE '%pulsmåling%' AND u.is_lowest = 1"
                            " AND NOT EXISTS (SELECT 1 FROM wave_code k WHERE k.wave_id = w.id AND k.unit_id = u.unit_id AND k.kind = 'open')"), 0);
}

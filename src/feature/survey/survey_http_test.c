#include "http_wave.h"

#include "base/str.h"

HTTP_TEST(survey, numbers_of_invited_are_read_whole_or_not_at_all)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave(&lead, "Tal");
    test_get(&lead, test_path(path, "/inviterede"));
    Answer wrong = test_post(&lead, test_path(path, "/inviterede"), "version=1&tal=S12,personale,20%0AIKKE,personale,3");
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "IKKE");
    CHECK_INT(test_http_i64("SELECT count(*) FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'Tal'"), 0);
    CHECK_STATUS(test_post(&lead, test_path(path, "/inviterede"), "version=1&tal=S12;personale;20"), 303);
    CHECK_INT(test_http_i64("SELECT n FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'Tal'"), 20);
}

HTTP_TEST(survey, whoever_writes_the_numbers_second_sees_what_the_first_wrote)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave(&lead, "To tæller");
    test_get(&lead, test_path(path, "/inviterede"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/inviterede"), "version=1&tal=S12;personale;20"), 303);
    Answer second = test_post(&lead, test_path(path, "/inviterede"), "version=1&tal=S12;personale;31");
    CHECK_STATUS(second, 409);
    CHECK_HAS(second, "S12;personale;20");
    CHECK_HAS(second, "S12;personale;31");
    CHECK_HAS(second, "name=\"version\" value=\"2\"");
    CHECK_INT(test_http_i64("SELECT n FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'To tæller'"), 20);
    CHECK_STATUS(test_post(&lead, test_path(path, "/inviterede"), "version=2&tal=S12;personale;31"), 303);
    CHECK_INT(test_http_i64("SELECT n FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name = 'To tæller'"), 31);
}

HTTP_TEST(survey, a_school_sees_its_own_only_and_decides_nothing)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder"), staff = test_login("medarbejder");
    Str path = test_http_wave_open(&lead, "Grænser");
    CHECK_STATUS(test_get(&school, test_path(path, "/trin/lukket")), 403);
    CHECK_STATUS(test_get(&school, "/maalinger/ny"), 403);
    CHECK_STATUS(test_get(&staff, "/maalinger"), 403);
    CHECK_LACKS(test_get(&school, test_path(path, "")), "Bakkeskolen");
}

HTTP_TEST(survey, two_who_step_at_once_step_once)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave(&lead, "To gange");
    test_get(&lead, test_path(path, "/trin/aaben"));
    Browser other = lead;
    CHECK_STATUS(test_post(&lead, test_path(path, "/trin/aaben"), "version=1"), 303);
    test_get(&other, test_path(path, ""));
    CHECK_STATUS(test_post(&other, test_path(path, "/trin/aaben"), "version=1"), 409);
}

HTTP_TEST(survey, a_drafts_name_and_days_are_changed_until_it_opens)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave(&lead, "Skrevet forkert");
    CHECK_HAS(test_get(&lead, test_path(path, "")), test_path(path, "/ret"));
    CHECK_HAS(test_get(&lead, test_path(path, "/ret")), "value=\"01-01-2020\"");
    Answer wrong = test_post(&lead, test_path(path, "/ret"), "version=1&name=&open=02-02-2190&close=01-02-2190");
    CHECK_STATUS(wrong, 422);
    CHECK_HAS(wrong, "value=\"02-02-2190\"");
    Answer past = test_post(&lead, test_path(path, "/ret"), "version=1&name=Rettet&open=01-01-2020&close=02-01-2020");
    CHECK_STATUS(past, 422);
    CHECK_HAS(past, "allerede");
    CHECK_STATUS(test_post(&lead, test_path(path, "/ret"), "version=1&name=Rettet&open=01-02-2190&close=28-02-2190"), 303);
    Answer now = test_get(&lead, test_path(path, ""));
    CHECK_HAS(now, "Rettet");
    CHECK_HAS(now, "28. februar 2190");
    CHECK_HAS(now, "14. marts 2190"); /* the administration's day has moved with it */
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit WHERE verb = 'wave.edit' AND object_id = (SELECT id FROM wave WHERE name = 'Rettet')"), 1);
    test_get(&lead, test_path(path, "/trin/aaben"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/trin/aaben"), "version=2"), 303);
    CHECK_LACKS(test_get(&lead, test_path(path, "")), test_path(path, "/ret"));
    CHECK_STATUS(test_get(&lead, test_path(path, "/ret")), 409);
    CHECK_STATUS(test_post(&lead, test_path(path, "/ret"), "version=3&name=For+sent&open=01-02-2190&close=28-02-2190"), 409);
    CHECK_CLEAN();
}

HTTP_TEST(survey, whoever_changes_a_draft_second_is_told_what_the_first_wrote)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder");
    Str path = test_http_wave(&lead, "Begge retter");
    test_get(&lead, test_path(path, "/ret"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/ret"), "version=1&name=Den+første&open=01-01-2020&close=31-12-2199"), 303);
    Answer second = test_post(&lead, test_path(path, "/ret"), "version=1&name=Den+anden&open=01-01-2020&close=31-12-2199");
    CHECK_STATUS(second, 409);
    CHECK_HAS(second, "Nu hedder den Den første");
    CHECK_HAS(second, "value=\"Den anden\"");
    CHECK_HAS(second, "name=\"version\" value=\"2\"");
    CHECK_STATUS(test_post(&lead, test_path(path, "/ret"), "version=2&name=Den+anden&open=01-01-2020&close=31-12-2199"), 303);
    CHECK_STATUS(test_get(&school, test_path(path, "/ret")), 403);
}

HTTP_TEST(survey, the_demonstration_has_waves_under_way_that_a_school_sees)
{
    Browser head = test_login("skoleleder");
    CHECK_HAS(test_get(&head, "/"), "hvor mange der mangler at svare i Personale, pulsmåling");
    CHECK_HAS(test_get(&head, "/"), "Strandmarkskolen: mindst ");
    CHECK_LACKS(test_get(&head, "/"), "Fjordby Kommune: mindst ");
    CHECK_HAS(test_get(&head, "/maalinger"), "Elever, pulsmåling");
    /* Some answers are in, and far from all. */
    static const char answered[] = "SELECT count(*) FROM answer a JOIN wave w ON w.id = a.wave_id WHERE w.name LIKE '%pulsmåling%'";
    static const char invited[] = "SELECT CAST(sum(i.n) AS INTEGER) FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE w.name LIKE '%pulsmåling%'";
    CHECK(test_http_i64(answered) > 100);
    CHECK(test_http_i64(answered) * 2 < test_http_i64(invited));
}

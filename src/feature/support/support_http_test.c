#include "http.h"

#include "base/str.h"

/* The address of the newest question on the asker's own page. */
static Str newest(Browser *b)
{
    Answer page = test_get(b, "/support");
    ptrdiff_t at = str_find(page.body, S("/support/sag/"), 0);
    CHECK(at >= 0);
    return str_sub(page.body, at, at + 13 + 32);
}

static Str ask(Browser *b, const char *fields)
{
    test_get(b, "/support");
    CHECK_STATUS(test_post(b, "/support", fields), 303);
    return newest(b);
}

HTTP_TEST(support, nobody_is_sent_to_the_log_in)
{
    Browser b = test_stranger();
    CHECK_STATUS(test_get(&b, "/support"), 303);
}

HTTP_TEST(support, a_question_is_answered_at_the_desk_and_seen_by_the_asker)
{
    Browser leader = test_login("skoleleder"), desk = test_login("sysadm");
    Str path = ask(&leader, "subject=Rapporten&body=Hvor+er+den%3F");
    CHECK_HAS(test_get(&desk, "/support/indbakke"), "Rapporten");
    test_get(&desk, test_path(path, ""));
    CHECK_STATUS(test_post(&desk, test_path(path, "/svar"), "answer=Under+Data&version=1"), 303);
    CHECK_HAS(test_get(&leader, test_path(path, "")), "Under Data");
    CHECK_CLEAN();
}

HTTP_TEST(support, the_second_answer_is_shown_beside_the_first)
{
    Browser leader = test_login("skoleleder"), one = test_login("sysadm"), two = test_login("sysadm2");
    Str path = ask(&leader, "subject=To+svar&body=Hvem+er+hurtigst%3F");
    test_get(&one, test_path(path, ""));
    test_get(&two, test_path(path, ""));
    CHECK_STATUS(test_post(&one, test_path(path, "/svar"), "answer=Den+hurtige&version=1"), 303);
    Answer late = test_post(&two, test_path(path, "/svar"), "answer=Den+langsomme&version=1");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "Den hurtige");
    CHECK_HAS(late, "Den langsomme");
}

HTTP_TEST(support, a_form_sent_twice_counts_once)
{
    Browser leader = test_login("skoleleder");
    test_get(&leader, "/support");
    Browser again = leader; /* the same page in a second window, with the same nonce */
    CHECK_STATUS(test_post(&leader, "/support", "subject=Kun+en+gang&body=x"), 303);
    CHECK_STATUS(test_post(&again, "/support", "subject=Kun+en+gang&body=x"), 303);
    Answer page = test_get(&leader, "/support");
    ptrdiff_t first = str_find(page.body, S("Kun en gang"), 0);
    CHECK(first >= 0);
    CHECK(str_find(page.body, S("Kun en gang"), first + 1) < 0);
}

HTTP_TEST(support, an_empty_form_comes_back_with_what_was_written)
{
    Browser leader = test_login("skoleleder");
    test_get(&leader, "/support");
    Answer page = test_post(&leader, "/support", "subject=Emne+uden+tekst&body=");
    CHECK_STATUS(page, 422);
    CHECK_HAS(page, "Emne uden tekst");
}

HTTP_TEST(support, out_of_reach_is_404_and_without_the_right_is_403)
{
    Browser leader = test_login("skoleleder"), other = test_login("skoleleder-holmeaa"), colleague = test_login("medarbejder");
    Str path = ask(&leader, "subject=Hemmeligt&body=Kun+for+mig");
    CHECK_STATUS(test_get(&other, test_path(path, "")), 404);
    CHECK_STATUS(test_get(&colleague, test_path(path, "")), 404);
    CHECK_STATUS(test_get(&leader, "/support/indbakke"), 403);
    CHECK_STATUS(test_get(&leader, "/support/sag/ffffffffffffffffffffffffffffffff"), 404);
}

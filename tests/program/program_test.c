/* The program as a whole, from outside: what no feature's own tests show. */
#include <string.h>

#include "http.h"

static const char ask[] = "subject=Harness+sp%C3%B8rger&body=Hvor+finder+jeg+rapporten%3F";
static const char asked[] = "SELECT count(*) FROM support_question WHERE subject = 'Harness spørger'";

HTTP_TEST(program, stranger_sees_the_log_in_and_nothing_else)
{
    Browser b = test_stranger();
    Answer front = test_get(&b, "/");
    CHECK(front.status == 303 || front.status == 401 || front.status == 404);
    CHECK_LACKS(front, "Anne Vestergaard");
    CHECK_STATUS(test_get(&b, "/log-ind"), 200);
}

HTTP_TEST(program, wrong_password_opens_nothing)
{
    Browser b = test_stranger();
    Answer a = test_sign_in(&b, "konsulent", "ikke-tre-ord");
    CHECK(a.status == 409 || a.status == 422);
    CHECK_STR(str_of_z(b.cookies), S(""));
    CHECK_LACKS(a, "ikke-tre-ord");
}

HTTP_TEST(program, head_teacher_signs_in_and_is_greeted_by_name)
{
    Browser b = test_login("skoleleder");
    Answer a = test_get(&b, "/");
    CHECK_STATUS(a, 200);
    CHECK_HAS(a, "Anne Vestergaard");
    CHECK_HAS(a, "<html lang=\"da\">");
}

HTTP_TEST(program, form_without_nonce_or_with_anothers_is_refused)
{
    Browser mine = test_login("skoleleder"), other = test_login("konsulent");
    int64_t before = test_http_i64(asked);
    CHECK_STATUS(test_post_raw(&mine, "/support", "application/x-www-form-urlencoded", str_of_z(ask)), 403);
    (void)test_get(&other, "/support");
    Browser thief = mine;
    memcpy(thief.nonce, other.nonce, sizeof thief.nonce);
    memcpy(thief.nonce_field, other.nonce_field, sizeof thief.nonce_field);
    CHECK_STATUS(test_post(&thief, "/support", ask), 403);
    CHECK_INT(test_http_i64(asked), before);
}

HTTP_TEST(program, what_is_sent_twice_counts_once)
{
    Browser b = test_login("medarbejder");
    (void)test_get(&b, "/support");
    Browser second_window = b;
    int64_t before = test_http_i64(asked);
    Answer first = test_post(&b, "/support", ask), again = test_post(&second_window, "/support", ask);
    CHECK_STATUS(first, 303);
    CHECK_STATUS(again, 303);
    CHECK_STR(again.location, first.location);
    CHECK_INT(test_http_i64(asked), before + 1);
    CHECK_CLEAN();
}

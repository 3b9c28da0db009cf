/* The page of a job. No feature is needed for it: the rows are made here. */
#include "http.h"

#include <time.h>

#define UID_OPEN "00000000000000000000000000000a01"
#define UID_DONE "00000000000000000000000000000a02"
#define UID_UNKNOWN "00000000000000000000000000000a03"

/* Ordered by the demonstration's head teacher. */
#define JOB(uid, kind, state, done, ended)                                                                                     \
    "INSERT INTO job (owner_id, uid, kind, args, lang, state, done_n, of_n, made_by, made_at, next_at, ended_at)"              \
    " SELECT owner_id, '" uid "', '" kind "', '{}', 'da', '" state "', " done ", 300, id, 1, " ended                            \
    " FROM person WHERE name = 'Anne Vestergaard'"

#define PUT_FILE(bytes)                                                                                                             \
    "INSERT INTO job_file (owner_id, job_id, name, type, size, content, expires_at)"                                            \
    " SELECT owner_id, id, 'rapport.csv', 'text/csv', 2, " bytes ", 99999999999999 FROM job WHERE uid = '" UID_DONE "'"

HTTP_TEST(job, an_open_one_says_how_far_it_is_and_refreshes_itself)
{
    test_http_sql(JOB(UID_OPEN, "mail", "waiting", "120", "99999999999999, NULL"));
    Browser leader = test_login("skoleleder"), colleague = test_login("medarbejder");
    Answer page = test_get(&leader, "/job/" UID_OPEN);
    CHECK_STATUS(page, 200);
    CHECK_HAS(page, "120 af 300 er klar.");
    CHECK_HAS(page, "http-equiv=\"refresh\"");
    CHECK_HAS(page, "hx-trigger=\"every 2s\"");
    CHECK_STATUS(test_get(&colleague, "/job/" UID_OPEN), 404);
    CHECK_STATUS(test_get(&leader, "/job/ffffffffffffffffffffffffffffffff"), 404);
}

HTTP_TEST(job, htmx_gets_the_moving_part_alone)
{
    Browser leader = test_login("skoleleder");
    Str none = {0};
    test_http_sql(JOB("00000000000000000000000000000a04", "mail", "waiting", "7", "99999999999999, NULL"));
    Answer part = test_request(&leader, "GET", "/job/00000000000000000000000000000a04", "HX-Request: true\r\nHX-Target: div#arbejde", none);
    CHECK_STATUS(part, 200);
    CHECK_HAS(part, "7 af 300 er klar.");
    CHECK_LACKS(part, "<footer");
}

HTTP_TEST(job, a_finished_one_gives_its_file_to_who_ordered_it)
{
    test_http_sql(JOB(UID_DONE, "mail", "done", "300", "1, 2"));
    test_http_sql(test_http_is_postgres() ? PUT_FILE("'\\x6162'::bytea") : PUT_FILE("x'6162'"));
    Browser leader = test_login("skoleleder"), colleague = test_login("medarbejder");
    Answer page = test_get(&leader, "/job/" UID_DONE);
    CHECK_HAS(page, "Arbejdet er færdigt.");
    CHECK_HAS(page, "/job/" UID_DONE "/fil/rapport.csv");
    CHECK_LACKS(page, "http-equiv");
    Answer file = test_get(&leader, "/job/" UID_DONE "/fil/rapport.csv");
    CHECK_STATUS(file, 200);
    CHECK_STR(file.body, S("ab"));
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit a JOIN job j ON j.id = a.object_id WHERE a.verb = 'look' AND j.uid = '" UID_DONE "'"), 1);
    CHECK_STATUS(test_get(&leader, "/job/" UID_DONE "/fil/andet.csv"), 404);
    CHECK_STATUS(test_get(&colleague, "/job/" UID_DONE "/fil/rapport.csv"), 404);
}

HTTP_TEST(job, the_serving_program_takes_what_is_due)
{
    test_http_sql(JOB(UID_UNKNOWN, "unknown", "waiting", "0", "1, NULL"));
    Browser leader = test_login("skoleleder");
    const char *failed = "SELECT count(*) FROM job WHERE uid = '" UID_UNKNOWN "' AND state = 'failed'";
    const struct timespec pause = {.tv_nsec = 50000000};
    for (int i = 0; i < 200 && test_http_i64(failed) != 1; i++) nanosleep(&pause, NULL);
    CHECK_HAS(test_get(&leader, "/job/" UID_UNKNOWN), "Arbejdet lykkedes ikke");
    CHECK_CLEAN();
}

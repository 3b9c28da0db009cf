#include "http_wave.h"

#include <time.h>

#include "base/str.h"

static void take_step(Browser *lead, Str wave, const char *step, const char *version)
{
    const char *path = test_path(wave, test_path(S("/trin/"), step));
    test_get(lead, path);
    CHECK_STATUS(test_post(lead, path, version), 303);
}

enum { TRIES = 300, TRY_MS = 100 };

static bool is_done(Browser *lead, Str job)
{
    const struct timespec pause = {.tv_nsec = TRY_MS * 1000000L};
    for (int i = 0; i < TRIES; i++) {
        Answer page = test_get(lead, test_path(job, ""));
        CHECK_STATUS(page, 200);
        CHECK_LACKS(page, "lykkedes ikke");
        if (str_find(page.body, S("Arbejdet er færdigt."), 0) >= 0) return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

HTTP_TEST(release, what_is_looked_through_is_released_from_its_page_once)
{
    Browser lead = test_login("programleder");
    Str wave = test_http_wave_open(&lead, "Frigives");
    take_step(&lead, wave, "lukket", "version=2");
    take_step(&lead, wave, "kontrolleret", "version=3");
    CHECK_HAS(test_get(&lead, "/"), "Frigiv rapporterne for Frigives");
    CHECK_HAS(test_get(&lead, test_path(wave, "/frigiv")), "kan ikke trækkes tilbage");
    CHECK_STATUS(test_post(&lead, test_path(wave, "/frigiv"), "version=3"), 409);
    test_get(&lead, test_path(wave, "/frigiv"));
    Answer ordered = test_post(&lead, test_path(wave, "/frigiv"), "version=4");
    CHECK_STATUS(ordered, 303);
    CHECK(str_starts(ordered.location, S("/job/")));
    CHECK(is_done(&lead, ordered.location));
    CHECK_INT(test_http_i64("SELECT count(*) FROM wave WHERE name = 'Frigives' AND state = 'frigivet_skole'"), 1);
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit a JOIN wave w ON w.id = a.object_id WHERE a.verb = 'wave.release' AND w.name = 'Frigives'"), 1);
    CHECK_LACKS(test_get(&lead, "/"), "Frigiv rapporterne for Frigives");
    CHECK_HAS(test_get(&lead, test_path(wave, "/frigiv")), "Rapporterne er frigivet.");
    CHECK_STATUS(test_post(&lead, test_path(wave, "/frigiv"), "version=5"), 409);
    CHECK_CLEAN();
}

HTTP_TEST(release, an_open_one_says_why_not_and_only_its_owner_may)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder"), office = test_login("konsulent");
    Str wave = test_http_wave_open(&lead, "Venter");
    CHECK_HAS(test_get(&lead, test_path(wave, "/frigiv")), "Målingen er stadig åben.");
    CHECK_STATUS(test_post(&lead, test_path(wave, "/frigiv"), "version=2"), 409);
    CHECK_STATUS(test_get(&school, test_path(wave, "/frigiv")), 403);
    CHECK_STATUS(test_get(&office, test_path(wave, "/frigiv")), 404);
    CHECK_INT(test_http_i64("SELECT count(*) FROM job WHERE kind = 'release' AND args = 'Venter'"), 0);
    CHECK_CLEAN();
}

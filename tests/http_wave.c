#include "http_wave.h"

#include "base/str.h"

Str test_http_wave(Browser *lead, const char *name)
{
    static const char staff[] = "questionnaire=PERS&previous=&open=01-01-2020&close=31-12-2199&role=personale&depth=skole&name=";
    test_get(lead, "/maalinger/ny");
    Answer answer = test_post(lead, "/maalinger/ny", test_path(str_of_z(staff), test_encoded(name)));
    CHECK_STATUS(answer, 303);
    CHECK(str_starts(answer.location, S("/maaling/")));
    return answer.location;
}

Str test_http_wave_open(Browser *lead, const char *name)
{
    Str wave = test_http_wave(lead, name);
    test_get(lead, test_path(wave, "/trin/aaben"));
    CHECK_STATUS(test_post(lead, test_path(wave, "/trin/aaben"), "version=1"), 303);
    return wave;
}

Str test_http_codes(Str wave, const char *unit)
{
    ptrdiff_t before = S("/maaling/").n;
    return STR_CAT(test_ctx_plain()->arena, S("/koder/"), str_sub(wave, before, wave.n), S("-"), str_of_z(unit));
}

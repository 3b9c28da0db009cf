/* Waves (målinger) made through the pages, for tests over HTTP. */
#ifndef TESTS_HTTP_WAVE_H
#define TESTS_HTTP_WAVE_H

#include "http.h"

/* "/maaling/UID" of a draft that the regional lead makes: for staff of all schools,
   from 2020 to 2199, of the questionnaire PERS. */
Str test_http_wave(Browser *lead, const char *name);
/* The same, opened. */
Str test_http_wave_open(Browser *lead, const char *name);
/* "/koder/UID-UNIT": where the codes of one of its units are. */
Str test_http_codes(Str wave, const char *unit);

#endif

/* A questionnaire and waves of it, for tests of the rooms that a survey has:
   each on the store of tests/store.h. */
#ifndef TESTS_WAVE_H
#define TESTS_WAVE_H

#include "feature/survey/survey.h"
#include "store.h"

/* "PERS": one question, Q1, of 1 (nej) and 2 (ja), in Danish and English. */
extern const char test_questionnaire_pers[];

/* Stores the questionnaire, R1's; the newest of its code from now on. */
void test_questionnaire(Ctx *c, const char *json);
/* A store with PERS. */
Ctx *test_store_pers(void);
/* A wave of `n`; of PERS and called "2026" where it says nothing else. */
Wave test_wave(Ctx *c, NewWave n);
/* The same, open from today and for ten days more. */
Wave test_wave_open(Ctx *c);
/* As it stands now. */
Wave test_wave_again(Ctx *c, const Wave *wave);

#endif

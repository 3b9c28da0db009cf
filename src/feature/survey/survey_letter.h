/* Codes on paper. */
#ifndef FEATURE_SURVEY_SURVEY_LETTER_H
#define FEATURE_SURVEY_SURVEY_LETTER_H

#include "feature/survey/survey.h"

enum { SURVEY_LETTERS_MAX = 500 }; /* of one file */

/* "https://traad.example/s/BCDF-…": the public address in front, empty without one. */
Str survey_code_address(Ctx *c, Str code);
/* A page a code: how to answer, the code in letters and as QR, what is promised.
   No name and no address, so that nobody needs to know who gets which. */
MUST Err survey_letters_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes);
/* All codes of one class in a table, to cut apart. */
MUST Err survey_class_list_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes);

#endif

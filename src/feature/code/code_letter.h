/* Codes on paper. */
#ifndef FEATURE_CODE_CODE_LETTER_H
#define FEATURE_CODE_CODE_LETTER_H

#include "feature/code/code.h"

enum { CODE_LETTERS_MAX = 500 }; /* of one file */

/* A page a code: how to answer, the code in letters and as QR, what is promised.
   No name and no address, so that nobody needs to know who gets which. In Danish
   whoever prints it, as the form that its code opens (code_make). */
MUST Err code_letters_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes);
/* All codes of one class in a table, to cut apart; in the language of who does that. */
MUST Err code_class_list_pdf(Ctx *c, const Wave *wave, const PlainCodes *codes, Str *ret_bytes);

#endif

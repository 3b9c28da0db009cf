#ifndef CORE_ACCESS_PASSWORD_LEAKED_H
#define CORE_ACCESS_PASSWORD_LEAKED_H

#include "base/str.h"

/* Whether it stands, letter for letter, among the known leaked ones; small letters. */
bool password_is_leaked(Str lower);
/* All of them, sorted: for the test. */
const char *const *password_leaked_all(ptrdiff_t *ret_n);

#endif

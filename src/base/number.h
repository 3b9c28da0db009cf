/* Checked arithmetic and the one way a double becomes text. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(array) ((ptrdiff_t)(sizeof(array) / sizeof((array)[0])))

static inline int64_t i64_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t i64_max(int64_t a, int64_t b) { return a > b ? a : b; }
/* False on overflow; *ret untouched then. */
static inline bool i64_add(int64_t a, int64_t b, int64_t *ret)
{
    int64_t v = 0;
    if (__builtin_add_overflow(a, b, &v)) return false;
    *ret = v;
    return true;
}
static inline bool i64_mul(int64_t a, int64_t b, int64_t *ret)
{
    int64_t v = 0;
    if (__builtin_mul_overflow(a, b, &v)) return false;
    *ret = v;
    return true;
}

/* Writes v (finite) with the fewest of 15, 16 or 17 significant digits that
   read back as v, into at least 40 bytes; returns the length. Locale-free. */
ptrdiff_t number_f64(double v, char *ret_text);

#endif

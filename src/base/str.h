/* Text: a pointer and a length, UTF-8 checked at the border, immutable, passed
   by value. Not ended by a zero byte. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct Str {
    const char *p;
    ptrdiff_t n; /* bytes */
} Str;

typedef struct Strs {
    Str *v;
    ptrdiff_t n;
} Strs;

#define S(literal) ((Str){.p = "" literal, .n = (ptrdiff_t)sizeof(literal) - 1})
/* The same for static initialisers. */
#define S_INIT(literal) {.p = "" literal, .n = (ptrdiff_t)sizeof(literal) - 1}

bool str_eq(Str a, Str b);
/* Bytewise, as both engines order: <0, 0, >0. */
int str_cmp(Str a, Str b);
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
/* Index of the first `needle` at or after `from`, else -1. */
ptrdiff_t str_find(Str s, Str needle, ptrdiff_t from);
ptrdiff_t str_find_char(Str s, char ch, ptrdiff_t from);
/* Bytes [from, to), both clamped into s. */
Str str_sub(Str s, ptrdiff_t from, ptrdiff_t to);
/* Without spaces, tabs and line ends at either side. */
Str str_trim(Str s);
/* Takes the part before the next `sep` off *rest; false when *rest was
   already used up (n < 0 marks that). An empty text gives one empty part. */
bool str_split(Str *rest, char sep, Str *ret_part);
Str str_copy(Arena *arena, Str s);
/* One text of up to `n` parts. */
Str str_join(Arena *arena, const Str *parts, ptrdiff_t n);
#define STR_CAT(arena, ...)                                     \
    str_join((arena), (const Str[]){__VA_ARGS__},               \
             (ptrdiff_t)(sizeof((const Str[]){__VA_ARGS__}) / sizeof(Str)))
/* For the thin files that call a C library: a copy ended by a zero byte.
   A zero byte inside s ends it early, so check str_has_zero first. */
const char *str_z(Arena *arena, Str s);
bool str_has_zero(Str s);
/* From a C library's zero-ended text; NULL gives an empty one. No copy. */
Str str_of_z(const char *z);

/* Whole text or nothing; a leading '-' is allowed for i64, no '+', no spaces.
   False: not a number or out of range; *ret untouched. */
bool str_i64(Str s, int64_t *ret);
/* Decimal with '.', optional exponent; never nan, inf or hexadecimal. */
bool str_f64(Str s, double *ret);

bool str_is_utf8(Str s);
/* Code points, for limits that people count in. s must be UTF-8. */
ptrdiff_t str_chars(Str s);
/* Next code point and its length in bytes at p (n > 0, valid UTF-8). */
int32_t str_next_char(Str s, ptrdiff_t at, int *ret_len);

uint64_t str_hash(Str s);
/* Lower-case hexadecimal. */
Str str_hex(Arena *arena, const void *bytes, ptrdiff_t n);
/* False unless s is exactly 2·n hexadecimal digits. */
bool str_unhex(Str s, void *ret_bytes, ptrdiff_t n);

#endif

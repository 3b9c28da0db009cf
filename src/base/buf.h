/* A text being built, with a stated maximum. Past the maximum nothing more is
   added and `full` stays set: whoever owns the Buf looks once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

typedef struct Buf {
    char *p;
    ptrdiff_t n, max; /* bytes */
    bool full;
} Buf;

/* Address space for `max` bytes of the arena; pages are used as it grows. */
Buf buf_new(Arena *arena, ptrdiff_t max);
/* Over memory that somebody else owns. */
Buf buf_over(void *p, ptrdiff_t max);
void buf_add(Buf *b, Str s);
void buf_add_char(Buf *b, char ch);
void buf_add_i64(Buf *b, int64_t v);
/* Shortest of at most 17 significant digits that reads back as v; v finite. */
void buf_add_f64(Buf *b, double v);
/* Zero-padded to `width` digits; v >= 0. */
void buf_add_padded(Buf *b, int64_t v, int width);
/* JSON string with its quotes. */
void buf_add_json(Buf *b, Str s);
Str buf_str(const Buf *b);

#endif

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

Buf buf_new(Arena *arena, ptrdiff_t max)
{
    return (Buf){.p = arena_take_raw(arena, max), .max = max};
}

Buf buf_over(void *p, ptrdiff_t max)
{
    return (Buf){.p = p, .max = max};
}

void buf_add(Buf *b, Str s)
{
    if (b->full || s.n > b->max - b->n) {
        b->full = true;
        return;
    }
    if (s.n) memcpy(b->p + b->n, s.p, (size_t)s.n);
    b->n += s.n;
}

void buf_add_char(Buf *b, char ch)
{
    if (b->full || b->n == b->max) {
        b->full = true;
        return;
    }
    b->p[b->n++] = ch;
}

void buf_add_i64(Buf *b, int64_t v)
{
    char digits[24];
    int at = (int)sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (v < 0) digits[--at] = '-';
    buf_add(b, (Str){digits + at, (ptrdiff_t)sizeof digits - at});
}

void buf_add_f64(Buf *b, double v)
{
    char text[40];
    buf_add(b, (Str){text, number_f64(v, text)});
}

void buf_add_padded(Buf *b, int64_t v, int width)
{
    char digits[24];
    Buf d = buf_over(digits, (ptrdiff_t)sizeof digits);
    buf_add_i64(&d, v);
    for (ptrdiff_t i = d.n; i < width; i++) buf_add_char(b, '0');
    buf_add(b, buf_str(&d));
}

void buf_add_json(Buf *b, Str s)
{
    static const char digits[] = "0123456789abcdef";
    buf_add_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch == '"' || ch == '\\') {
            buf_add_char(b, '\\');
            buf_add_char(b, (char)ch);
        } else if (ch < 0x20) {
            buf_add(b, S("\\u00"));
            buf_add_char(b, digits[ch >> 4]);
            buf_add_char(b, digits[ch & 15]);
        } else {
            buf_add_char(b, (char)ch);
        }
    }
    buf_add_char(b, '"');
}

Str buf_str(const Buf *b)
{
    return (Str){b->p, b->n};
}

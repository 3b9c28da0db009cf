#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool str_eq(Str a, Str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, (size_t)a.n) == 0);
}

int str_cmp(Str a, Str b)
{
    ptrdiff_t n = a.n < b.n ? a.n : b.n;
    int d = n ? memcmp(a.p, b.p, (size_t)n) : 0;
    if (d) return d;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(Str s, Str prefix)
{
    return s.n >= prefix.n && str_eq((Str){s.p, prefix.n}, prefix);
}

bool str_ends(Str s, Str suffix)
{
    return s.n >= suffix.n && str_eq((Str){s.p + s.n - suffix.n, suffix.n}, suffix);
}

ptrdiff_t str_find(Str s, Str needle, ptrdiff_t from)
{
    if (from < 0 || from > s.n) return -1;
    if (needle.n == 0) return from;
    if (needle.n > s.n - from) return -1;
    const char *hit = memmem(s.p + from, (size_t)(s.n - from), needle.p, (size_t)needle.n);
    return hit ? hit - s.p : -1;
}

ptrdiff_t str_find_char(Str s, char ch, ptrdiff_t from)
{
    if (from < 0 || from >= s.n) return -1;
    const char *hit = memchr(s.p + from, ch, (size_t)(s.n - from));
    return hit ? hit - s.p : -1;
}

Str str_sub(Str s, ptrdiff_t from, ptrdiff_t to)
{
    if (to > s.n) to = s.n;
    if (from < 0) from = 0;
    if (from >= to) return (Str){s.p, 0};
    return (Str){s.p + from, to - from};
}

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

Str str_trim(Str s)
{
    while (s.n > 0 && is_space(s.p[0])) s = (Str){s.p + 1, s.n - 1};
    while (s.n > 0 && is_space(s.p[s.n - 1])) s.n--;
    return s;
}

bool str_split(Str *rest, char sep, Str *ret_part)
{
    if (rest->n < 0) return false;
    ptrdiff_t at = str_find_char(*rest, sep, 0);
    if (at < 0) {
        *ret_part = *rest;
        *rest = (Str){rest->p + rest->n, -1};
        return true;
    }
    *ret_part = (Str){rest->p, at};
    *rest = (Str){rest->p + at + 1, rest->n - at - 1};
    return true;
}

Str str_copy(Arena *arena, Str s)
{
    char *p = arena_take_raw(arena, s.n);
    if (s.n) memcpy(p, s.p, (size_t)s.n);
    return (Str){p, s.n};
}

Str str_join(Arena *arena, const Str *parts, ptrdiff_t n)
{
    ptrdiff_t total = 0;
    for (ptrdiff_t i = 0; i < n; i++) total += parts[i].n;
    char *p = arena_take_raw(arena, total), *at = p;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (parts[i].n) memcpy(at, parts[i].p, (size_t)parts[i].n);
        at += parts[i].n;
    }
    return (Str){p, total};
}

const char *str_z(Arena *arena, Str s)
{
    char *p = arena_take_raw(arena, s.n + 1);
    if (s.n) memcpy(p, s.p, (size_t)s.n);
    p[s.n] = 0;
    return p;
}

bool str_has_zero(Str s)
{
    return s.n > 0 && memchr(s.p, 0, (size_t)s.n) != NULL;
}

Str str_of_z(const char *z)
{
    return z ? (Str){z, (ptrdiff_t)strlen(z)} : (Str){"", 0};
}

bool str_i64(Str s, int64_t *ret)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    ptrdiff_t i = minus;
    if (i == s.n) return false;
    int64_t v = 0;
    for (; i < s.n; i++) {
        int digit = s.p[i] - '0';
        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(v, (int64_t)10, &v)) return false;
        /* Collected as a negative number, so that INT64_MIN can be read. */
        if (__builtin_sub_overflow(v, (int64_t)digit, &v)) return false;
    }
    if (!minus && v == INT64_MIN) return false;
    *ret = minus ? v : -v;
    return true;
}

static bool looks_like_decimal(Str s)
{
    ptrdiff_t i = s.n > 0 && s.p[0] == '-', digits = 0;
    for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.'); i++) digits += s.p[i] != '.';
    if (digits == 0) return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) i++;
        if (i == s.n) return false;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
    }
    return i == s.n;
}

bool str_f64(Str s, double *ret)
{
    char z[64];
    if (s.n >= (ptrdiff_t)sizeof z || !looks_like_decimal(s)) return false;
    memcpy(z, s.p, (size_t)s.n);
    z[s.n] = 0;
    char *end = NULL;
    /* In the C locale, after the look above; number.c has the other strtod of the house. */
    double v = strtod(z, &end);
    if (end != z + s.n || !isfinite(v)) return false;
    *ret = v;
    return true;
}

/* Length of a well-formed sequence at s[i], or 0. RFC 3629: no surrogates, no
   overlong forms, nothing above U+10FFFF. */
static int utf8_len(Str s, ptrdiff_t i)
{
    const unsigned char *p = (const unsigned char *)s.p + i;
    ptrdiff_t left = s.n - i;
    if (p[0] < 0x80) return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf) return left >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (p[0] >= 0xe0 && p[0] <= 0xef) {
        if (left < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80) return 0;
        if (p[0] == 0xe0 && p[1] < 0xa0) return 0;
        if (p[0] == 0xed && p[1] > 0x9f) return 0;
        return 3;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        if (left < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80) return 0;
        if (p[0] == 0xf0 && p[1] < 0x90) return 0;
        if (p[0] == 0xf4 && p[1] > 0x8f) return 0;
        return 4;
    }
    return 0;
}

bool str_is_utf8(Str s)
{
    for (ptrdiff_t i = 0; i < s.n;) {
        int len = utf8_len(s, i);
        if (!len) return false;
        i += len;
    }
    return true;
}

ptrdiff_t str_chars(Str s)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) count += (s.p[i] & 0xc0) != 0x80;
    return count;
}

int32_t str_next_char(Str s, ptrdiff_t at, int *ret_len)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    int len = utf8_len(s, at);
    *ret_len = len ? len : 1;
    switch (len) {
    case 1: return p[0];
    case 2: return (p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    case 3: return (p[0] & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    case 4: return (p[0] & 0x07) << 18 | (p[1] & 0x3f) << 12 | (p[2] & 0x3f) << 6 | (p[3] & 0x3f);
    default: return 0xfffd;
    }
}

/* FNV-1a, 64 bits: for tables whose keys are our own, not an attacker's. */
uint64_t str_hash(Str s)
{
    uint64_t h = 14695981039346656037u;
    for (ptrdiff_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

Str str_hex(Arena *arena, const void *bytes, ptrdiff_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *b = bytes;
    char *p = arena_take_raw(arena, 2 * n);
    for (ptrdiff_t i = 0; i < n; i++) {
        p[2 * i] = digits[b[i] >> 4];
        p[2 * i + 1] = digits[b[i] & 15];
    }
    return (Str){p, 2 * n};
}

static int hex_digit(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F') return ch - 'A' + 10;
    return -1;
}

bool str_unhex(Str s, void *ret_bytes, ptrdiff_t n)
{
    if (s.n != 2 * n) return false;
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (hex_digit(s.p[i]) < 0) return false;
    unsigned char *b = ret_bytes;
    for (ptrdiff_t i = 0; i < n; i++) b[i] = (unsigned char)(hex_digit(s.p[2 * i]) << 4 | hex_digit(s.p[2 * i + 1]));
    return true;
}

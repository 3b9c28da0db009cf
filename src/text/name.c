#include "text/name.h"

#include "base/buf.h"
#include "base/number.h"

/* '{' '|' '}' follow 'z' in ASCII, as æ ø å follow it in the alphabet. */
enum { SORT_AE = '{', SORT_OE = '|', SORT_AA = '}' };

/* U+00C0–U+017F, sixteen a row: the letter each is ordered as. Capitals stand
   for two: T th, S ss, I ij; '-' is no letter. */
static const char latin[] = "aaaa{}{ceeeeiiii"
                            "dnoooo|-|uuuyyTS"
                            "aaaa{}{ceeeeiiii"
                            "dnoooo|-|uuuyyTy"
                            "aaaaaaccccccccdd"
                            "ddeeeeeeeeeegggg"
                            "gggghhhhiiiiiiii"
                            "iiIIjjkkklllllll"
                            "lllnnnnnnnnnoooo"
                            "||||rrrrrrssssss"
                            "ssttttttuuuuuuuu"
                            "yyuuwwyyyzzzzzzs";
_Static_assert(sizeof latin == 0x180 - 0xC0 + 1, "a letter for each of U+00C0–U+017F");

typedef struct Mark {
    int32_t mark; /* combining, after `base` */
    char base, letter;
} Mark;
static const Mark combined[] = {
    {0x30A, 'a', SORT_AA}, {0x308, 'a', SORT_AE}, {0x308, 'o', SORT_OE}, {0x308, 'u', 'y'}, {0x30B, 'o', SORT_OE}, {0x30B, 'u', 'y'},
};

static bool is_space(int32_t ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == 0xA0 || ch == '-' || ch == '/' || ch == ',' ||
           (ch >= 0x2010 && ch <= 0x2015);
}

static bool is_nothing(int32_t ch)
{
    return ch == '.' || ch == '\'' || ch == '`' || ch == 0xAD || ch == 0xB4 || ch == 0x2018 || ch == 0x2019;
}

static void add_latin(Buf *key, char letter)
{
    switch (letter) {
    case 'T': buf_add(key, S("th")); break;
    case 'S': buf_add(key, S("ss")); break;
    case 'I': buf_add(key, S("ij")); break;
    default: buf_add_char(key, letter);
    }
}

/* A mark changes the letter before it, or says nothing. */
static void add_mark(Buf *key, int32_t mark)
{
    for (ptrdiff_t i = 0; key->n > 0 && i < COUNT_OF(combined); i++)
        if (combined[i].mark == mark && combined[i].base == key->p[key->n - 1]) key->p[key->n - 1] = combined[i].letter;
}

static void add_ascii(Buf *key, char ch, bool after_a)
{
    char low = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
    if (low == 'a' && after_a) key->p[key->n - 1] = SORT_AA;
    else if (ch < '{' && ch >= ' ') buf_add_char(key, low);
}

Str text_name_sort(Arena *arena, Str name)
{
    Buf key = buf_new(arena, name.n);
    bool gap = false, after_a = false;
    for (ptrdiff_t at = 0; at < name.n;) {
        int length = 1;
        int32_t ch = str_next_char(name, at, &length);
        Str bytes = str_sub(name, at, at + length);
        at += length;
        if (is_nothing(ch)) {
            after_a = after_a && ch == 0xAD; /* "A.A." is two letters; a word divided at a line's end is one */
            continue;
        }
        if (is_space(ch)) {
            gap = key.n > 0;
            after_a = false;
            continue;
        }
        if (gap) buf_add_char(&key, ' ');
        gap = false;
        if (ch >= 0xC0 && ch < 0x180) add_latin(&key, latin[ch - 0xC0]);
        else if (ch >= 0x300 && ch < 0x370) add_mark(&key, ch);
        else if (ch < 0x80) add_ascii(&key, (char)ch, after_a);
        else buf_add(&key, bytes);
        /* A third a begins anew: "aaa" is å and a. */
        after_a = !after_a && (ch == 'a' || ch == 'A');
    }
    return buf_str(&key);
}

Str text_name_fold(Arena *arena, Str name)
{
    Str key = text_name_sort(arena, name);
    Buf fold = buf_new(arena, key.n * 2);
    for (ptrdiff_t i = 0; i < key.n; i++) {
        switch (key.p[i]) {
        case SORT_AE: buf_add(&fold, S("æ")); break;
        case SORT_OE: buf_add(&fold, S("ø")); break;
        case SORT_AA: buf_add(&fold, S("å")); break;
        default: buf_add_char(&fold, key.p[i]);
        }
    }
    return buf_str(&fold);
}

/* ---- case ----------------------------------------------------------------------- */

typedef struct CaseRange {
    int32_t from, to;
    int step; /* every step-th, from `from`, is a capital */
    int add;
} CaseRange;
static const CaseRange capitals[] = {
    {'A', 'Z', 1, 32},      {0xC0, 0xD6, 1, 32},    {0xD8, 0xDE, 1, 32},   {0x100, 0x12E, 2, 1}, {0x132, 0x136, 2, 1},
    {0x139, 0x147, 2, 1},   {0x14A, 0x176, 2, 1},   {0x178, 0x178, 1, -121}, {0x179, 0x17D, 2, 1},
    {0x391, 0x3A1, 1, 32},  {0x3A3, 0x3AB, 1, 32},  {0x400, 0x40F, 1, 80}, {0x410, 0x42F, 1, 32},
};

static int32_t lower(int32_t ch)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(capitals); i++) {
        const CaseRange *r = &capitals[i];
        if (ch >= r->from && ch <= r->to) return (ch - r->from) % r->step ? ch : ch + r->add;
    }
    return ch;
}

Str text_lower(Arena *arena, Str s)
{
    Buf b = buf_new(arena, s.n);
    for (ptrdiff_t at = 0; at < s.n;) {
        int length = 1;
        int32_t ch = str_next_char(s, at, &length), low = lower(ch);
        if (low == ch) {
            buf_add(&b, str_sub(s, at, at + length));
        } else if (low < 0x80) {
            buf_add_char(&b, (char)low);
        } else {
            /* Every pair of the table above ASCII takes two bytes in both cases. */
            buf_add_char(&b, (char)(0xC0 | low >> 6));
            buf_add_char(&b, (char)(0x80 | (low & 0x3F)));
        }
        at += length;
    }
    return buf_str(&b);
}

#include "text/foreign.h"

#include "base/buf.h"

#define MARK "\xf3\xa0\x80\x81" /* U+E0001 */
#define END "\xf3\xa0\x81\xbf"  /* U+E007F */

enum { TAG_BYTES = 4 }; /* of every character of this kind */

static bool is_code_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-';
}

/* U+E0000 and the letter: f3 a0, then its upper and lower bits. */
static void add_tag(Buf *b, char ch)
{
    buf_add(b, S("\xf3\xa0"));
    buf_add_char(b, (char)(0x80 | ch >> 6));
    buf_add_char(b, (char)(0x80 | (ch & 0x3f)));
}

/* The letter that stands as a tag at `at`; 0: something else does. */
static char tag_at(Str s, ptrdiff_t at)
{
    if (at + TAG_BYTES > s.n || !str_starts(str_sub(s, at, s.n), S("\xf3\xa0"))) return 0;
    int upper = (unsigned char)s.p[at + 2] & 0x3f, lower = (unsigned char)s.p[at + 3] & 0x3f;
    char ch = (char)(upper << 6 | lower);
    return upper <= 1 && is_code_letter(ch) ? ch : 0;
}

static bool is_code(Str lang)
{
    for (ptrdiff_t i = 0; i < lang.n; i++)
        if (!is_code_letter(lang.p[i])) return false;
    return lang.n >= 1 && lang.n <= FOREIGN_LANG_MAX;
}

Str text_foreign(Arena *arena, Str lang, Str text)
{
    if (!is_code(lang)) return text;
    Str bare = text_bare(arena, text);
    Buf b = buf_new(arena, TAG_BYTES * (lang.n + 3) + bare.n);
    buf_add(&b, S(MARK));
    for (ptrdiff_t i = 0; i < lang.n; i++) add_tag(&b, lang.p[i]);
    buf_add(&b, bare);
    buf_add(&b, S(MARK END));
    return buf_str(&b);
}

bool text_has_foreign(Str text)
{
    return str_find(text, S(MARK), 0) >= 0;
}

/* What begins at a mark: the code of a stretch, or none where one ends. */
static ptrdiff_t read_mark(Arena *arena, Str s, Str *ret_lang)
{
    Buf code = buf_new(arena, FOREIGN_LANG_MAX);
    ptrdiff_t at = TAG_BYTES;
    for (char ch = 0; (ch = tag_at(s, at)) != 0; at += TAG_BYTES) buf_add_char(&code, ch);
    bool is_end = str_starts(str_sub(s, at, s.n), S(END));
    *ret_lang = is_end || code.full ? S("") : buf_str(&code);
    return is_end ? at + TAG_BYTES : at;
}

bool text_piece(Arena *arena, Str *rest, TextPiece *ret)
{
    if (rest->n <= 0) return false;
    TextPiece piece = {0};
    ptrdiff_t from = str_starts(*rest, S(MARK)) ? read_mark(arena, *rest, &piece.lang) : 0;
    ptrdiff_t to = str_find(*rest, S(MARK), from);
    if (to < 0) to = rest->n;
    piece.text = str_sub(*rest, from, to);
    *rest = str_sub(*rest, to, rest->n);
    *ret = piece;
    return true;
}

Str text_bare(Arena *arena, Str text)
{
    if (!text_has_foreign(text)) return text;
    Buf b = buf_new(arena, text.n);
    TextPiece piece = {0};
    for (Str rest = text; text_piece(arena, &rest, &piece);) buf_add(&b, piece.text);
    return buf_str(&b);
}

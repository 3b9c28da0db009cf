#include "render/out.h"

#include "render/translation.h"
#include "text/da.h"
#include "text/foreign.h"

Out out_new(Ctx *c, ptrdiff_t max)
{
    return (Out){.c = c, .b = buf_new(c->arena, max)};
}

void out_block_begin(Out *o, Str name)
{
    if (o->block.n == 0 || !str_eq(o->block, name)) return;
    o->inside++;
    o->found = true;
    o->muted = false;
}

void out_block_end(Out *o, Str name)
{
    if (o->block.n == 0 || !str_eq(o->block, name)) return;
    o->muted = --o->inside == 0;
}

Str out_done(Out *o)
{
    return buf_str(&o->b);
}

Markup out_drawn(Arena *keep, const Out *o)
{
    return (Markup){str_copy(keep, buf_str(&o->b))};
}

/* ---- text ------------------------------------------------------------------- */

void out_lit(Out *o, Str s)
{
    if (!o->muted) buf_add(&o->b, s);
}

static Str entity(char ch)
{
    switch (ch) {
    case '&': return S("&amp;");
    case '<': return S("&lt;");
    case '>': return S("&gt;");
    case '"': return S("&quot;");
    case '\'': return S("&#39;");
    default: return (Str){0};
    }
}

/* Plain stretches are copied whole: most text needs no entity. A look into a
   table tells so; pages are mostly this loop. */
static void add_escaped(Buf *b, Str s)
{
    static const bool has_entity[256] = {['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (!has_entity[(unsigned char)s.p[i]]) continue;
        Str escaped = entity(s.p[i]);
        buf_add(b, str_sub(s, from, i));
        buf_add(b, escaped);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n));
}

void out_str(Out *o, Str s)
{
    if (!o->muted) add_escaped(&o->b, s);
}

void out_msg(Out *o, Msg m)
{
    if (!o->muted) add_escaped(&o->b, msg_text(o->c, m));
}

void out_spoken(Out *o, Spoken s)
{
    if (o->muted) return;
    TextPiece piece = {0};
    for (Str rest = s.text; text_piece(o->c->arena, &rest, &piece);) {
        if (piece.lang.n) buf_add(&o->b, STR_CAT(o->c->arena, S("<span lang=\""), piece.lang, S("\">")));
        add_escaped(&o->b, piece.text);
        if (piece.lang.n) buf_add(&o->b, S("</span>"));
    }
}

void out_bare(Out *o, Spoken s)
{
    if (!o->muted) add_escaped(&o->b, text_bare(o->c->arena, s.text));
}

void out_markup(Out *o, Markup m)
{
    out_lit(o, m.html);
}

/* ---- numbers and dates: text/ writes nothing that needs escaping ---------------- */

void out_date(Out *o, Date d)
{
    if (!o->muted) text_date(&o->b, o->c->lang, d);
}

void out_instant(Out *o, Instant t)
{
    if (!o->muted) text_instant(&o->b, o->c->lang, t);
}

void out_count(Out *o, Count n)
{
    if (!o->muted) text_count(&o->b, o->c->lang, n.n);
}

void out_share(Out *o, Share s)
{
    if (!o->muted) text_share(&o->b, o->c->lang, s.n, s.of);
}

void out_kr(Out *o, Kr kr)
{
    if (!o->muted) text_kr(&o->b, o->c->lang, kr.oere);
}

void out_plain(Out *o, Plain n)
{
    if (!o->muted) buf_add_i64(&o->b, n.n);
}

void out_decimal(Out *o, Decimal d)
{
    if (!o->muted) text_decimal(&o->b, o->c->lang, d.v, d.digits);
}

/* ---- addresses -------------------------------------------------------------------- */

static bool is_in(Str set, char ch)
{
    return str_find_char(set, ch, 0) >= 0;
}

static bool is_letter_or_digit(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
}

/* RFC 3986: letters, digits and `also` stand, all else as %XX. */
static void add_percent(Buf *b, Str s, Str also)
{
    static const char digits[] = "0123456789ABCDEF";
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char byte = (unsigned char)s.p[i];
        if (is_letter_or_digit(s.p[i]) || is_in(also, s.p[i])) {
            buf_add_char(b, s.p[i]);
            continue;
        }
        buf_add_char(b, '%');
        buf_add_char(b, digits[byte >> 4]);
        buf_add_char(b, digits[byte & 15]);
    }
}

void out_query_str(Out *o, Str s)
{
    if (!o->muted) add_percent(&o->b, s, S("-._~"));
}

void out_query_pair(Out *o, const char *name, Str value)
{
    if (value.n == 0) return;
    out_lit(o, S("&"));
    out_lit(o, str_of_z(name));
    out_lit(o, S("="));
    out_query_str(o, value);
}

void out_url_str(Out *o, Str s)
{
    bool walks = str_eq(s, S(".")) || str_eq(s, S(".."));
    out_query_str(o, walks ? S("-") : s);
}

void out_url_i64(Out *o, int64_t n)
{
    if (!o->muted) buf_add_i64(&o->b, n);
}

/* A browser takes "//x" and "/\x" for another server, and drops tabs and line
   ends before it looks. */
static bool is_ours(Str path)
{
    if (path.n == 0 || path.p[0] != '/') return false;
    for (ptrdiff_t i = 0; i < path.n; i++) {
        unsigned char byte = (unsigned char)path.p[i];
        if (byte < 0x20 || byte == '\\' || byte == 0x7F) return false;
    }
    return path.n == 1 || path.p[1] != '/';
}

void out_href(Out *o, Href h)
{
    if (o->muted) return;
    if (!is_ours(h.path)) {
        buf_add_char(&o->b, '#');
        return;
    }
    /* '&' becomes &amp;: the address stands in an attribute. */
    for (ptrdiff_t i = 0; i < h.path.n; i++) {
        Str ch = str_sub(h.path, i, i + 1);
        if (h.path.p[i] == '&') buf_add(&o->b, S("&amp;"));
        else add_percent(&o->b, ch, S("-._~%/?#[]@!$()*+,;=:"));
    }
}

/* ---- sentences ------------------------------------------------------------------------ */

static void add_arg(Buf *b, Lang lang, const MsgArg *arg)
{
    switch (arg->kind) {
    case ARG_INT: text_count(b, lang, arg->i); break;
    case ARG_STR: buf_add(b, arg->s); break;
    case ARG_DATE: text_date(b, lang, (Date){(int32_t)arg->i}); break;
    case ARG_NONE: break;
    }
}

/* Danish and English agree: one thing is singular, none or many is plural. */
static Str chosen_form(Ctx *c, const Msg *m)
{
    bool is_many = m->plural.n > 0 && m->arg[0].i != 1;
    const Translation *t = c->lang == LANG_EN ? translation_find(m->context, m->text) : NULL;
    if (t) return is_many ? t->many : t->one;
    return is_many ? m->plural : m->text;
}

static int placeholder(Str s, ptrdiff_t at)
{
    bool is_one = at + 2 < s.n && s.p[at] == '{' && s.p[at + 2] == '}';
    int number = is_one ? s.p[at + 1] - '0' : 0;
    return number >= 1 && number <= MSG_ARGS ? number : 0;
}

/* Room that this sentence needs at most; a date or number takes less than 64 bytes. */
static ptrdiff_t room_for(Str form, const Msg *m)
{
    ptrdiff_t room = form.n;
    for (ptrdiff_t at = 0; at < form.n; at++) {
        int number = placeholder(form, at);
        if (number) room += 64 + m->arg[number - 1].s.n;
    }
    return room;
}

Str msg_text(Ctx *c, Msg m)
{
    Str form = chosen_form(c, &m);
    if (str_find_char(form, '{', 0) < 0) return form;
    Buf b = buf_new(c->arena, room_for(form, &m));
    for (ptrdiff_t at = 0; at < form.n;) {
        int number = placeholder(form, at);
        if (number) add_arg(&b, c->lang, &m.arg[number - 1]);
        else buf_add_char(&b, form.p[at]);
        at += number ? 3 : 1;
    }
    return buf_str(&b);
}

Str msg_text_in(Ctx *c, Lang lang, Msg m)
{
    Lang own = c->lang;
    c->lang = lang;
    Str text = msg_text(c, m);
    c->lang = own;
    return text;
}

/* Forms, read and filled as a browser would: hidden fields and texts as they
   are, one option of every radio group and select. Boxes stay empty. */
#include <string.h>

#include "load/load_inside.h"

static Str tag_name(Str tag)
{
    ptrdiff_t n = 0;
    while (n < tag.n && tag.p[n] != ' ' && tag.p[n] != '\n' && tag.p[n] != '>' && tag.p[n] != '/') n++;
    return str_sub(tag, 0, n);
}

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\n';
}

/* Takes the next name="value" off the tag; our templates always quote. A word alone has no value. */
static bool next_attribute(Str *rest, Str *ret_name, Str *ret_value)
{
    ptrdiff_t at = 0, from;
    while (at < rest->n && is_space(rest->p[at])) at++;
    for (from = at; at < rest->n && !is_space(rest->p[at]) && rest->p[at] != '=';) at++;
    *ret_name = str_sub(*rest, from, at);
    *ret_value = S("");
    if (at + 1 < rest->n && rest->p[at] == '=' && rest->p[at + 1] == '"') {
        ptrdiff_t end = str_find_char(*rest, '"', at + 2);
        if (end < 0) return false;
        *ret_value = str_sub(*rest, at + 2, end);
        at = end + 1;
    }
    *rest = str_sub(*rest, at, rest->n);
    return ret_name->n > 0;
}

static bool attribute(Str tag, Str wanted, Str *ret)
{
    Str name, value, rest = str_sub(tag, tag_name(tag).n, tag.n);
    while (next_attribute(&rest, &name, &value))
        if (str_eq(name, wanted)) {
            *ret = value;
            return true;
        }
    return false;
}

/* ---- values ------------------------------------------------------------------ */

static char entity(Str s, ptrdiff_t *i)
{
    static const struct {
        Str name;
        char is;
    } entities[] = {
        {S_INIT("&amp;"),  '&' },
        {S_INIT("&quot;"), '"' },
        {S_INIT("&#39;"),  '\''},
        {S_INIT("&lt;"),   '<' },
        {S_INIT("&gt;"),   '>' }
    };
    for (ptrdiff_t k = 0; k < COUNT_OF(entities); k++) {
        if (!str_starts(str_sub(s, *i, s.n), entities[k].name)) continue;
        *i += entities[k].name.n - 1;
        return entities[k].is;
    }
    return '&';
}

static bool is_plain(unsigned char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '-' || ch == '_' || ch == '.';
}

static void add_encoded(Buf *b, Str s)
{
    static const char digits[] = "0123456789ABCDEF";
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)(s.p[i] == '&' ? entity(s, &i) : s.p[i]);
        if (is_plain(ch)) {
            buf_add_char(b, (char)ch);
            continue;
        }
        buf_add_char(b, '%');
        buf_add_char(b, digits[ch >> 4]);
        buf_add_char(b, digits[ch & 15]);
    }
}

static Str pair(Arena *arena, Str name, Str value)
{
    Buf b = buf_new(arena, (name.n + value.n) * 3 + 1);
    add_encoded(&b, name);
    buf_add_char(&b, '=');
    add_encoded(&b, value);
    return buf_str(&b);
}

/* ---- reading ----------------------------------------------------------------- */

typedef struct Reading {
    Arena *arena;
    Form *form;
    Buf fixed;
    Str nonce;  /* the page's own */
    Str select; /* name of the one we are in; empty outside */
} Reading;

static void add_fixed(Reading *r, Str name, Str value)
{
    if (r->fixed.n) buf_add_char(&r->fixed, '&');
    add_encoded(&r->fixed, name);
    buf_add_char(&r->fixed, '=');
    add_encoded(&r->fixed, value);
}

static Group *group_of(Reading *r, Str name)
{
    Form *form = r->form;
    /* Options of a group stand together, so it is nearly always the last. */
    for (ptrdiff_t i = form->n; i > 0; i--)
        if (str_eq(form->groups[i - 1].name, name)) return &form->groups[i - 1];
    if (form->n == GROUPS_MAX) load_die("a form with too many groups");
    form->groups[form->n] = (Group){.name = name};
    return &form->groups[form->n++];
}

static void offer(Reading *r, Str name, Str value)
{
    Group *g = group_of(r, name);
    if (g->n == g->room) {
        ptrdiff_t room = g->room ? g->room * 4 : 8;
        Str *values = NEW(r->arena, Str, room);
        for (ptrdiff_t i = 0; i < g->n; i++) values[i] = g->values[i];
        g->values = values;
        g->room = room;
    }
    g->values[g->n++] = pair(r->arena, name, value);
}

static void read_input(Reading *r, Str tag)
{
    Str name = S(""), value = S(""), type = S("text"), key, is, rest = str_sub(tag, S("input").n, tag.n);
    while (next_attribute(&rest, &key, &is)) {
        if (str_eq(key, S("name"))) name = is;
        else if (str_eq(key, S("value"))) value = is;
        else if (str_eq(key, S("type"))) type = is;
    }
    if (name.n == 0) return;
    if (str_eq(type, S("radio"))) offer(r, name, value);
    else if (str_eq(name, S("~nonce"))) r->form->has_nonce = true, r->nonce = value;
    else if (str_eq(type, S("hidden")) || str_eq(type, S("text"))) add_fixed(r, name, value);
}

static void read_tag(Reading *r, Str tag)
{
    Str name = tag_name(tag), value = {0};
    if (str_eq(name, S("input"))) read_input(r, tag);
    if (str_eq(name, S("select")) && !attribute(tag, S("name"), &r->select)) r->select = S("");
    if (str_eq(name, S("option")) && r->select.n && attribute(tag, S("value"), &value) && value.n) offer(r, r->select, value);
    if (str_eq(name, S("textarea")) && attribute(tag, S("name"), &value)) add_fixed(r, value, S(""));
}

/* The first form that posts; inner: the page from there on. */
static bool find_form(Client *c, Str page, Str *ret_tag, Str *ret_inner)
{
    ptrdiff_t end = 0;
    Str method = {0};
    do {
        ptrdiff_t at = str_find(page, S("<form"), end);
        if (at < 0) return load_failed(c, "a page without form");
        end = str_find_char(page, '>', at);
        if (end < 0) return load_failed(c, "a broken form");
        *ret_tag = str_sub(page, at, end);
    } while (!attribute(*ret_tag, S("method"), &method) || !str_eq(method, S("post")));
    *ret_inner = str_sub(page, end, page.n);
    return true;
}

bool load_read_form(Client *c, Arena *arena, Str page, Str own, Form *ret)
{
    Str tag = {0}, inner = {0}, path = {0};
    if (!find_form(c, page, &tag, &inner)) return false;
    if (!attribute(tag, S("action"), &path) || path.n == 0) path = own;
    *ret = (Form){.path = str_copy(arena, path), .groups = NEW(arena, Group, GROUPS_MAX)};
    Reading r = {.arena = arena, .form = ret, .fixed = buf_new(arena, 1 << 18)};
    for (ptrdiff_t at = 0, end = 0; (at = str_find_char(inner, '<', at)) >= 0; at = end) {
        end = str_find_char(inner, '>', at);
        if (end < 0 || str_starts(str_sub(inner, at, end), S("</form"))) break;
        read_tag(&r, str_sub(inner, at + 1, end));
    }
    if (ret->has_nonce && c->plan->kind < SEND) add_fixed(&r, S("~nonce"), r.nonce);
    ret->fixed = buf_str(&r.fixed);
    return true;
}

Str load_fill(Client *c, const Form *form, Str nonce)
{
    ptrdiff_t room = form->fixed.n + nonce.n + 20;
    for (ptrdiff_t i = 0; i < form->n; i++) room += form->groups[i].values[0].n + 64;
    Buf b = buf_new(c->arena, room);
    buf_add(&b, form->fixed);
    if (nonce.n) {
        buf_add(&b, b.n ? S("&~nonce=") : S("~nonce="));
        buf_add(&b, nonce);
    }
    for (ptrdiff_t i = 0; i < form->n; i++) {
        const Group *g = &form->groups[i];
        if (b.n) buf_add_char(&b, '&');
        buf_add(&b, g->values[load_dice(c, (uint32_t)g->n)]);
    }
    return buf_str(&b);
}

bool load_is_page(const Client *c, Str mark)
{
    static const Str begins = S_INIT("<body data-page=\"");
    ptrdiff_t at = str_find(c->body, begins, 0);
    return at >= 0 && str_starts(str_sub(c->body, at + begins.n, c->body.n), mark);
}

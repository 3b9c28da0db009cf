/* Bytes from outside become fields: urlencoded forms, multipart forms, cookies,
   percent-encoding. A body is collected first and parsed whole under its caps:
   one pass over memory that is already bounded is easier to trust than an
   incremental parser, and fields can stay where they lie.
   Source: WHATWG URL §5.1 (urlencoded), RFC 7578 (multipart), RFC 6265 §4.2. */
#include <stdlib.h>
#include <string.h>

#include "web/web_inside.h"

/* ---- percent-encoding ------------------------------------------------------ */

static int hex_of(char ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F') return ch - 'A' + 10;
    return -1;
}

bool web_decode(char *p, ptrdiff_t *n, bool is_form)
{
    ptrdiff_t to = 0;
    for (ptrdiff_t i = 0; i < *n; i++) {
        char ch = p[i];
        if (ch == '+' && is_form) ch = ' ';
        if (ch == '%') {
            int high = i + 2 < *n ? hex_of(p[i + 1]) : -1, low = i + 2 < *n ? hex_of(p[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            ch = (char)(high << 4 | low);
            i += 2;
        }
        if (ch == 0) return false;
        p[to++] = ch;
    }
    *n = to;
    return str_is_utf8((Str){p, to});
}

/* Browsers send line ends as CRLF; the house has \n. In place. */
static Str unify_lines(char *p, ptrdiff_t n)
{
    ptrdiff_t to = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        bool is_crlf = p[i] == '\r' && i + 1 < n && p[i + 1] == '\n';
        if (!is_crlf) p[to++] = p[i] == '\r' ? '\n' : p[i];
    }
    return (Str){p, to};
}

/* ---- pairs -------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const Pair *left = a, *right = b;
    int d = str_cmp(left->name, right->name);
    return d ? d : (left->at > right->at) - (left->at < right->at);
}

/* Sorted, not hashed: a sender who picks colliding names gains nothing. */
void web_pairs_sort(Pairs *pairs)
{
    for (ptrdiff_t i = 0; i < pairs->n; i++) pairs->v[i].at = (int)i;
    if (pairs->n > 1) qsort(pairs->v, (size_t)pairs->n, sizeof(Pair), by_name);
}

const Pair *web_pair(const Pairs *pairs, Str name)
{
    ptrdiff_t low = 0, high = pairs->n;
    while (low < high) {
        ptrdiff_t mid = low + (high - low) / 2;
        if (str_cmp(pairs->v[mid].name, name) < 0) low = mid + 1;
        else high = mid;
    }
    return low < pairs->n && str_eq(pairs->v[low].name, name) ? &pairs->v[low] : NULL;
}

static Err too_many(Ctx *c, int max)
{
    return fail(c, E_TOO_LARGE, TF("Formularen har flere end {1} felter.", max));
}

static Err unreadable(Ctx *c)
{
    return fail(c, E_INVALID, T("Formularen kunne ikke læses. Hent siden igen, og prøv en gang til."));
}

/* ---- urlencoded ------------------------------------------------------------------ */

static ptrdiff_t count_of(Str s, char ch)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t at = str_find_char(s, ch, 0); at >= 0; at = str_find_char(s, ch, at + 1)) n++;
    return n;
}

/* The Str points into memory of ours: see web_parse_urlencoded. */
static bool decode_part(Str part, Str *ret)
{
    char *p = (char *)(uintptr_t)part.p;
    ptrdiff_t n = part.n;
    if (!web_decode(p, &n, true)) return false;
    *ret = unify_lines(p, n);
    return true;
}

static bool decode_pair(Str part, Pair *ret)
{
    ptrdiff_t eq = str_find_char(part, '=', 0);
    Str name = str_sub(part, 0, eq < 0 ? part.n : eq), value = eq < 0 ? S("") : str_sub(part, eq + 1, part.n);
    Pair pair = {0};
    if (!decode_part(name, &pair.name)) return false;
    if (value.n > 0 && !decode_part(value, &pair.value)) return false;
    *ret = pair;
    return true;
}

Err web_parse_urlencoded(Ctx *c, char *p, ptrdiff_t n, int max, Pairs *ret)
{
    Str rest = {p, n}, part;
    ptrdiff_t count = count_of(rest, '&') + 1;
    if (count > max) return too_many(c, max);
    Pairs pairs = {.v = NEW(c->arena, Pair, count)};
    while (str_split(&rest, '&', &part)) {
        if (part.n == 0) continue;
        if (!decode_pair(part, &pairs.v[pairs.n++])) return unreadable(c);
    }
    web_pairs_sort(&pairs);
    *ret = pairs;
    return OK;
}

/* ---- multipart ----------------------------------------------------------------------- */

static bool is_same_word(Str a, Str b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, (size_t)a.n) == 0);
}

/* `; key="value"` or `; key=value` of a header. In quotes, browsers write %22
   for a quote mark and leave backslashes as they are; so nothing is unescaped. */
static bool parameter_of(Str header, Str key, Str *ret)
{
    for (ptrdiff_t at = str_find_char(header, ';', 0); at >= 0; at = str_find_char(header, ';', at)) {
        Str rest = str_sub(header, at + 1, header.n);
        ptrdiff_t eq = str_find_char(rest, '=', 0);
        if (eq < 0) return false;
        bool is_hit = is_same_word(str_trim(str_sub(rest, 0, eq)), key);
        Str value = str_sub(rest, eq + 1, rest.n);
        bool is_quoted = value.n > 0 && value.p[0] == '"';
        ptrdiff_t end = is_quoted ? str_find_char(value, '"', 1) : str_find_char(value, ';', 0);
        if (is_quoted && end < 0) return false;
        if (end < 0) end = value.n;
        value = is_quoted ? str_sub(value, 1, end) : str_trim(str_sub(value, 0, end));
        if (is_hit) {
            *ret = value;
            return true;
        }
        at = value.p + value.n - header.p;
    }
    return false;
}

/* Boundaries stand at the beginning of a line; 70 characters at most (RFC 2046 §5.1.1). */
static bool boundary_of(Str content_type, char ret_delimiter[76], ptrdiff_t *ret_n)
{
    Str boundary;
    if (!parameter_of(content_type, S("boundary"), &boundary) || boundary.n < 1 || boundary.n > 70) return false;
    memcpy(ret_delimiter, "\r\n--", 4);
    memcpy(ret_delimiter + 4, boundary.p, (size_t)boundary.n);
    *ret_n = boundary.n + 4;
    return true;
}

static bool text_of(Str s, Str *ret)
{
    if (str_has_zero(s) || !str_is_utf8(s)) return false;
    *ret = s;
    return true;
}

static bool disposition_of(Str headers, Str *ret)
{
    Str line, rest = headers;
    while (str_split(&rest, '\n', &line)) {
        ptrdiff_t colon = str_find_char(line, ':', 0);
        if (colon < 0 || !is_same_word(str_trim(str_sub(line, 0, colon)), S("content-disposition"))) continue;
        *ret = str_trim(str_sub(line, colon + 1, line.n));
        return str_starts(*ret, S("form-data"));
    }
    return false;
}

/* Headers, an empty line, the value. */
static bool read_part(Str part, Pair *ret)
{
    ptrdiff_t blank = str_find(part, S("\r\n\r\n"), 0);
    Str disposition, name, filename, value;
    if (blank < 0 || !disposition_of(str_sub(part, 0, blank), &disposition)) return false;
    Pair pair = {.is_file = parameter_of(disposition, S("filename"), &filename)};
    if (!parameter_of(disposition, S("name"), &name) || !text_of(name, &pair.name)) return false;
    if (pair.is_file && !text_of(filename, &pair.filename)) return false;
    value = str_sub(part, blank + 4, part.n);
    if (!pair.is_file && !text_of(value, &value)) return false;
    pair.value = pair.is_file ? value : unify_lines((char *)(uintptr_t)value.p, value.n);
    *ret = pair;
    return true;
}

static ptrdiff_t count_parts(Str body, Str delimiter)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t at = str_find(body, delimiter, 0); at >= 0; at = str_find(body, delimiter, at + delimiter.n)) n++;
    return n;
}

static bool read_parts(Str body, Str delimiter, Pairs *pairs)
{
    Str opening = str_sub(delimiter, 2, delimiter.n);
    if (!str_starts(body, opening)) return false;
    ptrdiff_t at = opening.n;
    for (;;) {
        if (str_starts(str_sub(body, at, body.n), S("--"))) return true;
        if (!str_starts(str_sub(body, at, body.n), S("\r\n"))) return false;
        ptrdiff_t end = str_find(body, delimiter, at);
        if (end < 0 || !read_part(str_sub(body, at + 2, end), &pairs->v[pairs->n++])) return false;
        at = end + delimiter.n;
    }
}

Err web_parse_multipart(Ctx *c, Str content_type, char *p, ptrdiff_t n, int max, Pairs *ret)
{
    char text[76];
    Str delimiter = {.p = text}, body = {p, n};
    if (!boundary_of(content_type, text, &delimiter.n)) return unreadable(c);
    ptrdiff_t count = count_parts(body, delimiter);
    if (count > max) return too_many(c, max);
    Pairs pairs = {.v = NEW(c->arena, Pair, count + 1)};
    if (!read_parts(body, delimiter, &pairs)) return unreadable(c);
    web_pairs_sort(&pairs);
    *ret = pairs;
    return OK;
}

/* ---- cookies --------------------------------------------------------------------------- */

Str web_cookie_of(Str header, Str name)
{
    Str part, rest = header;
    while (str_split(&rest, ';', &part)) {
        part = str_trim(part);
        if (str_starts(part, name) && part.n > name.n && part.p[name.n] == '=')
            return str_sub(part, name.n + 1, part.n);
    }
    return S("");
}

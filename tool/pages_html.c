#include "pages_html.h"

#include <string.h>

#include "base/number.h"

typedef struct Words {
    const char *const *v;
    ptrdiff_t n;
} Words;
#define WORDS(list) ((Words){(list), COUNT_OF(list)})

static const char *const void_elements[] = {"area", "base", "br", "col", "embed", "hr", "img", "input",
                                            "link", "meta", "param", "source", "track", "wbr"};
/* Refused whatever stands in them: they run or fetch what the page does not
   own, or give text another meaning. */
static const char *const banned_elements[] = {"style", "base", "iframe", "frame", "frameset", "object", "embed",
                                              "applet", "param", "noembed", "noframes", "xmp", "plaintext",
                                              "listing", "math", "animate", "set", "animatemotion",
                                              "animatetransform", "foreignobject", "template", "portal", "marquee"};
/* Spaces beside these mean nothing. */
static const char *const block_elements[] = {
    "html", "head", "body", "title", "meta", "link", "script", "main", "header", "footer", "nav", "section",
    "article", "aside", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table",
    "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "colgroup", "col", "form", "fieldset", "legend",
    "details", "summary", "figure", "figcaption", "blockquote", "pre", "address", "hr", "option", "optgroup", "svg"};
/* A browser closes an open <p> before these, so the end tag would dangle. */
static const char *const end_paragraph[] = {
    "address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "menu", "nav", "ol", "p", "pre",
    "section", "table", "ul"};
static const char *const not_in_itself[] = {"a", "form", "button", "label", "option", "select"};

static bool has_word(Words words, Str word)
{
    for (ptrdiff_t i = 0; i < words.n; i++)
        if (str_eq(str_of_z(words.v[i]), word)) return true;
    return false;
}

/* ---- attributes ---------------------------------------------------------- */

typedef struct AttrRule {
    const char *name;
    AttrKind kind;
} AttrRule;

static const AttrRule attr_rules[] = {
    {"href", ATTR_URL},          {"src", ATTR_URL},          {"action", ATTR_URL},
    {"formaction", ATTR_URL},    {"poster", ATTR_URL},       {"cite", ATTR_URL},
    {"xlink:href", ATTR_URL},    {"hx-get", ATTR_URL},       {"hx-post", ATTR_URL},
    {"hx-put", ATTR_URL},        {"hx-patch", ATTR_URL},     {"hx-delete", ATTR_URL},
    {"hx-action", ATTR_URL},     {"alt", ATTR_SCREEN},       {"title", ATTR_SCREEN},
    {"placeholder", ATTR_SCREEN},{"label", ATTR_SCREEN},     {"abbr", ATTR_SCREEN},
    {"aria-label", ATTR_SCREEN}, {"aria-description", ATTR_SCREEN},
    {"aria-roledescription", ATTR_SCREEN},                   {"aria-valuetext", ATTR_SCREEN},
    {"aria-placeholder", ATTR_SCREEN},                       {"data-l", ATTR_SCREEN},
    {"hx-confirm", ATTR_SCREEN}, {"hx-prompt", ATTR_SCREEN},
    {"style", ATTR_BANNED},      {"srcdoc", ATTR_BANNED},    {"ping", ATTR_BANNED},
    {"srcset", ATTR_FIXED},      {"sizes", ATTR_FIXED},      {"imagesrcset", ATTR_FIXED},
    {"background", ATTR_FIXED},  {"data", ATTR_FIXED},       {"codebase", ATTR_FIXED},
    {"rel", ATTR_FIXED},         {"target", ATTR_FIXED},     {"formtarget", ATTR_FIXED},
    {"http-equiv", ATTR_FIXED},  {"content", ATTR_FIXED},    {"method", ATTR_FIXED},
    {"formmethod", ATTR_FIXED},  {"enctype", ATTR_FIXED},    {"is", ATTR_FIXED},
    {"xmlns", ATTR_FIXED},       {"xmlns:xlink", ATTR_FIXED},
};
/* htmx attributes whose text it evaluates, sends or follows. */
static const char *const hx_fixed[] = {"hx-vals",    "hx-vars",    "hx-headers",     "hx-request", "hx-trigger",
                                       "hx-config",  "hx-ext",     "hx-push-url",    "hx-replace-url",
                                       "hx-include", "hx-params",  "hx-disabled-elt"};

/* htmx also reads data-hx-get, and hx-get:inherited. */
static Str plain_name(Str attr)
{
    if (str_starts(attr, S("data-hx-"))) attr = str_sub(attr, 5, attr.n);
    if (!str_starts(attr, S("hx-"))) return attr;
    ptrdiff_t colon = str_find_char(attr, ':', 0);
    return colon < 0 ? attr : str_sub(attr, 0, colon);
}

static AttrKind attr_kind(Str attr)
{
    Str name = plain_name(attr);
    if (str_starts(name, S("on")) || str_starts(name, S("hx-on"))) return ATTR_BANNED;
    if (has_word(WORDS(hx_fixed), name)) return ATTR_FIXED;
    for (ptrdiff_t i = 0; i < COUNT_OF(attr_rules); i++)
        if (str_eq(str_of_z(attr_rules[i].name), name)) return attr_rules[i].kind;
    return ATTR_PLAIN;
}

/* ---- letters --------------------------------------------------------------- */

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\n' || ch == '\t';
}

static bool is_ascii_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

static bool is_name_char(char ch)
{
    return is_ascii_letter(ch) || (ch >= '0' && ch <= '9') || ch == '-' || ch == ':' || ch == '_' || ch == '.';
}

/* Letters beyond ASCII by block: exact for Latin, and every other script is
   taken for letters; U+2000–U+2BFF are punctuation, arrows and signs. */
static bool is_letter(int32_t ch)
{
    if (ch < 0x80) return is_ascii_letter((char)ch);
    if (ch < 0xC0) return ch == 0xAA || ch == 0xB5 || ch == 0xBA;
    if (ch == 0xD7 || ch == 0xF7) return false;
    return ch < 0x2000 || (ch >= 0x2C00 && ch < 0xFE00) || ch >= 0x20000;
}

/* Bytes of the entity at `at`, with '&' and ';'; 0 when none stands there. */
static ptrdiff_t entity_length(Str s, ptrdiff_t at)
{
    ptrdiff_t end = at + 1;
    if (end < s.n && s.p[end] == '#') end++;
    ptrdiff_t name = end;
    while (end < s.n && end - name < 32 && (is_ascii_letter(s.p[end]) || (s.p[end] >= '0' && s.p[end] <= '9'))) end++;
    return end > name && end < s.n && s.p[end] == ';' ? end + 1 - at : 0;
}

bool html_letters(Str s, ptrdiff_t *ret_at)
{
    for (ptrdiff_t at = 0; at < s.n;) {
        int length = 1;
        ptrdiff_t entity = s.p[at] == '&' ? entity_length(s, at) : 0;
        if (!entity && is_letter(str_next_char(s, at, &length))) {
            *ret_at = at;
            return true;
        }
        at += entity ? entity : length;
    }
    return false;
}

/* ---- the place --------------------------------------------------------------- */

HtmlPlace html_begin(void)
{
    return (HtmlPlace){.state = HTML_TEXT, .letters_at = -1, .after_block = true};
}

bool html_fault(Html *h, ptrdiff_t at, Str what)
{
    if (h->fault_at >= 0) return false;
    h->fault_at = at;
    h->fault = what;
    return false;
}

static bool fault_about(Html *h, ptrdiff_t at, Str before, Str name, Str after)
{
    return html_fault(h, at, STR_CAT(h->arena, before, name, after));
}

void html_wrote(HtmlPlace *place)
{
    place->after_block = false;
    if (place->state == HTML_VALUE && place->kind == ATTR_URL && place->url < URL_PATH) place->url = URL_PATH;
}

static bool same_place(const HtmlPlace *a, const HtmlPlace *b)
{
    if (a->state != b->state || a->depth != b->depth) return false;
    for (int i = 0; i < a->depth; i++)
        if (!str_eq(a->open[i], b->open[i])) return false;
    if (a->state != HTML_TAG && a->state != HTML_VALUE) return true;
    if (!str_eq(a->tag, b->tag)) return false;
    return a->state == HTML_TAG || str_eq(a->attr, b->attr);
}

bool html_meet(const HtmlPlace *a, const HtmlPlace *b, HtmlPlace *ret)
{
    if (!same_place(a, b)) return false;
    bool in_url = a->state == HTML_VALUE && a->kind == ATTR_URL;
    UrlStage low = a->url < b->url ? a->url : b->url, high = a->url < b->url ? b->url : a->url;
    if (in_url && low != high && low < URL_SLASH) return false;
    HtmlPlace met = *a;
    met.url = low;
    met.after_block = a->after_block && b->after_block;
    met.has_src = a->has_src && b->has_src;
    met.is_code = a->is_code && b->is_code;
    if (met.letters_at < 0) met.letters_at = b->letters_at;
    *ret = met;
    return true;
}

static bool is_open(const HtmlPlace *place, Str name)
{
    for (int i = 0; i < place->depth; i++)
        if (str_eq(place->open[i], name)) return true;
    return false;
}

/* ---- text ---------------------------------------------------------------------- */

static char byte_at(const Html *h, ptrdiff_t at)
{
    return at < h->text.n ? h->text.p[at] : '\0';
}

static bool starts_at(const Html *h, ptrdiff_t at, Str what)
{
    return str_starts(str_sub(h->text, at, h->text.n), what);
}

static Str lower(Html *h, ptrdiff_t from, ptrdiff_t to)
{
    char *p = arena_take_raw(h->arena, to - from);
    for (ptrdiff_t i = from; i < to; i++) {
        char ch = h->text.p[i];
        p[i - from] = ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
    }
    return (Str){p, to - from};
}

static Str name_at(Html *h, ptrdiff_t at)
{
    ptrdiff_t end = at;
    while (is_name_char(byte_at(h, end))) end++;
    return lower(h, at, end);
}

/* Copies the entity or character at *at; letters and loose '&' are faults. */
static bool take_char(Html *h, ptrdiff_t *at, bool letters_are_fine)
{
    int length = 1;
    ptrdiff_t entity = byte_at(h, *at) == '&' ? entity_length(h->text, *at) : 0;
    if (byte_at(h, *at) == '&' && !entity) return html_fault(h, *at, S("a bare '&'; write &amp;"));
    int32_t ch = str_next_char(h->text, *at, &length);
    if (!entity && !letters_are_fine && is_letter(ch))
        return html_fault(h, *at, S("text outside T(); write {{ T(\"…\") }}"));
    ptrdiff_t n = entity ? entity : length;
    buf_add(h->out, str_sub(h->text, *at, *at + n));
    *at += n;
    return true;
}

/* Is the tag at `at` (on '<') one beside which spaces mean nothing? */
static bool at_block_tag(Html *h, ptrdiff_t at)
{
    if (byte_at(h, at) != '<') return false;
    if (byte_at(h, at + 1) == '!') return byte_at(h, at + 2) != '-';
    return has_word(WORDS(block_elements), name_at(h, at + (byte_at(h, at + 1) == '/' ? 2 : 1)));
}

static void take_spaces(Html *h, ptrdiff_t *at)
{
    bool line_end = false;
    ptrdiff_t from = *at;
    for (; is_space(byte_at(h, *at)); ++*at) line_end |= byte_at(h, *at) == '\n';
    if (is_open(&h->now, S("pre"))) {
        buf_add(h->out, str_sub(h->text, from, *at));
        return;
    }
    if (h->now.after_block || *at == h->text.n || at_block_tag(h, *at)) return;
    buf_add_char(h->out, line_end ? '\n' : ' ');
}

/* HTML comments are for the author and stay behind. */
static bool skip_comment(Html *h, ptrdiff_t *at)
{
    ptrdiff_t end = str_find(h->text, S("-->"), *at + 4);
    if (end < 0) return html_fault(h, *at, S("comment without -->"));
    Str inside = str_sub(h->text, *at + 4, end);
    if (str_find(inside, S("{{"), 0) >= 0 || str_find(inside, S("{%"), 0) >= 0)
        return html_fault(h, *at, S("no expression or directive in an HTML comment; write a template comment"));
    *at = end + 3;
    return true;
}

static bool take_doctype(Html *h, ptrdiff_t *at)
{
    ptrdiff_t end = *at + S("<!doctype html>").n;
    Str written = lower(h, *at, end < h->text.n ? end : h->text.n);
    if (!str_eq(written, S("<!doctype html>"))) return html_fault(h, *at, S("only <!doctype html> may begin with <!"));
    if (h->now.depth > 0) return html_fault(h, *at, S("<!doctype html> inside an element"));
    buf_add(h->out, S("<!doctype html>\n"));
    h->now.after_block = true;
    *at = end;
    return true;
}

/* ---- tags ------------------------------------------------------------------------ */

static bool may_open(Html *h, ptrdiff_t at, Str name)
{
    if (has_word(WORDS(banned_elements), name))
        return fault_about(h, at, S("<"), name, S("> is not allowed in a page"));
    if (is_open(&h->now, S("p")) && has_word(WORDS(end_paragraph), name))
        return fault_about(h, at, S("<"), name, S("> cannot stand inside <p>; a browser would close the <p>"));
    if (has_word(WORDS(not_in_itself), name) && is_open(&h->now, name))
        return fault_about(h, at, S("<"), name, S("> inside itself"));
    return true;
}

static bool open_tag(Html *h, ptrdiff_t *at)
{
    Str name = name_at(h, *at + 1);
    if (!may_open(h, *at, name)) return false;
    buf_add(h->out, str_sub(h->text, *at, *at + 1 + name.n));
    h->now.state = HTML_TAG;
    h->now.tag = name;
    h->now.has_src = h->now.is_code = false;
    h->now.letters_at = -1;
    *at += 1 + name.n;
    return true;
}

static bool close_tag(Html *h, ptrdiff_t *at)
{
    Str name = name_at(h, *at + 2);
    ptrdiff_t end = *at + 2 + name.n;
    while (is_space(byte_at(h, end))) end++;
    if (byte_at(h, end) != '>') return fault_about(h, *at, S("</"), name, S(" without >"));
    if (h->now.depth == 0) return fault_about(h, *at, S("</"), name, S("> closes nothing"));
    Str top = h->now.open[h->now.depth - 1];
    if (!str_eq(top, name))
        return html_fault(h, *at, STR_CAT(h->arena, S("</"), name, S("> where <"), top, S("> is open")));
    h->now.depth--;
    h->now.state = HTML_TEXT;
    h->now.after_block = has_word(WORDS(block_elements), name);
    buf_add(h->out, STR_CAT(h->arena, S("</"), str_sub(h->text, *at + 2, *at + 2 + name.n), S(">")));
    *at = end + 1;
    return true;
}

/* What follows the '>' of a start tag. */
static void enter(Html *h, ptrdiff_t at)
{
    Str name = h->now.tag;
    if (str_eq(name, S("script"))) h->now.state = HTML_SCRIPT;
    if (str_eq(name, S("title")) || str_eq(name, S("textarea"))) h->now.state = HTML_RCDATA;
    /* A browser drops one line end here, and what a person wrote must not
       lose its own, so we give it one of ours. */
    bool eats_line = str_eq(name, S("textarea")) || str_eq(name, S("pre"));
    if (eats_line && byte_at(h, at) != '\n') buf_add_char(h->out, '\n');
}

static bool end_tag_open(Html *h, ptrdiff_t *at, bool is_empty)
{
    Str name = h->now.tag;
    bool is_void = has_word(WORDS(void_elements), name), in_svg = is_open(&h->now, S("svg")) || str_eq(name, S("svg"));
    if (is_empty && !is_void && !in_svg)
        return fault_about(h, *at, S("<"), name, S("/> is not closed in HTML; write an end tag"));
    if (h->now.letters_at >= 0 && !h->now.is_code)
        return html_fault(h, h->now.letters_at, S("text outside T(); write {{ T(\"…\") }}"));
    if (str_eq(name, S("script")) && !h->now.has_src)
        return html_fault(h, *at, S("inline script; scripts stand in files of their own"));
    buf_add(h->out, is_empty && !is_void ? S("/>") : S(">"));
    *at += is_empty ? 2 : 1;
    h->now.state = HTML_TEXT;
    h->now.after_block = has_word(WORDS(block_elements), name);
    if (is_void || is_empty) return true;
    if (h->now.depth == HTML_DEPTH) return html_fault(h, *at, S("more than 64 elements inside each other"));
    h->now.open[h->now.depth++] = name;
    enter(h, *at);
    return true;
}

static bool begin_value(Html *h, ptrdiff_t *at)
{
    ptrdiff_t quote = *at + 1;
    while (is_space(byte_at(h, quote))) quote++;
    if (byte_at(h, quote) != '"') return html_fault(h, quote, S("write the value in double quotes"));
    buf_add(h->out, S("=\""));
    h->now.state = HTML_VALUE;
    h->now.value_at = *at = quote + 1;
    h->now.url = URL_START;
    return true;
}

static bool take_attr(Html *h, ptrdiff_t *at)
{
    Str name = name_at(h, *at);
    if (name.n == 0) return html_fault(h, *at, S("an attribute's name was expected"));
    h->now.attr = name;
    h->now.kind = attr_kind(name);
    if (h->now.kind == ATTR_BANNED) return fault_about(h, *at, S("inline script or style: "), name, S(""));
    h->now.has_src |= str_eq(name, S("src"));
    buf_add_char(h->out, ' ');
    buf_add(h->out, str_sub(h->text, *at, *at + name.n));
    *at += name.n;
    ptrdiff_t equals = *at;
    while (is_space(byte_at(h, equals))) equals++;
    if (byte_at(h, equals) != '=') return true;
    *at = equals;
    return begin_value(h, at);
}

static bool step_tag(Html *h, ptrdiff_t *at)
{
    char ch = byte_at(h, *at);
    if (is_space(ch)) {
        ++*at;
        return true;
    }
    if (ch == '>') return end_tag_open(h, at, false);
    if (ch == '/' && byte_at(h, *at + 1) == '>') return end_tag_open(h, at, true);
    return take_attr(h, at);
}

/* ---- values ------------------------------------------------------------------------ */

typedef struct Scheme {
    const char *prefix;
    UrlStage next;
} Scheme;
static const Scheme schemes[] = {
    {"https://", URL_HOST}, {"mailto:", URL_QUERY}, {"tel:", URL_QUERY},
    {"/", URL_SLASH},       {"?", URL_QUERY},       {"#", URL_QUERY},
};

static bool begin_url(Html *h, ptrdiff_t *at)
{
    bool fetches = str_eq(h->now.attr, S("src")) || str_eq(h->now.tag, S("link"));
    for (ptrdiff_t i = 0; i < COUNT_OF(schemes); i++) {
        Str prefix = str_of_z(schemes[i].prefix);
        if (!starts_at(h, *at, prefix)) continue;
        if (fetches && schemes[i].next != URL_SLASH) break;
        buf_add(h->out, prefix);
        h->now.url = schemes[i].next;
        *at += prefix.n;
        return true;
    }
    return html_fault(h, *at, fetches ? S("what a page fetches lies with us; begin with '/'")
                                      : S("an address begins with /, ?, #, https://, mailto: or tel:"));
}

static bool step_url(Html *h, ptrdiff_t *at)
{
    char ch = byte_at(h, *at);
    if (h->now.url == URL_START) return begin_url(h, at);
    if (h->now.url == URL_SLASH && ch == '/') return html_fault(h, *at, S("an address of another server; write https://"));
    if (ch == '\\' || is_space(ch)) return html_fault(h, *at, S("a space or '\\' in an address"));
    if (ch == '?' || ch == '#') h->now.url = URL_QUERY;
    else if (h->now.url == URL_SLASH || (h->now.url == URL_HOST && ch == '/')) h->now.url = URL_PATH;
    return take_char(h, at, true);
}

static bool end_value(Html *h, ptrdiff_t *at)
{
    static const char *const codes[] = {"hidden", "radio", "checkbox"};
    Str written = str_sub(h->text, h->now.value_at, *at);
    if (h->now.kind == ATTR_URL && h->now.url == URL_START) return html_fault(h, *at, S("an empty address"));
    if (str_eq(h->now.attr, S("type"))) h->now.is_code = has_word(WORDS(codes), written);
    buf_add_char(h->out, '"');
    ++*at;
    h->now.state = HTML_TAG;
    return true;
}

static bool step_value(Html *h, ptrdiff_t *at)
{
    char ch = byte_at(h, *at);
    if (ch == '"') return end_value(h, at);
    if (ch == '<') return html_fault(h, *at, S("'<' in a value; write &lt;"));
    if (h->now.kind == ATTR_URL) return step_url(h, at);
    bool shown = str_eq(h->now.tag, S("input")) && str_eq(h->now.attr, S("value"));
    ptrdiff_t before = *at;
    if (!take_char(h, at, h->now.kind != ATTR_SCREEN)) return false;
    ptrdiff_t ignored = 0;
    if (shown && h->now.letters_at < 0 && html_letters(str_sub(h->text, before, *at), &ignored))
        h->now.letters_at = before;
    return true;
}

/* ---- steps ---------------------------------------------------------------------------- */

static bool step_text(Html *h, ptrdiff_t *at)
{
    char ch = byte_at(h, *at), next = byte_at(h, *at + 1);
    if (is_space(ch)) {
        take_spaces(h, at);
        return true;
    }
    if (ch == '<' && starts_at(h, *at, S("<!--"))) return skip_comment(h, at);
    if (ch == '<' && next == '!') return take_doctype(h, at);
    if (ch == '<' && is_ascii_letter(next)) return open_tag(h, at);
    if (ch == '<' && next == '/' && is_ascii_letter(byte_at(h, *at + 2))) return close_tag(h, at);
    if (ch == '<') return html_fault(h, *at, S("'<' without a tag; write &lt;"));
    h->now.after_block = false;
    return take_char(h, at, false);
}

static bool step_rcdata(Html *h, ptrdiff_t *at)
{
    if (starts_at(h, *at, S("</"))) return close_tag(h, at);
    if (byte_at(h, *at) == '<')
        return fault_about(h, *at, S("a tag inside <"), h->now.open[h->now.depth - 1], S(">"));
    return take_char(h, at, false);
}

static bool step_script(Html *h, ptrdiff_t *at)
{
    if (starts_at(h, *at, S("</"))) return close_tag(h, at);
    if (!is_space(byte_at(h, *at))) return html_fault(h, *at, S("inline script; scripts stand in files of their own"));
    ++*at;
    return true;
}

bool html_step(Html *h, ptrdiff_t *at)
{
    switch (h->now.state) {
    case HTML_TEXT: return step_text(h, at);
    case HTML_RCDATA: return step_rcdata(h, at);
    case HTML_SCRIPT: return step_script(h, at);
    case HTML_TAG: return step_tag(h, at);
    case HTML_VALUE: return step_value(h, at);
    }
    return html_fault(h, *at, S("a state that the compiler does not know"));
}

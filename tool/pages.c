#include "pages.h"

#include <string.h>

#include "base/number.h"
#include "pages_html.h"

typedef enum FrameKind { FRAME_IF = 1, FRAME_FOR, FRAME_BLOCK } FrameKind;

/* An open {% if %}, {% for %} or {% block %}. */
typedef struct Frame {
    FrameKind kind;
    ptrdiff_t at;    /* of its directive */
    HtmlPlace begin; /* where each branch starts */
    HtmlPlace met;   /* where the branches so far end */
    bool has_met, has_else;
    Str name;        /* of a block */
} Frame;

enum { FRAMES = 32, BRACKETS = 64 };

typedef struct Pages {
    Arena *arena;
    Str file;
    Html html;
    Buf lit, code, header;
    Frame frames[FRAMES];
    int depth;
    int lists;        /* {% for %} so far: numbers their hidden variables */
    bool in_function;
    Str function;     /* "page_list", and its parameters after Out *o */
    Str parameters;
    ptrdiff_t function_at;
    bool awaits_content; /* {% content %} is ahead, so this half is …_begin */
    bool has_content;    /* it was reached, and this half is …_end */
    ptrdiff_t line_at; /* bytes counted by line_of so far */
    int line;
} Pages;

/* ---- words of C -------------------------------------------------------------- */

static bool is_identifier_start(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static Str identifier(Str s)
{
    ptrdiff_t n = 0;
    while (n < s.n && (is_identifier_start(s.p[n]) || (n > 0 && s.p[n] >= '0' && s.p[n] <= '9'))) n++;
    return str_sub(s, 0, n);
}

/* The byte after the string or character literal at `at`; -1 when it does not
   end on its line. */
static ptrdiff_t skip_quoted(Str s, ptrdiff_t at)
{
    char quote = s.p[at];
    for (at++; at < s.n && s.p[at] != '\n'; at++) {
        if (s.p[at] == quote) return at + 1;
        if (s.p[at] == '\\') at++;
    }
    return -1;
}

static char closing(char open)
{
    if (open == '(') return ')';
    return open == '[' ? ']' : '}';
}

/* Finds `end` ("}}", "%}") outside strings and brackets at or after `from`.
   A statement, comment or preprocessor line in between is no expression. */
static ptrdiff_t find_end(Html *h, ptrdiff_t from, Str end)
{
    Str s = h->text;
    char wanted[BRACKETS];
    int depth = 0;
    for (ptrdiff_t at = from; at < s.n; at++) {
        char ch = s.p[at];
        if (depth == 0 && str_starts(str_sub(s, at, s.n), end)) return at;
        if (ch == '"' || ch == '\'') {
            at = skip_quoted(s, at) - 1;
            if (at < 0) break;
        } else if (ch == '(' || ch == '[' || ch == '{') {
            if (depth == BRACKETS) break;
            wanted[depth++] = closing(ch);
        } else if (ch == ')' || ch == ']' || ch == '}') {
            if (depth == 0 || wanted[--depth] != ch) break;
        } else if (ch == ';' || ch == '#' || ch == '\\' || (ch == '/' && at + 1 < s.n && (s.p[at + 1] == '/' || s.p[at + 1] == '*'))) {
            break;
        }
    }
    html_fault(h, from - 2, STR_CAT(h->arena, S("no "), end, S(" that ends this, or no C expression in it")));
    return -1;
}

/* ---- writing C ------------------------------------------------------------------ */

static void add_c_char(Buf *b, char ch)
{
    unsigned char byte = (unsigned char)ch;
    if (ch == '"' || ch == '\\') {
        buf_add_char(b, '\\');
        buf_add_char(b, ch);
    } else if (ch == '?') {
        buf_add(b, S("\\?")); /* no trigraphs */
    } else if (ch == '\t') {
        buf_add(b, S("\\t"));
    } else if (byte >= 0x20 && byte != 0x7F) {
        buf_add_char(b, ch);
    }
}

/* A C string, one source line for each line of text. */
static void add_c_string(Buf *b, Str s)
{
    buf_add_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\n') add_c_char(b, s.p[i]);
        else buf_add(b, i + 1 < s.n ? S("\\n\"\n        \"") : S("\\n"));
    }
    buf_add_char(b, '"');
}

static void flush_literal(Pages *p)
{
    if (p->lit.n == 0) return;
    buf_add(&p->code, S("    out_lit(o, S("));
    add_c_string(&p->code, buf_str(&p->lit));
    buf_add(&p->code, S("));\n"));
    p->lit.n = 0;
}

static int line_of(Pages *p, ptrdiff_t at)
{
    if (at < p->line_at) {
        p->line_at = 0;
        p->line = 1;
    }
    for (; p->line_at < at; p->line_at++) p->line += p->html.text.p[p->line_at] == '\n';
    return p->line;
}

/* Makes the C compiler speak of the template's line. */
static void add_line(Pages *p, Buf *b, ptrdiff_t at)
{
    buf_add(b, S("#line "));
    buf_add_i64(b, line_of(p, at));
    buf_add_char(b, ' ');
    add_c_string(b, p->file);
    buf_add_char(b, '\n');
}

/* One piece of code that comes from byte `at` of the template. */
#define EMIT(p, at, ...) emit((p), (at), STR_CAT((p)->arena, __VA_ARGS__))
static void emit(Pages *p, ptrdiff_t at, Str code)
{
    flush_literal(p);
    add_line(p, &p->code, at);
    buf_add(&p->code, code);
    buf_add_char(&p->code, '\n');
}

static void begin_function(Pages *p, ptrdiff_t at, Str suffix)
{
    Str head = STR_CAT(p->arena, S("void "), p->function, suffix, S("(Out *o"), p->parameters.n ? S(", ") : S(""),
                       p->parameters, S(")"));
    add_line(p, &p->header, at);
    buf_add(&p->header, STR_CAT(p->arena, head, S(";\n")));
    EMIT(p, at, head, S("\n{"));
}

/* A page with {% content %} becomes two functions, and the first one's name
   is written before {% content %} is reached: so we look ahead. */
static bool has_content_ahead(const Html *h, ptrdiff_t from)
{
    for (;;) {
        ptrdiff_t at = str_find(h->text, S("{%"), from);
        if (at < 0) return false;
        Str word = identifier(str_trim(str_sub(h->text, at + 2, at + 64)));
        if (str_eq(word, S("content"))) return true;
        if (str_eq(word, S("page")) || str_eq(word, S("part"))) return false;
        from = at + 2;
    }
}

static ptrdiff_t trimmed_end(Str s)
{
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\n')) s.n--;
    return s.n;
}

static bool end_function(Pages *p, ptrdiff_t at)
{
    if (!p->in_function) return true;
    Html *h = &p->html;
    if (p->depth > 0) return html_fault(h, p->frames[p->depth - 1].at, S("no {% end %} for this"));
    if (h->now.state == HTML_TAG || h->now.state == HTML_VALUE)
        return html_fault(h, at, S("the page ends inside a tag"));
    if (h->now.depth > 0)
        return html_fault(h, at, STR_CAT(p->arena, S("the page ends inside <"), h->now.open[h->now.depth - 1], S(">")));
    if (p->awaits_content != p->has_content)
        return html_fault(h, p->function_at, S("{% content %} in a comment or string of this page"));
    /* Line ends before the next page are the author's; a part within a line
       must not bring them along. */
    p->lit.n = trimmed_end(buf_str(&p->lit));
    flush_literal(p);
    buf_add(&p->code, S("}\n"));
    p->in_function = false;
    return true;
}

/* ---- directives ------------------------------------------------------------------ */

/* `rest` is what follows the directive's word, trimmed; `at` its "{%", `end`
   the byte after its "%}". */
typedef struct Directive {
    Str rest;
    ptrdiff_t at, end;
} Directive;
typedef bool DirectiveFn(Pages *p, Directive d);

/* name(…): both parts, and nothing after. */
static bool split_call(Str s, Str *ret_name, Str *ret_inside)
{
    Str name = identifier(s);
    Str rest = str_trim(str_sub(s, name.n, s.n));
    if (name.n == 0 || rest.n < 2 || rest.p[0] != '(' || rest.p[rest.n - 1] != ')') return false;
    *ret_name = name;
    *ret_inside = str_trim(str_sub(rest, 1, rest.n - 1));
    return true;
}

static bool do_function(Pages *p, Directive d, Str prefix)
{
    Str name = {0}, inside = {0};
    if (!end_function(p, d.at)) return false;
    if (!split_call(d.rest, &name, &inside)) return html_fault(&p->html, d.at, S("write name(parameters)"));
    p->in_function = true;
    p->function = STR_CAT(p->arena, prefix, name);
    p->parameters = inside;
    p->function_at = d.at;
    p->awaits_content = has_content_ahead(&p->html, d.end);
    p->has_content = false;
    p->html.now = html_begin();
    begin_function(p, d.at, p->awaits_content ? S("_begin") : S(""));
    return true;
}

static bool do_page(Pages *p, Directive d)
{
    return do_function(p, d, S("page_"));
}

static bool do_part(Pages *p, Directive d)
{
    return do_function(p, d, S("part_"));
}

static bool do_content(Pages *p, Directive d)
{
    if (d.rest.n) return html_fault(&p->html, d.at, S("{% content %} stands alone"));
    if (p->depth > 0 || p->has_content || !p->awaits_content || p->html.now.state != HTML_TEXT)
        return html_fault(&p->html, d.at, S("{% content %} stands once in a page, in text, outside if, for and block"));
    p->has_content = true;
    flush_literal(p);
    buf_add(&p->code, S("}\n"));
    begin_function(p, p->function_at, S("_end"));
    return true;
}

static bool do_include(Pages *p, Directive d)
{
    if (p->in_function) return html_fault(&p->html, d.at, S("{% include %} stands before the first page"));
    ptrdiff_t end = d.rest.n > 2 && d.rest.p[0] == '"' ? skip_quoted(d.rest, 0) : -1;
    if (end != d.rest.n) return html_fault(&p->html, d.at, S("write {% include \"header.h\" %}"));
    buf_add(&p->header, STR_CAT(p->arena, S("#include "), d.rest, S("\n")));
    return true;
}

static bool do_call(Pages *p, Directive d)
{
    Str name = {0}, inside = {0};
    if (!split_call(d.rest, &name, &inside)) return html_fault(&p->html, d.at, S("write {% call name(arguments) %}"));
    if (p->html.now.state != HTML_TEXT) return html_fault(&p->html, d.at, S("a part is drawn in text only"));
    html_wrote(&p->html.now);
    EMIT(p, d.at, S("    part_"), name, S("(o"), inside.n ? S(", ") : S(""), inside, S(");"));
    return true;
}

static bool push(Pages *p, Directive d, FrameKind kind, Str name)
{
    if (p->depth == FRAMES) return html_fault(&p->html, d.at, S("more than 32 directives inside each other"));
    if (p->html.now.state == HTML_SCRIPT) return html_fault(&p->html, d.at, S("no directive in <script>"));
    p->frames[p->depth++] = (Frame){.kind = kind, .at = d.at, .begin = p->html.now, .name = name};
    return true;
}

static bool do_if(Pages *p, Directive d)
{
    if (d.rest.n == 0) return html_fault(&p->html, d.at, S("{% if %} without a condition"));
    if (!push(p, d, FRAME_IF, (Str){0})) return false;
    EMIT(p, d.at, S("    if ("), d.rest, S(") {"));
    return true;
}

/* Ends the branch that was being read: all must leave the same HTML open. */
static bool meet(Pages *p, Frame *f, ptrdiff_t at)
{
    HtmlPlace *now = &p->html.now;
    if (!f->has_met) f->met = *now;
    else if (!html_meet(&f->met, now, &f->met))
        return html_fault(&p->html, at, S("this branch leaves other HTML open than the one before"));
    f->has_met = true;
    return true;
}

static Frame *branch(Pages *p, Directive d)
{
    Frame *f = p->depth ? &p->frames[p->depth - 1] : NULL;
    if (!f || f->kind != FRAME_IF || f->has_else) {
        html_fault(&p->html, d.at, S("no {% if %} for this"));
        return NULL;
    }
    if (!meet(p, f, d.at)) return NULL;
    p->html.now = f->begin;
    return f;
}

static bool do_elif(Pages *p, Directive d)
{
    if (d.rest.n == 0) return html_fault(&p->html, d.at, S("{% elif %} without a condition"));
    if (!branch(p, d)) return false;
    EMIT(p, d.at, S("    } else if ("), d.rest, S(") {"));
    return true;
}

static bool do_else(Pages *p, Directive d)
{
    if (d.rest.n) return html_fault(&p->html, d.at, S("{% else %} stands alone; write {% elif … %}"));
    Frame *f = branch(p, d);
    if (!f) return false;
    f->has_else = true;
    EMIT(p, d.at, S("    } else {"));
    return true;
}

static bool do_for(Pages *p, Directive d)
{
    Str name = identifier(d.rest), rest = str_trim(str_sub(d.rest, name.n, d.rest.n));
    Str in = identifier(rest), list = str_trim(str_sub(rest, in.n, rest.n));
    if (name.n == 0 || !str_eq(in, S("in")) || list.n == 0)
        return html_fault(&p->html, d.at, S("write {% for t in list %}"));
    if (!push(p, d, FRAME_FOR, (Str){0})) return false;
    Buf number = buf_new(p->arena, 24);
    buf_add_i64(&number, ++p->lists);
    Str hidden = STR_CAT(p->arena, S("list_"), buf_str(&number), S("_"));
    /* On one line, so that every complaint names the directive's. The list is
       evaluated once. */
    EMIT(p, d.at, S("    { __typeof__("), list, S(") "), hidden, S(" = "), list, S("; for (ptrdiff_t "), name,
         S("_i = 0; "), name, S("_i < "), hidden, S(".n; "), name, S("_i++) { __typeof__(&"), hidden, S(".v[0]) "), name,
         S(" __attribute__((unused)) = &"), hidden, S(".v["), name, S("_i];"));
    return true;
}

static bool do_block(Pages *p, Directive d)
{
    Str name = identifier(d.rest);
    if (name.n == 0 || name.n != d.rest.n) return html_fault(&p->html, d.at, S("write {% block name %}"));
    if (p->html.now.state != HTML_TEXT) return html_fault(&p->html, d.at, S("a block stands in text only"));
    if (!push(p, d, FRAME_BLOCK, name)) return false;
    EMIT(p, d.at, S("    out_block_begin(o, S(\""), name, S("\")); {"));
    return true;
}

static bool do_end(Pages *p, Directive d)
{
    if (d.rest.n) return html_fault(&p->html, d.at, S("{% end %} stands alone"));
    if (p->depth == 0) return html_fault(&p->html, d.at, S("nothing for {% end %} to end"));
    Frame *f = &p->frames[p->depth - 1];
    if (!meet(p, f, d.at)) return false;
    bool may_skip = !f->has_else;
    if (may_skip && !html_meet(&f->met, &f->begin, &f->met))
        return html_fault(&p->html, d.at, S("this leaves other HTML open than it found"));
    p->html.now = f->met;
    p->depth--;
    if (f->kind == FRAME_BLOCK) EMIT(p, d.at, S("    } out_block_end(o, S(\""), f->name, S("\"));"));
    else EMIT(p, d.at, f->kind == FRAME_FOR ? S("    } }") : S("    }"));
    return true;
}

typedef struct Word {
    const char *name;
    DirectiveFn *fn;
    bool outside; /* may stand outside a page */
} Word;
static const Word words[] = {
    {"page", do_page, true}, {"part", do_part, true}, {"include", do_include, true}, {"content", do_content, false},
    {"call", do_call, false}, {"if", do_if, false},   {"elif", do_elif, false},      {"else", do_else, false},
    {"for", do_for, false},   {"block", do_block, false}, {"end", do_end, false},
};

static bool directive(Pages *p, ptrdiff_t *at)
{
    ptrdiff_t end = find_end(&p->html, *at + 2, S("%}"));
    if (end < 0) return false;
    Str inside = str_trim(str_sub(p->html.text, *at + 2, end));
    Str word = identifier(inside);
    Directive d = {.rest = str_trim(str_sub(inside, word.n, inside.n)), .at = *at, .end = end + 2};
    for (ptrdiff_t i = 0; i < COUNT_OF(words); i++) {
        if (!str_eq(str_of_z(words[i].name), word)) continue;
        if (!p->in_function && !words[i].outside) return html_fault(&p->html, *at, S("stands outside a page"));
        *at = d.end;
        return words[i].fn(p, d);
    }
    return html_fault(&p->html, *at, STR_CAT(p->arena, S("unknown directive '"), word, S("'")));
}

/* ---- expressions ------------------------------------------------------------------- */

static const char *const url_writers[] = {
    [URL_START] = "out_href", [URL_PATH] = "OUT_URL", [URL_QUERY] = "OUT_QUERY"};

/* The writer for an expression in an address; empty with a fault told. */
static Str url_writer(Html *h, ptrdiff_t at)
{
    UrlStage stage = h->now.url;
    if (stage == URL_SLASH) html_fault(h, at, S("begin the address with a fixed first segment, or give a whole Href"));
    if (stage == URL_HOST) html_fault(h, at, S("an expression cannot choose the server"));
    return stage == URL_SLASH || stage == URL_HOST ? (Str){0} : str_of_z(url_writers[stage]);
}

static Str value_writer(Html *h, ptrdiff_t at)
{
    switch (h->now.kind) {
    case ATTR_PLAIN:
    case ATTR_SCREEN: return S("OUT_ATTR");
    case ATTR_URL: return url_writer(h, at);
    case ATTR_FIXED:
    case ATTR_BANNED: break;
    }
    html_fault(h, at, STR_CAT(h->arena, S("no expression in "), h->now.attr));
    return (Str){0};
}

static Str writer(Html *h, ptrdiff_t at)
{
    switch (h->now.state) {
    case HTML_TEXT: return S("OUT_TEXT");
    case HTML_RCDATA: return S("OUT_ATTR");
    case HTML_SCRIPT: html_fault(h, at, S("no expression in <script>")); break;
    case HTML_TAG: html_fault(h, at, S("no expression as a tag's or attribute's name, or outside double quotes")); break;
    case HTML_VALUE: return value_writer(h, at);
    }
    return (Str){0};
}

/* S("Text") on the screen would escape translation as plain text does. */
static bool is_untranslated(Str expression)
{
    ptrdiff_t ignored = 0;
    return str_starts(expression, S("S(\"")) && html_letters(str_sub(expression, 2, expression.n), &ignored);
}

static bool expression(Pages *p, ptrdiff_t *at)
{
    Html *h = &p->html;
    if (!p->in_function) return html_fault(h, *at, S("stands outside a page"));
    ptrdiff_t end = find_end(h, *at + 2, S("}}"));
    if (end < 0) return false;
    Str inside = str_trim(str_sub(h->text, *at + 2, end));
    if (inside.n == 0) return html_fault(h, *at, S("{{ }} without an expression"));
    Str how = writer(h, *at);
    if (how.n == 0) return false;
    bool on_screen = h->now.state != HTML_VALUE || h->now.kind == ATTR_SCREEN;
    if (on_screen && is_untranslated(inside)) return html_fault(h, *at, S("text outside T(); write {{ T(\"…\") }}"));
    html_wrote(&h->now);
    EMIT(p, *at, S("    "), how, S("(o, ("), inside, S("));"));
    *at = end + 2;
    return true;
}

static bool comment(Pages *p, ptrdiff_t *at)
{
    ptrdiff_t end = str_find(p->html.text, S("#}"), *at + 2);
    if (end < 0) return html_fault(&p->html, *at, S("a template comment without its end"));
    *at = end + 2;
    return true;
}

/* ---- the whole -------------------------------------------------------------------------- */

static bool outside_text(Pages *p, ptrdiff_t *at)
{
    char ch = p->html.text.p[*at];
    if (ch != ' ' && ch != '\n' && ch != '\t') return html_fault(&p->html, *at, S("stands outside a page"));
    ++*at;
    return true;
}

static bool step(Pages *p, ptrdiff_t *at)
{
    Str here = str_sub(p->html.text, *at, *at + 2);
    if (str_eq(here, S("{{"))) return expression(p, at);
    if (str_eq(here, S("{%"))) return directive(p, at);
    if (str_eq(here, S("{#"))) return comment(p, at);
    return p->in_function ? html_step(&p->html, at) : outside_text(p, at);
}

static bool is_clean(Html *h)
{
    if (h->text.n > PAGES_MAX_INPUT) return html_fault(h, 0, S("a template of more than 1 MB"));
    if (!str_is_utf8(h->text)) return html_fault(h, 0, S("the file is not UTF-8"));
    for (ptrdiff_t i = 0; i < h->text.n; i++) {
        unsigned char ch = (unsigned char)h->text.p[i];
        if ((ch < 0x20 && ch != '\n' && ch != '\t') || ch == 0x7F) return html_fault(h, i, S("a control character"));
    }
    return true;
}

static void begin_files(Pages *p, Str header_name)
{
    Str made = STR_CAT(p->arena, S("/* Made from "), p->file, S(" by tool/pages: change that file. */\n"));
    buf_add(&p->header, made);
    buf_add(&p->header, S("#pragma once\n#include \"render/out.h\"\n"));
    buf_add(&p->code, made);
    buf_add(&p->code, S("#include "));
    add_c_string(&p->code, header_name);
    /* A page may leave what it was given unused, and its two halves each do. */
    buf_add(&p->code, S("\n#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n"));
}

static bool run(Pages *p)
{
    if (!is_clean(&p->html)) return false;
    ptrdiff_t at = 0;
    while (at < p->html.text.n)
        if (!step(p, &at)) return false;
    if (!end_function(p, at)) return false;
    if (p->code.full || p->lit.full || p->header.full) return html_fault(&p->html, at, S("the C made would exceed 8 MB"));
    return true;
}

static PagesFault place_fault(const Html *h)
{
    PagesFault fault = {.line = 1, .column = 1, .what = h->fault};
    for (ptrdiff_t i = 0; i < h->fault_at && i < h->text.n; i++) {
        bool line_end = h->text.p[i] == '\n';
        fault.line += line_end;
        fault.column = line_end ? 1 : fault.column + 1;
    }
    return fault;
}

bool pages_compile(Arena *arena, Str file, Str header_name, Str text, PagesMade *ret, PagesFault *ret_fault)
{
    Pages *p = NEW(arena, Pages, 1);
    p->arena = arena;
    p->file = file;
    p->line = 1;
    p->lit = buf_new(arena, PAGES_MAX_OUTPUT);
    p->code = buf_new(arena, PAGES_MAX_OUTPUT);
    p->header = buf_new(arena, PAGES_MAX_OUTPUT);
    p->html = (Html){.arena = arena, .text = text, .out = &p->lit, .now = html_begin(), .fault_at = -1};
    begin_files(p, header_name);
    if (!run(p)) {
        *ret_fault = place_fault(&p->html);
        return false;
    }
    *ret = (PagesMade){.source = buf_str(&p->code), .header = buf_str(&p->header)};
    return true;
}

Str pages_fault_text(Arena *arena, Str file, PagesFault fault)
{
    Buf b = buf_new(arena, file.n + fault.what.n + 64);
    buf_add(&b, file);
    buf_add_char(&b, ':');
    buf_add_i64(&b, fault.line);
    buf_add_char(&b, ':');
    buf_add_i64(&b, fault.column);
    buf_add(&b, S(": error: "));
    buf_add(&b, fault.what);
    buf_add_char(&b, '\n');
    return buf_str(&b);
}

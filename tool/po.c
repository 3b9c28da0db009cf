#include "po.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* ---- reading ---------------------------------------------------------------- */

typedef struct Reader {
    Arena *arena;
    Str rest;
    int line;
    Po po;
    PoEntry entry;     /* being read */
    Str *field;        /* of entry: where a continued string goes on */
    bool has_entry, has_form;
    PoFault *fault;
} Reader;

static bool po_fault(Reader *r, Str what)
{
    *r->fault = (PoFault){.line = r->line, .what = what};
    return false;
}

static char unescaped(char ch)
{
    switch (ch) {
    case 'n': return '\n';
    case 't': return '\t';
    case '"':
    case '\\': return ch;
    default: return '\0';
    }
}

/* Adds the quoted string `s` to *field. */
static bool add_quoted(Reader *r, Str s)
{
    if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"') return po_fault(r, S("a string in double quotes was expected"));
    Buf b = buf_new(r->arena, r->field->n + s.n);
    buf_add(&b, *r->field);
    for (ptrdiff_t i = 1; i < s.n - 1; i++) {
        char ch = s.p[i];
        if (ch == '"') return po_fault(r, S("a quote inside a string"));
        if (ch == '\\') {
            ch = i + 1 < s.n - 1 ? unescaped(s.p[++i]) : '\0';
            if (!ch) return po_fault(r, S("only \\n, \\t, \\\" and \\\\ are known"));
        }
        buf_add_char(&b, ch);
    }
    *r->field = buf_str(&b);
    return true;
}

static bool end_entry(Reader *r)
{
    bool is_header = r->entry.text.n == 0 && r->entry.context.n == 0;
    if (r->has_form && !is_header) {
        if (r->po.n == PO_MAX_ENTRIES) return po_fault(r, S("more than 100,000 entries"));
        r->po.v[r->po.n++] = r->entry;
    }
    r->entry = (PoEntry){0};
    r->field = NULL;
    r->has_entry = r->has_form = false;
    return true;
}

typedef struct Keyword {
    const char *word;
    ptrdiff_t offset; /* of its Str in PoEntry */
    bool begins, is_form;
} Keyword;
static const Keyword keywords[] = {
    {"msgctxt ", offsetof(PoEntry, context), true, false},
    {"msgid ", offsetof(PoEntry, text), true, false},
    {"msgid_plural ", offsetof(PoEntry, plural), false, false},
    {"msgstr ", offsetof(PoEntry, form), false, true},
    {"msgstr[0] ", offsetof(PoEntry, form), false, true},
    {"msgstr[1] ", offsetof(PoEntry, form) + sizeof(Str), false, true},
};

static bool read_line(Reader *r, Str line)
{
    if (line.n == 0) return true;
    if (str_starts(line, S("#~"))) return true;
    if (line.p[0] == '#') {
        if (r->has_form && !end_entry(r)) return false;
        if (str_starts(line, S("#,")) && str_find(line, S("fuzzy"), 0) >= 0) r->entry.is_fuzzy = true;
        return true;
    }
    if (line.p[0] == '"') return r->field ? add_quoted(r, line) : po_fault(r, S("a string without a keyword"));
    for (ptrdiff_t i = 0; i < COUNT_OF(keywords); i++) {
        const Keyword *k = &keywords[i];
        Str word = str_of_z(k->word);
        if (!str_starts(line, word)) continue;
        if (k->begins && r->has_form && !end_entry(r)) return false;
        r->field = (Str *)(void *)((char *)&r->entry + k->offset);
        r->has_form |= k->is_form;
        if (k->begins) r->entry.line = r->line;
        return add_quoted(r, str_sub(line, word.n, line.n));
    }
    return po_fault(r, S("not a line of a PO file"));
}

static int by_text(const void *a, const void *b)
{
    const PoEntry *x = a, *y = b;
    int by_context = str_cmp(x->context, y->context);
    return by_context ? by_context : str_cmp(x->text, y->text);
}

static bool sort_entries(Reader *r)
{
    qsort(r->po.v, (size_t)r->po.n, sizeof *r->po.v, by_text);
    for (ptrdiff_t i = 1; i < r->po.n; i++) {
        if (by_text(&r->po.v[i - 1], &r->po.v[i]) != 0) continue;
        r->line = r->po.v[i].line;
        return po_fault(r, S("the same text a second time"));
    }
    return true;
}

bool po_parse(Arena *arena, Str text, Po *ret, PoFault *ret_fault)
{
    Reader r = {.arena = arena, .rest = text, .fault = ret_fault};
    if (text.n > PO_MAX_INPUT || !str_is_utf8(text)) return po_fault(&r, S("not UTF-8, or more than 8 MB"));
    ptrdiff_t most = 1;
    for (ptrdiff_t at = str_find(text, S("msgid "), 0); at >= 0; at = str_find(text, S("msgid "), at + 1)) most++;
    r.po.v = NEW(arena, PoEntry, most);
    Str line = {0};
    while (str_split(&r.rest, '\n', &line)) {
        r.line++;
        if (!read_line(&r, str_trim(line))) return false;
    }
    if (!end_entry(&r) || !sort_entries(&r)) return false;
    *ret = r.po;
    return true;
}

/* ---- judging ------------------------------------------------------------------- */

/* Bit n: "{n}" occurs, n = 1–4. */
static unsigned placeholders(Str s)
{
    unsigned set = 0;
    for (ptrdiff_t at = 0; at + 2 < s.n; at++)
        if (s.p[at] == '{' && s.p[at + 2] == '}' && s.p[at + 1] >= '1' && s.p[at + 1] <= '4')
            set |= 1u << (s.p[at + 1] - '0');
    return set;
}

/* A "{" that is none of {1}…{4}, or a "%" of printf: nothing fills them in. */
static bool is_unfillable(Str s)
{
    for (ptrdiff_t at = 0; at < s.n; at++) {
        char next = at + 1 < s.n ? s.p[at + 1] : '\0';
        if (s.p[at] == '%' && ((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9'))) return true;
        if (s.p[at] == '{' && !(at + 2 < s.n && s.p[at + 2] == '}' && next >= '1' && next <= '4')) return true;
    }
    return false;
}

/* What a reader meets first and last; pieces of a sentence are set side by side by it. */
static bool has_other_ends(Str english, Str danish)
{
    static const char kept[] = " .:;?,(\n";
    if (english.n == 0 || danish.n == 0) return english.n != danish.n;
    if ((english.p[0] == ' ') != (danish.p[0] == ' ')) return true;
    if (str_ends(danish, S("ct."))) return false; /* "pct.": the stop may be the word's or the sentence's */
    for (const char *k = kept; *k; k++)
        if ((english.p[english.n - 1] == *k) != (danish.p[danish.n - 1] == *k)) return true;
    return false;
}

static bool is_finished(const PoEntry *e)
{
    return !e->is_fuzzy && e->form[0].n > 0 && (e->plural.n == 0 || e->form[1].n > 0);
}

/* What is wrong with a finished translation of `wanted`; empty: nothing. */
static Str mismatch(const PoEntry *e, const PoEntry *wanted)
{
    if (!str_eq(e->plural, wanted->plural)) return S("another plural than the program's");
    if (placeholders(e->form[0]) != placeholders(e->text)) return S("other {1}…{4} than the Danish text");
    if (e->plural.n && placeholders(e->form[1]) != placeholders(e->plural)) return S("other {1}…{4} in the plural");
    if (is_unfillable(e->form[0]) || is_unfillable(e->form[1]) || is_unfillable(e->text) || is_unfillable(e->plural))
        return S("only {1}…{4} are filled in, no other { and no %");
    if (has_other_ends(e->form[0], e->text) || (e->plural.n && has_other_ends(e->form[1], e->plural)))
        return S("another space or sign at its end than the Danish text");
    return (Str){0};
}

static void complain(Buf *b, Str file, int line, Str what, Str text)
{
    buf_add(b, file);
    buf_add_char(b, ':');
    buf_add_i64(b, line);
    buf_add(b, S(": "));
    buf_add(b, what);
    buf_add(b, S(": "));
    buf_add_json(b, text);
    buf_add_char(b, '\n');
}

Str po_check(Arena *arena, const Po *po, const Po *wanted, Str file)
{
    Buf b = buf_new(arena, PO_MAX_INPUT);
    ptrdiff_t i = 0, k = 0;
    while (i < po->n || k < wanted->n) {
        int order = i == po->n ? 1 : k == wanted->n ? -1 : by_text(&po->v[i], &wanted->v[k]);
        const PoEntry *e = order <= 0 ? &po->v[i++] : NULL;
        const PoEntry *w = order >= 0 ? &wanted->v[k++] : NULL;
        if (!e) complain(&b, file, 0, S("not translated"), w->text);
        else if (!w) complain(&b, file, e->line, S("no longer in the program"), e->text);
        else if (!is_finished(e)) complain(&b, file, e->line, S("empty or fuzzy"), e->text);
        else if (mismatch(e, w).n) complain(&b, file, e->line, mismatch(e, w), e->text);
    }
    return buf_str(&b);
}

/* ---- writing --------------------------------------------------------------------- */

static void add_literal(Buf *b, Str s)
{
    buf_add(b, S("S_INIT(\""));
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (ch == '\n') buf_add(b, S("\\n"));
        else if (ch == '\t') buf_add(b, S("\\t"));
        else {
            if (ch == '"' || ch == '\\' || ch == '?') buf_add_char(b, '\\');
            buf_add_char(b, ch);
        }
    }
    buf_add(b, S("\")"));
}

Str po_table(Arena *arena, const Po *po)
{
    Buf b = buf_new(arena, 4 * PO_MAX_INPUT);
    ptrdiff_t count = 0;
    buf_add(&b, S("/* Made from po/en.po by tool/po: change that file. */\n#include \"render/translation.h\"\n\n"
                  "const Translation translations[] = {\n"));
    for (ptrdiff_t i = 0; i < po->n; i++) {
        const PoEntry *e = &po->v[i];
        if (!is_finished(e)) continue;
        const Str all[] = {e->context, e->text, e->form[0], e->form[1]};
        buf_add(&b, S("    {"));
        for (int k = 0; k < 4; k++) {
            if (k) buf_add(&b, S(", "));
            add_literal(&b, all[k]);
        }
        buf_add(&b, S("},\n"));
        count++;
    }
    buf_add(&b, S("    {S_INIT(\"\"), S_INIT(\"\"), S_INIT(\"\"), S_INIT(\"\")}, /* no empty array in C */\n};\n"
                  "const ptrdiff_t translation_count = "));
    buf_add_i64(&b, count);
    buf_add(&b, S(";\n"));
    return buf_str(&b);
}

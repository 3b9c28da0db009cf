#include "render/pdf/pdf_check.h"

#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"

enum { MARKS = 4000, DEPTH = 40, PAGES = 4000 };

/* Marked contents of one page, in the order painted. */
typedef struct PageMarks {
    int *number;
    ptrdiff_t n;
    ptrdiff_t read; /* how many the tree has come to */
} PageMarks;

typedef struct Check {
    Ctx *c;
    qpdf_data q;
    Strs faults;
    int pages;
    PageMarks *page;
    int level; /* of the last heading */
    int links; /* annotations that the tree names */
} Check;

static void tell(Check *k, Str what)
{
    if (k->faults.n < PDF_FAULTS) k->faults.v[k->faults.n++] = what;
}

static void tell_page(Check *k, int page, const char *what)
{
    Buf b = buf_new(k->c->arena, 200);
    buf_add(&b, S("page "));
    buf_add_i64(&b, page + 1);
    buf_add(&b, S(": "));
    buf_add(&b, str_of_z(what));
    tell(k, buf_str(&b));
}

static qpdf_oh key(Check *k, qpdf_oh dict, const char *name)
{
    return qpdf_oh_get_key_if_dict(k->q, dict, name);
}

static bool is_name(Check *k, qpdf_oh oh, const char *name)
{
    return qpdf_oh_is_name_and_equals(k->q, oh, name);
}

static bool is_true(Check *k, qpdf_oh oh)
{
    return qpdf_oh_is_bool(k->q, oh) && qpdf_oh_get_bool_value(k->q, oh);
}

static bool has_words(Check *k, qpdf_oh oh)
{
    return qpdf_oh_is_string(k->q, oh) && str_trim(str_of_z(qpdf_oh_get_utf8_value(k->q, oh))).n > 0;
}

static bool is_indirect_same(Check *k, qpdf_oh a, qpdf_oh b)
{
    return qpdf_oh_is_indirect(k->q, a) && qpdf_oh_get_object_id(k->q, a) == qpdf_oh_get_object_id(k->q, b);
}

/* ---- the document as a whole ---- */

static void check_catalogue(Check *k)
{
    qpdf_oh root = qpdf_get_root(k->q);
    if (!has_words(k, key(k, root, "/Lang"))) tell(k, S("no language"));
    if (!is_true(k, key(k, key(k, root, "/MarkInfo"), "/Marked"))) tell(k, S("not marked as tagged"));
    if (!is_true(k, key(k, key(k, root, "/ViewerPreferences"), "/DisplayDocTitle"))) tell(k, S("title is not shown"));
    if (!has_words(k, key(k, key(k, qpdf_get_trailer(k->q), "/Info"), "/Title"))) tell(k, S("no title"));
    if (!qpdf_oh_is_stream(k->q, key(k, root, "/Metadata"))) tell(k, S("no metadata"));
}

static bool is_embedded(Check *k, qpdf_oh font)
{
    qpdf_oh kids = key(k, font, "/DescendantFonts");
    qpdf_oh one = qpdf_oh_is_array(k->q, kids) ? qpdf_oh_get_array_item(k->q, kids, 0) : font;
    qpdf_oh descriptor = key(k, one, "/FontDescriptor");
    return qpdf_oh_is_stream(k->q, key(k, descriptor, "/FontFile2")) ||
           qpdf_oh_is_stream(k->q, key(k, descriptor, "/FontFile3")) ||
           qpdf_oh_is_stream(k->q, key(k, descriptor, "/FontFile"));
}

static void check_fonts(Check *k, int page, qpdf_oh resources)
{
    qpdf_oh fonts = key(k, resources, "/Font");
    if (!qpdf_oh_is_dictionary(k->q, fonts)) return;
    for (qpdf_oh_begin_dict_key_iter(k->q, fonts); qpdf_oh_dict_more_keys(k->q);) {
        qpdf_oh font = qpdf_oh_get_key(k->q, fonts, qpdf_oh_dict_next_key(k->q));
        if (!is_embedded(k, font)) tell_page(k, page, "a font is not embedded");
        if (!qpdf_oh_is_stream(k->q, key(k, font, "/ToUnicode")))
            tell_page(k, page, "a font has no way back to letters");
    }
}

/* ---- content streams ---- */

typedef struct Scan {
    Check *k;
    int page;
    int depth;     /* open marked contents */
    int marked_at; /* depth at which a numbered one is open; 0: none */
    int number;    /* of /MCID among the operands; -1 */
    bool wants_number;
    bool told_unmarked;
} Scan;

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\n' || ch == '\r' || ch == '\t' || ch == '\f' || ch == 0;
}

static bool is_delimiter(char ch)
{
    return memchr("()<>[]{}/%", ch, 10) != NULL;
}

/* Past a text in brackets, which may nest; at is on the first one. */
static ptrdiff_t skip_text(Str s, ptrdiff_t at)
{
    int depth = 0;
    for (; at < s.n; at++) {
        if (s.p[at] == '\\')
            at++;
        else if (s.p[at] == '(')
            depth++;
        else if (s.p[at] == ')' && --depth == 0)
            return at + 1;
    }
    return s.n;
}

/* The next token; texts and comments come as empty ones. */
static bool next_token(Str s, ptrdiff_t *at, Str *ret)
{
    while (*at < s.n && is_space(s.p[*at])) ++*at;
    if (*at >= s.n) return false;
    ptrdiff_t from = *at;
    *ret = (Str){s.p + from, 0};
    if (s.p[from] == '(') {
        *at = skip_text(s, from);
        return true;
    }
    if (s.p[from] == '%') {
        ptrdiff_t end = str_find_char(s, '\n', from);
        *at = end < 0 ? s.n : end;
        return true;
    }
    ++*at;
    if (is_delimiter(s.p[from]) && s.p[from] != '/') {
        *ret = str_sub(s, from, *at);
        return true;
    }
    while (*at < s.n && !is_space(s.p[*at]) && !is_delimiter(s.p[*at])) ++*at;
    *ret = str_sub(s, from, *at);
    return true;
}

static bool is_one_of(Str token, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (str_eq(token, str_of_z(list[i]))) return true;
    return false;
}

static void begin_marked(Scan *s)
{
    s->depth++;
    if (s->number < 0) return;
    if (s->marked_at) tell_page(s->k, s->page, "a marked content inside another");
    s->marked_at = s->depth;
    PageMarks *marks = &s->k->page[s->page];
    if (marks->n == MARKS) {
        tell_page(s->k, s->page, "more marked contents than are looked at");
        return;
    }
    marks->number[marks->n++] = s->number;
}

static void end_marked(Scan *s)
{
    if (s->depth == 0) {
        tell_page(s->k, s->page, "an end of marked content without a beginning");
        return;
    }
    if (s->marked_at == s->depth) s->marked_at = 0;
    s->depth--;
}

static void scan_operator(Scan *s, Str token)
{
    static const char *const paints[] = {"f", "F",  "f*", "B", "B*", "b",  "b*", "S",
                                         "s", "Tj", "TJ", "'", "\"", "sh", "Do", "BI"};
    if (str_eq(token, S("BDC")) || str_eq(token, S("BMC"))) begin_marked(s);
    if (str_eq(token, S("EMC"))) end_marked(s);
    if (str_eq(token, S("Do"))) tell_page(s->k, s->page, "a form or picture object, which is not read");
    if (s->depth == 0 && !s->told_unmarked && is_one_of(token, paints, (int)COUNT_OF(paints))) {
        tell_page(s->k, s->page, "something is painted outside marked content");
        s->told_unmarked = true;
    }
    s->number = -1;
}

static void scan_content(Scan *s, Str content)
{
    Str token = {0};
    for (ptrdiff_t at = 0; next_token(content, &at, &token);) {
        if (token.n == 0) continue;
        int64_t number = 0;
        char first = token.p[0];
        bool is_letter =
            (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') || first == '\'' || first == '"';
        if (s->wants_number && str_i64(token, &number)) s->number = (int)number;
        s->wants_number = str_eq(token, S("/MCID"));
        if (is_letter && !str_eq(token, S("true")) && !str_eq(token, S("false")) && !str_eq(token, S("null")))
            scan_operator(s, token);
    }
    if (s->depth) tell_page(s->k, s->page, "marked content that does not end");
}

static void check_page(Check *k, int i)
{
    qpdf_oh page = qpdf_get_page_n(k->q, (size_t)i);
    unsigned char *bytes = NULL;
    size_t n = 0;
    k->page[i].number = NEW(k->c->arena, int, MARKS);
    if (!is_name(k, key(k, page, "/Tabs"), "/S")) tell_page(k, i, "tab order is not that of the structure");
    check_fonts(k, i, key(k, page, "/Resources"));
    if (qpdf_oh_get_page_content_data(k->q, page, &bytes, &n) & QPDF_ERRORS) {
        tell_page(k, i, "content cannot be read");
        return;
    }
    Scan s = {.k = k, .page = i, .number = -1};
    scan_content(&s, (Str){(const char *)bytes, (ptrdiff_t)n});
    free(bytes);
}

/* ---- the tree ---- */

/* One marked content that the tree comes to: it must be the next one painted
   on its page, and the parent tree must lead back to the element. */
static void check_mark(Check *k, qpdf_oh element, qpdf_oh page, int number)
{
    int i = qpdf_find_page_by_oh(k->q, page);
    if (i < 0 || i >= k->pages) {
        tell(k, S("the tree names a page that the file lacks"));
        return;
    }
    PageMarks *marks = &k->page[i];
    if (marks->read >= marks->n)
        tell_page(k, i, "the tree names content that is not there");
    else if (marks->number[marks->read] != number)
        tell_page(k, i, "reading order is not the order on the page");
    marks->read++;
    qpdf_oh numbers = key(k, key(k, key(k, qpdf_get_root(k->q), "/StructTreeRoot"), "/ParentTree"), "/Nums");
    qpdf_oh index = key(k, page, "/StructParents");
    int at = qpdf_oh_is_integer(k->q, index) ? 2 * qpdf_oh_get_int_value_as_int(k->q, index) + 1 : -1;
    qpdf_oh parents = at > 0 && qpdf_oh_is_array(k->q, numbers) && at < qpdf_oh_get_array_n_items(k->q, numbers)
                          ? qpdf_oh_get_array_item(k->q, numbers, at)
                          : qpdf_oh_new_null(k->q);
    bool agrees = qpdf_oh_is_array(k->q, parents) && number < qpdf_oh_get_array_n_items(k->q, parents) &&
                  is_indirect_same(k, qpdf_oh_get_array_item(k->q, parents, number), element);
    if (!agrees) tell_page(k, i, "the parent tree does not lead back to the tree");
}

static void check_link_object(Check *k, qpdf_oh annotation)
{
    k->links++;
    if (!has_words(k, key(k, annotation, "/Contents"))) tell(k, S("a link without words"));
    if (!qpdf_oh_is_integer(k->q, key(k, annotation, "/StructParent"))) tell(k, S("a link outside the parent tree"));
}

static qpdf_oh attribute(Check *k, qpdf_oh element, const char *name)
{
    return key(k, key(k, element, "/A"), name);
}

static void check_heading(Check *k, int level)
{
    if (level > k->level + 1) tell(k, S("a heading skips a level"));
    k->level = level;
}

static int span_of(Check *k, qpdf_oh cell)
{
    qpdf_oh span = attribute(k, cell, "/ColSpan");
    return qpdf_oh_is_integer(k->q, span) ? qpdf_oh_get_int_value_as_int(k->q, span) : 1;
}

typedef struct TableShape {
    int heads, width; /* width 0: no row yet */
    bool is_uneven;
} TableShape;

static void measure_row(Check *k, qpdf_oh row, TableShape *shape)
{
    qpdf_oh cells = key(k, row, "/K");
    int width = 0;
    for (int i = 0; i < qpdf_oh_get_array_n_items(k->q, cells); i++) {
        qpdf_oh cell = qpdf_oh_get_array_item(k->q, cells, i);
        width += span_of(k, cell);
        if (!is_name(k, key(k, cell, "/S"), "/TH")) continue;
        shape->heads++;
        if (!qpdf_oh_is_name(k->q, attribute(k, cell, "/Scope"))) tell(k, S("a table head without a scope"));
    }
    if (shape->width && width != shape->width) shape->is_uneven = true;
    shape->width = width;
}

static void measure_table(Check *k, qpdf_oh part, TableShape *shape, int depth)
{
    qpdf_oh kids = key(k, part, "/K");
    if (depth > 3 || !qpdf_oh_is_array(k->q, kids)) return;
    for (int i = 0; i < qpdf_oh_get_array_n_items(k->q, kids); i++) {
        qpdf_oh kid = qpdf_oh_get_array_item(k->q, kids, i);
        if (is_name(k, key(k, kid, "/S"), "/TR"))
            measure_row(k, kid, shape);
        else
            measure_table(k, kid, shape, depth + 1);
    }
}

static void check_table(Check *k, qpdf_oh table)
{
    TableShape shape = {0};
    measure_table(k, table, &shape, 0);
    if (shape.heads == 0) tell(k, S("a table without heads"));
    if (shape.is_uneven) tell(k, S("a table whose rows differ in width"));
}

static void check_list(Check *k, qpdf_oh list)
{
    qpdf_oh kids = key(k, list, "/K");
    for (int i = 0; qpdf_oh_is_array(k->q, kids) && i < qpdf_oh_get_array_n_items(k->q, kids); i++)
        if (!is_name(k, key(k, qpdf_oh_get_array_item(k->q, kids, i), "/S"), "/LI"))
            tell(k, S("a list of something else than items"));
}

static void check_role(Check *k, qpdf_oh element, Str role)
{
    static const char *const known[] = {"/Document", "/H1",    "/H2",     "/H3",      "/P",     "/L",   "/LI",
                                        "/Lbl",      "/LBody", "/Table",  "/THead",   "/TBody", "/TR",  "/TH",
                                        "/TD",       "/Link",  "/Figure", "/Caption", "/Span",  "/Sect"};
    if (!is_one_of(role, known, (int)COUNT_OF(known))) tell(k, STR_CAT(k->c->arena, S("unknown role "), role));
    if (role.n == 3 && str_starts(role, S("/H"))) check_heading(k, role.p[2] - '0');
    if (str_eq(role, S("/Figure")) && !has_words(k, key(k, element, "/Alt"))) tell(k, S("a figure without words"));
    if (str_eq(role, S("/Table"))) check_table(k, element);
    if (str_eq(role, S("/L"))) check_list(k, element);
}

static void walk(Check *k, qpdf_oh element, int depth);

static void walk_kid(Check *k, qpdf_oh element, qpdf_oh kid, int depth)
{
    if (qpdf_oh_is_integer(k->q, kid)) {
        check_mark(k, element, key(k, element, "/Pg"), qpdf_oh_get_int_value_as_int(k->q, kid));
    } else if (is_name(k, key(k, kid, "/Type"), "/MCR")) {
        qpdf_oh page = qpdf_oh_has_key(k->q, kid, "/Pg") ? key(k, kid, "/Pg") : key(k, element, "/Pg");
        check_mark(k, element, page, qpdf_oh_get_int_value_as_int(k->q, key(k, kid, "/MCID")));
    } else if (is_name(k, key(k, kid, "/Type"), "/OBJR")) {
        check_link_object(k, key(k, kid, "/Obj"));
    } else if (qpdf_oh_is_dictionary(k->q, kid)) {
        walk(k, kid, depth + 1);
    } else {
        tell(k, S("the tree holds something that is no element"));
    }
}

static void walk(Check *k, qpdf_oh element, int depth)
{
    if (depth > DEPTH) {
        tell(k, S("the tree is too deep"));
        return;
    }
    qpdf_oh role = key(k, element, "/S"), kids = key(k, element, "/K");
    check_role(k, element,
               qpdf_oh_is_name(k->q, role) ? str_copy(k->c->arena, str_of_z(qpdf_oh_get_name(k->q, role)))
                                           : S("(none)"));
    if (qpdf_oh_is_array(k->q, kids)) {
        for (int i = 0; i < qpdf_oh_get_array_n_items(k->q, kids); i++)
            walk_kid(k, element, qpdf_oh_get_array_item(k->q, kids, i), depth);
    } else if (!qpdf_oh_is_null(k->q, kids)) {
        walk_kid(k, element, kids, depth);
    }
}

static int count_links(Check *k)
{
    int n = 0;
    for (int i = 0; i < k->pages; i++) {
        qpdf_oh list = key(k, qpdf_get_page_n(k->q, (size_t)i), "/Annots");
        n += qpdf_oh_is_array(k->q, list) ? qpdf_oh_get_array_n_items(k->q, list) : 0;
    }
    return n;
}

static void check_tree(Check *k)
{
    qpdf_oh top = key(k, qpdf_get_root(k->q), "/StructTreeRoot");
    if (!qpdf_oh_is_dictionary(k->q, top)) {
        tell(k, S("no structure tree"));
        return;
    }
    qpdf_oh kids = key(k, top, "/K");
    if (qpdf_oh_is_array(k->q, kids)) {
        for (int i = 0; i < qpdf_oh_get_array_n_items(k->q, kids); i++)
            walk(k, qpdf_oh_get_array_item(k->q, kids, i), 0);
    } else {
        walk(k, kids, 0);
    }
    for (int i = 0; i < k->pages; i++)
        if (k->page[i].read < k->page[i].n) tell_page(k, i, "content that the tree does not name");
    if (k->level == 0) tell(k, S("no heading"));
    if (count_links(k) != k->links) tell(k, S("a link outside the tree"));
}

static void close_qpdf(Ctx *c, void *data)
{
    (void)c;
    qpdf_data *q = data;
    if (!*q) return;
    /* An error that nobody has asked for would be printed by qpdf. */
    if (qpdf_has_error(*q)) (void)qpdf_get_error(*q);
    qpdf_cleanup(q);
}

Err pdf_check(Ctx *c, Str bytes, Strs *ret_faults)
{
    qpdf_data *q = NEW(c->arena, qpdf_data, 1);
    ctx_at_end(c, close_qpdf, q);
    *q = qpdf_init();
    qpdf_silence_errors(*q);
    qpdf_set_suppress_warnings(*q, QPDF_TRUE);
    qpdf_set_attempt_recovery(*q, QPDF_FALSE);
    Check k = {.c = c, .q = *q, .faults = {.v = NEW(c->arena, Str, PDF_FAULTS)}};
    bool is_read = !(qpdf_read_memory(*q, "file", bytes.p, (unsigned long long)bytes.n, NULL) & QPDF_ERRORS);
    k.pages = is_read ? qpdf_get_num_pages(*q) : 0;
    if (k.pages < 1 || k.pages > PAGES) {
        close_qpdf(c, q);
        return fail(c, E_INVALID, T("Filen kan ikke læses som PDF."));
    }
    k.page = NEW(c->arena, PageMarks, k.pages);
    check_catalogue(&k);
    for (int i = 0; i < k.pages; i++) check_page(&k, i);
    check_tree(&k);
    close_qpdf(c, q);
    *ret_faults = k.faults;
    return OK;
}

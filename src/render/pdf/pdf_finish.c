/* What cairo 1.16 cannot say, said with qpdf: the structure tree (cairo's own
   one is dropped), language, title bar, links, fixed metadata, and artifacts
   for what no reader should hear. ISO 32000-1 section 14.7 and 14.8.
   Every object is written by us in the order of the tree, and the file's ID is
   taken from its content, so equal input gives equal bytes. */
#include <qpdf/qpdf-c.h>
#include <stdlib.h>
#include <string.h>

#include "render/pdf/pdf_own.h"

enum { ROLES_MAX = 24 };

typedef struct Finish {
    Pdf *pdf;
    const char *role[ROLES_MAX]; /* those met so far, and their names in the file */
    qpdf_oh role_name[ROLES_MAX];
    int roles;
    qpdf_data q;
    int pages;
    qpdf_oh *page;         /* by number */
    qpdf_oh *page_parents; /* arrays: element of each marked content, by page */
    int *filled;           /* how long page_parents[page] is */
    qpdf_oh *annotation;   /* element of each link, by its number */
} Finish;

static const char *z(Finish *f, Str s)
{
    return str_z(f->pdf->c->arena, s);
}

static void put(Finish *f, qpdf_oh dict, const char *key, qpdf_oh value)
{
    qpdf_oh_replace_key(f->q, dict, key, value);
}

static qpdf_oh words(Finish *f, Str s)
{
    return qpdf_oh_new_unicode_string(f->q, z(f, s));
}

static qpdf_oh parsed(Finish *f, const char *text)
{
    return qpdf_oh_parse(f->q, text);
}

/* [x1 y1 x2 y2] from the page's lower left corner, in hundredths of a point. */
static qpdf_oh rectangle(Finish *f, Box box)
{
    double height = f->pdf->height;
    const double v[] = {box.x, height - box.y - box.h, box.x + box.w, height - box.y};
    qpdf_oh array = qpdf_oh_new_array(f->q);
    for (int i = 0; i < 4; i++) qpdf_oh_append_item(f->q, array, qpdf_oh_new_real_from_double(f->q, v[i], 2));
    return array;
}

/* ---- links ---- */

static void add_annotation(Finish *f, const Node *n, qpdf_oh *ret)
{
    qpdf_oh a = parsed(f, "<< /Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /A << /S /URI >> >>");
    put(f, a, "/Rect", rectangle(f, n->box));
    put(f, a, "/Contents", words(f, n->words));
    put(f, a, "/StructParent", qpdf_oh_new_integer(f->q, f->pages + n->number));
    qpdf_oh action = qpdf_oh_get_key(f->q, a, "/A");
    put(f, action, "/URI", qpdf_oh_new_string(f->q, z(f, n->address)));
    *ret = qpdf_make_indirect_object(f->q, a);
    qpdf_oh page = f->page[n->page];
    if (!qpdf_oh_has_key(f->q, page, "/Annots")) put(f, page, "/Annots", qpdf_oh_new_array(f->q));
    qpdf_oh_append_item(f->q, qpdf_oh_get_key(f->q, page, "/Annots"), *ret);
}

/* ---- the tree ---- */

/* A number is enough where the content stands on the element's own page: a report
   has thousands of them. */
static qpdf_oh content_ref(Finish *f, const Node *n, qpdf_oh element, int page)
{
    for (; f->filled[n->page] < n->number; f->filled[n->page]++)
        qpdf_oh_append_item(f->q, f->page_parents[n->page], qpdf_oh_new_null(f->q));
    qpdf_oh_append_item(f->q, f->page_parents[n->page], element);
    f->filled[n->page]++;
    if (n->page == page) return qpdf_oh_new_integer(f->q, n->number);
    qpdf_oh ref = parsed(f, "<< /Type /MCR >>");
    put(f, ref, "/Pg", f->page[n->page]);
    put(f, ref, "/MCID", qpdf_oh_new_integer(f->q, n->number));
    return ref;
}

static qpdf_oh annotation_ref(Finish *f, const Node *n, qpdf_oh element)
{
    qpdf_oh annotation = 0;
    add_annotation(f, n, &annotation);
    f->annotation[n->number] = element;
    qpdf_oh ref = parsed(f, "<< /Type /OBJR >>");
    put(f, ref, "/Pg", f->page[n->page]);
    put(f, ref, "/Obj", annotation);
    return ref;
}

static void add_attributes(Finish *f, const Node *n, qpdf_oh element)
{
    if (n->scope || n->span > 1) {
        qpdf_oh a = parsed(f, "<< /O /Table >>");
        if (n->scope) put(f, a, "/Scope", qpdf_oh_new_name(f->q, strcmp(n->scope, "Row") == 0 ? "/Row" : "/Column"));
        if (n->span > 1) put(f, a, "/ColSpan", qpdf_oh_new_integer(f->q, n->span));
        put(f, element, "/A", a);
    }
    if (strcmp(n->role, "Figure") != 0) return;
    put(f, element, "/Alt", words(f, n->words));
    qpdf_oh a = parsed(f, "<< /O /Layout /Placement /Block >>");
    put(f, a, "/BBox", rectangle(f, n->box));
    put(f, element, "/A", a);
}

static qpdf_oh role_name(Finish *f, const char *role)
{
    int i = 0;
    while (i < f->roles && strcmp(f->role[i], role) != 0) i++;
    if (i < f->roles) return f->role_name[i];
    qpdf_oh name = qpdf_oh_new_name(f->q, z(f, STR_CAT(f->pdf->c->arena, S("/"), str_of_z(role))));
    if (i == ROLES_MAX) return name;
    f->role[i] = role;
    f->role_name[i] = name;
    f->roles++;
    return name;
}

/* Where a figure or the first content of an element stands; −1: it has none of its own. */
static int page_of(const Node *n)
{
    if (strcmp(n->role, "Figure") == 0) return n->page;
    for (const Node *kid = n->first; kid; kid = kid->next)
        if (kid->kind == NODE_CONTENT) return kid->page;
    return -1;
}

/* /Type is optional here, and would be a tenth of the tree. */
static qpdf_oh new_element(Finish *f, const Node *n, qpdf_oh parent, int page)
{
    qpdf_oh element = qpdf_make_indirect_object(f->q, qpdf_oh_new_dictionary(f->q));
    put(f, element, "/S", role_name(f, n->role));
    put(f, element, "/P", parent);
    if (page >= 0) put(f, element, "/Pg", f->page[page]);
    if (n->lang.n) put(f, element, "/Lang", qpdf_oh_new_string(f->q, z(f, n->lang)));
    add_attributes(f, n, element);
    return element;
}

static qpdf_oh add_element(Finish *f, const Node *n, qpdf_oh parent);

static qpdf_oh add_kid(Finish *f, const Node *kid, qpdf_oh element, int page)
{
    switch (kid->kind) {
    case NODE_ELEMENT: return add_element(f, kid, element);
    case NODE_CONTENT: return content_ref(f, kid, element, page);
    case NODE_ANNOTATION: break;
    }
    return annotation_ref(f, kid, element);
}

/* Depth is that of a table cell's figure at most, so recursion is bounded.
   Content that is alone, as in most cells, stands without an array around it. */
static qpdf_oh add_element(Finish *f, const Node *n, qpdf_oh parent)
{
    int page = page_of(n);
    qpdf_oh element = new_element(f, n, parent, page);
    bool is_only = n->first && !n->first->next && n->first->kind == NODE_CONTENT;
    qpdf_oh kids = is_only ? add_kid(f, n->first, element, page) : qpdf_oh_new_array(f->q);
    for (const Node *kid = is_only ? NULL : n->first; kid; kid = kid->next)
        qpdf_oh_append_item(f->q, kids, add_kid(f, kid, element, page));
    put(f, element, "/K", kids);
    return element;
}

/* Marked contents by page, then links: keys count up from 0. */
static qpdf_oh parent_tree(Finish *f)
{
    qpdf_oh numbers = qpdf_oh_new_array(f->q);
    for (int i = 0; i < f->pages; i++) {
        qpdf_oh_append_item(f->q, numbers, qpdf_oh_new_integer(f->q, i));
        qpdf_oh_append_item(f->q, numbers, qpdf_make_indirect_object(f->q, f->page_parents[i]));
    }
    for (int i = 0; i < f->pdf->annotations; i++) {
        qpdf_oh_append_item(f->q, numbers, qpdf_oh_new_integer(f->q, f->pages + i));
        qpdf_oh_append_item(f->q, numbers, f->annotation[i]);
    }
    qpdf_oh tree = qpdf_oh_new_dictionary(f->q);
    put(f, tree, "/Nums", numbers);
    return qpdf_make_indirect_object(f->q, tree);
}

static void add_tree(Finish *f)
{
    qpdf_oh top = qpdf_make_indirect_object(f->q, parsed(f, "<< /Type /StructTreeRoot >>"));
    qpdf_oh kids = qpdf_oh_new_array(f->q);
    qpdf_oh_append_item(f->q, kids, add_element(f, f->pdf->root, top));
    put(f, top, "/K", kids);
    put(f, top, "/ParentTree", parent_tree(f));
    put(f, top, "/ParentTreeNextKey", qpdf_oh_new_integer(f->q, f->pages + f->pdf->annotations));
    put(f, qpdf_get_root(f->q), "/StructTreeRoot", top);
}

/* ---- pages ---- */

/* After the text that begins with the '(' at `at`; ISO 32000-1 §7.3.4.2. */
static ptrdiff_t text_end(Str content, ptrdiff_t at)
{
    int open = 0;
    for (; at < content.n; at++) {
        char ch = content.p[at];
        if (ch == '\\') at++;
        else if (ch == '(') open++;
        else if (ch == ')' && --open == 0) return at + 1;
    }
    return content.n;
}

static const Str PRIVATE = S_INIT("/Private <<");

/* Where the next artifact begins outside texts; content.n: there is none. */
static ptrdiff_t next_artifact(Str content, ptrdiff_t at)
{
    while (at < content.n) {
        if (content.p[at] == '(') at = text_end(content, at);
        else if (content.p[at] == '/' && str_starts(str_sub(content, at, content.n), PRIVATE)) return at;
        else at++;
    }
    return content.n;
}

Str pdf_with_artifacts(Arena *arena, Str content)
{
    Buf b = buf_new(arena, content.n + 16);
    for (ptrdiff_t at = 0; at < content.n;) {
        ptrdiff_t hit = next_artifact(content, at);
        buf_add(&b, str_sub(content, at, hit));
        if (hit == content.n) break;
        buf_add(&b, S("/Artifact BMC"));
        ptrdiff_t end = str_find(content, S("BDC"), hit);
        at = end < 0 ? content.n : end + 3;
    }
    return buf_str(&b);
}

static Err finish_page(Finish *f, int i)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    qpdf_oh page = f->page[i];
    if (qpdf_oh_get_page_content_data(f->q, page, &bytes, &n) & QPDF_ERRORS)
        return fail(f->pdf->c, E_BROKEN, T("En side i dokumentet kan ikke læses igen."));
    Str content = str_copy(f->pdf->c->arena, (Str){(const char *)bytes, (ptrdiff_t)n});
    free(bytes); /* qpdf's, by its own contract */
    content = pdf_with_artifacts(f->pdf->c->arena, content);
    /* Cairo's own stream, when it has but one: qpdf looks through all objects for each new one. */
    qpdf_oh stream = qpdf_oh_get_key(f->q, page, "/Contents");
    if (!qpdf_oh_is_stream(f->q, stream)) {
        stream = qpdf_oh_new_stream(f->q);
        put(f, page, "/Contents", stream);
    }
    qpdf_oh_replace_stream_data(f->q, stream, (const unsigned char *)content.p, (size_t)content.n,
                                qpdf_oh_new_null(f->q), qpdf_oh_new_null(f->q));
    put(f, page, "/StructParents", qpdf_oh_new_integer(f->q, i));
    put(f, page, "/Tabs", qpdf_oh_new_name(f->q, "/S"));
    qpdf_oh_remove_key(f->q, page, "/Annots");
    return OK;
}

static Err read_pages(Finish *f)
{
    Arena *arena = f->pdf->c->arena;
    f->pages = qpdf_get_num_pages(f->q);
    if (f->pages != f->pdf->page + 1) return fail(f->pdf->c, E_BROKEN, T("Dokumentet har et forkert antal sider."));
    f->page = NEW(arena, qpdf_oh, f->pages);
    f->page_parents = NEW(arena, qpdf_oh, f->pages);
    f->filled = NEW(arena, int, f->pages);
    f->annotation = NEW(arena, qpdf_oh, f->pdf->annotations);
    for (int i = 0; i < f->pages; i++) {
        f->page[i] = qpdf_get_page_n(f->q, (size_t)i);
        f->page_parents[i] = qpdf_oh_new_array(f->q);
        TRY(finish_page(f, i));
    }
    return OK;
}

/* ---- metadata ---- */

static void add_xml(Buf *b, Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_add(b, S("&lt;"));
        else if (s.p[i] == '>')
            buf_add(b, S("&gt;"));
        else if (s.p[i] == '&')
            buf_add(b, S("&amp;"));
        else
            buf_add_char(b, s.p[i]);
    }
}

static Str xmp(Finish *f)
{
    const PdfMeta *meta = &f->pdf->meta;
    Str made = STR_CAT(f->pdf->c->arena, str_sub(instant_iso(f->pdf->c->arena, meta->made), 0, 19), S("Z"));
    Buf b = buf_new(f->pdf->c->arena, 2048 + 5 * (meta->title.n + meta->author.n));
    buf_add(
        &b,
        S("<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
          "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
          "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
          " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">"));
    add_xml(&b, meta->title);
    buf_add(&b, S("</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>"));
    add_xml(&b, meta->author);
    buf_add(&b, S("</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>"));
    buf_add(&b, f->pdf->c->lang == LANG_EN ? S("en") : S("da"));
    buf_add(&b, S("</rdf:li></rdf:Bag></dc:language><xmp:CreateDate>"));
    buf_add(&b, made);
    buf_add(&b, S("</xmp:CreateDate><xmp:ModifyDate>"));
    buf_add(&b, made);
    buf_add(&b, S("</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"));
    return buf_str(&b);
}

static void add_catalogue(Finish *f)
{
    qpdf_oh root = qpdf_get_root(f->q);
    put(f, root, "/Lang", qpdf_oh_new_string(f->q, f->pdf->c->lang == LANG_EN ? "en" : "da"));
    put(f, root, "/MarkInfo", parsed(f, "<< /Marked true >>"));
    put(f, root, "/ViewerPreferences", parsed(f, "<< /DisplayDocTitle true >>"));
    Str text = xmp(f);
    qpdf_oh stream = qpdf_oh_new_stream(f->q);
    qpdf_oh_replace_stream_data(f->q, stream, (const unsigned char *)text.p, (size_t)text.n, qpdf_oh_new_null(f->q),
                                qpdf_oh_new_null(f->q));
    qpdf_oh dict = qpdf_oh_get_dict(f->q, stream);
    put(f, dict, "/Type", qpdf_oh_new_name(f->q, "/Metadata"));
    put(f, dict, "/Subtype", qpdf_oh_new_name(f->q, "/XML"));
    put(f, root, "/Metadata", stream);
}

/* ---- reading and writing ---- */

static Err write_file(Finish *f, Str *ret_bytes)
{
    if (qpdf_init_write_memory(f->q) & QPDF_ERRORS) return fail(f->pdf->c, E_BROKEN, T("Dokumentet kan ikke skrives."));
    qpdf_set_deterministic_ID(f->q, QPDF_TRUE);
    qpdf_set_object_stream_mode(f->q, qpdf_o_generate);
    qpdf_set_minimum_pdf_version(f->q, "1.7");
    if (qpdf_write(f->q) & QPDF_ERRORS || qpdf_has_error(f->q))
        return fail(f->pdf->c, E_BROKEN, T("Dokumentet kan ikke skrives."));
    Str written = {(const char *)qpdf_get_buffer(f->q), (ptrdiff_t)qpdf_get_buffer_length(f->q)};
    *ret_bytes = str_copy(f->pdf->c->arena, written);
    return OK;
}

/* The number of the object whose dictionary begins at `at`: "12 0 obj\n<<"; 0: none. */
static int64_t object_number(Str raw, ptrdiff_t at)
{
    ptrdiff_t line = at - 1;
    while (line > 0 && raw.p[line - 1] != '\n') line--;
    Str rest = str_sub(raw, line, at), number = {0};
    int64_t n = 0;
    return str_split(&rest, ' ', &number) && str_eq(rest, S("0 obj\n")) && str_i64(number, &n) ? n : 0;
}

/* Cairo's own tree is thousands of objects that qpdf would read and never write:
   cairo's table of objects, with 20 bytes each, calls them free instead. */
static Str without_tree(Finish *f, Str raw)
{
    enum { ENTRY = 20, KIND = 17 };
    const Str head = S("<< /Type /StructElem\n"), begin = S("\nxref\n0 ");
    ptrdiff_t table = str_find(raw, begin, 0), first = table < 0 ? -1 : str_find(raw, S("\n"), table + begin.n) + 1;
    if (first <= 0) return raw;
    char *bytes = arena_take_raw(f->pdf->c->arena, raw.n);
    memcpy(bytes, raw.p, (size_t)raw.n);
    for (ptrdiff_t at = str_find(raw, head, 0); at >= 0 && at < table; at = str_find(raw, head, at + head.n)) {
        ptrdiff_t kind = first + object_number(raw, at) * ENTRY + KIND;
        if (kind < raw.n && bytes[kind] == 'n') bytes[kind] = 'f';
    }
    return (Str){bytes, raw.n};
}

static Err finish_file(Finish *f, Str raw, Str *ret_bytes)
{
    raw = without_tree(f, raw);
    if (qpdf_read_memory(f->q, "report", raw.p, (unsigned long long)raw.n, NULL) & QPDF_ERRORS)
        return fail(f->pdf->c, E_BROKEN, T("Dokumentet kan ikke læses igen."));
    TRY(read_pages(f));
    add_tree(f);
    add_catalogue(f);
    if (qpdf_has_error(f->q)) return fail(f->pdf->c, E_BROKEN, T("Dokumentets struktur kan ikke skrives."));
    return write_file(f, ret_bytes);
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

Err pdf_finish(Pdf *pdf, Str raw, Str *ret_bytes)
{
    qpdf_data *q = NEW(pdf->c->arena, qpdf_data, 1);
    ctx_at_end(pdf->c, close_qpdf, q);
    *q = qpdf_init();
    qpdf_silence_errors(*q);
    qpdf_set_suppress_warnings(*q, QPDF_TRUE);
    Finish f = {.pdf = pdf, .q = *q};
    Err err = finish_file(&f, raw, ret_bytes);
    close_qpdf(pdf->c, q);
    return err;
}

/* Thin over libxml2: one read of the whole tree, no network, no DTD, no entities
   beyond XML's own five; in the texts, which are HTML, those of HTML 4. libxml2's memory is held by a hook of the Ctx, because
   a full arena jumps away from here. */
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "feature/limesurvey/limesurvey_inside.h"

typedef struct Held {
    xmlDoc *doc;
} Held;

static void let_go(Ctx *c, void *data)
{
    (void)c;
    Held *held = data;
    if (held->doc) xmlFreeDoc(held->doc);
    held->doc = NULL;
}

static Err refuse(Ctx *c, Str where, Msg why)
{
    ctx_problem(c, where, why);
    return ctx_check(c);
}

/* ---- tables, rows, cells --------------------------------------------------------- */

static const xmlNode *child(const xmlNode *of, const char *name)
{
    for (const xmlNode *n = of ? of->children : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0) return n;
    return NULL;
}

static const xmlNode *next_of(const xmlNode *n, const char *name)
{
    for (n = n ? n->next : NULL; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0) return n;
    return NULL;
}

static Str text_of(Ctx *c, const xmlNode *cell)
{
    ptrdiff_t size = 0;
    for (const xmlNode *n = cell ? cell->children : NULL; n; n = n->next)
        if (n->content) size += (ptrdiff_t)strlen((const char *)n->content);
    Buf b = buf_new(c->arena, size);
    for (const xmlNode *n = cell ? cell->children : NULL; n; n = n->next)
        if (n->content && (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE))
            buf_add(&b, str_of_z((const char *)n->content));
    return buf_str(&b);
}

static Str cell(Ctx *c, const xmlNode *row, const char *name)
{
    return str_trim(text_of(c, child(row, name)));
}

static int64_t cell_i64(Ctx *c, const xmlNode *row, const char *name)
{
    int64_t v = 0;
    return str_i64(cell(c, row, name), &v) ? v : 0;
}

static const xmlNode *first_row(const xmlNode *root, const char *table)
{
    return child(child(child(root, table), "rows"), "row");
}

static Err count_rows(Ctx *c, const xmlNode *root, const char *table, ptrdiff_t *ret)
{
    ptrdiff_t n = 0;
    for (const xmlNode *row = first_row(root, table); row; row = next_of(row, "row")) n++;
    if (n > LSS_ROWS) return refuse(c, str_of_z(table), TF("Tabellen har for mange rækker. Der må højst være {1}.", LSS_ROWS));
    *ret = n;
    return OK;
}

/* ---- texts ------------------------------------------------------------------------ */

enum { ENTITY_MAX = 12, NO_BREAK_SPACE = 0xA0 }; /* bytes of the longest, "&thetasym;" or "&#x10FFFF;" */

static int number_of(Str digits)
{
    int64_t n = 0;
    bool is_hex = digits.n > 0 && (digits.p[0] == 'x' || digits.p[0] == 'X');
    if (!is_hex) return str_i64(digits, &n) && n > 0 && n <= 0x10FFFF ? (int)n : 0;
    for (ptrdiff_t i = 1; i < digits.n; i++) {
        const char *at = memchr("0123456789abcdef", digits.p[i] | 32, 16); /* '0' has the bit already */
        if (!at || n > 0x10FFFF) return 0;
        n = n * 16 + (at - "0123456789abcdef");
    }
    return n <= 0x10FFFF ? (int)n : 0;
}

/* "eacute", "#233" or "#xE9", between '&' and ';'. 0: none that a text may hold. */
static int letter_of(Ctx *c, Str name)
{
    if (name.n == 0) return 0;
    if (name.p[0] == '#') {
        int n = number_of(str_sub(name, 1, name.n));
        return n >= ' ' && IS_CHAR(n) ? n : 0;
    }
    const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)str_z(c->arena, name));
    return known ? (int)known->value : 0;
}

static ptrdiff_t add_entity(Ctx *c, Buf *b, Str html, ptrdiff_t at)
{
    ptrdiff_t end = str_find_char(str_sub(html, at, at + ENTITY_MAX < html.n ? at + ENTITY_MAX : html.n), ';', 0);
    int letter = end < 0 ? 0 : letter_of(c, str_sub(html, at + 1, at + end));
    xmlChar bytes[8];
    if (letter == 0) {
        buf_add_char(b, '&');
        return 1;
    }
    if (letter == NO_BREAK_SPACE) letter = ' '; /* editors write it for indents */
    buf_add(b, (Str){(const char *)bytes, xmlCopyChar(0, bytes, letter)});
    return end + 1;
}

/* A '<' begins a tag only where a letter, '/' or '!' follows and a '>' ends it. */
static ptrdiff_t tag_length(Str html, ptrdiff_t at)
{
    char after = at + 1 < html.n ? html.p[at + 1] : ' ';
    bool is_tag = (after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z') || after == '/' || after == '!';
    ptrdiff_t end = is_tag ? str_find_char(html, '>', at) : -1;
    return end < 0 ? 0 : end - at + 1;
}

static Str without_tags(Ctx *c, LssSurvey *s, Str html)
{
    Buf b = buf_new(c->arena, html.n + 1);
    bool lost = false;
    for (ptrdiff_t at = 0; at < html.n;) {
        ptrdiff_t tag = html.p[at] == '<' ? tag_length(html, at) : 0;
        if (tag) {
            buf_add_char(&b, ' ');
            lost = true;
            at += tag;
        } else if (html.p[at] == '&')
            at += add_entity(c, &b, html, at);
        else
            buf_add_char(&b, html.p[at++]);
    }
    s->stripped += lost;
    return buf_str(&b);
}

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r';
}

/* On one line, within `max` characters. */
static Str tidy(Ctx *c, LssSurvey *s, Str text, ptrdiff_t max)
{
    Buf b = buf_new(c->arena, text.n + 1);
    text = str_trim(text);
    for (ptrdiff_t i = 0; i < text.n; i++) {
        bool again = is_space(text.p[i]);
        if (!again)
            buf_add_char(&b, text.p[i]);
        else if (b.n && b.p[b.n - 1] != ' ')
            buf_add_char(&b, ' ');
    }
    Str all = str_trim(buf_str(&b));
    if (str_chars(all) <= max) return all;
    s->cut++;
    ptrdiff_t chars = 0, at = 0;
    for (int n = 0; at < all.n && chars < max; at += n, chars++) str_next_char(all, at, &n);
    return str_sub(all, 0, at);
}

static bool is_language(const LssSurvey *s, Str lang)
{
    for (ptrdiff_t i = 0; i < s->languages.n; i++)
        if (str_eq(s->languages.v[i], lang)) return true;
    return false;
}

/* A text of one language; empty ones and those of languages the survey has not
   are no texts. */
static void add_text(Ctx *c, LssSurvey *s, LangTexts *texts, Str lang, Str html, ptrdiff_t max)
{
    Str text = tidy(c, s, without_tags(c, s, html), max);
    if (text.n == 0 || !is_language(s, lang) || texts->n == LSS_TEXTS) return;
    for (ptrdiff_t i = 0; i < texts->n; i++)
        if (str_eq(texts->v[i].lang, lang)) return;
    if (!texts->v) texts->v = NEW(c->arena, LangText, LSS_TEXTS);
    texts->v[texts->n++] = (LangText){lang, text};
}

/* ---- the tables of a survey ---------------------------------------------------------- */

static Err read_languages(Ctx *c, const xmlNode *root, LssSurvey *s)
{
    s->languages.v = NEW(c->arena, Str, QUESTIONNAIRE_LANGUAGES);
    for (const xmlNode *n = child(child(root, "languages"), "language"); n; n = next_of(n, "language")) {
        if (s->languages.n == QUESTIONNAIRE_LANGUAGES)
            return refuse(c, S("languages"), TF("Spørgeskemaet har for mange sprog. Der må højst være {1}.", QUESTIONNAIRE_LANGUAGES));
        Str lang = str_trim(text_of(c, n));
        if (!is_language(s, lang)) s->languages.v[s->languages.n++] = lang;
    }
    if (s->languages.n == 0) return refuse(c, S("languages"), T("Der skal være mindst ét sprog."));
    return OK;
}

static Err read_title(Ctx *c, const xmlNode *root, LssSurvey *s)
{
    ptrdiff_t n = 0;
    s->sid = cell(c, first_row(root, "surveys"), "sid");
    TRY(count_rows(c, root, "surveys_languagesettings", &n));
    for (const xmlNode *row = first_row(root, "surveys_languagesettings"); row; row = next_of(row, "row"))
        add_text(c, s, &s->title, cell(c, row, "surveyls_language"), cell(c, row, "surveyls_title"),
                 QUESTIONNAIRE_TITLE_MAX);
    return OK;
}

static Err read_groups(Ctx *c, const xmlNode *root, LssSurvey *s)
{
    ptrdiff_t n = 0;
    TRY(count_rows(c, root, "groups", &n));
    Codes at = codes_new(c->arena, n);
    s->groups.v = NEW(c->arena, LssGroup, n);
    for (const xmlNode *row = first_row(root, "groups"); row; row = next_of(row, "row")) {
        Str gid = cell(c, row, "gid");
        if (codes_add(&at, gid, s->groups.n))
            s->groups.v[s->groups.n++] = (LssGroup){
                .gid = gid, .relevance = cell(c, row, "grelevance"), .order = cell_i64(c, row, "group_order")};
        add_text(c, s, &s->groups.v[codes_find(&at, gid)].name, cell(c, row, "language"), cell(c, row, "group_name"),
                 QUESTIONNAIRE_TITLE_MAX);
    }
    TRY(count_rows(c, root, "group_l10ns", &n));
    for (const xmlNode *row = first_row(root, "group_l10ns"); row; row = next_of(row, "row")) {
        ptrdiff_t i = codes_find(&at, cell(c, row, "gid"));
        if (i >= 0)
            add_text(c, s, &s->groups.v[i].name, cell(c, row, "language"), cell(c, row, "group_name"),
                     QUESTIONNAIRE_TITLE_MAX);
    }
    return OK;
}

static LssQuestion question_of(Ctx *c, const xmlNode *row)
{
    Str type = cell(c, row, "type");
    return (LssQuestion){
        .qid = cell(c, row, "qid"),
        .parent = cell(c, row, "parent_qid"),
        .gid = cell(c, row, "gid"),
        .title = cell(c, row, "title"),
        .relevance = cell(c, row, "relevance"),
        .type = type.n == 1 ? type.p[0] : ' ',
        .order = cell_i64(c, row, "question_order"),
        .scale = cell_i64(c, row, "scale_id"),
        .has_other = str_eq(cell(c, row, "other"), S("Y")),
    };
}

typedef struct Table {
    LssQuestion *v;
    ptrdiff_t n;
    Codes at;
} Table;

static Err read_questions(Ctx *c, const xmlNode *root, const char *name, LssSurvey *s, Table *table)
{
    ptrdiff_t n = 0;
    TRY(count_rows(c, root, name, &n));
    table->v = NEW(c->arena, LssQuestion, n);
    table->at = codes_new(c->arena, n);
    for (const xmlNode *row = first_row(root, name); row; row = next_of(row, "row")) {
        LssQuestion q = question_of(c, row);
        if (codes_add(&table->at, q.qid, table->n)) table->v[table->n++] = q;
        add_text(c, s, &table->v[codes_find(&table->at, q.qid)].text, cell(c, row, "language"),
                 cell(c, row, "question"), ITEM_TEXT_MAX);
    }
    return OK;
}

static void add_l10n(Ctx *c, LssSurvey *s, Table *table, const xmlNode *row)
{
    ptrdiff_t i = codes_find(&table->at, cell(c, row, "qid"));
    if (i >= 0) add_text(c, s, &table->v[i].text, cell(c, row, "language"), cell(c, row, "question"), ITEM_TEXT_MAX);
}

static Err read_all_questions(Ctx *c, const xmlNode *root, LssSurvey *s)
{
    Table questions = {0}, subs = {0};
    ptrdiff_t n = 0;
    TRY(read_questions(c, root, "questions", s, &questions));
    TRY(read_questions(c, root, "subquestions", s, &subs));
    TRY(count_rows(c, root, "question_l10ns", &n));
    for (const xmlNode *row = first_row(root, "question_l10ns"); row; row = next_of(row, "row")) {
        add_l10n(c, s, &questions, row);
        add_l10n(c, s, &subs, row);
    }
    s->questions.v = questions.v;
    s->questions.n = questions.n;
    s->subs.v = subs.v;
    s->subs.n = subs.n;
    return OK;
}

/* Answers have an id (aid) of their own only since texts stand apart; before,
   question, scale and code name them. */
static Str answer_key(Ctx *c, const xmlNode *row)
{
    Str aid = cell(c, row, "aid");
    if (aid.n) return aid;
    return STR_CAT(c->arena, cell(c, row, "qid"), S("/"), cell(c, row, "scale_id"), S("/"), cell(c, row, "code"));
}

static Err read_answers(Ctx *c, const xmlNode *root, LssSurvey *s)
{
    ptrdiff_t n = 0;
    TRY(count_rows(c, root, "answers", &n));
    s->answers.v = NEW(c->arena, LssAnswer, n);
    Codes at = codes_new(c->arena, n);
    for (const xmlNode *row = first_row(root, "answers"); row; row = next_of(row, "row")) {
        Str key = answer_key(c, row);
        if (codes_add(&at, key, s->answers.n))
            s->answers.v[s->answers.n++] = (LssAnswer){.qid = cell(c, row, "qid"),
                                                       .code = cell(c, row, "code"),
                                                       .order = cell_i64(c, row, "sortorder"),
                                                       .scale = cell_i64(c, row, "scale_id")};
        add_text(c, s, &s->answers.v[codes_find(&at, key)].text, cell(c, row, "language"), cell(c, row, "answer"),
                 OPTION_TEXT_MAX);
    }
    TRY(count_rows(c, root, "answer_l10ns", &n));
    for (const xmlNode *row = first_row(root, "answer_l10ns"); row; row = next_of(row, "row")) {
        ptrdiff_t i = codes_find(&at, cell(c, row, "aid"));
        if (i >= 0)
            add_text(c, s, &s->answers.v[i].text, cell(c, row, "language"), cell(c, row, "answer"), OPTION_TEXT_MAX);
    }
    return OK;
}

/* ---- order ------------------------------------------------------------------------------ */

static int compare_orders(int64_t a, int64_t b, Str x, Str y)
{
    if (a != b) return a < b ? -1 : 1;
    return str_cmp(x, y);
}

static int compare_groups(const void *a, const void *b)
{
    const LssGroup *x = a, *y = b;
    return compare_orders(x->order, y->order, x->gid, y->gid);
}

static int compare_questions(const void *a, const void *b)
{
    const LssQuestion *x = a, *y = b;
    return compare_orders(x->order, y->order, x->qid, y->qid);
}

static int compare_answers(const void *a, const void *b)
{
    const LssAnswer *x = a, *y = b;
    return compare_orders(x->order, y->order, x->code, y->code);
}

static Err read_tables(Ctx *c, const xmlNode *root, LssSurvey *s)
{
    if (!root || strcmp((const char *)root->name, "document") != 0 || !child(root, "questions"))
        return refuse(c, S("document"), T("Filen er ikke et spørgeskema fra LimeSurvey."));
    TRY(read_languages(c, root, s));
    TRY(read_title(c, root, s));
    TRY(read_groups(c, root, s));
    TRY(read_all_questions(c, root, s));
    TRY(read_answers(c, root, s));
    qsort(s->groups.v, (size_t)s->groups.n, sizeof *s->groups.v, compare_groups);
    qsort(s->questions.v, (size_t)s->questions.n, sizeof *s->questions.v, compare_questions);
    qsort(s->subs.v, (size_t)s->subs.n, sizeof *s->subs.v, compare_questions);
    qsort(s->answers.v, (size_t)s->answers.n, sizeof *s->answers.v, compare_answers);
    return OK;
}

Err limesurvey_read(Ctx *c, Str xml, LssSurvey *ret)
{
    if (xml.n > QUESTIONNAIRE_FOREIGN_BYTES)
        return fail(c, E_TOO_LARGE, TF("Filen er for stor. Den må højst fylde {1} byte.", (int64_t)QUESTIONNAIRE_FOREIGN_BYTES));
    if (!str_is_utf8(xml)) return refuse(c, S("document"), T("Filen er ikke UTF-8. Gem den igen som UTF-8."));
    Held *held = NEW(c->arena, Held, 1);
    ctx_at_end(c, let_go, held);
    held->doc = xmlReadMemory(xml.p, (int)xml.n, NULL, "UTF-8",
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);
    if (!held->doc) return refuse(c, S("document"), T("Det kan ikke læses som XML."));
    if (held->doc->intSubset || held->doc->extSubset)
        return refuse(c, S("document"), T("Filen må ikke have en DOCTYPE."));
    LssSurvey s = {0};
    TRY(read_tables(c, xmlDocGetRootElement(held->doc), &s));
    let_go(c, held);
    *ret = s;
    return OK;
}

/* FORMATS §4's JSON, and the frame beside it: what pages need and the format
   does not have. Both are written from the model and read back by
   publication_parse.c; doubles read back as the same doubles. */
#include <assert.h>

#include "base/buf.h"
#include "feature/publication/publication.h"

/* ---- members ---------------------------------------------------------------------- */

/* A comma unless the member is the first of its object or list. */
static void next(Buf *b)
{
    char last = b->n ? b->p[b->n - 1] : '{';
    if (last != '{' && last != '[') buf_add_char(b, ',');
}

static void key(Buf *b, Str name)
{
    next(b);
    buf_add_json(b, name);
    buf_add_char(b, ':');
}

static void add_text(Buf *b, Str name, Str value)
{
    key(b, name);
    buf_add_json(b, value);
}

static void add_null(Buf *b, Str name)
{
    key(b, name);
    buf_add(b, S("null"));
}

static void add_bool(Buf *b, Str name, bool value)
{
    key(b, name);
    buf_add(b, value ? S("true") : S("false"));
}

static void add_i64(Buf *b, Str name, bool is, int64_t value)
{
    if (!is) {
        add_null(b, name);
        return;
    }
    key(b, name);
    buf_add_i64(b, value);
}

static void add_f64(Buf *b, Str name, bool is, double value)
{
    if (!is) {
        add_null(b, name);
        return;
    }
    key(b, name);
    buf_add_f64(b, value);
}

static void begin(Buf *b, Str name, char bracket)
{
    key(b, name);
    buf_add_char(b, bracket);
}

/* ---- figures ------------------------------------------------------------------------ */

static void add_unit(Buf *b, const ReportUnit *unit)
{
    buf_add_char(b, '{');
    add_text(b, S("code"), unit->code);
    add_text(b, S("name"), unit->name);
    add_text(b, S("kind"), unit->kind);
    buf_add_char(b, '}');
}

static const Str cautions[] = {[REPORT_UNDER_60] = S_INIT("under_60"), [REPORT_UNDER_40] = S_INIT("under_40")};

static void add_response(Buf *b, Str name, const ReportResponse *r)
{
    begin(b, name, '{');
    add_i64(b, S("invited"), r->has_invited, r->invited);
    add_i64(b, S("answered"), r->has_answered, r->answered);
    add_f64(b, S("rate"), r->has_rate, r->rate);
    if (r->caution == REPORT_NO_CAUTION)
        add_null(b, S("caution"));
    else
        add_text(b, S("caution"), cautions[r->caution]);
    buf_add_char(b, '}');
}

static void add_share(Buf *b, const ReportShare *s)
{
    if (!s->is) {
        add_null(b, S("agree"));
        return;
    }
    begin(b, S("agree"), '{');
    add_i64(b, S("count"), true, s->count);
    add_f64(b, S("share"), true, s->share);
    add_f64(b, S("low"), true, s->low);
    add_f64(b, S("high"), true, s->high);
    if (s->has_describing) {
        begin(b, S("describing"), '{');
        add_f64(b, S("low"), true, s->describing_low);
        add_f64(b, S("high"), true, s->describing_high);
        buf_add_char(b, '}');
    }
    buf_add_char(b, '}');
}

static void add_test(Buf *b, const ReportCompare *k)
{
    bool is = k->is_comparable;
    add_f64(b, S("difference"), is, k->difference);
    add_f64(b, S("low"), is, k->low);
    add_f64(b, S("high"), is, k->high);
    if (is)
        add_text(b, S("test"), k->test);
    else
        add_null(b, S("test"));
    add_f64(b, S("p"), is, k->p);
    add_f64(b, S("p_adjusted"), is, k->p_adjusted);
    if (is)
        add_text(b, S("family"), k->family);
    else
        add_null(b, S("family"));
}

static void add_change(Buf *b, const ReportCompare *k)
{
    if (!k->is) {
        add_null(b, S("change"));
        return;
    }
    begin(b, S("change"), '{');
    add_text(b, S("from_wave"), k->other);
    add_test(b, k);
    add_text(b, S("label"), label_code(k->label));
    if (k->is_comparable && k->has_markant)
        add_bool(b, S("markant"), k->is_markant);
    else
        add_null(b, S("markant"));
    buf_add_char(b, '}');
}

static void add_versus(Buf *b, const ReportCompare *k)
{
    if (!k->is) {
        add_null(b, S("versus"));
        return;
    }
    begin(b, S("versus"), '{');
    add_text(b, S("kind"), k->other);
    add_test(b, k);
    buf_add_char(b, '}');
}

/* What an item, group and score begin with. */
static void add_state(Buf *b, ReportState state, int64_t valid)
{
    add_bool(b, S("hidden"), state == REPORT_HIDDEN);
    add_i64(b, S("valid"), state != REPORT_HIDDEN, valid);
    if (state == REPORT_WORDS) add_text(b, S("words"), S("næsten alle"));
}

static void add_mean(Buf *b, bool is_number, bool is, double mean, double sd)
{
    if (!is_number) return;
    add_f64(b, S("mean"), is, mean);
    add_f64(b, S("sd"), is, sd);
}

static void add_distribution(Buf *b, const ReportItem *item)
{
    if (!item->has_distribution) {
        add_null(b, S("distribution"));
        return;
    }
    begin(b, S("distribution"), '[');
    for (ptrdiff_t i = 0; i < item->distribution.n; i++) {
        next(b);
        buf_add_char(b, '{');
        add_i64(b, S("value"), true, item->distribution.v[i].value);
        add_i64(b, S("count"), true, item->distribution.v[i].count);
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

static void add_group(Buf *b, const ReportGroup *g, bool is_number)
{
    next(b);
    buf_add(b, S("\n  {"));
    add_text(b, S("dimension"), g->dimension);
    add_text(b, S("group"), g->group);
    add_state(b, g->state, g->valid);
    add_share(b, &g->agree);
    add_mean(b, is_number, g->has_mean, g->mean, g->sd);
    add_versus(b, &g->versus);
    buf_add_char(b, '}');
}

static void add_item(Buf *b, const ReportItem *item)
{
    bool is_number = item->kind == ITEM_NUMBER;
    next(b);
    buf_add(b, S("\n {"));
    add_text(b, S("code"), item->code);
    add_text(b, S("section"), item->section);
    add_text(b, S("theme"), item->theme);
    add_text(b, S("text"), item->text);
    add_state(b, item->state, item->valid);
    add_i64(b, S("excluded"), item->state == REPORT_SHOWN, item->excluded);
    add_distribution(b, item);
    add_share(b, &item->agree);
    add_mean(b, is_number, item->has_mean, item->mean, item->sd);
    add_change(b, &item->change);
    begin(b, S("groups"), '[');
    for (ptrdiff_t i = 0; i < item->groups.n; i++) add_group(b, &item->groups.v[i], is_number);
    buf_add(b, S("]}"));
}

static void add_score(Buf *b, const ReportScore *score)
{
    next(b);
    buf_add(b, S("\n {"));
    add_text(b, S("code"), score->code);
    add_state(b, score->state, score->valid);
    add_f64(b, S("mean"), score->state == REPORT_SHOWN, score->mean);
    add_f64(b, S("sd"), score->state == REPORT_SHOWN, score->sd);
    add_change(b, &score->change);
    buf_add_char(b, '}');
}

/* ---- the frame ------------------------------------------------------------------------ */

static void add_texts(Buf *b, Str name, LangTexts texts)
{
    begin(b, name, '{');
    for (ptrdiff_t i = 0; i < texts.n; i++) add_text(b, texts.v[i].lang, texts.v[i].text);
    buf_add_char(b, '}');
}

static void add_strs(Buf *b, Str name, Strs all)
{
    begin(b, name, '[');
    for (ptrdiff_t i = 0; i < all.n; i++) {
        next(b);
        buf_add_json(b, all.v[i]);
    }
    buf_add_char(b, ']');
}

static void add_values(Buf *b, Str name, Values all)
{
    begin(b, name, '[');
    for (ptrdiff_t i = 0; i < all.n; i++) {
        next(b);
        buf_add_i64(b, all.v[i]);
    }
    buf_add_char(b, ']');
}

static void add_years(Buf *b, ReportYears years)
{
    begin(b, S("years"), '[');
    for (ptrdiff_t i = 0; i < years.n; i++) {
        const ReportYear *y = &years.v[i];
        next(b);
        buf_add_char(b, '{');
        add_text(b, S("wave"), y->wave);
        add_i64(b, S("valid"), true, y->valid);
        add_i64(b, S("count"), y->has_count, y->count);
        add_f64(b, S("mean"), y->has_mean, y->mean);
        add_f64(b, S("sd"), y->has_mean, y->sd);
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

/* Items of one scale share their options, so that the text stands once. */
static ptrdiff_t first_with_options(const Report *r, ptrdiff_t item)
{
    for (ptrdiff_t i = 0; i < item; i++)
        if (r->items.v[i].options.v == r->items.v[item].options.v) return i;
    return item;
}

static void add_options(Buf *b, const Report *r, ptrdiff_t at)
{
    const ReportItem *item = &r->items.v[at];
    ptrdiff_t first = first_with_options(r, at);
    add_i64(b, S("options_of"), item->options.n > 0, first);
    if (first != at || item->options.n == 0) return;
    begin(b, S("options"), '[');
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        next(b);
        buf_add_char(b, '{');
        add_i64(b, S("value"), true, item->options.v[i].value);
        add_texts(b, S("text"), item->options.v[i].text);
        buf_add_char(b, '}');
    }
    buf_add_char(b, ']');
}

static const Str kinds[] = {
    [ITEM_SINGLE] = S_INIT("single"), [ITEM_MULTIPLE] = S_INIT("multiple"), [ITEM_MATRIX] = S_INIT("matrix"),
    [ITEM_NUMBER] = S_INIT("number"), [ITEM_TEXT] = S_INIT("text"),         [ITEM_SCORE] = S_INIT("score"),
};

static void add_item_frame(Buf *b, const Report *r, ptrdiff_t at)
{
    const ReportItem *item = &r->items.v[at];
    next(b);
    buf_add(b, S("\n {"));
    add_text(b, S("kind"), kinds[item->kind]);
    add_texts(b, S("text"), item->texts);
    add_texts(b, S("matrix"), item->matrix);
    add_options(b, r, at);
    add_values(b, S("agree"), item->agree_set);
    add_values(b, S("disagree"), item->disagree_set);
    add_values(b, S("dont_know"), item->dont_know_set);
    add_years(b, item->years);
    buf_add_char(b, '}');
}

static void add_score_frame(Buf *b, const ReportScore *score)
{
    next(b);
    buf_add(b, S("\n {"));
    add_texts(b, S("title"), score->title);
    add_strs(b, S("items"), score->items);
    add_i64(b, S("smallest"), true, score->smallest);
    add_i64(b, S("largest"), true, score->largest);
    add_years(b, score->years);
    buf_add_char(b, '}');
}

static void add_section_frame(Buf *b, const ReportSection *section)
{
    next(b);
    buf_add_char(b, '{');
    add_text(b, S("code"), section->code);
    add_text(b, S("theme"), section->theme);
    add_texts(b, S("title"), section->title);
    add_i64(b, S("first"), true, section->first);
    add_i64(b, S("count"), true, section->count);
    buf_add_char(b, '}');
}

/* ---- the whole ------------------------------------------------------------------------ */

/* Drawn over the free end of the arena; finish keeps the bytes where they are. */
static Buf open_end(const Ctx *c)
{
    Arena end = *c->arena;
    ptrdiff_t room = (end.end - end.next) / 2;
    return buf_new(&end, room < REPORT_BYTES ? room : REPORT_BYTES);
}

static Err finish(Ctx *c, Buf *b, Str *ret)
{
    buf_add(b, S("]}\n"));
    if (b->full) return fail(c, E_TOO_LARGE, T("Rapporten er for stor."));
    assert(arena_take_raw(c->arena, b->n) == b->p);
    *ret = buf_str(b);
    return OK;
}

Err publication_json(Ctx *c, const Report *r, Str *ret)
{
    Str released = date_iso(c->arena, r->released);
    Buf b = open_end(c);
    buf_add_char(&b, '{');
    add_text(&b, S("format"), S("traad-report-1"));
    add_text(&b, S("wave"), r->wave);
    key(&b, S("unit"));
    add_unit(&b, &r->unit);
    add_i64(&b, S("version"), true, r->version);
    add_text(&b, S("released"), released);
    add_i64(&b, S("minimum"), true, r->minimum);
    add_response(&b, S("response"), &r->response);
    begin(&b, S("items"), '[');
    for (ptrdiff_t i = 0; i < r->items.n; i++) add_item(&b, &r->items.v[i]);
    buf_add_char(&b, ']');
    begin(&b, S("scores"), '[');
    for (ptrdiff_t i = 0; i < r->scores.n; i++) add_score(&b, &r->scores.v[i]);
    return finish(c, &b, ret);
}

Err publication_frame_json(Ctx *c, const Report *r, Str *ret)
{
    Buf b = open_end(c);
    buf_add_char(&b, '{');
    add_texts(&b, S("title"), r->title);
    add_strs(&b, S("languages"), r->languages);
    add_text(&b, S("previous"), r->previous);
    add_response(&b, S("response_before"), &r->response_before);
    begin(&b, S("path"), '[');
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        next(&b);
        add_unit(&b, &r->path.v[i]);
    }
    buf_add_char(&b, ']');
    begin(&b, S("sections"), '[');
    for (ptrdiff_t i = 0; i < r->sections.n; i++) add_section_frame(&b, &r->sections.v[i]);
    buf_add_char(&b, ']');
    begin(&b, S("items"), '[');
    for (ptrdiff_t i = 0; i < r->items.n; i++) add_item_frame(&b, r, i);
    buf_add_char(&b, ']');
    begin(&b, S("scores"), '[');
    for (ptrdiff_t i = 0; i < r->scores.n; i++) add_score_frame(&b, &r->scores.v[i]);
    return finish(c, &b, ret);
}

/* Without what stands before "minimum" but wave and unit: version and date. */
bool publication_is_same(Str a, Str b)
{
    ptrdiff_t va = str_find(a, S(",\"version\":"), 0), vb = str_find(b, S(",\"version\":"), 0);
    ptrdiff_t ma = str_find(a, S(",\"minimum\":"), 0), mb = str_find(b, S(",\"minimum\":"), 0);
    if (va < 0 || vb < 0 || ma < 0 || mb < 0) return false;
    return str_eq(str_sub(a, 0, va), str_sub(b, 0, vb)) && str_eq(str_sub(a, ma, a.n), str_sub(b, mb, b.n));
}

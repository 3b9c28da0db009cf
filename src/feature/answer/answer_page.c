#include "feature/answer/answer_page.h"

#include "base/number.h"
#include "feature/answer/answer.html.h"

enum { DOTS_MAX = 12, SCALE_MAX = 7, SECONDS_AN_ITEM = 8, DRAWN_MAX = 4 << 20 };

static Str number_text(Arena *arena, int64_t n)
{
    Buf b = buf_new(arena, 24);
    buf_add_i64(&b, n);
    return buf_str(&b);
}

/* ---- words ------------------------------------------------------------------------------ */

static Str lang_found(LangTexts texts, Str lang)
{
    for (ptrdiff_t i = 0; i < texts.n; i++)
        if (str_eq(texts.v[i].lang, lang)) return S("");
    for (ptrdiff_t i = 0; i < texts.n; i++)
        if (str_eq(texts.v[i].lang, S("da"))) return S("da");
    return texts.n ? texts.v[0].lang : S("");
}

/* Written from right to left (Unicode's bidirectional scripts in use in Danish schools). */
static Str direction(Str lang)
{
    static const Str right[] = {S_INIT("ar"), S_INIT("fa"), S_INIT("he"), S_INIT("ur"), S_INIT("ps"), S_INIT("ckb"), S_INIT("ku")};
    for (ptrdiff_t i = 0; i < COUNT_OF(right); i++)
        if (str_eq(lang, right[i])) return S("rtl");
    return S("ltr");
}

/* ---- one item ----------------------------------------------------------------------------- */

static bool is_written(const Entry *entry, Str value)
{
    for (ptrdiff_t i = 0; i < entry->raw.n; i++)
        if (str_eq(entry->raw.v[i], value)) return true;
    return false;
}

static void view_options(Ctx *c, const Item *item, const Entry *entry, Str lang, ItemView *view)
{
    view->scale.v = NEW(c->arena, OptionView, item->options.n);
    view->apart.v = NEW(c->arena, OptionView, item->options.n);
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        const Option *o = &item->options.v[i];
        Str value = number_text(c->arena, o->value);
        OptionViews *to = values_have(item->dont_know, o->value) ? &view->apart : &view->scale;
        to->v[to->n++] = (OptionView){STR_CAT(c->arena, view->id, S("-"), value), value, lang_text(o->text, lang), is_written(entry, value)};
    }
    view->is_many = item->kind == ITEM_MULTIPLE;
    view->is_list = view->is_many || view->scale.n > SCALE_MAX || view->scale.n < 2;
    view->width = STR_CAT(c->arena, S("of-"), number_text(c->arena, view->scale.n));
}

static Str texts_of_values(Ctx *c, const Item *item, Values values, Str lang)
{
    Buf b = buf_new(c->arena, 2000);
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        if (!values_have(values, item->options.v[i].value)) continue;
        if (b.n) buf_add(&b, S(" / "));
        buf_add(&b, lang_text(item->options.v[i].text, lang));
    }
    return buf_str(&b);
}

static void view_conditions(Ctx *c, const Item *item, Str lang, ItemView *view)
{
    const Item *askers[HANGS_ON_MAX];
    ptrdiff_t n = item_hangs_on(item, askers), room = 0;
    for (ptrdiff_t i = 0; i < n; i++) room += 24 * (askers[i]->ask_in.n + 1) + askers[i]->ask_if->code.n;
    if (n == 0) return;
    Buf codes = buf_new(c->arena, room), values = buf_new(c->arena, room);
    view->conditions = (ConditionViews){NEW(c->arena, ConditionView, n), n};
    for (ptrdiff_t i = 0; i < n; i++) {
        const Item *on = askers[i]->ask_if;
        if (i) buf_add_char(&codes, ' '), buf_add_char(&values, '|');
        buf_add(&codes, on->code);
        for (ptrdiff_t k = 0; k < askers[i]->ask_in.n; k++) {
            if (k) buf_add_char(&values, ' ');
            buf_add_i64(&values, askers[i]->ask_in.v[k]);
        }
        view->conditions.v[i].words =
            TF("Kun hvis du svarede »{1}« på: {2}", texts_of_values(c, on, askers[i]->ask_in, lang), lang_text(on->text, lang));
    }
    view->ask = buf_str(&codes);
    view->ask_in = buf_str(&values);
}

/* Legend first, then every answer. */
static Str ids_read(Ctx *c, const ItemView *view)
{
    const OptionViews *both[] = {&view->scale, &view->apart};
    ptrdiff_t room = view->group_id.n + view->id.n + 4;
    for (int k = 0; k < 2; k++)
        for (ptrdiff_t i = 0; i < both[k]->n; i++) room += both[k]->v[i].id.n + 4;
    Buf b = buf_new(c->arena, room);
    if (view->group_id.n) buf_add(&b, view->group_id);
    if (b.n) buf_add_char(&b, ' ');
    buf_add(&b, view->id);
    buf_add(&b, S("-t"));
    for (int k = 0; k < 2; k++)
        for (ptrdiff_t i = 0; i < both[k]->n; i++) {
            buf_add_char(&b, ' ');
            buf_add(&b, both[k]->v[i].id);
            buf_add(&b, S("-t"));
        }
    return buf_str(&b);
}

static ItemView view_item(Ctx *c, const AskForm *form, ptrdiff_t at, Str lang, const Entry *entries, Answers answers, bool begins_group,
                          ptrdiff_t part_first)
{
    const Item *item = &form->q.items.v[at];
    const Entry *entry = &entries[at];
    ItemView view = {
        .id = STR_CAT(c->arena, S("q"), number_text(c->arena, at)),
        .code = item->code,
        .legend = lang_text(item->text, lang),
        .lang = lang_found(item->text, lang),
        .is_number = item->kind == ITEM_NUMBER,
        .is_text = item->kind == ITEM_TEXT,
        .raw = entry->raw.n ? entry->raw.v[0] : S(""),
        .problem = entry->problem,
    };
    if (!view.is_number && !view.is_text) view_options(c, item, entry, lang, &view);
    if (item->matrix) view.group_id = STR_CAT(c->arena, view.id, S("-g"));
    if (item->matrix && begins_group) view.group = lang_text(item->matrix->text, lang);
    else view.group_id = S("");
    view_conditions(c, item, lang, &view);
    view.is_hidden = item_is_ruled_out(form, item, part_first, answers);
    view.fault_id = STR_CAT(c->arena, view.id, S("-f"));
    view.described_by = msg_is_empty(entry->problem) ? S("") : view.fault_id;
    if (form->wave.has_single_pages) view.read = ids_read(c, &view);
    return view;
}

/* ---- parts ------------------------------------------------------------------------------------ */

static Str percent(Ctx *c, double v)
{
    Buf b = buf_new(c->arena, 24);
    buf_add_i64(&b, (int64_t)v);
    buf_add_char(&b, '.');
    buf_add_i64(&b, (int64_t)(v * 10) % 10);
    buf_add_char(&b, '%');
    return buf_str(&b);
}

/* From 1.5 to 98.3 per cent of the width, so that the knots are whole. */
static Str knot_at(Ctx *c, ptrdiff_t i, ptrdiff_t n)
{
    return percent(c, 1.5 + 96.8 * (double)i / (double)(n > 1 ? n - 1 : 1));
}

static void view_thread(Ctx *c, const AskForm *form, ptrdiff_t at, PartView *view)
{
    ptrdiff_t n = form->parts.n;
    view->reached = knot_at(c, at, n);
    if (n < 2 || n > DOTS_MAX) return;
    view->dots.v = NEW(c->arena, DotView, n);
    for (; view->dots.n < n; view->dots.n++) view->dots.v[view->dots.n] = (DotView){knot_at(c, view->dots.n, n), view->dots.n <= at};
}

static Msg time_left(const AskForm *form, ptrdiff_t at)
{
    int64_t items = 0;
    for (; at < form->parts.n; at++) items += form->parts.v[at].count;
    int64_t minutes = (items * SECONDS_AN_ITEM + 59) / 60;
    if (minutes <= 1) return T("under et minut endnu");
    return TN("ca. {1} minut endnu", "ca. {1} minutter endnu", minutes);
}

static PartView view_part(Ctx *c, const AskForm *form, ptrdiff_t at, Str lang, const Entry *entries, Answers answers)
{
    const Part *part = &form->parts.v[at];
    Msg place = form->wave.has_single_pages ? TF("Spørgsmål {1} af {2}", (int64_t)at + 1, (int64_t)form->parts.n)
                                            : TF("Del {1} af {2}", (int64_t)at + 1, (int64_t)form->parts.n);
    PartView view = {
        .number = {at + 1},
        .before = {at},
        .after = {at + 1 < form->parts.n ? at + 2 : 0},
        .place = place,
        .left = time_left(form, at),
        .title = lang_text(part->section->title, lang),
        .title_lang = lang_found(part->section->title, lang),
    };
    view_thread(c, form, at, &view);
    view.items.v = NEW(c->arena, ItemView, part->count);
    const Item *matrix = NULL;
    for (ptrdiff_t i = part->first; i < part->first + part->count; i++) {
        const Item *item = &form->q.items.v[i];
        if (item->kind == ITEM_MATRIX || item->kind == ITEM_SCORE) continue;
        view.items.v[view.items.n++] = view_item(c, form, i, lang, entries, answers, item->matrix != matrix, part->first);
        matrix = item->matrix;
    }
    return view;
}

PartViews ask_parts(Ctx *c, const AskForm *form, Str lang, const Entry *entries, Answers answers)
{
    PartViews all = {.v = NEW(c->arena, PartView, form->parts.n)};
    for (; all.n < form->parts.n; all.n++) all.v[all.n] = view_part(c, form, all.n, lang, entries, answers);
    return all;
}

/* ---- the page ----------------------------------------------------------------------------------- */

static FaultViews faults_of(Ctx *c, const AskForm *form, const Entry *entries)
{
    FaultViews all = {.v = NEW(c->arena, FaultView, form->q.items.n)};
    for (ptrdiff_t i = 0; i < form->q.items.n; i++)
        if (!msg_is_empty(entries[i].problem))
            all.v[all.n++] = (FaultView){STR_CAT(c->arena, S("q"), number_text(c->arena, i)), entries[i].problem};
    return all;
}

AskPage ask_page(Ctx *c, const AskForm *form, Str lang, PartViews parts, ptrdiff_t part, const Entry *entries)
{
    return (AskPage){
        .ui_lang = c->lang == LANG_EN ? S("en") : S("da"),
        .lang = lang,
        .dir = direction(lang),
        .title = lang_text(form->q.title, lang),
        .wave = survey_name_beside(lang_text(form->q.title, S("da")), form->wave.name),
        .owner = form->owner,
        .is_single = form->wave.has_single_pages,
        .is_anonymous = form->promise.is_anonymous,
        .promise_why = form->promise.why,
        .faults = entries ? faults_of(c, form, entries) : (FaultViews){0},
        .now = parts.v[part],
        .before = {parts.v, part},
        .after = {parts.v + part + 1, parts.n - part - 1},
    };
}

/* ---- what all see alike ------------------------------------------------------------------------ */

void ask_speak(Ctx *c, Str lang)
{
    c->lang = str_eq(lang, S("en")) ? LANG_EN : LANG_DA;
}

/* One that is too long to keep stays as it was: drawn for each. */
static void draw_once(Ctx *c, Arena *keep, const AskPage *page, PartView *part)
{
    Arena before = *c->arena;
    Out o = out_new(c, (ptrdiff_t)i64_min(DRAWN_MAX, (c->arena->end - c->arena->next) / 4));
    part_answer_items(&o, page, part);
    if (!o.b.full) part->drawn = out_drawn(keep, &o);
    *c->arena = before;
}

/* Questions and options escaped, one by one, were a sixth of all the work that a respondent makes. */
PartViews ask_blank_parts(Ctx *c, Arena *keep, const AskForm *form, Str lang)
{
    Lang before = c->lang;
    ask_speak(c, lang);
    PartViews all = ask_parts(c, form, lang, NEW(c->arena, Entry, form->q.items.n), (Answers){0});
    AskPage page = ask_page(c, form, lang, all, 0, NULL);
    for (ptrdiff_t i = 0; i < all.n; i++) draw_once(c, keep, &page, &all.v[i]);
    c->lang = before;
    return all;
}

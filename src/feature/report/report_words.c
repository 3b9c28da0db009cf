/* The sentences of a report, and its numbers as people read them. */
#include <math.h>

#include "base/number.h"
#include "feature/report/report_pages.h"
#include "text/da.h"

enum { SENTENCES = 3, METHOD_LINES = 10, WORD_BYTES = 4000 };

static Str lang_code(Ctx *c)
{
    return c->lang == LANG_EN ? S("en") : S("da");
}

static Str words(Ctx *c, LangTexts texts)
{
    return lang_text(texts, lang_code(c));
}

Msg report_hidden_words(void)
{
    return T("Skjult, så ingen kan genkendes.");
}

/* ---- numbers ---------------------------------------------------------------------- */

Pct report_pct(int64_t count, int64_t of)
{
    if (of <= 0) return (Pct){0};
    if (of < REPORT_FEW) return (Pct){.v = (int)((count * 40 + of) / (2 * of)) * 5, .is_circa = true};
    return (Pct){.v = (int)((count * 200 + of) / (2 * of))};
}

static int whole(double share)
{
    return (int)floor(share * 100 + 0.5);
}

static Str decimal(Ctx *c, double v, int digits)
{
    Buf b = buf_new(c->arena, 40);
    text_decimal(&b, c->lang, v, digits);
    return buf_str(&b);
}

static Str count_text(Ctx *c, int64_t n)
{
    Buf b = buf_new(c->arena, 40);
    text_count(&b, c->lang, n);
    return buf_str(&b);
}

static Str with_sign(Ctx *c, double v, Str text)
{
    return v > 0 ? STR_CAT(c->arena, S("+"), text) : text;
}

Str report_points(Ctx *c, double difference)
{
    int points = whole(fabs(difference));
    double v = difference < 0 ? -points : points;
    return msg_text(c, TF("{1} point", with_sign(c, v, decimal(c, v, 0))));
}

static Str share_text(Ctx *c, int64_t count, int64_t of)
{
    return pct_text(c, report_pct(count, of));
}

/* ---- change and comparison ------------------------------------------------------------ */

static Certainty certainty_of(const ReportCompare *change)
{
    if (!change->is) return 0;
    if (!change->is_comparable) return NEW_WORDING;
    switch (change->label) {
    case LABEL_SIKKER: return CERTAIN;
    case LABEL_USIKKER: return BY_CHANCE;
    case LABEL_FAA_SVAR: return FEW_ANSWERS;
    case LABEL_IKKE_SAMMENLIGNELIG: return NEW_WORDING;
    }
    return BY_CHANCE;
}

static Str size_of_change(Ctx *c, const ReportCompare *change, bool is_share)
{
    if (is_share) return report_points(c, change->difference);
    return with_sign(c, change->difference, decimal(c, change->difference, 2));
}

static Str after_certainty(Ctx *c, Certainty certainty, const ReportCompare *change, bool is_share)
{
    switch (certainty) {
    case CERTAIN: return size_of_change(c, change, is_share);
    case BY_CHANCE: return msg_text(c, T("ingen sikker ændring"));
    case FEW_ANSWERS: return msg_text(c, T("til at tale om ændring"));
    case NEW_WORDING: return msg_text(c, T("sammenlignes ikke"));
    }
    return S("");
}

/* "Sikker ændring: +33 point (usikkerhed 11 til 50)" */
static Str change_cell(Ctx *c, const ReportCompare *change, bool is_share)
{
    Certainty certainty = certainty_of(change);
    if (!certainty) return msg_text(c, T("Intet at sammenligne med"));
    Str word = msg_text(c, certainty_words(certainty));
    if (certainty != CERTAIN) return word;
    Str size = size_of_change(c, change, is_share);
    if (!is_share) return STR_CAT(c->arena, word, S(": "), size);
    Str low = decimal(c, whole(change->low), 0), high = decimal(c, whole(change->high), 0);
    return msg_text(c, TF("{1}: {2} (usikkerhed {3} til {4} point)", word, size, low, high));
}

static const ReportYear *year_of(const ReportYears *years, Str wave)
{
    for (ptrdiff_t i = 0; i < years->n; i++)
        if (str_eq(years->v[i].wave, wave)) return &years->v[i];
    return NULL;
}

/* The share that the change is about: no year is shown that was not compared. */
static const ReportYear *last_share(const ReportItem *item)
{
    if (!item->change.is || !item->change.is_comparable) return NULL;
    const ReportYear *year = year_of(&item->years, item->change.other);
    return year && year->has_count && year->valid > 0 ? year : NULL;
}

/* The unit above at place `at` of the path, as published; NULL where hidden. */
static const ReportGroup *above(const ReportItem *item, ptrdiff_t at)
{
    ptrdiff_t seen = 0;
    for (ptrdiff_t i = 0; i < item->groups.n; i++) {
        const ReportGroup *g = &item->groups.v[i];
        if (!str_eq(g->dimension, S("enhed"))) continue;
        if (seen++ == at) return g;
    }
    return NULL;
}

static bool has_share(const ReportGroup *g)
{
    return g && g->state == REPORT_SHOWN && g->agree.is && g->valid > 0;
}

static void set_above(Comparison *k, const ReportItem *item)
{
    ptrdiff_t seen = 0;
    for (ptrdiff_t i = 0; i < item->groups.n; i++) {
        const ReportGroup *g = &item->groups.v[i];
        if (!str_eq(g->dimension, S("enhed"))) continue;
        const ReportGroup *shown = above(item, seen++);
        if (!has_share(shown)) continue;
        Pct share = report_pct(shown->agree.count, shown->valid);
        if (str_eq(g->group, S("kommune"))) {
            k->has_municipality = true;
            k->municipality = share;
        } else if (str_eq(g->group, S("region"))) {
            k->has_region = true;
            k->region = share;
        }
    }
}

static Chart comparison_of(const ReportItem *item)
{
    const ReportShare *agree = &item->agree;
    bool is_few = item->valid < REPORT_FEW;
    Comparison k = {
        .subject = T("Enige"),
        .now = report_pct(agree->count, item->valid),
        .has_interval = true,
        .low = is_few ? (int)floor(agree->low * 20) * 5 : whole(agree->low),
        .high = is_few ? (int)ceil(agree->high * 20) * 5 : whole(agree->high),
    };
    const ReportYear *last = last_share(item);
    if (last) {
        k.has_last = true;
        k.last = report_pct(last->count, last->valid);
    }
    set_above(&k, item);
    return (Chart){.kind = CHART_COMPARISON, .comparison = k};
}

/* "Enige: 74 pct. · 2025: 70 pct. · Fjordby Kommune: 70 pct." */
static Str agree_words(Ctx *c, const Report *r, const ReportItem *item)
{
    Buf b = buf_new(c->arena, WORD_BYTES);
    buf_add(&b, msg_text(c, TF("Enige: {1}", share_text(c, item->agree.count, item->valid))));
    const ReportYear *last = last_share(item);
    if (last) {
        Str share = share_text(c, last->count, last->valid);
        buf_add(&b, STR_CAT(c->arena, S(" · "), last->wave, S(": "), share));
    }
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        const ReportGroup *g = above(item, i);
        if (!has_share(g)) continue;
        Str share = share_text(c, g->agree.count, g->valid);
        buf_add(&b, STR_CAT(c->arena, S(" · "), r->path.v[i].name, S(": "), share));
    }
    return buf_str(&b);
}

/* All years that may be compared, taken together: steadier than any one of them. */
static Str years_words(Ctx *c, const Report *r, const ReportItem *item)
{
    if (!item->agree.is) return S("");
    int64_t count = item->agree.count, valid = item->valid;
    Buf names = buf_new(c->arena, WORD_BYTES);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = item->years.n - 1; i >= 0; i--) {
        const ReportYear *y = &item->years.v[i];
        if (!y->has_count || y->valid <= 0) continue;
        if (n++) buf_add(&names, S(", "));
        buf_add(&names, y->wave);
        count += y->count;
        valid += y->valid;
    }
    if (n == 0) return S("");
    return msg_text(c, TF("{1} og {2} under ét: {3} enige af {4} svar.", buf_str(&names), r->wave, share_text(c, count, valid), valid));
}

/* ---- distributions ---------------------------------------------------------------------- */

/* Options in the order of a drawing, from disagree to agree. */
typedef struct Order {
    const ReportCount *v[CHART_ANSWERS];
    Str label[CHART_ANSWERS];
    int n, neither;
    bool is_drawn; /* false: not a scale from disagree to agree */
} Order;

static Str option_text(Ctx *c, const ReportItem *item, int64_t value)
{
    for (ptrdiff_t i = 0; i < item->options.n; i++)
        if (item->options.v[i].value == value) return words(c, item->options.v[i].text);
    return count_text(c, value);
}

static int side_of(const ReportItem *item, int64_t value)
{
    if (values_have(item->disagree_set, value)) return -1;
    return values_have(item->agree_set, value) ? 1 : 0;
}

static void turn(Order *o)
{
    for (int i = 0; i < o->n / 2; i++) {
        const ReportCount *swap = o->v[i];
        o->v[i] = o->v[o->n - 1 - i];
        o->v[o->n - 1 - i] = swap;
    }
}

/* Disagree, at most one in the middle, agree; as a scale has them. */
static bool is_scale(const ReportItem *item, Order *o)
{
    int count[3] = {0};
    for (int i = 0; i < o->n; i++) {
        int side = side_of(item, o->v[i]->value);
        count[side + 1]++;
        if (side == 0) o->neither = i;
        if (i && side < side_of(item, o->v[i - 1]->value)) return false;
    }
    if (count[0] == 0 || count[2] == 0 || count[1] > 1) return false;
    if (count[1] == 0) o->neither = -1;
    return count[1] == 1 || count[0] == count[2];
}

static Order order_of(Ctx *c, const ReportItem *item)
{
    Order o = {.neither = -1};
    if (item->kind != ITEM_SINGLE || !item->has_distribution || item->distribution.n < 2 || item->distribution.n > CHART_ANSWERS) return o;
    for (ptrdiff_t i = 0; i < item->distribution.n; i++) o.v[o.n++] = &item->distribution.v[i];
    if (side_of(item, o.v[0]->value) > side_of(item, o.v[o.n - 1]->value)) turn(&o);
    o.is_drawn = is_scale(item, &o);
    for (int i = 0; i < o.n; i++) o.label[i] = option_text(c, item, o.v[i]->value);
    return o;
}

static Chart distribution_of(Ctx *c, const ReportItem *item, const Order *o)
{
    Pct *share = NEW(c->arena, Pct, o->n);
    Str *label = NEW(c->arena, Str, o->n);
    for (int i = 0; i < o->n; i++) {
        share[i] = report_pct(o->v[i]->count, item->valid);
        label[i] = o->label[i];
    }
    return (Chart){.kind = CHART_DISTRIBUTION, .distribution = {.label = label, .share = share, .n = o->n, .neither = o->neither}};
}

/* ---- one item ------------------------------------------------------------------------------ */

static Str item_text(Ctx *c, const ReportItem *item)
{
    Str text = item->texts.n ? words(c, item->texts) : item->text;
    if (item->matrix.n == 0) return text;
    return STR_CAT(c->arena, words(c, item->matrix), S(" "), text);
}

static Str answers_words(Ctx *c, const ReportItem *item)
{
    Str answers = msg_text(c, TN("{1} svar", "{1} svar", item->valid));
    if (item->excluded == 0) return answers;
    return STR_CAT(c->arena, answers, S(", "), msg_text(c, TN("{1} ved ikke", "{1} ved ikke", item->excluded)));
}

static Str mean_words(Ctx *c, double mean, double sd)
{
    return msg_text(c, TF("Gennemsnit {1}, spredning {2}.", decimal(c, mean, 1), decimal(c, sd, 1)));
}

static Str shown_words(Ctx *c, const ReportItem *item, bool is_drawn)
{
    if (item->has_mean) return mean_words(c, item->mean, item->sd);
    if (item->kind == ITEM_TEXT) return msg_text(c, T("Svar i fri tekst er ikke med i rapporten."));
    if (item->has_distribution && !is_drawn) return msg_text(c, T("Tallene står i tabellen."));
    return S("");
}

static ItemView item_view(Ctx *c, const Report *r, const ReportItem *item)
{
    ItemView view = {.text = item_text(c, item)};
    if (item->state == REPORT_HIDDEN) {
        view.is_hidden = true;
        view.says = msg_text(c, report_hidden_words());
        view.change_more = msg_text(c, T("Intet tal vises"));
        return view;
    }
    view.answers = answers_words(c, item);
    if (item->state == REPORT_WORDS) {
        view.says = msg_text(c, T("Næsten alle svarede ens."));
        view.change_more = msg_text(c, T("Intet tal vises"));
        return view;
    }
    Order order = order_of(c, item);
    view.has_distribution = order.is_drawn;
    if (order.is_drawn) view.distribution = distribution_of(c, item, &order);
    view.has_comparison = item->agree.is;
    if (item->agree.is) {
        view.comparison = comparison_of(item);
        view.agree = agree_words(c, r, item);
    }
    view.says = shown_words(c, item, order.is_drawn);
    view.years = years_words(c, r, item);
    view.certainty = certainty_of(&item->change);
    if (view.certainty) view.change = msg_text(c, certainty_words(view.certainty));
    view.change_more = after_certainty(c, view.certainty, &item->change, item->agree.is);
    return view;
}

/* ---- tables --------------------------------------------------------------------------------- */

static TableView table_new(Ctx *c, Str caption, const TableHead *heads, ptrdiff_t columns, ptrdiff_t lines)
{
    TableView t = {.caption = caption, .heads = {NEW(c->arena, TableHead, columns), columns}};
    for (ptrdiff_t i = 0; i < columns; i++) t.heads.v[i] = heads[i];
    t.lines.v = NEW(c->arena, TableLine, lines);
    return t;
}

static TableLine *line_add(Ctx *c, TableView *t, Str head)
{
    TableLine *line = &t->lines.v[t->lines.n++];
    *line = (TableLine){.head = head, .cells = {.v = NEW(c->arena, TableCell, t->heads.n - 1)}};
    return line;
}

static void cell_add(const TableView *t, TableLine *line, Str text)
{
    TableHead head = t->heads.v[line->cells.n + 1];
    line->cells.v[line->cells.n++] = (TableCell){.text = text, .is_right = head.is_right, .head = head.text};
}

static void cell_hide(Ctx *c, const TableView *t, TableLine *line)
{
    cell_add(t, line, msg_text(c, T("skjult")));
    line->cells.v[line->cells.n - 1].is_hidden = true;
}

static void hide_rest(Ctx *c, const TableView *t, TableLine *line)
{
    while (line->cells.n < t->heads.n - 1) cell_hide(c, t, line);
}

static void words_rest(Ctx *c, const TableView *t, TableLine *line, int64_t valid)
{
    cell_add(t, line, count_text(c, valid));
    if (line->cells.n < t->heads.n - 1) cell_add(t, line, msg_text(c, T("næsten alle")));
    while (line->cells.n < t->heads.n - 1) cell_add(t, line, S(""));
}

/* Question × answers, in pct. of those who took a stand. */
static TableView distribution_table(Ctx *c, const ReportItem *first, ptrdiff_t n, const Order *order)
{
    TableHead heads[CHART_ANSWERS + 2] = {{msg_text(c, T("Spørgsmål")), false}, {msg_text(c, T("Svar")), true}};
    for (int i = 0; i < order->n; i++) heads[i + 2] = (TableHead){order->label[i], true};
    TableView t = table_new(c, msg_text(c, T("Hvad der er svaret, pct. af dem, der har taget stilling")), heads, order->n + 2, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        const ReportItem *item = &first[i];
        TableLine *line = line_add(c, &t, item_text(c, item));
        if (item->state == REPORT_WORDS) words_rest(c, &t, line, item->valid);
        if (item->state != REPORT_SHOWN) {
            hide_rest(c, &t, line);
            continue;
        }
        Order own = order_of(c, item);
        cell_add(&t, line, count_text(c, item->valid));
        for (int k = 0; k < own.n; k++) cell_add(&t, line, share_text(c, own.v[k]->count, item->valid));
    }
    return t;
}

static void compared_cells(Ctx *c, const Report *r, const TableView *t, TableLine *line, const ReportItem *item)
{
    const ReportShare *agree = &item->agree;
    cell_add(t, line, share_text(c, agree->count, item->valid));
    const Comparison k = comparison_of(item).comparison;
    cell_add(t, line, msg_text(c, TF("{1} til {2} pct.", k.low, k.high)));
    const ReportYear *last = last_share(item);
    if (r->previous.n) cell_add(t, line, last ? share_text(c, last->count, last->valid) : S("–"));
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        const ReportGroup *g = above(item, i);
        if (has_share(g)) cell_add(t, line, share_text(c, g->agree.count, g->valid));
        else if (g) cell_hide(c, t, line);
        else cell_add(t, line, S("–"));
    }
    cell_add(t, line, change_cell(c, &item->change, true));
}

static TableView agree_table(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n)
{
    ptrdiff_t columns = 0, most = 6 + r->path.n;
    TableHead *heads = NEW(c->arena, TableHead, most);
    heads[columns++] = (TableHead){msg_text(c, T("Spørgsmål")), false};
    heads[columns++] = (TableHead){msg_text(c, T("Enige")), true};
    heads[columns++] = (TableHead){msg_text(c, T("Usikkerhed")), true};
    if (r->previous.n) heads[columns++] = (TableHead){msg_text(c, TF("Enige {1}", r->previous)), true};
    for (ptrdiff_t i = 0; i < r->path.n; i++) heads[columns++] = (TableHead){r->path.v[i].name, true};
    heads[columns++] = (TableHead){msg_text(c, T("Ændring")), false};
    TableView t = table_new(c, msg_text(c, T("Hvor mange der er enige")), heads, columns, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        TableLine *line = line_add(c, &t, item_text(c, &first[i]));
        if (first[i].state == REPORT_WORDS) {
            cell_add(&t, line, msg_text(c, T("næsten alle")));
            while (line->cells.n < columns - 1) cell_add(&t, line, S(""));
        } else if (first[i].state == REPORT_SHOWN) {
            compared_cells(c, r, &t, line, &first[i]);
        }
        hide_rest(c, &t, line);
    }
    return t;
}

/* Answers that are no scale: one table an item. */
static TableView option_table(Ctx *c, const ReportItem *item)
{
    TableHead heads[] = {{msg_text(c, T("Svarmulighed")), false}, {msg_text(c, T("Andel")), true}};
    TableView t = table_new(c, item_text(c, item), heads, COUNT_OF(heads), item->distribution.n);
    for (ptrdiff_t i = 0; i < item->distribution.n; i++) {
        const ReportCount *k = &item->distribution.v[i];
        TableLine *line = line_add(c, &t, option_text(c, item, k->value));
        cell_add(&t, line, share_text(c, k->count, item->valid));
    }
    return t;
}

/* ---- groups ------------------------------------------------------------------------------------ */

static const struct { Str code; Msg name; } GROUP_NAMES[] = {
    {S_INIT("rolle"),          T_INIT("Rolle")         },
    {S_INIT("koen"),           T_INIT("Køn")           },
    {S_INIT("deltagelse"),     T_INIT("Deltagelse")    },
    {S_INIT("deltager"),       T_INIT("Deltagere")     },
    {S_INIT("ikke_deltager"),  T_INIT("Ikke-deltagere")},
    {S_INIT("uoplyst"),        T_INIT("Uoplyst")       },
    {S_INIT("personale"),      T_INIT("Personale")     },
    {S_INIT("leder"),          T_INIT("Ledere")        },
    {S_INIT("elev"),           T_INIT("Elever")        },
    {S_INIT("foraelder"),      T_INIT("Forældre")      },
};

/* Others are the survey's own words. */
static Str group_name(Ctx *c, Str code)
{
    for (int i = 0; i < COUNT_OF(GROUP_NAMES); i++)
        if (str_eq(GROUP_NAMES[i].code, code)) return msg_text(c, GROUP_NAMES[i].name);
    return code;
}

/* Participation hangs together with answers; it is not known to cause them. */
static Str versus_words(Ctx *c, const Report *r, const ReportGroup *g)
{
    if (!g->versus.is) return S("–");
    if (g->valid < REPORT_FEW || r->response.caution == REPORT_UNDER_40) return msg_text(c, T("For få svar"));
    if (!(g->versus.p_adjusted < 0.05)) return msg_text(c, T("Kan være tilfældigt"));
    return msg_text(c, TF("Sikker forskel: {1}", report_points(c, g->versus.difference)));
}

static Str group_figure(Ctx *c, const ReportGroup *g)
{
    if (g->agree.is) return share_text(c, g->agree.count, g->valid);
    return g->has_mean ? decimal(c, g->mean, 1) : S("–");
}

static void group_line(Ctx *c, const Report *r, TableView *t, const ReportItem *item, const ReportGroup *g)
{
    TableLine *line = line_add(c, t, item_text(c, item));
    cell_add(t, line, group_name(c, g->group));
    if (g->state == REPORT_WORDS) words_rest(c, t, line, g->valid);
    if (g->state == REPORT_SHOWN) {
        cell_add(t, line, count_text(c, g->valid));
        cell_add(t, line, group_figure(c, g));
        cell_add(t, line, versus_words(c, r, g));
    }
    hide_rest(c, t, line);
}

static ptrdiff_t entries_of(const Report *r, const ReportSection *s, Str dimension)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++)
        for (ptrdiff_t k = 0; k < r->items.v[i].groups.n; k++) n += str_eq(r->items.v[i].groups.v[k].dimension, dimension);
    return n;
}

static TableView group_table(Ctx *c, const Report *r, const ReportSection *s, Str dimension)
{
    TableHead heads[] = {
        {msg_text(c, T("Spørgsmål")),           false},
        {group_name(c, dimension),              false},
        {msg_text(c, T("Svar")),                true },
        {msg_text(c, T("Enige")),               true },
        {msg_text(c, T("Forskel til de andre")), false},
    };
    Str caption = msg_text(c, TF("Fordelt på: {1}", group_name(c, dimension)));
    TableView t = table_new(c, caption, heads, COUNT_OF(heads), entries_of(r, s, dimension));
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) {
        const ReportItem *item = &r->items.v[i];
        for (ptrdiff_t k = 0; k < item->groups.n; k++)
            if (str_eq(item->groups.v[k].dimension, dimension)) group_line(c, r, &t, item, &item->groups.v[k]);
    }
    return t;
}

/* The dimensions are the same for all items: those of the first. */
static TableViews group_tables(Ctx *c, const Report *r, const ReportSection *s)
{
    TableViews all = {0};
    if (s->count == 0) return all;
    const ReportGroups *groups = &r->items.v[s->first].groups;
    all.v = NEW(c->arena, TableView, groups->n);
    for (ptrdiff_t i = 0; i < groups->n; i++) {
        Str dimension = groups->v[i].dimension;
        bool is_new = i == 0 || !str_eq(dimension, groups->v[i - 1].dimension);
        if (is_new && !str_eq(dimension, S("enhed"))) all.v[all.n++] = group_table(c, r, s, dimension);
    }
    return all;
}

/* ---- blocks -------------------------------------------------------------------------------------- */

static bool has_same_options(const ReportItem *a, const ReportItem *b)
{
    if (a->kind != b->kind || a->options.n != b->options.n) return false;
    for (ptrdiff_t i = 0; i < a->options.n; i++) {
        const Option *x = &a->options.v[i], *y = &b->options.v[i];
        if (x->value != y->value || !str_eq(lang_text(x->text, S("da")), lang_text(y->text, S("da")))) return false;
        if (side_of(a, x->value) != side_of(b, y->value)) return false;
    }
    return true;
}

static Keys colours_of(Ctx *c, const Order *o, const Distribution *d)
{
    Key *keys = NEW(c->arena, Key, o->n);
    for (int i = 0; i < o->n; i++) keys[i] = (Key){chart_answer_key(d, i), o->label[i]};
    return (Keys){keys, o->n};
}

/* Only marks that stand in one of the drawings. */
static Keys marks_of(Ctx *c, const Report *r, const ItemViews *items)
{
    Key *keys = NEW(c->arena, Key, 4);
    bool has_last = false, has_municipality = false, has_region = false;
    for (ptrdiff_t i = 0; i < items->n; i++) {
        if (!items->v[i].has_comparison) continue;
        const Comparison *k = &items->v[i].comparison.comparison;
        has_last = has_last || k->has_last;
        has_municipality = has_municipality || k->has_municipality;
        has_region = has_region || k->has_region;
    }
    ptrdiff_t n = 0;
    keys[n++] = (Key){KEY_NOW, msg_text(c, T("Enige i år, med usikkerhed"))};
    if (has_last) keys[n++] = (Key){KEY_LAST, r->previous};
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        if (has_municipality && str_eq(r->path.v[i].kind, S("kommune"))) keys[n++] = (Key){KEY_MUNICIPALITY, r->path.v[i].name};
        else if (has_region && str_eq(r->path.v[i].kind, S("region"))) keys[n++] = (Key){KEY_REGION, r->path.v[i].name};
        if (n == 4) break;
    }
    return (Keys){keys, n};
}

static TableViews block_tables(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n, const Order *order)
{
    TableViews all = {.v = NEW(c->arena, TableView, n + 2)};
    if (order->is_drawn) all.v[all.n++] = distribution_table(c, first, n, order);
    else
        for (ptrdiff_t i = 0; i < n; i++)
            if (first[i].state == REPORT_SHOWN && first[i].has_distribution) all.v[all.n++] = option_table(c, &first[i]);
    bool has_agree = false;
    for (ptrdiff_t i = 0; i < n; i++) has_agree = has_agree || (first[i].state == REPORT_SHOWN && first[i].agree.is);
    if (has_agree) all.v[all.n++] = agree_table(c, r, first, n);
    return all;
}

static BlockView block_view(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n)
{
    BlockView view = {.items = {.v = NEW(c->arena, ItemView, n), .n = n}};
    ChartScale scale = {0};
    Order order = {0};
    bool has_comparison = false;
    for (ptrdiff_t i = 0; i < n; i++) {
        ItemView *item = &view.items.v[i];
        *item = item_view(c, r, &first[i]);
        has_comparison = has_comparison || item->has_comparison;
        if (!item->has_distribution) continue;
        chart_scale_fit(&scale, &item->distribution.distribution);
        if (order.n == 0) {
            order = order_of(c, &first[i]);
            view.colours = colours_of(c, &order, &item->distribution.distribution);
        }
    }
    for (ptrdiff_t i = 0; i < n; i++)
        if (view.items.v[i].has_distribution) view.items.v[i].distribution.distribution.scale = scale;
    if (has_comparison) view.marks = marks_of(c, r, &view.items);
    view.tables = block_tables(c, r, first, n, &order);
    return view;
}

static BlockViews blocks_of(Ctx *c, const Report *r, const ReportSection *s)
{
    BlockViews all = {.v = NEW(c->arena, BlockView, s->count)};
    const ReportItem *items = r->items.v + s->first;
    for (ptrdiff_t from = 0; from < s->count;) {
        ptrdiff_t to = from + 1;
        while (to < s->count && has_same_options(&items[from], &items[to])) to++;
        all.v[all.n++] = block_view(c, r, items + from, to - from);
        from = to;
    }
    return all;
}

/* ---- findings --------------------------------------------------------------------------------------- */

typedef struct Sight {
    ptrdiff_t certain, compared, few, shown;
    const ReportItem *most, *least; /* agree */
} Sight;

static void see(Sight *sight, const ReportItem *item)
{
    if (item->state != REPORT_SHOWN) return;
    sight->shown++;
    Certainty certainty = certainty_of(&item->change);
    sight->certain += certainty == CERTAIN;
    sight->few += certainty == FEW_ANSWERS;
    sight->compared += certainty == CERTAIN || certainty == BY_CHANCE;
    if (!item->agree.is) return;
    if (!sight->most || item->agree.share > sight->most->agree.share) sight->most = item;
    if (!sight->least || item->agree.share < sight->least->agree.share) sight->least = item;
}

/* "33 point flere er enige i »…«" */
static Str change_sentence(Ctx *c, const ReportItem *item)
{
    double d = item->change.difference;
    Str text = item_text(c, item);
    if (!item->agree.is) return msg_text(c, TF("Gennemsnittet er ændret {1}: »{2}«", size_of_change(c, &item->change, false), text));
    int64_t points = whole(fabs(d));
    return d > 0 ? msg_text(c, TF("{1} point flere er enige i: »{2}«", points, text))
                 : msg_text(c, TF("{1} point færre er enige i: »{2}«", points, text));
}

static Strs certain_changes(Ctx *c, const Report *r, const ReportSection *s, ptrdiff_t n)
{
    Strs all = {.v = NEW(c->arena, Str, n)};
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) {
        const ReportItem *item = &r->items.v[i];
        if (item->state == REPORT_SHOWN && certainty_of(&item->change) == CERTAIN) all.v[all.n++] = change_sentence(c, item);
    }
    return all;
}

/* "tre ud af fire", else "72 pct." */
static Str phrase(Ctx *c, const ReportItem *item)
{
    Str p = item->valid >= REPORT_FEW ? text_share_phrase(c->lang, item->agree.count, item->valid) : S("");
    return p.n ? p : share_text(c, item->agree.count, item->valid);
}

static Str level_sentence(Ctx *c, const Sight *sight)
{
    if (!sight->most) return msg_text(c, T("Tallene er ikke sammenlignet med tidligere."));
    Str most = item_text(c, sight->most);
    if (sight->most == sight->least) return msg_text(c, TF("{1} er enige i: »{2}«", phrase(c, sight->most), most));
    return msg_text(c, TF("Flest er enige i »{1}« ({2}), færrest i »{3}« ({4}).", most, phrase(c, sight->most),
                          item_text(c, sight->least), phrase(c, sight->least)));
}

static Str finding_of(Ctx *c, const Report *r, const Sight *sight, Str first)
{
    if (sight->shown == 0) return msg_text(c, T("Der er for få svar til at vise tal i denne del."));
    if (sight->certain == 1 && sight->compared > 1 && sight->compared < sight->shown)
        return msg_text(c, TF("Sikker ændring siden {1}: {2}. På de andre spørgsmål, der kan sammenlignes, "
                              "ligner svarene dem fra {1}.", r->previous, first));
    if (sight->certain == 1 && sight->compared > 1)
        return msg_text(c, TF("Sikker ændring siden {1}: {2}. På de andre spørgsmål ligner svarene dem fra {1}.", r->previous, first));
    if (sight->certain == 1) return msg_text(c, TF("Sikker ændring siden {1}: {2}.", r->previous, first));
    if (sight->certain > 1) return msg_text(c, TF("{1} sikre ændringer siden {2}:", sight->certain, r->previous));
    if (sight->compared > 0) return msg_text(c, TF("Svarene ligner dem fra {1}. Ingen ændring er sikker.", r->previous));
    if (sight->few > 0) return msg_text(c, T("For få svar til at sige noget om ændring. Tal hellere om det sammen."));
    return level_sentence(c, sight);
}

static SectionView section_view(Ctx *c, const Report *r, const ReportSection *s)
{
    Sight sight = {0};
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) see(&sight, &r->items.v[i]);
    Strs changes = certain_changes(c, r, s, sight.certain);
    return (SectionView){
        .code = s->code,
        .anchor = STR_CAT(c->arena, S("del-"), s->code),
        .title = words(c, s->title),
        .finding = finding_of(c, r, &sight, changes.n ? changes.v[0] : S("")),
        .more = changes.n > 1 ? changes : (Strs){0},
        .blocks = blocks_of(c, r, s),
        .groups = group_tables(c, r, s),
    };
}

/* ---- the whole ------------------------------------------------------------------------------------------ */

static void see_rate(Ctx *c, const ReportResponse *a, ReportView *view)
{
    if (!a->has_answered) {
        view->rate_says = msg_text(c, T("Antallet af svar er skjult, så ingen kan genkendes."));
        return;
    }
    if (!a->has_invited || !a->has_rate || a->invited < 1) {
        view->rate_says = msg_text(c, TF("{1} har svaret. Hvor mange der er inviteret, er ikke oplyst.", a->answered));
        return;
    }
    view->has_rate = true;
    view->rate = (Chart){.kind = CHART_RATE, .rate = {.answered = a->answered, .invited = a->invited}};
    view->rate_big = pct_text(c, (Pct){.v = whole(a->rate)});
    int64_t others = a->invited - a->answered;
    Str of = msg_text(c, TF("{1} af {2} inviterede har svaret.", a->answered, a->invited));
    Str rest = others > 0 ? msg_text(c, TF("Hvad de {1} andre mener, ved vi ikke.", others)) : S("");
    view->rate_says = rest.n ? STR_CAT(c->arena, of, S(" "), rest) : of;
}

static Str caution_words(Ctx *c, const ReportResponse *a, Str rate)
{
    switch (a->caution) {
    case REPORT_NO_CAUTION: return S("");
    case REPORT_UNDER_60: return msg_text(c, TF("{1} har svaret. Læs tallene med forbehold: de, der ikke har svaret, kan mene noget andet.", rate));
    case REPORT_UNDER_40: return msg_text(c, TF("{1} har svaret. Det er for få til at sige noget sikkert om alle.", rate));
    }
    return S("");
}

static TableView score_table(Ctx *c, const Report *r)
{
    TableHead heads[] = {
        {msg_text(c, T("Samlet mål")), false},
        {msg_text(c, T("Svar")),       true },
        {msg_text(c, T("Gennemsnit")), true },
        {msg_text(c, T("Skala")),      true },
        {msg_text(c, T("Ændring")),    false},
    };
    TableView t = table_new(c, msg_text(c, T("Gennemsnit af flere spørgsmål")), heads, COUNT_OF(heads), r->scores.n);
    for (ptrdiff_t i = 0; i < r->scores.n; i++) {
        const ReportScore *s = &r->scores.v[i];
        TableLine *line = line_add(c, &t, words(c, s->title));
        if (s->state == REPORT_WORDS) words_rest(c, &t, line, s->valid);
        if (s->state == REPORT_SHOWN) {
            cell_add(&t, line, count_text(c, s->valid));
            cell_add(&t, line, decimal(c, s->mean, 1));
            cell_add(&t, line, msg_text(c, TF("{1} til {2}", s->smallest, s->largest)));
            cell_add(&t, line, change_cell(c, &s->change, false));
        }
        hide_rest(c, &t, line);
    }
    return t;
}

static const Msg METHOD[] = {
    T_INIT("Andelen, der er enige, er regnet af dem, der har taget stilling. »Ved ikke« og ubesvarede er ikke med."),
    T_INIT("Usikkerheden viser, hvor meget tallet kan skyldes tilfældigheder. Den er et 95 pct. interval "
           "(Wilson). Den siger intet om dem, der ikke har svaret."),
    T_INIT("En ændring kaldes sikker, når den er større, end tilfældigheder plejer at give, når mindst 20 har "
           "svaret begge gange, og når mindst 40 pct. af de inviterede har svaret."),
    T_INIT("Der er taget højde for, at mange spørgsmål sammenlignes på én gang (Benjamini-Hochberg)."),
    T_INIT("Små forskelle fra år til år er oftest tilfældige. Brug ikke tid på at forklare dem."),
    T_INIT("Har færre end 20 svaret, er tallene afrundet til nærmeste 5, og der står »ca.«."),
    T_INIT("Et spørgsmål, der har fået nye ord, sammenlignes ikke med tidligere."),
    T_INIT("Tal er afrundet hver for sig. Derfor giver de ikke altid 100 tilsammen."),
    T_INIT("En forskel mellem grupper er en sammenhæng. Den viser ikke, hvad der er årsagen."),
};

static Strs method_of(Ctx *c)
{
    Strs all = {.v = NEW(c->arena, Str, COUNT_OF(METHOD))};
    for (int i = 0; i < COUNT_OF(METHOD); i++) all.v[all.n++] = msg_text(c, METHOD[i]);
    return all;
}

static bool has_hidden(const Report *r)
{
    if (!r->response.has_answered) return true;
    for (ptrdiff_t i = 0; i < r->scores.n; i++)
        if (r->scores.v[i].state == REPORT_HIDDEN) return true;
    for (ptrdiff_t i = 0; i < r->items.n; i++) {
        if (r->items.v[i].state == REPORT_HIDDEN) return true;
        for (ptrdiff_t k = 0; k < r->items.v[i].groups.n; k++)
            if (r->items.v[i].groups.v[k].state == REPORT_HIDDEN) return true;
    }
    return false;
}

static Str lead_of(Ctx *c, const Report *r)
{
    Str nearest = r->path.n ? r->path.v[0].name : S("");
    Str title = words(c, r->title);
    if (r->previous.n && nearest.n) return msg_text(c, TF("{1}, måling {2}, sammenlignet med {3} og med {4}.", title, r->wave, r->previous, nearest));
    if (nearest.n) return msg_text(c, TF("{1}, måling {2}, sammenlignet med {3}.", title, r->wave, nearest));
    if (r->previous.n) return msg_text(c, TF("{1}, måling {2}, sammenlignet med {3}.", title, r->wave, r->previous));
    return msg_text(c, TF("{1}, måling {2}.", title, r->wave));
}

ReportView report_view(Ctx *c, const Report *r)
{
    ReportView view = {
        .report = r,
        .title = msg_text(c, TF("Rapport: {1}", r->unit.name)),
        .lead = lead_of(c, r),
        .unit = r->unit.name,
        .sections = {.v = NEW(c->arena, SectionView, r->sections.n), .n = r->sections.n},
        .has_scores = r->scores.n > 0,
        .has_hidden = has_hidden(r),
        .method = method_of(c),
        .hidden_why = msg_text(c, T("Vi viser aldrig tal, der bygger på færre end 5 svar. Kunne man regne det skjulte ud fra resten, "
                                    "skjuler vi flere tal. Det gælder også i PDF, regneark og alle andre udgaver.")),
    };
    see_rate(c, &r->response, &view);
    view.caution = caution_words(c, &r->response, view.rate_big);
    if (view.has_scores) view.scores = score_table(c, r);
    for (ptrdiff_t i = 0; i < r->sections.n; i++) view.sections.v[i] = section_view(c, r, &r->sections.v[i]);
    return view;
}

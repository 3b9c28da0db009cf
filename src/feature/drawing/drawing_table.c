/* The tables of a report. A hidden number is the word skjult. */
#include "base/number.h"
#include "feature/drawing/drawing_words.h"

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
    cell_add(t, line, drawing_count_text(c, valid));
    if (line->cells.n < t->heads.n - 1) cell_add(t, line, msg_text(c, T("næsten alle")));
    while (line->cells.n < t->heads.n - 1) cell_add(t, line, S(""));
}

/* Question × answers, in pct. of those who took a stand. */
static TableView distribution_table(Ctx *c, const ReportItem *first, ptrdiff_t n, const AnswerOrder *order)
{
    TableHead heads[CHART_ANSWERS + 2] = {{msg_text(c, T("Spørgsmål")), false}, {msg_text(c, TC("antal", "Svar")), true}};
    for (int i = 0; i < order->n; i++) heads[i + 2] = (TableHead){order->label[i], true};
    TableView t = table_new(c, msg_text(c, T("Hvad der er svaret, pct. af dem, der har taget stilling")), heads, order->n + 2, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        const ReportItem *item = &first[i];
        TableLine *line = line_add(c, &t, drawing_item_text(c, item));
        if (item->state == REPORT_WORDS) words_rest(c, &t, line, item->valid);
        if (item->state != REPORT_SHOWN) {
            hide_rest(c, &t, line);
            continue;
        }
        AnswerOrder own = drawing_order(c, item);
        cell_add(&t, line, drawing_count_text(c, item->valid));
        for (int k = 0; k < own.n; k++) cell_add(&t, line, drawing_share_text(c, own.v[k]->count, item->valid));
    }
    return t;
}

static void compared_cells(Ctx *c, const Report *r, const TableView *t, TableLine *line, const ReportItem *item)
{
    const ReportShare *agree = &item->agree;
    if (r->previous.n) {
        Pooled all = drawing_pooled(item);
        cell_add(t, line, all.waves > 1 ? drawing_share_text(c, all.count, all.valid) : S("–"));
    }
    cell_add(t, line, drawing_share_text(c, agree->count, item->valid));
    const Comparison k = drawing_comparison(item).comparison;
    cell_add(t, line, msg_text(c, TF("{1} til {2} pct.", k.low, k.high)));
    const ReportYear *last = drawing_last_share(item);
    if (r->previous.n) cell_add(t, line, last ? drawing_share_text(c, last->count, last->valid) : S("–"));
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        const ReportGroup *g = drawing_above(item, i);
        if (drawing_has_share(g)) cell_add(t, line, drawing_share_text(c, g->agree.count, g->valid));
        else if (g) cell_hide(c, t, line);
        else cell_add(t, line, S("–"));
    }
    cell_add(t, line, drawing_change_cell(c, &item->change, true));
}

/* "Enige forår 2026"; where the caption tells what is counted, the wave alone. */
static Str wave_head(Ctx *c, const Report *r, Str wave, bool is_told)
{
    if (!r->previous.n) return is_told ? msg_text(c, T("Andel")) : msg_text(c, T("Enige"));
    return is_told ? drawing_wave(c, r, wave) : msg_text(c, TF("Enige {1}", drawing_wave(c, r, wave)));
}

static TableView agree_table(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n)
{
    ptrdiff_t columns = 0, most = 7 + r->path.n;
    Str counted = drawing_counted_by_all(c, first, n);
    Msg caption = counted.n ? TF("Hvor mange der svarer {1}", counted) : T("Hvor mange der er enige");
    TableHead *heads = NEW(c->arena, TableHead, most);
    heads[columns++] = (TableHead){msg_text(c, T("Spørgsmål")), false};
    if (r->previous.n) heads[columns++] = (TableHead){msg_text(c, T("Målinger under ét")), true};
    heads[columns++] = (TableHead){wave_head(c, r, r->wave, counted.n), true};
    heads[columns++] = (TableHead){msg_text(c, T("Usikkerhed")), true};
    if (r->previous.n) heads[columns++] = (TableHead){wave_head(c, r, r->previous, counted.n), true};
    for (ptrdiff_t i = 0; i < r->path.n; i++) heads[columns++] = (TableHead){r->path.v[i].name, true};
    heads[columns++] = (TableHead){msg_text(c, T("Ændring")), false};
    TableView t = table_new(c, msg_text(c, caption), heads, columns, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        TableLine *line = line_add(c, &t, drawing_item_text(c, &first[i]));
        if (first[i].state == REPORT_WORDS) {
            if (r->previous.n) cell_add(&t, line, S("–"));
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
    Str answers = msg_text(c, TN("{1} svar", "{1} svar", item->valid));
    Str caption = msg_text(c, TF("{1} ({2})", drawing_item_text(c, item), answers));
    TableView t = table_new(c, caption, heads, COUNT_OF(heads), item->distribution.n);
    for (ptrdiff_t i = 0; i < item->distribution.n; i++) {
        const ReportCount *k = &item->distribution.v[i];
        TableLine *line = line_add(c, &t, drawing_option_text(c, item, k->value));
        cell_add(&t, line, drawing_share_text(c, k->count, item->valid));
        line->cells.v[line->cells.n - 1].has_bar = true;
        line->cells.v[line->cells.n - 1].bar = drawing_pct(k->count, item->valid).v;
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
    {S_INIT("afsnit"),         T_INIT("Afsnit")        },
    {S_INIT("indskoling"),     T_INIT("Indskoling")    },
    {S_INIT("mellemtrin"),     T_INIT("Mellemtrin")    },
    {S_INIT("udskoling"),      T_INIT("Udskoling")     },
};

/* Others are the survey's own words. */
Str drawing_group_name(Ctx *c, Str code)
{
    for (int i = 0; i < COUNT_OF(GROUP_NAMES); i++)
        if (str_eq(GROUP_NAMES[i].code, code)) return msg_text(c, GROUP_NAMES[i].name);
    return code;
}

/* Participation hangs together with answers; it is not known to cause them. A group is held
   against the rest of those who answered, so both must be many; and what share of the invited
   answered must be known, as for a change (DOMAIN §5.4). */
static Str versus_words(Ctx *c, const Report *r, const ReportItem *item, const ReportGroup *g)
{
    if (!g->versus.is) return S("–");
    bool is_few = i64_min(g->valid, item->valid - g->valid) < REPORT_FEW;
    if (is_few || r->response.caution == REPORT_UNDER_40) return msg_text(c, T("For få svar"));
    if (!(g->versus.p_adjusted < 0.05) || !r->response.has_rate) return msg_text(c, T("Kan være tilfældigt"));
    return msg_text(c, TF("Sikker forskel: {1}", drawing_points(c, g->versus.difference)));
}

static Str group_figure(Ctx *c, const ReportGroup *g)
{
    if (g->agree.is) return drawing_share_text(c, g->agree.count, g->valid);
    return g->has_mean ? drawing_decimal(c, g->mean, 1) : S("–");
}

static void group_line(Ctx *c, const Report *r, TableView *t, const ReportItem *item, const ReportGroup *g)
{
    TableLine *line = line_add(c, t, drawing_item_text(c, item));
    cell_add(t, line, drawing_group_name(c, g->group));
    if (g->state == REPORT_WORDS) words_rest(c, t, line, g->valid);
    if (g->state == REPORT_SHOWN) {
        cell_add(t, line, drawing_count_text(c, g->valid));
        cell_add(t, line, group_figure(c, g));
        cell_add(t, line, versus_words(c, r, item, g));
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
    Str counted = drawing_counted_by_all(c, r->items.v + s->first, s->count);
    TableHead heads[] = {
        {msg_text(c, T("Spørgsmål")),           false},
        {drawing_group_name(c, dimension),              false},
        {msg_text(c, TC("antal", "Svar")),                true },
        {counted.n ? counted : msg_text(c, T("Enige")), true },
        {msg_text(c, T("Forskel til de andre")), false},
    };
    Str caption = msg_text(c, TF("Fordelt på: {1}", drawing_group_name(c, dimension)));
    TableView t = table_new(c, caption, heads, COUNT_OF(heads), entries_of(r, s, dimension));
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) {
        const ReportItem *item = &r->items.v[i];
        for (ptrdiff_t k = 0; k < item->groups.n; k++)
            if (str_eq(item->groups.v[k].dimension, dimension)) group_line(c, r, &t, item, &item->groups.v[k]);
    }
    return t;
}

static bool is_all_hidden(const Report *r, const ReportSection *s, Str dimension)
{
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) {
        const ReportGroups *groups = &r->items.v[i].groups;
        for (ptrdiff_t k = 0; k < groups->n; k++)
            if (str_eq(groups->v[k].dimension, dimension) && groups->v[k].state != REPORT_HIDDEN) return false;
    }
    return true;
}

/* A table of nothing but "skjult" says in one sentence what it has to say. */
static void add_dimension(Ctx *c, const Report *r, const ReportSection *s, Str dimension, SectionView *view)
{
    if (is_all_hidden(r, s, dimension))
        view->groups_hidden.v[view->groups_hidden.n++] =
            msg_text(c, TF("Fordelt på: {1}. Alle tal er skjult, så ingen kan genkendes.", drawing_group_name(c, dimension)));
    else
        view->groups.v[view->groups.n++] = group_table(c, r, s, dimension);
}

/* The dimensions are the same for all items: those of the first. */
void drawing_section_groups(Ctx *c, const Report *r, const ReportSection *s, SectionView *view)
{
    if (s->count == 0) return;
    const ReportGroups *groups = &r->items.v[s->first].groups;
    view->groups = (TableViews){.v = NEW(c->arena, TableView, groups->n)};
    view->groups_hidden = (Strs){.v = NEW(c->arena, Str, groups->n)};
    for (ptrdiff_t i = 0; i < groups->n; i++) {
        Str dimension = groups->v[i].dimension;
        bool is_new = i == 0 || !str_eq(dimension, groups->v[i - 1].dimension);
        if (is_new && !str_eq(dimension, S("enhed"))) add_dimension(c, r, s, dimension, view);
    }
}

/* ---- of a block ----------------------------------------------------------------------------- */

TableViews drawing_block_tables(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n, const AnswerOrder *order)
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

/* ---- scores ---------------------------------------------------------------------------------- */

TableView drawing_score_table(Ctx *c, const Report *r)
{
    TableHead heads[] = {
        {msg_text(c, T("Samlet mål")), false},
        {msg_text(c, TC("antal", "Svar")),       true },
        {msg_text(c, T("Gennemsnit")), true },
        {msg_text(c, T("Skala")),      true },
        {msg_text(c, T("Ændring")),    false},
    };
    TableView t = table_new(c, msg_text(c, T("Gennemsnit af flere spørgsmål")), heads, COUNT_OF(heads), r->scores.n);
    for (ptrdiff_t i = 0; i < r->scores.n; i++) {
        const ReportScore *s = &r->scores.v[i];
        TableLine *line = line_add(c, &t, drawing_text(c, s->title));
        if (s->state == REPORT_WORDS) words_rest(c, &t, line, s->valid);
        if (s->state == REPORT_SHOWN) {
            cell_add(&t, line, drawing_count_text(c, s->valid));
            cell_add(&t, line, drawing_decimal(c, s->mean, 1));
            cell_add(&t, line, msg_text(c, TF("{1} til {2}", s->smallest, s->largest)));
            cell_add(&t, line, drawing_change_cell(c, &s->change, false));
        }
        hide_rest(c, &t, line);
    }
    return t;
}

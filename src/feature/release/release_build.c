/* The report of one unit, from counts and masks. Whatever is hidden stays at
   zero in the struct and is never looked at again. */
#include <math.h>

#include "base/number.h"
#include "feature/release/release_inside.h"

/* ---- what is the same for all units ---------------------------------------------------- */

static void frame_item(const Measure *m, ReportItem *ret)
{
    const Item *item = m->item;
    *ret = (ReportItem){
        .code = item->code,
        .section = item->section,
        .theme = item->theme,
        .text = lang_text(item->text, S("da")),
        .kind = item->kind,
        .texts = item->text,
        .matrix = item->matrix ? item->matrix->text : (LangTexts){0},
        .options = item->options,
        .agree_set = item->agree,
        .disagree_set = item->disagree,
        .dont_know_set = item->dont_know,
    };
}

/* The scale of a score: least and largest substantive value of its items. */
static void frame_limits(const Score *score, ReportScore *ret)
{
    bool has_any = false;
    for (ptrdiff_t i = 0; i < score->n; i++) {
        const Item *item = score->items[i];
        for (ptrdiff_t k = 0; k < item->options.n; k++) {
            int64_t v = item->options.v[k].value;
            if (values_have(item->dont_know, v)) continue;
            ret->smallest = has_any ? i64_min(ret->smallest, v) : v;
            ret->largest = has_any ? i64_max(ret->largest, v) : v;
            has_any = true;
        }
    }
}

static void frame_score(Arena *arena, const Score *score, ReportScore *ret)
{
    *ret = (ReportScore){
        .code = score->code, .title = score->title, .items = {NEW(arena, Str, score->n), score->n}
    };
    for (ptrdiff_t i = 0; i < score->n; i++) ret->items.v[i] = score->items[i]->code;
    frame_limits(score, ret);
}

static void frame_sections(Arena *arena, const Tally *t, Report *r)
{
    r->sections.v = NEW(arena, ReportSection, t->q.sections.n);
    r->sections.n = t->q.sections.n;
    for (ptrdiff_t s = 0, at = 0; s < t->q.sections.n; s++) {
        const Section *section = &t->q.sections.v[s];
        ReportSection *to = &r->sections.v[s];
        *to = (ReportSection){.code = section->code, .theme = section->theme, .title = section->title, .first = at};
        while (at < r->items.n && str_eq(r->items.v[at].section, section->code)) at++;
        to->count = at - to->first;
    }
}

void release_frame(Ctx *c, const Tally *t, Str previous, Report *ret)
{
    ptrdiff_t items = t->measures.items, scores = t->measures.n - items;
    Report r = {
        .wave = t->wave->name,
        .released = c->today,
        .minimum = REPORT_MINIMUM,
        .title = t->q.title,
        .languages = t->q.languages,
        .previous = previous,
        .items = {NEW(c->arena, ReportItem,  items),  items },
        .scores = {NEW(c->arena, ReportScore, scores), scores},
    };
    for (ptrdiff_t i = 0; i < items; i++) frame_item(&t->measures.v[i], &r.items.v[i]);
    for (ptrdiff_t i = 0; i < scores; i++) frame_score(c->arena, t->measures.v[items + i].score, &r.scores.v[i]);
    frame_sections(c->arena, t, &r);
    *ret = r;
}

/* ---- one figure -------------------------------------------------------------------------- */

static ReportState state_of(const Builder *b, int32_t measure, int32_t kept, int32_t column)
{
    const Tally *t = b->t;
    if (kept < 0 || release_cell_state(t, b->masks, measure, kept, column) != STATE_SHOWN) return REPORT_HIDDEN;
    int32_t n = count_of(t, measure, kept, column)->n;
    return n < REPORT_WORDS_BELOW && count_is_alike(t, measure, kept, column) ? REPORT_WORDS : REPORT_SHOWN;
}

static ReportShare share_of(const Measure *m, const CellCount *k)
{
    if (!m->has_agree) return (ReportShare){0};
    Interval i = share_wilson(k->agree, k->n);
    return (ReportShare){
        .is = true, .count = k->agree, .share = (double)k->agree / (double)k->n, .low = i.low, .high = i.high};
}

/* False where the cell was filled up from what groups lack: counts only. */
static bool spread_of(const Tally *t, int32_t measure, int32_t kept, int32_t column, double *ret_mean, double *ret_sd)
{
    const Counts *counts = &t->counts[measure];
    ptrdiff_t cell = (ptrdiff_t)kept * t->columns.n + column;
    if (!counts->spread || counts->spread[cell].moments.n != counts->cell[cell].n) return false;
    *ret_mean = counts->spread[cell].moments.mean;
    *ret_sd = moments_sd(&counts->spread[cell].moments);
    return true;
}

static ReportCounts distribution_of(Arena *arena, const Tally *t, int32_t measure, int32_t kept)
{
    const Measure *m = &t->measures.v[measure];
    ReportCounts all = {.v = NEW(arena, ReportCount, m->slots)};
    const int32_t *slot = &t->counts[measure].slot[(ptrdiff_t)kept * t->columns.n * m->slots];
    for (ptrdiff_t i = 0; i < m->item->options.n; i++) {
        int64_t value = m->item->options.v[i].value;
        if (values_have(m->item->dont_know, value)) continue;
        all.v[all.n] = (ReportCount){value, slot[all.n]};
        all.n++;
    }
    return all;
}

/* ---- groups ------------------------------------------------------------------------------- */

static Side side_of(ReportState state, const CellCount *k)
{
    return (Side){state == REPORT_SHOWN, k->agree, k->n};
}

/* What is left of a whole without a part is a figure of its own: few or all alike
   below ten says too much, though it can be reckoned by whoever cares to. */
static Side rest_of(const Tally *t, int32_t measure, ptrdiff_t whole, ptrdiff_t part)
{
    const Counts *counts = &t->counts[measure];
    int32_t slots = t->measures.v[measure].slots;
    Side rest = {.agree = counts->cell[whole].agree - counts->cell[part].agree,
                 .n = counts->cell[whole].n - counts->cell[part].n};
    bool is_alike = rest.n > 0 && slots > 0;
    for (int32_t s = 0; s < slots; s++) {
        int32_t left = counts->slot[whole * slots + s] - counts->slot[part * slots + s];
        is_alike = is_alike && (left == 0 || left == rest.n);
    }
    rest.is_shown = rest.n >= REPORT_MINIMUM && !(is_alike && rest.n < REPORT_WORDS_BELOW);
    return rest;
}

static ReportGroup group_of(const Builder *b, int32_t measure, int32_t kept, int32_t column, Str dimension, Str name)
{
    ReportGroup g = {.dimension = dimension, .group = name, .state = state_of(b, measure, kept, column)};
    if (g.state == REPORT_HIDDEN) return g;
    const CellCount *k = count_of(b->t, measure, kept, column);
    g.valid = k->n;
    if (g.state == REPORT_WORDS) return g;
    g.agree = share_of(&b->t->measures.v[measure], k);
    g.has_mean = spread_of(b->t, measure, kept, column, &g.mean, &g.sd);
    return g;
}

/* The unit above as it stands in its own newest report, where it is not in this
   release. Coherent with the counts of now: its figures are still those. */
static ReportGroup group_of_published(const Report *r, const ReportItem *item, Str kind)
{
    ReportGroup g = {.dimension = S("enhed"), .group = kind, .state = REPORT_HIDDEN};
    for (ptrdiff_t i = 0; r && i < r->items.n; i++) {
        const ReportItem *own = &r->items.v[i];
        if (!str_eq(own->code, item->code)) continue;
        g = (ReportGroup){g.dimension,   g.group,   own->state, own->valid, own->agree,
                          own->has_mean, own->mean, own->sd,    {0}};
        g.agree.has_describing = false;
    }
    return g;
}

static ReportGroup group_above(const Builder *b, Arena *arena, int32_t measure, int32_t kept, ptrdiff_t above,
                               const ReportItem *item)
{
    const Tally *t = b->t;
    int32_t up = t->kept_of[above];
    Str kind = t->units.v[above].kind;
    bool is_now = up >= 0 && b->masks->is_out[up];
    ReportGroup g =
        is_now ? group_of(b, measure, up, 0, S("enhed"), kind) : group_of_published(b->published[above], item, kind);
    if (kept < 0 || up < 0 || item->state != REPORT_SHOWN || g.state != REPORT_SHOWN || !g.agree.is) return g;
    const CellCount *k = count_of(t, measure, up, 0);
    if (g.valid != k->n || g.agree.count != k->agree) return g;
    Side rest = rest_of(t, measure, (ptrdiff_t)up * t->columns.n, (ptrdiff_t)kept * t->columns.n);
    g.versus =
        compare_versus(arena, S("parent"), item, kind, side_of(item->state, count_of(t, measure, kept, 0)), rest);
    return g;
}

static ReportGroup group_in(const Builder *b, Arena *arena, int32_t measure, int32_t kept, int32_t column,
                            const ReportItem *item)
{
    const Tally *t = b->t;
    const Column *col = &t->columns.v[column];
    ReportGroup g = group_of(b, measure, kept, column, col->dimension, col->code);
    if (g.state != REPORT_SHOWN || item->state != REPORT_SHOWN || !g.agree.is) return g;
    if (col->group_id == GROUP_NO_PART) return g;
    ptrdiff_t row = (ptrdiff_t)kept * t->columns.n;
    Side rest = rest_of(t, measure, row, row + column);
    if (col->group_id != GROUP_PART)
        g.versus = compare_versus(arena, S("rest"), item, col->dimension,
                                  side_of(g.state, count_of(t, measure, kept, column)), rest);
    else if (state_of(b, measure, kept, column + 1) == REPORT_SHOWN)
        g.versus = compare_parts(arena, t, b->masks, measure, kept);
    return g;
}

/* A unit above both kinds has the dimension; others would only repeat themselves. */
static bool has_parts(const Tally *t, int32_t kept)
{
    return kept >= 0 && t->kept[kept].has_below && t->kept[kept].part && t->kept[kept].no_part;
}

bool release_has_column(const Tally *t, int32_t kept, int32_t column)
{
    const Column *col = &t->columns.v[column];
    if (col->is_unused) return false;
    return (col->group_id != GROUP_PART && col->group_id != GROUP_NO_PART) || has_parts(t, kept);
}

static ptrdiff_t count_above(const WaveUnits *units, ptrdiff_t unit)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t u = units->v[unit].parent; u >= 0; u = units->v[u].parent) n++;
    return n;
}

static void build_groups(const Builder *b, Arena *arena, int32_t measure, ptrdiff_t unit, ReportItem *item)
{
    const Tally *t = b->t;
    int32_t kept = t->kept_of[unit];
    item->groups.v = NEW(arena, ReportGroup, count_above(&t->units, unit) + t->columns.n);
    item->groups.n = 0;
    for (ptrdiff_t above = t->units.v[unit].parent; above >= 0; above = t->units.v[above].parent)
        item->groups.v[item->groups.n++] = group_above(b, arena, measure, kept, above, item);
    for (int32_t column = 1; column < t->columns.n; column++)
        if (release_has_column(t, kept, column))
            item->groups.v[item->groups.n++] = group_in(b, arena, measure, kept, column, item);
}

/* ---- items, scores, response --------------------------------------------------------------- */

static void build_item(const Builder *b, Arena *arena, int32_t measure, ptrdiff_t unit, ReportItem *item)
{
    const Tally *t = b->t;
    int32_t kept = t->kept_of[unit];
    item->state = state_of(b, measure, kept, 0);
    if (item->state != REPORT_HIDDEN) item->valid = count_of(t, measure, kept, 0)->n;
    if (item->state == REPORT_SHOWN) {
        const Measure *m = &t->measures.v[measure];
        const CellCount *k = count_of(t, measure, kept, 0);
        item->excluded = k->excluded;
        item->agree = share_of(m, k);
        item->has_mean = spread_of(t, measure, kept, 0, &item->mean, &item->sd);
        item->has_distribution = m->slots > 0;
        if (item->has_distribution) item->distribution = distribution_of(arena, t, measure, kept);
        bool is_known = item->agree.is && t->kept[kept].invited >= 0 && !b->masks->invited[kept];
        if (is_known) {
            Interval i = share_wilson_finite(k->agree, k->n, t->kept[kept].invited);
            item->agree.has_describing = true;
            item->agree.describing_low = i.low;
            item->agree.describing_high = i.high;
        }
    }
    build_groups(b, arena, measure, unit, item);
}

static void build_score(const Builder *b, int32_t measure, ptrdiff_t unit, ReportScore *score)
{
    int32_t kept = b->t->kept_of[unit];
    score->state = state_of(b, measure, kept, 0);
    if (score->state == REPORT_HIDDEN) return;
    score->valid = count_of(b->t, measure, kept, 0)->n;
    if (score->state == REPORT_SHOWN) (void)spread_of(b->t, measure, kept, 0, &score->mean, &score->sd);
}

static ReportCaution caution_of(int64_t answered, int64_t invited)
{
    if (answered * 100 < invited * 40) return REPORT_UNDER_40;
    return answered * 100 < invited * 60 ? REPORT_UNDER_60 : REPORT_NO_CAUTION;
}

static ReportResponse response_of(const Builder *b, ptrdiff_t unit)
{
    ReportResponse r = {0};
    int32_t kept = b->t->kept_of[unit];
    if (kept < 0 || !b->masks->is_out[kept]) return r;
    const Kept *k = &b->t->kept[kept];
    r.has_invited = k->invited >= 0 && !b->masks->invited[kept];
    r.has_answered = !b->masks->answered[kept];
    r.has_rate = r.has_invited && r.has_answered;
    if (r.has_invited) r.invited = k->invited;
    if (r.has_answered) r.answered = k->answered;
    if (!r.has_rate) return r;
    r.rate = (double)r.answered / (double)r.invited;
    r.caution = caution_of(r.answered, r.invited);
    return r;
}

static ReportUnit unit_of(const WaveUnit *u)
{
    return (ReportUnit){u->code, u->name, u->kind};
}

static ReportPath path_of(Arena *arena, const WaveUnits *units, ptrdiff_t unit)
{
    ReportPath path = {.v = NEW(arena, ReportUnit, count_above(units, unit))};
    for (ptrdiff_t u = units->v[unit].parent; u >= 0; u = units->v[u].parent) path.v[path.n++] = unit_of(&units->v[u]);
    return path;
}

void release_build(Ctx *c, const Builder *b, ptrdiff_t unit, const Report *before, Report *ret)
{
    const Tally *t = b->t;
    Report r = b->frame;
    r.unit = unit_of(&t->units.v[unit]);
    r.path = path_of(c->arena, &t->units, unit);
    r.response = response_of(b, unit);
    if (before) r.response_before = before->response;
    r.items.v = NEW(c->arena, ReportItem, r.items.n);
    r.scores.v = NEW(c->arena, ReportScore, r.scores.n);
    for (int32_t i = 0; i < r.items.n; i++) {
        r.items.v[i] = b->frame.items.v[i];
        build_item(b, c->arena, i, unit, &r.items.v[i]);
    }
    for (int32_t i = 0; i < r.scores.n; i++) {
        r.scores.v[i] = b->frame.scores.v[i];
        build_score(b, t->measures.items + i, unit, &r.scores.v[i]);
    }
    if (before && b->before) compare_changes(c, t, b->before, before, b->broken[unit], &r);
    compare_families(c, before, &r);
    *ret = r;
}

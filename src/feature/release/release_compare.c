/* Comparisons between published figures: with the rest, with the unit above,
   with last year. What is compared is already given out on both sides, so a
   comparison tells nobody's n anew. Formulas: stats/ (DOMAIN §5.4–5.6). */
#include <math.h>

#include "base/number.h"
#include "feature/release/release_inside.h"
#include "stats/adjust.h"
#include "stats/cluster.h"
#include "stats/mean.h"

/* Fewer hidden units than this could be guessed from an exact p. */
enum { CLUSTER_HIDDEN_SAFE = 10 };

static Str family_of(Arena *arena, Str section, Str contrast)
{
    return STR_CAT(arena, section, S("/"), contrast);
}

static ReportCompare compare_two(TwoShares s)
{
    Compare k = compare_shares(s);
    return (ReportCompare){
        .is = true,
        .is_comparable = true,
        .difference = k.difference,
        .low = k.newcombe.low,
        .high = k.newcombe.high,
        .test = k.test == COMPARE_Z ? S("z") : S("fisher"),
        .p = k.p,
    };
}

ReportCompare compare_versus(Arena *arena, Str kind, const ReportItem *item, Str family, Side now, Side other)
{
    if (!now.is_shown || !other.is_shown || now.n < REPORT_MINIMUM || other.n < REPORT_MINIMUM)
        return (ReportCompare){0};
    ReportCompare k = compare_two((TwoShares){other.agree, other.n, now.agree, now.n});
    k.other = kind;
    k.family = family_of(arena, item->section, family);
    return k;
}

/* ---- participants ---------------------------------------------------------------- */

static bool is_below(const Tally *t, int32_t unit, int32_t top)
{
    while (unit > top) unit = t->kept[unit].above;
    return unit == top;
}

/* Rows of the unit itself: all of a lowest one, else what those below lack. */
static CellCount own_count(const Tally *t, int32_t measure, int32_t unit)
{
    CellCount own = *count_of(t, measure, unit, 0);
    if (!t->kept[unit].has_below) return own;
    if (!t->kept[unit].has_own) return (CellCount){0};
    for (int32_t u = unit + 1; u < t->n; u++) {
        if (t->kept[u].above != unit) continue;
        const CellCount *below = count_of(t, measure, u, 0);
        own.n -= below->n;
        own.agree -= below->agree;
    }
    return own;
}

ReportCompare compare_parts(Arena *arena, const Tally *t, const Masks *masks, int32_t measure, int32_t kept)
{
    Arena scratch = *arena;
    ClusterUnit *units = NEW(&scratch, ClusterUnit, t->n);
    ptrdiff_t n = 0, hidden = 0;
    for (int32_t u = kept; u < t->n; u++) {
        CellCount own = own_count(t, measure, u);
        if (own.n == 0 || !is_below(t, u, kept)) continue;
        hidden += masks->hidden[measure][(ptrdiff_t)u * t->columns.n];
        units[n++] = (ClusterUnit){t->kept[u].is_part ? 0 : 1, own.agree, own.n};
    }
    if (hidden > 0 && hidden < CLUSTER_HIDDEN_SAFE) return (ReportCompare){0};
    Cluster k = cluster_compare(units, n);
    if (!isfinite(k.p) || !isfinite(k.interval.low) || !isfinite(k.interval.high)) return (ReportCompare){0};
    return (ReportCompare){
        .is = true,
        .is_comparable = true,
        .other = S("nonparticipants"),
        .difference = k.difference,
        .low = k.interval.low,
        .high = k.interval.high,
        .test = S("cluster_t"),
        .p = k.p,
        .family = family_of(arena, t->measures.v[measure].item->section, S("deltagelse")),
    };
}

/* ---- last year ------------------------------------------------------------------------ */

static const ReportItem *item_by_code(const Report *r, Str code)
{
    for (ptrdiff_t i = 0; i < r->items.n; i++)
        if (str_eq(r->items.v[i].code, code)) return &r->items.v[i];
    return NULL;
}

static const ReportScore *score_by_code(const Report *r, Str code)
{
    for (ptrdiff_t i = 0; i < r->scores.n; i++)
        if (str_eq(r->scores.v[i].code, code)) return &r->scores.v[i];
    return NULL;
}

static ReportCompare not_comparable(Str wave)
{
    return (ReportCompare){.is = true, .other = wave, .label = LABEL_IKKE_SAMMENLIGNELIG};
}

/* One more year in front of those that the earlier report had itself. */
static ReportYears years_with(Arena *arena, const ReportYear *newest, ReportYears older)
{
    ReportYears all = {.v = NEW(arena, ReportYear, REPORT_YEARS)};
    if (newest) all.v[all.n++] = *newest;
    for (ptrdiff_t i = 0; i < older.n && all.n < REPORT_YEARS; i++) all.v[all.n++] = older.v[i];
    return all;
}

static ReportCompare item_change(const ReportItem *now, const ReportItem *old, Str wave, Arena *arena)
{
    TwoShares s = {old->agree.count, old->valid, now->agree.count, now->valid};
    ReportCompare k = compare_two(s);
    k.other = wave;
    k.family = family_of(arena, now->section, S("aar"));
    k.has_markant = true;
    k.is_markant = label_markant(s);
    return k;
}

static void change_item(Ctx *c, const Report *before, Tie tie, const Item *old_item, ReportItem *now)
{
    const ReportItem *old = old_item ? item_by_code(before, old_item->code) : NULL;
    if (!old || tie == TIE_NEW) return;
    if (tie == TIE_SAME) {
        ReportYear year = {before->wave,     old->valid, old->agree.is, old->has_mean,
                           old->agree.count, old->mean,  old->sd};
        now->years = years_with(c->arena, old->state == REPORT_SHOWN ? &year : NULL, old->years);
    }
    if (now->state != REPORT_SHOWN || old->state != REPORT_SHOWN) return;
    if (tie == TIE_CHANGED)
        now->change = not_comparable(before->wave);
    else if (now->agree.is && old->agree.is)
        now->change = item_change(now, old, before->wave, c->arena);
}

static ReportCompare score_change(const ReportScore *now, const ReportScore *old, Str wave)
{
    Welch w = mean_welch((MeanSide){old->mean, old->sd, old->valid}, (MeanSide){now->mean, now->sd, now->valid});
    if (!isfinite(w.p) || !isfinite(w.interval.low) || !isfinite(w.interval.high)) return (ReportCompare){0};
    return (ReportCompare){
        .is = true,
        .is_comparable = true,
        .other = wave,
        .difference = w.difference,
        .low = w.interval.low,
        .high = w.interval.high,
        .test = S("welch"),
        .p = w.p,
        .family = S("scores/aar"),
    };
}

static void change_score(Ctx *c, const Report *before, Tie tie, const Score *old_score, ReportScore *now)
{
    const ReportScore *old = old_score ? score_by_code(before, old_score->code) : NULL;
    if (!old || tie == TIE_NEW) return;
    if (tie == TIE_SAME) {
        ReportYear year = {
            .wave = before->wave, .valid = old->valid, .has_mean = true, .mean = old->mean, .sd = old->sd};
        now->years = years_with(c->arena, old->state == REPORT_SHOWN ? &year : NULL, old->years);
    }
    if (now->state != REPORT_SHOWN || old->state != REPORT_SHOWN) return;
    now->change = tie == TIE_CHANGED ? not_comparable(before->wave) : score_change(now, old, before->wave);
}

/* Of another unit the same words are as little to be compared as other words. */
static Tie tie_of_unit(Tie tie, bool is_broken)
{
    return is_broken && tie == TIE_SAME ? TIE_CHANGED : tie;
}

void compare_changes(Ctx *c, const Tally *t, const Questionnaire *before_q, const Report *before, bool is_broken, Report *r)
{
    for (ptrdiff_t i = 0; i < r->items.n; i++) {
        const Item *old = NULL;
        Tie tie = questionnaire_tie(&t->q, t->measures.v[i].item, before_q, &old);
        change_item(c, before, tie_of_unit(tie, is_broken), old, &r->items.v[i]);
    }
    for (ptrdiff_t i = 0; i < r->scores.n; i++) {
        const Score *old = NULL;
        Tie tie = questionnaire_tie_score(&t->q, t->measures.v[t->measures.items + i].score, before_q, &old);
        change_score(c, before, tie_of_unit(tie, is_broken), old, &r->scores.v[i]);
    }
}

/* ---- families ------------------------------------------------------------------------ */

typedef struct All {
    ReportCompare **v;
    ptrdiff_t n;
} All;

static void add_compare(All *all, ReportCompare *k)
{
    if (k->is && k->is_comparable) all->v[all->n++] = k;
}

static All all_compares(Arena *arena, const Report *r)
{
    ptrdiff_t room = r->items.n + r->scores.n;
    for (ptrdiff_t i = 0; i < r->items.n; i++) room += r->items.v[i].groups.n;
    All all = {.v = NEW(arena, ReportCompare *, room)};
    for (ptrdiff_t i = 0; i < r->items.n; i++) {
        add_compare(&all, &r->items.v[i].change);
        for (ptrdiff_t g = 0; g < r->items.v[i].groups.n; g++) add_compare(&all, &r->items.v[i].groups.v[g].versus);
    }
    for (ptrdiff_t i = 0; i < r->scores.n; i++) add_compare(&all, &r->scores.v[i].change);
    return all;
}

/* Adjusts the family of v[at] and takes it off the list. */
static void adjust_one(Arena scratch, All *all, ptrdiff_t at)
{
    Str family = all->v[at]->family;
    double *p = NEW(&scratch, double, all->n), *adjusted = NEW(&scratch, double, all->n);
    ptrdiff_t n = 0, k = 0;
    for (ptrdiff_t i = at; i < all->n; i++)
        if (all->v[i] && str_eq(all->v[i]->family, family)) p[n++] = all->v[i]->p;
    adjust_bh(scratch, p, n, adjusted);
    for (ptrdiff_t i = at; i < all->n; i++) {
        if (!all->v[i] || !str_eq(all->v[i]->family, family)) continue;
        all->v[i]->p_adjusted = adjusted[k++];
        all->v[i] = NULL;
    }
}

/* What is published of the response; an answered number that is hidden counts as
   not known, so that no label tells of it. */
static LabelResponse response_of(const Report *r)
{
    if (!r->response.has_invited || !r->response.has_answered) return (LabelResponse){0};
    return (LabelResponse){r->response.answered, r->response.invited};
}

static void label_one(ReportCompare *k, const Report *now, const Report *before, int64_t n_now, ReportYears years)
{
    if (!k->is || !k->is_comparable) return;
    k->label = label_of((LabelInput){
        .comparable = true,
        .n_before = years.v[0].valid,
        .n_now = n_now,
        .before = response_of(before),
        .now = response_of(now),
        .p_adjusted = k->p_adjusted,
    });
}

void compare_families(Ctx *c, const Report *before, Report *r)
{
    Arena scratch = *c->arena;
    All all = all_compares(&scratch, r);
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (all.v[i]) adjust_one(scratch, &all, i);
    if (!before) return;
    for (ptrdiff_t i = 0; i < r->items.n; i++)
        label_one(&r->items.v[i].change, r, before, r->items.v[i].valid, r->items.v[i].years);
    for (ptrdiff_t i = 0; i < r->scores.n; i++)
        label_one(&r->scores.v[i].change, r, before, r->scores.v[i].valid, r->scores.v[i].years);
}

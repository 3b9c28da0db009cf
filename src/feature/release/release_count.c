/* From tallies to arrays. The tallies are read once, in an order
   that is the same on both engines; a row counts in its unit and in every
   unit above. */
#include "base/number.h"
#include "core/secret/secret.h"
#include "feature/release/release_inside.h"

enum { SCORE_BASE = 4096 }; /* answer/schema.sql: sum of a score × 4,096 + how many items */

/* ---- what is reported ------------------------------------------------------------ */

static int32_t substantive(const Item *item)
{
    int32_t n = 0;
    for (ptrdiff_t i = 0; i < item->options.n; i++) n += !values_have(item->dont_know, item->options.v[i].value);
    return n;
}

static Measure measure_of_item(const Item *item)
{
    bool has_slots = item->kind == ITEM_SINGLE || item->kind == ITEM_MULTIPLE;
    int32_t slots = has_slots ? substantive(item) : 0;
    return (Measure){
        .id = item->id.v,
        .item = item,
        .slots = slots,
        .has_agree = item->kind == ITEM_SINGLE && item->agree.n > 0,
        .has_excluded = has_slots && slots < item->options.n,
        .has_spread = item->kind == ITEM_NUMBER,
    };
}

static Measures measures_of(Ctx *c, const Questionnaire *q)
{
    Measures all = {.v = NEW(c->arena, Measure, q->items.n + q->scores.n)};
    for (ptrdiff_t i = 0; i < q->items.n; i++)
        if (q->items.v[i].kind != ITEM_MATRIX) all.v[all.n++] = measure_of_item(&q->items.v[i]);
    all.items = all.n;
    for (ptrdiff_t i = 0; i < q->scores.n; i++)
        all.v[all.n++] = (Measure){.id = q->scores.v[i].id.v, .score = &q->scores.v[i], .has_spread = true};
    return all;
}

/* ---- finding by id ------------------------------------------------------------------ */

static Finder unit_finder(Ctx *c, const WaveUnits *units)
{
    Finder f = {.v = NEW(c->arena, Found, units->n), .n = units->n};
    for (ptrdiff_t i = 0; i < units->n; i++) f.v[i] = (Found){units->v[i].id.v, (int32_t)i};
    release_finder_sort(&f);
    return f;
}

static Finder measure_finder(Ctx *c, const Measures *measures)
{
    Finder f = {.v = NEW(c->arena, Found, measures->n), .n = measures->n};
    for (int32_t i = 0; i < measures->n; i++) f.v[i] = (Found){measures->v[i].id, i};
    release_finder_sort(&f);
    return f;
}

static Finder column_finder(Ctx *c, const Columns *columns)
{
    Finder f = {.v = NEW(c->arena, Found, columns->n), .n = columns->n};
    for (int32_t i = 0; i < columns->n; i++) f.v[i] = (Found){columns->v[i].group_id, i};
    release_finder_sort(&f);
    return f;
}

/* ---- columns ------------------------------------------------------------------------------- */

static void add_column(Columns *all, Column column)
{
    all->v[all->n++] = column;
    all->groups[all->dimensions - 1]++;
}

static void begin_dimension(Columns *all)
{
    all->first[all->dimensions] = all->n;
    all->groups[all->dimensions++] = 0;
}

static bool is_unknown(Str code)
{
    return str_eq(code, S("uoplyst"));
}

/* Every dimension gets its unknown: rows of a file that did not have it yet. */
static void end_dimension(Columns *all, Str dimension)
{
    if (all->dimensions == 0) return;
    for (int32_t i = all->first[all->dimensions - 1]; i < all->n; i++)
        if (all->v[i].is_unknown) return;
    add_column(all, (Column){GROUP_UNKNOWN - (all->dimensions - 1), dimension, S("uoplyst"), true, false});
}

static void add_groups(Columns *all, const WaveGroups *groups)
{
    Str dimension = {0};
    for (ptrdiff_t i = 0; i < groups->n; i++) {
        const WaveGroup *g = &groups->v[i];
        if (i == 0 || !str_eq(g->dimension, dimension)) {
            end_dimension(all, dimension);
            begin_dimension(all);
            dimension = g->dimension;
        }
        add_column(all, (Column){g->id, g->dimension, g->code, is_unknown(g->code), false});
    }
    end_dimension(all, dimension);
}

static Err make_columns(Ctx *c, Tally *t)
{
    WaveGroups groups = {0};
    TRY(survey_groups(c, t->wave->id, &groups));
    Columns *all = &t->columns;
    ptrdiff_t room = groups.n * 2 + 4;
    all->v = NEW(c->arena, Column, room);
    all->groups = NEW(c->arena, int32_t, room);
    all->first = NEW(c->arena, int32_t, room);
    all->v[all->n++] = (Column){.group_id = GROUP_ALL};
    add_groups(all, &groups);
    if (!all->has_part) return OK;
    begin_dimension(all);
    add_column(all, (Column){GROUP_PART, S("deltagelse"), S("deltager"), false, false});
    add_column(all, (Column){GROUP_NO_PART, S("deltagelse"), S("ikke_deltager"), false, false});
    return OK;
}

/* ---- tallies ------------------------------------------------------------------------------ */

/* What a tally's value says, where it is not an option's slot. */
enum {
    SLOT_EXCLUDED = -1, /* people: "don't know" */
    SLOT_UNKNOWN = -2,  /* no option */
    SLOT_NONE = -3,     /* people, without a slot */
    SLOT_TICK = -4,     /* "don't know" among several answers: its people are counted with ANSWER_ANY or _EXCLUDED */
};

/* The slot of a value among the substantive options. */
static int32_t slot_of(const Item *item, int64_t value)
{
    int32_t slot = 0;
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        int64_t option = item->options.v[i].value;
        bool is_excluded = values_have(item->dont_know, option);
        if (option == value) return is_excluded ? SLOT_EXCLUDED : slot;
        slot += !is_excluded;
    }
    return SLOT_UNKNOWN;
}

static bool is_multiple(const Measure *m)
{
    return m->item && m->item->kind == ITEM_MULTIPLE;
}

static int32_t slot_of_tally(const Measure *m, int64_t value)
{
    if (m->slots == 0 || (is_multiple(m) && value == ANSWER_ANY)) return SLOT_NONE;
    if (is_multiple(m) && value == ANSWER_EXCLUDED) return SLOT_EXCLUDED;
    int32_t slot = slot_of(m->item, value);
    return is_multiple(m) && slot == SLOT_EXCLUDED ? SLOT_TICK : slot;
}

/* How many items a score's tally counts; its sum may be negative. */
static int64_t score_items(int64_t value)
{
    return (value % SCORE_BASE + SCORE_BASE) % SCORE_BASE;
}

static double score_mean(int64_t value)
{
    int64_t items = score_items(value);
    return (double)((value - items) / SCORE_BASE) / (double)items;
}

static void add_spread(const Measure *m, Spread *s, int64_t value, int64_t n)
{
    double v = m->score ? score_mean(value) : (double)value / ANSWER_NUMBER_SCALE;
    /* 5/2 and 10/4 are the same score: what is compared is the value itself */
    int64_t plain = m->score ? (int64_t)(v * 1e9) : value;
    if (s->moments.n == 0) s->least = s->most = plain;
    s->least = i64_min(s->least, plain);
    s->most = i64_max(s->most, plain);
    moments_add(&s->moments, v, n);
}

static void add_value(const Measure *m, Counts *counts, ptrdiff_t cell, int64_t value, int32_t slot, int32_t n)
{
    CellCount *k = &counts->cell[cell];
    if (slot == SLOT_TICK) return;
    if (slot == SLOT_EXCLUDED) {
        k->excluded += n;
        return;
    }
    if (!is_multiple(m) || slot == SLOT_NONE) k->n += n;
    if (m->has_agree && values_have(m->item->agree, value)) k->agree += n;
    if (m->has_spread)
        add_spread(m, &counts->spread[cell], value, n);
    else if (slot >= 0)
        counts->slot[cell * m->slots + slot] += n;
}

/* One tally: into its own unit and all above, in its own column; those of
   everybody also in the column of participants. */
static Err add_tally(Ctx *c, Tally *t, int32_t measure, int32_t kept, int32_t column, int64_t value, int64_t n)
{
    const Measure *m = &t->measures.v[measure];
    int32_t slot = slot_of_tally(m, value);
    bool is_empty_score = m->score && score_items(value) == 0;
    if (slot == SLOT_UNKNOWN || is_empty_score || n > DISCLOSURE_MAX_COUNT)
        return fail(c, E_BROKEN, T("En optælling passer ikke til spørgeskemaet."));
    int32_t part = t->columns.has_part && column == 0 ? t->columns.n - (t->kept[kept].is_part ? 2 : 1) : -1;
    for (int32_t u = kept; u >= 0; u = t->kept[u].above) {
        ptrdiff_t row = (ptrdiff_t)u * t->columns.n;
        add_value(m, &t->counts[measure], row + column, value, slot, (int32_t)n);
        if (part >= 0) add_value(m, &t->counts[measure], row + part, value, slot, (int32_t)n);
    }
    return OK;
}

typedef struct Reading {
    Tally *tally;
    const Finder *units;
    Finder measures, columns;
} Reading;

static Err read_tally(Ctx *c, void *data, const TallyRow *row)
{
    const Reading *r = data;
    if (row->item_id == 0) return OK; /* rows: read before */
    int32_t unit = release_find(r->units, row->unit_id), measure = release_find(&r->measures, row->item_id);
    int32_t column = release_find(&r->columns, row->group_id);
    if (unit < 0 || r->tally->kept_of[unit] < 0) return release_no_unit(c);
    if (measure < 0 || column < 0) return fail(c, E_BROKEN, T("En optælling passer ikke til spørgeskemaet."));
    return add_tally(c, r->tally, measure, r->tally->kept_of[unit], column, row->value, row->n);
}

static Err read_tallies(Ctx *c, Tally *t, const Finder *units)
{
    Reading r = {t, units, measure_finder(c, &t->measures), column_finder(c, &t->columns)};
    return answer_tallies_each(c, t->wave->id, read_tally, &r);
}

static void make_room(Ctx *c, Tally *t)
{
    ptrdiff_t cells = (ptrdiff_t)t->n * t->columns.n;
    t->counts = NEW(c->arena, Counts, t->measures.n);
    for (int32_t m = 0; m < t->measures.n; m++) {
        const Measure *measure = &t->measures.v[m];
        t->counts[m].cell = NEW(c->arena, CellCount, cells);
        t->counts[m].slot = NEW(c->arena, int32_t, cells * measure->slots);
        t->counts[m].spread = measure->has_spread ? NEW(c->arena, Spread, cells) : NULL;
    }
}

/* ---- rows without a value of a dimension ------------------------------------------------- */

static int32_t unknown_of(const Columns *columns, int32_t dimension)
{
    int32_t first = columns->first[dimension];
    for (int32_t i = first; i < first + columns->groups[dimension]; i++)
        if (columns->v[i].is_unknown) return i;
    return -1;
}

/* What the groups of a dimension lack to everybody goes to its unknown. Spreads
   are told apart nowhere, so that of an unknown made here is not needed: its mean
   is not published (release_build gives groups without spread as such). */
static void fill_cell(const Tally *t, int32_t measure, ptrdiff_t row, int32_t dimension, int32_t unknown)
{
    const Columns *columns = &t->columns;
    Counts *counts = &t->counts[measure];
    int32_t slots = t->measures.v[measure].slots, first = columns->first[dimension];
    CellCount lack = counts->cell[row];
    for (int32_t i = first; i < first + columns->groups[dimension]; i++) {
        lack.n -= counts->cell[row + i].n;
        lack.excluded -= counts->cell[row + i].excluded;
        lack.agree -= counts->cell[row + i].agree;
    }
    CellCount *to = &counts->cell[row + unknown];
    *to = (CellCount){to->n + lack.n, to->excluded + lack.excluded, to->agree + lack.agree};
    for (int32_t s = 0; s < slots; s++) {
        int32_t all = counts->slot[row * slots + s];
        for (int32_t i = first; i < first + columns->groups[dimension]; i++) all -= counts->slot[(row + i) * slots + s];
        counts->slot[(row + unknown) * slots + s] += all;
    }
}

static bool is_empty(const Tally *t, int32_t column)
{
    for (int32_t m = 0; m < t->measures.n; m++) {
        for (int32_t u = 0; u < t->n; u++) {
            const CellCount *k = count_of(t, m, u, column);
            if (k->n || k->excluded) return false;
        }
    }
    return true;
}

static void fill_unknown(const Tally *t)
{
    for (int32_t d = 0; d < t->columns.dimensions; d++) {
        int32_t unknown = unknown_of(&t->columns, d);
        if (unknown < 0) continue;
        for (int32_t m = 0; m < t->measures.items; m++)
            for (int32_t u = 0; u < t->n; u++) fill_cell(t, m, (ptrdiff_t)u * t->columns.n, d, unknown);
        t->columns.v[unknown].is_unused = t->columns.v[unknown].group_id < 0 && is_empty(t, unknown);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void add_number(Buf *b, int64_t v)
{
    buf_add_i64(b, v);
    buf_add_char(b, ' ');
}

/* All n, in the order of ids; hashed per measure so that the text stays small. */
static Str hash_counts(Ctx *c, const Tally *t)
{
    Buf all = buf_new(c->arena, (ptrdiff_t)(t->measures.n + 1) * 65);
    for (int32_t m = -1; m < t->measures.n; m++) {
        Arena scratch = *c->arena;
        Ctx inner = *c;
        inner.arena = &scratch;
        Buf b = buf_new(&scratch, (ptrdiff_t)t->n * (t->columns.n + 2) * 44 + 100);
        for (int32_t u = 0; u < t->n; u++) {
            add_number(&b, kept_id(t, u));
            if (m < 0) add_number(&b, t->kept[u].answered), add_number(&b, t->kept[u].invited);
            for (int32_t i = 0; m >= 0 && i < t->columns.n; i++) {
                const CellCount *k = count_of(t, m, u, i);
                if (k->n || k->excluded)
                    add_number(&b, t->columns.v[i].group_id), add_number(&b, k->n), add_number(&b, k->excluded);
            }
        }
        buf_add(&all, secret_hash(&inner, buf_str(&b)));
    }
    return secret_hash(c, buf_str(&all));
}

bool count_is_alike(const Tally *t, int32_t measure, int32_t kept, int32_t column)
{
    const Measure *m = &t->measures.v[measure];
    ptrdiff_t cell = (ptrdiff_t)kept * t->columns.n + column;
    int32_t n = t->counts[measure].cell[cell].n;
    if (n == 0) return false;
    if (m->has_spread) {
        const Spread *s = &t->counts[measure].spread[cell];
        return s->moments.n == n && s->least == s->most; /* less: filled up from what groups lack, values unknown */
    }
    for (int32_t s = 0; s < m->slots; s++) {
        int32_t k = t->counts[measure].slot[cell * m->slots + s];
        if (k != 0 && k != n) return false;
    }
    return m->slots > 0;
}

Err release_check_invited(Ctx *c, const Tally *t, ptrdiff_t only)
{
    bool *looks = NEW(c->arena, bool, t->units.n);
    for (ptrdiff_t u = only; u >= 0; u = t->units.v[u].parent) looks[u] = true;
    for (ptrdiff_t u = 0; u < t->units.n; u++) {
        int32_t kept = t->kept_of[u];
        if ((only >= 0 && !looks[u]) || kept < 0 || t->kept[kept].invited < 0) continue;
        if (t->kept[kept].rows <= t->kept[kept].invited) continue;
        return fail(c, E_CONFLICT, TF("Enheden {1} har flere svar, end der er inviteret.", t->units.v[u].code));
    }
    return OK;
}

void release_forget_invited(Tally *t)
{
    for (int32_t u = 0; u < t->n; u++) {
        if (t->kept[u].invited < 0 || t->kept[u].rows <= t->kept[u].invited) continue;
        for (int32_t up = u; up >= 0; up = t->kept[up].above) t->kept[up].invited = -1;
    }
}

Err release_count(Ctx *c, const Wave *wave, const PublicationRounds *rounds, Tally *ret)
{
    Tally t = {.wave = wave};
    TRY(questionnaire_load(c, wave->questionnaire, &t.q));
    TRY(survey_units(c, wave->id, &t.units));
    t.measures = measures_of(c, &t.q);
    Finder units = unit_finder(c, &t.units);
    TRY(release_units(c, rounds, &units, &t));
    TRY(make_columns(c, &t));
    make_room(c, &t);
    TRY(read_tallies(c, &t, &units));
    fill_unknown(&t);
    t.hash = hash_counts(c, &t);
    *ret = t;
    return OK;
}

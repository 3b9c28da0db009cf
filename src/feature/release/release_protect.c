/* What to hide. Each measure is a table of its own to disclosure control
   (stats/disclosure.h), together with all that was released of it before;
   `invited` and `answered` go first and their masks are given to the others.
   Where these two would tell a small n whatever else is hidden, they are held
   back there, and all begins anew.

   PublicationRounds with the same counts are one version to a reader: units released one
   by one make one table, and what was shown then is known now. */
#include "feature/release/release_inside.h"

/* One version of all tables, as the earlier rounds stored it. */
typedef struct Past {
    Str hash;
    RoundCells *cells; /* [measures + 2]: measures, answered, invited */
} Past;
typedef struct Pasts {
    Past *v;
    int32_t n;
} Pasts;

typedef struct Guard {
    Ctx *c;
    const Tally *t;
    Masks *m;
    Pasts past;       /* versions before the new one, other counts */
    const Past *same; /* a version with the counts of now; NULL */
    Pasts rounds;     /* each round as it is, for release_protect's versions */
    int32_t *above;   /* [kept] */
    bool *own;        /* [kept] */
    bool *no_answered, *no_invited; /* [kept] held back, for they would tell a small n */
    int32_t conflict; /* kept: where the last table could not be made safe; -1 */
} Guard;

/* ---- what was released before ------------------------------------------------------- */

static int64_t measure_id(const Tally *t, int32_t at)
{
    if (at < t->measures.n) return t->measures.v[at].id;
    return at == t->measures.n ? MEASURE_ANSWERED : MEASURE_INVITED;
}

static Err read_past(Ctx *c, const Tally *t, const PublicationRound *round, Past *ret)
{
    Past p = {.hash = round->counts, .cells = NEW(c->arena, RoundCells, t->measures.n + 2)};
    for (int32_t i = 0; i < t->measures.n + 2; i++)
        TRY(release_round_cells(c, round->id, measure_id(t, i), &p.cells[i]));
    *ret = p;
    return OK;
}

/* Shown in one of them is shown. */
static int32_t joined_state(int32_t a, int32_t b)
{
    if (a == STATE_SHOWN || b == STATE_SHOWN) return STATE_SHOWN;
    return a == STATE_WITHHELD ? b : a;
}

/* The cells of b, with what only a has shown. Same counts: same cells. */
static Past join_pasts(Ctx *c, const Tally *t, const Past *a, const Past *b)
{
    Past p = {.hash = b->hash, .cells = NEW(c->arena, RoundCells, t->measures.n + 2)};
    for (int32_t i = 0; i < t->measures.n + 2; i++) {
        p.cells[i] = (RoundCells){NEW(c->arena, RoundCell, b->cells[i].n), b->cells[i].n};
        for (ptrdiff_t k = 0; k < p.cells[i].n; k++) {
            RoundCell cell = b->cells[i].v[k];
            const RoundCell *old = round_cell(&a->cells[i], cell.unit_id, cell.group_id);
            if (old) cell.state = joined_state(old->state, cell.state);
            p.cells[i].v[k] = cell;
        }
    }
    return p;
}

static Err read_pasts(Guard *g, const PublicationRounds *rounds)
{
    g->past.v = NEW(g->c->arena, Past, rounds->n);
    g->rounds.v = NEW(g->c->arena, Past, rounds->n);
    for (int32_t i = 0; i < rounds->n; i++) {
        Past *p = &g->rounds.v[g->rounds.n++];
        TRY(read_past(g->c, g->t, &rounds->v[i], p));
        bool is_last = g->past.n > 0 && str_eq(g->past.v[g->past.n - 1].hash, p->hash);
        if (is_last)
            g->past.v[g->past.n - 1] = join_pasts(g->c, g->t, &g->past.v[g->past.n - 1], p);
        else
            g->past.v[g->past.n++] = *p;
    }
    if (g->past.n > 0 && str_eq(g->past.v[g->past.n - 1].hash, g->t->hash)) g->same = &g->past.v[--g->past.n];
    return OK;
}

/* ---- tables ------------------------------------------------------------------------------ */

/* Arrays behind one DisclosureTable. */
typedef struct Made {
    int32_t *n, *excluded;
    uint8_t *cell;
    bool *hidden;
    int32_t *answered, *invited;
    bool *answered_hidden, *invited_hidden;
} Made;

static Made made_new(const Guard *g, int32_t columns)
{
    Arena *a = g->c->arena;
    ptrdiff_t cells = (ptrdiff_t)g->t->n * columns;
    return (Made){
        .n = NEW(a, int32_t, cells),
        .excluded = NEW(a, int32_t, cells),
        .cell = NEW(a, uint8_t, cells),
        .hidden = NEW(a, bool, cells),
        .answered = NEW(a, int32_t, g->t->n),
        .invited = NEW(a, int32_t, g->t->n),
        .answered_hidden = NEW(a, bool, g->t->n),
        .invited_hidden = NEW(a, bool, g->t->n),
    };
}

static void put_past_cell(const Made *m, ptrdiff_t at, const RoundCell *cell)
{
    m->cell[at] = CELL_ABSENT;
    if (!cell) return;
    m->n[at] = cell->n;
    m->excluded[at] = cell->excluded;
    if (cell->state == STATE_ABSENT) return;
    m->cell[at] = cell->state == STATE_WITHHELD ? CELL_WITHHELD : CELL_OPEN;
    m->hidden[at] = cell->state != STATE_SHOWN;
}

/* A dimension that came later: all rows of then are without a value of it, which
   tells no more than the total does. */
static void past_unknown(const Tally *t, const Made *m, ptrdiff_t row)
{
    for (int32_t d = 0; d < t->columns.dimensions; d++) {
        int32_t first = t->columns.first[d], unknown = -1, n = m->n[row], excluded = m->excluded[row];
        for (int32_t i = first; i < first + t->columns.groups[d]; i++) {
            n -= m->n[row + i];
            excluded -= m->excluded[row + i];
            if (t->columns.v[i].is_unknown) unknown = i;
        }
        if (unknown < 0 || (n == 0 && excluded == 0)) continue;
        m->n[row + unknown] += n;
        m->excluded[row + unknown] += excluded;
        m->cell[row + unknown] = m->cell[row];
        m->hidden[row + unknown] = m->hidden[row];
    }
}

/* The sides of a version: answered and invited, with their masks. */
static void put_past_sides(const Guard *g, const Past *p, const Made *m)
{
    const Tally *t = g->t;
    for (int32_t u = 0; u < t->n; u++) {
        const RoundCell *answered = round_cell(&p->cells[t->measures.n], kept_id(t, u), GROUP_ALL);
        const RoundCell *invited = round_cell(&p->cells[t->measures.n + 1], kept_id(t, u), GROUP_ALL);
        m->answered[u] = answered ? answered->n : 0;
        m->answered_hidden[u] = answered && answered->state != STATE_SHOWN;
        m->invited[u] = invited ? invited->n : -1;
        m->invited_hidden[u] = invited && invited->state != STATE_SHOWN;
    }
}

static Made past_table(const Guard *g, const Past *p, int32_t measure, int32_t columns)
{
    const Tally *t = g->t;
    Made m = made_new(g, columns);
    for (int32_t u = 0; u < t->n; u++) {
        ptrdiff_t row = (ptrdiff_t)u * columns;
        for (int32_t i = 0; i < columns; i++)
            put_past_cell(&m, row + i, round_cell(&p->cells[measure], kept_id(t, u), t->columns.v[i].group_id));
        if (columns > 1) past_unknown(t, &m, row);
    }
    put_past_sides(g, p, &m);
    return m;
}

/* Whether the version with the same counts has shown the cell. */
static bool was_shown(const Guard *g, int32_t measure, int32_t kept, int32_t column)
{
    if (!g->same) return false;
    const RoundCell *cell = round_cell(&g->same->cells[measure], kept_id(g->t, kept), g->t->columns.v[column].group_id);
    return cell && cell->state == STATE_SHOWN;
}

/* A part that a unit does not have has nobody. */
static bool is_absent(const Tally *t, int32_t kept, int32_t column)
{
    const Kept *k = &t->kept[kept];
    if (k->is_absent || t->columns.v[column].is_unused) return true;
    if (t->columns.v[column].group_id == GROUP_PART) return !k->part;
    if (t->columns.v[column].group_id == GROUP_NO_PART) return !k->no_part;
    return false;
}

/* The cell as it was shown last; NULL: it never was. */
static const RoundCell *last_shown(const Guard *g, int32_t measure, int32_t kept, int32_t column)
{
    for (int32_t i = g->past.n - 1; i >= 0; i--) {
        const RoundCell *cell =
            round_cell(&g->past.v[i].cells[measure], kept_id(g->t, kept), g->t->columns.v[column].group_id);
        if (cell && cell->state == STATE_SHOWN) return cell;
    }
    return NULL;
}

static int32_t n_now(const Guard *g, int32_t measure, int32_t kept, int32_t column)
{
    if (measure == g->t->measures.n) return g->t->kept[kept].answered;
    if (measure > g->t->measures.n) return g->t->kept[kept].invited;
    return count_of(g->t, measure, kept, column)->n;
}

/* So nearly all invited had answered that whoever saw the last version can tell
   the next to less than five, whatever we do. */
static bool is_nearly_full(const Guard *g, int32_t measure, int32_t kept)
{
    const RoundCell *all = last_shown(g, measure, kept, 0);
    int32_t invited = g->t->kept[kept].invited;
    if (!all || invited < 0 || g->m->invited[kept]) return false;
    return invited - all->n - all->excluded < REPORT_MINIMUM;
}

/* What was shown and stands unchanged cannot be taken back, so it is known. */
static uint8_t new_state(const Guard *g, int32_t measure, int32_t kept, int32_t column)
{
    if (is_absent(g->t, kept, column)) return CELL_ABSENT;
    if (was_shown(g, measure, kept, column)) return CELL_KNOWN;
    const RoundCell *old = last_shown(g, measure, kept, column);
    if (g->m->is_out[kept]) return old && old->n == n_now(g, measure, kept, column) ? CELL_KNOWN : CELL_OPEN;
    return old && is_nearly_full(g, measure, kept) ? CELL_KNOWN : CELL_WITHHELD;
}

static void put_new_sides(const Guard *g, const Made *m)
{
    for (int32_t u = 0; u < g->t->n; u++) {
        m->answered[u] = g->t->kept[u].answered;
        m->answered_hidden[u] = g->m->answered[u];
        m->invited[u] = g->t->kept[u].invited;
        m->invited_hidden[u] = g->m->invited[u];
    }
}

static Made new_table(const Guard *g, int32_t measure, int32_t columns)
{
    Made m = made_new(g, columns);
    for (int32_t u = 0; u < g->t->n; u++) {
        for (int32_t i = 0; i < columns; i++) {
            ptrdiff_t at = (ptrdiff_t)u * columns + i;
            const CellCount *k = count_of(g->t, measure, u, i);
            m.n[at] = k->n;
            m.excluded[at] = k->excluded;
            m.cell[at] = new_state(g, measure, u, i);
        }
    }
    put_new_sides(g, &m);
    return m;
}

static bool has_invited(const Tally *t)
{
    for (int32_t u = 0; u < t->n; u++)
        if (t->kept[u].invited >= 0) return true;
    return false;
}

typedef struct Sides {
    bool has_excluded, has_answered, has_invited;
} Sides;

static DisclosureTable table_of(Made m, Sides sides)
{
    return (DisclosureTable){
        .n = m.n,
        .cell = m.cell,
        .hidden = m.hidden,
        .excluded = sides.has_excluded ? m.excluded : NULL,
        .answered = sides.has_answered ? m.answered : NULL,
        .answered_hidden = m.answered_hidden,
        .invited = sides.has_invited ? m.invited : NULL,
        .invited_hidden = m.invited_hidden,
    };
}

/* ---- asking ------------------------------------------------------------------------------- */

static Err told(Ctx *c, Err err)
{
    if (err == E_CONFLICT)
        return fail(c, err, T("De små antal kan ikke skjules sikkert. Intet er frigivet."));
    if (err == E_TOO_LARGE)
        return fail(c, err, T("Målingen er for stor til, at små antal kan skjules sikkert. Intet er frigivet."));
    if (err == E_BROKEN) return fail(c, err, T("Optællingerne går ikke op. Intet er frigivet."));
    return err;
}

/* Hides, and proves it anew from the masks alone. A conflict is told by who can do
   no more about it. */
static Err ask(Guard *g, const DisclosureShape *shape, DisclosureTable *versions, int32_t n, bool **ret)
{
    DisclosureResult result = {.conflict = -1};
    DisclosureCase what = {shape, versions, n};
    Err err = disclosure_hide(g->c->arena, what, &result);
    g->conflict = result.conflict;
    if (err == OK) {
        versions[n - 1].hidden = result.hidden;
        g->conflict = -1;
        err = disclosure_verify(*g->c->arena, what);
    }
    if (err != OK) return err == E_CONFLICT ? err : told(g->c, err);
    *ret = result.hidden;
    return OK;
}

/* What may be shown and is held back is secret as if it were withheld. */
static uint8_t held_back(bool is_held, uint8_t state)
{
    return is_held && state == CELL_OPEN ? CELL_WITHHELD : state;
}

static DisclosureShape plain_shape(const Guard *g, const int32_t *above)
{
    return (DisclosureShape){.units = g->t->n, .parent = above, .own = g->own, .minimum = REPORT_MINIMUM};
}

/* ---- invited -------------------------------------------------------------------------------- */

/* Numbers invited are announced: one that was shown and still holds is known,
   also where the unit keeps its version. */
static uint8_t invited_state(const Guard *g, int32_t u)
{
    int32_t measure = g->t->measures.n + 1;
    const RoundCell *old = last_shown(g, measure, u, 0);
    return old && old->n == g->t->kept[u].invited ? CELL_KNOWN : new_state(g, measure, u, 0);
}

/* Where one below is not known, the one above is not either: the tree ends there. */
static Made invited_table(const Guard *g, int32_t *above, bool *own)
{
    const Tally *t = g->t;
    Made m = made_new(g, 1);
    for (int32_t u = 0; u < t->n; u++) {
        int32_t up = t->kept[u].above;
        bool is_known = t->kept[u].invited >= 0;
        above[u] = up >= 0 && is_known && t->kept[up].invited >= 0 ? up : -1;
        own[u] = false;
        m.n[u] = is_known ? t->kept[u].invited : 0;
        m.cell[u] = m.n[u] == 0 ? CELL_ABSENT : held_back(g->no_invited[u], invited_state(g, u));
    }
    return m;
}

/* Earlier numbers tell of later ones only where they can only have grown. */
static bool fits_invited(const Tally *t, const Made *old)
{
    for (int32_t u = 0; u < t->n; u++) {
        bool was_known = old->invited[u] >= 0, is_known = t->kept[u].invited >= 0;
        if (was_known != is_known || (is_known && old->invited[u] > t->kept[u].invited)) return false;
    }
    return true;
}

static Err protect_invited(Guard *g)
{
    const Tally *t = g->t;
    Arena *a = g->c->arena;
    int32_t *above = NEW(a, int32_t, t->n), n = 0;
    bool *own = NEW(a, bool, t->n);
    g->m->invited = NEW(a, bool, t->n);
    if (!has_invited(t)) return OK;
    DisclosureTable *versions = NEW(a, DisclosureTable, g->past.n + 1);
    for (int32_t i = 0; i < g->past.n; i++) {
        Made old = past_table(g, &g->past.v[i], t->measures.n + 1, 1);
        if (fits_invited(t, &old)) versions[n++] = table_of(old, (Sides){0});
    }
    versions[n++] = table_of(invited_table(g, above, own), (Sides){0});
    DisclosureShape shape = {.units = t->n, .parent = above, .own = own, .minimum = REPORT_MINIMUM};
    return ask(g, &shape, versions, n, &g->m->invited);
}

/* ---- answered ------------------------------------------------------------------------------- */

static Made answered_table(const Guard *g)
{
    const Tally *t = g->t;
    Made m = made_new(g, 1);
    put_new_sides(g, &m);
    for (int32_t u = 0; u < t->n; u++) {
        m.n[u] = t->kept[u].answered;
        m.cell[u] = held_back(g->no_answered[u], new_state(g, t->measures.n, u, 0));
    }
    return m;
}

static Err protect_answered(Guard *g)
{
    const Tally *t = g->t;
    int32_t n = 0;
    Sides sides = {.has_invited = has_invited(t)};
    DisclosureTable *versions = NEW(g->c->arena, DisclosureTable, g->past.n + 1);
    g->m->answered = NEW(g->c->arena, bool, t->n);
    for (int32_t i = 0; i < g->past.n; i++)
        versions[n++] = table_of(past_table(g, &g->past.v[i], t->measures.n, 1), sides);
    versions[n++] = table_of(answered_table(g), sides);
    DisclosureShape shape = plain_shape(g, g->above);
    return ask(g, &shape, versions, n, &g->m->answered);
}

/* ---- measures ------------------------------------------------------------------------------ */

/* Scores are given for everybody only. */
static int32_t columns_of(const Tally *t, int32_t measure)
{
    return t->measures.v[measure].item ? t->columns.n : 1;
}

static DisclosureShape shape_of(const Guard *g, int32_t columns)
{
    DisclosureShape shape = plain_shape(g, g->above);
    if (columns == 1) return shape;
    bool *is_unknown = NEW(g->c->arena, bool, columns);
    for (int32_t i = 0; i < columns; i++) is_unknown[i] = g->t->columns.v[i].is_unknown;
    shape.dimensions = g->t->columns.dimensions;
    shape.groups = g->t->columns.groups;
    shape.is_unknown = is_unknown;
    return shape;
}

static void keep_mask(const Guard *g, int32_t measure, int32_t columns, const bool *hidden)
{
    bool *mask = NEW(g->c->arena, bool, (ptrdiff_t)g->t->n * g->t->columns.n);
    for (int32_t u = 0; u < g->t->n; u++) {
        for (int32_t i = 0; i < g->t->columns.n; i++) {
            ptrdiff_t at = (ptrdiff_t)u * g->t->columns.n + i;
            mask[at] = i >= columns || hidden[(ptrdiff_t)u * columns + i] || is_absent(g->t, u, i) || !g->m->is_out[u];
        }
    }
    g->m->hidden[measure] = mask;
}

static bool has_same_n(const Tally *t, int32_t a, int32_t b)
{
    for (int32_t u = 0; u < t->n; u++)
        if (count_of(t, a, u, 0)->n != count_of(t, b, u, 0)->n) return false;
    return true;
}

/* The item whose n a score has, for it is made of that item alone; -1. */
static int32_t same_n(const Tally *t, int32_t measure)
{
    const Score *score = t->measures.v[measure].score;
    if (!score || score->n != 1) return -1;
    for (int32_t i = 0; i < t->measures.items; i++)
        if (t->measures.v[i].item == score->items[0]) return has_same_n(t, i, measure) ? i : -1;
    return -1;
}

/* Shown where the item's total is, and nowhere else: either would tell the other. */
static void keep_mask_of(const Guard *g, int32_t measure, int32_t item)
{
    int32_t columns = g->t->columns.n;
    bool *mask = NEW(g->c->arena, bool, (ptrdiff_t)g->t->n * columns);
    for (ptrdiff_t at = 0; at < (ptrdiff_t)g->t->n * columns; at++) mask[at] = at % columns > 0 || g->m->hidden[item][at];
    g->m->hidden[measure] = mask;
}

static Err protect_measure(Guard *g, int32_t measure)
{
    const Tally *t = g->t;
    int32_t item = same_n(t, measure);
    if (item >= 0) {
        keep_mask_of(g, measure, item);
        return OK;
    }
    int32_t columns = columns_of(t, measure), n = 0;
    bool *hidden = NULL;
    Sides sides = {t->measures.v[measure].has_excluded, true, has_invited(t)};
    DisclosureTable *versions = NEW(g->c->arena, DisclosureTable, g->past.n + 1);
    for (int32_t i = 0; i < g->past.n; i++)
        versions[n++] = table_of(past_table(g, &g->past.v[i], measure, columns), sides);
    versions[n++] = table_of(new_table(g, measure, columns), sides);
    DisclosureShape shape = shape_of(g, columns);
    TRY(ask(g, &shape, versions, n, &hidden));
    keep_mask(g, measure, columns, hidden);
    return OK;
}

/* ---- versions ------------------------------------------------------------------------------- */

/* The n of one unit in two versions, of all measures. Before anything is hidden
   they are asked as if all from five on were shown: what would be hidden only to
   let the version pass is not worth it, and cannot always be. */
typedef struct Pair {
    int32_t *old_n, *new_n;
    bool *old_hidden, *new_hidden;
    ptrdiff_t n;
} Pair;

static void pair_add(Pair *p, const RoundCell *old, int32_t n, bool is_hidden)
{
    if (!old) return;
    p->old_n[p->n] = old->n;
    p->old_hidden[p->n] = old->state != STATE_SHOWN;
    p->new_n[p->n] = n;
    p->new_hidden[p->n++] = is_hidden;
}

static bool may_change(const Guard *g, int32_t u, const Past *old)
{
    const Tally *t = g->t;
    Arena scratch = *g->c->arena;
    ptrdiff_t room = (ptrdiff_t)t->measures.n * t->columns.n + 1;
    Pair p = {NEW(&scratch, int32_t, room), NEW(&scratch, int32_t, room), NEW(&scratch, bool, room),
              NEW(&scratch, bool, room), 0};
    bool is_few = t->kept[u].answered < REPORT_MINIMUM;
    pair_add(&p, round_cell(&old->cells[t->measures.n], kept_id(t, u), GROUP_ALL), t->kept[u].answered,
             g->m->answered ? g->m->answered[u] : is_few);
    for (int32_t m = 0; m < t->measures.n; m++) {
        const bool *mask = g->m->hidden[m];
        for (int32_t i = 0; i < columns_of(t, m); i++) {
            const RoundCell *cell = round_cell(&old->cells[m], kept_id(t, u), t->columns.v[i].group_id);
            int32_t n = count_of(t, m, u, i)->n;
            pair_add(&p, cell, n, mask ? mask[(ptrdiff_t)u * t->columns.n + i] : n < REPORT_MINIMUM);
        }
    }
    return disclosure_version_allowed(
        (DisclosureChange){p.old_n, p.new_n, p.old_hidden, p.new_hidden, p.n, REPORT_MINIMUM});
}

static const Past *last_past(const Guard *g, const PublicationRounds *rounds, int64_t round)
{
    for (int32_t i = 0; i < rounds->n; i++)
        if (rounds->v[i].id == round) return &g->rounds.v[i];
    return NULL;
}

/* Takes out the units that must keep their version; false when there are none. */
static bool keep_back(Guard *g, const PublicationRounds *rounds, const int64_t *last_round)
{
    bool found = false;
    for (int32_t u = 0; u < g->t->n; u++) {
        const Past *old = last_past(g, rounds, last_round[g->t->kept[u].unit]);
        if (!g->m->is_out[u] || !old || may_change(g, u, old)) continue;
        g->m->is_out[u] = false;
        found = true;
    }
    return found;
}

static Err protect_each(Guard *g)
{
    TRY(protect_invited(g));
    TRY(protect_answered(g));
    for (int32_t m = 0; m < g->t->measures.n; m++) TRY(protect_measure(g, m));
    return OK;
}

typedef enum Reach { REACH_UP, REACH_BESIDE, REACH_ALL } Reach;

static bool is_in_reach(const Guard *g, Reach reach, int32_t u)
{
    if (reach == REACH_ALL) return true;
    if (g->conflict < 0) return false;
    int32_t above = g->above[g->conflict];
    return u == g->conflict || u == above || (reach == REACH_BESIDE && above >= 0 && g->above[u] == above);
}

/* Holds back a little more of the response around the conflict; false: all of it is. */
static bool hold_back(Guard *g)
{
    const struct {
        bool *side;
        Reach reach;
    } steps[] = {
        {g->no_answered, REACH_UP}, {g->no_answered, REACH_BESIDE}, {g->no_invited, REACH_BESIDE},
        {g->no_answered, REACH_ALL}, {g->no_invited, REACH_ALL},
    };
    for (int i = 0; i < (int)(sizeof steps / sizeof *steps); i++) {
        bool found = false;
        for (int32_t u = 0; u < g->t->n; u++) {
            if (steps[i].side[u] || !is_in_reach(g, steps[i].reach, u)) continue;
            steps[i].side[u] = found = true;
        }
        if (found) return true;
    }
    return false;
}

static Err protect_all(Guard *g)
{
    for (;;) {
        CtxMark mark = ctx_mark(g->c);
        Err err = protect_each(g);
        if (err != E_CONFLICT) return err;
        if (!hold_back(g)) return told(g->c, err);
        ctx_rewind(g->c, mark);
    }
}

Err release_protect(Ctx *c, const Tally *t, const PublicationRounds *rounds, const int64_t *last_round, const bool *wants,
                   Masks *ret)
{
    Masks m = {.is_out = NEW(c->arena, bool, t->n), .hidden = NEW(c->arena, bool *, t->measures.n)};
    Guard g = {.c = c, .t = t, .m = &m, .above = NEW(c->arena, int32_t, t->n), .own = NEW(c->arena, bool, t->n),
               .no_answered = NEW(c->arena, bool, t->n), .no_invited = NEW(c->arena, bool, t->n), .conflict = -1};
    for (int32_t u = 0; u < t->n; u++) {
        m.is_out[u] = wants[t->kept[u].unit];
        g.above[u] = t->kept[u].above;
        g.own[u] = t->kept[u].has_own && t->kept[u].has_below;
    }
    TRY(read_pasts(&g, rounds));
    if (t->n == 0) {
        *ret = m;
        return OK;
    }
    (void)keep_back(&g, rounds, last_round);
    do TRY(protect_all(&g));
    while (keep_back(&g, rounds, last_round));
    for (int32_t u = 0; u < t->n; u++) {
        m.invited[u] = m.invited[u] || !m.is_out[u] || t->kept[u].invited < REPORT_MINIMUM;
        m.answered[u] = m.answered[u] || !m.is_out[u] || t->kept[u].answered < REPORT_MINIMUM;
    }
    *ret = m;
    return OK;
}

int release_cell_state(const Tally *t, const Masks *m, int32_t measure, int32_t kept, int32_t column)
{
    if (is_absent(t, kept, column)) return STATE_ABSENT;
    if (!m->is_out[kept]) return STATE_WITHHELD;
    if (!m->hidden[measure][(ptrdiff_t)kept * t->columns.n + column]) return STATE_SHOWN;
    return count_of(t, measure, kept, column)->n < REPORT_MINIMUM ? STATE_FEW : STATE_OTHERS;
}

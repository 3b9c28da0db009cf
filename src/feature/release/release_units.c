/* The units of a release: those that somebody was invited in, answered in, or
   that were released before; and which of them take part. */
#include "base/number.h"
#include "feature/release/release_inside.h"

/* ---- finding by id ------------------------------------------------------------------ */

static void sift(Found *v, ptrdiff_t at, ptrdiff_t n)
{
    for (;;) {
        ptrdiff_t child = at * 2 + 1;
        if (child >= n) return;
        if (child + 1 < n && v[child + 1].id > v[child].id) child++;
        if (v[at].id >= v[child].id) return;
        Found swap = v[at];
        v[at] = v[child];
        v[child] = swap;
        at = child;
    }
}

void release_finder_sort(Finder *f)
{
    for (ptrdiff_t i = f->n / 2 - 1; i >= 0; i--) sift(f->v, i, f->n);
    for (ptrdiff_t n = f->n - 1; n > 0; n--) {
        Found swap = f->v[0];
        f->v[0] = f->v[n];
        f->v[n] = swap;
        sift(f->v, 0, n);
    }
}

int32_t release_find(const Finder *f, int64_t id)
{
    ptrdiff_t low = 0, high = f->n;
    while (low < high) {
        ptrdiff_t mid = low + (high - low) / 2;
        if (f->v[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < f->n && f->v[low].id == id ? f->v[low].at : -1;
}

/* ---- units ---------------------------------------------------------------------------- */

SQL(ROWS_OF_UNITS,
    "SELECT unit_id, value, n FROM v_answer_tally WHERE wave_id = $1 AND item_id = 0 AND group_id = 0 AND n > 0"
    " ORDER BY unit_id, value");

/* What the rows say of each unit of the whole tree, before any is left out. */
typedef struct Draft {
    int64_t rows, own, answered;
    bool is_needed;
} Draft;

Err release_no_unit(Ctx *c)
{
    return fail(c, E_BROKEN, T("Der er svar fra en enhed, som målingen ikke har."));
}

static Err read_rows(Ctx *c, const Tally *t, const Finder *units, Draft *draft)
{
    Rows r = db_query(c, ROWS_OF_UNITS, t->wave->id);
    while (db_next(&r)) {
        int32_t at = release_find(units, db_i64(&r, 0));
        if (at < 0) return release_no_unit(c);
        bool is_any = db_i64(&r, 1) == 0;
        int64_t n = db_i64(&r, 2);
        if (is_any) draft[at].own = n;
        for (ptrdiff_t u = at; u >= 0; u = t->units.v[u].parent) {
            if (is_any)
                draft[u].rows += n;
            else
                draft[u].answered += n;
        }
    }
    return db_done(&r);
}

/* A unit of an earlier round stays, whatever has become of it. */
static Err need_rounds(Ctx *c, const PublicationRounds *rounds, const Finder *units, Draft *draft)
{
    for (int32_t i = 0; i < rounds->n; i++) {
        RoundCells cells = {0};
        TRY(release_round_cells(c, rounds->v[i].id, MEASURE_ANSWERED, &cells));
        for (ptrdiff_t k = 0; k < cells.n; k++) {
            int32_t at = release_find(units, cells.v[k].unit_id);
            if (at < 0) return release_no_unit(c);
            draft[at].is_needed = true;
        }
    }
    return OK;
}

static Kept kept_of_draft(const Tally *t, const Draft *d, ptrdiff_t u)
{
    const WaveUnit *unit = &t->units.v[u];
    return (Kept){
        .above = unit->parent < 0 ? -1 : t->kept_of[unit->parent],
        .rows = d->rows,
        .answered = (int32_t)d->answered,
        .invited = (int32_t)unit->invited,
        .is_absent = d->rows == 0 && unit->invited <= 0,
        .unit = u,
    };
}

static Err keep_units(Ctx *c, Tally *t, Draft *draft)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t u = t->units.n - 1; u >= 0; u--) {
        const WaveUnit *unit = &t->units.v[u];
        draft[u].is_needed = draft[u].is_needed || draft[u].rows > 0 || unit->invited > 0;
        n += draft[u].is_needed;
        if (draft[u].rows > DISCLOSURE_MAX_COUNT || unit->invited > DISCLOSURE_MAX_COUNT)
            return fail(c, E_TOO_LARGE, T("Målingen er for stor."));
        /* one above has rows or invited as well, but was not always released with us */
        if (draft[u].is_needed && unit->parent >= 0) draft[unit->parent].is_needed = true;
    }
    t->kept_of = NEW(c->arena, int32_t, t->units.n);
    t->kept = NEW(c->arena, Kept, n);
    for (ptrdiff_t u = 0; u < t->units.n; u++) {
        t->kept_of[u] = draft[u].is_needed ? t->n : -1;
        if (!draft[u].is_needed) continue;
        t->kept[t->n] = kept_of_draft(t, &draft[u], u);
        t->kept[t->n].has_own = draft[u].own > 0;
        if (t->kept[t->n].above >= 0) t->kept[t->kept[t->n].above].has_below = true;
        t->n++;
    }
    return OK;
}

/* ---- participants ------------------------------------------------------------------------ */

static bool wave_knows_part(const Tally *t)
{
    for (ptrdiff_t u = 0; u < t->units.n; u++)
        if (t->units.v[u].participant == 1) return true;
    return false;
}

/* A mark holds for all below it that have none of their own; without any, a unit
   does not take part. */
static bool is_marked(const Tally *t, ptrdiff_t unit)
{
    for (ptrdiff_t u = unit; u >= 0; u = t->units.v[u].parent)
        if (t->units.v[u].participant >= 0) return t->units.v[u].participant == 1;
    return false;
}

/* After a release the parts stay as they were then: figures of two ways to part
   the same people must never stand beside each other. */
static Err part_of_round(Ctx *c, const Tally *t, const PublicationRounds *rounds, int8_t *ret_part)
{
    RoundCells cells = {0};
    TRY(release_round_cells(c, rounds->v[rounds->n - 1].id, t->measures.v[0].id, &cells));
    for (int32_t u = 0; u < t->n; u++) {
        const RoundCell *in = round_cell(&cells, kept_id(t, u), GROUP_PART),
                        *out = round_cell(&cells, kept_id(t, u), GROUP_NO_PART);
        if (in && in->state != STATE_ABSENT)
            ret_part[u] = 1;
        else if (out && out->state != STATE_ABSENT)
            ret_part[u] = 0;
    }
    return OK;
}

static Err rounds_know_part(Ctx *c, const Tally *t, const PublicationRounds *rounds, bool *ret)
{
    RoundCells cells = {0};
    *ret = false;
    TRY(release_round_cells(c, rounds->v[rounds->n - 1].id, t->measures.v[0].id, &cells));
    for (ptrdiff_t i = 0; i < cells.n; i++) *ret = *ret || cells.v[i].group_id == GROUP_PART;
    return OK;
}

static void spread_part(Tally *t, const int8_t *part)
{
    for (int32_t u = t->n - 1; u >= 0; u--) {
        Kept *k = &t->kept[u];
        k->is_part = part[u] == 1;
        if (!k->has_below || k->has_own) {
            k->part = k->part || k->is_part;
            k->no_part = k->no_part || !k->is_part;
        }
        if (k->above < 0) continue;
        t->kept[k->above].part = t->kept[k->above].part || k->part;
        t->kept[k->above].no_part = t->kept[k->above].no_part || k->no_part;
    }
}

static Err find_part(Ctx *c, Tally *t, const PublicationRounds *rounds)
{
    bool has = wave_knows_part(t);
    if (t->measures.n == 0) return OK;
    if (rounds->n) TRY(rounds_know_part(c, t, rounds, &has));
    if (!has) return OK;
    int8_t *part = NEW(c->arena, int8_t, t->n);
    for (int32_t u = 0; u < t->n; u++) part[u] = is_marked(t, t->kept[u].unit);
    if (rounds->n) TRY(part_of_round(c, t, rounds, part));
    spread_part(t, part);
    t->columns.has_part = true;
    return OK;
}

Err release_units(Ctx *c, const PublicationRounds *rounds, const Finder *units, Tally *t)
{
    Draft *draft = NEW(c->arena, Draft, t->units.n);
    TRY(read_rows(c, t, units, draft));
    TRY(need_rounds(c, rounds, units, draft));
    TRY(keep_units(c, t, draft));
    return find_part(c, t, rounds);
}

/* Breaks: units that are no longer what they were in the wave before, because
   units were merged, split or moved (DOMAIN §5.4: no comparison across a break). */
#include "feature/release/release_inside.h"

/* One wave's tree, and its units by id. */
typedef struct WaveTree {
    const WaveUnits *units;
    Finder finder;
} WaveTree;

static WaveTree tree_of(Ctx *c, const WaveUnits *units)
{
    WaveTree t = {units, {.v = NEW(c->arena, Found, units->n), .n = units->n}};
    for (ptrdiff_t i = 0; i < units->n; i++) t.finder.v[i] = (Found){units->v[i].id.v, (int32_t)i};
    release_finder_sort(&t.finder);
    return t;
}

/* Of children in their classes: they move on every year, and nothing is broken by it. */
static bool is_yearly(const WaveUnit *u)
{
    static const Str kinds[] = {S_INIT("klasse"), S_INIT("aargang"), S_INIT("team")};
    for (int i = 0; i < (int)(sizeof kinds / sizeof *kinds); i++)
        if (str_eq(u->kind, kinds[i])) return true;
    return false;
}

static bool is_at_or_below(const WaveTree *t, int32_t at, int64_t id)
{
    for (ptrdiff_t u = at; u >= 0; u = t->units->v[u].parent)
        if (t->units->v[u].id.v == id) return true;
    return false;
}

/* The people of `old` then are those of `new` now: who had them and has them not,
   or the other way round, is another unit than it was. */
static void part(const WaveTree *before, int32_t old, const WaveTree *now, int32_t new, bool *broken)
{
    if (is_yearly(&before->units->v[old]) || is_yearly(&now->units->v[new])) return;
    for (ptrdiff_t u = new; u >= 0; u = now->units->v[u].parent)
        if (!is_at_or_below(before, old, now->units->v[u].id.v)) broken[u] = true;
    for (ptrdiff_t u = old; u >= 0; u = before->units->v[u].parent) {
        int32_t still = release_find(&now->finder, before->units->v[u].id.v);
        if (still >= 0 && !is_at_or_below(now, new, before->units->v[u].id.v)) broken[still] = true;
    }
}

SQL(SUCCESSIONS, "SELECT unit_id, succeeds_id FROM v_organisation_succession ORDER BY unit_id, succeeds_id");

/* Of successions only those that came about between the two waves. */
static Err part_successors(Ctx *c, const WaveTree *before, const WaveTree *now, bool *broken)
{
    Rows r = db_query(c, SUCCESSIONS);
    while (db_next(&r)) {
        int64_t new_id = db_i64(&r, 0), old_id = db_i64(&r, 1);
        int32_t old = release_find(&before->finder, old_id), new = release_find(&now->finder, new_id);
        bool is_earlier = release_find(&before->finder, new_id) >= 0 && release_find(&now->finder, old_id) >= 0;
        if (old >= 0 && new >= 0 && !is_earlier) part(before, old, now, new, broken);
    }
    return db_done(&r);
}

Err release_breaks(Ctx *c, const WaveUnits *units, WaveId previous, bool **ret)
{
    WaveUnits then = {0};
    bool *broken = NEW(c->arena, bool, units->n);
    TRY(survey_units(c, previous, &then));
    WaveTree before = tree_of(c, &then), now = tree_of(c, units);
    for (ptrdiff_t u = 0; u < units->n; u++) {
        int32_t old = release_find(&before.finder, units->v[u].id.v);
        if (old >= 0) part(&before, old, &now, (int32_t)u, broken);
    }
    TRY(part_successors(c, &before, &now, broken));
    *ret = broken;
    return OK;
}

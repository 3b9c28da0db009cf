/* What earlier releases left: the true n of every cell then. */
#include "feature/release/release_inside.h"

SQL(COUNT_CELLS, "SELECT count(*) FROM release_cell WHERE round_id = $1 AND item_id = $2");
SQL(CELLS, "SELECT unit_id, group_id, state, n, excluded FROM release_cell WHERE round_id = $1 AND item_id = $2"
           " ORDER BY unit_id, group_id");

Err release_round_cells(Ctx *c, int64_t round, int64_t measure, RoundCells *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT_CELLS, &n, round, measure));
    RoundCells all = {.v = NEW(c->arena, RoundCell, n)};
    Rows r = db_query(c, CELLS, round, measure);
    while (all.n < n && db_next(&r)) {
        all.v[all.n++] = (RoundCell){
            .unit_id = db_i64(&r, 0),
            .group_id = db_i64(&r, 1),
            .state = (int32_t)db_i64(&r, 2),
            .n = (int32_t)db_i64(&r, 3),
            .excluded = (int32_t)db_i64(&r, 4),
        };
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

static bool cell_is_before(const RoundCell *cell, int64_t unit, int64_t group)
{
    return cell->unit_id != unit ? cell->unit_id < unit : cell->group_id < group;
}

const RoundCell *round_cell(const RoundCells *cells, int64_t unit, int64_t group)
{
    ptrdiff_t low = 0, high = cells->n;
    while (low < high) {
        ptrdiff_t mid = low + (high - low) / 2;
        if (cell_is_before(&cells->v[mid], unit, group))
            low = mid + 1;
        else
            high = mid;
    }
    if (low == cells->n || cells->v[low].unit_id != unit || cells->v[low].group_id != group) return NULL;
    return &cells->v[low];
}

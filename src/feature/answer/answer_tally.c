/* Sums: in memory while many rows are counted, in the store through the
   writer's merged increments, and back again for reports and for `traad check`. */
#include <stdlib.h>

#include "base/number.h"
#include "db/writer.h"
#include "feature/answer/answer_inside.h"

/* ---- in memory --------------------------------------------------------------------- */

enum { FIRST_ROOM = 1024 };

static uint64_t hash_key(TallyKey key)
{
    const int64_t part[] = {key.unit_id, key.item_id, key.group_id, key.value};
    uint64_t h = 0;
    for (ptrdiff_t i = 0; i < COUNT_OF(part); i++) {
        h = (h ^ (uint64_t)part[i]) * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
    }
    return h;
}

static bool same_key(const TallyRow *row, TallyKey key)
{
    return row->unit_id == key.unit_id && row->item_id == key.item_id && row->group_id == key.group_id && row->value == key.value;
}

/* The slot of the key, or the free one where it belongs; the map has room. */
static int32_t *slot_of(const TallyMap *map, TallyKey key)
{
    uint64_t mask = (uint64_t)map->room * 2 - 1;
    for (uint64_t i = hash_key(key) & mask;; i = (i + 1) & mask) {
        int32_t *slot = &map->slots[i];
        if (*slot == 0 || same_key(&map->v[*slot - 1], key)) return slot;
    }
}

static TallyKey key_of(const TallyRow *row)
{
    return (TallyKey){row->unit_id, row->item_id, row->group_id, row->value};
}

/* Old arrays stay in the arena: together they are no larger than the new ones. */
static void widen(TallyMap *map)
{
    ptrdiff_t room = map->room ? map->room * 2 : FIRST_ROOM;
    TallyRow *v = NEW(map->arena, TallyRow, room);
    bool *on_sheet = NEW(map->arena, bool, room);
    for (ptrdiff_t i = 0; i < map->n; i++) v[i] = map->v[i], on_sheet[i] = map->on_sheet[i];
    map->v = v;
    map->on_sheet = on_sheet;
    map->room = room;
    map->slots = NEW(map->arena, int32_t, room * 2);
    for (ptrdiff_t i = 0; i < map->n; i++) *slot_of(map, key_of(&v[i])) = (int32_t)i + 1;
}

void tally_map_add(TallyMap *map, TallyKey key, int64_t add)
{
    if (map->n == map->room) widen(map);
    int32_t *slot = slot_of(map, key);
    if (*slot == 0) {
        map->v[map->n] = (TallyRow){key.unit_id, key.item_id, key.group_id, key.value, 0};
        map->on_sheet[map->n] = key.on_sheet;
        *slot = (int32_t)++map->n;
    }
    map->v[*slot - 1].n += add;
}

const TallyRow *tally_map_find(const TallyMap *map, TallyKey key)
{
    if (map->n == 0) return NULL;
    int32_t slot = *slot_of(map, key);
    return slot ? &map->v[slot - 1] : NULL;
}

void tally_map_count(TallyMap *map, int64_t unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts)
{
    for (ptrdiff_t i = 0; i < counts.n; i++) {
        TallyKey key = {unit, counts.v[i].item_id, 0, counts.v[i].value, counts.v[i].on_sheet};
        tally_map_add(map, key, 1);
        for (ptrdiff_t g = 0; g < n_groups; g++) {
            key.group_id = groups[g];
            tally_map_add(map, key, 1);
        }
    }
}

/* ---- into the store ------------------------------------------------------------------ */

SQL(ADD_ONE, "INSERT INTO tally (wave_id, unit_id, item_id, group_id, value, n) VALUES ($1, $2, $3, $4, $5, $6)"
             " ON CONFLICT (wave_id, unit_id, item_id, group_id, value) DO UPDATE SET n = tally.n + excluded.n");
SQL(ADD_MANY, "INSERT INTO tally (wave_id, unit_id, item_id, group_id, value, n)"
              " SELECT r.wave_id, r.unit_id, r.item_id, r.group_id, r.value, r.n"
              " FROM ROWS($1, wave_id INTEGER, unit_id INTEGER, item_id INTEGER, group_id INTEGER, value INTEGER, n INTEGER) r"
              " WHERE true ON CONFLICT (wave_id, unit_id, item_id, group_id, value) DO UPDATE SET n = tally.n + excluded.n");

static Err flush_tallies(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    return db_merge_write(c, ADD_ONE, ADD_MANY, 5, items, n);
}
static const MergeSpec tallies = {"tally", flush_tallies};

static void merge_one(Ctx *c, WaveId wave, const TallyRow *t)
{
    db_merge(c, &tallies, (const int64_t[MERGE_KEY_INTS]){wave.v, t->unit_id, t->item_id, t->group_id, t->value}, t->n);
}

void answer_counts_merge(Ctx *c, WaveId wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts)
{
    answer_sheets_add(c, wave, unit, groups, n_groups, counts);
    for (ptrdiff_t i = 0; i < counts.n; i++) {
        if (counts.v[i].on_sheet) continue;
        TallyRow t = {unit.v, counts.v[i].item_id, 0, counts.v[i].value, 1};
        merge_one(c, wave, &t);
        for (ptrdiff_t g = 0; g < n_groups; g++) {
            t.group_id = groups[g];
            merge_one(c, wave, &t);
        }
    }
}

static int by_sheet(const void *a, const void *b)
{
    const TallyRow *x = a, *y = b;
    if (x->unit_id != y->unit_id) return x->unit_id < y->unit_id ? -1 : 1;
    return x->group_id < y->group_id ? -1 : x->group_id > y->group_id;
}

void tally_map_merge(Ctx *c, WaveId wave, const TallyMap *map)
{
    TallyRow *on_sheets = NEW(c->arena, TallyRow, map->n);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < map->n; i++) {
        if (map->on_sheet[i]) on_sheets[n++] = map->v[i];
        else merge_one(c, wave, &map->v[i]);
    }
    if (n) qsort(on_sheets, (size_t)n, sizeof *on_sheets, by_sheet);
    answer_sheets_add_rows(c, wave, on_sheets, n);
}

/* ---- out of it --------------------------------------------------------------------------- */

SQL(ROWS_OF, "SELECT unit_id, item_id, group_id, value, n FROM tally WHERE wave_id = $1 AND n > 0"
             " ORDER BY unit_id, item_id, group_id, value");
SQL(SHEETS_OF, "SELECT unit_id, group_id, counts FROM tally_sheet WHERE wave_id = $1 ORDER BY unit_id, group_id");

Err answer_tallies_each(Ctx *c, WaveId wave, TallyFn *each, void *data)
{
    Err err = OK;
    Rows r = db_query(c, ROWS_OF, wave);
    while (err == OK && db_next(&r)) err = each(c, data, &(TallyRow){db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 2), db_i64(&r, 3), db_i64(&r, 4)});
    Err end = db_done(&r);
    if (err != OK || end != OK) return err != OK ? err : end;
    r = db_query(c, SHEETS_OF, wave);
    while (err == OK && db_next(&r)) err = answer_sheet_each(c, db_i64(&r, 0), db_i64(&r, 1), db_str(&r, 2), each, data);
    end = db_done(&r);
    return err != OK ? err : end;
}

typedef struct Collected {
    TallyRow *v;
    ptrdiff_t n, room;
} Collected;

static Err collect(Ctx *c, void *data, const TallyRow *row)
{
    Collected *all = data;
    if (all->n == all->room) {
        ptrdiff_t room = all->room ? all->room * 2 : FIRST_ROOM;
        TallyRow *v = NEW(c->arena, TallyRow, room);
        for (ptrdiff_t i = 0; i < all->n; i++) v[i] = all->v[i];
        all->v = v;
        all->room = room;
    }
    all->v[all->n++] = *row;
    return OK;
}

static int by_key(const void *a, const void *b)
{
    const TallyRow *x = a, *y = b;
    const int64_t left[] = {x->unit_id, x->item_id, x->group_id, x->value}, right[] = {y->unit_id, y->item_id, y->group_id, y->value};
    int k = 0;
    while (k < 3 && left[k] == right[k]) k++;
    return left[k] < right[k] ? -1 : left[k] > right[k];
}

Err answer_tallies(Ctx *c, WaveId wave, TallyRows *ret)
{
    Collected all = {0};
    TRY(answer_tallies_each(c, wave, collect, &all));
    if (all.n) qsort(all.v, (size_t)all.n, sizeof *all.v, by_key);
    *ret = (TallyRows){all.v, all.n};
    return OK;
}

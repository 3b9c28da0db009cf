/* Sums: in memory while many rows are counted, in the store through the
   writer's merged increments, and back again for reports and for `traad check`. */
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
    for (ptrdiff_t i = 0; i < map->n; i++) v[i] = map->v[i];
    map->v = v;
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
        TallyKey key = {unit, counts.v[i].item_id, 0, counts.v[i].value};
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

void answer_counts_merge(Ctx *c, WaveId wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts)
{
    for (ptrdiff_t i = 0; i < counts.n; i++) {
        int64_t key[MERGE_KEY_INTS] = {wave.v, unit.v, counts.v[i].item_id, 0, counts.v[i].value};
        db_merge(c, &tallies, key, 1);
        for (ptrdiff_t g = 0; g < n_groups; g++) {
            key[3] = groups[g];
            db_merge(c, &tallies, key, 1);
        }
    }
}

void tally_map_merge(Ctx *c, WaveId wave, const TallyMap *map)
{
    for (ptrdiff_t i = 0; i < map->n; i++) {
        const TallyRow *t = &map->v[i];
        const int64_t key[MERGE_KEY_INTS] = {wave.v, t->unit_id, t->item_id, t->group_id, t->value};
        db_merge(c, &tallies, key, t->n);
    }
}

/* ---- out of it --------------------------------------------------------------------------- */

SQL(COUNT, "SELECT count(*) FROM tally WHERE wave_id = $1 AND n > 0");
SQL(ALL, "SELECT unit_id, item_id, group_id, value, n FROM tally WHERE wave_id = $1 AND n > 0"
         " ORDER BY unit_id, item_id, group_id, value");

Err answer_tallies(Ctx *c, WaveId wave, TallyRows *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT, &n, wave));
    TallyRows all = {.v = NEW(c->arena, TallyRow, n)};
    Rows r = db_query(c, ALL, wave);
    while (all.n < n && db_next(&r))
        all.v[all.n++] = (TallyRow){db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 2), db_i64(&r, 3), db_i64(&r, 4)};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

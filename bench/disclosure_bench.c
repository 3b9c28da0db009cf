/* How long disclosure control takes, and how much it hides, on regions made up
   with a fixed random sequence: municipalities of about ten schools, schools of
   4-60 answers (or as said), a total and three dimensions of four groups (the last is
   "uoplyst"). Prints, for each region, milliseconds, the share hidden as
   secret, the share hidden to protect, and what the blunt rule would hide:
   all of a dimension in every school of a municipality as soon as one of them
   has a secret cell. Usage: disclosure_bench */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/number.h"
#include "stats/disclosure.h"

enum { DIMENSIONS = 3, GROUPS = 4, COLUMNS = 1 + DIMENSIONS * GROUPS };

typedef struct Region {
    const char *name;
    int32_t schools, per_municipality;
    int32_t classes; /* units below each school, 0: none */
    int32_t least, most; /* answers of a lowest unit */
    int items;
} Region;

static const Region regions[] = {
    {"300 schools, 1 item", 300, 10, 0, 4, 60, 1},
    {"300 large schools, 1 item", 300, 10, 0, 40, 160, 1},
    {"300 tiny schools, 1 item", 300, 10, 0, 0, 9, 1},
    {"300 schools of 0-2, 1 item", 300, 10, 0, 0, 3, 1},
    {"60 schools, 100 items", 60, 10, 0, 4, 60, 100},
    {"30 schools x 8 classes, 100 items", 30, 10, 8, 10, 26, 100},
};

static uint32_t next(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % below);
}

typedef struct Table {
    DisclosureShape shape;
    DisclosureTable table;
    int32_t *parent, *n;
    bool *is_lowest;
} Table;

static void add_unit(Table *t, int32_t parent, bool is_lowest)
{
    t->parent[t->shape.units] = parent;
    t->is_lowest[t->shape.units++] = is_lowest;
}

static void add_tree(const Region *r, Table *t)
{
    add_unit(t, -1, false);
    int32_t municipality = 0;
    for (int32_t i = 0; i < r->schools; i++) {
        if (i % r->per_municipality == 0) {
            municipality = t->shape.units;
            add_unit(t, 0, false);
        }
        int32_t school = t->shape.units;
        add_unit(t, municipality, r->classes == 0);
        for (int32_t k = 0; k < r->classes; k++) add_unit(t, school, true);
    }
}

/* Each answer falls into one group of each dimension: weights 10, 6, 3, 1. */
static void add_answer(int32_t *row, uint64_t *state)
{
    static const uint8_t group[20] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3};
    row[0]++;
    for (int d = 0; d < DIMENSIONS; d++) row[1 + d * GROUPS + group[next(state, 20)]]++;
}

static Table made(Arena *arena, const Region *r, uint64_t seed)
{
    static const int32_t groups[DIMENSIONS] = {GROUPS, GROUPS, GROUPS};
    static const bool is_unknown[COLUMNS] = {[4] = true, [8] = true, [12] = true};
    int32_t most = 1 + r->schools * (2 + r->classes);
    Table t = {.parent = NEW(arena, int32_t, most), .is_lowest = NEW(arena, bool, most)};
    t.n = NEW(arena, int32_t, (ptrdiff_t)most * COLUMNS);
    add_tree(r, &t);
    for (int32_t u = t.shape.units - 1; u >= 0; u--) {
        int32_t *row = t.n + (ptrdiff_t)u * COLUMNS;
        uint32_t answers = t.is_lowest[u] ? r->least + next(&seed, (uint32_t)(r->most - r->least)) : 0;
        for (uint32_t i = 0; i < answers; i++) add_answer(row, &seed);
        if (u == 0) break;
        for (int c = 0; c < COLUMNS; c++) t.n[(ptrdiff_t)t.parent[u] * COLUMNS + c] += row[c];
    }
    t.shape = (DisclosureShape){.units = t.shape.units, .parent = t.parent, .dimensions = DIMENSIONS, .groups = groups,
                                .is_unknown = is_unknown, .minimum = DISCLOSURE_MINIMUM};
    t.table = (DisclosureTable){.n = t.n};
    return t;
}

/* Secondary cells of the blunt rule. */
static int64_t blunt(const Table *t)
{
    int64_t hidden = 0;
    for (int32_t above = 0; above < t->shape.units; above++) {
        for (int c = 1; c < COLUMNS; c += GROUPS) {
            int64_t cells = 0, secret = 0;
            for (int32_t u = 1; u < t->shape.units; u++) {
                if (t->parent[u] != above || !t->is_lowest[u]) continue;
                for (int g = c; g < c + GROUPS; g++, cells++) secret += t->n[(ptrdiff_t)u * COLUMNS + g] < DISCLOSURE_MINIMUM;
            }
            if (secret > 0) hidden += cells - secret;
        }
    }
    return hidden;
}

static double now_ms(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void run(const Region *r, Arena arena)
{
    int64_t cells = 0, primary = 0, secondary = 0, plain = 0;
    double hide_ms = 0, verify_ms = 0;
    for (int i = 0; i < r->items; i++) {
        Arena mine = arena;
        Table t = made(&mine, r, (uint64_t)i + 1);
        DisclosureCase what = {&t.shape, &t.table, 1};
        DisclosureResult result = {0};
        double start = now_ms();
        Err err = disclosure_hide(&mine, what, &result);
        if (err != OK) printf("%s: item %d cannot be made safe (error %d)\n", r->name, i, (int)err);
        hide_ms += now_ms() - start;
        t.table.hidden = result.hidden;
        start = now_ms();
        if (disclosure_verify(mine, what) != OK) printf("%s: item %d is not verified\n", r->name, i);
        verify_ms += now_ms() - start;
        cells += result.cells;
        primary += result.primary;
        secondary += result.secondary;
        plain += blunt(&t);
    }
    printf("%-36s %7" PRId64 " cells %9.1f ms hide %9.1f ms verify  secret %4.1f %%  to protect %4.1f %%  (blunt rule %4.1f %%)\n",
           r->name, cells, hide_ms, verify_ms, 100.0 * (double)primary / (double)cells,
           100.0 * (double)secondary / (double)cells, 100.0 * (double)plain / (double)cells);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    ArenaRange range = arena_range_open((ptrdiff_t)256 << 20);
    for (ptrdiff_t i = 0; i < COUNT_OF(regions); i++) run(&regions[i], arena_of(range, NULL));
    arena_range_close(range);
    return 0;
}

/* Disclosure control against two attackers that share no code with it: one
   that tries whole tables by brute force, and glpsol, given only what is
   published. */
#include "stats/disclosure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "test.h"

enum { MAX_UNITS = 8, MAX_COLUMNS = 8, MAX_VARS = 2 * MAX_UNITS * MAX_COLUMNS, MAX_EQS = 2 * MAX_UNITS * 4 * MAX_COLUMNS };

/* ---- a case made of small arrays ---- */

typedef struct Made {
    DisclosureShape shape;
    DisclosureTable version[2];
    int32_t parent[MAX_UNITS], groups[2];
    int32_t n[2][MAX_UNITS * MAX_COLUMNS], invited[MAX_UNITS];
    bool hidden[2][MAX_UNITS * MAX_COLUMNS];
    bool is_unknown[MAX_COLUMNS];
    int32_t cells;
} Made;

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % below);
}

static bool is_lowest(const DisclosureShape *shape, int32_t unit)
{
    for (int32_t u = unit + 1; u < shape->units; u++) {
        if (shape->parent[u] == unit) return false;
    }
    return true;
}

static void draw_counts(Made *m, int version, uint64_t *seed)
{
    int32_t columns = disclosure_columns(&m->shape), *n = m->n[version];
    for (int32_t u = m->shape.units - 1; u >= 0; u--) {
        int32_t answers = is_lowest(&m->shape, u) ? (int32_t)draw(seed, 14) : 0;
        for (int32_t i = 0; i < answers; i++) {
            n[u * columns]++;
            int32_t first = 1;
            for (int32_t d = 0; d < m->shape.dimensions; first += m->groups[d++]) {
                n[u * columns + first + (int32_t)draw(seed, (uint32_t)m->groups[d])]++;
            }
        }
        for (int32_t c = 0; c < columns && u > 0; c++) n[m->parent[u] * columns + c] += n[u * columns + c];
    }
}

static void set_invited(Made *m, uint64_t *seed)
{
    int32_t columns = disclosure_columns(&m->shape);
    for (int32_t u = m->shape.units - 1; u >= 0; u--) {
        if (is_lowest(&m->shape, u)) m->invited[u] = (int32_t)i64_max(m->n[0][u * columns], 5) + (int32_t)draw(seed, 4);
        if (u > 0) m->invited[m->parent[u]] += m->invited[u];
    }
    m->version[0].invited = m->invited;
}

/* Two to six units in a random tree, none to two dimensions of two or three
   groups, up to 13 answers in each lowest unit; every third with invited. */
static Made *made(Arena *arena, uint64_t number)
{
    Made *m = NEW(arena, Made, 1);
    uint64_t seed = number * 7919 + 1;
    for (int i = 0; i < 8; i++) draw(&seed, 2);
    m->shape = (DisclosureShape){.units = 2 + (int32_t)draw(&seed, 5), .parent = m->parent, .groups = m->groups,
                                 .is_unknown = m->is_unknown, .minimum = DISCLOSURE_MINIMUM};
    m->parent[0] = -1;
    for (int32_t u = 1; u < m->shape.units; u++) m->parent[u] = u < 3 ? 0 : (int32_t)draw(&seed, 3);
    m->shape.dimensions = (int32_t)draw(&seed, 3);
    for (int32_t d = 0; d < m->shape.dimensions; d++) m->groups[d] = 2 + (int32_t)draw(&seed, 2);
    m->cells = m->shape.units * disclosure_columns(&m->shape);
    draw_counts(m, 0, &seed);
    for (int v = 0; v < 2; v++) m->version[v] = (DisclosureTable){.n = m->n[v], .hidden = m->hidden[v]};
    if (number % 3 == 0) set_invited(m, &seed);
    return m;
}

/* ---- the brute attacker: what is published, and nothing else ---- */

typedef struct Sum {
    int vars, var[MAX_UNITS + 1]; /* var[0] = the sum of the others */
} Sum;

/* Above every count of the tables made here, so that no range ends there
   within seven of the truth unless published numbers say so. */
enum { FAR = 200, MAX_TRIES = 300000 };

typedef struct Puzzle {
    int vars, sums, tries;
    int low[MAX_VARS], high[MAX_VARS]; /* equal: known */
    int older[MAX_VARS];               /* n may not be below that of this variable; -1: none */
    Sum sum[MAX_EQS];
} Puzzle;

static void puzzle_sums(Puzzle *p, const Made *m, int base)
{
    int columns = disclosure_columns(&m->shape);
    for (int u = 0; u < m->shape.units; u++) {
        for (int c = 0; c < columns && !is_lowest(&m->shape, u); c++) {
            Sum *s = &p->sum[p->sums++];
            *s = (Sum){.vars = 1, .var = {base + u * columns + c}};
            for (int k = u + 1; k < m->shape.units; k++) {
                if (m->parent[k] == u) s->var[s->vars++] = base + k * columns + c;
            }
        }
        for (int d = 0, c = 1; d < m->shape.dimensions; d++) {
            Sum *s = &p->sum[p->sums++];
            *s = (Sum){.vars = 1, .var = {base + u * columns}};
            for (int g = 0; g < m->groups[d]; g++) s->var[s->vars++] = base + u * columns + c++;
        }
    }
}

static Puzzle *puzzle_of(Arena *arena, const Made *m, int versions)
{
    Puzzle *p = NEW(arena, Puzzle, 1);
    int columns = disclosure_columns(&m->shape);
    for (int v = 0; v < versions; v++) {
        for (int i = 0; i < m->cells; i++, p->vars++) {
            int ceiling = m->version[v].invited ? m->invited[i / columns] : FAR;
            p->low[p->vars] = m->hidden[v][i] ? 0 : m->n[v][i];
            p->high[p->vars] = m->hidden[v][i] ? ceiling : m->n[v][i];
            p->older[p->vars] = v > 0 ? p->vars - m->cells : -1;
        }
        puzzle_sums(p, m, v * m->cells);
    }
    return p;
}

static bool narrow(Puzzle *p, int var, int low, int high)
{
    bool is_news = low > p->low[var] || high < p->high[var];
    if (low > p->low[var]) p->low[var] = low;
    if (high < p->high[var]) p->high[var] = high;
    return is_news;
}

/* What one sum says of each of its parts, the others being between limits. */
static bool narrow_sum(Puzzle *p, const Sum *s)
{
    int low = 0, high = 0;
    for (int i = 1; i < s->vars; i++) low += p->low[s->var[i]], high += p->high[s->var[i]];
    bool is_news = narrow(p, s->var[0], low, high);
    for (int i = 1; i < s->vars; i++) {
        int v = s->var[i], others_low = low - p->low[v], others_high = high - p->high[v];
        if (!narrow(p, v, p->low[s->var[0]] - others_high, p->high[s->var[0]] - others_low)) continue;
        low = others_low + p->low[v];
        high = others_high + p->high[v];
        is_news = true;
    }
    return is_news;
}

static bool fits(Puzzle *p)
{
    for (bool again = true; again;) {
        again = false;
        for (int i = 0; i < p->sums; i++) again |= narrow_sum(p, &p->sum[i]);
        for (int i = 0; i < p->vars; i++) {
            if (p->older[i] >= 0) again |= narrow(p, i, p->low[p->older[i]], FAR);
            if (p->older[i] >= 0) again |= narrow(p, p->older[i], 0, p->high[i]);
            if (p->low[i] > p->high[i]) return false;
        }
    }
    return true;
}

/* Is there any whole table? Tries every value of the n with the fewest. */
static bool solve(Puzzle *p, const Puzzle *start)
{
    int tries = p->tries + 1, next = -1;
    *p = *start;
    p->tries = tries;
    if (tries > MAX_TRIES || !fits(p)) return false;
    for (int i = 0; i < p->vars; i++) {
        int room = p->high[i] - p->low[i];
        if (room > 0 && (next < 0 || room < p->high[next] - p->low[next])) next = i;
    }
    if (next < 0) return true;
    Puzzle here = *p;
    for (int v = here.low[next]; v <= here.high[next]; v++) {
        Puzzle one = here;
        one.low[next] = one.high[next] = v;
        if (solve(p, &one)) return true;
    }
    return false;
}

static bool is_possible(Arena scratch, const Puzzle *p, int var, int value)
{
    Puzzle *copy = NEW(&scratch, Puzzle, 2);
    copy[0] = *p;
    narrow(&copy[0], var, value, value);
    bool yes = solve(&copy[1], &copy[0]);
    CHECK(copy[1].tries <= MAX_TRIES); /* else it gave up, and knows nothing */
    return yes;
}

typedef struct Range {
    int low, high; /* high: searched up to 7 above the truth */
} Range;

static Range brute(Arena scratch, const Puzzle *p, int var, int truth)
{
    Range r = {truth, truth};
    for (int v = 0; v < truth; v++) {
        if (!is_possible(scratch, p, var, v)) continue;
        r.low = v;
        break;
    }
    for (int v = truth + 7; v > truth; v--) {
        if (!is_possible(scratch, p, var, v)) continue;
        r.high = v;
        break;
    }
    return r;
}

static DisclosureCase case_of(const Made *m, int versions)
{
    return (DisclosureCase){&m->shape, m->version, versions};
}

/* Every hidden n is wide for the brute attacker, and he and disclosure_bounds
   agree; returns whether all are wide. */
static bool attack(Arena arena, const Made *m, int versions)
{
    DisclosureBounds b = {0};
    CHECK_OK(disclosure_bounds(&arena, case_of(m, versions), &b));
    Puzzle *p = puzzle_of(&arena, m, versions);
    bool all_wide = true;
    for (ptrdiff_t i = 0; i < b.n; i++) {
        DisclosureBound x = b.v[i];
        int truth = m->n[x.version][x.cell];
        Range r = brute(arena, p, x.version * m->cells + x.cell, truth);
        CHECK_INT(x.low, r.low);
        CHECK_INT(x.reach_low, r.low);
        CHECK_INT(i64_min(x.high, truth + 7), r.high);
        CHECK_INT(i64_min(x.reach_high, truth + 7), r.high);
        if (r.high - r.low < m->shape.minimum) all_wide = false;
    }
    return all_wide;
}

static int64_t hide(Arena *arena, Made *m, int versions)
{
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(arena, case_of(m, versions), &r));
    memcpy(m->hidden[versions - 1], r.hidden, (size_t)m->cells);
    return r.secondary;
}

/* ---- attacks ---- */

TEST(disclosure_attack, brute_force_cannot_tell_any_hidden_n_of_200_tables)
{
    Ctx *c = test_ctx_plain();
    int hidden = 0, refused = 0;
    for (uint64_t i = 0; i < 200; i++) {
        Arena arena = *c->arena;
        Made *m = made(&arena, i);
        DisclosureResult r = {0};
        Err err = disclosure_hide(&arena, case_of(m, 1), &r);
        refused += err != OK;
        if (err != OK) continue;
        memcpy(m->hidden[0], r.hidden, (size_t)m->cells);
        for (int k = 0; k < m->cells; k++) CHECK(m->n[0][k] >= 5 || m->hidden[0][k]);
        CHECK(attack(arena, m, 1));
        CHECK_OK(disclosure_verify(arena, case_of(m, 1)));
        hidden += r.primary + r.secondary;
    }
    print_message("200 tables: %d hidden cells attacked, %d tables refused\n", hidden, refused);
    CHECK(hidden > 1000 && refused < 60);
}

TEST(disclosure_attack, brute_force_cannot_tell_any_hidden_n_of_two_versions)
{
    Ctx *c = test_ctx_plain();
    int safe = 0;
    for (uint64_t i = 0; i < 60; i++) {
        Arena arena = *c->arena;
        Made *m = made(&arena, i * 3 + 1); /* without invited */
        hide(&arena, m, 1);
        uint64_t seed = i + 1000;
        memcpy(m->n[1], m->n[0], sizeof m->n[0]);
        Made *more = made(&arena, i * 3 + 1);
        memset(more->n[0], 0, sizeof more->n[0]);
        draw_counts(more, 0, &seed);
        for (int k = 0; k < m->cells; k++) m->n[1][k] += more->n[0][k];
        DisclosureResult r = {0};
        if (disclosure_hide(&arena, case_of(m, 2), &r) != OK) continue;
        memcpy(m->hidden[1], r.hidden, (size_t)m->cells);
        CHECK(attack(arena, m, 2));
        safe++;
    }
    CHECK(safe >= 55);
}

TEST(disclosure_attack, verify_says_what_brute_force_says_of_random_masks)
{
    Ctx *c = test_ctx_plain();
    int safe = 0;
    for (uint64_t i = 0; i < 150; i++) {
        Arena arena = *c->arena;
        Made *m = made(&arena, i);
        uint64_t seed = i;
        for (int k = 0; k < m->cells; k++) m->hidden[0][k] = m->n[0][k] < 5 || draw(&seed, 3) == 0;
        Err err = disclosure_verify(arena, case_of(m, 1));
        CHECK(attack(arena, m, 1) == (err == OK));
        safe += err == OK;
    }
    CHECK(safe > 10 && safe < 140);
}

/* No proper subset that leaves out one secondary cell is safe: nothing is
   hidden in vain. */
TEST(disclosure_attack, no_single_secondary_cell_could_be_shown)
{
    Ctx *c = test_ctx_plain();
    int tried = 0, vain = 0;
    for (uint64_t i = 1; i < 200; i += 3) {
        Arena arena = *c->arena;
        Made *m = made(&arena, i);
        hide(&arena, m, 1);
        for (int k = 0; k < m->cells; k++) {
            if (!m->hidden[0][k] || m->n[0][k] < 5) continue;
            m->hidden[0][k] = false;
            tried++;
            vain += disclosure_verify(arena, case_of(m, 1)) == OK;
            m->hidden[0][k] = true;
        }
    }
    CHECK(tried > 100);
    CHECK_INT(vain, 0);
}

/* What the hidden cells are worth, by the rule in doc/decisions/0003: 32 + n,
   times 1 + 2 x levels below, times three for a total. */
static int64_t loss(const Made *m)
{
    int columns = disclosure_columns(&m->shape), height[MAX_UNITS] = {0};
    int64_t sum = 0;
    for (int u = m->shape.units - 1; u > 0; u--) {
        if (height[m->parent[u]] <= height[u]) height[m->parent[u]] = height[u] + 1;
    }
    for (int k = 0; k < m->cells; k++) {
        if (!m->hidden[0][k] || m->n[0][k] < 5) continue;
        sum += (32 + m->n[0][k]) * (1 + 2 * height[k / columns]) * (k % columns == 0 ? 3 : 1);
    }
    return sum;
}

/* The least loss of any safe mask, by trying all of them. */
static int64_t least_loss(Arena arena, Made *m)
{
    int open[16], n = 0;
    int64_t best = INT64_MAX;
    for (int k = 0; k < m->cells; k++) {
        m->hidden[0][k] = m->n[0][k] < 5;
        if (m->n[0][k] >= 5) open[n++] = k;
    }
    for (unsigned mask = 0; mask < 1u << n; mask++) {
        for (int k = 0; k < n; k++) m->hidden[0][open[k]] = (mask >> k & 1) != 0;
        int64_t here = loss(m);
        if (here < best && disclosure_verify(arena, case_of(m, 1)) == OK) best = here;
    }
    return best;
}

TEST(disclosure_attack, loss_is_within_a_tenth_of_the_least_possible)
{
    Ctx *c = test_ctx_plain();
    int64_t ours = 0, least = 0;
    int tables = 0;
    for (uint64_t i = 1; i < 400 && tables < 40; i++) {
        Arena arena = *c->arena;
        Made *m = made(&arena, i * 3 + 1);
        int shown = 0;
        for (int k = 0; k < m->cells; k++) shown += m->n[0][k] >= 5;
        if (shown < 4 || shown > 10) continue;
        hide(&arena, m, 1);
        ours += loss(m);
        least += least_loss(arena, m);
        tables++;
    }
    print_message("%d tables: loss %d, least possible %d\n", tables, (int)ours, (int)least);
    CHECK_INT(tables, 40);
    CHECK(ours * 10 <= least * 11);
}

TEST(disclosure_attack, same_input_gives_the_same_mask)
{
    Ctx *c = test_ctx_plain();
    for (uint64_t i = 1; i < 30; i += 3) {
        Made *m = made(c->arena, i);
        DisclosureResult a = {0}, b = {0};
        CHECK_OK(disclosure_hide(c->arena, case_of(m, 1), &a));
        CHECK_OK(disclosure_hide(c->arena, case_of(m, 1), &b));
        CHECK(memcmp(a.hidden, b.hidden, (size_t)m->cells) == 0);
    }
}

/* ---- glpsol, as a process ---- */

static void write_program(const char *path, const Puzzle *p, int var, bool is_max)
{
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fprintf(f, "%s\n x%d\nSubject To\n", is_max ? "Maximize" : "Minimize", var);
    for (int i = 0; i < p->sums; i++) {
        fprintf(f, " x%d", p->sum[i].var[0]);
        for (int k = 1; k < p->sum[i].vars; k++) fprintf(f, " - x%d", p->sum[i].var[k]);
        fprintf(f, " = 0\n");
    }
    fprintf(f, "Bounds\n");
    for (int i = 0; i < p->vars; i++) {
        int64_t high = p->high[i] == FAR ? 100000 : p->high[i];
        fprintf(f, " %d <= x%d <= %d\n", p->low[i], i, (int)high);
    }
    fprintf(f, "General\n");
    for (int i = 0; i < p->vars; i++) fprintf(f, " x%d\n", i);
    fprintf(f, "End\n");
    fclose(f);
}

static int64_t glpsol(const char *folder, const Puzzle *p, int var, bool is_max)
{
    char path[256], line[512];
    snprintf(path, sizeof path, "%s/case.lp", folder);
    write_program(path, p, var, is_max);
    snprintf(line, sizeof line, "cd %s && glpsol --lp case.lp -o case.txt >case.log 2>&1", folder);
    FILE *run = popen(line, "r");
    CHECK(run != NULL && pclose(run) == 0);
    snprintf(path, sizeof path, "%s/case.txt", folder);
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    long long value = -1;
    bool is_optimal = false;
    while (fgets(line, sizeof line, f)) {
        if (strstr(line, "INTEGER OPTIMAL")) is_optimal = true;
        char *at = strncmp(line, "Objective:", 10) == 0 ? strchr(line, '=') : NULL;
        if (at) CHECK(sscanf(at, "= %lld", &value) == 1);
    }
    fclose(f);
    CHECK(is_optimal);
    return value;
}

static void remove_all(const char *folder)
{
    static const char *const names[] = {"case.lp", "case.txt", "case.log"};
    char path[256];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

TEST(disclosure_attack, bounds_equal_those_of_glpsol)
{
    FILE *probe = popen("command -v glpsol", "r");
    char folder[64] = "";
    bool is_there = probe != NULL && fgets(folder, sizeof folder, probe) != NULL;
    if (probe) pclose(probe);
    if (!is_there) {
        test_skip("glpsol is not installed");
        return;
    }
    snprintf(folder, sizeof folder, "/tmp/disclosure-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    Ctx *c = test_ctx_plain();
    int compared = 0;
    for (uint64_t i = 0; i < 60 && compared < 120; i++) {
        Arena arena = *c->arena;
        Made *m = made(&arena, i);
        uint64_t seed = i + 5;
        for (int k = 0; k < m->cells; k++) m->hidden[0][k] = m->n[0][k] < 5 || draw(&seed, 2) == 0;
        DisclosureBounds b = {0};
        CHECK_OK(disclosure_bounds(&arena, case_of(m, 1), &b));
        Puzzle *p = puzzle_of(&arena, m, 1);
        for (ptrdiff_t k = (ptrdiff_t)(i % 4); k < b.n; k += 4, compared++) {
            CHECK_INT(glpsol(folder, p, b.v[k].cell, false), b.v[k].low);
            int64_t high = glpsol(folder, p, b.v[k].cell, true);
            CHECK(high == b.v[k].high || (high > 50000 && b.v[k].high == DISCLOSURE_NO_LIMIT));
        }
    }
    remove_all(folder);
    CHECK(compared >= 100);
}

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

/* ---- the choice ---- */

static const int32_t three_teams[] = {-1, 0, 0, 0};

TEST(disclosure, example_hides_the_small_team_and_the_cheaper_of_the_others)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){24, 12, 3, 9}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(!r.hidden[0] && !r.hidden[1] && r.hidden[2] && r.hidden[3]);
    CHECK_INT(r.cells, 4);
    CHECK_INT(r.primary, 1);
    CHECK_INT(r.secondary, 1);
}

TEST(disclosure, two_small_teams_need_a_third_when_their_sum_is_small)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){43, 40, 1, 2}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(!r.hidden[0] && r.hidden[1] && r.hidden[2] && r.hidden[3]); /* 1 + 2 = 3 would leave 0-3 */
}

TEST(disclosure, zero_is_secret_where_somebody_was_asked_and_open_where_nobody_was)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){21, 12, 0, 9}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(r.hidden[2] && r.hidden[3]);
    t.cell = (const uint8_t[]){CELL_OPEN, CELL_OPEN, CELL_ABSENT, CELL_OPEN};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK_INT(r.primary + r.secondary, 0);
    CHECK_INT(r.cells, 3);
}

TEST(disclosure, only_school_of_a_municipality_is_hidden_with_it)
{
    Ctx *c = test_ctx_plain();
    /* Region, two municipalities; the first has one school with four departments. */
    DisclosureShape shape = {.units = 8, .parent = (const int32_t[]){-1, 0, 1, 2, 2, 2, 2, 0}, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){44, 4, 4, 1, 2, 0, 1, 40}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    for (int i = 1; i < 7; i++) CHECK(r.hidden[i]);
    CHECK(r.hidden[7] && !r.hidden[0]);
    t.n = (const int32_t[]){64, 24, 24, 9, 8, 3, 4, 40};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK_INT(r.secondary, 0); /* 3 + 4 = 7 is room enough, the school stays */
    CHECK(r.hidden[5] && r.hidden[6] && !r.hidden[2]);
}

TEST(disclosure, small_group_is_hidden_with_another_group_and_in_another_school)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 3, .parent = (const int32_t[]){-1, 0, 0}, .dimensions = 1, .groups = (const int32_t[]){2},
                             .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){50, 20, 30, 22, 2, 20, 28, 18, 10}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    const bool expected[9] = {0, 0, 0, 0, 1, 1, 0, 1, 1};
    for (int i = 0; i < 9; i++) CHECK(r.hidden[i] == expected[i]);
}

TEST(disclosure, unknown_is_hidden_before_other_groups)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 1, .parent = (const int32_t[]){-1}, .dimensions = 1, .groups = (const int32_t[]){3},
                             .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){40, 3, 18, 19}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(r.hidden[1] && r.hidden[2] && !r.hidden[3]);
    shape.is_unknown = (const bool[]){false, false, false, true};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(r.hidden[1] && !r.hidden[2] && r.hidden[3]);
}

TEST(disclosure, own_rows_of_a_unit_above_are_a_small_unit_too)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 3, .parent = (const int32_t[]){-1, 0, 0}, .own = (const bool[]){true, false, false},
                             .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){42, 20, 20}}; /* two answered in the head office */
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK_INT(r.primary, 0);
    CHECK_INT(r.secondary, 1);
    t.n = (const int32_t[]){48, 20, 20}; /* eight may be told */
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK_INT(r.secondary, 0);
}

/* ---- what else is published ---- */

TEST(disclosure, invited_that_can_be_told_makes_a_small_school_unsafe)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 3, .parent = (const int32_t[]){-1, 0, 0}, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){32, 3, 29}, .invited = (const int32_t[]){40, 4, 36}};
    DisclosureResult r = {0};
    /* 40 - 36 = 4 invited, so n <= 4: no hiding helps, and nothing is published. */
    CHECK_ERR(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r), E_CONFLICT);
    t.invited_hidden = (const bool[]){false, true, true};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
}

TEST(disclosure, excluded_counts_tighten_invited)
{
    Ctx *c = test_ctx_plain();
    /* School: 4 groups; total hidden because the school is all of the municipality's rest. */
    DisclosureShape shape = {.units = 3, .parent = (const int32_t[]){-1, 0, 0}, .minimum = 5};
    bool hidden[3] = {false, true, true};
    DisclosureTable t = {.n = (const int32_t[]){33, 4, 29}, .excluded = (const int32_t[]){10, 6, 4},
                         .invited = (const int32_t[]){46, 11, 35}, .hidden = hidden};
    DisclosureBounds b = {0};
    CHECK_OK(disclosure_bounds(c->arena, (DisclosureCase){&shape, &t, 1}, &b));
    /* n2 <= 35 - e2 and n1 = 33 - n2; e2 may be 0, so n1 is at least 0; n1 <= 11 - e1, where e1 = 10 - e2 and
       n2 + e2 <= 35: with n1 = 11 is e1 = 0, e2 = 10, n2 = 22. */
    CHECK_INT(b.n, 2);
    CHECK_INT(b.v[0].low, 0);
    CHECK_INT(b.v[0].high, 11);
    t.excluded = (const int32_t[]){0, 0, 0};
    t.invited = (const int32_t[]){36, 6, 30};
    CHECK_OK(disclosure_bounds(c->arena, (DisclosureCase){&shape, &t, 1}, &b));
    CHECK_INT(b.v[0].low, 3); /* 33 - 30 */
    CHECK_INT(b.v[0].high, 6);
    CHECK_ERR(disclosure_verify(*c->arena, (DisclosureCase){&shape, &t, 1}), E_CONFLICT);
}

TEST(disclosure, item_follows_the_hiding_of_answered)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    /* answered was hidden for B and C; the item would hide B and A, for A is cheaper here. */
    DisclosureTable t = {.n = (const int32_t[]){24, 9, 3, 12}, .answered = (const int32_t[]){24, 9, 3, 12},
                         .answered_hidden = (const bool[]){false, false, true, true}};
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(!r.hidden[1] && r.hidden[2] && r.hidden[3]);
}

TEST(disclosure, part_that_is_a_whole_known_unit_is_known_too)
{
    Ctx *c = test_ctx_plain();
    /* Participants and others below a municipality with a school that takes part as a whole, and one of four
       departments of which the last does not. All answered is told for the first school, so its participants are. */
    DisclosureShape shape = {.units = 7, .parent = (const int32_t[]){-1, 0, 0, 2, 2, 2, 2}, .dimensions = 1,
                             .groups = (const int32_t[]){2}, .minimum = 5};
    const uint8_t no = CELL_ABSENT;
    DisclosureTable t = {
        .n = (const int32_t[]){41, 41, 0, 18, 18, 0, 23, 23, 0, 0, 0, 0, 12, 12, 0, 11, 11, 0, 0, 0, 0},
        .cell = (const uint8_t[]){0, 0, 0, 0, 0, no, 0, 0, 0, 0, 0, no, 0, 0, no, 0, 0, no, 0, no, 0},
        .answered = (const int32_t[]){41, 18, 23, 0, 12, 11, 0},
        .answered_hidden = (const bool[]){false, false, false, true, false, true, true},
    };
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r));
    CHECK(!r.hidden[4] && r.hidden[7] && r.hidden[8]);
    t.hidden = r.hidden;
    CHECK_OK(disclosure_verify(*c->arena, (DisclosureCase){&shape, &t, 1}));
}

TEST(disclosure, counts_that_do_not_add_up_are_refused)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){25, 12, 3, 9}};
    DisclosureResult r = {0};
    CHECK_ERR(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r), E_BROKEN);
    t.n = (const int32_t[]){24, 12, 3, 9};
    t.invited = (const int32_t[]){30, 12, 2, 16};
    CHECK_ERR(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r), E_BROKEN);
    t.invited = NULL;
    shape.parent = (const int32_t[]){-1, 2, 0, 0};
    CHECK_ERR(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r), E_BROKEN);
    shape = (DisclosureShape){.units = DISCLOSURE_MAX_CELLS + 1, .parent = NEW(c->arena, int32_t, DISCLOSURE_MAX_CELLS + 1),
                              .minimum = 5};
    for (int i = 0; i <= DISCLOSURE_MAX_CELLS; i++) ((int32_t *)(uintptr_t)shape.parent)[i] = -1;
    CHECK_ERR(disclosure_hide(c->arena, (DisclosureCase){&shape, &t, 1}, &r), E_TOO_LARGE);
}

TEST(disclosure, verify_refuses_a_narrow_mask_and_a_secret_shown)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    DisclosureTable t = {.n = (const int32_t[]){24, 12, 3, 9}, .hidden = (const bool[]){false, false, true, false}};
    DisclosureCase what = {&shape, &t, 1};
    CHECK_ERR(disclosure_verify(*c->arena, what), E_CONFLICT);
    t.hidden = (const bool[]){false, true, false, true};
    CHECK_ERR(disclosure_verify(*c->arena, what), E_CONFLICT);
    t.hidden = (const bool[]){false, false, true, true};
    CHECK_OK(disclosure_verify(*c->arena, what));
}

/* ---- versions ---- */

TEST(disclosure, new_version_only_when_published_n_grow_by_nothing_or_five)
{
    bool none[3] = {false, false, false}, last[3] = {false, false, true};
    DisclosureChange x = {.old_n = (const int32_t[]){20, 9, 7}, .new_n = (const int32_t[]){25, 9, 8}, .old_hidden = none,
                          .new_hidden = none, .cells = 3, .minimum = 5};
    CHECK(!disclosure_version_allowed(x));
    x.new_hidden = last;
    CHECK(disclosure_version_allowed(x));
    x.new_hidden = none;
    x.old_hidden = last;
    CHECK(disclosure_version_allowed(x));
    x.old_n = (const int32_t[]){26, 9, 7}; /* shrinks */
    CHECK(!disclosure_version_allowed(x));
}

TEST(disclosure, earlier_version_is_known_when_the_next_is_hidden)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    /* First A 3 and B 9 were hidden; now A has 6. Showing A and C alone would tell B of the new version. */
    DisclosureTable t[2] = {
        {.n = (const int32_t[]){32, 3, 9, 20}, .hidden = (const bool[]){false, true, true, false}},
        {.n = (const int32_t[]){40, 6, 14, 20}},
    };
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, t, 2}, &r));
    CHECK_INT(r.primary + r.secondary, 0); /* old A is 0-6 now: wide enough */
    t[1].n = (const int32_t[]){37, 3, 14, 20};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, t, 2}, &r));
    CHECK(r.hidden[1] && r.hidden[2]);
}

TEST(disclosure, unit_that_keeps_its_version_is_not_told_by_the_others)
{
    Ctx *c = test_ctx_plain();
    DisclosureShape shape = {.units = 4, .parent = three_teams, .minimum = 5};
    /* B grew by 2 and keeps its version; a new total with new A and C would tell B. */
    DisclosureTable t[2] = {
        {.n = (const int32_t[]){40, 10, 10, 20}, .hidden = (const bool[]){false, false, false, false}},
        {.n = (const int32_t[]){52, 20, 12, 20}, .cell = (const uint8_t[]){CELL_OPEN, CELL_OPEN, CELL_WITHHELD, CELL_OPEN}},
    };
    DisclosureResult r = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, t, 2}, &r));
    CHECK(r.hidden[2] && (r.hidden[0] || r.hidden[1] || r.hidden[3]));
    CHECK_INT(r.cells, 3);
    CHECK_INT(r.primary, 0);
}

/* ---- attacks ---- */

TEST(disclosure, brute_force_cannot_tell_any_hidden_n_of_200_tables)
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

TEST(disclosure, brute_force_cannot_tell_any_hidden_n_of_two_versions)
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

TEST(disclosure, verify_says_what_brute_force_says_of_random_masks)
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
TEST(disclosure, no_single_secondary_cell_could_be_shown)
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

TEST(disclosure, loss_is_within_a_tenth_of_the_least_possible)
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

TEST(disclosure, same_input_gives_the_same_mask)
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

/* ---- a region ---- */

enum { REGION_PER_MUNICIPALITY = 10, REGION_DIMENSIONS = 3, REGION_GROUPS = 4, REGION_COLUMNS = 1 + REGION_DIMENSIONS * REGION_GROUPS };

typedef struct Region {
    DisclosureShape shape;
    DisclosureTable table;
    int32_t *parent, *n;
} Region;

/* A school of 0-8 answers, each in one group of each dimension; the last is rare. */
static void draw_school(Region *r, int32_t school, uint64_t *seed)
{
    static const int32_t group[20] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3};
    for (uint32_t answers = draw(seed, 9); answers > 0; answers--) {
        int32_t column[1 + REGION_DIMENSIONS] = {0};
        for (int d = 0; d < REGION_DIMENSIONS; d++) column[1 + d] = 1 + d * REGION_GROUPS + group[draw(seed, 20)];
        for (int32_t u = school; u >= 0; u = r->parent[u]) {
            for (int i = 0; i <= REGION_DIMENSIONS; i++) r->n[u * REGION_COLUMNS + column[i]]++;
        }
    }
}

static Region region_of_tiny_schools(Arena *arena, int32_t municipalities)
{
    static const int32_t groups[REGION_DIMENSIONS] = {REGION_GROUPS, REGION_GROUPS, REGION_GROUPS};
    int32_t units = 1 + municipalities * (1 + REGION_PER_MUNICIPALITY);
    Region r = {.parent = NEW(arena, int32_t, units), .n = NEW(arena, int32_t, units * REGION_COLUMNS)};
    uint64_t seed = 1;
    r.parent[0] = -1;
    for (int32_t u = 1; u < units; u++) {
        int32_t place = (u - 1) % (1 + REGION_PER_MUNICIPALITY);
        r.parent[u] = place == 0 ? 0 : u - place;
        if (place > 0) draw_school(&r, u, &seed);
    }
    r.shape = (DisclosureShape){.units = units, .parent = r.parent, .dimensions = REGION_DIMENSIONS, .groups = groups,
                                .minimum = DISCLOSURE_MINIMUM};
    r.table.n = r.n;
    return r;
}

/* Nearly all of its schools' cells are secret and hang together; what a search
   among too few of them cannot prove would cost the sums above. */
TEST(disclosure, region_of_tiny_schools_keeps_its_own_numbers)
{
    Ctx *c = test_ctx_plain();
    Region r = region_of_tiny_schools(c->arena, 30);
    DisclosureCase what = {&r.shape, &r.table, 1};
    DisclosureResult result = {0};
    CHECK_OK(disclosure_hide(c->arena, what, &result));
    print_message("%d cells: %d secret, %d hidden to protect\n", result.cells, result.primary, result.secondary);
    for (int k = 0; k < REGION_COLUMNS; k++) CHECK(!result.hidden[k]);
    CHECK(result.secondary * 20 < result.cells);
    r.table.hidden = result.hidden;
    CHECK_OK(disclosure_verify(*c->arena, what));
}

/* ---- a region that only whole places prove ---- */

enum { PROVEN_UNITS = 31, PROVEN_COLUMNS = 18 };

/* Made-up schools with departments, nearly all of them tiny: three dimensions of
   3, 6 and 8 groups. */
static const struct {
    int32_t parent, invited;
    bool invited_hidden;
    int32_t answered;
    bool answered_hidden;
    int32_t n[PROVEN_COLUMNS];
} proven_units[PROVEN_UNITS] = {
    {-1, 206, false, 126, false, {97, 39, 50, 8, 14, 18, 25, 21, 17, 2, 61, 18, 2, 8, 0, 0, 0, 8}},
    {0, 71, true, 55, true, {42, 18, 22, 2, 8, 9, 11, 7, 6, 1, 25, 8, 0, 4, 0, 0, 0, 5}},
    {0, 132, false, 68, false, {54, 20, 28, 6, 6, 9, 14, 13, 11, 1, 36, 10, 2, 3, 0, 0, 0, 3}},
    {0, 3, true, 3, true, {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}},
    {1, 3, true, 3, true, {2, 1, 1, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0}},
    {2, 41, false, 28, false, {24, 12, 11, 1, 0, 5, 9, 7, 3, 0, 16, 5, 0, 2, 0, 0, 0, 1}},
    {1, 12, false, 12, false, {8, 4, 3, 1, 1, 1, 1, 2, 3, 0, 6, 1, 0, 0, 0, 0, 0, 1}},
    {2, 44, false, 4, true, {3, 1, 0, 2, 2, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 0, 0}},
    {3, 3, true, 3, true, {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}},
    {1, 4, true, 4, true, {2, 0, 2, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
    {2, 3, true, 2, true, {2, 2, 0, 0, 0, 0, 0, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
    {1, 14, false, 4, true, {4, 1, 3, 0, 0, 0, 2, 2, 0, 0, 2, 0, 0, 1, 0, 0, 0, 1}},
    {2, 6, false, 5, false, {4, 0, 3, 1, 1, 1, 1, 1, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0}},
    {1, 25, false, 25, false, {21, 8, 12, 1, 4, 7, 7, 1, 2, 0, 12, 5, 0, 3, 0, 0, 0, 1}},
    {2, 35, false, 26, false, {19, 4, 13, 2, 3, 3, 4, 3, 5, 1, 13, 3, 0, 1, 0, 0, 0, 2}},
    {1, 5, false, 2, true, {2, 2, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1}},
    {1, 8, false, 5, false, {3, 2, 1, 0, 0, 1, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1}},
    {2, 3, true, 3, true, {2, 1, 1, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
    {9, 1, true, 1, true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {16, 8, false, 5, false, {3, 2, 1, 0, 0, 1, 1, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1}},
    {5, 12, true, 12, true, {10, 5, 4, 1, 0, 3, 3, 2, 2, 0, 7, 2, 0, 1, 0, 0, 0, 0}},
    {14, 7, false, 4, true, {2, 1, 1, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1}},
    {12, 5, true, 5, true, {4, 0, 3, 1, 1, 1, 1, 1, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0}},
    {9, 3, true, 3, true, {2, 0, 2, 0, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
    {5, 2, true, 2, true, {1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}},
    {14, 8, false, 5, true, {3, 2, 1, 0, 0, 1, 0, 2, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0}},
    {12, 1, true, 0, true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {5, 15, false, 12, false, {11, 5, 6, 0, 0, 1, 4, 5, 1, 0, 6, 3, 0, 1, 0, 0, 0, 1}},
    {14, 15, false, 12, false, {11, 1, 9, 1, 1, 2, 2, 0, 5, 1, 10, 0, 0, 1, 0, 0, 0, 0}},
    {5, 12, false, 2, true, {2, 1, 1, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
    {14, 5, false, 5, false, {3, 0, 2, 1, 0, 0, 2, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1}},
};

/* What was chosen stopped at the proof: some walks end at a corner that is not
   whole, where others find a whole place as far from the truth. */
TEST(disclosure, what_is_chosen_can_be_proven_though_corners_are_not_whole)
{
    static const int32_t groups[] = {3, 6, 8};
    Ctx *c = test_ctx_plain();
    int32_t parent[PROVEN_UNITS], n[PROVEN_UNITS * PROVEN_COLUMNS], invited[PROVEN_UNITS], answered[PROVEN_UNITS];
    bool invited_hidden[PROVEN_UNITS], answered_hidden[PROVEN_UNITS];
    for (int u = 0; u < PROVEN_UNITS; u++) {
        parent[u] = proven_units[u].parent;
        invited[u] = proven_units[u].invited;
        answered[u] = proven_units[u].answered;
        invited_hidden[u] = proven_units[u].invited_hidden;
        answered_hidden[u] = proven_units[u].answered_hidden;
        for (int k = 0; k < PROVEN_COLUMNS; k++) n[u * PROVEN_COLUMNS + k] = proven_units[u].n[k];
    }
    DisclosureShape shape = {.units = PROVEN_UNITS, .parent = parent, .dimensions = 3, .groups = groups, .minimum = 5};
    DisclosureTable table = {.n = n, .answered = answered, .answered_hidden = answered_hidden, .invited = invited,
                             .invited_hidden = invited_hidden};
    DisclosureResult result = {0};
    CHECK_OK(disclosure_hide(c->arena, (DisclosureCase){&shape, &table, 1}, &result));
    table.hidden = result.hidden;
    CHECK_OK(disclosure_verify(*c->arena, (DisclosureCase){&shape, &table, 1}));
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

TEST(disclosure, bounds_equal_those_of_glpsol)
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

/* What disclosure control hides and why, on tables small enough to follow by hand,
   and on whole regions. That no attacker can undo it is disclosure_attack_test.c. */
#include "stats/disclosure.h"

#include "test.h"

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

/* ---- a region ---- */

enum { REGION_PER_MUNICIPALITY = 10, REGION_DIMENSIONS = 3, REGION_GROUPS = 4, REGION_COLUMNS = 1 + REGION_DIMENSIONS * REGION_GROUPS };

static uint32_t draw(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % below);
}

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

#include "render/chart/chart.h"

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

/* ---- samples: the school report of the mock ---- */

static const Str AGREE[] = {S_INIT("helt uenig"), S_INIT("uenig"), S_INIT("hverken eller"), S_INIT("enig"),
                            S_INIT("helt enig")};
static const Pct TEAM[] = {{5}, {10}, {12}, {45}, {29}};
static const Pct FEW[] = {
    {5,  true},
    {5,  true},
    {20, true},
    {45, true},
    {25, true}
};
static const ChartScale SCALE = {46, 22, 75};

static Chart team(void)
{
    return (Chart){
        .kind = CHART_DISTRIBUTION,
        .distribution = {.label = AGREE, .share = TEAM, .n = 5, .neither = 2, .scale = SCALE}
    };
}

static Chart compared(void)
{
    return (Chart){
        .kind = CHART_COMPARISON,
        .comparison = {.subject = T("Enige"),
                       .now = {74},
                       .has_interval = true,
                       .low = 59,
                       .high = 85,
                       .has_last = true,
                       .last = {70},
                       .has_municipality = true,
                       .municipality = {70},
                       .has_region = true,
                       .region = {66}}
    };
}

static const LinePoint ABSENCE[] = {
    {S_INIT("2021"), POINT_VALUE,  128                                          },
    {S_INIT("2022"), POINT_VALUE,  131                                          },
    {S_INIT("2023"), POINT_HIDDEN},
    {S_INIT("2024"),   POINT_VALUE,          102                                             },
    {S_INIT("2025"),   POINT_VALUE,           94, .break_why = T_INIT("Ny opgørelse fra 2025")},
    {S_INIT("2026"), POINT_VALUE,  89},
};

static Chart absence(void)
{
    return (Chart){
        .kind = CHART_LINE, .line = {.subject = T("Fravær i 6. klasse"), .is_pct = true, .v = ABSENCE, .n = 6}
    };
}

static Chart strip(void)
{
    return (Chart){
        .kind = CHART_STRIP,
        .strip = {.knot = {KNOT_DONE, KNOT_DONE, KNOT_DONE, KNOT_HERE, KNOT_LATER, KNOT_LATER},
                  .says = T("Svar fra forældre venter på dig")}
    };
}

static bool has(Str s, Str part)
{
    return str_find(s, part, 0) >= 0;
}

static Str svg(Chart chart)
{
    return chart_svg(test_ctx_plain(), &chart).html;
}

/* ---- golden ---- */

static void check_golden(const char *name, Str made)
{
    Ctx *c = test_ctx_plain();
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    Str path = STR_CAT(c->arena, str_of_z(root ? root : "."), S("/tests/golden/chart/"), str_of_z(name), S(".svg"));
    if (getenv("UPDATE")) {
        FILE *f = fopen(str_z(c->arena, path), "wb");
        CHECK(f != NULL);
        CHECK_INT(fwrite(made.p, 1, (size_t)made.n, f), made.n);
        CHECK_INT(fclose(f), 0);
    }
    CHECK_STR(made, test_file(path));
}

TEST(chart, distribution_looks_as_reviewed)
{
    check_golden("distribution", svg(team()));
}
TEST(chart, comparison_looks_as_reviewed)
{
    check_golden("comparison", svg(compared()));
}
TEST(chart, line_looks_as_reviewed)
{
    check_golden("line", svg(absence()));
}
TEST(chart, strip_looks_as_reviewed)
{
    check_golden("strip", svg(strip()));
}
TEST(chart, rate_looks_as_reviewed)
{
    check_golden("rate", svg((Chart){
                             .kind = CHART_RATE, .rate = {44, 58, true, 41, 55}
    }));
}
TEST(chart, hidden_box_looks_as_reviewed)
{
    HiddenBox box = {T("Skjult: færre end 5 svar.")};
    check_golden("hidden", chart_hidden(test_ctx_plain(), box, (Href){S("/vejledning/skjult")}).html);
}
TEST(chart, key_looks_as_reviewed)
{
    const Key keys[] = {
        {KEY_ANSWER_1,     S("Helt uenig")                 },
        {KEY_ANSWER_3,     S("Hverken eller")              },
        {KEY_NOW,          S("Enige i år, med usikkerhed")},
        {KEY_LAST,         S("Sidste gang")                },
        {KEY_MUNICIPALITY, S("Kommunen")                   },
        {KEY_REGION,       S("Regionen")                   }
    };
    check_golden("key", chart_key(test_ctx_plain(), T("Mærker"), (Keys){keys, 6}).html);
}

/* ---- claims ---- */

TEST(chart, name_carries_every_number)
{
    Chart d = team(), k = compared(), l = absence();
    Ctx *c = test_ctx_plain();
    CHECK_STR(chart_name(c, &d),
              S("helt uenig 5 pct., uenig 10 pct., hverken eller 12 pct., enig 45 pct., helt enig 29 pct."));
    CHECK_STR(
        chart_name(c, &k),
        S("Enige: i år 74 pct., usikkerhed 59 til 85 pct., sidste gang 70 pct., kommunen 70 pct., regionen 66 pct."));
    CHECK_STR(chart_name(c, &l), S("Fravær i 6. klasse: 2021 12,8 pct., 2022 13,1 pct., 2023 skjult, 2024 10,2 pct., "
                                   "brud (Ny opgørelse fra 2025), 2025 9,4 pct., 2026 8,9 pct."));
}

TEST(chart, few_answers_are_said_to_be_circa)
{
    Chart d = {
        .kind = CHART_DISTRIBUTION, .distribution = {AGREE, FEW, 5, 2, SCALE}
    };
    CHECK(has(chart_name(test_ctx_plain(), &d), S("enig ca. 45 pct.")));
    CHECK_STR(pct_text(test_ctx_plain(), (Pct){70, true}), S("ca. 70 pct."));
}

TEST(chart, no_figure_in_a_segment_under_six)
{
    static const Pct edge[] = {{5}, {6}, {0}, {44}, {45}};
    Str s = svg((Chart){
        .kind = CHART_DISTRIBUTION, .distribution = {AGREE, edge, 5, 2, SCALE}
    });
    CHECK(!has(s, S(">5</text>")));
    CHECK(has(s, S(">6</text>")));
}

TEST(chart, one_scale_puts_zero_at_the_same_place)
{
    static const Pct other[] = {{16}, {30}, {21}, {23}, {9}};
    Str a = svg(team());
    Str b = svg((Chart){
        .kind = CHART_DISTRIBUTION, .distribution = {AGREE, other, 5, 2, SCALE}
    });
    ptrdiff_t at = str_find(a, S("<line class=\"c-axis\""), 0), bt = str_find(b, S("<line class=\"c-axis\""), 0);
    CHECK(at > 0 && bt > 0);
    CHECK_STR(str_sub(a, at, at + 40), str_sub(b, bt, bt + 40));
}

TEST(chart, scale_holds_the_widest_sides)
{
    static const Pct other[] = {{16}, {30}, {21}, {23}, {9}};
    ChartScale scale = {0};
    Distribution a = {AGREE, TEAM, 5, 2}, b = {AGREE, other, 5, 2};
    chart_scale_fit(&scale, &a);
    chart_scale_fit(&scale, &b);
    CHECK_INT(scale.disagree, 46); /* 16 + 30 */
    CHECK_INT(scale.neither, 21);
    CHECK_INT(scale.agree, 74); /* 45 + 29 */
}

/* 0.5 + 46 u + 75 u + 5 + 22 u = 99.5 with u = 94/143: nothing leaves the canvas. */
TEST(chart, widest_item_fills_but_does_not_leave_the_canvas)
{
    static const Pct widest[] = {{16}, {30}, {22}, {45}, {30}};
    Str s = svg((Chart){
        .kind = CHART_DISTRIBUTION, .distribution = {AGREE, widest, 5, 2, SCALE}
    });
    CHECK(has(s, S("class=\"c-a1\" x=\"0.5%\"")));
    /* neither: x = 0.5 + 121 × 94/143 + 5 = 85.04, width = 22 × 94/143 − 0.3 = 14.16 */
    CHECK(has(s, S("class=\"c-a3\" x=\"85.04%\" y=\"5\" width=\"14.16%\"")));
}

TEST(chart, scale_without_a_middle_is_split_in_half)
{
    static const Str four[] = {S_INIT("aldrig"), S_INIT("sjældent"), S_INIT("tit"), S_INIT("altid")};
    static const Pct share[] = {{10}, {20}, {30}, {40}};
    Distribution d = {four, share, 4, -1};
    CHECK_INT(chart_answer_key(&d, 0), KEY_ANSWER_1);
    CHECK_INT(chart_answer_key(&d, 1), KEY_ANSWER_2);
    CHECK_INT(chart_answer_key(&d, 2), KEY_ANSWER_4);
    CHECK_INT(chart_answer_key(&d, 3), KEY_ANSWER_5);
    CHECK(!has(svg((Chart){.kind = CHART_DISTRIBUTION, .distribution = d}), S("c-a3")));
}

TEST(chart, all_zero_draws_the_axis_only)
{
    static const Pct none[5] = {{0}};
    Str s = svg((Chart){
        .kind = CHART_DISTRIBUTION, .distribution = {AGREE, none, 5, 2}
    });
    CHECK(has(s, S("c-axis")));
    CHECK(!has(s, S("<rect")));
    CHECK(!has(s, S("nan")) && !has(s, S("inf")));
}

TEST(chart, ring_goes_around_a_dot_that_would_cover_it)
{
    Chart near = compared(), far = compared();
    near.comparison.last.v = 75;
    far.comparison.last.v = 30;
    CHECK(has(svg(near), S("c-last\" cx=\"73%\" cy=\"28\" r=\"9.5\"")));
    CHECK(has(svg(far), S("c-last\" cx=\"31.6%\" cy=\"28\" r=\"6\"")));
}

TEST(chart, text_at_the_ends_stays_inside)
{
    Chart low = compared(), high = compared();
    low.comparison.now.v = 0;
    high.comparison.now.v = 100;
    CHECK(has(svg(low), S("text-anchor=\"start\" x=\"1.2%\"")));
    CHECK(has(svg(high), S("text-anchor=\"end\" x=\"98.8%\"")));
}

TEST(chart, line_breaks_where_wording_changes_and_around_hidden)
{
    Str s = svg(absence());
    ptrdiff_t lines = 0;
    for (ptrdiff_t at = 0; (at = str_find(s, S("c-interval"), at)) >= 0; at++) lines++;
    CHECK_INT(lines, 2); /* 2021–2022 and 2025–2026; not over 2023, not over the break */
    CHECK(has(s, S("<p class=\"chart-note\">a: Ny opgørelse fra 2025</p>")));
    CHECK(has(s, S("c-hidden")));
}

/* Were the number there, the drawing would change with it. */
TEST(chart, hidden_point_leaves_no_trace_of_a_value)
{
    LinePoint with[6];
    for (int i = 0; i < 6; i++) with[i] = ABSENCE[i];
    with[2].tenths = 777;
    Chart l = absence();
    l.line.v = with;
    CHECK_STR(svg(l), svg(absence()));
}

TEST(chart, says_nothing_in_style_script_or_viewbox)
{
    const Chart all[] = {team(), compared(), absence(), strip()};
    for (int i = 0; i < 4; i++) {
        Str s = svg(all[i]);
        CHECK(!has(s, S("style=")) && !has(s, S("<script")) && !has(s, S("viewBox")));
        CHECK(has(s, S("role=\"img\" aria-label=\"")));
    }
}

TEST(chart, labels_are_escaped)
{
    static const Str bad[] = {S_INIT("a\"><script>"), S_INIT("b&b")};
    static const Pct share[] = {{50}, {50}};
    Str s = svg((Chart){
        .kind = CHART_DISTRIBUTION, .distribution = {bad, share, 2, -1}
    });
    CHECK(!has(s, S("<script>")));
    CHECK(has(s, S("b&amp;b")));
}

TEST(chart, hidden_box_without_rule_has_no_link)
{
    HiddenBox box = {T("Skjult")};
    CHECK(!has(chart_hidden(test_ctx_plain(), box, (Href){0}).html, S("<a ")));
}

TEST(chart, foreign_rule_address_is_not_written)
{
    HiddenBox box = {T("Skjult")};
    CHECK(!has(chart_hidden(test_ctx_plain(), box, (Href){S("//evil.example/")}).html, S("evil")));
}

TEST(chart, rate_above_all_invited_stays_in_the_bar)
{
    CHECK(has(svg((Chart){
                  .kind = CHART_RATE, .rate = {60, 58}
    }),
              S("width=\"99.6%\" height=\"22\"/></svg>")));
}

TEST(chart, certainty_has_a_shape_of_its_own)
{
    Ctx *c = test_ctx_plain();
    CHECK(has(certainty_mark(c, CERTAIN).html, S("c-now")));
    CHECK(has(certainty_mark(c, BY_CHANCE).html, S("c-last")));
    CHECK(has(certainty_mark(c, FEW_ANSWERS).html, S("c-few")));
    CHECK_INT(certainty_mark(c, NEW_WORDING).html.n, 0);
    CHECK(has(certainty_mark(c, CERTAIN).html, S("aria-hidden=\"true\"")));
}

/* ---- the style sheet says the same as the table ---- */

static Str rule_of(Str css, const char *class_name)
{
    Ctx *c = test_ctx_plain();
    Str wanted = STR_CAT(c->arena, S("."), str_of_z(class_name));
    for (ptrdiff_t at = 0; (at = str_find(css, wanted, at)) >= 0; at++) {
        char after = css.p[at + wanted.n];
        if (after != ' ' && after != ',') continue;
        ptrdiff_t from = str_find_char(css, '{', at), to = str_find_char(css, '}', at);
        return str_sub(css, from, to + 1);
    }
    return (Str){0};
}

static bool has_colour(Str rule, Str property, int rgb)
{
    char text[16];
    snprintf(text, sizeof text, "#%06x", (unsigned)rgb);
    return has(rule, STR_CAT(test_ctx_plain()->arena, property, S(": "), str_of_z(text)));
}

TEST(chart, style_sheet_and_paper_use_the_same_colours)
{
    Ctx *c = test_ctx_plain();
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    Str css = test_file(STR_CAT(c->arena, str_of_z(root ? root : "."), S("/src/render/chart/chart.css")));
    CHECK(css.p != NULL);
    for (int i = 0; i < LOOK_COUNT_; i++) {
        Str rule = rule_of(css, LOOKS[i].class_name);
        if (rule.n == 0) print_error("no rule for %s\n", LOOKS[i].class_name);
        CHECK(rule.n > 0);
        if (LOOKS[i].is_hatched) continue;
        if (LOOKS[i].fill != LOOK_NO_COLOUR) CHECK(has_colour(rule, S("fill"), LOOKS[i].fill));
        if (LOOKS[i].stroke != LOOK_NO_COLOUR) CHECK(has_colour(rule, S("stroke"), LOOKS[i].stroke));
    }
}

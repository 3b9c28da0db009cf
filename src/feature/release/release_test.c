/* Reports from counts to bytes. Counts are put straight into the tallies: how
   answers get there is tested in feature/answer. */
#include <stdio.h>

#include "base/number.h"
#include "feature/release/release_inside.h"
#include "stats/cluster.h"
#include "store.h"

#define OPTION(value, text) "{\"value\":" #value ",\"text\":{\"da\":\"" text "\"}}"
#define SCALE                                                                                                                \
    "\"scales\":{\"enig5\":{\"options\":[" OPTION(1, "Helt uenig") "," OPTION(2, "Uenig") "," OPTION(                        \
        3,                                                                                                                   \
        "Hverken") "," OPTION(4,                                                                                             \
                              "Enig") "," OPTION(5,                                                                          \
                                                 "Helt enig") "," OPTION(9,                                                  \
                                                                         "Ved ikke") "],\"agree\":[4,5],\"disagree\":[1,2]," \
                                                                                     "\"dont_know\":[9]}}"
#define DOCUMENT(text)                                                                                                       \
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"PERS\",\"title\":{\"da\":\"Personale\"},\"languages\":[\"da\"]," SCALE \
    ",\"sections\":[{\"code\":\"SAM\",\"title\":{\"da\":\"Samarbejde\"},\"theme\":\"samarbejde\",\"items\":["                \
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"enig5\",\"text\":{\"da\":\"" text "\"},\"core\":true},"                \
    "{\"code\":\"N1\",\"kind\":\"number\",\"text\":{\"da\":\"Hvor mange?\"}},"                                               \
    "{\"code\":\"F1\",\"kind\":\"multiple\",\"scale\":\"enig5\",\"text\":{\"da\":\"Hvilke?\"}}]}],"                          \
    "\"scores\":[{\"code\":\"TEAM\",\"title\":{\"da\":\"Team\"},\"items\":[\"Q1\"],\"min_answered\":0.5}]}"

enum { Q1, N1, F1, TEAM };

typedef struct World {
    Ctx *c;
    Questionnaire q;
    Wave wave;
} World;

static Wave add_wave(Ctx *c, const char *document, const char *name, const char *previous, Questionnaire *ret_q)
{
    bool is_new = false;
    Wave wave = {0};
    Questionnaire q = {0};
    CHECK_OK(questionnaire_parse(c, str_of_z(document), &q));
    CHECK_OK(questionnaire_store(c, &q, (UnitId){test_unit(c, "R1")}, &is_new));
    NewWave n = {.questionnaire = S("PERS"), .name = str_of_z(name), .previous = str_of_z(previous)};
    CHECK_OK(survey_add(c, n, &wave));
    CHECK_OK(questionnaire_load(c, wave.questionnaire, ret_q));
    return wave;
}

static World world_on(Ctx *c, const char *previous)
{
    World w = {.c = c};
    w.wave = add_wave(c, DOCUMENT("Vi samarbejder"), "2026", previous, &w.q);
    return w;
}

static World world(void)
{
    return world_on(test_store(), "");
}

static int64_t measure(const World *w, int which)
{
    return which == TEAM ? w->q.scores.v[0].id.v : w->q.items.v[which].id.v;
}

static void tally(const World *w, const char *unit, int64_t item, int64_t group, int64_t value, int64_t n)
{
    char sql[300];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO tally (wave_id, unit_id, item_id, group_id, value, n) VALUES (%lld, %lld, %lld, %lld, %lld, %lld)"
        " ON CONFLICT (wave_id, unit_id, item_id, group_id, value) DO UPDATE SET n = tally.n + excluded.n",
        (long long)w->wave.id.v, (long long)test_unit(w->c, unit), (long long)item, (long long)group, (long long)value,
        (long long)n);
    test_sql(w->c, sql);
}

/* n rows that answered the core item, `agree` of them 4, the others 2. */
static void answers(const World *w, const char *unit, int64_t n, int64_t agree)
{
    tally(w, unit, 0, 0, 0, n);
    tally(w, unit, 0, 0, 1, n);
    if (agree) tally(w, unit, measure(w, Q1), 0, 4, agree);
    if (n > agree) tally(w, unit, measure(w, Q1), 0, 2, n - agree);
}

static void invite(const World *w, const char *unit, int64_t n)
{
    CHECK_OK(survey_invited_set(w->c, w->wave.id, (UnitId){test_unit(w->c, unit)}, S(""), n));
}

static Released release_of(World *w, const char *unit)
{
    Prepared *p = NULL;
    CHECK_OK(survey_by_id(w->c, w->wave.id, &w->wave));
    CHECK_OK(release_prepare(w->c, &w->wave, (UnitId){unit ? test_unit(w->c, unit) : 0}, &p));
    CHECK_OK(release_publish(w->c, p));
    return release_result(p);
}

static Report *report_of(const World *w, const char *unit)
{
    Publication p = {0};
    Report *r = NEW(w->c->arena, Report, 1);
    CHECK_OK(publication_load(w->c, w->wave.id, (UnitId){test_unit(w->c, unit)}, 0, &p));
    CHECK_OK(publication_parse(w->c, &p, r));
    return r;
}

static const ReportItem *item_in(const World *w, const char *unit, int which)
{
    return &report_of(w, unit)->items.v[which];
}

static const ReportGroup *group_in(const ReportItem *item, const char *dimension, const char *group)
{
    for (ptrdiff_t i = 0; i < item->groups.n; i++)
        if (str_eq(item->groups.v[i].dimension, str_of_z(dimension)) &&
            str_eq(item->groups.v[i].group, str_of_z(group)))
            return &item->groups.v[i];
    return NULL;
}

/* ---- hiding -------------------------------------------------------------------------- */

TEST(release, fewer_than_five_are_hidden_with_a_partner)
{
    World w = world();
    answers(&w, "S11-3A", 3, 1), answers(&w, "S12", 20, 9), answers(&w, "S21", 30, 20);
    release_of(&w, NULL);
    CHECK(item_in(&w, "S11", Q1)->state == REPORT_HIDDEN);
    CHECK(item_in(&w, "S21", Q1)->state == REPORT_SHOWN);
    /* K1 = S11 + S12: with both of them shown, three could be told */
    CHECK((item_in(&w, "S12", Q1)->state == REPORT_HIDDEN) || (item_in(&w, "K1", Q1)->state == REPORT_HIDDEN));
    test_clean(w.c);
}

TEST(release, one_school_of_a_municipality_is_hidden_with_it)
{
    World w = world();
    answers(&w, "S11-3A", 40, 20), answers(&w, "S12", 30, 9), answers(&w, "S21", 4, 2);
    release_of(&w, NULL);
    CHECK(item_in(&w, "S21", Q1)->state == REPORT_HIDDEN);
    CHECK(item_in(&w, "K2", Q1)->state == REPORT_HIDDEN);
    const ReportItem *k1 = item_in(&w, "K1", Q1), *r1 = item_in(&w, "R1", Q1);
    CHECK(k1->state == REPORT_HIDDEN || r1->state == REPORT_HIDDEN);
    test_clean(w.c);
}

TEST(release, one_school_that_is_its_municipality_is_not_compared_with_it)
{
    World w = world();
    answers(&w, "S11-3A", 40, 20), answers(&w, "S12", 30, 9), answers(&w, "S21", 24, 12);
    release_of(&w, NULL);
    const ReportGroup *k2 = group_in(item_in(&w, "S21", Q1), "enhed", "kommune");
    CHECK(k2->state == REPORT_SHOWN);
    CHECK_INT(k2->valid, 24);
    CHECK(!k2->versus.is);
}

TEST(release, a_unit_without_answers_has_a_report_in_which_all_is_hidden)
{
    World w = world();
    answers(&w, "S12", 20, 9);
    Released r = release_of(&w, NULL);
    CHECK_INT(r.released, 8);
    const Report *empty = report_of(&w, "S21");
    CHECK(!empty->response.has_answered && empty->items.v[Q1].state == REPORT_HIDDEN);
    CHECK(group_in(&empty->items.v[Q1], "enhed", "region")->state == REPORT_SHOWN);
}

TEST(release, all_alike_and_below_ten_is_told_in_words)
{
    World w = world();
    answers(&w, "S12", 9, 9), answers(&w, "S21", 10, 10), answers(&w, "S11-3A", 9, 8);
    release_of(&w, NULL);
    const ReportItem *words = item_in(&w, "S12", Q1);
    CHECK(words->state == REPORT_WORDS);
    CHECK_INT(words->valid, 9);
    CHECK(!words->agree.is && !words->has_distribution);
    CHECK(item_in(&w, "S21", Q1)->state == REPORT_SHOWN);
    CHECK(item_in(&w, "S11", Q1)->state == REPORT_SHOWN);
}

TEST(release, a_low_response_is_said_and_four_who_answered_are_not)
{
    World w = world();
    invite(&w, "S12", 30), invite(&w, "S21", 100), invite(&w, "S11-3A", 30);
    answers(&w, "S12", 15, 9), answers(&w, "S21", 100, 70), answers(&w, "S11-3A", 11, 8);
    release_of(&w, NULL);
    const ReportResponse s12 = report_of(&w, "S12")->response, s21 = report_of(&w, "S21")->response,
                         s11 = report_of(&w, "S11")->response;
    CHECK(s12.has_rate && s12.caution == REPORT_UNDER_60);
    CHECK_NEAR(s12.rate, 0.5, 0);
    CHECK(s11.has_rate && s11.caution == REPORT_UNDER_40);
    CHECK(s21.has_rate && s21.caution == REPORT_NO_CAUTION);
}

TEST(release, four_who_answered_are_not_told_and_no_caution_tells_it)
{
    World w = world();
    invite(&w, "S12", 30), invite(&w, "S21", 10), invite(&w, "S11-3A", 30);
    answers(&w, "S12", 15, 9), answers(&w, "S21", 4, 3), answers(&w, "S11-3A", 11, 8);
    release_of(&w, NULL);
    const ReportResponse s21 = report_of(&w, "S21")->response;
    CHECK(!s21.has_answered && !s21.has_rate && s21.has_invited && s21.invited == 10 &&
          s21.caution == REPORT_NO_CAUTION);
    CHECK(!report_of(&w, "K2")->response.has_answered);
    CHECK(!report_of(&w, "K1")->response.has_answered || !report_of(&w, "R1")->response.has_answered);
}

/* ---- response figures that would tell an item ------------------------------------------- */

/* `rows` with any answer, of which `answered` count as answered and `numbers` gave
   one; half of these differ, so that none is told in words. */
static void department(const World *w, const char *unit, int64_t invited, int64_t rows, int64_t answered, int64_t numbers)
{
    if (invited) invite(w, unit, invited);
    tally(w, unit, 0, 0, 0, rows), tally(w, unit, 0, 0, 1, answered);
    tally(w, unit, measure(w, N1), 0, ANSWER_NUMBER_SCALE, numbers - numbers / 2);
    tally(w, unit, measure(w, N1), 0, 2 * ANSWER_NUMBER_SCALE, numbers / 2);
}

static World world_of_departments(void)
{
    static const char *const codes[] = {"S12-A", "S12-B", "S12-C", "S12-D"};
    Ctx *c = test_store();
    for (int i = 0; i < 4; i++) {
        UnitId id = {0};
        NewUnit unit = {.code = str_of_z(codes[i]), .name = str_of_z(codes[i]), .kind = S("afdeling"), .parent_code = S("S12"), .valid_from = {19205}};
        CHECK_OK(organisation_add(c, unit, &id));
    }
    CHECK_OK(organisation_reach_rebuild(c));
    return world_on(c, "");
}

/* 20 of 24 have answered, and 20 have given a number. D gave at most the 9 invited,
   A and B at most the 8 invited in both: so C's 4 would lie between 3 and 7, whatever
   else is hidden, if the 20 and the 6 who answered at C were told. */
TEST(release, response_is_hidden_where_it_would_tell_a_small_item)
{
    World w = world_of_departments();
    department(&w, "S12-A", 3, 3, 3, 3), department(&w, "S12-B", 5, 4, 3, 4);
    department(&w, "S12-C", 7, 6, 6, 4), department(&w, "S12-D", 9, 9, 8, 9);
    department(&w, "S11-3A", 80, 60, 60, 60), department(&w, "S21", 80, 60, 60, 60);
    release_of(&w, NULL);
    CHECK(item_in(&w, "S12-C", N1)->state == REPORT_HIDDEN);
    CHECK(!report_of(&w, "S12")->response.has_answered);
    CHECK(report_of(&w, "S12")->response.has_invited);
    CHECK(report_of(&w, "S21")->response.has_answered && report_of(&w, "R1")->response.has_answered);
    test_clean(w.c);
}

/* ---- the example of FORMATS §4 --------------------------------------------------------- */

static void formats_last_year(Ctx *c)
{
    World w = {.c = c};
    w.wave = add_wave(c, DOCUMENT("Vi samarbejder"), "2025", "", &w.q);
    invite(&w, "S11-3A", 38);
    answers(&w, "S11-3A", 22, 13), answers(&w, "S12", 100, 70), answers(&w, "S21", 40, 20);
    release_of(&w, NULL);
}

static World formats_example(void)
{
    Ctx *c = test_store();
    formats_last_year(c);
    World w = world_on(c, "2025");
    static const int64_t count[] = {2, 3, 2, 11, 7};
    invite(&w, "S11-3A", 40);
    tally(&w, "S11-3A", 0, 0, 0, 27), tally(&w, "S11-3A", 0, 0, 1, 27);
    for (int i = 0; i < 5; i++) tally(&w, "S11-3A", measure(&w, Q1), 0, i + 1, count[i]);
    tally(&w, "S11-3A", measure(&w, Q1), 0, 9, 2);
    answers(&w, "S12", 185, 132), answers(&w, "S21", 60, 30);
    release_of(&w, NULL);
    return w;
}

TEST(release, the_example_of_the_format_has_its_figures)
{
    World w = formats_example();
    const Report *r = report_of(&w, "S11");
    const ReportItem *q1 = &r->items.v[Q1];
    CHECK(r->response.answered == 27 && r->response.invited == 40 && r->response.caution == REPORT_NO_CAUTION);
    CHECK(q1->valid == 25 && q1->excluded == 2 && q1->agree.count == 18 && q1->distribution.v[3].count == 11);
    CHECK_NEAR(q1->agree.low, 0.524234, 5e-7);
    CHECK_NEAR(q1->agree.high, 0.857161, 5e-7);
    CHECK_NEAR(q1->agree.describing_low, 0.600951, 5e-7);
    CHECK_NEAR(q1->agree.describing_high, 0.814496, 5e-7);
    CHECK_NEAR(q1->change.difference, 0.129091, 5e-7);
    CHECK_NEAR(q1->change.low, -0.134515, 5e-7);
    CHECK_NEAR(q1->change.high, 0.374550, 5e-7);
    CHECK_NEAR(q1->change.p, 0.351371, 5e-7);
    CHECK_NEAR(q1->change.p_adjusted, 0.351371, 5e-7);
    CHECK_STR(q1->change.family, S("SAM/aar"));
    CHECK(q1->change.label == LABEL_USIKKER && q1->change.is_markant);
}

TEST(release, the_unit_above_less_this_one_is_the_other_side)
{
    World w = formats_example();
    const ReportGroup *k1 = group_in(item_in(&w, "S11", Q1), "enhed", "kommune");
    CHECK(k1->valid == 210 && k1->agree.count == 150 && !k1->agree.has_describing);
    CHECK_STR(k1->versus.other, S("parent"));
    CHECK_NEAR(k1->versus.difference, 0.006486, 5e-7);
    CHECK_NEAR(k1->versus.low, -0.198352, 5e-7);
    CHECK_NEAR(k1->versus.high, 0.160014, 5e-7);
    CHECK_NEAR(k1->versus.p, 0.946276, 5e-7);
    CHECK_STR(k1->versus.family, S("SAM/kommune"));
}

TEST(release, what_is_written_reads_back_to_the_same_bytes)
{
    World w = formats_example();
    Publication p = {0};
    Report r = {0};
    Str report = {0}, frame = {0};
    CHECK_OK(publication_load(w.c, w.wave.id, (UnitId){test_unit(w.c, "S11")}, 0, &p));
    CHECK_OK(publication_parse(w.c, &p, &r));
    CHECK_OK(publication_json(w.c, &r, &report));
    CHECK_OK(publication_frame_json(w.c, &r, &frame));
    CHECK_STR(report, p.report);
    CHECK_STR(frame, p.frame);
}

/* ---- last year ---------------------------------------------------------------------------- */

TEST(release, other_words_are_never_compared)
{
    Ctx *c = test_store();
    World old = world_on(c, "");
    answers(&old, "S12", 40, 20);
    release_of(&old, NULL);
    World w = {.c = c};
    w.wave = add_wave(c, DOCUMENT("Vi samarbejder tit"), "2027", "2026", &w.q);
    answers(&w, "S12", 40, 30);
    release_of(&w, NULL);
    const ReportCompare *k = &item_in(&w, "S12", Q1)->change;
    CHECK(k->is && !k->is_comparable && k->label == LABEL_IKKE_SAMMENLIGNELIG);
    CHECK_STR(k->other, S("2026"));
    CHECK_INT(item_in(&w, "S12", Q1)->years.n, 0);
}

/* S21 of another municipality was closed, and S12 goes on with its people. */
static void merge_schools(Ctx *c)
{
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO unit_succession (unit_id, succeeds_id) VALUES (%lld, %lld)",
             (long long)test_unit(c, "S12"), (long long)test_unit(c, "S21"));
    test_sql(c, sql);
    test_sql(c, "UPDATE unit SET valid_to = 19206 WHERE code = 'S21'");
}

/* 40 rows, whose one item of the score was 2 or 4. */
static void scores_of(const World *w, const char *unit)
{
    for (int i = 1; i <= 2; i++) tally(w, unit, measure(w, TEAM), 0, 2 * i * 4096 + 1, 20);
}

static bool is_compared(const World *w, const char *unit)
{
    const ReportCompare *k = &item_in(w, unit, Q1)->change;
    CHECK(k->is);
    CHECK(k->is_comparable == (k->label != LABEL_IKKE_SAMMENLIGNELIG));
    CHECK_INT(item_in(w, unit, Q1)->years.n, k->is_comparable);
    CHECK(report_of(w, unit)->scores.v[0].change.is_comparable == k->is_comparable);
    return k->is_comparable;
}

TEST(release, a_school_that_took_in_another_is_not_compared_with_what_it_was)
{
    Ctx *c = test_store();
    World old = {.c = c};
    old.wave = add_wave(c, DOCUMENT("Vi samarbejder"), "2025", "", &old.q);
    answers(&old, "S11-3A", 40, 20), answers(&old, "S12", 40, 20), answers(&old, "S21", 30, 10);
    scores_of(&old, "S11-3A"), scores_of(&old, "S12"), scores_of(&old, "S21");
    release_of(&old, NULL);
    merge_schools(c);
    World w = world_on(c, "2025");
    answers(&w, "S11-3A", 40, 22), answers(&w, "S12", 70, 30);
    scores_of(&w, "S11-3A"), scores_of(&w, "S12");
    release_of(&w, NULL);
    CHECK(!is_compared(&w, "S12"));
    CHECK(!is_compared(&w, "K1")); /* has people that were K2's */
    CHECK(is_compared(&w, "S11"));
    CHECK(is_compared(&w, "R1"));
    test_clean(c);
}

/* 3.A is 4.A the year after, at the same school or at another: every year's way. */
TEST(release, classes_that_move_on_break_nothing)
{
    Ctx *c = test_store();
    World old = {.c = c};
    old.wave = add_wave(c, DOCUMENT("Vi samarbejder"), "2025", "", &old.q);
    answers(&old, "S11-3A", 40, 20), answers(&old, "S12", 40, 20), answers(&old, "S21", 30, 10);
    release_of(&old, NULL);
    test_sql(c, "UPDATE unit SET parent_id = (SELECT id FROM unit WHERE code = 'S12') WHERE code = 'S11-3A'");
    CHECK_OK(organisation_reach_rebuild(c));
    World w = world_on(c, "2025");
    answers(&w, "S11", 40, 22), answers(&w, "S12", 70, 30), answers(&w, "S21", 30, 10);
    release_of(&w, NULL);
    CHECK(item_in(&w, "S11", Q1)->change.is_comparable);
    CHECK(item_in(&w, "S12", Q1)->change.is_comparable);
    test_clean(c);
}

TEST(release, there_is_no_change_from_a_year_that_is_hidden)
{
    Ctx *c = test_store();
    World old = {.c = c};
    old.wave = add_wave(c, DOCUMENT("Vi samarbejder"), "2025", "", &old.q);
    answers(&old, "S12", 4, 2), answers(&old, "S21", 30, 10);
    release_of(&old, NULL);
    World w = world_on(c, "2025");
    answers(&w, "S12", 40, 30), answers(&w, "S21", 30, 10);
    release_of(&w, NULL);
    CHECK(item_in(&w, "S12", Q1)->state == REPORT_SHOWN);
    CHECK(!item_in(&w, "S12", Q1)->change.is);
}

TEST(release, a_score_is_a_mean_with_welch_beside_it)
{
    Ctx *c = test_store();
    World old = {.c = c};
    old.wave = add_wave(c, DOCUMENT("Vi samarbejder"), "2025", "", &old.q);
    answers(&old, "S12", 20, 0);
    tally(&old, "S12", measure(&old, TEAM), 0, 2 * 4096 + 1, 10),
        tally(&old, "S12", measure(&old, TEAM), 0, 4 * 4096 + 1, 10);
    release_of(&old, NULL);
    World w = world_on(c, "2025");
    answers(&w, "S12", 20, 0);
    tally(&w, "S12", measure(&w, TEAM), 0, 8 * 4096 + 2, 10), tally(&w, "S12", measure(&w, TEAM), 0, 3 * 4096 + 1, 10);
    release_of(&w, NULL);
    const ReportScore *team = &report_of(&w, "S12")->scores.v[0];
    CHECK_INT(team->valid, 20);
    CHECK_NEAR(team->mean, 3.5, 1e-12);
    /* ten of 4 and ten of 3: squares 20 · 0.25, by 19 */
    CHECK_NEAR(team->sd, 0.512989176042577, 1e-12);
    CHECK_NEAR(team->change.difference, 0.5, 1e-12);
    CHECK_STR(team->change.test, S("welch"));
    CHECK_STR(team->change.family, S("scores/aar"));
    CHECK(team->change.label == LABEL_USIKKER && !team->change.has_markant);
}

/* Options may be negative: a balance from −2 to 2, its score, and a question with several answers
   among which −1 is one. */
static const char balance[] =
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"PERS\",\"title\":{\"da\":\"Personale\"},\"languages\":[\"da\"],"
    "\"scales\":{\"balance\":{\"options\":[" OPTION(-2, "Meget mindre") "," OPTION(-1, "Mindre") "," OPTION(0, "Som før") ","
    OPTION(1, "Mere") "]}},\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\"},\"items\":["
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"balance\",\"text\":{\"da\":\"Uro\"},\"core\":true},"
    "{\"code\":\"Q2\",\"kind\":\"single\",\"scale\":\"balance\",\"text\":{\"da\":\"Støj\"}},"
    "{\"code\":\"F1\",\"kind\":\"multiple\",\"scale\":\"balance\",\"text\":{\"da\":\"Hvilke?\"}}]}],"
    "\"scores\":[{\"code\":\"TEAM\",\"title\":{\"da\":\"Ro\"},\"items\":[\"Q1\",\"Q2\"],\"min_answered\":0.5}]}";

TEST(release, options_below_zero_count_as_others_do)
{
    World w = {.c = test_store()};
    w.wave = add_wave(w.c, balance, "2026", "", &w.q);
    for (int64_t i = 0; i < 12; i++) {
        int64_t q1 = i % 2 ? -2 : -1, q2 = i % 3 ? -2 : 1, chosen[] = {-1, 1};
        const Given given[] = {{&w.q.items.v[0], {&q1, 1}, {0}}, {&w.q.items.v[1], {&q2, 1}, {0}}, {&w.q.items.v[2], {chosen, i < 7 ? 2 : 1}, {0}}};
        CHECK_OK(answer_store(w.c, w.wave.id, (UnitId){test_unit(w.c, "S12")}, &w.q, NULL, 0, (Answers){(Given *)given, i < 9 ? 3 : 2}));
    }
    release_of(&w, NULL);
    const Report *r = report_of(&w, "S12");
    CHECK_INT(r->items.v[2].valid, 9); /* people, not crosses */
    CHECK_INT(r->items.v[2].distribution.v[1].count, 9);
    CHECK_INT(r->items.v[2].distribution.v[3].count, 7);
    /* (2·0 + 2·−0.5 + 4·−1.5 + 4·−2) / 12 */
    CHECK_INT(r->scores.v[0].valid, 12);
    CHECK_NEAR(r->scores.v[0].mean, -15.0 / 12, 1e-12);
    test_clean(w.c);
}

/* "Don't know" among several answers: who ticks something beside it has answered, who ticks it alone is
   excluded, and nobody is both. */
static const char with_dont_know[] =
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"PERS\",\"title\":{\"da\":\"Personale\"},\"languages\":[\"da\"],"
    "\"scales\":{\"hvad\":{\"options\":[" OPTION(1, "Uro") "," OPTION(2, "Støj") "," OPTION(8, "Ved ikke") "," OPTION(9, "Andet")
    "],\"dont_know\":[8,9]}},\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\"},\"items\":["
    "{\"code\":\"F1\",\"kind\":\"multiple\",\"scale\":\"hvad\",\"text\":{\"da\":\"Hvilke?\"},\"core\":true}]}]}";

TEST(release, who_does_not_know_among_several_answers_is_counted_once)
{
    static int64_t ticked[][3] = {{1, 8}, {1, 2}, {8, 9}, {8}};
    static const int of[] = {2, 2, 2, 1};
    World w = {.c = test_store()};
    w.wave = add_wave(w.c, with_dont_know, "2026", "", &w.q);
    for (int64_t i = 0; i < 24; i++) {
        const Given given[] = {{&w.q.items.v[0], {ticked[i % 4], of[i % 4]}, {0}}};
        CHECK_OK(answer_store(w.c, w.wave.id, (UnitId){test_unit(w.c, "S12")}, &w.q, NULL, 0, (Answers){(Given *)given, 1}));
    }
    release_of(&w, NULL);
    const Report *r = report_of(&w, "S12");
    CHECK_INT(r->items.v[0].valid, 12);
    CHECK_INT(r->items.v[0].excluded, 12);
    CHECK_INT(r->items.v[0].distribution.n, 2);
    CHECK_INT(r->items.v[0].distribution.v[0].count, 12);
    CHECK_INT(r->items.v[0].distribution.v[1].count, 6);
    test_clean(w.c);
}

TEST(release, numbers_have_a_mean_and_choices_count_those_who_chose)
{
    World w = world();
    answers(&w, "S12", 12, 6);
    tally(&w, "S12", measure(&w, N1), 0, 2000000, 6), tally(&w, "S12", measure(&w, N1), 0, 4000000, 6);
    tally(&w, "S12", measure(&w, F1), 0, ANSWER_ANY, 11), tally(&w, "S12", measure(&w, F1), 0, 1, 7),
        tally(&w, "S12", measure(&w, F1), 0, 2, 9);
    release_of(&w, NULL);
    const ReportItem *n1 = item_in(&w, "S12", N1), *f1 = item_in(&w, "S12", F1);
    CHECK(n1->valid == 12 && n1->has_mean && !n1->agree.is && !n1->has_distribution);
    CHECK_NEAR(n1->mean, 3, 1e-12);
    CHECK(f1->valid == 11 && !f1->agree.is && f1->distribution.v[0].count == 7 && f1->distribution.v[1].count == 9);
}

/* ---- groups ------------------------------------------------------------------------------- */

TEST(release, a_group_is_compared_with_the_rest_also_those_without_a_value)
{
    World w = world();
    int64_t m = 0, k = 0;
    CHECK_OK(survey_group(w.c, w.wave.id, S("koen"), S("m"), &m));
    CHECK_OK(survey_group(w.c, w.wave.id, S("koen"), S("k"), &k));
    answers(&w, "S12", 60, 30);
    tally(&w, "S12", measure(&w, Q1), m, 4, 15), tally(&w, "S12", measure(&w, Q1), m, 2, 5);
    tally(&w, "S12", measure(&w, Q1), k, 4, 10), tally(&w, "S12", measure(&w, Q1), k, 2, 20);
    release_of(&w, NULL);
    const ReportItem *q1 = item_in(&w, "S12", Q1);
    const ReportGroup *men = group_in(q1, "koen", "m"), *none = group_in(q1, "koen", "uoplyst");
    CHECK(men->valid == 20 && men->agree.count == 15);
    CHECK_STR(men->versus.other, S("rest"));
    /* 15 of 20 against 15 of 40 */
    CHECK_NEAR(men->versus.difference, 0.375, 1e-12);
    CHECK(none && none->valid == 10 && none->agree.count == 5);
}

/* DOMAIN §5.5: twelve schools, those with an even number take part. */
TEST(release, numbers_of_those_without_a_group_are_not_called_alike)
{
    World w = world();
    int64_t m = 0;
    CHECK_OK(survey_group(w.c, w.wave.id, S("koen"), S("m"), &m));
    answers(&w, "S12", 20, 9);
    for (int64_t i = 0; i < 20; i++) {
        tally(&w, "S12", measure(&w, N1), 0, i * 1000000, 1);
        if (i < 13) tally(&w, "S12", measure(&w, N1), m, i * 1000000, 1);
    }
    release_of(&w, NULL);
    const ReportGroup *unknown = group_in(item_in(&w, "S12", N1), "koen", "uoplyst");
    CHECK_INT(unknown->valid, 7);
    CHECK(unknown->state == REPORT_SHOWN && !unknown->has_mean);
}

TEST(release, participants_are_compared_school_by_school)
{
    static const int64_t n[] = {20, 25, 30, 18, 22, 28, 24, 19, 27, 31, 21, 23},
                         x[] = {15, 18, 25, 12, 18, 19, 13, 10, 18, 17, 11, 14};
    Ctx *c = test_store();
    char code[12][16];
    for (int i = 0; i < 12; i++) {
        UnitId id = {0};
        snprintf(code[i], sizeof code[i], "P%d", i);
        NewUnit unit = {.code = str_of_z(code[i]),
                        .name = str_of_z(code[i]),
                        .kind = S("skole"),
                        .parent_code = S("K2"),
                        .valid_from = {19205}};
        CHECK_OK(organisation_add(c, unit, &id));
    }
    CHECK_OK(organisation_reach_rebuild(c));
    World w = world_on(c, "");
    for (int i = 0; i < 12; i++) {
        CHECK_OK(survey_participant_set(c, w.wave.id, (UnitId){test_unit(c, code[i])}, i < 6));
        answers(&w, code[i], n[i], x[i]);
    }
    release_of(&w, NULL);
    const ReportItem *k2 = item_in(&w, "K2", Q1);
    const ReportGroup *in = group_in(k2, "deltagelse", "deltager"), *out = group_in(k2, "deltagelse", "ikke_deltager");
    CHECK(in->valid == 143 && in->agree.count == 107 && out->valid == 145 && out->agree.count == 83);
    CHECK_STR(in->versus.test, S("cluster_t"));
    CHECK_STR(in->versus.other, S("nonparticipants"));
    CHECK_NEAR(in->versus.difference, 0.175838, 5e-7);
    CHECK_NEAR(in->versus.p, 0.00072, 5e-6);
    CHECK(!out->versus.is);
    CHECK(!group_in(item_in(&w, "P1", Q1), "deltagelse", "deltager"));
    test_clean(c);
}

/* ---- versions -------------------------------------------------------------------------------- */

TEST(release, a_second_release_is_silent_about_changes_of_one_to_four)
{
    World w = world();
    answers(&w, "S12", 20, 9), answers(&w, "S21", 30, 20), answers(&w, "S11-3A", 25, 10);
    release_of(&w, NULL);
    answers(&w, "S12", 3, 2), answers(&w, "S11-3A", 3, 2), answers(&w, "S21", 6, 3);
    release_of(&w, NULL);
    CHECK_INT(report_of(&w, "S12")->version, 1);
    CHECK_INT(item_in(&w, "K1", Q1)->valid, 51);
    CHECK_INT(item_in(&w, "S12", Q1)->valid, 20);
    CHECK_INT(report_of(&w, "S21")->version, 2);
    CHECK_INT(item_in(&w, "S21", Q1)->valid, 36);
    test_clean(w.c);
}

TEST(release, a_release_of_nothing_new_keeps_every_version)
{
    World w = world();
    answers(&w, "S12", 20, 9), answers(&w, "S21", 3, 2), answers(&w, "S11-3A", 25, 10);
    Released first = release_of(&w, NULL), second = release_of(&w, NULL);
    CHECK(first.released == 8 && first.kept == 0);
    CHECK(second.released == 0 && second.kept == 8);
    CHECK_INT(test_count(w.c, "SELECT count(*) FROM publication_round"), 1);
}

TEST(release, a_unit_released_alone_keeps_others_secret_until_they_follow)
{
    World w = world();
    answers(&w, "S12", 20, 9), answers(&w, "S21", 30, 2), answers(&w, "S11-3A", 25, 10);
    Released first = release_of(&w, "S12");
    CHECK(first.released == 1);
    CHECK(group_in(item_in(&w, "S12", Q1), "enhed", "kommune")->state == REPORT_HIDDEN);
    Publication p = {0};
    CHECK_ERR(publication_load(w.c, w.wave.id, (UnitId){test_unit(w.c, "K1")}, 0, &p), E_NOT_FOUND);
    release_of(&w, NULL);
    CHECK(item_in(&w, "S12", Q1)->state == REPORT_SHOWN);
    CHECK(group_in(item_in(&w, "S12", Q1), "enhed", "kommune")->state == REPORT_SHOWN);
    CHECK_INT(report_of(&w, "S12")->version, 2);
    test_clean(w.c);
}

TEST(release, what_was_shown_alone_is_known_when_others_are_hidden)
{
    World w = world();
    answers(&w, "S12", 20, 9), answers(&w, "S21", 30, 2), answers(&w, "S11-3A", 3, 1);
    release_of(&w, "S12");
    CHECK(item_in(&w, "S12", Q1)->state == REPORT_SHOWN);
    release_of(&w, NULL);
    /* S12 cannot be taken back, so K1 tells of S11 and must be hidden */
    CHECK(item_in(&w, "S12", Q1)->state == REPORT_SHOWN);
    CHECK(item_in(&w, "K1", Q1)->state == REPORT_HIDDEN);
    test_clean(w.c);
}

/* ---- refusing -------------------------------------------------------------------------------- */

TEST(release, more_answers_than_invited_stop_the_release_by_name)
{
    World w = world();
    Prepared *p = NULL;
    invite(&w, "S12", 19), invite(&w, "S21", 40);
    answers(&w, "S12", 20, 9), answers(&w, "S21", 30, 2);
    CHECK_ERR(release_prepare(w.c, &w.wave, (UnitId){0}, &p), E_CONFLICT);
    CHECK_STR(w.c->message.arg[0].s, S("S12"));
    ctx_forgive(w.c);
    CHECK_OK(release_prepare(w.c, &w.wave, (UnitId){test_unit(w.c, "S21")}, &p));
    CHECK_INT(release_result(p).released, 1);
    CHECK_INT(test_count(w.c, "SELECT count(*) FROM publication"), 0);
}

TEST(release, answers_that_come_meanwhile_stop_the_release)
{
    World w = world();
    Prepared *p = NULL;
    answers(&w, "S12", 20, 9);
    CHECK_OK(release_prepare(w.c, &w.wave, (UnitId){0}, &p));
    answers(&w, "S12", 1, 0);
    CHECK_ERR(release_publish(w.c, p), E_CONFLICT);
    CHECK_INT(test_count(w.c, "SELECT count(*) FROM publication"), 0);
}

TEST(release, a_wave_that_is_archived_meanwhile_is_not_released)
{
    World w = world();
    Prepared *p = NULL;
    answers(&w, "S12", 20, 9);
    CHECK_OK(release_prepare(w.c, &w.wave, (UnitId){0}, &p));
    CHECK_OK(survey_move(w.c, w.wave.id, WAVE_ARKIVERET));
    CHECK_ERR(release_publish(w.c, p), E_CONFLICT);
    CHECK_INT(test_count(w.c, "SELECT count(*) FROM publication"), 0);
}

TEST(release, invited_that_move_between_schools_meanwhile_stop_it_too)
{
    World w = world();
    Prepared *p = NULL;
    invite(&w, "S12", 30), invite(&w, "S21", 30);
    answers(&w, "S12", 20, 9);
    CHECK_OK(release_prepare(w.c, &w.wave, (UnitId){0}, &p));
    invite(&w, "S12", 25), invite(&w, "S21", 35);
    CHECK_ERR(release_publish(w.c, p), E_CONFLICT);
}

TEST(release, a_release_takes_the_wave_through_its_states_and_opens_it_to_the_unit)
{
    World w = world();
    answers(&w, "S12", 20, 9);
    release_of(&w, NULL);
    CHECK_OK(survey_by_id(w.c, w.wave.id, &w.wave));
    CHECK(w.wave.state == WAVE_FRIGIVET_SKOLE);
    CHECK_INT(test_count(w.c, "SELECT count(*) FROM publication_audience WHERE audience = 'ledelse'"), 8);
    CHECK_INT(test_count(w.c, "SELECT min(since) FROM publication_audience WHERE audience = 'forvaltning'"),
              w.c->today.day + 14);
}

/* Days from the release until it is open to its first readers. */
static int64_t waits(const World *w, const char *unit)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT since FROM publication_audience WHERE audience = 'ledelse' AND unit_id = %lld", (long long)test_unit(w->c, unit));
    return test_count(w->c, sql) - w->c->today.day;
}

/* K1 has S11 and S12, K2 only S21, R1 both. */
TEST(release, a_municipality_whose_figures_are_one_schools_waits_as_that_schools_report_does)
{
    World w = world();
    answers(&w, "S11-3A", 20, 9), answers(&w, "S12", 20, 9), answers(&w, "S21", 20, 9);
    release_of(&w, NULL);
    CHECK_INT(waits(&w, "S21"), 0);
    CHECK_INT(waits(&w, "S11-3A"), 0);
    CHECK_INT(waits(&w, "K1"), 0);
    CHECK_INT(waits(&w, "K2"), 14);
    CHECK_INT(waits(&w, "R1"), 0);
}

TEST(release, a_school_of_a_few_hides_no_other_in_the_municipalitys_figures)
{
    World w = world();
    answers(&w, "S11-3A", 20, 9), answers(&w, "S12", 4, 2);
    release_of(&w, NULL);
    CHECK_INT(waits(&w, "K1"), 14);
    CHECK_INT(waits(&w, "R1"), 14);
    CHECK_INT(waits(&w, "S12"), 0);
}

static WaveState state_after_ticks(World *w)
{
    for (bool more = true; more;) {
        more = false;
        CHECK_OK(release_tick(w->c, &more));
    }
    CHECK_OK(survey_by_id(w->c, w->wave.id, &w->wave));
    return w->wave.state;
}

TEST(release, the_state_follows_from_who_may_read)
{
    World w = world();
    UnitId owner = w.wave.owner;
    answers(&w, "S12", 20, 9);
    release_of(&w, NULL);
    w.c->today.day += 13;
    CHECK(state_after_ticks(&w) == WAVE_FRIGIVET_SKOLE);
    CHECK_OK(publication_open_to(w.c, w.wave.id, (UnitId){test_unit(w.c, "S12")}, S("offentlig"), w.c->today));
    w.c->today.day += 1;
    CHECK(state_after_ticks(&w) == WAVE_FRIGIVET_KOMMUNE); /* one school is not the wave */
    CHECK_OK(publication_open_to(w.c, w.wave.id, owner, S("offentlig"), (Date){w.c->today.day + 1}));
    CHECK(state_after_ticks(&w) == WAVE_FRIGIVET_KOMMUNE);
    w.c->today.day += 1;
    CHECK(state_after_ticks(&w) == WAVE_OFFENTLIG);
    CHECK_OK(survey_move(w.c, w.wave.id, WAVE_ARKIVERET));
    CHECK(state_after_ticks(&w) == WAVE_ARKIVERET);
}

#include <setjmp.h>
#include <stdio.h>

#include "base/number.h"
#include "core/feature.h"
#include "feature/answer/answer.h"
#include "counted.h"

static void store(Counted *g, const char *unit, int64_t q1, int64_t q3)
{
    const Given given[] = {{questionnaire_item(&g->q, S("Q1")), {&q1, 1}, {0}}, {questionnaire_item(&g->q, S("Q3")), {&q3, 1}, {0}}};
    CHECK_OK(answer_store(g->c, g->wave.id, (UnitId){test_unit(g->c, unit)}, &g->q, NULL, 0, (Answers){(Given *)given, 2}));
}

/* ---- rows --------------------------------------------------------------------------------- */

TEST(answer, many_rows_at_once_count_as_one_by_one)
{
    Counted g = counted_small(test_store());
    Ctx *c = g.c;
    Arena keep = arena_keep(c->arena);
    AnswerBulk *bulk = answer_bulk_new(&keep, g.wave.id, &g.q);
    UnitId unit = {test_unit(c, "S11")};
    for (int64_t i = 0; i < 1500; i++) {
        int64_t value = 1 + i % 5;
        const Given given[] = {{questionnaire_item(&g.q, S("Q3")), {&value, 1}, {0}}, {questionnaire_item(&g.q, S("T")), {0}, S("Ord")}};
        answer_bulk_add(c, bulk, unit, NULL, 0, (Answers){(Given *)given, i % 3 ? 1 : 2});
        if (i % 700 == 0) CHECK_OK(answer_bulk_flush(c, bulk));
    }
    CHECK_OK(answer_bulk_flush(c, bulk));
    answer_bulk_merge(c, bulk);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer"), 1500);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_text"), 500);
    CHECK_INT(counted_tally(&g, "S11", "Q3", "", 3), 300);
    CHECK_INT(counted_tally(&g, "S11", "T", "", 1), 500);
    counted_check(c);
}

TEST(answer, a_changed_tally_is_found)
{
    Counted g = counted_small(test_store());
    int64_t tallies = 0, differ = 0;
    store(&g, "S11", 5, 3);
    store(&g, "S12", 4, 3);
    test_sql(g.c, "UPDATE tally SET n = 7 WHERE item_id = 0 AND value = 1 AND n = 1 AND unit_id = (SELECT id FROM unit WHERE code = 'S11')");
    CHECK_OK(answer_recount(g.c, &tallies, &differ));
    CHECK_INT(differ, 1);
    test_sql(g.c, "UPDATE tally_sheet SET counts = replace(counts, '=1', '=2') WHERE unit_id = (SELECT id FROM unit WHERE code = 'S12')");
    CHECK_OK(answer_recount(g.c, &tallies, &differ));
    CHECK_INT(differ, 4); /* Q1, Q3 and their score */
    test_sql(g.c, "DELETE FROM tally_sheet WHERE unit_id = (SELECT id FROM unit WHERE code = 'S12')");
    CHECK_OK(answer_recount(g.c, &tallies, &differ));
    CHECK_INT(differ, 4);
}

TEST(answer, sheets_hold_the_sums_of_all_batches_in_order)
{
    Counted g = counted_small(test_store());
    char wanted[200];
    for (int64_t i = 0; i < 30; i++) store(&g, "S11", 5 - i % 5, i % 2 ? 9 : 3);
    CHECK_INT(counted_tally(&g, "S11", "Q1", "", 1), 6);
    CHECK_INT(counted_tally(&g, "S11", "Q3", "", 9), 15);
    snprintf(wanted, sizeof wanted, "SELECT count(*) FROM tally_sheet WHERE counts LIKE '%lld:1=6,6,6,6,6;%lld:3=15,9=15;%%'",
             (long long)questionnaire_item(&g.q, S("Q1"))->id.v,
             (long long)questionnaire_item(&g.q, S("Q3"))->id.v);
    CHECK_INT(test_count(g.c, wanted), 1);
    counted_check(g.c);
}

/* Items left out, values that come late, seldom and out of order: every way in which a sheet grows. */
TEST(answer, sheets_agree_with_the_rows_whatever_is_answered_in_whichever_order)
{
    static const Str codes[] = {S_INIT("Q1"), S_INIT("Q2"), S_INIT("Q3")};
    static const int64_t values[] = {1, 2, 3, 4, 5, 9};
    Counted g = counted_small(test_store());
    uint32_t random = 1;
    for (int row = 0; row < 240; row++) {
        Given given[3];
        ptrdiff_t n = 0;
        for (int i = 0; i < 3; i++) {
            random = random * 1664525u + 1013904223u;
            uint32_t of = row < 80 ? 2 : row < 160 ? 4 : 6; /* the later, the more values */
            bool is_left_out = (random >> 30) == 0, is_third = i == 2;
            const int64_t *value = &values[5 - i64_max(is_third ? 0 : 1, (int64_t)((random >> 16) % of))];
            if (!is_left_out) given[n++] = (Given){questionnaire_item(&g.q, codes[i]), {(int64_t *)(uintptr_t)value, 1}, {0}};
        }
        UnitId unit = {test_unit(g.c, row % 3 ? "S11" : "S12")};
        if (n) CHECK_OK(answer_store(g.c, g.wave.id, unit, &g.q, NULL, 0, (Answers){given, n}));
        if (row % 16 == 0) counted_check(g.c);
    }
    counted_check(g.c);
}

TEST(answer, a_sheet_that_cannot_be_read_is_a_fault)
{
    static const char *const bad[] = {"x", "1", "1:", "1:2", "1:2=", "1:2=0", "1:2=-3", "1:2=3,", "1:2=3;", "1:2=3;;4:5=6", ":2=3", "1:2=3 ", "1:-=3",
                                      "1:2=1234567890123456789", "1:2", "1:3", "1:2=3,0", "1:2=3,2=1", "1:2=3,1=1", "2:1=1;1:1=1", "1:2=3;1:2=3", "1:2=3,4,-"};
    Counted g = counted_small(test_store());
    TallyRows all = {0};
    store(&g, "S11", 5, 3);
    for (ptrdiff_t i = 0; i < COUNT_OF(bad); i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "UPDATE tally_sheet SET counts = '%s'", bad[i]);
        test_sql(g.c, sql);
        CHECK_ERR(answer_tallies(g.c, g.wave.id, &all), E_BROKEN);
        ctx_forgive(g.c);
    }
    test_sql(g.c, "UPDATE tally_sheet SET counts = ''");
    CHECK_OK(answer_tallies(g.c, g.wave.id, &all));
}

TEST(answer, a_score_needs_its_share_of_items_and_turns_those_that_are_reverse)
{
    Counted g = counted_small(test_store());
    const Given given[] = {{questionnaire_item(&g.q, S("Q1")), {&(int64_t){2}, 1}, {0}}, {questionnaire_item(&g.q, S("Q2")), {&(int64_t){5}, 1}, {0}},
                           {questionnaire_item(&g.q, S("Q3")), {&(int64_t){9}, 1}, {0}}};
    static const struct { double least; ptrdiff_t answers; int64_t counted; } way[] = {
        {0.5, 3, 1}, {0.7, 3, 1}, {2.0 / 3, 3, 2}, {0.5, 1, 2}, {0, 1, 2}};
    for (ptrdiff_t i = 0; i < COUNT_OF(way); i++) {
        g.q.scores.v[0].min_answered = way[i].least;
        CHECK_OK(answer_store(g.c, g.wave.id, (UnitId){test_unit(g.c, "S11")}, &g.q, NULL, 0, (Answers){(Given *)given, way[i].answers}));
        CHECK_INT(counted_tally(&g, "S11", "S", "", 3 * 4096 + 2), way[i].counted); /* 2 + (1 + 5 − 5); "don't know" is no answer */
    }
    CHECK_INT(counted_tally(&g, "S11", "S", "", 2 * 4096 + 1), 1); /* of the last alone */
}

/* ---- texts of an open wave -------------------------------------------------------------------- */

TEST(answer, texts_are_sealed_until_they_settle)
{
    Counted g = counted_small(test_store());
    Ctx *c = g.c;
    UnitId unit = {test_unit(c, "S11")};
    const Given text = {questionnaire_item(&g.q, S("T")), {0}, S("En planet af ost\nog en linje til")};
    const Given q3 = {questionnaire_item(&g.q, S("Q3")), {&(int64_t){4}, 1}, {0}};
    CHECK_OK(answer_store_sealed(c, &g.wave, unit, &g.q, NULL, 0, (Answers){(Given[]){q3, text}, 2}));
    CHECK_OK(answer_store_sealed(c, &g.wave, unit, &g.q, NULL, 0, (Answers){(Given[]){q3}, 1}));
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_text"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_sealed"), 2);
    char much[3900];
    for (ptrdiff_t i = 0; i < (ptrdiff_t)sizeof much; i++) much[i] = 'x';
    const Given most = {questionnaire_item(&g.q, S("T")), {0}, {much, sizeof much}};
    CHECK_OK(answer_store_sealed(c, &g.wave, unit, &g.q, NULL, 0, (Answers){(Given[]){q3, most}, 2}));
    CHECK_INT(test_count(c, "SELECT count(DISTINCT length(sealed)) FROM answer_sealed"), 1);
    CHECK_INT(test_count(c, "SELECT count(DISTINCT answers) FROM answer"), 1);
    CHECK_INT(counted_tally(&g, "S11", "T", "", 1), 0);
    counted_check(c);
    CHECK_OK(answer_texts_settle(c, &g.wave));
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_sealed"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_text WHERE body = 'En planet af ost\nog en linje til'"), 1);
    CHECK_INT(counted_tally(&g, "S11", "T", "", 1), 2);
    counted_check(c);
}

TEST(answer, more_text_than_the_one_size_holds_is_refused)
{
    Counted g = counted_small(test_store());
    char much[9000];
    for (ptrdiff_t i = 0; i < (ptrdiff_t)sizeof much; i++) much[i] = 'x';
    const Given most = {questionnaire_item(&g.q, S("T")), {0}, {much, sizeof much}};
    UnitId unit = {test_unit(g.c, "S11")};
    CHECK_ERR(answer_store_sealed(g.c, &g.wave, unit, &g.q, NULL, 0, (Answers){(Given[]){most}, 1}), E_TOO_LARGE);
}

static Wave answered_wave(const Counted *g, const char *name, Date closes)
{
    Ctx *c = g->c;
    Wave wave = {0};
    CHECK_OK(survey_add(c, (NewWave){.questionnaire = S("LILLE"), .name = str_of_z(name), .opens_on = c->today, .closes_on = closes}, &wave));
    const Given text = {questionnaire_item(&g->q, S("T")), {0}, S("Mere ro")}, q3 = {questionnaire_item(&g->q, S("Q3")), {&(int64_t){4}, 1}, {0}};
    for (int i = 0; i < 3; i++)
        CHECK_OK(answer_store_sealed(c, &wave, (UnitId){test_unit(c, i ? "S12" : "S11")}, &g->q, NULL, 0, (Answers){(Given[]){q3, text}, 2}));
    return wave;
}

/* One figure of the wave; the statement ends where its id goes. */
static int64_t settled(Ctx *c, const Wave *wave, const char *what)
{
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)wave->id.v);
    return test_count(c, str_z(c->arena, STR_CAT(c->arena, str_of_z(what), str_of_z(id))));
}

/* What serve calls every second. */
static Err tick_of(Ctx *c, const char *feature)
{
    bool more = true;
    for (int i = 0; i < feature_count; i++)
        if (str_eq(str_of_z(features[i]->name), str_of_z(feature))) return features[i]->tick(c, &more);
    return E_NOT_FOUND;
}

TEST(answer, the_last_day_settles_texts_as_a_hand_does)
{
    Counted g = counted_small(test_store());
    Ctx *c = g.c;
    Wave by_hand = answered_wave(&g, "haand", (Date){c->today.day + 5}), by_tick = answered_wave(&g, "ur", c->today);
    CHECK_OK(survey_move(c, by_hand.id, WAVE_LUKKET));
    CHECK_OK(tick_of(c, "survey"));
    CHECK_INT(settled(c, &by_tick, "SELECT count(*) FROM wave WHERE state = 'aaben' AND id = "), 1);
    c->today.day++;
    c->now.ms += 86400000 + 1000;
    CHECK_OK(tick_of(c, "survey"));
    CHECK_INT(settled(c, &by_tick, "SELECT count(*) FROM wave WHERE state = 'lukket' AND id = "), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_sealed"), 0);
    static const char *const sums[] = {
        "SELECT count(*) FROM answer_text WHERE body = 'Mere ro' AND wave_id = ",
        "SELECT count(*) FROM tally WHERE wave_id = ",
        "SELECT CAST(sum(n * (unit_id * 31 + item_id * 7 + value)) AS INTEGER) FROM tally WHERE wave_id = ",
        "SELECT count(*) FROM wave_code WHERE sealed IS NOT NULL AND wave_id = ",
    };
    CHECK_INT(settled(c, &by_tick, sums[0]), 3);
    for (int i = 0; i < 4; i++) CHECK_INT(settled(c, &by_tick, sums[i]), settled(c, &by_hand, sums[i]));
    counted_check(c);
}

/* Whoever closes a wave on a page has the memory of one request. */
TEST(answer, texts_settle_in_little_memory)
{
    enum { ROOM = 4 << 20, RESPONDENTS = 700, WRITERS = 30 };
    Counted g = counted_small(test_store());
    Ctx *c = g.c;
    UnitId unit = {test_unit(c, "S11")};
    const Given text = {questionnaire_item(&g.q, S("T")), {0}, S("Mere ro")}, q3 = {questionnaire_item(&g.q, S("Q3")), {&(int64_t){4}, 1}, {0}};
    for (int i = 0; i < RESPONDENTS; i++)
        CHECK_OK(answer_store_sealed(c, &g.wave, unit, &g.q, NULL, 0, (Answers){(Given[]){q3, text}, i < WRITERS ? 2 : 1}));
    Arena before = *c->arena;
    jmp_buf full;
    c->arena->end = c->arena->next + ROOM;
    c->arena->full = &full;
    bool was_full = setjmp(full) != 0;
    if (!was_full) CHECK_OK(answer_texts_settle(c, &g.wave));
    c->arena->end = before.end;
    c->arena->full = before.full;
    CHECK(!was_full);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_text WHERE body = 'Mere ro'"), WRITERS);
    counted_check(c);
}

TEST(answer, closing_the_wave_settles_its_texts)
{
    Counted g = counted_small(test_store());
    Ctx *c = g.c;
    Wave wave = {0};
    CHECK_OK(survey_add(c, (NewWave){.questionnaire = S("LILLE"), .name = S("aaben"), .opens_on = c->today, .closes_on = {c->today.day + 5}}, &wave));
    const Given text = {questionnaire_item(&g.q, S("T")), {0}, S("Mere ro")};
    CHECK_OK(answer_store_sealed(c, &wave, (UnitId){test_unit(c, "S11")}, &g.q, NULL, 0, (Answers){(Given[]){text}, 1}));
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_text WHERE body = 'Mere ro'"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM answer_sealed"), 0);
}

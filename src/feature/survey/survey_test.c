#include "feature/survey/survey_inside.h"

#include <stdio.h>

#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"
#include "feature/survey/survey_view.h"
#include "wave.h"

TEST(survey, a_wave_with_dates_is_open_and_one_without_takes_files_only)
{
    Ctx *c = test_store_pers();
    Wave dated = test_wave_open(c), undated = test_wave(c, (NewWave){.name = S("filer")});
    CHECK(dated.state == WAVE_AABEN);
    CHECK_OK(survey_takes_answers(c, &dated));
    CHECK_OK(survey_takes_import(c, &dated));
    CHECK(undated.state == WAVE_KLADDE);
    CHECK_OK(survey_takes_import(c, &undated));
    CHECK_ERR(survey_takes_answers(c, &undated), E_CONFLICT);
    test_clean(c);
}

TEST(survey, a_name_beside_the_title_does_not_say_it_again)
{
    CHECK_STR(survey_name_beside(S("Elever"), S("Elever, forår 2026")), S("forår 2026"));
    CHECK_STR(survey_name_beside(S("Personale og ledere"), S("Personale og ledere, forår 2026")), S("forår 2026"));
    CHECK_STR(survey_name_beside(S("Personale og ledere"), S("Personale, pulsmåling 2026")), S("pulsmåling 2026"));
    CHECK_STR(survey_name_beside(S("Elever"), S("Elever 2026")), S("2026"));
    CHECK_STR(survey_name_beside(S("Elever"), S("Elevers trivsel, 2026")), S("Elevers trivsel, 2026"));
    CHECK_STR(survey_name_beside(S("Elevers trivsel"), S("Elev, 2026")), S("Elev, 2026"));
    CHECK_STR(survey_name_beside(S("Elever"), S("2026")), S("2026"));
    CHECK_STR(survey_name_beside(S("Elever"), S("Elever")), S(""));
    CHECK_STR(survey_name_beside(S(""), S("Elever, 2026")), S("Elever, 2026"));
}

TEST(survey, answers_are_taken_from_the_first_day_to_the_end_of_the_last)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){.opens_on = {c->today.day + 1}, .closes_on = {c->today.day + 2}});
    CHECK_ERR(survey_takes_answers(c, &wave), E_CONFLICT);
    ctx_forgive(c);
    c->today.day += 2;
    CHECK_OK(survey_takes_answers(c, &wave));
    c->today.day += 1;
    CHECK_ERR(survey_takes_answers(c, &wave), E_CONFLICT);
    CHECK_ERR(survey_takes_import(c, &wave), E_CONFLICT);
}

TEST(survey, a_name_is_one_line)
{
    Ctx *c = test_store_pers();
    Wave wave = {0};
    CHECK_ERR(survey_add(c, (NewWave){.questionnaire = S("PERS"), .name = S("2026\nforår")}, &wave), E_INVALID);
    CHECK_STR(c->problems->field, S("name"));
}

TEST(survey, an_owner_has_a_name_once)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c), second = {0};
    CHECK_ERR(survey_add(c, (NewWave){.questionnaire = S("PERS"), .name = wave.name}, &second), E_INVALID);
    CHECK_STR(c->problems->field, S("name"));
}

TEST(survey, two_owners_may_have_the_same_name_and_it_then_needs_more)
{
    Ctx *c = test_store_pers();
    test_wave(c, (NewWave){.owner = {test_unit(c, "K1")}});
    test_wave(c, (NewWave){.owner = {test_unit(c, "K2")}});
    Wave wave = {0};
    CHECK_ERR(survey_by_name(c, S("2026"), &wave), E_CONFLICT);
}

TEST(survey, nothing_goes_back_and_nothing_is_jumped)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    CHECK_ERR(survey_move(c, wave.id, WAVE_FRIGIVET_SKOLE), E_CONFLICT);
    ctx_forgive(c);
    static const WaveState way[] = {WAVE_LUKKET, WAVE_KONTROLLERET, WAVE_FRIGIVET_SKOLE, WAVE_FRIGIVET_KOMMUNE, WAVE_OFFENTLIG, WAVE_ARKIVERET};
    for (ptrdiff_t i = 0; i < COUNT_OF(way); i++) CHECK_OK(survey_move(c, wave.id, way[i]));
    CHECK_ERR(survey_move(c, wave.id, WAVE_AABEN), E_CONFLICT);
    ctx_forgive(c);
    Wave undated = test_wave(c, (NewWave){.name = S("filer")});
    CHECK_ERR(survey_move(c, undated.id, WAVE_AABEN), E_CONFLICT);
    test_clean(c);
}

TEST(survey, a_closed_wave_marks_nothing)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    Str mac = {0};
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, S("X"), &mac));
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    wave = test_wave_again(c, &wave);
    CHECK_ERR(survey_mac(c, &wave, SPENT_CODE, S("X"), &mac), E_CONFLICT);
}

TEST(survey, one_that_was_closed_early_does_not_say_that_it_ended_on_a_day_to_come)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    wave = test_wave_again(c, &wave);
    CHECK_ERR(survey_takes_answers(c, &wave), E_CONFLICT);
    CHECK(str_find(msg_text(c, c->message), S("sluttede"), 0) < 0);
    ctx_forgive(c);
    c->today.day = wave.closes_on.day + 1;
    CHECK_ERR(survey_takes_answers(c, &wave), E_CONFLICT);
    CHECK(str_find(msg_text(c, c->message), S("sluttede"), 0) > 0);
}

TEST(survey, a_draft_is_not_made_for_days_gone_by)
{
    Ctx *c = test_store_pers();
    NewWave n = {.questionnaire = S("PERS"), .name = S("For sent"), .opens_on = {c->today.day - 9}, .closes_on = {c->today.day - 1}, .is_draft = true};
    Wave wave = {0};
    CHECK_ERR(survey_add(c, n, &wave), E_INVALID);
    CHECK_STR(c->problems->field, S("close"));
    ctx_forgive(c);
    n.closes_on = c->today;
    CHECK_OK(survey_add(c, n, &wave));
    n.name = S("Fra filer"), n.is_draft = false, n.closes_on.day--;
    CHECK_OK(survey_add(c, n, &wave)); /* of the command line: answers of then come from files elsewhere */
}

TEST(survey, a_wave_without_dates_marks_rows_until_it_is_archived)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){0});
    Str mac = {0};
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    CHECK_OK(survey_move(c, wave.id, WAVE_KONTROLLERET));
    CHECK_OK(survey_move(c, wave.id, WAVE_FRIGIVET_SKOLE));
    wave = test_wave_again(c, &wave);
    CHECK_OK(survey_takes_import(c, &wave));
    CHECK_OK(survey_mac(c, &wave, SPENT_ROW, S("7"), &mac));
    CHECK_OK(survey_move(c, wave.id, WAVE_ARKIVERET));
    wave = test_wave_again(c, &wave);
    CHECK_ERR(survey_takes_import(c, &wave), E_CONFLICT);
    CHECK_ERR(survey_mac(c, &wave, SPENT_ROW, S("7"), &mac), E_CONFLICT);
}

TEST(survey, the_day_after_the_last_closes_it_and_its_marks_go)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    Str mac = {0};
    bool first = false, more = false;
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, S("X"), &mac));
    CHECK_OK(survey_spend(c, wave.id, mac, &first));
    CHECK_OK(survey_tidy(c, &more));
    CHECK(test_wave_again(c, &wave).state == WAVE_AABEN);
    c->today.day += 11;
    CHECK_OK(survey_tidy(c, &more));
    CHECK(test_wave_again(c, &wave).state == WAVE_LUKKET);
    CHECK_INT(test_count(c, "SELECT count(*) FROM spent"), 1); /* while the key is there it may be needed no more, but stands */
    CHECK_OK(wave_key_destroy(c, c->app->secrets, wave.uid));  /* what the commit does */
    for (more = true; more;) {
        more = false;
        CHECK_OK(survey_tidy(c, &more));
    }
    CHECK_INT(test_count(c, "SELECT count(*) FROM spent"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave WHERE has_lost_key = 1"), 1);
}

/* What serve does every second, while the first wave's closing always fails; its write is rolled back. */
static int seconds_until(Ctx *c, const Wave *stuck, const char *what)
{
    for (int n = 1; n <= 200; n++) {
        bool more = false;
        char *end = c->arena->end;
        c->now.ms += 1000;
        Err err = survey_tidy(c, &more);
        c->arena->end = end; /* what fails halfway has put some aside */
        if (err == E_BROKEN) {
            ctx_forgive(c);
            test_sql(c, "UPDATE wave SET state = 'aaben' WHERE name = 'hænger'");
        } else CHECK_OK(err);
        CHECK(test_wave_again(c, stuck).state == WAVE_AABEN);
        if (test_count(c, what)) return n;
    }
    return 0;
}

SQL(SEALED_WRONGLY, "INSERT INTO answer_sealed (id, wave_id, sealed) VALUES ($1, $2, $3)");

TEST(survey, a_wave_that_cannot_be_closed_holds_up_no_other)
{
    Ctx *c = test_store_pers();
    NewWave n = {.name = S("hænger"), .opens_on = c->today, .closes_on = c->today};
    Wave stuck = test_wave(c, n);
    n.name = S("ældre");
    Wave older = test_wave(c, n);
    n.name = S("nyere");
    Wave newer = test_wave(c, n);
    const Bytes wrong = {(const uint8_t *)"x", 1};
    CHECK_OK(db_exec(c, SEALED_WRONGLY, NULL, stuck.uid, stuck.id, wrong));
    CHECK_OK(survey_move(c, older.id, WAVE_LUKKET));
    CHECK_OK(wave_key_destroy(c, c->app->secrets, older.uid));
    CHECK_OK(wave_key_destroy(c, c->app->secrets, newer.uid));
    c->today.day++;
    CHECK(seconds_until(c, &stuck, "SELECT count(*) FROM wave WHERE name = 'nyere' AND state = 'lukket'") > 0);
    CHECK(seconds_until(c, &stuck, "SELECT count(*) FROM wave WHERE name = 'ældre' AND has_lost_key = 1") > 0);
}

TEST(survey, a_wave_that_is_not_committed_leaves_no_key)
{
    Ctx *c = test_store_pers();
    CtxMark mark = ctx_mark(c);
    Wave wave = test_wave_open(c);
    char uid[33] = {0};
    for (int i = 0; i < 32; i++) uid[i] = wave.uid.p[i];
    CHECK(wave_key_is_there(c, c->app->secrets, wave.uid));
    ctx_rewind(c, mark);
    CHECK(!wave_key_is_there(c, c->app->secrets, str_of_z(uid)));
}

TEST(survey, a_key_stays_where_nobody_knows_whether_its_wave_was_stored)
{
    Ctx *c = test_store_pers();
    CtxMark mark = ctx_mark(c);
    Wave wave = test_wave_open(c);
    char uid[33] = {0};
    for (int i = 0; i < 32; i++) uid[i] = wave.uid.p[i];
    c->is_uncertain = true; /* what the writer says of a commit whose connection broke */
    ctx_rewind(c, mark);
    bool is_there = wave_key_is_there(c, c->app->secrets, str_of_z(uid));
    CHECK_OK(wave_key_destroy(c, c->app->secrets, str_of_z(uid))); /* the next test makes the same */
    CHECK(is_there);
}

/* ---- the tree ---------------------------------------------------------------- */

static const WaveUnit *unit_in(const WaveUnits *all, const char *code)
{
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].code, str_of_z(code))) return &all->v[i];
    return NULL;
}

TEST(survey, a_class_that_has_ended_stays_below_a_school_that_moves_down)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    WaveUnits all = {0};
    UnitId district = {0};
    NewUnit d1 = {.code = S("D1"), .name = S("Nord"), .kind = S("distrikt"), .parent_code = S("K1"), .valid_from = {19205}};
    CHECK_OK(organisation_add(c, d1, &district));
    test_sql(c, "UPDATE unit SET parent_id = (SELECT id FROM unit WHERE code = 'D1') WHERE code = 'S11'");
    CHECK_OK(organisation_reach_rebuild(c));
    test_sql(c, "UPDATE unit SET valid_to = valid_from + 30, name = '0.A', name_sort = '0.a' WHERE code = 'S11-3A'");
    test_sql(c, "UPDATE wave_unit SET name_sort = '0.a' WHERE code = 'S11-3A'");
    CHECK_OK(survey_invited_set(c, wave.id, (UnitId){test_unit(c, "S11-3A")}, S(""), 24));
    CHECK_OK(survey_tree_take(c, wave.id));
    CHECK_OK(survey_units(c, wave.id, &all));
    const WaveUnit *class = unit_in(&all, "S11-3A"), *above = class->parent < 0 ? NULL : &all.v[class->parent];
    CHECK(above && str_eq(above->code, S("S11-A")) && class->depth == above->depth + 1);
    CHECK_INT(unit_in(&all, "S11")->invited, 24);
    test_clean(c);
}

TEST(survey, the_tree_has_parents_first_and_knows_its_lowest)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    WaveUnits all = {0};
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(all.n, 8);
    for (ptrdiff_t i = 0; i < all.n; i++) CHECK(all.v[i].parent < i);
    CHECK_INT(all.v[0].parent, -1);
    CHECK(unit_in(&all, "S11-3A")->is_lowest && unit_in(&all, "S21")->is_lowest);
    CHECK(!unit_in(&all, "S11")->is_lowest);
    CHECK_STR(all.v[unit_in(&all, "S11-3A")->parent].code, S("S11-A"));
    CHECK_INT(unit_in(&all, "S11-3A")->depth, 4);
    test_clean(c);
}

TEST(survey, a_municipality_asks_its_own_and_may_leave_classes_out)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){.owner = {test_unit(c, "K1")}, .skips = S("team klasse")});
    WaveUnits all = {0};
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(all.n, 4); /* K1, S11, S12, S11-A */
    CHECK(!unit_in(&all, "R1") && !unit_in(&all, "S21") && !unit_in(&all, "S11-3A"));
    CHECK(unit_in(&all, "S11-A")->is_lowest);
    CHECK_INT(unit_in(&all, "K1")->depth, 0);
    test_clean(c);
}

TEST(survey, the_tree_is_that_of_the_closing_date)
{
    Ctx *c = test_store_pers();
    test_sql(c, "INSERT INTO unit_past (unit_id, until, parent_id, name, kind)"
                " SELECT id, 20780, parent_id, 'Den gamle skole', kind FROM unit WHERE code = 'S12'");
    test_sql(c, "UPDATE unit SET valid_to = 20760 WHERE code = 'S21'");
    Wave old = test_wave(c, (NewWave){.name = S("før"), .opens_on = {20700}, .closes_on = {20750}});
    Wave late = test_wave(c, (NewWave){.name = S("efter"), .opens_on = {20700}, .closes_on = {20800}});
    WaveUnits before = {0}, after = {0};
    CHECK_OK(survey_units(c, old.id, &before));
    CHECK_OK(survey_units(c, late.id, &after));
    CHECK_STR(unit_in(&before, "S12")->name, S("Den gamle skole"));
    CHECK_STR(unit_in(&after, "S12")->name, S("Strandmarkskolen"));
    CHECK(unit_in(&before, "S21") && !unit_in(&after, "S21"));
    CHECK(unit_in(&after, "K2")->is_lowest);
    test_clean(c);
}

TEST(survey, a_new_unit_comes_into_the_tree_and_what_is_known_stays)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    UnitId s13 = {0}, s21 = {test_unit(c, "S21")};
    CHECK_OK(survey_invited_set(c, wave.id, s21, S(""), 12));
    CHECK_OK(survey_participant_set(c, wave.id, s21, true));
    CHECK_OK(organisation_add(c, (NewUnit){.code = S("S13"), .name = S("Åskolen"), .kind = S("skole"), .parent_code = S("K1"),
                                           .valid_from = survey_tree_day(&wave)}, &s13));
    CHECK_OK(survey_tree_take(c, wave.id));
    WaveUnits all = {0};
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK(unit_in(&all, "S13") != NULL);
    CHECK_INT(unit_in(&all, "S21")->invited, 12);
    CHECK_INT(unit_in(&all, "S21")->participant, 1);
    CHECK_INT(unit_in(&all, "S13")->participant, -1);
}

TEST(survey, invited_adds_up_and_is_unknown_where_one_below_is)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    WaveUnits all = {0};
    UnitId klasse = {test_unit(c, "S11-3A")}, s12 = {test_unit(c, "S12")};
    CHECK_OK(survey_invited_set(c, wave.id, klasse, S("elev"), 20));
    CHECK_OK(survey_invited_set(c, wave.id, klasse, S("leder"), 1));
    CHECK_OK(survey_invited_set(c, wave.id, klasse, S("foraelder"), 0));
    CHECK_OK(survey_invited_set(c, wave.id, klasse, S("personale"), 0));
    CHECK_OK(survey_invited_set(c, wave.id, s12, S(""), 30));
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(unit_in(&all, "S11")->invited, 21);
    CHECK_INT(unit_in(&all, "K1")->invited, 51);
    CHECK_INT(unit_in(&all, "K2")->invited, -1);
    CHECK_INT(unit_in(&all, "R1")->invited, -1);
    CHECK_OK(survey_invited_set(c, wave.id, klasse, S(""), 25));
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(unit_in(&all, "S11")->invited, 25);
    CHECK_OK(survey_invited_set(c, wave.id, s12, S("elev"), 8));
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(unit_in(&all, "S12")->invited, -1); /* of the other roles nobody knows */
    CHECK_ERR(survey_invited_set(c, wave.id, s12, S("elev"), -1), E_INVALID);
}

static void answer_at(Ctx *c, const Wave *wave, const char *unit, int n)
{
    char sql[200];
    snprintf(sql, sizeof sql, "INSERT INTO tally (wave_id, unit_id, item_id, group_id, value, n) VALUES (%lld, %lld, 0, 0, 1, %d)",
             (long long)wave->id.v, (long long)test_unit(c, unit), n);
    test_sql(c, sql);
}

static void check_own(Ctx *c, const Wave *wave, const char *at, const char *unit, const char *words)
{
    Str name = {0};
    Msg told = {0};
    test_viewer(c, test_person(c, "Alma Holm", at, "skoleleder"));
    CHECK_OK(survey_answered_own(c, wave->id, &name, &told));
    CHECK_STR(name, str_of_z(unit));
    CHECK_STR(msg_text(c, told), str_of_z(words));
}

/* Answers are not counted by role: of some roles' invited the rate would be too high. */
TEST(survey, invited_is_known_where_each_role_that_is_asked_has_a_number)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){.opens_on = c->today, .closes_on = c->today, .roles = S("personale leder")});
    WaveUnits all = {0};
    UnitId s12 = {test_unit(c, "S12")};
    CHECK_OK(survey_invited_set(c, wave.id, s12, S("personale"), 30));
    answer_at(c, &wave, "S12", 26);
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(unit_in(&all, "S12")->invited, -1);
    check_own(c, &wave, "S12", "Strandmarkskolen", "mindst 25");
    CHECK_OK(survey_invited_set(c, wave.id, s12, S("elev"), 9)); /* is not asked */
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(unit_in(&all, "S12")->invited, -1);
    CHECK_OK(survey_invited_set(c, wave.id, s12, S("leder"), 3));
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_INT(unit_in(&all, "S12")->invited, 33);
    check_own(c, &wave, "S12", "Strandmarkskolen", "mindst 25 af 33");
}

TEST(survey, ones_own_rate_is_of_the_highest_unit_one_may_see_in_steps_of_five)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    WaveUnits all = {0};
    int64_t *answered = NULL;
    CHECK_OK(survey_invited_set(c, wave.id, (UnitId){test_unit(c, "S11-3A")}, S(""), 20));
    answer_at(c, &wave, "S11-3A", 12);
    answer_at(c, &wave, "S12", 4);
    CHECK_OK(survey_units(c, wave.id, &all));
    CHECK_OK(survey_answered(c, wave.id, &all, &answered));
    CHECK_INT(answered[unit_in(&all, "S11") - all.v], 10);
    check_own(c, &wave, "S11", "Bakkeskolen", "mindst 10 af 20");
    check_own(c, &wave, "S12", "Strandmarkskolen", "færre end 5"); /* and how many are invited is not known */
    Str name = {0};
    Msg told = {0};
    test_viewer(c, test_person(c, "Bo Krog", "K1", "politiker"));
    CHECK_ERR(survey_answered_own(c, wave.id, &name, &told), E_NOT_FOUND);
}

TEST(survey, groups_stand_as_first_named_and_the_unknown_last)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    static const char *const named[][2] = {{"koen", "uoplyst"}, {"koen", "m"}, {"alder", "ung"}, {"koen", "k"}, {"koen", "m"}};
    int64_t ids[5] = {0};
    for (int i = 0; i < 5; i++) CHECK_OK(survey_group(c, wave.id, str_of_z(named[i][0]), str_of_z(named[i][1]), &ids[i]));
    CHECK(ids[1] == ids[4] && ids[1] != ids[3]);
    WaveGroups all = {0};
    CHECK_OK(survey_groups(c, wave.id, &all));
    CHECK_INT(all.n, 4);
    static const char *const wanted[] = {"m", "k", "uoplyst", "ung"};
    for (int i = 0; i < 4; i++) CHECK_STR(all.v[i].code, str_of_z(wanted[i]));
}

/* ---- marks ---------------------------------------------------------------------- */

TEST(survey, a_mark_counts_once_and_says_what_it_marks)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    Str code = {0}, row = {0};
    bool first = false;
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, S("X"), &code));
    CHECK_OK(survey_mac(c, &wave, SPENT_ROW, S("X"), &row));
    CHECK(!str_eq(code, row));
    CHECK_OK(survey_spend(c, wave.id, code, &first));
    CHECK(first);
    CHECK_OK(survey_spend(c, wave.id, code, &first));
    CHECK(!first);
}

TEST(survey, a_wave_that_closes_before_the_write_takes_no_mark)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    Str used = {0}, late = {0};
    bool first = false;
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, S("X"), &used));
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, S("Y"), &late));
    CHECK_OK(survey_spend(c, wave.id, used, &first));
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    CHECK_OK(survey_takes_answers(c, &wave)); /* so it looked */
    CHECK_ERR(survey_spend(c, wave.id, late, &first), E_CONFLICT);
    CHECK(str_find(msg_text(c, c->message), S("lukket"), 0) > 0);
    ctx_forgive(c);
    CHECK_ERR(survey_spend(c, wave.id, used, &first), E_CONFLICT);
    CHECK_INT(test_count(c, "SELECT count(*) FROM spent"), 1);
}

/* ---- the promise ------------------------------------------------------------------- */

static Promise promise_of(Ctx *c, const Wave *wave)
{
    Promise promise = {0};
    CHECK_OK(survey_promise(c, wave, &promise));
    return promise;
}

static void invite(Ctx *c, const Wave *wave, const char *unit, Str role, int64_t n)
{
    CHECK_OK(survey_invited_set(c, wave->id, (UnitId){test_unit(c, unit)}, role, n));
}

TEST(survey, anonymous_is_said_only_where_five_are_asked_in_every_cell)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){.opens_on = c->today, .closes_on = c->today, .roles = S("personale leder")});
    CHECK(!promise_of(c, &wave).is_anonymous); /* nobody knows */
    const char *const units[] = {"S12", "S21", "S11-3A"};
    for (int i = 0; i < 3; i++) {
        invite(c, &wave, units[i], S("personale"), 20);
        invite(c, &wave, units[i], S("leder"), 5);
    }
    CHECK(promise_of(c, &wave).is_anonymous);
    invite(c, &wave, "S21", S("leder"), 4);
    CHECK(!promise_of(c, &wave).is_anonymous);
    invite(c, &wave, "S21", S(""), 24); /* not split: how many leaders? */
    CHECK(!promise_of(c, &wave).is_anonymous);
}

TEST(survey, a_draft_is_given_other_days_but_not_of_another_tree)
{
    Ctx *c = test_store_pers();
    Wave draft = test_wave(c, (NewWave){.opens_on = c->today, .closes_on = {c->today.day + 10}, .is_draft = true});
    Wave other = test_wave(c, (NewWave){.name = S("taget"), .opens_on = c->today, .closes_on = {c->today.day + 10}});
    WaveEdit to = {.name = S("flyttet"), .opens_on = {c->today.day + 5}, .closes_on = {c->today.day + 20}};
    CHECK_ERR(survey_edit(c, other.id, other.version, to), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(survey_edit(c, draft.id, (Version){draft.version.v + 1}, to), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(survey_edit(c, draft.id, draft.version, (WaveEdit){.name = other.name, .opens_on = to.opens_on, .closes_on = to.closes_on}), E_INVALID);
    CHECK_STR(c->problems->field, S("name"));
    ctx_forgive(c);
    CHECK_OK(survey_edit(c, draft.id, draft.version, to));
    Wave now = test_wave_again(c, &draft);
    CHECK_STR(now.name, to.name);
    CHECK_INT(now.closes_on.day, to.closes_on.day);
    CHECK_INT(now.releases_on.day - now.closes_on.day, draft.releases_on.day - draft.closes_on.day);
    test_sql(c, "UPDATE unit SET valid_to = (SELECT closes_on FROM wave WHERE name = 'flyttet') WHERE id IN (SELECT unit_id FROM wave_unit WHERE is_lowest = 1)");
    to.closes_on.day++;
    CHECK_ERR(survey_edit(c, draft.id, now.version, to), E_INVALID);
    CHECK_STR(c->problems->field, S("close"));
    test_clean(c);
}

#include "feature/questionnaire/questionnaire.h"

#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/number.h"
#include "feature/questionnaire/questionnaire_demo.h"
#include "store.h"

/* The example of FORMATS §2, word for word. */
static const char example[] =
    "{ \"format\": \"traad-questionnaire-1\", \"code\": \"PERS\", \"title\": {\"da\": \"Personale\", \"en\": \"Staff\"}, \"languages\": [\"da\", \"en\"],\n"
    "  \"scales\": { \"enig5\": { \"options\": [ {\"value\": 1, \"text\": {\"da\": \"Helt uenig\", \"en\": \"Strongly disagree\"}}, {\"value\": 2, \"text\": {\"da\": \"Uenig\"}}, {\"value\": 3, \"text\": {\"da\": \"Hverken eller\"}},\n"
    "                                       {\"value\": 4, \"text\": {\"da\": \"Enig\"}}, {\"value\": 5, \"text\": {\"da\": \"Helt enig\"}}, {\"value\": 9, \"text\": {\"da\": \"Ved ikke\"}} ],\n"
    "                         \"agree\": [4, 5], \"disagree\": [1, 2], \"dont_know\": [9] } },\n"
    "  \"sections\": [ { \"code\": \"SAM\", \"title\": {\"da\": \"Samarbejde\"}, \"theme\": \"samarbejde\", \"items\": [\n"
    "      { \"code\": \"Q1\", \"kind\": \"single\", \"scale\": \"enig5\", \"text\": {\"da\": \"Mit team sætter tid af til at undersøge vores undervisning\"}, \"core\": true },\n"
    "      { \"code\": \"Q2\", \"kind\": \"single\", \"scale\": \"enig5\", \"text\": {\"da\": \"Jeg arbejder tit alene\"}, \"reverse\": true, \"ask_if\": {\"item\": \"Q1\", \"in\": [1, 2, 3]} },\n"
    "      { \"code\": \"M1\", \"kind\": \"matrix\", \"scale\": \"enig5\", \"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\", \"text\": {\"da\": \"taler vi om elevernes trivsel\"}} ] } ] } ],\n"
    "  \"scores\": [ { \"code\": \"TEAM\", \"title\": {\"da\": \"Teamets arbejde\"}, \"items\": [\"Q1\", \"Q2\"], \"min_answered\": 0.5 } ] }\n";

static Str example_json(void)
{
    return (Str){example, (ptrdiff_t)sizeof example - 1};
}

/* The example with one thing put otherwise. */
static Str changed(Ctx *c, Str what, Str with)
{
    Str all = example_json();
    ptrdiff_t at = str_find(all, what, 0);
    CHECK(at >= 0);
    return STR_CAT(c->arena, str_sub(all, 0, at), with, str_sub(all, at + what.n, all.n));
}

static Questionnaire parsed(Ctx *c, Str json)
{
    Questionnaire q = {0};
    CHECK_OK(questionnaire_parse(c, json, &q));
    return q;
}

static Str told_at(Ctx *c, Str field)
{
    for (const Problem *p = c->problems; p; p = p->next)
        if (str_eq(p->field, field)) return p->what.text;
    return S("nothing told");
}

TEST(questionnaire, the_example_is_read_whole)
{
    Questionnaire q = parsed(test_ctx_plain(), example_json());
    CHECK_STR(q.code, S("PERS"));
    CHECK_STR(lang_text(q.title, S("en")), S("Staff"));
    CHECK_STR(lang_text(q.title, S("de")), S("Personale"));
    CHECK_INT(q.items.n, 4);
    CHECK_INT(q.sections.n, 1);
    CHECK_INT(q.sections.v[0].count, 4);
    const Item *q1 = questionnaire_item(&q, S("Q1")), *q2 = questionnaire_item(&q, S("Q2"));
    CHECK(q1->is_core && !q1->is_reverse && q2->is_reverse && q2->ask_if == q1);
    CHECK_INT(q2->ask_in.n, 3);
    CHECK_STR(q1->theme, S("samarbejde"));
    CHECK_INT(q1->options.n, 6);
    CHECK(values_have(q1->agree, 5) && !values_have(q1->agree, 3) && values_have(q1->dont_know, 9));
    CHECK_INT(q.scores.v[0].n, 2);
    CHECK_NEAR(q.scores.v[0].min_answered, 0.5, 0);
}

TEST(questionnaire, rows_inherit_what_their_matrix_has)
{
    Ctx *c = test_ctx_plain();
    Questionnaire q = parsed(
        c,
        changed(
            c, S("{\"da\": \"I mit team\"}"),
            S("{\"da\": \"I mit team\"}, \"core\": true, \"agree\": [5], \"ask_if\": {\"item\": \"Q1\", \"in\": [4]}")));
    const Item *matrix = questionnaire_item(&q, S("M1")), *row = questionnaire_item(&q, S("M1A"));
    CHECK_INT(matrix->kind, ITEM_MATRIX);
    CHECK_INT(row->kind, ITEM_SINGLE);
    CHECK(row->matrix == matrix && row->scale == matrix->scale && row->is_core);
    CHECK_INT(row->agree.n, 1);
    CHECK(row->ask_if == questionnaire_item(&q, S("Q1")));
}

TEST(questionnaire, parse_and_write_are_inverse)
{
    Ctx *c = test_ctx_plain();
    Questionnaire q = parsed(
        c,
        changed(
            c, S("{\"da\": \"I mit team\"}"),
            S("{\"da\": \"I \\\"mit\\\" team\"}, \"same_as\": {\"questionnaire\": \"P\", \"item\": \"X\"}, \"agree\": [5]")));
    Str once = questionnaire_json(c, &q);
    Questionnaire again = parsed(c, once);
    CHECK_STR(questionnaire_json(c, &again), once);
    CHECK(str_find(once, S(" \""), 0) < 0 || str_find(once, S(": "), 0) < 0);
    CHECK(str_find(once, S("\"same_as\":{\"item\":\"X\",\"questionnaire\":\"P\"}"), 0) > 0);
    CHECK_STR(questionnaire_item(&again, S("M1"))->same_as, S("P/X"));
}

TEST(questionnaire, the_order_of_keys_does_not_matter)
{
    Ctx *c = test_ctx_plain();
    Questionnaire a = parsed(c, example_json());
    Questionnaire b = parsed(
        c, changed(c, S("\"agree\": [4, 5], \"disagree\": [1, 2]"), S("\"disagree\": [2, 1], \"agree\": [5, 4]")));
    CHECK_STR(questionnaire_json(c, &a), questionnaire_json(c, &b));
}

TEST(questionnaire, every_fault_is_told_with_its_place)
{
    static const struct {
        Str what, with, place;
    } faults[] = {
        {S_INIT("traad-questionnaire-1"),                          S_INIT("traad-questionnaire-2"),    S_INIT("format")                            },
        {S_INIT("\"code\": \"PERS\""),                             S_INIT("\"code\": \"P ERS\""),      S_INIT("code")                              },
        {S_INIT("\"code\": \"PERS\", "),                           S_INIT(""),                         S_INIT("code")                              },
        {S_INIT("[\"da\", \"en\"]"),                               S_INIT("[]"),                       S_INIT("languages")                         },
        {S_INIT("[\"da\", \"en\"]"),                               S_INIT("[\"da\", \"da\"]"),         S_INIT("languages[1]")                      },
        {S_INIT("[\"da\", \"en\"]"),                               S_INIT("[\"da\"]"),                 S_INIT("title.en")                          },
        {S_INIT("\"da\": \"Personale\""),                          S_INIT("\"da\": \" \""),            S_INIT("title.da")                          },
        {S_INIT("\"scale\": \"enig5\", \"text\": {\"da\": \"Jeg"),
         S_INIT("\"scale\": \"enig7\", \"text\": {\"da\": \"Jeg"),                                     S_INIT("sections[0].items[1].scale")        },
        {S_INIT("\"scale\": \"enig5\", \"text\": {\"da\": \"Jeg"), S_INIT("\"text\": {\"da\": \"Jeg"),
         S_INIT("sections[0].items[1].scale")                                                                                                      },
        {S_INIT("\"agree\": [4, 5]"),                              S_INIT("\"agree\": [4, 6]"),        S_INIT("scales.enig5.agree[1]")             },
        {S_INIT("\"agree\": [4, 5]"),                              S_INIT("\"agree\": [4, 4]"),        S_INIT("scales.enig5.agree[1]")             },
        {S_INIT("\"agree\": [4, 5]"),                              S_INIT("\"agree\": [2, 4]"),        S_INIT("scales.enig5")                      },
        {S_INIT("{\"value\": 2,"),                                 S_INIT("{\"value\": 1,"),           S_INIT("scales.enig5.options[1].value")     },
        {S_INIT("{\"value\": 2,"),                                 S_INIT("{\"value\": 2.5,"),         S_INIT("scales.enig5.options[1].value")     },
        {S_INIT("{\"value\": 2,"),                                 S_INIT("{\"Value\": 2,"),           S_INIT("scales.enig5.options[1].Value")     },
        {S_INIT("\"code\": \"Q2\""),                               S_INIT("\"code\": \"Q1\""),         S_INIT("sections[0].items[1].code")         },
        {S_INIT("\"code\": \"M1A\""),                              S_INIT("\"code\": \"Q1\""),         S_INIT("sections[0].items[2].items[0].code")},
        {S_INIT("\"kind\": \"matrix\""),                           S_INIT("\"kind\": \"table\""),      S_INIT("sections[0].items[2].kind")         },
        {S_INIT("\"kind\": \"matrix\""),                           S_INIT("\"kind\": \"score\""),      S_INIT("sections[0].items[2].kind")         },
        {S_INIT("\"kind\": \"matrix\""),                           S_INIT("\"kind\": \"text\""),       S_INIT("sections[0].items[2].scale")        },
        {S_INIT("\"core\": true"),                                 S_INIT("\"core\": 1"),              S_INIT("sections[0].items[0].core")         },
        {S_INIT("\"core\": true"),                                 S_INIT("\"kerne\": true"),          S_INIT("sections[0].items[0].kerne")        },
        {S_INIT("\"item\": \"Q1\""),                               S_INIT("\"item\": \"M1A\""),        S_INIT("sections[0].items[1].ask_if.item")  },
        {S_INIT("\"item\": \"Q1\""),                               S_INIT("\"item\": \"Q2\""),         S_INIT("sections[0].items[1].ask_if.item")  },
        {S_INIT("\"in\": [1, 2, 3]"),                              S_INIT("\"in\": [1, 7]"),           S_INIT("sections[0].items[1].ask_if.in[1]") },
        {S_INIT("\"in\": [1, 2, 3]"),                              S_INIT("\"in\": []"),               S_INIT("sections[0].items[1].ask_if.in")    },
        {S_INIT("[\"Q1\", \"Q2\"]"),                               S_INIT("[\"Q1\", \"Q9\"]"),         S_INIT("scores[0].items[1]")                },
        {S_INIT("[\"Q1\", \"Q2\"]"),                               S_INIT("[\"Q1\", \"M1\"]"),         S_INIT("scores[0].items[1]")                },
        {S_INIT("[\"Q1\", \"Q2\"]"),                               S_INIT("[\"Q1\", \"Q1\"]"),         S_INIT("scores[0].items[1]")                },
        {S_INIT("\"min_answered\": 0.5"),                          S_INIT("\"min_answered\": 1.5"),    S_INIT("scores[0].min_answered")            },
        {S_INIT("\"code\": \"TEAM\""),                             S_INIT("\"code\": \"Q1\""),         S_INIT("scores[0].code")                    },
    };
    for (ptrdiff_t i = 0; i < COUNT_OF(faults); i++) {
        Ctx *c = test_ctx_plain();
        Questionnaire q = {0};
        ctx_forgive(c);
        CHECK_ERR(questionnaire_parse(c, changed(c, faults[i].what, faults[i].with), &q), E_INVALID);
        Str told = told_at(c, faults[i].place);
        if (str_eq(told, S("nothing told"))) CHECK_STR(c->problems->field, faults[i].place); /* shows both */
        CHECK(q.items.n == 0);
    }
}

TEST(questionnaire, several_faults_are_told_at_once)
{
    Ctx *c = test_ctx_plain();
    Questionnaire q = {0};
    Str json = changed(c, S("\"sections\""), S("\"extra\": 1, \"sectioner\""));
    CHECK_ERR(questionnaire_parse(c, json, &q), E_INVALID);
    CHECK_STR(told_at(c, S("extra")), S("Ukendt nøgle."));
    CHECK_STR(told_at(c, S("sectioner")), S("Ukendt nøgle."));
    CHECK_STR(told_at(c, S("sections")), S("Mangler."));
}

static Tie tie_of(Ctx *c, Str now_json, Str before_json, Str code)
{
    Questionnaire now = parsed(c, now_json), before = parsed(c, before_json);
    const Item *was = NULL;
    return questionnaire_tie(&now, questionnaire_item(&now, code), &before, &was);
}

TEST(questionnaire, same_code_and_same_texts_is_the_same_wording)
{
    Ctx *c = test_ctx_plain();
    CHECK_INT(tie_of(c, example_json(), example_json(), S("Q1")), TIE_SAME);
    CHECK_INT(tie_of(c, changed(c, S("tit alene"), S("ofte alene")), example_json(), S("Q2")), TIE_CHANGED);
    CHECK_INT(tie_of(c, changed(c, S("tit alene"), S("ofte alene")), example_json(), S("Q1")), TIE_SAME);
    CHECK_INT(tie_of(c, changed(c, S("\"code\": \"M1A\""), S("\"code\": \"M1B\"")), example_json(), S("M1B")), TIE_NEW);
}

TEST(questionnaire, the_matrix_text_and_the_answers_are_part_of_the_wording)
{
    Ctx *c = test_ctx_plain();
    CHECK_INT(tie_of(c, changed(c, S("I mit team"), S("I mit nye team")), example_json(), S("M1A")), TIE_CHANGED);
    CHECK_INT(tie_of(c, changed(c, S("Helt uenig"), S("Slet ikke enig")), example_json(), S("Q1")), TIE_CHANGED);
    CHECK_INT(tie_of(c, changed(c, S("\"agree\": [4, 5]"), S("\"agree\": [5]")), example_json(), S("Q1")), TIE_CHANGED);
}

TEST(questionnaire, a_translation_added_later_breaks_no_tie)
{
    Ctx *c = test_ctx_plain();
    Str more = changed(c, S("{\"da\": \"Jeg arbejder tit alene\"}"),
                       S("{\"da\": \"Jeg arbejder tit alene\", \"en\": \"I often work alone\"}"));
    CHECK_INT(tie_of(c, more, example_json(), S("Q2")), TIE_SAME);
    CHECK_INT(tie_of(c, example_json(), more, S("Q2")), TIE_SAME);
    Str other = changed(c, S("\"en\": \"Strongly disagree\""), S("\"en\": \"Fully disagree\""));
    CHECK_INT(tie_of(c, other, example_json(), S("Q2")), TIE_CHANGED);
}

TEST(questionnaire, an_item_can_be_tied_by_hand)
{
    Ctx *c = test_ctx_plain();
    Str now = changed(
        c, S("\"code\": \"M1A\", \"text\": {\"da\": \"taler"),
        S("\"code\": \"N1\", \"same_as\": {\"questionnaire\": \"PERS\", \"item\": \"M1A\"}, \"text\": {\"da\": \"snakker"));
    CHECK_INT(tie_of(c, now, example_json(), S("N1")), TIE_SAME);
    Str elsewhere = changed(c, S("\"code\": \"M1A\","),
                            S("\"code\": \"N1\", \"same_as\": {\"questionnaire\": \"ANDET\", \"item\": \"M1A\"},"));
    CHECK_INT(tie_of(c, elsewhere, example_json(), S("N1")), TIE_NEW);
}

TEST(questionnaire, a_score_is_the_same_only_when_all_its_items_are)
{
    Ctx *c = test_ctx_plain();
    Questionnaire before = parsed(c, example_json()), same = parsed(c, example_json());
    Questionnaire other = parsed(c, changed(c, S("tit alene"), S("ofte alene")));
    Questionnaire turned = parsed(c, changed(c, S("\"reverse\": true, "), S("")));
    const Score *was = NULL;
    CHECK_INT(questionnaire_tie_score(&same, &same.scores.v[0], &before, &was), TIE_SAME);
    CHECK_INT(questionnaire_tie_score(&other, &other.scores.v[0], &before, &was), TIE_CHANGED);
    CHECK_INT(questionnaire_tie_score(&turned, &turned.scores.v[0], &before, &was), TIE_CHANGED);
    CHECK_STR(was->code, S("TEAM"));
}

static Values answered_two(const void *from, const Item *item)
{
    (void)item;
    return *(const Values *)from;
}

TEST(questionnaire, a_question_is_asked_when_its_condition_holds)
{
    Questionnaire q = parsed(test_ctx_plain(), example_json());
    int64_t chosen[] = {2};
    Values two = {chosen, 1}, none = {0};
    const Item *q2 = questionnaire_item(&q, S("Q2"));
    CHECK(questionnaire_is_asked(q2, answered_two, &two));
    CHECK(!questionnaire_is_asked(q2, answered_two, &none));
    chosen[0] = 5;
    CHECK(!questionnaire_is_asked(q2, answered_two, &two));
    CHECK(questionnaire_is_asked(questionnaire_item(&q, S("M1A")), answered_two, &none));
}

/* ---- the store --------------------------------------------------------------- */

static Questionnaire stored(Ctx *c, Str json, bool *ret_is_new)
{
    Questionnaire q = parsed(c, json);
    CHECK_OK(questionnaire_store(c, &q, (UnitId){test_unit(c, "R1")}, ret_is_new));
    return q;
}

TEST(questionnaire, unchanged_is_no_new_version)
{
    Ctx *c = test_store();
    bool is_new = false;
    Questionnaire first = stored(c, example_json(), &is_new);
    CHECK(is_new);
    CHECK_INT(first.number, 1);
    Questionnaire again = stored(c, changed(c, S("\"agree\": [4, 5]"), S("\"agree\": [5, 4]")), &is_new);
    CHECK(!is_new);
    CHECK_INT(again.version_id.v, first.version_id.v);
    CHECK_INT(again.items.v[3].id.v, first.items.v[3].id.v);
    CHECK_INT(test_count(c, "SELECT count(*) FROM item"), 5);
    test_clean(c);
}

TEST(questionnaire, changed_is_a_new_version_and_the_old_one_stands)
{
    Ctx *c = test_store();
    bool is_new = false;
    Questionnaire first = stored(c, example_json(), &is_new);
    Questionnaire second = stored(c, changed(c, S("tit alene"), S("ofte alene")), &is_new);
    CHECK(is_new);
    CHECK_INT(second.number, 2);
    CHECK(second.id.v == first.id.v);
    Questionnaire old = {0}, newest = {0};
    CHECK_OK(questionnaire_load(c, first.version_id, &old));
    CHECK_STR(lang_text(questionnaire_item(&old, S("Q2"))->text, S("da")), S("Jeg arbejder tit alene"));
    CHECK_OK(questionnaire_newest(c, S("PERS"), &newest));
    CHECK_INT(newest.version_id.v, second.version_id.v);
    CHECK(newest.items.v[0].id.v > 0 && newest.scores.v[0].id.v > 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'questionnaire.store'"), 2);
    test_clean(c);
}

TEST(questionnaire, an_unknown_code_is_not_found)
{
    Ctx *c = test_store();
    Questionnaire q = {0};
    CHECK_ERR(questionnaire_newest(c, S("NIX"), &q), E_NOT_FOUND);
    CHECK_ERR(questionnaire_load(c, (QuestionnaireVersionId){99}, &q), E_NOT_FOUND);
}

TEST(questionnaire, the_second_of_two_editors_is_told)
{
    Ctx *c = test_store();
    bool is_new = false;
    Questionnaire first = stored(c, example_json(), &is_new);
    Questionnaire mine = parsed(c, changed(c, S("tit alene"), S("ofte alene")));
    CHECK_OK(questionnaire_store_seen(c, &mine, (UnitId){0}, first.version, &is_new));
    Questionnaire late = parsed(c, changed(c, S("tit alene"), S("sommetider alene")));
    CHECK_ERR(questionnaire_store_seen(c, &late, (UnitId){0}, first.version, &is_new), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(questionnaire_store_seen(c, &late, (UnitId){0}, (Version){-1}, &is_new), E_CONFLICT);
    CHECK_INT(test_count(c, "SELECT count(*) FROM questionnaire_version"), 2);
}

TEST(questionnaire, the_list_has_what_the_viewer_reaches)
{
    Ctx *c = test_store();
    bool is_new = false;
    QuestionnaireLines all = {0};
    stored(c, example_json(), &is_new);
    test_viewer(c, test_person(c, "Tove", "R1", "programleder"));
    CHECK_OK(questionnaire_list(c, &all));
    CHECK_INT(all.n, 1);
    CHECK_STR(all.v[0].title, S("Personale"));
    test_viewer(c, test_person(c, "Anne", "S12", "skoleleder"));
    CHECK_OK(questionnaire_list(c, &all));
    CHECK_INT(all.n, 1);
    test_viewer(c, test_person(c, "Karsten", "K1", "politiker"));
    CHECK_OK(questionnaire_list(c, &all));
    CHECK_INT(all.n, 0);
}

/* ---- the check ------------------------------------------------------------------ */

static Findings found_in(Ctx *c, Str json)
{
    Questionnaire q = parsed(c, json);
    Findings found = {0};
    CHECK_OK(questionnaire_check(c, &q, &found));
    return found;
}

static Str finding_of(const Findings *found, Str item, bool is_error)
{
    for (ptrdiff_t i = 0; i < found->n; i++)
        if (found->v[i].is_error == is_error && str_eq(found->v[i].item, item)) return found->v[i].what.text;
    return S("nothing found");
}

TEST(questionnaire, a_good_one_has_no_errors)
{
    Findings found = found_in(test_ctx_plain(), example_json());
    CHECK_INT(found.errors, 0);
    CHECK_STR(finding_of(&found, S("Q1"), false), S("Teksten mangler på sproget {1}."));
}

TEST(questionnaire, a_row_whose_condition_contradicts_its_matrix_is_dead)
{
    Ctx *c = test_ctx_plain();
    Str json = changed(
        c, S("\"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\","),
        S("\"ask_if\": {\"item\": \"Q1\", \"in\": [1, 2]}, \"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\", \"ask_if\": {\"item\": \"Q1\", \"in\": [4]},"));
    Findings found = found_in(c, json);
    CHECK_INT(found.errors, 1);
    CHECK_STR(finding_of(&found, S("M1A"), true),
              S("Ingen kan nå spørgsmålet: betingelserne på vejen til det kan ikke gælde på én gang."));
}

TEST(questionnaire, a_contradiction_through_a_chain_is_dead)
{
    Ctx *c = test_ctx_plain();
    /* The row is asked when Q2 was answered 1; Q2 only when Q1 was 1, 2 or 3; the matrix only when Q1 was 5. */
    Str json = changed(
        c, S("\"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\","),
        S("\"ask_if\": {\"item\": \"Q1\", \"in\": [5]}, \"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\", \"ask_if\": {\"item\": \"Q2\", \"in\": [1]},"));
    Findings found = found_in(c, json);
    CHECK_INT(found.errors, 1);
    Str good = changed(
        c, S("\"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\","),
        S("\"ask_if\": {\"item\": \"Q1\", \"in\": [3]}, \"text\": {\"da\": \"I mit team\"}, \"items\": [ {\"code\": \"M1A\", \"ask_if\": {\"item\": \"Q2\", \"in\": [1]},"));
    CHECK_INT(found_in(c, good).errors, 0);
}

TEST(questionnaire, a_scale_without_agree_is_a_warning)
{
    Ctx *c = test_ctx_plain();
    Findings found = found_in(c, changed(c, S("\"agree\": [4, 5], "), S("")));
    CHECK_INT(found.errors, 0);
    CHECK_STR(finding_of(&found, S("Q1"), false),
              S("Ingen svar tæller som enig, så rapporten viser kun fordelingen, ingen andel."));
}

TEST(questionnaire, nothing_to_ask_is_an_error)
{
    Ctx *c = test_ctx_plain();
    Findings found = found_in(
        c,
        S("{\"format\":\"traad-questionnaire-1\",\"code\":\"A\",\"title\":{\"da\":\"A\"},\"languages\":[\"da\"],\"sections\":[]}"));
    CHECK_INT(found.errors, 1);
}

/* n questions, the last `bound` of them each asked after the one before. */
static Str long_one(Ctx *c, int n, int bound)
{
    Buf b = buf_new(c->arena, 2 << 20);
    buf_add(
        &b,
        S("{\"format\":\"traad-questionnaire-1\",\"code\":\"L\",\"title\":{\"da\":\"L\"},\"languages\":[\"da\"],\"scales\":{\"s\":{\"options\":["
          "{\"value\":1,\"text\":{\"da\":\"a\"}},{\"value\":2,\"text\":{\"da\":\"b\"}}],\"agree\":[1],\"disagree\":[2]}},"
          "\"sections\":[{\"code\":\"S\",\"items\":["));
    for (int i = 0; i < n; i++) {
        buf_add(&b, i ? S(",{\"code\":\"Q") : S("{\"code\":\"Q"));
        buf_add_i64(&b, i);
        buf_add(&b, S("\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"t\"}"));
        if (i >= n - bound && i > 0) {
            buf_add(&b, S(",\"ask_if\":{\"item\":\"Q"));
            buf_add_i64(&b, i - 1);
            buf_add(&b, S("\",\"in\":[1]}"));
        }
        buf_add_char(&b, '}');
    }
    buf_add(&b, S("]}]}"));
    return buf_str(&b);
}

static double ms_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

TEST(questionnaire, a_long_chain_is_checked_and_its_time_told)
{
    Ctx *c = test_ctx_plain();
    Questionnaire q = parsed(c, long_one(c, 1000, 200));
    Findings found = {0};
    double before = ms_now();
    CHECK_OK(questionnaire_check(c, &q, &found));
    printf("bench: check of 1,000 questions with 200 conditions: %.2f ms\n", ms_now() - before);
    CHECK_INT(found.errors, 0);
}

TEST(questionnaire, there_is_a_limit_to_the_questions)
{
    Ctx *c = test_ctx_plain();
    Questionnaire q = {0};
    CHECK_OK(questionnaire_parse(c, long_one(c, QUESTIONNAIRE_ITEMS, 0), &q));
    CHECK_ERR(questionnaire_parse(c, long_one(c, QUESTIONNAIRE_ITEMS + 1, 0), &q), E_INVALID);
}

TEST(questionnaire, those_of_the_demonstration_have_no_errors)
{
    static const Str codes[] = {S_INIT("PERS"), S_INIT("ELEV"), S_INIT("FORAELDRE")};
    Ctx *c = test_store();
    CHECK_OK(questionnaire_demo(c));
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        Questionnaire q = {0};
        Findings found = {0};
        CHECK_OK(questionnaire_newest(c, codes[i], &q));
        CHECK_OK(questionnaire_check(c, &q, &found));
        CHECK_INT(found.errors, 0);
        for (ptrdiff_t k = 0; k < found.n; k++) CHECK(str_find(found.v[k].what.text, S("sproget"), 0) < 0);
    }
    test_clean(c);
}

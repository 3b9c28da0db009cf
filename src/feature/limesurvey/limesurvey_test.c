#include "feature/limesurvey/limesurvey_inside.h"

#include "base/buf.h"
#include "base/number.h"
#include "store.h"

#define ROW(fields) "<row>" fields "</row>"
#define QUESTION(qid, type, title, text, relevance)                                                  \
    ROW("<qid>" qid "</qid><parent_qid>0</parent_qid><gid>1</gid><type>" type "</type><title>" title \
        "</title><question><![CDATA[" text "]]></question><question_order>" qid                      \
        "</question_order><language>da</language><relevance><![CDATA[" relevance "]]></relevance>")
#define PART(qid, parent, title, text)                                                                 \
    ROW("<qid>" qid "</qid><parent_qid>" parent "</parent_qid><title>" title "</title><question>" text \
        "</question><question_order>" qid "</question_order><language>da</language><scale_id>0</scale_id>")
#define ANSWER(qid, code, order, text)                                                      \
    ROW("<qid>" qid "</qid><code>" code "</code><answer>" text "</answer><sortorder>" order \
        "</sortorder><language>da</language><scale_id>0</scale_id>")
#define TABLE(name, rows) "<" name "><rows>" rows "</rows></" name ">"

/* Written by hand: one of each shape. */
static const char survey[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"
    "<languages><language>da</language></languages>" TABLE("surveys", ROW("<sid>77</sid>")) TABLE(
        "surveys_languagesettings",
        ROW("<surveyls_language>da</surveyls_language><surveyls_title>Min &amp; din</surveyls_title>"))
        TABLE(
            "groups",
            ROW("<gid>1</gid><group_name>Om dig</group_name><group_order>0</group_order><language>da</language><grelevance/>"))
            TABLE("questions",
                  QUESTION("1", "L", "fag", "<b>Hvilket</b> fag?", "1")
                      QUESTION("2", "M", "dage", "Hvilke dage?", "fag.NAOK == \"A2\"")
                          QUESTION("3", "F", "enig", "Hvor enig?", "(dage_ma.NAOK == 'Y' or 77X1X2ti == \"Y\")")
                              QUESTION("4", "N", "alder", "Alder?", "fag > 2") QUESTION("5", "X", "tak", "Tak", "1")
                                  QUESTION("6", "Y", "igen", "Igen?", "!is_empty(fag)"))
                TABLE("subquestions", PART("22", "2", "ti", "tirsdag") PART("21", "2", "ma", "mandag")
                                          PART("31", "3", "r1", "Det er sjovt"))
                    TABLE("answers", ANSWER("1", "A1", "2", "Dansk") ANSWER("1", "A2", "1", "Idræt")
                                         ANSWER("3", "1", "1", "Nej") ANSWER("3", "5", "2", "Ja")) "</document>";

static Str survey_xml(void)
{
    return (Str){survey, (ptrdiff_t)sizeof survey - 1};
}

static Questionnaire brought(Ctx *c, Str xml, Strs *ret_notes)
{
    Str json = {0};
    Questionnaire q = {0};
    CHECK_OK(limesurvey_questionnaire(c, xml, &json, ret_notes));
    CHECK_OK(questionnaire_parse(c, json, &q));
    return q;
}

static bool has_note(Strs notes, Str part)
{
    for (ptrdiff_t i = 0; i < notes.n; i++)
        if (str_find(notes.v[i], part, 0) >= 0) return true;
    return false;
}

TEST(limesurvey, shapes_and_texts_come_over)
{
    Ctx *c = test_ctx_plain();
    Strs notes = {0};
    Questionnaire q = brought(c, survey_xml(), &notes);
    CHECK_STR(q.code, S("LS77"));
    CHECK_STR(lang_text(q.title, S("da")), S("Min & din"));
    CHECK_STR(q.sections.v[0].code, S("G1"));
    CHECK_INT(q.items.n, 6);
    const Item *fag = questionnaire_item(&q, S("fag"));
    CHECK_STR(lang_text(fag->text, S("da")), S("Hvilket fag?"));
    CHECK_STR(lang_text(fag->options.v[0].text, S("da")), S("Idræt"));
    CHECK_INT(fag->options.v[0].value, 1);
    CHECK_INT(questionnaire_item(&q, S("dage"))->kind, ITEM_MULTIPLE);
    const Item *row = questionnaire_item(&q, S("enig_r1"));
    CHECK(row->matrix == questionnaire_item(&q, S("enig")));
    CHECK_INT(row->options.v[1].value, 5);
    CHECK_INT(questionnaire_item(&q, S("alder"))->kind, ITEM_NUMBER);
}

/* Editors write letters as HTML has them; what is none stays as it stands. */
TEST(limesurvey, letters_written_as_entities_are_letters)
{
    static const struct { const char *html, *text; } way[] = {
        {"Enqu&ecirc;te", "Enquête"}, {"Bl&aring;b&aelig;r &oslash;l", "Blåbær øl"}, {"&#233;&#xE9;&#XE9;", "ééé"}, {"a&nbsp;&nbsp;b", "a b"},
        {"1 &lt; 2 &amp;amp; 3", "1 < 2 &amp; 3"}, {"&euro; &#8364; &#x20ac;", "€ € €"}, {"&#128512;", "😀"},
        {"R&D; &; &#; &#x; &#xg; &#1; &#xD800; &#99999999; &nogood; &eacute", "R&D; &; &#; &#x; &#xg; &#1; &#xD800; &#99999999; &nogood; &eacute"},
    };
    Ctx *c = test_ctx_plain();
    for (ptrdiff_t i = 0; i < COUNT_OF(way); i++) {
        Strs notes = {0};
        Buf xml = buf_new(c->arena, sizeof survey + 200);
        Str all = survey_xml(), old = S("<b>Hvilket</b> fag?");
        ptrdiff_t at = str_find(all, old, 0);
        buf_add(&xml, str_sub(all, 0, at));
        buf_add(&xml, str_of_z(way[i].html));
        buf_add(&xml, str_sub(all, at + old.n, all.n));
        Questionnaire q = brought(c, buf_str(&xml), &notes);
        CHECK_STR(lang_text(questionnaire_item(&q, S("fag"))->text, S("da")), str_of_z(way[i].text));
    }
}

TEST(limesurvey, simple_conditions_come_over)
{
    Ctx *c = test_ctx_plain();
    Strs notes = {0};
    Questionnaire q = brought(c, survey_xml(), &notes);
    const Item *dage = questionnaire_item(&q, S("dage")), *row = questionnaire_item(&q, S("enig_r1"));
    CHECK(dage->ask_if == questionnaire_item(&q, S("fag")));
    CHECK_INT(dage->ask_in.n, 1);
    CHECK_INT(dage->ask_in.v[0], 1);
    CHECK(row->ask_if == dage);
    CHECK_INT(row->ask_in.n, 2);
    CHECK_INT(questionnaire_item(&q, S("igen"))->ask_in.n, 2);
}

TEST(limesurvey, what_has_no_counterpart_is_told)
{
    Ctx *c = test_ctx_plain();
    Strs notes = {0};
    Questionnaire q = brought(c, survey_xml(), &notes);
    CHECK(questionnaire_item(&q, S("tak")) == NULL);
    CHECK(has_note(notes, S("tak: left out")));
    CHECK(has_note(notes, S("alder: asked of everybody, because its condition cannot be said here: fag > 2")));
    CHECK(questionnaire_item(&q, S("alder"))->ask_if == NULL);
    CHECK(has_note(notes, S("markup is taken out of 1 texts")));
}

TEST(limesurvey, only_plain_conditions_are_read)
{
    Ctx *c = test_ctx_plain();
    static const Str good[] = {S_INIT("A==\"1\""), S_INIT("((A.NAOK == '1') || (A == 2))"),
                               S_INIT("A==1 or A==2 or A==3"), S_INIT("! is_empty( A )")};
    static const Str other[] = {S_INIT(""),
                                S_INIT("A"),
                                S_INIT("A =="),
                                S_INIT("A == B"),
                                S_INIT("A != \"1\""),
                                S_INIT("A == \"1"),
                                S_INIT("A==1 and B==2"),
                                S_INIT("A==1 or"),
                                S_INIT("(A==1"),
                                S_INIT("A==1)"),
                                S_INIT("count(A) == 1"),
                                S_INIT("(((((((((((((((((((A==1)))))))))))))))))))")};
    LssCondition rule = {0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) CHECK(limesurvey_condition(c->arena, good[i], &rule));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) CHECK(!limesurvey_condition(c->arena, other[i], &rule));
}

TEST(limesurvey, what_is_no_survey_is_refused)
{
    static const Str bad[] = {
        S_INIT(""),
        S_INIT("<a/>"),
        S_INIT("<document>"),
        S_INIT("<document><questions/></document>"),
        S_INIT("{\"a\":1}"),
        S_INIT("\xff\xfe"),
        S_INIT(
            "<!DOCTYPE d [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]><document><languages><language>da</language></languages><questions>&c;</questions></document>"),
        S_INIT(
            "<!DOCTYPE d SYSTEM \"file:///etc/passwd\"><document><languages><language>da</language></languages><questions/></document>"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Ctx *c = test_ctx_plain();
        Str json = {0};
        Strs notes = {0};
        CHECK_ERR(limesurvey_questionnaire(c, bad[i], &json, &notes), E_INVALID);
        ctx_forgive(c);
    }
}

static void bring_shared(const char *name, ptrdiff_t items)
{
    Str path = {0};
    Ctx *c = test_ctx_plain();
    if (!test_shared(name, &path)) {
        test_skip("../shared is not there");
        return;
    }
    Strs notes = {0};
    Questionnaire q = brought(c, test_file(path), &notes);
    CHECK_INT(q.items.n, items);
    CHECK(notes.n > 0);
}

TEST(limesurvey, surveys_of_limesurvey_itself_come_over)
{
    bring_shared("data/open/formats/limesurvey/ls205_cascading_array_filter.lss", 15);
    bring_shared("data/open/formats/limesurvey/ls205_randomization_group_test.lss", 12);
    bring_shared("data/open/formats/limesurvey/ls205_sample_survey_english.lss", 211);
    bring_shared("data/open/formats/limesurvey/survey-one-question-two-languages.lss", 1);
}

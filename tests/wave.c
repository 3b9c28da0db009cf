#include "wave.h"

const char test_questionnaire_pers[] =
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"PERS\",\"title\":{\"da\":\"Personale\",\"en\":\"Staff\"},\"languages\":[\"da\",\"en\"],"
    "\"scales\":{\"to\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\",\"en\":\"No\"}},{\"value\":2,\"text\":{\"da\":\"Ja\",\"en\":\"Yes\"}}],"
    "\"agree\":[2],\"disagree\":[1],\"dont_know\":[]}},"
    "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\",\"en\":\"A\"},\"theme\":\"samarbejde\",\"items\":["
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"to\",\"text\":{\"da\":\"Ja?\",\"en\":\"Yes?\"},\"core\":true}]}],\"scores\":[]}";

void test_questionnaire(Ctx *c, const char *json)
{
    Questionnaire q = {0};
    bool is_new = false;
    CHECK_OK(questionnaire_parse(c, str_of_z(json), &q));
    CHECK_OK(questionnaire_store(c, &q, (UnitId){test_unit(c, "R1")}, &is_new));
}

Ctx *test_store_pers(void)
{
    Ctx *c = test_store();
    test_questionnaire(c, test_questionnaire_pers);
    return c;
}

Wave test_wave(Ctx *c, NewWave n)
{
    Wave wave = {0};
    if (!n.questionnaire.n) n.questionnaire = S("PERS");
    if (!n.name.n) n.name = S("2026");
    CHECK_OK(survey_add(c, n, &wave));
    return wave;
}

Wave test_wave_open(Ctx *c)
{
    return test_wave(c, (NewWave){.opens_on = c->today, .closes_on = {c->today.day + 10}});
}

Wave test_wave_again(Ctx *c, const Wave *wave)
{
    Wave now = {0};
    CHECK_OK(survey_by_id(c, wave->id, &now));
    return now;
}

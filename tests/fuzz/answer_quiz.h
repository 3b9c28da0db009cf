/* What the targets of answers are asked: one questionnaire with every kind of
   item, conditions, a matrix and a score. */
#ifndef TESTS_FUZZ_ANSWER_QUIZ_H
#define TESTS_FUZZ_ANSWER_QUIZ_H

#include <assert.h>

#include "feature/questionnaire/questionnaire.h"

static const char answer_quiz[] =
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"F\",\"title\":{\"da\":\"F\"},\"languages\":[\"da\"],\"scales\":{\"s\":{\"options\":["
    "{\"value\":1,\"text\":{\"da\":\"1\"}},{\"value\":2,\"text\":{\"da\":\"2\"}},{\"value\":3,\"text\":{\"da\":\"3\"}},"
    "{\"value\":9,\"text\":{\"da\":\"9\"}}],\"agree\":[3],\"disagree\":[1],\"dont_know\":[9]}},"
    "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\"},\"theme\":\"a\",\"items\":["
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"Q1\"},\"core\":true},"
    "{\"code\":\"Q2\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"Q2\"},\"reverse\":true,\"ask_if\":{\"item\":\"Q1\",\"in\":[1,2]}},"
    "{\"code\":\"X\",\"kind\":\"matrix\",\"scale\":\"s\",\"text\":{\"da\":\"X\"},\"items\":["
    "{\"code\":\"X1\",\"text\":{\"da\":\"X1\"}},{\"code\":\"X2\",\"text\":{\"da\":\"X2\"}}]}]},"
    "{\"code\":\"B\",\"title\":{\"da\":\"B\"},\"theme\":\"b\",\"items\":["
    "{\"code\":\"M\",\"kind\":\"multiple\",\"scale\":\"s\",\"text\":{\"da\":\"M\"}},"
    "{\"code\":\"N\",\"kind\":\"number\",\"text\":{\"da\":\"N\"}},{\"code\":\"T\",\"kind\":\"text\",\"text\":{\"da\":\"T\"}}]}],"
    "\"scores\":[{\"code\":\"S\",\"title\":{\"da\":\"S\"},\"items\":[\"Q1\",\"Q2\",\"X1\"],\"min_answered\":0.5}]}";

static inline Questionnaire *answer_quiz_read(Ctx *c)
{
    Questionnaire *q = NEW(c->arena, Questionnaire, 1);
    Err err = questionnaire_parse(c, (Str){answer_quiz, (ptrdiff_t)sizeof answer_quiz - 1}, q);
    assert(err == OK);
    return q;
}

#endif

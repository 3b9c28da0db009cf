/* Any bytes as a questionnaire: '<' first is LimeSurvey's XML, all else FORMATS §2.
   What is accepted reads back from what is written, byte for byte, and can be
   checked. Memory that runs out is a refusal like any other.
   For libFuzzer (clang -fsanitize=fuzzer), or with replay.c over its corpus. */
#include <assert.h>

#include "feature/questionnaire/questionnaire.h"
#include "in_ctx.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void read_back(Ctx *c, Str json)
{
    Questionnaire q = {0}, again = {0};
    Findings found = {0};
    if (questionnaire_parse(c, json, &q) != OK) return;
    Str once = questionnaire_json(c, &q);
    Err err = questionnaire_parse(c, once, &again);
    assert(err == OK);
    assert(str_eq(questionnaire_json(c, &again), once));
    err = questionnaire_check(c, &q, &found);
    assert(err == OK && found.errors <= found.n);
}

static void one(Ctx *c, Str text)
{
    Strs notes = {0};
    bool is_xml = str_starts(text, S("<"));
    if (questionnaire_as_json(c, is_xml ? S("x.lss") : S("x.json"), &text, &notes) != OK) return;
    read_back(c, text);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    return fuzz_in_ctx(one, bytes, n);
}

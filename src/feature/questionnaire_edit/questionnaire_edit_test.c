#include "feature/questionnaire_edit/questionnaire_edit.h"

#include "store.h"
#include "test.h"

/* A matrix M1 with two rows: M1A has all from its matrix, OWN its own. */
#define DOCUMENT                                                                                                                    \
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"P\",\"title\":{\"da\":\"P\"},\"languages\":[\"da\"],"                         \
    "\"scales\":{\"fem\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\"}},{\"value\":2,\"text\":{\"da\":\"Sjældent\"}},"       \
    "{\"value\":3,\"text\":{\"da\":\"Måske\"}},{\"value\":4,\"text\":{\"da\":\"Ofte\"}},{\"value\":5,\"text\":{\"da\":\"Ja\"}}],"   \
    "\"agree\":[4,5],\"disagree\":[1,2]}},"                                                                                         \
    "\"sections\":[{\"code\":\"SAM\",\"title\":{\"da\":\"S\"},\"items\":["                                                          \
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"fem\",\"text\":{\"da\":\"Er der ro?\"}},"                                     \
    "{\"code\":\"M1\",\"kind\":\"matrix\",\"scale\":\"fem\",\"text\":{\"da\":\"I mit team\"},\"core\":true,"                        \
    "\"ask_if\":{\"item\":\"Q1\",\"in\":[4]},\"items\":["                                                                           \
    "{\"code\":\"OWN\",\"text\":{\"da\":\"er vi enige\"},\"core\":false,\"reverse\":true,\"ask_if\":{\"item\":\"Q1\",\"in\":[5]}}," \
    "{\"code\":\"M1A\",\"text\":{\"da\":\"taler vi sammen\"}}]}]}]}"

static Questionnaire parsed(Ctx *c, Str json)
{
    Questionnaire q = {0};
    CHECK_OK(questionnaire_parse(c, json, &q));
    return q;
}

TEST(questionnaire_edit, rows_follow_their_matrix_when_it_is_changed)
{
    Ctx *c = test_ctx_plain();
    Questionnaire q = parsed(c, S(DOCUMENT));
    ItemChange change = {.move = EDIT_SAVE, .code = S("M1"), .to = *questionnaire_item(&q, S("M1"))};
    change.to.is_core = false;
    change.to.is_reverse = true;
    change.to.ask_if = NULL;
    Questionnaire edited = {0};
    CHECK_OK(questionnaire_edit_item(c, &q, change, &edited));
    edited = parsed(c, questionnaire_json(c, &edited));
    const Item *row = questionnaire_item(&edited, S("M1A")), *own = questionnaire_item(&edited, S("OWN"));
    CHECK(!row->is_core && row->is_reverse && !row->ask_if);
    CHECK(!own->is_core && own->is_reverse && own->ask_if && own->ask_in.v[0] == 5);
    change.to.ask_if = questionnaire_item(&q, S("Q1"));
    change.to.ask_in = (Values){(int64_t[]){2, 3}, 2};
    CHECK_OK(questionnaire_edit_item(c, &q, change, &edited));
    edited = parsed(c, questionnaire_json(c, &edited));
    row = questionnaire_item(&edited, S("M1A"));
    CHECK(row->ask_if && row->ask_in.n == 2 && row->ask_in.v[0] == 2);
}

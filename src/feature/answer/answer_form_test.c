/* What a question hangs on, as the form and its page see it. */
#include "feature/answer/answer_page.h"
#include "test.h"

static const char json[] =
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"HAENG\",\"title\":{\"da\":\"Hæng\"},\"languages\":[\"da\"],"
    "\"scales\":{\"s\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\"}},{\"value\":2,\"text\":{\"da\":\"Ja\"}}],\"agree\":[2],\"disagree\":[1]}},"
    "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"Et\"},\"theme\":\"a\",\"items\":["
    "{\"code\":\"H1\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"Har I team?\"}},"
    "{\"code\":\"H2\",\"kind\":\"single\",\"scale\":\"s\",\"text\":{\"da\":\"Er du ny?\"}}]},"
    "{\"code\":\"B\",\"title\":{\"da\":\"To\"},\"theme\":\"b\",\"items\":["
    "{\"code\":\"M\",\"kind\":\"matrix\",\"scale\":\"s\",\"text\":{\"da\":\"I mit team\"},\"ask_if\":{\"item\":\"H1\",\"in\":[2]},\"items\":["
    "{\"code\":\"MA\",\"text\":{\"da\":\"kender jeg alle\"},\"ask_if\":{\"item\":\"H2\",\"in\":[1, 2]}},"
    "{\"code\":\"MB\",\"text\":{\"da\":\"er der ro\"}}]}]}]}";

static AskForm form_of(Ctx *c)
{
    AskForm form = {0};
    CHECK_OK(questionnaire_parse(c, str_of_z(json), &form.q));
    form.parts.v = NEW(c->arena, Part, 2);
    for (; form.parts.n < form.q.sections.n; form.parts.n++) {
        const Section *s = &form.q.sections.v[form.parts.n];
        form.parts.v[form.parts.n] = (Part){s, s->first, s->count};
    }
    return form;
}

static bool is_ruled_out(const AskForm *form, Str code, ptrdiff_t first, int64_t h1, int64_t h2)
{
    Given given[2];
    ptrdiff_t n = 0;
    if (h1) given[n++] = (Given){questionnaire_item(&form->q, S("H1")), {&h1, 1}, {0}};
    if (h2) given[n++] = (Given){questionnaire_item(&form->q, S("H2")), {&h2, 1}, {0}};
    return item_is_ruled_out(form, questionnaire_item(&form->q, code), first, (Answers){given, n});
}

TEST(answer_form, a_row_hangs_on_its_own_condition_and_on_its_matrixs)
{
    AskForm form = form_of(test_ctx_plain());
    ptrdiff_t first = form.parts.v[1].first;
    CHECK(!is_ruled_out(&form, S("MA"), first, 2, 1));
    CHECK(!is_ruled_out(&form, S("MA"), first, 2, 2));
    CHECK(is_ruled_out(&form, S("MA"), first, 2, 0));
    CHECK(is_ruled_out(&form, S("MA"), first, 1, 1));
    CHECK(is_ruled_out(&form, S("MB"), first, 1, 1));
    CHECK(!is_ruled_out(&form, S("MB"), first, 2, 0));
    CHECK(!is_ruled_out(&form, S("MA"), 0, 0, 0)); /* what stands on the same page is not settled yet */
    CHECK(!is_ruled_out(&form, S("H1"), first, 0, 0));
}

TEST(answer_form, the_page_names_both_conditions)
{
    Ctx *c = test_ctx_plain();
    AskForm form = form_of(c);
    PartViews parts = ask_parts(c, &form, S("da"), NEW(c->arena, Entry, form.q.items.n), (Answers){0});
    const ItemView *row = &parts.v[1].items.v[0], *other = &parts.v[1].items.v[1];
    CHECK_STR(row->ask, S("H2 H1"));
    CHECK_STR(row->ask_in, S("1 2|2"));
    CHECK_INT(row->conditions.n, 2);
    CHECK_STR(msg_text(c, row->conditions.v[0].words), S("Kun hvis du svarede »Nej / Ja« på: Er du ny?"));
    CHECK_STR(msg_text(c, row->conditions.v[1].words), S("Kun hvis du svarede »Ja« på: Har I team?"));
    CHECK(row->is_hidden);
    CHECK_STR(other->ask, S("H1"));
    CHECK_STR(other->ask_in, S("2"));
    CHECK_INT(parts.v[0].items.v[0].conditions.n, 0);
}

#include "counted.h"

#include <stdio.h>

#include "feature/answer/answer.h"
#include "wave.h"

#define ENIG5                                                                                          \
    "\"scales\":{\"enig5\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Helt uenig\"}},"              \
    "{\"value\":2,\"text\":{\"da\":\"Uenig\"}},{\"value\":3,\"text\":{\"da\":\"Hverken eller\"}},"     \
    "{\"value\":4,\"text\":{\"da\":\"Enig\"}},{\"value\":5,\"text\":{\"da\":\"Helt enig\"}},"          \
    "{\"value\":9,\"text\":{\"da\":\"Ved ikke\"}}],\"agree\":[4,5],\"disagree\":[1,2],\"dont_know\":[9]}}"
#define SMALL                                                                                          \
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"LILLE\",\"title\":{\"da\":\"Lille\"},"           \
    "\"languages\":[\"da\"]," ENIG5 ",\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\"},"         \
    "\"theme\":\"a\",\"items\":["                                                                      \
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"enig5\",\"text\":{\"da\":\"Et\"},\"core\":true}," \
    "{\"code\":\"Q2\",\"kind\":\"single\",\"scale\":\"enig5\",\"text\":{\"da\":\"To\"},\"core\":true,"  \
    "\"reverse\":true,\"ask_if\":{\"item\":\"Q1\",\"in\":[1,2,3]}},"                                    \
    "{\"code\":\"Q3\",\"kind\":\"single\",\"scale\":\"enig5\",\"text\":{\"da\":\"Tre\"},\"core\":true}," \
    "{\"code\":\"M\",\"kind\":\"multiple\",\"scale\":\"enig5\",\"text\":{\"da\":\"Flere\"}},"           \
    "{\"code\":\"N\",\"kind\":\"number\",\"text\":{\"da\":\"Tal\"}},"                                   \
    "{\"code\":\"T\",\"kind\":\"text\",\"text\":{\"da\":\"Skriv\"}}]}],"                                \
    "\"scores\":[{\"code\":\"S\",\"title\":{\"da\":\"S\"},\"items\":[\"Q1\",\"Q2\",\"Q3\"],\"min_answered\":0.5}]}"

Counted counted_of(Ctx *c, Str questionnaire)
{
    Counted g = {.c = c};
    CHECK_OK(questionnaire_parse(c, questionnaire, &g.q));
    test_questionnaire(c, str_z(c->arena, questionnaire));
    g.wave = test_wave(c, (NewWave){.questionnaire = g.q.code});
    CHECK_OK(questionnaire_load(c, g.wave.questionnaire, &g.q));
    return g;
}

Counted counted_small(Ctx *c)
{
    return counted_of(c, S(SMALL));
}

/* 0 for an empty code. */
static int64_t id_of(const Counted *g, const char *table_where, int64_t parent, const char *code)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT coalesce(max(id), 0) FROM %s = %lld AND code = '%s'", table_where, (long long)parent, code);
    return test_count(g->c, sql);
}

int64_t counted_tally(const Counted *g, const char *unit, const char *item, const char *group, int64_t value)
{
    TallyRows all = {0};
    TallyRow wanted = {test_unit(g->c, unit), id_of(g, "item WHERE version_id", g->wave.questionnaire.v, item),
                       id_of(g, "wave_group WHERE wave_id", g->wave.id.v, group), value, 0};
    CHECK_OK(answer_tallies(g->c, g->wave.id, &all));
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const TallyRow *t = &all.v[i];
        if (t->unit_id != wanted.unit_id || t->item_id != wanted.item_id || t->group_id != wanted.group_id || t->value != value) continue;
        CHECK_INT(wanted.n, 0); /* each stands once */
        wanted.n = t->n;
    }
    return wanted.n;
}

void counted_check(Ctx *c)
{
    int64_t tallies = 0, differ = -1;
    CHECK_OK(answer_recount(c, &tallies, &differ));
    CHECK_INT(differ, 0);
    CHECK(tallies > 0);
}

/* The stored rows, and that a report comes back as it was put away. */
#include "feature/publication/publication.h"

#include <stdio.h>

#include "store.h"

#define DOCUMENT                                                                                                            \
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"P\",\"title\":{\"da\":\"P\"},\"languages\":[\"da\"],\"scales\":{},"        \
    "\"sections\":[{\"code\":\"SAM\",\"title\":{\"da\":\"S\"},\"theme\":\"s\",\"items\":[{\"code\":\"N1\",\"kind\":\"number\"," \
    "\"text\":{\"da\":\"Hvor mange?\"}}]}],\"scores\":[]}"

typedef struct Shelf {
    Ctx *c;
    Wave wave;
    UnitId unit;
    int64_t round;
} Shelf;

static Shelf shelf(void)
{
    Shelf s = {.c = test_store()};
    Questionnaire q = {0};
    bool is_new = false;
    CHECK_OK(questionnaire_parse(s.c, S(DOCUMENT), &q));
    CHECK_OK(questionnaire_store(s.c, &q, (UnitId){test_unit(s.c, "R1")}, &is_new));
    CHECK_OK(survey_add(s.c, (NewWave){.questionnaire = S("P"), .name = S("2026")}, &s.wave));
    s.unit = (UnitId){test_unit(s.c, "S11")};
    CHECK_OK(publication_round_add(s.c, s.wave.id, 1, S("0123456789012345678901234567890123456789012345678901234567890123"), &s.round));
    return s;
}

static Report report_with(Ctx *c, int64_t version, int64_t valid)
{
    Report r = {.wave = S("2026"), .unit = {S("S11"), S("Bakkeskolen"), S("skole")}, .version = version, .released = c->today, .minimum = 5};
    r.items = (ReportItems){NEW(c->arena, ReportItem, 1), 1};
    r.items.v[0] = (ReportItem){.code = S("N1"), .section = S("SAM"), .theme = S("s"), .text = S("Hvor mange?"), .kind = ITEM_NUMBER,
                                .state = REPORT_SHOWN, .valid = valid, .has_mean = true, .mean = 1.0 / 3, .sd = 0.1};
    r.response = (ReportResponse){.has_answered = true, .answered = valid};
    return r;
}

static void add(const Shelf *s, const Report *r)
{
    NewPublication p = {.unit = s->unit, .number = r->version};
    CHECK_OK(publication_json(s->c, r, &p.report));
    CHECK_OK(publication_frame_json(s->c, r, &p.frame));
    CHECK_OK(publication_add(s->c, s->wave.id, s->round, p));
}

TEST(publication, comes_back_to_the_same_bytes)
{
    Shelf s = shelf();
    Publication p = {0};
    Report r = report_with(s.c, 1, 7), back = {0};
    Str again = {0};
    add(&s, &r);
    CHECK_OK(publication_load(s.c, s.wave.id, s.unit, 0, &p));
    CHECK_OK(publication_parse(s.c, &p, &back));
    CHECK(back.items.v[0].mean == 1.0 / 3);
    CHECK_OK(publication_json(s.c, &back, &again));
    CHECK_STR(again, p.report);
}

TEST(publication, the_newest_version_is_read_unless_another_is_asked_for)
{
    Shelf s = shelf();
    Publication p = {0};
    Report one = report_with(s.c, 1, 7), two = report_with(s.c, 2, 12);
    add(&s, &one);
    add(&s, &two);
    CHECK_OK(publication_load(s.c, s.wave.id, s.unit, 0, &p));
    CHECK_INT(p.number, 2);
    CHECK_OK(publication_load(s.c, s.wave.id, s.unit, 1, &p));
    CHECK_INT(p.number, 1);
    CHECK_ERR(publication_load(s.c, s.wave.id, s.unit, 3, &p), E_NOT_FOUND);
}

TEST(publication, only_version_and_date_do_not_count_as_news)
{
    Ctx *c = test_store();
    Report one = report_with(c, 1, 7), two = report_with(c, 2, 7), other = report_with(c, 2, 12);
    Str a = {0}, b = {0}, d = {0};
    two.released.day++;
    CHECK_OK(publication_json(c, &one, &a));
    CHECK_OK(publication_json(c, &two, &b));
    CHECK_OK(publication_json(c, &other, &d));
    CHECK(publication_is_same(a, b));
    CHECK(!publication_is_same(a, d));
}

TEST(publication, a_report_that_cannot_be_read_is_our_fault)
{
    Ctx *c = test_store();
    Report r = {0};
    CHECK_ERR(publication_parse(c, &(Publication){.report = S("{"), .frame = S("{}")}, &r), E_BROKEN);
    CHECK_ERR(publication_parse(c, &(Publication){.report = S("{}"), .frame = S("{}")}, &r), E_BROKEN);
}

TEST(publication, is_opened_once_to_an_audience_and_keeps_its_first_day)
{
    Shelf s = shelf();
    Audiences all = {0};
    Report r = report_with(s.c, 1, 7);
    add(&s, &r);
    CHECK_OK(publication_open_to(s.c, s.wave.id, s.unit, S("forvaltning"), (Date){s.c->today.day + 14}));
    CHECK_OK(publication_open_to(s.c, s.wave.id, s.unit, S("ledelse"), s.c->today));
    CHECK_OK(publication_open_to(s.c, s.wave.id, s.unit, S("forvaltning"), (Date){s.c->today.day + 20}));
    CHECK_OK(publication_audiences(s.c, s.wave.id, s.unit, &all));
    CHECK_INT(all.n, 2);
    CHECK_STR(all.v[0].code, S("ledelse"));
    CHECK_INT(all.v[1].since.day, s.c->today.day + 14);
}

TEST(publication, what_was_never_released_is_not_shown)
{
    Shelf s = shelf();
    CHECK_ERR(publication_show(s.c, s.wave.id, s.unit), E_CONFLICT);
}

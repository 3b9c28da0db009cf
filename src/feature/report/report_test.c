/* Who a released report is open to: the access table, the audience and where
   the viewer's membership lies, together. */
#include "feature/report/report.h"

#include <stdio.h>

#include "core/access/access.h"
#include "store.h"

typedef struct Shelf {
    Ctx *c;
    Wave wave;
} Shelf;

#define DOCUMENT                                                                                                     \
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"P\",\"title\":{\"da\":\"P\"},\"languages\":[\"da\"],\"scales\":{}," \
    "\"sections\":[{\"code\":\"SAM\",\"title\":{\"da\":\"S\"},\"theme\":\"s\",\"items\":[{\"code\":\"N1\",\"kind\":\"number\"," \
    "\"text\":{\"da\":\"Hvor mange?\"}}]}],\"scores\":[]}"

static void put(const Shelf *s, const char *unit, const char *audience, int days)
{
    char sql[300];
    snprintf(sql, sizeof sql, "INSERT INTO publication_audience (wave_id, unit_id, audience, since) VALUES (%lld, %lld, '%s', %d)",
             (long long)s->wave.id.v, (long long)test_unit(s->c, unit), audience, s->c->today.day + days);
    test_sql(s->c, sql);
}

/* Released to the heads today and to the administration in a fortnight. */
static void publish(const Shelf *s, const char *unit, const char *owner)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "INSERT INTO publication (owner_id, wave_id, unit_id, number, round_id, released_on, report, frame)"
             " SELECT %lld, %lld, %lld, 1, id, %d, '{}', '{}' FROM publication_round",
             (long long)test_unit(s->c, owner), (long long)s->wave.id.v, (long long)test_unit(s->c, unit), s->c->today.day);
    test_sql(s->c, sql);
    put(s, unit, "ledelse", 0);
    put(s, unit, "forvaltning", 14);
}

static Shelf shelf(void)
{
    Shelf s = {.c = test_store()};
    Questionnaire q = {0};
    bool is_new = false;
    char sql[300];
    CHECK_OK(questionnaire_parse(s.c, S(DOCUMENT), &q));
    CHECK_OK(questionnaire_store(s.c, &q, (UnitId){test_unit(s.c, "R1")}, &is_new));
    CHECK_OK(survey_add(s.c, (NewWave){.questionnaire = S("P"), .name = S("2026")}, &s.wave));
    snprintf(sql, sizeof sql, "INSERT INTO publication_round (wave_id, number, released_on, counts) VALUES (%lld, 1, %d, '%064d')",
             (long long)s.wave.id.v, s.c->today.day, 0);
    test_sql(s.c, sql);
    publish(&s, "S11", "K1");
    publish(&s, "K1", "K1");
    return s;
}

/* As the router asks: the scope finds, then the gate permits. */
static bool reads(const Shelf *s, const char *unit, bool is_municipal)
{
    Place place = {0};
    if (report_place(s->c, s->wave.uid, str_of_z(unit), is_municipal, &place) != OK) return false;
    return access_may(s->c, is_municipal ? NEED_KOMMUNERAPPORT_READ : NEED_SKOLERAPPORT_READ, &place);
}

static ptrdiff_t listed(const Shelf *s)
{
    Readables all = {0};
    CHECK_OK(report_readable(s->c, &all));
    return all.n;
}

static void be(const Shelf *s, const char *unit, const char *role)
{
    test_viewer(s->c, test_person(s->c, "Alma Holm", unit, role));
}

TEST(report, the_school_reads_first)
{
    Shelf s = shelf();
    be(&s, "S11", "skoleleder");
    CHECK(reads(&s, "S11", false));
    CHECK_INT(listed(&s), 1);
    be(&s, "K1", "skolechef");
    CHECK(!reads(&s, "S11", false));
    CHECK_INT(listed(&s), 1); /* the municipality's own */
}

TEST(report, the_administration_reads_from_the_date_on)
{
    Shelf s = shelf();
    be(&s, "K1", "konsulent");
    s.c->today.day += 13;
    CHECK(!reads(&s, "S11", false));
    s.c->today.day += 1;
    CHECK(reads(&s, "S11", false));
    CHECK_INT(listed(&s), 2);
}

TEST(report, the_staff_reads_once_the_head_shows_it)
{
    Shelf s = shelf();
    be(&s, "S11-A", "team");
    CHECK(!reads(&s, "S11", false));
    CHECK_OK(publication_show(s.c, s.wave.id, (UnitId){test_unit(s.c, "S11")}));
    CHECK(reads(&s, "S11", false));
    CHECK_INT(listed(&s), 1);
    CHECK_ERR(publication_show(s.c, s.wave.id, (UnitId){test_unit(s.c, "S11")}), E_CONFLICT);
}

static void check_order(const Shelf *s, const char *first, const char *second, const char *third)
{
    Readables all = {0};
    CHECK_OK(report_readable(s->c, &all));
    CHECK_INT(all.n, 3);
    CHECK_STR(all.v[0].code, str_of_z(first));
    CHECK_STR(all.v[1].code, str_of_z(second));
    CHECK_STR(all.v[2].code, str_of_z(third));
}

TEST(report, the_list_begins_with_ones_own_part)
{
    Shelf s = shelf();
    publish(&s, "R1", "R1");
    s.c->today.day += 14;
    be(&s, "S11", "skoleleder");
    check_order(&s, "S11", "K1", "R1");
    be(&s, "S11-A", "afdelingsleder");
    check_order(&s, "S11", "K1", "R1");
    be(&s, "K1", "konsulent");
    check_order(&s, "K1", "S11", "R1");
}

TEST(report, politicians_and_boards_read_what_is_opened_to_them)
{
    Shelf s = shelf();
    UnitId school = {test_unit(s.c, "S11")};
    s.c->today.day += 30;
    be(&s, "K1", "politiker");
    CHECK(!reads(&s, "S11", false) && !reads(&s, "K1", true));
    CHECK_ERR(publication_publish(s.c, s.wave.id, school), E_CONFLICT); /* the staff has not seen it */
    ctx_forgive(s.c);
    CHECK_OK(publication_show(s.c, s.wave.id, school));
    CHECK(!reads(&s, "S11", false));
    CHECK_OK(publication_publish(s.c, s.wave.id, school));
    CHECK(reads(&s, "S11", false) && !reads(&s, "K1", true));
    CHECK_INT(listed(&s), 1);
    be(&s, "S11", "skolebestyrelse");
    CHECK(reads(&s, "S11", false));
    be(&s, "S12", "skolebestyrelse");
    CHECK(!reads(&s, "S11", false));
    be(&s, "K2", "politiker");
    CHECK(!reads(&s, "S11", false));
    be(&s, "K1", "sysadm");
    CHECK(!reads(&s, "S11", false));
    CHECK_ERR(publication_publish(s.c, s.wave.id, school), E_CONFLICT);
}

TEST(report, another_school_and_another_municipality_read_nothing)
{
    Shelf s = shelf();
    put(&s, "S11", "medarbejdere", 0);
    s.c->today.day += 30;
    be(&s, "S12", "skoleleder");
    CHECK(!reads(&s, "S11", false));
    be(&s, "S12", "team");
    CHECK(!reads(&s, "S11", false));
    be(&s, "K2", "skolechef");
    CHECK(!reads(&s, "S11", false) && !reads(&s, "K1", true));
    CHECK_INT(listed(&s), 0);
}

TEST(report, an_audience_of_one_membership_opens_nothing_for_another)
{
    Shelf s = shelf();
    int64_t person = test_person(s.c, "Bo Krog", "S12", "skoleleder");
    test_viewer(s.c, person); /* "ledelse" of S12 is not "ledelse" of S11 */
    Place place = {0};
    CHECK_OK(report_place(s.c, s.wave.uid, S("S11"), false, &place));
    CHECK(!place.released);
}

TEST(report, a_report_is_not_reached_by_the_other_sides_address)
{
    Shelf s = shelf();
    be(&s, "K1", "skolechef");
    CHECK(reads(&s, "K1", true));
    Place place = {0};
    CHECK_ERR(report_place(s.c, s.wave.uid, S("K1"), false, &place), E_NOT_FOUND);
    CHECK_ERR(report_place(s.c, s.wave.uid, S("S12"), false, &place), E_NOT_FOUND);
}

TEST(report, of_two_who_write_the_second_is_told)
{
    Shelf s = shelf();
    UnitId unit = {test_unit(s.c, "S11")};
    be(&s, "S11", "skoleleder");
    CHECK_OK(report_focus_set(s.c, s.wave.id, unit, S("SAM"), (Version){0}, S("Fast tid i uge 40")));
    CHECK_ERR(report_focus_set(s.c, s.wave.id, unit, S("SAM"), (Version){0}, S("Kollegabesøg")), E_CONFLICT);
    ctx_forgive(s.c);
    Focuses all = {0};
    CHECK_OK(report_focuses(s.c, s.wave.id, unit, &all));
    CHECK_INT(all.n, 1);
    CHECK_STR(all.v[0].body, S("Fast tid i uge 40"));
    CHECK_STR(all.v[0].author, S("Alma Holm"));
    CHECK_OK(report_focus_set(s.c, s.wave.id, unit, S("SAM"), all.v[0].version, S("Kollegabesøg")));
    CHECK_ERR(report_focus_set(s.c, s.wave.id, unit, S("SAM"), all.v[0].version, S("For sent")), E_CONFLICT);
}

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "feature/answer_file/answer_file_import.h"
#include "counted.h"

static AnswerImport import(Counted *g, Str map, Str csv)
{
    Ctx *c = g->c;
    AnswerMap *m = NEW(c->arena, AnswerMap, 1);
    Plan *plan = NEW(c->arena, Plan, 1);
    CsvRow header = {0};
    AnswerImport done = {0};
    CHECK_OK(answer_file_map_read(c, map, &g->q, m));
    Csv rows = csv_open(csv, m->delimiter);
    CHECK(csv_next(&rows, c->arena, &header));
    CHECK_OK(answer_file_plan(c, m, &header, plan));
    CHECK_OK(answer_file_import(c, &g->wave, plan, rows, &done));
    return done;
}

#define MAP_HEAD "{\"format\":\"traad-answers-1\",\"row_id\":{\"column\":\"id\"},\"unit\":{\"column\":\"skole\"},\"role\":{\"constant\":\"elev\"},"
#define MAP_SAME MAP_HEAD "\"items\":{\"Q1\":\"Q1\",\"Q2\":\"Q2\",\"Q3\":\"Q3\"}}"

/* ---- counting --------------------------------------------------------------------------- */

TEST(answer_file, a_row_counts_in_its_items_its_groups_and_its_score)
{
    Counted g = counted_small(test_store());
    AnswerImport done = import(&g, S(MAP_HEAD "\"groups\":[{\"dimension\":\"koen\",\"column\":\"k\",\"values\":{\"1\":\"m\",\"2\":\"d\"}}],"
                                     "\"items\":{\"Q1\":\"Q1\",\"Q2\":\"Q2\",\"Q3\":\"Q3\"}}"),
                               S("id,skole,k,Q1,Q2,Q3\n1,S11,1,2,5,9\n2,S11,2,3,,\n3,S11,,,,\n"));
    CHECK_INT(done.stored, 3);
    CHECK_INT(counted_tally(&g, "S11", "", "", 0), 2);        /* any answer */
    CHECK_INT(counted_tally(&g, "S11", "", "", 1), 1);        /* three of three; one of three is less than half */
    CHECK_INT(counted_tally(&g, "S11", "Q1", "", 2), 1);
    CHECK_INT(counted_tally(&g, "S11", "Q3", "m", 9), 1);     /* "don't know" is an answer */
    CHECK_INT(counted_tally(&g, "S11", "Q1", "d", 3), 1);
    /* Row 1: 2 + (1 + 5 − 5) = 3 of two items, two of three being enough; row 2 has one of three. */
    CHECK_INT(counted_tally(&g, "S11", "S", "", 3 * 4096 + 2), 1);
    CHECK_INT(counted_tally(&g, "S11", "S", "m", 3 * 4096 + 2), 1);
    CHECK_INT(counted_tally(&g, "S11", "S", "d", 3 * 4096 + 1), 0);
    counted_check(g.c);
}

TEST(answer_file, what_was_not_asked_does_not_count)
{
    Counted g = counted_small(test_store());
    import(&g, S(MAP_SAME), S("id,skole,Q1,Q2,Q3\n1,S11,5,1,\n"));
    CHECK_INT(counted_tally(&g, "S11", "Q2", "", 1), 0);
    CHECK_INT(counted_tally(&g, "S11", "", "", 1), 1); /* asked Q1 and Q3, answered one of the two */
    counted_check(g.c);
}

TEST(answer_file, several_answers_numbers_and_texts_have_their_own_counts)
{
    Counted g = counted_small(test_store());
    AnswerImport done = import(&g, S(MAP_HEAD "\"items\":{\"m1\":{\"item\":\"M\",\"option\":1},\"m2\":{\"item\":\"M\",\"option\":2},\"n\":\"N\",\"t\":\"T\"}}"),
                               S("id,skole,m1,m2,n,t\n1,S11,1,1,2.5,\"Jeg \"\"siger\"\" noget\"\n2,S11,0,0,-3,\n3,S11,0,1,,Ja\n4,S11,2,,,\n5,S11,,,x,\n"));
    CHECK_INT(done.stored, 3);
    CHECK_INT(done.refused, 2);
    CHECK_INT(counted_tally(&g, "S11", "M", "", ANSWER_ANY), 2);
    CHECK_INT(counted_tally(&g, "S11", "M", "", 2), 2);
    CHECK_INT(counted_tally(&g, "S11", "N", "", 2500000), 1);
    CHECK_INT(counted_tally(&g, "S11", "N", "", -3000000), 1);
    CHECK_INT(counted_tally(&g, "S11", "T", "", 1), 2);
    CHECK_INT(test_count(g.c, "SELECT count(*) FROM answer_text"), 2);
    CHECK_INT(test_count(g.c, "SELECT count(*) FROM answer a JOIN answer_text t ON t.id = a.id"), 0);
    counted_check(g.c);
}

/* ---- files ------------------------------------------------------------------------------------ */

TEST(answer_file, a_decimal_comma_is_read_where_no_field_ends_by_it)
{
    Counted g = counted_small(test_store());
    const struct { const char *delimiter, *decimal, *unit, *file; int stored; } files[] = {
        {";", "", "S11", "id;skole;n\n1;S11;2,5\n2;S11;3.5\n3;S11;1.000,5\n", 2},
        {";", ",\"decimal\":\",\"", "S12", "id;skole;n\n4;S12;2,5\n5;S12;3.5\n", 1},
        {",", "", "S21", "id,skole,n\n6,S21,\"2,5\"\n7,S21,3.5\n", 1},
    };
    for (int i = 0; i < 3; i++) {
        char text[400];
        snprintf(text, sizeof text, MAP_HEAD "\"items\":{\"n\":\"N\"},\"delimiter\":\"%s\"%s}", files[i].delimiter, files[i].decimal);
        AnswerImport done = import(&g, str_of_z(text), str_of_z(files[i].file));
        CHECK_INT(done.stored, files[i].stored);
        CHECK_INT(counted_tally(&g, files[i].unit, "N", "", i == 2 ? 3500000 : 2500000), 1);
    }
}

TEST(answer_file, the_same_file_twice_stores_nothing_the_second_time)
{
    Counted g = counted_small(test_store());
    Str csv = S("id,skole,Q1,Q2,Q3\n1,S11,5,,3\n2,S12,4,,3\n1,S11,1,1,1\n");
    AnswerImport first = import(&g, S(MAP_SAME), csv), second = import(&g, S(MAP_SAME), csv);
    CHECK_INT(first.stored, 2);
    CHECK_INT(first.repeated, 1);
    CHECK_INT(second.stored, 0);
    CHECK_INT(second.repeated, 3);
    CHECK_INT(counted_tally(&g, "S11", "Q1", "", 5), 1);
}

TEST(answer_file, a_refused_row_may_come_again_once_it_is_right)
{
    Counted g = counted_small(test_store());
    AnswerImport first = import(&g, S(MAP_SAME), S("id,skole,Q1,Q2,Q3\n1,S11,7,,3\n")), second = import(&g, S(MAP_SAME), S("id,skole,Q1,Q2,Q3\n1,S11,5,,3\n"));
    CHECK_INT(first.refused, 1);
    CHECK_INT(second.stored, 1);
}

TEST(answer_file, a_row_refused_for_its_unit_does_not_take_the_row_id_from_the_right_one_below_it)
{
    Counted g = counted_small(test_store());
    AnswerImport done = import(&g, S(MAP_SAME), S("id,skole,Q1,Q2,Q3\n1,S99,5,,1\n1,S11,5,,1\n1,S12,5,,1\n"));
    CHECK_INT(done.refused, 1);
    CHECK_INT(done.stored, 1);
    CHECK_INT(done.repeated, 1);
    CHECK_INT(counted_tally(&g, "S11", "Q1", "", 5), 1);
    counted_check(g.c);
}

TEST(answer_file, refused_rows_are_told_with_their_physical_line_first_fault_and_fields)
{
    Counted g = counted_small(test_store());
    AnswerMap m = {0};
    Plan plan = {0};
    Csv rows = csv_open(S("\xef\xbb\xbfid,skole,Q1,Q2,Q3\r\n\r\n1,S11,\"5\n\",,3\n2,S99,6,,3\r\n3,S11\n4,S11,8,9,10\n5,S11,\xff,,\n"), ',');
    CsvRow header = {0};
    AnswerImport done = {0};
    CHECK_OK(answer_file_map_read(g.c, S(MAP_SAME), &g.q, &m));
    CHECK(csv_next(&rows, g.c->arena, &header));
    CHECK_OK(answer_file_plan(g.c, &m, &header, &plan));
    CHECK_OK(answer_file_import(g.c, &g.wave, &plan, rows, &done));
    CHECK_INT(done.read, 5);
    CHECK_INT(done.refused, 5);
    Buf b = buf_new(g.c->arena, 4096);
    answer_file_refused_write(g.c, &plan, ',', &done.refusals, &b);
    CHECK_STR(buf_str(&b), S("line,column,reason,id,skole,Q1,Q2,Q3\n"
                           "3,Q1,the value is not in the scale,1,S11,\"5\n\",,3\n"
                           "5,skole,the wave has no such unit,2,S99,6,,3\n"
                           "6,,the row has another number of fields than the header,3,S11,,,\n"
                           "7,Q1,the value is not in the scale,4,S11,8,9,10\n"
                           "8,,not UTF-8,,,,,\n"));
}

TEST(answer_file, units_are_made_and_invited_and_marked_as_participants)
{
    Counted g = counted_small(test_store());
    AnswerImport done = import(&g, S("{\"format\":\"traad-answers-1\",\"unit\":{\"column\":\"id\",\"take\":[0,2],\"prefix\":\"T\"},"
                                     "\"make_units\":{\"kind\":\"skole\",\"parent\":\"K1\"},\"items\":\"same\","
                                     "\"invited\":[{\"unit\":\"T30\",\"n\":24},{\"unit\":\"T99\",\"n\":7}],\"participant\":{\"units\":[\"T30\"]}}"),
                               S("id,Q1,Q3\n3001,5,1\n3002,4,2\n4001,,1\n"));
    CHECK_INT(done.stored, 3);
    CHECK_INT(counted_tally(&g, "T30", "", "", 0), 2);
    WaveUnit unit = {0};
    CHECK_OK(survey_unit(g.c, g.wave.id, S("T30"), &unit));
    CHECK_INT(unit.invited, 24);
    CHECK_INT(unit.participant, 1);
    CHECK_OK(survey_unit(g.c, g.wave.id, S("T40"), &unit));
    CHECK_INT(unit.participant, 0);
    CHECK_OK(survey_unit(g.c, g.wave.id, S("T99"), &unit));
    CHECK_INT(unit.invited, 7);
}

TEST(answer_file, a_blank_group_is_uoplyst_and_counts_in_the_total)
{
    Counted g = counted_small(test_store());
    AnswerImport done = import(&g, S("{\"format\":\"traad-answers-1\",\"missing\":[\"NA\"],\"delimiter\":\";\",\"unit\":{\"constant\":\"S11\"},"
                                     "\"role\":{\"column\":\"r\",\"values\":{\"L\":\"leder\",\"P\":\"personale\"}},"
                                     "\"groups\":[{\"dimension\":\"koen\",\"column\":\"k\",\"values\":{\"1\":\"m\"},\"other\":\"uoplyst\"}],\"items\":\"same\"}"),
                               S("r;k;Q1\nL;1;5\nNA;NA;5\nP;3;5\nX;1;5\n"));
    CHECK_INT(done.stored, 3);
    CHECK_INT(done.refused, 1);
    CHECK_INT(counted_tally(&g, "S11", "Q1", "", 5), 3);
    CHECK_INT(counted_tally(&g, "S11", "Q1", "m", 5), 1);
    CHECK_INT(counted_tally(&g, "S11", "Q1", "leder", 5), 1);
    counted_check(g.c);
}

TEST(answer_file, a_wrong_mapping_tells_every_fault_with_its_place)
{
    Counted g = counted_small(test_store());
    AnswerMap m = {0};
    CHECK_ERR(answer_file_map_read(g.c, S("{\"format\":\"traad-answers-1\",\"unit\":{\"column\":\"a\"},\"role\":{\"constant\":\"lærer\"},\"hov\":1,"
                                     "\"items\":{\"a\":\"NEJ\",\"b\":{\"item\":\"Q1\",\"values\":{\"1\":77}},\"c\":\"M\"}}"), &g.q, &m), E_INVALID);
    const char *wanted[] = {"hov", "role.constant", "items.a", "items.b.values.1", "items.c"};
    for (ptrdiff_t i = 0; i < COUNT_OF(wanted); i++) {
        bool found = false;
        for (const Problem *p = g.c->problems; p; p = p->next) found |= str_eq(p->field, str_of_z(wanted[i]));
        if (!found) fprintf(stderr, "no problem at %s\n", wanted[i]);
        CHECK(found);
    }
}

TEST(answer_file, a_header_without_a_mapped_column_refuses_the_file)
{
    Counted g = counted_small(test_store());
    AnswerMap m = {0};
    Plan plan = {0};
    CHECK_OK(answer_file_map_read(g.c, S(MAP_SAME), &g.q, &m));
    CsvRow header = {.v = (Str[]){S("id"), S("skole"), S("Q1")}, .n = 3};
    CHECK_ERR(answer_file_plan(g.c, &m, &header, &plan), E_CONFLICT);
}

/* ---- real answers against R's counts (skipped without the shared data) ------------------------- */

static Str file_of(Ctx *c, Str folder, const char *name)
{
    FILE *f = fopen(str_z(c->arena, STR_CAT(c->arena, folder, str_of_z(name))), "rb");
    if (!f) skip();
    Buf b = buf_new(c->arena, 1 << 20);
    for (int ch = 0; (ch = fgetc(f)) != EOF;) buf_add_char(&b, (char)ch);
    fclose(f);
    CHECK(!b.full);
    return buf_str(&b);
}

static Str own_file(Ctx *c, const char *name)
{
    return file_of(c, STR_CAT(c->arena, str_of_z(getenv("TRAAD_SOURCE_ROOT")), S("/tests/data/")), name);
}

static Str shared_file(Ctx *c, const char *name)
{
    return file_of(c, STR_CAT(c->arena, str_of_z(getenv("TRAAD_SOURCE_ROOT")), S("/../shared/data/open/")), name);
}

typedef struct Reference {
    Csv csv;
    CsvRow header, row;
    Arena *arena;
} Reference;

static Str cell(const Reference *ref, const char *column)
{
    ptrdiff_t at = csv_column(&ref->header, str_of_z(column));
    CHECK(at >= 0);
    return ref->row.v[at];
}

static int64_t number_in(const Reference *ref, const char *column)
{
    int64_t n = -1;
    CHECK(str_i64(cell(ref, column), &n));
    return n;
}

static Reference reference(Ctx *c, const char *name)
{
    Reference ref = {.csv = csv_open(shared_file(c, name), ','), .arena = c->arena};
    CHECK(csv_next(&ref.csv, c->arena, &ref.header));
    return ref;
}

typedef struct Stored { TallyRows rows; WaveGroups groups; } Stored;

static Stored stored(const Counted *g)
{
    Stored s = {0};
    CHECK_OK(answer_tallies(g->c, g->wave.id, &s.rows));
    CHECK_OK(survey_groups(g->c, g->wave.id, &s.groups));
    return s;
}

static int64_t group_named(const Stored *s, Str code)
{
    for (ptrdiff_t i = 0; i < s->groups.n; i++)
        if (str_eq(s->groups.v[i].code, code)) return s->groups.v[i].id;
    return 0;
}

/* Over all units (unit 0) or one. */
static int64_t sum_of(const Stored *s, int64_t unit, const Item *item, int64_t group, int64_t least)
{
    int64_t n = 0;
    for (ptrdiff_t i = 0; i < s->rows.n; i++) {
        const TallyRow *t = &s->rows.v[i];
        if (t->item_id == item->id.v && t->group_id == group && t->value >= least && (!unit || t->unit_id == unit)) n += t->n;
    }
    return n;
}

static void check_groups(const char *name, const Counted *g, const char *const codes[][2])
{
    Reference ref = reference(g->c, name);
    Stored s = stored(g);
    int rows = 0;
    for (; csv_next(&ref.csv, ref.arena, &ref.row); rows++) {
        Str group = cell(&ref, "group");
        for (int i = 0; codes && codes[i][0]; i++)
            if (str_eq(group, str_of_z(codes[i][0]))) group = str_of_z(codes[i][1]);
        const Item *item = questionnaire_item(&g->q, cell(&ref, "item"));
        CHECK_INT(sum_of(&s, 0, item, group_named(&s, group), 0), number_in(&ref, "n"));
        CHECK_INT(sum_of(&s, 0, item, group_named(&s, group), 4), number_in(&ref, "agree"));
    }
    CHECK(rows >= 50);
}

TEST(answer_file_real, bfi_counts_by_gender_and_age_equal_those_of_r)
{
    Ctx *c = test_store();
    Str csv = shared_file(c, "r/bfi.csv");
    Counted g = counted_of(c, own_file(c, "bfi.json"));
    AnswerImport done = import(&g, own_file(c, "bfi-map.json"), csv);
    CHECK_INT(done.stored, 2800);
    static const char *const genders[][2] = {{"male", "m"}, {"female", "k"}, {0}};
    check_groups("ref/bfi_by_gender_items.csv", &g, genders);
    check_groups("ref/bfi_by_ageband_items.csv", &g, NULL);
    counted_check(c);
}

TEST(answer_file_real, bhr2000_counts_by_unit_equal_those_of_r)
{
    Ctx *c = test_store();
    Str csv = shared_file(c, "r/bhr2000.csv");
    Counted g = counted_of(c, own_file(c, "bhr2000.json"));
    AnswerImport done = import(&g, own_file(c, "bhr2000-map.json"), csv);
    CHECK_INT(done.stored, 5400);
    Reference ref = reference(c, "ref/bhr2000_units1to25_items.csv");
    Stored s = stored(&g);
    int rows = 0;
    for (; csv_next(&ref.csv, ref.arena, &ref.row); rows++) {
        const Item *item = questionnaire_item(&g.q, cell(&ref, "item"));
        int64_t unit = test_unit(c, str_z(c->arena, STR_CAT(c->arena, S("G"), cell(&ref, "group"))));
        CHECK_INT(sum_of(&s, unit, item, 0, 0), number_in(&ref, "n"));
        CHECK_INT(sum_of(&s, unit, item, 0, 4), number_in(&ref, "agree"));
    }
    CHECK_INT(rows, 11 * 25);
    counted_check(c);
}

TEST(answer_file_real, talis_counts_equal_those_of_r_with_schools_made_of_the_ids)
{
    Ctx *c = test_store();
    Str csv = shared_file(c, "r/talis_us.csv");
    Counted g = counted_of(c, own_file(c, "talis.json"));
    AnswerImport done = import(&g, own_file(c, "talis-map.json"), csv);
    CHECK_INT(done.stored, 2560);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit WHERE code LIKE 'T%'"), 165);
    Reference ref = reference(c, "ref/talis_us_fpc.csv");
    Stored s = stored(&g);
    while (csv_next(&ref.csv, ref.arena, &ref.row)) {
        const Item *item = questionnaire_item(&g.q, cell(&ref, "item"));
        CHECK_INT(sum_of(&s, 0, item, 0, 0), number_in(&ref, "n"));
        CHECK_INT(sum_of(&s, 0, item, 0, 3), number_in(&ref, "agree"));
    }
    counted_check(c);
}

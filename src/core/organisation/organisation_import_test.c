#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/number.h"
#include "core/organisation/organisation.h"
#include "store.h"

#define HEAD "code,name,kind,parent_code,valid_from,valid_to\n"
#define HEAD_LINEAGE "code,name,kind,parent_code,valid_from,valid_to,succeeds\n"

static Err import(Ctx *c, Str text, OrganisationFormat format, ImportCount *ret)
{
    UnitFile *file = NULL;
    ctx_forgive(c);
    TRY(organisation_file_read(c, text, format, &file));
    return organisation_import(c, file, ret);
}

static void check_stored(Ctx *c, Str text, int64_t stored, int64_t repeated)
{
    ImportCount count = {0};
    CHECK_OK(import(c, text, ORGANISATION_PLAIN, &count));
    CHECK_INT(count.stored, stored);
    CHECK_INT(count.repeated, repeated);
    CHECK_INT(count.read, stored + repeated);
    test_clean(c);
}

/* The sentence for the command line; nothing may have been stored. */
static void check_refused(Ctx *c, Str text, const char *sentence)
{
    ImportCount count = {0};
    int64_t before = test_count(c, "SELECT count(*) + sum(version) FROM unit");
    CHECK(import(c, text, ORGANISATION_PLAIN, &count) != OK);
    CHECK_STR(c->message.arg[0].s, str_of_z(sentence));
    CHECK_INT(test_count(c, "SELECT count(*) + sum(version) FROM unit"), before);
}

TEST(organisation_import, example_of_the_contract_is_stored_and_repeated)
{
    Ctx *c = test_store();
    Str text = S(HEAD "R9,Region Fjord,region,,2022-08-01,\nK9,Fjordby Kommune,kommune,R9,2022-08-01,\n"
                      "S91,Bakkeskolen,skole,K9,2022-08-01,\nS91-3A,3.A,klasse,S91,2025-08-01,2026-07-31\n");
    check_stored(c, text, 4, 0);
    check_stored(c, text, 0, 4);
    Unit unit = {0}, owner = {0};
    CHECK_OK(organisation_by_code(c, S("S91-3A"), &unit));
    CHECK_STR(date_iso(c->arena, unit.valid_to), S("2026-07-31"));
    CHECK_OK(organisation_owner(c, unit.id, &owner));
    CHECK_STR(owner.code, S("K9"));
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'organisation.import'"), 2); /* owners R9 and K9 */
}

TEST(organisation_import, rows_come_in_any_order_with_bom_semicolons_and_mixed_line_ends)
{
    Ctx *c = test_store();
    check_stored(c, S("\xef\xbb\xbf" "valid_to;kind;code;name;valid_from;parent_code;remark\r\n"
                      ";klasse;S99-1A;\"1.A; den lille\";2022-08-01;S99;x\n;skole;S99; Åskolen ;2022-08-01;K1;\r\n"), 2, 0);
    Unit unit = {0};
    CHECK_OK(organisation_by_code(c, S("S99"), &unit));
    CHECK_STR(unit.name, S("Åskolen"));
    CHECK_OK(organisation_by_code(c, S("S99-1A"), &unit));
    CHECK_STR(unit.name, S("1.A; den lille"));
}

TEST(organisation_import, changed_rows_keep_what_was)
{
    Ctx *c = test_store();
    check_stored(c, S(HEAD "S11,Bakkens Skole,specialskole,K1,2022-08-01,2030-07-31\nS12,Strandmarkskolen,skole,K1,2022-08-01,\n"), 1, 1);
    Unit unit = {0};
    CHECK_OK(organisation_by_code(c, S("S11"), &unit));
    CHECK_INT(unit.version.v, 2);
    CHECK_STR(unit.kind, S("specialskole"));
    CHECK_OK(organisation_at(c, unit.id, (Date){c->today.day - 1}, &unit));
    CHECK_STR(unit.name, S("Bakkeskolen"));
    CHECK_STR(unit.kind, S("skole"));
    CHECK_OK(organisation_at(c, unit.id, c->today, &unit));
    CHECK_STR(unit.name, S("Bakkens Skole"));
}

TEST(organisation_import, a_moved_unit_takes_all_below_along)
{
    Ctx *c = test_store();
    check_stored(c, S(HEAD "S11-A,Indskolingen,afdeling,S12,2022-08-01,\n"), 1, 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit_reach r JOIN unit a ON a.id = r.above_id JOIN unit u ON u.id = r.unit_id"
                            " WHERE u.code = 'S11-3A' AND a.code = 'S12' AND r.depth = 2"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit_reach r JOIN unit a ON a.id = r.above_id JOIN unit u ON u.id = r.unit_id"
                            " WHERE u.code = 'S11-3A' AND a.code = 'S11'"), 0);
}

TEST(organisation_import, lineage_is_the_whole_truth_where_the_column_is)
{
    Ctx *c = test_store();
    Str text = S(HEAD_LINEAGE "S19,Den nye skole,skole,K1,2026-08-01,,S12  S11 S12\n");
    check_stored(c, text, 1, 0);
    check_stored(c, text, 0, 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit_succession"), 2);
    check_stored(c, S(HEAD "S19,Den nye skole,skole,K1,2026-08-01,\n"), 0, 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit_succession"), 2);
    check_stored(c, S(HEAD_LINEAGE "S19,Den nye skole,skole,K1,2026-08-01,,S11\n"), 1, 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit_succession"), 1);
}

TEST(organisation_import, first_fault_is_told_with_its_line)
{
    Ctx *c = test_store();
    check_refused(c, S(HEAD "A,A,skole,K1,2022-08-01,\n\nB,B,slot,K1,2022-08-01,\nC,C,borg,K1,2022-08-01,\n"), "line 4: unknown kind slot");
    check_refused(c, S(HEAD "A,A,skole,K7,2022-08-01,\nA,A,slot,K1,2022-08-01,\n"), "line 2: unknown parent K7");
    check_refused(c, S(HEAD "A,A,skole,K1,2022-08-01,\nA,A,skole,K1,2022-08-01,\n"), "line 3: code A stands in line 2 too");
    check_refused(c, S(HEAD "A,A,skole,K1,2022-02-30,\n"), "line 2: valid_from 2022-02-30 is no date YYYY-MM-DD");
    check_refused(c, S(HEAD "A,A,skole,K1,,\n"), "line 2: valid_from (empty) is no date YYYY-MM-DD");
    check_refused(c, S(HEAD "A,A,skole,K1,2022-08-01,2022-07-31\n"), "line 2: valid_to lies before valid_from");
    check_refused(c, S(HEAD "A,A,skole,K1,1960-08-01,1970-01-01\n"), "line 2: valid_to lies before 1970-01-02");
    check_refused(c, S(HEAD "Æ,A,skole,K1,2022-08-01,\n"), "line 2: code Æ is not 1-32 of A-Z a-z 0-9 . _ -");
    check_refused(c, S(HEAD "A,,skole,K1,2022-08-01,\n"), "line 2: the name is empty");
    check_refused(c, S(HEAD "A,\"a\nb\",skole,K1,2022-08-01,\n"), "line 2: the name has a line end or another control character");
    check_refused(c, S(HEAD "A,A,skole,K1,2022-08-01\n"), "line 2: 5 fields where the header has 6");
    check_refused(c, S(HEAD "A,\xff,skole,K1,2022-08-01,\n"), "line 2: not UTF-8");
    check_refused(c, S(HEAD "A,A,slot,K1,2022-08-01,\nB,\xff,skole,K1,2022-08-01,\n"), "line 2: unknown kind slot");
    check_refused(c, S(HEAD_LINEAGE "A,A,skole,K1,2022-08-01,,X1\n"), "line 2: succeeds an unknown unit X1");
    check_refused(c, S(HEAD_LINEAGE "A,A,skole,K1,2022-08-01,,A\n"), "line 2: A succeeds itself");
}

TEST(organisation_import, a_parent_that_may_stand_in_a_broken_row_is_not_called_unknown)
{
    Ctx *c = test_store();
    check_refused(c, S(HEAD "A,A,klasse,B,2022-08-01,\nB,\xff,skole,K1,2022-08-01,\n"), "line 3: not UTF-8");
}

TEST(organisation_import, a_header_that_cannot_be_used_is_told)
{
    Ctx *c = test_store();
    check_refused(c, S(""), "the file is empty");
    check_refused(c, S("code,name,kind,valid_from,valid_to\n"), "line 1: column parent_code is missing");
    check_refused(c, S("code,name,kind,parent_code,valid_from,valid_to,code\n"), "line 1: column code stands twice");
    check_stored(c, S(HEAD), 0, 0);
}

TEST(organisation_import, cycles_are_found_also_through_the_store)
{
    Ctx *c = test_store();
    check_refused(c, S(HEAD "A,A,skole,A,2022-08-01,\n"), "line 2: A lies below itself: the parents make a cycle");
    check_refused(c, S(HEAD "X,X,skole,B,2022-08-01,\nA,A,skole,B,2022-08-01,\nB,B,skole,A,2022-08-01,\n"),
                  "line 3: A lies below itself: the parents make a cycle");
    check_refused(c, S(HEAD "N,N,afdeling,S11-3A,2022-08-01,\nS11,Bakkeskolen,skole,N,2022-08-01,\n"),
                  "line 2: N lies below itself: the parents make a cycle");
    check_refused(c, S(HEAD_LINEAGE "A,A,skole,K1,2022-08-01,,B\nB,B,skole,K1,2022-08-01,,C\nC,C,skole,K1,2022-08-01,,A\n"),
                  "line 2: A succeeds itself: the lineage makes a cycle");
}

TEST(organisation_import, no_unit_passes_to_another_owner)
{
    Ctx *c = test_store();
    check_refused(c, S(HEAD "S12,Strandmarkskolen,skole,K2,2022-08-01,\n"),
                  "line 2: S12 would pass from K1 to K2, another owner in law: give it a new code and name S12 in succeeds");
    check_refused(c, S(HEAD "S12,Strandmarkskolen,kommune,K1,2022-08-01,\n"),
                  "line 2: S12 would pass from K1 to S12, another owner in law: give it a new code and name S12 in succeeds");
    check_stored(c, S(HEAD_LINEAGE "S12,Strandmarkskolen,skole,K1,2022-08-01,2026-07-31,\nS22,Strandmarkskolen,skole,K2,2026-08-01,,S12\n"), 2, 0);
    /* A municipality under another region owns itself still. */
    check_stored(c, S(HEAD "R2,Region Ås,region,,2022-08-01,\nK2,Holmeå Kommune,kommune,R2,2022-08-01,\n"), 2, 0);
}

static Str chain(Ctx *c, int n)
{
    Buf b = buf_new(c->arena, 4000);
    buf_add(&b, S(HEAD));
    for (int i = 0; i < n; i++) {
        buf_add(&b, S("D"));
        buf_add_i64(&b, i);
        buf_add(&b, i ? S(",x,team,D") : S(",x,team,K1"));
        if (i) buf_add_i64(&b, i - 1);
        buf_add(&b, S(",2022-08-01,\n"));
    }
    return buf_str(&b);
}

TEST(organisation_import, sixteen_units_at_most_lie_above_one)
{
    Ctx *c = test_store();
    check_refused(c, chain(c, 16), "line 17: more than 16 units lie above D15 or a unit below it");
    check_stored(c, chain(c, 15), 15, 0); /* R1 K1 D0 … D13 above D14 */
}

/* ---- the register --------------------------------------------------------------------- */

#define REGISTER_HEAD                                                                                            \
    "HOVEDSKOLE_INST,INST_NR,INST_NAVN,INST_TYPE_NR,INST_TYPE_NAVN,INST_TYPE_GRUPPE,BEL_KOMMUNE,BEL_KOMMUNE_NAVN,BEL_REGION," \
    "REGION_NAVN\n"

TEST(organisation_import, register_rows_find_their_place_and_kind)
{
    Ctx *c = test_store();
    Str text = S(REGISTER_HEAD "101001,101002,Afd. Nord,1012,Folkeskoler,Grundskoler mv.,147,Frederiksberg Kommune,1084,Region Hovedstaden\n"
                               ",101001,Den Classenske,1012,Folkeskoler,Grundskoler mv.,101,Københavns Kommune,1084,Region Hovedstaden\n"
                               ",101003,Specialen,1015,Specialskoler for børn,Grundskoler mv.,101,Københavns Kommune,1084,Region Hovedstaden\n"
                               ",101004,PPR,2021,PPR,Centre,101,Københavns Kommune,1084,Region Hovedstaden\n"
                               ",101005,Gymnasiet,1104,Gymnasier,Gymnasier,970,Uden for,,\n");
    ImportCount count = {0};
    CHECK_OK(import(c, text, ORGANISATION_REGISTER, &count));
    CHECK_INT(count.read, 5);
    CHECK_INT(count.stored, 5);
    CHECK_OK(import(c, text, ORGANISATION_REGISTER, &count));
    CHECK_INT(count.repeated, 5);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit u JOIN unit p ON p.id = u.parent_id JOIN unit g ON g.id = p.parent_id"
                            " WHERE u.code = '101002' AND u.kind = 'afdeling' AND p.code = '101001' AND g.code = '101'"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit WHERE (code = '101001' AND kind = 'skole' AND note = 'Folkeskoler')"
                            " OR (code = '101003' AND kind = 'specialskole') OR (code = '101004' AND kind = 'ppr')"
                            " OR (code = '101005' AND kind = 'virtuel' AND note = 'Gymnasier')"), 4);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit WHERE code = '970' AND parent_id IS NULL AND kind = 'kommune' AND valid_from = 17014"), 1);
    test_clean(c);
}

TEST(organisation_import, register_tells_the_same_of_a_municipality_in_every_row)
{
    Ctx *c = test_store();
    ImportCount count = {0};
    CHECK_ERR(import(c, S(REGISTER_HEAD ",1,A,1012,F,Grundskoler mv.,101,København,1084,H\n,2,B,1012,F,Grundskoler mv.,101,Kbh,1084,H\n"),
                     ORGANISATION_REGISTER, &count), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, S("line 3: kommune 101 is told in another way in line 2"));
}

/* Rows of the reference: municipality (by its name), type, number. A department
   counts where it lies there, but hangs under its main school here, which may
   lie in another municipality: those are counted over by the file itself. */
static void move_departments_home(Ctx *c, Str text)
{
    Csv csv = csv_open(text, 0);
    CsvRow head = {0}, row = {0};
    CHECK(csv_next(&csv, c->arena, &head));
    ptrdiff_t code = csv_column(&head, S("INST_NR")), place = csv_column(&head, S("BEL_KOMMUNE")), main_school = csv_column(&head, S("HOVEDSKOLE_INST"));
    Buf json = buf_new(c->arena, 1 << 20);
    buf_add(&json, S("CREATE TEMPORARY TABLE home (code TEXT, place TEXT); INSERT INTO home VALUES "));
    while (csv_next(&csv, c->arena, &row)) {
        if (!row.v[main_school].n) continue;
        buf_add(&json, json.p[json.n - 1] == ' ' ? S("('") : S(",('"));
        buf_add(&json, row.v[code]);
        buf_add(&json, S("','"));
        buf_add(&json, row.v[place]);
        buf_add(&json, S("')"));
    }
    CHECK(!json.full);
    ptrdiff_t cut = str_find_char(buf_str(&json), ';', 0);
    CHECK_OK(db_test_exec(c, str_sub(buf_str(&json), 0, cut)));
    CHECK_OK(db_test_exec(c, str_sub(buf_str(&json), cut + 2, json.n)));
}

static Str quoted(Ctx *c, Str s)
{
    Buf b = buf_new(c->arena, s.n * 2 + 2);
    buf_add_char(&b, '\'');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        buf_add_char(&b, s.p[i]);
        if (s.p[i] == '\'') buf_add_char(&b, '\'');
    }
    buf_add_char(&b, '\'');
    return buf_str(&b);
}

static void check_reference(Ctx *c, Str text)
{
    Csv csv = csv_open(text, 0);
    CsvRow row = {0};
    int rows = 0, bad = 0;
    CHECK(csv_next(&csv, c->arena, &row));
    for (; csv_next(&csv, c->arena, &row); rows++) {
        int64_t wanted = 0, got = 0;
        CHECK(str_i64(row.v[2], &wanted));
        CHECK_OK(db_test_i64(c, STR_CAT(c->arena, S("SELECT n FROM found WHERE place = "), quoted(c, row.v[0]), S(" AND type = "), quoted(c, row.v[1])), &got));
        bad += got != wanted;
    }
    CHECK_INT(rows, 1512);
    CHECK_INT(bad, 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM found"), rows);
}

TEST(organisation_import, the_real_register_counts_as_r_counts_it)
{
    Str path = {0}, reference = {0};
    Ctx *c = test_store();
    if (!test_shared("data/open/dk/institutionsregister_2016.csv", &path) || !test_shared("data/open/ref/institutionsregister_2016_antal.csv", &reference)) {
        test_skip("the shared data are not beside this checkout");
        return;
    }
    Str text = test_file(path);
    ImportCount count = {0};
    CHECK_OK(import(c, text, ORGANISATION_REGISTER, &count));
    CHECK_INT(count.read, 4352);
    CHECK_INT(count.stored, 4352);
    CHECK_OK(import(c, text, ORGANISATION_REGISTER, &count));
    CHECK_INT(count.repeated, 4352);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit WHERE kind = 'kommune' AND valid_from = 17014"), 100);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit WHERE kind = 'region' AND valid_from = 17014"), 5);
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit WHERE kind = 'kommune' AND valid_from = 17014 AND parent_id IS NULL"), 1);
    test_clean(c);
    move_departments_home(c, text);
    test_sql(c, "CREATE TEMPORARY TABLE found AS SELECT k.name AS place, u.note AS type, count(*) AS n FROM unit u"
                " LEFT JOIN home h ON h.code = u.code"
                " JOIN unit k ON (h.code IS NULL AND k.id = u.parent_id) OR k.code = h.place"
                " WHERE u.valid_from = 17014 AND u.kind NOT IN ('kommune', 'region') GROUP BY k.name, u.note");
    check_reference(c, test_file(reference));
    test_sql(c, "DROP TABLE found");
    test_sql(c, "DROP TABLE home");
}

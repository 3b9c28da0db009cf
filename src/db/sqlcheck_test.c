/* Planted faults, one a test: sqlcheck must say each, and nothing of the rest. */
#include <stdlib.h>

#include "base/number.h"
#include "db/sqlcheck.h"
#include "test.h"

static const Schema school = {
    .feature = "school",
    .schema_sql = "-- A school.\n"
                  "CREATE TABLE school (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL,\n  closed_on INTEGER\n) STRICT;\n"
                  "CREATE VIEW v_school_open AS SELECT id, name, closed_on FROM school s WHERE closed_on IS NULL;\n",
    .check_sql = "SELECT id FROM school WHERE length(name) = 0;\n",
};
static const Schema trial = {
    .feature = "trial",
    .schema_sql = "CREATE TABLE trial ( -- big\n  id INTEGER PRIMARY KEY,\n  school_id INTEGER NOT NULL REFERENCES school (id),\n"
                  "  title TEXT NOT NULL,\n  note TEXT\n) STRICT;\n"
                  "CREATE INDEX trial_by_school ON trial (school_id, id);\n"
                  "CREATE TABLE trial_count (school_id INTEGER, day INTEGER, n INTEGER NOT NULL, PRIMARY KEY (school_id, day)) STRICT, WITHOUT ROWID;\n"
                  "CREATE VIEW v_trial_all AS SELECT q.id, q.title FROM trial q;\n",
    .check_sql = "",
};
static const Schema *const schemas[] = {&school, &trial};

static Str report_with(const Schema *const *all, int n, const char *file, const char *text, const char *scan_ok)
{
    Ctx *c = test_ctx_plain();
    Buf out = buf_new(c->arena, 8000);
    const SqlDef def = {.file = file, .line = 7, .name = "PLANTED", .text = text, .scan_ok = scan_ok};
    const SqlDef *const defs[] = {&def};
    const SqlCheck what = {.schemas = all, .schema_count = n, .defs = defs, .def_count = text ? 1 : 0, .postgres = getenv("TRAAD_TEST_PG")};
    int problems = -1;
    CHECK_OK(sqlcheck_run(c, &what, &out, &problems));
    CHECK_INT(problems == 0, out.n == 0);
    return buf_str(&out);
}

static Str in_file(const char *file, const char *text)
{
    return report_with(schemas, COUNT_OF(schemas), file, text, NULL);
}

static Str in_trial(const char *text)
{
    return in_file("../src/feature/trial/trial.c", text);
}

static bool holds(Str report, const char *part)
{
    return str_find(report, str_of_z(part), 0) >= 0;
}

/* Shows the report when it does not. */
static bool says(Str report, const char *part)
{
    if (holds(report, part)) return true;
    print_message("missing \"%s\" in \"%.*s\"\n", part, (int)report.n, report.p);
    return false;
}

static bool is_silent(Str report)
{
    if (report.n > 0) print_message("%.*s\n", (int)report.n, report.p);
    return report.n == 0;
}

TEST(sqlcheck, good_statements_pass)
{
    CHECK(is_silent(in_trial("SELECT id, title FROM trial WHERE school_id = $1 AND id > $2 ORDER BY id LIMIT $3")));
    CHECK(is_silent(in_trial("SELECT t.id, s.name FROM trial t JOIN v_school_open s ON s.id = t.school_id WHERE t.school_id = $1 ORDER BY t.id")));
    CHECK(is_silent(in_trial("INSERT INTO trial (school_id, title, note) VALUES ($1, $2, $3) RETURNING id")));
    CHECK(is_silent(in_trial("INSERT INTO trial_count (school_id, day, n) SELECT r.a, r.b, r.n FROM ROWS($1, a INTEGER, b INTEGER, n INTEGER) r"
                             " WHERE true ON CONFLICT (school_id, day) DO UPDATE SET n = trial_count.n + excluded.n")));
    CHECK(is_silent(in_trial("UPDATE trial SET title = $2 WHERE id = $1 AND EXISTS (SELECT 1 FROM v_school_open o WHERE o.id = trial.school_id)")));
    CHECK(is_silent(in_trial("SELECT CASE WHEN title = $1 AND id > 3 THEN 1 ELSE 0 END, CAST(count(*) AS INTEGER), CAST(coalesce(sum(id), 0) AS INTEGER)"
                             " FROM trial WHERE school_id = 4 GROUP BY title, id")));
    CHECK(is_silent(in_trial("SELECT id, note FROM trial WHERE school_id = $1 AND ($2 IS NULL OR title = $2) ORDER BY note DESC NULLS LAST, id LIMIT 5")));
    CHECK(is_silent(in_trial("WITH RECURSIVE up (id, depth) AS (SELECT id, 0 FROM v_school_open WHERE id = $1"
                             " UNION ALL SELECT o.id, up.depth + 1 FROM up JOIN v_school_open o ON o.id = up.id WHERE up.depth < 9)"
                             " SELECT id, depth FROM up")));
    CHECK(is_silent(in_trial("SELECT id, row_number() OVER (PARTITION BY title ORDER BY id) FROM trial WHERE school_id = $1")));
    CHECK(is_silent(in_file("../src/db/schema.c", "SELECT version FROM schema_version WHERE feature = $1")));
}

TEST(sqlcheck, a_problem_names_its_place)
{
    CHECK(says(in_trial("SELECT wrong_name FROM trial"), "src/feature/trial/trial.c:7: PLANTED: SQLite: no such column: wrong_name\n"));
}

TEST(sqlcheck, tests_are_passed_over)
{
    CHECK(is_silent(in_file("../src/feature/trial/trial_test.c", "SELECT wrong_name FROM trial")));
}

TEST(sqlcheck, words_of_one_engine_are_told)
{
    CHECK(says(in_trial("SELECT id FROM trial WHERE title LIKE $1"), "\"LIKE\": case and collation differ"));
    CHECK(says(in_trial("SELECT id FROM trial WHERE id = $1 LIMIT 5 OFFSET 5"), "\"OFFSET\": lists page by key"));
    CHECK(says(in_trial("SELECT id FROM trial WHERE id == $1"), "\"==\": write ="));
    CHECK(says(in_trial("SELECT id FROM trial WHERE id != $1 AND school_id = 2"), "\"!=\": write <>"));
    CHECK(says(in_trial("SELECT id FROM trial WHERE id IS $1"), "\"IS\": stands before"));
    CHECK(says(in_trial("INSERT OR IGNORE INTO trial (school_id, title) VALUES (1, 'a')"), "\"INSERT\": write ON CONFLICT"));
    CHECK(says(in_trial("SELECT CURRENT_TIMESTAMP"), "the clock is the Ctx's"));
    CHECK(says(in_trial("SELECT datetime('now')"), "\"datetime\": is no function of the subset"));
    CHECK(says(in_trial("SELECT upper(title) FROM trial WHERE id = 1"), "\"upper\": is no function"));
    CHECK(says(in_trial("SELECT max(id, school_id) FROM trial WHERE id = 1"), "\"max\": of several values is a CASE"));
    CHECK(says(in_trial("select id FROM trial WHERE id = 1"), "\"select\": keywords are written in capitals"));
    CHECK(says(in_trial("BEGIN"), "transactions belong to db/"));
}

TEST(sqlcheck, booleans_and_loose_sums_are_told)
{
    CHECK(says(in_trial("SELECT id > 3 FROM trial WHERE id = 1"), "\">\": makes a boolean column"));
    CHECK(says(in_trial("SELECT EXISTS (SELECT 1 FROM trial WHERE id = 1)"), "\"EXISTS\": makes a boolean column"));
    CHECK(says(in_trial("SELECT id, note IS NULL FROM trial WHERE id = 1"), "\"IS\": makes a boolean column"));
    CHECK(says(in_trial("SELECT sum(id) FROM trial WHERE school_id = 1"), "\"sum\": has another type on each engine"));
}

TEST(sqlcheck, what_leaves_the_subset_is_told)
{
    CHECK(says(in_trial("SELECT \"id\" FROM trial"), "names are written without quotes"));
    CHECK(says(in_trial("SELECT id FROM trial WHERE id = $1 AND school_id = $3"), "a number of $1 … $n is skipped"));
    CHECK(says(in_trial("SELECT id FROM trial WHERE id = 1; DELETE FROM trial"), "is more than one statement"));
}

TEST(sqlcheck, big_tables_are_not_scanned_without_a_reason)
{
    const char *scan = "SELECT id FROM trial WHERE title = $1";
    CHECK(says(in_trial(scan), "scans the big table trial (SCAN trial): add an index, or say why with SQL_SCAN"));
    CHECK(says(in_trial("SELECT x.id FROM trial AS x WHERE x.title = $1"), "scans the big table trial (SCAN x)"));
    CHECK(says(in_trial("SELECT count(*) FROM trial_count c JOIN trial t ON t.title = 'a' AND t.note = c.n"), "scans the big table trial (SEARCH t USING AUTOMATIC"));
    CHECK(says(in_file("src/core/school/school.c", "SELECT id FROM v_trial_all WHERE title = $1"), "scans the big table trial (SCAN q)"));
    CHECK(is_silent(report_with(schemas, 2, "src/feature/trial/trial.c", scan, "a nightly count")));
    CHECK(is_silent(in_trial("SELECT n FROM trial_count WHERE n > 5"))); /* not big */
}

TEST(sqlcheck, each_writes_and_reads_its_own)
{
    CHECK(says(in_trial("SELECT name FROM school WHERE id = $1"), "reads school, not a published view of school"));
    CHECK(says(in_trial("SELECT count(*) FROM school"), "reads school, not a published view"));
    CHECK(says(in_trial("UPDATE school SET name = $2 WHERE id = $1"), "writes school, which belongs to school"));
    CHECK(says(in_trial("DELETE FROM school WHERE id = $1"), "writes school"));
    CHECK(says(in_trial("INSERT INTO school (name) VALUES ($1)"), "writes school"));
    CHECK(says(in_trial("SELECT version FROM schema_version WHERE feature = $1"), "reads schema_version"));
    CHECK(says(in_file("../src/web/web.c", "SELECT id FROM trial WHERE id = $1"), "reads trial"));
    CHECK(says(in_file("elsewhere.c", "SELECT 1"), "stands in no folder under src/"));
    CHECK(is_silent(in_file("/x/src/core/school/school_web.c", "SELECT name FROM school WHERE id = $1")));
    CHECK(says(in_trial("DROP TABLE trial"), "does something other than reading and writing rows"));
}

TEST(sqlcheck, a_view_reads_with_its_owners_rights_only)
{
    static const Schema peeping = {.feature = "peep", .schema_sql = "CREATE VIEW v_peep_school AS SELECT name FROM school;", .check_sql = ""};
    static const Schema misnamed = {.feature = "peep", .schema_sql = "CREATE VIEW v_school_peep AS SELECT name FROM v_school_open;", .check_sql = ""};
    const Schema *const with_peep[] = {&school, &peeping}, *const with_misnamed[] = {&school, &misnamed};
    CHECK(says(report_with(with_peep, 2, "src/feature/trial/t.c", "SELECT name FROM v_peep_school", NULL), "reads school, not a published view"));
    CHECK(says(report_with(with_misnamed, 2, "src/feature/peep/t.c", NULL, NULL), "view v_school_peep is not named v_peep_"));
}

TEST(sqlcheck, a_published_view_may_bear_its_owners_name_alone)
{
    static const Schema alone = {.feature = "alone", .schema_sql = "CREATE VIEW v_alone AS SELECT name FROM v_school_open;", .check_sql = ""};
    const Schema *const with_alone[] = {&school, &alone};
    CHECK(is_silent(report_with(with_alone, 2, "src/feature/trial/t.c", "SELECT name FROM v_alone", NULL)));
}

TEST(sqlcheck, order_by_a_nullable_column_says_where_nulls_go)
{
    CHECK(says(in_trial("SELECT id FROM trial WHERE school_id = 1 ORDER BY note, id"), "ORDER BY note may be NULL"));
    CHECK(says(in_trial("SELECT t.id FROM trial t WHERE t.school_id = 1 ORDER BY t.note DESC"), "ORDER BY note may be NULL"));
    CHECK(says(in_trial("SELECT id FROM v_school_open ORDER BY closed_on"), "ORDER BY closed_on may be NULL"));
    CHECK(says(in_trial("SELECT t.id FROM trial t LEFT JOIN v_school_open o ON o.id = t.school_id WHERE t.school_id = 1 ORDER BY o.name"),
               "ORDER BY name may be NULL"));
    CHECK(says(in_trial("SELECT rank() OVER (ORDER BY note) FROM trial WHERE school_id = 1"), "ORDER BY note may be NULL"));
}

TEST(sqlcheck, schemas_and_checks_are_read_too)
{
    static const Schema loose = {.feature = "loose", .schema_sql = "CREATE TABLE loose (a INTEGER)", .check_sql = ""};
    static const Schema wrong = {.feature = "wrong", .schema_sql = "CREATE TABLE wrong (a INTEGER REFERENCES) STRICT", .check_sql = ""};
    static const Schema check = {.feature = "check", .schema_sql = "CREATE TABLE ck (a INTEGER) STRICT;", .check_sql = "SELECT a FROM ck;\n\nSELECT b FROM ck;"};
    const Schema *const all[] = {&loose}, *const broken[] = {&wrong}, *const checks[] = {&check};
    CHECK(says(report_with(all, 1, "src/feature/loose/x.c", NULL, NULL), "every table is STRICT"));
    CHECK(says(report_with(broken, 1, "src/feature/wrong/x.c", NULL, NULL), "wrong/schema.sql: wrong: "));
    CHECK(says(report_with(checks, 1, "src/feature/check/x.c", NULL, NULL), "check/check.sql:3: check: SQLite: no such column: b"));
}

TEST(sqlcheck, postgres_has_its_say)
{
    if (!getenv("TRAAD_TEST_PG")) test_skip("no PostgreSQL in TRAAD_TEST_PG");
    CHECK(says(in_trial("SELECT title, id FROM trial WHERE school_id = 1 GROUP BY school_id"), "PostgreSQL: PLANTED: SQLSTATE 42803"));
    CHECK(says(in_trial("SELECT (id > 3) FROM trial WHERE id = 1"), "column 1 is no integer, real, text or blob"));
    CHECK(says(in_trial("SELECT coalesce(sum(id), 0) FROM trial WHERE school_id = 1"), "column 1 is no integer"));
    CHECK(says(in_trial("SELECT ntile($1) OVER (ORDER BY id) FROM trial WHERE school_id = 1"), "PostgreSQL: PLANTED: SQLSTATE 42883"));
    CHECK(is_silent(in_trial("SELECT id FROM trial WHERE id = $1"))); /* nothing stayed behind */
    /* One wrong statement does not spoil the next one's trial. */
    CHECK(!holds(in_trial("SELECT wrong_name FROM trial WHERE id = 1"), "25P02"));
}

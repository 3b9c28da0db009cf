/* The driver by itself, against a server in TRAAD_TEST_PG (else skipped). */
#include <stdlib.h>
#include <unistd.h>

#include "db/postgres.h"
#include "test.h"

static const Driver *const pg = &postgres_driver;
static Store store;

static DbConn *connect_as(bool read_only)
{
    const char *where = getenv("TRAAD_TEST_PG");
    if (!where) test_skip("no PostgreSQL in TRAAD_TEST_PG");
    store = (Store){.driver = pg, .where = where};
    DbConn *conn = NULL;
    CHECK_OK(pg->connect(test_ctx_plain(), &store, read_only, &conn));
    return conn;
}

static DbConn *connect_with(Str script)
{
    DbConn *conn = connect_as(false);
    CHECK_OK(pg->script(test_ctx_plain(), conn, script));
    return conn;
}

/* Runs to the end; the first row's first column, -1 without one. */
static Err run(DbConn *conn, const SqlDef *def, int64_t *ret_first, const DbVal *args, int n)
{
    Ctx *c = test_ctx_plain();
    struct DbCursor *cursor = NULL;
    TRY(pg->start(c, conn, def, args, n, &cursor));
    *ret_first = pg->step(c, cursor) == 1 ? pg->i64(cursor, 0) : -1;
    pg->finish(cursor);
    return OK;
}

static int64_t one(DbConn *conn, const SqlDef *def, const DbVal *args, int n)
{
    int64_t v = -2;
    Err err = run(conn, def, &v, args, n);
    if (err != OK) {
        Str why = test_ctx_plain()->message.arg[0].s;
        print_message("%s: %.*s\n", def->name, (int)why.n, why.p ? why.p : "");
    }
    assert_int_equal(err, OK);
    return v;
}
#define ONE(conn, def, ...) one((conn), (def), DB_ARGS_(__VA_ARGS__))
#define RUN(conn, def, ...) run((conn), (def), &(int64_t){0}, DB_ARGS_(__VA_ARGS__))

static int64_t text_one(DbConn *conn, const char *sql)
{
    SqlDef passing = {.name = "passing", .text = sql};
    return one(conn, &passing, NULL, 0);
}

static Str broken_words(void)
{
    Ctx *c = test_ctx_plain();
    CHECK_INT(c->err, E_BROKEN);
    Str words = c->message.arg[0].s;
    ctx_forgive(c);
    return words;
}

static bool has(Str words, Str part)
{
    return str_find(words, part, 0) >= 0;
}

SQL(PT_ADD, "INSERT INTO pt (n, x, t, b) VALUES ($1, $2, $3, $4) RETURNING id");
SQL(PT_GET, "SELECT n, x, t, b, id FROM pt WHERE id = $1");
static const char PT[] = "DROP TABLE IF EXISTS pt; CREATE TABLE pt (id INTEGER PRIMARY KEY, n INTEGER, x REAL, t TEXT UNIQUE, b BLOB) STRICT;";

TEST(postgres, values_come_back_as_they_went_in)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    Bytes blob = {"\0\xff'\\", 4};
    int64_t id = ONE(conn, PT_ADD, INT64_MIN, 0.1 + 0.2, S("æ'\\x"), blob);
    struct DbCursor *cursor = NULL;
    const DbVal arg = db_val_int(id);
    CHECK_OK(pg->start(c, conn, PT_GET, &arg, 1, &cursor));
    CHECK_INT(pg->step(c, cursor), 1);
    CHECK(pg->i64(cursor, 0) == INT64_MIN);
    CHECK(pg->real(cursor, 1) == 0.1 + 0.2);
    CHECK_STR(pg->str(c, cursor, 2), S("æ'\\x"));
    Bytes back = pg->bytes(c, cursor, 3);
    CHECK_STR(((Str){back.p, back.n}), ((Str){blob.p, blob.n}));
    CHECK_INT(pg->step(c, cursor), 0);
    pg->finish(cursor);
    pg->disconnect(conn);
}

TEST(postgres, nulls_and_empty_values_stay_apart)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    /* NULL first, so that the engine guesses the types; then values. */
    CHECK_INT(ONE(conn, PT_ADD, DB_NONE, DB_NONE, DB_NONE, DB_NONE), 1);
    CHECK_INT(ONE(conn, PT_ADD, 7, 2, S(""), ((Bytes){NULL, 0})), 2);
    for (int64_t id = 1; id <= 2; id++) {
        struct DbCursor *cursor = NULL;
        const DbVal arg = db_val_int(id);
        CHECK_OK(pg->start(c, conn, PT_GET, &arg, 1, &cursor));
        CHECK_INT(pg->step(c, cursor), 1);
        for (int col = 0; col < 4; col++) CHECK_INT(pg->is_null(cursor, col), id == 1);
        CHECK_INT(pg->i64(cursor, 0), id == 1 ? 0 : 7);
        CHECK(pg->real(cursor, 1) == (id == 1 ? 0.0 : 2.0));
        CHECK_INT(pg->bytes(c, cursor, 3).n, 0);
        pg->finish(cursor);
    }
    pg->disconnect(conn);
}

SQL(PT_PLUS, "SELECT $1 + 1");
SQL(PT_ABOVE, "SELECT count(*) FROM pt WHERE n > $1");
SQL(PT_MAYBE, "SELECT count(*) FROM pt WHERE $1 IS NULL OR n = $1");

SQL(PT_ONLY_NULL, "SELECT count(*) FROM pt WHERE $1 IS NULL");

TEST(postgres, integers_are_64_bits_even_beside_small_literals)
{
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK(ONE(conn, PT_PLUS, INT64_C(9000000000)) == INT64_C(9000000001));
    CHECK(ONE(conn, PT_PLUS, DB_NONE) == 0);
    CHECK(ONE(conn, PT_PLUS, INT64_C(9000000000)) == INT64_C(9000000001));
    pg->disconnect(conn);
}

TEST(postgres, a_parameter_may_change_its_kind)
{
    DbConn *conn = connect_with(str_of_z(PT));
    (void)ONE(conn, PT_ADD, 3, 1.0, S("a"), DB_NONE);
    CHECK_INT(ONE(conn, PT_ABOVE, 2), 1);
    CHECK_INT(ONE(conn, PT_ABOVE, 2.5), 1);
    CHECK_INT(ONE(conn, PT_ABOVE, 3), 0);
    CHECK_INT(ONE(conn, PT_MAYBE, DB_NONE), 1);
    CHECK_INT(ONE(conn, PT_MAYBE, 4), 0);
    CHECK_INT(ONE(conn, PT_MAYBE, DB_NONE), 1);
    CHECK_INT(ONE(conn, PT_ONLY_NULL, DB_NONE), 1);
    CHECK_INT(ONE(conn, PT_ONLY_NULL, 4), 0);
    pg->disconnect(conn);
}

TEST(postgres, a_text_with_a_zero_byte_is_refused_before_it_is_sent)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    CHECK_ERR(RUN(conn, PT_ADD, 1, 1.0, S("a\0b"), DB_NONE), E_INVALID);
    ctx_forgive(c);
    CHECK(pg->in_transaction(conn));
    CHECK_ERR(RUN(conn, PT_ADD, 1, __builtin_inf(), S("a"), DB_NONE), E_BROKEN);
    ctx_forgive(c);
    CHECK_INT(ONE(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE), 1);
    CHECK_OK(pg->commit(c, conn));
    pg->disconnect(conn);
}

SQL(PT_BOOL, "SELECT n > 1 FROM pt");
SQL(PT_SUM, "SELECT sum(n) FROM pt");
SQL(PT_CAST_SUM, "SELECT CAST(sum(n) AS INTEGER) FROM pt");

TEST(postgres, columns_that_sqlite_would_give_otherwise_are_refused)
{
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_ERR(RUN(conn, PT_BOOL), E_BROKEN);
    CHECK(has(broken_words(), S("column 1")));
    CHECK_ERR(RUN(conn, PT_SUM), E_BROKEN);
    ctx_forgive(test_ctx_plain());
    (void)ONE(conn, PT_ADD, 3, 1.0, S("a"), DB_NONE);
    CHECK_INT(ONE(conn, PT_CAST_SUM), 3);
    CHECK_ERR(RUN(conn, PT_CAST_SUM, 1), E_BROKEN);
    CHECK(has(broken_words(), S("number of values")));
    pg->disconnect(conn);
}

TEST(postgres, a_failed_job_leaves_the_others_of_its_batch)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    CHECK_OK(pg->savepoint(c, conn));
    (void)ONE(conn, PT_ADD, 1, 1.0, S("kept"), DB_NONE);
    CHECK_OK(pg->release(c, conn));
    CHECK_OK(pg->savepoint(c, conn));
    (void)ONE(conn, PT_ADD, 2, 1.0, S("lost"), DB_NONE);
    CHECK_ERR(RUN(conn, PT_ADD, 2, 1.0, S("kept"), DB_NONE), E_BROKEN);
    CHECK_INT(conn->fault, FAULT_BROKEN);
    CHECK(pg->in_transaction(conn));
    Str words = broken_words();
    CHECK(has(words, S("SQLSTATE 23505")));
    CHECK(has(words, S("constraint pt_t_key")));
    CHECK(!has(words, S("kept"))); /* values never reach the log */
    CHECK_OK(pg->rollback_to(c, conn));
    CHECK_OK(pg->savepoint(c, conn));
    (void)ONE(conn, PT_ADD, 3, 1.0, S("after"), DB_NONE);
    CHECK_OK(pg->release(c, conn));
    CHECK_OK(pg->commit(c, conn));
    CHECK(!pg->in_transaction(conn));
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt WHERE t IN ('kept', 'after')"), 2);
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 2);
    pg->disconnect(conn);
}

TEST(postgres, savepoints_without_statements_cost_nothing_and_end_well)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    for (int i = 0; i < 20; i++) {
        CHECK_OK(pg->savepoint(c, conn));
        if (i % 2) CHECK_OK(pg->release(c, conn));
        else CHECK_OK(pg->rollback_to(c, conn));
    }
    CHECK(pg->in_transaction(conn));
    (void)ONE(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE);
    CHECK_OK(pg->commit(c, conn));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    CHECK_OK(pg->commit(c, conn));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    (void)ONE(conn, PT_ADD, 2, 1.0, S("b"), DB_NONE);
    pg->rollback(conn);
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 1);
    pg->disconnect(conn);
}

/* ROLLBACK TO in the second job would find the first one's savepoint. */
TEST(postgres, a_refused_release_loses_the_whole_batch)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    CHECK_OK(pg->savepoint(c, conn));
    (void)ONE(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE);
    CHECK_ERR(RUN(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE), E_BROKEN);
    ctx_forgive(c);
    CHECK_OK(pg->release(c, conn)); /* waits for the next statement */
    CHECK_OK(pg->savepoint(c, conn));
    CHECK_ERR(RUN(conn, PT_ADD, 2, 1.0, S("b"), DB_NONE), E_BROKEN);
    ctx_forgive(c);
    CHECK(!pg->in_transaction(conn));
    pg->rollback(conn);
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 0);
    pg->disconnect(conn);
}

TEST(postgres, commit_of_a_failed_transaction_is_no_success)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    (void)ONE(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE);
    CHECK_ERR(RUN(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE), E_BROKEN);
    ctx_forgive(c);
    CHECK_ERR(pg->commit(c, conn), E_BROKEN);
    ctx_forgive(c);
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 0);
    pg->disconnect(conn);
}

SQL(PT_SET, "UPDATE pt SET n = n + (SELECT count(*) FROM pt WHERE n > 0) WHERE id = $1");

TEST(postgres, write_skew_is_a_fault_to_retry)
{
    Ctx *c = test_ctx_plain();
    DbConn *a = connect_with(str_of_z(PT)), *b = connect_as(false);
    (void)ONE(a, PT_ADD, 1, 1.0, S("a"), DB_NONE);
    (void)ONE(a, PT_ADD, 1, 1.0, S("b"), DB_NONE);
    CHECK_OK(pg->begin(c, a, TX_WRITE));
    CHECK_OK(pg->begin(c, b, TX_WRITE));
    (void)ONE(a, PT_SET, 1);
    (void)ONE(b, PT_SET, 2);
    CHECK_OK(pg->commit(c, a));
    CHECK_ERR(pg->commit(c, b), E_BUSY);
    CHECK_INT(b->fault, FAULT_RETRY);
    ctx_forgive(c);
    CHECK(!pg->in_transaction(b));
    CHECK_OK(pg->begin(c, b, TX_WRITE));
    (void)ONE(b, PT_SET, 2);
    CHECK_OK(pg->commit(c, b));
    pg->disconnect(a);
    pg->disconnect(b);
}

TEST(postgres, readers_keep_their_snapshot_and_cannot_write)
{
    Ctx *c = test_ctx_plain();
    DbConn *a = connect_with(str_of_z(PT)), *r = connect_as(true);
    CHECK_OK(pg->begin(c, r, TX_READ));
    CHECK_INT(ONE(r, PT_ABOVE, 0), 0);
    (void)ONE(a, PT_ADD, 1, 1.0, S("a"), DB_NONE);
    CHECK_INT(ONE(r, PT_ABOVE, 0), 0);
    CHECK_OK(pg->commit(c, r));
    CHECK_INT(ONE(r, PT_ABOVE, 0), 1);
    CHECK_ERR(RUN(r, PT_ADD, 1, 1.0, S("b"), DB_NONE), E_BROKEN);
    CHECK(has(broken_words(), S("25006")));
    pg->disconnect(a);
    pg->disconnect(r);
}

TEST(postgres, a_lost_connection_is_told_and_made_again)
{
    Ctx *c = test_ctx_plain();
    DbConn *a = connect_with(str_of_z(PT)), *b = connect_as(false);
    CHECK_OK(pg->begin(c, b, TX_WRITE));
    (void)ONE(b, PT_ADD, 1, 1.0, S("gone"), DB_NONE);
    CHECK_OK(pg->script(c, a, S("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                " WHERE state = 'idle in transaction' AND datname = current_database() AND application_name = 'traad'")));
    CHECK_ERR(RUN(b, PT_ADD, 1, 1.0, S("b"), DB_NONE), E_BUSY);
    CHECK_INT(b->fault, FAULT_LOST);
    ctx_forgive(c);
    CHECK(!pg->in_transaction(b));
    pg->rollback(b);
    CHECK_OK(pg->begin(c, b, TX_WRITE));
    (void)ONE(b, PT_ADD, 1, 1.0, S("again"), DB_NONE);
    CHECK_OK(pg->commit(c, b));
    CHECK_INT(text_one(a, "SELECT count(*) FROM pt"), 1);
    pg->disconnect(a);
    pg->disconnect(b);
}

TEST(postgres, a_server_that_is_not_there_is_told_in_english)
{
    Ctx *c = test_ctx_plain();
    Store nowhere = {.driver = pg, .where = "postgresql:///none?host=/nonexistent"};
    DbConn *conn = NULL;
    CHECK_ERR(pg->connect(c, &nowhere, false, &conn), E_BUSY);
    CHECK(str_starts(c->message.arg[0].s, S("PostgreSQL: ")));
    CHECK(conn == NULL);
}

TEST(postgres, passing_texts_are_read_each_time)
{
    DbConn *conn = connect_with(str_of_z(PT));
    SqlDef passing = {.name = "passing", .text = "SELECT 1"};
    CHECK_INT(one(conn, &passing, NULL, 0), 1);
    passing.text = "SELECT 2";
    CHECK_INT(one(conn, &passing, NULL, 0), 2);
    pg->disconnect(conn);
}

TEST(postgres, ids_given_by_hand_move_the_sequence)
{
    DbConn *conn = connect_with(str_of_z(PT));
    (void)text_one(conn, "INSERT INTO pt (id, n) VALUES (41, 1)");
    CHECK_INT(ONE(conn, PT_ADD, 1, 1.0, S("a"), DB_NONE), 42);
    CHECK_OK(pg->script(test_ctx_plain(), conn, S("INSERT INTO pt (n, id) VALUES (1, 50)")));
    CHECK_INT(ONE(conn, PT_ADD, 1, 1.0, S("b"), DB_NONE), 51);
    CHECK_OK(pg->script(test_ctx_plain(), conn, S("DELETE FROM pt; INSERT INTO pt (id) VALUES (3)")));
    CHECK_INT(ONE(conn, PT_ADD, 1, 1.0, S("c"), DB_NONE), 52); /* never used again */
    pg->disconnect(conn);
}

TEST(postgres, a_changed_table_costs_one_failure_at_most)
{
    Ctx *c = test_ctx_plain();
    static const SqlDef all = {.file = __FILE__, .line = __LINE__, .name = "ALL", .text = "SELECT * FROM pt"};
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_INT(one(conn, &all, NULL, 0), -1);
    CHECK_OK(pg->script(c, conn, S("ALTER TABLE pt ADD COLUMN more INTEGER")));
    CHECK_ERR(run(conn, &all, &(int64_t){0}, NULL, 0), E_BROKEN);
    ctx_forgive(c);
    CHECK_INT(one(conn, &all, NULL, 0), -1);
    pg->disconnect(conn);
}

SQL(PT_MANY, "INSERT INTO pt (n, t) SELECT r.n, r.t FROM ROWS($1, n INTEGER, t TEXT) r WHERE true"
             " ON CONFLICT (t) DO UPDATE SET n = pt.n + excluded.n");
SQL(PT_SORTED, "SELECT t FROM pt ORDER BY t");

TEST(postgres, rows_go_in_at_once_and_sort_as_bytes)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    struct DbCursor *cursor = NULL;
    const DbVal json = db_val_str(S("[[1,\"a\"],[2,\"B\"],[3,\"å\"],[4,\"Z\"],[5,\"ab\"],[null,\"a b\"]]"));
    for (int i = 0; i < 2; i++) {
        CHECK_OK(pg->start(c, conn, PT_MANY, &json, 1, &cursor));
        CHECK_INT(pg->changed(cursor), 6);
        pg->finish(cursor);
    }
    CHECK_INT(text_one(conn, "SELECT n FROM pt WHERE t = 'å'"), 6);
    static const Str sorted[] = {S_INIT("B"), S_INIT("Z"), S_INIT("a"), S_INIT("a b"), S_INIT("ab"), S_INIT("å")};
    CHECK_OK(pg->start(c, conn, PT_SORTED, NULL, 0, &cursor));
    for (int i = 0; i < 6; i++) {
        CHECK_INT(pg->step(c, cursor), 1);
        CHECK_STR(pg->str(c, cursor, 0), sorted[i]);
    }
    pg->finish(cursor);
    pg->disconnect(conn);
}

TEST(postgres, many_statements_are_kept)
{
    DbConn *conn = connect_with(str_of_z(PT));
    enum { MANY = 300 };
    static SqlDef defs[MANY];
    for (int i = 0; i < MANY; i++) defs[i] = (SqlDef){.file = __FILE__, .name = "MANY", .text = "SELECT $1"};
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) CHECK_INT(ONE(conn, &defs[i], i), i);
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"), MANY);
    pg->disconnect(conn);
}

TEST(postgres, scripts_stand_inside_their_transaction)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(pg->begin(c, conn, TX_WRITE));
    CHECK_OK(pg->savepoint(c, conn));
    CHECK_OK(pg->script(c, conn, S("INSERT INTO pt (n) VALUES (1); INSERT INTO pt (n) VALUES (2);")));
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 2);
    CHECK_ERR(pg->script(c, conn, S("SELECT nothing FROM pt")), E_BROKEN);
    CHECK(has(broken_words(), S("nothing"))); /* the SQL's own fault is told in full */
    CHECK_OK(pg->rollback_to(c, conn));
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 0);
    pg->rollback(conn);
    pg->disconnect(conn);
}

TEST(postgres, a_statement_can_be_tried_without_running)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = connect_with(str_of_z(PT));
    CHECK_OK(postgres_try(c, conn, PT_ADD));
    CHECK_OK(postgres_try(c, conn, PT_MAYBE));
    CHECK_OK(postgres_try(c, conn, PT_ONLY_NULL));
    CHECK_OK(postgres_try(c, conn, PT_MANY));
    CHECK_INT(text_one(conn, "SELECT count(*) FROM pt"), 0);
    CHECK_ERR(postgres_try(c, conn, PT_BOOL), E_BROKEN);
    ctx_forgive(c);
    static const SqlDef narrow = {.file = __FILE__, .name = "NARROW", .text = "SELECT ntile($1) OVER () FROM pt"};
    CHECK_ERR(postgres_try(c, conn, &narrow), E_BROKEN);
    CHECK(has(broken_words(), S("ntile")));
    static const SqlDef skipped = {.file = __FILE__, .name = "SKIPPED", .text = "SELECT $2"};
    CHECK_ERR(postgres_try(c, conn, &skipped), E_BROKEN);
    ctx_forgive(c);
    pg->disconnect(conn);
}

/* No packet is sent: the addresses are those of RFC 5737, which nobody has. */
TEST(postgres, a_way_over_a_network_without_a_checked_certificate_is_refused)
{
    static const char *const weak[] = {
        "postgresql://traad@192.0.2.1/traad?sslmode=prefer", "postgresql://traad@db.example/traad?sslmode=disable",
        "postgresql://traad@localhost,192.0.2.1/traad?sslmode=require", "postgresql://traad@192.0.2.1/traad?sslmode=verify-ca",
        "postgresql://traad@localhost/traad?hostaddr=192.0.2.1&sslmode=prefer",
    };
    Ctx *c = test_ctx_plain();
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        Store far = {.driver = pg, .where = weak[i]};
        DbConn *conn = NULL;
        ctx_forgive(c);
        CHECK_ERR(pg->connect(c, &far, false, &conn), E_INVALID);
    }
}

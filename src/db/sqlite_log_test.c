/* A connection whose log is written in one piece beside one whose is not, on a
   disk that counts its writes. What acknowledged means under faults and power
   cuts is tested with the writer (writer_test.c), which has such a connection. */
#include "db/sqlite_log.h"

#include <sqlite3.h>

#include "base/str.h"
#include "fault_vfs.h"
#include "place.h"

enum { ROWS = 40, ROW_BYTES = 3000, ALL = ROWS * ROW_BYTES };

typedef struct Two {
    SqliteLog *log;
    sqlite3 *ours, *plain; /* through the log in one piece; as SQLite is by itself */
} Two;

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int64_t figure(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return n;
}

static int64_t sum(sqlite3 *db)
{
    return figure(db, "SELECT coalesce(sum(length(b)), 0) FROM t");
}

static sqlite3 *opened(const char *where, const char *vfs)
{
    sqlite3 *db = NULL;
    CHECK_INT(sqlite3_open_v2(where, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs), SQLITE_OK);
    CHECK_INT(run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = 10"), SQLITE_OK);
    return db;
}

static Two two_open(void)
{
    const char *where = str_z(test_ctx_plain()->arena, place_new(ENGINE_SQLITE)), *disk = fault_vfs_open();
    fault_vfs_plan((FaultPlan){0});
    Two two = {.log = sqlite_log_open(disk)};
    CHECK(two.log != NULL);
    two.ours = opened(where, sqlite_log_vfs(two.log));
    CHECK_INT(run(two.ours, "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)"), SQLITE_OK);
    two.plain = opened(where, disk);
    return two;
}

static void two_close(Two *two)
{
    CHECK_INT(sqlite3_close(two->plain), SQLITE_OK);
    CHECK_INT(sqlite3_close(two->ours), SQLITE_OK);
    sqlite_log_close(two->log);
}

static int begin_with_rows(sqlite3 *db, int n)
{
    int rc = run(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < n && rc == SQLITE_OK; i++) rc = run(db, "INSERT INTO t (b) VALUES (zeroblob(3000))");
    return rc;
}

/* Writes to the disk that a transaction of `n` rows makes. */
static int64_t writes_of(sqlite3 *db, int n)
{
    CHECK_INT(run(db, "PRAGMA cache_size = 2000"), SQLITE_OK);
    fault_vfs_plan((FaultPlan){0});
    CHECK_INT(begin_with_rows(db, n), SQLITE_OK);
    CHECK_INT(run(db, "COMMIT"), SQLITE_OK);
    return fault_vfs_calls(FAULT_AT_WRITE);
}

TEST(sqlite_log, a_transaction_is_one_write)
{
    Two two = two_open();
    CHECK_INT(writes_of(two.ours, 20), 1);
    CHECK(writes_of(two.plain, 20) >= 40); /* each page, and its head before it */
    CHECK_INT(sum(two.ours), 2 * 20 * ROW_BYTES);
    two_close(&two);
}

TEST(sqlite_log, a_long_transaction_is_read_back_and_whole)
{
    Two two = two_open();
    CHECK_INT(begin_with_rows(two.ours, 20 * ROWS), SQLITE_OK); /* its cache holds ten pages */
    CHECK_INT(sum(two.ours), 20 * ALL);
    CHECK_INT(sum(two.plain), 0);
    CHECK_INT(run(two.ours, "COMMIT"), SQLITE_OK);
    CHECK_INT(sum(two.plain), 20 * ALL);
    CHECK_INT(figure(two.plain, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    two_close(&two);
}

TEST(sqlite_log, what_was_rolled_back_leaves_nothing)
{
    Two two = two_open();
    CHECK_INT(begin_with_rows(two.ours, ROWS), SQLITE_OK);
    CHECK_INT(run(two.ours, "ROLLBACK"), SQLITE_OK);
    CHECK_INT(begin_with_rows(two.plain, 1), SQLITE_OK);
    CHECK_INT(run(two.plain, "COMMIT"), SQLITE_OK);
    CHECK_INT(begin_with_rows(two.ours, 1), SQLITE_OK);
    CHECK_INT(run(two.ours, "COMMIT"), SQLITE_OK);
    CHECK_INT(sum(two.plain), 2 * ROW_BYTES);
    CHECK_INT(run(two.plain, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
    CHECK_INT(sum(two.ours), 2 * ROW_BYTES);
    CHECK_INT(figure(two.plain, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    two_close(&two);
}

/* In the middle of the transaction, where its cache is full, and at its end. */
TEST(sqlite_log, a_write_that_fails_is_told_and_undone)
{
    static const int rows[] = {5, 20 * ROWS};
    Two two = two_open();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fault_vfs_plan((FaultPlan){FAULT_AT_WRITE, 1, SQLITE_FULL, false});
        int rc = begin_with_rows(two.ours, rows[i]);
        if (rc == SQLITE_OK) rc = run(two.ours, "COMMIT");
        CHECK_INT(rc, SQLITE_FULL);
        if (!sqlite3_get_autocommit(two.ours)) CHECK_INT(run(two.ours, "ROLLBACK"), SQLITE_OK);
        CHECK_INT(sum(two.ours), (int64_t)i * ROW_BYTES);
        CHECK_INT(writes_of(two.ours, 1), 1);
        CHECK_INT(sum(two.plain), (int64_t)(i + 1) * ROW_BYTES);
    }
    CHECK_INT(figure(two.plain, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    two_close(&two);
}

TEST(sqlite_log, a_disk_that_is_not_there_is_none)
{
    CHECK(sqlite_log_open("no such disk") == NULL);
    sqlite_log_close(NULL);
}

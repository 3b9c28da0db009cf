/* SQLite: one file, WAL, every commit flushed to the disk (synchronous=FULL).
   A connection is used by one thread at a time, so SQLite's own locks around
   it are off. Statements are prepared once a connection and found again by the
   address of their SqlDef.
   No memory-mapped file: its pages would count once for every reader in what
   the server is seen to use, and a disk error would be a signal, not an Err. */
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/driver.h"
#include "db/sqlite_log.h"

enum {
    PARAMS_MAX = 24,
    BUSY_MS = 5000, /* another process writes: a command beside the server */
    FIRST_SLOTS = 64,
    CHECKPOINT_PAGES = 4000, /* 16 MB of log; before that only when idle */
};

/* A prepared statement and, while open, its run. */
typedef struct DbCursor {
    struct SqliteConn *conn;
    const SqlDef *def;
    sqlite3_stmt *stmt;
    int params;                         /* values to be given: the highest $n */
    int bound;                          /* places in the statement, ≤ params */
    unsigned char value_of[PARAMS_MAX]; /* place − 1 → n − 1 */
    bool open, kept;
    int64_t changed;
    struct DbCursor *again; /* the same statement, open twice at a time */
} DbCursor;

typedef enum Fixed { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO, FIXED_COUNT } Fixed;

static const char *const fixed_text[FIXED_COUNT] = {
    [BEGIN_READ] = "BEGIN",
    [BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SAVEPOINT] = "SAVEPOINT job",
    [RELEASE] = "RELEASE job",
    [ROLLBACK_TO] = "ROLLBACK TO job",
};

typedef struct SqliteConn {
    DbConn base;
    sqlite3 *db;
    SqliteLog *log; /* of one that may write */
    sqlite3_stmt *fixed[FIXED_COUNT];
    DbCursor **slots; /* open addressing by def; a power of two, at most half full */
    size_t slot_count, used;
} SqliteConn;

static SqliteConn *of(DbConn *conn)
{
    return (SqliteConn *)conn;
}

/* ---- errors ------------------------------------------------------------ */

static Fault fault_of(const SqliteConn *conn, int rc)
{
    switch (rc & 0xff) {
    /* A reader that writes is our own fault; else the file or its disk has become
       read-only, which its keepers can mend. */
    case SQLITE_READONLY: return conn->base.read_only ? FAULT_BROKEN : FAULT_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return FAULT_RETRY;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL: return FAULT_FULL;
    default: return FAULT_BROKEN;
    }
}

static Err tell(Ctx *c, SqliteConn *conn, int rc, const SqlDef *def)
{
    return db_tell(c, &conn->base, fault_of(conn, rc), def, str_of_z(sqlite3_errmsg(conn->db)));
}

static Err tell_open(Ctx *c, SqliteConn *conn, const char *path)
{
    Str why = STR_CAT(c->arena, S("The store "), str_of_z(path), S(" cannot be opened: "),
                      str_of_z(sqlite3_errmsg(conn->db)), S("."));
    return fail(c, E_BROKEN, msg_verbatim(why));
}

/* ---- connection -------------------------------------------------------- */

static void free_statement(DbCursor *cursor)
{
    sqlite3_finalize(cursor->stmt);
    free(cursor);
}

static void sqlite_disconnect(DbConn *base)
{
    SqliteConn *conn = of(base);
    for (size_t i = 0; i < conn->slot_count; i++) {
        for (DbCursor *s = conn->slots[i], *next; s; s = next) {
            next = s->again;
            free_statement(s);
        }
    }
    for (int i = 0; i < FIXED_COUNT; i++) sqlite3_finalize(conn->fixed[i]);
    sqlite3_close(conn->db);
    sqlite_log_close(conn->log);
    free(conn->slots);
    free(conn);
}

static int settings(SqliteConn *conn, bool read_only)
{
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    /* "x" is a column, never a text: PostgreSQL reads it so. */
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_busy_timeout(conn->db, BUSY_MS);
    int rc = sqlite3_exec(conn->db,
                          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                          "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
                          "PRAGMA journal_size_limit=67108864",
                          NULL, NULL, NULL);
    if (rc != SQLITE_OK) return rc;
    if (read_only) return sqlite3_exec(conn->db, "PRAGMA cache_size=-2000; PRAGMA query_only=ON", NULL, NULL, NULL);
    sqlite3_wal_autocheckpoint(conn->db, CHECKPOINT_PAGES);
    return sqlite3_exec(conn->db, "PRAGMA cache_size=-16000", NULL, NULL, NULL);
}

/* A new store is its owner's alone; the files beside it take after it. That it
   exists, or cannot be made, is for SQLite to find and say. */
static void make_private(const Store *store)
{
    int fd = open(store->where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
}

static int open_file(SqliteConn *conn, const Store *store, bool read_only)
{
    if (store->options.create && !store->options.vfs) make_private(store);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (store->options.create ? SQLITE_OPEN_CREATE : 0);
    if (!read_only) conn->log = sqlite_log_open(store->options.vfs); /* without it every page is written by itself */
    const char *vfs = conn->log ? sqlite_log_vfs(conn->log) : store->options.vfs;
    int rc = sqlite3_open_v2(store->where, &conn->db, flags, vfs);
    if (rc == SQLITE_OK) rc = settings(conn, read_only);
    for (int i = 0; i < FIXED_COUNT && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(conn->db, fixed_text[i], -1, SQLITE_PREPARE_PERSISTENT, &conn->fixed[i], NULL);
    return rc;
}

static Err sqlite_connect(Ctx *c, Store *store, bool read_only, DbConn **ret)
{
    /* Memory statistics cost a lock shared by all connections at every
       allocation. Only the first call of the process counts; the later ones
       are refused, which is right. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    SqliteConn *conn = calloc(1, sizeof *conn);
    DbCursor **slots = calloc(FIRST_SLOTS, sizeof *slots);
    if (!conn || !slots) {
        free(conn);
        free(slots);
        return fail(c, E_BUSY, msg_verbatim(S("No memory for one more connection to the store.")));
    }
    conn->base = (DbConn){.driver = &sqlite_driver, .store = store, .read_only = read_only};
    conn->slots = slots;
    conn->slot_count = FIRST_SLOTS;
    if (open_file(conn, store, read_only) == SQLITE_OK) {
        *ret = &conn->base;
        return OK;
    }
    Err err = tell_open(c, conn, store->where);
    sqlite_disconnect(&conn->base);
    return err;
}

/* ---- statements -------------------------------------------------------- */

static size_t slot_of(const SqliteConn *conn, const SqlDef *def)
{
    size_t mask = conn->slot_count - 1;
    size_t i = (size_t)(((uintptr_t)def >> 4) * 0x9E3779B97F4A7C15u >> 32) & mask;
    while (conn->slots[i] && conn->slots[i]->def != def) i = (i + 1) & mask;
    return i;
}

static bool grow(SqliteConn *conn)
{
    size_t old_count = conn->slot_count;
    DbCursor **old = conn->slots, **wide = calloc(old_count * 2, sizeof *wide);
    if (!wide) return false;
    conn->slots = wide;
    conn->slot_count = old_count * 2;
    for (size_t i = 0; i < old_count; i++)
        if (old[i]) conn->slots[slot_of(conn, old[i]->def)] = old[i];
    free(old);
    return true;
}

/* Without memory for the table the statement simply is not kept. */
static void keep(SqliteConn *conn, DbCursor *cursor)
{
    if (!cursor->def->file) return;
    if (conn->used * 2 >= conn->slot_count && !grow(conn)) return;
    size_t i = slot_of(conn, cursor->def);
    if (!conn->slots[i]) conn->used++;
    cursor->again = conn->slots[i];
    conn->slots[i] = cursor;
    cursor->kept = true;
}

/* SQLite numbers its places by first appearance; the name says which value
   belongs there. */
static bool map_places(DbCursor *cursor)
{
    cursor->bound = sqlite3_bind_parameter_count(cursor->stmt);
    for (int place = 1; place <= cursor->bound; place++) {
        Str name = str_of_z(sqlite3_bind_parameter_name(cursor->stmt, place));
        int64_t n = 0;
        bool is_ours = str_starts(name, S("$")) && str_i64(str_sub(name, 1, name.n), &n);
        if (!is_ours || n < 1 || n > cursor->params) return false;
        cursor->value_of[place - 1] = (unsigned char)(n - 1);
    }
    return true;
}

static Err prepare_text(Ctx *c, SqliteConn *conn, const SqlDef *def, DbCursor *cursor)
{
    Str text = {0};
    Arena before = *c->arena;
    Err err = sqltext_translate(c, ENGINE_SQLITE, str_of_z(def->text), &text);
    if (err != OK) {
        conn->base.fault = FAULT_BROKEN;
        return err;
    }
    unsigned flags = def->file ? SQLITE_PREPARE_PERSISTENT : 0;
    int rc = sqlite3_prepare_v3(conn->db, text.p, (int)text.n, flags, &cursor->stmt, NULL);
    if (rc != SQLITE_OK) return tell(c, conn, rc, def);
    *c->arena = before;
    cursor->params = sqltext_params(str_of_z(def->text));
    if (!cursor->stmt || cursor->params < 0 || cursor->params > PARAMS_MAX || !map_places(cursor))
        return db_tell(c, &conn->base, FAULT_BROKEN, def, S("parameters must be $1 to $24 without gaps"));
    return OK;
}

static Err prepare(Ctx *c, SqliteConn *conn, const SqlDef *def, DbCursor **ret)
{
    DbCursor made = {.conn = conn, .def = def};
    Err err = prepare_text(c, conn, def, &made);
    DbCursor *cursor = err == OK ? malloc(sizeof *cursor) : NULL;
    if (!cursor) {
        sqlite3_finalize(made.stmt);
        return err != OK ? err : db_tell(c, &conn->base, FAULT_FULL, def, S("no memory"));
    }
    *cursor = made;
    keep(conn, cursor);
    *ret = cursor;
    return OK;
}

static DbCursor *kept_statement(const SqliteConn *conn, const SqlDef *def)
{
    if (!def->file) return NULL;
    DbCursor *cursor = conn->slots[slot_of(conn, def)];
    while (cursor && cursor->open) cursor = cursor->again;
    return cursor;
}

/* An empty text is not NULL, whatever its pointer. */
static const char *start_of(Str s)
{
    return s.p ? s.p : "";
}

static int bind(sqlite3_stmt *stmt, int place, const DbVal *v)
{
    switch (v->kind) {
    case DB_NULL: return sqlite3_bind_null(stmt, place);
    case DB_INT: return sqlite3_bind_int64(stmt, place, v->i);
    case DB_REAL: return sqlite3_bind_double(stmt, place, v->real);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, place, start_of(v->s), (sqlite3_uint64)v->s.n, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BLOB: return sqlite3_bind_blob64(stmt, place, start_of(v->s), (sqlite3_uint64)v->s.n, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static void sqlite_finish(DbCursor *cursor)
{
    sqlite3_reset(cursor->stmt);
    cursor->open = false;
    if (!cursor->kept) free_statement(cursor);
}

static Err bind_all(Ctx *c, DbCursor *cursor, const DbVal *args, int n)
{
    SqliteConn *conn = cursor->conn;
    if (n != cursor->params)
        return db_tell(c, &conn->base, FAULT_BROKEN, cursor->def,
                       S("another number of values than the statement takes"));
    for (int place = 1; place <= cursor->bound; place++) {
        int rc = bind(cursor->stmt, place, &args[cursor->value_of[place - 1]]);
        if (rc != SQLITE_OK) return tell(c, conn, rc, cursor->def);
    }
    return OK;
}

static Err sqlite_start(Ctx *c, DbConn *base, const SqlDef *def, const DbVal *args, int n, DbCursor **ret)
{
    DbCursor *cursor = kept_statement(of(base), def);
    if (!cursor) TRY(prepare(c, of(base), def, &cursor));
    Err err = bind_all(c, cursor, args, n);
    if (err != OK) {
        sqlite_finish(cursor);
        return err;
    }
    cursor->open = true;
    cursor->changed = 0;
    *ret = cursor;
    return OK;
}

static int sqlite_step(Ctx *c, DbCursor *cursor)
{
    int rc = sqlite3_step(cursor->stmt);
    if (rc == SQLITE_ROW) return 1;
    if (rc == SQLITE_DONE) {
        /* The connection's count is of the last change, whoever made it. */
        cursor->changed = sqlite3_stmt_readonly(cursor->stmt) ? 0 : sqlite3_changes64(cursor->conn->db);
        return 0;
    }
    (void)!tell(c, cursor->conn, rc, cursor->def);
    return -1;
}

static int64_t sqlite_changed(const DbCursor *cursor)
{
    return cursor->changed;
}

/* ---- columns ----------------------------------------------------------- */

static bool sqlite_is_null(const DbCursor *cursor, int col)
{
    return sqlite3_column_type(cursor->stmt, col) == SQLITE_NULL;
}

static int64_t sqlite_i64(const DbCursor *cursor, int col)
{
    return sqlite3_column_int64(cursor->stmt, col);
}

static double sqlite_real(const DbCursor *cursor, int col)
{
    return sqlite3_column_double(cursor->stmt, col);
}

static Str sqlite_str(Ctx *c, const DbCursor *cursor, int col)
{
    (void)c;
    const char *p = (const char *)sqlite3_column_text(cursor->stmt, col);
    return p ? (Str){p, sqlite3_column_bytes(cursor->stmt, col)} : S("");
}

static Bytes sqlite_bytes(Ctx *c, const DbCursor *cursor, int col)
{
    (void)c;
    const void *p = sqlite3_column_blob(cursor->stmt, col);
    return p ? (Bytes){p, sqlite3_column_bytes(cursor->stmt, col)} : (Bytes){"", 0};
}

/* ---- transactions ------------------------------------------------------ */

static int run(SqliteConn *conn, Fixed what)
{
    int rc = sqlite3_step(conn->fixed[what]);
    sqlite3_reset(conn->fixed[what]);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static Err run_told(Ctx *c, DbConn *conn, Fixed what)
{
    int rc = run(of(conn), what);
    return rc == SQLITE_OK ? OK : tell(c, of(conn), rc, NULL);
}

static Err sqlite_begin(Ctx *c, DbConn *conn, TxMode mode)
{
    return run_told(c, conn, mode == TX_WRITE ? BEGIN_WRITE : BEGIN_READ);
}

static Err sqlite_commit(Ctx *c, DbConn *conn)
{
    return run_told(c, conn, COMMIT);
}

static bool sqlite_in_transaction(DbConn *conn)
{
    return !sqlite3_get_autocommit(of(conn)->db);
}

static void sqlite_rollback(DbConn *conn)
{
    if (sqlite_in_transaction(conn)) run(of(conn), ROLLBACK);
}

static Err sqlite_savepoint(Ctx *c, DbConn *conn)
{
    return run_told(c, conn, SAVEPOINT);
}

static Err sqlite_release(Ctx *c, DbConn *conn)
{
    return run_told(c, conn, RELEASE);
}

/* ROLLBACK TO leaves the savepoint standing; the next would nest in it. */
static Err sqlite_rollback_to(Ctx *c, DbConn *conn)
{
    TRY(run_told(c, conn, ROLLBACK_TO));
    return run_told(c, conn, RELEASE);
}

static Err sqlite_script(Ctx *c, DbConn *conn, Str sql)
{
    Str text = {0};
    Err err = sqltext_translate(c, ENGINE_SQLITE, sql, &text);
    if (err != OK) {
        conn->fault = FAULT_BROKEN;
        return err;
    }
    int rc = sqlite3_exec(of(conn)->db, str_z(c->arena, text), NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : tell(c, of(conn), rc, NULL);
}

/* ---- house-keeping ----------------------------------------------------- */

/* While nobody waits the log is carried into the file, so that the writer
   seldom has to do it between two batches. Its failure costs nothing: the log
   stays as it is, and the next one tries again. */
static void sqlite_idle(DbConn *conn)
{
    sqlite3_wal_checkpoint_v2(of(conn)->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* Rebuilding a table drops it, which with foreign keys on would delete what
   points to it; the setting cannot change inside a transaction. The check
   before COMMIT makes good what was not looked at meanwhile. */
static Err sqlite_migration_begin(Ctx *c, DbConn *conn)
{
    int rc = sqlite3_exec(of(conn)->db, "PRAGMA foreign_keys=OFF", NULL, NULL, NULL);
    return rc == SQLITE_OK ? OK : tell(c, of(conn), rc, NULL);
}

static Err sqlite_migration_check(Ctx *c, DbConn *conn)
{
    static const SqlDef check = {.name = "foreign_key_check", .text = "PRAGMA foreign_key_check"};
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(of(conn)->db, check.text, -1, &stmt, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
    Str table = rc == SQLITE_ROW ? str_copy(c->arena, str_of_z((const char *)sqlite3_column_text(stmt, 0))) : S("");
    sqlite3_finalize(stmt);
    if (rc == SQLITE_DONE) return OK;
    if (rc != SQLITE_ROW) return tell(c, of(conn), rc, &check);
    return db_tell(c, conn, FAULT_BROKEN, &check,
                   STR_CAT(c->arena, S("a row of "), table, S(" points to a row that is not there")));
}

const Driver sqlite_driver = {
    .engine = ENGINE_SQLITE,
    .bytes_sql = "SELECT p.page_count * s.page_size FROM pragma_page_count AS p, pragma_page_size AS s",
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .start = sqlite_start,
    .step = sqlite_step,
    .changed = sqlite_changed,
    .finish = sqlite_finish,
    .is_null = sqlite_is_null,
    .i64 = sqlite_i64,
    .real = sqlite_real,
    .str = sqlite_str,
    .bytes = sqlite_bytes,
    .script = sqlite_script,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .rollback_to = sqlite_rollback_to,
    .in_transaction = sqlite_in_transaction,
    .idle = sqlite_idle,
    .migration_begin = sqlite_migration_begin,
    .migration_check = sqlite_migration_check,
};

/* PostgreSQL through libpq, in pipeline mode throughout: one statement is one
   round trip, also the first time it is used and whatever goes before it.
   - BEGIN and SAVEPOINT wait until a statement needs them, RELEASE until the
     next thing that is sent; so a job of a batch costs its statements only.
   - A statement is prepared in the same trip that runs it first. Its parameter
     types come from the values, because the engine alone would take `$1 + 1`
     for 32 bits; where the first value is NULL the engine is asked, once.
   - Results come whole: every list of the program has a LIMIT.
   Texts are sent and read as text, blobs are sent as bytes and read as hex.
   Road not taken: single-row mode; it would keep the connection busy while a
   handler draws, and forbid a second statement meanwhile. */
#include "db/postgres_inside.h"

#include <string.h>

static Err pg_begin(Ctx *c, DbConn *base, TxMode mode)
{
    PgConn *conn = pg_of(base);
    TRY(pg_revive(c, conn));
    pg_add_pending(conn, mode == TX_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN ISOLATION LEVEL SERIALIZABLE");
    conn->begun = true;
    return OK;
}

/* Nothing was sent since begin: nothing to end. */
static bool is_untouched(const PgConn *conn)
{
    return PQtransactionStatus(conn->pg) == PQTRANS_IDLE && PQstatus(conn->pg) == CONNECTION_OK;
}

/* COMMIT of a transaction that has failed answers ROLLBACK, not an error. */
static bool commit_trip(PgConn *conn)
{
    Trip trip = {0};
    pg_send_pending(conn, &trip);
    pg_send_control(conn, &trip, "COMMIT");
    bool ok = pg_collect(conn, &trip);
    if (ok && strcmp(PQcmdStatus(trip.result[trip.sent - 1]), "COMMIT") != 0) {
        memcpy(conn->state, "25P02", sizeof conn->state);
        memcpy(conn->words, "COMMIT rolled back", sizeof "COMMIT rolled back");
        ok = false;
    }
    pg_end_trip(&trip);
    return ok;
}

static Err pg_commit(Ctx *c, DbConn *base)
{
    PgConn *conn = pg_of(base);
    bool ok = is_untouched(conn) || commit_trip(conn);
    pg_ended(conn);
    return ok ? OK : pg_tell(c, conn, NULL);
}

static void pg_rollback(DbConn *base)
{
    PgConn *conn = pg_of(base);
    conn->pending_count = 0;
    if (!is_untouched(conn) && PQstatus(conn->pg) == CONNECTION_OK) (void)pg_control(conn, "ROLLBACK", NULL);
    pg_ended(conn);
}

static Err pg_savepoint(Ctx *c, DbConn *base)
{
    (void)c;
    PgConn *conn = pg_of(base);
    pg_add_pending(conn, "SAVEPOINT job_");
    conn->savepoint = SP_PENDING;
    return OK;
}

/* A savepoint that was never sent is the last of what is pending. */
static void take_back_savepoint(PgConn *conn)
{
    conn->pending_count--;
    conn->savepoint = SP_NONE;
}

static Err pg_release(Ctx *c, DbConn *base)
{
    (void)c;
    PgConn *conn = pg_of(base);
    if (conn->savepoint == SP_PENDING) {
        take_back_savepoint(conn);
        return OK;
    }
    pg_add_pending(conn, "RELEASE SAVEPOINT job_");
    conn->savepoint = SP_NONE;
    return OK;
}

static Err pg_rollback_to(Ctx *c, DbConn *base)
{
    PgConn *conn = pg_of(base);
    if (conn->savepoint == SP_PENDING) {
        take_back_savepoint(conn);
        return OK;
    }
    conn->savepoint = SP_NONE;
    if (pg_control(conn, "ROLLBACK TO SAVEPOINT job_", "RELEASE SAVEPOINT job_")) return OK;
    return pg_tell(c, conn, NULL);
}

/* A failed statement leaves the transaction open for ROLLBACK TO. All jobs of
   a batch use one savepoint's name: where the RELEASE of one was refused,
   ROLLBACK TO in the next would undo the first as well. */
static bool pg_in_transaction(DbConn *base)
{
    const PgConn *conn = pg_of(base);
    if (!conn->begun || conn->is_astray || PQstatus(conn->pg) != CONNECTION_OK) return false;
    PGTransactionStatusType status = PQtransactionStatus(conn->pg);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || conn->pending_count > 0;
}

/* Whoever writes to a table holds ROW EXCLUSIVE on it from before the id is
   drawn until the end of the transaction, and SHARE waits for all of those. It
   must come before the snapshot: what ended between the two would not be seen. */
static bool lock_in_time(PgConn *conn, const char *lock)
{
    return pg_control(conn, "SAVEPOINT settle_", "SET LOCAL lock_timeout = '100ms'") && pg_control(conn, lock, NULL) &&
           pg_control(conn, "SET LOCAL lock_timeout = '5s'", "RELEASE SAVEPOINT settle_");
}

static Err pg_settle(Ctx *c, DbConn *base, const char *table, bool *ret)
{
    PgConn *conn = pg_of(base);
    *ret = false;
    if (!conn->begun || !is_untouched(conn)) return OK;
    Str lock = STR_CAT(c->arena, S("LOCK TABLE "), str_of_z(table), S(" IN SHARE MODE"));
    *ret = lock_in_time(conn, str_z(c->arena, lock));
    if (*ret) return OK;
    bool is_late = str_eq(str_of_z(conn->state), S("55P03"));
    if (!is_late || !pg_control(conn, "ROLLBACK TO SAVEPOINT settle_", "RELEASE SAVEPOINT settle_")) return pg_tell(c, conn, NULL);
    return OK;
}

static bool flush_pending(PgConn *conn)
{
    if (conn->pending_count == 0) return true;
    Trip trip = {0};
    pg_send_pending(conn, &trip);
    bool ok = pg_collect(conn, &trip);
    pg_end_trip(&trip);
    return ok;
}

/* Several statements go by the simple protocol, outside pipeline mode. */
static bool run_script(PgConn *conn, const char *sql)
{
    if (!flush_pending(conn)) return false;
    bool ok = PQexitPipelineMode(conn->pg) == 1;
    if (!ok) pg_keep_lost(conn);
    ok = ok && pg_simple(conn, sql);
    if (PQenterPipelineMode(conn->pg) == 1) return ok;
    pg_keep_lost(conn);
    return false;
}

static Err pg_script(Ctx *c, DbConn *base, Str house)
{
    PgConn *conn = pg_of(base);
    TRY(pg_revive(c, conn));
    const char *sql = NULL;
    TRY(pg_translated(c, house, &sql));
    return run_script(conn, sql) && pg_move_ids(c, conn, house) ? OK : pg_tell(c, conn, NULL);
}

/* An index or a CHECK over a big table takes longer than any request may. */
static Err pg_migration_begin(Ctx *c, DbConn *base)
{
    PgConn *conn = pg_of(base);
    TRY(pg_revive(c, conn));
    return pg_control(conn, "SET statement_timeout = 0", NULL) ? OK : pg_tell(c, conn, NULL);
}

static Err pg_migration_check(Ctx *c, DbConn *base)
{
    PgConn *conn = pg_of(base);
    return pg_control(conn, "SET statement_timeout = '30s'", NULL) ? OK : pg_tell(c, conn, NULL);
}

/* A check reads whole tables and joins them with each other, perhaps before
   their first ANALYZE: without figures PostgreSQL takes them for small and
   loops within loops. LOCAL: both are given back with the transaction, the limit
   of time only then, since others may look at whole tables behind us. */
static Err pg_check_begin(Ctx *c, DbConn *base)
{
    PgConn *conn = pg_of(base);
    bool set = pg_control(conn, "SET LOCAL statement_timeout = 0", NULL) && pg_control(conn, "SET LOCAL enable_nestloop = off", NULL);
    return set ? OK : pg_tell(c, conn, NULL);
}

static Err pg_check_end(Ctx *c, DbConn *base)
{
    PgConn *conn = pg_of(base);
    return pg_control(conn, "SET LOCAL enable_nestloop = on", NULL) ? OK : pg_tell(c, conn, NULL);
}

const Driver postgres_driver = {
    .engine = ENGINE_POSTGRES,
    .bytes_sql = "SELECT pg_database_size(current_database())",
    .connect = pg_connect,
    .disconnect = pg_disconnect,
    .start = pg_start,
    .step = pg_step,
    .changed = pg_changed,
    .finish = pg_finish,
    .is_null = pg_is_null,
    .i64 = pg_i64,
    .real = pg_real,
    .str = pg_str,
    .bytes = pg_bytes,
    .script = pg_script,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .savepoint = pg_savepoint,
    .release = pg_release,
    .rollback_to = pg_rollback_to,
    .in_transaction = pg_in_transaction,
    .migration_begin = pg_migration_begin,
    .migration_check = pg_migration_check,
    .settle = pg_settle,
    .check_begin = pg_check_begin,
    .check_end = pg_check_end,
};

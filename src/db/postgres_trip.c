/* One round trip to PostgreSQL: what is sent, what comes back, and what a failure
   means. */
#include "db/postgres_inside.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"

/* ---- faults ------------------------------------------------------------ */

typedef struct StateFault {
    const char *prefix;
    Fault fault;
} StateFault;

/* Longest first where one begins another. Source: PostgreSQL 15, appendix A. */
static const StateFault state_faults[] = {
    {"40001", FAULT_RETRY}, /* serialization_failure */
    {"40P01", FAULT_RETRY}, /* deadlock_detected */
    {"55P03", FAULT_RETRY}, /* lock_not_available: lock_timeout */
    {"57014", FAULT_FULL},  /* query_canceled: statement_timeout */
    {"57P", FAULT_LOST},    /* shut down, crashed, not yet up */
    {"25P03", FAULT_LOST},  /* idle_in_transaction_session_timeout */
    {"58030", FAULT_FULL},  /* io_error */
    {"53", FAULT_FULL},     /* disk, memory or connections used up */
    {"08", FAULT_LOST},     /* connection */
};

static Fault fault_of(const PgConn *conn)
{
    /* A COMMIT may have happened when the line broke. */
    if (PQstatus(conn->pg) == CONNECTION_BAD) return FAULT_LOST;
    /* read_only_sql_transaction: a standby, or a server that was made read-only. A
       reader that writes is our own fault. */
    if (strcmp(conn->state, "25006") == 0) return conn->base.read_only ? FAULT_BROKEN : FAULT_FULL;
    for (ptrdiff_t i = 0; i < COUNT_OF(state_faults); i++)
        if (str_starts(str_of_z(conn->state), str_of_z(state_faults[i].prefix))) return state_faults[i].fault;
    return FAULT_BROKEN;
}

static void add_field(Buf *b, Str label, const char *value)
{
    if (!value || !*value) return;
    buf_add(b, label);
    buf_add(b, str_of_z(value));
}

/* What the log may know. The engine's sentence quotes values (names, CPR), so
   it is kept only where the SQL itself is wrong (class 42) and for faults of
   the server, whose sentences are about the server. */
void pg_keep_words(PgConn *conn, const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    Str s = str_sub(state ? str_of_z(state) : S("08006"), 0, 5);
    memset(conn->state, 0, sizeof conn->state);
    memcpy(conn->state, s.p, (size_t)s.n);
    Buf b = buf_over(conn->words, WORDS_MAX - 1);
    add_field(&b, S("SQLSTATE "), conn->state);
    add_field(&b, S(" table "), PQresultErrorField(r, PG_DIAG_TABLE_NAME));
    add_field(&b, S(" column "), PQresultErrorField(r, PG_DIAG_COLUMN_NAME));
    add_field(&b, S(" constraint "), PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME));
    bool about_sql = str_starts(s, S("42")) || str_starts(s, S("53")) || str_starts(s, S("57"));
    if (about_sql) add_field(&b, S(": "), PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
    conn->words[b.n] = '\0';
}

void pg_keep_lost(PgConn *conn)
{
    memcpy(conn->state, "08006", sizeof conn->state);
    memcpy(conn->words, "the connection is gone", sizeof "the connection is gone");
}

Err pg_tell(Ctx *c, PgConn *conn, const SqlDef *def)
{
    Fault fault = fault_of(conn);
    conn->base.fault = fault;
    return db_tell(c, &conn->base, fault, def, str_copy(c->arena, str_of_z(conn->words)));
}

Err pg_tell_own(Ctx *c, PgConn *conn, const SqlDef *def, Str words)
{
    conn->base.fault = FAULT_BROKEN;
    return db_tell(c, &conn->base, FAULT_BROKEN, def, words);
}

/* ---- sending and collecting -------------------------------------------- */

void pg_sent(Trip *trip, int ok)
{
    if (ok == 1) trip->sent++;
    else trip->failed = true;
}

void pg_send_control(PgConn *conn, Trip *trip, const char *sql)
{
    if (!trip->failed) pg_sent(trip, PQsendQueryParams(conn->pg, sql, 0, NULL, NULL, NULL, NULL, 0));
}

void pg_send_pending(PgConn *conn, Trip *trip)
{
    for (int i = 0; i < conn->pending_count; i++) pg_send_control(conn, trip, conn->pending[i]);
    trip->controls = trip->sent;
    conn->pending_count = 0;
    if (conn->savepoint == SP_PENDING) conn->savepoint = SP_SET;
}

void pg_add_pending(PgConn *conn, const char *sql)
{
    assert(conn->pending_count < PENDING_MAX);
    conn->pending[conn->pending_count++] = sql;
}

bool pg_is_fine(const PGresult *r)
{
    return r && (PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK);
}

/* The answers up to the sync, each followed by a NULL. A broken connection
   gives NULL instead of an answer. */
static void receive(PgConn *conn, Trip *trip)
{
    for (int i = 0; i < trip->sent; i++) {
        PGresult *r = PQgetResult(conn->pg);
        if (!r) return;
        trip->result[i] = r;
        PGresult *more = NULL;
        while ((more = PQgetResult(conn->pg))) PQclear(more);
    }
    PQclear(PQgetResult(conn->pg)); /* the sync's own */
}

/* Syncs and collects; the first failure's words are kept. */
bool pg_collect(PgConn *conn, Trip *trip)
{
    if (trip->failed) pg_keep_lost(conn);
    if (PQpipelineSync(conn->pg) != 1) {
        pg_keep_lost(conn);
        trip->failed = true;
        return false;
    }
    receive(conn, trip);
    for (int i = 0; i < trip->controls; i++) conn->is_astray |= !pg_is_fine(trip->result[i]);
    for (int i = 0; i < trip->sent && !trip->failed; i++) {
        if (pg_is_fine(trip->result[i])) continue;
        trip->failed = true;
        if (trip->result[i]) pg_keep_words(conn, trip->result[i]);
        else pg_keep_lost(conn);
    }
    return !trip->failed;
}

void pg_end_trip(Trip *trip)
{
    for (int i = 0; i < trip->sent; i++) PQclear(trip->result[i]);
}

/* What is pending, then one or two control statements, at once. */
bool pg_control(PgConn *conn, const char *first, const char *second)
{
    Trip trip = {0};
    pg_send_pending(conn, &trip);
    pg_send_control(conn, &trip, first);
    if (second) pg_send_control(conn, &trip, second);
    bool ok = pg_collect(conn, &trip);
    pg_end_trip(&trip);
    return ok;
}

void pg_ended(PgConn *conn)
{
    conn->begun = false;
    conn->is_astray = false;
    conn->pending_count = 0;
    conn->savepoint = SP_NONE;
}

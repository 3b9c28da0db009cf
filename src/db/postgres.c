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
#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "db/driver.h"
#include "db/postgres.h"
#include "db/sqltext.h"

/* pg_type.h; fixed for ever by the protocol's clients. */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_JSONB = 3802 };

enum {
    WORDS_MAX = 400,         /* bytes of an engine's error kept for the log */
    PENDING_MAX = 4,         /* BEGIN or RELEASE, then SAVEPOINT, then COMMIT */
    SERVER_OLDEST = 140000,  /* PQserverVersion */
    CACHE_FIRST = 64,        /* statements; doubles at three quarters */
};

typedef struct Prepared {
    const SqlDef *def;
    int params;
    unsigned number; /* its name is "h<number>"; 0: not on the server */
    Oid type[SQL_PARAMS_MAX];
} Prepared;

typedef enum Savepoint { SP_NONE, SP_PENDING, SP_SET } Savepoint;

typedef struct PgConn {
    DbConn base;
    PGconn *pg;
    Prepared *cache; /* hashed by def, open addressing; capacity a power of two */
    size_t cache_size, cache_used;
    unsigned last_number;
    const char *pending[PENDING_MAX]; /* control statements not sent yet */
    int pending_count;
    bool begun; /* BEGIN is sent or pending */
    bool is_astray; /* a BEGIN, SAVEPOINT or RELEASE was refused: which savepoint stands is not known */
    bool is_ready;  /* session_start went well on this connection */
    Savepoint savepoint;
    /* Of the last failed call, copied out before its PGresult is freed. */
    char words[WORDS_MAX];
    char state[6];
} PgConn;

struct DbCursor {
    PgConn *conn;
    PGresult *rows;
    int row;
};

static PgConn *of(DbConn *conn)
{
    return (PgConn *)conn;
}

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
static void keep_words(PgConn *conn, const PGresult *r)
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

static void keep_lost(PgConn *conn)
{
    memcpy(conn->state, "08006", sizeof conn->state);
    memcpy(conn->words, "the connection is gone", sizeof "the connection is gone");
}

static Err tell(Ctx *c, PgConn *conn, const SqlDef *def)
{
    Fault fault = fault_of(conn);
    conn->base.fault = fault;
    return db_tell(c, &conn->base, fault, def, str_copy(c->arena, str_of_z(conn->words)));
}

static Err tell_own(Ctx *c, PgConn *conn, const SqlDef *def, Str words)
{
    conn->base.fault = FAULT_BROKEN;
    return db_tell(c, &conn->base, FAULT_BROKEN, def, words);
}

/* ---- statements kept by connection ------------------------------------- */

static size_t slot_of(const Prepared *cache, size_t size, const SqlDef *def)
{
    size_t i = ((size_t)((uintptr_t)def >> 4) * 0x9E3779B97F4A7C15u) & (size - 1);
    while (cache[i].def && cache[i].def != def) i = (i + 1) & (size - 1);
    return i;
}

static bool grow_cache(PgConn *conn)
{
    size_t size = conn->cache_size ? conn->cache_size * 2 : CACHE_FIRST;
    Prepared *bigger = calloc(size, sizeof *bigger);
    if (!bigger) return false;
    for (size_t i = 0; i < conn->cache_size; i++)
        if (conn->cache[i].def) bigger[slot_of(bigger, size, conn->cache[i].def)] = conn->cache[i];
    free(conn->cache);
    conn->cache = bigger;
    conn->cache_size = size;
    return true;
}

/* NULL when memory is out. */
static Prepared *kept(PgConn *conn, const SqlDef *def)
{
    if (conn->cache_used * 4 >= conn->cache_size * 3 && !grow_cache(conn)) return NULL;
    Prepared *p = &conn->cache[slot_of(conn->cache, conn->cache_size, def)];
    if (!p->def) {
        *p = (Prepared){.def = def, .params = sqltext_params(str_of_z(def->text))};
        conn->cache_used++;
    }
    return p;
}

static void forget_all(PgConn *conn)
{
    memset(conn->cache, 0, conn->cache_size * sizeof *conn->cache);
    conn->cache_used = 0;
}

/* ---- sending and collecting -------------------------------------------- */

/* One trip: what was sent, in order, and what came back for each. */
enum { TRIP_MAX = PENDING_MAX + 4 };
typedef struct Trip {
    int sent;
    int controls; /* of what was sent first: statements that were pending */
    bool failed; /* something could not be sent, or the server refused something */
    PGresult *result[TRIP_MAX]; /* NULL from the first that never came */
} Trip;

static void sent(Trip *trip, int ok)
{
    if (ok == 1) trip->sent++;
    else trip->failed = true;
}

static void send_control(PgConn *conn, Trip *trip, const char *sql)
{
    if (!trip->failed) sent(trip, PQsendQueryParams(conn->pg, sql, 0, NULL, NULL, NULL, NULL, 0));
}

static void send_pending(PgConn *conn, Trip *trip)
{
    for (int i = 0; i < conn->pending_count; i++) send_control(conn, trip, conn->pending[i]);
    trip->controls = trip->sent;
    conn->pending_count = 0;
    if (conn->savepoint == SP_PENDING) conn->savepoint = SP_SET;
}

static void add_pending(PgConn *conn, const char *sql)
{
    assert(conn->pending_count < PENDING_MAX);
    conn->pending[conn->pending_count++] = sql;
}

static bool is_fine(const PGresult *r)
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
static bool collect(PgConn *conn, Trip *trip)
{
    if (trip->failed) keep_lost(conn);
    if (PQpipelineSync(conn->pg) != 1) {
        keep_lost(conn);
        trip->failed = true;
        return false;
    }
    receive(conn, trip);
    for (int i = 0; i < trip->controls; i++) conn->is_astray |= !is_fine(trip->result[i]);
    for (int i = 0; i < trip->sent && !trip->failed; i++) {
        if (is_fine(trip->result[i])) continue;
        trip->failed = true;
        if (trip->result[i]) keep_words(conn, trip->result[i]);
        else keep_lost(conn);
    }
    return !trip->failed;
}

static void end_trip(Trip *trip)
{
    for (int i = 0; i < trip->sent; i++) PQclear(trip->result[i]);
}

/* What is pending, then one or two control statements, at once. */
static bool control(PgConn *conn, const char *first, const char *second)
{
    Trip trip = {0};
    send_pending(conn, &trip);
    send_control(conn, &trip, first);
    if (second) send_control(conn, &trip, second);
    bool ok = collect(conn, &trip);
    end_trip(&trip);
    return ok;
}

static void ended(PgConn *conn)
{
    conn->begun = false;
    conn->is_astray = false;
    conn->pending_count = 0;
    conn->savepoint = SP_NONE;
}

/* ---- connecting -------------------------------------------------------- */

/* No notices on standard error: the log has its own form. */
static void swallow(void *user, const PGresult *r)
{
    (void)user;
    (void)r;
}

static const char session_settings[] =
    "SET search_path = public, pg_temp; SET client_min_messages = error; SET standard_conforming_strings = on;"
    "SET synchronous_commit = on; SET bytea_output = 'hex'; SET timezone = 'UTC'; SET jit = off; SET extra_float_digits = 1;"
    "SET lock_timeout = '5s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';";

/* PQexec gives no NULL that PQresultStatus does not take. */
static bool simple(PgConn *conn, const char *sql)
{
    PGresult *r = PQexec(conn->pg, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    if (!ok && r) keep_words(conn, r);
    if (!ok && !r) keep_lost(conn);
    PQclear(r);
    return ok;
}

/* After connecting: what this program relies on, whatever the server's or the
   role's own settings say. NULL when all is well, else what is wrong. */
static const char *session_start(PgConn *conn)
{
    forget_all(conn);
    ended(conn);
    conn->is_ready = false;
    if (PQstatus(conn->pg) != CONNECTION_OK) return PQerrorMessage(conn->pg);
    if (PQserverVersion(conn->pg) < SERVER_OLDEST) return "PostgreSQL is older than 14";
    const char *encoding = PQparameterStatus(conn->pg, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0) return "the database's encoding is not UTF8";
    if (!simple(conn, session_settings)) return conn->words;
    if (conn->base.read_only && !simple(conn, "SET default_transaction_read_only = on")) return conn->words;
    conn->is_ready = PQenterPipelineMode(conn->pg) == 1;
    return conn->is_ready ? NULL : "pipeline mode is refused";
}

/* A setting of an address or of the environment, as far as it has one. */
static const char *option_of(const PQconninfoOption *options, const char *name, const char *otherwise)
{
    for (; options && options->keyword; options++)
        if (strcmp(options->keyword, name) == 0 && options->val && options->val[0]) return options->val;
    return otherwise;
}

/* Each of "a,b": a path, or a name of this machine. */
static bool is_this_machine(const char *hosts)
{
    Str rest = str_of_z(hosts), host = {0};
    while (str_split(&rest, ',', &host)) {
        bool is_path = host.n == 0 || host.p[0] == '/' || host.p[0] == '@';
        if (!is_path && !str_eq(host, S("localhost")) && !str_eq(host, S("::1")) && !str_starts(host, S("127."))) return false;
    }
    return true;
}

/* False: the way there leaves this machine, and the address, or the environment,
   asks for less than a certificate that is checked. */
static bool is_way_safe(const char *where, bool *ret_near)
{
    PQconninfoOption *defaults = PQconndefaults(), *given = PQconninfoParse(where, NULL);
    const char *host = option_of(given, "host", option_of(defaults, "host", ""));
    const char *address = option_of(given, "hostaddr", option_of(defaults, "hostaddr", host));
    const char *mode = option_of(given, "sslmode", "verify-full");
    /* What a service file names is not known here. */
    *ret_near = is_this_machine(host) && is_this_machine(address) && !option_of(given, "service", NULL);
    bool is_safe = *ret_near || strcmp(mode, "verify-full") == 0;
    PQconninfoFree(given);
    PQconninfoFree(defaults);
    return is_safe;
}

/* sslmode stands first, so that an address which names its own wins: whether
   that may be is looked at before (is_way_safe). Everything else over a network
   is encrypted and the server's certificate checked against its name. */
static PGconn *dial(const char *where)
{
    static const char *const keys[] = {"sslmode", "dbname", "application_name", "client_encoding", "connect_timeout", NULL};
    bool is_near = false;
    (void)is_way_safe(where, &is_near);
    const char *const values[] = {is_near ? "prefer" : "verify-full", where, "traad", "UTF8", "10", NULL};
    return PQconnectdbParams(keys, values, 1);
}

static void pg_disconnect(DbConn *base)
{
    PgConn *conn = of(base);
    PQfinish(conn->pg);
    free(conn->cache);
    free(conn);
}

static Err pg_connect(Ctx *c, Store *store, bool read_only, DbConn **ret)
{
    PgConn *conn = calloc(1, sizeof *conn);
    if (!conn || !grow_cache(conn)) {
        free(conn);
        return fail(c, E_BUSY, msg_verbatim(S("no memory for a connection")));
    }
    bool is_near = false;
    if (!is_way_safe(store->where, &is_near)) {
        pg_disconnect(&conn->base);
        return fail(c, E_INVALID, msg_verbatim(S("PostgreSQL over a network needs sslmode=verify-full in the store's address")));
    }
    conn->base = (DbConn){.driver = &postgres_driver, .store = store, .read_only = read_only};
    conn->pg = dial(store->where);
    PQsetNoticeReceiver(conn->pg, swallow, NULL);
    const char *wrong = session_start(conn);
    if (wrong) {
        Str why = STR_CAT(c->arena, S("PostgreSQL: "), str_trim(str_of_z(wrong)));
        pg_disconnect(&conn->base);
        return fail(c, E_BUSY, msg_verbatim(why));
    }
    *ret = &conn->base;
    return OK;
}

/* A connection that broke is made again when the next transaction begins,
   never inside one. */
static Err revive(Ctx *c, PgConn *conn)
{
    if (conn->begun) return OK;
    (void)PQconsumeInput(conn->pg); /* sees a hang-up that came while nobody looked */
    if (conn->is_ready && PQstatus(conn->pg) == CONNECTION_OK) return OK;
    PQreset(conn->pg);
    if (!session_start(conn)) return OK;
    keep_lost(conn);
    conn->base.fault = FAULT_LOST;
    return db_tell(c, &conn->base, FAULT_LOST, NULL, str_of_z(conn->words));
}

/* ---- parameters -------------------------------------------------------- */

typedef struct Values {
    int n;
    const char *text[SQL_PARAMS_MAX]; /* NULL: NULL */
    int length[SQL_PARAMS_MAX];
    int format[SQL_PARAMS_MAX]; /* 1: the bytes themselves */
} Values;

/* The type a value of this kind is declared as; 0 (the engine guesses) for NULL. */
static Oid declared(const DbVal *v)
{
    switch (v->kind) {
    case DB_NULL: return 0;
    case DB_INT: return OID_INT8;
    case DB_REAL: return OID_FLOAT8;
    case DB_TEXT: return OID_TEXT;
    case DB_BLOB: return OID_BYTEA;
    }
    return 0;
}

static bool fits(Oid type, const DbVal *v)
{
    if (v->kind == DB_NULL || type == declared(v)) return true;
    return (v->kind == DB_INT && type == OID_FLOAT8) || (v->kind == DB_TEXT && type == OID_JSONB);
}

/* Types for these values, keeping what is known of the ones that are NULL.
   True when the statement must be prepared (again). */
static bool choose_types(const Prepared *p, const DbVal *args, Oid *ret_types)
{
    bool anew = p->number == 0;
    for (int i = 0; i < p->params; i++) {
        bool same = fits(p->type[i], &args[i]);
        ret_types[i] = same ? p->type[i] : declared(&args[i]);
        anew = anew || !same;
    }
    return anew;
}

static Str number_text(Arena *arena, const DbVal *v)
{
    Buf b = buf_new(arena, 48);
    if (v->kind == DB_INT) buf_add_i64(&b, v->i);
    else buf_add_f64(&b, v->real);
    return buf_str(&b);
}

static Err value(Ctx *c, PgConn *conn, const SqlDef *def, const DbVal *v, int i, Values *ret)
{
    if (v->kind == DB_NULL) return OK;
    if (v->kind == DB_TEXT && str_has_zero(v->s))
        return fail(c, E_INVALID, T("Teksten har et usynligt tegn, der ikke kan gemmes. Skriv den igen."));
    if (v->kind == DB_REAL && !(v->real - v->real == 0)) return tell_own(c, conn, def, S("a number that is not finite"));
    if (v->s.n > INT32_MAX / 2) return fail(c, E_TOO_LARGE, T("Teksten eller filen er for stor."));
    bool is_number = v->kind == DB_INT || v->kind == DB_REAL;
    Str text = is_number ? number_text(c->arena, v) : v->s;
    ret->format[i] = v->kind == DB_BLOB;
    ret->length[i] = (int)text.n;
    ret->text[i] = v->kind == DB_BLOB ? (text.p ? text.p : "") : str_z(c->arena, text);
    return OK;
}

/* ---- running ----------------------------------------------------------- */

/* Moves the id sequences behind rows that came with their own ids, as
   SQLite's AUTOINCREMENT does by itself. Only tests, demo data and migrations
   write ids, so only passing texts and scripts come here. */
static Str ids_sql(Arena *arena, Str table)
{
    Str seq = STR_CAT(arena, S("pg_get_serial_sequence('"), table, S("', 'id')"));
    return STR_CAT(arena, S("SELECT setval("), seq, S(", greatest(max(id), coalesce(pg_sequence_last_value(CAST("), seq,
                   S(" AS regclass)), 1))) FROM "), table, S(" HAVING max(id) >= 1 AND "), seq, S(" IS NOT NULL"));
}

static bool move_ids(Ctx *c, PgConn *conn, Str house)
{
    Arena scratch = *c->arena;
    SqlTokens tokens = sql_tokens(&scratch, house);
    ptrdiff_t at = 0;
    Str table = {0};
    while (sqltext_next_explicit_id(&tokens, &at, &table))
        if (!control(conn, str_z(&scratch, ids_sql(&scratch, table)), NULL)) return false;
    return true;
}

/* The program reads integers, reals, texts and blobs; a boolean or a numeric
   would be read as something else than SQLite gives. */
static int foreign_column(const PGresult *r)
{
    static const Oid known[] = {OID_INT8, OID_INT4, OID_INT2, OID_TEXT, OID_FLOAT8, OID_BYTEA};
    for (int col = 0; col < PQnfields(r); col++) {
        bool found = false;
        for (ptrdiff_t i = 0; i < COUNT_OF(known); i++) found = found || PQftype(r, col) == known[i];
        if (!found) return col;
    }
    return -1;
}

static void name_of(unsigned number, char ret[16])
{
    if (number == 0) ret[0] = '\0';
    else snprintf(ret, 16, "h%u", number);
}

/* What one run needs, gathered before anything is sent, so that a full arena
   cannot jump away from a half-sent trip. */
typedef struct Run {
    const SqlDef *def;
    Prepared *p;
    bool anew, ask_types; /* ask: a value is NULL and its type not yet known */
    unsigned number; /* 0: the unnamed statement of a passing text */
    const char *sql;
    Oid type[SQL_PARAMS_MAX];
    Values values;
} Run;

static void send_prepare(PgConn *conn, Trip *trip, const Run *run)
{
    char name[16], old[32];
    if (run->p->number != 0) {
        snprintf(old, sizeof old, "DEALLOCATE h%u", run->p->number);
        send_control(conn, trip, old);
    }
    name_of(run->number, name);
    if (!trip->failed) sent(trip, PQsendPrepare(conn->pg, name, run->sql, run->values.n, run->type));
}

/* Whether or not the run went well: is the statement on the server now? */
static void note_prepared(Run *run, const Trip *trip, int prepare)
{
    Prepared *p = run->p;
    bool there = prepare < trip->sent && is_fine(trip->result[prepare]);
    p->number = there ? run->number : 0;
    if (there) memcpy(p->type, run->type, sizeof p->type);
}

/* The type to declare for what the engine would guess. */
static Oid widened(Oid guess)
{
    switch (guess) {
    case OID_INT2: case OID_INT4: return OID_INT8;
    default: return guess;
    }
}

/* Asks the engine for the types that are not known; sql: the statement without
   its NULL tests, in the engine's words. */
static bool ask(PgConn *conn, Run *run, const char *sql)
{
    Trip trip = {0};
    send_pending(conn, &trip);
    if (!trip.failed) sent(&trip, PQsendPrepare(conn->pg, "", sql, run->values.n, run->type));
    if (!trip.failed) sent(&trip, PQsendDescribePrepared(conn->pg, ""));
    bool ok = collect(conn, &trip);
    const PGresult *described = ok ? trip.result[trip.sent - 1] : NULL;
    for (int i = 0; ok && i < run->values.n; i++)
        if (run->type[i] == 0) run->type[i] = widened(PQparamtype(described, i));
    end_trip(&trip);
    return ok;
}

/* A statement that the server no longer takes is prepared anew next time:
   a table changed under it, or somebody discarded it. */
static void forget_if_stale(PgConn *conn, Prepared *p)
{
    if (strcmp(conn->state, "0A000") == 0 || strcmp(conn->state, "26000") == 0) p->number = 0;
}

static bool run_trip(PgConn *conn, Run *run, PGresult **ret)
{
    Trip trip = {0};
    char name[16];
    send_pending(conn, &trip);
    int prepare = trip.sent + (run->p->number != 0);
    if (run->anew) send_prepare(conn, &trip, run);
    name_of(run->number, name);
    const Values *v = &run->values;
    if (!trip.failed) sent(&trip, PQsendQueryPrepared(conn->pg, name, v->n, v->text, v->length, v->format, 0));
    bool ok = collect(conn, &trip);
    if (run->anew) note_prepared(run, &trip, prepare);
    if (!ok) forget_if_stale(conn, run->p);
    if (ok) {
        *ret = trip.result[trip.sent - 1];
        trip.result[trip.sent - 1] = NULL;
    }
    end_trip(&trip);
    return ok;
}

static Err translated(Ctx *c, Str house, const char **ret)
{
    Str sql = {0};
    TRY(sqltext_translate(c, ENGINE_POSTGRES, house, &sql));
    *ret = str_z(c->arena, sql);
    return OK;
}

static Err gather(Ctx *c, PgConn *conn, const DbVal *args, int n, Run *run)
{
    Prepared *p = run->p;
    if (p->params != n) return tell_own(c, conn, run->def, S("the number of values is not that of the parameters"));
    run->anew = choose_types(p, args, run->type);
    run->values.n = n;
    for (int i = 0; i < n; i++) {
        TRY(value(c, conn, run->def, &args[i], i, &run->values));
        run->ask_types = run->ask_types || (run->anew && run->type[i] == 0);
    }
    if (!run->anew) {
        run->number = p->number;
        return OK;
    }
    TRY(translated(c, str_of_z(run->def->text), &run->sql));
    if (run->def->file) run->number = ++conn->last_number;
    if (!run->ask_types) return OK;
    const char *question = NULL;
    Str asked = sqltext_without_null_tests(c->arena, str_of_z(run->def->text));
    TRY(translated(c, asked, &question));
    /* One that is only ever tested for NULL has no type; any will do. */
    for (int i = 0; i < n; i++)
        if (run->type[i] == 0 && !(sqltext_params_used(asked) >> i & 1u)) run->type[i] = OID_TEXT;
    return ask(conn, run, question) ? OK : tell(c, conn, run->def);
}

static Err check_rows(Ctx *c, PgConn *conn, const SqlDef *def, PGresult *rows)
{
    int col = foreign_column(rows);
    if (col < 0) return OK;
    PQclear(rows);
    Buf b = buf_new(c->arena, 160);
    buf_add(&b, S("column "));
    buf_add_i64(&b, col + 1);
    buf_add(&b, S(" is no integer, real, text or blob; use CASE or CAST (doc/sql.md)"));
    return tell_own(c, conn, def, buf_str(&b));
}

static Err pg_start(Ctx *c, DbConn *base, const SqlDef *def, const DbVal *args, int n, struct DbCursor **ret)
{
    PgConn *conn = of(base);
    TRY(revive(c, conn));
    Prepared passing = {.def = def, .params = def->file ? 0 : sqltext_params(str_of_z(def->text))};
    Run run = {.def = def, .p = def->file ? kept(conn, def) : &passing};
    if (!run.p) return fail(c, E_BUSY, msg_verbatim(S("no memory for a statement")));
    Arena before = *c->arena;
    TRY(gather(c, conn, args, n, &run));
    struct DbCursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor) return fail(c, E_BUSY, msg_verbatim(S("no memory for a statement")));
    PGresult *rows = NULL;
    bool ok = run_trip(conn, &run, &rows);
    *c->arena = before; /* values and text are on their way */
    *cursor = (struct DbCursor){.conn = conn, .rows = rows, .row = -1};
    if (ok && (def->file || move_ids(c, conn, str_of_z(def->text)))) {
        Err err = check_rows(c, conn, def, rows);
        if (err == OK) *ret = cursor;
        else free(cursor);
        return err;
    }
    PQclear(rows);
    free(cursor);
    return tell(c, conn, def);
}

static int pg_step(Ctx *c, struct DbCursor *cursor)
{
    (void)c;
    if (cursor->row + 1 >= PQntuples(cursor->rows)) return 0;
    cursor->row++;
    return 1;
}

static int64_t pg_changed(const struct DbCursor *cursor)
{
    int64_t n = 0;
    return str_i64(str_of_z(PQcmdTuples(cursor->rows)), &n) ? n : 0;
}

static void pg_finish(struct DbCursor *cursor)
{
    PQclear(cursor->rows);
    free(cursor);
}

/* ---- values that come out ---------------------------------------------- */

static Str cell(const struct DbCursor *cursor, int col)
{
    return (Str){PQgetvalue(cursor->rows, cursor->row, col), PQgetlength(cursor->rows, cursor->row, col)};
}

static bool pg_is_null(const struct DbCursor *cursor, int col)
{
    return PQgetisnull(cursor->rows, cursor->row, col) == 1;
}

static double pg_real(const struct DbCursor *cursor, int col)
{
    double v = 0;
    if (!pg_is_null(cursor, col) && !str_f64(cell(cursor, col), &v)) return 0;
    return v;
}

static int64_t pg_i64(const struct DbCursor *cursor, int col)
{
    int64_t v = 0;
    if (pg_is_null(cursor, col) || str_i64(cell(cursor, col), &v)) return v;
    double real = pg_real(cursor, col);
    return real > -9.2e18 && real < 9.2e18 ? (int64_t)real : 0; /* as SQLite: towards zero */
}

static Bytes pg_bytes(Ctx *c, const struct DbCursor *cursor, int col)
{
    Str hex = cell(cursor, col);
    if (pg_is_null(cursor, col)) return (Bytes){0};
    if (PQftype(cursor->rows, col) != OID_BYTEA) return (Bytes){hex.p, hex.n};
    Str digits = str_sub(hex, 2, hex.n); /* behind \x */
    char *bytes = arena_take_raw(c->arena, digits.n / 2);
    if (!str_unhex(digits, bytes, digits.n / 2)) return (Bytes){0};
    return (Bytes){bytes, digits.n / 2};
}

static Str pg_str(Ctx *c, const struct DbCursor *cursor, int col)
{
    if (pg_is_null(cursor, col)) return (Str){0};
    if (PQftype(cursor->rows, col) != OID_BYTEA) return cell(cursor, col);
    Bytes b = pg_bytes(c, cursor, col);
    return (Str){b.p, b.n};
}

/* ---- transactions ------------------------------------------------------ */

static Err pg_begin(Ctx *c, DbConn *base, TxMode mode)
{
    PgConn *conn = of(base);
    TRY(revive(c, conn));
    add_pending(conn, mode == TX_READ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN ISOLATION LEVEL SERIALIZABLE");
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
    send_pending(conn, &trip);
    send_control(conn, &trip, "COMMIT");
    bool ok = collect(conn, &trip);
    if (ok && strcmp(PQcmdStatus(trip.result[trip.sent - 1]), "COMMIT") != 0) {
        memcpy(conn->state, "25P02", sizeof conn->state);
        memcpy(conn->words, "COMMIT rolled back", sizeof "COMMIT rolled back");
        ok = false;
    }
    end_trip(&trip);
    return ok;
}

static Err pg_commit(Ctx *c, DbConn *base)
{
    PgConn *conn = of(base);
    bool ok = is_untouched(conn) || commit_trip(conn);
    ended(conn);
    return ok ? OK : tell(c, conn, NULL);
}

static void pg_rollback(DbConn *base)
{
    PgConn *conn = of(base);
    conn->pending_count = 0;
    if (!is_untouched(conn) && PQstatus(conn->pg) == CONNECTION_OK) (void)control(conn, "ROLLBACK", NULL);
    ended(conn);
}

static Err pg_savepoint(Ctx *c, DbConn *base)
{
    (void)c;
    PgConn *conn = of(base);
    add_pending(conn, "SAVEPOINT job_");
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
    PgConn *conn = of(base);
    if (conn->savepoint == SP_PENDING) {
        take_back_savepoint(conn);
        return OK;
    }
    add_pending(conn, "RELEASE SAVEPOINT job_");
    conn->savepoint = SP_NONE;
    return OK;
}

static Err pg_rollback_to(Ctx *c, DbConn *base)
{
    PgConn *conn = of(base);
    if (conn->savepoint == SP_PENDING) {
        take_back_savepoint(conn);
        return OK;
    }
    conn->savepoint = SP_NONE;
    if (control(conn, "ROLLBACK TO SAVEPOINT job_", "RELEASE SAVEPOINT job_")) return OK;
    return tell(c, conn, NULL);
}

/* A failed statement leaves the transaction open for ROLLBACK TO. All jobs of
   a batch use one savepoint's name: where the RELEASE of one was refused,
   ROLLBACK TO in the next would undo the first as well. */
static bool pg_in_transaction(DbConn *base)
{
    const PgConn *conn = of(base);
    if (!conn->begun || conn->is_astray || PQstatus(conn->pg) != CONNECTION_OK) return false;
    PGTransactionStatusType status = PQtransactionStatus(conn->pg);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || conn->pending_count > 0;
}

/* Whoever writes to a table holds ROW EXCLUSIVE on it from before the id is
   drawn until the end of the transaction, and SHARE waits for all of those. It
   must come before the snapshot: what ended between the two would not be seen. */
static bool lock_in_time(PgConn *conn, const char *lock)
{
    return control(conn, "SAVEPOINT settle_", "SET LOCAL lock_timeout = '100ms'") && control(conn, lock, NULL) &&
           control(conn, "SET LOCAL lock_timeout = '5s'", "RELEASE SAVEPOINT settle_");
}

static Err pg_settle(Ctx *c, DbConn *base, const char *table, bool *ret)
{
    PgConn *conn = of(base);
    *ret = false;
    if (!conn->begun || !is_untouched(conn)) return OK;
    Str lock = STR_CAT(c->arena, S("LOCK TABLE "), str_of_z(table), S(" IN SHARE MODE"));
    *ret = lock_in_time(conn, str_z(c->arena, lock));
    if (*ret) return OK;
    bool is_late = str_eq(str_of_z(conn->state), S("55P03"));
    if (!is_late || !control(conn, "ROLLBACK TO SAVEPOINT settle_", "RELEASE SAVEPOINT settle_")) return tell(c, conn, NULL);
    return OK;
}

static bool flush_pending(PgConn *conn)
{
    if (conn->pending_count == 0) return true;
    Trip trip = {0};
    send_pending(conn, &trip);
    bool ok = collect(conn, &trip);
    end_trip(&trip);
    return ok;
}

/* Several statements go by the simple protocol, outside pipeline mode. */
static bool run_script(PgConn *conn, const char *sql)
{
    if (!flush_pending(conn)) return false;
    bool ok = PQexitPipelineMode(conn->pg) == 1;
    if (!ok) keep_lost(conn);
    ok = ok && simple(conn, sql);
    if (PQenterPipelineMode(conn->pg) == 1) return ok;
    keep_lost(conn);
    return false;
}

static Err pg_script(Ctx *c, DbConn *base, Str house)
{
    PgConn *conn = of(base);
    TRY(revive(c, conn));
    const char *sql = NULL;
    TRY(translated(c, house, &sql));
    return run_script(conn, sql) && move_ids(c, conn, house) ? OK : tell(c, conn, NULL);
}

/* An index or a CHECK over a big table takes longer than any request may. */
static Err pg_migration_begin(Ctx *c, DbConn *base)
{
    PgConn *conn = of(base);
    TRY(revive(c, conn));
    return control(conn, "SET statement_timeout = 0", NULL) ? OK : tell(c, conn, NULL);
}

static Err pg_migration_check(Ctx *c, DbConn *base)
{
    PgConn *conn = of(base);
    return control(conn, "SET statement_timeout = '30s'", NULL) ? OK : tell(c, conn, NULL);
}

/* A check reads whole tables and joins them with each other, perhaps before
   their first ANALYZE: without figures PostgreSQL takes them for small and
   loops within loops. LOCAL: an error gives both back with its transaction. */
static Err pg_check_begin(Ctx *c, DbConn *base)
{
    PgConn *conn = of(base);
    bool set = control(conn, "SET LOCAL statement_timeout = 0", NULL) && control(conn, "SET LOCAL enable_nestloop = off", NULL);
    return set ? OK : tell(c, conn, NULL);
}

static Err pg_check_end(Ctx *c, DbConn *base)
{
    PgConn *conn = of(base);
    bool set = control(conn, "SET LOCAL statement_timeout = '30s'", NULL) && control(conn, "SET LOCAL enable_nestloop = on", NULL);
    return set ? OK : tell(c, conn, NULL);
}

Err postgres_try(Ctx *c, DbConn *base, const SqlDef *def)
{
    PgConn *conn = of(base);
    Prepared passing = {.def = def, .params = sqltext_params(str_of_z(def->text))};
    Run run = {.def = def, .p = &passing};
    DbVal nothing[SQL_PARAMS_MAX] = {0};
    if (passing.params < 0) return tell_own(c, conn, def, S("a number of $1 … $n is skipped"));
    SqlDef unnamed = {.name = def->name, .text = def->text};
    run.def = &unnamed;
    TRY(gather(c, conn, nothing, passing.params, &run));
    Trip trip = {0};
    send_pending(conn, &trip);
    send_prepare(conn, &trip, &run);
    if (!trip.failed) sent(&trip, PQsendDescribePrepared(conn->pg, ""));
    if (!collect(conn, &trip)) {
        end_trip(&trip);
        return tell(c, conn, def);
    }
    PGresult *described = trip.result[trip.sent - 1];
    trip.result[trip.sent - 1] = NULL;
    end_trip(&trip);
    TRY(check_rows(c, conn, def, described));
    PQclear(described);
    return OK;
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

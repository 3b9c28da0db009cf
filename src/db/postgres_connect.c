/* The way to a PostgreSQL server: which addresses are safe, what a session begins
   with, and what is made again when the line broke. */
#include "db/postgres_inside.h"

#include <stdlib.h>
#include <string.h>

enum { SERVER_OLDEST = 140000 }; /* PQserverVersion */

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
bool pg_simple(PgConn *conn, const char *sql)
{
    PGresult *r = PQexec(conn->pg, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    if (!ok && r) pg_keep_words(conn, r);
    if (!ok && !r) pg_keep_lost(conn);
    PQclear(r);
    return ok;
}

/* After connecting: what this program relies on, whatever the server's or the
   role's own settings say. NULL when all is well, else what is wrong. */
static const char *session_start(PgConn *conn)
{
    pg_forget_kept(conn);
    pg_ended(conn);
    conn->is_ready = false;
    if (PQstatus(conn->pg) != CONNECTION_OK) return PQerrorMessage(conn->pg);
    if (PQserverVersion(conn->pg) < SERVER_OLDEST) return "PostgreSQL is older than 14";
    const char *encoding = PQparameterStatus(conn->pg, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0) return "the database's encoding is not UTF8";
    if (!pg_simple(conn, session_settings)) return conn->words;
    if (conn->base.read_only && !pg_simple(conn, "SET default_transaction_read_only = on")) return conn->words;
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

void pg_disconnect(DbConn *base)
{
    PgConn *conn = pg_of(base);
    PQfinish(conn->pg);
    free(conn->cache);
    free(conn);
}

Err pg_connect(Ctx *c, Store *store, bool read_only, DbConn **ret)
{
    PgConn *conn = calloc(1, sizeof *conn);
    if (!conn || !pg_grow_kept(conn)) {
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

Err pg_revive(Ctx *c, PgConn *conn)
{
    if (conn->begun) return OK;
    (void)PQconsumeInput(conn->pg); /* sees a hang-up that came while nobody looked */
    if (conn->is_ready && PQstatus(conn->pg) == CONNECTION_OK) return OK;
    PQreset(conn->pg);
    if (!session_start(conn)) return OK;
    pg_keep_lost(conn);
    conn->base.fault = FAULT_LOST;
    return db_tell(c, &conn->base, FAULT_LOST, NULL, str_of_z(conn->words));
}

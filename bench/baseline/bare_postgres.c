/* A bare submit server on PostgreSQL: POST /s with "s=12&a=0,1,…" (40 answers
   0-4), stored by one call of one server-side function: the row and its 40
   tallies in a transaction of their own, answered after it is durable.
     bare_postgres PORT CONNECTIONS postgresql://…
   As many threads as connections, each waiting for its own. The function adds
   the tallies in the order of their keys, so that two of them never lock
   crosswise. */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baseline/bare_store.h"

enum { BODY_MAX = 1024, UNITS = 60 };

typedef struct Request {
    bool is_large;
    size_t n;
    char body[BODY_MAX];
} Request;

static const char tables[] =
    "DROP TABLE IF EXISTS response, tally CASCADE;"
    "CREATE TABLE response (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, survey BIGINT NOT NULL,"
    " school BIGINT NOT NULL, answers TEXT NOT NULL);"
    "CREATE INDEX response_s ON response (survey, school);"
    "CREATE TABLE tally (survey BIGINT NOT NULL, school BIGINT NOT NULL, q BIGINT NOT NULL, opt BIGINT NOT NULL,"
    " n BIGINT NOT NULL, PRIMARY KEY (survey, school, q, opt));"
    "CREATE OR REPLACE FUNCTION submit(at BIGINT, given TEXT) RETURNS void LANGUAGE sql AS $$"
    " INSERT INTO response (survey, school, answers) VALUES (1, at, given);"
    " INSERT INTO tally (survey, school, q, opt, n)"
    "  SELECT 1, at, a.q, a.opt, 1 FROM unnest(string_to_array(given, ',')::bigint[]) WITH ORDINALITY AS a (opt, q) ORDER BY a.q"
    "  ON CONFLICT (survey, school, q, opt) DO UPDATE SET n = tally.n + 1 $$;";

_Noreturn static void die(PGconn *pg)
{
    bare_die(PQerrorMessage(pg), NULL);
}

static PGconn *connect_to(const char *where)
{
    PGconn *pg = PQconnectdb(where);
    if (PQstatus(pg) != CONNECTION_OK) die(pg);
    return pg;
}

static void make_tables(const char *where)
{
    PGconn *pg = connect_to(where);
    PQclear(PQexec(pg, "SET client_min_messages = warning"));
    PGresult *r = PQexec(pg, tables);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) die(pg);
    PQclear(r);
    PQfinish(pg);
}

static PGconn *own_connection(const char *where)
{
    static _Thread_local PGconn *mine;
    if (mine) return mine;
    mine = connect_to(where);
    PGresult *r = PQprepare(mine, "submit", "SELECT submit($1, $2)", 2, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) die(mine);
    PQclear(r);
    return mine;
}

/* The unit as text, and the answers, which stand last. */
static bool parse(Request *r, char unit[8], const char **ret_answers)
{
    int number = 0;
    r->body[r->n] = 0;
    const char *a = strstr(r->body, "&a=");
    if (!a || sscanf(r->body, "s=%d", &number) != 1 || number < 0 || number >= UNITS) return false;
    snprintf(unit, 8, "%d", number);
    *ret_answers = a + 3;
    for (int i = 0; i < BARE_ITEMS; i++) {
        const char *at = *ret_answers + 2 * i;
        if (at[0] < '0' || at[0] >= '0' + BARE_OPTIONS || at[1] != (i < BARE_ITEMS - 1 ? ',' : 0)) return false;
    }
    return true;
}

static enum MHD_Result say(struct MHD_Connection *connection, unsigned status, const char *text)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result submit(const char *where, struct MHD_Connection *connection, Request *r)
{
    char unit[8];
    const char *answers = NULL;
    if (r->is_large) return say(connection, 413, "stor");
    if (!parse(r, unit, &answers)) return say(connection, 400, "fejl");
    PGconn *pg = own_connection(where);
    PGresult *result = PQexecPrepared(pg, "submit", 2, (const char *const[]){unit, answers}, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) die(pg);
    PQclear(result);
    return say(connection, 200, "gemt");
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **state)
{
    (void)url, (void)method, (void)version;
    Request *r = *state;
    if (!r) {
        *state = calloc(1, sizeof *r);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*n == 0) return submit(user, connection, r);
    if (r->n + *n >= BODY_MAX) r->is_large = true;
    else memcpy(r->body + r->n, data, *n), r->n += *n;
    *n = 0;
    return MHD_YES;
}

static void on_end(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)user, (void)connection, (void)why;
    free(*state);
    *state = NULL;
}

int main(int argc, char **argv)
{
    if (argc != 4) bare_die("usage: bare_postgres PORT CONNECTIONS postgresql://…", NULL);
    int port = bare_number(argv, 1, 1, 65535), connections = bare_number(argv, 2, 2, 64);
    make_tables(argv[3]);
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)port, NULL, NULL, on_request, argv[3], MHD_OPTION_SOCK_ADDR,
                         &here, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)connections, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (!daemon) bare_die("the port is taken", NULL);
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    pause();
    return 0;
}

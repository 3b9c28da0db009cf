/* A bare page server: so many indexed look-ups in one read transaction, then a
   page of so many bytes, every text of it escaped, over libmicrohttpd.
     bare_page PORT THREADS STORE LOOK-UPS BYTES
   STORE is made with 100,000 rows if it is missing. A thread has a connection
   and a prepared statement of its own. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baseline/bare_store.h"

enum { ROWS = 100000, LOOKUPS_MAX = 1000, BYTES_MAX = 4 << 20 };

typedef struct Server {
    const char *store;
    int lookups;
    size_t bytes;
} Server;

typedef struct Reader {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *look;
    uint32_t random;
} Reader;

typedef struct Text {
    char *p;
    size_t n, max;
} Text;

/* ---- the store ------------------------------------------------------------- */

#define NOTE "Prøvehandling: co-teaching i 4. årgang, \"tegn\" på læring & elevstemme indsamlet ugentligt."

static void make_store(const char *path)
{
    sqlite3 *db = NULL;
    if (access(path, F_OK) == 0) return;
    if (sqlite3_open(path, &db) != SQLITE_OK) bare_die(path, db);
    bare_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN;"
                  "CREATE TABLE unit (id INTEGER PRIMARY KEY, name TEXT NOT NULL, leader TEXT NOT NULL,"
                  " pupils INT NOT NULL, note TEXT NOT NULL) STRICT");
    sqlite3_stmt *add = bare_prepare(db, "INSERT INTO unit VALUES (?1, ?2, ?3, ?4, ?5)");
    for (int i = 1; i <= ROWS; i++) {
        char name[64], leader[64];
        snprintf(name, sizeof name, "Skolen ved Søen & Åen nr. %d", i);
        snprintf(leader, sizeof leader, "Leder <%d> Østergård", i);
        sqlite3_bind_int(add, 1, i);
        sqlite3_bind_text(add, 2, name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(add, 3, leader, -1, SQLITE_TRANSIENT);
        sqlite3_bind_int(add, 4, 100 + i % 700);
        sqlite3_bind_text(add, 5, NOTE, -1, SQLITE_STATIC);
        if (sqlite3_step(add) != SQLITE_DONE) bare_die("a row", db);
        sqlite3_reset(add);
    }
    sqlite3_finalize(add);
    bare_exec(db, "COMMIT; PRAGMA wal_checkpoint (TRUNCATE)");
    sqlite3_close(db);
}

static Reader *reader_of(const Server *server)
{
    static _Thread_local Reader mine;
    if (mine.db) return &mine;
    if (sqlite3_open_v2(server->store, &mine.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        bare_die(server->store, mine.db);
    sqlite3_busy_timeout(mine.db, 5000); /* two threads may open the log at the same moment */
    bare_exec(mine.db, "PRAGMA mmap_size = 268435456; PRAGMA cache_size = -16000");
    mine.begin = bare_prepare(mine.db, "BEGIN");
    mine.commit = bare_prepare(mine.db, "COMMIT");
    mine.look = bare_prepare(mine.db, "SELECT id, name, leader, pupils, note FROM unit WHERE id = ?1");
    mine.random = (uint32_t)gettid() * 2654435761u | 1u;
    return &mine;
}

/* ---- the page ---------------------------------------------------------------- */

static void add(Text *t, const char *p, size_t n)
{
    if (t->max - t->n < n) n = t->max - t->n;
    memcpy(t->p + t->n, p, n);
    t->n += n;
}
#define ADD(t, literal) add((t), (literal), sizeof(literal) - 1)

static void add_escaped(Text *t, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '&': ADD(t, "&amp;"); break;
        case '<': ADD(t, "&lt;"); break;
        case '>': ADD(t, "&gt;"); break;
        case '"': ADD(t, "&quot;"); break;
        default:
            if (t->n < t->max) t->p[t->n++] = *s;
        }
    }
}

static void add_number(Text *t, int n)
{
    char digits[16];
    add(t, digits, (size_t)snprintf(digits, sizeof digits, "%d", n));
}

static void add_row(Text *t, sqlite3_stmt *row, int i)
{
    ADD(t, "<tr><td>");
    add_number(t, sqlite3_column_int(row, 0) + i);
    ADD(t, "</td><td>");
    add_escaped(t, (const char *)sqlite3_column_text(row, 4));
    ADD(t, "</td><td class=\"align-text-right\">");
    add_number(t, sqlite3_column_int(row, 3) * (i + 7) % 101);
    ADD(t, " %</td></tr>");
}

#define END "</table></main></body></html>"

/* Head and table, cut or filled up to just the bytes that were asked for. */
static void draw(Text *t, sqlite3_stmt *row)
{
    t->max -= sizeof END - 1;
    ADD(t, "<!doctype html><html lang=\"da\"><head><meta charset=\"utf-8\"><title>");
    add_escaped(t, (const char *)sqlite3_column_text(row, 1));
    ADD(t, "</title><link rel=\"stylesheet\" href=\"/a/house.css\"></head><body><main><h1>");
    add_escaped(t, (const char *)sqlite3_column_text(row, 1));
    ADD(t, "</h1><p>Leder: ");
    add_escaped(t, (const char *)sqlite3_column_text(row, 2));
    ADD(t, "</p><table>");
    for (int i = 0; t->n < t->max; i++) add_row(t, row, i);
    t->max += sizeof END - 1;
    ADD(t, END);
}

static void step(Reader *r, sqlite3_stmt *st)
{
    int code = sqlite3_step(st);
    if (code != SQLITE_DONE && code != SQLITE_ROW) bare_die("a step", r->db);
}

static void make_page(const Server *server, Text *t)
{
    Reader *r = reader_of(server);
    bool many = server->lookups > 1; /* a single one is its own transaction */
    if (many) step(r, r->begin), sqlite3_reset(r->begin);
    for (int i = 0; i < server->lookups; i++) {
        sqlite3_reset(r->look);
        sqlite3_bind_int(r->look, 1, (int)(bare_random(&r->random) % ROWS) + 1);
        step(r, r->look);
    }
    draw(t, r->look);
    sqlite3_reset(r->look);
    if (many) step(r, r->commit), sqlite3_reset(r->commit);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **state)
{
    (void)url, (void)method, (void)version, (void)data, (void)n;
    const Server *server = user;
    if (!*state) { /* the head only; the answer comes with the second call */
        *state = user;
        return MHD_YES;
    }
    Text t = {.p = malloc(server->bytes), .max = server->bytes};
    if (!t.p) return MHD_NO;
    make_page(server, &t);
    struct MHD_Response *r = MHD_create_response_from_buffer(t.n, t.p, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(r, "Content-Type", "text/html; charset=utf-8");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    enum MHD_Result result = MHD_queue_response(connection, 200, r);
    MHD_destroy_response(r);
    return result;
}

int main(int argc, char **argv)
{
    static Server server; /* style: the program's whole state */
    if (argc != 6) bare_die("usage: bare_page PORT THREADS STORE LOOK-UPS BYTES", NULL);
    int port = bare_number(argv, 1, 1, 65535), threads = bare_number(argv, 2, 1, 64);
    server = (Server){argv[3], bare_number(argv, 4, 1, LOOKUPS_MAX), (size_t)bare_number(argv, 5, 400, BYTES_MAX)};
    make_store(server.store);
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)port, NULL, NULL, on_request,
                                                 &server, MHD_OPTION_SOCK_ADDR, &here, MHD_OPTION_THREAD_POOL_SIZE,
                                                 (unsigned)threads, MHD_OPTION_CONNECTION_LIMIT, 1024u, MHD_OPTION_END);
    if (!daemon) bare_die("the port is taken", NULL);
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    pause();
    return 0;
}

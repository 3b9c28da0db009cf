/* What the files of the PostgreSQL driver share; from below: postgres_trip.c
   (sending, collecting, faults), postgres_kept.c (statements of a connection),
   postgres_connect.c, postgres_statement.c, postgres.c (transactions, scripts and
   the driver's table). */
#ifndef DB_POSTGRES_INSIDE_H
#define DB_POSTGRES_INSIDE_H

#include <libpq-fe.h>

#include "db/driver.h"
#include "db/sqltext.h"

/* pg_type.h; fixed for ever by the protocol's clients. */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701, OID_JSONB = 3802 };

enum {
    WORDS_MAX = 400,         /* bytes of an engine's error kept for the log */
    PENDING_MAX = 4,         /* BEGIN or RELEASE, then SAVEPOINT, then COMMIT */
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

static inline PgConn *pg_of(DbConn *conn)
{
    return (PgConn *)conn;
}

/* ---- postgres_trip.c --------------------------------------------------- */

/* One trip: what was sent, in order, and what came back for each. */
enum { TRIP_MAX = PENDING_MAX + 4 };
typedef struct Trip {
    int sent;
    int controls; /* of what was sent first: statements that were pending */
    bool failed; /* something could not be sent, or the server refused something */
    PGresult *result[TRIP_MAX]; /* NULL from the first that never came */
} Trip;

/* Notes what PQsend… answered. */
void pg_sent(Trip *trip, int ok);
/* One statement without parameters. */
void pg_send_control(PgConn *conn, Trip *trip, const char *sql);
/* A control statement that waits until something is sent. */
void pg_add_pending(PgConn *conn, const char *sql);
/* Those that wait: first of a trip. */
void pg_send_pending(PgConn *conn, Trip *trip);
/* Syncs and collects; false: something failed, and the first failure's words are kept. */
bool pg_collect(PgConn *conn, Trip *trip);
/* Frees the results that nobody took. */
void pg_end_trip(Trip *trip);
/* What is pending, then one or two control statements, at once. */
bool pg_control(PgConn *conn, const char *first, const char *second);
/* No transaction is open any more. */
void pg_ended(PgConn *conn);
bool pg_is_fine(const PGresult *r);

/* Keeps what the log may know of a failure, until it is told. */
void pg_keep_words(PgConn *conn, const PGresult *r);
void pg_keep_lost(PgConn *conn);
/* The kept failure, or words of our own, as db_tell has it. */
MUST Err pg_tell(Ctx *c, PgConn *conn, const SqlDef *def);
MUST Err pg_tell_own(Ctx *c, PgConn *conn, const SqlDef *def, Str words);

/* ---- postgres_kept.c --------------------------------------------------- */

/* NULL when memory is out. */
Prepared *pg_kept(PgConn *conn, const SqlDef *def);
/* Room for the first, or for twice as many. */
bool pg_grow_kept(PgConn *conn);
/* The server has none of them. */
void pg_forget_kept(PgConn *conn);

/* ---- postgres_connect.c ------------------------------------------------ */

MUST Err pg_connect(Ctx *c, Store *store, bool read_only, DbConn **ret);
void pg_disconnect(DbConn *base);
/* A connection that broke is made again when the next transaction begins,
   never inside one. */
MUST Err pg_revive(Ctx *c, PgConn *conn);
/* By the simple protocol, outside pipeline mode. */
bool pg_simple(PgConn *conn, const char *sql);

/* ---- postgres_statement.c ---------------------------------------------- */

MUST Err pg_start(Ctx *c, DbConn *base, const SqlDef *def, const DbVal *args, int n, struct DbCursor **ret);
int pg_step(Ctx *c, struct DbCursor *cursor);
int64_t pg_changed(const struct DbCursor *cursor);
void pg_finish(struct DbCursor *cursor);
bool pg_is_null(const struct DbCursor *cursor, int col);
int64_t pg_i64(const struct DbCursor *cursor, int col);
double pg_real(const struct DbCursor *cursor, int col);
Str pg_str(Ctx *c, const struct DbCursor *cursor, int col);
Bytes pg_bytes(Ctx *c, const struct DbCursor *cursor, int col);

/* The house's SQL in the engine's words, in c->arena. */
MUST Err pg_translated(Ctx *c, Str house, const char **ret);
/* Moves the id sequences behind rows that came with their own ids, as SQLite's
   AUTOINCREMENT does by itself. Only tests, demo data and migrations write ids,
   so only passing texts and scripts come here. */
bool pg_move_ids(Ctx *c, PgConn *conn, Str house);

#endif

/* What an engine gives to db/ (private to db/). Two of them: sqlite.c and
   postgres.c; everything else in db/ is written once above this table. */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db/db.h"

/* What a failed statement means for the transaction and for a second try. */
typedef enum Fault {
    FAULT_NONE = 0,
    FAULT_RETRY,  /* serialization (40001), deadlock (40P01), SQLITE_BUSY: the same again may succeed */
    FAULT_FULL,   /* disk or memory full, I/O error: E_BUSY */
    FAULT_BROKEN, /* our own fault: bad SQL, constraint, corrupt file: E_BROKEN */
    FAULT_LOST,   /* the connection broke: E_BUSY; a COMMIT may or may not have happened, so it is never repeated */
} Fault;

typedef enum TxMode { TX_READ, TX_WRITE } TxMode;

struct DbCursor; /* the engine's running statement */

typedef struct Driver {
    Engine engine;
    /* A connection of its own. Messages are English, for the command line. */
    Err (*connect)(Ctx *c, Store *store, bool read_only, DbConn **ret);
    void (*disconnect)(DbConn *conn);
    /* Prepares (once a connection; kept by def), binds by name, starts. A def
       without a file is a passing text (tests, checks): its address comes
       again with another text, so it is prepared anew and never kept.
       n is not sqltext_params(text): E_BROKEN. Texts and blobs of args stay
       where they are until finish. */
    Err (*start)(Ctx *c, DbConn *conn, const SqlDef *def, const DbVal *args, int n, struct DbCursor **ret);
    /* 1 a row, 0 the end, -1 failed (told in the Ctx; conn->fault says how). */
    int (*step)(Ctx *c, struct DbCursor *cursor);
    int64_t (*changed)(const struct DbCursor *cursor);
    void (*finish)(struct DbCursor *cursor);
    bool (*is_null)(const struct DbCursor *cursor, int col);
    int64_t (*i64)(const struct DbCursor *cursor, int col);
    double (*real)(const struct DbCursor *cursor, int col);
    /* Valid until the next step; db.c copies. bytes: BLOB/BYTEA; where it must be
       decoded, in c->arena, and then nothing else is taken from there. */
    Str (*str)(Ctx *c, const struct DbCursor *cursor, int col);
    Bytes (*bytes)(Ctx *c, const struct DbCursor *cursor, int col);
    /* Several statements as text, in the house's SQL (translated here). */
    Err (*script)(Ctx *c, DbConn *conn, Str sql);
    /* TX_WRITE: BEGIN IMMEDIATE / SERIALIZABLE; TX_READ: a read-only snapshot. */
    Err (*begin)(Ctx *c, DbConn *conn, TxMode mode);
    Err (*commit)(Ctx *c, DbConn *conn);
    void (*rollback)(DbConn *conn);
    /* One name serves: savepoints of a batch are never nested. rollback_to
       also lets go of the savepoint. */
    Err (*savepoint)(Ctx *c, DbConn *conn);
    Err (*release)(Ctx *c, DbConn *conn);
    Err (*rollback_to)(Ctx *c, DbConn *conn);
    /* Does the transaction still stand after an error? */
    bool (*in_transaction)(DbConn *conn);

    /* One figure: the bytes that the store takes up. */
    const char *bytes_sql;

    /* These may be NULL where an engine has nothing to do. */
    /* The writer has had nothing to do for a moment: house-keeping. */
    void (*idle)(DbConn *conn);
    /* Around a migration: before its BEGIN, and before its COMMIT. */
    Err (*migration_begin)(Ctx *c, DbConn *conn);
    Err (*migration_check)(Ctx *c, DbConn *conn);
    /* db_settle (db.h). */
    Err (*settle)(Ctx *c, DbConn *conn, const char *table, bool *ret);
    /* Around the statements of schema_check, which read whole tables: no limit of time
       from begin to the end of the transaction. */
    Err (*check_begin)(Ctx *c, DbConn *conn);
    Err (*check_end)(Ctx *c, DbConn *conn);
} Driver;

/* Tells an engine's failure in the Ctx (db.c): the house's sentence when
   another try may help, else the engine's own words for the log. */
MUST Err db_tell(Ctx *c, DbConn *conn, Fault fault, const SqlDef *def, Str engine_words);

extern const Driver sqlite_driver, postgres_driver;

/* Every engine's connection struct begins with this. */
struct DbConn {
    const Driver *driver;
    Store *store;
    Fault fault;      /* of the last failed call; whoever wants to know sets FAULT_NONE first */
    bool read_only, in_use;
    bool only_in_transaction; /* the writer's: outside one a statement would be stored at once */
    struct DbConn *next;
    struct DbOpen *open; /* db.c: statements not yet done, newest first */
};

/* Ends every statement still open: at the end of a snapshot or a write, and
   before the arena that they were opened in is rewound. */
void db_close_open(DbConn *conn);

/* A passing statement: lives as long as its text, in c->arena. */
SqlDef db_passing(Ctx *c, Str sql);

struct Store {
    const Driver *driver;
    const char *where; /* file path or connection address, ended by zero */
    StoreOptions options;
    void *engine;      /* the driver's own shared state, or NULL */
    void *pool;        /* store.c: readers, lock, condition */
};

/* sqltext.c: the house's SQL to an engine's. Types by token (INTEGER→BIGINT …),
   INTEGER PRIMARY KEY → AUTOINCREMENT / IDENTITY, STRICT, ROWS($n, a INTEGER, …)
   → json_each / jsonb_array_elements over an array of arrays, NOW-free. See
   doc/sql.md. English sentence in the Ctx when the text leaves the subset. */
MUST Err sqltext_translate(Ctx *c, Engine engine, Str house_sql, Str *ret);
/* Highest $n in the text (outside literals); -1 when one is skipped. */
int sqltext_params(Str house_sql);

/* db's own tables (schema.c; sqlcheck makes them too). schema_step keeps the
   text of every script that shaped the store, in the order they ran: a backup
   carries them, so that an older shape can be made again by a program that
   knows only the newest one (backup.h). */
#define DB_VERSION_TABLE                                                         \
    "CREATE TABLE IF NOT EXISTS schema_version ("                                \
    " feature TEXT NOT NULL PRIMARY KEY CHECK (length(feature) > 0),"            \
    " version INTEGER NOT NULL CHECK (version > 0)) STRICT;"                     \
    "CREATE TABLE IF NOT EXISTS schema_step ("                                   \
    " id INTEGER PRIMARY KEY,"                                                   \
    " feature TEXT NOT NULL,"                                                    \
    " version INTEGER NOT NULL CHECK (version > 0)," /* that it led to */        \
    " sql TEXT NOT NULL,"                                                        \
    " UNIQUE (feature, version)) STRICT"

/* schema.c: a connection of its own in c->conn, until db_own_close(c, conn) or
   the end of the Ctx. */
MUST Err db_own_open(Ctx *c, Store *store, bool read_only, DbConn ***ret);
void db_own_close(Ctx *c, void *conn);

/* Whether schema_version is there at all: false in a store that was never made. */
MUST Err schema_is_made(Ctx *c, bool *ret);
/* schema_apply inside the write transaction that c has open, on a store whose
   migration_begin was called. */
MUST Err schema_apply_here(Ctx *c, const Schema *const *all, int n);

#endif

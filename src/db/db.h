/* The store: a thin layer over two engines (SQLite, PostgreSQL through libpq)
   and no more. SQL is written once, in the subset of doc/sql.md.

   A statement is a literal directly above its only user:
       SQL(OPEN_BY_SCHOOL, "SELECT id, title FROM trial WHERE school_id = $1 ORDER BY id LIMIT $2");
       Rows r = db_query(c, OPEN_BY_SCHOOL, school, TRIAL_PAGE + 1);
       while (db_next(&r)) … db_i64(&r, 0), db_str(&r, 1) …
       TRY(db_done(&r));
   Parameters are bound by NAME ($1 … $24), whatever the order they first appear in.
   Text and blobs that come out are copied into c->arena and live as long as it.
   Nobody says BEGIN: readers run in a snapshot (db_read_begin), writers in the
   writer's batch (writer.h). */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/ctx.h"
#include "base/str.h"

typedef struct Store Store;
typedef struct DbConn DbConn;

typedef enum Engine { ENGINE_SQLITE, ENGINE_POSTGRES } Engine;

/* ---- statements ------------------------------------------------------- */

typedef struct SqlDef {
    const char *file;
    int line;
    const char *name;
    const char *text;
    const char *scan_ok; /* why a scan of a big table is right here; NULL: it is not */
} SqlDef;

/* Every SQL() of the program is found through a linker section, for sqlcheck
   (doc/sql.md) and the tests that prepare all of them on both engines. */
#define SQL_DEFINE(NAME, why, sql)                                                              \
    static const SqlDef NAME##_DEF_ = {__FILE__, __LINE__, #NAME, sql, why};                     \
    static const SqlDef *const NAME __attribute__((section("traad_sql"), used)) = &NAME##_DEF_
#define SQL(NAME, sql) SQL_DEFINE(NAME, NULL, sql)
#define SQL_SCAN(NAME, why, sql) SQL_DEFINE(NAME, why, sql)
/* All of them, in link order. */
const SqlDef *const *sql_all(ptrdiff_t *ret_n);

/* ---- parameters ------------------------------------------------------- */

typedef struct DbVal {
    enum { DB_NULL, DB_INT, DB_REAL, DB_TEXT, DB_BLOB } kind;
    int64_t i;
    double real;
    Str s;
} DbVal;

typedef struct Bytes {
    const void *p;
    ptrdiff_t n;
} Bytes;

static inline DbVal db_val_int(int64_t v) { return (DbVal){.kind = DB_INT, .i = v}; }
static inline DbVal db_val_real(double v) { return (DbVal){.kind = DB_REAL, .real = v}; }
static inline DbVal db_val_str(Str s) { return (DbVal){.kind = DB_TEXT, .s = s}; }
static inline DbVal db_val_bytes(Bytes b) { return (DbVal){.kind = DB_BLOB, .s = {b.p, b.n}}; }
static inline DbVal db_val_date(Date d) { return (DbVal){.kind = DB_INT, .i = d.day}; }
static inline DbVal db_val_self(DbVal v) { return v; }
/* A one-field id struct: eight bytes that are an int64. */
static inline DbVal db_val_id(const void *id) { return (DbVal){.kind = DB_INT, .i = *(const int64_t *)id}; }

/* NULL where the condition does not hold: DB_IF(d.day != 0, d). */
#define DB_IF(cond, x) ((cond) ? DB_VAL(x) : (DbVal){.kind = DB_NULL})
#define DB_NONE ((DbVal){.kind = DB_NULL})

/* int, int64, double, Str, Date, Instant, Bytes, DbVal, or a one-field id
   struct; anything else (a pointer above all) does not compile. */
#define DB_VAL(x)                                                                                  \
    _Generic((x),                                                                                  \
        int: db_val_int, unsigned: db_val_int, long: db_val_int, long long: db_val_int,            \
        _Bool: db_val_int, double: db_val_real, Str: db_val_str, Bytes: db_val_bytes,              \
        Date: db_val_date, DbVal: db_val_self,                                                     \
        default: db_val_id)(DB_VAL_ARG_(x))
#define DB_VAL_ARG_(x)                                                                             \
    _Generic((x),                                                                                  \
        int: (x), unsigned: (x), long: (x), long long: (x), _Bool: (x), double: (x), Str: (x),     \
        Bytes: (x), Date: (x), DbVal: (x), default: (__typeof__(x)[DB_VAL_FITS_(x)]){x})
#define DB_VAL_FITS_(x)                                                                            \
    _Generic((x),                                                                                  \
        int: 1, unsigned: 1, long: 1, long long: 1, _Bool: 1, double: 1, Str: 1, Bytes: 1,         \
        Date: 1, DbVal: 1,                                                                         \
        default: sizeof(x) == 8 && __builtin_classify_type(x) == 12 ? 1 : -1)

#define DB_MAP_0()
#define DB_MAP_1(x) DB_VAL(x)
#define DB_MAP_2(x, ...) DB_VAL(x), DB_MAP_1(__VA_ARGS__)
#define DB_MAP_3(x, ...) DB_VAL(x), DB_MAP_2(__VA_ARGS__)
#define DB_MAP_4(x, ...) DB_VAL(x), DB_MAP_3(__VA_ARGS__)
#define DB_MAP_5(x, ...) DB_VAL(x), DB_MAP_4(__VA_ARGS__)
#define DB_MAP_6(x, ...) DB_VAL(x), DB_MAP_5(__VA_ARGS__)
#define DB_MAP_7(x, ...) DB_VAL(x), DB_MAP_6(__VA_ARGS__)
#define DB_MAP_8(x, ...) DB_VAL(x), DB_MAP_7(__VA_ARGS__)
#define DB_MAP_9(x, ...) DB_VAL(x), DB_MAP_8(__VA_ARGS__)
#define DB_MAP_10(x, ...) DB_VAL(x), DB_MAP_9(__VA_ARGS__)
#define DB_MAP_11(x, ...) DB_VAL(x), DB_MAP_10(__VA_ARGS__)
#define DB_MAP_12(x, ...) DB_VAL(x), DB_MAP_11(__VA_ARGS__)
#define DB_MAP_13(x, ...) DB_VAL(x), DB_MAP_12(__VA_ARGS__)
#define DB_MAP_14(x, ...) DB_VAL(x), DB_MAP_13(__VA_ARGS__)
#define DB_MAP_15(x, ...) DB_VAL(x), DB_MAP_14(__VA_ARGS__)
#define DB_MAP_16(x, ...) DB_VAL(x), DB_MAP_15(__VA_ARGS__)
#define DB_PICK_(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, name, ...) name
#define DB_MAP_(...)                                                                               \
    DB_PICK_(_, ##__VA_ARGS__, DB_MAP_16, DB_MAP_15, DB_MAP_14, DB_MAP_13, DB_MAP_12, DB_MAP_11,   \
             DB_MAP_10, DB_MAP_9, DB_MAP_8, DB_MAP_7, DB_MAP_6, DB_MAP_5, DB_MAP_4, DB_MAP_3,      \
             DB_MAP_2, DB_MAP_1, DB_MAP_0)(__VA_ARGS__)
/* Sixteen at most: a wider row goes in as JSON through ROWS() (doc/sql.md). */
#define DB_ARGS_(...)                                                                              \
    (const DbVal[]){DB_MAP_(__VA_ARGS__) __VA_OPT__(, ){0}},                                       \
        (int)(sizeof((const DbVal[]){DB_MAP_(__VA_ARGS__) __VA_OPT__(, ){0}}) / sizeof(DbVal)) - 1

/* ---- running ---------------------------------------------------------- */

typedef struct Rows {
    Ctx *c;
    struct DbCursor *cursor; /* NULL once done or failed */
    Err err;
} Rows;

/* Errors show at db_done. A statement still open when its snapshot or write
   ends is closed then. Texts and blobs given as parameters must stay where
   they are until db_done: they are not copied. */
Rows db_query_(Ctx *c, const SqlDef *def, const DbVal *args, int n);
#define db_query(c, def, ...) db_query_((c), (def), DB_ARGS_(__VA_ARGS__))
bool db_next(Rows *r);
int64_t db_i64(const Rows *r, int col); /* NULL gives 0 */
double db_real(const Rows *r, int col);
Str db_str(const Rows *r, int col);     /* NULL gives an empty text */
Bytes db_bytes(const Rows *r, int col);
bool db_is_null(const Rows *r, int col);
MUST Err db_done(Rows *r);

/* Changed rows into *ret_changed unless NULL. Engine faults become E_BUSY
   (full disk, locked, serialization) or E_BROKEN, told once in the Ctx. */
MUST Err db_exec_(Ctx *c, const SqlDef *def, int *ret_changed, const DbVal *args, int n);
#define db_exec(c, def, ret_changed, ...) db_exec_((c), (def), (ret_changed), DB_ARGS_(__VA_ARGS__))
/* For "INSERT … RETURNING id" and single figures: the first column of the
   first row; E_NOT_FOUND (without a message) when there is none. */
MUST Err db_one_i64_(Ctx *c, const SqlDef *def, int64_t *ret, const DbVal *args, int n);
#define db_one_i64(c, def, ret, ...) db_one_i64_((c), (def), (ret), DB_ARGS_(__VA_ARGS__))

/* ---- store and connections -------------------------------------------- */

typedef struct StoreOptions {
    bool create;          /* SQLite: make the file if missing; else that is an error */
    int readers;          /* connections for reading, 4 unless set; one a thread that reads */
    const char *vfs;      /* SQLite VFS, NULL the system's (tests: the fault VFS) */
} StoreOptions;

/* where: a file, ":memory:" is refused (readers could not see it; tests use a
   file in /dev/shm), or postgresql://… .
   The sentence of an error is English, for the command line. */
MUST Err store_open(Ctx *c, Str where, StoreOptions options, Store **ret);
void store_close(Store *store);
Engine store_engine(const Store *store);

/* A read-only snapshot for this Ctx, on a connection of the store's pool; ends
   at db_read_end or with the Ctx. E_BUSY when every reader is taken for over
   a second. */
MUST Err db_read_begin(Ctx *c, Store *store);
/* Bytes that the store takes up; in a snapshot or a write of c. SQLite: without the log beside it. */
MUST Err db_store_bytes(Ctx *c, int64_t *ret);
/* Nothing happens when there is no snapshot. */
void db_read_end(Ctx *c);

/* Runs several statements given as text (schema, migrations, tests only). */
MUST Err db_script(Ctx *c, Str sql);
/* One statement given as text, with c->conn: for tests, and for what is asked before there are tables. */
MUST Err db_test_exec(Ctx *c, Str sql);
MUST Err db_test_i64(Ctx *c, Str sql, int64_t *ret);
/* For unit tests of what features write: a write transaction on a connection
   of its own, rolled back and closed when the Ctx ends. Merged increments
   (writer.h) are written at once, after-commit and record hooks never. */
MUST Err db_test_begin(Ctx *c, Store *store);

/* First in a write, before any statement of it: whether every other transaction
   that had a hand in `table` has ended, and none begins before this one ends. So
   what this write then reads there is complete: no row can come later with a
   lower id than one it saw. SQLite has one writer, so always. PostgreSQL: a lock
   that waits a tenth of a second at most; false also when the transaction has
   begun to read. */
MUST Err db_settle(Ctx *c, const char *table, bool *ret);

/* ---- schema ------------------------------------------------------------ */

typedef struct Migration {
    int number; /* of its file, from 1, without gaps */
    const char *name;
    const char *sql;
} Migration;

/* What a folder under core/ or feature/ stores; made at build from its files. */
typedef struct Schema {
    const char *feature;
    const char *schema_sql;       /* newest shape */
    const char *check_sql;        /* statements that must return no row; may be "" */
    const Migration *migrations;  /* steps from version 1; version = migration_count + 1 */
    int migration_count;
} Schema;

/* Makes or migrates every schema, in the order given (foreign keys point to
   earlier ones), each in one transaction. E_CONFLICT when the store is newer
   than this program. *ret_migrated says whether anything changed. */
MUST Err schema_apply(Ctx *c, Store *store, const Schema *const *all, int n, bool *ret_migrated);
/* True when schema_apply would run a migration (so that a backup goes first). */
MUST Err schema_needs_migration(Ctx *c, Store *store, const Schema *const *all, int n, bool *ret);
/* Runs every check.sql in the snapshot of c, which has no limit of time from here
   on (PostgreSQL: else 30 s a statement); a statement may end with a name in a
   comment of its own. *ret_bad counts the offending rows; each statement
   that has any is told as a ctx_problem (field: the feature; its first row). */
MUST Err schema_check(Ctx *c, const Schema *const *all, int n, int64_t *ret_bad);

#endif

/* Making, migrating and checking the tables. Each schema's version is a row of
   schema_version, written in the transaction that brought it there, so a store
   is never between two shapes; the scripts that led there are in schema_step. */
#include "db/db.h"
#include "db/driver.h"
#include "db/sqltext.h"

enum { ROW_MAX = 400 }; /* bytes of an offending row that are told */

/* ---- versions ---------------------------------------------------------- */

SQL(VERSION_GET, "SELECT version FROM schema_version WHERE feature = $1");
SQL(VERSION_SET, "INSERT INTO schema_version (feature, version) VALUES ($1, $2)"
                 " ON CONFLICT (feature) DO UPDATE SET version = excluded.version");

SQL(STEP_ADD, "INSERT INTO schema_step (feature, version, sql) VALUES ($1, $2, $3)"
              " ON CONFLICT (feature, version) DO NOTHING");
SQL(STEP_ANY, "SELECT count(*) FROM schema_step WHERE feature = $1");

/* 0 when the store does not have it yet. */
static Err version_of(Ctx *c, const Schema *schema, int64_t *ret)
{
    int64_t version = 0;
    Err err = db_one_i64(c, VERSION_GET, &version, str_of_z(schema->feature));
    if (err != OK && err != E_NOT_FOUND) return err;
    *ret = version;
    return OK;
}

static int64_t newest(const Schema *schema)
{
    return schema->migration_count + 1;
}

static Err refuse_newer(Ctx *c, const Schema *schema)
{
    Str why = STR_CAT(c->arena, S("The store is newer than this program: "), str_of_z(schema->feature),
                      S(". Use the program that last wrote to it, or a backup."));
    return fail(c, E_CONFLICT, msg_verbatim(why));
}

/* ---- applying ---------------------------------------------------------- */

/* One script, and its text for a backup to tell. */
static Err run_step(Ctx *c, const Schema *schema, int64_t leads_to, const char *sql)
{
    TRY(db_script(c, str_of_z(sql)));
    return db_exec(c, STEP_ADD, NULL, str_of_z(schema->feature), leads_to, str_of_z(sql));
}

static Err run_steps(Ctx *c, const Schema *schema, int64_t from)
{
    if (from == 0) return run_step(c, schema, newest(schema), schema->schema_sql);
    for (int64_t i = from - 1; i < schema->migration_count; i++)
        TRY(run_step(c, schema, i + 2, schema->migrations[i].sql));
    return OK;
}

/* A store made before steps were kept: in its newest shape it is what
   schema.sql makes. */
static Err keep_step(Ctx *c, const Schema *schema)
{
    int64_t steps = 0;
    TRY(db_one_i64(c, STEP_ANY, &steps, str_of_z(schema->feature)));
    if (steps) return OK;
    return db_exec(c, STEP_ADD, NULL, str_of_z(schema->feature), newest(schema), str_of_z(schema->schema_sql));
}

static Err apply_in_transaction(Ctx *c, const Schema *schema, bool *ret_changed)
{
    int64_t version = 0;
    TRY(version_of(c, schema, &version));
    if (version > newest(schema)) return refuse_newer(c, schema);
    if (version == newest(schema)) return keep_step(c, schema);
    TRY(run_steps(c, schema, version));
    TRY(db_exec(c, VERSION_SET, NULL, str_of_z(schema->feature), newest(schema)));
    if (version > 0 && c->conn->driver->migration_check) TRY(c->conn->driver->migration_check(c, c->conn));
    *ret_changed = true;
    return OK;
}

Err schema_apply_here(Ctx *c, const Schema *const *all, int n)
{
    const Driver *d = c->conn->driver;
    bool changed = false;
    for (int i = 0; i < n; i++) {
        if (d->migration_begin) TRY(d->migration_begin(c, c->conn)); /* as in apply_one */
        TRY(apply_in_transaction(c, all[i], &changed));
    }
    return OK;
}

static Err apply_one(Ctx *c, const Schema *schema, bool *ret_changed)
{
    const Driver *d = c->conn->driver;
    bool changed = false;
    if (d->migration_begin) TRY(d->migration_begin(c, c->conn)); /* migration_check of the one before has ended it */
    TRY(d->begin(c, c->conn, TX_WRITE));
    Err err = apply_in_transaction(c, schema, &changed);
    db_close_open(c->conn);
    if (err == OK) err = d->commit(c, c->conn);
    if (err != OK) {
        d->rollback(c->conn);
        return err;
    }
    if (changed) *ret_changed = true;
    return OK;
}

static Err apply_all(Ctx *c, const Schema *const *all, int n, bool *ret_changed)
{
    const Driver *d = c->conn->driver;
    TRY(d->begin(c, c->conn, TX_WRITE));
    Err err = db_script(c, S(DB_VERSION_TABLE));
    if (err == OK) err = d->commit(c, c->conn);
    if (err != OK) {
        d->rollback(c->conn);
        return err;
    }
    for (int i = 0; i < n; i++) TRY(apply_one(c, all[i], ret_changed));
    return OK;
}

/* A full arena would leave the connection to the end of the Ctx. */
void db_own_close(Ctx *c, void *data)
{
    DbConn **conn = data;
    if (!*conn) return;
    db_close_open(*conn);
    (*conn)->driver->rollback(*conn);
    (*conn)->driver->disconnect(*conn);
    *conn = NULL;
    c->conn = NULL;
}

Err db_own_open(Ctx *c, Store *store, bool read_only, DbConn ***ret)
{
    if (c->conn) return fail(c, E_BROKEN, msg_verbatim(S("a snapshot or a write is open already")));
    DbConn **conn = NEW(c->arena, DbConn *, 1);
    ctx_at_end(c, db_own_close, conn);
    TRY(store->driver->connect(c, store, read_only, conn));
    c->conn = *conn;
    *ret = conn;
    return OK;
}

Err schema_apply(Ctx *c, Store *store, const Schema *const *all, int n, bool *ret_migrated)
{
    DbConn **conn = NULL;
    bool changed = false;
    TRY(db_own_open(c, store, false, &conn));
    Err err = apply_all(c, all, n, &changed);
    db_own_close(c, conn);
    TRY(err);
    *ret_migrated = changed;
    return OK;
}

/* ---- asking ------------------------------------------------------------ */

/* The question ends with an error when there is no table, and on PostgreSQL a
   transaction with it: hence none around, and a Ctx of its own to be told in. */
Err schema_is_made(Ctx *c, bool *ret)
{
    int64_t n = 0;
    Ctx probe = *c;
    Err err = db_test_i64(&probe, S("SELECT count(*) FROM schema_version"), &n);
    if (err != OK && c->conn->fault != FAULT_BROKEN) return ctx_fail(c, err, probe.message, __FILE__, __LINE__);
    *ret = err == OK;
    return OK;
}

static Err any_older(Ctx *c, const Schema *const *all, int n, bool *ret)
{
    bool older = false;
    for (int i = 0; i < n; i++) {
        int64_t version = 0;
        TRY(version_of(c, all[i], &version));
        if (version > newest(all[i])) return refuse_newer(c, all[i]);
        if (version > 0 && version < newest(all[i])) older = true;
    }
    *ret = older;
    return OK;
}

Err schema_needs_migration(Ctx *c, Store *store, const Schema *const *all, int n, bool *ret)
{
    DbConn **conn = NULL;
    bool is_made = false, older = false;
    TRY(db_own_open(c, store, true, &conn));
    Err err = schema_is_made(c, &is_made);
    if (err == OK && is_made) err = any_older(c, all, n, &older);
    db_own_close(c, conn);
    TRY(err);
    *ret = older;
    return OK;
}

/* ---- checking ---------------------------------------------------------- */

static Str first_line(Str statement)
{
    Str rest = str_trim(statement), line = {0};
    while (str_split(&rest, '\n', &line))
        if (str_trim(line).n > 0 && !str_starts(str_trim(line), S("--"))) return str_trim(line);
    return str_trim(statement);
}

/* Counts the rows of one statement; the first column of the first is told. */
static Err check_one(Ctx *c, const Schema *schema, Str statement, int64_t *bad)
{
    SqlDef def = db_passing(c, statement);
    int64_t rows = 0;
    Str first = {0};
    Rows r = db_query_(c, &def, NULL, 0);
    while (db_next(&r))
        if (rows++ == 0) first = str_sub(db_str(&r, 0), 0, ROW_MAX);
    TRY(db_done(&r));
    if (rows == 0) return OK;
    *bad += rows;
    Str what = STR_CAT(c->arena, first_line(statement), S(" → "), first);
    ctx_problem(c, str_of_z(schema->feature), msg_verbatim(what));
    return OK;
}

static Err check_all(Ctx *c, const Schema *const *all, int n, int64_t *bad)
{
    for (int i = 0; i < n; i++) {
        Str rest = str_of_z(all[i]->check_sql), statement = {0};
        while (sqltext_split(&rest, &statement)) TRY(check_one(c, all[i], statement, bad));
    }
    return OK;
}

Err schema_check(Ctx *c, const Schema *const *all, int n, int64_t *ret_bad)
{
    int64_t bad = 0;
    const Driver *d = c->conn->driver;
    if (d->check_begin) TRY(d->check_begin(c, c->conn));
    TRY(check_all(c, all, n, &bad));
    if (d->check_end) TRY(d->check_end(c, c->conn));
    *ret_bad = bad;
    return OK;
}

/* The query API over an engine: what db.h promises about parameters, copies,
   open statements and errors stands here once, for both engines. */
#include "db/db.h"

#include <assert.h>
#include <limits.h>

#include "db/driver.h"

/* A statement between its start and its end; lives in the arena of the Ctx
   that opened it. The list hangs on the connection and not on the Ctx: a
   connection serves one Ctx at a time, and a write that ends early must lose
   its statements before its savepoint is closed, long before its Ctx ends. */
typedef struct DbOpen {
    struct DbCursor *cursor;
    struct DbOpen *next;
} DbOpen;

extern const SqlDef *const __start_traad_sql[] __attribute__((weak));
extern const SqlDef *const __stop_traad_sql[] __attribute__((weak));

const SqlDef *const *sql_all(ptrdiff_t *ret_n)
{
    *ret_n = __stop_traad_sql - __start_traad_sql;
    return __start_traad_sql;
}

/* ---- errors ------------------------------------------------------------ */

Err db_tell(Ctx *c, DbConn *conn, Fault fault, const SqlDef *def, Str engine_words)
{
    const char *file = def && def->file ? def->file : __FILE__;
    int line = def && def->file ? def->line : __LINE__;
    if (conn) conn->fault = fault;
    if (fault == FAULT_RETRY)
        return ctx_fail(c, E_BUSY, T("Der er travlt lige nu, så vi nåede det ikke. Intet er gemt. Prøv igen om lidt."), file, line);
    if (fault != FAULT_BROKEN)
        return ctx_fail(c, E_BUSY,
                        T("Rød Tråd kan ikke gemme eller hente noget lige nu, for lageret svarer ikke eller er fuldt. Intet er gemt."
                          " Prøv igen om lidt. Bliver det ved, så sig det til kommunens administrator."),
                        file, line);
    Str name = str_of_z(def ? def->name : NULL);
    Str words = STR_CAT(c->arena, name, name.n ? S(": ") : S(""), engine_words);
    return ctx_fail(c, E_BROKEN, msg_verbatim(words), file, line);
}

static Err no_connection(Ctx *c, const SqlDef *def)
{
    return db_tell(c, NULL, FAULT_BROKEN, def, S("no snapshot or write is open in this Ctx"));
}

/* ---- running ----------------------------------------------------------- */

void db_close_open(DbConn *conn)
{
    for (DbOpen *open = conn->open; open; open = open->next) conn->driver->finish(open->cursor);
    conn->open = NULL;
}

static void close_cursor(DbConn *conn, struct DbCursor *cursor)
{
    for (DbOpen **at = &conn->open; *at; at = &(*at)->next) {
        if ((*at)->cursor != cursor) continue;
        *at = (*at)->next;
        conn->driver->finish(cursor);
        return;
    }
}

/* A write that hides a failure may go on after the failure has ended the
   transaction: what it does then must not be stored, since it runs again. */
static bool is_adrift(DbConn *conn)
{
    return conn->only_in_transaction && !conn->driver->in_transaction(conn);
}

/* PostgreSQL cannot hold a zero byte in a text and SQLite would: refused here,
   so that both engines say the same. */
static bool has_zero_text(const DbVal *args, int n)
{
    for (int i = 0; i < n; i++)
        if (args[i].kind == DB_TEXT && str_has_zero(args[i].s)) return true;
    return false;
}

/* The list's node is taken before the start: a full arena must not leave a
   running statement that nobody knows of. */
static Err start(Ctx *c, const SqlDef *def, const DbVal *args, int n, struct DbCursor **ret)
{
    if (!c->conn) return no_connection(c, def);
    if (has_zero_text(args, n)) return fail(c, E_INVALID, T("Teksten har et usynligt tegn, der ikke kan gemmes. Skriv den igen."));
    if (is_adrift(c->conn)) return db_tell(c, c->conn, c->conn->fault, def, S("the transaction is gone"));
    DbOpen *open = NEW(c->arena, DbOpen, 1);
    TRY(c->conn->driver->start(c, c->conn, def, args, n, &open->cursor));
    open->next = c->conn->open;
    c->conn->open = open;
    *ret = open->cursor;
    return OK;
}

Rows db_query_(Ctx *c, const SqlDef *def, const DbVal *args, int n)
{
    Rows r = {.c = c};
    r.err = start(c, def, args, n, &r.cursor);
    return r;
}

static void let_go(Rows *r)
{
    if (r->cursor) close_cursor(r->c->conn, r->cursor);
    r->cursor = NULL;
}

static Err err_of_fault(const DbConn *conn)
{
    return conn->fault == FAULT_BROKEN ? E_BROKEN : E_BUSY;
}

bool db_next(Rows *r)
{
    if (!r->cursor) return false;
    DbConn *conn = r->c->conn;
    int got = conn->driver->step(r->c, r->cursor);
    if (got > 0) return true;
    if (got < 0) r->err = err_of_fault(conn);
    let_go(r);
    return false;
}

Err db_done(Rows *r)
{
    let_go(r);
    return r->err;
}

/* ---- columns ----------------------------------------------------------- */

int64_t db_i64(const Rows *r, int col)
{
    assert(r->cursor);
    return r->c->conn->driver->i64(r->cursor, col);
}

double db_real(const Rows *r, int col)
{
    assert(r->cursor);
    return r->c->conn->driver->real(r->cursor, col);
}

Str db_str(const Rows *r, int col)
{
    assert(r->cursor);
    return str_copy(r->c->arena, r->c->conn->driver->str(r->c, r->cursor, col));
}

/* What the engine had to decode lies in the arena already. */
Bytes db_bytes(const Rows *r, int col)
{
    assert(r->cursor);
    const char *before = r->c->arena->next;
    Bytes b = r->c->conn->driver->bytes(r->c, r->cursor, col);
    if (r->c->arena->next != before) return b;
    Str copy = str_copy(r->c->arena, (Str){b.p, b.n});
    return (Bytes){copy.p, copy.n};
}

bool db_is_null(const Rows *r, int col)
{
    assert(r->cursor);
    return r->c->conn->driver->is_null(r->cursor, col);
}

/* ---- whole statements -------------------------------------------------- */

Err db_exec_(Ctx *c, const SqlDef *def, int *ret_changed, const DbVal *args, int n)
{
    Rows r = db_query_(c, def, args, n);
    int64_t changed = 0;
    while (r.cursor) {
        int got = c->conn->driver->step(c, r.cursor);
        if (got > 0) continue;
        if (got < 0)
            r.err = err_of_fault(c->conn);
        else
            changed = c->conn->driver->changed(r.cursor);
        let_go(&r);
    }
    TRY(r.err);
    if (ret_changed) *ret_changed = changed > INT_MAX ? INT_MAX : (int)changed;
    return OK;
}

Err db_one_i64_(Ctx *c, const SqlDef *def, int64_t *ret, const DbVal *args, int n)
{
    Rows r = db_query_(c, def, args, n);
    bool found = db_next(&r);
    int64_t value = found ? db_i64(&r, 0) : 0;
    TRY(db_done(&r));
    if (!found) return E_NOT_FOUND;
    *ret = value;
    return OK;
}

/* ---- texts ------------------------------------------------------------- */

Err db_script(Ctx *c, Str sql)
{
    if (!c->conn) return no_connection(c, NULL);
    if (is_adrift(c->conn)) return db_tell(c, c->conn, c->conn->fault, NULL, S("the transaction is gone"));
    return c->conn->driver->script(c, c->conn, sql);
}

Err db_settle(Ctx *c, const char *table, bool *ret)
{
    if (!c->conn) return no_connection(c, NULL);
    *ret = true;
    if (!c->conn->driver->settle) return OK;
    return c->conn->driver->settle(c, c->conn, table, ret);
}

SqlDef db_passing(Ctx *c, Str sql)
{
    return (SqlDef){.name = "text", .text = str_z(c->arena, sql)};
}

Err db_test_exec(Ctx *c, Str sql)
{
    SqlDef def = db_passing(c, sql);
    return db_exec_(c, &def, NULL, NULL, 0);
}

Err db_test_i64(Ctx *c, Str sql, int64_t *ret)
{
    SqlDef def = db_passing(c, sql);
    return db_one_i64_(c, &def, ret, NULL, 0);
}

Err db_store_bytes(Ctx *c, int64_t *ret)
{
    if (!c->conn) return no_connection(c, NULL);
    SqlDef def = db_passing(c, str_of_z(c->conn->driver->bytes_sql));
    return db_one_i64_(c, &def, ret, NULL, 0);
}

/* The rules of doc/sql.md that need the engines. An empty SQLite database in
   memory gets every schema; each statement is prepared there under an
   authorizer that knows whose table is whose, and its plan is read. PostgreSQL
   gets the same in a schema of its own, inside one transaction that is rolled
   back. Nothing is ever run. */
#include "db/sqlcheck.h"

#include <sqlite3.h>

#include "base/number.h"
#include "db/driver.h"
#include "db/postgres.h"
#include "db/sqltext.h"

enum { TABLES_MAX = 2000 };

/* A table or view, and the folder that owns it. */
typedef struct Table {
    Str name, owner, sql;
    bool is_view, is_big;
    bool used; /* a view that the statement at hand reads through */
    bool told; /* of the statement at hand: once is enough */
} Table;

typedef struct Checker {
    Ctx *c;
    const SqlCheck *what;
    SqlReport report;
    sqlite3 *db;
    Table *tables;
    int table_count;
    const SqlDef *def; /* at hand */
    Str owner;         /* of it */
} Checker;

static void tell(Checker *k, Str a, Str b, Str c, Str d)
{
    sql_report(&k->report, k->def, a, b, c, d);
}

static Table *table_of(const Checker *k, Str name)
{
    for (int i = 0; i < k->table_count; i++)
        if (str_eq(k->tables[i].name, name)) return &k->tables[i];
    return NULL;
}

/* ---- whose ------------------------------------------------------------- */

/* src/feature/NAME/… and src/core/NAME/… are NAME's, src/db/… is db's. */
static Str owner_of_file(Str path)
{
    ptrdiff_t at = str_find(path, S("src/"), 0);
    Str rest = str_sub(path, at < 0 ? 0 : at + 4, path.n), part = {0};
    if (!str_split(&rest, '/', &part) || rest.n < 0) return S("");
    bool is_floor_of_many = str_eq(part, S("feature")) || str_eq(part, S("core"));
    if (is_floor_of_many && str_find_char(rest, '/', 0) >= 0) (void)str_split(&rest, '/', &part);
    return part;
}

static bool is_published(const Table *t)
{
    Str rest = str_sub(t->name, 2, t->name.n);
    Str behind = str_sub(rest, t->owner.n, rest.n);
    return t->is_view && str_starts(t->name, S("v_")) && str_starts(rest, t->owner) && (behind.n == 0 || behind.p[0] == '_');
}

/* SQLite calls this while it prepares: no arena that could jump. */
static void see_access(Checker *k, bool writes, const char *name, const char *through)
{
    Table *t = table_of(k, str_of_z(name)), *view = through ? table_of(k, str_of_z(through)) : NULL;
    if (view) view->used = true;
    if (!t) return; /* json_each, the engine's own */
    Str actor = view ? view->owner : k->owner;
    if (str_eq(t->owner, actor) || t->told) return;
    t->told = writes || !is_published(t);
    if (writes) tell(k, S("writes "), t->name, S(", which belongs to "), t->owner);
    else if (t->told) tell(k, S("reads "), t->name, S(", not a published view of "), t->owner);
}

static int authorize(void *user, int action, const char *a, const char *b, const char *database, const char *through)
{
    Checker *k = user;
    (void)b;
    (void)database;
    switch (action) {
    case SQLITE_READ: see_access(k, false, a, through); break;
    case SQLITE_INSERT: case SQLITE_UPDATE: case SQLITE_DELETE: see_access(k, true, a, through); break;
    case SQLITE_SELECT: case SQLITE_FUNCTION: case SQLITE_RECURSIVE: break;
    default: tell(k, S("does something other than reading and writing rows"), S(""), S(""), S("")); break;
    }
    return SQLITE_OK;
}

/* ---- the schemas in SQLite --------------------------------------------- */

/* "-- big" on the line of CREATE TABLE. */
static bool is_marked_big(Str schema, Str table, Arena scratch)
{
    Str head = STR_CAT(&scratch, S("CREATE TABLE "), table, S(" ("));
    ptrdiff_t at = str_find(schema, head, 0);
    if (at < 0) return false;
    ptrdiff_t end = str_find_char(schema, '\n', at);
    return str_find(str_sub(schema, at, end < 0 ? schema.n : end), S("-- big"), 0) >= 0;
}

static void add_table(Checker *k, Str owner, Str schema, sqlite3_stmt *row)
{
    Arena *arena = k->c->arena;
    Str name = str_copy(arena, str_of_z((const char *)sqlite3_column_text(row, 0)));
    if (table_of(k, name) || k->table_count == TABLES_MAX) return;
    k->tables[k->table_count++] = (Table){
        .name = name,
        .owner = owner,
        .sql = str_copy(arena, str_of_z((const char *)sqlite3_column_text(row, 1))),
        .is_view = sqlite3_column_int(row, 2),
        .is_big = is_marked_big(schema, name, *arena),
    };
}

static Err sqlite_words(Checker *k)
{
    return fail(k->c, E_BROKEN, msg_verbatim(str_copy(k->c->arena, str_of_z(sqlite3_errmsg(k->db)))));
}

/* What a schema has added since the last one is its owner's. */
static Err note_tables(Checker *k, Str owner, Str schema)
{
    static const char sql[] = "SELECT name, sql, type = 'view' FROM sqlite_schema WHERE type IN ('table', 'view')"
                              " AND name NOT GLOB 'sqlite_*' ORDER BY rowid";
    sqlite3_stmt *rows = NULL;
    if (sqlite3_prepare_v2(k->db, sql, -1, &rows, NULL) != SQLITE_OK) return sqlite_words(k);
    while (sqlite3_step(rows) == SQLITE_ROW) add_table(k, owner, schema, rows);
    sqlite3_finalize(rows);
    return OK;
}

/* A text that cannot be translated is told as the problem it is. */
static bool translate(Checker *k, Engine engine, Str house, const char **ret)
{
    Str out = {0};
    if (sqltext_translate(k->c, engine, house, &out) == OK) {
        *ret = str_z(k->c->arena, out);
        return true;
    }
    tell(k, k->c->message.arg[0].s, S(""), S(""), S(""));
    ctx_forgive(k->c);
    return false;
}

static Err make_schema(Checker *k, Str owner, const SqlDef *def)
{
    k->def = def;
    const char *sql = NULL;
    if (!translate(k, ENGINE_SQLITE, str_of_z(def->text), &sql)) return OK;
    if (sqlite3_exec(k->db, sql, NULL, NULL, NULL) != SQLITE_OK) tell(k, str_of_z(sqlite3_errmsg(k->db)), S(""), S(""), S(""));
    return note_tables(k, owner, str_of_z(def->text));
}

static void lint_views(Checker *k, Str owner)
{
    for (int i = 0; i < k->table_count; i++) {
        const Table *t = &k->tables[i];
        if (t->is_view && str_eq(t->owner, owner) && !is_published(t))
            tell(k, S("view "), t->name, S(" is not named v_"), STR_CAT(k->c->arena, owner, S("_…")));
    }
}

static const SqlDef version_table = {.file = "src/db/schema.c", .name = "DB_VERSION_TABLE", .text = DB_VERSION_TABLE};

static SqlDef def_of_schema(Arena *arena, const Schema *s, Str file, const char *text)
{
    const char *path = str_z(arena, STR_CAT(arena, str_of_z(s->feature), S("/"), file));
    return (SqlDef){.file = path, .name = s->feature, .text = text, .scan_ok = "a check looks at every row"};
}

static Err make_schemas(Checker *k)
{
    TRY(make_schema(k, S("db"), &version_table));
    for (int i = 0; i < k->what->schema_count; i++) {
        const Schema *s = k->what->schemas[i];
        SqlDef def = def_of_schema(k->c->arena, s, S("schema.sql"), s->schema_sql);
        sql_lint(&k->report, &def, *k->c->arena);
        TRY(make_schema(k, str_of_z(s->feature), &def));
        lint_views(k, str_of_z(s->feature));
    }
    return OK;
}

/* ---- names inside a statement ------------------------------------------ */

/* The name by which the table at `at` is called in its statement. */
static Str alias_at(const SqlTokens *t, ptrdiff_t at)
{
    const SqlToken *next = &t->v[at + 1];
    if (sql_is(next, S("AS"))) next++;
    bool is_alias = next->kind == SQLTOK_NAME && next->text.p[0] >= 'a' && next->text.p[0] <= 'z';
    return is_alias ? next->text : t->v[at].text;
}

static bool names_table(const SqlTokens *t, ptrdiff_t at)
{
    if (at == 0) return false;
    const SqlToken *before = &t->v[at - 1];
    return sql_is(before, S("FROM")) || sql_is(before, S("JOIN")) || sql_is(before, S(",")) || sql_is(before, S("INTO")) ||
           sql_is(before, S("UPDATE"));
}

/* Is a big table called so in this text? */
static const Table *big_named(const Checker *k, Str text, Str called)
{
    Arena scratch = *k->c->arena;
    SqlTokens t = sql_tokens(&scratch, text);
    for (ptrdiff_t i = 0; i < t.n; i++) {
        const Table *table = names_table(&t, i) ? table_of(k, t.v[i].text) : NULL;
        if (table && table->is_big && str_eq(alias_at(&t, i), called)) return table;
    }
    return NULL;
}

/* ---- plans ------------------------------------------------------------- */

static const Table *big_scanned(const Checker *k, Str called)
{
    const Table *t = table_of(k, called);
    if (t) return t->is_big ? t : NULL;
    t = big_named(k, str_of_z(k->def->text), called);
    for (int i = 0; !t && i < k->table_count; i++)
        if (k->tables[i].used) t = big_named(k, k->tables[i].sql, called);
    return t;
}

/* "SCAN name …", or "SEARCH name USING AUTOMATIC …": an index that SQLite makes
   for this one run, from a scan. */
static void see_step(Checker *k, Str detail)
{
    bool scan = str_starts(detail, S("SCAN ")), automatic = str_starts(detail, S("SEARCH ")) && str_find(detail, S(" AUTOMATIC "), 0) > 0;
    if (!scan && !automatic) return;
    ptrdiff_t from = scan ? 5 : 7, end = str_find_char(detail, ' ', from);
    const Table *t = big_scanned(k, str_sub(detail, from, end < 0 ? detail.n : end));
    if (t) tell(k, S("scans the big table "), t->name, S(" ("), STR_CAT(k->c->arena, detail, S("): add an index, or say why with SQL_SCAN")));
}

static void check_plan(Checker *k, const char *sql)
{
    const char *explain = str_z(k->c->arena, STR_CAT(k->c->arena, S("EXPLAIN QUERY PLAN "), str_of_z(sql)));
    sqlite3_stmt *steps = NULL;
    if (sqlite3_prepare_v2(k->db, explain, -1, &steps, NULL) != SQLITE_OK) return;
    while (sqlite3_step(steps) == SQLITE_ROW) see_step(k, str_of_z((const char *)sqlite3_column_text(steps, 3)));
    sqlite3_finalize(steps);
}

/* ---- NULLS FIRST / LAST ------------------------------------------------ */

/* Can this column of a table be NULL? A view's column: whether any column of
   that name can, in its owner's tables. */
static bool column_nullable(Checker *k, const Table *t, Str column)
{
    static const char sql[] = "SELECT 1 FROM pragma_table_info($1) WHERE name = $2 AND \"notnull\" = 0 AND pk = 0";
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(k->db, sql, -1, &row, NULL) != SQLITE_OK) return false;
    sqlite3_bind_text(row, 1, t->name.p, (int)t->name.n, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, column.p, (int)column.n, SQLITE_STATIC);
    bool nullable = sqlite3_step(row) == SQLITE_ROW;
    sqlite3_finalize(row);
    return nullable;
}

static bool is_nullable(Checker *k, const Table *t, Str column)
{
    if (!t->is_view) return column_nullable(k, t, column);
    if (!column_nullable(k, t, column)) return false; /* not a column of the view at all */
    for (int i = 0; i < k->table_count; i++) {
        const Table *of = &k->tables[i];
        if (!of->is_view && str_eq(of->owner, t->owner) && column_nullable(k, of, column)) return true;
    }
    return false;
}

/* qualifier empty: a bare column, of any table of the statement. */
static bool may_be_null(Checker *k, const SqlTokens *t, Str qualifier, Str column)
{
    for (ptrdiff_t i = 0; i < t->n; i++) {
        const Table *table = names_table(t, i) ? table_of(k, t->v[i].text) : NULL;
        bool is_meant = qualifier.n == 0 || str_eq(alias_at(t, i), qualifier);
        if (!table || !is_meant) continue;
        bool outer = i >= 2 && sql_is(&t->v[i - 1], S("JOIN")) && (sql_is(&t->v[i - 2], S("LEFT")) || sql_is(&t->v[i - 2], S("OUTER")));
        if ((outer && qualifier.n > 0) || is_nullable(k, table, column)) return true;
    }
    return false;
}

/* One term of an ORDER BY, tokens from … to-1: a plain column must say NULLS
   when it can be NULL. */
static void check_term(Checker *k, const SqlTokens *t, ptrdiff_t from, ptrdiff_t to)
{
    if (to - from >= 2 && sql_is(&t->v[to - 2], S("NULLS"))) return;
    if (to > from && (sql_is(&t->v[to - 1], S("DESC")) || sql_is(&t->v[to - 1], S("ASC")))) to--;
    bool bare = to - from == 1 && t->v[from].kind == SQLTOK_NAME;
    bool qualified = to - from == 3 && sql_is(&t->v[from + 1], S(".")) && t->v[from].kind == SQLTOK_NAME;
    if (!bare && !qualified) return;
    Str column = t->v[to - 1].text;
    if (may_be_null(k, t, qualified ? t->v[from].text : S(""), column))
        tell(k, S("ORDER BY "), column, S(" may be NULL: write NULLS FIRST or NULLS LAST"), S(""));
}

static bool ends_order(const SqlToken *t)
{
    static const Str ends[] = {S_INIT(")"), S_INIT(";"), S_INIT("LIMIT"), S_INIT("ROWS"), S_INIT("RANGE"), S_INIT("GROUPS")};
    for (ptrdiff_t i = 0; i < COUNT_OF(ends); i++)
        if (sql_is(t, ends[i])) return true;
    return t->kind == SQLTOK_END;
}

static void check_orders(Checker *k)
{
    SqlTokens t = sql_tokens(k->c->arena, str_of_z(k->def->text));
    for (ptrdiff_t i = 0; i + 1 < t.n; i++) {
        if (!sql_is(&t.v[i], S("ORDER")) || !sql_is(&t.v[i + 1], S("BY"))) continue;
        ptrdiff_t from = i + 2;
        for (ptrdiff_t at = from;; at++) {
            bool ends = ends_order(&t.v[at]);
            if (ends || sql_is(&t.v[at], S(","))) {
                check_term(k, &t, from, at);
                from = at + 1;
            }
            if (ends) break;
            if (sql_is(&t.v[at], S("("))) at = t.v[at].pair;
        }
    }
}

/* ---- one statement ----------------------------------------------------- */

static bool is_for(const SqlDef *def, Str ending)
{
    return str_ends(str_of_z(def->file), ending);
}

static void check_on_sqlite(Checker *k)
{
    const char *sql = NULL;
    if (!translate(k, ENGINE_SQLITE, str_of_z(k->def->text), &sql)) return;
    for (int i = 0; i < k->table_count; i++) k->tables[i].used = k->tables[i].told = false;
    int before = k->report.problems;
    sqlite3_stmt *statement = NULL;
    const char *rest = NULL;
    sqlite3_set_authorizer(k->db, authorize, k);
    int rc = sqlite3_prepare_v2(k->db, sql, -1, &statement, &rest);
    sqlite3_set_authorizer(k->db, NULL, NULL);
    sqlite3_finalize(statement);
    if (rc != SQLITE_OK) tell(k, S("SQLite: "), str_of_z(sqlite3_errmsg(k->db)), S(""), S(""));
    else if (rest && str_trim(str_of_z(rest)).n > 0) tell(k, S("is more than one statement"), S(""), S(""), S(""));
    if (rc != SQLITE_OK || k->report.problems > before) return;
    if (!k->def->scan_ok) check_plan(k, sql);
    check_orders(k);
}

static void check_def(Checker *k, const SqlDef *def, Str owner)
{
    k->def = def;
    k->owner = owner;
    bool special = is_for(def, S("_sqlite.c")) || is_for(def, S("_postgres.c"));
    if (!special) sql_lint(&k->report, def, *k->c->arena);
    if (sqltext_params(str_of_z(def->text)) < 0) tell(k, S("a number of $1 … $n is skipped"), S(""), S(""), S(""));
    if (owner.n == 0) tell(k, S("stands in no folder under src/"), S(""), S(""), S(""));
    if (!is_for(def, S("_postgres.c"))) check_on_sqlite(k);
}

/* ---- every statement --------------------------------------------------- */

typedef void OnDef(Checker *k, const SqlDef *def, Str owner);

static void each_check(Checker *k, const Schema *s, OnDef *visit)
{
    Str rest = str_of_z(s->check_sql), one = {0};
    while (sqltext_split(&rest, &one)) {
        SqlDef def = def_of_schema(k->c->arena, s, S("check.sql"), str_z(k->c->arena, one));
        def.line = sql_line(str_of_z(s->check_sql), one.p - s->check_sql);
        visit(k, &def, str_of_z(s->feature));
    }
}

static void each_def(Checker *k, OnDef *visit)
{
    for (ptrdiff_t i = 0; i < k->what->def_count; i++) {
        const SqlDef *def = k->what->defs[i];
        Arena before = *k->c->arena;
        if (!is_for(def, S("_test.c"))) visit(k, def, owner_of_file(str_of_z(def->file)));
        *k->c->arena = before;
    }
    for (int i = 0; i < k->what->schema_count; i++) each_check(k, k->what->schemas[i], visit);
}

/* ---- PostgreSQL -------------------------------------------------------- */

static void told(Checker *k, Err err)
{
    if (err == OK) return;
    tell(k, S("PostgreSQL: "), k->c->message.arg[0].s, S(""), S(""));
    ctx_forgive(k->c);
}

static void check_on_postgres(Checker *k, const SqlDef *def, Str owner)
{
    (void)owner;
    DbConn *conn = k->c->conn;
    k->def = def;
    if (is_for(def, S("_sqlite.c"))) return;
    if (conn->driver->savepoint(k->c, conn) != OK) return told(k, E_BROKEN);
    Err err = postgres_try(k->c, conn, def);
    told(k, err);
    told(k, err == OK ? conn->driver->release(k->c, conn) : conn->driver->rollback_to(k->c, conn));
}

static Err make_on_postgres(Checker *k, DbConn *conn)
{
    const Driver *d = conn->driver;
    TRY(d->begin(k->c, conn, TX_WRITE));
    TRY(d->script(k->c, conn, S("CREATE SCHEMA sqlcheck_; SET LOCAL search_path = sqlcheck_")));
    TRY(d->script(k->c, conn, S(DB_VERSION_TABLE)));
    for (int i = 0; i < k->what->schema_count; i++) {
        const Schema *s = k->what->schemas[i];
        SqlDef def = def_of_schema(k->c->arena, s, S("schema.sql"), s->schema_sql);
        k->def = &def;
        Err err = d->script(k->c, conn, str_of_z(s->schema_sql));
        told(k, err);
        if (err != OK) return OK; /* the transaction is gone: this problem first */
    }
    each_def(k, check_on_postgres);
    return OK;
}

static Err run_postgres(Checker *k)
{
    Store store = {.driver = &postgres_driver, .where = k->what->postgres};
    DbConn *conn = NULL;
    TRY(postgres_driver.connect(k->c, &store, false, &conn));
    DbConn *outer = k->c->conn;
    k->c->conn = conn;
    Err err = make_on_postgres(k, conn);
    k->c->conn = outer;
    postgres_driver.rollback(conn);
    postgres_driver.disconnect(conn);
    return err;
}

Err sqlcheck_run(Ctx *c, const SqlCheck *what, Buf *out, int *ret_problems)
{
    Checker k = {.c = c, .what = what, .report = {.out = out}, .tables = NEW(c->arena, Table, TABLES_MAX)};
    Err err = sqlite3_open(":memory:", &k.db) == SQLITE_OK ? make_schemas(&k) : sqlite_words(&k);
    if (err == OK) each_def(&k, check_def);
    sqlite3_close(k.db);
    if (err == OK && what->postgres) err = run_postgres(&k);
    if (err == OK) *ret_problems = k.report.problems;
    return err;
}

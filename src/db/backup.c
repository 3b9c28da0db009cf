/* Copying a store out and in, once for both engines. The road not taken: each
   engine's own copy (SQLite's backup API, pg_dump). It would be faster, but
   could not be read into the other engine, would carry along free pages and the
   order in which answers came, and pg_dump would have to be installed. */
#include "db/backup.h"

#include <string.h>

#include "base/buf.h"
#include "db/backup_inside.h"
#include "db/driver.h"

enum { TABLES_MAX = 1000, NAME_MAX_BYTES = 63, SELECT_MAX = 8000, STEP_MAX = 1 << 22 };

static const BackupDialect *dialect_of(const Ctx *c)
{
    return c->conn->driver->engine == ENGINE_SQLITE ? &backup_sqlite : &backup_postgres;
}

static SqlDef passing(const char *text)
{
    return (SqlDef){.name = "backup", .text = text};
}

/* ---- the catalogue ------------------------------------------------------- */

/* Only what a name of the house can be may stand in a statement. */
static bool is_name(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if ((ch < 'a' || ch > 'z') && ch != '_' && (i == 0 || ch < '0' || ch > '9')) return false;
    }
    return s.n > 0 && s.n <= NAME_MAX_BYTES;
}

static Err foreign(Ctx *c, Str what, Str why)
{
    return fail(c, E_BROKEN, msg_verbatim(STR_CAT(c->arena, S("The store has "), what, why)));
}

static char type_letter(Str type)
{
    static const char letters[] = "IRTB";
    static const Str types[] = {S_INIT("INTEGER"), S_INIT("REAL"), S_INIT("TEXT"), S_INIT("BLOB")};
    for (int i = 0; i < 4; i++)
        if (str_eq(type, types[i])) return letters[i];
    return 0;
}

static Err read_columns(Ctx *c, CopiedTable *t)
{
    SqlDef def = passing(dialect_of(c)->columns);
    const DbVal args[] = {DB_VAL(t->name)};
    Rows r = db_query_(c, &def, args, 1);
    bool fits = true;
    while (fits && db_next(&r)) {
        fits = t->n < BACKUP_COLUMNS;
        if (!fits) break;
        Column *col = &t->column[t->n++];
        *col = (Column){.name = db_str(&r, 0), .type = type_letter(db_str(&r, 1)), .is_key = db_i64(&r, 2) == 1};
        fits = is_name(col->name) && col->type;
    }
    TRY(db_done(&r));
    if (fits && t->n > 0) return OK;
    return foreign(c, t->name, S(": a table with columns that are not of this program, or with more than 24."));
}

static Err read_tables(Ctx *c, CopiedTables *ret)
{
    SqlDef def = passing(dialect_of(c)->tables);
    CopiedTables all = {.v = NEW(c->arena, CopiedTable, TABLES_MAX)};
    Rows r = db_query_(c, &def, NULL, 0);
    while (all.n < TABLES_MAX && db_next(&r)) all.v[all.n++].name = db_str(&r, 0);
    TRY(db_done(&r));
    if (all.n == TABLES_MAX) return foreign(c, S("more tables"), S(" than a copy can hold."));
    for (ptrdiff_t i = 0; i < all.n; i++) {
        if (!is_name(all.v[i].name)) return foreign(c, all.v[i].name, S(": a table that is not of this program."));
        TRY(read_columns(c, &all.v[i]));
    }
    *ret = all;
    return OK;
}

/* "a, b, c": all columns, or those of the primary key where there is one. */
static void add_columns(Buf *b, const CopiedTable *t, bool keys_only)
{
    bool first = true;
    for (int i = 0; i < t->n; i++) {
        if (keys_only && !t->column[i].is_key) continue;
        if (!first) buf_add(b, S(", "));
        buf_add(b, t->column[i].name);
        first = false;
    }
}

static bool has_key(const CopiedTable *t)
{
    for (int i = 0; i < t->n; i++)
        if (t->column[i].is_key) return true;
    return false;
}

/* ---- writing --------------------------------------------------------------- */

typedef struct Writing {
    BackupOut out;
    const CopiedTable *table;
    int64_t rows;
} Writing;

static Err put(Ctx *c, Writing *w, const void *bytes, ptrdiff_t n)
{
    return w->out.put(c, w->out.to, bytes, n);
}

static Err put_char(Ctx *c, Writing *w, char ch)
{
    return put(c, w, &ch, 1);
}

static Err put_int(Ctx *c, Writing *w, uint64_t v, int bytes)
{
    unsigned char b[8];
    for (int i = 0; i < bytes; i++) b[i] = (unsigned char)(v >> (8 * i));
    return put(c, w, b, bytes);
}

static Err put_text(Ctx *c, Writing *w, Str s)
{
    if (s.n > BACKUP_VALUE_MAX) return fail(c, E_TOO_LARGE, msg_verbatim(S("A value of over 512 MB cannot be copied.")));
    TRY(put_int(c, w, (uint64_t)s.n, 4));
    return put(c, w, s.p, s.n);
}

static Err put_value(Ctx *c, Writing *w, const Rows *r, int col)
{
    if (db_is_null(r, col)) return put_char(c, w, '0');
    char type = w->table->column[col].type;
    if (type == 'T' || type == 'B') {
        Bytes b = type == 'B' ? db_bytes(r, col) : (Bytes){0};
        TRY(put_char(c, w, type == 'T' ? 't' : 'b'));
        return put_text(c, w, type == 'T' ? db_str(r, col) : (Str){b.p, b.n});
    }
    uint64_t bits = (uint64_t)db_i64(r, col);
    double real = type == 'R' ? db_real(r, col) : 0;
    if (type == 'R') memcpy(&bits, &real, sizeof bits);
    TRY(put_char(c, w, type == 'R' ? 'r' : 'i'));
    return put_int(c, w, bits, 8);
}

static Err put_row(Ctx *c, Rows *r, void *data)
{
    Writing *w = data;
    TRY(put_char(c, w, 'R'));
    for (int i = 0; i < w->table->n; i++) TRY(put_value(c, w, r, i));
    w->rows++;
    return OK;
}

static Err put_head(Ctx *c, Writing *w, const CopiedTable *t)
{
    TRY(put_char(c, w, 'T'));
    TRY(put_text(c, w, t->name));
    TRY(put_int(c, w, (uint64_t)t->n, 1));
    for (int i = 0; i < t->n; i++) {
        TRY(put_text(c, w, t->column[i].name));
        TRY(put_char(c, w, t->column[i].type));
    }
    return OK;
}

static Err put_table(Ctx *c, Writing *w, const CopiedTable *t)
{
    Arena scratch = *c->arena;
    Buf sql = buf_new(c->arena, SELECT_MAX);
    bool has_blob = false;
    for (int i = 0; i < t->n; i++) has_blob = has_blob || t->column[i].type == 'B';
    buf_add(&sql, S("SELECT "));
    add_columns(&sql, t, false);
    buf_add(&sql, S(" FROM "));
    buf_add(&sql, t->name);
    buf_add(&sql, S(" ORDER BY "));
    add_columns(&sql, t, has_key(t));
    w->table = t;
    TRY(put_head(c, w, t));
    TRY(dialect_of(c)->each_row(c, buf_str(&sql), has_blob, put_row, w));
    *c->arena = scratch;
    return OK;
}

static Err put_step(Ctx *c, Rows *r, void *data)
{
    TRY(put_char(c, data, 'S'));
    return put_text(c, data, db_str(r, 0));
}

static Err put_last_id(Ctx *c, Rows *r, void *data)
{
    TRY(put_char(c, data, 'Q'));
    TRY(put_text(c, data, db_str(r, 0)));
    return put_int(c, data, (uint64_t)db_i64(r, 1), 8);
}

static Err each(Ctx *c, Writing *w, const char *text, Err (*row)(Ctx *c, Rows *r, void *data))
{
    SqlDef def = passing(text);
    Rows r = db_query_(c, &def, NULL, 0);
    Err err = OK;
    while (err == OK && db_next(&r)) err = row(c, &r, w);
    Err end = db_done(&r);
    return err != OK ? err : end;
}

/* Every version must have been led to by a step that is kept. */
static Err check_steps(Ctx *c)
{
    int64_t without = 0;
    SqlDef def = passing("SELECT count(*) FROM schema_version v WHERE NOT EXISTS"
                         " (SELECT 1 FROM schema_step s WHERE s.feature = v.feature AND s.version = v.version)");
    TRY(db_one_i64_(c, &def, &without, NULL, 0));
    if (!without) return OK;
    return fail(c, E_CONFLICT, msg_verbatim(S("The store was made before its shape was kept in it. "
                                              "Open it once with the program that last wrote to it.")));
}

Err backup_versions(Ctx *c, Str *ret_lines)
{
    SqlDef def = passing("SELECT feature, version FROM schema_version ORDER BY feature");
    Buf b = buf_new(c->arena, 1 << 16);
    Rows r = db_query_(c, &def, NULL, 0);
    while (db_next(&r)) {
        buf_add(&b, S("schema "));
        buf_add(&b, db_str(&r, 0));
        buf_add_char(&b, ' ');
        buf_add_i64(&b, db_i64(&r, 1));
        buf_add_char(&b, '\n');
    }
    TRY(db_done(&r));
    *ret_lines = buf_str(&b);
    return OK;
}

Err backup_write(Ctx *c, BackupOut out, BackupCounts *ret)
{
    const BackupDialect *dialect = dialect_of(c);
    Writing w = {.out = out};
    CopiedTables tables = {0};
    if (dialect->begin_read) {
        SqlDef def = passing(dialect->begin_read);
        TRY(db_exec_(c, &def, NULL, NULL, 0));
    }
    TRY(check_steps(c));
    TRY(read_tables(c, &tables));
    TRY(each(c, &w, "SELECT sql FROM schema_step ORDER BY id", put_step));
    for (ptrdiff_t i = 0; i < tables.n; i++) TRY(put_table(c, &w, &tables.v[i]));
    TRY(each(c, &w, dialect->last_ids, put_last_id));
    TRY(put_char(c, &w, 'E'));
    TRY(put_int(c, &w, (uint64_t)w.rows, 8));
    *ret = (BackupCounts){tables.n, w.rows};
    return OK;
}

/* ---- reading --------------------------------------------------------------- */

typedef struct Reading {
    BackupIn in;
    CopiedTables tables; /* as the steps made them */
    ptrdiff_t tables_seen;
    const CopiedTable *table;
    SqlDef *insert; /* of the table */
    bool is_shaped; /* the steps are done */
    Strs waiting;   /* dialect: relax to tighten */
    int64_t rows;
} Reading;

static Err no_copy(Ctx *c, Str why)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("The backup cannot be read: "), why, S("."))));
}

static Err get(Ctx *c, Reading *r, void *bytes, ptrdiff_t n)
{
    return r->in.get(c, r->in.from, bytes, n);
}

static Err get_int(Ctx *c, Reading *r, int bytes, uint64_t *ret)
{
    unsigned char b[8];
    uint64_t v = 0;
    TRY(get(c, r, b, bytes));
    for (int i = 0; i < bytes; i++) v |= (uint64_t)b[i] << (8 * i);
    *ret = v;
    return OK;
}

static Err get_text(Ctx *c, Reading *r, ptrdiff_t most, Str *ret)
{
    uint64_t n = 0;
    TRY(get_int(c, r, 4, &n));
    if (n > (uint64_t)most) return no_copy(c, S("a text in it is longer than it may be"));
    char *p = arena_take_raw(c->arena, (ptrdiff_t)n + 1);
    TRY(get(c, r, p, (ptrdiff_t)n));
    *ret = (Str){p, (ptrdiff_t)n};
    return OK;
}

static Err get_step(Ctx *c, Reading *r)
{
    Str sql = {0};
    TRY(get_text(c, r, STEP_MAX, &sql));
    if (r->is_shaped) return no_copy(c, S("a script stands behind the tables"));
    return db_script(c, sql);
}

/* The steps are through: what stands now is the shape of the copy. */
static Err shape(Ctx *c, Reading *r)
{
    if (r->is_shaped) return OK;
    r->is_shaped = true;
    TRY(db_script(c, S(DB_VERSION_TABLE)));
    TRY(read_tables(c, &r->tables));
    return dialect_of(c)->relax(c, &r->tables, &r->waiting);
}

static const CopiedTable *table_named(const Reading *r, Str name)
{
    for (ptrdiff_t i = 0; i < r->tables.n; i++)
        if (str_eq(r->tables.v[i].name, name)) return &r->tables.v[i];
    return NULL;
}

static void set_insert(Ctx *c, Reading *r)
{
    const CopiedTable *t = r->table;
    Buf sql = buf_new(c->arena, SELECT_MAX);
    buf_add(&sql, S("INSERT INTO "));
    buf_add(&sql, t->name);
    buf_add(&sql, S(" ("));
    add_columns(&sql, t, false);
    buf_add(&sql, S(") VALUES ("));
    for (int i = 0; i < t->n; i++) {
        buf_add(&sql, i ? S(", $") : S("$"));
        buf_add_i64(&sql, i + 1);
    }
    buf_add_char(&sql, ')');
    /* With a file the engine keeps it prepared; its address is its own until
       the connection, which is ours alone, is closed. */
    r->insert = NEW(c->arena, SqlDef, 1);
    *r->insert = (SqlDef){.file = __FILE__, .line = __LINE__, .name = "restore", .text = str_z(c->arena, buf_str(&sql))};
}

static Err get_table(Ctx *c, Reading *r)
{
    Str name = {0};
    uint64_t n = 0;
    TRY(shape(c, r));
    TRY(get_text(c, r, NAME_MAX_BYTES, &name));
    TRY(get_int(c, r, 1, &n));
    r->table = table_named(r, name);
    if (!r->table || (uint64_t)r->table->n != n) return no_copy(c, S("a table in it is not as its scripts make it"));
    for (int i = 0; i < r->table->n; i++) {
        Str column = {0};
        char type = 0;
        TRY(get_text(c, r, NAME_MAX_BYTES, &column));
        TRY(get(c, r, &type, 1));
        if (!str_eq(column, r->table->column[i].name) || type != r->table->column[i].type)
            return no_copy(c, S("a column in it is not as its scripts make it"));
    }
    r->tables_seen++;
    set_insert(c, r);
    return OK;
}

static Err get_value(Ctx *c, Reading *r, DbVal *ret)
{
    char kind = 0;
    uint64_t bits = 0;
    TRY(get(c, r, &kind, 1));
    *ret = (DbVal){.kind = DB_NULL};
    if (kind == '0') return OK;
    if (kind == 't' || kind == 'b') {
        ret->kind = kind == 't' ? DB_TEXT : DB_BLOB;
        return get_text(c, r, BACKUP_VALUE_MAX, &ret->s);
    }
    if (kind != 'i' && kind != 'r') return no_copy(c, S("a value in it is of no known kind"));
    TRY(get_int(c, r, 8, &bits));
    ret->kind = kind == 'i' ? DB_INT : DB_REAL;
    if (kind == 'i') ret->i = (int64_t)bits;
    else memcpy(&ret->real, &bits, sizeof bits);
    return OK;
}

static Err get_row(Ctx *c, Reading *r)
{
    DbVal args[BACKUP_COLUMNS];
    Arena before = *c->arena;
    if (!r->table) return no_copy(c, S("a row stands before its table"));
    for (int i = 0; i < r->table->n; i++) TRY(get_value(c, r, &args[i]));
    TRY(db_exec_(c, r->insert, NULL, args, r->table->n));
    *c->arena = before;
    r->rows++;
    return OK;
}

static Err get_last_id(Ctx *c, Reading *r)
{
    Str name = {0};
    uint64_t id = 0;
    TRY(get_text(c, r, NAME_MAX_BYTES, &name));
    TRY(get_int(c, r, 8, &id));
    if (!table_named(r, name) || id == 0 || id > INT64_MAX) return no_copy(c, S("a last id in it is none"));
    return dialect_of(c)->set_last_id(c, name, (int64_t)id);
}

static Err get_end(Ctx *c, Reading *r)
{
    uint64_t rows = 0;
    TRY(get_int(c, r, 8, &rows));
    if (rows != (uint64_t)r->rows || r->tables_seen != r->tables.n || r->tables.n == 0)
        return no_copy(c, S("rows or tables are missing in it"));
    return r->in.end(c, r->in.from);
}

static Err get_all(Ctx *c, Reading *r)
{
    for (;;) {
        char tag = 0;
        TRY(get(c, r, &tag, 1));
        switch (tag) {
        case 'S': TRY(get_step(c, r)); break;
        case 'T': TRY(get_table(c, r)); break;
        case 'R': TRY(get_row(c, r)); break;
        case 'Q': TRY(get_last_id(c, r)); break;
        case 'E': return get_end(c, r);
        default: return no_copy(c, S("a part of it is of no known kind"));
        }
    }
}

static Err must_be_empty(Ctx *c)
{
    SqlDef def = passing(dialect_of(c)->tables);
    Str first = {0};
    Rows r = db_query_(c, &def, NULL, 0);
    if (db_next(&r)) first = db_str(&r, 0);
    TRY(db_done(&r));
    if (first.n == 0) return OK;
    return fail(c, E_CONFLICT, msg_verbatim(S("The store has tables already; a backup is restored into an empty one.")));
}

static Err read_here(Ctx *c, Reading *r, const Schema *const *all, int n, Err (*verify)(Ctx *c))
{
    TRY(must_be_empty(c));
    TRY(db_script(c, S(DB_VERSION_TABLE)));
    TRY(get_all(c, r));
    TRY(dialect_of(c)->tighten(c, r->waiting));
    TRY(schema_apply_here(c, all, n));
    return verify ? verify(c) : OK;
}

Err backup_read(Ctx *c, Store *store, BackupIn in, const Schema *const *all, int n, Err (*verify)(Ctx *c),
                BackupCounts *ret)
{
    const Driver *d = store->driver;
    DbConn **conn = NULL;
    Reading r = {.in = in};
    TRY(db_own_open(c, store, false, &conn));
    Err err = d->migration_begin(c, *conn);
    if (err == OK) err = d->begin(c, *conn, TX_WRITE);
    if (err == OK) err = read_here(c, &r, all, n, verify);
    db_close_open(*conn);
    if (err == OK) err = d->commit(c, *conn);
    db_own_close(c, conn);
    TRY(err);
    *ret = (BackupCounts){r.tables.n, r.rows};
    return OK;
}

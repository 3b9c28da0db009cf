/* PostgreSQL's catalogue, for backup.c. Rows come through a cursor on the
   server, a page at a time, since results come whole (postgres.c). While a copy
   is read every foreign key waits for the end: a unit may lie under one with a
   larger id. */
#include "db/backup_inside.h"
#include "db/driver.h"

#define PAGE "FETCH FORWARD 500 FROM backup_rows"
#define PAGE_OF_BLOBS "FETCH FORWARD 4 FROM backup_rows" /* a file may have several MB, and comes as hex */

static Err page(Ctx *c, const SqlDef *fetch, Err (*row)(Ctx *c, Rows *r, void *data), void *data, bool *ret_any)
{
    Rows r = db_query_(c, fetch, NULL, 0);
    Arena before = *c->arena;
    bool any = false;
    while (db_next(&r)) {
        any = true;
        Err err = row(c, &r, data);
        if (err != OK) {
            (void)!db_done(&r);
            return err;
        }
        *c->arena = before;
    }
    *ret_any = any;
    return db_done(&r);
}

static Err run(Ctx *c, Str sql)
{
    SqlDef def = db_passing(c, sql);
    return db_exec_(c, &def, NULL, NULL, 0);
}

static Err each_row(Ctx *c, Str select, bool has_blob, Err (*row)(Ctx *c, Rows *r, void *data), void *data)
{
    static const SqlDef pages = {.name = "a page of rows", .text = PAGE};
    static const SqlDef blob_pages = {.name = "a page of files", .text = PAGE_OF_BLOBS};
    TRY(run(c, STR_CAT(c->arena, S("DECLARE backup_rows NO SCROLL CURSOR FOR "), select)));
    Arena before = *c->arena;
    for (bool any = true; any;) {
        *c->arena = before;
        TRY(page(c, has_blob ? &blob_pages : &pages, row, data, &any));
    }
    return run(c, S("CLOSE backup_rows"));
}

/* "ALTER TABLE … ALTER CONSTRAINT …" of each foreign key that does not wait by itself. */
static Err keys_that_do_not_wait(Ctx *c, Strs *ret)
{
    static const SqlDef keys = {
        .name = "foreign keys",
        .text = "SELECT 'ALTER TABLE ' || CAST(t.relname AS TEXT) || ' ALTER CONSTRAINT ' || CAST(k.conname AS TEXT)"
                " FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace s ON s.oid = t.relnamespace"
                " WHERE s.nspname = 'public' AND k.contype = 'f' AND NOT k.condeferred ORDER BY t.relname, k.conname"};
    static const SqlDef count = {.name = "number of foreign keys",
                                 .text = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"};
    int64_t most = 0;
    TRY(db_one_i64_(c, &count, &most, NULL, 0));
    Strs found = {.v = NEW(c->arena, Str, most + 1)};
    Rows r = db_query_(c, &keys, NULL, 0);
    while (found.n < most && db_next(&r)) found.v[found.n++] = db_str(&r, 0);
    TRY(db_done(&r));
    *ret = found;
    return OK;
}

static Err alter_each(Ctx *c, Strs keys, Str ending)
{
    for (ptrdiff_t i = 0; i < keys.n; i++) TRY(run(c, STR_CAT(c->arena, keys.v[i], ending)));
    return OK;
}

/* What the scripts brought (a migration's seeds) is in the copy too. One
   TRUNCATE for all, or it would refuse a table that others refer to. */
static Err relax(Ctx *c, const CopiedTables *tables, Strs *ret_waiting)
{
    Str all = S("TRUNCATE ");
    for (ptrdiff_t i = 0; i < tables->n; i++)
        all = STR_CAT(c->arena, all, i ? S(", ") : S(""), tables->v[i].name);
    TRY(run(c, all));
    TRY(keys_that_do_not_wait(c, ret_waiting));
    return alter_each(c, *ret_waiting, S(" DEFERRABLE INITIALLY DEFERRED"));
}

static Err tighten(Ctx *c, Strs waiting)
{
    TRY(run(c, S("SET CONSTRAINTS ALL IMMEDIATE")));
    return alter_each(c, waiting, S(" NOT DEFERRABLE"));
}

static Err set_last_id(Ctx *c, Str table, int64_t id)
{
    static const SqlDef set = {
        .name = "set last id",
        .text = "SELECT setval(q.oid, $2) FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace"
                " JOIN pg_depend d ON d.refobjid = t.oid AND d.deptype = 'i' JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'"
                " WHERE s.nspname = 'public' AND t.relname = $1"};
    int64_t now = 0;
    return db_one_i64_(c, &set, &now, (const DbVal[]){DB_VAL(table), DB_VAL(id)}, 2);
}

const BackupDialect backup_postgres = {
    .begin_read = "SET LOCAL statement_timeout = 0",
    .tables = "SELECT CAST(t.relname AS TEXT) FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace"
              " WHERE s.nspname = 'public' AND t.relkind IN ('r', 'p') ORDER BY 1",
    .columns = "SELECT CAST(a.attname AS TEXT),"
               " CASE a.atttypid WHEN 20 THEN 'INTEGER' WHEN 701 THEN 'REAL' WHEN 25 THEN 'TEXT' WHEN 17 THEN 'BLOB' ELSE '' END,"
               " CASE WHEN EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary"
               " AND a.attnum = ANY (i.indkey)) THEN 1 ELSE 0 END"
               " FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace JOIN pg_attribute a ON a.attrelid = t.oid"
               " WHERE s.nspname = 'public' AND t.relname = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    .last_ids = "SELECT CAST(t.relname AS TEXT), pg_sequence_last_value(q.oid)"
                " FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace"
                " JOIN pg_depend d ON d.refobjid = t.oid AND d.deptype = 'i' JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'"
                " WHERE s.nspname = 'public' AND pg_sequence_last_value(q.oid) > 0 ORDER BY 1",
    .each_row = each_row,
    .relax = relax,
    .tighten = tighten,
    .set_last_id = set_last_id,
};

/* SQLite's catalogue, for backup.c. Foreign keys are off while a copy is read
   (migration_begin) and looked at as a whole before COMMIT (migration_check). */
#include "db/backup_inside.h"
#include "db/driver.h"

static Err each_row(Ctx *c, Str select, bool has_blob, Err (*row)(Ctx *c, Rows *r, void *data), void *data)
{
    (void)has_blob; /* rows come one by one */
    SqlDef def = db_passing(c, select);
    Rows r = db_query_(c, &def, NULL, 0);
    Arena before = *c->arena;
    while (db_next(&r)) {
        Err err = row(c, &r, data);
        if (err != OK) {
            (void)!db_done(&r);
            return err;
        }
        *c->arena = before;
    }
    return db_done(&r);
}

/* What the scripts brought (a migration's seeds) is in the copy too. */
static Err relax(Ctx *c, const CopiedTables *tables, Strs *ret_waiting)
{
    (void)ret_waiting; /* all do */
    for (ptrdiff_t i = 0; i < tables->n; i++)
        TRY(db_script(c, STR_CAT(c->arena, S("DELETE FROM "), tables->v[i].name)));
    return db_script(c, S("DELETE FROM sqlite_sequence"));
}

static Err tighten(Ctx *c, Strs waiting)
{
    (void)waiting;
    return c->conn->driver->migration_check(c, c->conn);
}

/* Loading has counted along already; never backwards. */
static Err set_last_id(Ctx *c, Str table, int64_t id)
{
    static const SqlDef raise = {.name = "raise last id",
                                 .text = "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1 AND seq < $2"};
    static const SqlDef add = {.name = "add last id",
                               .text = "INSERT INTO sqlite_sequence (name, seq) SELECT $1, $2"
                                       " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)"};
    const DbVal args[] = {DB_VAL(table), DB_VAL(id)};
    TRY(db_exec_(c, &raise, NULL, args, 2));
    return db_exec_(c, &add, NULL, args, 2);
}

const BackupDialect backup_sqlite = {
    .tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name",
    .columns = "SELECT name, type, CASE WHEN pk > 0 THEN 1 ELSE 0 END FROM pragma_table_info($1) ORDER BY cid",
    .last_ids = "SELECT name, seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name",
    .each_row = each_row,
    .relax = relax,
    .tighten = tighten,
    .set_last_id = set_last_id,
};

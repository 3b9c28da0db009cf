/* What backup.c asks of an engine's catalogue. The texts are passing
   statements; NULL where an engine has nothing to do. */
#ifndef DB_BACKUP_INSIDE_H
#define DB_BACKUP_INSIDE_H

#include "db/backup.h"

typedef struct Column {
    Str name;
    char type; /* I R T B */
    bool is_key;
} Column;

typedef struct CopiedTable {
    Str name;
    Column column[BACKUP_COLUMNS];
    int n;
} CopiedTable;

typedef struct CopiedTables {
    CopiedTable *v;
    ptrdiff_t n;
} CopiedTables;

typedef struct BackupDialect {
    const char *begin_read; /* the snapshot may take as long as it needs */
    const char *tables;     /* → name, by name as bytes */
    const char *columns;    /* $1 table → name, INTEGER … BLOB, 1 in the primary key; in the table's order */
    const char *last_ids;   /* → table, largest id ever given; by name as bytes */
    /* Rows of a SELECT, each given to `row`, without holding all of them. */
    Err (*each_row)(Ctx *c, Str select, bool has_blob, Err (*row)(Ctx *c, Rows *r, void *data), void *data);
    /* Empties the tables; rows may come in any order from here on, whatever they refer to … */
    Err (*relax)(Ctx *c, const CopiedTables *tables, Strs *ret_waiting);
    /* … to here, where every reference is looked at. */
    Err (*tighten)(Ctx *c, Strs waiting);
    Err (*set_last_id)(Ctx *c, Str table, int64_t id);
} BackupDialect;

extern const BackupDialect backup_sqlite, backup_postgres;

#endif

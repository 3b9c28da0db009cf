/* A copy of a whole store as one stream of bytes, the same for both engines: a
   copy of one can be read back into the other. What the bytes are put in (a
   file, encryption) is the caller's: core/backup.

   The stream, integers little-endian; a text is its length (4 bytes), then itself:
     'S' text                       a script that shaped the store (schema_step), oldest first
     'T' text, 1 byte n, n × (text, type)   a table and its columns; type one of I R T B
     'R' n values                   a row of the last 'T': '0' NULL, 'i' 8 bytes, 'r' 8 bytes (IEEE 754),
                                    't' text, 'b' text
     'Q' text, 8 bytes              the largest row id that a table has ever given out
     'E' 8 bytes                    the end: number of rows
   Tables come by name, rows by primary key: neither the order in which rows were
   stored nor free pages of the file come along, and two stores with the same
   rows give the same bytes. The wave keys are no part of a store (DESIGN,
   Anonymity), so they cannot be part of a copy.

   The only SQL of the house that is put together: names of tables and columns
   come from the engine's own catalogue, and a copy's names are used only where
   they equal one of those (doc/decisions/0011-backup.md). */
#ifndef DB_BACKUP_H
#define DB_BACKUP_H

#include "db/db.h"

enum {
    BACKUP_COLUMNS = 24,        /* a wider table cannot be copied: an INSERT binds $1 … $24 */
    BACKUP_VALUE_MAX = 1 << 29, /* bytes of one text or blob */
};

/* Takes the next n bytes, in order. */
typedef struct BackupOut {
    Err (*put)(Ctx *c, void *to, const void *bytes, ptrdiff_t n);
    void *to;
} BackupOut;

/* Gives exactly n bytes, or an error with its sentence; `end` fails unless
   everything has been given. What it gives must be proved genuine before. */
typedef struct BackupIn {
    Err (*get)(Ctx *c, void *from, void *bytes, ptrdiff_t n);
    Err (*end)(Ctx *c, void *from);
    void *from;
} BackupIn;

typedef struct BackupCounts {
    int64_t tables, rows;
} BackupCounts;

/* "schema FEATURE VERSION\n" of every feature that the snapshot of c has, by name. */
MUST Err backup_versions(Ctx *c, Str *ret_lines);

/* Writes the snapshot of c (db_read_begin). Memory: one page of rows. Others go
   on reading and writing meanwhile.
   Errors: what put answers; E_CONFLICT when the store was made by a program that
   kept no steps, so that its shape could not be made again. */
MUST Err backup_write(Ctx *c, BackupOut out, BackupCounts *ret);

/* Reads a copy into an empty store: its own shape first, then its rows and last
   ids, then migrations up to `all`, then `verify` (which reads with c), all in
   one transaction, so that on any error the store is as empty as before.
   Errors: E_CONFLICT when the store has tables already, or the copy is newer than
   this program; E_INVALID when the bytes are no copy. */
MUST Err backup_read(Ctx *c, Store *store, BackupIn in, const Schema *const *all, int n, Err (*verify)(Ctx *c),
                     BackupCounts *ret);

#endif

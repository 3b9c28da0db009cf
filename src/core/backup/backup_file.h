/* The sealed file itself, for backup.c. */
#ifndef CORE_BACKUP_BACKUP_FILE_H
#define CORE_BACKUP_BACKUP_FILE_H

#include "core/secret/secret_stream.h"
#include "db/backup.h"

enum { BACKUP_LINES_MAX = 1 << 16 };

typedef struct BackupFile BackupFile;

/* "WHAT: why", from errno. E_BUSY: another try may go better. */
MUST Err backup_broken(Ctx *c, Str what, int why);

/* A new file under a passing name, until commit. Closed and removed when the
   Ctx ends. lines: what stands in front in clear. */
MUST Err backup_file_make(Ctx *c, Str path, Str key_file, Str lines, BackupFile **ret);
BackupOut backup_file_out(BackupFile *f);
/* Seals the rest, syncs and gives the file its name; E_CONFLICT when there is one. */
MUST Err backup_file_commit(Ctx *c, BackupFile *f);

/* *ret_lines: with their newlines, without the empty one; not yet proved. */
MUST Err backup_file_open(Ctx *c, Str path, BackupFile **ret, Str *ret_lines);
MUST Err backup_file_unlock(Ctx *c, BackupFile *f, Str key_file);
BackupIn backup_file_in(BackupFile *f);

/* Renames where nothing stands yet, and syncs the folder. */
MUST Err backup_put_in_place(Ctx *c, Str from, Str to);

#endif

/* Backups as files: the stream of db/backup.h, encrypted under a key of its own.

   The file: lines of text in clear, ended by an empty line, then STREAM_HEAD bytes,
   then pieces of STREAM_PIECE + STREAM_OVERHEAD bytes, the last one shorter or full
   (core/secret/secret_stream.h). The first piece proves the lines, too:
       traad-backup 1
       key 32 HEXADECIMAL DIGITS      which key, nothing about it
       made 2026-11-24T09:00:00Z
       schema FEATURE VERSION         of every feature
   The backup key is none of the program's other keys: who restores needs it, and
   who has only the backups reads nothing. The folder of keys is never in a backup;
   above all no key of a survey wave. */
#ifndef CORE_BACKUP_BACKUP_H
#define CORE_BACKUP_BACKUP_H

#include "core/app.h"
#include "core/feature.h"
#include "db/backup.h"

extern const Feature backup_feature;

/* Where the backup key lies: the setting backup-key, else beside the folder of keys
   (traad.db.keys → traad.db.backup-key). */
Str backup_key_file(Ctx *c);

/* Writes app->store's present state to a new file `out` (0600), whole or not at all,
   while others go on working. *ret_key_made: the key was missing and is new.
   Errors: English; E_CONFLICT when `out` exists. */
MUST Err backup_make(Ctx *c, Str out, Str key_file, BackupCounts *ret, bool *ret_key_made);

/* When backup_make last succeeded for these settings; 0: never, or its mark
   (beside the backup key: ….backup-made) is gone. */
Instant backup_made_at(Ctx *c);

/* Makes the store of the settings, which must not exist (or be an empty PostgreSQL
   database), from the file, brings it up to this program's schemas and holds it
   against every rule of the house before it can be seen.
   Errors: English; E_CONFLICT when there is a store, or the backup is newer than this
   program; E_INVALID when the file is no backup, damaged, cut off or of another key. */
MUST Err backup_restore(Ctx *c, Str in, Str key_file, BackupCounts *ret);

/* When opening app->store would migrate it: a backup first, its file in *ret_out (else
   empty). It lies beside the store, or beside the folder of keys on PostgreSQL. */
MUST Err backup_before_migration(Ctx *c, const Schema *const *all, int n, Str *ret_out);
/* Brings app->store to these schemas: the backup first, and when that fails (a full
   disk) nothing is migrated. *ret_out as above, also when the migration fails after it. */
MUST Err backup_then_migrate(Ctx *c, const Schema *const *all, int n, Str *ret_out, bool *ret_changed);

#endif

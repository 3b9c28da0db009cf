/* SQLite's write-ahead log, written in pieces as large as its file takes (private
   to db/). SQLite writes every page that a transaction changed by itself, its
   head before it: a batch of thirty answers was 140 calls of the system, and a
   tenth of all that the server does. Here what follows one another waits and
   goes to the file in one call: at the sync, before anything else is asked of
   the file, or when there is no more room.

   Nothing is acknowledged earlier than before. SQLite lets others see a
   transaction, and ends COMMIT, after the sync of its log (synchronous=FULL,
   which sqlite.c sets for all; https://sqlite.org/wal.html), and the sync
   writes what waits first. A write that fails is told by the call that made it
   go, and SQLite then rolls the transaction back.

   It is a SQLite VFS over another one, for one connection: only the log passes
   through it, the database itself and its shared memory do not. */
#ifndef DB_SQLITE_LOG_H
#define DB_SQLITE_LOG_H

typedef struct SqliteLog SqliteLog;

/* Over the VFS of that name, NULL the system's. NULL: no memory, or no such VFS. */
SqliteLog *sqlite_log_open(const char *vfs);
/* For sqlite3_open_v2 of the one connection. */
const char *sqlite_log_vfs(const SqliteLog *log);
/* After the connection is closed; NULL is fine. */
void sqlite_log_close(SqliteLog *log);

#endif

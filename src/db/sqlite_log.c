#include "db/sqlite_log.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Less than 128 KiB: SQLite's own VFS writes 131,071 bytes at a time, and takes
   2^17 of them for none (seekAndWriteFd of os_unix.c). 31 pages of 4 KiB. */
enum { HELD_MAX = 127 << 10, NAME_MAX_BYTES = 40 };

struct SqliteLog {
    sqlite3_vfs vfs;
    sqlite3_vfs *under;
    char name[NAME_MAX_BYTES];
    struct LogFile *open; /* the log's file, while it is */
    sqlite3_int64 from;   /* where what waits belongs in the file */
    int n;                /* bytes that wait */
    char held[HELD_MAX];
};

typedef struct LogFile {
    sqlite3_file base;
    sqlite3_file *real; /* stands behind this struct */
    SqliteLog *log;
} LogFile;

static LogFile *of(sqlite3_file *file)
{
    return (LogFile *)file;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return of(file)->real;
}

/* ---- what waits -------------------------------------------------------------------- */

static int let_go(LogFile *f)
{
    int n = f->log->n;
    f->log->n = 0; /* whatever becomes of it: SQLite writes a failed transaction's pages again, or never */
    return n ? f->real->pMethods->xWrite(f->real, f->log->held, n, f->log->from) : SQLITE_OK;
}

static bool follows(const SqliteLog *log, int n, sqlite3_int64 at)
{
    return at == log->from + log->n && n <= HELD_MAX - log->n;
}

static int log_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    SqliteLog *log = of(file)->log;
    if (log->n && !follows(log, n, at)) {
        int rc = let_go(of(file));
        if (rc != SQLITE_OK) return rc;
    }
    if (n > HELD_MAX) return real_of(file)->pMethods->xWrite(real_of(file), bytes, n, at);
    if (log->n == 0) log->from = at;
    memcpy(log->held + log->n, bytes, (size_t)n);
    log->n += n;
    return SQLITE_OK;
}

/* ---- what the file must be whole for ------------------------------------------------- */

static int log_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    int rc = let_go(of(file));
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xRead(real_of(file), to, n, at);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int rc = let_go(of(file));
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int log_sync(sqlite3_file *file, int flags)
{
    int rc = let_go(of(file));
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    int rc = let_go(of(file));
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xFileSize(real_of(file), ret);
}

static int log_control(sqlite3_file *file, int op, void *arg)
{
    int rc = let_go(of(file));
    return rc != SQLITE_OK ? rc : real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int log_close(sqlite3_file *file)
{
    int rc = let_go(of(file)), closed = real_of(file)->pMethods->xClose(real_of(file));
    of(file)->log->open = NULL;
    return rc != SQLITE_OK ? rc : closed;
}

/* ---- the rest is passed on ------------------------------------------------------------ */

static int log_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int log_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int log_reserved(sqlite3_file *file, int *ret)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret);
}

static int log_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int log_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods methods = {
    .iVersion = 1, /* no shared memory and no mapping: both are the database's */
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_traits,
};

/* A second log (of a database attached beside the first) has no place to wait in, and goes past us. */
static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
    SqliteLog *log = (SqliteLog *)vfs;
    if (!(flags & SQLITE_OPEN_WAL) || log->open) return log->under->xOpen(log->under, path, file, flags, out);
    LogFile *f = of(file);
    *f = (LogFile){.real = (sqlite3_file *)(f + 1), .log = log};
    int rc = log->under->xOpen(log->under, path, f->real, flags, out);
    if (rc != SQLITE_OK) return rc;
    f->base.pMethods = &methods;
    log->open = f;
    log->n = 0;
    return SQLITE_OK;
}

/* ---- opening and closing ------------------------------------------------------------- */

SqliteLog *sqlite_log_open(const char *vfs)
{
    sqlite3_initialize(); /* before it no VFS is to be found */
    sqlite3_vfs *under = sqlite3_vfs_find(vfs);
    SqliteLog *log = under ? malloc(sizeof *log) : NULL;
    if (!log) return NULL;
    log->vfs = *under;
    log->under = under;
    log->open = NULL;
    log->n = 0;
    Buf name = buf_over(log->name, NAME_MAX_BYTES - 1);
    buf_add(&name, S("log-"));
    buf_add_i64(&name, (int64_t)(intptr_t)log); /* nobody else's */
    log->name[name.n] = '\0';
    log->vfs.zName = log->name;
    log->vfs.szOsFile = under->szOsFile + (int)sizeof(LogFile);
    log->vfs.xOpen = vfs_open;
    log->vfs.pNext = NULL;
    if (sqlite3_vfs_register(&log->vfs, 0) == SQLITE_OK) return log;
    free(log);
    return NULL;
}

const char *sqlite_log_vfs(const SqliteLog *log)
{
    return log->name;
}

void sqlite_log_close(SqliteLog *log)
{
    if (!log) return;
    sqlite3_vfs_unregister(&log->vfs);
    free(log);
}

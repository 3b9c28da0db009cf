/* Many files as one ZIP file, made in memory with libzip. Same files, same bytes:
   the one date is the caller's, and nothing of the machine gets in. */
#ifndef RENDER_ARCHIVE_ARCHIVE_H
#define RENDER_ARCHIVE_ARCHIVE_H

#include "base/ctx.h"

typedef struct ArchiveFile {
    Str name;  /* path with '/'; relative, UTF-8 */
    Str bytes;
} ArchiveFile;
typedef struct ArchiveFiles {
    const ArchiveFile *v;
    ptrdiff_t n;
} ArchiveFiles;

/* In the order given; all dated at the day's midnight. *ret_bytes: in c->arena.
   Errors: E_BROKEN where libzip says no. */
MUST Err archive_write(Ctx *c, ArchiveFiles files, Date day, Str *ret_bytes);

#endif

#include "core/backup/backup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEALED_PIECE = STREAM_PIECE + STREAM_OVERHEAD };

struct BackupFile {
    int fd; /* −1: closed */
    Str path, passing; /* passing: its name until commit; empty: it is being read */
    Str lines;         /* proved with the first piece, then empty */
    SecretStream *stream;
    char *plain, *sealed;
    ptrdiff_t n, at; /* bytes in plain; of them given */
    bool is_last;    /* reading: plain is the last piece */
};

Err backup_broken(Ctx *c, Str what, int why)
{
    return fail(c, E_BUSY, msg_verbatim(STR_CAT(c->arena, what, S(": "), str_of_z(strerror(why)))));
}

static Err damaged(Ctx *c, const BackupFile *f, const char *why)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, f->path, S(" "), str_of_z(why))));
}

static void let_go(Ctx *c, void *data)
{
    BackupFile *f = data;
    if (f->fd >= 0) close(f->fd);
    f->fd = -1;
    if (f->passing.n) unlink(str_z(c->arena, f->passing));
    f->passing = (Str){0};
}

static BackupFile *file_new(Ctx *c, Str path)
{
    BackupFile *f = NEW(c->arena, BackupFile, 1);
    *f = (BackupFile){.fd = -1, .path = path, .plain = arena_take_raw(c->arena, SEALED_PIECE),
                      .sealed = arena_take_raw(c->arena, SEALED_PIECE)};
    ctx_at_end(c, let_go, f);
    return f;
}

/* ---- writing ----------------------------------------------------------------- */

static Err write_all(Ctx *c, BackupFile *f, const void *bytes, ptrdiff_t n)
{
    for (const char *p = bytes; n > 0;) {
        ssize_t done = write(f->fd, p, (size_t)n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return backup_broken(c, f->path, done < 0 ? errno : ENOSPC);
        p += done;
        n -= done;
    }
    return OK;
}

static Err flush(Ctx *c, BackupFile *f, bool is_last)
{
    stream_seal(f->stream, (Str){f->plain, f->n}, f->lines, is_last, f->sealed);
    TRY(write_all(c, f, f->sealed, f->n + STREAM_OVERHEAD));
    f->lines = (Str){0};
    f->n = 0;
    return OK;
}

static Err put(Ctx *c, void *to, const void *bytes, ptrdiff_t n)
{
    BackupFile *f = to;
    for (const char *p = bytes; n > 0;) {
        if (f->n == STREAM_PIECE) TRY(flush(c, f, false));
        ptrdiff_t fits = n < STREAM_PIECE - f->n ? n : STREAM_PIECE - f->n;
        memcpy(f->plain + f->n, p, (size_t)fits);
        f->n += fits;
        p += fits;
        n -= fits;
    }
    return OK;
}

BackupOut backup_file_out(BackupFile *f)
{
    return (BackupOut){put, f};
}

Err backup_file_make(Ctx *c, Str path, Str key_file, Str lines, BackupFile **ret)
{
    BackupFile *f = file_new(c, path);
    char head[STREAM_HEAD];
    if (access(str_z(c->arena, path), F_OK) == 0)
        return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, path, S(" exists already"))));
    f->lines = STR_CAT(c->arena, lines, S("\n"));
    TRY(stream_seal_begin(c, key_file, head, &f->stream));
    Str passing = STR_CAT(c->arena, path, S(".part-"), str_sub(ctx_uid(c), 0, 8));
    f->fd = open(str_z(c->arena, passing), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (f->fd < 0) return backup_broken(c, path, errno);
    f->passing = passing;
    TRY(write_all(c, f, f->lines.p, f->lines.n));
    TRY(write_all(c, f, head, STREAM_HEAD));
    *ret = f;
    return OK;
}

static Err sync_folder(Ctx *c, Str path)
{
    ptrdiff_t slash = path.n;
    while (slash > 0 && path.p[slash - 1] != '/') slash--;
    Str folder = slash > 0 ? str_sub(path, 0, slash) : S(".");
    int fd = open(str_z(c->arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int bad = fd < 0 || fsync(fd) != 0, why = errno;
    if (fd >= 0) close(fd);
    return bad ? backup_broken(c, folder, why) : OK;
}

Err backup_put_in_place(Ctx *c, Str from, Str to)
{
    if (renameat2(AT_FDCWD, str_z(c->arena, from), AT_FDCWD, str_z(c->arena, to), RENAME_NOREPLACE) != 0) {
        if (errno != EEXIST) return backup_broken(c, to, errno);
        return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, to, S(" exists already"))));
    }
    return sync_folder(c, to);
}

Err backup_file_commit(Ctx *c, BackupFile *f)
{
    TRY(flush(c, f, true));
    if (fsync(f->fd) != 0) return backup_broken(c, f->path, errno);
    TRY(backup_put_in_place(c, f->passing, f->path));
    f->passing = (Str){0};
    let_go(c, f);
    return OK;
}

/* ---- reading ----------------------------------------------------------------- */

static Err read_some(Ctx *c, BackupFile *f, char *bytes, ptrdiff_t n, ptrdiff_t *ret)
{
    ptrdiff_t have = 0;
    while (have < n) {
        ssize_t got = read(f->fd, bytes + have, (size_t)(n - have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return backup_broken(c, f->path, errno);
        if (got == 0) break;
        have += got;
    }
    *ret = have;
    return OK;
}

Err backup_file_open(Ctx *c, Str path, BackupFile **ret, Str *ret_lines)
{
    BackupFile *f = file_new(c, path);
    char *text = arena_take_raw(c->arena, BACKUP_LINES_MAX);
    ptrdiff_t n = 0;
    f->fd = open(str_z(c->arena, path), O_RDONLY | O_CLOEXEC);
    if (f->fd < 0) return backup_broken(c, path, errno);
    TRY(read_some(c, f, text, BACKUP_LINES_MAX, &n));
    ptrdiff_t end = str_find((Str){text, n}, S("\n\n"), 0);
    if (end < 0 || !str_starts((Str){text, n}, S("traad-backup "))) return damaged(c, f, "is not a backup");
    f->lines = (Str){text, end + 2};
    if (lseek(f->fd, end + 2, SEEK_SET) < 0) return backup_broken(c, path, errno);
    *ret_lines = (Str){text, end + 1};
    *ret = f;
    return OK;
}

Err backup_file_unlock(Ctx *c, BackupFile *f, Str key_file)
{
    char head[STREAM_HEAD];
    ptrdiff_t n = 0;
    TRY(read_some(c, f, head, STREAM_HEAD, &n));
    if (n != STREAM_HEAD) return damaged(c, f, "is cut off");
    return stream_open_begin(c, key_file, head, &f->stream);
}

static Err next_piece(Ctx *c, BackupFile *f)
{
    ptrdiff_t n = 0;
    if (f->is_last) return damaged(c, f, "ends too early");
    TRY(read_some(c, f, f->sealed, SEALED_PIECE, &n));
    if (n == 0) return damaged(c, f, "is cut off");
    if (!stream_open(f->stream, (Bytes){f->sealed, n}, f->lines, f->plain, &f->is_last))
        return damaged(c, f, n < SEALED_PIECE ? "is damaged or cut off" : "is damaged");
    f->lines = (Str){0};
    f->n = n - STREAM_OVERHEAD;
    f->at = 0;
    return OK;
}

static Err get(Ctx *c, void *from, void *bytes, ptrdiff_t n)
{
    BackupFile *f = from;
    for (char *p = bytes; n > 0;) {
        if (f->at == f->n) {
            TRY(next_piece(c, f));
            continue;
        }
        ptrdiff_t have = n < f->n - f->at ? n : f->n - f->at;
        memcpy(p, f->plain + f->at, (size_t)have);
        f->at += have;
        p += have;
        n -= have;
    }
    return OK;
}

static Err end(Ctx *c, void *from)
{
    BackupFile *f = from;
    ptrdiff_t more = 0;
    if (f->at == f->n && !f->is_last) TRY(next_piece(c, f));
    if (f->at != f->n || !f->is_last) return damaged(c, f, "goes on behind its end");
    TRY(read_some(c, f, f->sealed, 1, &more));
    return more ? damaged(c, f, "goes on behind its end") : OK;
}

BackupIn backup_file_in(BackupFile *f)
{
    return (BackupIn){get, end, f};
}

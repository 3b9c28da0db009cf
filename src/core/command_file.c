#include "core/command_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

static Err refuse(Ctx *c, Str path, Str why)
{
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, path, S(": "), why)));
}

static Err refuse_errno(Ctx *c, Str path)
{
    return refuse(c, path, str_of_z(strerrordesc_np(errno)));
}

static Err refuse_size(Ctx *c, Str path, int64_t max_bytes)
{
    Buf why = buf_new(c->arena, 40);
    buf_add(&why, S("larger than "));
    buf_add_i64(&why, max_bytes >> 20);
    buf_add(&why, S(" MB"));
    return refuse(c, path, buf_str(&why));
}

/* ---- reading ------------------------------------------------------------------------- */

static void unmap(Ctx *c, void *data)
{
    (void)c;
    const Str *mapped = data;
    munmap((void *)mapped->p, (size_t)mapped->n);
}

static Err map_open_file(Ctx *c, int fd, Str path, int64_t max_bytes, Str *ret)
{
    struct stat s;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return refuse(c, path, S("not a regular file"));
    if (s.st_size > max_bytes) return refuse_size(c, path, max_bytes);
    *ret = S("");
    if (s.st_size == 0) return OK;
    void *p = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return refuse_errno(c, path);
    Str *mapped = NEW(c->arena, Str, 1);
    *mapped = *ret = (Str){p, (ptrdiff_t)s.st_size};
    ctx_at_end(c, unmap, mapped);
    return OK;
}

Err command_file_read(Ctx *c, Str path, int64_t max_bytes, Str *ret)
{
    int fd = open(str_z(c->arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return refuse_errno(c, path);
    Err err = map_open_file(c, fd, path, max_bytes, ret);
    close(fd);
    return err;
}

void command_file_told(Buf *out, int64_t read, int64_t stored, int64_t repeated, int64_t refused)
{
    const struct { Str word; int64_t n; } parts[] = {
        {S("read "), read}, {S(" rows, stored "), stored}, {S(", repeated "), repeated}, {S(", refused "), refused}};
    for (ptrdiff_t i = 0; i < COUNT_OF(parts); i++) {
        buf_add(out, parts[i].word);
        buf_add_i64(out, parts[i].n);
    }
    buf_add_char(out, '\n');
}

/* ---- writing ------------------------------------------------------------------------- */

struct NewFile {
    int fd;
    bool has_name, is_device;
    Str path;
    const char *to, *part;
};

static void end(Ctx *c, void *data)
{
    (void)c;
    const NewFile *file = data;
    close(file->fd);
    if (!file->has_name) unlink(file->part);
}

/* Taking the name away would break it for everybody: /dev/full is a device, /dev/stdout a link to whatever it is now. */
static bool is_device(const NewFile *file, const struct stat *there)
{
    struct stat itself;
    if (!S_ISREG(there->st_mode)) return true;
    bool is_system = str_starts(file->path, S("/dev/")) || str_starts(file->path, S("/proc/"));
    return is_system && lstat(file->to, &itself) == 0 && S_ISLNK(itself.st_mode);
}

static Err open_device(Ctx *c, NewFile *file)
{
    file->fd = open(file->to, O_WRONLY | O_CLOEXEC);
    if (file->fd < 0) return refuse_errno(c, file->path);
    file->has_name = file->is_device = true;
    ctx_at_end(c, end, file);
    return OK;
}

Err command_file_new(Ctx *c, Str path, int mode, NewFile **ret)
{
    struct stat there;
    NewFile *file = NEW(c->arena, NewFile, 1);
    Str part = STR_CAT(c->arena, path, S(".part-"), str_sub(ctx_uid(c), 0, 8));
    *file = (NewFile){.path = path, .to = str_z(c->arena, path), .part = str_z(c->arena, part)};
    *ret = file;
    bool is_there = stat(file->to, &there) == 0;
    if (is_there && S_ISDIR(there.st_mode)) return refuse(c, path, S("Is a directory"));
    if (is_there && is_device(file, &there)) return open_device(c, file);
    /* A file that is there is somebody's: its permissions, or where it links to, are not ours. */
    file->fd = open(file->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file->fd < 0) return refuse_errno(c, path);
    ctx_at_end(c, end, file);
    return OK;
}

static int sync_folder(Ctx *c, Str path)
{
    ptrdiff_t slash = path.n;
    while (slash > 0 && path.p[slash - 1] != '/') slash--;
    int fd = open(slash ? str_z(c->arena, str_sub(path, 0, slash)) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int bad = fd < 0 || fsync(fd) != 0;
    int why = errno;
    if (fd >= 0) close(fd);
    errno = why;
    return bad;
}

Err command_file_store(Ctx *c, NewFile *file, Str bytes)
{
    for (ptrdiff_t at = 0; at < bytes.n;) {
        ssize_t n = write(file->fd, bytes.p + at, (size_t)(bytes.n - at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return refuse_errno(c, file->path);
        at += n;
    }
    if (file->is_device) return OK;
    if (fsync(file->fd) != 0 || rename(file->part, file->to) != 0) return refuse_errno(c, file->path);
    file->has_name = true;
    return sync_folder(c, file->path) == 0 ? OK : refuse_errno(c, file->path);
}

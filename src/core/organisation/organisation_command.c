/* `traad organisation import FILE.csv [--institutionsregister]` (FORMATS §1). */
#include "core/organisation/organisation_command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/app.h"
#include "core/organisation/organisation.h"

typedef struct Mapping {
    void *p;
    size_t n;
} Mapping;

static void unmap(Ctx *c, void *data)
{
    (void)c;
    const Mapping *m = data;
    munmap(m->p, m->n);
}

static Err refuse_file(Ctx *c, Str path, Str why)
{
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, path, S(": "), why)));
}

static Err map_open_file(Ctx *c, int file, Str path, Str *ret)
{
    struct stat s;
    if (fstat(file, &s) != 0 || !S_ISREG(s.st_mode)) return refuse_file(c, path, S("not a regular file"));
    if (s.st_size > ORGANISATION_FILE_BYTES) return refuse_file(c, path, S("larger than 64 MB"));
    *ret = S("");
    if (s.st_size == 0) return OK;
    Mapping *m = NEW(c->arena, Mapping, 1);
    *m = (Mapping){.n = (size_t)s.st_size};
    m->p = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, file, 0);
    if (m->p == MAP_FAILED) return refuse_file(c, path, str_of_z(strerrordesc_np(errno)));
    ctx_at_end(c, unmap, m);
    *ret = (Str){m->p, (ptrdiff_t)m->n};
    return OK;
}

/* The whole file, mapped until the Ctx ends. */
static Err map_file(Ctx *c, Str path, Str *ret)
{
    int file = open(str_z(c->arena, path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return refuse_file(c, path, str_of_z(strerrordesc_np(errno)));
    Err err = map_open_file(c, file, path, ret);
    close(file);
    return err;
}

typedef struct ImportWork {
    UnitFile *file;
    ImportCount count;
} ImportWork;

static Err write_import(Ctx *c)
{
    ImportWork *work = c->work;
    return organisation_import(c, work->file, &work->count);
}

static Err read_args(Ctx *c, Args args, Str *ret_path, OrganisationFormat *ret_format)
{
    Str path = {0};
    OrganisationFormat format = ORGANISATION_PLAIN;
    for (ptrdiff_t i = 0; i < args.n; i++) {
        if (str_eq(args.v[i], S("--institutionsregister"))) format = ORGANISATION_REGISTER;
        else if (path.n || str_starts(args.v[i], S("--")))
            return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unexpected "), args.v[i], S("; see traad help"))));
        else path = args.v[i];
    }
    if (!path.n) return fail(c, E_INVALID, msg_verbatim(S("usage: traad organisation import FILE.csv [--institutionsregister]")));
    *ret_path = path;
    *ret_format = format;
    return OK;
}

static void tell_count(const ImportCount *count, Buf *out)
{
    buf_add(out, S("read "));
    buf_add_i64(out, count->read);
    buf_add(out, S(" rows, stored "));
    buf_add_i64(out, count->stored);
    buf_add(out, S(", repeated "));
    buf_add_i64(out, count->repeated);
    /* Never another number: a file with a line to refuse is not stored at all. */
    buf_add(out, S(", refused 0\n"));
}

static Err run_import(Ctx *c, Args args, Buf *out)
{
    Str path = {0}, text = {0};
    OrganisationFormat format = ORGANISATION_PLAIN;
    ImportWork *work = NEW(c->arena, ImportWork, 1);
    TRY(read_args(c, args, &path, &format));
    TRY(map_file(c, path, &text));
    TRY(organisation_file_read(c, text, format, &work->file));
    c->work = work;
    TRY(writer_run(c->app->writer, c, "organisation", write_import));
    tell_count(&work->count, out);
    return OK;
}

const Command organisation_commands[] = {
    {.name = "organisation import",
     .usage = "FILE.csv [--institutionsregister]",
     .help = "Stores the organisation of a CSV file (code, name, kind, parent_code, valid_from, valid_to and optionally "
             "succeeds), or the Danish register of institutions. The file is the whole truth for the codes it names; "
             "when one line is impossible, nothing of it is stored.",
     .needs_store = true,
     .writes = true,
     .run = run_import},
    {0},
};

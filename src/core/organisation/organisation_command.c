/* `traad organisation import FILE.csv [--institutionsregister]` (FORMATS §1). */
#include "core/organisation/organisation_command.h"

#include "core/app.h"
#include "core/command_file.h"
#include "core/organisation/organisation.h"

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

static Err run_import(Ctx *c, Args args, Buf *out)
{
    Str path = {0}, text = {0};
    OrganisationFormat format = ORGANISATION_PLAIN;
    ImportWork *work = NEW(c->arena, ImportWork, 1);
    TRY(read_args(c, args, &path, &format));
    TRY(command_file_read(c, path, ORGANISATION_FILE_BYTES, &text));
    TRY(organisation_file_read(c, text, format, &work->file));
    c->work = work;
    TRY(writer_run(c->app->writer, c, "organisation", write_import));
    /* Never anything refused: a file with a line to refuse is not stored at all. */
    command_file_told(out, work->count.read, work->count.stored, work->count.repeated, 0);
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

/* `traad survey wave` and `traad survey codes` (FORMATS §7). */
#include "feature/survey/survey_command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "feature/survey/survey.h"

/* ---- flags ------------------------------------------------------------------ */

typedef struct Flag {
    const char *name; /* "--name" */
    bool needed;
    Str *value;
} Flag;

static const Flag *flag_named(const Flag *all, ptrdiff_t n, Str word)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_eq(word, str_of_z(all[i].name))) return &all[i];
    return NULL;
}

static Err wrong(Ctx *c, Str what, Str which)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, what, which)));
}

static Err read_flags(Ctx *c, Args args, const Flag *all, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < args.n; i += 2) {
        const Flag *flag = flag_named(all, n, args.v[i]);
        if (!flag) return wrong(c, S("unexpected "), args.v[i]);
        if (i + 1 == args.n) return wrong(c, S("a value is missing after "), args.v[i]);
        if (flag->value->p) return wrong(c, S("given twice: "), args.v[i]);
        *flag->value = args.v[i + 1];
    }
    for (ptrdiff_t i = 0; i < n; i++)
        if (all[i].needed && !all[i].value->n) return wrong(c, S("missing "), str_of_z(all[i].name));
    return OK;
}

static Err read_date(Ctx *c, const char *name, Str text, Date *ret)
{
    if (!text.n || date_parse(text, ret)) return OK;
    return wrong(c, str_of_z(name), STR_CAT(c->arena, S(" is not a date as 2026-04-30: "), text));
}

/* ---- survey wave ---------------------------------------------------------------- */

typedef struct WaveWork {
    NewWave wave;
    Wave made;
} WaveWork;

static Err write_wave(Ctx *c)
{
    WaveWork *work = c->work;
    return survey_add(c, work->wave, &work->made);
}

static Err wave_found(Ctx *c, Str name, Wave *ret)
{
    Err err = survey_by_name(c, name, ret);
    if (err == E_NOT_FOUND) return fail(c, err, msg_verbatim(STR_CAT(c->arena, S("no wave has the name "), name)));
    return err;
}

/* The first problem as the sentence: what a file or a store says no to is a
   failure (1), not wrong use (2). */
static Err as_failure(Ctx *c, Err err)
{
    if (err != E_INVALID || !c->problems) return err;
    Msg what = c->problems->what;
    c->problems = c->last_problem = NULL;
    ctx_forgive(c);
    return fail(c, E_CONFLICT, what);
}

static void tell_wave(Buf *out, const Wave *wave)
{
    buf_add(out, S("wave "));
    buf_add(out, wave->name);
    buf_add(out, S(" is made: "));
    buf_add(out, survey_state_code(wave->state));
    buf_add_char(out, '\n');
}

static Err run_wave(Ctx *c, Args args, Buf *out)
{
    WaveWork *work = NEW(c->arena, WaveWork, 1);
    Str open = {0}, close = {0};
    const Flag flags[] = {
        {"--questionnaire", true, &work->wave.questionnaire}, {"--name", true, &work->wave.name},
        {"--previous", false, &work->wave.previous}, {"--open", false, &open}, {"--close", false, &close},
    };
    TRY(read_flags(c, args, flags, COUNT_OF(flags)));
    TRY(read_date(c, "--open", open, &work->wave.opens_on));
    TRY(read_date(c, "--close", close, &work->wave.closes_on));
    if (!open.n != !close.n) return wrong(c, S("--open and --close go together"), S(""));
    c->work = work;
    TRY(as_failure(c, writer_run(c->app->writer, c, "survey", write_wave)));
    tell_wave(out, &work->made);
    return OK;
}

/* ---- survey codes ------------------------------------------------------------------ */

typedef struct CodesWork {
    Str name, unit;
    CodeOrder order;
    PlainCodes codes;
} CodesWork;

static Err write_codes(Ctx *c)
{
    CodesWork *work = c->work;
    Wave wave = {0};
    WaveUnit unit = {0};
    CodeOrder order = work->order;
    TRY(wave_found(c, work->name, &wave));
    if (work->unit.n) {
        Err err = survey_unit(c, wave.id, work->unit, &unit);
        if (err == E_NOT_FOUND) return fail(c, err, msg_verbatim(STR_CAT(c->arena, S("the wave has no unit "), work->unit)));
        TRY(err);
    }
    order.unit = unit.id;
    return survey_codes(c, &wave, order, &work->codes);
}

/* Codes of units and roles need no quotes: none has a comma (UNIT_CODE_MAX). */
static void codes_csv(const PlainCodes *codes, Buf *out)
{
    buf_add(out, S("unit,role,kind,code,path\n"));
    for (ptrdiff_t i = 0; i < codes->n; i++) {
        const PlainCode *code = &codes->v[i];
        const Str fields[] = {code->unit, code->role, code->kind, code->code};
        for (ptrdiff_t k = 0; k < COUNT_OF(fields); k++) {
            buf_add(out, fields[k]);
            buf_add_char(out, ',');
        }
        buf_add(out, S("/s/"));
        buf_add(out, code->code);
        buf_add_char(out, '\n');
    }
}

static Err file_fault(Ctx *c, Str path)
{
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, path, S(": "), str_of_z(strerrordesc_np(errno)))));
}

typedef struct NewFile {
    int fd;
    Str path, part;
    bool is_whole;
} NewFile;

static void drop_part(Ctx *c, void *data)
{
    NewFile *file = data;
    if (file->is_whole) return;
    close(file->fd);
    unlink(str_z(c->arena, file->part));
}

/* Opened before the codes are made, so that none is made that nobody gets;
   readable by its owner alone. */
static Err open_file(Ctx *c, Str path, NewFile **ret)
{
    NewFile *file = NEW(c->arena, NewFile, 1);
    *file = (NewFile){.path = path, .part = STR_CAT(c->arena, path, S(".part"))};
    file->fd = open(str_z(c->arena, file->part), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file->fd < 0) return file_fault(c, path);
    ctx_at_end(c, drop_part, file);
    *ret = file;
    return OK;
}

static Err write_file(Ctx *c, NewFile *file, Str text)
{
    for (ptrdiff_t at = 0; at < text.n;) {
        ssize_t n = write(file->fd, text.p + at, (size_t)(text.n - at));
        if (n <= 0) return file_fault(c, file->path);
        at += n;
    }
    if (fsync(file->fd) != 0 || rename(str_z(c->arena, file->part), str_z(c->arena, file->path)) != 0)
        return file_fault(c, file->path);
    file->is_whole = true;
    close(file->fd);
    return OK;
}

enum { CODE_LINE = 120 };

static Err give_out(Ctx *c, const CodesWork *work, NewFile *file, Buf *out)
{
    if (!file) {
        codes_csv(&work->codes, out);
        return OK;
    }
    Buf text = buf_new(c->arena, (work->codes.n + 1) * CODE_LINE);
    codes_csv(&work->codes, &text);
    return write_file(c, file, buf_str(&text));
}

static Err run_codes(Ctx *c, Args args, Buf *out)
{
    CodesWork *work = NEW(c->arena, CodesWork, 1);
    Str single = {0}, path = {0};
    NewFile *file = NULL;
    const Flag flags[] = {
        {"--wave", true, &work->name}, {"--unit", false, &work->unit}, {"--role", false, &work->order.role},
        {"--single", false, &single}, {"--out", false, &path},
    };
    TRY(read_flags(c, args, flags, COUNT_OF(flags)));
    if (single.n && (!str_i64(single, &work->order.single) || work->order.single < 1 || work->order.single > WAVE_SINGLE_MAX))
        return wrong(c, S("--single is a whole number from 1 to 10000, not "), single);
    if (work->order.role.n && !survey_is_role(work->order.role))
        return wrong(c, S("--role is personale, leder, elev or foraelder, not "), work->order.role);
    work->order.wants_open = true;
    if (path.n) TRY(open_file(c, path, &file));
    c->work = work;
    TRY(as_failure(c, writer_run(c->app->writer, c, "survey", write_codes)));
    return give_out(c, work, file, out);
}

const Command survey_commands[] = {
    {.name = "survey wave",
     .usage = "--questionnaire CODE --name NAME [--previous NAME] [--open DATE --close DATE]",
     .help = "Makes a wave of a questionnaire's newest version. With dates (as 2026-04-30) it takes answers from the first "
             "day to the end of the last; without, it takes imports only.",
     .needs_store = true,
     .writes = true,
     .run = run_wave},
    {.name = "survey codes",
     .usage = "--wave NAME [--unit CODE] [--role ROLE] [--single N] [--out FILE.csv]",
     .help = "Writes the codes of every lowest unit (at or below --unit) and role: the open one, made where there is none, and "
             "with --single N so many new ones that work once. They are shown here; the store keeps them sealed.",
     .needs_store = true,
     .writes = true,
     .run = run_codes},
    {0},
};

/* `traad survey codes` (FORMATS §7). */
#include "feature/code/code_command.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/command_file.h"
#include "core/flags.h"
#include "feature/code/code.h"

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
    TRY(survey_command_wave(c, work->name, &wave));
    if (work->unit.n) TRY(survey_command_unit(c, &wave, work->unit, &unit));
    order.unit = unit.id;
    return code_make(c, &wave, order, &work->codes);
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

enum { CODE_LINE = 120 };

static Err give_out(Ctx *c, const CodesWork *work, NewFile *file, Buf *out)
{
    if (!file) {
        codes_csv(&work->codes, out);
        return OK;
    }
    Buf text = buf_new(c->arena, (work->codes.n + 1) * CODE_LINE);
    codes_csv(&work->codes, &text);
    return command_file_store(c, file, buf_str(&text));
}

static Err run_codes(Ctx *c, Args args, Buf *out)
{
    CodesWork *work = NEW(c->arena, CodesWork, 1);
    Str single = {0}, path = {0};
    NewFile *file = NULL;
    const Flag flags[] = {
        {"--wave", &work->name, NULL, true}, {"--unit", &work->unit, NULL, false}, {"--role", &work->order.role, NULL, false},
        {"--single", &single, NULL, false}, {"--out", &path, NULL, false},
    };
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    if (single.n && (!str_i64(single, &work->order.single) || work->order.single < 1 || work->order.single > CODE_SINGLE_MAX))
        return flags_wrong(c, S("--single is a whole number from 1 to 10000, not "), single);
    if (work->order.role.n && !survey_is_role(work->order.role))
        return flags_wrong(c, S("--role is personale, leder, elev or foraelder, not "), work->order.role);
    work->order.wants_open = true;
    /* Before the codes are made, so that none is made that nobody gets; its owner's alone. */
    if (path.n) TRY(command_file_new(c, path, 0600, &file));
    c->work = work;
    TRY(survey_command_failed(c, writer_run(c->app->writer, c, "survey", write_codes)));
    return give_out(c, work, file, out);
}

const Command code_commands[] = {
    {.name = "survey codes",
     .usage = "--wave NAME [--unit CODE] [--role ROLE] [--single N] [--out FILE.csv]",
     .help = "Writes the codes of every lowest unit (at or below --unit) and role: the open one, made where there is none, and "
             "with --single N so many new ones that work once. They are shown here; the store keeps them sealed.",
     .needs_store = true,
     .writes = true,
     .run = run_codes},
    {0},
};

/* `traad survey wave` and `traad survey codes` (FORMATS §7). */
#include "feature/survey/survey_command.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/command_file.h"
#include "core/flags.h"
#include "feature/survey/survey.h"

static Err read_date(Ctx *c, const char *name, Str text, Date *ret)
{
    if (!text.n || date_parse(text, ret)) return OK;
    return flags_wrong(c, str_of_z(name), STR_CAT(c->arena, S(" is not a date as 2026-04-30: "), text));
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

Err survey_command_wave(Ctx *c, Str name, Wave *ret)
{
    Err err = survey_by_name(c, name, ret);
    return err == E_NOT_FOUND ? fail(c, err, msg_verbatim(STR_CAT(c->arena, S("no wave has the name "), name))) : err;
}

Err survey_command_unit(Ctx *c, const Wave *wave, Str code, WaveUnit *ret)
{
    Err err = survey_unit(c, wave->id, code, ret);
    return err == E_NOT_FOUND ? fail(c, err, msg_verbatim(STR_CAT(c->arena, S("the wave has no unit "), code))) : err;
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
        {"--questionnaire", &work->wave.questionnaire, NULL, true}, {"--name", &work->wave.name, NULL, true},
        {"--previous", &work->wave.previous, NULL, false}, {"--open", &open, NULL, false}, {"--close", &close, NULL, false},
    };
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    TRY(read_date(c, "--open", open, &work->wave.opens_on));
    TRY(read_date(c, "--close", close, &work->wave.closes_on));
    if (!open.n != !close.n) return flags_wrong(c, S("--open and --close go together"), S(""));
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
    TRY(survey_command_wave(c, work->name, &wave));
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
    if (single.n && (!str_i64(single, &work->order.single) || work->order.single < 1 || work->order.single > WAVE_SINGLE_MAX))
        return flags_wrong(c, S("--single is a whole number from 1 to 10000, not "), single);
    if (work->order.role.n && !survey_is_role(work->order.role))
        return flags_wrong(c, S("--role is personale, leder, elev or foraelder, not "), work->order.role);
    work->order.wants_open = true;
    /* Before the codes are made, so that none is made that nobody gets; its owner's alone. */
    if (path.n) TRY(command_file_new(c, path, 0600, &file));
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

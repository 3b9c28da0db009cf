/* `traad survey wave` (FORMATS §7), and what the commands of other rooms ask about waves. */
#include "feature/survey/survey_command.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
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

Err survey_command_failed(Ctx *c, Err err)
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
    TRY(survey_command_failed(c, writer_run(c->app->writer, c, "survey", write_wave)));
    tell_wave(out, &work->made);
    return OK;
}

const Command survey_commands[] = {
    {.name = "survey wave",
     .usage = "--questionnaire CODE --name NAME [--previous NAME] [--open DATE --close DATE]",
     .help = "Makes a wave of a questionnaire's newest version. With dates (as 2026-04-30) it takes answers from the first "
             "day to the end of the last; without, it takes imports only.",
     .needs_store = true,
     .writes = true,
     .run = run_wave},
    {0},
};

/* `traad survey import FILE.json|FILE.lss` (FORMATS §2). */
#include "feature/questionnaire/questionnaire_feature.h"

#include "core/app.h"
#include "core/command_file.h"
#include "feature/questionnaire/questionnaire.h"
#include "feature/questionnaire/questionnaire_demo.h"

typedef struct ImportWork {
    Questionnaire q;
    int64_t stored, repeated;
} ImportWork;

SQL(FIRST_ROOT, "SELECT coalesce(min(id), 0) FROM v_organisation_unit WHERE parent_id IS NULL");

static void count(ImportWork *work, const Questionnaire *before)
{
    for (ptrdiff_t i = 0; i < work->q.items.n; i++) {
        const Item *item = &work->q.items.v[i], *old = questionnaire_item(before, item->code);
        if (old && str_eq(old->wording, item->wording))
            work->repeated++;
        else
            work->stored++;
    }
}

static Err write_import(Ctx *c)
{
    ImportWork *work = c->work;
    Questionnaire before = {0};
    UnitId owner = {0};
    bool is_new = false;
    TRY(db_one_i64(c, FIRST_ROOT, &owner.v));
    Err err = questionnaire_newest(c, work->q.code, &before);
    if (err != E_NOT_FOUND) TRY(err);
    work->stored = work->repeated = 0; /* a write may run again */
    count(work, &before);
    return questionnaire_store(c, &work->q, owner, &is_new);
}

static Err to_json(Ctx *c, Str path, Str *text, Buf *out)
{
    Strs notes = {0};
    TRY(questionnaire_as_json(c, path, text, &notes));
    for (ptrdiff_t i = 0; i < notes.n; i++) {
        buf_add(out, S("note: "));
        buf_add(out, notes.v[i]);
        buf_add_char(out, '\n');
    }
    return OK;
}

/* A file with faults is a failure (1), not wrong use of the command (2). */
static Err as_failure(Err err)
{
    return err == E_INVALID ? E_CONFLICT : err;
}

static Err run_import(Ctx *c, Args args, Buf *out)
{
    if (args.n != 1 || str_starts(args.v[0], S("--")))
        return fail(c, E_INVALID, msg_verbatim(S("usage: traad survey import FILE.json|FILE.lss")));
    ImportWork *work = NEW(c->arena, ImportWork, 1);
    Str text = {0};
    TRY(command_file_read(c, args.v[0], QUESTIONNAIRE_FOREIGN_BYTES, &text));
    TRY(as_failure(to_json(c, args.v[0], &text, out)));
    TRY(as_failure(questionnaire_parse(c, text, &work->q)));
    c->work = work;
    TRY(writer_run(c->app->writer, c, "questionnaire", write_import));
    /* Never anything refused: a file with a fault is not stored at all. */
    command_file_told(out, work->q.items.n, work->stored, work->repeated, 0);
    return OK;
}

static const Command commands[] = {
    {.name = "survey import",
     .usage = "FILE.json|FILE.lss",
     .help =
         "Stores a questionnaire: a file of FORMATS 2, or a survey of LimeSurvey (.lss), whose parts without a counterpart are "
         "told as notes. An unchanged questionnaire changes nothing; a changed one is a new version under the same code.",
     .needs_store = true,
     .writes = true,
     .run = run_import},
    {0},
};

const Feature questionnaire_feature = {.name = "questionnaire", .schema = &questionnaire_schema, .commands = commands, .demo = questionnaire_demo};

/* `traad survey answers --wave NAME --map MAP.json FILE.csv [--refused FILE.csv]` (FORMATS §3). */
#include "core/app.h"
#include "core/command_file.h"
#include "feature/answer_file/answer_file.h"
#include "feature/answer_file/answer_file_import.h"

static Err cannot(Ctx *c, Str path, Str why)
{
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, path, S(": "), why)));
}

/* ---- words ------------------------------------------------------------------------ */

typedef struct Words {
    Str wave, map, file, refused;
} Words;

static Err read_words(Ctx *c, Args args, Words *ret)
{
    Words w = {0};
    const struct { Str name; Str *to; } options[] = {{S("--wave"), &w.wave}, {S("--map"), &w.map}, {S("--refused"), &w.refused}};
    for (ptrdiff_t i = 0; i < args.n; i++) {
        Str *to = NULL;
        for (ptrdiff_t k = 0; k < 3; k++)
            if (str_eq(args.v[i], options[k].name)) to = options[k].to;
        bool is_last = i + 1 == args.n;
        if (to && !is_last && !to->n) *to = args.v[++i];
        else if (!to && !w.file.n && !str_starts(args.v[i], S("--"))) w.file = args.v[i];
        else return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unexpected "), args.v[i], S("; see traad help survey answers"))));
    }
    if (!w.wave.n || !w.map.n || !w.file.n)
        return fail(c, E_INVALID, msg_verbatim(S("usage: traad survey answers --wave NAME --map MAP.json FILE.csv [--refused FILE.csv]")));
    *ret = w;
    return OK;
}

/* ---- the work ------------------------------------------------------------------------ */

typedef struct Job {
    Wave wave;
    Questionnaire q;
    AnswerMap map;
    Plan plan;
    Csv rows;
    AnswerImport done;
} Job;

static Err find_wave(Ctx *c, Str name, Job *job)
{
    Err err = survey_by_name(c, name, &job->wave);
    if (err == E_NOT_FOUND) return cannot(c, S("wave"), STR_CAT(c->arena, S("there is no wave "), name));
    TRY(err);
    return questionnaire_load(c, job->wave.questionnaire, &job->q);
}

/* A wrong mapping is a failure (exit 1), no wrong use of the command; the first fault is told with its place. */
static Err read_map(Ctx *c, Str path, Job *job)
{
    Str text = {0};
    TRY(command_file_read(c, path, ANSWER_MAP_BYTES, &text));
    Err err = answer_file_map_read(c, text, &job->q, &job->map);
    if (err == OK) return OK;
    Str place = c->problems ? c->problems->field : S("");
    Str what = msg_text(c, c->problems ? c->problems->what : c->message);
    ctx_forgive(c);
    return cannot(c, path, place.n ? STR_CAT(c->arena, place, S(": "), what) : what);
}

static Err read_header(Ctx *c, Str path, Job *job)
{
    Str text = {0};
    CsvRow header = {0};
    TRY(command_file_read(c, path, ANSWER_FILE_BYTES, &text));
    job->rows = csv_open(text, job->map.delimiter);
    if (!csv_next(&job->rows, c->arena, &header))
        return cannot(c, path, job->rows.fault ? csv_fault_text(job->rows.fault) : S("the file has no header"));
    return answer_file_plan(c, &job->map, &header, &job->plan);
}

static Err write_answers(Ctx *c)
{
    Job *job = c->work;
    return answer_file_import(c, &job->wave, &job->plan, job->rows, &job->done);
}

/* ---- what is told ----------------------------------------------------------------------- */

static ptrdiff_t refused_bytes(const Job *job)
{
    ptrdiff_t n = 1 << 20;
    for (ptrdiff_t i = 0; i < job->done.refusals.n; i++) n += 2 * job->done.refusals.v[i].raw.n + 2 * CSV_MAX_FIELDS;
    return n;
}

static Err import_and_tell(Ctx *c, Job *job, Str refused_path, NewFile *refused)
{
    c->work = job;
    TRY(writer_run(c->app->writer, c, "answer", write_answers));
    if (!refused) return OK;
    Buf b = buf_new(c->arena, refused_bytes(job));
    answer_file_refused_write(c, &job->plan, job->map.delimiter, &job->done.refusals, &b);
    if (command_file_store(c, refused, buf_str(&b)) == OK) return OK;
    ctx_forgive(c);
    return cannot(c, refused_path, S("the answers are stored, but the refused rows could not be written"));
}

static Err run_answers(Ctx *c, Args args, Buf *out)
{
    Words words = {0};
    Job *job = NEW(c->arena, Job, 1);
    NewFile *refused = NULL;
    TRY(read_words(c, args, &words));
    TRY(db_read_begin(c, c->app->store));
    TRY(find_wave(c, words.wave, job));
    TRY(survey_takes_import(c, &job->wave));
    db_read_end(c);
    TRY(read_map(c, words.map, job));
    TRY(read_header(c, words.file, job));
    /* Better to learn of a folder that is not there before anything is stored than after it. */
    if (words.refused.n) TRY(command_file_new(c, words.refused, 0600, &refused));
    TRY(import_and_tell(c, job, words.refused, refused));
    const AnswerImport *done = &job->done;
    command_file_told(out, done->read, done->stored, done->repeated, done->refused);
    return OK;
}

const Command answer_file_commands[] = {
    {.name = "survey answers",
     .usage = "--wave NAME --map MAP.json FILE.csv [--refused FILE.csv]",
     .help = "Stores the answers of a wide CSV file, one row a person, by a mapping of its columns. A row that cannot be right is "
             "refused and told with line, column and reason; the others are stored, all of them or (after a fault of the machine) none.",
     .needs_store = true,
     .writes = true,
     .run = run_answers},
    {0},
};

const Feature answer_file_feature = {.name = "answer_file", .commands = answer_file_commands};

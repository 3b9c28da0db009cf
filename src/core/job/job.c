#include "core/job/job.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/job/runner.h"

static const int64_t day_ms = 86400000;

/* ---- reading ------------------------------------------------------------- */

static Err state_of(Ctx *c, Str word, JobState *ret)
{
    static const struct {
        Str word;
        JobState state;
    } states[] = {
        {S_INIT("waiting"), JOB_WAITING}, {S_INIT("running"), JOB_RUNNING}, {S_INIT("done"), JOB_DONE}, {S_INIT("failed"), JOB_FAILED},
    };
    for (ptrdiff_t i = 0; i < COUNT_OF(states); i++) {
        if (!str_eq(states[i].word, word)) continue;
        *ret = states[i].state;
        return OK;
    }
    return fail(c, E_BROKEN, T("Et arbejde har en ukendt tilstand."));
}

SQL(BY_UID, "SELECT id, kind, state, done_n, of_n, tries, message, made_at, next_at, coalesce(ended_at, 0)"
            " FROM job WHERE uid = $1");

Err job_by_uid(Ctx *c, Str uid, Job *ret)
{
    Job job = {.uid = uid};
    Str state = {0};
    Rows r = db_query(c, BY_UID, uid);
    if (db_next(&r)) {
        job.id.v = db_i64(&r, 0);
        job.kind = db_str(&r, 1);
        state = db_str(&r, 2);
        job.done_n = db_i64(&r, 3);
        job.of_n = db_i64(&r, 4);
        job.tries = db_i64(&r, 5);
        job.message = db_str(&r, 6);
        job.made_at.ms = db_i64(&r, 7);
        job.next_at.ms = db_i64(&r, 8);
        job.ended_at.ms = db_i64(&r, 9);
    }
    TRY(db_done(&r));
    if (!job.id.v) return E_NOT_FOUND;
    TRY(state_of(c, state, &job.state));
    *ret = job;
    return OK;
}

SQL(FILES, "SELECT f.name, f.type, f.size, f.expires_at FROM job_file f JOIN job j ON j.id = f.job_id"
           " WHERE f.job_id = $1 AND j.state = 'done' AND f.expires_at > $2 ORDER BY f.name LIMIT $3");

Err job_files(Ctx *c, JobId id, JobFiles *ret)
{
    JobFiles all = {.v = NEW(c->arena, JobFile, JOB_FILES_MAX)};
    Rows r = db_query(c, FILES, id, c->now.ms, (int)JOB_FILES_MAX);
    while (db_next(&r))
        all.v[all.n++] = (JobFile){.name = db_str(&r, 0), .type = db_str(&r, 1), .size = db_i64(&r, 2), .expires_at = {db_i64(&r, 3)}};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(FILE_BY_NAME, "SELECT f.type, f.size, f.expires_at, f.content FROM job_file f JOIN job j ON j.id = f.job_id"
                  " WHERE f.job_id = $1 AND f.name = $2 AND j.state = 'done' AND f.expires_at > $3");

Err job_file_read(Ctx *c, JobId id, Str name, JobFile *ret, Bytes *ret_content)
{
    JobFile file = {.name = name};
    Bytes content = {0};
    Rows r = db_query(c, FILE_BY_NAME, id, name, c->now.ms);
    if (db_next(&r)) {
        file.type = db_str(&r, 0);
        file.size = db_i64(&r, 1);
        file.expires_at.ms = db_i64(&r, 2);
        content = db_bytes(&r, 3);
    }
    TRY(db_done(&r));
    if (!file.type.n) return E_NOT_FOUND;
    *ret = file;
    *ret_content = content;
    return OK;
}

SQL(PLACE, "SELECT id, owner_id, coalesce(made_by, 0) FROM job WHERE uid = $1");

Err job_place(Ctx *c, Str uid, Place *ret)
{
    Place place = {0};
    Rows r = db_query(c, PLACE, uid);
    if (db_next(&r))
        place = (Place){.object_id = db_i64(&r, 0), .owner_id = db_i64(&r, 1), .unit_id = db_i64(&r, 1), .author = {db_i64(&r, 2)}};
    TRY(db_done(&r));
    if (!place.object_id) return E_NOT_FOUND;
    *ret = place;
    return OK;
}

Str job_href(Ctx *c, Str uid)
{
    return STR_CAT(c->arena, S("/job/"), uid);
}

/* ---- adding -------------------------------------------------------------- */

/* The letters that ids, codes and JSON's own signs need, so that no name with a
   space, address or sentence gets into a row that is no place for it. */
static bool is_of_ids(Str args)
{
    const Str allowed = S("{}[]\":,._-");
    for (ptrdiff_t i = 0; i < args.n; i++) {
        char ch = args.p[i];
        bool is_letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!is_letter && str_find_char(allowed, ch, 0) < 0) return false;
    }
    return args.n <= JOB_ARGS_MAX;
}

static void wake_runner(Ctx *c, void *data)
{
    (void)data;
    job_runner_wake(c);
}

SQL(ADD, "INSERT INTO job (owner_id, uid, kind, args, lang, state, of_n, made_by, made_at, next_at)"
         " VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $8, $9)");

static Err add_for(Ctx *c, NewJob job, ViewerId maker, Str *ret_uid)
{
    if (!is_of_ids(job.args)) return fail(c, E_BROKEN, msg_verbatim(S("a job's args hold ids only")));
    Str uid = ctx_uid(c), lang = c->lang == LANG_EN ? S("en") : S("da");
    int64_t due = i64_max(c->now.ms, job.not_before.ms);
    TRY(db_exec(c, ADD, NULL, job.owner_id, uid, str_of_z(job.kind->name), job.args, lang, job.of_n,
                DB_IF(maker.v, maker), c->now.ms, due));
    ctx_after_commit(c, wake_runner, NULL);
    *ret_uid = uid;
    return OK;
}

Err job_add(Ctx *c, NewJob job, Str *ret_uid)
{
    return add_for(c, job, c->viewer, ret_uid);
}

/* A running row counts too: its step's write will look, in its own transaction. */
SQL(BRING_FORWARD, "UPDATE job SET next_at = CASE WHEN next_at < $3 THEN next_at ELSE $3 END, version = version + 1"
                   " WHERE owner_id = $1 AND kind = $2 AND state IN ('waiting', 'running')");

Err job_wake(Ctx *c, const JobKind *kind, int64_t owner_id)
{
    int changed = 0;
    Str uid = {0};
    TRY(db_exec(c, BRING_FORWARD, &changed, owner_id, str_of_z(kind->name), c->now.ms));
    if (changed == 0) return add_for(c, (NewJob){.kind = kind, .args = S("{}"), .owner_id = owner_id}, (ViewerId){0}, &uid);
    ctx_after_commit(c, wake_runner, NULL);
    return OK;
}

/* ---- files --------------------------------------------------------------- */

static bool is_file_name(Str name)
{
    for (ptrdiff_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\' || (unsigned char)name.p[i] < 32 || name.p[i] == 127) return false;
    return name.n > 0 && str_is_utf8(name) && str_chars(name) <= 120;
}

SQL(FILE_PUT, "INSERT INTO job_file (owner_id, job_id, name, type, size, content, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
              " ON CONFLICT (job_id, name) DO UPDATE SET type = excluded.type, size = excluded.size,"
              " content = excluded.content, expires_at = excluded.expires_at");
SQL(FILE_COUNT, "SELECT count(*) FROM job_file WHERE job_id = $1");

Err job_file_add(Ctx *c, const JobStep *step, NewJobFile file)
{
    if (!is_file_name(file.name)) return fail(c, E_BROKEN, msg_verbatim(S("a job's file has an odd name")));
    if (file.content.n > JOB_FILE_BYTES) return fail(c, E_TOO_LARGE, T("Filen er for stor til at blive gemt. Del arbejdet i flere filer."));
    TRY(db_exec(c, FILE_PUT, NULL, step->owner_id, step->job_id, file.name, file.type, (int64_t)file.content.n, file.content,
                c->now.ms + JOB_FILE_DAYS * day_ms));
    int64_t n = 0;
    TRY(db_one_i64(c, FILE_COUNT, &n, step->job_id));
    if (n > JOB_FILES_MAX) return fail(c, E_TOO_LARGE, T("Der er for mange filer i ét arbejde. Del det i flere."));
    return OK;
}

/* ---- keeping ------------------------------------------------------------- */

SQL(FILES_EXPIRE, "DELETE FROM job_file WHERE expires_at <= $1");
SQL(FILES_OF_OLD, "DELETE FROM job_file WHERE job_id IN (SELECT id FROM job WHERE ended_at IS NOT NULL AND ended_at <= $1)");
SQL(JOBS_EXPIRE, "DELETE FROM job WHERE ended_at IS NOT NULL AND ended_at <= $1");

Err job_expire(Ctx *c, int64_t *ret_rows)
{
    int files = 0, late = 0, jobs = 0;
    int64_t old = c->now.ms - JOB_DAYS * day_ms;
    TRY(db_exec(c, FILES_EXPIRE, &files, c->now.ms));
    TRY(db_exec(c, FILES_OF_OLD, &late, old));
    TRY(db_exec(c, JOBS_EXPIRE, &jobs, old));
    *ret_rows = (int64_t)files + late + jobs;
    return OK;
}

SQL(IN_STATE, "SELECT count(*) FROM job WHERE state = $1");
SQL(OLDEST_DUE, "SELECT coalesce(min(next_at), 0) FROM job WHERE state = 'waiting' AND next_at <= $1");

Err job_queue(Ctx *c, JobQueue *ret)
{
    JobQueue q = {0};
    TRY(db_one_i64(c, IN_STATE, &q.waiting, S("waiting")));
    TRY(db_one_i64(c, IN_STATE, &q.running, S("running")));
    TRY(db_one_i64(c, IN_STATE, &q.failed, S("failed")));
    TRY(db_one_i64(c, OLDEST_DUE, &q.oldest_due.ms, c->now.ms));
    *ret = q;
    return OK;
}

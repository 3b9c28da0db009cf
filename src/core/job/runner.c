/* The runner. A step is claim → prepare → write; each outcome is stored by the
   guarded UPDATE of a row that is 'running' with the version of the claim, so a
   row has one worker whatever happens, also where another program took it for
   broken off. What cannot be stored (a full disk) is tried until it can or the
   program stops; then the next start finds the row 'running' and takes it for
   broken off. So the row always tells enough to go on. */
#include "core/job/runner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"
#include "base/number.h"
#include "core/app.h"
#include "core/job/job.h"

enum { THREADS_MAX = 8, TRIES_MAX = 8, MESSAGE_CHARS = 500, ARENA_KEPT = 1 << 20, ARENA_SPARE = 1 << 16 };
static const int64_t pauses_s[] = {5, 20, 60, 300, 900, 3600}; /* after the first failure, the second … */

typedef struct Worker {
    JobRunner *runner;
    pthread_t thread;
    ArenaRange range;
} Worker;

struct JobRunner {
    struct App *app;
    Random random;
    JobRunnerOptions options;
    pthread_mutex_t claiming; /* so that two workers do not run after the same row */
    pthread_mutex_t lock;     /* over: woken */
    pthread_cond_t wake;
    bool woken;
    atomic_bool is_stopping;
    Worker own;               /* job_runner_step */
    Worker workers[THREADS_MAX];
};

/* A step under way. */
typedef struct Attempt {
    const JobKind *kind; /* NULL: nobody knows its name any more */
    JobStep step;        /* as prepare leaves it */
    JobStep after;       /* as write left it */
    Str kind_name, lang;
    int64_t made_by, tries;
    int64_t claimed;     /* the row's version while this attempt has it */
    bool is_sent;        /* at_most_once: prepare may have done things outside */
    Instant began;
    /* When it failed: */
    bool is_over;
    Str message;
    Instant next_at;
} Attempt;

static Instant system_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (Instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

/* ---- waking and stopping --------------------------------------------------- */

static void ring(JobRunner *r)
{
    pthread_mutex_lock(&r->lock);
    r->woken = true;
    pthread_cond_broadcast(&r->wake);
    pthread_mutex_unlock(&r->lock);
}

void job_runner_wake(Ctx *c)
{
    if (c->app->jobs) ring(c->app->jobs);
}

bool job_is_stopping(const Ctx *c)
{
    return c->app->jobs && atomic_load(&c->app->jobs->is_stopping);
}

/* A second, or until something was added. */
static void wait_a_second(JobRunner *r)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 1;
    pthread_mutex_lock(&r->lock);
    int late = 0;
    while (!r->woken && late == 0 && !atomic_load(&r->is_stopping)) late = pthread_cond_timedwait(&r->wake, &r->lock, &until);
    r->woken = false;
    pthread_mutex_unlock(&r->lock);
}

/* ---- telling ----------------------------------------------------------------- */

/* By the allow-list: nothing a person wrote can get here. */
static void tell(JobRunner *r, const Ctx *c, const Attempt *a, const char *outcome)
{
    if (!r->options.log) return;
    LogLine line = log_line_new();
    log_word(&line, LOG_EVENT, "job");
    log_word(&line, LOG_KIND, a->kind ? a->kind->name : "unknown");
    log_word(&line, LOG_OUTCOME, outcome);
    log_number(&line, LOG_JOB, a->step.job_id);
    log_number(&line, LOG_MS, system_clock().ms - a->began.ms);
    for (int i = 0; i < JOB_FIGURES && a->after.figures[i].name; i++) log_figure(&line, a->after.figures[i].name, a->after.figures[i].n);
    if (c->err != OK) log_number(&line, LOG_ERROR, c->err);
    if (c->err == E_BROKEN && c->file) {
        log_word(&line, LOG_FILE, c->file);
        log_number(&line, LOG_LINE, c->line);
    }
    Str text = log_line_done(&line);
    if (text.n) r->options.log(r->options.log_to, text);
}

/* ---- claiming ---------------------------------------------------------------- */

SQL(DUE, "SELECT id, owner_id, uid, kind, args, bookmark, lang, broken_off, done_n, of_n, coalesce(made_by, 0), tries,"
         " version FROM job WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT 1");

static Err read_due(Ctx *c, Attempt *ret)
{
    Rows r = db_query(c, DUE, c->now.ms);
    if (db_next(&r)) {
        ret->step = (JobStep){
            .job_id = db_i64(&r, 0),
            .owner_id = db_i64(&r, 1),
            .uid = db_str(&r, 2),
            .args = db_str(&r, 4),
            .was_broken_off = db_i64(&r, 7) == 1,
            .bookmark = db_str(&r, 5),
            .done_n = db_i64(&r, 8),
            .of_n = db_i64(&r, 9),
        };
        ret->kind_name = db_str(&r, 3);
        ret->lang = db_str(&r, 6);
        ret->made_by = db_i64(&r, 10);
        ret->tries = db_i64(&r, 11);
        ret->claimed = db_i64(&r, 12) + 1;
    }
    return db_done(&r);
}

SQL(CLAIM, "UPDATE job SET state = 'running', version = $2 WHERE id = $1 AND state = 'waiting' AND version + 1 = $2");

static Err write_claim(Ctx *c)
{
    const Attempt *a = c->work;
    int changed = 0;
    TRY(db_exec(c, CLAIM, &changed, a->step.job_id, a->claimed));
    return changed ? OK : E_CONFLICT;
}

static const JobKind *kind_of(const JobRunner *r, Str name)
{
    for (int i = 0; i < r->options.n_tables; i++)
        for (const JobKind *k = r->options.tables[i]; k && k->name; k++)
            if (str_eq(str_of_z(k->name), name)) return k;
    return NULL;
}

SQL(UNCLAIM, "UPDATE job SET state = 'waiting', version = version + 1 WHERE id = $1 AND state = 'running' AND version = $2");

static Err write_unclaim(Ctx *c)
{
    const Attempt *a = c->work;
    return db_exec(c, UNCLAIM, NULL, a->step.job_id, a->claimed);
}

/* Until it is stored, or the program stops: the next start looks for what runs. */
static void store_surely(JobRunner *r, Ctx *c, Attempt *a, Err (*write)(Ctx *c))
{
    c->work = a;
    for (;;) {
        ctx_forgive(c);
        if (writer_run(r->app->writer, c, "job", write) == OK || atomic_load(&r->is_stopping)) return;
        wait_a_second(r);
    }
}

/* False: nothing is due, or the store could not say. A claim of which nobody knows
   whether it was stored (the connection broke) is given back: else the row would
   be running with no one at it. */
static bool claim(JobRunner *r, Ctx *c, Attempt *a)
{
    if (db_read_begin(c, r->app->store) != OK) return false;
    Err err = read_due(c, a);
    db_read_end(c);
    if (err != OK || !a->step.job_id) return false;
    a->kind = kind_of(r, a->kind_name);
    a->after = a->step;
    c->work = a;
    err = writer_run(r->app->writer, c, "job", write_claim);
    if (err == E_BROKEN) store_surely(r, c, a, write_unclaim);
    return err == OK;
}

/* ---- one step ------------------------------------------------------------------ */

/* Runs prepare with a boundary for a full arena. */
static Err guarded_prepare(Ctx *c, const JobKind *kind, JobStep *step)
{
    jmp_buf full;
    CtxMark mark = ctx_mark(c);
    volatile Err err = E_TOO_LARGE;
    bool is_whole = setjmp(full) == 0;
    if (is_whole) {
        c->arena->full = &full;
        err = kind->prepare(c, step);
    }
    c->arena->full = NULL;
    db_read_end(c);
    if (is_whole) return err;
    ctx_rewind(c, mark);
    return fail(c, E_TOO_LARGE, T("Arbejdet er for stort til at blive gjort på én gang."));
}

static Err prepare(Ctx *c, Attempt *a)
{
    /* What may have been done outside must not be done again: write alone goes on. */
    if (a->kind->at_most_once && a->step.was_broken_off) a->is_sent = true;
    if (a->is_sent || !a->kind->prepare) return OK;
    TRY(guarded_prepare(c, a->kind, &a->step));
    a->is_sent = a->kind->at_most_once;
    return OK;
}

SQL(PROGRESS, "UPDATE job SET state = $2, bookmark = $3, done_n = $4, of_n = $5, ended_at = $7, broken_off = 0, tries = 0,"
              " message = '', version = version + 1, next_at = $6"
              " WHERE id = $1 AND state = 'running' AND version = $8");

static Err write_step(Ctx *c)
{
    Attempt *a = c->work;
    JobStep s = a->step; /* a copy: this may run again */
    TRY(a->kind->write(c, &s));
    int changed = 0;
    TRY(db_exec(c, PROGRESS, &changed, s.job_id, s.is_done ? S("done") : S("waiting"), s.bookmark, s.done_n, s.of_n,
                i64_max(c->now.ms, s.next_at.ms), DB_IF(s.is_done, c->now.ms), a->claimed));
    if (changed == 0) return fail(c, E_CONFLICT, T("Arbejdet findes ikke mere."));
    a->after = s;
    return OK;
}

static Err do_step(JobRunner *r, Ctx *c, Attempt *a)
{
    if (!a->kind) return fail(c, E_NOT_FOUND, T("Programmet kender ikke længere denne slags arbejde."));
    int64_t most = a->kind->tries_max ? a->kind->tries_max : TRIES_MAX;
    if (a->tries >= most) return fail(c, E_CONFLICT, T("Arbejdet er blevet afbrudt for mange gange."));
    c->viewer = (ViewerId){a->made_by};
    c->lang = str_eq(a->lang, S("en")) ? LANG_EN : LANG_DA;
    TRY(prepare(c, a));
    c->work = a;
    return writer_run(r->app->writer, c, a->kind->name, write_step);
}

/* ---- when it failed -------------------------------------------------------------- */

static Str at_most_chars(Str s, ptrdiff_t chars)
{
    ptrdiff_t at = 0;
    for (int len = 0; at < s.n && chars > 0; chars--, at += len) (void)str_next_char(s, at, &len);
    return str_sub(s, 0, at);
}

static bool is_final(const Attempt *a, Err err)
{
    if (!a->kind) return true;
    if (a->tries + 1 >= (a->kind->tries_max ? a->kind->tries_max : TRIES_MAX)) return true;
    bool was_preparing = a->kind->at_most_once && !a->is_sent;
    return err != E_BUSY && (err != E_BROKEN || was_preparing);
}

/* What the engine or our own code says of a fault of ours helps no reader. */
static Str message_of(Ctx *c, Err err)
{
    if (err == E_BROKEN || msg_is_empty(c->message)) return S("");
    Str text = msg_text(c, c->message);
    return str_is_utf8(text) ? at_most_chars(text, MESSAGE_CHARS) : S("");
}

SQL(PARK, "UPDATE job SET state = $2, message = $3, next_at = $4, tries = $5, broken_off = $6, ended_at = $7,"
          " version = version + 1 WHERE id = $1 AND state = 'running' AND version = $8");
SQL(FILES_DROP, "DELETE FROM job_file WHERE job_id = $1");

static Err write_park(Ctx *c)
{
    const Attempt *a = c->work;
    int changed = 0;
    TRY(db_exec(c, PARK, &changed, a->step.job_id, a->is_over ? S("failed") : S("waiting"), a->message, a->next_at.ms, a->tries + 1,
                !a->is_over && a->is_sent, DB_IF(a->is_over, c->now.ms), a->claimed));
    if (!a->is_over || !changed) return OK;
    return db_exec(c, FILES_DROP, NULL, a->step.job_id);
}

static void park(JobRunner *r, Ctx *c, Attempt *a, Err err)
{
    a->is_over = is_final(a, err);
    a->message = message_of(c, err);
    a->next_at = (Instant){r->options.clock().ms + 1000 * pauses_s[i64_min(a->tries, COUNT_OF(pauses_s) - 1)]};
    tell(r, c, a, a->is_over ? "failed" : "again later");
    store_surely(r, c, a, write_park);
}

/* ---- working ---------------------------------------------------------------------- */

static bool step_with(JobRunner *r, Ctx *c)
{
    Attempt a = {.began = r->options.clock()};
    pthread_mutex_lock(&r->claiming);
    bool has_one = claim(r, c, &a);
    pthread_mutex_unlock(&r->claiming);
    if (!has_one) return false;
    ctx_forgive(c);
    c->arena->end -= ARENA_SPARE; /* room to tell of a step that took all */
    Err err = do_step(r, c, &a);
    c->arena->end += ARENA_SPARE;
    if (err != OK) park(r, c, &a, err);
    else if (a.after.is_done || a.after.figures[0].name) tell(r, c, &a, a.after.is_done ? "done" : "step");
    return true;
}

static bool step(Worker *w)
{
    JobRunner *r = w->runner;
    Arena arena = arena_of(w->range, NULL);
    Ctx c;
    ctx_init(&c, &arena, r->options.clock(), r->random);
    c.today = date_of_instant_danish(c.now);
    c.app = r->app;
    bool has_worked = step_with(r, &c);
    ctx_end(&c);
    if (arena.next - w->range.base > ARENA_KEPT) arena_range_trim(w->range, ARENA_KEPT);
    return has_worked;
}

bool job_runner_step(JobRunner *r)
{
    return step(&r->own);
}

static void *work(void *data)
{
    Worker *w = data;
    while (!atomic_load(&w->runner->is_stopping))
        if (!step(w)) wait_a_second(w->runner);
    return NULL;
}

/* ---- opening and closing ------------------------------------------------------------ */

SQL(RECOVER, "UPDATE job SET state = 'waiting', broken_off = 1, tries = tries + 1, version = version + 1 WHERE state = 'running'");

static Err write_recover(Ctx *c)
{
    return db_exec(c, RECOVER, NULL);
}

static void lock_open(JobRunner *r)
{
    pthread_condattr_t by_clock;
    pthread_condattr_init(&by_clock);
    pthread_condattr_setclock(&by_clock, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &by_clock);
    pthread_condattr_destroy(&by_clock);
    pthread_mutex_init(&r->lock, NULL);
    pthread_mutex_init(&r->claiming, NULL);
}

static void worker_open(JobRunner *r, Worker *w)
{
    w->runner = r;
    w->range = arena_range_open(r->options.arena_bytes);
}

static Err start(Ctx *c, JobRunner *r)
{
    for (int i = 0; i < r->options.threads; i++) {
        worker_open(r, &r->workers[i]);
        if (pthread_create(&r->workers[i].thread, NULL, work, &r->workers[i]) == 0) continue;
        arena_range_close(r->workers[i].range);
        r->options.threads = i;
        return fail(c, E_BUSY, msg_verbatim(S("no thread for jobs")));
    }
    return OK;
}

Err job_runner_open(Ctx *c, JobRunnerOptions options, JobRunner **ret)
{
    JobRunner *r = NEW(c->arena, JobRunner, 1);
    r->app = c->app;
    r->random = c->random;
    r->options = options;
    r->options.threads = (int)i64_min(options.threads, THREADS_MAX);
    if (!options.arena_bytes) r->options.arena_bytes = (ptrdiff_t)512 << 20;
    if (!options.clock) r->options.clock = system_clock;
    TRY(writer_run(c->app->writer, c, "job", write_recover));
    lock_open(r);
    worker_open(r, &r->own);
    c->app->jobs = r;
    Err err = start(c, r);
    if (err != OK) {
        job_runner_close(r);
        return err;
    }
    *ret = r;
    return OK;
}

void job_runner_close(JobRunner *r)
{
    atomic_store(&r->is_stopping, true);
    ring(r);
    for (int i = 0; i < r->options.threads; i++) {
        pthread_join(r->workers[i].thread, NULL);
        arena_range_close(r->workers[i].range);
    }
    arena_range_close(r->own.range);
    r->app->jobs = NULL;
    pthread_cond_destroy(&r->wake);
    pthread_mutex_destroy(&r->lock);
    pthread_mutex_destroy(&r->claiming);
}

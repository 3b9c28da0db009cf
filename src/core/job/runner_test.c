/* The runner on a store that commits, with a clock that the test moves. The kind
   under test counts its steps in rows of job_file, so that the store itself says
   how often each was stored, and in `world` how often something was done outside. */
#include "served.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/buf.h"
#include "core/job/job.h"
#include "db/driver.h"
#include "core/job/runner.h"
#include "place.h"

typedef struct World {
    atomic_int prepared, written;
    Err prepare_err, write_err; /* answered from now on */
    bool fills_arena, loses_step;
    int resumed;                /* steps that were told they had been broken off */
    ViewerId viewer;
    Served *taken_over;         /* by another program, in the middle of the next step */
    char log[2000];
} World;

static World world;
/* A driver that stores and does not say so, as a connection that breaks during COMMIT. */
static struct {
    const Driver *real;
    Driver driver; /* the same, but for connect and commit */
    atomic_int commits_lost;
} lossy;
static pthread_mutex_t told_lock = PTHREAD_MUTEX_INITIALIZER; /* of what several steps tell: log, viewer */
static atomic_llong now_ms;

static Instant test_clock(void)
{
    return (Instant){atomic_load(&now_ms)};
}

static void note(void *to, Str line)
{
    (void)to;
    pthread_mutex_lock(&told_lock);
    Buf b = buf_over(world.log, (ptrdiff_t)sizeof world.log - 1);
    buf_add(&b, line);
    world.log[b.n] = 0;
    pthread_mutex_unlock(&told_lock);
}

/* Taken for broken off, and claimed. */
static Err write_take_over(Ctx *c)
{
    return db_test_exec(c, S("UPDATE job SET version = version + 2 WHERE state = 'running'"));
}

static Err prepare(Ctx *c, JobStep *step)
{
    (void)step;
    if (world.taken_over) CHECK_OK(test_write(world.taken_over, write_take_over, NULL));
    atomic_fetch_add(&world.prepared, 1);
    pthread_mutex_lock(&told_lock);
    world.viewer = c->viewer;
    pthread_mutex_unlock(&told_lock);
    while (world.fills_arena) (void)NEW(c->arena, char, 4096);
    if (world.prepare_err != OK) return fail(c, world.prepare_err, T("Skolen findes ikke."));
    return OK;
}

static Err write_three(Ctx *c, JobStep *step)
{
    atomic_fetch_add(&world.written, 1);
    world.resumed += step->was_broken_off;
    Str name = STR_CAT(c->arena, S("part-"), step->bookmark.n ? step->bookmark : S("0"));
    TRY(job_file_add(c, step, (NewJobFile){.name = name, .type = S("text/plain"), .content = {"x", 1}}));
    if (world.write_err != OK) return fail(c, world.write_err, T("Der kan ikke gemmes lige nu."));
    step->done_n++;
    step->of_n = 3;
    char *digit = NEW(c->arena, char, 1);
    *digit = (char)('0' + step->done_n);
    step->bookmark = (Str){digit, 1};
    step->is_done = step->done_n == 3;
    step->figures[0] = (JobFigure){"parts", 1};
    if (world.loses_step) atomic_store(&lossy.commits_lost, 1);
    world.loses_step = false;
    return OK;
}

static const JobKind kinds[] = {
    {.name = "three", .title = T_INIT("Tre dele"), .prepare = prepare, .write = write_three, .tries_max = 4},
    {.name = "once", .title = T_INIT("Tre breve"), .prepare = prepare, .write = write_three, .at_most_once = true},
    {0},
};
static const JobKind forgotten = {.name = "forgotten"};

typedef struct Fixture {
    Served served;
    JobRunner *runner;
} Fixture;

static void close_runner(Ctx *c, void *data)
{
    Fixture *f = data;
    (void)c;
    if (f->runner) job_runner_close(f->runner);
}

static void open_runner(Fixture *f, int threads)
{
    static const JobKind *const tables[] = {kinds};
    JobRunnerOptions options = {.tables = tables, .n_tables = 1, .threads = threads, .arena_bytes = 1 << 20, .clock = test_clock, .log = note};
    CHECK_OK(job_runner_open(f->served.c, options, &f->runner));
}

static Fixture *fixture(int threads)
{
    Served served = test_served();
    Fixture *f = NEW(served.c->arena, Fixture, 1);
    f->served = served;
    world = (World){0};
    atomic_store(&now_ms, served.c->now.ms);
    open_runner(f, threads);
    ctx_at_end(served.c, close_runner, f);
    return f;
}

typedef struct Adding {
    NewJob job;
    Str uid;
} Adding;

static Err write_add(Ctx *c)
{
    Adding *a = c->work;
    return job_add(c, a->job, &a->uid);
}

static Str add(Fixture *f, const JobKind *kind)
{
    Adding a = {.job = {.kind = kind, .args = S("{}"), .owner_id = f->served.owner}};
    f->served.c->viewer = (ViewerId){f->served.person};
    CHECK_OK(test_write(&f->served, write_add, &a));
    return a.uid;
}

static Job job_now(Fixture *f, Str uid)
{
    Ctx *c = f->served.c;
    Job job = {0};
    CHECK_OK(db_read_begin(c, c->app->store));
    CHECK_OK(job_by_uid(c, uid, &job));
    db_read_end(c);
    return job;
}

static int64_t files(Fixture *f)
{
    return test_figure(&f->served, "SELECT count(*) FROM job_file");
}

/* The program dies in the middle of a step: the row was claimed, no more. */
static Err write_kill(Ctx *c)
{
    return db_test_exec(c, S("UPDATE job SET state = 'running' WHERE state = 'waiting'"));
}

static void kill_and_restart(Fixture *f)
{
    job_runner_close(f->runner);
    f->runner = NULL;
    CHECK_OK(test_write(&f->served, write_kill, NULL));
    test_served_again(&f->served);
    open_runner(f, 0);
}

TEST(job_runner, steps_go_on_until_done)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).done_n, 1);
    CHECK_INT(job_now(f, uid).state, JOB_WAITING);
    CHECK(job_runner_step(f->runner));
    CHECK(job_runner_step(f->runner));
    CHECK(!job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_DONE);
    CHECK_INT(files(f), 3);
    CHECK_INT(world.viewer.v, f->served.person);
    test_served_clean(&f->served);
}

/* ---- a connection that breaks during COMMIT -------------------------------------- */

/* Stored, and nobody is told. */
static Err commit_unheard(Ctx *c, DbConn *conn)
{
    TRY(lossy.real->commit(c, conn));
    if (atomic_load(&lossy.commits_lost) == 0) return OK;
    atomic_fetch_sub(&lossy.commits_lost, 1);
    return db_tell(c, conn, FAULT_LOST, NULL, S("gone"));
}

static Err connect_lossy(Ctx *c, Store *store, bool read_only, DbConn **ret)
{
    TRY(lossy.real->connect(c, store, read_only, ret));
    (*ret)->driver = &lossy.driver;
    return OK;
}

/* A writer whose next commits will not be heard of, `n` of them. */
static void lose_commits(Fixture *f, int n)
{
    struct App *app = f->served.c->app;
    lossy.real = app->store->driver;
    lossy.driver = *lossy.real;
    lossy.driver.connect = connect_lossy;
    lossy.driver.commit = commit_unheard;
    app->store->driver = &lossy.driver;
    place_writer_close(app->writer);
    app->writer = place_writer(app->store, (WriterOptions){.connections = 1});
    atomic_store(&lossy.commits_lost, n);
}

TEST(job_runner, a_claim_that_nobody_heard_of_is_given_back)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[1]);
    lose_commits(f, 1);
    CHECK(!job_runner_step(f->runner));
    CHECK_INT(atomic_load(&lossy.commits_lost), 0);
    CHECK_INT(job_now(f, uid).state, JOB_WAITING);
    for (int i = 0; i < 3; i++) CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_DONE);
    CHECK_INT(world.prepared, 3); /* and nothing was taken for broken off */
    CHECK_INT(world.resumed, 0);
}

TEST(job_runner, a_step_that_nobody_heard_of_is_stored_once)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    lose_commits(f, 0);
    world.loses_step = true;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(atomic_load(&lossy.commits_lost), 0);
    CHECK_INT(job_now(f, uid).state, JOB_WAITING);
    CHECK_INT(job_now(f, uid).done_n, 1);
    while (job_runner_step(f->runner)) continue;
    CHECK_INT(job_now(f, uid).state, JOB_DONE);
    CHECK_INT(files(f), 3);
    test_served_clean(&f->served);
}

TEST(job_runner, jobs_take_turns)
{
    Fixture *f = fixture(0);
    Str one = add(f, &kinds[0]), two = add(f, &kinds[0]);
    for (int i = 0; i < 2; i++) {
        atomic_fetch_add(&now_ms, 1);
        CHECK(job_runner_step(f->runner));
    }
    CHECK_INT(job_now(f, one).done_n, 1);
    CHECK_INT(job_now(f, two).done_n, 1);
}

TEST(job_runner, an_error_that_may_pass_is_tried_again_later)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    world.write_err = E_BUSY;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_WAITING);
    CHECK_INT(job_now(f, uid).next_at.ms, atomic_load(&now_ms) + 5000);
    CHECK_STR(job_now(f, uid).message, S("Der kan ikke gemmes lige nu."));
    CHECK_INT(files(f), 0);
    CHECK(!job_runner_step(f->runner));
    atomic_fetch_add(&now_ms, 5000);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).next_at.ms, atomic_load(&now_ms) + 20000);
    world.write_err = OK;
    atomic_fetch_add(&now_ms, 20000);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).tries, 0);
    CHECK_STR(job_now(f, uid).message, S(""));
    CHECK_INT(job_now(f, uid).done_n, 1);
}

TEST(job_runner, too_many_failures_of_one_step_end_the_job)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(files(f), 1);
    world.write_err = E_BROKEN;
    for (int i = 0; i < 4; i++) {
        CHECK_INT(job_now(f, uid).state, JOB_WAITING);
        atomic_fetch_add(&now_ms, 3600000);
        CHECK(job_runner_step(f->runner));
    }
    CHECK_INT(job_now(f, uid).state, JOB_FAILED);
    CHECK_STR(job_now(f, uid).message, S(""));
    CHECK_INT(files(f), 0); /* nothing half-made is left */
    CHECK(!job_runner_step(f->runner));
    test_served_clean(&f->served);
}

TEST(job_runner, what_no_second_try_can_mend_ends_the_job_and_says_why)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    world.prepare_err = E_NOT_FOUND;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_FAILED);
    CHECK_STR(job_now(f, uid).message, S("Skolen findes ikke."));
    CHECK_INT(world.written, 0);
}

TEST(job_runner, a_full_arena_ends_the_job_not_the_program)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    world.fills_arena = true;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_FAILED);
    CHECK(job_now(f, uid).message.n > 0);
}

TEST(job_runner, a_step_broken_off_by_a_crash_is_done_again_and_stored_once)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    CHECK(job_runner_step(f->runner));
    kill_and_restart(f);
    CHECK_INT(job_now(f, uid).state, JOB_WAITING);
    for (int i = 0; i < 2; i++) CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_DONE);
    CHECK_INT(world.resumed, 1);
    CHECK_INT(world.prepared, 3);
    CHECK_INT(files(f), 3);
}

/* Another program takes the row for broken off while this one is at it. */
TEST(job_runner, a_step_whose_row_was_taken_over_stores_nothing)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    world.taken_over = &f->served;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(world.written, 1);
    CHECK_INT(files(f), 0);
    CHECK_INT(job_now(f, uid).state, JOB_RUNNING); /* the other's */
    CHECK_INT(job_now(f, uid).done_n, 0);
    test_served_clean(&f->served);
}

TEST(job_runner, a_job_that_kills_the_program_every_time_is_given_up)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[0]);
    for (int i = 0; i < 4; i++) kill_and_restart(f);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_FAILED);
    CHECK_INT(world.prepared, 0);
}

TEST(job_runner, at_most_once_is_not_prepared_again_after_a_crash)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[1]);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(world.prepared, 1);
    kill_and_restart(f);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(world.prepared, 1); /* the doubtful chunk: write alone */
    CHECK_INT(world.resumed, 1);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(world.prepared, 2);
    CHECK_INT(job_now(f, uid).state, JOB_DONE);
}

TEST(job_runner, at_most_once_is_not_prepared_again_when_its_write_fails)
{
    Fixture *f = fixture(0);
    (void)add(f, &kinds[1]);
    world.write_err = E_BUSY;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(test_figure(&f->served, "SELECT broken_off FROM job"), 1);
    world.write_err = OK;
    atomic_fetch_add(&now_ms, 5000);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(world.prepared, 1);
    CHECK_INT(test_figure(&f->served, "SELECT broken_off FROM job"), 0);
}

TEST(job_runner, at_most_once_may_prepare_again_when_it_says_that_nothing_was_done)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &kinds[1]);
    world.prepare_err = E_BUSY;
    CHECK(job_runner_step(f->runner));
    CHECK_INT(test_figure(&f->served, "SELECT broken_off FROM job"), 0);
    world.prepare_err = E_BROKEN;
    atomic_fetch_add(&now_ms, 5000);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_FAILED);
}

TEST(job_runner, a_kind_that_nobody_knows_ends_with_a_sentence)
{
    Fixture *f = fixture(0);
    Str uid = add(f, &forgotten);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(job_now(f, uid).state, JOB_FAILED);
    CHECK(job_now(f, uid).message.n > 0);
}

TEST(job_runner, the_log_has_words_of_ours_and_counts)
{
    Fixture *f = fixture(0);
    (void)add(f, &kinds[0]);
    CHECK(job_runner_step(f->runner));
    CHECK(str_find(str_of_z(world.log), S("\"kind\":\"three\",\"outcome\":\"step\""), 0) >= 0);
    CHECK(str_find(str_of_z(world.log), S("\"parts\":1"), 0) >= 0);
    world.prepare_err = E_NOT_FOUND;
    CHECK(job_runner_step(f->runner));
    CHECK(str_find(str_of_z(world.log), S("\"outcome\":\"failed\""), 0) >= 0);
    CHECK(str_find(str_of_z(world.log), S("Skolen"), 0) < 0);
}

static void wait_until_done(Fixture *f, int64_t n)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int i = 0; i < 1000; i++) {
        if (test_figure(&f->served, "SELECT count(*) FROM job WHERE state = 'done'") == n) return;
        nanosleep(&pause, NULL); /* ten seconds in all */
    }
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM job WHERE state = 'done'"), n);
}

TEST(job_runner, threads_do_every_step_once)
{
    Fixture *f = fixture(2);
    for (int i = 0; i < 8; i++) (void)add(f, &kinds[0]);
    wait_until_done(f, 8);
    CHECK_INT(files(f), 24);
    CHECK_INT(world.prepared, 24);
    test_served_clean(&f->served);
}

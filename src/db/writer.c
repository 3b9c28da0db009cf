/* The writer: a queue, one thread (PostgreSQL: a few), and the batch. What a
   batch may end in is one word, Outcome; work() is the whole story of it.
   A thread owns its connection, its sums of increments and a spare arena in
   which record hooks and flushes run, since the arena of a failed write may be
   full. Nothing here allocates once a thread runs. */
#include "db/writer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/driver.h"
#include "db/merge.h"

enum {
    QUEUE_MAX = 1000,
    BATCH_MAX = 128,
    BATCH_MS = 10,
    CONNECTIONS = 2,
    CONNECTIONS_MAX = 16,
    RETRIES = 5,            /* of a serialization failure or deadlock */
    IDLE_MS = 250,          /* without work, then the engine may tidy up */
    SPARE_BYTES = 64 << 20, /* address space; pages beyond SPARE_KEPT are given back */
    SPARE_KEPT = 1 << 20,
};

typedef struct Thread {
    Writer *writer;
    pthread_t id;
    DbConn *conn;
    struct WriteBatch batch;
    ArenaRange spare;
    Arena arena;      /* over spare, of own */
    Ctx own;          /* for the engine's calls and the flush */
    bool has_written; /* since it last was idle */
    bool is_working;  /* under the lock, like: */
    const char *group; /* of its batch */
} Thread;

struct Writer {
    Store *store;
    WriterOptions options;
    bool by_group;

    pthread_mutex_t lock;
    pthread_cond_t more;
    WriteJob *first, **last; /* oldest first */
    int queued;
    bool is_closing;

    _Atomic int64_t batches, jobs, rerun, refused, retried;
    int thread_count;
    Thread threads[CONNECTIONS_MAX];
};

/* Of one attempt at a transaction. */
typedef enum Outcome {
    STORED,
    NOT_BEGUN, /* nothing was tried */
    RETRY,     /* rolled back; the same again may succeed */
    GONE,      /* rolled back; each job by itself may succeed */
    UNCERTAIN, /* the connection broke during COMMIT: never to be repeated */
} Outcome;

/* ---- hooks ------------------------------------------------------------- */

/* The n-th hook counted from the oldest. Lists are newest first and shared
   with marks, so they are not turned round; they are short. */
static const CtxHook *nth_oldest(const CtxHook *list, int n)
{
    int count = 0;
    for (const CtxHook *h = list; h; h = h->next) count++;
    for (int skip = count - 1 - n; skip > 0; skip--) list = list->next;
    return n < count ? list : NULL;
}

/* Runs fn with a boundary for a full arena; false when it was reached. */
static bool guarded(Ctx *c, CtxFn *fn, void *data)
{
    jmp_buf full;
    c->arena->full = &full;
    bool is_whole = setjmp(full) == 0;
    if (is_whole) fn(c, data);
    c->arena->full = NULL;
    return is_whole;
}

/* The thread's own Ctx, as if new: the engine's calls are told here, since the
   arena of a job may have no room for a sentence. */
static Ctx *own(Thread *t)
{
    t->arena = arena_of(t->spare, NULL);
    ctx_forgive(&t->own);
    return &t->own;
}

static void copy_words(Ctx *c, void *data)
{
    const Ctx *from = data;
    Msg words = from->message;
    for (int i = 0; i < MSG_ARGS; i++) words.arg[i].s = str_copy(c->arena, words.arg[i].s);
    c->err = from->err;
    c->message = words;
    c->file = from->file;
    c->line = from->line;
}

/* What the engine said about a job's transaction becomes the job's answer. */
static Err pass_on(Thread *t, WriteJob *job)
{
    ctx_forgive(job->c);
    (void)guarded(job->c, copy_words, &t->own);
    job->c->err = t->own.err;
    return t->own.err;
}

static void rewind_hooks(Ctx *c, void *data)
{
    const CtxMark *mark = data;
    ctx_rewind(c, *mark);
}

/* A hook that meets a full arena has been taken off the list before it ran. */
static void rewind_job(WriteJob *job)
{
    while (!guarded(job->c, rewind_hooks, &job->mark)) continue;
}

/* ---- one job ----------------------------------------------------------- */

typedef struct Attempt {
    Thread *thread;
    WriteJob *job;
    bool alone;
} Attempt;

static void write_one(Ctx *c, void *data)
{
    Attempt *a = data;
    struct WriteBatch *batch = &a->thread->batch;
    c->batch = batch;
    a->job->result = a->job->write(c);
    c->batch = NULL;
    if (a->job->result == OK) a->job->result = merge_keep(c, batch);
    if (a->job->result == OK && a->alone) a->job->result = merge_flush(c, batch);
}

static Err too_large(WriteJob *job)
{
    ctx_forgive(job->c);
    return fail(job->c, E_TOO_LARGE, T("Indholdet er for stort til at blive behandlet på én gang."));
}

/* A record hook runs in the spare arena: the job's own may be full, and what
   the hook leaves there has nobody to read it. */
static bool record_in_spare(Thread *t, Ctx *c, const CtxHook *hook)
{
    Arena spare = arena_of(t->spare, NULL), *jobs_own = c->arena;
    c->arena = &spare;
    CtxMark mark = ctx_mark(c);
    ctx_forgive(c);
    bool is_whole = guarded(c, hook->fn, hook->data) && c->err == OK;
    db_close_open(t->conn);
    ctx_rewind(c, mark);
    c->arena = jobs_own;
    return is_whole;
}

/* False: the transaction is lost. */
static bool record_one(Thread *t, Ctx *c, const CtxHook *hook)
{
    const Driver *d = t->conn->driver;
    Ctx before = *c;
    t->conn->fault = FAULT_NONE;
    bool stands = d->savepoint(own(t), t->conn) == OK;
    if (stands) {
        bool is_whole = record_in_spare(t, c, hook) && t->conn->fault == FAULT_NONE;
        stands = d->in_transaction(t->conn) && t->conn->fault != FAULT_RETRY &&
                 (is_whole ? d->release(own(t), t->conn) : d->rollback_to(own(t), t->conn)) == OK;
    }
    *c = before;
    return stands;
}

static bool record_all(Thread *t, Ctx *c)
{
    const CtxHook *hook;
    for (int n = 0; (hook = nth_oldest(c->record, n)); n++)
        if (!record_one(t, c, hook)) return false;
    return true;
}

/* The write has failed: undo it, then store what must be stored nevertheless.
   False: the transaction is lost. */
static bool undo(Thread *t, WriteJob *job, bool alone, bool is_full)
{
    Ctx *c = job->c;
    if (alone)
        merge_clear(&t->batch);
    else
        merge_drop(&t->batch);
    if (t->conn->driver->rollback_to(own(t), t->conn) != OK) return false;
    if (!record_all(t, c)) return false;
    if (is_full) {
        rewind_job(job); /* room for the page that tells of it */
        job->result = too_large(job);
    }
    return true;
}

/* Alone, a job's sums go with it; in a batch they are part of all, so a batch
   whose savepoint cannot be released is given up. */
static bool release(Thread *t, WriteJob *job, bool alone)
{
    if (t->conn->driver->release(own(t), t->conn) == OK) return true;
    if (!alone || !t->conn->driver->in_transaction(t->conn)) return false;
    job->result = pass_on(t, job);
    return undo(t, job, alone, false);
}

/* A write that met an engine's error and says OK nevertheless is not believed:
   on PostgreSQL nothing after the error was done, its savepoint included. */
static void distrust(Ctx *c, WriteJob *job, Fault fault)
{
    if (job->result != OK || fault == FAULT_NONE) return;
    job->result = fault == FAULT_BROKEN ? E_BROKEN : E_BUSY;
    if (c->err != OK) job->result = c->err;
    else job->result = fail(c, job->result, msg_verbatim(S("a write went on after a statement had failed")));
}

/* False: the transaction is lost, or (conn->fault says so) to be retried. */
static bool run_job(Thread *t, WriteJob *job, bool alone)
{
    DbConn *conn = t->conn;
    const Driver *d = conn->driver;
    Attempt attempt = {t, job, alone};
    conn->fault = FAULT_NONE;
    job->c->conn = conn;
    if (d->savepoint(own(t), conn) != OK) return false;
    bool is_full = !guarded(job->c, write_one, &attempt);
    job->c->batch = NULL;
    if (is_full) job->result = too_large(job);
    db_close_open(conn);
    if (!d->in_transaction(conn) || conn->fault == FAULT_RETRY || conn->fault == FAULT_LOST) return false;
    distrust(job->c, job, conn->fault);
    return job->result == OK ? release(t, job, alone) : undo(t, job, alone, is_full);
}

/* ---- one transaction --------------------------------------------------- */

static Outcome give_up(Thread *t)
{
    Fault fault = t->conn->fault;
    t->conn->driver->rollback(t->conn);
    merge_clear(&t->batch);
    return fault == FAULT_RETRY ? RETRY : GONE;
}

static Outcome commit(Thread *t)
{
    t->conn->fault = FAULT_NONE;
    if (t->conn->driver->commit(own(t), t->conn) != OK) {
        bool is_uncertain = t->conn->fault == FAULT_LOST;
        Outcome outcome = give_up(t);
        return is_uncertain ? UNCERTAIN : outcome;
    }
    merge_clear(&t->batch);
    t->has_written = true;
    atomic_fetch_add_explicit(&t->writer->batches, 1, memory_order_relaxed);
    return STORED;
}

static void flush_sums(Ctx *c, void *data)
{
    Thread *t = data;
    Err err = merge_flush(c, &t->batch);
    if (err != OK && c->err == OK) c->err = err;
}

static Outcome flush_and_commit(Thread *t)
{
    Ctx *c = own(t);
    t->conn->fault = FAULT_NONE;
    bool is_whole = guarded(c, flush_sums, t) && c->err == OK;
    db_close_open(t->conn);
    ctx_end(c);
    if (t->arena.next - t->spare.base > SPARE_KEPT) arena_range_trim(t->spare, SPARE_KEPT);
    return is_whole ? commit(t) : give_up(t);
}

/* The thread's Ctx gets the clock and the world of the first job. */
static Outcome begin(Thread *t, const Ctx *like)
{
    ctx_init(&t->own, &t->arena, like->now, like->random);
    t->own.app = like->app;
    t->own.conn = t->conn;
    t->conn->fault = FAULT_NONE;
    return t->conn->driver->begin(own(t), t->conn, TX_WRITE) == OK ? STORED : NOT_BEGUN;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void put_back(Writer *w, WriteJob *jobs);

/* All jobs in one transaction; those that time does not allow go back to the
   queue. */
static Outcome run_together(Thread *t, WriteJob *jobs)
{
    if (begin(t, jobs->c) != STORED) return NOT_BEGUN;
    int64_t until = now_ms() + t->writer->options.batch_ms;
    for (WriteJob *job = jobs; job; job = job->next) {
        if (!run_job(t, job, false)) return give_up(t);
        if (!job->next || now_ms() < until) continue;
        put_back(t->writer, job->next);
        job->next = NULL;
    }
    return flush_and_commit(t);
}

/* ---- alone ------------------------------------------------------------- */

static Outcome run_once_alone(Thread *t, WriteJob *job)
{
    rewind_job(job);
    if (begin(t, job->c) != STORED) return NOT_BEGUN;
    if (!run_job(t, job, true)) return give_up(t);
    return commit(t);
}

/* The engine would not, for good. What is broken keeps its own words. */
static void refuse(Thread *t, WriteJob *job, Outcome outcome)
{
    bool is_broken = outcome != UNCERTAIN && t->conn->fault == FAULT_BROKEN;
    job->result = E_BROKEN;
    job->c->is_uncertain = outcome == UNCERTAIN; /* before the rewinding, whose hooks ask for it */
    atomic_fetch_add_explicit(&t->writer->refused, 1, memory_order_relaxed);
    if (is_broken && job->c->err == E_BROKEN) return;
    rewind_job(job);
    if (is_broken && t->own.err == E_BROKEN) {
        job->result = pass_on(t, job);
        return;
    }
    ctx_forgive(job->c);
    if (outcome == UNCERTAIN)
        job->result = fail(job->c, E_BROKEN, T("Forbindelsen til databasen blev afbrudt. Se efter, om det blev gemt."));
    else
        job->result = db_tell(job->c, NULL, t->conn->fault == FAULT_RETRY ? FAULT_RETRY : FAULT_FULL, NULL, S(""));
}

static Outcome run_alone(Thread *t, WriteJob *job)
{
    Outcome outcome = run_once_alone(t, job);
    for (int retry = 0; outcome == RETRY && retry < RETRIES; retry++) {
        atomic_fetch_add_explicit(&t->writer->retried, 1, memory_order_relaxed);
        outcome = run_once_alone(t, job);
    }
    if (outcome != STORED) refuse(t, job, outcome);
    return outcome;
}

/* A store that cannot even begin does so for all: nobody waits for its busy
   time-out 128 times. */
static void run_each_alone(Thread *t, WriteJob *jobs)
{
    bool begins = true;
    for (WriteJob *job = jobs; job; job = job->next) {
        if (!begins) {
            refuse(t, job, NOT_BEGUN);
            continue;
        }
        atomic_fetch_add_explicit(&t->writer->rerun, 1, memory_order_relaxed);
        begins = run_alone(t, job) != NOT_BEGUN;
    }
}

/* ---- answering --------------------------------------------------------- */

static void after_commit(Ctx *c)
{
    CtxHook *oldest = NULL;
    for (CtxHook *h = c->after_commit, *next; h; h = next) {
        next = h->next;
        h->next = oldest;
        oldest = h;
    }
    /* The write is durable whatever a hook does: a full arena ends that hook. */
    for (; oldest; oldest = oldest->next) (void)guarded(c, oldest->fn, oldest->data);
}

static void answer(Thread *t, WriteJob *job)
{
    Ctx *c = job->c;
    Err result = job->result;
    c->conn = NULL;
    c->batch = NULL;
    c->record = NULL;
    if (result == OK) {
        ctx_forgive(c);
        after_commit(c);
        ctx_forgive(c);
    } else if (c->err == OK) {
        c->err = result;
    }
    c->after_commit = NULL;
    c->arena->full = job->mark.arena.full;
    atomic_fetch_add_explicit(&t->writer->jobs, 1, memory_order_relaxed);
    job->done(job, result);
}

/* As they came, boundary included: time may send some of them back to the queue,
   where their marks are taken anew. */
static void rewind_all(WriteJob *jobs)
{
    for (WriteJob *job = jobs; job; job = job->next) {
        rewind_job(job);
        job->c->arena->full = job->mark.arena.full;
        job->c->conn = NULL;
    }
}

static void refuse_all(Thread *t, WriteJob *jobs, Outcome outcome)
{
    for (WriteJob *job = jobs; job; job = job->next) refuse(t, job, outcome);
}

/* The story of one batch. */
static void work(Thread *t, WriteJob *jobs)
{
    for (WriteJob *job = jobs; job; job = job->next) job->mark = ctx_mark(job->c);
    Outcome outcome = run_together(t, jobs);
    for (int retry = 0; outcome == RETRY && retry < RETRIES; retry++) {
        atomic_fetch_add_explicit(&t->writer->retried, 1, memory_order_relaxed);
        rewind_all(jobs);
        outcome = run_together(t, jobs);
    }
    if (outcome == UNCERTAIN)
        refuse_all(t, jobs, outcome);
    else if (outcome != STORED)
        run_each_alone(t, jobs);
    for (WriteJob *job = jobs, *next; job; job = next) {
        next = job->next; /* done() may free the job */
        answer(t, job);
    }
}

/* ---- the queue --------------------------------------------------------- */

static bool same_group(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* A group is one thread's at a time: two batches of it would add to the same
   sums, and PostgreSQL would let one of them do all its work and then undo it.
   The lock is held. */
static bool is_taken(const Writer *w, const WriteJob *job)
{
    for (int i = 0; w->by_group && i < w->thread_count; i++)
        if (w->threads[i].is_working && same_group(w->threads[i].group, job->group)) return true;
    return false;
}

/* NULL: none that this thread may do now. */
static const WriteJob *oldest_free(const Writer *w)
{
    const WriteJob *job = w->first;
    while (job && is_taken(w, job)) job = job->next;
    return job;
}

/* The first jobs in order, on PostgreSQL those of that one's group. The lock is
   held. */
static WriteJob *take_some(Writer *w, const WriteJob *oldest)
{
    WriteJob *taken = NULL, **end = &taken, **at = &w->first;
    for (int n = 0; *at && n < w->options.batch_max;) {
        WriteJob *job = *at;
        if (w->by_group && !same_group(job->group, oldest->group)) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        *end = job;
        end = &job->next;
        n++;
        w->queued--;
    }
    *end = NULL;
    if (!*at) w->last = at;
    return taken;
}

static WriteJob *take_all(Writer *w)
{
    WriteJob *taken = w->first;
    w->first = NULL;
    w->last = &w->first;
    w->queued = 0;
    return taken;
}

/* Waits for work, for a moment only when there is something to tidy. */
static void wait_for_more(Thread *t)
{
    Writer *w = t->writer;
    if (!t->has_written) {
        pthread_cond_wait(&w->more, &w->lock);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += IDLE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&w->more, &w->lock, &until);
    if (oldest_free(w) || w->is_closing) return;
    t->has_written = false;
    pthread_mutex_unlock(&w->lock);
    if (t->conn->driver->idle) t->conn->driver->idle(t->conn);
    pthread_mutex_lock(&w->lock);
}

/* NULL: closing, and the queue is empty. */
static WriteJob *next_jobs(Thread *t)
{
    Writer *w = t->writer;
    const WriteJob *oldest = NULL;
    pthread_mutex_lock(&w->lock);
    t->is_working = false;
    while (!(oldest = oldest_free(w)) && (w->first || !w->is_closing)) wait_for_more(t);
    bool at_once = !w->by_group && w->queued <= w->options.batch_max;
    WriteJob *jobs = at_once ? take_all(w) : take_some(w, oldest);
    t->is_working = jobs != NULL;
    t->group = jobs ? jobs->group : NULL;
    /* Another thread's turn, or the end for all. */
    if (w->first || (w->is_closing && !jobs)) pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    return jobs;
}

static void put_back(Writer *w, WriteJob *jobs)
{
    int n = 1;
    WriteJob *newest = jobs;
    for (; newest->next; newest = newest->next) n++;
    pthread_mutex_lock(&w->lock);
    newest->next = w->first;
    if (!w->first) w->last = &newest->next;
    w->first = jobs;
    w->queued += n;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
}

static void *thread_main(void *data)
{
    Thread *t = data;
    WriteJob *jobs;
    while ((jobs = next_jobs(t))) work(t, jobs);
    return NULL;
}

Err writer_submit(Writer *w, WriteJob *job)
{
    db_read_end(job->c); /* its snapshot, if prepare forgot it, is no use here */
    job->next = NULL;
    job->result = OK;
    job->c->is_uncertain = false;
    pthread_mutex_lock(&w->lock);
    bool has_room = !w->is_closing && w->queued < w->options.queue_max;
    if (has_room) {
        *w->last = job;
        w->last = &job->next;
        w->queued++;
        pthread_cond_signal(&w->more);
    }
    pthread_mutex_unlock(&w->lock);
    if (has_room) return OK;
    atomic_fetch_add_explicit(&w->refused, 1, memory_order_relaxed);
    return fail(job->c, E_BUSY, T("Der er travlt lige nu, så vi nåede det ikke. Intet er gemt. Prøv igen om lidt."));
}

static void wake(WriteJob *job, Err result)
{
    (void)result;
    sem_post(job->user);
}

Err writer_run(Writer *w, Ctx *c, const char *group, Err (*write)(Ctx *c))
{
    sem_t stored;
    sem_init(&stored, 0, 0);
    WriteJob job = {.c = c, .write = write, .done = wake, .user = &stored, .group = group};
    Err err = writer_submit(w, &job);
    if (err == OK) {
        while (sem_wait(&stored) != 0) continue; /* a signal came in between */
        err = job.result;
    }
    sem_destroy(&stored);
    return err;
}

WriterFigures writer_figures(const Writer *w)
{
    Writer *locked = (Writer *)(uintptr_t)w;
    pthread_mutex_lock(&locked->lock);
    int queued = w->queued;
    pthread_mutex_unlock(&locked->lock);
    return (WriterFigures){.batches = w->batches,
                           .jobs = w->jobs,
                           .rerun = w->rerun,
                           .refused = w->refused,
                           .retried = w->retried,
                           .queued = queued};
}

/* ---- open, close ------------------------------------------------------- */

static int or_default(int value, int otherwise)
{
    return value > 0 ? value : otherwise;
}

static WriterOptions complete(WriterOptions o, bool many)
{
    int connections = many ? or_default(o.connections, CONNECTIONS) : 1;
    return (WriterOptions){
        .queue_max = or_default(o.queue_max, QUEUE_MAX),
        .batch_max = or_default(o.batch_max, BATCH_MAX),
        .batch_ms = or_default(o.batch_ms, BATCH_MS),
        .connections = connections < CONNECTIONS_MAX ? connections : CONNECTIONS_MAX,
    };
}

static Err start_thread(Ctx *c, Writer *w)
{
    Thread *t = &w->threads[w->thread_count];
    *t = (Thread){.writer = w};
    TRY(w->store->driver->connect(c, w->store, false, &t->conn));
    t->conn->only_in_transaction = true;
    t->spare = arena_range_open(SPARE_BYTES);
    if (pthread_create(&t->id, NULL, thread_main, t) != 0) {
        w->store->driver->disconnect(t->conn);
        arena_range_close(t->spare);
        return fail(c, E_BUSY, msg_verbatim(S("The system gives no thread for the writer.")));
    }
    w->thread_count++;
    return OK;
}

static void init_queue(Writer *w)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, &clock);
    pthread_condattr_destroy(&clock);
    w->last = &w->first;
}

Err writer_open(Ctx *c, Store *store, WriterOptions options, Writer **ret)
{
    Writer *w = calloc(1, sizeof *w);
    if (!w) return fail(c, E_BUSY, msg_verbatim(S("No memory for the writer.")));
    bool many = store->driver->engine == ENGINE_POSTGRES;
    w->store = store;
    w->by_group = many;
    w->options = complete(options, many);
    init_queue(w);
    for (int i = 0; i < w->options.connections; i++) {
        Err err = start_thread(c, w);
        if (err != OK) {
            writer_close(w);
            return err;
        }
    }
    *ret = w;
    return OK;
}

static void end_thread(Thread *t)
{
    pthread_join(t->id, NULL);
    t->conn->driver->disconnect(t->conn);
    merge_close(&t->batch);
    arena_range_close(t->spare);
}

void writer_close(Writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_closing = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->thread_count; i++) end_thread(&w->threads[i]);
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

/* The writer from outside: what its header promises, on both engines. Under a failing
   disk: writer_fault_test.c. */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"

#include "db/driver.h" /* behind test.h, which lets go of cmocka's fail() */

SQL(NOTE, "INSERT INTO note (uid) VALUES ($1)");
SQL(SINGLE, "INSERT INTO single (uid) VALUES ($1)");
SQL(TALLY_GET, "SELECT n FROM tally WHERE k = $1");
SQL(TALLY_ZERO, "INSERT INTO tally (k, n) VALUES (0, 0)");
SQL(TALLY_SET, "UPDATE tally SET n = $2 WHERE k = $1");

/* ---- one at a time ----------------------------------------------------- */

static Err write_refuses(Ctx *c)
{
    return fail(c, E_CONFLICT, T("Forløbet er lukket."));
}

ON_BOTH(writer, stores_what_it_acknowledges)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(crowd_run_one(w, 1, crowd_note));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note WHERE uid = 1"), 1);
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 1"), 1);
}

ON_BOTH(writer, a_failed_write_leaves_only_its_record)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    int after = 0;
    ctx_after_commit(test_ctx_plain(), crowd_count, &after);
    CHECK_ERR(crowd_run_one(w, 1, crowd_note_refused), E_FORBIDDEN);
    CHECK_STR(test_ctx_plain()->message.text, S("Adgangskoden passer ikke."));
    CHECK_INT(after, 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note"), 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM tally"), 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept WHERE uid = 1"), 1);
    CHECK_ERR(crowd_run_one(w, 2, write_refuses), E_CONFLICT);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
}

static Err write_twice_the_same(Ctx *c)
{
    ctx_record(c, crowd_keep, NULL);
    TRY(db_exec(c, SINGLE, NULL, crowd_uid(c)));
    return db_exec(c, SINGLE, NULL, crowd_uid(c));
}

/* On PostgreSQL the error has ended the transaction up to the savepoint. */
static Err write_forgives(Ctx *c)
{
    if (write_twice_the_same(c) != OK) ctx_forgive(c);
    return OK;
}

ON_BOTH(writer, a_broken_statement_is_told_and_undone)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_ERR(crowd_run_one(w, 3, write_twice_the_same), E_BROKEN);
    CHECK(strstr(test_ctx_plain()->file, "writer_test.c") != NULL);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM single"), 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
}

ON_BOTH(writer, an_error_that_the_write_hides_never_stores_half)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_ERR(crowd_run_one(w, 4, write_forgives), E_BROKEN);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM single"), 0);
    CHECK_OK(crowd_run_one(w, 5, crowd_note));
}

static Err write_fills_the_arena(Ctx *c)
{
    ctx_record(c, crowd_keep, NULL);
    TRY(crowd_note(c));
    for (;;) NEW(c->arena, char, 1 << 20);
}

ON_BOTH(writer, a_full_arena_is_too_large_for_that_write_alone)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    const char *before = c->arena->next;
    CHECK_ERR(crowd_run_one(w, 1, write_fills_the_arena), E_TOO_LARGE);
    CHECK(c->arena->next == before); /* room again for the answer */
    CHECK(c->arena->full == NULL);
    CHECK_OK(crowd_run_one(w, 2, crowd_note));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note"), 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept WHERE uid = 1"), 1);
}

static void fill_hook(Ctx *c, void *data)
{
    (void)data;
    crowd_keep(c, NULL);
    for (;;) NEW(c->arena, char, 1 << 20);
}

static Err write_with_a_greedy_record(Ctx *c)
{
    ctx_record(c, fill_hook, NULL);
    ctx_record(c, crowd_keep, NULL);
    return E_CONFLICT;
}

ON_BOTH(writer, a_record_that_fails_leaves_the_next_one)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_ERR(crowd_run_one(w, 1, write_with_a_greedy_record), E_CONFLICT);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
}

static void note_order(Ctx *c, void *data)
{
    c->viewer.v = c->viewer.v * 10 + *(const int *)data;
}

static Err write_registers_three(Ctx *c)
{
    static const int one = 1, two = 2, three = 3;
    ctx_after_commit(c, note_order, (void *)(uintptr_t)&one);
    ctx_after_commit(c, note_order, (void *)(uintptr_t)&two);
    ctx_after_commit(c, note_order, (void *)(uintptr_t)&three);
    return OK;
}

ON_BOTH(writer, effects_follow_the_commit_oldest_first)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(crowd_run_one(w, 0, write_registers_three));
    CHECK_INT(test_ctx_plain()->viewer.v, 123);
    CHECK_OK(crowd_run_one(w, 7, crowd_note)); /* each effect once, also when the Ctx writes again */
    CHECK_INT(test_ctx_plain()->viewer.v, 7);
}

/* A connection that ends when its transaction commits. */
static void break_at_commit(Store *store)
{
    Ctx *c = test_ctx_plain();
    DbConn *conn = NULL;
    CHECK_OK(store->driver->connect(c, store, false, &conn));
    CHECK_OK(store->driver->script(c, conn, S("CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS"
                                              " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'")));
    CHECK_OK(store->driver->script(c, conn, S("CREATE CONSTRAINT TRIGGER gone AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED"
                                              " FOR EACH ROW EXECUTE FUNCTION gone()")));
    store->driver->disconnect(conn);
}

enum { UNDONE = 1, UNDONE_UNCERTAIN };

static void note_certainty(Ctx *c, void *data)
{
    *(int *)data = c->is_uncertain ? UNDONE_UNCERTAIN : UNDONE;
}

static Err write_with_something_to_undo(Ctx *c)
{
    ctx_at_end(c, note_certainty, c->work);
    return crowd_note(c);
}

static Err write_elsewhere(Ctx *c)
{
    return db_exec(c, SINGLE, NULL, crowd_uid(c));
}

TEST(writer, what_undoes_a_write_is_told_that_nobody_knows_whether_it_was_stored)
{
    Store *store = place_store(ENGINE_POSTGRES, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    int heard = 0;
    c->work = &heard;
    break_at_commit(store);
    CHECK_ERR(crowd_run_one(w, 1, write_with_something_to_undo), E_BROKEN);
    CHECK_INT(heard, UNDONE_UNCERTAIN);
    CHECK(c->is_uncertain);
    ctx_forgive(c);
    CHECK_OK(crowd_run_one(w, 2, write_elsewhere));
    CHECK(!c->is_uncertain);
}

static Err write_leaves_a_statement_open(Ctx *c)
{
    Rows r = db_query(c, TALLY_GET, 1);
    (void)db_next(&r);
    return crowd_note(c);
}

ON_BOTH(writer, closes_what_a_write_left_open)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(crowd_run_one(w, 1, crowd_note));
    for (int i = 0; i < 5; i++) CHECK_OK(crowd_run_one(w, 1, write_leaves_a_statement_open));
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 1"), 6);
}

/* ---- many at a time ---------------------------------------------------- */

ON_BOTH(writer, a_crowd_is_stored_exactly_once)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Crowd *crowd = crowd_run(w, 8, crowd_mixed);
    crowd_check(store, crowd);
    WriterFigures f = writer_figures(w);
    CHECK_INT(f.jobs, CROWD_CLIENTS * 8);
    CHECK_INT(f.queued, 0);
    CHECK(f.batches < f.jobs); /* they did share commits */
}

static Err flush_unlucky(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (items[i].key[0] == 13) return fail(c, E_CONFLICT, T("Ikke den."));
    return crowd_flush(c, items, n);
}

static const MergeSpec unlucky_spec = {"unlucky", flush_unlucky};

static bool is_unlucky(int64_t uid)
{
    return uid % CROWD_STEP == 0 && uid / CROWD_STEP % 8 == 3;
}

static Err write_unlucky(Ctx *c)
{
    TRY(db_exec(c, NOTE, NULL, crowd_uid(c)));
    db_merge(c, &unlucky_spec, (const int64_t[MERGE_KEY_INTS]){is_unlucky(crowd_uid(c)) ? 13 : crowd_uid(c) % CROWD_KEYS}, 1);
    return OK;
}

/* The batch cannot be stored; alone, only the one that cannot is refused. */
ON_BOTH(writer, a_flush_that_fails_costs_only_its_own_write)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Crowd *crowd = crowd_run(w, 2, write_unlucky);
    Found *found = crowd_look(store);
    for (int who = 0; who < CROWD_CLIENTS; who++)
        for (int i = 0; i < 2; i++) {
            bool unlucky = is_unlucky(crowd->client[who].first_uid + i);
            CHECK_INT(crowd->client[who].results[i], unlucky ? E_CONFLICT : OK);
            CHECK_INT(found->note[who][i], unlucky ? 0 : 1);
        }
    crowd_check_tallies(store);
}

/* ---- rows appended together --------------------------------------------- */

SQL(NOTE_ROWS, "INSERT INTO note (uid) SELECT r.uid FROM ROWS($1, uid INTEGER) r WHERE true");

static Err flush_notes(Ctx *c, AppendedRows rows)
{
    return db_rows_write(c, NOTE, NOTE_ROWS, rows);
}
static const AppendSpec note_rows = {"note", flush_notes};

/* As a number, or as a text that is none. */
static void append_note(Ctx *c, bool fits)
{
    char text[40];
    int n = snprintf(text, sizeof text, "x%lld", (long long)crowd_uid(c));
    if (fits) db_append(c, &note_rows, crowd_uid(c));
    else db_append(c, &note_rows, ((Str){text, n}));
}

static Err write_appended(Ctx *c)
{
    append_note(c, true);
    return is_unlucky(crowd_uid(c)) ? fail(c, E_CONFLICT, T("Ikke den.")) : OK;
}

static void check_notes(Store *store, const Crowd *crowd)
{
    Found *found = crowd_look(store);
    for (int who = 0; who < CROWD_CLIENTS; who++)
        for (int i = 0; i < 2; i++) {
            bool unlucky = is_unlucky(crowd->client[who].first_uid + i);
            CHECK((crowd->client[who].results[i] == OK) == !unlucky);
            CHECK_INT(found->note[who][i], unlucky ? 0 : 1);
        }
}

ON_BOTH(writer, appended_rows_of_a_write_that_fails_are_dropped)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    check_notes(store, crowd_run(w, 2, write_appended));
}

static Err write_appended_unfit(Ctx *c)
{
    append_note(c, !is_unlucky(crowd_uid(c)));
    return OK;
}

ON_BOTH(writer, an_appended_row_that_does_not_fit_costs_only_its_own_write)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    check_notes(store, crowd_run(w, 2, write_appended_unfit));
}

static Err write_many_kinds(Ctx *c)
{
    MergeSpec *specs = NEW(c->arena, MergeSpec, crowd_uid(c));
    for (int64_t i = 0; i < crowd_uid(c); i++) {
        specs[i] = crowd_tally;
        db_merge(c, &specs[i], (const int64_t[MERGE_KEY_INTS]){1}, 1);
    }
    return OK;
}

TEST(writer, more_kinds_of_increments_than_fit_are_refused)
{
    Store *store = place_store(ENGINE_SQLITE, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(crowd_run_one(w, 32, write_many_kinds));
    CHECK_ERR(crowd_run_one(w, 33, write_many_kinds), E_BROKEN);
    CHECK_INT(place_i64(store, "SELECT n FROM tally"), 32);
}

/* Read, then write: without SERIALIZABLE and its retries increments get lost. */
static Err write_read_then_set(Ctx *c)
{
    int64_t n = 0;
    TRY(db_one_i64(c, TALLY_GET, &n, 0));
    return db_exec(c, TALLY_SET, NULL, 0, n + 1);
}

static Err write_zero(Ctx *c)
{
    return db_exec(c, TALLY_ZERO, NULL);
}

ON_BOTH(writer, no_increment_is_lost_between_connections)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){.connections = 3});
    CHECK_OK(crowd_run_one(w, 0, write_zero));
    Crowd *crowd = crowd_run(w, 4, write_read_then_set);
    int64_t acknowledged = 0;
    for (int who = 0; who < CROWD_CLIENTS; who++)
        for (int i = 0; i < 4; i++) acknowledged += crowd->client[who].results[i] == OK;
    CHECK(acknowledged > 0);
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 0"), acknowledged);
    if (engine == ENGINE_SQLITE) CHECK_INT(acknowledged, CROWD_CLIENTS * 4);
}

/* ---- the queue --------------------------------------------------------- */

typedef struct Gate {
    sem_t inside, open;
} Gate;

static Err write_waits(Ctx *c)
{
    Gate *gate = (Gate *)(uintptr_t)crowd_uid(c);
    sem_post(&gate->inside);
    sem_wait(&gate->open);
    return OK;
}

static void count_done(WriteJob *job, Err result)
{
    if (result == OK) sem_post(job->user);
}

typedef struct Queued {
    WriteJob job;
    Ctx c;
    Arena arena;
} Queued;

static Err queue_bounded(Writer *w, Queued *q, jmp_buf *full, int64_t uid, Err (*write)(Ctx *c), sem_t *done)
{
    q->arena = arena_of((ArenaRange){NEW(test_ctx_plain()->arena, char, 1 << 16), 1 << 16}, full);
    ctx_init(&q->c, &q->arena, (Instant){0}, (Random){0});
    q->c.viewer.v = uid;
    q->job = (WriteJob){.c = &q->c, .write = write, .done = count_done, .user = done, .group = "test"};
    return writer_submit(w, &q->job);
}

static Err queue_one(Writer *w, Queued *q, int64_t uid, Err (*write)(Ctx *c), sem_t *done)
{
    return queue_bounded(w, q, NULL, uid, write, done);
}

/* One write holds the only thread while we fill the queue behind it. */
ON_BOTH(writer, a_full_queue_says_busy_and_closing_drains_it)
{
    enum { ROOM = 5 };
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){.queue_max = ROOM, .connections = 1});
    Queued *q = NEW(test_ctx_plain()->arena, Queued, ROOM + 2);
    Gate gate;
    sem_t done;
    sem_init(&gate.inside, 0, 0);
    sem_init(&gate.open, 0, 0);
    sem_init(&done, 0, 0);
    CHECK_OK(queue_one(w, &q[0], (int64_t)(uintptr_t)&gate, write_waits, &done));
    sem_wait(&gate.inside);
    for (int i = 1; i <= ROOM; i++) CHECK_OK(queue_one(w, &q[i], i, crowd_note, &done));
    CHECK_INT(writer_figures(w).queued, ROOM);
    CHECK_ERR(queue_one(w, &q[ROOM + 1], 99, crowd_note, &done), E_BUSY);
    CHECK_INT(writer_figures(w).refused, 1);
    sem_post(&gate.open);
    place_writer_close(w);
    int answered = 0;
    while (sem_trywait(&done) == 0) answered++;
    CHECK_INT(answered, ROOM + 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note"), ROOM);
}

static Err write_slowly(Ctx *c)
{
    TRY(crowd_note(c));
    usleep(3000);
    return OK;
}

ON_BOTH(writer, a_batch_ends_after_its_time)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){.batch_ms = 1, .connections = 1});
    Crowd *crowd = crowd_run(w, 1, write_slowly);
    crowd_check(store, crowd);
    CHECK_INT(writer_figures(w).batches, CROWD_CLIENTS);
}

/* As if another connection had been first, at the first attempt. */
static Err write_loses_first(Ctx *c)
{
    int *attempts = (int *)(uintptr_t)crowd_uid(c);
    if (++*attempts == 1) c->conn->fault = FAULT_RETRY;
    return OK;
}

static Err write_slowly_later(Ctx *c)
{
    int *attempts = (int *)(uintptr_t)crowd_uid(c);
    if (++*attempts > 1) usleep(5000);
    return OK;
}

/* The second of a batch that is retried and then takes too long: it has run once
   when it goes back to the queue, and is given back as it came all the same. */
ON_BOTH(writer, a_write_that_waits_for_another_batch_keeps_its_boundary)
{
    Store *store = place_store(engine, CROWD_TABLES);
    Writer *w = place_writer(store, (WriterOptions){.batch_ms = 2, .connections = 1});
    Queued *q = NEW(test_ctx_plain()->arena, Queued, 3);
    int attempts[2] = {0};
    jmp_buf boundary;
    Gate gate;
    sem_t done;
    sem_init(&gate.inside, 0, 0);
    sem_init(&gate.open, 0, 0);
    sem_init(&done, 0, 0);
    CHECK_OK(queue_one(w, &q[0], (int64_t)(uintptr_t)&gate, write_waits, &done));
    sem_wait(&gate.inside);
    CHECK_OK(queue_one(w, &q[1], (int64_t)(uintptr_t)&attempts[0], write_slowly_later, &done));
    CHECK_OK(queue_bounded(w, &q[2], &boundary, (int64_t)(uintptr_t)&attempts[1], write_loses_first, &done));
    sem_post(&gate.open);
    for (int i = 0; i < 3; i++) sem_wait(&done);
    CHECK_INT(writer_figures(w).retried, 1);
    CHECK_INT(attempts[1], 2);
    CHECK(q[2].arena.full == &boundary);
    CHECK(q[2].c.conn == NULL);
}

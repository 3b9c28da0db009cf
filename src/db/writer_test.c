/* The writer from outside: what its header promises, on both engines, and on
   SQLite under every kind of failing disk. */
#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault_vfs.h"
#include "place.h"

#include "db/driver.h" /* behind test.h, which lets go of cmocka's fail() */
#include "db/writer.h"

#define TABLES                                                                        \
    "CREATE TABLE note (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL) STRICT;"        \
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL) STRICT;"        \
    "CREATE TABLE tally (k INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL) STRICT;" \
    "CREATE TABLE single (uid INTEGER NOT NULL PRIMARY KEY) STRICT;"                  \
    "CREATE TABLE big (id INTEGER PRIMARY KEY, t TEXT NOT NULL) STRICT;"

SQL(NOTE, "INSERT INTO note (uid) VALUES ($1)");
SQL(KEPT, "INSERT INTO kept (uid) VALUES ($1)");
SQL(SINGLE, "INSERT INTO single (uid) VALUES ($1)");
SQL(ADD, "INSERT INTO tally (k, n) VALUES ($1, $2)"
         " ON CONFLICT (k) DO UPDATE SET n = tally.n + excluded.n");
SQL(ADD_ROWS, "INSERT INTO tally (k, n) SELECT r.k, r.n FROM ROWS($1, k INTEGER, n INTEGER) r WHERE true"
              " ON CONFLICT (k) DO UPDATE SET n = tally.n + excluded.n");
SQL(TALLY_GET, "SELECT n FROM tally WHERE k = $1");
SQL(TALLY_SET, "UPDATE tally SET n = $2 WHERE k = $1");

enum { KEYS = 7, CLIENTS = 64 };

static Err flush_tally(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    return db_merge_write(c, ADD, ADD_ROWS, 1, items, n);
}

static const MergeSpec tally_spec = {"tally", flush_tally};

/* ---- one at a time ----------------------------------------------------- */

/* What a write should do is told through the viewer: an id. */
static int64_t uid_of(const Ctx *c)
{
    return c->viewer.v;
}

static void add(Ctx *c, int64_t k, int64_t n)
{
    db_merge(c, &tally_spec, (const int64_t[MERGE_KEY_INTS]){k}, n);
}

static Err write_note(Ctx *c)
{
    TRY(db_exec(c, NOTE, NULL, uid_of(c)));
    add(c, uid_of(c) % KEYS, 1);
    return OK;
}

static void keep_hook(Ctx *c, void *data)
{
    (void)data;
    (void)!db_exec(c, KEPT, NULL, uid_of(c));
}

static void count_hook(Ctx *c, void *data)
{
    (void)c;
    ++*(int *)data;
}

static Err write_then_refuse(Ctx *c)
{
    TRY(write_note(c));
    ctx_record(c, keep_hook, NULL);
    return fail(c, E_FORBIDDEN, T("Adgangskoden passer ikke."));
}

static Err write_refuses(Ctx *c)
{
    return fail(c, E_CONFLICT, T("Forløbet er lukket."));
}

static Err run_as(Writer *w, int64_t uid, Err (*write)(Ctx *c))
{
    Ctx *c = test_ctx_plain();
    c->viewer.v = uid;
    ctx_forgive(c);
    return writer_run(w, c, "test", write);
}

ON_BOTH(writer, stores_what_it_acknowledges)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(run_as(w, 1, write_note));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note WHERE uid = 1"), 1);
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 1"), 1);
}

ON_BOTH(writer, a_failed_write_leaves_only_its_record)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    int after = 0;
    ctx_after_commit(test_ctx_plain(), count_hook, &after);
    CHECK_ERR(run_as(w, 1, write_then_refuse), E_FORBIDDEN);
    CHECK_STR(test_ctx_plain()->message.text, S("Adgangskoden passer ikke."));
    CHECK_INT(after, 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note"), 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM tally"), 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept WHERE uid = 1"), 1);
    CHECK_ERR(run_as(w, 2, write_refuses), E_CONFLICT);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
}

static Err write_twice_the_same(Ctx *c)
{
    ctx_record(c, keep_hook, NULL);
    TRY(db_exec(c, SINGLE, NULL, uid_of(c)));
    return db_exec(c, SINGLE, NULL, uid_of(c));
}

/* On PostgreSQL the error has ended the transaction up to the savepoint. */
static Err write_forgives(Ctx *c)
{
    if (write_twice_the_same(c) != OK) ctx_forgive(c);
    return OK;
}

ON_BOTH(writer, a_broken_statement_is_told_and_undone)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_ERR(run_as(w, 3, write_twice_the_same), E_BROKEN);
    CHECK(strstr(test_ctx_plain()->file, "writer_test.c") != NULL);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM single"), 0);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
}

ON_BOTH(writer, an_error_that_the_write_hides_never_stores_half)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_ERR(run_as(w, 4, write_forgives), E_BROKEN);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM single"), 0);
    CHECK_OK(run_as(w, 5, write_note));
}

static Err write_fills_the_arena(Ctx *c)
{
    ctx_record(c, keep_hook, NULL);
    TRY(write_note(c));
    for (;;) NEW(c->arena, char, 1 << 20);
}

ON_BOTH(writer, a_full_arena_is_too_large_for_that_write_alone)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    const char *before = c->arena->next;
    CHECK_ERR(run_as(w, 1, write_fills_the_arena), E_TOO_LARGE);
    CHECK(c->arena->next == before); /* room again for the answer */
    CHECK(c->arena->full == NULL);
    CHECK_OK(run_as(w, 2, write_note));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note"), 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept WHERE uid = 1"), 1);
}

static void fill_hook(Ctx *c, void *data)
{
    (void)data;
    keep_hook(c, NULL);
    for (;;) NEW(c->arena, char, 1 << 20);
}

static Err write_with_a_greedy_record(Ctx *c)
{
    ctx_record(c, fill_hook, NULL);
    ctx_record(c, keep_hook, NULL);
    return E_CONFLICT;
}

ON_BOTH(writer, a_record_that_fails_leaves_the_next_one)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_ERR(run_as(w, 1, write_with_a_greedy_record), E_CONFLICT);
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
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(run_as(w, 0, write_registers_three));
    CHECK_INT(test_ctx_plain()->viewer.v, 123);
    CHECK_OK(run_as(w, 7, write_note)); /* each effect once, also when the Ctx writes again */
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
    return write_note(c);
}

static Err write_elsewhere(Ctx *c)
{
    return db_exec(c, SINGLE, NULL, uid_of(c));
}

TEST(writer, what_undoes_a_write_is_told_that_nobody_knows_whether_it_was_stored)
{
    Store *store = place_store(ENGINE_POSTGRES, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    int heard = 0;
    c->work = &heard;
    break_at_commit(store);
    CHECK_ERR(run_as(w, 1, write_with_something_to_undo), E_BROKEN);
    CHECK_INT(heard, UNDONE_UNCERTAIN);
    CHECK(c->is_uncertain);
    ctx_forgive(c);
    CHECK_OK(run_as(w, 2, write_elsewhere));
    CHECK(!c->is_uncertain);
}

static Err write_leaves_a_statement_open(Ctx *c)
{
    Rows r = db_query(c, TALLY_GET, 1);
    (void)db_next(&r);
    return write_note(c);
}

ON_BOTH(writer, closes_what_a_write_left_open)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(run_as(w, 1, write_note));
    for (int i = 0; i < 5; i++) CHECK_OK(run_as(w, 1, write_leaves_a_statement_open));
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 1"), 6);
}

/* ---- many at a time ---------------------------------------------------- */

typedef struct Client {
    pthread_t id;
    Writer *writer;
    int64_t first_uid;
    int writes;
    const char *group;
    Err (*write)(Ctx *c);
    Err *results; /* of each write */
    int after;    /* commits heard of */
} Client;

static Random no_random(void)
{
    return (Random){0};
}

static void *client_main(void *data)
{
    Client *client = data;
    ArenaRange range = arena_range_open(1 << 20);
    for (int i = 0; i < client->writes; i++) {
        Arena arena = arena_of(range, NULL);
        Ctx c;
        ctx_init(&c, &arena, (Instant){0}, no_random());
        c.viewer.v = client->first_uid + i;
        ctx_after_commit(&c, count_hook, &client->after);
        client->results[i] = writer_run(client->writer, &c, client->group, client->write);
        ctx_end(&c);
    }
    arena_range_close(range);
    return NULL;
}

typedef struct Crowd {
    Client client[CLIENTS];
    int writes;
} Crowd;

enum { UID_STEP = 1000 };

static Crowd *run_crowd(Writer *w, int writes, Err (*write)(Ctx *c))
{
    static const char *const groups[] = {"survey", "task", "trial"};
    Ctx *c = test_ctx_plain();
    Crowd *crowd = NEW(c->arena, Crowd, 1);
    crowd->writes = writes;
    for (int i = 0; i < CLIENTS; i++) {
        crowd->client[i] = (Client){.writer = w,
                                    .first_uid = (int64_t)i * UID_STEP,
                                    .writes = writes,
                                    .group = groups[i % 3],
                                    .write = write,
                                    .results = NEW(c->arena, Err, writes)};
        assert_int_equal(pthread_create(&crowd->client[i].id, NULL, client_main, &crowd->client[i]), 0);
    }
    for (int i = 0; i < CLIENTS; i++) pthread_join(crowd->client[i].id, NULL);
    return crowd;
}

/* Every fifth is refused by its own rules after it has written. */
static bool is_refused(int64_t uid)
{
    return uid % 5 == 4;
}

static Err write_mixed(Ctx *c)
{
    return is_refused(uid_of(c)) ? write_then_refuse(c) : write_note(c);
}

typedef struct Found {
    unsigned char note[CLIENTS][64], kept[CLIENTS][64];
} Found;

SQL_SCAN(ALL_NOTES, "a test looks at every row", "SELECT uid FROM note");
SQL_SCAN(ALL_KEPT, "a test looks at every row", "SELECT uid FROM kept");

static void count_rows(Ctx *c, const SqlDef *def, unsigned char seen[CLIENTS][64])
{
    Rows r = db_query(c, def);
    while (db_next(&r)) {
        int64_t uid = db_i64(&r, 0);
        seen[uid / UID_STEP][uid % UID_STEP]++;
    }
    CHECK_OK(db_done(&r));
}

static Found *look(Store *store)
{
    Ctx *c = test_ctx_plain();
    Found *found = NEW(c->arena, Found, 1);
    ctx_forgive(c);
    CHECK_OK(db_read_begin(c, store));
    count_rows(c, ALL_NOTES, found->note);
    count_rows(c, ALL_KEPT, found->kept);
    db_read_end(c);
    return found;
}

static void check_one(const Client *client, int i, int stored, int kept)
{
    bool refused = is_refused(client->first_uid + i);
    Err result = client->results[i];
    CHECK(result == OK || result == E_BUSY || (refused && result == E_FORBIDDEN));
    CHECK_INT(stored, result == OK ? 1 : 0);
    if (!refused) CHECK_INT(kept, 0);
    if (result == E_FORBIDDEN) CHECK_INT(kept, 1);
    CHECK(kept <= 1);
}

static void check_tallies(Store *store)
{
    CHECK_INT(place_i64(store,
                        "SELECT count(*) FROM (SELECT uid % 7 AS k, count(*) AS n FROM note GROUP BY uid % 7) AS a"
                        " LEFT JOIN tally ON tally.k = a.k WHERE coalesce(tally.n, 0) <> a.n"),
              0);
    CHECK_INT(place_i64(store, "SELECT coalesce(CAST(sum(n) AS INTEGER), 0) - (SELECT count(*) FROM note) FROM tally"),
              0);
}

/* Acknowledged = stored, nothing else is, each exactly once. */
static void check_crowd(Store *store, const Crowd *crowd)
{
    Found *found = look(store);
    for (int who = 0; who < CLIENTS; who++) {
        const Client *client = &crowd->client[who];
        int acknowledged = 0;
        for (int i = 0; i < crowd->writes; i++) {
            check_one(client, i, found->note[who][i], found->kept[who][i]);
            if (client->results[i] == OK) acknowledged++;
        }
        CHECK_INT(client->after, acknowledged);
    }
    check_tallies(store);
}

ON_BOTH(writer, a_crowd_is_stored_exactly_once)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Crowd *crowd = run_crowd(w, 8, write_mixed);
    check_crowd(store, crowd);
    WriterFigures f = writer_figures(w);
    CHECK_INT(f.jobs, CLIENTS * 8);
    CHECK_INT(f.queued, 0);
    CHECK(f.batches < f.jobs); /* they did share commits */
}

static Err flush_unlucky(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (items[i].key[0] == 13) return fail(c, E_CONFLICT, T("Ikke den."));
    return flush_tally(c, items, n);
}

static const MergeSpec unlucky_spec = {"unlucky", flush_unlucky};

static bool is_unlucky(int64_t uid)
{
    return uid % UID_STEP == 0 && uid / UID_STEP % 8 == 3;
}

static Err write_unlucky(Ctx *c)
{
    TRY(db_exec(c, NOTE, NULL, uid_of(c)));
    db_merge(c, &unlucky_spec, (const int64_t[MERGE_KEY_INTS]){is_unlucky(uid_of(c)) ? 13 : uid_of(c) % KEYS}, 1);
    return OK;
}

/* The batch cannot be stored; alone, only the one that cannot is refused. */
ON_BOTH(writer, a_flush_that_fails_costs_only_its_own_write)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Crowd *crowd = run_crowd(w, 2, write_unlucky);
    Found *found = look(store);
    for (int who = 0; who < CLIENTS; who++)
        for (int i = 0; i < 2; i++) {
            bool unlucky = is_unlucky(crowd->client[who].first_uid + i);
            CHECK_INT(crowd->client[who].results[i], unlucky ? E_CONFLICT : OK);
            CHECK_INT(found->note[who][i], unlucky ? 0 : 1);
        }
    check_tallies(store);
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
    int n = snprintf(text, sizeof text, "x%lld", (long long)uid_of(c));
    if (fits) db_append(c, &note_rows, uid_of(c));
    else db_append(c, &note_rows, ((Str){text, n}));
}

static Err write_appended(Ctx *c)
{
    append_note(c, true);
    return is_unlucky(uid_of(c)) ? fail(c, E_CONFLICT, T("Ikke den.")) : OK;
}

static void check_notes(Store *store, const Crowd *crowd)
{
    Found *found = look(store);
    for (int who = 0; who < CLIENTS; who++)
        for (int i = 0; i < 2; i++) {
            bool unlucky = is_unlucky(crowd->client[who].first_uid + i);
            CHECK((crowd->client[who].results[i] == OK) == !unlucky);
            CHECK_INT(found->note[who][i], unlucky ? 0 : 1);
        }
}

ON_BOTH(writer, appended_rows_of_a_write_that_fails_are_dropped)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    check_notes(store, run_crowd(w, 2, write_appended));
}

static Err write_appended_unfit(Ctx *c)
{
    append_note(c, !is_unlucky(uid_of(c)));
    return OK;
}

ON_BOTH(writer, an_appended_row_that_does_not_fit_costs_only_its_own_write)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    check_notes(store, run_crowd(w, 2, write_appended_unfit));
}

static Err write_many_kinds(Ctx *c)
{
    MergeSpec *specs = NEW(c->arena, MergeSpec, uid_of(c));
    for (int64_t i = 0; i < uid_of(c); i++) {
        specs[i] = tally_spec;
        db_merge(c, &specs[i], (const int64_t[MERGE_KEY_INTS]){1}, 1);
    }
    return OK;
}

TEST(writer, more_kinds_of_increments_than_fit_are_refused)
{
    Store *store = place_store(ENGINE_SQLITE, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(run_as(w, 32, write_many_kinds));
    CHECK_ERR(run_as(w, 33, write_many_kinds), E_BROKEN);
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
    return db_exec(c, ADD, NULL, 0, 0);
}

ON_BOTH(writer, no_increment_is_lost_between_connections)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){.connections = 3});
    CHECK_OK(run_as(w, 0, write_zero));
    Crowd *crowd = run_crowd(w, 4, write_read_then_set);
    int64_t acknowledged = 0;
    for (int who = 0; who < CLIENTS; who++)
        for (int i = 0; i < 4; i++) acknowledged += crowd->client[who].results[i] == OK;
    CHECK(acknowledged > 0);
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 0"), acknowledged);
    if (engine == ENGINE_SQLITE) CHECK_INT(acknowledged, CLIENTS * 4);
}

/* ---- the queue --------------------------------------------------------- */

typedef struct Gate {
    sem_t inside, open;
} Gate;

static Err write_waits(Ctx *c)
{
    Gate *gate = (Gate *)(uintptr_t)uid_of(c);
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
    ctx_init(&q->c, &q->arena, (Instant){0}, no_random());
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
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){.queue_max = ROOM, .connections = 1});
    Queued *q = NEW(test_ctx_plain()->arena, Queued, ROOM + 2);
    Gate gate;
    sem_t done;
    sem_init(&gate.inside, 0, 0);
    sem_init(&gate.open, 0, 0);
    sem_init(&done, 0, 0);
    CHECK_OK(queue_one(w, &q[0], (int64_t)(uintptr_t)&gate, write_waits, &done));
    sem_wait(&gate.inside);
    for (int i = 1; i <= ROOM; i++) CHECK_OK(queue_one(w, &q[i], i, write_note, &done));
    CHECK_INT(writer_figures(w).queued, ROOM);
    CHECK_ERR(queue_one(w, &q[ROOM + 1], 99, write_note, &done), E_BUSY);
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
    TRY(write_note(c));
    usleep(3000);
    return OK;
}

ON_BOTH(writer, a_batch_ends_after_its_time)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){.batch_ms = 1, .connections = 1});
    Crowd *crowd = run_crowd(w, 1, write_slowly);
    check_crowd(store, crowd);
    CHECK_INT(writer_figures(w).batches, CLIENTS);
}

/* As if another connection had been first, at the first attempt. */
static Err write_loses_first(Ctx *c)
{
    int *attempts = (int *)(uintptr_t)uid_of(c);
    if (++*attempts == 1) c->conn->fault = FAULT_RETRY;
    return OK;
}

static Err write_slowly_later(Ctx *c)
{
    int *attempts = (int *)(uintptr_t)uid_of(c);
    if (++*attempts > 1) usleep(5000);
    return OK;
}

/* The second of a batch that is retried and then takes too long: it has run once
   when it goes back to the queue, and is given back as it came all the same. */
ON_BOTH(writer, a_write_that_waits_for_another_batch_keeps_its_boundary)
{
    Store *store = place_store(engine, TABLES);
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

/* ---- a failing disk (SQLite) ------------------------------------------- */

typedef struct Disaster {
    FaultCall call;
    int error;
    bool for_good;
} Disaster;

static const Disaster disasters[] = {
    {FAULT_AT_WRITE, SQLITE_FULL,        false},
    {FAULT_AT_WRITE, SQLITE_FULL,        true },
    {FAULT_AT_WRITE, SQLITE_IOERR_WRITE, false},
    {FAULT_AT_WRITE, SQLITE_IOERR_NOMEM, false},
    {FAULT_AT_SYNC,  SQLITE_IOERR_FSYNC, false},
    {FAULT_AT_SYNC,  SQLITE_IOERR_FSYNC, true },
};

static Str faulty_place(void)
{
    Ctx *c = test_ctx_plain();
    const Schema schema = {.feature = "test", .schema_sql = TABLES, .check_sql = ""};
    bool made = false;
    Str where = place_new(ENGINE_SQLITE);
    fault_vfs_plan((FaultPlan){0});
    Store *store = place_open(where, (StoreOptions){.create = true});
    CHECK_OK(schema_apply(c, store, (const Schema *const[]){&schema}, 1, &made));
    place_close(store);
    return where;
}

/* False: the run ended before the fault came. */
static bool run_disaster(const Disaster *d, int64_t at)
{
    Ctx *c = test_ctx_plain();
    Arena before = *c->arena;
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){.batch_max = 16});
    fault_vfs_plan((FaultPlan){d->call, at, d->error, d->for_good});
    Crowd *crowd = run_crowd(w, 3, write_mixed);
    bool came = fault_vfs_calls(d->call) >= at;
    fault_vfs_plan((FaultPlan){0});
    check_crowd(store, crowd); /* as the living store has it … */
    place_writer_close(w);
    place_close(store);
    store = place_open(where, (StoreOptions){0});
    check_crowd(store, crowd); /* … and as the file has it */
    ctx_end(c);
    *c->arena = before;
    return came;
}

TEST(writer, acknowledged_is_stored_whatever_the_disk_does)
{
    for (size_t i = 0; i < sizeof disasters / sizeof disasters[0]; i++) {
        int64_t at = 1, step = 1;
        while (run_disaster(&disasters[i], at)) {
            int64_t next = at < 3 ? at + 1 : at + step;
            step = at < 3 ? 1 : step * 2;
            at = next;
        }
        CHECK(at > 3); /* it did come a few times */
    }
}

static Err write_with_effect(Ctx *c)
{
    ctx_after_commit(c, count_hook, c->app);
    ctx_at_end(c, count_hook, (int *)(void *)c->app + 1);
    ctx_record(c, keep_hook, NULL);
    return write_note(c);
}

TEST(writer, an_effect_of_a_lost_attempt_is_forgotten)
{
    int effects[2] = {0}; /* after the commit, at the end */
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    c->app = (struct App *)(void *)effects;
    fault_vfs_plan((FaultPlan){FAULT_AT_SYNC, 1, SQLITE_IOERR_FSYNC, false});
    CHECK_OK(run_as(w, 1, write_with_effect));
    CHECK_INT(effects[0], 1);
    CHECK_INT(effects[1], 1); /* of the lost attempt; the other's Ctx lives on */
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 0);
    ctx_end(c);
}

SQL(BIG, "INSERT INTO big (t) VALUES ($1)");

/* The text is larger than SQLite's cache, so the disk is met in the middle. */
static Err write_stubbornly(Ctx *c)
{
    enum { SIZE = 24 << 20 };
    char *text = NEW(c->arena, char, SIZE);
    memset(text, 'x', SIZE);
    if (db_exec(c, BIG, NULL, ((Str){text, SIZE})) != OK) ctx_forgive(c);
    return db_exec(c, KEPT, NULL, 1);
}

TEST(writer, nothing_is_stored_after_the_transaction_is_gone)
{
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){0});
    fault_vfs_plan((FaultPlan){FAULT_AT_WRITE, 1, SQLITE_FULL, false});
    CHECK_OK(run_as(w, 1, write_stubbornly));
    CHECK_INT(writer_figures(w).rerun, 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM big"), 1);
    place_writer_close(w);
    place_close(store);
}

/* A lost transaction makes the batch run again: with what it promises. */
TEST(writer, a_write_that_runs_again_starts_from_its_mark)
{
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    int after = 0;
    ctx_after_commit(c, count_hook, &after);
    fault_vfs_plan((FaultPlan){FAULT_AT_SYNC, 1, SQLITE_IOERR_FSYNC, false});
    CHECK_OK(run_as(w, 1, write_note));
    CHECK_INT(after, 1);
    CHECK_INT(writer_figures(w).rerun, 1);
    fault_vfs_plan((FaultPlan){FAULT_AT_SYNC, 1, SQLITE_IOERR_FSYNC, true});
    CHECK_ERR(run_as(w, 2, write_note), E_BUSY);
    CHECK(!msg_is_empty(c->message));
    fault_vfs_plan((FaultPlan){0});
    CHECK_INT(place_i64(store, "SELECT count(*) FROM note"), 1);
    CHECK_INT(place_i64(store, "SELECT n FROM tally WHERE k = 1"), 1);
    place_writer_close(w);
    place_close(store);
}

/* ---- power cuts (SQLite) ----------------------------------------------- */

enum { CUTS = 24 };

static void check_integrity(Str where)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    CHECK_INT(sqlite3_open(str_z(test_ctx_plain()->arena, where), &db), SQLITE_OK);
    CHECK_INT(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(stmt), SQLITE_ROW);
    CHECK_STR(str_of_z((const char *)sqlite3_column_text(stmt, 0)), S("ok"));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

static void check_after_cut(Str where, const Crowd *crowd)
{
    Store *store = place_open(where, (StoreOptions){0});
    Found *found = look(store);
    for (int who = 0; who < CLIENTS; who++)
        for (int i = 0; i < crowd->writes; i++) {
            /* The commit in flight may have reached the disk unheard. */
            if (crowd->client[who].results[i] == OK) CHECK_INT(found->note[who][i], 1);
            CHECK(found->note[who][i] <= 1);
            if (crowd->client[who].results[i] == E_FORBIDDEN) CHECK_INT(found->kept[who][i], 1);
        }
    check_tallies(store);
    place_close(store);
    check_integrity(where);
}

static bool run_cut(uint64_t seed)
{
    Ctx *c = test_ctx_plain();
    Arena before = *c->arena;
    Str where = faulty_place();
    fault_vfs_hold(true);
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){.batch_max = 8});
    fault_vfs_cut((int64_t)(1 + seed * seed * 7 % 50), seed); /* of some hundred: a batch is a few writes (sqlite_log.h) */
    Crowd *crowd = run_crowd(w, 4, write_mixed);
    bool was_cut = fault_vfs_is_cut();
    place_writer_close(w);
    place_close(store);
    fault_vfs_hold(false);
    fault_vfs_power();
    check_after_cut(where, crowd);
    ctx_end(c);
    *c->arena = before;
    return was_cut;
}

TEST(writer, a_power_cut_takes_nothing_that_was_acknowledged)
{
    int cuts = 0;
    for (uint64_t seed = 1; seed <= CUTS; seed++) cuts += run_cut(seed);
    CHECK(cuts > CUTS / 2);
}

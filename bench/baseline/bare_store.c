#include "baseline/bare_store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

_Noreturn void bare_die(const char *what, sqlite3 *db)
{
    fprintf(stderr, "bare: %s%s%s\n", what, db ? ": " : "", db ? sqlite3_errmsg(db) : "");
    exit(1);
}

void bare_exec(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) bare_die(sql, db);
}

sqlite3_stmt *bare_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) bare_die(sql, db);
    return st;
}

double bare_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

uint32_t bare_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

int bare_number(char **argv, int i, int min, int max)
{
    int n = 0;
    char rest = 0;
    if (!argv[i] || sscanf(argv[i], "%d%c", &n, &rest) != 1 || n < min || n > max)
        bare_die("an argument is no fit number", NULL);
    return n;
}

/* ---- the writer ------------------------------------------------------------ */

typedef struct Statements {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *savepoint, *release, *add, *count;
} Statements;

static void run(Statements *s, sqlite3_stmt *st)
{
    int code = sqlite3_step(st);
    sqlite3_reset(st);
    if (code != SQLITE_DONE && code != SQLITE_ROW) bare_die("a step", s->db);
}

static Statements open_statements(const char *path)
{
    Statements s = {0};
    if (sqlite3_open_v2(path, &s.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        bare_die(path, s.db);
    bare_exec(s.db, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32000");
    s.begin = bare_prepare(s.db, "BEGIN IMMEDIATE");
    s.commit = bare_prepare(s.db, "COMMIT");
    s.savepoint = bare_prepare(s.db, "SAVEPOINT s");
    s.release = bare_prepare(s.db, "RELEASE s");
    s.add = bare_prepare(s.db, "INSERT INTO response (survey, school, answers) VALUES (1, ?1, ?2)");
    s.count = bare_prepare(s.db, "INSERT INTO tally (survey, school, q, opt, n) VALUES (1, ?1, ?2, ?3, ?4)"
                                 " ON CONFLICT (survey, school, q, opt) DO UPDATE SET n = n + excluded.n");
    return s;
}

static void close_statements(Statements *s)
{
    sqlite3_stmt *all[] = {s->begin, s->commit, s->savepoint, s->release, s->add, s->count};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_finalize(all[i]);
    sqlite3_close(s->db);
}

static void add_response(Statements *s, const Submission *one)
{
    char text[2 * BARE_ITEMS];
    for (int i = 0; i < BARE_ITEMS; i++) {
        text[2 * i] = (char)('0' + one->answer[i]);
        text[2 * i + 1] = ',';
    }
    sqlite3_bind_int(s->add, 1, one->unit);
    sqlite3_bind_text(s->add, 2, text, sizeof text - 1, SQLITE_STATIC);
    run(s, s->add);
}

static void count(Statements *s, int unit, int item, int option, int n)
{
    sqlite3_bind_int(s->count, 1, unit);
    sqlite3_bind_int(s->count, 2, item);
    sqlite3_bind_int(s->count, 3, option);
    sqlite3_bind_int(s->count, 4, n);
    run(s, s->count);
}

typedef int Sums[BARE_UNITS_MAX][BARE_ITEMS][BARE_OPTIONS];

static void store_one(const BareWriter *w, Statements *s, const Submission *one, Sums *sums)
{
    run(s, s->savepoint);
    add_response(s, one);
    for (int i = 0; i < BARE_ITEMS; i++) {
        if (w->mode == BARE_COAL)
            (*sums)[one->unit][i][one->answer[i]]++;
        else
            count(s, one->unit, i, one->answer[i], 1);
    }
    run(s, s->release);
}

static void write_sums(const BareWriter *w, Statements *s, Sums *sums)
{
    for (int u = 0; u < w->units; u++)
        for (int i = 0; i < BARE_ITEMS; i++)
            for (int o = 0; o < BARE_OPTIONS; o++)
                if ((*sums)[u][i][o]) count(s, u, i, o, (*sums)[u][i][o]);
    memset(sums, 0, sizeof(int[BARE_ITEMS][BARE_OPTIONS]) * (size_t)w->units);
}

static Submission *take(BareWriter *w)
{
    pthread_mutex_lock(&w->lock);
    while (!w->first && !w->stop) pthread_cond_wait(&w->more, &w->lock);
    Submission *batch = w->first;
    if (batch && w->mode == BARE_ONE) {
        w->first = batch->next;
        batch->next = NULL;
    } else {
        w->first = NULL;
    }
    if (!w->first) w->last = &w->first;
    pthread_mutex_unlock(&w->lock);
    return batch;
}

static void tell(BareWriter *w, Submission *batch)
{
    pthread_mutex_lock(&w->lock);
    for (Submission *s = batch, *next; s; s = next) {
        next = s->next; /* s may be gone as soon as it is told */
        w->stored++;
        s->done = true;
        if (s->stored)
            s->stored(s);
        else
            pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&w->lock);
}

static void *work(void *data)
{
    BareWriter *w = data;
    Statements s = open_statements(w->path);
    Sums *sums = calloc(1, sizeof *sums);
    if (!sums) bare_die("no memory", NULL);
    for (Submission *batch; (batch = take(w));) {
        run(&s, s.begin);
        for (Submission *one = batch; one; one = one->next) store_one(w, &s, one, sums);
        if (w->mode == BARE_COAL) write_sums(w, &s, sums);
        run(&s, s.commit); /* durable from here */
        w->batches++;
        tell(w, batch);
    }
    free(sums);
    close_statements(&s);
    return NULL;
}

BareMode bare_mode(const char *name)
{
    static const char *const names[] = {[BARE_GROUP] = "group", [BARE_ONE] = "one", [BARE_COAL] = "coal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return (BareMode)i;
    bare_die("the mode is group, one or coal", NULL);
}

static void make_store(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char old[BARE_PATH + 8];
    sqlite3 *db = NULL;
    for (int i = 0; i < 3; i++) {
        snprintf(old, sizeof old, "%s%s", path, ends[i]);
        unlink(old);
    }
    if (sqlite3_open(path, &db) != SQLITE_OK) bare_die(path, db);
    bare_exec(
        db,
        "PRAGMA journal_mode = WAL;"
        "CREATE TABLE response (id INTEGER PRIMARY KEY, survey INT NOT NULL, school INT NOT NULL, answers TEXT NOT NULL) STRICT;"
        "CREATE INDEX response_s ON response (survey, school);"
        "CREATE TABLE tally (survey INT NOT NULL, school INT NOT NULL, q INT NOT NULL, opt INT NOT NULL, n INT NOT NULL,"
        " PRIMARY KEY (survey, school, q, opt)) STRICT, WITHOUT ROWID;");
    sqlite3_close(db);
}

void bare_writer_open(BareWriter *w, const char *folder, const char *name, BareMode mode, int units)
{
    *w = (BareWriter){.mode = mode, .units = units};
    w->last = &w->first;
    if (snprintf(w->path, sizeof w->path, "%s/%s.db", folder, name) >= (int)sizeof w->path)
        bare_die("the path is too long", NULL);
    make_store(w->path);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    if (pthread_create(&w->thread, NULL, work, w) != 0) bare_die("no thread", NULL);
}

static void enqueue(BareWriter *w, Submission *s)
{
    s->next = NULL;
    s->done = false;
    *w->last = s;
    w->last = &s->next;
    pthread_cond_signal(&w->more);
}

void bare_writer_give(BareWriter *w, Submission *s)
{
    pthread_mutex_lock(&w->lock);
    enqueue(w, s);
    pthread_mutex_unlock(&w->lock);
}

void bare_writer_store(BareWriter *w, Submission *s)
{
    pthread_mutex_lock(&w->lock);
    enqueue(w, s);
    while (!s->done) pthread_cond_wait(&s->wake, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

void bare_writer_close(BareWriter *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    sqlite3 *db = NULL;
    if (sqlite3_open(w->path, &db) != SQLITE_OK) bare_die(w->path, db);
    sqlite3_stmt *st = bare_prepare(db, "SELECT count(*), (SELECT coalesce(sum(n), 0) FROM tally) FROM response");
    if (sqlite3_step(st) != SQLITE_ROW) bare_die("the count", db);
    int64_t rows = sqlite3_column_int64(st, 0), sum = sqlite3_column_int64(st, 1);
    if (rows != w->stored || sum != rows * BARE_ITEMS) bare_die("rows, tallies and answers differ", NULL);
    sqlite3_finalize(st);
    sqlite3_close(db);
}

/* Submissions a second through the writer: 64 clients in a closed loop, each
   an inserted row and 40 merged increments, answered after the commit is on
   the disk. With the path of a bare program (same SQL by hand, same arguments
   as below, same folder) it runs both in turn, several rounds, and prints the
   ratio of the medians.
     writer_bench FOLDER SECONDS ROUNDS [BARE_PROGRAM]
   BARE_PROGRAM FOLDER SECONDS 64 coal FULL 60 prints its result as tab-separated
   fields, submissions a second as the sixth. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "db/writer.h"

enum { CLIENTS = 64, ITEMS = 40, OPTIONS = 5, UNITS = 60, ROUNDS_MAX = 50 };

#define TABLES                                                                                         \
    "CREATE TABLE response (id INTEGER PRIMARY KEY, survey INTEGER NOT NULL, school INTEGER NOT NULL," \
    " answers TEXT NOT NULL) STRICT;"                                                                  \
    "CREATE INDEX response_s ON response (survey, school);"                                            \
    "CREATE TABLE tally (survey INTEGER NOT NULL, school INTEGER NOT NULL, q INTEGER NOT NULL,"        \
    " opt INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (survey, school, q, opt)) STRICT, WITHOUT ROWID;"

SQL(RESPOND, "INSERT INTO response (survey, school, answers) VALUES (1, $1, $2)");
SQL(COUNT, "INSERT INTO tally (survey, school, q, opt, n) VALUES (1, $1, $2, $3, $4)"
           " ON CONFLICT (survey, school, q, opt) DO UPDATE SET n = tally.n + excluded.n");
SQL(COUNT_ROWS, "INSERT INTO tally (survey, school, q, opt, n)"
                " SELECT 1, t.school, t.q, t.opt, t.n"
                " FROM ROWS($1, school INTEGER, q INTEGER, opt INTEGER, n INTEGER) t WHERE true"
                " ON CONFLICT (survey, school, q, opt) DO UPDATE SET n = tally.n + excluded.n");

/* ---- one submission ---------------------------------------------------- */

static Err flush(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    return db_merge_write(c, COUNT, COUNT_ROWS, 3, items, n);
}

static const MergeSpec tally = {"tally", flush};

static Err submit(Ctx *c)
{
    int school = (int)(c->viewer.v % UNITS);
    char answers[2 * ITEMS];
    uint64_t seed = (uint64_t)c->viewer.v * 0x9E3779B97F4A7C15u;
    for (int q = 0; q < ITEMS; q++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int option = (int)((seed >> 33) % OPTIONS);
        answers[2 * q] = (char)('0' + option);
        answers[2 * q + 1] = ',';
        db_merge(c, &tally, (const int64_t[MERGE_KEY_INTS]){school, q, option}, 1);
    }
    return db_exec(c, RESPOND, NULL, school, ((Str){answers, 2 * ITEMS - 1}));
}

/* ---- the crowd --------------------------------------------------------- */

typedef struct Crowd {
    Writer *writer;
    double until;
    _Atomic int64_t stored, failed;
} Crowd;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *client(void *data)
{
    Crowd *crowd = data;
    ArenaRange range = arena_range_open(1 << 20);
    uint64_t seed = (uint64_t)(uintptr_t)&range;
    while (now() < crowd->until) {
        Arena arena = arena_of(range, NULL);
        Ctx c;
        ctx_init(&c, &arena, (Instant){0}, (Random){0});
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        c.viewer.v = (int64_t)(seed >> 33);
        if (writer_run(crowd->writer, &c, "survey", submit) == OK)
            crowd->stored++;
        else
            crowd->failed++;
    }
    arena_range_close(range);
    return NULL;
}

static double run_crowd(Writer *w, double seconds)
{
    pthread_t thread[CLIENTS];
    double begin = now();
    Crowd crowd = {.writer = w, .until = begin + seconds};
    for (int i = 0; i < CLIENTS; i++)
        if (pthread_create(&thread[i], NULL, client, &crowd) != 0) exit(1);
    for (int i = 0; i < CLIENTS; i++) pthread_join(thread[i], NULL);
    if (crowd.failed > 0) fprintf(stderr, "%lld failed\n", (long long)crowd.failed);
    return (double)crowd.stored / (now() - begin);
}

/* ---- ours -------------------------------------------------------------- */

static void or_die(Ctx *c, Err err, const char *what)
{
    if (err == OK) return;
    Str why = c->message.arg[0].s.n > 0 ? c->message.arg[0].s : c->message.text;
    fprintf(stderr, "%s: %.*s\n", what, (int)why.n, why.p);
    exit(1);
}

static void check_sums(Ctx *c, Store *store)
{
    int64_t wrong = -1;
    or_die(c, db_read_begin(c, store), "read");
    or_die(c,
           db_test_i64(
               c, S("SELECT (SELECT count(*) FROM response) * 40 - coalesce(CAST(sum(n) AS INTEGER), 0) FROM tally"),
               &wrong),
           "sum");
    db_read_end(c);
    if (wrong != 0) fprintf(stderr, "tallies and rows differ by %lld\n", (long long)wrong);
}

static double ours(const char *folder, double seconds)
{
    static const Schema schema = {.feature = "bench", .schema_sql = TABLES, .check_sql = ""};
    const Schema *all[] = {&schema};
    ArenaRange range = arena_range_open(16 << 20);
    Arena arena = arena_of(range, NULL);
    Ctx c;
    Store *store = NULL;
    Writer *w = NULL;
    bool made = false;
    ctx_init(&c, &arena, (Instant){0}, (Random){0});
    Str where = STR_CAT(&arena, str_of_z(folder), S("/writer_bench.db"));
    unlink(str_z(&arena, where));
    or_die(&c, store_open(&c, where, (StoreOptions){.create = true}, &store), "open");
    or_die(&c, schema_apply(&c, store, all, 1, &made), "schema");
    or_die(&c, writer_open(&c, store, (WriterOptions){0}, &w), "writer");
    double rate = run_crowd(w, seconds);
    WriterFigures f = writer_figures(w);
    printf("  ours %.0f/s, %.1f jobs a batch\n", rate, (double)f.jobs / (double)f.batches);
    writer_close(w);
    check_sums(&c, store);
    store_close(store);
    ctx_end(&c);
    unlink(str_z(&arena, where));
    arena_range_close(range);
    return rate;
}

/* ---- bare -------------------------------------------------------------- */

static double sixth_field(const char *line)
{
    for (int i = 0; i < 5 && line; i++) {
        line = strchr(line, '\t');
        if (line) line++;
    }
    double rate = 0;
    return line && sscanf(line, "%lf", &rate) == 1 ? rate : 0;
}

static double bare(const char *program, const char *folder, const char *seconds)
{
    int ends[2];
    char line[400] = "";
    if (pipe(ends) != 0) exit(1);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(program, program, folder, seconds, "64", "coal", "FULL", "60", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    if (out && !fgets(line, sizeof line, out)) fprintf(stderr, "%s said nothing\n", program);
    if (out) fclose(out);
    waitpid(child, NULL, 0);
    printf("  bare %.0f/s\n", sixth_field(line));
    return sixth_field(line);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}

int main(int argc, char **argv)
{
    double seconds = 0, mine[ROUNDS_MAX], theirs[ROUNDS_MAX];
    int rounds = 0;
    if (argc < 4 || sscanf(argv[2], "%lf", &seconds) != 1 || sscanf(argv[3], "%d", &rounds) != 1 || rounds < 1 ||
        rounds > ROUNDS_MAX) {
        fputs("usage: writer_bench FOLDER SECONDS ROUNDS [BARE_PROGRAM]\n", stderr);
        return 2;
    }
    for (int i = 0; i < rounds; i++) { /* each goes first as often as the other */
        if (i % 2 == 0) mine[i] = ours(argv[1], seconds);
        theirs[i] = argc > 4 ? bare(argv[4], argv[1], argv[2]) : 0;
        if (i % 2 == 1) mine[i] = ours(argv[1], seconds);
    }
    double a = median(mine, rounds);
    if (argc <= 4)
        printf("ours %.0f/s\n", a);
    else
        printf("ours %.0f/s, bare %.0f/s, ratio %.2f\n", a, median(theirs, rounds), a / median(theirs, rounds));
    return 0;
}

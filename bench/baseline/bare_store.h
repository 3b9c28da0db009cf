/* What every bare server stands on: the least SQLite that does the same work
   as the house does. No arena, no errors as values, no second engine: whatever
   goes wrong ends the program. All functions exit(1) with a line on stderr. */
#ifndef BENCH_BARE_STORE_H
#define BENCH_BARE_STORE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

enum { BARE_ITEMS = 40, BARE_OPTIONS = 5, BARE_UNITS_MAX = 1000, BARE_PATH = 512 };

_Noreturn void bare_die(const char *what, struct sqlite3 *db);
void bare_exec(struct sqlite3 *db, const char *sql);
struct sqlite3_stmt *bare_prepare(struct sqlite3 *db, const char *sql);
double bare_now(void); /* seconds, monotonic */
/* xorshift, a state of one's own. */
uint32_t bare_random(uint32_t *state);
/* argv[i] as a number between min and max. */
int bare_number(char **argv, int i, int min, int max);

/* ---- durable submissions -------------------------------------------------- */

/* One anonymous answer of 40 items, told to be stored only after the COMMIT
   that holds it (synchronous=FULL). */
typedef struct Submission Submission;
struct Submission {
    Submission *next;
    int unit;
    unsigned char answer[BARE_ITEMS];
    void (*stored)(Submission *s); /* on the writer's thread; NULL: signal `done` */
    void *user;
    bool done;
    pthread_cond_t wake;
};

typedef enum BareMode {
    BARE_GROUP, /* all that wait in one transaction, a savepoint and 40 UPSERTs each */
    BARE_ONE,   /* a transaction each */
    BARE_COAL,  /* as group, tallies summed and written once a batch */
} BareMode;

typedef struct BareWriter {
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    Submission *first, **last;
    bool stop;
    BareMode mode;
    int units;
    char path[BARE_PATH];
    int64_t batches, stored;
} BareWriter;

/* "group", "one" or "coal". */
BareMode bare_mode(const char *name);
/* A new store FOLDER/NAME.db and its writer thread. */
void bare_writer_open(BareWriter *w, const char *folder, const char *name, BareMode mode, int units);
void bare_writer_give(BareWriter *w, Submission *s);
/* Gives it and waits until it is stored. */
void bare_writer_store(BareWriter *w, Submission *s);
/* After the last one is stored; checks that tallies and rows agree. */
void bare_writer_close(BareWriter *w);

#endif

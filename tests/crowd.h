/* Writes for tests of the writer, alone and by a crowd of threads, whose traces in the
   store tell which of them were stored: each leaves its id. */
#ifndef TEST_CROWD_H
#define TEST_CROWD_H

#include <pthread.h>

#include "place.h"

#define CROWD_TABLES                                                                  \
    "CREATE TABLE note (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL) STRICT;"        \
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL) STRICT;"        \
    "CREATE TABLE tally (k INTEGER NOT NULL PRIMARY KEY, n INTEGER NOT NULL) STRICT;" \
    "CREATE TABLE single (uid INTEGER NOT NULL PRIMARY KEY) STRICT;"                  \
    "CREATE TABLE big (id INTEGER PRIMARY KEY, t TEXT NOT NULL) STRICT;"

enum { CROWD_KEYS = 7, CROWD_CLIENTS = 64, CROWD_STEP = 1000 };

/* ---- what a write does ---- */

/* What it should do is told through the viewer: an id. */
int64_t crowd_uid(const Ctx *c);
/* A row of note, and one more in the tally of id modulo CROWD_KEYS. */
Err crowd_note(Ctx *c);
/* The same, then E_FORBIDDEN, with a row of kept on record. */
Err crowd_note_refused(Ctx *c);
/* crowd_note; every fifth is refused by its own rules after it has written. */
Err crowd_mixed(Ctx *c);
/* For ctx_record: a row of kept. For ctx_after_commit: ++*(int *)data. */
void crowd_keep(Ctx *c, void *data);
void crowd_count(Ctx *c, void *data);
/* Adds to tally by db_merge. */
extern const MergeSpec crowd_tally;
Err crowd_flush(Ctx *c, const MergeItem *items, ptrdiff_t n);

/* ---- who writes ---- */

/* One, in the test's own Ctx. */
Err crowd_run_one(Writer *w, int64_t uid, Err (*write)(Ctx *c));

typedef struct Client {
    pthread_t id;
    Writer *writer;
    int64_t first_uid; /* the next ones follow */
    int writes;
    const char *group;
    Err (*write)(Ctx *c);
    Err *results; /* of each write */
    int after;    /* commits heard of */
} Client;
typedef struct Crowd {
    Client client[CROWD_CLIENTS]; /* ids from i * CROWD_STEP */
    int writes;
} Crowd;
/* As many threads, each with so many writes one after the other. In the test's arena. */
Crowd *crowd_run(Writer *w, int writes, Err (*write)(Ctx *c));

/* ---- what is stored ---- */

/* How often each id stands there, by client and write. */
typedef struct Found {
    unsigned char note[CROWD_CLIENTS][64], kept[CROWD_CLIENTS][64];
} Found;
Found *crowd_look(Store *store);
/* The tallies are what counting the notes gives. */
void crowd_check_tallies(Store *store);
/* After crowd_mixed: what was acknowledged is stored, nothing else is, each exactly once. */
void crowd_check(Store *store, const Crowd *crowd);

#endif

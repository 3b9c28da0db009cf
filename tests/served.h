/* A store as the serving program has it, for tests of what commits and of what
   runs beside requests (jobs, mail): all schemas, the access rules, keys, a
   writer, and one municipality. Its engine is that of TRAAD_TEST_ENGINE. It goes
   when the test's Ctx ends (place.h). */
#ifndef TESTS_SERVED_H
#define TESTS_SERVED_H

#include "test.h"

#include "core/app.h"

typedef struct Served {
    Ctx *c;            /* c->app has store, writer, secrets and settings */
    Settings *settings;
    Str where;         /* of the store */
    int64_t owner;     /* row id of the municipality K1 */
    int64_t person;    /* somebody who works there */
} Served;

Served test_served(void);
/* What the program does when it starts again on the same store, after nothing of
   it was closed in good order: a new Ctx, store and writer. */
void test_served_again(Served *s);
/* A write of the test's own, through the writer; `work` becomes c->work. */
Err test_write(Served *s, Err (*write)(Ctx *c), void *work);
/* One figure, in a snapshot of its own. */
int64_t test_figure(const Served *s, const char *sql);
/* No check.sql of the house returns a row. */
void test_served_clean(const Served *s);

#endif

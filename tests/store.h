/* A store for unit tests of core and features: all schemas of the house on a
   fast file, one transaction a test, rolled back at its end, so that tests
   neither see each other nor wait for a disk. Engine: SQLite, or PostgreSQL
   when TRAAD_TEST_ENGINE says postgresql (and TRAAD_TEST_PG where it is). */
#ifndef TESTS_STORE_H
#define TESTS_STORE_H

#include "db/db.h"
#include "test.h"

/* The test's Ctx with an open write transaction on an empty store that has the
   access rules, app services (secrets) and this organisation:
     R1 region ─ K1 kommune ─ S11, S12 skole (S11-A afdeling ─ S11-3A klasse)
               └ K2 kommune ─ S21 skole                                    */
Ctx *test_store(void);
/* Adds a person with one membership from 2022-08-01 on; their person id. */
int64_t test_person(Ctx *c, const char *name, const char *unit, const char *role);
/* Mail is set up from now on, to a server that is not there. *own, of static storage,
   become the Ctx's settings: the test may change them. */
struct Settings;
void test_set_up_mail(Ctx *c, struct Settings *own);
/* Signs the person in for this Ctx (viewer, session, memberships). */
void test_viewer(Ctx *c, int64_t person);
int64_t test_unit(Ctx *c, const char *code);
/* One figure of one statement given as text. */
int64_t test_count(Ctx *c, const char *sql);
void test_sql(Ctx *c, const char *sql);
/* No check.sql of the house returns a row. */
void test_clean(Ctx *c);

#endif

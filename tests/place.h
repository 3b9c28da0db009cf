/* A fresh, empty store for one test, on either engine. SQLite: a file in a
   folder of its own under /dev/shm. PostgreSQL: a database of its own on the
   server of TRAAD_TEST_PG (postgresql://…/DATABASE, whose user may make
   others); without that the test is skipped. All of it goes when the test's
   Ctx ends, also after a failed CHECK.
       ON_BOTH(writer, batch_is_one_commit)
       {
           Store *store = place_store(engine, "CREATE TABLE …");
           …
       } */
#ifndef TEST_PLACE_H
#define TEST_PLACE_H

#include "test.h"

#include "db/writer.h"

#define ON_BOTH(group, claim)                        \
    static void group##_##claim##_on(Engine engine); \
    TEST(group, claim##_sqlite)                      \
    {                                                \
        group##_##claim##_on(ENGINE_SQLITE);         \
    }                                                \
    TEST(group, claim##_postgres)                    \
    {                                                \
        group##_##claim##_on(ENGINE_POSTGRES);       \
    }                                                \
    static void group##_##claim##_on(Engine engine)

/* Where the empty place is; it is removed with the test. */
Str place_new(Engine engine);
/* Opened at `where` (place_new, or the file of an earlier store) and closed
   with the test unless place_close came first. */
Store *place_open(Str where, StoreOptions options);
void place_close(Store *store);
/* A new place, opened, with these tables (the house's SQL; may be empty). */
Store *place_store(Engine engine, const char *schema_sql);
/* Closed with the test unless place_writer_close came first. */
Writer *place_writer(Store *store, WriterOptions options);
void place_writer_close(Writer *w);
/* A single figure in a snapshot of its own. */
int64_t place_i64(Store *store, const char *sql);

#endif

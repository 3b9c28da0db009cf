/* The query API, the readers and the schemas, on both engines. */
#include "place.h"

#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"
#include "db/driver.h"
#include "db/hold.h"
#include "fault_vfs.h"

#define TABLES                                                                                    \
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB) STRICT;"      \
    "CREATE TABLE part (id INTEGER PRIMARY KEY, thing_id INTEGER NOT NULL REFERENCES thing (id)," \
    "  name TEXT NOT NULL UNIQUE) STRICT;"

SQL(PUT, "INSERT INTO thing (b, t, r, i) VALUES ($4, $3, $2, $1) RETURNING id");
SQL(GET, "SELECT i, r, t, b FROM thing WHERE id = $1");
SQL(PUT_PART, "INSERT INTO part (thing_id, name) VALUES ($1, $2)");
SQL_SCAN(ALL, "a test looks at every row", "SELECT id FROM thing ORDER BY id");
SQL_SCAN(NAME_ALL, "a test changes every row", "UPDATE thing SET t = $1");
SQL(DROP, "DELETE FROM thing WHERE id = $1");

typedef struct ThingId {
    int64_t v;
} ThingId;

/* A store with the tables, and a write transaction in the test's Ctx. */
static Ctx *writing(Engine engine)
{
    Store *store = place_store(engine, TABLES);
    Ctx *c = test_ctx_plain();
    CHECK_OK(db_test_begin(c, store));
    return c;
}

static ThingId put(Ctx *c, DbVal i, DbVal r, DbVal t, DbVal b)
{
    ThingId id = {0};
    CHECK_OK(db_one_i64(c, PUT, &id.v, i, r, t, b));
    return id;
}

static ThingId put_int(Ctx *c, int64_t i)
{
    return put(c, DB_VAL(i), DB_NONE, DB_NONE, DB_NONE);
}

/* ---- values ------------------------------------------------------------ */

ON_BOTH(db, values_come_back_as_they_went_in)
{
    static const char bytes[] = {0, 1, '\\', '\'', (char)0xff, 0};
    Ctx *c = writing(engine);
    Bytes b = {bytes, (ptrdiff_t)sizeof bytes};
    ThingId id = put(c, DB_VAL(INT64_MIN), DB_VAL(0.1), DB_VAL(S("Ærø 'å' \\ \xF0\x9F\x98\x80")), DB_VAL(b));
    Rows r = db_query(c, GET, id);
    CHECK(db_next(&r));
    CHECK(db_i64(&r, 0) == INT64_MIN);
    CHECK(db_real(&r, 1) == 0.1);
    CHECK_STR(db_str(&r, 2), S("Ærø 'å' \\ \xF0\x9F\x98\x80"));
    Bytes got = db_bytes(&r, 3);
    CHECK_INT(got.n, (ptrdiff_t)sizeof bytes);
    CHECK(memcmp(got.p, bytes, sizeof bytes) == 0);
    CHECK(!db_next(&r));
    CHECK_OK(db_done(&r));
}

/* The disk was remounted, a standby took over: its keepers can mend that. */
ON_BOTH(db, store_that_became_read_only_is_busy_and_not_broken)
{
    Ctx *c = writing(engine);
    bool is_file = engine == ENGINE_SQLITE;
    CHECK_OK(is_file ? db_test_exec(c, S("PRAGMA query_only = 1")) : db_test_exec(c, S("SET TRANSACTION READ ONLY")));
    CHECK_ERR(db_exec(c, PUT, NULL, 1, DB_NONE, DB_NONE, DB_NONE), E_BUSY);
    CHECK(str_find(c->message.text, S("Intet er gemt"), 0) > 0);
}

/* A page that sends a file has room for one of it, not for two. */
ON_BOTH(db, a_blob_takes_its_own_size_of_the_arena)
{
    enum { SIZE = 1 << 20 };
    Ctx *c = writing(engine);
    char *all = NEW(c->arena, char, SIZE);
    for (int i = 0; i < SIZE; i++) all[i] = (char)(i * 7);
    ThingId id = put(c, DB_NONE, DB_NONE, DB_NONE, DB_VAL(((Bytes){all, SIZE})));
    Rows r = db_query(c, GET, id);
    CHECK(db_next(&r));
    const char *before = c->arena->next;
    Bytes got = db_bytes(&r, 3);
    CHECK(c->arena->next - before < SIZE + SIZE / 2);
    CHECK_OK(db_done(&r));
    CHECK_INT(got.n, SIZE);
    CHECK(memcmp(got.p, all, SIZE) == 0);
}

ON_BOTH(db, null_and_empty_are_two_things)
{
    Ctx *c = writing(engine);
    ThingId id = put(c, DB_NONE, DB_NONE, DB_VAL((Str){0}), DB_VAL((Bytes){0}));
    Rows r = db_query(c, GET, id);
    CHECK(db_next(&r));
    CHECK(db_is_null(&r, 0) && db_is_null(&r, 1));
    CHECK(!db_is_null(&r, 2) && !db_is_null(&r, 3));
    CHECK_INT(db_i64(&r, 0), 0);
    CHECK(db_real(&r, 1) == 0);
    CHECK_INT(db_str(&r, 2).n, 0);
    CHECK_INT(db_bytes(&r, 3).n, 0);
    CHECK_OK(db_done(&r));
}

ON_BOTH(db, null_reads_as_nothing)
{
    Ctx *c = writing(engine);
    ThingId id = put(c, DB_NONE, DB_NONE, DB_NONE, DB_NONE);
    Rows r = db_query(c, GET, id);
    CHECK(db_next(&r));
    CHECK(db_is_null(&r, 2) && db_is_null(&r, 3));
    CHECK_INT(db_str(&r, 2).n, 0);
    CHECK_INT(db_bytes(&r, 3).n, 0);
    CHECK_OK(db_done(&r));
}

ON_BOTH(db, text_outlives_its_statement)
{
    Ctx *c = writing(engine);
    ThingId id = put(c, DB_NONE, DB_NONE, DB_VAL(S("bliver")), DB_NONE);
    Rows r = db_query(c, GET, id);
    CHECK(db_next(&r));
    Str text = db_str(&r, 2);
    CHECK_OK(db_done(&r));
    CHECK_OK(db_exec(c, NAME_ALL, NULL, S("noget andet")));
    CHECK_STR(text, S("bliver"));
}

/* ---- running ----------------------------------------------------------- */

ON_BOTH(db, exec_counts_changed_rows)
{
    Ctx *c = writing(engine);
    int changed = -1;
    put_int(c, 1);
    put_int(c, 2);
    CHECK_OK(db_exec(c, NAME_ALL, &changed, S("x")));
    CHECK_INT(changed, 2);
    CHECK_OK(db_exec(c, DROP, &changed, 999));
    CHECK_INT(changed, 0);
    CHECK_OK(db_exec(c, ALL, &changed));
    if (engine == ENGINE_SQLITE) CHECK_INT(changed, 0);
}

ON_BOTH(db, nothing_found_has_no_message)
{
    Ctx *c = writing(engine);
    int64_t v = 7;
    CHECK_ERR(db_one_i64(c, GET, &v, 1), E_NOT_FOUND);
    CHECK_INT(v, 7);
    CHECK_INT(c->err, OK);
}

ON_BOTH(db, a_statement_may_run_inside_itself)
{
    Ctx *c = writing(engine);
    int64_t pairs = 0;
    for (int i = 0; i < 3; i++) put_int(c, i);
    Rows outer = db_query(c, ALL);
    while (db_next(&outer)) {
        Rows inner = db_query(c, ALL);
        while (db_next(&inner)) pairs += db_i64(&inner, 0) > db_i64(&outer, 0);
        CHECK_OK(db_done(&inner));
    }
    CHECK_OK(db_done(&outer));
    CHECK_INT(pairs, 3);
}

ON_BOTH(db, leaving_a_loop_early_ends_the_statement)
{
    Ctx *c = writing(engine);
    for (int i = 0; i < 3; i++) put_int(c, i);
    for (int i = 0; i < 100; i++) {
        Rows r = db_query(c, ALL);
        CHECK(db_next(&r));
        CHECK_OK(db_done(&r));
        CHECK(!db_next(&r));
    }
}

ON_BOTH(db, another_number_of_values_is_broken)
{
    Ctx *c = writing(engine);
    CHECK_ERR(db_exec(c, DROP, NULL), E_BROKEN);
    ctx_forgive(c);
    CHECK_ERR(db_exec(c, DROP, NULL, 1, 2), E_BROKEN);
}

ON_BOTH(db, a_broken_rule_is_told_at_the_statement)
{
    Ctx *c = writing(engine);
    CHECK_ERR(db_exec(c, PUT_PART, NULL, 999, S("uden ting")), E_BROKEN);
    CHECK_STR(str_of_z(c->file), str_of_z(PUT_PART->file));
    CHECK_INT(c->line, PUT_PART->line);
    CHECK(str_find(c->message.arg[0].s, S("PUT_PART"), 0) >= 0);
    CHECK(str_find(c->message.arg[0].s, S("uden ting"), 0) < 0); /* ids, never content */
}

ON_BOTH(db, ids_are_never_used_again)
{
    Ctx *c = writing(engine);
    put_int(c, 1);
    ThingId last = put_int(c, 2);
    CHECK_OK(db_exec(c, DROP, NULL, last));
    CHECK(put_int(c, 3).v > last.v);
}

ON_BOTH(db, without_a_connection_it_is_broken)
{
    (void)engine;
    Ctx *c = test_ctx_plain();
    CHECK_ERR(db_exec(c, DROP, NULL, 1), E_BROKEN);
    ctx_forgive(c);
    Rows r = db_query(c, ALL);
    CHECK(!db_next(&r));
    CHECK_ERR(db_done(&r), E_BROKEN);
    ctx_forgive(c);
    CHECK_ERR(db_script(c, S("SELECT 1")), E_BROKEN);
}

/* The same address with another text each time, as in a loop. */
ON_BOTH(db, passing_texts_are_never_mixed_up)
{
    Ctx *c = writing(engine);
    Arena before = *c->arena;
    for (int i = 0; i < 9; i++) {
        char sql[] = "SELECT 0";
        int64_t v = -1;
        sql[7] = (char)('0' + i);
        CHECK_OK(db_test_i64(c, str_of_z(sql), &v));
        CHECK_INT(v, i);
        *c->arena = before;
    }
}

TEST(db, every_statement_is_registered)
{
    ptrdiff_t n = 0;
    const SqlDef *const *all = sql_all(&n);
    bool found = false;
    for (ptrdiff_t i = 0; i < n; i++) found = found || all[i] == PUT_PART;
    CHECK(found);
}

TEST(db, sqlite_keeps_many_statements)
{
    enum { MANY = 300 };
    Ctx *c = writing(ENGINE_SQLITE);
    SqlDef *defs = NEW(c->arena, SqlDef, MANY);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            char text[] = "SELECT 1000";
            int64_t v = 0;
            for (int k = 0, rest = i; k < 3; k++, rest /= 10) text[10 - k] = (char)('0' + rest % 10);
            if (round == 0) defs[i] = (SqlDef){"many", i, "many", str_z(c->arena, str_of_z(text)), NULL};
            CHECK_OK(db_one_i64_(c, &defs[i], &v, NULL, 0));
            CHECK_INT(v, 1000 + i);
        }
}

/* ---- stores ------------------------------------------------------------ */

static Err try_open(Str where, bool create)
{
    Ctx *c = test_ctx_plain();
    Store *store = NULL;
    ctx_forgive(c);
    Err err = store_open(c, where, (StoreOptions){.create = create}, &store);
    if (err == OK) store_close(store);
    return err;
}

TEST(store, memory_and_nowhere_are_refused)
{
    CHECK_ERR(try_open(S(":memory:"), true), E_INVALID);
    CHECK_ERR(try_open(S(""), true), E_INVALID);
    CHECK_ERR(try_open(S("a\0b"), true), E_INVALID);
}

TEST(store, a_missing_file_is_made_only_when_asked)
{
    Str where = place_new(ENGINE_SQLITE);
    CHECK_ERR(try_open(where, false), E_BROKEN);
    CHECK(str_starts(test_ctx_plain()->message.arg[0].s, S("The store ")));
    CHECK_OK(try_open(where, true));
    CHECK_OK(try_open(where, false));
}

TEST(store, a_file_of_something_else_is_refused)
{
    Str where = place_new(ENGINE_SQLITE);
    FILE *f = fopen(str_z(test_ctx_plain()->arena, where), "wb");
    for (int i = 0; i < 500; i++) fputs("not a store ", f);
    fclose(f);
    CHECK_ERR(try_open(where, true), E_BROKEN);
}

TEST(store, a_dead_server_is_told)
{
    CHECK_ERR(try_open(S("postgresql://nobody@127.0.0.1:1/none"), false), E_BUSY);
    CHECK(!msg_is_empty(test_ctx_plain()->message));
}

TEST(store, opens_wholly_or_not_at_all)
{
    Ctx *c = test_ctx_plain();
    Str where = place_new(ENGINE_SQLITE);
    StoreOptions options = {.create = true, .vfs = fault_vfs_open()};
    for (int call = 0; call < FAULT_CALLS; call++) {
        Err err = E_BROKEN;
        int64_t at = 0;
        while (err != OK) {
            Store *store = NULL;
            ctx_forgive(c);
            unlink(str_z(c->arena, where));
            fault_vfs_plan((FaultPlan){(FaultCall)call, ++at, SQLITE_IOERR, false});
            err = store_open(c, where, options, &store);
            CHECK((err == OK) == (store != NULL));
            if (err != OK)
                CHECK(!msg_is_empty(c->message));
            else
                store_close(store);
        }
        CHECK(at > 1);
    }
    fault_vfs_plan((FaultPlan){0});
}

/* ---- snapshots --------------------------------------------------------- */

static Err write_thing(Ctx *c)
{
    return db_exec(c, PUT, NULL, 1, DB_NONE, DB_NONE, DB_NONE);
}

static int64_t things(Ctx *c)
{
    int64_t n = -1;
    CHECK_OK(db_test_i64(c, S("SELECT count(*) FROM thing"), &n));
    return n;
}

static Ctx *another_ctx(void)
{
    Ctx *mine = test_ctx_plain();
    Arena *arena = NEW(mine->arena, Arena, 1);
    Ctx *c = NEW(mine->arena, Ctx, 1);
    *arena = arena_of((ArenaRange){NEW(mine->arena, char, 1 << 18), 1 << 18}, NULL);
    ctx_init(c, arena, mine->now, mine->random);
    return c;
}

ON_BOTH(snapshot, does_not_move)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain(), *other = another_ctx();
    CHECK_OK(db_read_begin(c, store));
    CHECK_INT(things(c), 0);
    CHECK_OK(writer_run(w, other, "test", write_thing));
    CHECK_INT(things(c), 0);
    db_read_end(c);
    CHECK_OK(db_read_begin(c, store));
    CHECK_INT(things(c), 1);
    db_read_end(c);
}

ON_BOTH(snapshot, refuses_to_write)
{
    Store *store = place_store(engine, TABLES);
    Ctx *c = test_ctx_plain();
    CHECK_OK(db_read_begin(c, store));
    CHECK_ERR(write_thing(c), E_BROKEN);
    db_read_end(c);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM thing"), 0);
}

ON_BOTH(snapshot, is_one_at_a_time)
{
    Store *store = place_store(engine, TABLES);
    Ctx *c = test_ctx_plain();
    CHECK_OK(db_read_begin(c, store));
    CHECK_ERR(db_read_begin(c, store), E_BROKEN);
}

ON_BOTH(snapshot, ends_with_its_ctx_and_closes_what_was_open)
{
    Store *store = place_store(engine, TABLES);
    for (int i = 0; i < 10; i++) { /* more often than there are readers */
        Ctx *c = another_ctx();
        CHECK_OK(db_read_begin(c, store));
        Rows r = db_query(c, ALL);
        (void)db_next(&r);
        ctx_end(c);
        CHECK(c->conn == NULL);
    }
}

TEST(snapshot, says_busy_when_every_reader_is_taken)
{
    Store *store = place_store(ENGINE_SQLITE, TABLES);
    Ctx *c[5];
    for (int i = 0; i < 4; i++) CHECK_OK(db_read_begin(c[i] = another_ctx(), store));
    CHECK_ERR(db_read_begin(c[4] = another_ctx(), store), E_BUSY);
    db_read_end(c[2]);
    ctx_forgive(c[4]);
    CHECK_OK(db_read_begin(c[4], store));
    for (int i = 0; i < 5; i++) ctx_end(c[i]);
}

static void *give_back_soon(void *ctx)
{
    usleep(50000);
    db_read_end(ctx);
    return NULL;
}

TEST(snapshot, waits_for_a_reader_to_come_back)
{
    Store *store = place_store(ENGINE_SQLITE, TABLES);
    Ctx *c[5];
    pthread_t thread;
    for (int i = 0; i < 4; i++) CHECK_OK(db_read_begin(c[i] = another_ctx(), store));
    CHECK_INT(pthread_create(&thread, NULL, give_back_soon, c[0]), 0);
    CHECK_OK(db_read_begin(c[4] = another_ctx(), store));
    pthread_join(thread, NULL);
    for (int i = 0; i < 5; i++) ctx_end(c[i]);
}

ON_BOTH(snapshot, given_up_at_submit_frees_its_reader)
{
    Store *store = place_store(engine, TABLES);
    Writer *w = place_writer(store, (WriterOptions){0});
    for (int i = 0; i < 6; i++) {
        Ctx *c = another_ctx();
        CHECK_OK(db_read_begin(c, store));
        CHECK_OK(writer_run(w, c, "test", write_thing));
        CHECK(c->conn == NULL);
        ctx_end(c);
    }
}

/* ---- unit tests' own transaction --------------------------------------- */

static Err flush_thing(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        TRY(db_exec(c, PUT, NULL, items[i].key[0] * 100 + items[i].add, DB_NONE, DB_NONE, DB_NONE));
    return OK;
}

ON_BOTH(test_transaction, merges_at_once_and_is_rolled_back)
{
    static const MergeSpec spec = {"thing", flush_thing};
    Store *store = place_store(engine, TABLES);
    Ctx *c = another_ctx();
    int64_t v = 0;
    CHECK_OK(db_test_begin(c, store));
    db_merge(c, &spec, (const int64_t[MERGE_KEY_INTS]){4}, 2);
    CHECK_OK(db_test_i64(c, S("SELECT i FROM thing"), &v));
    CHECK_INT(v, 402);
    ctx_end(c);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM thing"), 0);
}

/* ---- schemas ----------------------------------------------------------- */

#define V1 "CREATE TABLE house (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
#define ROOMS "CREATE TABLE room (id INTEGER PRIMARY KEY, house_id INTEGER NOT NULL REFERENCES house (id)) STRICT;"
#define FILL "INSERT INTO house (name) VALUES ('a'); INSERT INTO room (house_id) SELECT id FROM house;"

static const Migration steps[] = {
    {1, "height",      "ALTER TABLE house ADD COLUMN height INTEGER NOT NULL DEFAULT 2;"},
    {2, "height_of_a", "UPDATE house SET height = height + 1;"                          },
    {3, "broken",      "UPDATE house SET height = 99; UPDATE no_such_table SET x = 1;"  },
};

static const Schema house_v1 = {.feature = "house", .schema_sql = V1 ROOMS, .check_sql = ""};
static const Schema house_v3 = {"house", "never read", "", steps, 2};
static const Schema house_v4 = {"house", "never read", "", steps, 3};

static Err apply(Store *store, const Schema *schema, bool *ret)
{
    Ctx *c = test_ctx_plain();
    ctx_forgive(c);
    return schema_apply(c, store, &schema, 1, ret);
}

static bool needs(Store *store, const Schema *schema)
{
    bool older = false;
    CHECK_OK(schema_needs_migration(test_ctx_plain(), store, &schema, 1, &older));
    return older;
}

static Err write_rooms(Ctx *c)
{
    return db_script(c, S(FILL));
}

static Store *house_at(Str where)
{
    bool made = false;
    Store *store = place_open(where, (StoreOptions){.create = true});
    CHECK(!needs(store, &house_v3)); /* nothing there: made new, not migrated */
    CHECK_OK(apply(store, &house_v1, &made));
    CHECK(made);
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(writer_run(w, another_ctx(), "house", write_rooms));
    place_writer_close(w);
    return store;
}

static Store *house(Engine engine)
{
    return house_at(place_new(engine));
}

ON_BOTH(schema, applied_twice_changes_nothing)
{
    Store *store = house(engine);
    bool changed = true;
    CHECK_OK(apply(store, &house_v1, &changed));
    CHECK(!changed);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM room"), 1);
}

ON_BOTH(schema, migrates_from_where_it_is)
{
    Store *store = house(engine);
    bool changed = false;
    CHECK(needs(store, &house_v3));
    CHECK_OK(apply(store, &house_v3, &changed));
    CHECK(changed);
    CHECK(!needs(store, &house_v3));
    CHECK_INT(place_i64(store, "SELECT height FROM house"), 3);
    CHECK_INT(place_i64(store, "SELECT version FROM schema_version WHERE feature = 'house'"), 3);
}

/* What a large store's step takes must not depend on which schema comes first. */
TEST(schema, every_step_has_all_the_time_it_needs_on_postgresql)
{
    static const Migration first[] = {{1, "0001", "INSERT INTO one (says) SELECT current_setting('statement_timeout')"}};
    static const Migration second[] = {{1, "0001", "INSERT INTO two (says) SELECT current_setting('statement_timeout')"}};
    static const char one[] = "CREATE TABLE one (says TEXT NOT NULL) STRICT", two[] = "CREATE TABLE two (says TEXT NOT NULL) STRICT";
    const Schema old[] = {{"one", one, "", NULL, 0}, {"two", two, "", NULL, 0}};
    const Schema new[] = {{"one", one, "", first, 1}, {"two", two, "", second, 1}};
    Store *store = place_open(place_new(ENGINE_POSTGRES), (StoreOptions){.create = true});
    Ctx *c = test_ctx_plain();
    bool changed = false;
    CHECK_OK(schema_apply(c, store, (const Schema *const[]){&old[0], &old[1]}, 2, &changed));
    CHECK_OK(schema_apply(c, store, (const Schema *const[]){&new[0], &new[1]}, 2, &changed));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM one WHERE says = '0'"), 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM two WHERE says = '0'"), 1);
}

/* What else looks at whole tables in the same snapshot (Feature.check) takes as long. */
TEST(schema, a_check_s_snapshot_has_all_the_time_it_needs_on_postgresql)
{
    Store *store = house(ENGINE_POSTGRES);
    Ctx *c = test_ctx_plain();
    const Schema *const all[] = {&house_v1};
    int64_t bad = 0, n = 0;
    CHECK_OK(db_read_begin(c, store));
    CHECK_OK(schema_check(c, all, 1, &bad));
    CHECK_OK(db_test_i64(c, S("SELECT count(*) FROM house WHERE current_setting('statement_timeout') = '0'"), &n));
    CHECK_INT(n, 1);
    db_read_end(c);
    CHECK_OK(db_read_begin(c, store));
    CHECK_OK(db_test_i64(c, S("SELECT count(*) FROM house WHERE current_setting('statement_timeout') = '30s'"), &n));
    CHECK_INT(n, 1);
    db_read_end(c);
}

ON_BOTH(schema, a_broken_step_leaves_the_old_shape)
{
    Store *store = house(engine);
    bool changed = false;
    CHECK_OK(apply(store, &house_v3, &changed));
    CHECK_ERR(apply(store, &house_v4, &changed), E_BROKEN);
    CHECK_INT(place_i64(store, "SELECT height FROM house"), 3);
    CHECK_INT(place_i64(store, "SELECT version FROM schema_version WHERE feature = 'house'"), 3);
}

ON_BOTH(schema, a_newer_store_is_refused)
{
    Store *store = house(engine);
    bool changed = false, older = false;
    const Schema *old = &house_v1;
    CHECK_OK(apply(store, &house_v3, &changed));
    CHECK_ERR(apply(store, &house_v1, &changed), E_CONFLICT);
    ctx_forgive(test_ctx_plain());
    CHECK_ERR(schema_needs_migration(test_ctx_plain(), store, &old, 1, &older), E_CONFLICT);
}

static bool migrate_with_fault(FaultCall call, int64_t at)
{
    Ctx *c = test_ctx_plain();
    bool changed = false;
    Str where = place_new(ENGINE_SQLITE);
    Store *store = house_at(where), *faulty = NULL;
    place_close(store);
    fault_vfs_plan((FaultPlan){0});
    CHECK_OK(store_open(c, where, (StoreOptions){.vfs = fault_vfs_open()}, &faulty));
    fault_vfs_plan((FaultPlan){call, at, SQLITE_IOERR, false});
    Err err = apply(faulty, &house_v3, &changed);
    bool came = fault_vfs_calls(call) >= at;
    fault_vfs_plan((FaultPlan){0});
    store_close(faulty);
    store = place_open(where, (StoreOptions){0});
    int64_t version = place_i64(store, "SELECT version FROM schema_version WHERE feature = 'house'");
    CHECK_INT(version, err == OK ? 3 : 1);
    CHECK(needs(store, &house_v3) == (err != OK));
    CHECK_OK(apply(store, &house_v3, &changed));
    CHECK_INT(place_i64(store, "SELECT height FROM house"), 3);
    ctx_end(c);
    return came;
}

TEST(schema, a_failing_disk_leaves_the_old_shape_or_the_new)
{
    for (int call = FAULT_AT_WRITE; call <= FAULT_AT_SYNC; call++) {
        int64_t at = 1;
        while (migrate_with_fault((FaultCall)call, at)) at++;
        CHECK(at > 1);
    }
}

/* SQLite cannot change a column: the table is built anew (doc/sql.md). */
TEST(schema, rebuilding_a_table_keeps_what_points_to_it)
{
    static const Migration rebuild[] = {
        {1, "rebuild",
         "CREATE TABLE house_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, wide REAL) STRICT;"
         "INSERT INTO house_new (id, name) SELECT id, name FROM house;"
         "DROP TABLE house; ALTER TABLE house_new RENAME TO house;"},
    };
    static const Schema rebuilt = {"house", "never read", "", rebuild, 1};
    Store *store = house(ENGINE_SQLITE);
    bool changed = false;
    CHECK_OK(apply(store, &rebuilt, &changed));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM room JOIN house ON house.id = room.house_id"), 1);
}

ON_BOTH(schema, a_step_that_loses_rows_is_refused)
{
    static const Migration lose[] = {
        {1, "lose", "DELETE FROM house;"}
    };
    static const Schema losing = {"house", "never read", "", lose, 1};
    Store *store = house(engine);
    bool changed = false;
    CHECK_ERR(apply(store, &losing, &changed), E_BROKEN);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM house"), 1);
}

ON_BOTH(schema, check_counts_and_tells_the_first_row)
{
    static const Schema checked = {
        .feature = "house",
        .check_sql = "-- no empty name; this never fails\n"
                     "SELECT id FROM house WHERE name = '';\n"
                     "SELECT 'house ' || name FROM house WHERE name <> ';' ORDER BY name;",
    };
    const Schema *all[] = {&checked};
    Store *store = house(engine);
    Ctx *c = test_ctx_plain();
    int64_t bad = -1;
    CHECK_OK(db_read_begin(c, store));
    CHECK_OK(schema_check(c, all, 1, &bad));
    CHECK_INT(bad, 1);
    CHECK(c->problems && !c->problems->next);
    CHECK_STR(c->problems->field, S("house"));
    CHECK(str_ends(c->problems->what.arg[0].s, S("→ house a")));
}

TEST(db, a_new_store_is_read_by_its_owner_only)
{
    Str where = place_new(ENGINE_SQLITE);
    struct stat st;
    place_open(where, (StoreOptions){.create = true});
    CHECK_INT(stat(str_z(test_ctx_plain()->arena, where), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
}

/* ---- the one who serves --------------------------------------------------------- */

ON_BOTH(hold, a_store_is_held_by_one_at_a_time)
{
    Ctx *c = test_ctx_plain();
    Str where = place_new(engine);
    Store *mine = place_open(where, (StoreOptions){.create = true}), *theirs = place_open(where, (StoreOptions){0});
    StoreHold *first = NULL, *second = NULL;
    CHECK_OK(store_hold(c, mine, &first));
    CHECK_ERR(store_hold(c, theirs, &second), E_CONFLICT);
    ctx_forgive(c);
    CHECK(!store_hold_is_lost(c, first));
    store_let_go(first);
    CHECK_OK(store_hold(c, theirs, &second));
    store_let_go(second);
}

static void break_hold(Ctx *c, Store *store)
{
    DbConn *conn = NULL;
    CHECK_OK(store->driver->connect(c, store, false, &conn));
    CHECK_OK(store->driver->script(c, conn, S("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                                              " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")));
    store->driver->disconnect(conn);
}

TEST(hold, a_broken_connection_takes_it_again_unless_another_did)
{
    Ctx *c = test_ctx_plain();
    Str where = place_new(ENGINE_POSTGRES);
    Store *mine = place_open(where, (StoreOptions){.create = true}), *theirs = place_open(where, (StoreOptions){0});
    StoreHold *first = NULL, *second = NULL;
    CHECK_OK(store_hold(c, mine, &first));
    break_hold(c, mine);
    for (int i = 0; i < 3; i++) CHECK(!store_hold_is_lost(c, first));
    CHECK_ERR(store_hold(c, theirs, &second), E_CONFLICT);
    ctx_forgive(c);
    break_hold(c, mine);
    CHECK_OK(store_hold(c, theirs, &second));
    bool is_lost = false;
    for (int i = 0; i < 3 && !is_lost; i++) is_lost = store_hold_is_lost(c, first);
    CHECK(is_lost);
    store_let_go(first);
    store_let_go(second);
}

/* A copy of a store: the same bytes from the same rows, whichever engine they
   lie in; and nothing at all from a copy that is not whole. */

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "place.h"

#include "db/backup.h" /* behind test.h, which lets go of cmocka's fail() */

enum { COPY_MAX = 1 << 20 };

static const Migration farm_steps[] = {
    {2, "0002_age", "ALTER TABLE animal ADD COLUMN age INTEGER NOT NULL DEFAULT 7"},
};
#define FARM                                                                                                             \
    "CREATE TABLE animal (id INTEGER PRIMARY KEY, mother_id INTEGER REFERENCES animal (id), name TEXT NOT NULL,"         \
    " weight REAL, picture BLOB) STRICT; CREATE INDEX animal_by_name ON animal (name);"                                 \
    "CREATE TABLE kind (code TEXT NOT NULL PRIMARY KEY, word TEXT NOT NULL) STRICT, WITHOUT ROWID;"                      \
    "CREATE TABLE diary (animal_id INTEGER NOT NULL REFERENCES animal (id), line TEXT NOT NULL) STRICT;"                 \
    "CREATE VIEW v_farm AS SELECT id FROM animal; INSERT INTO kind (code, word) VALUES ('ko', 'seeded')"
static const Schema farm_v1 = {.feature = "farm", .schema_sql = FARM, .check_sql = ""};
static const Schema farm_v2 = {.feature = "farm", .schema_sql = FARM, .check_sql = "", .migrations = farm_steps, .migration_count = 1};
/* The largest and smallest numbers, an animal under one with a larger id, empty
   and odd texts and blobs, a row without primary key twice, a row that is gone. */
static const char rows[] =
    "INSERT INTO animal (id, mother_id, name, weight, picture) VALUES"
    " (9, NULL, 'Ærø ''x''', 1.7976931348623157e308, x'00ff00'), (12, NULL, '', 0.1, x''), (41, NULL, 'gone', NULL, NULL);"
    "INSERT INTO animal (id, mother_id, name, weight, picture) VALUES (3, 12, 'calf', 5e-324, NULL);"
    "UPDATE kind SET word = 'cow' WHERE code = 'ko';"
    "INSERT INTO diary (animal_id, line) VALUES (9, 'b'), (3, 'a'), (9, 'b')";

/* ---- streams in memory ----------------------------------------------------- */

typedef struct Tape {
    Buf b;
    ptrdiff_t at;
} Tape;

static Err tape_put(Ctx *c, void *to, const void *bytes, ptrdiff_t n)
{
    Tape *t = to;
    buf_add(&t->b, (Str){bytes, n});
    return t->b.full ? fail(c, E_BUSY, msg_verbatim(S("the tape is full"))) : OK;
}

static Err tape_get(Ctx *c, void *from, void *bytes, ptrdiff_t n)
{
    Tape *t = from;
    if (n > t->b.n - t->at) return fail(c, E_INVALID, msg_verbatim(S("the tape is cut off")));
    if (n) memcpy(bytes, t->b.p + t->at, (size_t)n);
    t->at += n;
    return OK;
}

static Err tape_end(Ctx *c, void *from)
{
    const Tape *t = from;
    return t->at == t->b.n ? OK : fail(c, E_INVALID, msg_verbatim(S("the tape goes on")));
}

static Tape *tape(ptrdiff_t max)
{
    Ctx *c = test_ctx_plain();
    Tape *t = NEW(c->arena, Tape, 1);
    t->b = buf_new(c->arena, max);
    return t;
}

static Tape *copy_of(Store *store)
{
    Ctx *c = test_ctx_plain();
    Tape *t = tape(COPY_MAX);
    BackupCounts counts = {0};
    CHECK_OK(db_read_begin(c, store));
    Err err = backup_write(c, (BackupOut){tape_put, t}, &counts);
    if (err != OK) print_error("%s\n", str_z(c->arena, c->message.arg[0].s));
    CHECK_OK(err);
    db_read_end(c);
    CHECK_INT(counts.tables, 5);
    return t;
}

static Err read_into(Store *store, const Tape *t, const Schema *schema, Err (*verify)(Ctx *c))
{
    Ctx *c = test_ctx_plain();
    Tape again = *t;
    BackupCounts counts = {0};
    again.at = 0;
    ctx_forgive(c);
    return backup_read(c, store, (BackupIn){tape_get, tape_end, &again}, &schema, 1, verify, &counts);
}

static Store *empty_store(Engine engine)
{
    return place_open(place_new(engine), (StoreOptions){.create = true});
}

static Store *copied(Engine engine, const Tape *t)
{
    Store *store = empty_store(engine);
    Err err = read_into(store, t, &farm_v1, NULL);
    Ctx *c = test_ctx_plain();
    if (err != OK) print_error("%s\n", str_z(c->arena, c->message.arg[0].s));
    CHECK_OK(err);
    return store;
}

static Err write_rows(Ctx *c)
{
    TRY(db_script(c, str_of_z(rows)));
    return db_script(c, S("DELETE FROM animal WHERE id = 41"));
}

static Err write_one(Ctx *c)
{
    return db_test_exec(c, S("INSERT INTO animal (mother_id, name) VALUES (3, 'next')"));
}

static void run(Store *store, Err (*fn)(Ctx *c))
{
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(writer_run(w, test_ctx_plain(), "farm", fn));
    place_writer_close(w);
}

static Store *farm(Engine engine)
{
    bool made = false;
    const Schema *schema = &farm_v1;
    Store *store = empty_store(engine);
    CHECK_OK(schema_apply(test_ctx_plain(), store, &schema, 1, &made));
    run(store, write_rows);
    return store;
}

static bool is_same(const Tape *a, const Tape *b)
{
    return str_eq(buf_str(&a->b), buf_str(&b->b));
}

/* Nothing of the copy is there: it can be filled by a good one. */
static void check_empty(Store *store, const Tape *good)
{
    CHECK_OK(read_into(store, good, &farm_v1, NULL));
}

/* ---- whole copies ------------------------------------------------------------ */

ON_BOTH(backup, a_copy_of_the_copy_has_the_same_bytes)
{
    const Tape *first = copy_of(farm(engine));
    CHECK(first->b.n > 500);
    CHECK(is_same(copy_of(copied(engine, first)), first));
}

TEST(backup, an_engine_reads_the_others_copy)
{
    const Tape *sqlite = copy_of(farm(ENGINE_SQLITE)), *postgres = copy_of(farm(ENGINE_POSTGRES));
    CHECK(is_same(copy_of(copied(ENGINE_POSTGRES, sqlite)), sqlite));
    CHECK(is_same(copy_of(copied(ENGINE_SQLITE, postgres)), sqlite));
}

ON_BOTH(backup, ids_that_were_given_once_are_not_given_again)
{
    Store *store = copied(engine, copy_of(farm(engine)));
    run(store, write_one);
    CHECK_INT(place_i64(store, "SELECT id FROM animal WHERE name = 'next'"), 42);
}

ON_BOTH(backup, the_copys_rows_stand_for_the_seeds_of_its_scripts)
{
    Store *store = copied(engine, copy_of(farm(engine)));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kind"), 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kind WHERE word = 'cow'"), 1);
}

static Err write_orphan(Ctx *c)
{
    return db_test_exec(c, S("INSERT INTO diary (animal_id, line) VALUES (4711, 'nobody')"));
}

ON_BOTH(backup, foreign_keys_hold_again_at_once)
{
    Store *store = copied(engine, copy_of(farm(engine)));
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK(writer_run(w, test_ctx_plain(), "farm", write_orphan) != OK);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM diary"), 3);
}

ON_BOTH(backup, what_is_written_meanwhile_is_not_in_it)
{
    Ctx *c = test_ctx_plain();
    Store *store = farm(engine);
    const Tape *before = copy_of(store);
    Tape *during = tape(COPY_MAX);
    BackupCounts counts = {0};
    Str versions = {0};
    CHECK_OK(db_read_begin(c, store));
    CHECK_OK(backup_versions(c, &versions)); /* the snapshot stands from here */
    CHECK_STR(versions, S("schema farm 1\n"));
    Ctx other = *c;
    other.conn = NULL;
    Writer *w = place_writer(store, (WriterOptions){0});
    CHECK_OK(writer_run(w, &other, "farm", write_one));
    CHECK_OK(backup_write(c, (BackupOut){tape_put, during}, &counts));
    db_read_end(c);
    /* PostgreSQL's sequence is no part of a snapshot: it may be ahead. */
    if (engine == ENGINE_SQLITE) CHECK(is_same(during, before));
    CHECK_INT(counts.rows, 4 + 3 - 1 + 1 + 2); /* animals, diary, kind, version and step */
    CHECK_INT(place_i64(store, "SELECT count(*) FROM animal"), 4);
}

/* ---- shapes --------------------------------------------------------------------- */

ON_BOTH(backup, an_older_copy_gets_its_own_shape_and_then_migrates)
{
    Store *store = empty_store(engine);
    CHECK_OK(read_into(store, copy_of(farm(engine)), &farm_v2, NULL));
    CHECK_INT(place_i64(store, "SELECT count(*) FROM animal WHERE age = 7"), 3);
    CHECK_INT(place_i64(store, "SELECT version FROM schema_version WHERE feature = 'farm'"), 2);
}

ON_BOTH(backup, a_migrated_store_can_be_copied)
{
    bool changed = false;
    const Schema *newer = &farm_v2;
    Store *store = farm(engine), *copy = empty_store(engine);
    CHECK_OK(schema_apply(test_ctx_plain(), store, &newer, 1, &changed));
    CHECK(changed);
    const Tape *t = copy_of(store);
    CHECK_OK(read_into(copy, t, &farm_v2, NULL));
    CHECK(is_same(copy_of(copy), t));
}

ON_BOTH(backup, a_newer_copy_is_refused_and_leaves_nothing)
{
    bool changed = false;
    const Schema *newer = &farm_v2;
    Store *store = farm(engine), *target = empty_store(engine);
    const Tape *good = copy_of(store);
    CHECK_OK(schema_apply(test_ctx_plain(), store, &newer, 1, &changed));
    CHECK_ERR(read_into(target, copy_of(store), &farm_v1, NULL), E_CONFLICT);
    check_empty(target, good);
}

/* ---- what is refused --------------------------------------------------------------- */

ON_BOTH(backup, a_store_with_tables_is_refused)
{
    Store *store = farm(engine);
    CHECK_ERR(read_into(store, copy_of(store), &farm_v1, NULL), E_CONFLICT);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM animal"), 3);
}

static Err never(Ctx *c)
{
    return fail(c, E_CONFLICT, msg_verbatim(S("no")));
}

ON_BOTH(backup, a_copy_that_breaks_a_rule_leaves_nothing)
{
    const Tape *good = copy_of(farm(engine));
    Store *store = empty_store(engine);
    CHECK_ERR(read_into(store, good, &farm_v1, never), E_CONFLICT);
    check_empty(store, good);
}

ON_BOTH(backup, a_cut_copy_leaves_nothing)
{
    const Tape *good = copy_of(farm(engine));
    Store *store = empty_store(engine);
    ptrdiff_t step = engine == ENGINE_SQLITE ? 41 : 397;
    for (ptrdiff_t n = 0; n < good->b.n; n += step) {
        Tape cut = *good;
        cut.b.n = n;
        CHECK(read_into(store, &cut, &farm_v1, NULL) != OK);
    }
    Tape more = *good;
    more.b.p[more.b.n++] = 'R';
    CHECK_ERR(read_into(store, &more, &farm_v1, NULL), E_INVALID);
    more.b.n--;
    check_empty(store, good);
}

/* Not that bytes change behind the seal of core/backup; but whatever comes, it
   is an error or a copy, never a crash, and an error leaves nothing. */
TEST(backup, changed_bytes_are_refused_or_data_and_never_a_crash)
{
    const Tape *good = copy_of(farm(ENGINE_SQLITE));
    int refused = 0;
    for (ptrdiff_t i = 0; i < good->b.n; i += 13) {
        Tape bad = *tape(good->b.n);
        buf_add(&bad.b, buf_str(&good->b));
        bad.b.p[i] = (char)(bad.b.p[i] ^ 0x41);
        Store *store = empty_store(ENGINE_SQLITE);
        if (read_into(store, &bad, &farm_v1, NULL) != OK) {
            refused++;
            CHECK_INT(place_i64(store, "SELECT count(*) FROM sqlite_master"), 0);
        }
        place_close(store);
    }
    CHECK(refused > 20);
}

TEST(backup, a_full_disk_fails_the_copy)
{
    Ctx *c = test_ctx_plain();
    Store *store = farm(ENGINE_SQLITE);
    BackupCounts counts = {-1, -1};
    CHECK_OK(db_read_begin(c, store));
    CHECK_ERR(backup_write(c, (BackupOut){tape_put, tape(300)}, &counts), E_BUSY);
    CHECK_INT(counts.rows, -1);
}

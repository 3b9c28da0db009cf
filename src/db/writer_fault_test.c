/* The writer on SQLite under every kind of failing disk and through power cuts: what it
   acknowledged is stored, whatever the disk does. */
#include <sqlite3.h>
#include <string.h>

#include "crowd.h"
#include "fault_vfs.h"

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
    const Schema schema = {.feature = "test", .schema_sql = CROWD_TABLES, .check_sql = ""};
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
    Crowd *crowd = crowd_run(w, 3, crowd_mixed);
    bool came = fault_vfs_calls(d->call) >= at;
    fault_vfs_plan((FaultPlan){0});
    crowd_check(store, crowd); /* as the living store has it … */
    place_writer_close(w);
    place_close(store);
    store = place_open(where, (StoreOptions){0});
    crowd_check(store, crowd); /* … and as the file has it */
    ctx_end(c);
    *c->arena = before;
    return came;
}

TEST(writer_fault, acknowledged_is_stored_whatever_the_disk_does)
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
    ctx_after_commit(c, crowd_count, c->app);
    ctx_at_end(c, crowd_count, (int *)(void *)c->app + 1);
    ctx_record(c, crowd_keep, NULL);
    return crowd_note(c);
}

TEST(writer_fault, an_effect_of_a_lost_attempt_is_forgotten)
{
    int effects[2] = {0}; /* after the commit, at the end */
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    c->app = (struct App *)(void *)effects;
    fault_vfs_plan((FaultPlan){FAULT_AT_SYNC, 1, SQLITE_IOERR_FSYNC, false});
    CHECK_OK(crowd_run_one(w, 1, write_with_effect));
    CHECK_INT(effects[0], 1);
    CHECK_INT(effects[1], 1); /* of the lost attempt; the other's Ctx lives on */
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 0);
    ctx_end(c);
}

SQL(KEPT, "INSERT INTO kept (uid) VALUES ($1)");
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

TEST(writer_fault, nothing_is_stored_after_the_transaction_is_gone)
{
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){0});
    fault_vfs_plan((FaultPlan){FAULT_AT_WRITE, 1, SQLITE_FULL, false});
    CHECK_OK(crowd_run_one(w, 1, write_stubbornly));
    CHECK_INT(writer_figures(w).rerun, 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM kept"), 1);
    CHECK_INT(place_i64(store, "SELECT count(*) FROM big"), 1);
    place_writer_close(w);
    place_close(store);
}

/* A lost transaction makes the batch run again: with what it promises. */
TEST(writer_fault, a_write_that_runs_again_starts_from_its_mark)
{
    Str where = faulty_place();
    Store *store = place_open(where, (StoreOptions){.vfs = fault_vfs_open(), .readers = 1});
    Writer *w = place_writer(store, (WriterOptions){0});
    Ctx *c = test_ctx_plain();
    int after = 0;
    ctx_after_commit(c, crowd_count, &after);
    fault_vfs_plan((FaultPlan){FAULT_AT_SYNC, 1, SQLITE_IOERR_FSYNC, false});
    CHECK_OK(crowd_run_one(w, 1, crowd_note));
    CHECK_INT(after, 1);
    CHECK_INT(writer_figures(w).rerun, 1);
    fault_vfs_plan((FaultPlan){FAULT_AT_SYNC, 1, SQLITE_IOERR_FSYNC, true});
    CHECK_ERR(crowd_run_one(w, 2, crowd_note), E_BUSY);
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
    Found *found = crowd_look(store);
    for (int who = 0; who < CROWD_CLIENTS; who++)
        for (int i = 0; i < crowd->writes; i++) {
            /* The commit in flight may have reached the disk unheard. */
            if (crowd->client[who].results[i] == OK) CHECK_INT(found->note[who][i], 1);
            CHECK(found->note[who][i] <= 1);
            if (crowd->client[who].results[i] == E_FORBIDDEN) CHECK_INT(found->kept[who][i], 1);
        }
    crowd_check_tallies(store);
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
    Crowd *crowd = crowd_run(w, 4, crowd_mixed);
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

TEST(writer_fault, a_power_cut_takes_nothing_that_was_acknowledged)
{
    int cuts = 0;
    for (uint64_t seed = 1; seed <= CUTS; seed++) cuts += run_cut(seed);
    CHECK(cuts > CUTS / 2);
}

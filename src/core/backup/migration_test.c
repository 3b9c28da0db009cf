/* A store of an older program meets a newer one: what it was is in a backup before
   anything changes, or nothing changes. The older shape is the test's own, since the
   house has none yet. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"

#include "core/backup/backup.h"
#include "core/backup/backup_file.h"

#define OLD_SHAPE "CREATE TABLE knot (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
#define NEW_SHAPE "CREATE TABLE knot (id INTEGER PRIMARY KEY, name TEXT NOT NULL, tied INTEGER NOT NULL DEFAULT 0) STRICT;"

static const Migration steps[] = {{2, "0002_tied", "ALTER TABLE knot ADD COLUMN tied INTEGER NOT NULL DEFAULT 0;"}};
static const Migration broken_steps[] = {{2, "0002_tied", "ALTER TABLE knot ADD COLUMN tied INTEGER NOT NULL DEFAULT 0; DROP TABLE nowhere;"}};
static const Schema older = {.feature = "knot", .schema_sql = OLD_SHAPE, .check_sql = ""};
static const Schema newer = {.feature = "knot", .schema_sql = NEW_SHAPE, .check_sql = "", .migrations = steps, .migration_count = 1};
static const Schema broken = {.feature = "knot", .schema_sql = NEW_SHAPE, .check_sql = "", .migrations = broken_steps, .migration_count = 1};

typedef struct Old {
    Ctx *c; /* with app->store: the older program's, with one row */
    Str backup; /* what the last migration told */
} Old;

static Err write_knot(Ctx *c)
{
    return db_test_exec(c, S("INSERT INTO knot (name) VALUES ('Bakkeskolen')"));
}

static Old old_store(Engine engine)
{
    Old old = {.c = test_ctx_plain()};
    Ctx *c = old.c;
    Settings *settings = NEW(c->arena, Settings, 1);
    Str where = place_new(engine), file = engine == ENGINE_SQLITE ? where : place_new(ENGINE_SQLITE);
    bool changed = false;
    *settings = (Settings){.store = where, .keys = STR_CAT(c->arena, file, S(".keys"))};
    c->app = NEW(c->arena, struct App, 1);
    c->app->settings = settings;
    c->app->store = place_open(where, (StoreOptions){.create = true, .readers = 2});
    CHECK_OK(schema_apply(c, c->app->store, (const Schema *[]){&older}, 1, &changed));
    Writer *w = place_writer(c->app->store, (WriterOptions){0});
    CHECK_OK(writer_run(w, c, "knot", write_knot));
    place_writer_close(w);
    return old;
}

static Err migrate(Old *old, const Schema *to)
{
    bool changed = false;
    ctx_forgive(old->c);
    old->backup = S("");
    return backup_then_migrate(old->c, (const Schema *[]){to}, 1, &old->backup, &changed);
}

static bool is_there(Str path)
{
    return access(str_z(test_ctx_plain()->arena, path), F_OK) == 0;
}

static void check_old(const Old *old)
{
    CHECK_INT(place_i64(old->c->app->store, "SELECT version FROM schema_version WHERE feature = 'knot'"), 1);
    CHECK_INT(place_i64(old->c->app->store, "SELECT count(*) FROM knot WHERE name = 'Bakkeskolen'"), 1);
}

static Err nothing_more(Ctx *c)
{
    (void)c;
    return OK;
}

/* By the older program, into an empty place: what was there before the migration. */
static void check_backup(Old *old, Engine engine)
{
    Ctx *c = old->c;
    BackupFile *f = NULL;
    BackupCounts counts = {0};
    Str lines = {0};
    Store *copy = place_open(place_new(engine), (StoreOptions){.create = true, .readers = 1});
    CHECK_OK(backup_file_open(c, old->backup, &f, &lines));
    CHECK(str_find(lines, S("schema knot 1\n"), 0) > 0);
    CHECK_OK(backup_file_unlock(c, f, backup_key_file(c)));
    CHECK_OK(backup_read(c, copy, backup_file_in(f), (const Schema *[]){&older}, 1, nothing_more, &counts));
    CHECK_INT(place_i64(copy, "SELECT count(*) FROM knot WHERE name = 'Bakkeskolen'"), 1);
    place_close(copy);
}

ON_BOTH(migration, store_as_it_was_is_in_a_backup_first)
{
    Old old = old_store(engine);
    CHECK_OK(migrate(&old, &newer));
    CHECK(is_there(old.backup));
    CHECK_INT(place_i64(old.c->app->store, "SELECT version FROM schema_version WHERE feature = 'knot'"), 2);
    CHECK_INT(place_i64(old.c->app->store, "SELECT count(*) FROM knot WHERE tied = 0"), 1);
    check_backup(&old, engine);
    CHECK_OK(migrate(&old, &newer)); /* in its newest shape: no backup, nothing to do */
    CHECK_INT(old.backup.n, 0);
}

ON_BOTH(migration, without_room_for_the_backup_nothing_is_migrated)
{
    Old old = old_store(engine);
    struct rlimit before = {0};
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &(struct rlimit){200, before.rlim_max}), 0);
    Err err = migrate(&old, &newer);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    CHECK(err != OK);
    CHECK(!msg_is_empty(old.c->message));
    CHECK_INT(old.backup.n, 0);
    check_old(&old);
    CHECK_OK(migrate(&old, &newer)); /* with room again */
    CHECK(is_there(old.backup));
}

ON_BOTH(migration, one_that_fails_leaves_the_store_as_it_was_and_the_backup_there)
{
    Old old = old_store(engine);
    CHECK(migrate(&old, &broken) != OK);
    check_old(&old);
    CHECK(is_there(old.backup));
    check_backup(&old, engine);
}

ON_BOTH(migration, store_of_a_newer_program_is_refused_untouched)
{
    Old old = old_store(engine);
    CHECK_OK(migrate(&old, &newer));
    CHECK_ERR(migrate(&old, &older), E_CONFLICT);
    CHECK_INT(old.backup.n, 0);
    CHECK_INT(place_i64(old.c->app->store, "SELECT version FROM schema_version WHERE feature = 'knot'"), 2);
}

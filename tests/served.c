#include "served.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/access/access.h"
#include "place.h"
#include "program.h"

static Engine engine(void)
{
    const char *name = getenv("TRAAD_TEST_ENGINE");
    return name && str_eq(str_of_z(name), S("postgresql")) ? ENGINE_POSTGRES : ENGINE_SQLITE;
}

static void remove_keys(Ctx *c, void *data)
{
    const char *folder = data;
    DIR *all = opendir(folder);
    for (const struct dirent *e = all ? readdir(all) : NULL; e; e = readdir(all))
        if (e->d_name[0] != '.') unlink(str_z(c->arena, STR_CAT(c->arena, str_of_z(folder), S("/"), str_of_z(e->d_name))));
    if (all) closedir(all);
    rmdir(folder);
}

static Str new_keys(Ctx *c)
{
    char *folder = (char *)(uintptr_t)str_z(c->arena, S("/dev/shm/traad-test-keys-XXXXXX"));
    assert_non_null(mkdtemp(folder));
    ctx_at_end(c, remove_keys, folder);
    return str_of_z(folder);
}

static void close_keys(Ctx *c, void *data)
{
    (void)c;
    secrets_close(data);
}

static Err write_start(Ctx *c)
{
    Served *s = c->work;
    UnitId unit = {0};
    PersonId person = {0};
    TRY(access_rules_store(c));
    TRY(organisation_add(c, (NewUnit){.code = S("K1"), .name = S("Fjordby Kommune"), .kind = S("kommune"), .valid_from = {19205}}, &unit));
    TRY(organisation_reach_rebuild(c));
    TRY(people_add(c, unit, S("Anne"), S(""), &person));
    s->owner = unit.v;
    s->person = person.v;
    return OK;
}

Served test_served(void)
{
    Ctx *c = test_ctx_plain();
    Served s = {.c = c, .settings = NEW(c->arena, Settings, 1), .where = place_new(engine())};
    *s.settings = settings_default();
    s.settings->keys = new_keys(c);
    c->app = NEW(c->arena, struct App, 1);
    c->app->settings = s.settings;
    CHECK_OK(secrets_open(c, s.settings->keys, true, &c->app->secrets));
    ctx_at_end(c, close_keys, c->app->secrets);
    c->app->store = place_open(s.where, (StoreOptions){.create = true});
    int n = 0;
    bool migrated = false;
    const Schema *const *all = program_schemas(c, &n);
    CHECK_OK(schema_apply(c, c->app->store, all, n, &migrated));
    c->app->writer = place_writer(c->app->store, (WriterOptions){0});
    CHECK_OK(test_write(&s, write_start, &s));
    return s;
}

void test_served_again(Served *s)
{
    struct App *before = s->c->app;
    place_writer_close(before->writer);
    place_close(before->store);
    s->c->app = NEW(s->c->arena, struct App, 1);
    *s->c->app = (struct App){.settings = before->settings, .secrets = before->secrets};
    s->c->app->store = place_open(s->where, (StoreOptions){0});
    s->c->app->writer = place_writer(s->c->app->store, (WriterOptions){0});
}

Err test_write(Served *s, Err (*write)(Ctx *c), void *work)
{
    ctx_forgive(s->c);
    s->c->work = work;
    return writer_run(s->c->app->writer, s->c, "test", write);
}

int64_t test_figure(const Served *s, const char *sql)
{
    return place_i64(s->c->app->store, sql);
}

void test_served_clean(const Served *s)
{
    Ctx *c = s->c;
    int n = 0;
    int64_t bad = 0;
    const Schema *const *all = program_schemas(c, &n);
    CHECK_OK(db_read_begin(c, c->app->store));
    CHECK_OK(schema_check(c, all, n, &bad));
    db_read_end(c);
    CHECK_INT(bad, 0);
}

#include "store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/app.h"
#include "db/driver.h"
#include "program.h"

static Store *store;
static DbConn *conn;
static Secrets *secrets;
static struct App app;
static Settings settings;

static Str store_place(Ctx *c)
{
    const char *pg = getenv("TRAAD_TEST_PG"), *engine = getenv("TRAAD_TEST_ENGINE");
    if (engine && str_eq(str_of_z(engine), S("postgresql"))) {
        CHECK(pg != NULL);
        return str_of_z(pg);
    }
    Buf b = buf_new(c->arena, 100);
    buf_add(&b, S("/dev/shm/traad-test-"));
    buf_add_i64(&b, getpid());
    return buf_str(&b);
}

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".keys/master.key"};
    char path[200];
    for (ptrdiff_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(path, sizeof path, "/dev/shm/traad-test-%d%s", (int)getpid(), ends[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "/dev/shm/traad-test-%d.keys", (int)getpid());
    rmdir(path);
}

static Str keys_place(Ctx *c)
{
    Buf b = buf_new(c->arena, 100);
    buf_add(&b, S("/dev/shm/traad-test-"));
    buf_add_i64(&b, getpid());
    buf_add(&b, S(".keys"));
    return buf_str(&b);
}

static void open_store(Ctx *c)
{
    Str keys = keys_place(c);
    CHECK_OK(secrets_open(c, keys, true, &secrets));
    CHECK_OK(store_open(c, store_place(c), (StoreOptions){.create = true, .readers = 1}, &store));
    atexit(remove_files);
    int n = 0;
    bool migrated = false;
    const Schema *const *all = program_schemas(c, &n);
    CHECK_OK(schema_apply(c, store, all, n, &migrated));
    CHECK_OK(store->driver->connect(c, store, false, &conn));
    settings = settings_default();
    app = (struct App){.store = store, .secrets = secrets, .settings = &settings};
    CHECK(pdf_fonts_open(&app.fonts) && sheet_press_open(&app.press));
}

static void roll_back(Ctx *c, void *data)
{
    (void)data;
    conn->driver->rollback(conn);
    c->conn = NULL;
}

static void add(Ctx *c, const char *code, const char *name, const char *kind, const char *parent)
{
    UnitId id = {0};
    CHECK_OK(organisation_add(c, (NewUnit){.code = str_of_z(code), .name = str_of_z(name), .kind = str_of_z(kind),
                                           .parent_code = str_of_z(parent), .valid_from = {19205}}, &id));
}

Ctx *test_store(void)
{
    Ctx *c = test_ctx_plain();
    if (!store) open_store(c);
    c->app = &app;
    c->conn = conn;
    CHECK_OK(conn->driver->begin(c, conn, TX_WRITE));
    ctx_at_end(c, roll_back, NULL);
    CHECK_OK(access_rules_store(c));
    add(c, "R1", "Region Fjord", "region", "");
    add(c, "K1", "Fjordby Kommune", "kommune", "R1");
    add(c, "K2", "Holmeå Kommune", "kommune", "R1");
    add(c, "S11", "Bakkeskolen", "skole", "K1");
    add(c, "S12", "Strandmarkskolen", "skole", "K1");
    add(c, "S21", "Holmeå Skole", "skole", "K2");
    add(c, "S11-A", "Indskolingen", "afdeling", "S11");
    add(c, "S11-3A", "3.A", "klasse", "S11-A");
    CHECK_OK(organisation_reach_rebuild(c));
    return c;
}

int64_t test_unit(Ctx *c, const char *code)
{
    Unit unit = {0};
    CHECK_OK(organisation_by_code(c, str_of_z(code), &unit));
    return unit.id.v;
}

int64_t test_person(Ctx *c, const char *name, const char *unit, const char *role)
{
    Unit u = {0};
    PersonId person = {0};
    int64_t membership = 0;
    CHECK_OK(organisation_by_code(c, str_of_z(unit), &u));
    CHECK_OK(people_add(c, u.owner, str_of_z(name), S(""), &person));
    CHECK_OK(people_grant(c, (NewMembership){.person = person, .unit = u.id, .role = str_of_z(role), .valid_from = {19205}}, &membership));
    return person.v;
}

void test_viewer(Ctx *c, int64_t person)
{
    Person p = {0};
    CHECK_OK(people_by_id(c, (PersonId){person}, &p));
    Session *s = NEW(c->arena, Session, 1);
    *s = (Session){.token_hash = S("0000000000000000000000000000000000000000000000000000000000000000"), .person_name = p.name, .owner_id = p.owner_id};
    CHECK_OK(people_memberships(c, p.id, &s->memberships));
    c->viewer = (ViewerId){person};
    c->session = s;
}

int64_t test_count(Ctx *c, const char *sql)
{
    int64_t n = 0;
    /* sum() of whole numbers is numeric on PostgreSQL: cast here, once for all tests. */
    Err err = db_test_i64(c, STR_CAT(c->arena, S("SELECT CAST(("), str_of_z(sql), S(") AS INTEGER)")), &n);
    if (err != OK) print_error("%s\n  %.*s\n", sql, (int)c->message.arg[0].s.n, c->message.arg[0].s.p);
    CHECK_OK(err);
    return n;
}

void test_sql(Ctx *c, const char *sql)
{
    CHECK_OK(db_test_exec(c, str_of_z(sql)));
}

void test_clean(Ctx *c)
{
    int n = 0;
    int64_t bad = 0;
    const Schema *const *all = program_schemas(c, &n);
    CHECK_OK(schema_check(c, all, n, &bad));
    CHECK_INT(bad, 0);
}

void test_set_up_mail(Ctx *c, Settings *own)
{
    struct App *copy = NEW(c->arena, struct App, 1);
    *own = *c->app->settings;
    own->smtp = S("smtp://127.0.0.1:1");
    own->mail_from = S("traad@fjord.example");
    own->public_address = S("https://traad.example");
    *copy = *c->app;
    copy->settings = own;
    c->app = copy;
}

#include "place.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- removal ----------------------------------------------------------- */

static void remove_folder(Ctx *c, void *data)
{
    const char *folder = data;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
    }
    if (dir) closedir(dir);
    rmdir(folder);
    (void)c;
}

static void pg_run(const char *where, const char *sql)
{
    PGconn *pg = PQconnectdb(where);
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) print_error("%s: %s", sql, PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
}

static void drop_database(Ctx *c, void *data)
{
    char sql[100];
    snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", (const char *)data);
    pg_run(getenv("TRAAD_TEST_PG"), sql);
    (void)c;
}

/* ---- places ------------------------------------------------------------ */

static Str new_file(Ctx *c)
{
    char *folder = (char *)(uintptr_t)str_z(c->arena, S("/dev/shm/traad-test-XXXXXX"));
    assert_non_null(mkdtemp(folder));
    ctx_at_end(c, remove_folder, folder);
    return STR_CAT(c->arena, str_of_z(folder), S("/store.db"));
}

/* The address with another database: what stands behind the last slash. */
static Str address_of(Ctx *c, Str where, Str database)
{
    ptrdiff_t end = str_find_char(where, '?', 0);
    if (end < 0) end = where.n;
    ptrdiff_t slash = end;
    while (slash > 0 && where.p[slash - 1] != '/') slash--;
    return STR_CAT(c->arena, str_sub(where, 0, slash), database, str_sub(where, end, where.n));
}

static Str new_database(Ctx *c)
{
    static int count;
    const char *where = getenv("TRAAD_TEST_PG");
    if (!where) test_skip("no PostgreSQL in TRAAD_TEST_PG");
    char *name = NEW(c->arena, char, 64), sql[100];
    snprintf(name, 64, "traad_test_%d_%d", (int)getpid(), count++);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    pg_run(where, sql);
    ctx_at_end(c, drop_database, name);
    return address_of(c, str_of_z(where), str_of_z(name));
}

Str place_new(Engine engine)
{
    Ctx *c = test_ctx_plain();
    return engine == ENGINE_SQLITE ? new_file(c) : new_database(c);
}

/* What is opened closes with the test, or earlier: then its box is empty. */
typedef struct Box {
    void *content;
    struct Box *next;
} Box;

static Box *boxes;

static void box_put(Ctx *c, CtxFn *close, void *content)
{
    Box *box = NEW(c->arena, Box, 1);
    *box = (Box){content, boxes};
    boxes = box;
    ctx_at_end(c, close, box);
}

/* False: it is closed already. Closing goes newest first, so a box that ends
   with the test is the first of the list. */
static bool box_take(Box *box)
{
    bool is_full = box->content != NULL;
    box->content = NULL;
    return is_full;
}

static void box_end(Box *box)
{
    while (boxes && boxes != box) boxes = boxes->next;
    if (boxes) boxes = boxes->next;
}

static Box *box_of(const void *content)
{
    Box *box = boxes;
    while (box && box->content != content) box = box->next;
    assert_non_null(box);
    return box;
}

static void end_store(Ctx *c, void *data)
{
    Box *box = data;
    Store *store = box->content;
    db_read_end(c);
    box_end(box);
    if (box_take(box)) store_close(store);
}

static void end_writer(Ctx *c, void *data)
{
    Box *box = data;
    Writer *w = box->content;
    (void)c;
    box_end(box);
    if (box_take(box)) writer_close(w);
}

Store *place_open(Str where, StoreOptions options)
{
    Ctx *c = test_ctx_plain();
    Store *store = NULL;
    CHECK_OK(store_open(c, where, options, &store));
    box_put(c, end_store, store);
    return store;
}

void place_close(Store *store)
{
    if (box_take(box_of(store))) store_close(store);
}

Store *place_store(Engine engine, const char *schema_sql)
{
    Ctx *c = test_ctx_plain();
    const Schema schema = {.feature = "test", .schema_sql = schema_sql, .check_sql = ""};
    bool made = false;
    Store *store = place_open(place_new(engine), (StoreOptions){.create = true});
    CHECK_OK(schema_apply(c, store, (const Schema *const[]){&schema}, 1, &made));
    CHECK(made);
    return store;
}

Writer *place_writer(Store *store, WriterOptions options)
{
    Ctx *c = test_ctx_plain();
    Writer *w = NULL;
    CHECK_OK(writer_open(c, store, options, &w));
    box_put(c, end_writer, w);
    return w;
}

void place_writer_close(Writer *w)
{
    if (box_take(box_of(w))) writer_close(w);
}

int64_t place_i64(Store *store, const char *sql)
{
    Ctx *c = test_ctx_plain();
    int64_t v = -1;
    CHECK_OK(db_read_begin(c, store));
    Err err = db_test_i64(c, str_of_z(sql), &v);
    Str why = c->message.arg[0].s;
    if (err != OK) print_error("%s: %.*s\n", sql, (int)why.n, why.p ? why.p : "");
    assert_int_equal(err, OK);
    db_read_end(c);
    return v;
}

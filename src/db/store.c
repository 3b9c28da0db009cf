/* A store: where it is, which engine, and the pool of connections for reading.
   Readers are made when first needed and kept; the last one given back is the
   first to be taken again, since its cache is warm. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/driver.h"

enum { READERS = 4, READERS_MAX = 64, WAIT_MS = 1000 };

typedef struct Pool {
    pthread_mutex_t lock;
    pthread_cond_t given_back;
    DbConn *free; /* newest first */
    int made;     /* connections in being, free or taken */
} Pool;

/* ---- open, close ------------------------------------------------------- */

static const Driver *driver_of(Str where)
{
    bool is_address = str_starts(where, S("postgresql://")) || str_starts(where, S("postgres://"));
    return is_address ? &postgres_driver : &sqlite_driver;
}

static Err check_where(Ctx *c, Str where)
{
    if (where.n == 0 || str_has_zero(where) || str_starts(where, S(":memory:")))
        return fail(c, E_INVALID,
                    msg_verbatim(S("The store must be a file or a postgresql:// address; "
                                   "a store in memory cannot be shared by readers.")));
    return OK;
}

static Pool *pool_open(void)
{
    Pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->given_back, &clock);
    pthread_condattr_destroy(&clock);
    return pool;
}

static Store *store_new(Str where, StoreOptions options)
{
    Store *store = calloc(1, sizeof *store);
    Pool *pool = pool_open();
    char *z = strndup(where.p, (size_t)where.n);
    if (!store || !pool || !z) {
        free(store);
        free(pool);
        free(z);
        return NULL;
    }
    *store = (Store){.driver = driver_of(where), .where = z, .options = options, .pool = pool};
    if (options.readers <= 0) store->options.readers = READERS;
    if (options.readers > READERS_MAX) store->options.readers = READERS_MAX;
    return store;
}

/* The first connection may write, since it may have to make the file. It goes
   after the first reader has come, so that SQLite never sees "nobody left" and
   clears away its log. */
static Err first_connections(Ctx *c, Store *store)
{
    Pool *pool = store->pool;
    DbConn *writer = NULL;
    TRY(store->driver->connect(c, store, false, &writer));
    Err err = store->driver->connect(c, store, true, &pool->free);
    store->driver->disconnect(writer);
    if (err == OK) pool->made = 1;
    return err;
}

Err store_open(Ctx *c, Str where, StoreOptions options, Store **ret)
{
    TRY(check_where(c, where));
    Store *store = store_new(where, options);
    if (!store) return fail(c, E_BUSY, msg_verbatim(S("No memory to open the store.")));
    Err err = first_connections(c, store);
    if (err != OK) {
        store_close(store);
        return err;
    }
    *ret = store;
    return OK;
}

void store_close(Store *store)
{
    Pool *pool = store->pool;
    for (DbConn *conn = pool->free, *next; conn; conn = next) {
        next = conn->next;
        store->driver->disconnect(conn);
    }
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    free((void *)(uintptr_t)store->where);
    free(store);
}

Engine store_engine(const Store *store)
{
    return store->driver->engine;
}

/* ---- the pool ---------------------------------------------------------- */

static struct timespec deadline(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += WAIT_MS / 1000;
    return t;
}

/* A free connection; NULL with true: the caller may make one; false: none
   came in time. */
static bool take_or_promise(Store *store, DbConn **ret)
{
    Pool *pool = store->pool;
    struct timespec until = deadline();
    bool in_time = true;
    pthread_mutex_lock(&pool->lock);
    while (!pool->free && pool->made >= store->options.readers && in_time)
        in_time = pthread_cond_timedwait(&pool->given_back, &pool->lock, &until) != ETIMEDOUT;
    *ret = pool->free;
    bool may_make = !pool->free && pool->made < store->options.readers;
    if (pool->free) pool->free = pool->free->next;
    if (may_make) pool->made++;
    pthread_mutex_unlock(&pool->lock);
    return *ret || may_make;
}

static void give_back(Store *store, DbConn *conn)
{
    Pool *pool = store->pool;
    pthread_mutex_lock(&pool->lock);
    if (conn) {
        conn->next = pool->free;
        pool->free = conn;
    } else {
        pool->made--;
    }
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->lock);
}

static Err take(Ctx *c, Store *store, DbConn **ret)
{
    DbConn *conn = NULL;
    if (!take_or_promise(store, &conn))
        return fail(c, E_BUSY, T("Der er travlt lige nu, så vi nåede det ikke. Intet er gemt. Prøv igen om lidt."));
    if (!conn) {
        Err err = store->driver->connect(c, store, true, &conn);
        if (err != OK) {
            give_back(store, NULL);
            return err;
        }
    }
    *ret = conn;
    return OK;
}

/* ---- snapshots --------------------------------------------------------- */

static void end_hook(Ctx *c, void *data)
{
    (void)data;
    db_read_end(c);
}

Err db_read_begin(Ctx *c, Store *store)
{
    DbConn *conn = NULL;
    if (c->conn) return fail(c, E_BROKEN, msg_verbatim(S("a snapshot or a write is open already")));
    ctx_at_end(c, end_hook, NULL);
    TRY(take(c, store, &conn));
    Err err = store->driver->begin(c, conn, TX_READ);
    if (err != OK) {
        store->driver->rollback(conn);
        give_back(store, conn);
        return err;
    }
    conn->in_use = true;
    c->conn = conn;
    return OK;
}

void db_read_end(Ctx *c)
{
    DbConn *conn = c->conn;
    if (!conn || !conn->read_only) return;
    db_close_open(conn);
    conn->driver->rollback(conn);
    conn->in_use = false;
    c->conn = NULL;
    give_back(conn->store, conn);
}

/* ---- for unit tests ---------------------------------------------------- */

static void test_end(Ctx *c, void *data)
{
    DbConn *conn = data;
    db_close_open(conn);
    conn->driver->rollback(conn);
    conn->driver->disconnect(conn);
    c->conn = NULL;
}

Err db_test_begin(Ctx *c, Store *store)
{
    DbConn *conn = NULL;
    TRY(store->driver->connect(c, store, false, &conn));
    ctx_at_end(c, test_end, conn);
    TRY(store->driver->begin(c, conn, TX_WRITE));
    c->conn = conn;
    return OK;
}

#include "db/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "db/driver.h"

struct StoreHold {
    Store *store;
    DbConn *conn; /* PostgreSQL: it has the lock */
    int fd;       /* SQLite: of the lock file; -1: none */
};

/* ---- SQLite ------------------------------------------------------------------ */

/* Beside the file itself, whichever way its name leads there. */
static Str lock_path(Ctx *c, const Store *store)
{
    char *whole = realpath(store->where, NULL);
    Str path = STR_CAT(c->arena, str_of_z(whole ? whole : store->where), S(".serving"));
    free(whole);
    return path;
}

static Err lock_broken(Ctx *c, Str path, int why)
{
    return fail(c, E_BROKEN, msg_verbatim(STR_CAT(c->arena, path, S(": "), str_of_z(strerrordesc_np(why)))));
}

static Err file_open(Ctx *c, StoreHold *hold)
{
    Str path = lock_path(c, hold->store);
    hold->fd = open(str_z(c->arena, path), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return hold->fd < 0 ? lock_broken(c, path, errno) : OK;
}

static Err file_try(Ctx *c, const StoreHold *hold, bool *ret)
{
    *ret = flock(hold->fd, LOCK_EX | LOCK_NB) == 0;
    return *ret || errno == EWOULDBLOCK || errno == EINTR ? OK : lock_broken(c, lock_path(c, hold->store), errno);
}

/* ---- PostgreSQL ---------------------------------------------------------------- */

/* Two numbers of ours; advisory locks are each database's own. */
#define HELD_SQL "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7471 AND objid = 1 AND pid = pg_backend_pid() AND granted"
#define TAKE_SQL "SELECT CASE WHEN pg_try_advisory_lock(7471, 1) THEN 1 ELSE 0 END"
/* Else a machine that went without a word would hold the store for hours. */
#define ALIVE_SQL "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"

static Err figure(Ctx *c, const StoreHold *hold, const char *sql, int64_t *ret)
{
    DbConn *before = c->conn;
    c->conn = hold->conn;
    Err err = db_test_i64(c, str_of_z(sql), ret);
    c->conn = before;
    return err;
}

static Err lock_try(Ctx *c, const StoreHold *hold, bool *ret)
{
    int64_t n = 0;
    TRY(figure(c, hold, HELD_SQL, &n));
    if (!n) {
        TRY(hold->conn->driver->script(c, hold->conn, S(ALIVE_SQL)));
        TRY(figure(c, hold, TAKE_SQL, &n));
    }
    *ret = n > 0;
    return OK;
}

/* ---- both ------------------------------------------------------------------------ */

static bool is_postgres(const StoreHold *hold)
{
    return hold->store->driver->engine == ENGINE_POSTGRES;
}

static Err try_once(Ctx *c, const StoreHold *hold, bool *ret)
{
    return is_postgres(hold) ? lock_try(c, hold, ret) : file_try(c, hold, ret);
}

static Err try_for_a_while(Ctx *c, const StoreHold *hold)
{
    enum { STEP_MS = 100 };
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    bool is_ours = false;
    for (int ms = 0; ; ms += STEP_MS) {
        TRY(try_once(c, hold, &is_ours));
        if (is_ours) return OK;
        if (ms >= HOLD_WAIT_MS) return fail(c, E_CONFLICT, msg_verbatim(S("another program serves this store already; end that one first")));
        nanosleep(&step, NULL);
    }
}

Err store_hold(Ctx *c, Store *store, StoreHold **ret)
{
    StoreHold *hold = NEW(c->arena, StoreHold, 1);
    *hold = (StoreHold){.store = store, .fd = -1};
    TRY(is_postgres(hold) ? store->driver->connect(c, store, false, &hold->conn) : file_open(c, hold));
    Err err = try_for_a_while(c, hold);
    if (err != OK) store_let_go(hold);
    else *ret = hold;
    return err;
}

bool store_hold_is_lost(Ctx *c, StoreHold *hold)
{
    bool is_ours = true;
    if (!is_postgres(hold)) return false;
    Err err = lock_try(c, hold, &is_ours);
    ctx_forgive(c);
    return err == OK && !is_ours;
}

void store_let_go(StoreHold *hold)
{
    if (hold->conn) hold->conn->driver->disconnect(hold->conn);
    if (hold->fd >= 0) close(hold->fd); /* the file stays: removing it would let two hold two files of one name */
    *hold = (StoreHold){.store = hold->store, .fd = -1};
}

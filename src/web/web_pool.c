/* What is bounded in number: connections (with their deadlines) and slots (the
   arenas of requests). Both are tables made at start.

   libmicrohttpd's own timeout starts again with every byte, so a client that
   sends one byte now and then holds its place for ever. Here each connection
   has a deadline for the whole of what it is doing, and one sweeper thread
   cuts, once a second, the lines of those past it. The same thread gives the
   pages of idle arenas back, so that no request pays a system call for it. */
#include "web/web_inside.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int64_t web_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* The line is cut, not closed: closing is MHD's, when it sees the end. */
static void cut_late(Pool *pool)
{
    int64_t now_ms = web_now_us() / 1000;
    for (int i = 0; i < pool->conns_max; i++) {
        Conn *conn = &pool->conns[i];
        int64_t deadline = conn->fd < 0 ? 0 : atomic_load(&conn->deadline_ms);
        if (deadline && now_ms > deadline) shutdown(conn->fd, SHUT_RDWR);
    }
}

static void trim_idle(Pool *pool)
{
    for (Slot *slot = pool->free_slots; slot && pool->slots_dirty > 0; slot = slot->next) {
        if (!slot->dirty) continue;
        arena_range_trim(slot->range, WEB_KEEP);
        slot->dirty = false;
        pool->slots_dirty--;
    }
}

static void *sweep(void *user)
{
    Pool *pool = user;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stop) {
        if (pool->conns_used == 0 && pool->slots_dirty == 0) {
            pthread_cond_wait(&pool->wake, &pool->lock);
            continue;
        }
        struct timespec at;
        clock_gettime(CLOCK_MONOTONIC, &at); /* as wake was made for: a clock set back would hold the sweeper up for as long */
        at.tv_sec++;
        pthread_cond_timedwait(&pool->wake, &pool->lock, &at);
        cut_late(pool);
        trim_idle(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void make_slots(Pool *pool, Arena *keep, ptrdiff_t slot_bytes)
{
    pool->range = arena_range_open(slot_bytes * pool->slots_max);
    pool->slots = NEW(keep, Slot, pool->slots_max);
    for (int i = pool->slots_max; i-- > 0;) {
        pool->slots[i].range = (ArenaRange){.base = pool->range.base + i * slot_bytes, .size = slot_bytes};
        pool->slots[i].next = pool->free_slots;
        pool->free_slots = &pool->slots[i];
    }
}

void web_pool_open(Pool *pool, Arena *keep, int connections, int per_address, ptrdiff_t slot_bytes)
{
    *pool = (Pool){.conns_max = connections, .slots_max = connections, .per_address = per_address};
    pool->conns = NEW(keep, Conn, connections);
    for (int i = connections; i-- > 0;) {
        pool->conns[i].fd = -1;
        pool->conns[i].next = pool->free_conns;
        pool->free_conns = &pool->conns[i];
    }
    make_slots(pool, keep, slot_bytes);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, &clock);
    pthread_condattr_destroy(&clock);
    int err = pthread_create(&pool->sweeper, NULL, sweep, pool);
    assert(err == 0);
}

void web_pool_close(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    pthread_join(pool->sweeper, NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    arena_range_close(pool->range);
}

/* One household or provider customer has a whole /64, so that is "an address". */
ptrdiff_t web_network_bytes(const unsigned char address[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address, mapped, sizeof mapped) == 0 ? 16 : 8;
}

static Conn **bucket_of(Pool *pool, const unsigned char address[16])
{
    uint64_t hash = str_hash((Str){(const char *)address, web_network_bytes(address)});
    return &pool->buckets[hash % WEB_BUCKETS];
}

bool web_pool_may_connect(Pool *pool, const unsigned char address[16], bool is_proxy)
{
    if (pool->per_address <= 0 || is_proxy) return true;
    size_t n = (size_t)web_network_bytes(address);
    int count = 0;
    pthread_mutex_lock(&pool->lock);
    for (Conn *conn = *bucket_of(pool, address); conn; conn = conn->next)
        count += memcmp(conn->address, address, n) == 0;
    pthread_mutex_unlock(&pool->lock);
    return count < pool->per_address;
}

Conn *web_conn_open(Pool *pool, const unsigned char address[16], bool is_proxy, int fd)
{
    pthread_mutex_lock(&pool->lock);
    Conn *conn = pool->free_conns;
    if (conn) {
        pool->free_conns = conn->next;
        memcpy(conn->address, address, sizeof conn->address);
        conn->is_proxy = is_proxy;
        conn->fd = fd;
        atomic_store(&conn->deadline_ms, 0);
        Conn **bucket = bucket_of(pool, address);
        conn->next = *bucket;
        conn->back = bucket;
        if (conn->next) conn->next->back = &conn->next;
        *bucket = conn;
        if (pool->conns_used++ == 0) pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    return conn;
}

void web_conn_close(Pool *pool, Conn *conn)
{
    pthread_mutex_lock(&pool->lock);
    *conn->back = conn->next;
    if (conn->next) conn->next->back = conn->back;
    conn->fd = -1;
    conn->next = pool->free_conns;
    pool->free_conns = conn;
    pool->conns_used--;
    pthread_mutex_unlock(&pool->lock);
}

void web_conn_deadline(Conn *conn, int64_t seconds)
{
    atomic_store(&conn->deadline_ms, seconds > 0 ? web_now_us() / 1000 + seconds * 1000 : 0);
}

Slot *web_slot_take(Pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    Slot *slot = pool->free_slots;
    if (slot) {
        pool->free_slots = slot->next;
        if (!slot->dirty) pool->slots_dirty++;
        slot->dirty = true;
    }
    pthread_mutex_unlock(&pool->lock);
    return slot;
}

void web_slot_give(Pool *pool, Slot *slot)
{
    pthread_mutex_lock(&pool->lock);
    slot->next = pool->free_slots;
    pool->free_slots = slot;
    pthread_mutex_unlock(&pool->lock);
}

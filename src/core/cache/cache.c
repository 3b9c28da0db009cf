#include "core/cache/cache.h"

#include <pthread.h>
#include <string.h>

typedef struct Slot {
    CacheKey key;
    void *value;      /* NULL: free, or being made */
    int users;
    int64_t last_use; /* a count, not a time */
    ArenaRange range; /* reserved at the first use */
    struct Cache *cache;
} Slot;

struct Cache {
    pthread_mutex_t lock;
    int64_t uses;
    Slot slots[CACHE_SLOTS];
};

Cache *cache_open(Arena *keep)
{
    Cache *cache = NEW(keep, Cache, 1);
    pthread_mutex_init(&cache->lock, NULL);
    for (int i = 0; i < CACHE_SLOTS; i++) cache->slots[i].cache = cache;
    return cache;
}

void cache_close(Cache *cache)
{
    for (int i = 0; i < CACHE_SLOTS; i++)
        if (cache->slots[i].range.base) arena_range_close(cache->slots[i].range);
    pthread_mutex_destroy(&cache->lock);
}

static bool same(CacheKey a, CacheKey b)
{
    return a.a == b.a && a.b == b.b && a.c == b.c && strcmp(a.kind, b.kind) == 0;
}

static Slot *find(Cache *cache, CacheKey key)
{
    for (int i = 0; i < CACHE_SLOTS; i++)
        if (cache->slots[i].value && same(cache->slots[i].key, key)) return &cache->slots[i];
    return NULL;
}

/* The one unused for longest; NULL when all are in use. */
static Slot *room(Cache *cache)
{
    Slot *oldest = NULL;
    for (int i = 0; i < CACHE_SLOTS; i++) {
        Slot *s = &cache->slots[i];
        if (s->users == 0 && (!oldest || s->last_use < oldest->last_use)) oldest = s;
    }
    if (oldest) oldest->value = NULL;
    return oldest;
}

static Slot *take(Cache *cache, CacheKey key)
{
    pthread_mutex_lock(&cache->lock);
    Slot *s = find(cache, key);
    if (!s) s = room(cache);
    if (s) {
        s->users++;
        s->last_use = ++cache->uses;
    }
    pthread_mutex_unlock(&cache->lock);
    return s;
}

static void let_go(Ctx *c, void *data)
{
    (void)c;
    Slot *s = data;
    pthread_mutex_lock(&s->cache->lock);
    s->users--;
    pthread_mutex_unlock(&s->cache->lock);
}

/* Whichever way the making ends, by its return or by a jump out of a full arena,
   the Ctx has its own arena again: this hook is older than all that make hangs in. */
static void give_arena_back(Ctx *c, void *data)
{
    const Arena *own = data;
    *c->arena = *own;
}

/* What the making opened ends with it: its hooks lie in memory that others will read. */
static void end_making(Ctx *c, const CtxHook *before)
{
    while (c->at_end != before) {
        CtxHook *hook = c->at_end;
        c->at_end = hook->next;
        hook->fn(c, hook->data);
    }
}

/* Nobody else has the slot: it had no users, and no value by which to be found. */
static Err make_in(Ctx *c, Slot *s, CacheKey key, Err (*make)(Ctx *c, void *arg, void **ret), void *arg, void **ret)
{
    if (!s->range.base) s->range = arena_range_open(CACHE_SLOT_BYTES);
    arena_range_trim(s->range, 0);
    void *value = NULL;
    const CtxHook *before = c->at_end;
    Arena *own = NEW(c->arena, Arena, 1);
    ctx_at_end(c, give_arena_back, own);
    *own = *c->arena;
    *c->arena = arena_of(s->range, own->full);
    Err err = make(c, arg, &value);
    end_making(c, before);
    if (err != OK) return err;
    pthread_mutex_lock(&s->cache->lock);
    s->key = key;
    s->value = value;
    pthread_mutex_unlock(&s->cache->lock);
    *ret = value;
    return OK;
}

Err cache_get(Ctx *c, Cache *cache, CacheKey key, Err (*make)(Ctx *c, void *arg, void **ret), void *arg, void **ret)
{
    Slot *s = cache ? take(cache, key) : NULL;
    if (!s) return make(c, arg, ret);
    ctx_at_end(c, let_go, s);
    if (s->value) {
        *ret = s->value;
        return OK;
    }
    return make_in(c, s, key, make, arg, ret);
}

#include "core/cache/cache.h"

#include <setjmp.h>

#include "test.h"

static Err make_number(Ctx *c, void *arg, void **ret)
{
    int *made = arg, *value = NEW(c->arena, int, 1);
    *value = ++*made;
    *ret = value;
    return OK;
}

static Err make_nothing(Ctx *c, void *arg, void **ret)
{
    (void)arg;
    (void)ret;
    return ctx_fail(c, E_NOT_FOUND, T("Siden findes ikke."), __FILE__, __LINE__);
}

static int get(Ctx *c, Cache *cache, int64_t id, int *made)
{
    void *value = NULL;
    CHECK_OK(cache_get(c, cache, (CacheKey){"test", id, 0, 0}, make_number, made, &value));
    return *(int *)value;
}

TEST(cache, a_value_is_made_once)
{
    Ctx *c = test_ctx_plain();
    Cache *cache = cache_open(c->arena);
    int made = 0;
    CHECK_INT(get(c, cache, 1, &made), 1);
    CHECK_INT(get(c, cache, 1, &made), 1);
    CHECK_INT(get(c, cache, 2, &made), 2);
    ctx_end(c);
    cache_close(cache);
}

TEST(cache, what_is_in_use_stays_and_the_oldest_makes_room)
{
    Ctx *c = test_ctx_plain();
    Cache *cache = cache_open(c->arena);
    int made = 0;
    for (int i = 0; i < CACHE_SLOTS; i++) get(c, cache, i, &made);
    CHECK_INT(get(c, cache, 1000, &made), CACHE_SLOTS + 1); /* made aside: every place is in use */
    CHECK_INT(get(c, cache, 0, &made), 1);
    ctx_end(c);
    CHECK_INT(get(c, cache, 1000, &made), CACHE_SLOTS + 2);
    CHECK_INT(get(c, cache, 0, &made), 1);
    CHECK_INT(get(c, cache, 1, &made), CACHE_SLOTS + 3); /* it was the oldest */
    ctx_end(c);
    cache_close(cache);
}

static Err make_too_much(Ctx *c, void *arg, void **ret)
{
    for (ptrdiff_t all = 0; all <= CACHE_SLOT_BYTES; all += 1 << 20) (void)arena_take_raw(c->arena, 1 << 20);
    *ret = arg;
    return OK;
}

TEST(cache, a_value_larger_than_its_place_leaves_the_ctx_its_own_arena)
{
    Ctx *c = test_ctx_plain();
    Cache *cache = cache_open(c->arena);
    Arena own = *c->arena;
    int made = 0;
    volatile bool is_full = false;
    void *value = NULL;
    jmp_buf full;
    c->arena->full = &full;
    if (setjmp(full) == 0) (void)!cache_get(c, cache, (CacheKey){"test", 1, 0, 0}, make_too_much, &made, &value);
    else is_full = true;
    ctx_end(c);
    c->arena->full = NULL;
    CHECK(is_full);
    CHECK(c->arena->end == own.end && c->arena->next >= own.next && c->arena->next < own.end);
    CHECK_INT(get(c, cache, 1, &made), 1); /* and the place is free */
    ctx_end(c);
    cache_close(cache);
}

TEST(cache, a_failure_is_not_kept)
{
    Ctx *c = test_ctx_plain();
    Cache *cache = cache_open(c->arena);
    int made = 0;
    void *value = NULL;
    CHECK_ERR(cache_get(c, cache, (CacheKey){"test", 1, 0, 0}, make_nothing, NULL, &value), E_NOT_FOUND);
    ctx_forgive(c);
    CHECK_INT(get(c, cache, 1, &made), 1);
    ctx_end(c);
    cache_close(cache);
}

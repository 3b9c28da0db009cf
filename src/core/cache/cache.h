/* What is dear to make and never changes once made: a compiled questionnaire,
   kept while it is asked for. Features take no lock; this is where one stands.
   A value lives in memory of its own and stays where it is for every Ctx that
   got it, until that Ctx ends; then the oldest unused one may make room. */
#ifndef CORE_CACHE_CACHE_H
#define CORE_CACHE_CACHE_H

#include "base/ctx.h"

enum { CACHE_SLOTS = 32, CACHE_SLOT_BYTES = 128 << 20 }; /* address space; pages by use */

typedef struct Cache Cache;

Cache *cache_open(Arena *keep);
void cache_close(Cache *cache);

/* What a value is of. kind: static text. Whatever may change it is part of it:
   a version, a minute. */
typedef struct CacheKey {
    const char *kind;
    int64_t a, b, c;
} CacheKey;

/* The value, or what make(c, arg, &value) makes with c->arena being the value's
   own memory. make may read the store, and registers nothing with the Ctx that
   must not outlive it. Without a cache (NULL), or with every place in use, it is
   made in the Ctx's own arena. An error of make is passed on and nothing kept. */
MUST Err cache_get(Ctx *c, Cache *cache, CacheKey key, Err (*make)(Ctx *c, void *arg, void **ret), void *arg, void **ret);

#endif

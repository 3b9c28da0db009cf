/* The statements that a connection has prepared, hashed by where their SQL() stands. */
#include "db/postgres_inside.h"

#include <stdlib.h>
#include <string.h>

enum { CACHE_FIRST = 64 }; /* statements; doubles at three quarters */

static size_t slot_of(const Prepared *cache, size_t size, const SqlDef *def)
{
    size_t i = ((size_t)((uintptr_t)def >> 4) * 0x9E3779B97F4A7C15u) & (size - 1);
    while (cache[i].def && cache[i].def != def) i = (i + 1) & (size - 1);
    return i;
}

bool pg_grow_kept(PgConn *conn)
{
    size_t size = conn->cache_size ? conn->cache_size * 2 : CACHE_FIRST;
    Prepared *bigger = calloc(size, sizeof *bigger);
    if (!bigger) return false;
    for (size_t i = 0; i < conn->cache_size; i++)
        if (conn->cache[i].def) bigger[slot_of(bigger, size, conn->cache[i].def)] = conn->cache[i];
    free(conn->cache);
    conn->cache = bigger;
    conn->cache_size = size;
    return true;
}

/* NULL when memory is out. */
Prepared *pg_kept(PgConn *conn, const SqlDef *def)
{
    if (conn->cache_used * 4 >= conn->cache_size * 3 && !pg_grow_kept(conn)) return NULL;
    Prepared *p = &conn->cache[slot_of(conn->cache, conn->cache_size, def)];
    if (!p->def) {
        *p = (Prepared){.def = def, .params = sqltext_params(str_of_z(def->text))};
        conn->cache_used++;
    }
    return p;
}

void pg_forget_kept(PgConn *conn)
{
    memset(conn->cache, 0, conn->cache_size * sizeof *conn->cache);
    conn->cache_used = 0;
}

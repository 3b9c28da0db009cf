/* Summing by key in an open-addressing table; only what is left is sorted, once
   a batch. Memory is the thread's own, since a batch outlives each of its Ctx. */
#include "db/merge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "db/driver.h"

enum {
    FIRST_PENDING = 256,
    FIRST_ITEMS = 1024,
    FIRST_ROWS = 64 << 10, /* bytes */
    ROWS_AT_ONCE = 4096,
    ITEM_JSON_MAX = (MERGE_KEY_INTS + 1) * 21 + 2, /* 20 digits and a comma each, brackets */
};

struct MergeSums {
    const MergeSpec *spec;
    MergeItem *items;
    ptrdiff_t n, room; /* room: a power of two */
    int32_t *slots;    /* 2 · room of them: index into items + 1, 0 is free */
};

/* ---- collecting -------------------------------------------------------- */

static struct MergePending *pending_room(struct WriteBatch *batch)
{
    if (batch->n == batch->room) {
        ptrdiff_t wide = batch->room ? batch->room * 2 : FIRST_PENDING;
        void *p = realloc(batch->pending, (size_t)wide * sizeof *batch->pending);
        if (!p) return NULL;
        batch->pending = p;
        batch->room = wide;
    }
    return &batch->pending[batch->n++];
}

void db_merge(Ctx *c, const MergeSpec *spec, const int64_t key[MERGE_KEY_INTS], int64_t add)
{
    MergeItem item = {.add = add};
    memcpy(item.key, key, sizeof item.key);
    if (!c->batch) { /* db_test_begin, or another flush: nothing to wait for */
        (void)!spec->flush(c, &item, 1);
        return;
    }
    struct MergePending *p = pending_room(c->batch);
    if (!p) {
        c->batch->err = fail(c, E_BUSY, T("Der er ikke hukommelse nok lige nu. Prøv igen om lidt."));
        return;
    }
    *p = (struct MergePending){spec, item};
}

/* ---- appending --------------------------------------------------------- */

/* NULL beyond APPEND_SPECS. */
static struct Appended *appended_of(struct WriteBatch *batch, const AppendSpec *spec)
{
    int at = 0;
    while (at < batch->append_specs && batch->appended[at].spec != spec) at++;
    if (at == APPEND_SPECS) return NULL;
    if (at == batch->append_specs) batch->appended[batch->append_specs++].spec = spec;
    return &batch->appended[at];
}

/* Room for the row, what parts it from the last, and the end of the array. */
static bool append_room(struct Appended *a, ptrdiff_t bytes)
{
    ptrdiff_t wide = a->room ? a->room : FIRST_ROWS;
    while (wide - a->n < bytes + 2) wide *= 2;
    char *p = wide > a->room ? realloc(a->rows, (size_t)wide) : a->rows;
    if (!p) return false;
    a->rows = p;
    a->room = wide;
    return true;
}

static Err append_now(Ctx *c, const AppendSpec *spec, Str row)
{
    return spec->flush(c, STR_CAT(c->arena, S("["), row, S("]")));
}

void db_append(Ctx *c, const AppendSpec *spec, Str row)
{
    if (!c->batch) { /* as db_merge */
        (void)!append_now(c, spec, row);
        return;
    }
    struct Appended *a = appended_of(c->batch, spec);
    if (!a) {
        c->batch->err = fail(c, E_BROKEN, msg_verbatim(S("more than four kinds of appended rows")));
    } else if (!append_room(a, row.n)) {
        c->batch->err = fail(c, E_BUSY, T("Der er ikke hukommelse nok lige nu. Prøv igen om lidt."));
    } else {
        a->rows[a->n] = a->n ? ',' : '[';
        memcpy(a->rows + a->n + 1, row.p, (size_t)row.n);
        a->n += row.n + 1;
    }
}

void merge_drop(struct WriteBatch *batch)
{
    batch->n = 0;
    batch->err = OK;
    for (int i = 0; i < batch->append_specs; i++) batch->appended[i].n = batch->appended[i].kept;
}

/* ---- summing ----------------------------------------------------------- */

static uint64_t hash(const int64_t *key)
{
    uint64_t h = 0;
    for (int i = 0; i < MERGE_KEY_INTS; i++) {
        h = (h ^ (uint64_t)key[i]) * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
    }
    return h;
}

/* The slot of the key, or the free one where it belongs. */
static int32_t *slot_of(const MergeSums *s, const int64_t *key)
{
    uint64_t mask = (uint64_t)s->room * 2 - 1;
    for (uint64_t i = hash(key) & mask;; i = (i + 1) & mask) {
        int32_t *slot = &s->slots[i];
        if (*slot == 0 || memcmp(s->items[*slot - 1].key, key, sizeof s->items->key) == 0) return slot;
    }
}

static bool widen(MergeSums *s)
{
    ptrdiff_t wide = s->room ? s->room * 2 : FIRST_ITEMS;
    int32_t *slots = calloc((size_t)wide * 2, sizeof *slots);
    MergeItem *items = slots ? realloc(s->items, (size_t)wide * sizeof *items) : NULL;
    if (!items) {
        free(slots);
        return false;
    }
    free(s->slots);
    s->slots = slots;
    s->items = items;
    s->room = wide;
    for (int32_t i = 0; i < s->n; i++) *slot_of(s, items[i].key) = i + 1;
    return true;
}

/* There is room: merge_keep has seen to it. */
static void sum(MergeSums *s, const MergeItem *item)
{
    int32_t *slot = slot_of(s, item->key);
    if (*slot == 0) {
        s->items[s->n] = (MergeItem){.add = 0};
        memcpy(s->items[s->n].key, item->key, sizeof item->key);
        *slot = (int32_t)++s->n;
    }
    s->items[*slot - 1].add += item->add;
}

/* NULL without memory or beyond MERGE_SPECS. Few: a linear search. */
static MergeSums *sums_of(struct WriteBatch *batch, const MergeSpec *spec)
{
    int at = 0;
    while (at < batch->specs && batch->sums[at]->spec != spec) at++;
    if (at < batch->specs) return batch->sums[at];
    if (at == MERGE_SPECS) return NULL;
    if (!batch->sums[at]) batch->sums[at] = calloc(1, sizeof *batch->sums[at]);
    if (!batch->sums[at]) return NULL;
    batch->sums[at]->spec = spec;
    batch->specs++;
    return batch->sums[at];
}

/* Room for all that the job added, before any of it is summed: a sum cannot
   be undone. */
static bool make_room(struct WriteBatch *batch)
{
    for (ptrdiff_t i = 0; i < batch->n; i++) {
        MergeSums *s = sums_of(batch, batch->pending[i].spec);
        while (s && s->room < s->n + batch->n)
            if (!widen(s)) return false;
        if (!s) return false;
    }
    return true;
}

Err merge_keep(Ctx *c, struct WriteBatch *batch)
{
    Err err = batch->err;
    if (err == OK && !make_room(batch)) {
        if (batch->specs == MERGE_SPECS)
            err = fail(c, E_BROKEN, msg_verbatim(S("more than 32 kinds of increments")));
        else
            err = fail(c, E_BUSY, T("Der er ikke hukommelse nok lige nu. Prøv igen om lidt."));
    }
    for (ptrdiff_t i = 0; err == OK && i < batch->n; i++)
        sum(sums_of(batch, batch->pending[i].spec), &batch->pending[i].item);
    for (int i = 0; err == OK && i < batch->append_specs; i++) batch->appended[i].kept = batch->appended[i].n;
    merge_drop(batch);
    return err;
}

/* ---- a flush for both engines ------------------------------------------ */

static Err write_one(Ctx *c, const SqlDef *one, int keys, const MergeItem *item)
{
    DbVal args[MERGE_KEY_INTS + 1];
    for (int k = 0; k < keys; k++) args[k] = db_val_int(item->key[k]);
    args[keys] = db_val_int(item->add);
    return db_exec_(c, one, NULL, args, keys + 1);
}

static void add_json(Buf *json, int keys, const MergeItem *item)
{
    buf_add_char(json, json->n == 0 ? '[' : ',');
    for (int k = 0; k < keys; k++) {
        buf_add_char(json, k == 0 ? '[' : ',');
        buf_add_i64(json, item->key[k]);
    }
    buf_add_char(json, ',');
    buf_add_i64(json, item->add);
    buf_add_char(json, ']');
}

static Err write_rows(Ctx *c, const SqlDef *rows, int keys, const MergeItem *items, ptrdiff_t n)
{
    Arena before = *c->arena; /* the text is needed only until it is written */
    Buf json = buf_new(c->arena, n * ITEM_JSON_MAX + 2);
    for (ptrdiff_t i = 0; i < n; i++) add_json(&json, keys, &items[i]);
    buf_add_char(&json, ']');
    assert(!json.full);
    DbVal arg = db_val_str(buf_str(&json));
    TRY(db_exec_(c, rows, NULL, &arg, 1));
    *c->arena = before;
    return OK;
}

Err db_merge_write(Ctx *c, const SqlDef *one, const SqlDef *rows, int keys, const MergeItem *items, ptrdiff_t n)
{
    assert(keys >= 1 && keys <= MERGE_KEY_INTS);
    if (!c->conn) return fail(c, E_BROKEN, msg_verbatim(S("no write is open in this Ctx")));
    bool one_by_one = c->conn->driver->engine == ENGINE_SQLITE;
    ptrdiff_t step = one_by_one ? 1 : ROWS_AT_ONCE;
    for (ptrdiff_t i = 0; i < n; i += step) {
        ptrdiff_t count = n - i < step ? n - i : step;
        TRY(one_by_one ? write_one(c, one, keys, &items[i]) : write_rows(c, rows, keys, &items[i], count));
    }
    return OK;
}

/* ---- writing ----------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const int64_t *x = ((const MergeItem *)a)->key, *y = ((const MergeItem *)b)->key;
    for (int i = 0; i < MERGE_KEY_INTS; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const MergeSums *const *x = a, *const *y = b;
    return strcmp((*x)->spec->name, (*y)->spec->name);
}

static Err append_flush(Ctx *c, struct WriteBatch *batch)
{
    for (int i = 0; i < batch->append_specs; i++) {
        struct Appended *a = &batch->appended[i];
        if (a->kept == 0) continue;
        a->rows[a->kept] = ']'; /* append_room has left it room */
        TRY(a->spec->flush(c, (Str){a->rows, a->kept + 1}));
    }
    return OK;
}

Err merge_flush(Ctx *c, struct WriteBatch *batch)
{
    TRY(append_flush(c, batch));
    /* Specs in the same order in every batch, for the same reason as keys. */
    qsort(batch->sums, (size_t)batch->specs, sizeof *batch->sums, by_name);
    for (int i = 0; i < batch->specs; i++) {
        MergeSums *s = batch->sums[i];
        if (s->n == 0) continue;
        qsort(s->items, (size_t)s->n, sizeof *s->items, by_key);
        TRY(s->spec->flush(c, s->items, s->n));
    }
    return OK;
}

void merge_clear(struct WriteBatch *batch)
{
    for (int i = 0; i < batch->append_specs; i++) batch->appended[i].kept = 0;
    merge_drop(batch);
    for (int i = 0; i < batch->specs; i++) {
        MergeSums *s = batch->sums[i];
        if (s->n > 0) memset(s->slots, 0, (size_t)s->room * 2 * sizeof *s->slots);
        s->n = 0;
    }
    batch->specs = 0;
}

void merge_close(struct WriteBatch *batch)
{
    for (int i = 0; i < MERGE_SPECS; i++) {
        if (!batch->sums[i]) continue;
        free(batch->sums[i]->items);
        free(batch->sums[i]->slots);
        free(batch->sums[i]);
    }
    for (int i = 0; i < APPEND_SPECS; i++) free(batch->appended[i].rows);
    free(batch->pending);
}

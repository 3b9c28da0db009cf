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
    FIRST_VALUES = 512,
    FIRST_BYTES = 64 << 10,
    ROWS_AT_ONCE = 4096,
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

/* False without memory; *p stays as it was. */
static bool grow(void **p, ptrdiff_t *room, ptrdiff_t first, ptrdiff_t wanted, size_t each)
{
    ptrdiff_t wide = *room ? *room : first;
    while (wide < wanted) wide *= 2;
    void *more = wide > *room ? realloc(*p, (size_t)wide * each) : *p;
    if (!more) return false;
    *p = more;
    *room = wide;
    return true;
}

static bool append_room(struct Appended *a, const DbVal *v, int columns)
{
    ptrdiff_t bytes = 0;
    for (int i = 0; i < columns; i++) bytes += v[i].kind == DB_TEXT ? v[i].s.n : 0;
    void *values = a->v, *texts = a->bytes;
    bool fits = grow(&values, &a->room, FIRST_VALUES, a->n + columns, sizeof *a->v);
    fits = fits && grow(&texts, &a->bytes_room, FIRST_BYTES, a->bytes_n + bytes, 1);
    a->v = values;
    a->bytes = texts;
    return fits;
}

static void append_values(struct Appended *a, const DbVal *v, int columns)
{
    for (int i = 0; i < columns; i++) {
        DbVal *to = &a->v[a->n++];
        *to = v[i];
        if (v[i].kind != DB_TEXT) continue;
        to->i = a->bytes_n;
        if (v[i].s.n) memcpy(a->bytes + a->bytes_n, v[i].s.p, (size_t)v[i].s.n);
        a->bytes_n += v[i].s.n;
    }
}

static bool are_ints_and_texts(const DbVal *v, int columns)
{
    for (int i = 0; i < columns; i++)
        if (v[i].kind != DB_INT && v[i].kind != DB_TEXT) return false;
    return columns >= 1 && columns <= APPEND_COLUMNS;
}

void db_append_(Ctx *c, const AppendSpec *spec, const DbVal *v, int columns)
{
    assert(are_ints_and_texts(v, columns));
    if (!c->batch) { /* as db_merge */
        (void)!spec->flush(c, (AppendedRows){v, 1, columns});
        return;
    }
    struct Appended *a = appended_of(c->batch, spec);
    if (!a) {
        c->batch->err = fail(c, E_BROKEN, msg_verbatim(S("more than four kinds of appended rows")));
    } else if (!append_room(a, v, columns)) {
        c->batch->err = fail(c, E_BUSY, T("Der er ikke hukommelse nok lige nu. Prøv igen om lidt."));
    } else {
        assert(a->n == 0 || a->columns == columns);
        a->columns = columns;
        append_values(a, v, columns);
    }
}

void merge_drop(struct WriteBatch *batch)
{
    batch->n = 0;
    batch->err = OK;
    for (int i = 0; i < batch->append_specs; i++) {
        struct Appended *a = &batch->appended[i];
        a->n = a->kept;
        a->bytes_n = a->bytes_kept;
    }
}

static void keep_appended(struct WriteBatch *batch)
{
    for (int i = 0; i < batch->append_specs; i++) {
        struct Appended *a = &batch->appended[i];
        a->kept = a->n;
        a->bytes_kept = a->bytes_n;
    }
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
    if (err == OK) keep_appended(batch);
    merge_drop(batch);
    return err;
}

/* ---- a flush for both engines ------------------------------------------ */

static void add_value(Buf *json, const DbVal *v)
{
    if (v->kind == DB_TEXT) buf_add_json(json, v->s);
    else buf_add_i64(json, v->i);
}

static Str rows_json(Ctx *c, AppendedRows rows)
{
    enum { INT = 21, TEXT = 3, ESCAPED = 6 }; /* bytes: a number and a comma; quotes and a comma; \u00XX */
    ptrdiff_t room = rows.n * 3 + 2, n = rows.n * rows.columns;
    for (ptrdiff_t i = 0; i < n; i++) room += rows.v[i].kind == DB_TEXT ? rows.v[i].s.n * ESCAPED + TEXT : INT;
    Buf json = buf_new(c->arena, room);
    for (ptrdiff_t i = 0; i < n; i++) {
        bool is_first = i % rows.columns == 0;
        buf_add(&json, i == 0 ? S("[[") : is_first ? S("],[") : S(","));
        add_value(&json, &rows.v[i]);
    }
    buf_add(&json, S("]]"));
    assert(!json.full);
    return buf_str(&json);
}

Err db_rows_write(Ctx *c, const SqlDef *one, const SqlDef *many, AppendedRows rows)
{
    if (!c->conn) return fail(c, E_BROKEN, msg_verbatim(S("no write is open in this Ctx")));
    if (c->conn->driver->engine == ENGINE_SQLITE) {
        for (ptrdiff_t i = 0; i < rows.n; i++) TRY(db_exec_(c, one, NULL, rows.v + i * rows.columns, rows.columns));
        return OK;
    }
    for (ptrdiff_t i = 0; i < rows.n; i += ROWS_AT_ONCE) {
        Arena before = *c->arena; /* the text is needed only until it is written */
        ptrdiff_t n = rows.n - i < ROWS_AT_ONCE ? rows.n - i : ROWS_AT_ONCE;
        DbVal arg = db_val_str(rows_json(c, (AppendedRows){rows.v + i * rows.columns, n, rows.columns}));
        TRY(db_exec_(c, many, NULL, &arg, 1));
        *c->arena = before;
    }
    return OK;
}

static void values_of(const MergeItem *item, int keys, DbVal *ret)
{
    for (int k = 0; k < keys; k++) ret[k] = db_val_int(item->key[k]);
    ret[keys] = db_val_int(item->add);
}

Err db_merge_write(Ctx *c, const SqlDef *one, const SqlDef *many, int keys, const MergeItem *items, ptrdiff_t n)
{
    assert(keys >= 1 && keys <= MERGE_KEY_INTS);
    for (ptrdiff_t i = 0; i < n; i += ROWS_AT_ONCE) {
        Arena before = *c->arena;
        ptrdiff_t count = n - i < ROWS_AT_ONCE ? n - i : ROWS_AT_ONCE;
        DbVal *v = NEW(c->arena, DbVal, count * (keys + 1));
        for (ptrdiff_t k = 0; k < count; k++) values_of(&items[i + k], keys, v + k * (keys + 1));
        TRY(db_rows_write(c, one, many, (AppendedRows){v, count, keys + 1}));
        *c->arena = before;
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

/* Once more is no harm: where a text lies stays with it. */
static AppendedRows rows_of(struct Appended *a)
{
    for (ptrdiff_t i = 0; i < a->kept; i++)
        if (a->v[i].kind == DB_TEXT) a->v[i].s.p = a->bytes + a->v[i].i;
    return (AppendedRows){a->v, a->kept / a->columns, a->columns};
}

static Err append_flush(Ctx *c, struct WriteBatch *batch)
{
    for (int i = 0; i < batch->append_specs; i++) {
        struct Appended *a = &batch->appended[i];
        if (a->kept) TRY(a->spec->flush(c, rows_of(a)));
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
    for (int i = 0; i < batch->append_specs; i++) batch->appended[i].kept = batch->appended[i].bytes_kept = 0;
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
    for (int i = 0; i < APPEND_SPECS; i++) {
        free(batch->appended[i].v);
        free(batch->appended[i].bytes);
    }
    free(batch->pending);
}

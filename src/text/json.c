#include "text/json.h"

#include <jansson.h>
#include <math.h>

#include "base/number.h"

typedef struct Outline {
    ptrdiff_t depth, values;
} Outline;

/* How deep and how many, before jansson spends memory on it: an upper bound
   that any text, valid or not, has. */
static Outline outline(Str s)
{
    Outline all = {.values = 1};
    ptrdiff_t depth = 0;
    bool in_text = false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (in_text && ch == '\\')
            i++;
        else if (ch == '"')
            in_text = !in_text;
        else if (in_text)
            continue;
        else if (ch == '[' || ch == '{')
            all.depth = i64_max(all.depth, ++depth), all.values++;
        else if (ch == ']' || ch == '}')
            depth--;
        else if (ch == ',')
            all.values++;
    }
    return all;
}

static void fill(Arena *arena, const json_t *from, Json *ret);

static void fill_list(Arena *arena, const json_t *from, Json *ret)
{
    ret->kind = JSON_IS_LIST;
    ret->n = (ptrdiff_t)json_array_size(from);
    ret->v = NEW(arena, Json, ret->n);
    for (ptrdiff_t i = 0; i < ret->n; i++) {
        ret->v[i].parent = ret;
        ret->v[i].index = i;
        fill(arena, json_array_get(from, (size_t)i), &ret->v[i]);
    }
}

static void fill_map(Arena *arena, const json_t *from, Json *ret)
{
    ret->kind = JSON_IS_MAP;
    ret->n = (ptrdiff_t)json_object_size(from);
    ret->v = NEW(arena, Json, ret->n);
    ptrdiff_t i = 0;
    /* The iterator takes no const, but changes nothing. */
    json_t *map = (json_t *)(uintptr_t)from;
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at), i++) {
        Str key = {.p = json_object_iter_key(at), .n = (ptrdiff_t)json_object_iter_key_len(at)};
        ret->v[i].parent = ret;
        ret->v[i].index = i;
        ret->v[i].key = str_copy(arena, key);
        fill(arena, json_object_iter_value(at), &ret->v[i]);
    }
}

/* Recursion is bounded by JSON_DEPTH. */
static void fill(Arena *arena, const json_t *from, Json *ret)
{
    switch (json_typeof(from)) {
    case JSON_NULL: ret->kind = JSON_IS_NULL; return;
    case JSON_TRUE:
    case JSON_FALSE:
        ret->kind = JSON_IS_BOOL;
        ret->is_true = json_is_true(from);
        return;
    case JSON_INTEGER:
        ret->kind = JSON_IS_INT;
        ret->i = json_integer_value(from);
        ret->f = (double)ret->i;
        return;
    case JSON_REAL:
        ret->kind = JSON_IS_REAL;
        ret->f = json_real_value(from);
        return;
    case JSON_STRING:
        ret->kind = JSON_IS_TEXT;
        ret->text = str_copy(arena, (Str){json_string_value(from), (ptrdiff_t)json_string_length(from)});
        return;
    case JSON_ARRAY: fill_list(arena, from, ret); return;
    case JSON_OBJECT: fill_map(arena, from, ret); return;
    }
}

typedef struct Held {
    json_t *tree;
} Held;

static void let_go(Ctx *c, void *data)
{
    (void)c;
    Held *held = data;
    json_decref(held->tree);
    held->tree = NULL;
}

static Err refuse(Ctx *c, const json_error_t *why)
{
    Msg what = T("Det kan ikke læses som JSON.");
    enum json_error_code code = json_error_code(why);
    if (code == json_error_duplicate_key) what = T("Den samme nøgle står to gange.");
    if (code == json_error_invalid_utf8) what = T("Filen er ikke UTF-8. Gem den igen som UTF-8.");
    if (code == json_error_numeric_overflow) what = T("Et tal er for stort.");
    if (code == json_error_null_character || code == json_error_null_byte_in_key)
        what = T("Filen har et usynligt tegn, der ikke kan læses. Gem den igen som UTF-8.");
    if (code == json_error_premature_end_of_input) what = T("Filen holder op midt i det hele.");
    Buf line = buf_new(c->arena, 40);
    buf_add(&line, S("line "));
    buf_add_i64(&line, why->line);
    ctx_problem(c, buf_str(&line), what);
    return ctx_check(c);
}

Err json_read(Ctx *c, Str bytes, ptrdiff_t max_bytes, const Json **ret)
{
    if (bytes.n > max_bytes) return fail(c, E_TOO_LARGE, TF("Filen er for stor. Den må højst fylde {1} byte.", (int64_t)max_bytes));
    if (str_starts(bytes, S("\xef\xbb\xbf"))) bytes = str_sub(bytes, 3, bytes.n);
    Outline size = outline(bytes);
    if (size.depth > JSON_DEPTH) return fail(c, E_INVALID, TF("Filen har for mange lag. Der må højst være {1}.", JSON_DEPTH));
    if (size.values > JSON_VALUES)
        return fail(c, E_INVALID, TF("Filen har for mange værdier. Der må højst være {1}.", JSON_VALUES));

    /* Hooked before it is made: at a full arena we jump away from here. */
    Held *held = NEW(c->arena, Held, 1);
    ctx_at_end(c, let_go, held);
    json_error_t why = {0};
    held->tree = json_loadb(bytes.p, (size_t)bytes.n, JSON_REJECT_DUPLICATES, &why);
    if (!held->tree) return refuse(c, &why);
    Json *root = NEW(c->arena, Json, 1);
    fill(c->arena, held->tree, root);
    let_go(c, held);
    *ret = root;
    return OK;
}

/* A place is for people: a key longer than this is cut, between two characters. */
enum { PLACE_BYTES = 1000, PLACE_KEY_BYTES = 100 };

static Str shortened(Str key)
{
    if (key.n <= PLACE_KEY_BYTES) return key;
    Str start = str_sub(key, 0, PLACE_KEY_BYTES);
    while (!str_is_utf8(start)) start.n--;
    return start;
}

static void add_key(Buf *b, Str key)
{
    if (b->n) buf_add_char(b, '.');
    buf_add(b, shortened(key));
}

static void add_place(Buf *b, const Json *value)
{
    if (!value || !value->parent) return;
    add_place(b, value->parent);
    if (value->parent->kind == JSON_IS_MAP) {
        add_key(b, value->key);
        return;
    }
    buf_add_char(b, '[');
    buf_add_i64(b, value->index);
    buf_add_char(b, ']');
}

Str json_place(Arena *arena, const Json *value)
{
    Buf b = buf_new(arena, PLACE_BYTES);
    add_place(&b, value);
    return buf_str(&b);
}

Str json_place_of(Arena *arena, const Json *map, Str key)
{
    Buf b = buf_new(arena, PLACE_BYTES);
    add_place(&b, map);
    add_key(&b, key);
    return buf_str(&b);
}

const Json *json_find(const Json *map, Str key)
{
    if (!map || map->kind != JSON_IS_MAP) return NULL;
    for (ptrdiff_t i = 0; i < map->n; i++)
        if (str_eq(map->v[i].key, key)) return &map->v[i];
    return NULL;
}

static void tell(Ctx *c, Str place, Msg what)
{
    ptrdiff_t told = 0;
    for (const Problem *p = c->problems; p; p = p->next) told++;
    if (told < JSON_PROBLEMS) ctx_problem(c, place, what);
}

void json_problem(Ctx *c, const Json *value, Msg what)
{
    tell(c, json_place(c->arena, value), what);
}

void json_known(Ctx *c, const Json *map, const Str *keys, ptrdiff_t n)
{
    if (!map || map->kind != JSON_IS_MAP) return;
    for (ptrdiff_t i = 0; i < map->n; i++) {
        bool is_known = false;
        for (ptrdiff_t k = 0; k < n && !is_known; k++) is_known = str_eq(map->v[i].key, keys[k]);
        if (!is_known) json_problem(c, &map->v[i], T("Ukendt nøgle."));
    }
}

static Msg wanted(JsonKind kind)
{
    switch (kind) {
    case JSON_IS_NULL: return T("Her skal stå null.");
    case JSON_IS_BOOL: return T("Her skal stå true eller false.");
    case JSON_IS_INT: return T("Her skal stå et helt tal.");
    case JSON_IS_REAL: return T("Her skal stå et tal.");
    case JSON_IS_TEXT: return T("Her skal stå en tekst.");
    case JSON_IS_LIST: return T("Her skal stå en liste.");
    case JSON_IS_MAP: return T("Her skal stå et objekt.");
    }
    return T("Her skal stå noget andet.");
}

bool json_is(Ctx *c, const Json *value, JsonKind kind)
{
    if (!value) return false;
    if (value->kind == kind || (kind == JSON_IS_REAL && value->kind == JSON_IS_INT)) return true;
    json_problem(c, value, wanted(kind));
    return false;
}

/* The member if it is there and of this kind; all else has been told. */
static const Json *take(Ctx *c, const Json *map, Str key, JsonNeed need, JsonKind kind)
{
    if (!map || map->kind != JSON_IS_MAP) return NULL;
    const Json *value = json_find(map, key);
    if (!value && need == JSON_NEEDED) tell(c, json_place_of(c->arena, map, key), T("Mangler."));
    if (!value) return NULL;
    if (value->kind == JSON_IS_NULL && need == JSON_OPTIONAL) return NULL;
    return json_is(c, value, kind) ? value : NULL;
}

Str json_text(Ctx *c, const Json *map, Str key, JsonNeed need, ptrdiff_t max)
{
    const Json *value = take(c, map, key, need, JSON_IS_TEXT);
    if (!value) return (Str){0};
    if (need == JSON_NEEDED && str_trim(value->text).n == 0) json_problem(c, value, T("Her mangler en tekst."));
    if (str_chars(value->text) <= max) return value->text;
    json_problem(c, value, TF("Teksten er for lang. Skriv højst {1} tegn.", (int64_t)max));
    return (Str){0};
}

int64_t json_i64(Ctx *c, const Json *map, Str key, JsonNeed need, int64_t least, int64_t most, int64_t otherwise)
{
    const Json *value = take(c, map, key, need, JSON_IS_INT);
    if (!value) return otherwise;
    if (value->i >= least && value->i <= most) return value->i;
    json_problem(c, value, TF("Tallet skal være fra {1} til {2}.", least, most));
    return otherwise;
}

double json_f64(Ctx *c, const Json *map, Str key, JsonNeed need, double least, double most, double otherwise)
{
    const Json *value = take(c, map, key, need, JSON_IS_REAL);
    if (!value) return otherwise;
    if (isfinite(value->f) && value->f >= least && value->f <= most) return value->f;
    char low[40], high[40];
    Str from = str_copy(c->arena, (Str){low, number_f64(least, low)});
    Str to = str_copy(c->arena, (Str){high, number_f64(most, high)});
    json_problem(c, value, TF("Tallet skal være fra {1} til {2}.", from, to));
    return otherwise;
}

bool json_bool(Ctx *c, const Json *map, Str key, bool otherwise)
{
    const Json *value = take(c, map, key, JSON_OPTIONAL, JSON_IS_BOOL);
    return value ? value->is_true : otherwise;
}

static const Json *take_many(Ctx *c, const Json *value, ptrdiff_t max)
{
    if (!value || value->n <= max) return value;
    json_problem(c, value, TF("Her står for meget. Der må højst være {1}.", (int64_t)max));
    return NULL;
}

const Json *json_list(Ctx *c, const Json *map, Str key, JsonNeed need, ptrdiff_t max)
{
    return take_many(c, take(c, map, key, need, JSON_IS_LIST), max);
}

const Json *json_map(Ctx *c, const Json *map, Str key, JsonNeed need, ptrdiff_t max)
{
    return take_many(c, take(c, map, key, need, JSON_IS_MAP), max);
}

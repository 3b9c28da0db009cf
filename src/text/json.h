/* JSON files, read whole into a tree in the arena. Thin over jansson, whose own
   memory is gone before json_read returns. Limits: JSON_DEPTH, JSON_VALUES and
   the bytes the caller allows; keys told twice, broken UTF-8 and zero characters
   are refused.

   Every value knows its place, so that whoever reads on can name it:
   "sections[0].items[2].scale". The readers below never fail: they tell a
   problem (ctx_problem, field = the place) and give something harmless, so that
   one look (ctx_check) at the end tells every fault of the file at once. Given
   a NULL value they give the same harmless thing in silence, for its absence
   has been told already.

   Writing JSON is base/buf (buf_add_json). */
#ifndef TEXT_JSON_H
#define TEXT_JSON_H

#include "base/buf.h"
#include "base/ctx.h"

enum {
    JSON_DEPTH = 32,          /* lists and objects within each other */
    JSON_VALUES = 500 * 1000, /* in a file */
    JSON_PROBLEMS = 100,      /* told of a file; the rest would help nobody */
};

typedef enum JsonKind {
    JSON_IS_NULL,
    JSON_IS_BOOL,
    JSON_IS_INT,
    JSON_IS_REAL,
    JSON_IS_TEXT,
    JSON_IS_LIST,
    JSON_IS_MAP
} JsonKind;

typedef struct Json Json;
struct Json {
    JsonKind kind;
    bool is_true; /* JSON_IS_BOOL */
    int64_t i;    /* JSON_IS_INT: a whole number written without point or exponent */
    double f;     /* JSON_IS_INT and JSON_IS_REAL; finite */
    Str text;     /* JSON_IS_TEXT */
    Json *v;      /* members of a list or map, in the order of the file */
    ptrdiff_t n;
    const Json *parent; /* NULL: the root */
    Str key;            /* under which a map has it */
    ptrdiff_t index;    /* at which a list or map has it */
};

/* The root must be an object or a list.
   Owner:  the tree and its texts live in c->arena.
   Errors: E_TOO_LARGE for more than max_bytes, E_INVALID for everything else,
           with the line. */
MUST Err json_read(Ctx *c, Str bytes, ptrdiff_t max_bytes, const Json **ret);

/* "sections[0].items[2].scale"; the root is empty. */
Str json_place(Arena *arena, const Json *value);
/* Where `key` of `map` is or would be. */
Str json_place_of(Arena *arena, const Json *map, Str key);

/* The member, whatever its kind; NULL when there is none or map is no object. */
const Json *json_find(const Json *map, Str key);

/* One more fault of the file, at this value. */
void json_problem(Ctx *c, const Json *value, Msg what);

typedef enum JsonNeed { JSON_OPTIONAL, JSON_NEEDED } JsonNeed;

/* A problem for every key that is not one of these. */
void json_known(Ctx *c, const Json *map, const Str *keys, ptrdiff_t n);
#define JSON_KNOWN(c, map, ...) \
    json_known((c), (map), (const Str[]){__VA_ARGS__}, (ptrdiff_t)(sizeof((const Str[]){__VA_ARGS__}) / sizeof(Str)))

/* A problem unless the value is of this kind (an INT is also a REAL). */
bool json_is(Ctx *c, const Json *value, JsonKind kind);

/* Members of a map. `max` is in characters for a text, in members for a list or
   object. A text that is there is not empty unless optional. Absent or wrong:
   an empty text, `otherwise`, or NULL. null counts as absent where optional. */
Str json_text(Ctx *c, const Json *map, Str key, JsonNeed need, ptrdiff_t max);
int64_t json_i64(Ctx *c, const Json *map, Str key, JsonNeed need, int64_t least, int64_t most, int64_t otherwise);
double json_f64(Ctx *c, const Json *map, Str key, JsonNeed need, double least, double most, double otherwise);
bool json_bool(Ctx *c, const Json *map, Str key, bool otherwise);
const Json *json_list(Ctx *c, const Json *map, Str key, JsonNeed need, ptrdiff_t max);
const Json *json_map(Ctx *c, const Json *map, Str key, JsonNeed need, ptrdiff_t max);

#endif

/* Any bytes as a form: first byte even: urlencoded, odd: multipart (boundary x).
   What is accepted is UTF-8 without zero bytes, under the cap, sorted, and
   every field is found again by its name. Files keep their bytes as they are.
   For libFuzzer (clang -fsanitize=fuzzer), or with replay.c over its corpus. */
#include <assert.h>
#include <string.h>

#include "web/web_inside.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

enum { FIELDS = 50 };

static void check_text(Str s)
{
    assert(str_is_utf8(s) && !str_has_zero(s));
}

static void check_pairs(const Pairs *pairs)
{
    assert(pairs->n >= 0 && pairs->n <= FIELDS);
    for (ptrdiff_t i = 0; i < pairs->n; i++) {
        const Pair *pair = &pairs->v[i], *found = web_pair(pairs, pair->name);
        check_text(pair->name);
        check_text(pair->filename);
        if (!pair->is_file) {
            check_text(pair->value);
            assert(str_find_char(pair->value, '\r', 0) < 0);
        }
        assert(found && found <= pair && str_eq(found->name, pair->name));
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static ArenaRange range;
    if (!range.base) range = arena_range_open((ptrdiff_t)64 << 20);
    Arena arena = arena_of(range, NULL);
    Ctx c;
    ctx_init(&c, &arena, (Instant){0}, (Random){0});
    if (n < 1) return 0;
    ptrdiff_t rest = (ptrdiff_t)n - 1;
    char *body = arena_take_raw(&arena, rest);
    if (rest > 0) memcpy(body, bytes + 1, (size_t)rest);
    Pairs pairs = {0};
    Err err = bytes[0] % 2 ? web_parse_multipart(&c, S("multipart/form-data; boundary=x"), body, rest, FIELDS, &pairs)
                           : web_parse_urlencoded(&c, body, rest, FIELDS, &pairs);
    assert(err == OK || err == E_INVALID || err == E_TOO_LARGE);
    check_pairs(&pairs);
    return 0;
}

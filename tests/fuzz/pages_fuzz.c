/* Any bytes as a template: the compiler says yes or no, stays inside its
   arena, and what it accepts keeps to its word: each page is one function.
   Alone under libFuzzer (clang -fsanitize=fuzzer), or with replay.c. */
#include <assert.h>

#include "pages.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static bool is_balanced(Str source)
{
    ptrdiff_t open = 0;
    bool in_string = false;
    for (ptrdiff_t i = 0; i < source.n; i++) {
        char ch = source.p[i];
        if (ch == '\\' && in_string) i++;
        else if (ch == '"') in_string = !in_string;
        else if (!in_string && ch == '\'') i += source.p[i + 1] == '\\' ? 3 : 2;
        else if (!in_string) open += (ch == '{') - (ch == '}');
    }
    return open == 0 && !in_string;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static ArenaRange range;
    if (!range.base) range = arena_range_open((ptrdiff_t)256 << 20);
    Arena arena = arena_of(range, NULL);
    Str text = str_copy(&arena, (Str){(const char *)bytes, (ptrdiff_t)n});
    PagesMade made = {0};
    PagesFault fault = {0};
    if (pages_compile(&arena, S("f.html"), S("f.html.h"), text, &made, &fault)) {
        assert(made.source.n > 0 && made.header.n > 0);
        /* A character literal of several letters is C's business, not ours. */
        assert(str_find_char(text, '\'', 0) >= 0 || is_balanced(made.source));
    } else {
        assert(fault.line >= 1 && fault.column >= 1 && fault.what.n > 0);
    }
    return 0;
}

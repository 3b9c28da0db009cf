/* Any bytes as a path, then as a cookie header. An accepted path has parts
   without slashes, dots-only names, controls or broken UTF-8. */
#include <assert.h>

#include "web/web_inside.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_part(Str part)
{
    assert(part.n > 0 && str_is_utf8(part) && !str_has_zero(part));
    assert(str_find_char(part, '/', 0) < 0 && str_find_char(part, '\\', 0) < 0);
    assert(!str_eq(part, S(".")) && !str_eq(part, S("..")));
    for (ptrdiff_t i = 0; i < part.n; i++) assert((unsigned char)part.p[i] >= 0x20 && part.p[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static ArenaRange range;
    if (!range.base) range = arena_range_open((ptrdiff_t)16 << 20);
    Arena arena = arena_of(range, NULL);
    Str raw = str_copy(&arena, (Str){(const char *)bytes, (ptrdiff_t)n});
    PathParts parts = {0};
    int status = web_path_parts(&arena, raw, &parts);
    assert(status == 0 || status == 400 || status == 404 || status == 414);
    assert(status == 0 || parts.n == 0);
    for (int i = 0; i < parts.n; i++) check_part(parts.v[i]);
    Str cookie = web_cookie_of(raw, S("s"));
    assert(cookie.n == 0 || (cookie.p >= raw.p && cookie.p + cookie.n <= raw.p + raw.n));
    assert(str_find_char(cookie, ';', 0) < 0);
    return 0;
}

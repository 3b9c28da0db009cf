/* What a target of this folder runs in, when it needs no more than a Ctx of 64 MB:
   memory that runs out ends the run like a refusal. */
#ifndef TESTS_FUZZ_IN_CTX_H
#define TESTS_FUZZ_IN_CTX_H

#include <setjmp.h>

#include "base/ctx.h"

static inline int fuzz_in_ctx(void (*one)(Ctx *c, Str text), const unsigned char *bytes, size_t n)
{
    static ArenaRange range;
    if (!range.base) range = arena_range_open((ptrdiff_t)64 << 20);
    jmp_buf full;
    Arena arena = arena_of(range, &full);
    Ctx c;
    ctx_init(&c, &arena, (Instant){0}, (Random){0});
    if (setjmp(full) == 0) one(&c, (Str){(const char *)bytes, (ptrdiff_t)n});
    ctx_end(&c);
    return 0;
}

#endif

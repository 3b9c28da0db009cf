/* Memory that ends all at once. An arena is a reserved address range with a
   hard cap; pages are committed by first use. There is no free: what belongs
   to a request dies with it. Passed by pointer an arena keeps what is put in
   it; passed BY VALUE it is scratch space, forgotten on return.
   At the cap we jump to `full` (the request's boundary), so allocation never
   returns NULL; therefore never allocate inside a callback that a foreign
   library calls. Without `full` the program ends with one clear line. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

typedef struct Arena {
    char *next; /* first unused byte */
    char *end;  /* one past the last byte of the range */
    jmp_buf *full;
} Arena;

/* The owner of the range: keeps where it began, so that it can be reused. */
typedef struct ArenaRange {
    char *base;
    ptrdiff_t size; /* bytes */
} ArenaRange;

/* Reserves `size` bytes of address space (rounded up to pages); ends the
   program when the system has none: only start-up calls it. */
ArenaRange arena_range_open(ptrdiff_t size);
/* Gives pages beyond the first `keep` bytes back to the system. */
void arena_range_trim(ArenaRange range, ptrdiff_t keep);
void arena_range_close(ArenaRange range);
Arena arena_of(ArenaRange range, jmp_buf *full);

/* `count` zeroed objects of `size` bytes; count 0 gives a unique address.
   Overflow of count × size counts as full. */
void *arena_take(Arena *arena, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count);
/* As arena_take for bytes, without zeroing: for buffers that track their own
   length, so that a large maximum costs nothing until used. */
char *arena_take_raw(Arena *arena, ptrdiff_t size);

/* Takes the upper half of what is left away, as an arena of its own, for what must
   stay while the lower half is rewound again and again. */
Arena arena_keep(Arena *arena);

#define NEW(arena, Type, count) \
    ((Type *)arena_take((arena), (ptrdiff_t)sizeof(Type), (ptrdiff_t)_Alignof(Type), (count)))

#endif

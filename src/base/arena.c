#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

ArenaRange arena_range_open(ptrdiff_t size)
{
    ptrdiff_t whole = (size + PAGE - 1) / PAGE * PAGE;
    void *p = mmap(NULL, (size_t)whole, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        fputs("traad: memory: no address space left\n", stderr);
        exit(1);
    }
    return (ArenaRange){.base = p, .size = whole};
}

void arena_range_trim(ArenaRange range, ptrdiff_t keep)
{
    ptrdiff_t from = (keep + PAGE - 1) / PAGE * PAGE; /* madvise takes whole pages only */
    if (from < range.size) madvise(range.base + from, (size_t)(range.size - from), MADV_DONTNEED);
}

void arena_range_close(ArenaRange range)
{
    munmap(range.base, (size_t)range.size);
}

Arena arena_of(ArenaRange range, jmp_buf *full)
{
    return (Arena){.next = range.base, .end = range.base + range.size, .full = full};
}

static void arena_is_full(Arena *arena)
{
    if (arena->full) longjmp(*arena->full, 1);
    fputs("traad: memory: the work is larger than its limit\n", stderr);
    exit(1);
}

void *arena_take(Arena *arena, ptrdiff_t size, ptrdiff_t align, ptrdiff_t count)
{
    ptrdiff_t pad = (ptrdiff_t)(-(size_t)arena->next & (size_t)(align - 1));
    ptrdiff_t room = arena->end - arena->next - pad;
    count += count == 0; /* room for one, so that the address is nobody else's */
    if (size <= 0 || count < 0 || room < 0 || count > room / size) arena_is_full(arena);
    char *p = arena->next + pad;
    arena->next = p + size * count;
    return memset(p, 0, (size_t)(size * count));
}

char *arena_take_raw(Arena *arena, ptrdiff_t size)
{
    if (size < 0 || size > arena->end - arena->next) arena_is_full(arena);
    char *p = arena->next;
    arena->next += size;
    return p;
}

Arena arena_keep(Arena *arena)
{
    Arena keep = *arena;
    keep.next += (arena->end - arena->next) / 2 & ~(ptrdiff_t)(PAGE - 1);
    arena->end = keep.next;
    return keep;
}

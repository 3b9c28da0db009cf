#include "base/codes.h"

Codes codes_new(Arena *arena, ptrdiff_t n)
{
    ptrdiff_t size = 16;
    while (size < 2 * n) size *= 2;
    return (Codes){.slot = NEW(arena, CodeSlot, size), .mask = size - 1};
}

static CodeSlot *codes_at(const Codes *codes, Str code)
{
    ptrdiff_t i = (ptrdiff_t)(str_hash(code) & (uint64_t)codes->mask);
    while (codes->slot[i].used && !str_eq(codes->slot[i].code, code)) i = (i + 1) & codes->mask;
    return &codes->slot[i];
}

ptrdiff_t codes_find(const Codes *codes, Str code)
{
    const CodeSlot *slot = codes_at(codes, code);
    return slot->used ? slot->place : -1;
}

bool codes_add(Codes *codes, Str code, ptrdiff_t place)
{
    CodeSlot *slot = codes_at(codes, code);
    if (slot->used) return false;
    *slot = (CodeSlot){.code = code, .place = place, .used = true};
    return true;
}

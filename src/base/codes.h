/* A set of short texts, each with a place: which codes of a list were met, and
   where. Room is fixed when it is made; texts are kept by reference. */
#ifndef BASE_CODES_H
#define BASE_CODES_H

#include "base/str.h"

typedef struct CodeSlot {
    Str code;
    ptrdiff_t place;
    bool used;
} CodeSlot;
typedef struct Codes {
    CodeSlot *slot;
    ptrdiff_t mask;
} Codes;

/* Room for n codes. */
Codes codes_new(Arena *arena, ptrdiff_t n);
/* -1: not there. */
ptrdiff_t codes_find(const Codes *codes, Str code);
/* False: it was there already, and keeps its place. */
bool codes_add(Codes *codes, Str code, ptrdiff_t place);

#endif

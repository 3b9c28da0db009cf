/* The English of every T() text, compiled out of po/en.po by tool/po.c. */
#ifndef RENDER_TRANSLATION_H
#define RENDER_TRANSLATION_H

#include "base/str.h"

typedef struct Translation {
    Str context, text; /* as in Msg */
    Str one, many;     /* many: empty unless the text has a plural */
} Translation;

/* Ordered by context, then text, bytewise. */
extern const Translation translations[];
extern const ptrdiff_t translation_count;

/* NULL when po/en.po has no finished entry. */
const Translation *translation_find(Str context, Str text);

#endif

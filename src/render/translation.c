#include "render/translation.h"

static int compare(const Translation *t, Str context, Str text)
{
    int by_context = str_cmp(t->context, context);
    return by_context ? by_context : str_cmp(t->text, text);
}

const Translation *translation_find(Str context, Str text)
{
    ptrdiff_t low = 0, high = translation_count;
    while (low < high) {
        ptrdiff_t middle = low + (high - low) / 2;
        int order = compare(&translations[middle], context, text);
        if (order == 0) return &translations[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

#include "feature/information/guide.h"

const Guide *guide_by_name(Str name, Lang lang)
{
    for (int i = 0; i < guide_count; i++)
        if (guides[i].lang == lang && str_eq(guides[i].name, name)) return &guides[i];
    return NULL;
}

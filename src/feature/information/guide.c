#include "feature/information/guide.h"

const Guide *guide_by_name(Str name)
{
    for (int i = 0; i < guide_count; i++)
        if (str_eq(guides[i].name, name)) return &guides[i];
    return NULL;
}

#include "web/assets/assets.h"

#include <assert.h>

const Asset *asset_find(Str path)
{
    ptrdiff_t low = 0, high = asset_count;
    while (low < high) {
        ptrdiff_t middle = low + (high - low) / 2;
        int order = str_cmp(path, assets[middle].path);
        if (order == 0) return &assets[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

Str asset_path(const char *name)
{
    Str wanted = str_of_z(name);
    for (ptrdiff_t i = 0; i < asset_count; i++) {
        if (str_eq(assets[i].name, wanted)) return assets[i].path;
    }
    bool is_an_asset = false; /* a page asks for what tool/assets.py does not make */
    assert(is_an_asset);
    return (Str){"", 0};
}

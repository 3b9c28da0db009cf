#include "test.h"

#include "web/assets/assets.h"

static const Asset *named(const char *name)
{
    return asset_find(asset_path(name));
}

TEST(assets, are_found_by_their_path_only)
{
    for (ptrdiff_t i = 0; i < asset_count; i++) CHECK(asset_find(assets[i].path) == &assets[i]);
    CHECK(asset_find(S("/a/000000000000/house.css")) == NULL);
    CHECK(asset_find(S("")) == NULL);
    CHECK(asset_find(S("/a/../house.css")) == NULL);
}

TEST(assets, stylesheet_has_the_layer_first_and_nothing_from_elsewhere)
{
    Str css = named("house.css")->bytes;
    CHECK(str_starts(css, S("@layer dkfds{")));
    CHECK(str_find(css, S("://"), 0) < 0);
    CHECK(str_find(css, S("@import"), 0) < 0);
    CHECK(str_find(css, S("url(../"), 0) < 0);
    CHECK(str_find(css, S(".rt-thread"), 0) > 0);
}

TEST(assets, every_address_in_the_stylesheet_answers)
{
    Str css = named("house.css")->bytes;
    int seen = 0;
    for (ptrdiff_t at = 0; (at = str_find(css, S("url(/a/"), at)) >= 0; at++, seen++) {
        ptrdiff_t end = str_find_char(css, ')', at);
        CHECK(asset_find(str_sub(css, at + 4, end)) != NULL);
    }
    CHECK(seen > 4);
}

/* The way here has 30 kB for a stylesheet on a slow phone and 75 kB for type. */
TEST(assets, stay_within_what_a_slow_phone_is_given)
{
    CHECK(named("house.css")->gzip.n < 34 * 1024);
    CHECK(named("house.js")->gzip.n < 4 * 1024);
    CHECK(named("htmx.js")->gzip.n < 16 * 1024);
    ptrdiff_t fonts = 0;
    for (ptrdiff_t i = 0; i < asset_count; i++) {
        if (str_eq(assets[i].type, S("font/woff2"))) fonts += assets[i].bytes.n;
    }
    CHECK(fonts > 0 && fonts < 75 * 1024);
}

TEST(assets, sprite_has_the_icons_of_the_frame)
{
    Str svg = named("icons.svg")->bytes;
    CHECK(str_find(svg, S("<symbol id=\"eye\""), 0) > 0);
    CHECK(str_find(svg, S("<symbol id=\"lock\""), 0) > 0);
}

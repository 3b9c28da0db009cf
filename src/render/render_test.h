/* What render_test.html shows. */
#ifndef RENDER_RENDER_TEST_H
#define RENDER_RENDER_TEST_H

#include "render/out.h"

typedef struct TestPage {
    Str text;
    Href link;
    Markup icon;
    Strs rows;
} TestPage;

#endif

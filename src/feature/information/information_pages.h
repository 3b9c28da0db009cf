/* What the pages of information.html show. */
#ifndef FEATURE_INFORMATION_INFORMATION_PAGES_H
#define FEATURE_INFORMATION_INFORMATION_PAGES_H

#include "feature/information/guide.h"
#include "feature/information/information.h"
#include "render/form.h"
#include "render/out.h"

typedef struct Guides {
    const Guide *v;
    ptrdiff_t n;
} Guides;

typedef struct GuidesPage {
    Guides all;
    bool is_english;
} GuidesPage;
typedef struct GuidePage {
    const Guide *guide;
    bool is_english;
} GuidePage;
typedef struct ContactsPage {
    Contacts all;
    bool is_signed_in;
} ContactsPage;
typedef struct AboutPage {
    Str version;
    const Guide *notices;
} AboutPage;
typedef struct ContactPage {
    FormValues *values;
    Str nonce;
    Version version;
    bool was_saved;
} ContactPage;

#endif

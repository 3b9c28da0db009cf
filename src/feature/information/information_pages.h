/* What the pages of information.html show. */
#ifndef FEATURE_INFORMATION_INFORMATION_PAGES_H
#define FEATURE_INFORMATION_INFORMATION_PAGES_H

#include "feature/information/guide.h"
#include "feature/information/information.h"
#include "render/form.h"
#include "render/out.h"

typedef struct Guides {
    const Guide *const *v; /* in the page's language */
    ptrdiff_t n;
} Guides;

/* The same page in the other language; empty for who is signed in and has chosen one. */
typedef struct OtherLanguage {
    Href href;
    bool is_english; /* this page is */
} OtherLanguage;

typedef struct GuidesPage {
    Guides all;
    OtherLanguage lang;
} GuidesPage;
typedef struct GuidePage {
    const Guide *guide;
    OtherLanguage lang;
} GuidePage;
typedef struct ContactsPage {
    Contacts all;
    OtherLanguage lang;
} ContactsPage;
typedef struct AboutPage {
    Str version;
    const Guide *notices;
    OtherLanguage lang;
} AboutPage;
typedef struct ContactPage {
    FormValues *values;
    Str nonce;
    Version version;
    bool was_saved;
} ContactPage;

#endif

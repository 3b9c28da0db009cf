/* What the pages of core/access show. */
#ifndef CORE_ACCESS_ACCESS_PAGES_H
#define CORE_ACCESS_ACCESS_PAGES_H

#include "core/access/sign_in.h"
#include "render/form.h"
#include "render/out.h"

typedef struct LogInPage {
    Str lang;
    Href style;
    FormValues *values;
    Str to; /* where the person was going */
} LogInPage;

typedef struct SessionsPage {
    OpenSessions sessions;
    Str nonce;
} SessionsPage;

#endif

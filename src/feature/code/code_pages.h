#ifndef FEATURE_CODE_CODE_PAGES_H
#define FEATURE_CODE_CODE_PAGES_H

#include "feature/survey/survey.h"
#include "render/form.h"
#include "render/out.h"

typedef struct CodeView {
    Msg role;
    Str role_code, code, address;
    Markup qr;
} CodeView;
typedef struct CodeViews {
    CodeView *v;
    ptrdiff_t n;
} CodeViews;
typedef struct CodesPage {
    Wave wave;
    Str unit;
    CodeViews open;
    bool lacks_open;      /* a role has none yet */
    bool may_make;
    Msg why_not;          /* empty: codes may be made and shown */
    Href make, letters;
    FormValues *values;
    Str nonce;
} CodesPage;

#endif

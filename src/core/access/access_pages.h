/* What the pages of core/access show. */
#ifndef CORE_ACCESS_ACCESS_PAGES_H
#define CORE_ACCESS_ACCESS_PAGES_H

#include "core/access/sign_in.h"
#include "render/form.h"
#include "render/out.h"

typedef struct BarePage {
    Str lang;
    Href style;
    Msg title;
} BarePage;

typedef struct LogInPage {
    FormValues *values;
    Str to;       /* where the person was going */
    bool was_set; /* comes from choosing a password */
    Msg wait;     /* why nobody may try right now; empty: try */
} LogInPage;

typedef struct SecondStepPage {
    FormValues *values;
    Str step, to;
} SecondStepPage;

typedef struct ForgotPage {
    FormValues *values;
    Str nonce;      /* of who is signed in here; else empty */
    Msg wait;       /* why nobody may ask right now; empty: ask */
    bool was_asked;
    bool has_mail;  /* links go by mail; else an administrator gives them */
} ForgotPage;

typedef struct LinkPage {
    FormValues *values;
    Str name, login;
    Str nonce;      /* of who is signed in here; else empty */
    Href action;
    bool is_reset;
} LinkPage;

typedef struct SessionsPage {
    OpenSessions sessions;
    Str nonce;
} SessionsPage;

typedef struct MyAccountPage {
    FormValues *values;
    Str login, nonce;
    bool has_second, was_set;
} MyAccountPage;

typedef struct SecondPage {
    FormValues *values;
    Markup picture;
    Str key, nonce;
} SecondPage;

typedef struct SecondDonePage {
    Strs codes; /* shown once */
} SecondDonePage;

typedef struct ConfirmPage {
    FormValues *values;
    Str to, nonce;
} ConfirmPage;

/* An address of our own, or the first page: no log-in leads elsewhere. */
Str access_safe_way(Str to);


#endif

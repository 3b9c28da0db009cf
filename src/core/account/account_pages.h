/* What the pages of core/account show, and the handlers that its files share. */
#ifndef CORE_ACCOUNT_ACCOUNT_PAGES_H
#define CORE_ACCOUNT_ACCOUNT_PAGES_H

#include "core/account/account.h"
#include "core/account/account_deeds.h"
#include "render/form.h"
#include "render/out.h"

typedef struct RegisterPage {
    PersonLines all;
    Str name;            /* the filter as written */
    Choices roles;       /* value, title */
    Str role, unit;      /* chosen ones; unit is a code */
    Strs letters;
    Str query;           /* "&navn=…" as it goes on to files and the next page; encoded */
    Href next, csv, xlsx;
    bool is_filtered, may_write;
} RegisterPage;

typedef struct MembershipView {
    MembershipLine m;
    Msg role, state;
    bool has_end, may_end, may_confirm, waits;
} MembershipView;
typedef struct MembershipViews {
    MembershipView *v;
    ptrdiff_t n;
} MembershipViews;

typedef struct ConsentView {
    Consent n;
    Msg what;
    bool may_give, may_refuse, tells_email, tells_day, has_day;
} ConsentView;
typedef struct ConsentViews {
    ConsentView *v;
    ptrdiff_t n;
} ConsentViews;

typedef struct DeedView {
    Instant at;
    Msg what, role;
    Str by;              /* empty: the program itself */
    bool has_role;
} DeedView;
typedef struct DeedViews {
    DeedView *v;
    ptrdiff_t n;
    bool more;
} DeedViews;

typedef struct PersonPage {
    Person person;
    MembershipViews memberships;
    ConsentViews consents;
    DeedViews deeds;     /* only where the viewer may be the second of two */
    FormValues *details, *grant, *invite;
    Str nonce;
    Account account;
    Href confirm;        /* where one shows who one is, and comes back */
    bool has_leaving, has_asked;
    bool may_grant, may_change, was_done, is_self, is_strong, must_confirm;
    bool takes_two;      /* the way in is two administrators' to open */
    bool is_too_late;    /* another has changed the details: both are shown */
} PersonPage;

typedef struct NewPersonPage {
    FormValues *values;
    Str nonce;
} NewPersonPage;

typedef struct GivenLinkPage {
    Str address, name;
    Href person;
    Instant ends_at;
    bool is_reset;
    Str mailed_to;       /* empty: it is shown here, once */
} GivenLinkPage;

typedef struct SideView {
    Msg role, side;
    Str title; /* the municipality's own; empty: the usual one */
    Href edit;
} SideView;
typedef struct SideViews {
    SideView *v;
    ptrdiff_t n;
} SideViews;
typedef struct SidesPage {
    SideViews all;
    ChoiceViews filters; /* the sides, to see those of one only */
    FormValues *values;  /* of the one that is being changed */
    Msg edited;          /* its usual name */
    Str nonce, owner;
    bool was_done, is_all, is_editing;
} SidesPage;

typedef struct SeenView {
    Instant at;
    Msg role, what;
    Str unit;
} SeenView;
typedef struct SeenViews {
    SeenView *v;
    ptrdiff_t n;
} SeenViews;
typedef struct SeenPage {
    SeenViews all;
} SeenPage;

/* seen_web.c */
MUST Err account_get_seen(Ctx *c);

/* Every role, by title. */
Choices account_role_choices(Ctx *c);

/* account_person.c */
MUST Err account_get_person(Ctx *c);
MUST Err account_get_new(Ctx *c);
MUST Err account_prepare_new(Ctx *c);
MUST Err account_write_new(Ctx *c);
MUST Err account_prepare_details(Ctx *c);
MUST Err account_write_details(Ctx *c);
MUST Err account_prepare_grant(Ctx *c);
MUST Err account_write_grant(Ctx *c);

/* account_way_in.c */
MUST Err account_prepare_invite(Ctx *c);
MUST Err account_write_invite(Ctx *c);
MUST Err account_prepare_reset(Ctx *c);
MUST Err account_write_reset(Ctx *c);
MUST Err account_finish_link(Ctx *c);
MUST Err account_write_close(Ctx *c);
MUST Err account_write_open(Ctx *c);
MUST Err account_write_sessions(Ctx *c);
MUST Err account_write_second_off(Ctx *c);
MUST Err account_prepare_consent(Ctx *c);
MUST Err account_write_consent(Ctx *c);
MUST Err account_write_refuse(Ctx *c);

/* account_roles.c */
MUST Err account_write_confirm(Ctx *c);
MUST Err account_write_end(Ctx *c);
MUST Err account_get_sides(Ctx *c);
MUST Err account_prepare_side(Ctx *c);
MUST Err account_write_side(Ctx *c);

#endif

/* The way in: links, closing and opening, and what a second administrator must
   agree to (core/access/consent.h). */
#include "core/account/account_way_in.h"

#include "base/number.h"
#include "core/account/account.h"
#include "core/account/account.html.h"

static const Field invite_fields[] = {
    {.name = "login", .kind = FIELD_TEXT, .label = T_INIT("Brugernavn"), .hint = T_INIT("Som regel e-mailen på arbejdet"), .min = 3, .max = 254},
};
const Form account_invite_form = {invite_fields, COUNT_OF(invite_fields)};

static const Msg consent_names[] = {
    [CONSENT_INVITATION] = T_INIT("Et link til den første adgangskode"),
    [CONSENT_RESET] = T_INIT("Et link til en ny adgangskode"),
    [CONSENT_EMAIL] = T_INIT("En anden e-mail"),
    [CONSENT_SECOND_OFF] = T_INIT("At fjerne kode fra en app"),
    [CONSENT_OPEN] = T_INIT("At åbne kontoen igen"),
    [CONSENT_LEAVES] = T_INIT("En senere første dag uden adgang"),
};

Msg account_consent_name(ConsentKind kind)
{
    return consent_names[kind];
}

/* From prepare to finish. */
typedef struct WayIn {
    FormValues values; /* of an invitation */
    Consent consent;   /* of an answer */
    PersonId person;
    AccountLink it;
} WayIn;

static WayIn *way_in(Ctx *c)
{
    WayIn *w = NEW(c->arena, WayIn, 1);
    w->person = (PersonId){web_place(c)->object_id};
    c->work = w;
    return w;
}

static PersonId person_here(Ctx *c)
{
    return (PersonId){web_place(c)->object_id};
}

/* ---- links ------------------------------------------------------------------------ */

static Err invite_again(Ctx *c)
{
    WayIn *w = c->work;
    w->values.problems = c->problems;
    return account_draw_person(c, (PersonPage){.invite = &w->values});
}

Err account_prepare_invite(Ctx *c)
{
    WayIn *w = way_in(c);
    web_on_invalid(c, invite_again);
    TRY(web_form(c, &account_invite_form, &w->values));
    w->it.link = link_new(c, LINK_INVITATION);
    return OK;
}

Err account_write_invite(Ctx *c)
{
    WayIn *w = c->work;
    TRY(account_invite(c, w->person, form_value(&w->values, "login")->raw, &w->it));
    return account_done(c);
}

Err account_prepare_reset(Ctx *c)
{
    way_in(c)->it.link = link_new(c, LINK_RESET);
    return OK;
}

Err account_write_reset(Ctx *c)
{
    WayIn *w = c->work;
    TRY(account_reset(c, w->person, &w->it));
    return account_done(c);
}

/* Shown once, after the commit, where it is not mailed; sending the form again leads to the person. */
Err account_finish_link(Ctx *c)
{
    const WayIn *w = c->work;
    Person person = {0};
    TRY(people_by_id(c, w->person, &person));
    if (!w->it.is_given) return account_to_person(c, person.uid);
    GivenLinkPage page = {.address = w->it.link.address, .name = person.name, .ends_at = w->it.link.ends_at,
                          .person = {STR_CAT(c->arena, S("/personer/"), person.uid)}, .is_reset = w->it.link.kind == LINK_RESET,
                          .mailed_to = w->it.mailed_to};
    page_account_given_link(web_page_begin(c, T("Et link, der virker én gang")), &page);
    return web_page_end(c);
}

/* ---- closing, opening, and the app code ------------------------------------------------ */

Err account_write_close(Ctx *c)
{
    TRY(access_account_close(c, person_here(c)));
    return account_done(c);
}

Err account_write_open(Ctx *c)
{
    bool waits = false;
    TRY(account_open(c, person_here(c), &waits));
    return account_done(c);
}

Err account_write_sessions(Ctx *c)
{
    TRY(access_sessions_end_of(c, person_here(c)));
    return account_done(c);
}

Err account_write_second_off(Ctx *c)
{
    TRY(account_second_off(c, person_here(c)));
    return account_done(c);
}

/* ---- the second of two ------------------------------------------------------------------- */

Err account_prepare_consent(Ctx *c)
{
    WayIn *w = way_in(c);
    TRY(consent_by_id(c, web_place(c)->object_id, &w->consent));
    w->person = w->consent.person;
    if (w->consent.kind == CONSENT_INVITATION) w->it.link = link_new(c, LINK_INVITATION);
    if (w->consent.kind == CONSENT_RESET) w->it.link = link_new(c, LINK_RESET);
    return OK;
}

Err account_write_consent(Ctx *c)
{
    WayIn *w = c->work;
    TRY(account_agree(c, &w->consent, &w->it));
    return account_to_person(c, w->consent.person_uid);
}

Err account_write_refuse(Ctx *c)
{
    WayIn *w = c->work;
    TRY(consent_refuse(c, &w->consent));
    return account_to_person(c, w->consent.person_uid);
}

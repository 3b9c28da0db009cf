/* The way in: links, closing and opening, and what a second administrator must
   agree to (core/access/consent.h). */
#include "core/account/account_way_in.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/access/link.h"
#include "core/access/second.h"
#include "core/account/account.html.h"
#include "core/account/account_mail.h"

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
    Link link;
    Str mailed_to;     /* empty: it is shown on the screen */
    bool is_given;     /* the link has been made: another must not agree to it first */
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

static Err give_link(Ctx *c, WayIn *w)
{
    TRY(link_store(c, w->person, &w->link));
    TRY(account_mail_link(c, w->person, &w->link, &w->mailed_to));
    w->is_given = true;
    return OK;
}

/* Made by one, or asked for by one where a role takes two. */
static Err give_or_ask(Ctx *c, WayIn *w, ConsentKind kind)
{
    bool takes_two = false;
    w->is_given = false;
    TRY(people_is_sensitive(c, w->person, &takes_two));
    return takes_two ? consent_ask(c, (NewConsent){.person = w->person, .kind = kind}) : give_link(c, w);
}

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
    w->link = link_new(c, LINK_INVITATION);
    return OK;
}

/* An invitation lives for days; a password that is chosen is changed by a link of an hour. */
static Err waits_for_password(Ctx *c, PersonId person, PersonPage *now)
{
    *now = (PersonPage){.person = {.id = person}};
    TRY(account_fill(c, now));
    return now->has_password ? fail(c, E_CONFLICT, T("Personen har valgt en adgangskode. Lav et link til en ny i stedet.")) : OK;
}

/* An account that waits for its first password keeps its name; a second
   invitation only makes a new link. */
Err account_write_invite(Ctx *c)
{
    WayIn *w = c->work;
    AccountId account = {0};
    PersonPage now = {0};
    TRY(waits_for_password(c, w->person, &now));
    if (!now.has_account) TRY(access_account_add(c, w->person, form_value(&w->values, "login")->raw, S(""), &account));
    TRY(give_or_ask(c, w, CONSENT_INVITATION));
    return account_done(c);
}

Err account_prepare_reset(Ctx *c)
{
    way_in(c)->link = link_new(c, LINK_RESET);
    return OK;
}

Err account_write_reset(Ctx *c)
{
    TRY(give_or_ask(c, c->work, CONSENT_RESET));
    return account_done(c);
}

/* Shown once, after the commit, where it is not mailed; sending the form again leads to the person. */
Err account_finish_link(Ctx *c)
{
    const WayIn *w = c->work;
    Person person = {0};
    TRY(people_by_id(c, w->person, &person));
    if (!w->is_given) return account_to_person(c, person.uid);
    GivenLinkPage page = {.address = w->link.address, .name = person.name, .ends_at = w->link.ends_at,
                          .person = {STR_CAT(c->arena, S("/personer/"), person.uid)}, .is_reset = w->link.kind == LINK_RESET,
                          .mailed_to = w->mailed_to};
    page_account_given_link(web_page_begin(c, T("Et link, der virker én gang")), &page);
    return web_page_end(c);
}

/* ---- closing, opening, and the app code ------------------------------------------------ */

Err account_write_close(Ctx *c)
{
    TRY(access_account_close(c, person_here(c)));
    return account_done(c);
}

/* Opening gives back all that the roles open: where giving them takes two, so does this. */
Err account_write_open(Ctx *c)
{
    PersonPage now = {.person = {.id = person_here(c)}};
    bool takes_two = false;
    TRY(account_fill(c, &now));
    TRY(people_is_sensitive(c, now.person.id, &takes_two));
    if (takes_two && now.is_closed) TRY(consent_ask(c, (NewConsent){.person = now.person.id, .kind = CONSENT_OPEN}));
    else TRY(access_account_open(c, now.person.id));
    return account_done(c);
}

Err account_write_sessions(Ctx *c)
{
    TRY(access_sessions_end_of(c, person_here(c)));
    return account_done(c);
}

/* Whoever it is: the code is there because a password alone shall not do. */
Err account_write_second_off(Ctx *c)
{
    PersonPage now = {.person = {.id = person_here(c)}};
    TRY(account_fill(c, &now));
    if (!now.has_second) return fail(c, E_CONFLICT, T("Kontoen har ingen kode fra en app."));
    TRY(consent_ask(c, (NewConsent){.person = now.person.id, .kind = CONSENT_SECOND_OFF}));
    return account_done(c);
}

/* ---- the second of two ------------------------------------------------------------------- */

Err account_prepare_consent(Ctx *c)
{
    WayIn *w = way_in(c);
    TRY(consent_by_id(c, web_place(c)->object_id, &w->consent));
    w->person = w->consent.person;
    if (w->consent.kind == CONSENT_INVITATION) w->link = link_new(c, LINK_INVITATION);
    if (w->consent.kind == CONSENT_RESET) w->link = link_new(c, LINK_RESET);
    return OK;
}

static Err set_email(Ctx *c, const Consent *consent)
{
    Person p = {0};
    TRY(people_by_id(c, consent->person, &p));
    /* A link on its way to the old address ends with it. */
    TRY(link_drop(c, p.id));
    return people_set(c, p.id, p.version, p.name, consent->email, p.leaves_on);
}

static Err set_leaving(Ctx *c, const Consent *consent)
{
    Person p = {0};
    TRY(people_by_id(c, consent->person, &p));
    return people_set(c, p.id, p.version, p.name, p.email, consent->leaves_on);
}

static Err do_it(Ctx *c, WayIn *w)
{
    PersonPage now = {0};
    switch (w->consent.kind) {
    case CONSENT_INVITATION: TRY(waits_for_password(c, w->person, &now)); return give_link(c, w);
    case CONSENT_RESET: return give_link(c, w);
    case CONSENT_EMAIL: return set_email(c, &w->consent);
    case CONSENT_SECOND_OFF: return second_clear(c, w->person);
    case CONSENT_OPEN: return access_account_open(c, w->person);
    case CONSENT_LEAVES: return set_leaving(c, &w->consent);
    }
    return fail(c, E_BROKEN, T("Programmet kender ikke det, der blev bedt om."));
}

Err account_write_consent(Ctx *c)
{
    WayIn *w = c->work;
    w->is_given = false;
    TRY(consent_give(c, &w->consent));
    TRY(do_it(c, w));
    return account_to_person(c, w->consent.person_uid);
}

Err account_write_refuse(Ctx *c)
{
    WayIn *w = c->work;
    TRY(consent_refuse(c, &w->consent));
    return account_to_person(c, w->consent.person_uid);
}

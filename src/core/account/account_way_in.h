/* What account_person.c (the page) and account_way_in.c (links, closing, and what
   takes two administrators) share. */
#ifndef CORE_ACCOUNT_ACCOUNT_WAY_IN_H
#define CORE_ACCOUNT_ACCOUNT_WAY_IN_H

#include "core/account/account_pages.h"

/* The log-in of an account that is still to be made. */
extern const Form account_invite_form;

/* What is asked for, as it stands on the page: "et link til en ny adgangskode". */
Msg account_consent_name(ConsentKind kind);
/* given: the form to show again; the other ones of the page are as stored. */
MUST Err account_draw_person(Ctx *c, PersonPage given);
/* To a person's page, and to that of the route; both say that it is stored. */
MUST Err account_to_person(Ctx *c, Str uid);
MUST Err account_done(Ctx *c);

#endif

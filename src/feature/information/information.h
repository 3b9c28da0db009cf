/* Whom to ask about personal data and accessibility, for each who answers in law. */
#ifndef FEATURE_INFORMATION_INFORMATION_H
#define FEATURE_INFORMATION_INFORMATION_H

#include "base/ctx.h"

typedef struct Contact {
    Str owner;     /* name of the municipality or region */
    Str office, email, phone, dpo_email;
    Str statement; /* address of its statement in the WAS tool; empty: none yet */
    Version version; /* 0: there is no row yet */
} Contact;
enum { CONTACTS_MAX = 100 };
typedef struct Contacts {
    Contact *v;
    ptrdiff_t n;
} Contacts;

/* The viewer's own; without a viewer all of them, by name, CONTACTS_MAX at most. */
MUST Err information_contacts(Ctx *c, Contacts *ret);
/* The row of the viewer's municipality to be edited; version 0 when there is none. */
MUST Err information_contact(Ctx *c, Contact *ret);
/* Inside a write: makes or changes it, if it is still as the viewer saw it.
   Errors: E_FORBIDDEN when the viewer is not its administrator; E_CONFLICT when it
   was changed since. */
MUST Err information_contact_set(Ctx *c, const Contact *contact);
/* Inside a write: the demonstration's three municipalities and their region. */
MUST Err information_demo(Ctx *c);

#endif

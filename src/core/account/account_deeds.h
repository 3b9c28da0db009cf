/* What has been done to a person's account and roles, for whoever is to be the
   second of two: a grant or a link looks the same whether or not the first one
   has just ended the role, changed the mail address or given out a link. Read from
   the log, so that nobody can leave it out. Sources: DOMAIN §2.2. */
#ifndef CORE_ACCOUNT_ACCOUNT_DEEDS_H
#define CORE_ACCOUNT_ACCOUNT_DEEDS_H

#include "core/people/people.h"

typedef struct Deed {
    Instant at;
    Str verb;            /* of AuditRow */
    Str by;              /* the name; empty: the program itself, or the command line */
    const RoleDef *role; /* of what was done to a role; NULL: something else, or a role of a newer program */
} Deed;
typedef struct Deeds {
    Deed *v;
    ptrdiff_t n;
    bool more; /* there are older ones within the year */
} Deeds;
enum { DEEDS_MAX = 30 };
/* Of the last PEOPLE_TWO_DAYS days, newest first, at most DEEDS_MAX: what changes the way in
   or the roles, by anybody, the person included; never looks or log-ins. */
MUST Err account_deeds(Ctx *c, PersonId person, Deeds *ret);

#endif

/* People, and what they are where, for which purpose, and when. */
#ifndef CORE_PEOPLE_PEOPLE_H
#define CORE_PEOPLE_PEOPLE_H

#include "core/organisation/organisation.h"

typedef struct PersonId {
    int64_t v;
} PersonId;

typedef struct Person {
    PersonId id;
    int64_t owner_id;
    Version version;
    Str uid, name, email;
    Date leaves_on; /* day 0: stays */
} Person;

typedef struct RoleDef {
    const char *code;  /* canonical id, DOMAIN §2.1 */
    Msg title;         /* unless the municipality has a title of its own */
    const char *side;  /* 'forvaltning', 'skole' or 'udenfor', unless it says otherwise */
    bool sensitive;    /* granted by two people */
} RoleDef;

/* NULL for an unknown code. */
const RoleDef *people_role(Str code);
const RoleDef *people_roles(ptrdiff_t *ret_n);

MUST Err people_by_id(Ctx *c, PersonId id, Person *ret);
MUST Err people_by_uid(Ctx *c, Str uid, Person *ret);

/* Inside a write. The name 1–200 characters; owner must be an owning unit. */
MUST Err people_add(Ctx *c, UnitId owner, Str name, Str email, PersonId *ret);

typedef struct NewMembership {
    PersonId person;
    UnitId unit;
    Str role;          /* canonical id */
    Str purpose;       /* why; empty: the role's ordinary work */
    Date valid_from, valid_to; /* valid_to day 0: until further notice */
    PersonId granted_by;       /* 0: from the command line, counts at once */
} NewMembership;
/* Inside a write. A sensitive role granted on a page waits for a second person. */
MUST Err people_grant(Ctx *c, NewMembership membership, int64_t *ret_id);

typedef struct Membership {
    int64_t unit_id, owner_id;
    Str role; /* canonical id */
} Membership;
typedef struct Memberships {
    Membership *v;
    ptrdiff_t n;
} Memberships;
/* Those that count on the Ctx's day, at most 64, by role and unit. */
MUST Err people_memberships(Ctx *c, PersonId id, Memberships *ret);

#endif

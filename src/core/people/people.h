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
/* What a role is called: the municipality's own title (role_side) if it has one,
   else the usual; code for a role of a newer program (role NULL). */
Msg people_role_title(const RoleDef *role, Str code, Str local_title);

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
    bool outside;              /* beyond what granted_by may write: the unit's own people confirm it */
} NewMembership;
/* Inside a write. A sensitive role granted on a page waits for a second person,
   and so does one outside the granter's reach. Nobody grants themselves.
   E_INVALID with a problem at "role", "valid_to" or "person". */
MUST Err people_grant(Ctx *c, NewMembership membership, int64_t *ret_id);

/* Whether the person has a role that takes two people to give, is about to (one that
   waits or comes counts too), or has had it within PEOPLE_TWO_DAYS: else one alone
   could end the role, open the way in, and propose the role again. */
enum { PEOPLE_TWO_DAYS = 365 };
MUST Err people_is_sensitive(Ctx *c, PersonId id, bool *ret);

typedef struct Membership {
    int64_t unit_id, owner_id;
    Str role;  /* canonical id */
    Str title; /* the owner's own name for it; empty: the usual one */
} Membership;
typedef struct Memberships {
    Membership *v;
    ptrdiff_t n;
} Memberships;
enum { MEMBERSHIPS_MAX = 1000 };
/* Those that count on the Ctx's day, all of them, by role and unit. E_CONFLICT
   for a person with more than MEMBERSHIPS_MAX: which rights would be left out
   must not be chance, so there are none. */
MUST Err people_memberships(Ctx *c, PersonId id, Memberships *ret);

/* ---- the register --------------------------------------------------------- */

typedef struct PersonLine {
    PersonId id;
    Str uid, name, email, sort;
    Str roles;      /* "skoleleder på Strandmarkskolen, …": those of today that the viewer may see */
    Date leaves_on; /* day 0: stays */
} PersonLine;
typedef struct PersonLines {
    PersonLine *v;
    ptrdiff_t n;
    bool more;
} PersonLines;
typedef struct PeopleFilter {
    Str name;          /* beginning of any of the names; empty: all */
    Str role;          /* canonical id; empty: all */
    int64_t unit_id;   /* at or below; 0: all */
    Str after_sort;    /* the last one shown, with its id; or a letter and id 0 */
    int64_t after_id;
} PeopleFilter;
enum { PEOPLE_PAGE = 50, PEOPLE_EXPORT = 10000 };
/* Those with a membership (also a past one) at a unit where the viewer has
   account/R, in Danish order of names; at most `limit` ≤ PEOPLE_EXPORT. */
MUST Err people_register(Ctx *c, const PeopleFilter *filter, int limit, PersonLines *ret);

typedef enum MembershipState { MEMBERSHIP_WAITS = 1, MEMBERSHIP_COMES, MEMBERSHIP_COUNTS, MEMBERSHIP_ENDED } MembershipState;
typedef struct MembershipLine {
    int64_t id, unit_id, owner_id;
    Str uid, role, unit, purpose;
    Str title;                       /* the owner's own name for the role; empty: the usual one */
    Str person, person_uid, granter; /* names; granter empty: the command line */
    Date valid_from, valid_to;       /* valid_to day 0: until further notice */
    MembershipState state;           /* on the Ctx's day */
    bool by_viewer;                  /* the viewer granted it, or it is the viewer's own: another must confirm */
} MembershipLine;
typedef struct MembershipLines {
    MembershipLine *v;
    ptrdiff_t n;
} MembershipLines;
/* Of one person, at units where the viewer has account/R; newest first, at most 64. */
MUST Err people_memberships_seen(Ctx *c, PersonId id, MembershipLines *ret);
/* Those that wait for the viewer: account/W at their unit, granted by another,
   for another; oldest first, at most 64. */
MUST Err people_waiting(Ctx *c, MembershipLines *ret);

/* Where a person, or a membership, lies for this viewer. A person may be at
   several units: the one is taken where the viewer has `need` ('R' or 'W'), as
   far as there is one. home: only units of the person's own municipality.
   E_NOT_FOUND when there is no such person. */
MUST Err people_place(Ctx *c, Str uid, Str need, bool home, Place *ret);
MUST Err people_membership_place(Ctx *c, Str uid, Place *ret);

/* Inside a write, all of them: */
/* E_CONFLICT when changed since `seen`. leaves_on day 0: stays. From that day on
   there is no access (the sessions themselves are core/access's to end). */
MUST Err people_set(Ctx *c, PersonId id, Version seen, Str name, Str email, Date leaves_on);
/* Counts from now on. E_CONFLICT for whoever granted it or is given it, and
   when it does not wait any more. */
MUST Err people_confirm(Ctx *c, int64_t membership);
/* Its last day is `last_day`; before today: it ends at once. E_CONFLICT when it
   has ended, or would end later than it does. */
MUST Err people_membership_end(Ctx *c, int64_t membership, Date last_day);

typedef struct RoleSide {
    const RoleDef *role;
    Str side, title; /* as they are now; title empty: the usual one */
} RoleSide;
typedef struct RoleSides {
    RoleSide *v;
    ptrdiff_t n;
} RoleSides;
/* Every role, in the order of people_roles. */
MUST Err people_role_sides(Ctx *c, int64_t owner, RoleSides *ret);
/* Inside a write. side: 'forvaltning', 'skole' or 'udenfor'; title at most 60 characters. */
MUST Err people_role_side_set(Ctx *c, int64_t owner, Str role, Str side, Str title);

#endif

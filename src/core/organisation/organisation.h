/* The tree of who belongs where, with validity and lineage. Rows say what holds
   now; what held before is kept aside, and a survey wave keeps its own copy of
   the tree, so that a merger never changes last year's figures.
   Sources: FORMATS §1, DOMAIN §0.5 (kinds are rows, no fixed levels). */
#ifndef CORE_ORGANISATION_ORGANISATION_H
#define CORE_ORGANISATION_ORGANISATION_H

#include "db/db.h"
#include "web/web.h"

typedef struct UnitId {
    int64_t v;
} UnitId;

typedef struct Unit {
    UnitId id, parent, owner; /* parent 0: a root */
    Version version;
    Str code, kind, name;
    Date valid_from, valid_to; /* valid_to day 0: until further notice */
} Unit;
typedef struct Units {
    Unit *v;
    ptrdiff_t n;
    bool more; /* cut at the page's length */
} Units;

enum { UNIT_PAGE = 50, UNIT_CODE_MAX = 32, UNIT_DEPTH_MAX = 16 };

/* E_NOT_FOUND without a sentence when no unit has the code. */
MUST Err organisation_by_code(Ctx *c, Str code, Unit *ret);
MUST Err organisation_by_id(Ctx *c, UnitId id, Unit *ret);
/* The municipality or region that answers for the unit in law. */
MUST Err organisation_owner(Ctx *c, UnitId id, Unit *ret);

typedef struct NewUnit {
    Str code, name, kind, parent_code; /* parent empty: a root */
    Date valid_from, valid_to;
    Str note;
} NewUnit;
/* Inside a write. Adds one unit; call organisation_reach_rebuild once after the
   last. E_INVALID with a problem by field (code, kind, parent_code, …). */
MUST Err organisation_add(Ctx *c, NewUnit unit, UnitId *ret);
/* Inside a write: rewrites the reach of every unit from the tree. */
MUST Err organisation_reach_rebuild(Ctx *c);

/* Scope of routes with :unit (a unit's code). */
extern const Scope scope_unit;
#define SCOPE_UNIT (&scope_unit)

#endif

/* What a person writes on the pages where units are moved, joined and split: read, and
   held against the organisation and the viewer's rights. The changes themselves, and
   their rules, are core/organisation's. */
#ifndef FEATURE_UNIT_UNIT_H
#define FEATURE_UNIT_UNIT_H

#include "core/organisation/organisation.h"

/* Whoever moves something must have the right to write at both ends. E_INVALID at
   `field`: a unit that the viewer may not see is told as one that does not exist. An
   empty code is the top, where nothing is asked. */
MUST Err unit_check_right(Ctx *c, Str field, Str code);

/* The units that become one: `first`, as the viewer saw it, and those of `codes` (with
   spaces between), as they stand. ret: room for UNITS_JOINED_MAX. E_INVALID at "units":
   too many, or unit_check_right. */
MUST Err unit_read_joined(Ctx *c, UnitSeen first, Str codes, UnitSeen *ret, ptrdiff_t *ret_n);

/* The units that one becomes: a code, a space and a name on each line; empty lines are
   passed over. ret: room for UNITS_JOINED_MAX. E_INVALID at "parts": a line without a
   name, or too many. */
MUST Err unit_read_parts(Ctx *c, Str lines, UnitPart *ret, ptrdiff_t *ret_n);

typedef struct UnitMoves {
    UnitMove *v;
    ptrdiff_t n;
} UnitMoves;
/* Where each unit below goes: its code, a space and the code of one of the n parts on
   each line; without the second it goes to the first part. E_INVALID at "moves": not a
   part, or not right below `old`. */
MUST Err unit_read_moves(Ctx *c, const Unit *old, Str lines, const UnitPart *parts, ptrdiff_t n, UnitMoves *ret);

#endif

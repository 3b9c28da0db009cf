/* What the files of this folder share. */
#ifndef FEATURE_UNIT_UNIT_INSIDE_H
#define FEATURE_UNIT_UNIT_INSIDE_H

#include "core/organisation/organisation.h"

/* The unit of the route's :unit. */
MUST Err unit_of_route(Ctx *c, Unit *ret);
/* "/organisation/CODE" and what follows it. */
Str unit_path(Ctx *c, Str code, const char *rest);
/* The right to read or write at that unit, from the access table. */
bool unit_may(Ctx *c, const Unit *unit, const Need *need);

/* Handlers, for the route table in unit_web.c. */
Err unit_get_csv(Ctx *c);
Err unit_get_xlsx(Ctx *c);
Err unit_get_edit(Ctx *c);
Err unit_prepare_edit(Ctx *c);
Err unit_write_edit(Ctx *c);
Err unit_get_add(Ctx *c);
Err unit_prepare_add(Ctx *c);
Err unit_write_add(Ctx *c);
Err unit_get_end(Ctx *c);
Err unit_prepare_end(Ctx *c);
Err unit_write_end(Ctx *c);
Err unit_get_merge(Ctx *c);
Err unit_prepare_merge(Ctx *c);
Err unit_write_merge(Ctx *c);
Err unit_get_split(Ctx *c);
Err unit_prepare_split(Ctx *c);
Err unit_write_split(Ctx *c);
Err unit_get_rollover(Ctx *c);
Err unit_prepare_rollover(Ctx *c);
Err unit_write_rollover(Ctx *c);

#endif

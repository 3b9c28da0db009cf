/* What the files of this folder share. */
#ifndef FEATURE_SURVEY_SURVEY_INSIDE_H
#define FEATURE_SURVEY_SURVEY_INSIDE_H

#include "feature/survey/survey.h"

enum { SURVEY_INVITED_BYTES = 512 << 10 }; /* of the text with all numbers */

/* How many are invited in a lowest unit; null where that is not known for each role that
   the wave asks, or for all of them together: answers are not counted by role, and a rate
   of some roles' invited would be too high. A wave without days is filled from files,
   which say nothing of who was asked: there any number holds. */
#define SURVEY_INVITED(wave, unit)                                                                               \
    "(SELECT CASE WHEN max(CASE WHEN i.role = '' OR w.closes_on IS NULL THEN 1 ELSE 0 END) = 1"                  \
    " OR count(*) = max(length(w.roles) - length(replace(w.roles, ' ', '')) + 1) THEN CAST(sum(i.n) AS INTEGER) END" \
    " FROM wave_invited i JOIN wave w ON w.id = i.wave_id WHERE i.wave_id = " wave " AND i.unit_id = " unit      \
    " AND (i.role = '' OR instr(' ' || w.roles || ' ', ' ' || i.role || ' ') > 0))"

/* E_NOT_FOUND without a sentence. */
MUST Err survey_of_owner(Ctx *c, Str name, UnitId owner, Wave *ret);
/* E_CONFLICT: it takes no more, and since when. */
MUST Err survey_refuse_done(Ctx *c, const Wave *wave);

/* Inside a write, about every second: closes waves whose last day has passed,
   destroys keys that a crash left behind, removes marks that mean nothing. */
MUST Err survey_tidy(Ctx *c, bool *ret_more);

/* Inside a write, before what lies beside the wave's own row is changed on a page: a new
   version; E_CONFLICT where somebody has changed the wave since `seen`. */
MUST Err survey_touch(Ctx *c, WaveId id, Version seen);

/* Inside a write: the lines of "enhed,rolle,antal" (comma, semicolon or tab; the
   head may be left out, an empty role is not split). E_INVALID at "tal" for the
   first line that cannot be stored; then nothing is. */
MUST Err survey_invited_read(Ctx *c, const Wave *wave, Str text);

#endif

#ifndef FEATURE_SURVEY_SURVEY_ENDS_H
#define FEATURE_SURVEY_SURVEY_ENDS_H

#include "core/feature.h"

/* Drafts that should open within a fortnight, waves that close within a week,
   closed ones that nobody has looked through, and looked through ones that are
   not released: for those who may do something about it. */
MUST Err survey_loose_ends(Ctx *c, LooseEnd **list);

/* The days on which waves open and close, and on which the administration sees
   the reports, from today. */
MUST Err survey_comings(Ctx *c, Coming **list);

#endif

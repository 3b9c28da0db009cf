/* Marks of many rows at once, for imports: as survey_spend, in one statement. */
#ifndef FEATURE_SURVEY_SURVEY_SPENT_H
#define FEATURE_SURVEY_SURVEY_SPENT_H

#include "feature/survey/survey.h"

/* ret[i]: macs.v[i] stands already. */
MUST Err survey_spent_find(Ctx *c, WaveId id, Strs macs, bool *ret);
/* Inside a write. E_CONFLICT when one of them stands already, or comes twice. */
MUST Err survey_spend_all(Ctx *c, WaveId id, Strs macs);

#endif

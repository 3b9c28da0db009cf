/* LimeSurvey's surveys (.lss) as questionnaires. */
#ifndef FEATURE_LIMESURVEY_LIMESURVEY_H
#define FEATURE_LIMESURVEY_LIMESURVEY_H

#include "core/feature.h"

extern const Feature limesurvey_feature;

/* A survey as FORMATS §2's JSON; a QuestionnaireReader. What has no counterpart is
   refused or told in *ret_notes (English lines), never dropped silently.
   Errors: E_INVALID, with the table or the question for a place; E_TOO_LARGE. */
MUST Err limesurvey_questionnaire(Ctx *c, Str xml, Str *ret_json, Strs *ret_notes);

#endif

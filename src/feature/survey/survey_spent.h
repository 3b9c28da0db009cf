/* The marks of many rows at once are in survey.h. */
#ifndef FEATURE_SURVEY_SURVEY_SPENT_H
#define FEATURE_SURVEY_SURVEY_SPENT_H

#include "feature/survey/survey.h"

#endif

#ifndef FEATURE_SURVEY_SURVEY_WEB_H
#define FEATURE_SURVEY_SURVEY_WEB_H

#include "core/feature.h"

extern const Feature survey_feature;

#endif

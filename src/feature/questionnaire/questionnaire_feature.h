#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_FEATURE_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_FEATURE_H

#include "core/feature.h"

extern const Schema questionnaire_schema;
extern const Feature questionnaire_feature;

#endif

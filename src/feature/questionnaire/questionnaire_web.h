#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_WEB_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_WEB_H

#include "core/feature.h"

extern const Feature questionnaire_feature;

#endif

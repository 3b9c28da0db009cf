#ifndef FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_WEB_H
#define FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_WEB_H

#include "core/feature.h"

extern const Feature questionnaire_edit_feature;

#endif

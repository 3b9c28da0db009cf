#ifndef FEATURE_ANSWER_ANSWER_WEB_H
#define FEATURE_ANSWER_ANSWER_WEB_H

#include "core/feature.h"

extern const Feature answer_feature;

#endif

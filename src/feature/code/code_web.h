#ifndef FEATURE_CODE_CODE_WEB_H
#define FEATURE_CODE_CODE_WEB_H

#include "core/feature.h"

extern const Feature code_feature;

#endif

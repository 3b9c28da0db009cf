#ifndef FEATURE_SUPPORT_SUPPORT_WEB_H
#define FEATURE_SUPPORT_SUPPORT_WEB_H

#include "core/feature.h"

extern const Feature support_feature;

#endif

#ifndef FEATURE_INFORMATION_INFORMATION_WEB_H
#define FEATURE_INFORMATION_INFORMATION_WEB_H

#include "core/feature.h"

extern const Feature information_feature;

#endif

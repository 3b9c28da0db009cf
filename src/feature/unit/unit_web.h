#ifndef FEATURE_UNIT_UNIT_WEB_H
#define FEATURE_UNIT_UNIT_WEB_H

#include "core/feature.h"

extern const Feature unit_feature;

#endif

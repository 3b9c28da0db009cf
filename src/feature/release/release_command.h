#ifndef FEATURE_RELEASE_RELEASE_COMMAND_H
#define FEATURE_RELEASE_RELEASE_COMMAND_H

#include "core/feature.h"

extern const Schema release_schema;
extern const Feature release_feature;

#endif

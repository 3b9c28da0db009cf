#ifndef FEATURE_PUBLICATION_PUBLICATION_FEATURE_H
#define FEATURE_PUBLICATION_PUBLICATION_FEATURE_H

#include "core/feature.h"

extern const Schema publication_schema;
extern const Feature publication_feature;

#endif

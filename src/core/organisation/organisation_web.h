#ifndef CORE_ORGANISATION_ORGANISATION_WEB_H
#define CORE_ORGANISATION_ORGANISATION_WEB_H

#include "core/feature.h"

extern const Feature organisation_feature;

#endif

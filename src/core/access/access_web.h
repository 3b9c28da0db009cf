#ifndef CORE_ACCESS_ACCESS_WEB_H
#define CORE_ACCESS_ACCESS_WEB_H

#include "core/feature.h"

extern const Feature access_feature;

#endif

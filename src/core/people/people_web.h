#ifndef CORE_PEOPLE_PEOPLE_WEB_H
#define CORE_PEOPLE_PEOPLE_WEB_H

#include "core/feature.h"

extern const Feature people_feature;

#endif

#ifndef CORE_ACCOUNT_ACCOUNT_WEB_H
#define CORE_ACCOUNT_ACCOUNT_WEB_H

#include "core/feature.h"

extern const Feature account_feature;

#endif

#ifndef FEATURE_INVITATION_INVITATION_WEB_H
#define FEATURE_INVITATION_INVITATION_WEB_H

#include "core/feature.h"

extern const Feature invitation_feature;

#endif

#ifndef CORE_AUDIT_AUDIT_WEB_H
#define CORE_AUDIT_AUDIT_WEB_H

#include "core/feature.h"

extern const Feature audit_feature;

#endif

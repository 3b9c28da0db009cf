#ifndef FEATURE_REPORT_REPORT_WEB_H
#define FEATURE_REPORT_REPORT_WEB_H

#include "core/feature.h"

extern const Schema report_schema;
extern const Feature report_feature;

#endif

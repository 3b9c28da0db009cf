#ifndef CORE_JOB_JOB_WEB_H
#define CORE_JOB_JOB_WEB_H

#include "core/feature.h"

extern const Feature job_feature;

#endif

#ifndef FEATURE_REPORT_REPORT_COMMAND_H
#define FEATURE_REPORT_REPORT_COMMAND_H

#include "core/feature.h"

extern const Command report_commands[];

#endif

#ifndef FEATURE_SURVEY_SURVEY_COMMAND_H
#define FEATURE_SURVEY_SURVEY_COMMAND_H

#include "core/feature.h"

/* `traad survey wave`; ended by a row without name. */
extern const Command survey_commands[];

#endif

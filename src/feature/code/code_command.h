#ifndef FEATURE_CODE_CODE_COMMAND_H
#define FEATURE_CODE_CODE_COMMAND_H

#include "core/feature.h"

/* `traad survey codes`; ended by a row without name. */
extern const Command code_commands[];

#endif

#ifndef FEATURE_ANSWER_ANSWER_COMMAND_H
#define FEATURE_ANSWER_ANSWER_COMMAND_H

#include "core/feature.h"

/* `traad survey answers`; ended by a row without name. */
extern const Command answer_commands[];

#endif

#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_COMMAND_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_COMMAND_H

#include "core/feature.h"

/* Ended by a row without name. */
extern const Command questionnaire_commands[];

#endif

#ifndef CORE_ORGANISATION_ORGANISATION_COMMAND_H
#define CORE_ORGANISATION_ORGANISATION_COMMAND_H

#include "core/feature.h"

/* Ended by a row without name. */
extern const Command organisation_commands[];

#endif

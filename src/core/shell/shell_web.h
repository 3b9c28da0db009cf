#ifndef CORE_SHELL_SHELL_WEB_H
#define CORE_SHELL_SHELL_WEB_H

#include "core/feature.h"

extern const Feature shell_feature;

#endif

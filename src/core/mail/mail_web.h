#ifndef CORE_MAIL_MAIL_WEB_H
#define CORE_MAIL_MAIL_WEB_H

#include "core/feature.h"

extern const Feature mail_feature;

#endif

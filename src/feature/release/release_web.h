/* The page where a wave's reports are released, and the work behind its button. */
#ifndef FEATURE_RELEASE_RELEASE_WEB_H
#define FEATURE_RELEASE_RELEASE_WEB_H

#include "core/feature.h"

extern const Route release_routes[];  /* ended by a row without path */
extern const Door release_doors[];    /* its pages lie among the waves */
extern const JobKind release_jobs[];  /* ended by a row without name */

#endif

#ifndef FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_DEMO_H
#define FEATURE_QUESTIONNAIRE_QUESTIONNAIRE_DEMO_H

#include "base/ctx.h"

/* Inside the writer: PERS (staff and leaders), ELEV (pupils) and FORAELDRE
   (parents), owned by the first root unit. */
MUST Err questionnaire_demo(Ctx *c);

#endif

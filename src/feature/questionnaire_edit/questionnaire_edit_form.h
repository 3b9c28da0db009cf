#ifndef FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_FORM_H
#define FEATURE_QUESTIONNAIRE_EDIT_QUESTIONNAIRE_EDIT_FORM_H

#include "feature/questionnaire/questionnaire.h"

/* Handlers of one item and one section, also of new ones (their paths lack :item
   or say nyt-afsnit). The form field `move` is gem, op, ned or fjern. */
MUST Err get_item_edit(Ctx *c);
MUST Err prepare_item_edit(Ctx *c);
MUST Err get_section_edit(Ctx *c);
MUST Err prepare_section_edit(Ctx *c);
MUST Err write_edit(Ctx *c);

#endif

#include "feature/survey/survey_web.h"

#include "feature/survey/survey_command.h"
#include "feature/survey/survey_inside.h"

extern const Schema survey_schema;

const Feature survey_feature = {.name = "survey", .schema = &survey_schema, .commands = survey_commands, .tick = survey_tidy};

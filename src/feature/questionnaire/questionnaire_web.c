#include "feature/questionnaire/questionnaire_web.h"

#include "feature/questionnaire/questionnaire_command.h"
#include "feature/questionnaire/questionnaire_demo.h"

extern const Schema questionnaire_schema;

static const Route routes[] = {{0}};

const Feature questionnaire_feature = {
    .name = "questionnaire", .schema = &questionnaire_schema, .routes = routes, .commands = questionnaire_commands,
    .demo = questionnaire_demo};

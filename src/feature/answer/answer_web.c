#include "feature/answer/answer_web.h"

#include "feature/answer/answer_command.h"

extern const Schema answer_schema;

const Feature answer_feature = {.name = "answer", .schema = &answer_schema, .commands = answer_commands};

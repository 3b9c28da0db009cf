/* What reports give to the house. */
#include "feature/report/report_web.h"

#include "feature/report/report_command.h"

const Feature report_feature = {.name = "report", .schema = &report_schema, .commands = report_commands};

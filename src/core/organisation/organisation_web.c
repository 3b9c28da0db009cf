#include "core/organisation/organisation_web.h"

#include "core/organisation/organisation.h"
#include "core/organisation/organisation_command.h"
#include "core/organisation/organisation_demo.h"

extern const Schema organisation_schema;

const Feature organisation_feature = {.name = "organisation", .schema = &organisation_schema,
                                      .commands = organisation_commands, .demo = organisation_demo};

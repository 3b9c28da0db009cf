#include "core/people/people_web.h"

extern const Schema people_schema;

const Feature people_feature = {.name = "people", .schema = &people_schema};

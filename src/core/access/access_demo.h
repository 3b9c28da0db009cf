#ifndef CORE_ACCESS_ACCESS_DEMO_H
#define CORE_ACCESS_ACCESS_DEMO_H

#include "base/ctx.h"

#define DEMO_PASSWORD "tre-ord-til-demo"

typedef struct DemoLogIn {
    const char *login, *name, *unit, *role;
} DemoLogIn;
const DemoLogIn *access_demo_log_ins(ptrdiff_t *ret_n);
MUST Err access_demo(Ctx *c);

#endif

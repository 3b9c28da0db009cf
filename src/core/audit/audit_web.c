#include "core/audit/audit_web.h"

#include "core/audit/audit.h"

extern const Schema audit_schema;

static Err tick(Ctx *c, bool *ret_more)
{
    int64_t rows = 0;
    TRY(audit_seal(c, &rows));
    /* The busiest municipality comes first; the others must not wait for its silence. */
    *ret_more = rows > 0;
    return OK;
}

static Err check(Ctx *c, int64_t *ret_bad)
{
    int64_t seals = 0, bad = 0;
    TRY(audit_verify(c, &seals, &bad));
    if (bad) ctx_problem(c, S("audit"), msg_verbatim(S("a seal does not match its rows")));
    *ret_bad += bad;
    return OK;
}

const Feature audit_feature = {.name = "audit", .schema = &audit_schema, .tick = tick, .check = check};

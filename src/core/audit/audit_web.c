#include "core/audit/audit_web.h"

#include "access_gen.h"
#include "core/audit/audit.h"
#include "core/audit/audit_search.h"
#include "core/audit/log_web.h"

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

static const Route routes[] = {
    {GET, "/log",     NEED_AUDIT_READ, SCOPE_NONE, LOOK, .get = log_get},
    {GET, "/log.csv", NEED_AUDIT_READ, SCOPE_NONE, LOOK, .get = log_get_csv, .strong_twice = true},
    {0},
};

static const Door doors[] = {
    {ROOM_ADMINISTRATION, "/log", T_INIT("Log"), NEED_AUDIT_READ, .place = 4},
    {0},
};

static const Retention retention[] = {
    {"audit", "Who did and looked at what: five years, so that misuse can be followed up (DOMAIN 4.7). Then whole sealed months are"
              " deleted with their seals, month by month.", audit_expire},
    {0},
};

const Feature audit_feature = {.name = "audit", .help = "/vejledning/administration#loggen",
    .schema = &audit_schema, .routes = routes, .tick = tick, .check = check,
                               .retention = retention, .doors = doors};

#include "core/access/throttle.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"
#include "core/app.h"
#include "core/audit/audit.h"

enum { ACCOUNT_TRIES = 5, ADDRESS_TRIES = 30, FIRST_WAIT_MS = 30000, LONGEST_WAIT_MS = 900000, FORGET_MS = 900000 };

/* What stands for an address: all of an IPv4 one, the network of an IPv6 one.
   An address that cannot be read stands for itself. */
static Str network_of(Ctx *c, Str address)
{
    enum { NETWORK_BYTES = 8, MAPPED_BYTES = 12 };
    static const unsigned char mapped[MAPPED_BYTES] = {[10] = 0xff, [11] = 0xff};
    unsigned char six[16];
    if (inet_pton(AF_INET6, str_z(c->arena, address), six) != 1) return address;
    if (memcmp(six, mapped, sizeof mapped) != 0) return str_hex(c->arena, six, NETWORK_BYTES);
    char four[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, six + MAPPED_BYTES, four, sizeof four);
    return str_copy(c->arena, str_of_z(four));
}

Throttle throttle_of(Ctx *c, Str kind, Str login_folded, Str address, const char *verb)
{
    Str login = STR_CAT(c->arena, kind, login_folded), from = STR_CAT(c->arena, kind, network_of(c, address));
    return (Throttle){
        .account = STR_CAT(c->arena, S("login:"), secret_mac(c, c->app->secrets, PURPOSE_ADDRESS, login)),
        .address = STR_CAT(c->arena, S("address:"), secret_mac(c, c->app->secrets, PURPOSE_ADDRESS, from)),
        .verb = verb,
    };
}

Throttle throttle_of_device(Ctx *c, Str device, const char *verb)
{
    return (Throttle){.account = STR_CAT(c->arena, S("device:"), device), .address = S(""), .verb = verb};
}

SQL(THROTTLE_GET, "SELECT coalesce(max(free_at), 0) FROM throttle WHERE subject IN ($1, $2)");

Err throttle_check(Ctx *c, const Throttle *t)
{
    int64_t free_at = 0;
    TRY(db_one_i64(c, THROTTLE_GET, &free_at, t->account, t->address));
    if (free_at <= c->now.ms) return OK;
    int64_t minutes = (free_at - c->now.ms + 59999) / 60000;
    return fail(c, E_CONFLICT, TN("Der er skrevet forkert for mange gange. Prøv igen om {1} minut.",
                                  "Der er skrevet forkert for mange gange. Prøv igen om {1} minutter.", minutes));
}

/* One statement, so that two wrong tries at once both count. */
SQL(THROTTLE_COUNT,
    "INSERT INTO throttle (subject, failures, since, free_at) VALUES ($1, 1, $2, 0)"
    " ON CONFLICT (subject) DO UPDATE SET"
    " failures = CASE WHEN throttle.since < $3 THEN 1 ELSE throttle.failures + 1 END, since = $2"
    " RETURNING failures");
SQL(THROTTLE_WAIT, "UPDATE throttle SET free_at = $2 WHERE subject = $1");

static Err count_failure(Ctx *c, Str subject, int64_t tries)
{
    int64_t failures = 0;
    TRY(db_one_i64(c, THROTTLE_COUNT, &failures, subject, c->now.ms, c->now.ms - FORGET_MS));
    if (failures < tries) return OK;
    int64_t doublings = i64_min(failures - tries, 10);
    return db_exec(c, THROTTLE_WAIT, NULL, subject, c->now.ms + i64_min((int64_t)FIRST_WAIT_MS << doublings, LONGEST_WAIT_MS));
}

Err throttle_count_now(Ctx *c, const Throttle *t)
{
    TRY(count_failure(c, t->account, ACCOUNT_TRIES));
    if (t->address.n) TRY(count_failure(c, t->address, ADDRESS_TRIES));
    if (!t->person_id) return OK;
    return audit_add(c, (AuditRow){.owner_id = t->owner_id, .verb = t->verb, .object = "account", .object_id = t->person_id});
}

static void record(Ctx *c, void *data)
{
    Err err = throttle_count_now(c, data);
    (void)err; /* the writer rolls this savepoint back by itself when it failed */
}

void throttle_count(Ctx *c, const Throttle *t)
{
    ctx_record(c, record, (void *)(uintptr_t)t);
}

SQL(THROTTLE_CLEAR, "DELETE FROM throttle WHERE subject = $1");

Err throttle_clear(Ctx *c, const Throttle *t)
{
    return db_exec(c, THROTTLE_CLEAR, NULL, t->account);
}

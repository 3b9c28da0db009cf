#include "served.h"

#include "core/audit/audit.h"
#include "core/feature.h"
#include "core/job/retention.h"

static Err write_old(Ctx *c)
{
    const Served *s = c->work;
    SQL(OLD_AUDIT, "INSERT INTO audit (at, owner_id, verb, object, object_id) VALUES ($1, $2, 'old', 'wave', 1)");
    SQL(OLD_JOB, "INSERT INTO job (owner_id, uid, kind, args, lang, state, made_at, next_at, ended_at)"
                 " VALUES ($2, '0123456789abcdef0123456789abcdef', 'old', '', 'da', 'done', 0, 0, $1)");
    SQL(OLD_MAIL, "INSERT INTO mail (owner_id, uid, sealed, state, made_at, next_at)"
                  " VALUES ($2, '0123456789abcdef0123456789abcdef', x'', 'refused', $1, $1)");
    for (int month = 0; month < 3; month++)
        TRY(db_exec(c, OLD_AUDIT, NULL, c->now.ms - (int64_t)(7 * 365 + month * 31) * 86400000, s->owner));
    TRY(db_exec(c, OLD_JOB, NULL, c->now.ms - (int64_t)31 * 86400000, s->owner));
    return db_exec(c, OLD_MAIL, NULL, c->now.ms - (int64_t)31 * 86400000, s->owner);
}

static Err write_seals(Ctx *c)
{
    int64_t rows = 0;
    return audit_seal(c, &rows);
}

static Err fails(Ctx *c, int64_t *ret_rows)
{
    *ret_rows = 0;
    return fail(c, E_BUSY, msg_verbatim(S("the disk is full")));
}

TEST(retention, everything_declared_goes_when_its_time_is_over_and_one_failure_holds_up_no_other)
{
    static const Retention broken[] = {{"nothing", "fails", fails}, {0}};
    static const Feature first = {.name = "first", .retention = broken};
    Served s = test_served();
    const Feature **all = NEW(s.c->arena, const Feature *, feature_count + 1);
    CHECK_OK(test_write(&s, write_old, &s));
    for (int month = 0; month < 3; month++) CHECK_OK(test_write(&s, write_seals, NULL)); /* only sealed months go */
    all[0] = &first;
    for (int i = 0; i < feature_count; i++) all[i + 1] = features[i];
    CHECK_ERR(retention_run(s.c, all, feature_count + 1, NULL), E_BUSY);
    CHECK_INT(test_figure(&s, "SELECT count(*) FROM audit WHERE verb = 'old'"), 0);
    CHECK_INT(test_figure(&s, "SELECT count(*) FROM job"), 0);
    CHECK_INT(test_figure(&s, "SELECT count(*) FROM mail"), 0);
    CHECK_OK(retention_run(s.c, features, feature_count, NULL));
    test_served_clean(&s);
}

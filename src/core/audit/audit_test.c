#include "core/audit/audit.h"
#include "db/driver.h"
#include "served.h"
#include "store.h"

static void add(Ctx *c, const char *verb)
{
    CHECK_OK(audit_add(c, (AuditRow){.owner_id = test_unit(c, "K1"), .verb = verb, .object = "support", .object_id = 7}));
}

static int64_t seal(Ctx *c)
{
    int64_t rows = 0;
    CHECK_OK(audit_seal_settled(c, &rows));
    return rows;
}

static int64_t bad_seals(Ctx *c)
{
    int64_t seals = 0, bad = 0;
    CHECK_OK(audit_verify(c, &seals, &bad));
    return bad;
}

static Ctx *two_seals(void)
{
    Ctx *c = test_store();
    add(c, "one");
    add(c, "two");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 2);
    add(c, "three");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 0);
    CHECK_INT(bad_seals(c), 0);
    return c;
}

TEST(audit, rows_younger_than_five_seconds_are_not_sealed)
{
    Ctx *c = test_store();
    add(c, "one");
    CHECK_INT(seal(c), 0);
    c->now.ms += 5000;
    CHECK_INT(seal(c), 1);
}

TEST(audit, a_chain_of_untouched_rows_verifies)
{
    test_clean(two_seals());
}

TEST(audit, a_changed_row_shows)
{
    Ctx *c = two_seals();
    test_sql(c, "UPDATE audit SET object_id = 8 WHERE verb = 'one'");
    CHECK(bad_seals(c) > 0);
}

TEST(audit, a_removed_row_shows)
{
    Ctx *c = two_seals();
    test_sql(c, "DELETE FROM audit WHERE verb = 'two'");
    CHECK(bad_seals(c) > 0);
}

TEST(audit, a_removed_seal_shows)
{
    Ctx *c = two_seals();
    test_sql(c, "DELETE FROM audit_seal WHERE seq = 1");
    CHECK(bad_seals(c) > 0);
}

TEST(audit, a_row_slipped_in_shows)
{
    Ctx *c = test_store();
    add(c, "one");
    add(c, "gap");
    add(c, "two");
    test_sql(c, "DELETE FROM audit WHERE verb = 'gap'");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 2);
    CHECK_INT(bad_seals(c), 0);
    test_sql(c, "INSERT INTO audit (id, owner_id, at, verb, object) SELECT id + 1, owner_id, at, 'slipped', 'support' FROM audit WHERE verb = 'one'");
    CHECK(bad_seals(c) > 0);
}

TEST(audit, months_have_chains_of_their_own)
{
    Ctx *c = test_store();
    add(c, "november");
    c->now.ms += (int64_t)10 * 86400000; /* 4 December */
    add(c, "december");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit_seal WHERE seq = 1"), 2);
    /* A whole month may expire: its rows and its seals. */
    test_sql(c, "DELETE FROM audit WHERE verb = 'november'");
    test_sql(c, "DELETE FROM audit_seal WHERE month = (SELECT min(month) FROM audit_seal)");
    CHECK_INT(bad_seals(c), 0);
}

/* A request that had to wait (for a hash, for the writer) writes the time at
   which it came: its row stands behind newer ones. */
TEST(audit, a_late_row_neither_jumps_a_newer_one_nor_is_forgotten)
{
    Ctx *c = test_store();
    add(c, "newer");
    c->now.ms -= 3000;
    add(c, "older");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 0);
    c->now.ms += 3000;
    CHECK_INT(seal(c), 2);
    CHECK_INT(bad_seals(c), 0);
    test_sql(c, "UPDATE audit SET detail = 'x' WHERE verb = 'older'");
    CHECK_INT(bad_seals(c), 1);
}

TEST(audit, rows_on_both_sides_of_midnight_are_all_sealed)
{
    Ctx *c = test_store();
    c->now.ms = 1764547199990; /* 2025-11-30 23:59:59.990 UTC */
    add(c, "first");
    c->now.ms += 20;
    add(c, "december");
    c->now.ms -= 20;
    add(c, "late");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 0);
    CHECK_INT(bad_seals(c), 0);
    test_sql(c, "UPDATE audit SET detail = 'x' WHERE verb = 'late'");
    CHECK_INT(bad_seals(c), 1);
    test_clean(c);
}

TEST(audit, a_clock_set_back_does_not_stop_the_sealing)
{
    Ctx *c = test_store();
    c->now.ms += (int64_t)365 * 86400000;
    add(c, "next year");
    c->now.ms -= (int64_t)365 * 86400000;
    add(c, "now");
    c->now.ms += 6000;
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 1);
    CHECK_INT(bad_seals(c), 0);
}

TEST(audit, an_owner_who_must_wait_lets_the_others_go)
{
    Ctx *c = test_store();
    CHECK_OK(audit_add(c, (AuditRow){.owner_id = test_unit(c, "K2"), .verb = "two", .object = "support"}));
    c->now.ms += 4000;
    add(c, "one");
    c->now.ms += 2000;
    CHECK_INT(seal(c), 1);
    CHECK_INT(seal(c), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit_seal s JOIN unit u ON u.id = s.owner_id WHERE u.code = 'K2'"), 1);
}

/* ---- two who write at once -------------------------------------------------- */

typedef struct Look {
    int64_t owner, sealed;
    const char *verb;
} Look;

static Err write_look(Ctx *c)
{
    const Look *look = c->work;
    return audit_add(c, (AuditRow){.owner_id = look->owner, .verb = look->verb, .object = "support"});
}

static Err write_seal(Ctx *c)
{
    Look *look = c->work;
    return audit_seal(c, &look->sealed);
}

/* A transaction beside the writer's, as an import from the command line has it:
   its row has drawn its id and is not stored yet. */
static DbConn *slow_row(Ctx *c, const Served *s)
{
    const Driver *driver = s->c->app->store->driver;
    DbConn *conn = NULL;
    CHECK_OK(driver->connect(c, s->c->app->store, false, &conn));
    CHECK_OK(driver->begin(c, conn, TX_WRITE));
    c->conn = conn;
    CHECK_OK(audit_add(c, (AuditRow){.owner_id = s->owner, .verb = "slow", .object = "support"}));
    c->conn = NULL;
    return conn;
}

TEST(audit, a_row_that_is_still_on_its_way_holds_the_seal_back)
{
    Served s = test_served();
    Ctx *c = s.c;
    Look look = {.owner = s.owner, .verb = "quick"};
    if (store_engine(c->app->store) == ENGINE_SQLITE) test_skip("SQLite has one writer: nothing can be on its way");
    DbConn *slow = slow_row(c, &s);
    CHECK_OK(test_write(&s, write_look, &look));
    c->now.ms += 6000;
    CHECK_OK(test_write(&s, write_seal, &look));
    CHECK_INT(look.sealed, 0);
    CHECK_OK(slow->driver->commit(c, slow));
    slow->driver->disconnect(slow);
    CHECK_OK(test_write(&s, write_seal, &look));
    CHECK_INT(look.sealed, 2);
    int64_t seals = 0, bad = 0;
    CHECK_OK(db_read_begin(c, c->app->store));
    CHECK_OK(audit_verify(c, &seals, &bad));
    db_read_end(c);
    CHECK_INT(seals, 1);
    CHECK_INT(bad, 0);
}

#include "core/organisation/organisation.h"
#include "store.h"

static Err add(Ctx *c, const char *code, const char *kind, const char *parent)
{
    UnitId id = {0};
    ctx_forgive(c);
    return organisation_add(c, (NewUnit){.code = str_of_z(code), .name = S("Navn"), .kind = str_of_z(kind),
                                         .parent_code = str_of_z(parent), .valid_from = {19205}}, &id);
}

TEST(organisation, every_unit_lies_with_the_nearest_owner_above)
{
    Ctx *c = test_store();
    Unit owner = {0};
    CHECK_OK(organisation_owner(c, (UnitId){test_unit(c, "S11-3A")}, &owner));
    CHECK_STR(owner.code, S("K1"));
    CHECK_OK(organisation_owner(c, (UnitId){test_unit(c, "R1")}, &owner));
    CHECK_STR(owner.code, S("R1"));
    test_clean(c);
}

TEST(organisation, a_code_is_used_once)
{
    Ctx *c = test_store();
    CHECK_ERR(add(c, "S11", "skole", "K1"), E_INVALID);
    CHECK_STR(c->problems->field, S("code"));
}

TEST(organisation, unknown_kind_and_parent_are_told_by_field)
{
    Ctx *c = test_store();
    CHECK_ERR(add(c, "X1", "slot", "K9"), E_INVALID);
    CHECK_STR(c->problems->field, S("kind"));
    CHECK_STR(c->problems->next->field, S("parent_code"));
}

TEST(organisation, codes_are_1_to_32_of_a_small_alphabet)
{
    Ctx *c = test_store();
    CHECK_OK(add(c, "A.b_c-9", "skole", "K1"));
    CHECK_ERR(add(c, "", "skole", "K1"), E_INVALID);
    CHECK_ERR(add(c, "Å1", "skole", "K1"), E_INVALID);
    CHECK_ERR(add(c, "123456789012345678901234567890123", "skole", "K1"), E_INVALID);
}

/* A browser walks where it should name. */
TEST(organisation, a_code_is_no_step_of_a_path)
{
    Ctx *c = test_store();
    CHECK_OK(add(c, "...", "skole", "K1"));
    CHECK_ERR(add(c, ".", "skole", "K1"), E_INVALID);
    CHECK_ERR(add(c, "..", "skole", "K1"), E_INVALID);
    CHECK_STR(c->problems->field, S("code"));
}

TEST(organisation, reach_holds_every_unit_above_with_its_depth)
{
    Ctx *c = test_store();
    CHECK_INT(test_count(c, "SELECT count(*) FROM unit_reach r JOIN unit u ON u.id = r.unit_id WHERE u.code = 'S11-3A'"), 5);
    CHECK_INT(test_count(c, "SELECT r.depth FROM unit_reach r JOIN unit u ON u.id = r.unit_id JOIN unit a ON a.id = r.above_id WHERE u.code = 'S11-3A' AND a.code = 'R1'"), 4);
    test_clean(c);
}

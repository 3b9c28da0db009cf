#include "core/people/people.h"
#include "store.h"

TEST(people, memberships_are_those_of_today)
{
    Ctx *c = test_store();
    int64_t person = test_person(c, "Anne", "S12", "skoleleder"), id = 0;
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "S11")}, .role = S("team"), .valid_from = {19205}, .valid_to = {19300}}, &id));
    Memberships all = {0};
    CHECK_OK(people_memberships(c, (PersonId){person}, &all));
    CHECK_INT(all.n, 1);
    CHECK_STR(all.v[0].role, S("skoleleder"));
    test_clean(c);
}

TEST(people, an_unknown_role_is_refused)
{
    Ctx *c = test_store();
    int64_t person = test_person(c, "Anne", "S12", "skoleleder"), id = 0;
    CHECK_ERR(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "S11")}, .role = S("konge"), .valid_from = {19205}}, &id), E_INVALID);
}

TEST(people, a_membership_lies_with_the_owner_of_its_unit)
{
    Ctx *c = test_store();
    test_person(c, "Peter", "S21", "skoleleder");
    CHECK_INT(test_count(c, "SELECT count(*) FROM membership m JOIN unit u ON u.id = m.owner_id WHERE u.code = 'K2'"), 1);
}

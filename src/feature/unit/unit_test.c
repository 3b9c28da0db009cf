#include "feature/unit/unit.h"

#include "base/number.h"
#include "store.h"

static bool is_problem(const Ctx *c, const char *field, const char *what)
{
    for (const Problem *p = c->problems; p; p = p->next)
        if (str_eq(p->field, str_of_z(field)) && str_find(msg_text((Ctx *)(uintptr_t)c, p->what), str_of_z(what), 0) >= 0) return true;
    return false;
}

TEST(unit, what_may_not_be_seen_is_told_as_what_does_not_exist)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    CHECK_OK(unit_check_right(c, S("units"), S("S12")));
    CHECK_OK(unit_check_right(c, S("units"), S("")));
    CHECK_ERR(unit_check_right(c, S("units"), S("S21")), E_INVALID); /* of another municipality */
    CHECK(is_problem(c, "units", "Der er ingen enhed med koden S21."));
    ctx_forgive(c);
    CHECK_ERR(unit_check_right(c, S("units"), S("NIX")), E_INVALID);
    CHECK(is_problem(c, "units", "Der er ingen enhed med koden NIX."));
}

TEST(unit, what_may_be_seen_and_not_changed_is_told_by_its_name)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Anne", "S11", "skoleleder"));
    CHECK_ERR(unit_check_right(c, S("parent_code"), S("S12")), E_INVALID);
    CHECK(is_problem(c, "parent_code", "Du kan ikke ændre noget ved"));
}

TEST(unit, the_joined_are_the_one_that_was_seen_and_the_others_as_they_stand)
{
    Ctx *c = test_store();
    UnitSeen all[UNITS_JOINED_MAX] = {0}, first = {{test_unit(c, "S11")}, {7}};
    ptrdiff_t n = 0;
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    CHECK_OK(unit_read_joined(c, first, S("  S12 "), all, &n));
    CHECK_INT(n, 2);
    CHECK_INT(all[0].seen.v, 7);
    CHECK_INT(all[1].id.v, test_unit(c, "S12"));
    CHECK_ERR(unit_read_joined(c, first, S("S12 S21"), all, &n), E_INVALID);
    CHECK(is_problem(c, "units", "S21"));
}

TEST(unit, more_than_can_be_joined_are_refused_before_they_are_written)
{
    Ctx *c = test_store();
    UnitSeen all[UNITS_JOINED_MAX] = {0};
    ptrdiff_t n = 0;
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    Str codes = S("");
    for (int i = 1; i < UNITS_JOINED_MAX; i++) codes = STR_CAT(c->arena, codes, S(" S12"));
    CHECK_OK(unit_read_joined(c, (UnitSeen){{test_unit(c, "S11")}, {1}}, codes, all, &n));
    CHECK_INT(n, UNITS_JOINED_MAX);
    CHECK_ERR(unit_read_joined(c, (UnitSeen){{test_unit(c, "S11")}, {1}}, STR_CAT(c->arena, codes, S(" S12")), all, &n), E_INVALID);
}

TEST(unit, parts_are_a_code_and_a_name_on_each_line)
{
    Ctx *c = test_store();
    UnitPart parts[UNITS_JOINED_MAX] = {0};
    ptrdiff_t n = 0;
    CHECK_OK(unit_read_parts(c, S("N1 Nordskolen i by\r\n\n  N2   Sydskolen \n"), parts, &n));
    CHECK_INT(n, 2);
    CHECK_STR(parts[0].code, S("N1"));
    CHECK_STR(parts[0].name, S("Nordskolen i by"));
    CHECK_STR(parts[1].name, S("Sydskolen"));
    CHECK_ERR(unit_read_parts(c, S("N1 Nord\nN2\n"), parts, &n), E_INVALID);
    CHECK(is_problem(c, "parts", "Linjen »N2« mangler et navn"));
}

TEST(unit, what_lies_below_goes_where_its_line_says_else_to_the_first)
{
    Ctx *c = test_store();
    const UnitPart parts[] = {{S_INIT("N1"), S_INIT("Nord")}, {S_INIT("N2"), S_INIT("Syd")}};
    Unit school = {0};
    UnitMoves moves = {0};
    CHECK_OK(organisation_by_code(c, S("S11"), &school));
    CHECK_OK(unit_read_moves(c, &school, S("S11-A N2\n"), parts, COUNT_OF(parts), &moves));
    CHECK_INT(moves.n, 1);
    CHECK_INT(moves.v[0].child.v, test_unit(c, "S11-A"));
    CHECK_INT(moves.v[0].part, 1);
    CHECK_OK(unit_read_moves(c, &school, S("S11-A \n"), parts, COUNT_OF(parts), &moves));
    CHECK_INT(moves.v[0].part, 0);
    CHECK_ERR(unit_read_moves(c, &school, S("S11-A N3"), parts, COUNT_OF(parts), &moves), E_INVALID);
    CHECK(is_problem(c, "moves", "N3 er ikke en af de nye enheder"));
    ctx_forgive(c);
    CHECK_ERR(unit_read_moves(c, &school, S("S11-3A N1"), parts, COUNT_OF(parts), &moves), E_INVALID); /* two levels below */
    CHECK(is_problem(c, "moves", "S11-3A ligger ikke lige under"));
}

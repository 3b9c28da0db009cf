#include "core/people/people.h"
#include "store.h"

static int64_t granted(Ctx *c, int64_t person, const char *unit, const char *role, int64_t by)
{
    int64_t id = 0;
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, unit)}, .role = str_of_z(role),
                                             .valid_from = {19205}, .granted_by = {by}}, &id));
    return id;
}

static ptrdiff_t counting(Ctx *c, int64_t person)
{
    Memberships all = {0};
    CHECK_OK(people_memberships(c, (PersonId){person}, &all));
    return all.n;
}

TEST(people, a_sensitive_role_is_confirmed_by_a_third_person_only)
{
    Ctx *c = test_store();
    int64_t jens = test_person(c, "Jens", "K1", "sysadm"), rikke = test_person(c, "Rikke", "K1", "sysadm");
    int64_t ida = test_person(c, "Ida", "K1", "team"), id = granted(c, ida, "K1", "dpo", jens);
    MembershipLines waiting = {0};
    test_viewer(c, jens);
    CHECK_ERR(people_confirm(c, id), E_CONFLICT);
    CHECK_OK(people_waiting(c, &waiting));
    CHECK_INT(waiting.n, 0);
    test_viewer(c, ida);
    CHECK_ERR(people_confirm(c, id), E_CONFLICT);
    CHECK_INT(counting(c, ida), 1);
    test_viewer(c, rikke);
    CHECK_OK(people_waiting(c, &waiting));
    CHECK_INT(waiting.n, 1);
    CHECK_OK(people_confirm(c, id));
    CHECK_ERR(people_confirm(c, id), E_CONFLICT);
    CHECK_INT(counting(c, ida), 2);
    test_clean(c);
}

TEST(people, nobody_gives_themselves_a_role_and_one_outside_ones_reach_waits)
{
    Ctx *c = test_store();
    int64_t jens = test_person(c, "Jens", "K1", "sysadm"), bo = test_person(c, "Bo", "K1", "konsulent"), id = 0;
    NewMembership m = {.person = {jens}, .unit = {test_unit(c, "K1")}, .role = S("team"), .valid_from = {19205}, .granted_by = {jens}};
    CHECK_ERR(people_grant(c, m, &id), E_INVALID);
    ctx_forgive(c);
    m = (NewMembership){.person = {bo}, .unit = {test_unit(c, "S21")}, .role = S("konsulent"), .valid_from = {19205}, .granted_by = {jens}, .outside = true};
    CHECK_OK(people_grant(c, m, &id));
    CHECK_INT(counting(c, bo), 1);
    MembershipLines waiting = {0};
    test_viewer(c, test_person(c, "Holger", "K2", "sysadm"));
    CHECK_OK(people_waiting(c, &waiting));
    CHECK_INT(waiting.n, 1);
    CHECK_OK(people_confirm(c, id));
    CHECK_INT(counting(c, bo), 2);
}

TEST(people, an_ended_role_stops_at_once_and_what_never_counted_leaves_no_day)
{
    Ctx *c = test_store();
    int64_t jens = test_person(c, "Jens", "K1", "sysadm"), bo = test_person(c, "Bo", "S12", "team"), id = granted(c, bo, "S11", "team", jens), today = 0;
    test_viewer(c, jens);
    CHECK_INT(counting(c, bo), 2);
    CHECK_OK(people_membership_end(c, id, (Date){0}));
    CHECK_INT(counting(c, bo), 1);
    CHECK_ERR(people_membership_end(c, id, (Date){0}), E_CONFLICT);
    ctx_forgive(c);
    NewMembership m = {.person = {bo}, .unit = {test_unit(c, "S11")}, .role = S("team"), .valid_from = c->today, .granted_by = {jens}};
    CHECK_OK(people_grant(c, m, &today));
    CHECK_INT(counting(c, bo), 2);
    CHECK_OK(people_membership_end(c, today, (Date){0}));
    CHECK_INT(counting(c, bo), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM membership WHERE revoked = 1"), 1);
    test_clean(c);
}

TEST(people, the_register_is_danish_in_order_and_pages_by_key)
{
    Ctx *c = test_store();
    static const char *const names[] = {"Åse Berg", "Zoe Berg", "Ærø Berg", "Anna Berg", "Øjvind Berg", "Aase Berg"};
    for (int i = 0; i < 6; i++) test_person(c, names[i], "S12", "team");
    test_person(c, "Ulla Berg", "S21", "team");
    test_viewer(c, test_person(c, "Leder", "S12", "skoleleder"));
    PersonLines page = {0};
    PeopleFilter f = {.name = S("berg"), .role = S(""), .after_sort = S("")};
    CHECK_OK(people_register(c, &f, 4, &page));
    CHECK_INT(page.n, 4);
    CHECK(page.more);
    CHECK_STR(page.v[0].name, S("Anna Berg"));
    CHECK_STR(page.v[1].name, S("Zoe Berg"));
    CHECK_STR(page.v[2].name, S("Ærø Berg"));
    CHECK_STR(page.v[3].name, S("Øjvind Berg"));
    CHECK_STR(page.v[3].roles, S("medarbejder, Strandmarkskolen"));
    f.after_sort = page.v[3].sort, f.after_id = page.v[3].id.v;
    CHECK_OK(people_register(c, &f, 4, &page));
    CHECK_INT(page.n, 2);
    CHECK(!page.more);
    f = (PeopleFilter){.name = S(""), .role = S("skoleleder"), .after_sort = S("")};
    CHECK_OK(people_register(c, &f, 4, &page));
    CHECK_INT(page.n, 1);
}

TEST(people, the_second_of_two_who_change_a_name_is_told)
{
    Ctx *c = test_store();
    PersonId bo = {test_person(c, "Bo", "S12", "team")};
    CHECK_OK(people_set(c, bo, (Version){1}, S("Bo Dam"), S(""), (Date){0}));
    CHECK_ERR(people_set(c, bo, (Version){1}, S("Bo Holm"), S(""), (Date){0}), E_CONFLICT);
}

TEST(people, sides_are_the_municipalitys_own)
{
    Ctx *c = test_store();
    RoleSides all = {0};
    int64_t k1 = test_unit(c, "K1");
    CHECK_OK(people_role_side_set(c, k1, S("konsulent"), S("skole"), S("centerkonsulent")));
    CHECK_OK(people_role_side_set(c, k1, S("konsulent"), S("udenfor"), S("")));
    CHECK_ERR(people_role_side_set(c, k1, S("konge"), S("skole"), S("")), E_INVALID);
    CHECK_OK(people_role_sides(c, k1, &all));
    CHECK_STR(all.v[2].side, S("udenfor"));
    CHECK_OK(people_role_sides(c, test_unit(c, "K2"), &all));
    CHECK_STR(all.v[2].side, S("forvaltning"));
}

static void give_many(Ctx *c, int64_t person, int n)
{
    for (int i = 0; i < n; i++)
        test_sql(c, str_z(c->arena, STR_CAT(c->arena, S("INSERT INTO membership (owner_id, uid, person_id, unit_id, role, valid_from, needs_second)"
                                                        " SELECT owner_id, '"), ctx_uid(c), S("', id, owner_id, 'team', 19205, 0 FROM person WHERE name = 'Bo'"))));
    CHECK_INT(counting(c, person), n + 1);
}

TEST(people, a_person_with_many_roles_has_all_of_them)
{
    Ctx *c = test_store();
    int64_t bo = test_person(c, "Bo", "S11", "konsulent");
    give_many(c, bo, 70);
}

TEST(people, more_roles_than_can_be_read_give_none_and_are_refused_when_given)
{
    Ctx *c = test_store();
    int64_t bo = test_person(c, "Bo", "S11", "konsulent"), id = 0;
    give_many(c, bo, MEMBERSHIPS_MAX - 1);
    NewMembership m = {.person = {bo}, .unit = {test_unit(c, "S12")}, .role = S("team"), .valid_from = {19205}};
    CHECK_ERR(people_grant(c, m, &id), E_INVALID);
    ctx_forgive(c);
    test_sql(c, "INSERT INTO membership (owner_id, uid, person_id, unit_id, role, valid_from, needs_second)"
                " SELECT owner_id, '0123456789abcdef0123456789abcdef', id, owner_id, 'team', 19205, 0 FROM person WHERE name = 'Bo'");
    Memberships all = {0};
    CHECK_ERR(people_memberships(c, (PersonId){bo}, &all), E_CONFLICT);
    CHECK_INT(all.n, 0);
}

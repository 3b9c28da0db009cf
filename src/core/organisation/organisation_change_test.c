#include "base/buf.h"
#include "core/organisation/organisation.h"
#include "store.h"

static Unit unit_of(Ctx *c, const char *code)
{
    Unit unit = {0};
    CHECK_OK(organisation_by_code(c, str_of_z(code), &unit));
    return unit;
}

static UnitSeen seen(Ctx *c, const char *code)
{
    Unit unit = unit_of(c, code);
    return (UnitSeen){unit.id, unit.version};
}

static UnitEdit edit_of(Ctx *c, const char *code)
{
    Unit unit = unit_of(c, code), parent = {0};
    if (unit.parent.v) CHECK_OK(organisation_by_id(c, unit.parent, &parent));
    return (UnitEdit){.name = unit.name, .kind = unit.kind, .parent_code = parent.code, .valid_from = unit.valid_from, .valid_to = unit.valid_to};
}

static Err edit(Ctx *c, const char *code, UnitEdit to)
{
    UnitSeen now = seen(c, code);
    ctx_forgive(c);
    return organisation_edit(c, now.id, now.seen, to);
}

/* "R1 K1 S11 …": codes in the order of the tree, with their depths. */
static void check_tree(Ctx *c, const char *root, Date day, const char *wanted)
{
    Tree tree = {0};
    CHECK_OK(organisation_tree_at(c, unit_of(c, root).id, day, 16, 1000, &tree));
    Buf b = buf_new(c->arena, 20000);
    for (ptrdiff_t i = 0; i < tree.n; i++) {
        if (i) buf_add_char(&b, ' ');
        buf_add_i64(&b, tree.v[i].depth);
        buf_add(&b, tree.v[i].unit.code);
    }
    CHECK_STR(buf_str(&b), str_of_z(wanted));
}

static Date day(const char *iso)
{
    Date d = {0};
    CHECK(date_parse(str_of_z(iso), &d));
    return d;
}

TEST(organisation_change, an_edit_keeps_yesterdays_name_and_counts_the_version)
{
    Ctx *c = test_store();
    UnitEdit to = edit_of(c, "S11");
    to.name = S("Bakkens Skole");
    CHECK_OK(edit(c, "S11", to));
    CHECK_INT(unit_of(c, "S11").version.v, 2);
    PastNames names = {0};
    CHECK_OK(organisation_past(c, unit_of(c, "S11").id, &names));
    CHECK_INT(names.n, 2);
    CHECK_STR(names.v[0].name, S("Bakkens Skole"));
    CHECK_STR(names.v[1].name, S("Bakkeskolen"));
    CHECK_INT(names.v[1].until.day, c->today.day - 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'organisation.edit'"), 1);
    test_clean(c);
}

TEST(organisation_change, a_second_editor_is_told)
{
    Ctx *c = test_store();
    UnitSeen before = seen(c, "S11");
    UnitEdit to = edit_of(c, "S11");
    to.name = S("Et");
    CHECK_OK(organisation_edit(c, before.id, before.seen, to));
    CHECK_ERR(organisation_edit(c, before.id, before.seen, to), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(organisation_end(c, before.id, before.seen, c->today), E_CONFLICT);
}

TEST(organisation_change, a_unit_moves_with_all_below_but_never_under_itself)
{
    Ctx *c = test_store();
    UnitEdit to = edit_of(c, "S11-A");
    to.parent_code = S("S12");
    CHECK_OK(edit(c, "S11-A", to));
    test_clean(c);
    check_tree(c, "S12", c->today, "0S12 1S11-A 2S11-3A");
    check_tree(c, "S11", (Date){c->today.day - 1}, "0S11 1S11-A 2S11-3A");
    check_tree(c, "S11", c->today, "0S11");
    to = edit_of(c, "S12");
    to.parent_code = S("S11-3A");
    CHECK_ERR(edit(c, "S12", to), E_INVALID);
    CHECK_STR(c->problems->field, S("parent_code"));
}

TEST(organisation_change, no_edit_changes_the_owner_in_law)
{
    Ctx *c = test_store();
    UnitEdit to = edit_of(c, "S12");
    to.parent_code = S("K2");
    CHECK_ERR(edit(c, "S12", to), E_INVALID);
    to = edit_of(c, "S12");
    to.kind = S("kommune");
    CHECK_ERR(edit(c, "S12", to), E_INVALID);
    to = edit_of(c, "S12");
    to.parent_code = S("");
    CHECK_ERR(edit(c, "S12", to), E_INVALID);
    CHECK_INT(unit_of(c, "S12").version.v, 1);
}

TEST(organisation_change, faults_of_an_edit_are_told_by_field)
{
    Ctx *c = test_store();
    CHECK_ERR(edit(c, "S12", (UnitEdit){.kind = S("slot"), .parent_code = S("K9"), .valid_from = {10}, .valid_to = {9}}), E_INVALID);
    const Problem *p = c->problems;
    CHECK_STR(p->field, S("name"));
    CHECK_STR(p->next->field, S("valid_to"));
    CHECK_STR(p->next->next->field, S("kind"));
    CHECK_STR(p->next->next->next->field, S("parent_code"));
}

TEST(organisation_change, ending_a_unit_ends_what_lies_below)
{
    Ctx *c = test_store();
    UnitSeen now = seen(c, "S11");
    CHECK_OK(organisation_end(c, now.id, now.seen, day("2026-07-31")));
    CHECK_INT(unit_of(c, "S11-3A").valid_to.day, day("2026-07-31").day);
    check_tree(c, "K1", day("2026-08-01"), "0K1 1S12");
    check_tree(c, "K1", day("2026-07-31"), "0K1 1S11 2S11-A 3S11-3A 1S12");
    now = seen(c, "R1");
    CHECK_ERR(organisation_end(c, now.id, now.seen, c->today), E_INVALID); /* municipalities below own themselves */
}

TEST(organisation_change, a_merger_leaves_last_years_tree_as_it_was)
{
    Ctx *c = test_store();
    UnitSeen old[] = {seen(c, "S11"), seen(c, "S12")};
    UnitId id = {0};
    CHECK_OK(organisation_merge(c, old, 2, (NewUnit){.code = S("S15"), .name = S("Fjordskolen"), .kind = S("skole"), .parent_code = S("K1"),
                                                     .valid_from = day("2026-08-01")}, &id));
    test_clean(c);
    check_tree(c, "K1", c->today, "0K1 1S15 2S11-A 3S11-3A");
    check_tree(c, "K1", day("2026-08-01"), "0K1 1S15 2S11-A 3S11-3A");
    check_tree(c, "K1", day("2026-07-31"), "0K1 1S11 2S11-A 3S11-3A 1S12");
    Units older = {0}, newer = {0};
    CHECK_OK(organisation_lineage(c, id, &older, &newer));
    CHECK_INT(older.n, 2);
    CHECK_INT(newer.n, 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'organisation.merge'"), 2);
}

static Err merge(Ctx *c, const char *parent, const char *from)
{
    UnitSeen old[] = {seen(c, "S11"), seen(c, "S12")};
    UnitId id = {0};
    ctx_forgive(c);
    return organisation_merge(c, old, 2, (NewUnit){.code = S("S15"), .name = S("Fjordskolen"), .kind = S("skole"), .parent_code = str_of_z(parent),
                                                   .valid_from = day(from)}, &id);
}

TEST(organisation_change, a_merger_with_units_below_waits_for_its_day)
{
    Ctx *c = test_store();
    CHECK_ERR(merge(c, "K1", "2027-08-01"), E_INVALID);
    CHECK_STR(c->problems->field, S("valid_from"));
}

TEST(organisation_change, a_merger_stays_with_its_owner_and_outside_itself)
{
    Ctx *c = test_store();
    CHECK_ERR(merge(c, "S11-A", "2026-08-01"), E_INVALID);
    CHECK_STR(c->problems->field, S("parent_code"));
    CHECK_ERR(merge(c, "K2", "2026-08-01"), E_INVALID);
    CHECK_STR(c->problems->field, S("parent_code"));
}

TEST(organisation_change, a_split_moves_each_unit_where_it_was_sent)
{
    Ctx *c = test_store();
    UnitId ids[2] = {{0}};
    UnitPart parts[] = {{S("S11N"), S("Bakkeskolen Nord")}, {S("S11S"), S("Bakkeskolen Syd")}};
    UnitMove move = {unit_of(c, "S11-A").id, 1};
    CHECK_OK(organisation_split(c, seen(c, "S11"), parts, 2, day("2026-08-01"), &move, 1, ids));
    test_clean(c);
    check_tree(c, "K1", c->today, "0K1 1S11N 1S11S 2S11-A 3S11-3A 1S12");
    check_tree(c, "K1", day("2026-07-31"), "0K1 1S11 2S11-A 3S11-3A 1S12");
    Units older = {0}, newer = {0};
    CHECK_OK(organisation_lineage(c, unit_of(c, "S11").id, &older, &newer));
    CHECK_INT(newer.n, 2);
}

TEST(organisation_change, one_school_with_four_departments_and_a_region_of_eleven_municipalities_fit)
{
    Ctx *c = test_store();
    UnitId id = {0};
    const char *departments[] = {"S21-N", "S21-S", "S21-V", "S21-O"};
    for (int i = 0; i < 4; i++)
        CHECK_OK(organisation_create(c, (NewUnit){.code = str_of_z(departments[i]), .name = str_of_z(departments[i]), .kind = S("afdeling"),
                                                  .parent_code = S("S21"), .valid_from = {19205}}, &id));
    check_tree(c, "K2", c->today, "0K2 1S21 2S21-N 2S21-O 2S21-S 2S21-V");
    const char *places[] = {"K3", "K4", "K5", "K6", "K7", "K8", "K9", "KA", "KB"};
    for (int i = 0; i < 9; i++) {
        CHECK_OK(organisation_create(c, (NewUnit){.code = str_of_z(places[i]), .name = str_of_z(places[i]), .kind = S("kommune"),
                                                  .parent_code = S("R1"), .valid_from = {19205}}, &id));
        CHECK_INT(unit_of(c, places[i]).owner.v, id.v);
    }
    Tree tree = {0};
    CHECK_OK(organisation_tree_at(c, unit_of(c, "R1").id, c->today, 1, 100, &tree));
    CHECK_INT(tree.n, 12);
    CHECK(tree.is_cut);
    CHECK_INT(tree.v[0].children, 11);
    test_clean(c);
}

TEST(organisation_change, the_tree_shows_whole_levels_only)
{
    Ctx *c = test_store();
    Tree tree = {0};
    CHECK_OK(organisation_tree_at(c, unit_of(c, "R1").id, c->today, 16, 5, &tree));
    CHECK_INT(tree.n, 3); /* R1 K1 K2; the three schools would make six */
    CHECK(tree.is_cut);
    CHECK_INT(tree.v[1].children, 2);
    CHECK_INT(tree.v[2].children, 1);
    CHECK_ERR(organisation_tree_at(c, unit_of(c, "R1").id, day("2020-01-01"), 16, 5, &tree), E_NOT_FOUND);
}

/* ---- rollover ------------------------------------------------------------------------ */

static void add(Ctx *c, const char *code, const char *name, const char *kind, const char *parent)
{
    UnitId id = {0};
    CHECK_OK(organisation_create(c, (NewUnit){.code = str_of_z(code), .name = str_of_z(name), .kind = str_of_z(kind),
                                              .parent_code = str_of_z(parent), .valid_from = day("2025-08-01")}, &id));
}

TEST(organisation_rollover, classes_become_the_next_ones_and_last_years_stay)
{
    Ctx *c = test_store();
    add(c, "S12-0A", "0.A", "klasse", "S12");
    add(c, "S12-3A", "3.A", "klasse", "S12");
    add(c, "S12-9A", "9.A", "klasse", "S12");
    add(c, "S12-M", "Modtageklassen", "klasse", "S12");
    UnitId school = unit_of(c, "S12").id;
    Rollover plan = {0};
    CHECK_OK(organisation_rollover_plan(c, school, 2026, 9, &plan));
    CHECK_INT(plan.n, 5);
    CHECK_OK(organisation_rollover(c, school, 2026, 9, plan.mark));
    test_clean(c);
    check_tree(c, "S12", day("2026-08-01"), "0S12 1S12-0A-2026 1S12-1A-2026 1S12-4A-2026 1S12-M");
    check_tree(c, "S12", day("2026-07-31"), "0S12 1S12-0A 1S12-3A 1S12-9A 1S12-M");
    Units older = {0}, newer = {0};
    CHECK_OK(organisation_lineage(c, unit_of(c, "S12-4A-2026").id, &older, &newer));
    CHECK_INT(older.n, 1);
    CHECK_STR(older.v[0].code, S("S12-3A"));
    CHECK_OK(organisation_lineage(c, unit_of(c, "S12-0A-2026").id, &older, &newer));
    CHECK_INT(older.n, 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'organisation.rollover'"), 1);
}

TEST(organisation_rollover, is_done_once_and_as_it_was_shown)
{
    Ctx *c = test_store();
    add(c, "S12-3A", "3.A", "klasse", "S12");
    UnitId school = unit_of(c, "S12").id;
    Rollover plan = {0};
    CHECK_OK(organisation_rollover_plan(c, school, 2026, 9, &plan));
    add(c, "S12-3B", "3.B", "klasse", "S12");
    CHECK_ERR(organisation_rollover(c, school, 2026, 9, plan.mark), E_CONFLICT);
    ctx_forgive(c);
    CHECK_OK(organisation_rollover_plan(c, school, 2026, 9, &plan));
    CHECK_OK(organisation_rollover(c, school, 2026, 9, plan.mark));
    CHECK_OK(organisation_rollover_plan(c, school, 2026, 9, &plan));
    CHECK_ERR(organisation_rollover(c, school, 2026, 9, plan.mark), E_CONFLICT);
}

TEST(organisation_rollover, a_class_goes_to_the_year_group_of_its_grade)
{
    Ctx *c = test_store();
    add(c, "S12-AA3", "3. årgang", "aargang", "S12");
    add(c, "S12-3A", "3.A", "klasse", "S12-AA3");
    UnitId school = unit_of(c, "S12").id;
    Rollover plan = {0};
    CHECK_ERR(organisation_rollover_plan(c, school, 2026, 9, &plan), E_INVALID);
    ctx_forgive(c);
    add(c, "S12-AA4", "4. årgang", "aargang", "S12");
    CHECK_OK(organisation_rollover_plan(c, school, 2026, 9, &plan));
    CHECK_OK(organisation_rollover(c, school, 2026, 9, plan.mark));
    check_tree(c, "S12", day("2026-08-01"), "0S12 1S12-AA3 1S12-AA4 2S12-AA4-4A-2026");
}

/* ---- what a viewer sees ----------------------------------------------------------------- */

TEST(organisation_list, a_regional_lead_sees_the_region_a_head_teacher_the_municipality)
{
    Ctx *c = test_store();
    Units found = {0};
    test_viewer(c, test_person(c, "Rikke", "R1", "programleder"));
    CHECK_OK(organisation_search(c, S(" SKOLE"), (UnitAfter){0}, &found));
    CHECK_INT(found.n, 3); /* Bakkeskolen, Holmeå Skole, Strandmarkskolen */
    test_viewer(c, test_person(c, "Søren", "S11", "skoleleder"));
    CHECK_OK(organisation_search(c, S("skole"), (UnitAfter){0}, &found));
    CHECK_INT(found.n, 2);
    CHECK_STR(found.v[0].code, S("S11"));
    CHECK_OK(organisation_search(c, S("skole"), (UnitAfter){found.v[0].name_sort, found.v[0].id}, &found));
    CHECK_INT(found.n, 1);
    CHECK_OK(organisation_children(c, unit_of(c, "K2").id, true, (UnitAfter){0}, &found));
    CHECK_INT(found.n, 0);
    UnitLines lines = {0};
    CHECK_OK(organisation_lines(c, unit_of(c, "R1").id, &lines));
    CHECK_INT(lines.n, 5); /* K1 S11 S12 S11-A S11-3A */
}

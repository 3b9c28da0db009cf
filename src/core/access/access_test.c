#include "core/access/access.h"
#include "base/number.h"
#include "core/access/access_web.h"
#include "store.h"

static Place place_of(Ctx *c, const char *code)
{
    Unit unit = {0};
    CHECK_OK(organisation_by_code(c, str_of_z(code), &unit));
    return (Place){.owner_id = unit.owner.v, .unit_id = unit.id.v, .object_id = unit.id.v};
}

static Err ask(Ctx *c, const Need *need, const char *unit)
{
    Place place = place_of(c, unit);
    ctx_forgive(c);
    return access_permit(c, need, &place);
}

TEST(access, unit_relation_reaches_down_but_not_to_another_owner)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Line", "K1", "konsulent"));
    CHECK_OK(ask(c, NEED_ORGANISATION_WRITE, "K1"));
    CHECK_OK(ask(c, NEED_ORGANISATION_WRITE, "S11-3A"));
    CHECK_ERR(ask(c, NEED_ORGANISATION_WRITE, "S21"), E_NOT_FOUND);
    CHECK_ERR(ask(c, NEED_ORGANISATION_WRITE, "R1"), E_NOT_FOUND);
}

TEST(access, a_school_leader_reads_accounts_of_the_own_school_only)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Anne", "S12", "skoleleder"));
    CHECK_OK(ask(c, NEED_ACCOUNT_READ, "S12"));
    CHECK_ERR(ask(c, NEED_ACCOUNT_READ, "S11"), E_NOT_FOUND);
    CHECK_ERR(ask(c, NEED_ACCOUNT_WRITE, "S12"), E_FORBIDDEN);
}

TEST(access, reach_relation_crosses_owners)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Tove", "R1", "programleder"));
    CHECK_OK(ask(c, NEED_ORGANISATION_READ, "S21"));
    CHECK_OK(ask(c, NEED_ORGANISATION_READ, "S11"));
}

TEST(access, a_right_held_here_never_meets_a_relation_held_there)
{
    Ctx *c = test_store();
    /* konsulent in K1 (may write there) and team in K2 (may only read). */
    int64_t person = test_person(c, "Bo", "K1", "konsulent"), id = 0;
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "S21")}, .role = S("team"), .valid_from = {19205}}, &id));
    test_viewer(c, person);
    CHECK_OK(ask(c, NEED_ORGANISATION_READ, "S21"));
    CHECK_ERR(ask(c, NEED_ORGANISATION_WRITE, "S21"), E_NOT_FOUND);
}

/* A relation that hangs on the unit alone: v_access_unit has it, and lists join that. */
static bool hangs_on_unit(AccessRelation relation)
{
    return relation == RELATION_UNIT || relation == RELATION_REACH || relation == RELATION_INSIDE || relation == RELATION_OWNER;
}

static bool is_right_by_unit_only(short object, short right, int role)
{
    bool found = false;
    for (int i = 0; i < access_row_count; i++) {
        const AccessRow *r = &access_rows[i];
        if (r->object != object || r->right != right || (r->role != role && r->role != ROLE_ANY)) continue;
        if (r->relation == RELATION_ANY) return false; /* no list of units says "everywhere" */
        found |= hangs_on_unit((AccessRelation)r->relation);
    }
    return found;
}

SQL(LISTED, "SELECT count(*) FROM v_access_unit WHERE object = $1 AND need = $2 AND viewer_id = $3 AND unit_id = $4"
            " AND valid_from <= $5 AND (valid_to IS NULL OR valid_to >= $5)");

/* The place has neither author nor assignment, so only what hangs on the unit can give the right. */
static bool is_given_alike(Ctx *c, short object, short right, const Place *place)
{
    Need need = {.name = "test", .object = object, .right = right};
    int64_t listed = 0;
    Str letter = {&access_right_letters[right], 1};
    CHECK_OK(db_one_i64(c, LISTED, &listed, str_of_z(access_object_names[object]), letter, c->viewer, place->unit_id, c->today));
    CHECK_INT(access_may(c, &need, place), listed > 0);
    return listed > 0;
}

enum { TRIED_UNITS = 7 };
static const char *const tried_units[TRIED_UNITS] = {"R1", "K1", "K2", "S11", "S11-A", "S11-3A", "S21"};

/* The viewer against every right and unit. */
static void compare_all(Ctx *c, int role, int *asked, int *given)
{
    Place places[TRIED_UNITS];
    for (int u = 0; u < TRIED_UNITS; u++) places[u] = place_of(c, tried_units[u]);
    for (short object = 0; object < access_object_count; object++)
        for (short right = RIGHT_READ; right <= RIGHT_AGGREGATE; right++)
            for (int u = 0; u < TRIED_UNITS && is_right_by_unit_only(object, right, role); u++) {
                *given += is_given_alike(c, object, right, &places[u]);
                ++*asked;
            }
}

/* What a relation means is written twice, in C for routes and in SQL for lists. */
TEST(access, lists_and_routes_give_the_same_answer)
{
    Ctx *c = test_store();
    int asked = 0, given = 0;
    for (int role = 0; role < ROLE_COUNT; role++)
        for (int m = 0; m < TRIED_UNITS; m++) {
            test_viewer(c, test_person(c, "Bo", tried_units[m], access_role_names[role]));
            compare_all(c, role, &asked, &given);
        }
    CHECK(given > 50 && asked - given > 50);
}

TEST(access, a_membership_counts_within_its_dates_only)
{
    Ctx *c = test_store();
    int64_t person = test_person(c, "Bo", "K1", "team"), id = 0;
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "K1")}, .role = S("konsulent"), .valid_from = {c->today.day + 1}}, &id));
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "K1")}, .role = S("konsulent"), .valid_from = {19205}, .valid_to = {c->today.day - 1}}, &id));
    test_viewer(c, person);
    CHECK_ERR(ask(c, NEED_ORGANISATION_WRITE, "K1"), E_FORBIDDEN);
}

TEST(access, a_sensitive_role_waits_for_a_second_person)
{
    Ctx *c = test_store();
    int64_t granter = test_person(c, "Jens", "K1", "skolechef"), person = test_person(c, "Ida", "K1", "team"), id = 0;
    CHECK_OK(people_grant(c, (NewMembership){.person = {person}, .unit = {test_unit(c, "K1")}, .role = S("dpo"), .valid_from = {19205}, .granted_by = {granter}}, &id));
    test_viewer(c, person);
    CHECK_ERR(ask(c, NEED_AUDIT_READ, "K1"), E_FORBIDDEN);
}

TEST(access, nobody_has_nothing_but_public)
{
    Ctx *c = test_store();
    CHECK_OK(access_permit(c, NEED_PUBLIC, NULL));
    CHECK_ERR(access_permit(c, NEED_SIGNED_IN, NULL), E_FORBIDDEN);
    CHECK(!access_may(c, NEED_SUPPORT_WRITE, NULL));
}

TEST(access, a_nonce_is_of_its_session_and_day)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Anne", "S12", "skoleleder"));
    Str nonce = access_gate.nonce(c);
    CHECK_OK(access_gate.nonce_check(c, nonce));
    c->today.day += 1;
    CHECK_OK(access_gate.nonce_check(c, nonce));
    c->today.day += 1;
    CHECK_ERR(access_gate.nonce_check(c, nonce), E_FORBIDDEN);
    c->today.day -= 2;
    ctx_forgive(c);
    char other[64];
    for (int i = 0; i < 64; i++) other[i] = nonce.p[i];
    other[63] = other[63] == '0' ? '1' : '0';
    CHECK_ERR(access_gate.nonce_check(c, (Str){other, 64}), E_FORBIDDEN);
    CHECK_ERR(access_gate.nonce_check(c, S("")), E_FORBIDDEN);
}

TEST(access, a_nonce_counts_once_and_remembers_where_it_led)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Anne", "S12", "skoleleder"));
    Str nonce = access_gate.nonce(c), before = {0};
    CHECK_OK(access_gate.nonce_use(c, nonce, &before));
    CHECK_STR(before, S(""));
    CHECK_OK(access_gate.nonce_done(c, nonce, S("/support?sendt=1")));
    CHECK_OK(access_gate.nonce_use(c, nonce, &before));
    CHECK_STR(before, S("/support?sendt=1"));
}

/* On the night when the clock is set back a nonce is taken for 49 hours. */
TEST(access, a_used_nonce_is_remembered_longer_than_it_is_taken)
{
    Ctx *c = test_store();
    bool more = false;
    Str before = {0};
    test_viewer(c, test_person(c, "Anne", "S12", "skoleleder"));
    c->now.ms = 1792792860000; /* 2026-10-23 22:01 UTC: 24 October, 00:01, in Denmark */
    c->today = date_of_instant_danish(c->now);
    Str nonce = access_gate.nonce(c);
    CHECK_OK(access_gate.nonce_use(c, nonce, &before));
    CHECK_OK(access_gate.nonce_done(c, nonce, S("/support?sendt=1")));
    c->now.ms += (int64_t)48 * 3600000 + 58 * 60000; /* 25 October, 23:59, an hour later than it looks */
    c->today = date_of_instant_danish(c->now);
    c->now.ms -= c->now.ms % 60000; /* the tick's second */
    CHECK_OK(access_gate.nonce_check(c, nonce));
    CHECK_OK(access_feature.tick(c, &more));
    CHECK_OK(access_gate.nonce_use(c, nonce, &before));
    CHECK_STR(before, S("/support?sendt=1"));
}

TEST(access, two_log_ins_that_look_alike_are_never_two_accounts)
{
    static const char *const odd[] = {"øø", "аnne@fjord.example", "anne\xe2\x80\x8b@fjord.example", "anne<b>", "ａnne@fjord.example", "αnne"};
    Ctx *c = test_store();
    AccountId id = {0};
    CHECK_OK(access_account_add(c, (PersonId){test_person(c, "Anne", "S12", "team")}, S("Anne.Vestergård@Fjord.example"), S(""), &id));
    PersonId other = {test_person(c, "Bo", "S12", "team")};
    CHECK_ERR(access_account_add(c, other, S("ANNE.VESTERGAARD@fjord.example"), S(""), &id), E_CONFLICT);
    for (ptrdiff_t i = 0; i < COUNT_OF(odd); i++) {
        ctx_forgive(c);
        CHECK_ERR(access_account_add(c, other, str_of_z(odd[i]), S(""), &id), E_INVALID);
    }
    ctx_forgive(c);
    CHECK_OK(access_account_add(c, other, S("bo_j-2+skole@fjord.example"), S(""), &id));
}

TEST(access, passwords_are_judged_by_length_and_login)
{
    Ctx *c = test_store();
    CHECK_OK(access_password_check(c, S("tre-ord-til-demo"), S("anne"), S("Anne")));
    CHECK_ERR(access_password_check(c, S("kort"), S("anne"), S("Anne")), E_INVALID);
    ctx_forgive(c);
    CHECK_ERR(access_password_check(c, S("anne-vestergaard"), S("Anne"), S("")), E_INVALID);
}

#include "core/organisation/organisation_inside.h"

#include "text/name.h"

#define UNIT_COLUMNS "id, owner_id, version, code, kind, parent_id, name, valid_from, valid_to, name_sort"

Unit unit_of_row(const Rows *r)
{
    return (Unit){
        .id = {db_i64(r, 0)},
        .owner = {db_i64(r, 1)},
        .version = {db_i64(r, 2)},
        .code = db_str(r, 3),
        .kind = db_str(r, 4),
        .parent = {db_i64(r, 5)},
        .name = db_str(r, 6),
        .valid_from = {(int32_t)db_i64(r, 7)},
        .valid_to = {(int32_t)db_i64(r, 8)},
        .name_sort = db_str(r, 9),
    };
}

static Err one_unit(Rows r, Unit *ret)
{
    bool found = db_next(&r);
    Unit unit = found ? unit_of_row(&r) : (Unit){0};
    TRY(db_done(&r));
    if (!found) return E_NOT_FOUND;
    *ret = unit;
    return OK;
}

SQL(BY_CODE, "SELECT " UNIT_COLUMNS " FROM unit WHERE code = $1");

Err organisation_by_code(Ctx *c, Str code, Unit *ret)
{
    return one_unit(db_query(c, BY_CODE, code), ret);
}

SQL(BY_ID, "SELECT " UNIT_COLUMNS " FROM unit WHERE id = $1");

Err organisation_by_id(Ctx *c, UnitId id, Unit *ret)
{
    return one_unit(db_query(c, BY_ID, id), ret);
}

SQL(OWNER, "SELECT " UNIT_COLUMNS " FROM unit WHERE id = (SELECT u.owner_id FROM unit u WHERE u.id = $1)");

Err organisation_owner(Ctx *c, UnitId id, Unit *ret)
{
    return one_unit(db_query(c, OWNER, id), ret);
}

SQL(KIND_OWNS, "SELECT is_owner FROM unit_kind WHERE code = $1");

static Err check_new(Ctx *c, const NewUnit *unit, Unit *parent, bool *ret_owns)
{
    int64_t owns = 0;
    Unit same = {0};
    if (!unit_is_code(unit->code)) ctx_problem(c, S("code"), T("Koden skal være 1–32 tegn af A–Z, a–z, 0–9, punktum, _ og -."));
    else if (organisation_by_code(c, unit->code, &same) == OK) ctx_problem(c, S("code"), T("Koden er brugt af en anden enhed."));
    Err err = db_one_i64(c, KIND_OWNS, &owns, unit->kind);
    if (err == E_NOT_FOUND) ctx_problem(c, S("kind"), TF("Enhedstypen {1} findes ikke.", unit->kind));
    else TRY(err);
    if (unit->parent_code.n && organisation_by_code(c, unit->parent_code, parent) != OK)
        ctx_problem(c, S("parent_code"), TF("Der er ingen enhed med koden {1}.", unit->parent_code));
    if (str_chars(unit->name) < 1 || str_chars(unit->name) > UNIT_NAME_MAX || !unit_is_one_line(unit->name))
        ctx_problem(c, S("name"), T("Navnet skal være 1–200 tegn."));
    if (unit->valid_to.day && unit->valid_to.day < unit->valid_from.day)
        ctx_problem(c, S("valid_to"), T("Sidste dag ligger før første dag."));
    TRY(ctx_check(c));
    *ret_owns = owns != 0;
    return OK;
}

SQL(ADD, "INSERT INTO unit (owner_id, code, kind, parent_id, name, name_sort, name_fold, note, valid_from, valid_to)"
         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id");
SQL(OWN_ITSELF, "UPDATE unit SET owner_id = id WHERE id = $1");

Err organisation_add(Ctx *c, NewUnit unit, UnitId *ret)
{
    Unit parent = {0};
    bool owns = false;
    TRY(check_new(c, &unit, &parent, &owns));
    UnitId id = {0};
    /* The owner of an owning unit, and of a root, is itself: known only once
       the row has its id, so the foreign key waits for the commit. */
    TRY(db_one_i64(c, ADD, &id.v, parent.owner.v, unit.code, unit.kind, DB_IF(parent.id.v, parent.id), unit.name,
                   text_name_sort(c->arena, unit.name), text_name_fold(c->arena, unit.name), unit.note, unit.valid_from,
                   DB_IF(unit.valid_to.day, unit.valid_to)));
    if (owns || !parent.id.v) TRY(db_exec(c, OWN_ITSELF, NULL, id));
    *ret = id;
    return OK;
}

SQL_SCAN(REACH_CLEAR, "the whole table is made anew", "DELETE FROM unit_reach");
SQL_SCAN(REACH_SELF, "looks for units that have no reach yet",
         "INSERT INTO unit_reach (above_id, unit_id, depth)"
         " SELECT u.id, u.id, 0 FROM unit u WHERE NOT EXISTS (SELECT 1 FROM unit_reach r WHERE r.unit_id = u.id AND r.depth = 0)");
/* One step further up for every unit that lacks it, from its parent's reach. */
SQL_SCAN(REACH_STEP, "looks for units whose reach is not yet whole",
         "INSERT INTO unit_reach (above_id, unit_id, depth)"
         " SELECT a.above_id, u.id, $1 FROM unit u JOIN unit_reach a ON a.unit_id = u.parent_id AND a.depth = $1 - 1"
         "  WHERE NOT EXISTS (SELECT 1 FROM unit_reach r WHERE r.unit_id = u.id AND r.depth = $1)");

/* Step by step rather than in one recursive statement: no single statement
   comes near PostgreSQL's time limit, also with 200,000 units. */
Err organisation_reach_fill(Ctx *c)
{
    TRY(db_exec(c, REACH_SELF, NULL));
    int added = 1;
    for (int64_t depth = 1; added && depth <= UNIT_DEPTH_MAX; depth++) TRY(db_exec(c, REACH_STEP, &added, depth));
    return OK;
}

Err organisation_reach_rebuild(Ctx *c)
{
    TRY(db_exec(c, REACH_CLEAR, NULL));
    return organisation_reach_fill(c);
}

SQL(REACH_ADD, "INSERT INTO unit_reach (above_id, unit_id, depth)"
               " SELECT a.above_id, $1, a.depth + 1 FROM unit_reach a JOIN unit u ON u.id = $1 WHERE a.unit_id = u.parent_id"
               " UNION ALL SELECT u.id, u.id, 0 FROM unit u WHERE u.id = $1");

Err unit_reach_add(Ctx *c, UnitId id)
{
    return db_exec(c, REACH_ADD, NULL, id);
}

SQL(REACH_CUT, "DELETE FROM unit_reach WHERE unit_id IN (SELECT r.unit_id FROM unit_reach r WHERE r.above_id = $1)"
               " AND above_id NOT IN (SELECT r.unit_id FROM unit_reach r WHERE r.above_id = $1)");
SQL(REACH_TIE, "INSERT INTO unit_reach (above_id, unit_id, depth)"
               " SELECT a.above_id, d.unit_id, a.depth + d.depth + 1"
               "  FROM unit_reach d JOIN unit u ON u.id = $1 JOIN unit_reach a ON a.unit_id = u.parent_id WHERE d.above_id = $1");

Err unit_reach_move(Ctx *c, UnitId id)
{
    TRY(db_exec(c, REACH_CUT, NULL, id));
    return db_exec(c, REACH_TIE, NULL, id);
}

static Err find_place(Ctx *c, Str param, Place *ret)
{
    Unit unit = {0};
    TRY(organisation_by_code(c, param, &unit));
    *ret = (Place){.owner_id = unit.owner.v, .unit_id = unit.id.v, .object_id = unit.id.v};
    return OK;
}

const Scope scope_unit = {"unit", find_place};

/* Changes that people make on pages: add, edit, end, merge, split. */
#include "base/number.h"
#include "core/audit/audit.h"
#include "core/organisation/organisation_inside.h"
#include "text/name.h"

static Err told(Ctx *c, const Unit *unit, const char *verb, Str detail)
{
    return audit_add(c, (AuditRow){.owner_id = unit->owner.v, .verb = verb, .object = "organisation", .object_id = unit->id.v,
                                   .unit_id = unit->id.v, .detail = detail});
}

static Err changed_meanwhile(Ctx *c)
{
    return fail(c, E_CONFLICT, T("En anden har rettet enheden imens. Intet er gemt."));
}

static Err read_seen(Ctx *c, UnitSeen which, Unit *ret)
{
    TRY(organisation_by_id(c, which.id, ret));
    return ret->version.v == which.seen.v ? OK : changed_meanwhile(c);
}

/* ---- add ------------------------------------------------------------------------ */

SQL(DEPTH, "SELECT coalesce(max(r.depth), 0) FROM unit_reach r WHERE r.unit_id = $1");
SQL(HEIGHT, "SELECT coalesce(max(r.depth), 0) FROM unit_reach r WHERE r.above_id = $1");

/* Of the parent's place, with `below` levels hanging under the new child. */
static Err check_depth(Ctx *c, UnitId parent, int64_t below)
{
    int64_t depth = 0;
    TRY(db_one_i64(c, DEPTH, &depth, parent));
    if (depth + 1 + below > UNIT_DEPTH_MAX)
        ctx_problem(c, S("parent_code"), TF("Der kan højst ligge {1} enheder over en enhed.", UNIT_DEPTH_MAX));
    return OK;
}

static Err add_below(Ctx *c, NewUnit unit, Unit *ret)
{
    Unit parent = {0};
    UnitId id = {0};
    if (organisation_by_code(c, unit.parent_code, &parent) == OK) TRY(check_depth(c, parent.id, 0));
    TRY(organisation_add(c, unit, &id));
    TRY(unit_reach_add(c, id));
    return organisation_by_id(c, id, ret);
}

Err organisation_create(Ctx *c, NewUnit unit, UnitId *ret)
{
    Unit made = {0};
    if (!unit.parent_code.n) ctx_problem(c, S("parent_code"), T("Skriv koden for den enhed, som den nye skal ligge under."));
    TRY(add_below(c, unit, &made));
    TRY(told(c, &made, "organisation.add", made.code));
    *ret = made.id;
    return OK;
}

/* ---- edit ----------------------------------------------------------------------- */

SQL(KIND_OWNS, "SELECT is_owner FROM unit_kind WHERE code = $1");
SQL(LIES_BELOW, "SELECT count(*) FROM unit_reach WHERE above_id = $1 AND unit_id = $2");

static Err check_parent(Ctx *c, const Unit *now, Str code, Unit *ret)
{
    int64_t below = 0, height = 0;
    if (code.n == 0) return OK;
    Err err = unit_is_code(code) ? organisation_by_code(c, code, ret) : E_NOT_FOUND;
    if (err == E_NOT_FOUND) {
        ctx_problem(c, S("parent_code"), TF("Der er ingen enhed med koden {1}.", code));
        return OK;
    }
    TRY(err);
    TRY(db_one_i64(c, LIES_BELOW, &below, now->id, ret->id));
    if (below) ctx_problem(c, S("parent_code"), T("Enheden kan ikke ligge under sig selv eller under en enhed, der ligger under den."));
    TRY(db_one_i64(c, HEIGHT, &height, now->id));
    return check_depth(c, ret->id, height);
}

static void check_words(Ctx *c, const UnitEdit *edit)
{
    if (str_chars(edit->name) < 1 || str_chars(edit->name) > UNIT_NAME_MAX || !unit_is_one_line(edit->name))
        ctx_problem(c, S("name"), T("Navnet skal være 1–200 tegn."));
    if (edit->valid_to.day && edit->valid_to.day < edit->valid_from.day)
        ctx_problem(c, S("valid_to"), T("Sidste dag ligger før første dag."));
}

static Err check_edit(Ctx *c, const Unit *now, const UnitEdit *edit, Unit *ret_parent)
{
    int64_t owns = 0;
    check_words(c, edit);
    Err err = db_one_i64(c, KIND_OWNS, &owns, edit->kind);
    if (err == E_NOT_FOUND) ctx_problem(c, S("kind"), TF("Enhedstypen {1} findes ikke.", edit->kind));
    else TRY(err);
    TRY(check_parent(c, now, edit->parent_code, ret_parent));
    TRY(ctx_check(c));
    int64_t owner = owns || !ret_parent->id.v ? now->id.v : ret_parent->owner.v;
    if (owner == now->owner.v) return OK;
    ctx_problem(c, S("parent_code"),
                T("Enheden ville få en anden ejer efter loven. Opret i stedet en ny enhed med sin egen kode, der afløser denne."));
    return ctx_check(c);
}

SQL(KEEP_PAST, "INSERT INTO unit_past (unit_id, until, parent_id, name, kind)"
               " SELECT u.id, $2, u.parent_id, u.name, u.kind FROM unit u WHERE u.id = $1 AND u.valid_from <= $2"
               " ON CONFLICT (unit_id, until) DO NOTHING");
SQL(EDIT, "UPDATE unit SET name = $3, name_sort = $4, name_fold = $5, kind = $6, parent_id = $7, valid_from = $8, valid_to = $9,"
          " version = version + 1 WHERE id = $1 AND version = $2");

Err organisation_edit(Ctx *c, UnitId id, Version seen, UnitEdit edit)
{
    Unit now = {0}, parent = {0};
    int changed = 0;
    TRY(read_seen(c, (UnitSeen){id, seen}, &now));
    TRY(check_edit(c, &now, &edit, &parent));
    bool moves = parent.id.v != now.parent.v;
    if (moves || !str_eq(edit.name, now.name) || !str_eq(edit.kind, now.kind))
        TRY(db_exec(c, KEEP_PAST, NULL, id, (Date){c->today.day - 1}));
    TRY(db_exec(c, EDIT, &changed, id, seen, edit.name, text_name_sort(c->arena, edit.name), text_name_fold(c->arena, edit.name),
                edit.kind, DB_IF(parent.id.v, parent.id), edit.valid_from, DB_IF(edit.valid_to.day, edit.valid_to)));
    if (!changed) return changed_meanwhile(c);
    if (moves) TRY(unit_reach_move(c, id));
    return told(c, &now, "organisation.edit", moves ? STR_CAT(c->arena, S("parent "), edit.parent_code) : S(""));
}

/* ---- end ------------------------------------------------------------------------ */

SQL(END, "UPDATE unit SET valid_to = $3, version = version + 1 WHERE id = $1 AND version = $2");
SQL(BEGINS_LATER, "SELECT count(*) FROM unit_reach r JOIN unit u ON u.id = r.unit_id WHERE r.above_id = $1 AND u.valid_from > $2");
SQL(OF_OTHERS, "SELECT count(*) FROM unit_reach r JOIN unit u ON u.id = r.unit_id WHERE r.above_id = $1 AND u.owner_id <> $2"
               " AND (u.valid_to IS NULL OR u.valid_to > $3)");
SQL(END_BELOW, "UPDATE unit SET valid_to = $2, version = version + 1"
               " WHERE id IN (SELECT r.unit_id FROM unit_reach r WHERE r.above_id = $1 AND r.depth > 0)"
               " AND (valid_to IS NULL OR valid_to > $2)");

Err organisation_end(Ctx *c, UnitId id, Version seen, Date last_day)
{
    Unit now = {0};
    int64_t later = 0, others = 0;
    int changed = 0;
    TRY(read_seen(c, (UnitSeen){id, seen}, &now));
    TRY(db_one_i64(c, BEGINS_LATER, &later, id, last_day));
    TRY(db_one_i64(c, OF_OTHERS, &others, id, now.owner, last_day));
    if (last_day.day < now.valid_from.day) ctx_problem(c, S("valid_to"), T("Sidste dag ligger før første dag."));
    else if (later) ctx_problem(c, S("valid_to"), T("En enhed under denne begynder først senere. Vælg en senere dag, eller ret den først."));
    if (others) ctx_problem(c, S("valid_to"), T("Under enheden ligger enheder med en anden ejer efter loven. Afslut eller flyt dem først."));
    TRY(ctx_check(c));
    TRY(db_exec(c, END, &changed, id, seen, last_day));
    if (!changed) return changed_meanwhile(c);
    TRY(db_exec(c, END_BELOW, &changed, id, last_day));
    return told(c, &now, "organisation.end", STR_CAT(c->arena, S("below "), unit_number(c->arena, changed)));
}

/* ---- merge and split --------------------------------------------------------------- */

SQL(SUCCEED, "INSERT INTO unit_succession (unit_id, succeeds_id) VALUES ($1, $2) ON CONFLICT (unit_id, succeeds_id) DO NOTHING");

Err unit_succeed(Ctx *c, UnitId newer, UnitId older)
{
    return db_exec(c, SUCCEED, NULL, newer, older);
}

SQL(OPEN_CHILDREN, "SELECT u.id FROM unit u WHERE u.parent_id = $1 AND (u.valid_to IS NULL OR u.valid_to >= $2)"
                   " ORDER BY u.name_sort, u.id");

typedef struct Ids {
    UnitId *v;
    ptrdiff_t n;
} Ids;

static Err open_children(Ctx *c, UnitId parent, Date day, Ids *ret)
{
    enum { CHILDREN_MAX = 1000 };
    Ids all = {.v = NEW(c->arena, UnitId, CHILDREN_MAX)};
    Rows r = db_query(c, OPEN_CHILDREN, parent, day);
    while (db_next(&r)) {
        if (all.n == CHILDREN_MAX) return fail(c, E_TOO_LARGE, TF("Der ligger mere end {1} enheder under enheden.", CHILDREN_MAX));
        all.v[all.n++].v = db_i64(&r, 0);
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(MOVED_SINCE, "SELECT count(*) FROM unit_past p WHERE p.unit_id = $1 AND p.until >= $2");
SQL(MOVE, "UPDATE unit SET parent_id = $2, version = version + 1 WHERE id = $1");

/* History is not written twice: what changed on or after the day has its row. */
static Err move_child(Ctx *c, UnitId child, UnitId to, Date day)
{
    int64_t since = 0;
    Date until = {day.day - 1};
    TRY(db_one_i64(c, MOVED_SINCE, &since, child, until));
    if (since) {
        ctx_problem(c, S("valid_from"), T("En enhed under denne er flyttet eller har skiftet navn siden da. Vælg en senere dag."));
        return ctx_check(c);
    }
    TRY(db_exec(c, KEEP_PAST, NULL, child, until));
    TRY(db_exec(c, MOVE, NULL, child, to));
    return unit_reach_move(c, child);
}

static Err check_day(Ctx *c, const Unit *old, Date day, const Ids *children)
{
    int64_t owns = 0;
    TRY(db_one_i64(c, KIND_OWNS, &owns, old->kind));
    if (old->valid_from.day >= day.day || (old->valid_to.day && old->valid_to.day < day.day - 1))
        ctx_problem(c, S("valid_from"), TF("{1} findes ikke lige før den dag.", old->name));
    if (children->n && day.day > c->today.day)
        ctx_problem(c, S("valid_from"), T("Enhederne nedenunder flytter med det samme. Vælg i dag eller en dag, der er gået."));
    if (children->n && owns)
        ctx_problem(c, S("valid_from"),
                    TF("{1} er efter loven ejer af enhederne nedenunder. De skal have nye koder i den nye enhed, før den kan afløses.", old->name));
    return ctx_check(c);
}

static Err close_unit(Ctx *c, const Unit *old, Date day)
{
    int changed = 0;
    TRY(db_exec(c, END, &changed, old->id, old->version, (Date){day.day - 1}));
    return changed ? OK : changed_meanwhile(c);
}

static Err check_owners(Ctx *c, const Unit *old, ptrdiff_t n, const Unit *made)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        bool owned_itself = old[i].owner.v == old[i].id.v, owns_itself = made->owner.v == made->id.v;
        if (owned_itself ? owns_itself : old[i].owner.v == made->owner.v) continue;
        ctx_problem(c, S("parent_code"), TF("{1} har en anden ejer efter loven end den nye enhed.", old[i].name));
    }
    return ctx_check(c);
}

static Err merge_one(Ctx *c, const Unit *old, const Unit *made)
{
    Ids children = {0};
    TRY(open_children(c, old->id, made->valid_from, &children));
    TRY(check_day(c, old, made->valid_from, &children));
    TRY(unit_succeed(c, made->id, old->id));
    for (ptrdiff_t i = 0; i < children.n; i++) {
        if (children.v[i].v == made->id.v) continue;
        TRY(move_child(c, children.v[i], made->id, made->valid_from));
    }
    TRY(close_unit(c, old, made->valid_from));
    return told(c, old, "organisation.merge", STR_CAT(c->arena, S("into "), made->code));
}

/* The units below move to the new one, which must not hang among them. */
static Err check_not_below(Ctx *c, const Unit *old, Str parent_code)
{
    Unit parent = {0};
    int64_t below = 0;
    if (organisation_by_code(c, parent_code, &parent) != OK) return OK; /* told by organisation_add */
    TRY(db_one_i64(c, LIES_BELOW, &below, old->id, parent.id));
    if (below) ctx_problem(c, S("parent_code"), T("Den nye enhed kan ikke ligge under en, der slutter."));
    return OK;
}

Err organisation_merge(Ctx *c, const UnitSeen *old, ptrdiff_t n, NewUnit unit, UnitId *ret)
{
    Unit made = {0}, *all = NEW(c->arena, Unit, n);
    if (n < 2 || n > UNITS_JOINED_MAX) ctx_problem(c, S("units"), TF("Vælg 2–{1} enheder.", UNITS_JOINED_MAX));
    if (!unit.parent_code.n) ctx_problem(c, S("parent_code"), T("Skriv koden for den enhed, som den nye skal ligge under."));
    TRY(ctx_check(c));
    for (ptrdiff_t i = 0; i < n; i++) {
        TRY(read_seen(c, old[i], &all[i]));
        for (ptrdiff_t k = 0; k < i; k++)
            if (old[k].id.v == old[i].id.v) ctx_problem(c, S("units"), TF("{1} står der to gange.", all[i].name));
        TRY(check_not_below(c, &all[i], unit.parent_code));
    }
    TRY(ctx_check(c));
    TRY(add_below(c, unit, &made));
    TRY(check_owners(c, all, n, &made));
    for (ptrdiff_t i = 0; i < n; i++) TRY(merge_one(c, &all[i], &made));
    *ret = made.id;
    return OK;
}

static Err check_parts(Ctx *c, const Unit *old, ptrdiff_t n)
{
    if (n < 2 || n > UNITS_JOINED_MAX) ctx_problem(c, S("parts"), TF("Skriv 2–{1} nye enheder.", UNITS_JOINED_MAX));
    if (!old->parent.v) ctx_problem(c, S("parts"), T("En enhed uden noget over sig kan ikke deles her."));
    return ctx_check(c);
}

static int part_of(UnitId child, const UnitMove *moves, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (moves[i].child.v == child.v) return moves[i].part;
    return 0;
}

static Err move_to_parts(Ctx *c, const Ids *children, const Unit *made, ptrdiff_t n, const UnitMove *moves, ptrdiff_t n_moves)
{
    for (ptrdiff_t i = 0; i < children->n; i++) {
        int part = part_of(children->v[i], moves, n_moves);
        if (part < 0 || part >= n) {
            ctx_problem(c, S("moves"), T("Vælg, hvor hver enhed skal ligge."));
            return ctx_check(c);
        }
        TRY(move_child(c, children->v[i], made[part].id, made[part].valid_from));
    }
    return OK;
}

Err organisation_split(Ctx *c, UnitSeen old, const UnitPart *parts, ptrdiff_t n, Date day, const UnitMove *moves,
                       ptrdiff_t n_moves, UnitId *ret_ids)
{
    Unit now = {0}, parent = {0}, *made = NEW(c->arena, Unit, n);
    Ids children = {0};
    TRY(read_seen(c, old, &now));
    TRY(check_parts(c, &now, n));
    TRY(open_children(c, now.id, day, &children));
    TRY(check_day(c, &now, day, &children));
    TRY(organisation_by_id(c, now.parent, &parent));
    for (ptrdiff_t i = 0; i < n; i++) {
        NewUnit part = {.code = parts[i].code, .name = parts[i].name, .kind = now.kind, .parent_code = parent.code, .valid_from = day};
        TRY(add_below(c, part, &made[i]));
        TRY(unit_succeed(c, made[i].id, now.id));
        ret_ids[i] = made[i].id;
    }
    TRY(move_to_parts(c, &children, made, n, moves, n_moves));
    TRY(close_unit(c, &now, day));
    return told(c, &now, "organisation.split", STR_CAT(c->arena, S("into "), unit_number(c->arena, n)));
}

/* Changing people and what they are. Each change is one guarded statement and
   its audit row; a membership's history is never rewritten. */
#include "base/number.h"
#include "core/audit/audit.h"
#include "core/people/people_inside.h"
#include "text/name.h"

SQL(MEMBERSHIP_OF, "SELECT owner_id, person_id, unit_id, role FROM membership WHERE id = $1");

Err people_told(Ctx *c, const char *verb, int64_t membership, Str detail)
{
    AuditRow row = {.verb = verb, .object = "account"};
    Rows r = db_query(c, MEMBERSHIP_OF, membership);
    if (db_next(&r)) {
        row.owner_id = db_i64(&r, 0);
        row.object_id = db_i64(&r, 1);
        row.unit_id = db_i64(&r, 2);
        row.detail = detail.n ? STR_CAT(c->arena, db_str(&r, 3), S(" "), detail) : db_str(&r, 3);
    }
    TRY(db_done(&r));
    return audit_add(c, row);
}

SQL(PERSON_SET, "UPDATE person SET name = $3, name_sort = $4, name_fold = $5, email = $6, email_fold = $8, leaves_on = $7, version = version + 1"
                " WHERE id = $1 AND version = $2");

/* A row of its own: links for a password go to the address. */
static Err told_email(Ctx *c, const Person *before, Str email)
{
    if (str_eq(before->email, email)) return OK;
    return audit_add(c, (AuditRow){.owner_id = before->owner_id, .verb = "person.email", .object = "account", .object_id = before->id.v});
}

Err people_set(Ctx *c, PersonId id, Version seen, Str name, Str email, Date leaves_on)
{
    int changed = 0;
    Person before = {0};
    TRY(people_by_id(c, id, &before));
    TRY(db_exec(c, PERSON_SET, &changed, id, seen, name, text_name_sort(c->arena, name), text_name_fold(c->arena, name), email,
                DB_IF(leaves_on.day, leaves_on), text_lower(c->arena, email)));
    if (changed == 0) return fail(c, E_CONFLICT, T("En anden har ændret oplysningerne, mens du skrev. Hent siden igen, og se, hvad der står nu."));
    TRY(audit_add(c, (AuditRow){.owner_id = before.owner_id, .verb = "person.set", .object = "account", .object_id = id.v,
                                .detail = leaves_on.day ? date_iso(c->arena, leaves_on) : S("")}));
    return told_email(c, &before, email);
}

SQL(CONFIRM, "UPDATE membership SET confirmed_by = $2, version = version + 1 WHERE id = $1 AND needs_second = 1"
             " AND confirmed_by IS NULL AND revoked = 0 AND granted_by <> $2 AND person_id <> $2"
             " AND (valid_to IS NULL OR valid_to >= $3)");

Err people_confirm(Ctx *c, int64_t membership)
{
    int changed = 0;
    TRY(db_exec(c, CONFIRM, &changed, membership, c->viewer, c->today));
    if (changed == 0)
        return fail(c, E_CONFLICT, T("Rollen skal bekræftes af en anden end den, der gav den, og den, der får den. Måske er det allerede gjort."));
    return people_told(c, "role.confirm", membership, S(""));
}

/* What has not counted a day yet leaves no day behind: it is revoked instead. */
SQL(END_SOON, "UPDATE membership SET valid_to = $2, version = version + 1 WHERE id = $1 AND revoked = 0"
              " AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)");
SQL(REVOKE, "UPDATE membership SET revoked = 1, version = version + 1 WHERE id = $1 AND revoked = 0 AND valid_from > $2");

Err people_membership_end(Ctx *c, int64_t membership, Date last_day)
{
    int changed = 0;
    Date last = last_day.day < c->today.day ? (Date){c->today.day - 1} : last_day;
    TRY(db_exec(c, END_SOON, &changed, membership, last));
    if (changed == 0) TRY(db_exec(c, REVOKE, &changed, membership, last));
    if (changed == 0) return fail(c, E_CONFLICT, T("Rollen er sluttet, eller den slutter før den dag, du valgte."));
    return people_told(c, "role.end", membership, date_iso(c->arena, last));
}

/* ---- sides and local titles ------------------------------------------------------------ */

SQL(SIDES, "SELECT role, side, title FROM role_side WHERE owner_id = $1");

Err people_role_sides(Ctx *c, int64_t owner, RoleSides *ret)
{
    ptrdiff_t n = 0;
    const RoleDef *defs = people_roles(&n);
    RoleSides all = {.v = NEW(c->arena, RoleSide, n), .n = n};
    for (ptrdiff_t i = 0; i < n; i++) all.v[i] = (RoleSide){.role = &defs[i], .side = str_of_z(defs[i].side), .title = S("")};
    Rows r = db_query(c, SIDES, owner);
    while (db_next(&r)) {
        const RoleDef *def = people_role(db_str(&r, 0));
        if (!def) continue; /* a role of a newer program */
        all.v[def - defs].side = db_str(&r, 1);
        all.v[def - defs].title = db_str(&r, 2);
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(SIDE_SET, "INSERT INTO role_side (owner_id, role, side, title) VALUES ($1, $2, $3, $4)"
              " ON CONFLICT (owner_id, role) DO UPDATE SET side = excluded.side, title = excluded.title, version = role_side.version + 1");

Err people_role_side_set(Ctx *c, int64_t owner, Str role, Str side, Str title)
{
    if (!people_role(role)) return fail(c, E_INVALID, TF("Rollen {1} findes ikke.", role));
    TRY(db_exec(c, SIDE_SET, NULL, owner, role, side, title));
    return audit_add(c, (AuditRow){.owner_id = owner, .verb = "role.side", .object = "account", .detail = STR_CAT(c->arena, role, S(" "), side)});
}

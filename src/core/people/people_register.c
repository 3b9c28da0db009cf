/* Finding people: only those at units where the viewer has account/R, which the
   statements ask themselves (v_access_unit). */
#include "base/buf.h"
#include "base/number.h"
#include "core/people/people.h"
#include "render/out.h"
#include "text/name.h"

#define UNITS_WITH(need)                                                                              \
    "(SELECT a.unit_id FROM v_access_unit a WHERE a.object = 'account' AND a.need = " need            \
    " AND a.viewer_id = $1 AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2))"

/* From the units in reach to their memberships to the people: a municipality's
   some thousand at most, ordered by name. */
SQL(REGISTER,
    "SELECT p.id, p.uid, p.name, p.email, p.leaves_on, p.name_sort FROM person p WHERE p.id IN"
    " (SELECT m.person_id FROM membership m WHERE m.unit_id IN " UNITS_WITH("'R'")
    "  AND m.revoked = 0 AND ($3 = '' OR m.role = $3)"
    "  AND ($4 = 0 OR m.unit_id IN (SELECT r.unit_id FROM v_organisation_reach r WHERE r.above_id = $4)))"
    " AND (p.name_sort > $5 OR (p.name_sort = $5 AND p.id > $6))"
    " AND ($7 = '' OR instr(' ' || p.name_fold, ' ' || $7) > 0)"
    " ORDER BY p.name_sort, p.id LIMIT $8");

SQL(ROLES_OF,
    "SELECT m.person_id, m.role, u.name, s.title FROM ROWS($3, id INTEGER) w JOIN v_people_membership m ON m.person_id = w.id"
    " JOIN v_organisation_unit u ON u.id = m.unit_id LEFT JOIN role_side s ON s.owner_id = m.owner_id AND s.role = m.role"
    " WHERE m.unit_id IN " UNITS_WITH("'R'") " AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)"
    " ORDER BY m.person_id, m.role, u.name, m.id");

static Str ids_json(Ctx *c, const PersonLine *v, ptrdiff_t n)
{
    Buf b = buf_new(c->arena, n * 24 + 8);
    buf_add_char(&b, '[');
    for (ptrdiff_t i = 0; i < n; i++) {
        buf_add(&b, i ? S(",[") : S("["));
        buf_add_i64(&b, v[i].id.v);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

static Str role_at(Ctx *c, Str role, Str title, Str unit)
{
    return msg_text(c, TF("{1}, {2}", msg_text(c, people_role_title(people_role(role), role, title)), unit));
}

static PersonLine *line_of(PersonLine *v, ptrdiff_t n, int64_t id)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (v[i].id.v == id) return &v[i];
    return NULL;
}

enum { ROLES_AT_ONCE = 200 };

static Err fill_roles(Ctx *c, PersonLine *v, ptrdiff_t n)
{
    Rows r = db_query(c, ROLES_OF, c->viewer, c->today, ids_json(c, v, n));
    while (db_next(&r)) {
        PersonLine *line = line_of(v, n, db_i64(&r, 0));
        Str role = role_at(c, db_str(&r, 1), db_str(&r, 3), db_str(&r, 2));
        if (line) line->roles = line->roles.n ? STR_CAT(c->arena, line->roles, S("; "), role) : role;
    }
    return db_done(&r);
}

Err people_register(Ctx *c, const PeopleFilter *f, int limit, PersonLines *ret)
{
    PersonLines all = {.v = NEW(c->arena, PersonLine, limit)};
    Str name = text_name_fold(c->arena, str_trim(f->name));
    Rows r = db_query(c, REGISTER, c->viewer, c->today, f->role, f->unit_id, f->after_sort, f->after_id, name, limit + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == limit)) break;
        all.v[all.n++] = (PersonLine){.id = {db_i64(&r, 0)}, .uid = db_str(&r, 1), .name = db_str(&r, 2), .email = db_str(&r, 3),
                                      .leaves_on = {(int32_t)db_i64(&r, 4)}, .sort = db_str(&r, 5)};
    }
    TRY(db_done(&r));
    for (ptrdiff_t at = 0; at < all.n; at += ROLES_AT_ONCE)
        TRY(fill_roles(c, all.v + at, i64_min(ROLES_AT_ONCE, all.n - at)));
    *ret = all;
    return OK;
}

/* ---- memberships as pages show them ---------------------------------------------- */

#define LINE_COLUMNS                                                                                   \
    "SELECT m.id, m.unit_id, m.owner_id, m.uid, m.role, u.name, m.purpose, p.name, p.uid, g.name,"     \
    " m.valid_from, m.valid_to, m.needs_second, m.confirmed_by, m.granted_by, m.person_id, s.title"             \
    " FROM membership m JOIN v_organisation_unit u ON u.id = m.unit_id JOIN person p ON p.id = m.person_id" \
    " LEFT JOIN person g ON g.id = m.granted_by LEFT JOIN role_side s ON s.owner_id = m.owner_id AND s.role = m.role"

static MembershipState state_of(const Ctx *c, const Rows *r, Date from, Date to)
{
    if (to.day && to.day < c->today.day) return MEMBERSHIP_ENDED;
    if (db_i64(r, 12) && db_is_null(r, 13)) return MEMBERSHIP_WAITS;
    return from.day > c->today.day ? MEMBERSHIP_COMES : MEMBERSHIP_COUNTS;
}

enum { LINES_MAX = 64 };

static Err lines_of(Ctx *c, Rows r, MembershipLines *ret)
{
    MembershipLines all = {.v = NEW(c->arena, MembershipLine, LINES_MAX)};
    while (db_next(&r) && all.n < LINES_MAX) {
        Date from = {(int32_t)db_i64(&r, 10)}, to = {(int32_t)db_i64(&r, 11)};
        all.v[all.n++] = (MembershipLine){
            .id = db_i64(&r, 0), .unit_id = db_i64(&r, 1), .owner_id = db_i64(&r, 2), .uid = db_str(&r, 3), .role = db_str(&r, 4),
            .unit = db_str(&r, 5), .purpose = db_str(&r, 6), .person = db_str(&r, 7), .person_uid = db_str(&r, 8),
            .granter = db_str(&r, 9), .title = db_str(&r, 16), .valid_from = from, .valid_to = to, .state = state_of(c, &r, from, to),
            .by_viewer = db_i64(&r, 14) == c->viewer.v || db_i64(&r, 15) == c->viewer.v};
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(LINES_SEEN, LINE_COLUMNS " WHERE m.person_id = $3 AND m.revoked = 0 AND m.unit_id IN " UNITS_WITH("'R'")
                             " ORDER BY m.valid_from DESC, m.id DESC LIMIT 64");

Err people_memberships_seen(Ctx *c, PersonId id, MembershipLines *ret)
{
    return lines_of(c, db_query(c, LINES_SEEN, c->viewer, c->today, id), ret);
}

SQL(LINES_WAITING, LINE_COLUMNS " WHERE m.needs_second = 1 AND m.confirmed_by IS NULL AND m.revoked = 0"
                                " AND m.unit_id IN " UNITS_WITH("'W'") " AND m.granted_by <> $1 AND m.person_id <> $1"
                                " AND (m.valid_to IS NULL OR m.valid_to >= $2) ORDER BY m.id LIMIT 64");

Err people_waiting(Ctx *c, MembershipLines *ret)
{
    return lines_of(c, db_query(c, LINES_WAITING, c->viewer, c->today), ret);
}

/* ---- where they lie --------------------------------------------------------------------- */

SQL(PLACE_IN_REACH, "SELECT p.id, m.owner_id, m.unit_id FROM person p JOIN membership m ON m.person_id = p.id"
                    " WHERE p.uid = $3 AND m.revoked = 0 AND ($5 = 0 OR m.owner_id = p.owner_id)"
                    " AND m.unit_id IN " UNITS_WITH("$4") " ORDER BY m.id LIMIT 1");
SQL(PLACE_AT_HOME, "SELECT id, owner_id, owner_id FROM person WHERE uid = $1");

static Err one_place(Rows r, Place *ret, bool *ret_found)
{
    *ret_found = db_next(&r);
    if (*ret_found)
        *ret = (Place){.object_id = db_i64(&r, 0), .author = {db_i64(&r, 0)}, .owner_id = db_i64(&r, 1), .unit_id = db_i64(&r, 2)};
    return db_done(&r);
}

Err people_place(Ctx *c, Str uid, Str need, bool home, Place *ret)
{
    bool found = false;
    TRY(one_place(db_query(c, PLACE_IN_REACH, c->viewer, c->today, uid, need, home), ret, &found));
    if (!found) TRY(one_place(db_query(c, PLACE_AT_HOME, uid), ret, &found));
    return found ? OK : E_NOT_FOUND;
}

SQL(MEMBERSHIP_PLACE, "SELECT id, owner_id, unit_id FROM membership WHERE uid = $1 AND revoked = 0");

Err people_membership_place(Ctx *c, Str uid, Place *ret)
{
    bool found = false;
    TRY(one_place(db_query(c, MEMBERSHIP_PLACE, uid), ret, &found));
    ret->author = (ViewerId){0}; /* the id is the membership's, nobody's own */
    return found ? OK : E_NOT_FOUND;
}

#include "core/people/people.h"

#include "base/number.h"
#include "core/people/people_inside.h"
#include "text/name.h"

/* DOMAIN §2.1; the sides are defaults (DOMAIN §0.5). Sensitive: roles that open
   other people's cases, accounts or logs. */
static const RoleDef roles[] = {
    {"skolechef", T_INIT("skolechef"), "forvaltning", false},
    {"laeringschef", T_INIT("læringschef"), "forvaltning", false},
    {"konsulent", T_INIT("konsulent"), "forvaltning", false},
    {"skoleleder", T_INIT("skoleleder"), "skole", false},
    {"afdelingsleder", T_INIT("afdelingsleder"), "skole", false},
    {"team", T_INIT("medarbejder"), "skole", false},
    {"ressourceperson", T_INIT("ressourceperson"), "skole", false},
    {"kvalitetsteam", T_INIT("kvalitetsteam"), "udenfor", false},
    {"ppr", T_INIT("PPR-psykolog"), "forvaltning", true},
    {"visitationsmedlem", T_INIT("medlem af visitationsudvalget"), "forvaltning", true},
    {"visitationssekretaer", T_INIT("sekretær for visitationsudvalget"), "forvaltning", true},
    {"oekonomi", T_INIT("økonomimedarbejder"), "forvaltning", false},
    {"politiker", T_INIT("politiker"), "udenfor", false},
    {"skolebestyrelse", T_INIT("medlem af skolebestyrelsen"), "udenfor", false},
    {"med", T_INIT("medlem af MED-udvalget"), "udenfor", false},
    {"org", T_INIT("faglig organisation"), "udenfor", false},
    {"foraelder", T_INIT("forælder"), "udenfor", false},
    {"elev", T_INIT("elev"), "udenfor", false},
    {"programleder", T_INIT("programleder"), "forvaltning", false},
    {"tovholder", T_INIT("tovholder"), "forvaltning", false},
    {"dpo", T_INIT("databeskyttelsesrådgiver"), "udenfor", true},
    {"sysadm", T_INIT("systemadministrator"), "forvaltning", true},
};

const RoleDef *people_role(Str code)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(roles); i++)
        if (str_eq(code, str_of_z(roles[i].code))) return &roles[i];
    return NULL;
}

const RoleDef *people_roles(ptrdiff_t *ret_n)
{
    *ret_n = COUNT_OF(roles);
    return roles;
}

Msg people_role_title(const RoleDef *role, Str code, Str local_title)
{
    if (local_title.n) return msg_verbatim(local_title);
    return role ? role->title : msg_verbatim(code);
}

static Err one_person(Rows r, Person *ret)
{
    Person p = {0};
    bool found = db_next(&r);
    if (found) {
        p = (Person){
            .id = {db_i64(&r, 0)},
            .owner_id = db_i64(&r, 1),
            .version = {db_i64(&r, 2)},
            .uid = db_str(&r, 3),
            .name = db_str(&r, 4),
            .email = db_str(&r, 5),
            .leaves_on = {(int32_t)db_i64(&r, 6)},
        };
    }
    TRY(db_done(&r));
    if (!found) return E_NOT_FOUND;
    *ret = p;
    return OK;
}

SQL(PERSON_BY_ID, "SELECT id, owner_id, version, uid, name, email, leaves_on FROM person WHERE id = $1");

Err people_by_id(Ctx *c, PersonId id, Person *ret)
{
    return one_person(db_query(c, PERSON_BY_ID, id), ret);
}

SQL(PERSON_BY_UID, "SELECT id, owner_id, version, uid, name, email, leaves_on FROM person WHERE uid = $1");

Err people_by_uid(Ctx *c, Str uid, Person *ret)
{
    return one_person(db_query(c, PERSON_BY_UID, uid), ret);
}

SQL(PERSON_ADD, "INSERT INTO person (owner_id, uid, name, name_sort, name_fold, email, email_fold)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");

Err people_add(Ctx *c, UnitId owner, Str name, Str email, PersonId *ret)
{
    if (str_chars(name) < 1 || str_chars(name) > 200) ctx_problem(c, S("name"), T("Skriv et navn på 1–200 tegn."));
    TRY(ctx_check(c));
    PersonId id = {0};
    TRY(db_one_i64(c, PERSON_ADD, &id.v, owner, ctx_uid(c), name, text_name_sort(c->arena, name),
                   text_name_fold(c->arena, name), email, text_lower(c->arena, email)));
    *ret = id;
    return OK;
}

SQL(HELD, "SELECT count(*) FROM membership WHERE person_id = $1 AND revoked = 0 AND (valid_to IS NULL OR valid_to >= $2)");

/* At most as many as people_memberships reads: told here, where somebody can do something about it. */
static Err has_room(Ctx *c, PersonId person)
{
    int64_t held = 0;
    TRY(db_one_i64(c, HELD, &held, person, c->today));
    if (held < MEMBERSHIPS_MAX) return OK;
    return fail(c, E_INVALID, TF("Personen har {1} roller. Afslut nogle af dem, før du giver flere.", held));
}

SQL(GRANT, "INSERT INTO membership (owner_id, uid, person_id, unit_id, role, purpose, valid_from, valid_to, granted_by, needs_second)"
           " SELECT u.owner_id, $1, $2, u.id, $4, $5, $6, $7, $8, $9 FROM v_organisation_unit u WHERE u.id = $3"
           " RETURNING id");

Err people_grant(Ctx *c, NewMembership m, int64_t *ret_id)
{
    const RoleDef *role = people_role(m.role);
    if (!role) return fail(c, E_INVALID, TF("Rollen {1} findes ikke.", m.role));
    if (m.valid_to.day && m.valid_to.day < m.valid_from.day)
        return fail(c, E_INVALID, T("Sidste dag ligger før første dag."));
    if (m.granted_by.v && m.granted_by.v == m.person.v)
        return fail(c, E_INVALID, T("Du kan ikke give dig selv en rolle. Bed en anden administrator om det."));
    TRY(has_room(c, m.person));
    bool second = m.granted_by.v && (role->sensitive || m.outside);
    TRY(db_one_i64(c, GRANT, ret_id, ctx_uid(c), m.person, m.unit, m.role, m.purpose, m.valid_from,
                   DB_IF(m.valid_to.day, m.valid_to), DB_IF(m.granted_by.v, m.granted_by), second));
    return people_told(c, second ? "role.propose" : "role.grant", *ret_id, S(""));
}

/* Revoked is what was declined, and never counted, but also what counted and was ended on its first day. */
SQL(ROLES_HELD, "SELECT role FROM membership WHERE person_id = $1 AND (valid_to IS NULL OR valid_to >= $2)"
                " AND (revoked = 0 OR ((needs_second = 0 OR confirmed_by IS NOT NULL) AND valid_from >= $2))");

Err people_is_sensitive(Ctx *c, PersonId id, bool *ret)
{
    *ret = false;
    Rows r = db_query(c, ROLES_HELD, id, (Date){c->today.day - PEOPLE_TWO_DAYS});
    while (db_next(&r)) {
        const RoleDef *role = people_role(db_str(&r, 0));
        if (!role || role->sensitive) *ret = true; /* a role of a newer program may be anything */
    }
    return db_done(&r);
}

SQL(MEMBERSHIPS, "SELECT m.unit_id, m.owner_id, m.role, s.title FROM v_people_membership m"
                 " LEFT JOIN role_side s ON s.owner_id = m.owner_id AND s.role = m.role"
                 " WHERE m.person_id = $1 AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2)"
                 " ORDER BY m.role, m.unit_id LIMIT $3");

/* Most people have one, few more than eight: room as it is needed. */
static void make_room(Ctx *c, Memberships *all, ptrdiff_t *room)
{
    if (all->n < *room) return;
    ptrdiff_t more = *room ? 2 * *room : 8;
    Membership *v = NEW(c->arena, Membership, more);
    for (ptrdiff_t i = 0; i < all->n; i++) v[i] = all->v[i];
    all->v = v;
    *room = more;
}

Err people_memberships(Ctx *c, PersonId id, Memberships *ret)
{
    Memberships all = {0};
    ptrdiff_t room = 0;
    Rows r = db_query(c, MEMBERSHIPS, id, c->today, MEMBERSHIPS_MAX + 1);
    while (db_next(&r)) {
        make_room(c, &all, &room);
        all.v[all.n++] = (Membership){.unit_id = db_i64(&r, 0), .owner_id = db_i64(&r, 1), .role = db_str(&r, 2), .title = db_str(&r, 3)};
    }
    TRY(db_done(&r));
    if (all.n > MEMBERSHIPS_MAX)
        return fail(c, E_CONFLICT, T("Kontoen har flere roller, end programmet kan holde rede på. Bed en administrator afslutte nogle af dem."));
    *ret = all;
    return OK;
}

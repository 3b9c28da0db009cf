#include "core/account/account_deeds.h"

/* Rows lie with the owner of what was changed: the person's own, and those of the roles' units. */
SQL(DEEDS, "SELECT a.at, a.verb, p.name, a.detail FROM v_audit a LEFT JOIN v_people_person p ON p.id = a.person_id"
           " WHERE a.owner_id IN (SELECT x.owner_id FROM v_people_person x WHERE x.id = $1"
           "  UNION SELECT m.owner_id FROM v_people_every_membership m WHERE m.person_id = $1)"
           " AND a.object = 'account' AND a.object_id = $1 AND a.at > $2 AND a.verb IN"
           " ('account.invite', 'account.reset-link', 'account.password', 'account.second-on', 'account.second-off', 'account.close',"
           " 'account.open', 'consent.ask', 'consent.give', 'consent.refuse', 'person.set', 'person.email',"
           " 'role.grant', 'role.propose', 'role.confirm', 'role.end')"
           " ORDER BY a.at DESC, a.id DESC LIMIT $3");

/* "dpo", or "dpo 2026-03-01". */
static const RoleDef *role_in(Str detail)
{
    ptrdiff_t end = str_find_char(detail, ' ', 0);
    return people_role(end < 0 ? detail : str_sub(detail, 0, end));
}

Err account_deeds(Ctx *c, PersonId person, Deeds *ret)
{
    Deeds all = {.v = NEW(c->arena, Deed, DEEDS_MAX)};
    Rows r = db_query(c, DEEDS, person, c->now.ms - INT64_C(86400000) * PEOPLE_TWO_DAYS, DEEDS_MAX + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == DEEDS_MAX)) break;
        Str verb = db_str(&r, 1);
        all.v[all.n++] = (Deed){.at = {db_i64(&r, 0)}, .verb = verb, .by = db_str(&r, 2),
                                .role = str_starts(verb, S("role.")) ? role_in(db_str(&r, 3)) : NULL};
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

/* The access table at work. The question is asked per membership, so that a
   right held in one place never meets a relation held in another. */
#include "core/access/access.h"

#include "core/organisation/organisation.h"

static AccessRole role_of(Str code)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (str_eq(code, str_of_z(access_role_names[i]))) return (AccessRole)i;
    return ROLE_COUNT; /* a role that the table does not know has no right */
}

SQL(REACHES, "SELECT count(*) FROM v_organisation_reach WHERE above_id = $1 AND unit_id = $2");

static Err reaches(Ctx *c, int64_t above, int64_t unit, bool *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, REACHES, &n, above, unit));
    *ret = n > 0;
    return OK;
}

static Err below(Ctx *c, const Membership *m, const Place *p, bool *ret)
{
    if (p->owner_id != m->owner_id) return OK;
    return reaches(c, m->unit_id, p->unit_id, ret);
}

static Err released(Ctx *c, const Membership *m, const Place *p, bool *ret)
{
    if (!p->released) return OK;
    TRY(below(c, m, p, ret));
    return *ret ? OK : reaches(c, p->unit_id, m->unit_id, ret);
}

/* m is NULL for rules of everybody ('*'), which no unit relation can hold for. */
static Err relation_holds(Ctx *c, AccessRelation relation, const Membership *m, const Place *p, bool *ret)
{
    *ret = false;
    switch (relation) {
    case RELATION_ANY: *ret = true; return OK;
    case RELATION_OWN: *ret = p->author.v && p->author.v == c->viewer.v; return OK;
    case RELATION_ASSIGNED: *ret = p->assigned; return OK;
    case RELATION_SHARED: *ret = p->shared; return OK;
    case RELATION_UNIT: return m ? below(c, m, p, ret) : OK;
    case RELATION_REACH: return m ? reaches(c, m->unit_id, p->unit_id, ret) : OK;
    case RELATION_INSIDE: return m ? reaches(c, p->unit_id, m->unit_id, ret) : OK;
    case RELATION_OWNER: *ret = m && m->owner_id == p->owner_id; return OK;
    case RELATION_RELEASED: return m ? released(c, m, p, ret) : OK;
    }
    return fail(c, E_BROKEN, T("En ukendt relation i adgangstabellen."));
}

/* One rule against one membership: has_right where the role matches, holds
   where the relation does too. */
static Err try_rule(Ctx *c, const AccessRow *rule, const Membership *m, const Place *place, bool *has_right, bool *holds)
{
    *has_right = true;
    if (!place) {
        *holds = true;
        return OK;
    }
    return relation_holds(c, (AccessRelation)rule->relation, m, place, holds);
}

static Err ask(Ctx *c, const Need *need, const Place *place, bool *has_right, bool *holds)
{
    const Memberships *all = &c->session->memberships;
    for (int i = 0; i < access_row_count && !*holds; i++) {
        const AccessRow *rule = &access_rows[i];
        if (rule->object != need->object || rule->right != need->right) continue;
        if (rule->role == ROLE_ANY) TRY(try_rule(c, rule, NULL, place, has_right, holds));
        for (ptrdiff_t k = 0; k < all->n && !*holds; k++)
            if ((AccessRole)rule->role == role_of(all->v[k].role))
                TRY(try_rule(c, rule, &all->v[k], place, has_right, holds));
    }
    return OK;
}

Err access_permit(Ctx *c, const Need *need, const Place *place)
{
    if (need == NEED_PUBLIC) return OK;
    if (!c->session) return fail(c, E_FORBIDDEN, T("Log ind for at se siden."));
    if (need == NEED_SIGNED_IN) return OK;
    if (c->session->lacks_second)
        return fail(c, E_FORBIDDEN, T("Din rolle kræver en kode fra en app. Slå den til under Din konto, så kan du komme videre."));
    bool has_right = false, holds = false;
    TRY(ask(c, need, place, &has_right, &holds));
    if (holds) return OK;
    if (has_right) return fail(c, E_NOT_FOUND, T("Siden findes ikke, eller du har ikke adgang til den. Spørg din leder, hvis du mangler adgang."));
    return fail(c, E_FORBIDDEN, T("Din rolle giver ikke adgang til denne side. Spørg din leder, hvis du mangler adgang."));
}

bool access_may(Ctx *c, const Need *need, const Place *place)
{
    bool has_right = false, holds = false;
    if (need == NEED_PUBLIC) return true;
    if (!c->session) return false;
    if (need == NEED_SIGNED_IN) return true;
    if (c->session->lacks_second) return false;
    if (ask(c, need, place, &has_right, &holds) != OK) return false;
    return holds;
}

SQL_SCAN(RULES_CLEAR, "a small table, made anew at start", "DELETE FROM access_rule");
SQL(RULE_ADD, "INSERT INTO access_rule (object, role, relation, need) VALUES ($1, $2, $3, $4)");

static Str letter(short right)
{
    return (Str){&access_right_letters[right], 1};
}

Err access_rules_store(Ctx *c)
{
    TRY(db_exec(c, RULES_CLEAR, NULL));
    for (int i = 0; i < access_row_count; i++) {
        const AccessRow *rule = &access_rows[i];
        Str role = rule->role == ROLE_ANY ? S("*") : str_of_z(access_role_names[rule->role]);
        TRY(db_exec(c, RULE_ADD, NULL, str_of_z(access_object_names[rule->object]), role,
                    str_of_z(access_relation_names[rule->relation]), letter(rule->right)));
    }
    return OK;
}

#include "core/access/consent.h"

#include "base/number.h"
#include "core/audit/audit.h"

enum { CONSENT_MS = 7 * 86400000, CONSENTS_MAX = 20 };

static const char *const kinds[] = {
    [CONSENT_INVITATION] = "invitation", [CONSENT_RESET] = "reset",  [CONSENT_EMAIL] = "email",
    [CONSENT_SECOND_OFF] = "second",     [CONSENT_OPEN] = "open",    [CONSENT_LEAVES] = "leaves",
};

/* 0: no kind of this program. */
static ConsentKind kind_of(Str code)
{
    for (int i = CONSENT_INVITATION; i < COUNT_OF(kinds); i++)
        if (str_eq(str_of_z(kinds[i]), code)) return (ConsentKind)i;
    return (ConsentKind)0;
}

static Err told(Ctx *c, PersonId person, const char *verb, ConsentKind kind)
{
    Person p = {0};
    TRY(people_by_id(c, person, &p));
    return audit_add(c, (AuditRow){.owner_id = p.owner_id, .verb = verb, .object = "account", .object_id = person.v,
                                   .detail = str_of_z(kinds[kind])});
}

/* ---- asking and answering ------------------------------------------------------ */

SQL(CONSENT_ASK, "INSERT INTO account_consent (owner_id, uid, person_id, kind, email, leaves_on, asked_by, asked_at)"
                 " SELECT p.owner_id, $2, p.id, $3, $4, $7, $5, $6 FROM v_people_person p WHERE p.id = $1"
                 " ON CONFLICT (person_id, kind) DO UPDATE SET uid = excluded.uid, email = excluded.email, leaves_on = excluded.leaves_on,"
                 " asked_by = excluded.asked_by, asked_at = excluded.asked_at, answered_at = NULL");

Err consent_ask(Ctx *c, NewConsent wanted)
{
    TRY(db_exec(c, CONSENT_ASK, NULL, wanted.person, ctx_uid(c), str_of_z(kinds[wanted.kind]), wanted.email, c->viewer, c->now.ms,
                DB_IF(wanted.leaves_on.day, wanted.leaves_on)));
    return told(c, wanted.person, "consent.ask", wanted.kind);
}

/* Guarded by the uid, too: what is asked anew has another. */
SQL(CONSENT_GIVE, "UPDATE account_consent SET answered_at = $5 WHERE id = $1 AND uid = $2 AND answered_at IS NULL"
                  " AND asked_by <> $3 AND person_id <> $3 AND asked_at > $4");

Err consent_give(Ctx *c, const Consent *consent)
{
    int changed = 0;
    TRY(db_exec(c, CONSENT_GIVE, &changed, consent->id, consent->uid, c->viewer, c->now.ms - CONSENT_MS, c->now.ms));
    if (changed == 0)
        return fail(c, E_CONFLICT, T("En anden end den, der bad om det, og den, det gælder, skal sige ja. Måske er det allerede gjort."));
    return told(c, consent->person, "consent.give", consent->kind);
}

SQL(CONSENT_REFUSE, "UPDATE account_consent SET answered_at = $3 WHERE id = $1 AND uid = $2 AND answered_at IS NULL");

Err consent_refuse(Ctx *c, const Consent *consent)
{
    int changed = 0;
    TRY(db_exec(c, CONSENT_REFUSE, &changed, consent->id, consent->uid, c->now.ms));
    if (changed == 0) return fail(c, E_CONFLICT, T("Nogen har svaret imens. Se personen igen."));
    return told(c, consent->person, "consent.refuse", consent->kind);
}

/* ---- finding them ---------------------------------------------------------------- */

#define CONSENT_COLUMNS                                                                                         \
    "SELECT n.id, n.uid, n.person_id, p.uid, p.name, n.kind, n.email, g.name, n.asked_at, n.asked_by,"          \
    " coalesce(n.leaves_on, 0)"                                                                                 \
    " FROM account_consent n JOIN v_people_person p ON p.id = n.person_id JOIN v_people_person g ON g.id = n.asked_by"

static Err rows_of(Ctx *c, Rows r, Consents *ret)
{
    Consents all = {.v = NEW(c->arena, Consent, CONSENTS_MAX)};
    while (db_next(&r) && all.n < CONSENTS_MAX) {
        Consent n = {.id = db_i64(&r, 0), .uid = db_str(&r, 1), .person = {db_i64(&r, 2)}, .person_uid = db_str(&r, 3),
                                   .person_name = db_str(&r, 4), .kind = kind_of(db_str(&r, 5)), .email = db_str(&r, 6),
                                   .asker = db_str(&r, 7), .asked_at = {db_i64(&r, 8)},
                                   .leaves_on = {(int32_t)db_i64(&r, 10)},
                                   .is_theirs = db_i64(&r, 9) == c->viewer.v || db_i64(&r, 2) == c->viewer.v};
        if (!n.kind) return fail(c, E_BROKEN, T("Programmet kender ikke det, der blev bedt om."));
        all.v[all.n++] = n;
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(CONSENT_BY_ID, CONSENT_COLUMNS " WHERE n.id = $1 AND n.asked_at > $2");

Err consent_by_id(Ctx *c, int64_t id, Consent *ret)
{
    Consents one = {0};
    TRY(rows_of(c, db_query(c, CONSENT_BY_ID, id, c->now.ms - CONSENT_MS), &one));
    if (one.n == 0) return E_NOT_FOUND;
    *ret = one.v[0];
    return OK;
}

SQL(CONSENTS_OF, CONSENT_COLUMNS " WHERE n.person_id = $1 AND n.asked_at > $2 AND n.answered_at IS NULL ORDER BY n.asked_at, n.id LIMIT 20");

Err consents_of(Ctx *c, PersonId person, Consents *ret)
{
    return rows_of(c, db_query(c, CONSENTS_OF, person, c->now.ms - CONSENT_MS), ret);
}

SQL(CONSENTS_WAITING, CONSENT_COLUMNS " WHERE n.asked_at > $3 AND n.answered_at IS NULL AND n.asked_by <> $1 AND n.person_id <> $1"
                      " AND n.owner_id IN (SELECT x.unit_id FROM v_access_unit x WHERE x.object = 'account' AND x.need = 'W'"
                      " AND x.viewer_id = $1 AND x.valid_from <= $2 AND (x.valid_to IS NULL OR x.valid_to >= $2))"
                      " ORDER BY n.asked_at, n.id LIMIT 20");

Err consents_waiting(Ctx *c, Consents *ret)
{
    return rows_of(c, db_query(c, CONSENTS_WAITING, c->viewer, c->today, c->now.ms - CONSENT_MS), ret);
}

SQL(CONSENT_PERSON, "SELECT n.id, p.uid FROM account_consent n JOIN v_people_person p ON p.id = n.person_id"
                    " WHERE n.uid = $1 AND n.asked_at > $2");

Err consent_place(Ctx *c, Str uid, Place *ret)
{
    int64_t id = 0;
    Str person = {0};
    Rows r = db_query(c, CONSENT_PERSON, uid, c->now.ms - CONSENT_MS);
    if (db_next(&r)) {
        id = db_i64(&r, 0);
        person = db_str(&r, 1);
    }
    TRY(db_done(&r));
    if (!id) return E_NOT_FOUND;
    TRY(people_place(c, person, S("W"), true, ret));
    ret->object_id = id;
    return OK;
}

SQL(CONSENTS_EXPIRE, "DELETE FROM account_consent WHERE asked_at <= $1");

Err consents_expire(Ctx *c)
{
    return db_exec(c, CONSENTS_EXPIRE, NULL, c->now.ms - CONSENT_MS);
}

#include "core/access/link.h"

#include "core/access/sign_in.h"
#include "core/app.h"
#include "core/audit/audit.h"
#include "text/name.h"

enum { INVITATION_MS = 14 * 86400000, RESET_MS = 3600000 };

static const struct {
    LinkKind kind;
    const char *code, *path, *verb;
    int64_t lives_ms;
} kinds[] = {
    {LINK_INVITATION, "invitation", "/invitation/", "account.invite", INVITATION_MS},
    {LINK_RESET, "reset", "/nulstil/", "account.reset-link", RESET_MS},
};

static Str code_of(LinkKind kind)
{
    return str_of_z(kinds[kind - 1].code);
}

Link link_new(Ctx *c, LinkKind kind)
{
    Link link = {.kind = kind, .token = access_token_new(c), .ends_at = {c->now.ms + kinds[kind - 1].lives_ms}};
    link.path = STR_CAT(c->arena, str_of_z(kinds[kind - 1].path), link.token);
    link.address = STR_CAT(c->arena, c->app->settings->public_address, link.path);
    return link;
}

SQL(ACCOUNT_OF, "SELECT a.id, a.owner_id FROM account a WHERE a.person_id = $1 AND (a.closed_on IS NULL OR a.closed_on > $2)");
SQL(LINKS_DROP, "DELETE FROM account_link WHERE account_id = $1");
SQL(LINK_ADD, "INSERT INTO account_link (token_hash, account_id, kind, ends_at) VALUES ($1, $2, $3, $4)");
SQL(ASKED_DONE, "UPDATE account SET reset_asked_at = 0 WHERE id = $1");

Err link_store(Ctx *c, PersonId person, const Link *link)
{
    AccountId account = {0};
    int64_t owner = 0;
    Rows r = db_query(c, ACCOUNT_OF, person, c->today);
    if (db_next(&r)) {
        account.v = db_i64(&r, 0);
        owner = db_i64(&r, 1);
    }
    TRY(db_done(&r));
    if (!account.v) return fail(c, E_CONFLICT, T("Personen har ingen åben konto. Åbn kontoen først."));
    TRY(db_exec(c, LINKS_DROP, NULL, account));
    TRY(db_exec(c, LINK_ADD, NULL, secret_hash(c, link->token), account, code_of(link->kind), link->ends_at.ms));
    TRY(db_exec(c, ASKED_DONE, NULL, account));
    return audit_add(c, (AuditRow){.owner_id = owner, .verb = kinds[link->kind - 1].verb, .object = "account", .object_id = person.v});
}

SQL(LINKS_DROP_OF, "DELETE FROM account_link WHERE account_id IN (SELECT a.id FROM account a WHERE a.person_id = $1)");

Err link_drop(Ctx *c, PersonId person)
{
    return db_exec(c, LINKS_DROP_OF, NULL, person);
}

SQL(LINK_OPEN,
    "SELECT l.account_id, a.person_id, a.owner_id, l.kind, a.login_shown, p.name, l.token_hash"
    " FROM account_link l JOIN account a ON a.id = l.account_id JOIN v_people_person p ON p.id = a.person_id"
    " WHERE l.token_hash = $1 AND l.used_at IS NULL AND l.ends_at > $2"
    " AND (a.closed_on IS NULL OR a.closed_on > $3) AND (p.leaves_on IS NULL OR p.leaves_on > $3)");

static Err gone(Ctx *c, Err err)
{
    return fail(c, err, T("Linket er brugt eller for gammelt. Bed den, der sendte det, om et nyt."));
}

Err link_open(Ctx *c, Str token, LinkTarget *ret)
{
    LinkTarget t = {0};
    Rows r = db_query(c, LINK_OPEN, secret_hash(c, token), c->now.ms, c->today);
    if (db_next(&r))
        t = (LinkTarget){.account = {db_i64(&r, 0)}, .person = {db_i64(&r, 1)}, .owner_id = db_i64(&r, 2),
                         .kind = str_eq(db_str(&r, 3), code_of(LINK_RESET)) ? LINK_RESET : LINK_INVITATION,
                         .login = db_str(&r, 4), .name = db_str(&r, 5), .token_hash = db_str(&r, 6)};
    TRY(db_done(&r));
    if (!t.account.v) return gone(c, E_NOT_FOUND);
    *ret = t;
    return OK;
}

/* Guarded, for two browsers may hold the same link. */
SQL(LINK_USE, "UPDATE account_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND ends_at > $2");

Err link_use(Ctx *c, const LinkTarget *target, Str password_hash)
{
    int changed = 0;
    TRY(db_exec(c, LINK_USE, &changed, target->token_hash, c->now.ms));
    if (changed == 0) return gone(c, E_CONFLICT);
    TRY(access_password_set(c, target->account, password_hash));
    TRY(sessions_end_all(c, target->account));
    c->viewer = (ViewerId){target->person.v}; /* the link shows who it is, for the audit row */
    return audit_add(c, (AuditRow){.owner_id = target->owner_id, .verb = "account.password", .object = "account",
                                   .object_id = target->person.v, .detail = code_of(target->kind)});
}

/* ---- forgotten -------------------------------------------------------------- */

SQL(REQUEST_ADD, "INSERT INTO reset_request (sealed, asked_at) SELECT $1, $2 WHERE (SELECT count(*) FROM reset_request) < $3");

Err link_ask(Ctx *c, Str written)
{
    return db_exec(c, REQUEST_ADD, NULL, secret_seal(c, c->app->secrets, PURPOSE_FORGOT, written), c->now.ms, (int)LINK_REQUESTS_MAX);
}

SQL(REQUEST_TAKE, "DELETE FROM reset_request WHERE id = (SELECT min(r.id) FROM reset_request r) RETURNING sealed");

#define ASKED_COLUMNS                                                                                               \
    "SELECT a.id, a.person_id, a.owner_id, CASE WHEN a.password_hash = '' THEN 0 ELSE 1 END,"                        \
    " (SELECT count(*) FROM account o JOIN v_people_person q ON q.id = o.person_id"                                  \
    "  WHERE q.email_fold = p.email_fold AND q.email_fold <> '' AND o.id <> a.id)"                                    \
    " FROM account a JOIN v_people_person p ON p.id = a.person_id"                                                   \
    " WHERE (a.closed_on IS NULL OR a.closed_on > $2) AND (p.leaves_on IS NULL OR p.leaves_on > $2)"
SQL(ASKED_BY_LOGIN, ASKED_COLUMNS " AND a.login = $1");
SQL(ASKED_BY_EMAIL, ASKED_COLUMNS " AND p.email_fold = $1 AND p.email_fold <> '' ORDER BY a.id LIMIT $3");

static Err asked_of(Rows r, LinksAsked *ret)
{
    LinksAsked all = {0};
    while (db_next(&r))
        all.v[all.n++] = (LinkAsked){.account = {db_i64(&r, 0)}, .person = {db_i64(&r, 1)}, .owner_id = db_i64(&r, 2),
                                     .has_password = db_i64(&r, 3) != 0, .is_alone = db_i64(&r, 4) == 0};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

Err link_asked(Ctx *c, LinksAsked *ret, bool *ret_found)
{
    Bytes sealed = {0};
    Str written = {0};
    LinksAsked all = {0};
    Rows r = db_query(c, REQUEST_TAKE);
    bool found = db_next(&r);
    if (found) sealed = db_bytes(&r, 0);
    TRY(db_done(&r));
    *ret_found = found;
    *ret = all;
    if (!found) return OK;
    if (secret_unseal(c, c->app->secrets, PURPOSE_FORGOT, sealed, &written) != OK) {
        ctx_forgive(c); /* of keys that are gone: nobody can be found by it */
        return OK;
    }
    written = str_trim(written);
    TRY(asked_of(db_query(c, ASKED_BY_LOGIN, text_name_fold(c->arena, written), c->today), &all));
    if (!all.n) TRY(asked_of(db_query(c, ASKED_BY_EMAIL, text_lower(c->arena, written), c->today, (int)LINK_ASKED_MAX), &all));
    *ret = all;
    return OK;
}

SQL(IS_FRESH, "SELECT count(*) FROM account_link WHERE account_id = $1 AND kind = 'reset' AND used_at IS NULL AND ends_at > $2");

Err link_is_fresh(Ctx *c, AccountId account, bool *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, IS_FRESH, &n, account, c->now.ms + RESET_MS - LINK_FRESH_MS));
    *ret = n > 0;
    return OK;
}

SQL(ASK_ADMINISTRATOR, "UPDATE account SET reset_asked_at = $2 WHERE id = $1");

Err link_ask_administrator(Ctx *c, AccountId account)
{
    return db_exec(c, ASK_ADMINISTRATOR, NULL, account, c->now.ms);
}

#include "core/access/sign_in.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/audit/audit.h"
#include "text/name.h"

/* An account is slowed after five wrong tries, an address after thirty (a whole
   school may sit behind one), doubling from 30 seconds to 15 minutes; a quarter
   of an hour without a try forgets. */
enum { ACCOUNT_TRIES = 5, ADDRESS_TRIES = 30, FIRST_WAIT_MS = 30000, LONGEST_WAIT_MS = 900000, FORGET_MS = 900000 };

SQL(THROTTLE_GET, "SELECT coalesce(max(free_at), 0) FROM throttle WHERE subject IN ($1, $2)");

static Err check_throttle(Ctx *c, const SignIn *in)
{
    int64_t free_at = 0;
    TRY(db_one_i64(c, THROTTLE_GET, &free_at, in->subjects[0], in->subjects[1]));
    if (free_at <= c->now.ms) return OK;
    int64_t minutes = (free_at - c->now.ms + 59999) / 60000;
    return fail(c, E_CONFLICT, TN("Der er skrevet forkert for mange gange. Prøv igen om {1} minut.",
                                  "Der er skrevet forkert for mange gange. Prøv igen om {1} minutter.", minutes));
}

SQL(ACCOUNT_BY_LOGIN,
    "SELECT a.id, a.person_id, a.owner_id, a.password_hash FROM account a JOIN v_people_person p ON p.id = a.person_id"
    " WHERE a.login = $1 AND (a.closed_on IS NULL OR a.closed_on > $2) AND (p.leaves_on IS NULL OR p.leaves_on > $2)");

static Err find_account(Ctx *c, Str folded, SignIn *in, Str *ret_hash)
{
    Rows r = db_query(c, ACCOUNT_BY_LOGIN, folded, c->today);
    *ret_hash = S("");
    if (db_next(&r)) {
        in->account = (AccountId){db_i64(&r, 0)};
        in->person = (PersonId){db_i64(&r, 1)};
        in->owner_id = db_i64(&r, 2);
        *ret_hash = db_str(&r, 3);
    }
    return db_done(&r);
}

static Str new_token(Ctx *c)
{
    unsigned char bytes[32];
    ctx_random(c, bytes, sizeof bytes);
    return str_hex(c->arena, bytes, (ptrdiff_t)sizeof bytes);
}

Err sign_in_prepare(Ctx *c, Str login, Str password, Str address, Str user_agent, SignIn *ret)
{
    Str folded = text_name_fold(c->arena, str_trim(login)), hash = {0};
    SignIn in = {
        .subjects = {STR_CAT(c->arena, S("login:"), secret_mac(c, c->app->secrets, PURPOSE_ADDRESS, folded)),
                     STR_CAT(c->arena, S("address:"), secret_mac(c, c->app->secrets, PURPOSE_ADDRESS, address))},
        .token = new_token(c),
        .session_uid = ctx_uid(c),
        .device = session_device(c, user_agent),
        .ends_at = {c->now.ms + c->app->settings->session_hours * 3600000},
    };
    in.token_hash = secret_hash(c, in.token);
    TRY(check_throttle(c, &in));
    TRY(find_account(c, folded, &in, &hash));
    db_read_end(c); /* hashing takes long: hold no snapshot meanwhile */
    in.is_right = secret_password_is(c, c->app->secrets, hash, password);
    *ret = in;
    return OK;
}

/* One statement, so that two wrong tries at once both count. */
SQL(THROTTLE_COUNT,
    "INSERT INTO throttle (subject, failures, since, free_at) VALUES ($1, 1, $2, 0)"
    " ON CONFLICT (subject) DO UPDATE SET"
    " failures = CASE WHEN throttle.since < $3 THEN 1 ELSE throttle.failures + 1 END, since = $2"
    " RETURNING failures");
SQL(THROTTLE_WAIT, "UPDATE throttle SET free_at = $2 WHERE subject = $1");

static Err count_failure(Ctx *c, Str subject, int64_t tries)
{
    int64_t failures = 0;
    TRY(db_one_i64(c, THROTTLE_COUNT, &failures, subject, c->now.ms, c->now.ms - FORGET_MS));
    if (failures < tries) return OK;
    int64_t doublings = i64_min(failures - tries, 10);
    return db_exec(c, THROTTLE_WAIT, NULL, subject, c->now.ms + i64_min((int64_t)FIRST_WAIT_MS << doublings, LONGEST_WAIT_MS));
}

static void record_failure(Ctx *c, void *data)
{
    const SignIn *in = data;
    Err err = count_failure(c, in->subjects[0], ACCOUNT_TRIES);
    if (err == OK) err = count_failure(c, in->subjects[1], ADDRESS_TRIES);
    if (err == OK && in->account.v)
        err = audit_add(c, (AuditRow){.owner_id = in->owner_id, .verb = "sign-in.failed", .object = "account", .object_id = in->account.v});
    (void)err; /* the writer rolls this savepoint back by itself when it failed */
}

SQL(SESSION_ADD, "INSERT INTO session (token_hash, uid, account_id, began_at, seen_at, ends_at, strong_until, device)"
                 " VALUES ($1, $2, $3, $4, $4, $5, $6, $7)");
SQL(THROTTLE_CLEAR, "DELETE FROM throttle WHERE subject = $1");
SQL(SESSIONS_EXPIRE, "DELETE FROM session WHERE ends_at < $1");
enum { STRONG_MS = 600000 }; /* a fresh sign-in opens personal exports for ten minutes */

Err sign_in_write(Ctx *c, const SignIn *in)
{
    if (!in->account.v || !in->is_right) {
        ctx_record(c, record_failure, (void *)(uintptr_t)in);
        ctx_problem(c, S("login"), T("Brugernavn og adgangskode passer ikke sammen. Prøv igen, eller bed om et nyt link."));
        return ctx_check(c);
    }
    TRY(db_exec(c, THROTTLE_CLEAR, NULL, in->subjects[0]));
    TRY(db_exec(c, SESSIONS_EXPIRE, NULL, c->now.ms));
    TRY(db_exec(c, SESSION_ADD, NULL, in->token_hash, in->session_uid, in->account, c->now.ms, in->ends_at.ms,
                c->now.ms + STRONG_MS, in->device));
    c->viewer = (ViewerId){in->person.v};
    return audit_add(c, (AuditRow){.owner_id = in->owner_id, .verb = "sign-in", .object = "account", .object_id = in->account.v});
}

SQL(SESSION_REMOVE, "DELETE FROM session WHERE token_hash = $1");

Err sign_out_write(Ctx *c)
{
    TRY(db_exec(c, SESSION_REMOVE, NULL, c->session->token_hash));
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = "sign-out", .object = "account",
                                   .object_id = c->session->account.v});
}

enum { SESSIONS_MAX = 50 };
SQL(SESSIONS_OWN, "SELECT uid, device, began_at, seen_at, token_hash FROM session"
                  " WHERE account_id = $1 AND ends_at > $2 ORDER BY began_at DESC, uid LIMIT $3");

Err sessions_own(Ctx *c, OpenSessions *ret)
{
    OpenSessions all = {.v = NEW(c->arena, OpenSession, SESSIONS_MAX)};
    Rows r = db_query(c, SESSIONS_OWN, c->session->account, c->now.ms, SESSIONS_MAX);
    while (db_next(&r)) {
        all.v[all.n++] = (OpenSession){
            .uid = db_str(&r, 0),
            .device = db_str(&r, 1),
            .began_at = {db_i64(&r, 2)},
            .seen_at = {db_i64(&r, 3)},
            .is_this = str_eq(db_str(&r, 4), c->session->token_hash),
        };
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(SESSION_END, "DELETE FROM session WHERE uid = $1 AND account_id = $2");

Err session_end(Ctx *c, Str uid)
{
    int changed = 0;
    TRY(db_exec(c, SESSION_END, &changed, uid, c->session->account));
    if (changed == 0) return fail(c, E_NOT_FOUND, T("Log-in'et er allerede afsluttet."));
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = "session.end", .object = "account",
                                   .object_id = c->session->account.v});
}

typedef struct Sign {
    const char *seen, *name;
} Sign;
/* First match wins: Edge and Chrome both say Chrome, Chrome and Safari both say Safari. */
static const Sign browsers[] = {{"Edg", "Edge"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}};
static const Sign systems[] = {{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"},
                               {"Mac OS X", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"}};

static Str first_sign(Str in, const Sign *signs, ptrdiff_t n, Str otherwise)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_find(in, str_of_z(signs[i].seen), 0) >= 0) return str_of_z(signs[i].name);
    return otherwise;
}

Str session_device(Ctx *c, Str user_agent)
{
    return STR_CAT(c->arena, first_sign(user_agent, browsers, COUNT_OF(browsers), S("Browser")), S(", "),
                   first_sign(user_agent, systems, COUNT_OF(systems), S("ukendt")));
}

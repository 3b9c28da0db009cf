#include "core/access/sign_in.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/device.h"
#include "core/app.h"
#include "core/audit/audit.h"
#include "text/name.h"

#define ACCOUNT_COLUMNS "a.id, a.person_id, a.owner_id, a.password_hash, a.totp_secret, a.login, a.version"
#define ACCOUNT_OPEN                                                                                  \
    " FROM account a JOIN v_people_person p ON p.id = a.person_id"                                    \
    " WHERE (a.closed_on IS NULL OR a.closed_on > $2) AND (p.leaves_on IS NULL OR p.leaves_on > $2)"

SQL(ACCOUNT_BY_LOGIN, "SELECT " ACCOUNT_COLUMNS ACCOUNT_OPEN " AND a.login = $1");
SQL(ACCOUNT_BY_ID, "SELECT " ACCOUNT_COLUMNS ACCOUNT_OPEN " AND a.id = $1");

typedef struct Found {
    AccountId account; /* 0: none */
    PersonId person;
    int64_t owner_id;
    Str hash, login;
    Bytes totp; /* n 0: no second factor */
    Version version;
} Found;

static Err found_account(Rows r, Found *ret)
{
    Found f = {.hash = S(""), .login = S("")};
    if (db_next(&r)) {
        f = (Found){.account = {db_i64(&r, 0)}, .person = {db_i64(&r, 1)}, .owner_id = db_i64(&r, 2), .hash = db_str(&r, 3),
                    .login = db_str(&r, 5), .version = {db_i64(&r, 6)}};
        if (!db_is_null(&r, 4)) f.totp = db_bytes(&r, 4);
    }
    TRY(db_done(&r));
    *ret = f;
    return OK;
}

/* Of a device that the log-in was used on: its own; of any other: the account's and the network's. */
static Throttle throttle_for(Ctx *c, Str login_folded, const Caller *caller)
{
    Str device = device_of(c, caller->device, login_folded);
    if (device.n) return throttle_of_device(c, device, "sign-in.failed");
    return throttle_of(c, S(""), login_folded, caller->address, "sign-in.failed");
}

static SignIn new_sign_in(Ctx *c, const Found *f, Throttle throttle, Str user_agent)
{
    SignIn in = {
        .account = f->account,
        .seen = f->version,
        .person = f->person,
        .owner_id = f->owner_id,
        .throttle = throttle,
        .code = {.step = -1},
        .token = access_token_new(c),
        .session_uid = ctx_uid(c),
        .device = session_device(c, user_agent),
        .device_cookie = device_new(c, f->login),
        .ends_at = {c->now.ms + c->app->settings->session_hours * 3600000},
    };
    in.throttle.owner_id = f->owner_id;
    in.throttle.person_id = f->person.v;
    in.token_hash = secret_hash(c, in.token);
    return in;
}

/* ---- between password and code ---------------------------------------------- */

/* "account.expires.mac": nothing is stored of a sign-in that is half done. The
   MAC covers the password's hash, so that a new password ends it. */
enum { SECOND_STEP_MS = 300000 };

static Str step_mac(Ctx *c, Str front, Str hash)
{
    return secret_mac(c, c->app->secrets, PURPOSE_SECOND_STEP, STR_CAT(c->arena, front, S("."), hash));
}

static Str second_step(Ctx *c, const Found *f)
{
    Buf b = buf_new(c->arena, 100);
    buf_add_i64(&b, f->account.v);
    buf_add_char(&b, '.');
    buf_add_i64(&b, c->now.ms + SECOND_STEP_MS);
    return STR_CAT(c->arena, buf_str(&b), S("."), step_mac(c, buf_str(&b), f->hash));
}

static Err step_of(Ctx *c, Str step, Found *ret)
{
    Str rest = step, id = {0}, ends = {0};
    int64_t account = 0, ends_at = 0;
    Found f = {0};
    bool reads = str_split(&rest, '.', &id) && str_split(&rest, '.', &ends) && str_i64(id, &account) && str_i64(ends, &ends_at);
    if (reads) TRY(found_account(db_query(c, ACCOUNT_BY_ID, account, c->today), &f));
    Str front = STR_CAT(c->arena, id, S("."), ends);
    if (!f.account.v || !f.totp.n || ends_at <= c->now.ms || !secret_equal(rest, step_mac(c, front, f.hash)))
        return fail(c, E_CONFLICT, T("Der gik for lang tid. Begynd forfra med brugernavn og adgangskode."));
    *ret = f;
    return OK;
}

/* ---- signing in --------------------------------------------------------------- */

Err sign_in_prepare(Ctx *c, Str login, Str password, Caller caller, SignIn *ret)
{
    Str folded = text_name_fold(c->arena, str_trim(login));
    Throttle throttle = throttle_for(c, folded, &caller);
    Found f = {0};
    TRY(throttle_check(c, &throttle));
    TRY(found_account(db_query(c, ACCOUNT_BY_LOGIN, folded, c->today), &f));
    SignIn in = new_sign_in(c, &f, throttle, caller.agent);
    db_read_end(c); /* hashing takes long: hold no snapshot meanwhile */
    in.is_right = secret_password_is(c, c->app->secrets, f.hash, password) && f.account.v;
    if (in.is_right && f.totp.n) in.second_step = second_step(c, &f);
    *ret = in;
    return OK;
}

Err sign_in_code_prepare(Ctx *c, Str step, Str code, Caller caller, SignIn *ret)
{
    Found f = {0};
    TRY(step_of(c, step, &f));
    Throttle throttle = throttle_for(c, f.login, &caller);
    TRY(throttle_check(c, &throttle));
    SignIn in = new_sign_in(c, &f, throttle, caller.agent);
    TRY(second_read(c, f.totp, code, &in.code));
    in.by_code = true;
    in.is_right = true;
    *ret = in;
    return OK;
}

/* Guarded: between the look at the password and this write the account may have been
   closed, or given another password by a link that ended every session but this one. */
SQL(SESSION_ADD, "INSERT INTO session (token_hash, uid, account_id, began_at, seen_at, ends_at, strong_until, device)"
                 " SELECT $1, $2, a.id, $4, $4, $5, $6, $7 FROM account a WHERE a.id = $3 AND a.version = $8");
enum { STRONG_MS = 600000 };

static Err wrong(Ctx *c, const Throttle *throttle, const char *field, Msg what)
{
    throttle_count(c, throttle);
    ctx_problem(c, str_of_z(field), what);
    return ctx_check(c);
}

static Msg wrong_code(void)
{
    return T("Koden passer ikke, eller den er brugt. Vent, til appen viser en ny, eller brug en af dine nødkoder.");
}

static Err session_begin(Ctx *c, const SignIn *in)
{
    int changed = 0;
    TRY(db_exec(c, SESSION_ADD, &changed, in->token_hash, in->session_uid, in->account, c->now.ms, in->ends_at.ms,
                c->now.ms + STRONG_MS, in->device, in->seen));
    return changed ? OK : fail(c, E_CONFLICT, T("Kontoen blev ændret imens. Log ind igen."));
}

/* A hundred tries sent at one moment have all passed the throttle before the
   first of them is counted. Writes come one after the other: from the fifth
   wrong one on, none of the rest is looked at, right or wrong. */
Err sign_in_write(Ctx *c, const SignIn *in)
{
    TRY(throttle_check(c, &in->throttle));
    bool right = in->is_right;
    if (right && in->second_step.n) return OK; /* only now: the page that asks for the code tells that the password is right */
    if (right && in->by_code) TRY(second_use(c, in->account, &in->code, &right));
    if (!right && in->by_code) return wrong(c, &in->throttle, "code", wrong_code());
    if (!right)
        return wrong(c, &in->throttle, "login", T("Brugernavn og adgangskode passer ikke sammen. Prøv igen, eller bed om et nyt link."));
    TRY(throttle_clear(c, &in->throttle));
    TRY(session_begin(c, in));
    c->viewer = (ViewerId){in->person.v};
    return audit_add(c, (AuditRow){.owner_id = in->owner_id, .verb = "sign-in", .object = "account", .object_id = in->person.v,
                                   .detail = in->by_code ? S("second") : S("")});
}

/* ---- showing again who one is -------------------------------------------------- */

bool access_is_strong(Ctx *c)
{
    return c->session && c->session->strong_until.ms > c->now.ms;
}

/* What the sign-in itself gave ends STRONG_MS after it, to the millisecond; only showing it again leads further. */
bool access_is_strong_twice(Ctx *c)
{
    return access_is_strong(c) && c->session->strong_until.ms > c->session->began_at.ms + STRONG_MS;
}

/* Counted apart from signing in: who tries that from outside slows nobody who is in. */
Err confirm_prepare(Ctx *c, Str given, bool by_code, Str address, Confirm *ret)
{
    Found f = {0};
    TRY(found_account(db_query(c, ACCOUNT_BY_ID, c->session->account, c->today), &f));
    Confirm it = {.throttle = throttle_of(c, S("confirm:"), f.login, address, "confirm.failed"), .login = f.login, .code = {.step = -1},
                  .by_code = by_code, .token = access_token_new(c)};
    it.throttle.owner_id = f.owner_id;
    it.throttle.person_id = f.person.v;
    it.token_hash = secret_hash(c, it.token);
    TRY(throttle_check(c, &it.throttle));
    if (by_code) {
        if (f.totp.n) TRY(second_read(c, f.totp, given, &it.code));
    } else {
        db_read_end(c);
        it.is_right = secret_password_is(c, c->app->secrets, f.hash, given);
    }
    *ret = it;
    return OK;
}

/* A new token with it (ASVS V7.2.4): one that was stolen before is worth nothing after. */
SQL(SESSION_STRONG, "UPDATE session SET strong_until = $2, token_hash = $3 WHERE token_hash = $1");

SQL(SESSION_STANDS, "SELECT count(*) FROM session WHERE token_hash = $1");

/* A link may have set another password, and ended this session, while the one given here was hashed. */
static Err check_session(Ctx *c)
{
    int64_t n = 0;
    TRY(db_one_i64(c, SESSION_STANDS, &n, c->session->token_hash));
    return n ? OK : fail(c, E_CONFLICT, T("Du er blevet logget af imens. Log ind igen."));
}

Err confirm_check(Ctx *c, const Confirm *it, const char *field)
{
    TRY(check_session(c));
    TRY(throttle_check(c, &it->throttle));
    bool right = it->is_right;
    if (it->by_code) TRY(second_use(c, c->session->account, &it->code, &right));
    if (!right) return wrong(c, &it->throttle, field, it->by_code ? wrong_code() : T("Adgangskoden passer ikke. Prøv igen."));
    return throttle_clear(c, &it->throttle);
}

Err confirm_write(Ctx *c, const Confirm *it)
{
    TRY(confirm_check(c, it, "proof"));
    TRY(db_exec(c, SESSION_STRONG, NULL, c->session->token_hash, c->now.ms + STRONG_MS, it->token_hash));
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = "confirm", .object = "account", .object_id = c->viewer.v});
}

SQL(SECOND_ON, "SELECT count(*) FROM account WHERE id = $1 AND totp_secret IS NOT NULL");

Err second_is_on(Ctx *c, bool *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, SECOND_ON, &n, c->session->account));
    *ret = n > 0;
    return OK;
}

int64_t session_idle_ms(const Ctx *c)
{
    return c->app->settings->session_idle_minutes * 60000;
}

SQL(SESSIONS_EXPIRE, "DELETE FROM session WHERE ends_at < $1 OR seen_at < $2");

Err sessions_expire(Ctx *c)
{
    return db_exec(c, SESSIONS_EXPIRE, NULL, c->now.ms, c->now.ms - session_idle_ms(c));
}

SQL(SESSION_REMOVE, "DELETE FROM session WHERE token_hash = $1");

Err sign_out_write(Ctx *c)
{
    TRY(db_exec(c, SESSION_REMOVE, NULL, c->session->token_hash));
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = "sign-out", .object = "account",
                                   .object_id = c->viewer.v});
}

enum { SESSIONS_MAX = 50 };
SQL(SESSIONS_OWN, "SELECT uid, device, began_at, seen_at, token_hash FROM session"
                  " WHERE account_id = $1 AND ends_at > $2 AND seen_at > $4 ORDER BY began_at DESC, uid LIMIT $3");

Err sessions_own(Ctx *c, OpenSessions *ret)
{
    OpenSessions all = {.v = NEW(c->arena, OpenSession, SESSIONS_MAX)};
    Rows r = db_query(c, SESSIONS_OWN, c->session->account, c->now.ms, SESSIONS_MAX, c->now.ms - session_idle_ms(c));
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
    if (changed == 0) return fail(c, E_NOT_FOUND, T("Der er allerede logget af det sted."));
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = "session.end", .object = "account",
                                   .object_id = c->viewer.v});
}

SQL(SESSIONS_END_OTHERS, "DELETE FROM session WHERE account_id = $1 AND token_hash <> $2");
SQL(SESSIONS_END_ALL, "DELETE FROM session WHERE account_id = $1");

Err sessions_end_others(Ctx *c)
{
    return db_exec(c, SESSIONS_END_OTHERS, NULL, c->session->account, c->session->token_hash);
}

Err sessions_end_all(Ctx *c, AccountId account)
{
    return db_exec(c, SESSIONS_END_ALL, NULL, account);
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

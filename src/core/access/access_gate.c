/* The Gate: what web asks core about every request. main.c adds the frame,
   which is drawn by core/shell. */
#include "base/buf.h"
#include "core/access/access.h"
#include "core/access/sign_in.h"
#include "core/app.h"
#include "core/audit/audit.h"

SQL(SESSION_GET,
    "SELECT s.uid, s.account_id, s.ends_at, s.strong_until, a.person_id, a.lang, p.name, p.owner_id, s.seen_at,"
    " CASE WHEN a.totp_secret IS NULL THEN 1 ELSE 0 END, s.began_at"
    " FROM session s JOIN account a ON a.id = s.account_id JOIN v_people_person p ON p.id = a.person_id"
    " WHERE s.token_hash = $1 AND s.ends_at > $2 AND s.seen_at > $4 AND (a.closed_on IS NULL OR a.closed_on > $3)"
    " AND (p.leaves_on IS NULL OR p.leaves_on > $3)");

static AccessRole first_role(const Memberships *all)
{
    for (int i = 0; all->n && i < ROLE_COUNT; i++)
        if (str_eq(all->v[0].role, str_of_z(access_role_names[i]))) return (AccessRole)i;
    return ROLE_ANY;
}

/* Of those that count today: what waits opens nothing yet. */
static bool has_sensitive(const Memberships *all)
{
    for (ptrdiff_t i = 0; i < all->n; i++) {
        const RoleDef *role = people_role(all->v[i].role);
        if (!role || role->sensitive) return true;
    }
    return false;
}

Err session_load(Ctx *c, Str token_hash)
{
    Session *s = NEW(c->arena, Session, 1);
    Rows r = db_query(c, SESSION_GET, token_hash, c->now.ms, c->today, c->now.ms - session_idle_ms(c));
    bool found = db_next(&r);
    if (found) {
        *s = (Session){.token_hash = token_hash, .uid = db_str(&r, 0), .account = {db_i64(&r, 1)},
                       .ends_at = {db_i64(&r, 2)}, .strong_until = {db_i64(&r, 3)}, .person_name = db_str(&r, 6),
                       .owner_id = db_i64(&r, 7), .seen_at = {db_i64(&r, 8)},
                       .lacks_second = c->app->settings->demand_second && db_i64(&r, 9), .began_at = {db_i64(&r, 10)}};
        c->viewer = (ViewerId){db_i64(&r, 4)};
        c->lang = str_eq(db_str(&r, 5), S("en")) ? LANG_EN : LANG_DA;
    }
    TRY(db_done(&r));
    if (!found) return OK;
    TRY(people_memberships(c, (PersonId){c->viewer.v}, &s->memberships));
    s->lacks_second = s->lacks_second && has_sensitive(&s->memberships);
    s->role = first_role(&s->memberships);
    c->session = s;
    return OK;
}

static Err identify(Ctx *c)
{
    if (str_eq(web_cookie(c, "sprog"), S("en"))) c->lang = LANG_EN;
    Str token = web_cookie(c, "traad");
    unsigned char bytes[32];
    if (!str_unhex(token, bytes, (ptrdiff_t)sizeof bytes)) return OK;
    return session_load(c, secret_hash(c, token));
}

/* One write per person in a tenth of the time that one may be idle: often
   enough that nobody at work is cut off, seldom enough that reading pages stays
   reading. So the limit is kept to nine tenths at the least. */
static bool is_seen_due(Ctx *c)
{
    return c->session && c->now.ms - c->session->seen_at.ms >= session_idle_ms(c) / 10;
}

SQL(SESSION_SEEN, "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2");

static Err seen(Ctx *c)
{
    return db_exec(c, SESSION_SEEN, NULL, c->session->token_hash, c->now.ms);
}

static Str look_detail(Ctx *c, const Route *route)
{
    Str told = web_look_detail_told(c);
    return told.n ? STR_CAT(c->arena, str_of_z(route->path), S(" "), told) : str_of_z(route->path);
}

static Err look(Ctx *c, const Route *route, const Place *place)
{
    int64_t owner = place->owner_id ? place->owner_id : c->session->owner_id;
    return audit_add(c, (AuditRow){.owner_id = owner, .verb = "look", .object = access_object_names[route->need->object],
                                   .object_id = place->object_id, .unit_id = place->unit_id,
                                   .detail = look_detail(c, route)});
}

static Err refused(Ctx *c, const Route *route, Err why)
{
    if (!c->session) return OK;
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id,
                                   .verb = why == E_FORBIDDEN ? "refused.role" : "refused.reach",
                                   .object = route->need->object >= 0 ? access_object_names[route->need->object] : "page",
                                   .detail = str_of_z(route->path)});
}

/* A nonce is 24 random digits, 8 of the day, and 32 of a MAC over both and the
   session: made without the database, refused after a day, and stored only
   when it is used. */
enum { NONCE_RANDOM = 24, NONCE_DAY = 8, NONCE_MAC = 32, NONCE = 64 };

static Str nonce_mac(Ctx *c, Str front)
{
    Str whole = STR_CAT(c->arena, c->session->token_hash, S(":"), front);
    return str_sub(secret_mac(c, c->app->secrets, PURPOSE_FORM, whole), 0, NONCE_MAC);
}

static Str nonce(Ctx *c)
{
    if (!c->session) return S("");
    unsigned char bytes[NONCE_RANDOM / 2];
    ctx_random(c, bytes, sizeof bytes);
    Buf day = buf_new(c->arena, 32);
    buf_add_padded(&day, c->today.day, NONCE_DAY);
    Str front = STR_CAT(c->arena, str_hex(c->arena, bytes, (ptrdiff_t)sizeof bytes), buf_str(&day));
    return STR_CAT(c->arena, front, nonce_mac(c, front));
}

static Err nonce_check(Ctx *c, Str given)
{
    if (!c->session && given.n == 0) return OK;
    int64_t day = 0;
    bool is_ours = c->session && given.n == NONCE &&
                   secret_equal(str_sub(given, NONCE_RANDOM + NONCE_DAY, NONCE),
                                nonce_mac(c, str_sub(given, 0, NONCE_RANDOM + NONCE_DAY)));
    bool is_fresh = is_ours && str_i64(str_sub(given, NONCE_RANDOM, NONCE_RANDOM + NONCE_DAY), &day) && day >= c->today.day - 1;
    if (is_fresh) return OK;
    return fail(c, E_FORBIDDEN,
                T("Siden har ligget åben for længe, eller du er logget ind på ny. Gå tilbage, hent siden igen, og send en gang til."));
}

SQL(NONCE_USE, "INSERT INTO form_nonce (nonce, used_at) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING");
SQL(NONCE_WENT, "SELECT location FROM form_nonce WHERE nonce = $1");

static Err nonce_use(Ctx *c, Str given, Str *ret_before)
{
    *ret_before = S("");
    if (given.n == 0) return OK;
    int changed = 0;
    TRY(db_exec(c, NONCE_USE, &changed, given, c->now.ms));
    if (changed) return OK;
    Rows r = db_query(c, NONCE_WENT, given);
    if (db_next(&r)) *ret_before = db_str(&r, 0);
    TRY(db_done(&r));
    if (ret_before->n == 0) *ret_before = S("/");
    return OK;
}

SQL(NONCE_DONE, "UPDATE form_nonce SET location = $2 WHERE nonce = $1");

static Err nonce_done(Ctx *c, Str given, Str location)
{
    if (given.n == 0) return OK;
    return db_exec(c, NONCE_DONE, NULL, given, location);
}

static bool is_strong(Ctx *c, bool twice)
{
    return twice ? access_is_strong_twice(c) : access_is_strong(c);
}

const Gate access_gate = {
    .identify = identify,
    .permit = access_permit,
    .is_strong = is_strong,
    .strong_path = S_INIT("/bekraeft"),
    .is_seen_due = is_seen_due,
    .seen = seen,
    .look = look,
    .refused = refused,
    .nonce = nonce,
    .nonce_check = nonce_check,
    .nonce_use = nonce_use,
    .nonce_done = nonce_done,
};

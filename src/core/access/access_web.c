#include "core/access/access_web.h"

#include "base/number.h"
#include "core/access/access_demo.h"
#include "core/access/access_pages.h"
#include "core/access/sign_in.h"
#include "core/app.h"
#include "core/access/log_in.html.h"
#include "core/access/sessions.html.h"
#include "web/assets/assets.h"

extern const Schema access_schema;

static const Field log_in_fields[] = {
    {.name = "login", .kind = FIELD_TEXT, .label = T_INIT("Brugernavn"), .hint = T_INIT("Som regel din e-mail på arbejdet"),
     .min = 1, .max = 254, .autocomplete = "username"},
    {.name = "password", .kind = FIELD_PASSWORD, .label = T_INIT("Adgangskode"), .min = 1, .max = 200,
     .autocomplete = "current-password"},
};
static const Form log_in_form = {log_in_fields, COUNT_OF(log_in_fields)};

/* An address of our own, or the first page: a log-in must not lead elsewhere. */
static Str safe_way(Str to)
{
    bool is_ours = to.n > 0 && to.n < 500 && to.p[0] == '/' && (to.n == 1 || (to.p[1] != '/' && to.p[1] != '\\'));
    return is_ours && str_find_char(to, '\n', 0) < 0 && !str_starts(to, S("/log-ind")) ? to : S("/");
}

static Err draw_log_in(Ctx *c, FormValues *values, Str to, int status)
{
    LogInPage page = {
        .lang = c->lang == LANG_EN ? S("en") : S("da"),
        .style = {asset_path("house.css")},
        .values = values,
        .to = to,
    };
    page_access_log_in(web_bare_begin(c), &page);
    return web_bare_end(c, status);
}

static Err get_log_in(Ctx *c)
{
    if (c->session) return web_redirect(c, S("/"));
    FormValues values = form_empty(c, &log_in_form);
    return draw_log_in(c, &values, safe_way(web_query(c, "to")), 200);
}

typedef struct LogIn {
    FormValues values;
    SignIn in;
    Str to; /* where the person was going */
} LogIn;

/* Shown again with what was written (never the password) and the problems. */
static Err log_in_again(Ctx *c)
{
    LogIn *found = c->work;
    found->values.problems = c->problems;
    return draw_log_in(c, &found->values, found->to, c->err == E_CONFLICT ? 409 : 422);
}

static Err prepare_log_in(Ctx *c)
{
    LogIn *found = NEW(c->arena, LogIn, 1);
    c->work = found;
    web_on_invalid(c, log_in_again);
    web_on_conflict(c, log_in_again);
    found->to = safe_way(web_field(c, "to"));
    TRY(web_form(c, &log_in_form, &found->values));
    return sign_in_prepare(c, form_value(&found->values, "login")->raw, form_value(&found->values, "password")->raw,
                           web_address(c), web_agent(c), &found->in);
}

static Err write_log_in(Ctx *c)
{
    const LogIn *found = c->work;
    return sign_in_write(c, &found->in);
}

static Err finish_log_in(Ctx *c)
{
    const LogIn *found = c->work;
    int64_t seconds = (found->in.ends_at.ms - c->now.ms) / 1000;
    web_set_cookie(c, "traad", found->in.token, (int)seconds);
    return web_redirect(c, found->to);
}

static Err write_log_out(Ctx *c)
{
    return sign_out_write(c);
}

static Err finish_log_out(Ctx *c)
{
    web_set_cookie(c, "traad", S(""), 0);
    return web_redirect(c, S("/log-ind"));
}

static Err get_sessions(Ctx *c)
{
    SessionsPage page = {.nonce = access_gate.nonce(c)};
    TRY(sessions_own(c, &page.sessions));
    page_access_sessions(web_page_begin(c, T("Hvor du er logget ind")), &page);
    return web_page_end(c);
}

static Err write_session_end(Ctx *c)
{
    TRY(session_end(c, web_path(c, "uid")));
    return web_redirect(c, S("/mine-log-ind"));
}

SQL(SESSION_PLACE, "SELECT a.owner_id, a.person_id FROM session s JOIN account a ON a.id = s.account_id WHERE s.uid = $1");

static Err find_session(Ctx *c, Str param, Place *ret)
{
    Place place = {0};
    Rows r = db_query(c, SESSION_PLACE, param);
    if (db_next(&r)) place = (Place){.owner_id = db_i64(&r, 0), .author = {db_i64(&r, 1)}};
    TRY(db_done(&r));
    if (!place.owner_id) return E_NOT_FOUND;
    *ret = place;
    return OK;
}

static const Scope scope_session = {"session", find_session};

static const Route routes[] = {
    {GET,  "/log-ind",                  NEED_PUBLIC,        SCOPE_NONE,     PLAIN,      .get = get_log_in},
    {POST, "/log-ind",                  NEED_PUBLIC,        SCOPE_NONE,     SLOW_WRITE, .prepare = prepare_log_in, .write = write_log_in, .finish = finish_log_in},
    {POST, "/log-af",                   NEED_SIGNED_IN,     SCOPE_NONE,     WRITE,      .write = write_log_out, .finish = finish_log_out},
    {GET,  "/mine-log-ind",             NEED_SESSION_READ,  SCOPE_NONE,     PLAIN,      .get = get_sessions},
    {POST, "/mine-log-ind/:uid/afslut", NEED_SESSION_WRITE, &scope_session, WRITE,      .write = write_session_end},
    {0},
};

SQL(NONCES_EXPIRE, "DELETE FROM form_nonce WHERE used_at < $1");
SQL(THROTTLES_EXPIRE, "DELETE FROM throttle WHERE free_at < $1 AND since < $1");
enum { TWO_DAYS_MS = 172800000 };

/* Once a minute is often enough: the nonces of a day are some thousand rows. */
static Err tick(Ctx *c, bool *ret_more)
{
    *ret_more = false;
    if (c->now.ms / 1000 % 60 != 0) return OK;
    TRY(db_exec(c, NONCES_EXPIRE, NULL, c->now.ms - TWO_DAYS_MS));
    return db_exec(c, THROTTLES_EXPIRE, NULL, c->now.ms - TWO_DAYS_MS);
}

const Feature access_feature = {.name = "access", .schema = &access_schema, .routes = routes, .tick = tick, .demo = access_demo};

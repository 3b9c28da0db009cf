/* Signing in and out, and the list of one's sessions. */
#include "core/access/access_web.h"

#include "base/number.h"
#include "core/access/access_demo.h"
#include "core/access/access_pages.h"
#include "core/access/bare.html.h"
#include "core/access/consent.h"
#include "core/access/device.h"
#include "core/access/log_in.html.h"
#include "core/access/own.h"
#include "core/access/sessions.html.h"
#include "core/access/sign_in.h"
#include "core/app.h"
#include "web/assets/assets.h"
#include "web/cookie.h"

extern const Schema access_schema;

static const Field log_in_fields[] = {
    {.name = "login", .kind = FIELD_TEXT, .label = T_INIT("Brugernavn"), .hint = T_INIT("Som regel din e-mail på arbejdet"),
     .min = 1, .max = 254, .autocomplete = "username"},
    {.name = "password", .kind = FIELD_PASSWORD, .label = T_INIT("Adgangskode"), .min = 1, .max = 200,
     .autocomplete = "current-password"},
};
static const Form log_in_form = {log_in_fields, COUNT_OF(log_in_fields)};

static const Field code_fields[] = {
    {.name = "code", .kind = FIELD_TEXT, .label = T_INIT("Kode"), .hint = T_INIT("Seks cifre fra appen, eller en nødkode"),
     .min = 1, .max = 60, .autocomplete = "one-time-code"},
};
static const Form code_form = {code_fields, COUNT_OF(code_fields)};

static BarePage bare_page(Ctx *c, Msg title)
{
    return (BarePage){.lang = c->lang == LANG_EN ? S("en") : S("da"), .style = {asset_path("house.css")}, .title = title};
}

Out *access_bare_begin(Ctx *c, Msg title)
{
    Out *o = web_bare_begin(c);
    BarePage page = bare_page(c, title);
    page_bare_begin(o, &page);
    return o;
}

Err access_bare_end(Ctx *c, Out *o, int status)
{
    BarePage page = bare_page(c, (Msg){0});
    page_bare_end(o, &page);
    return web_bare_end(c, status);
}

Str access_safe_way(Str to)
{
    bool is_ours = to.n > 0 && to.n < 2000 && to.p[0] == '/' && (to.n == 1 || (to.p[1] != '/' && to.p[1] != '\\'));
    for (ptrdiff_t i = 0; is_ours && i < to.n; i++) is_ours = (unsigned char)to.p[i] >= ' ';
    return is_ours && !str_starts(to, S("/log-ind")) ? to : S("/");
}

static int status_again(const Ctx *c)
{
    if (c->err == E_CONFLICT) return 409;
    return c->err == OK && !c->problems ? 200 : 422;
}

static Err draw_log_in(Ctx *c, FormValues *values, Str to)
{
    LogInPage page = {.values = values, .to = to, .was_set = str_eq(web_query(c, "valgt"), S("1"))};
    if (c->err == E_CONFLICT) page.wait = c->message;
    Out *o = access_bare_begin(c, T("Log ind"));
    page_access_log_in(o, &page);
    return access_bare_end(c, o, status_again(c));
}

static Err get_log_in(Ctx *c)
{
    if (c->session) return web_redirect(c, S("/"));
    FormValues values = form_empty(c, &log_in_form);
    return draw_log_in(c, &values, access_safe_way(web_query(c, "to")));
}

typedef struct LogIn {
    FormValues values;
    SignIn in;
    Str to;   /* where the person was going */
    Str step; /* of the second page */
} LogIn;

/* Shown again with what was written (never the password) and the problems. */
static Err log_in_again(Ctx *c)
{
    LogIn *found = c->work;
    found->values.problems = c->problems;
    return draw_log_in(c, &found->values, found->to);
}

static Err draw_second_step(Ctx *c, LogIn *found, FormValues *values)
{
    SecondStepPage page = {.values = values, .step = found->step, .to = found->to};
    Out *o = access_bare_begin(c, T("Skriv koden fra din app"));
    page_access_second_step(o, &page);
    return access_bare_end(c, o, status_again(c));
}

/* Only the log-in pages get it: it outlives the session, and must not go along with a respondent's answer. */
static const char device_cookie[] = "enhed";

static Caller caller(Ctx *c)
{
    return (Caller){.address = web_address(c), .agent = web_agent(c), .device = web_cookie_under(c, device_cookie)};
}

static Err prepare_log_in(Ctx *c)
{
    LogIn *found = NEW(c->arena, LogIn, 1);
    c->work = found;
    web_on_invalid(c, log_in_again);
    web_on_conflict(c, log_in_again);
    found->to = access_safe_way(web_field(c, "to"));
    TRY(web_form(c, &log_in_form, &found->values));
    TRY(sign_in_prepare(c, form_value(&found->values, "login")->raw, form_value(&found->values, "password")->raw,
                        caller(c), &found->in));
    found->step = found->in.second_step;
    return OK;
}

static Err code_again(Ctx *c)
{
    LogIn *found = c->work;
    found->values.problems = c->problems;
    return draw_second_step(c, found, &found->values);
}

static Err prepare_code(Ctx *c)
{
    LogIn *found = NEW(c->arena, LogIn, 1);
    c->work = found;
    web_on_invalid(c, code_again);
    found->to = access_safe_way(web_field(c, "to"));
    found->step = web_field(c, "step");
    TRY(web_form(c, &code_form, &found->values));
    return sign_in_code_prepare(c, found->step, form_value(&found->values, "code")->raw, caller(c), &found->in);
}

static Err write_log_in(Ctx *c)
{
    const LogIn *found = c->work;
    return sign_in_write(c, &found->in);
}

static Err finish_log_in(Ctx *c)
{
    LogIn *found = c->work;
    FormValues empty = form_empty(c, &code_form);
    if (found->in.second_step.n) return draw_second_step(c, found, &empty);
    int64_t seconds = (found->in.ends_at.ms - c->now.ms) / 1000;
    web_set_cookie(c, "traad", found->in.token, (int)seconds);
    web_set_cookie_under(c, device_cookie, found->in.device_cookie, S("/log-ind"), DEVICE_DAYS * 86400);
    return web_redirect(c, found->to);
}

static Err write_log_out(Ctx *c)
{
    return sign_out_write(c);
}

static Err finish_log_out(Ctx *c)
{
    web_set_cookie(c, "traad", S(""), 0);
    web_header(c, "Clear-Site-Data", S("\"cache\"")); /* not "storage": drafts of respondents lie there */
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

static Err write_sessions_end(Ctx *c)
{
    TRY(sessions_end_others(c));
    TRY(access_own_audit(c, "sessions.end"));
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
    {GET,  "/log-ind",                   NEED_PUBLIC,        SCOPE_NONE,     PLAIN,      .get = get_log_in},
    {POST, "/log-ind",                   NEED_PUBLIC,        SCOPE_NONE,     SLOW_WRITE, .prepare = prepare_log_in,
     .write = write_log_in, .finish = finish_log_in},
    {POST, "/log-ind/kode",              NEED_PUBLIC,        SCOPE_NONE,     WRITE,      .prepare = prepare_code,
     .write = write_log_in, .finish = finish_log_in},
    {POST, "/log-af",                    NEED_SIGNED_IN,     SCOPE_NONE,     WRITE,      .write = write_log_out, .finish = finish_log_out},
    {GET,  "/mine-log-ind",              NEED_SESSION_READ,  SCOPE_NONE,     PLAIN,      .get = get_sessions, .strong = true},
    {POST, "/mine-log-ind/alle/afslut",  NEED_SESSION_WRITE, SCOPE_NONE,     WRITE,      .write = write_sessions_end, .strong = true},
    {POST, "/mine-log-ind/:uid/afslut",  NEED_SESSION_WRITE, &scope_session, WRITE,      .write = write_session_end, .strong = true},
    {GET,  "/glemt-adgangskode",         NEED_PUBLIC,        SCOPE_NONE,     PLAIN,      .get = access_get_forgot},
    {POST, "/glemt-adgangskode",         NEED_PUBLIC,        SCOPE_NONE,     WRITE,      .prepare = access_prepare_forgot,
     .write = access_write_forgot},
    {GET,  "/invitation/:token",         NEED_PUBLIC,        SCOPE_NONE,     PLAIN,      .get = access_get_link},
    {POST, "/invitation/:token",         NEED_PUBLIC,        SCOPE_NONE,     SLOW_WRITE, .prepare = access_prepare_link, .write = access_write_link},
    {GET,  "/nulstil/:token",            NEED_PUBLIC,        SCOPE_NONE,     PLAIN,      .get = access_get_link},
    {POST, "/nulstil/:token",            NEED_PUBLIC,        SCOPE_NONE,     SLOW_WRITE, .prepare = access_prepare_link, .write = access_write_link},
    {GET,  "/min-konto",                 NEED_SIGNED_IN,     SCOPE_NONE,     PLAIN,      .get = access_get_own},
    {POST, "/min-konto/adgangskode",     NEED_SIGNED_IN,     SCOPE_NONE,     SLOW_WRITE, .prepare = access_prepare_password,
     .write = access_write_password},
    {GET,  "/min-konto/kode",            NEED_SIGNED_IN,     SCOPE_NONE,     PLAIN,      .get = access_get_second, .strong = true},
    {POST, "/min-konto/kode",            NEED_SIGNED_IN,     SCOPE_NONE,     WRITE,      .prepare = access_prepare_second,
     .write = access_write_second, .finish = access_finish_second, .strong = true},
    {POST, "/min-konto/kode/fra",        NEED_SIGNED_IN,     SCOPE_NONE,     WRITE,      .write = access_write_second_off, .strong = true},
    {GET,  "/bekraeft",                  NEED_SIGNED_IN,     SCOPE_NONE,     PLAIN,      .get = access_get_confirm},
    {POST, "/bekraeft",                  NEED_SIGNED_IN,     SCOPE_NONE,     SLOW_WRITE, .prepare = access_prepare_confirm,
     .write = access_write_confirm, .finish = access_finish_confirm},
    {0},
};

static Err loose_ends(Ctx *c, LooseEnd **list)
{
    if (!c->session || !c->session->lacks_second) return OK;
    LooseEnd *end = NEW(c->arena, LooseEnd, 1);
    *end = (LooseEnd){.cost = 1, .due = c->today, .headline = T("Slå kode fra en app til"),
                      .about = T("Din rolle åbner for andres oplysninger. Derfor er en adgangskode alene ikke nok."),
                      .waiting = T("Indtil da kan du ikke bruge det, rollen giver adgang til."), .button = T("Slå koden til"),
                      .href = S("/min-konto/kode"), .strip = T("En kode fra en app mangler"), .next = *list};
    *list = end;
    return OK;
}

SQL(NONCES_EXPIRE, "DELETE FROM form_nonce WHERE used_at < $1");
SQL(THROTTLES_EXPIRE, "DELETE FROM throttle WHERE free_at < $1 AND since < $1");
SQL(LINKS_EXPIRE, "DELETE FROM account_link WHERE ends_at < $1");
/* A nonce is taken on its day and the next (access_gate.c): 49 hours when the
   clock is set back. Its row must outlive that, or the form could be sent again. */
enum { TWO_DAYS_MS = 172800000, THREE_DAYS_MS = 259200000 };

/* Once a minute is often enough: the nonces of a day are some thousand rows. */
static Err tick(Ctx *c, bool *ret_more)
{
    *ret_more = false;
    if (c->now.ms / 1000 % 60 != 0) return OK;
    TRY(sessions_expire(c));
    TRY(db_exec(c, NONCES_EXPIRE, NULL, c->now.ms - THREE_DAYS_MS));
    TRY(db_exec(c, LINKS_EXPIRE, NULL, c->now.ms - TWO_DAYS_MS));
    TRY(consents_expire(c));
    return db_exec(c, THROTTLES_EXPIRE, NULL, c->now.ms - TWO_DAYS_MS);
}

const Feature access_feature = {.name = "access", .schema = &access_schema, .routes = routes, .loose_ends = loose_ends, .tick = tick,
    .demo = access_demo};

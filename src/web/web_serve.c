/* The way of a request, without the network: who asks, may they, draw or
   prepare, and what goes to the writer. Each step runs inside web_bounded, the
   only setjmp of the house: a full arena jumps back there, never over a frame
   of MHD or of the writer. */
#include <strings.h>

#include "web/web_inside.h"

/* ---- the boundary --------------------------------------------------------------- */

static void say_full(Request *r)
{
    ctx_forgive(&r->c);
    web_error(r, E_TOO_LARGE);
}

/* What was opened is closed; the rest of the range, kept back until now, is for
   the page that says so. */
static void after_full(Request *r)
{
    ctx_end(&r->c);
    r->reading = false;
    r->job_kind = JOB_NONE;
    r->arena.end = r->arena_end;
    if (setjmp(r->full) == 0) say_full(r);
    else web_error_plain(r, r->fate == FATE_NOT_STORED ? 503 : 500);
}

void web_bounded(Request *r, void (*step)(Request *r))
{
    r->arena.full = &r->full;
    if (setjmp(r->full) == 0) step(r);
    else after_full(r);
    r->arena.full = NULL;
}

/* ---- snapshots ---------------------------------------------------------------------- */

static Err begin_reading(Request *r)
{
    if (r->reading && r->c.conn) return OK; /* a prepare that hashes has let its own go */
    TRY(db_read_begin(&r->c, r->web->store));
    r->reading = true;
    return OK;
}

static void end_reading(Request *r)
{
    if (r->reading) db_read_end(&r->c);
    r->reading = false;
}

/* ---- who may ------------------------------------------------------------------------- */

static bool has_viewer_kind(const Request *r)
{
    return !r->route || r->route->route.kind != REPLY;
}

static Str host_of(Str origin)
{
    ptrdiff_t at = str_find(origin, S("://"), 0);
    return at < 0 ? S("") : str_sub(origin, at + 3, origin.n);
}

/* A browser says where a form came from; what says nothing is no browser, and
   has no cookie of somebody else's to misuse.
   Source: OWASP CSRF Prevention, Fetch Metadata; both checked beside the nonce. */
static bool comes_from_us(const Head *head, bool is_secure)
{
    if (head->fetch_site.p && !str_eq(head->fetch_site, S("same-origin"))) return false;
    if (!head->origin.p) return true;
    /* The same name without TLS is anybody's on the way. */
    if (is_secure && !str_starts(head->origin, S("https://"))) return false;
    return head->host.n > 0 && str_eq(host_of(head->origin), head->host);
}

static Err check_sender(Request *r)
{
    Ctx *c = &r->c;
    if (!comes_from_us(&r->head, r->web->options.secure_cookies))
        return fail(c, E_FORBIDDEN, T("Formularen blev sendt fra et andet sted. Åbn siden hos os, og send den igen."));
    if (!c->viewer.v) return OK;
    Str nonce = web_field(c, "_nonce");
    TRY(r->web->gate->nonce_check(c, nonce));
    if (nonce.n == 0) return fail(c, E_FORBIDDEN, T("Formularen er for gammel. Hent siden igen, og send den så."));
    r->nonce = nonce;
    return OK;
}

/* Path and query as they came, the query encoded anew. */
static Str way_here(Request *r)
{
    Out o = out_new(&r->c, WEB_PATH_MAX);
    out_lit(&o, r->raw_path);
    for (ptrdiff_t i = 0; i < r->query.n; i++) {
        out_lit(&o, i ? S("&") : S("?"));
        out_query_str(&o, r->query.v[i].name);
        out_lit(&o, S("="));
        out_query_str(&o, r->query.v[i].value);
    }
    Str way = out_done(&o);
    return o.b.full ? r->raw_path : way; /* too long: at least the page itself */
}

/* A page of ours that leads back here. */
static Err go_by_way_of(Request *r, Str path)
{
    Ctx *c = &r->c;
    Out o = out_new(c, WEB_PATH_MAX * 3 + path.n + 16);
    out_lit(&o, path);
    out_lit(&o, S("?to="));
    out_query_str(&o, way_here(r));
    return web_redirect(c, out_done(&o));
}

static Err to_login(Request *r)
{
    Str login = r->web->options.login_path;
    if (login.n == 0 || r->route->route.method == POST)
        return fail(&r->c, E_FORBIDDEN, T("Du er ikke logget ind. Log ind i en ny fane, gå tilbage hertil, og prøv igen."));
    return go_by_way_of(r, login);
}

/* OK with an answer drawn: on the way to show who they are. */
static Err check_strong(Request *r)
{
    const Gate *gate = r->web->gate;
    const Route *route = &r->route->route;
    if (!route->strong && !route->strong_twice) return OK;
    if (gate->is_strong && gate->is_strong(&r->c, route->strong_twice)) return OK;
    if (gate->strong_path.n == 0 || route->method == POST)
        return fail(&r->c, E_FORBIDDEN, T("Det er for længe siden, du viste, at det er dig. Hent siden igen, og skriv din adgangskode."));
    return go_by_way_of(r, gate->strong_path);
}

static bool is_public(const Route *route)
{
    return route->need->object == NEED_PUBLIC->object;
}

/* A role without the right gets the same 403 whether the object exists or not. */
static Err find_place(Request *r)
{
    Ctx *c = &r->c;
    const Route *route = &r->route->route;
    if (route->scope == SCOPE_NONE) return OK;
    Err err = route->scope->find(c, r->found.params[0], &r->place);
    if (err != E_NOT_FOUND || is_public(route) || route->need->object == NEED_SIGNED_IN->object) return err;
    ctx_forgive(c);
    Err why = r->web->gate->permit(c, route->need, &(Place){0});
    if (why == E_FORBIDDEN) return why;
    ctx_forgive(c);
    return E_NOT_FOUND;
}

static Err check_reach(Request *r)
{
    const Route *route = &r->route->route;
    TRY(find_place(r));
    if (is_public(route) || route->need->object == NEED_SIGNED_IN->object) return OK;
    return r->web->gate->permit(&r->c, route->need, route->scope == SCOPE_NONE ? NULL : &r->place);
}

/* OK with an answer drawn: on the way to log in. */
static Err admit(Request *r)
{
    Ctx *c = &r->c;
    const Route *route = &r->route->route;
    TRY(begin_reading(r));
    if (has_viewer_kind(r)) TRY(r->web->gate->identify(c));
    if (route->method == POST && has_viewer_kind(r)) TRY(check_sender(r));
    if (!is_public(route) && !c->viewer.v) return to_login(r);
    Err err = check_reach(r);
    bool is_refusal = err == E_NOT_FOUND || err == E_FORBIDDEN;
    if (is_refusal && c->viewer.v && route->scope != SCOPE_NONE) r->refused = err;
    return err == OK ? check_strong(r) : err;
}

/* ---- GET ------------------------------------------------------------------------------ */

static Err nothing_drawn(Ctx *c)
{
    return fail(c, E_BROKEN, T("Siden blev ikke tegnet."));
}

/* A block that the page lacks: then the whole page, rather than nothing. */
static Err draw(Request *r, Err (*page)(Ctx *c))
{
    Ctx *c = &r->c;
    TRY(page(c));
    if (r->lacks_block && !r->is_whole) {
        r->is_whole = true;
        TRY(page(c));
    }
    return r->answer.status ? OK : nothing_drawn(c);
}

static bool is_seen_due(Request *r)
{
    const Gate *gate = r->web->gate;
    return r->c.viewer.v && gate->is_seen_due && gate->is_seen_due(&r->c);
}

static Err draw_get(Request *r)
{
    TRY(admit(r));
    if (r->answer.status) return OK;
    return draw(r, r->route->route.get);
}

static void serve_get(Request *r)
{
    Err err = draw_get(r);
    if (err != OK) {
        web_error(r, err);
        if (r->refused) r->job_kind = JOB_REFUSED;
        return;
    }
    /* A redirect shows nothing of anybody. */
    if (r->route->route.kind == LOOK && r->answer.status != 303) r->job_kind = JOB_LOOK;
    else if (is_seen_due(r)) r->job_kind = JOB_SEEN;
}

/* ---- POST ----------------------------------------------------------------------------- */

static bool is_type(Str content_type, Str wanted)
{
    ptrdiff_t end = str_find_char(content_type, ';', 0);
    Str type = str_trim(str_sub(content_type, 0, end < 0 ? content_type.n : end));
    return type.n == wanted.n && strncasecmp(type.p, wanted.p, (size_t)wanted.n) == 0;
}

static Err read_fields(Request *r)
{
    Str type = r->head.content_type;
    int max = r->web->options.fields_max;
    if (r->body.n == 0) return OK;
    if (is_type(type, S("application/x-www-form-urlencoded")))
        return web_parse_urlencoded(&r->c, r->body.p, r->body.n, max, &r->fields);
    if (is_type(type, S("multipart/form-data")))
        return web_parse_multipart(&r->c, type, r->body.p, r->body.n, max, &r->fields);
    r->refuse = 415;
    return E_INVALID;
}

/* The form again with what was written, where the feature can draw it. */
static void draw_failed(Request *r, Err err)
{
    Err (*page)(Ctx *c) = err == E_INVALID ? r->again : err == E_CONFLICT ? r->again_conflict : NULL;
    if (page && begin_reading(r) == OK) {
        r->answer = (Answer){0};
        r->draw_status = err == E_INVALID ? 422 : 409;
        err = draw(r, page);
        if (err == OK) return;
    }
    if (r->refuse) web_error_status(r, r->refuse, (Msg){0});
    else web_error(r, err);
}

static Err prepare_post(Request *r)
{
    const Route *route = &r->route->route;
    TRY(admit(r));
    if (r->answer.status || !route->prepare) return OK;
    return route->prepare(&r->c);
}

static void serve_post(Request *r)
{
    Err err = read_fields(r);
    /* What cannot be read is a bad request, not a form to correct. */
    if (err == E_INVALID && !r->refuse) r->refuse = 400;
    if (err == OK) err = prepare_post(r);
    bool is_done = r->answer.status || !r->route->route.write;
    if (err == OK && is_done && !r->answer.status) err = nothing_drawn(&r->c);
    if (err != OK) {
        draw_failed(r, err);
        if (r->refused) r->job_kind = JOB_REFUSED;
        return;
    }
    if (!is_done) r->job_kind = JOB_POST;
    r->answer_before_write = r->answer;
}

/* ---- the write ------------------------------------------------------------------------- */

static Err write_post(Request *r)
{
    Ctx *c = &r->c;
    const Gate *gate = r->web->gate;
    Str before = S("");
    /* It may run again: as if for the first time. */
    r->answer = r->answer_before_write;
    r->is_repeat = false;
    if (r->nonce.n > 0) TRY(gate->nonce_use(c, r->nonce, &before));
    if (before.n > 0) {
        r->is_repeat = true;
        return web_redirect(c, before);
    }
    if (is_seen_due(r)) TRY(gate->seen(c));
    TRY(r->route->route.write(c));
    Str location = r->answer.location.n > 0 ? r->answer.location : S("/");
    if (r->nonce.n > 0) TRY(gate->nonce_done(c, r->nonce, location));
    return OK;
}

Err web_write(Ctx *c)
{
    Request *r = c->request;
    const Gate *gate = r->web->gate;
    switch (r->job_kind) {
    case JOB_POST: return write_post(r);
    case JOB_LOOK:
        if (is_seen_due(r)) TRY(gate->seen(c));
        return gate->look(c, &r->route->route, &r->place);
    case JOB_SEEN: return gate->seen(c);
    case JOB_REFUSED: return gate->refused(c, &r->route->route, r->refused);
    case JOB_NONE: break;
    }
    return fail(c, E_BROKEN, T("Skrivningen har intet mål."));
}

static Err finish_post(Request *r)
{
    Ctx *c = &r->c;
    const Route *route = &r->route->route;
    if (r->result != OK) return r->result;
    if (route->finish && !r->is_repeat) {
        TRY(begin_reading(r));
        return draw(r, route->finish);
    }
    return r->answer.status ? OK : nothing_drawn(c);
}

static Fate fate_of(const Request *r)
{
    if (r->job_kind != JOB_POST) return FATE_NOT_STORED;
    if (r->result == OK) return FATE_STORED;
    return r->c.is_uncertain ? FATE_UNKNOWN : FATE_NOT_STORED;
}

static void serve_written(Request *r)
{
    r->fate = fate_of(r);
    if (r->job_kind == JOB_LOOK && r->result != OK) web_error(r, r->result);
    if (r->job_kind == JOB_POST) {
        Err err = finish_post(r);
        if (err != OK && r->fate == FATE_NOT_STORED) draw_failed(r, err);
        else if (err != OK) web_error(r, err);
    }
}

/* A respondent's code that does not exist is a 404 of its route, whatever its
   form; what follows from many of them is the same for right codes and wrong. */
static void brake(Request *r)
{
    unsigned char client[16];
    if (r->refuse || r->route->route.kind != REPLY) return;
    web_client(r, client);
    if (web_brake_is_on(&r->web->brake, client, r->c.now)) r->refuse = 429;
}

static void count_wrong_code(Request *r)
{
    unsigned char client[16];
    if (r->refuse || r->route->route.kind != REPLY || r->answer.status != 404) return;
    web_client(r, client);
    web_brake_count(&r->web->brake, client, r->c.now);
}

void web_serve_written(Request *r)
{
    web_bounded(r, serve_written);
    count_wrong_code(r);
    end_reading(r);
}

/* ---- all requests ------------------------------------------------------------------------ */

/* A signed-in person keeps the frame round "not found"; what is malformed is
   not worth a look-up. */
static void serve_refused(Request *r)
{
    bool is_framed = r->refuse == 404 || r->refuse == 405;
    if (is_framed && begin_reading(r) == OK && r->web->gate->identify(&r->c) != OK) ctx_forgive(&r->c);
    web_error_status(r, r->refuse, (Msg){0});
}

void web_serve(Request *r)
{
    if (r->refuse == 404 && web_asset(r)) return;
    brake(r);
    if (r->refuse) web_bounded(r, serve_refused);
    else web_bounded(r, r->route->route.method == POST ? serve_post : serve_get);
    count_wrong_code(r);
    end_reading(r);
}

bool web_runs_on_worker(const Request *r)
{
    if (r->refuse || !r->route) return false;
    RouteKind kind = r->route->route.kind;
    return kind == HEAVY || kind == LOOK || kind == SLOW_WRITE;
}

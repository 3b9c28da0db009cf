/* What a request says: its head read and limited once, in one pass over MHD's
   list; the accessors that handlers use. */
#include <arpa/inet.h>
#include <assert.h>
#include <microhttpd.h>
#include <string.h>

#include "web/cookie.h"
#include "web/web_inside.h"

/* ---- head ------------------------------------------------------------------- */

typedef struct HeadRow {
    Str name;
    size_t offset; /* in Head */
    bool may_repeat; /* the last one counts */
} HeadRow;

static const HeadRow head_rows[] = {
    {S_INIT("Host"), offsetof(Head, host), false},
    {S_INIT("Cookie"), offsetof(Head, cookie), false},
    {S_INIT("Origin"), offsetof(Head, origin), false},
    {S_INIT("Sec-Fetch-Site"), offsetof(Head, fetch_site), false},
    {S_INIT("Content-Type"), offsetof(Head, content_type), false},
    {S_INIT("Content-Length"), offsetof(Head, content_length), false},
    {S_INIT("Transfer-Encoding"), offsetof(Head, transfer_encoding), false},
    {S_INIT("Accept-Encoding"), offsetof(Head, accept_encoding), true},
    {S_INIT("X-Forwarded-For"), offsetof(Head, forwarded_for), true},
    {S_INIT("HX-Request"), offsetof(Head, hx_request), true},
    {S_INIT("HX-Target"), offsetof(Head, hx_target), true},
    {S_INIT("User-Agent"), offsetof(Head, user_agent), true},
};

static void keep_header(Head *head, Str name, Str value)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(head_rows); i++) {
        const HeadRow *row = &head_rows[i];
        if (row->name.n != name.n || strncasecmp(row->name.p, name.p, (size_t)name.n) != 0) continue;
        Str *to = (Str *)(void *)((char *)head + row->offset);
        if (to->p && !row->may_repeat) head->doubled = true;
        *to = value;
        return;
    }
}

/* RFC 9110 §5.6.2. MHD takes "Content-Length " for a header of that name; others
   would take it for the length. */
static bool is_token(Str name)
{
    for (ptrdiff_t i = 0; i < name.n; i++) {
        unsigned char ch = (unsigned char)name.p[i];
        if ((ch >= 'a' && ch <= 'z') || ch == '-') continue; /* nearly all */
        if (ch <= ' ' || ch >= 0x7f || str_find_char(S("\"(),/:;<=>?@[\\]{}"), name.p[i], 0) >= 0) return false;
    }
    return name.n > 0;
}

/* Called by MHD: no arena here. */
static enum MHD_Result on_header(void *user, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                 const char *value, size_t value_n)
{
    Head *head = user;
    (void)kind;
    Str name = {key, (ptrdiff_t)key_n}, text = {value ? value : "", (ptrdiff_t)value_n};
    head->n++;
    head->bytes += name.n + text.n + 4;
    if (str_has_zero(text)) head->has_zero = true;
    if (!is_token(name)) head->has_odd_name = true;
    keep_header(head, name, text);
    return MHD_YES;
}

/* 0 or the status that refuses the head. */
static int head_refused(const Head *head)
{
    if (head->n > WEB_HEADERS_MAX || head->bytes > WEB_HEAD_MAX || head->cookie.n > WEB_COOKIE_MAX) return 431;
    if (head->has_zero || head->has_odd_name || head->doubled) return 400;
    /* Two lengths: proxies and servers have read such requests differently.
       Source: RFC 9112 §6.3 (the line is closed after the answer). */
    if (head->content_length.p && head->transfer_encoding.p) return 400;
    return 0;
}

/* ---- query ------------------------------------------------------------------- */

typedef struct QueryTake {
    Pairs pairs;
    ptrdiff_t max, bytes;
} QueryTake;

/* Called by MHD: no arena here. */
static enum MHD_Result on_query(void *user, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                const char *value, size_t value_n)
{
    QueryTake *take = user;
    (void)kind;
    if (take->pairs.n == take->max) return MHD_NO;
    take->pairs.v[take->pairs.n++] =
        (Pair){.name = {key, (ptrdiff_t)key_n}, .value = {value ? value : "", (ptrdiff_t)value_n}};
    take->bytes += (ptrdiff_t)(key_n + value_n) + 2;
    return MHD_YES;
}

/* MHD has split at & and = and made '+' a space; decoding it left to us (the
   unescape callback of web_server.c), so that broken encoding shows. */
static bool decode_copy(Arena *arena, Str *s)
{
    char *p = arena_take_raw(arena, s->n);
    if (s->n) memcpy(p, s->p, (size_t)s->n);
    s->p = p;
    return web_decode(p, &s->n, false);
}

static int read_query(Request *r)
{
    int n = MHD_get_connection_values(r->mhd, MHD_GET_ARGUMENT_KIND, NULL, NULL);
    if (n <= 0) return 0;
    if (n > r->web->options.fields_max) return 414;
    QueryTake take = {.pairs.v = NEW(&r->arena, Pair, n), .max = n};
    MHD_get_connection_values_n(r->mhd, MHD_GET_ARGUMENT_KIND, on_query, &take);
    if (take.bytes > WEB_QUERY_MAX) return 414;
    for (ptrdiff_t i = 0; i < take.pairs.n; i++) {
        Pair *pair = &take.pairs.v[i];
        if (!decode_copy(&r->arena, &pair->name) || !decode_copy(&r->arena, &pair->value)) return 400;
    }
    web_pairs_sort(&take.pairs);
    r->query = take.pairs;
    return 0;
}

/* ---- route --------------------------------------------------------------------- */

static int find_route(Request *r)
{
    PathParts parts;
    int refuse = web_path_parts(&r->arena, r->raw_path, &parts);
    if (refuse) return refuse;
    bool is_post = strcmp(r->method, MHD_HTTP_METHOD_POST) == 0;
    bool is_known = is_post || r->is_head || strcmp(r->method, MHD_HTTP_METHOD_GET) == 0;
    r->found = web_route_find(r->web->routes, &parts, is_post ? POST : GET);
    if (is_known && r->found.route) {
        r->route = r->found.route;
        return 0;
    }
    return r->found.allows[GET] || r->found.allows[POST] ? 405 : 404;
}

void web_read_head(Request *r, struct MHD_Connection *mhd, const char *url, const char *method)
{
    r->mhd = mhd;
    r->method = method;
    r->is_head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    r->raw_path = str_of_z(url);
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, on_header, &r->head);
    r->refuse = head_refused(&r->head);
    r->ends_line = r->refuse == 400;
    if (!r->refuse) r->refuse = find_route(r);
    if (!r->refuse) r->refuse = read_query(r);
}

/* ---- body ----------------------------------------------------------------------- */

static ptrdiff_t body_max(const Request *r)
{
    if (!r->route || r->route->route.method != POST) return 0;
    ptrdiff_t own = r->route->route.body_max;
    return own ? own : r->web->options.body_max;
}

/* Large bodies are few: all together they may not take the machine's memory. */
static bool hold_body(Request *r, ptrdiff_t n)
{
    if (n <= WEB_BODY_MAX) return true;
    r->body_held = n;
    return atomic_fetch_add(&r->web->body_bytes, n) + n <= WEB_BODIES_MAX;
}

void web_read_body_begin(Request *r)
{
    int64_t length = 0;
    bool is_chunked = r->head.transfer_encoding.n > 0;
    if (r->head.content_length.n > 0 && !str_i64(r->head.content_length, &length)) length = PTRDIFF_MAX;
    ptrdiff_t max = body_max(r), room = is_chunked ? max : (ptrdiff_t)length;
    /* A GET has no use for a body; a long one would only buy time. */
    if (!r->refuse && room > (max > 0 ? max : WEB_BODY_MAX)) r->refuse = 413;
    if (!r->refuse && room > 0 && max > 0) {
        if (!hold_body(r, room)) r->refuse = 503;
        else r->body = buf_new(&r->arena, room);
    }
    web_conn_deadline(r->conn, r->web->options.idle_seconds + (r->refuse ? WEB_BODY_MAX : room) / WEB_RATE);
}

void web_read_body(Request *r, const char *p, size_t n)
{
    if (!r->refuse && r->body.p) buf_add(&r->body, (Str){p, (ptrdiff_t)n});
    else r->dropped += (ptrdiff_t)n;
    if (r->body.full && !r->refuse) r->refuse = 413;
}

/* ---- accessors --------------------------------------------------------------------- */

Str web_path(Ctx *c, const char *name)
{
    const WebRoute *route = c->request->route;
    int i = 0;
    while (i < route->n_names && !str_eq(route->names[i], str_of_z(name))) i++;
    assert(i < route->n_names);
    return c->request->found.params[i];
}

static Str value_of(const Pairs *pairs, const char *name)
{
    const Pair *pair = web_pair(pairs, str_of_z(name));
    return pair && !pair->is_file ? pair->value : S("");
}

Str web_query(Ctx *c, const char *name)
{
    return value_of(&c->request->query, name);
}

const Place *web_place(Ctx *c)
{
    return &c->request->place;
}

enum { LOOK_DETAIL_MAX = 300 };

void web_look_detail(Ctx *c, Str codes)
{
    c->request->look_detail = str_sub(codes, 0, LOOK_DETAIL_MAX);
}

Str web_look_detail_told(Ctx *c)
{
    return c->request->look_detail;
}

Str web_field(Ctx *c, const char *name)
{
    return value_of(&c->request->fields, name);
}

Strs web_fields(Ctx *c, const char *name)
{
    const Pairs *fields = &c->request->fields;
    const Pair *first = web_pair(fields, str_of_z(name));
    if (!first) return (Strs){0};
    ptrdiff_t from = first - fields->v, to = from;
    while (to < fields->n && str_eq(fields->v[to].name, first->name)) to++;
    Strs all = {.v = NEW(c->arena, Str, to - from)};
    for (ptrdiff_t i = from; i < to; i++)
        if (!fields->v[i].is_file) all.v[all.n++] = fields->v[i].value;
    return all;
}

Str web_upload(Ctx *c, const char *name, Str *ret_filename)
{
    const Pair *pair = web_pair(&c->request->fields, str_of_z(name));
    if (!pair || !pair->is_file) return S("");
    *ret_filename = pair->filename;
    return pair->value;
}

Err web_form(Ctx *c, const Form *form, FormValues *ret)
{
    return web_form_offered(c, form, NULL, ret);
}

Err web_form_offered(Ctx *c, const Form *form, Err (*offer)(Ctx *c, FormValues *values), FormValues *ret)
{
    FormValues values = form_empty(c, form);
    if (offer) TRY(offer(c, &values));
    for (ptrdiff_t i = 0; i < form->n; i++) {
        const Field *field = &form->v[i];
        if (field->kind == FIELD_CHOICES) values.v[i].many = web_fields(c, field->name);
        else values.v[i].raw = web_field(c, field->name);
    }
    *ret = values;
    Err err = form_check(c, &values);
    *ret = values;
    return err;
}

Err web_form_version(Ctx *c, Version *ret)
{
    int64_t v = 0;
    if (!str_i64(web_field(c, "version"), &v) || v < 1)
        return fail(c, E_INVALID, T("Formularen mangler sit versionsnummer. Hent siden igen, og prøv en gang til."));
    *ret = (Version){v};
    return OK;
}

const Route *web_route(Ctx *c)
{
    return c->request && c->request->route ? &c->request->route->route : NULL;
}

Str web_own_path(Ctx *c)
{
    return str_copy(c->arena, c->request->raw_path);
}

Str web_agent(Ctx *c)
{
    bool is_respondent = c->request->route && c->request->route->route.kind == REPLY;
    Str agent = c->request->head.user_agent;
    return is_respondent || !str_is_utf8(agent) ? S("") : agent;
}

static bool is_block_name(Str s)
{
    if (s.n < 1 || s.n > 64) return false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool is_fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                       ch == '-' || ch == '_';
        if (!is_fine) return false;
    }
    return true;
}

/* htmx names its target as "id" or, from version 4, "tag#id". */
Str web_wanted_block(Ctx *c)
{
    const Head *head = &c->request->head;
    if (c->request->is_whole || !str_eq(head->hx_request, S("true"))) return S("");
    ptrdiff_t hash = str_find_char(head->hx_target, '#', 0);
    Str id = str_sub(head->hx_target, hash + 1, head->hx_target.n);
    return is_block_name(id) ? id : S("");
}

static Str cookie_of(Ctx *c, Str fence, const char *name)
{
    Request *r = c->request;
    if (r->route && r->route->route.kind == REPLY) return S("");
    Str full = str_of_z(name);
    if (r->web->options.secure_cookies) full = STR_CAT(c->arena, fence, full);
    Str value = web_cookie_of(r->head.cookie, full);
    return str_is_utf8(value) ? value : S("");
}

Str web_cookie(Ctx *c, const char *name)
{
    return cookie_of(c, S("__Host-"), name);
}

Str web_cookie_under(Ctx *c, const char *name)
{
    return cookie_of(c, S("__Secure-"), name);
}

static Str address_text(Arena *arena, const unsigned char address[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[INET6_ADDRSTRLEN] = "";
    bool is_four = memcmp(address, mapped, sizeof mapped) == 0;
    inet_ntop(is_four ? AF_INET : AF_INET6, is_four ? address + 12 : address, text, sizeof text);
    return str_copy(arena, str_of_z(text));
}

static bool is_one_of(Strs all, Str s)
{
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (str_eq(all.v[i], s)) return true;
    return false;
}

/* From the right: each proxy adds at the end whom it heard from, so the first
   one that is no proxy of ours is as far as anyone we trust has seen. */
static Str forwarded_address(Str list, Strs proxies)
{
    while (list.n > 0) {
        ptrdiff_t at = list.n;
        while (at > 0 && list.p[at - 1] != ',') at--;
        Str last = str_trim(str_sub(list, at, list.n));
        if (!is_one_of(proxies, last)) return last;
        list = str_sub(list, 0, at - 1);
    }
    return S("");
}

void web_client(Request *r, unsigned char ret[16])
{
    memcpy(ret, r->conn->address, 16);
    if (!r->conn->is_proxy) return;
    char text[INET6_ADDRSTRLEN] = "";
    unsigned char said[16] = {[10] = 0xff, [11] = 0xff};
    Str last = forwarded_address(r->head.forwarded_for, r->web->options.proxies);
    if (last.n == 0 || last.n >= (ptrdiff_t)sizeof text) return;
    memcpy(text, last.p, (size_t)last.n);
    if (inet_pton(AF_INET, text, said + 12) == 1 || inet_pton(AF_INET6, text, said) == 1) memcpy(ret, said, 16);
}

Str web_address(Ctx *c)
{
    Request *r = c->request;
    unsigned char client[16];
    if (r->route && r->route->route.kind == REPLY) return S("");
    web_client(r, client);
    return address_text(c->arena, client);
}

/* Pages, redirects, files and errors. An Answer is drawn in the request's arena
   and sent from there without a copy (web_send.c). */
#include <assert.h>
#include <string.h>

#include "web/assets/assets.h"
#include "web/cookie.h"
#include "web/web_inside.h"

enum { ERROR_PAGE_MAX = 192 << 10 };

/* ---- headers ------------------------------------------------------------------ */

static bool is_header_value(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) return false;
    return true;
}

/* A value with a line end would begin a header of its own: left out. */
void web_header(Ctx *c, const char *name, Str value)
{
    if (!is_header_value(value)) return;
    Header *header = NEW(c->arena, Header, 1);
    *header = (Header){.name = name, .value = str_z(c->arena, value), .next = c->request->answer.headers};
    c->request->answer.headers = header;
}

static bool is_cookie_value(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        if (ch <= 0x20 || ch == 0x7f || ch == ';' || ch == ',' || ch == '"' || ch == '\\') return false;
    }
    return true;
}

static void set_cookie(Ctx *c, Str fence, const char *name, Str value, Str path, int max_age_s)
{
    Request *r = c->request;
    bool is_secure = r->web->options.secure_cookies;
    assert(is_cookie_value(value) && is_cookie_value(path));
    /* Nothing may follow a respondent from one page to the next. */
    assert(!r->route || r->route->route.kind != REPLY);
    Buf b = buf_new(c->arena, value.n + path.n + 256);
    buf_add(&b, is_secure ? fence : S(""));
    buf_add(&b, str_of_z(name));
    buf_add(&b, S("="));
    buf_add(&b, value);
    buf_add(&b, S("; Path="));
    buf_add(&b, path);
    buf_add(&b, S("; HttpOnly; SameSite=Lax"));
    buf_add(&b, is_secure ? S("; Secure") : S(""));
    if (max_age_s >= 0) {
        buf_add(&b, S("; Max-Age="));
        buf_add_i64(&b, max_age_s);
    }
    assert(!b.full);
    web_header(c, "Set-Cookie", buf_str(&b));
}

void web_set_cookie(Ctx *c, const char *name, Str value, int max_age_s)
{
    set_cookie(c, S("__Host-"), name, value, S("/"), max_age_s);
}

void web_set_cookie_under(Ctx *c, const char *name, Str value, Str path, int max_age_s)
{
    set_cookie(c, S("__Secure-"), name, value, path, max_age_s);
}

/* ---- pages ---------------------------------------------------------------------- */

/* Half of what is left, so that a page that grows too large is told from an
   arena that is full. */
static ptrdiff_t page_max(const Request *r)
{
    return (ptrdiff_t)i64_min(WEB_PAGE_MAX, (r->arena.end - r->arena.next) / 2);
}

static void set_page(Request *r, int status, Str body)
{
    r->answer.status = r->draw_status ? r->draw_status : status;
    r->answer.type = S("text/html; charset=utf-8");
    r->answer.body = body;
}

static Err end_page(Ctx *c, int status)
{
    Request *r = c->request;
    Str body = out_done(&r->out);
    if (r->out.b.full) return fail(c, E_TOO_LARGE, T("Siden blev for stor. Vælg et mindre udsnit."));
    r->lacks_block = r->out.block.n > 0 && !r->out.found;
    set_page(r, status, body);
    return OK;
}

Out *web_bare_begin(Ctx *c)
{
    Request *r = c->request;
    r->out = out_new(c, page_max(r));
    r->out.block = web_wanted_block(c);
    r->out.muted = r->out.block.n > 0;
    return &r->out;
}

Err web_bare_end(Ctx *c, int status)
{
    return end_page(c, status);
}

Out *web_page_begin(Ctx *c, Msg title)
{
    Out *o = web_bare_begin(c);
    c->request->web->gate->frame_begin(c, o, title);
    return o;
}

Err web_page_end(Ctx *c)
{
    c->request->web->gate->frame_end(c, &c->request->out);
    return end_page(c, 200);
}

/* ---- redirects and files ----------------------------------------------------------- */

static bool is_own_path(Str path)
{
    if (path.n < 1 || path.p[0] != '/') return false;
    return path.n == 1 || (path.p[1] != '/' && path.p[1] != '\\');
}

static void add_escaped(Buf *b, unsigned char ch)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_add_char(b, '%');
    buf_add_char(b, digits[ch >> 4]);
    buf_add_char(b, digits[ch & 15]);
}

/* What an address may not carry as it is; what is encoded already stays. */
static Str address_of(Arena *arena, Str path)
{
    Buf b = buf_new(arena, 3 * path.n + 1);
    for (ptrdiff_t i = 0; i < path.n; i++) {
        unsigned char ch = (unsigned char)path.p[i];
        if (ch <= 0x20 || ch >= 0x7f || ch == '"' || ch == '<' || ch == '>' || ch == '\\') add_escaped(&b, ch);
        else buf_add_char(&b, (char)ch);
    }
    Str address = buf_str(&b);
    buf_add_char(&b, 0);
    return address;
}

Err web_redirect(Ctx *c, Str path)
{
    if (!is_own_path(path)) return fail(c, E_BROKEN, T("Adressen er ikke vores egen."));
    Answer *answer = &c->request->answer;
    answer->status = 303;
    answer->location = address_of(c->arena, path);
    answer->type = answer->body = S("");
    return OK;
}

/* RFC 6266: a plain name for old clients, the real one beside it. */
static Str disposition_of(Arena *arena, Str filename)
{
    Buf b = buf_new(arena, 4 * filename.n + 64);
    buf_add(&b, S("attachment; filename=\""));
    for (ptrdiff_t i = 0; i < filename.n; i++) {
        char ch = filename.p[i];
        bool is_plain = ch > 0x20 && ch < 0x7f && ch != '"' && ch != '\\' && ch != '/' && ch != '%' && ch != ';';
        buf_add_char(&b, is_plain ? ch : '_');
    }
    buf_add(&b, S("\"; filename*=UTF-8''"));
    for (ptrdiff_t i = 0; i < filename.n; i++) {
        char ch = filename.p[i];
        bool is_plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                        ch == '.' || ch == '-' || ch == '_';
        if (is_plain) buf_add_char(&b, ch);
        else add_escaped(&b, (unsigned char)ch);
    }
    return buf_str(&b);
}

Err web_file(Ctx *c, Str content_type, Str filename, Str bytes)
{
    Request *r = c->request;
    if (!is_header_value(content_type)) return fail(c, E_BROKEN, T("Filens type kan ikke sendes."));
    if (filename.n > 0) web_header(c, "Content-Disposition", disposition_of(c->arena, filename));
    r->answer.status = 200;
    r->answer.type = content_type;
    r->answer.body = bytes;
    return OK;
}

/* Assets need no arena, no viewer and no snapshot. */
bool web_asset(Request *r)
{
    bool is_get = r->is_head || strcmp(r->method, "GET") == 0;
    const Asset *asset = is_get ? asset_find(r->raw_path) : NULL;
    if (!asset) return false;
    bool is_gzip = asset->gzip.n > 0 && str_find(r->head.accept_encoding, S("gzip"), 0) >= 0;
    r->answer = (Answer){
        .status = 200,
        .type = asset->type,
        .body = is_gzip ? asset->gzip : asset->bytes,
        .is_asset = true,
        .is_gzip = is_gzip,
    };
    return true;
}

void web_on_invalid(Ctx *c, Err (*draw)(Ctx *c))
{
    c->request->again = draw;
}

void web_on_conflict(Ctx *c, Err (*draw)(Ctx *c))
{
    c->request->again_conflict = draw;
}

/* ---- errors --------------------------------------------------------------------------- */

typedef struct StatusRow {
    int status;
    Msg text;
    const char *plain; /* when not even the page can be drawn */
} StatusRow;

#define PLAIN_PAGE(text)                                                                      \
    "<!doctype html><html lang=\"da\"><meta charset=\"utf-8\"><title>Rød Tråd</title><main>" \
    "<h1>Rød Tråd</h1><p>" text "</p></main></html>"
#define STATUS_ROW(status, text) {status, T_INIT(text), PLAIN_PAGE(text)}

static const StatusRow status_rows[] = {
    STATUS_ROW(400, "Adressen eller det, der blev sendt, kunne ikke læses. Gå tilbage, og prøv igen."),
    STATUS_ROW(403, "Siden findes ikke, eller du har ikke adgang til den. Spørg din leder, hvis du mangler adgang."),
    STATUS_ROW(404, "Siden findes ikke, eller du har ikke adgang til den. Spørg din leder, hvis du mangler adgang."),
    STATUS_ROW(405, "Siden kan ikke bruges på den måde. Gå tilbage, og prøv igen."),
    STATUS_ROW(409, "Nogen har ændret det samme, mens du skrev. Hent siden igen, og se, hvad der står nu."),
    STATUS_ROW(413, "Det, du sendte, er for stort. Send mindre ad gangen."),
    STATUS_ROW(414, "Adressen er for lang."),
    STATUS_ROW(415, "Filen eller formularen har en form, vi ikke kan læse."),
    STATUS_ROW(422, "Noget skal rettes, før det kan gemmes. Gå tilbage, og se felterne igennem."),
    STATUS_ROW(429, "Der er prøvet for mange koder, der ikke findes, fra dette netværk. Vent et minut, og prøv igen."),
    STATUS_ROW(431, "Din browser sendte for meget med. Slet cookies for siden, og prøv igen."),
    STATUS_ROW(503, "Der er travlt lige nu, så vi nåede det ikke. Intet er gemt. Prøv igen om lidt."),
    STATUS_ROW(500, "Der gik noget galt hos os. Gå tilbage, og prøv igen."),
};

/* The last row is for everything else. */
static const StatusRow *row_of(int status)
{
    ptrdiff_t i = 0;
    while (i < COUNT_OF(status_rows) - 1 && status_rows[i].status != status) i++;
    return &status_rows[i];
}

static void set_error(Request *r, int status, Str body)
{
    r->draw_status = 0;
    /* What a handler had begun (cookies above all) goes with it. */
    r->answer = (Answer){0};
    set_page(r, status, body);
}

void web_error_plain(Request *r, int status)
{
    const StatusRow *row = row_of(status);
    set_error(r, row->status, str_of_z(row->plain));
}

static void add_error_headers(Request *r, int status)
{
    if (status == 429) web_header(&r->c, "Retry-After", S("60"));
    if (status == 503) web_header(&r->c, "Retry-After", S("2"));
    if (status != 405) return;
    const bool *allows = r->found.allows;
    web_header(&r->c, "Allow", allows[GET] && allows[POST] ? S("GET, HEAD, POST") : allows[POST] ? S("POST") : S("GET, HEAD"));
}

void web_error_status(Request *r, int status, Msg message)
{
    Ctx *c = &r->c;
    Out o = out_new(c, (ptrdiff_t)i64_min(ERROR_PAGE_MAX, (r->arena.end - r->arena.next) / 2));
    if (msg_is_empty(message)) message = row_of(status)->text;
    r->web->gate->error_page(c, &o, status, message, str_of_z(r->number));
    Str body = out_done(&o);
    if (o.b.full || body.n == 0) web_error_plain(r, status);
    else set_error(r, status, body);
    add_error_headers(r, status);
}

/* Short enough to read out on the telephone; the log has the same. */
static void set_number(Request *r)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char random[3];
    ctx_random(&r->c, random, sizeof random);
    for (int i = 0; i < 6; i++) r->number[i] = digits[(random[i / 2] >> (i % 2 ? 0 : 4)) & 15];
    r->number[6] = 0;
    r->fault_file = r->c.file;
    r->fault_line = r->c.line;
}

static Msg fault_text(const Request *r)
{
    Str number = str_of_z(r->number);
    if (r->route && r->route->route.method == POST)
        return TF("Der gik noget galt hos os. Det, du sendte, er ikke gemt. Gå tilbage, og prøv igen. Fejlnummer {1}.", number);
    return TF("Der gik noget galt hos os. Prøv igen om lidt. Fejlnummer {1}.", number);
}

static Msg fate_text(const Request *r)
{
    if (r->fate == FATE_UNKNOWN) return T("Forbindelsen til databasen blev afbrudt. Se efter, om det blev gemt.");
    return TF("Det, du sendte, er gemt, men siden kunne ikke vises. Gå til forsiden, og se efter. Fejlnummer {1}.",
              str_of_z(r->number));
}

/* What is verbatim is English, for the command line. Where it was told goes to the
   log: a full disk must be seen there, too. */
static void draw_busy(Request *r, Msg said)
{
    r->fault_file = r->c.file;
    r->fault_line = r->c.line;
    web_error_status(r, 503, msg_is_verbatim(said) ? (Msg){0} : said);
}

void web_error(Request *r, Err err)
{
    if (r->fate != FATE_NOT_STORED) { /* whatever the error: to send it again would be wrong */
        set_number(r);
        web_error_status(r, 500, fate_text(r));
        return;
    }
    bool is_post = r->route && r->route->route.method == POST;
    Msg said = r->c.message;
    switch (err) {
    case E_NOT_FOUND: web_error_status(r, 404, (Msg){0}); return;
    case E_FORBIDDEN: web_error_status(r, 403, said); return;
    case E_INVALID: web_error_status(r, 422, said); return;
    case E_CONFLICT: web_error_status(r, 409, said); return;
    /* What is too large for a GET is our page, not what was sent. */
    case E_TOO_LARGE: web_error_status(r, is_post ? 413 : 503, said); return;
    case E_BUSY: draw_busy(r, said); return;
    case OK:
    case E_BROKEN: break;
    }
    set_number(r);
    web_error_status(r, 500, fault_text(r));
}

/* An answer leaves: our headers and the arena's bytes, handed to MHD as they
   lie. They are good until MHD says that the request is completed.
   Source of the header values: OWASP Secure Headers; PAGES §9 (nothing inline,
   nothing from elsewhere). */
#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#include "web/web_inside.h"

typedef struct Fixed {
    const char *name, *value;
} Fixed;

static const Fixed every_answer[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
     "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
};

static const Fixed every_page[] = {
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
};

static bool is_given(const Answer *answer, const char *name)
{
    for (const Header *header = answer->headers; header; header = header->next)
        if (strcasecmp(header->name, name) == 0) return true;
    return false;
}

static void add(struct MHD_Response *response, const Answer *answer, const char *name, const char *value)
{
    if (!is_given(answer, name)) MHD_add_response_header(response, name, value);
}

static void add_fixed(struct MHD_Response *response, const Answer *answer, const Fixed *rows, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) add(response, answer, rows[i].name, rows[i].value);
}

static const char *cache_of(const Request *r)
{
    bool is_respondent = r->route && r->route->route.kind == REPLY;
    if (r->answer.is_asset) return "public, max-age=31536000, immutable";
    return r->c.viewer.v || is_respondent ? "no-store" : "no-cache";
}

static const char *referrer_of(const Request *r)
{
    return r->route && r->route->route.kind == REPLY ? "no-referrer" : "same-origin";
}

static void add_type(struct MHD_Response *response, const Answer *answer)
{
    char type[128];
    if (answer->type.n == 0 || answer->type.n >= (ptrdiff_t)sizeof type) return;
    memcpy(type, answer->type.p, (size_t)answer->type.n);
    type[answer->type.n] = 0;
    MHD_add_response_header(response, "Content-Type", type);
}

static void add_headers(struct MHD_Response *response, const Request *r)
{
    const Answer *answer = &r->answer;
    add_type(response, answer);
    add(response, answer, "Cache-Control", cache_of(r));
    add(response, answer, "Referrer-Policy", referrer_of(r));
    add_fixed(response, answer, every_answer, COUNT_OF(every_answer));
    if (!answer->is_asset) add_fixed(response, answer, every_page, COUNT_OF(every_page));
    if (r->web->options.secure_cookies)
        add(response, answer, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    if (answer->location.n > 0) MHD_add_response_header(response, "Location", answer->location.p);
    if (answer->is_asset) MHD_add_response_header(response, "Vary", "Accept-Encoding");
    if (answer->is_gzip) MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (r->ends_line) MHD_add_response_header(response, "Connection", "close");
    for (const Header *header = answer->headers; header; header = header->next)
        MHD_add_response_header(response, header->name, header->value);
}

int web_send(Request *r)
{
    const Answer *answer = &r->answer;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        (size_t)answer->body.n, (void *)(uintptr_t)answer->body.p, MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    add_headers(response, r);
    atomic_store(&r->stage, SENT);
    web_conn_deadline(r->conn, r->web->options.idle_seconds + answer->body.n / WEB_RATE);
    int is_queued = MHD_queue_response(r->mhd, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return is_queued;
}

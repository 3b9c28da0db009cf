/* HTTP for people: routes as data, requests under hard limits, three-part
   POSTs, pages that leave only when what they wrote is durable.
   Nothing here knows who may do what: that comes through struct Gate, filled
   by main.c from core/. Design: DESIGN.md "The way of a request".

   A handler parses, calls one domain function, and draws or redirects. It sees
   only this header and its feature; never libmicrohttpd. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/ctx.h"
#include "db/writer.h"
#include "render/form.h"
#include "render/out.h"

/* ---- routes ------------------------------------------------------------ */

typedef enum Method { GET, POST } Method;

/* What the viewer must be allowed to do. Made only by the table that is
   generated from doc/access.csv (NEED_…), and by the two below. Its own pointer
   type, so that a route row without one does not compile. */
typedef struct Need {
    const char *name;  /* "support/R" */
    short object;      /* index in the access table; -1: public, -2: any signed-in person */
    short right;
} Need;
extern const Need need_public, need_signed_in;
#define NEED_PUBLIC (&need_public)
#define NEED_SIGNED_IN (&need_signed_in)

/* Where an object lies: whose row it is in law and which unit it belongs to. */
typedef struct Place {
    int64_t owner_id, unit_id;
    int64_t object_id;  /* row id of the object itself; 0 without one */
    ViewerId author;    /* who made it, for relation "own"; 0 unknown */
    bool assigned;      /* the viewer is on it (case, engagement) */
    bool shared;        /* its owner has shared it with the viewer */
    bool released;      /* it has been released to those who belong to its unit */
} Place;

/* How the first path parameter leads to an object. find answers E_NOT_FOUND
   for what does not exist. SCOPE_NONE: the route has no object. */
typedef struct Scope {
    const char *name;
    Err (*find)(Ctx *c, Str param, Place *ret);
} Scope;
extern const Scope scope_none;
#define SCOPE_NONE (&scope_none)

typedef enum RouteKind {
    PLAIN = 1, /* GET, quick, drawn on the thread that read it */
    HEAVY,     /* GET drawn by the worker pool: search, charts, files, reports */
    LOOK,      /* GET that shows personal data: leaves after its audit row is durable */
    WRITE,     /* POST: prepare (on the network thread) → write → finish */
    SLOW_WRITE,/* POST whose prepare hashes or reads much: prepare runs on the worker pool */
    REPLY,     /* POST or GET of a respondent: no session, no audit, no request log; else as WRITE or PLAIN */
} RouteKind;

typedef struct Route {
    Method method;
    const char *path; /* "/support/:uid/close"; ':name' matches one segment */
    const Need *need;
    const Scope *scope;
    RouteKind kind;
    Err (*get)(Ctx *c);     /* GET: draws */
    Err (*prepare)(Ctx *c); /* POST, optional: parse, validate, hash, read; may end the request itself */
    Err (*write)(Ctx *c);   /* POST: SQL only, ≤ 5 ms; may run again from the mark taken after prepare */
    Err (*finish)(Ctx *c);  /* POST, optional: draw or redirect after the commit; else write's web_redirect stands */
    ptrdiff_t body_max;     /* bytes; 0: the server's default of 64 KB */
    bool strong;            /* only for who has lately shown who they are (gate.is_strong):
                               survey codes, accounts, the means of signing in */
    bool strong_twice;      /* the same, and a sign-in alone is not enough: personal exports */
    const char *feature;    /* filled by web_open */
} Route;

/* ---- the request, inside handlers --------------------------------------- */

/* The part of the path that ':name' matched, percent-decoded UTF-8. */
Str web_path(Ctx *c, const char *name);
/* Query parameter, decoded; empty when absent. */
Str web_query(Ctx *c, const char *name);
/* The object that the scope found. */
const Place *web_place(Ctx *c);
/* For the audit row of a LOOK: what was searched for, in codes and numbers; never
   names or free text. At most 300 bytes are kept. */
void web_look_detail(Ctx *c, Str codes);
/* What web_look_detail was told; empty: nothing. */
Str web_look_detail_told(Ctx *c);
/* The posted field, decoded, UTF-8 checked, line ends as \n; empty when absent. */
Str web_field(Ctx *c, const char *name);
/* All values of a repeated field, in order. */
Strs web_fields(Ctx *c, const char *name);
/* Uploaded file of a multipart form: its bytes; empty when absent. */
Str web_upload(Ctx *c, const char *name, Str *ret_filename);
/* Parses a declared form into values (render/form.h) and tells every problem;
   E_INVALID makes the router show the form again (web_on_invalid). */
MUST Err web_form(Ctx *c, const Form *form, FormValues *ret);
/* The same for a form with choices that must be looked up: offer fills them in
   (FieldValue.choices) before the values are held against them. */
MUST Err web_form_offered(Ctx *c, const Form *form, Err (*offer)(Ctx *c, FormValues *values), FormValues *ret);
/* The hidden field `version`. */
MUST Err web_form_version(Ctx *c, Version *ret);
/* The route that was matched; NULL when none was. */
const Route *web_route(Ctx *c);
/* The path of this request as it was sent, without its query. */
Str web_own_path(Ctx *c);
/* The User-Agent header; empty on REPLY routes. Show its kind, never all of it. */
Str web_agent(Ctx *c);
/* Asked for by htmx: only this block is wanted (empty: the whole page). */
Str web_wanted_block(Ctx *c);
Str web_cookie(Ctx *c, const char *name);
/* Address of the client (the forwarded one only from configured proxies).
   Empty on REPLY routes, as web_cookie is: nothing there can tell who it was. */
Str web_address(Ctx *c);

/* ---- answers ------------------------------------------------------------ */

/* A signed-in page in the house's frame. Draws head and header through the
   gate, hands out the writer for the page's own template, and ends it:
       Out *o = web_page_begin(c, T("Løse ender"));
       page_support_list(o, &page);
       return web_page_end(c);                                              */
Out *web_page_begin(Ctx *c, Msg title);
MUST Err web_page_end(Ctx *c);
/* A page without frame (respondents, log-in): the template draws all of it. */
Out *web_bare_begin(Ctx *c);
MUST Err web_bare_end(Ctx *c, int status);
/* 303 to a path of our own. */
MUST Err web_redirect(Ctx *c, Str path);
/* A file; bytes must outlive the request's arena or lie in it. filename empty: shown in place. */
MUST Err web_file(Ctx *c, Str content_type, Str filename, Str bytes);
void web_set_cookie(Ctx *c, const char *name, Str value, int max_age_s);
void web_header(Ctx *c, const char *name, Str value);
/* After an E_INVALID in POST: which function draws the form again, with what
   was written and the problems (422). Set it first in prepare. */
void web_on_invalid(Ctx *c, Err (*draw)(Ctx *c));
/* The same after an E_CONFLICT (409): shows both texts, so that neither is
   lost. Unset, the conflict has a page of its own with its sentence. */
void web_on_conflict(Ctx *c, Err (*draw)(Ctx *c));

/* ---- what core gives to web ---------------------------------------------- */

typedef struct Gate {
    /* Fills c->viewer, c->session, c->lang from the cookie; OK also for nobody. */
    Err (*identify)(Ctx *c);
    /* OK, E_FORBIDDEN (the roles lack the right wherever the object lies) or
       E_NOT_FOUND (out of reach). place is NULL for a route without an object
       (SCOPE_NONE): any relation will do. Asked also with an empty Place, when the object
       does not exist, so that 403 or 404 never tells whether it does. */
    Err (*permit)(Ctx *c, const Need *need, const Place *place);
    /* For routes marked strong or strong_twice, after permit: whether the viewer
       has shown who they are lately, and for the latter once more since they
       signed in. If not, a GET goes to strong_path (?to=…), a POST is refused.
       NULL: nobody ever has. */
    bool (*is_strong)(Ctx *c, bool twice);
    Str strong_path;
    /* Whether the viewer's being here is to be noted with this request: asked
       after identify. Then `seen` runs inside a write: a POST's own, the LOOK's,
       or one for it alone, which the answer waits for and never fails by. NULL:
       nobody is noted. */
    bool (*is_seen_due)(Ctx *c);
    Err (*seen)(Ctx *c);
    /* Inside a write: the audit row of a LOOK. */
    Err (*look)(Ctx *c, const Route *route, const Place *place);
    /* Inside a write, after a refusal of a route with an object: counts and logs it. */
    Err (*refused)(Ctx *c, const Route *route, Err why);
    /* A fresh form nonce for this viewer; empty for nobody. */
    Str (*nonce)(Ctx *c);
    /* Checks a posted nonce: E_FORBIDDEN unless it is of this session. No SQL. */
    Err (*nonce_check)(Ctx *c, Str nonce);
    /* Inside the write: *ret_before is where the first use of it went (then
       nothing is written again), empty when this is the first. */
    Err (*nonce_use)(Ctx *c, Str nonce, Str *ret_before);
    /* Inside the write, at its end: remembers where this use of it went. */
    Err (*nonce_done)(Ctx *c, Str nonce, Str location);
    /* The frame around a page. */
    void (*frame_begin)(Ctx *c, Out *o, Msg title);
    void (*frame_end)(Ctx *c, Out *o);
    /* An error page's body for status and sentence, in or without the frame. */
    void (*error_page)(Ctx *c, Out *o, int status, Msg message, Str number);
} Gate;

/* ---- the server ---------------------------------------------------------- */

typedef struct WebOptions {
    Str listen;              /* "127.0.0.1:8080", "[::1]:8080"; an address, no name */
    int network_threads;     /* 0: one a core */
    int workers;             /* 0: one a core */
    ptrdiff_t arena_bytes;   /* cap of one request beside its body, 0: 16 MB */
    ptrdiff_t body_max;      /* 0: 64 KB */
    int fields_max;          /* 0: 2,000 */
    int per_address;         /* connections per address (IPv6: per /64); 0: no cap; proxies have none */
    int connections_max;     /* 0: 4,000 */
    int idle_seconds;        /* 0: 30; the time for a whole head; a body or answer
                                has a second more for every 8 KB */
    Strs proxies;            /* addresses whose X-Forwarded-For is believed */
    bool secure_cookies;     /* behind TLS: __Host- names, Secure, HSTS */
    Str login_path;          /* where GETs of nobody go (?to=…); empty: they are refused */
    void (*log)(void *to, Str json_line); /* any thread, several at once */
    void *log_to;
    Instant (*clock)(void);  /* NULL: the system's */
} WebOptions;

/* What a request is counted as: its route's kind, or one of two without a route. */
enum {
    WEB_ASSET = REPLY + 1, /* stylesheet, script, font, icon */
    WEB_NONE,              /* no such page, or nothing that could be read */
    WEB_CLASSES,
    WEB_TIMES = 12,        /* web_times_us, the last without an end */
};
extern const int64_t web_times_us[WEB_TIMES - 1];

typedef struct WebFigures {
    int64_t answers[WEB_CLASSES][6];         /* by hundred of the status; [.][0] unused */
    int64_t seconds[WEB_CLASSES][WEB_TIMES]; /* answers that took at most web_times_us, and more than the one before */
    int64_t us[WEB_CLASSES];                 /* all their microseconds */
    int64_t broken_off;                      /* requests that ended without an answer */
    int connections, requests, parked, worker_queue; /* now */
} WebFigures;

typedef struct Web Web;
MUST Err web_open(Ctx *c, const Gate *gate, const Route *const *tables, const char *const *features, int n_tables,
                  Store *store, Writer *writer, struct App *app, WebOptions options, Web **ret);
/* The port that was bound (for listen …:0). */
int web_port(const Web *web);
WebFigures web_figures(Web *web);
/* Accepts no more (503 on lines that are open), lets what is under way end: all
   that waits for a worker or the writer, and for some seconds what a slow client
   sends or takes. Then web_close has nothing to wait for. */
void web_drain(Web *web);
/* The same, and stops. */
void web_close(Web *web);

/* For the machine's keepers, on a port of its own that no proxy shows: /healthz
   ("ok" while the server takes requests, else 503) and /metrics (Prometheus' text
   format, doc/drift/maaltal.md; no name, address or route). Close it before web and writer. */
typedef struct WebOps WebOps;
typedef struct WebOpsOptions {
    Str listen;                    /* "127.0.0.1:9090" */
    void (*add)(void *to, Buf *b); /* more lines of /metrics, on a thread of its own, without arena; NULL: none */
    void *add_to;
} WebOpsOptions;
/* One figure as /metrics writes it; labels as {class="plain"}, or empty. */
void web_ops_figure(Buf *b, const char *name, const char *labels, int64_t v);
MUST Err web_ops_open(Ctx *c, Web *web, const Writer *writer, WebOpsOptions options, WebOps **ret);
int web_ops_port(const WebOps *ops);
void web_ops_close(WebOps *ops);

#endif

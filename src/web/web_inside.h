/* Shared by the files of web/ only: one request's state and the server's.

   A request lives in a slot: a slice of one reserved address range, whose
   first object is the Request. It passes these stages, always on one thread at
   a time; between them it belongs to a queue, and MHD has it suspended:

       READING ─► (worker) ─► PARKED at the writer ─► WRITTEN ─► READY ─► SENT

   Whoever resumes a connection must not touch its Request afterwards. */
#ifndef WEB_WEB_INSIDE_H
#define WEB_WEB_INSIDE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>

#include "base/number.h"
#include "web/web.h"

struct MHD_Connection;
struct MHD_Daemon;
struct sockaddr;

enum {
    WEB_PARAMS = 6,             /* ':name' parts of a route */
    WEB_SEGMENTS = 16,          /* parts of a path */
    WEB_PATH_MAX = 2048,        /* bytes of a path as sent */
    WEB_QUERY_MAX = 4 << 10,    /* bytes of all query parameters as sent */
    WEB_QUERY_PAIRS = 64,
    WEB_HEADERS_MAX = 64,
    WEB_HEAD_MAX = 10 << 10,    /* bytes of all headers */
    WEB_COOKIE_MAX = 6 << 10,   /* a municipality's other systems may set theirs for the whole domain */
    WEB_POOL = 32 << 10,        /* MHD's memory of a connection: the largest line and head that
                                   we take fit, so that larger ones get our 414 and 431; no more,
                                   since MHD clears all of it for each request */
    WEB_BODY_MAX = 64 << 10,
    WEB_FIELDS_MAX = 2000,
    WEB_PAGE_MAX = 4 << 20,
    WEB_RESERVE = 512 << 10,    /* of an arena, kept for the page that says it is full */
    WEB_KEEP = 64 << 10,        /* of an idle arena */
    WEB_RATE = 8 << 10,         /* bytes/s that a client must manage */
    WEB_DROPPED_MAX = 16 << 20, /* of a chunked body that is too long: read past, since an answer is heard only at its end */
    WEB_BODIES_MAX = 256 << 20, /* of all bodies over WEB_BODY_MAX together */
    WEB_WORK_QUEUE = 512,
    WEB_BUCKETS = 1024,
    WEB_BRAKE_SLOTS = 4096,
    WEB_WRONG_CODES = 300,      /* a minute and network: a whole school mistyping is fewer */
};

/* ---- names and values ----------------------------------------------------- */

typedef struct Pair {
    Str name, value;
    Str filename;
    bool is_file;
    int at; /* place in the order sent */
} Pair;

typedef struct Pairs {
    Pair *v; /* by name, those of one name in the order sent */
    ptrdiff_t n;
} Pairs;

/* web_body.c. All decode in place: the bytes given are used up. Errors:
   E_INVALID (with a sentence) what is malformed, not UTF-8 or has a zero byte;
   E_TOO_LARGE more than `max` fields. */
MUST Err web_parse_urlencoded(Ctx *c, char *p, ptrdiff_t n, int max, Pairs *ret);
MUST Err web_parse_multipart(Ctx *c, Str content_type, char *p, ptrdiff_t n, int max, Pairs *ret);
/* "a=1; b=2" → the value of name, as sent; empty when absent. */
Str web_cookie_of(Str header, Str name);
/* %XX (and '+' when is_form) in place; false: malformed, zero byte or not UTF-8. */
bool web_decode(char *p, ptrdiff_t *n, bool is_form);
const Pair *web_pair(const Pairs *pairs, Str name);
/* Sorts for web_pair. */
void web_pairs_sort(Pairs *pairs);

/* ---- routes (web_route.c) -------------------------------------------------- */

typedef struct WebRoute {
    Route route;
    Str pattern;
    Str names[WEB_PARAMS];
    int n_names;
} WebRoute;

typedef struct RouteNode RouteNode;
struct RouteNode {
    Str literal;
    RouteNode *literals; /* children, a list */
    RouteNode *next;
    RouteNode *param;    /* child that matches any one segment */
    const WebRoute *by_method[2];
};

typedef struct PathParts {
    Str v[WEB_SEGMENTS];
    int n;
} PathParts;

/* Decodes a path as sent into its parts, in memory of the arena. Returns 0 or
   the status that refuses it: 400 malformed, 404 what no route can match, 414. */
int web_path_parts(Arena *arena, Str raw, PathParts *ret);

typedef struct RouteFound {
    const WebRoute *route; /* NULL: none with this method */
    Str params[WEB_PARAMS];
    bool allows[2];        /* methods that the path has */
} RouteFound;

MUST Err web_routes_build(Ctx *c, Arena *keep, const Route *const *tables, const char *const *features, int n,
                          RouteNode **ret);
RouteFound web_route_find(const RouteNode *root, const PathParts *path, Method method);

/* ---- connections and slots (web_pool.c) ------------------------------------ */

typedef struct Conn {
    struct Conn *next, **back; /* of its bucket; `next` also of the free list */
    unsigned char address[16]; /* IPv4 mapped into IPv6 */
    bool is_proxy;
    int fd;                    /* -1: not in use */
    _Atomic int64_t deadline_ms; /* monotonic; 0: none. Past it the sweeper cuts the line */
} Conn;

typedef struct Slot {
    ArenaRange range;
    struct Slot *next;
    bool dirty; /* used since its pages were given back */
} Slot;

typedef struct Pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t sweeper;
    bool stop;
    Conn *conns, *free_conns;
    Conn *buckets[WEB_BUCKETS];
    int conns_max, conns_used;
    Slot *slots, *free_slots;
    int slots_max, slots_dirty;
    ArenaRange range; /* of all slots */
    int per_address;
} Pool;

/* The tables lie in keep; the slots in a range of their own. */
void web_pool_open(Pool *pool, Arena *keep, int connections, int per_address, ptrdiff_t slot_bytes);
/* After all connections are gone. */
void web_pool_close(Pool *pool);
bool web_pool_may_connect(Pool *pool, const unsigned char address[16], bool is_proxy);
Conn *web_conn_open(Pool *pool, const unsigned char address[16], bool is_proxy, int fd);
void web_conn_close(Pool *pool, Conn *conn);
/* The client has seconds from now; 0: as long as we like. */
void web_conn_deadline(Conn *conn, int64_t seconds);
Slot *web_slot_take(Pool *pool); /* NULL: all in use */
void web_slot_give(Pool *pool, Slot *slot);
int64_t web_now_us(void); /* monotonic */

/* Bytes of an address that say whose it is: 16 of one mapped from IPv4, else 8. */
ptrdiff_t web_network_bytes(const unsigned char address[16]);

/* ---- wrong codes (web_brake.c) ----------------------------------------------- */

typedef struct WebBrake {
    unsigned char key[16];
    _Atomic uint64_t slots[WEB_BRAKE_SLOTS];
} WebBrake;

void web_brake_open(WebBrake *brake, Random random);
/* WEB_WRONG_CODES were counted for the network in this minute. Any thread. */
bool web_brake_is_on(WebBrake *brake, const unsigned char address[16], Instant now);
void web_brake_count(WebBrake *brake, const unsigned char address[16], Instant now);

/* ---- the answer (web_answer.c) ---------------------------------------------- */

typedef struct Header {
    const char *name;
    const char *value; /* ended by a zero byte */
    struct Header *next;
} Header;

typedef struct Answer {
    int status; /* 0: nothing drawn yet */
    Str type, body;
    Str location; /* ended by a zero byte */
    Header *headers;
    bool is_asset, is_gzip;
} Answer;

/* ---- a request --------------------------------------------------------------- */

typedef enum Stage { READING = 1, PARKED, WRITTEN, READY, SENT } Stage;

/* Decides what an error page may say: nobody is told that nothing was stored
   when it was, or may have been. */
typedef enum Fate { FATE_NOT_STORED, FATE_STORED, FATE_UNKNOWN } Fate;

/* What a write job of the request is for. */
typedef enum JobKindOf { JOB_NONE, JOB_POST, JOB_LOOK, JOB_REFUSED, JOB_SEEN } JobKindOf;

/* Headers that the house reads; the values lie in MHD's memory. */
typedef struct Head {
    Str host, cookie, origin, fetch_site, content_type, content_length, transfer_encoding;
    Str accept_encoding, forwarded_for, hx_request, hx_target, user_agent;
    bool doubled;  /* one that must stand once stands twice */
    bool has_zero;
    bool has_odd_name; /* a space before the colon above all */
    ptrdiff_t bytes;
    int n;
} Head;

typedef struct Request Request;
struct Request {
    Ctx c;
    Arena arena;
    char *arena_end; /* real end; arena.end stops WEB_RESERVE before it */
    jmp_buf full;
    Web *web;
    Slot *slot;
    Conn *conn;
    struct MHD_Connection *mhd;
    _Atomic Stage stage;
    bool parked;

    const char *method; /* "GET", "HEAD", "POST" or other */
    bool is_head;
    Str raw_path;
    Head head;
    const WebRoute *route; /* NULL: none */
    RouteFound found;
    Pairs query, fields;
    int refuse;      /* status decided while reading; 0: none */
    bool ends_line;  /* nobody knows where this request ends: nothing is read behind it */
    Buf body;
    ptrdiff_t dropped;  /* bytes of a body that nobody will read */
    ptrdiff_t body_held; /* counted in web->body_bytes */

    bool reading;    /* a read snapshot is open */
    Place place;
    Str look_detail; /* of a LOOK, for its audit row */
    Str nonce;       /* of a signed-in POST, checked */
    bool is_repeat;  /* the write found that it was done before */
    Err (*again)(Ctx *c);
    Err (*again_conflict)(Ctx *c);
    int draw_status; /* that the next page gets */
    bool lacks_block, is_whole; /* the page drawn lacks the wanted block; now draw all of it */
    Out out;
    Answer answer, answer_before_write;

    JobKindOf job_kind;
    Err refused;     /* E_FORBIDDEN or E_NOT_FOUND that a job will record */
    WriteJob job;
    Err result;      /* of the job */
    Fate fate;       /* of what was posted, once the writer is done with it */
    Request *next;   /* in the worker queue */

    int64_t began_us;
    char number[8];  /* of a fault, for page and log; empty: none */
    const char *fault_file;
    int fault_line;
};

/* ---- workers (web_work.c) ----------------------------------------------------- */

typedef struct Workers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t *threads;
    int n, queued;
    bool stop;
    Request *first, *last;
    void (*run)(Request *r);
} Workers;

MUST Err web_workers_open(Ctx *c, Arena *keep, int n, void (*run)(Request *r), Workers *w);
void web_workers_close(Workers *w);
/* E_BUSY: the queue is full. */
MUST Err web_workers_take(Workers *w, Request *r);

/* ---- the server ----------------------------------------------------------------- */

struct Web {
    ArenaRange keep_range;
    Arena keep;
    const Gate *gate;
    RouteNode *routes;
    Store *store;
    Writer *writer;
    struct App *app;
    WebOptions options;
    Random random;
    Pool pool;
    Workers workers;
    WebBrake brake;
    struct MHD_Daemon *daemon;
    int listener, port;
    ptrdiff_t slot_bytes;
    atomic_bool stopping;
    atomic_int parked, requests;
    _Atomic int64_t body_bytes;
    _Atomic int64_t answers[WEB_CLASSES][6], seconds[WEB_CLASSES][WEB_TIMES], us[WEB_CLASSES], broken_off;
};

/* ---- serving (web_serve.c) ------------------------------------------------------- */

/* From a request read in full to a drawn answer or a job for the writer
   (r->job_kind). Never jumps out; on network or worker thread. */
void web_serve(Request *r);
/* After the writer is done with r->job. */
void web_serve_written(Request *r);
/* The write of r->job. */
Err web_write(Ctx *c);
bool web_runs_on_worker(const Request *r);
/* Runs step with the arena's boundary round it; a full arena becomes the
   answer that says so. */
void web_bounded(Request *r, void (*step)(Request *r));

/* ---- reading (web_request.c) and answering ---------------------------------------- */

/* Everything but the body: fills the request; what is wrong goes to r->refuse. */
void web_read_head(Request *r, struct MHD_Connection *mhd, const char *url, const char *method);
/* Who sent it, as far as anyone we trust has seen; IPv4 mapped into IPv6. */
void web_client(Request *r, unsigned char ret[16]);
/* Room for the body; r->refuse when it is too large. Call within a boundary. */
void web_read_body_begin(Request *r);
void web_read_body(Request *r, const char *p, size_t n);
/* Draws the page of an error; the sentence in c is shown where people may know it. */
void web_error(Request *r, Err err);
void web_error_status(Request *r, int status, Msg message);
/* Without arena and gate. */
void web_error_plain(Request *r, int status);
bool web_asset(Request *r);
/* A socket that listens on "127.0.0.1:8080". E_INVALID: no such address;
   E_BUSY: the system refuses; both in English, for the command line. */
MUST Err web_listen(Ctx *c, Str where, int *ret_fd, int *ret_port);
/* Hands the answer to MHD. */
int web_send(Request *r);
void web_log_request(Request *r, bool was_sent);

#endif

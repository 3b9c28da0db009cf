/* The server: libmicrohttpd's epoll pool and its callbacks. A request that
   waits for a worker or the writer is suspended and costs no thread; whoever
   has done the work resumes it. Measured before it was chosen: DESIGN.md. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "web/web_inside.h"

/* ---- parking ------------------------------------------------------------------ */

/* Counted before looking at `stopping`, and web_close looks at the count after
   setting it: so none is parked behind its back. */
static bool park(Request *r)
{
    Web *web = r->web;
    atomic_fetch_add(&web->parked, 1);
    if (atomic_load(&web->stopping)) {
        atomic_fetch_sub(&web->parked, 1);
        return false;
    }
    r->parked = true;
    atomic_store(&r->stage, PARKED);
    MHD_suspend_connection(r->mhd);
    return true;
}

/* The last touch of r on this thread. */
static void unpark(Request *r, Stage stage)
{
    Web *web = r->web;
    struct MHD_Connection *mhd = r->mhd;
    r->parked = false;
    atomic_store(&r->stage, stage);
    MHD_resume_connection(mhd);
    atomic_fetch_sub(&web->parked, 1);
}

/* ---- from thread to thread ------------------------------------------------------- */

static void on_written(WriteJob *job, Err result)
{
    Request *r = job->user;
    r->result = result;
    unpark(r, WRITTEN);
}

static void draw_busy(Request *r)
{
    web_error(r, E_BUSY);
}

/* A refusal that cannot be recorded is answered all the same, and so is a page
   whose reader cannot be noted: at worst the session ends early. */
static void without_job(Request *r)
{
    if (r->job_kind != JOB_REFUSED && r->job_kind != JOB_SEEN) web_bounded(r, draw_busy);
    r->job_kind = JOB_NONE;
}

static bool give_to_writer(Request *r)
{
    Web *web = r->web;
    if (!r->parked && !park(r)) return false;
    /* What a refusal told is drawn already; its job begins without fault. */
    if (r->job_kind == JOB_REFUSED) ctx_forgive(&r->c);
    r->job = (WriteJob){
        .c = &r->c,
        .write = web_write,
        .done = on_written,
        .user = r,
        .group = r->route->route.feature,
    };
    return writer_submit(web->writer, &r->job) == OK;
}

/* After web_serve, on its thread. */
static int hand_on(Request *r)
{
    if (r->job_kind != JOB_NONE) {
        if (give_to_writer(r)) return MHD_YES;
        without_job(r);
    }
    if (!r->parked) return web_send(r);
    unpark(r, READY);
    return MHD_YES;
}

static void run_on_worker(Request *r)
{
    web_serve(r);
    hand_on(r);
}

static int start_serving(Request *r)
{
    web_conn_deadline(r->conn, 0);
    if (!web_runs_on_worker(r)) {
        web_serve(r);
        return hand_on(r);
    }
    bool is_parked = park(r);
    if (is_parked && web_workers_take(&r->web->workers, r) == OK) return MHD_YES;
    web_bounded(r, draw_busy);
    return hand_on(r);
}

/* ---- one request -------------------------------------------------------------------- */

static Instant system_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (Instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

static Request *make_request(Web *web, Slot *slot, Conn *conn)
{
    Arena arena = arena_of(slot->range, NULL);
    Request *r = NEW(&arena, Request, 1);
    *r = (Request){.web = web, .slot = slot, .conn = conn, .arena = arena, .stage = READING};
    r->arena_end = arena.end;
    r->arena.end -= WEB_RESERVE;
    r->began_us = web_now_us();
    ctx_init(&r->c, &r->arena, web->options.clock(), web->random);
    r->c.app = web->app;
    r->c.request = r;
    return r;
}

static void draw_refused(Request *r)
{
    web_error_status(r, r->refuse, (Msg){0});
}

typedef struct Line {
    const char *url, *method;
    bool is_cut; /* on_line */
} Line;

static void read_head(Request *r)
{
    const Line *line = r->c.work;
    r->c.work = NULL;
    web_read_head(r, r->mhd, line->url, line->method);
    if (line->is_cut && !r->refuse) r->refuse = 414;
    web_read_body_begin(r);
}

/* A body that nobody will read is not asked for: the answer goes out before
   it, and MHD closes. A small one is read away, so that the line stays. */
static bool refuses_body(const Request *r)
{
    int64_t length = 0;
    if (!r->refuse || r->head.content_length.n == 0) return false;
    return !str_i64(r->head.content_length, &length) || length > WEB_BODY_MAX;
}

static enum MHD_Result no_room(struct MHD_Connection *mhd)
{
    static const char text[] = "Der er travlt lige nu. Prøv igen om lidt.\n";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof text - 1, (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    if (!response) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
    MHD_add_response_header(response, "Retry-After", "2");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    enum MHD_Result is_queued = MHD_queue_response(mhd, 503, response);
    MHD_destroy_response(response);
    return is_queued;
}

/* What on_line leaves as a connection's state until its request begins. */
static const char cut_line;

static bool is_cut_line(const void *state)
{
    return state == &cut_line;
}

/* MHD splits a query into pairs before anybody is asked, within WEB_POOL. Where that is too
   small, 0.9.75 neither answers nor closes. So a line of too many pairs loses its query
   here: the text is MHD's own buffer, in which it would put zeros itself right after. */
static void *on_line(void *user, const char *uri, struct MHD_Connection *mhd)
{
    (void)user;
    (void)mhd;
    char *query = strchr((char *)(uintptr_t)uri, '?');
    int pairs = 1;
    for (const char *p = query; p && *p; p++) pairs += *p == '&';
    if (pairs <= WEB_QUERY_PAIRS) return NULL;
    memset(query, 0, strlen(query));
    return (void *)(uintptr_t)&cut_line;
}

static enum MHD_Result begin_request(Web *web, struct MHD_Connection *mhd, const char *url, const char *method,
                                     void **state)
{
    bool is_cut = is_cut_line(*state);
    *state = NULL; /* no request yet, if it ends here */
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Conn *conn = info ? info->socket_context : NULL;
    if (!conn) return MHD_NO;
    Slot *slot = atomic_load(&web->stopping) ? NULL : web_slot_take(&web->pool);
    if (!slot) return no_room(mhd);
    Request *r = make_request(web, slot, conn);
    *state = r;
    atomic_fetch_add(&web->requests, 1);
    r->mhd = mhd;
    r->method = method;
    r->c.work = &(Line){url, method, is_cut};
    web_bounded(r, read_head);
    if (r->answer.status) return (enum MHD_Result)web_send(r);
    if (!refuses_body(r)) return MHD_YES;
    web_bounded(r, draw_refused);
    return (enum MHD_Result)web_send(r);
}

/* Dropped bytes have a limit too: a chunked body could go on for ever. */
static enum MHD_Result take_body(Request *r, const char *upload, size_t *upload_n)
{
    web_read_body(r, upload, *upload_n);
    *upload_n = 0;
    return r->dropped > WEB_DROPPED_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *mhd, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_n, void **state)
{
    Request *r = *state;
    (void)version;
    if (!r || is_cut_line(r)) return begin_request(user, mhd, url, method, state);
    if (*upload_n > 0) return take_body(r, upload, upload_n);
    switch (atomic_load(&r->stage)) {
    case READING: return (enum MHD_Result)start_serving(r);
    case WRITTEN: web_serve_written(r); return (enum MHD_Result)web_send(r);
    case READY: return (enum MHD_Result)web_send(r);
    case PARKED:
    case SENT: break;
    }
    return MHD_YES;
}

const int64_t web_times_us[WEB_TIMES - 1] = {1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000};

static void count_answer(Request *r)
{
    Web *web = r->web;
    int class = r->route ? (int)r->route->route.kind : r->answer.is_asset ? WEB_ASSET : WEB_NONE, at = 0;
    int64_t us = web_now_us() - r->began_us;
    while (at < WEB_TIMES - 1 && us > web_times_us[at]) at++;
    atomic_fetch_add(&web->answers[class][r->answer.status / 100], 1);
    atomic_fetch_add(&web->seconds[class][at], 1);
    atomic_fetch_add(&web->us[class], us);
}

static void on_completed(void *user, struct MHD_Connection *mhd, void **state, enum MHD_RequestTerminationCode why)
{
    Web *web = user;
    Request *r = *state;
    (void)mhd;
    if (!r || is_cut_line(r)) return;
    *state = NULL;
    bool was_sent = why == MHD_REQUEST_TERMINATED_COMPLETED_OK && r->answer.status != 0;
    if (was_sent) count_answer(r);
    else atomic_fetch_add(&web->broken_off, 1);
    web_log_request(r, was_sent);
    ctx_end(&r->c);
    if (r->body_held) atomic_fetch_sub(&web->body_bytes, r->body_held);
    web_conn_deadline(r->conn, web->options.idle_seconds);
    web_slot_give(&web->pool, r->slot);
    atomic_fetch_sub(&web->requests, 1);
}

/* ---- connections ------------------------------------------------------------------------ */

static void address_of(const struct sockaddr *from, unsigned char ret[16])
{
    memset(ret, 0, 16);
    if (from->sa_family == AF_INET6) {
        memcpy(ret, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
        return;
    }
    ret[10] = ret[11] = 0xff;
    if (from->sa_family == AF_INET) memcpy(ret + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
}

static bool is_proxy(const Web *web, const unsigned char address[16])
{
    for (ptrdiff_t i = 0; i < web->options.proxies.n; i++) {
        unsigned char proxy[16] = {[10] = 0xff, [11] = 0xff};
        char text[INET6_ADDRSTRLEN] = "";
        Str s = web->options.proxies.v[i];
        if (s.n >= (ptrdiff_t)sizeof text) continue;
        memcpy(text, s.p, (size_t)s.n);
        bool is_read = inet_pton(AF_INET, text, proxy + 12) == 1 || inet_pton(AF_INET6, text, proxy) == 1;
        if (is_read && memcmp(proxy, address, 16) == 0) return true;
    }
    return false;
}

static enum MHD_Result on_accept(void *user, const struct sockaddr *from, socklen_t from_n)
{
    Web *web = user;
    unsigned char address[16];
    (void)from_n;
    address_of(from, address);
    return web_pool_may_connect(&web->pool, address, is_proxy(web, address)) ? MHD_YES : MHD_NO;
}

static void on_connection(void *user, struct MHD_Connection *mhd, void **socket_state,
                          enum MHD_ConnectionNotificationCode what)
{
    Web *web = user;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*socket_state) web_conn_close(&web->pool, *socket_state);
        *socket_state = NULL;
        return;
    }
    unsigned char address[16];
    int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    address_of(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, address);
    Conn *conn = web_conn_open(&web->pool, address, is_proxy(web, address), fd);
    if (conn) web_conn_deadline(conn, web->options.idle_seconds);
    *socket_state = conn;
}

/* Decoding is ours (web_body.c), so that a broken escape or a zero byte shows. */
static size_t leave_escaped(void *user, struct MHD_Connection *mhd, char *s)
{
    (void)user;
    (void)mhd;
    return strlen(s);
}

/* ---- opening ------------------------------------------------------------------------------ */

typedef struct ListenAt {
    struct sockaddr_storage address;
    socklen_t n;
} ListenAt;

static bool parse_listen(Str s, ListenAt *ret)
{
    ptrdiff_t colon = s.n;
    while (colon > 0 && s.p[colon - 1] != ':') colon--;
    int64_t port = 0;
    char host[INET6_ADDRSTRLEN] = "";
    if (colon == 0 || !str_i64(str_sub(s, colon, s.n), &port) || port < 0 || port > 65535) return false;
    Str name = str_sub(s, 0, colon - 1);
    bool is_six = str_starts(name, S("[")) && str_ends(name, S("]"));
    if (is_six) name = str_sub(name, 1, name.n - 1);
    if (name.n >= (ptrdiff_t)sizeof host) return false;
    memcpy(host, name.p, (size_t)name.n);
    ListenAt at = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&at.address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&at.address;
    at.n = is_six ? sizeof *six : sizeof *four;
    if (is_six) *six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    else *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    void *to = is_six ? (void *)&six->sin6_addr : (void *)&four->sin_addr;
    if (inet_pton(is_six ? AF_INET6 : AF_INET, host, to) != 1) return false;
    *ret = at;
    return true;
}

static Err cannot_listen(Ctx *c, Str where, int number)
{
    char text[128];
    Str why = str_of_z(strerror_r(number, text, sizeof text));
    return fail(c, E_BUSY, msg_verbatim(STR_CAT(c->arena, S("cannot listen on "), where, S(": "), why)));
}

static int bound_port(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t n = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &n) != 0) return 0;
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

Err web_listen(Ctx *c, Str where, int *ret_fd, int *ret_port)
{
    ListenAt at;
    int yes = 1;
    if (!parse_listen(where, &at))
        return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("not an address to listen on: "), where)));
    int fd = socket(at.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return cannot_listen(c, where, errno);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&at.address, at.n) != 0 || listen(fd, SOMAXCONN) != 0) {
        int number = errno;
        close(fd);
        return cannot_listen(c, where, number);
    }
    *ret_fd = fd;
    *ret_port = bound_port(fd);
    return OK;
}

static void set_defaults(WebOptions *o)
{
    int cores = (int)i64_max(1, sysconf(_SC_NPROCESSORS_ONLN));
    if (o->network_threads <= 0) o->network_threads = cores;
    if (o->workers <= 0) o->workers = cores;
    if (o->arena_bytes <= 0) o->arena_bytes = 16 << 20;
    if (o->body_max <= 0) o->body_max = WEB_BODY_MAX;
    if (o->fields_max <= 0) o->fields_max = WEB_FIELDS_MAX;
    if (o->connections_max <= 0) o->connections_max = 4000;
    if (o->idle_seconds <= 0) o->idle_seconds = 30;
    if (!o->clock) o->clock = system_clock;
}

/* A route with a large body has it beside its arena. */
static ptrdiff_t largest_body(const WebOptions *o, const Route *const *tables, int n)
{
    ptrdiff_t largest = o->body_max;
    for (int i = 0; i < n; i++)
        for (const Route *route = tables[i]; route && route->path; route++)
            if (route->body_max > largest) largest = route->body_max;
    return largest;
}

static Err start_daemon(Ctx *c, Web *web)
{
    const WebOptions *o = &web->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_LISTEN_SOCKET, web->listener, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, WEB_POOL, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, web},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, web},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_line, web},
        /* One thread is no pool, and MHD refuses to make it one. */
        {o->network_threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, o->network_threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    web->daemon = MHD_start_daemon(flags, 0, on_accept, web, on_request, web, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (!web->daemon) return fail(c, E_BUSY, msg_verbatim(S("the web server did not start: too few threads or files")));
    return OK;
}

static Web *make_web(WebOptions options, ptrdiff_t body)
{
    ptrdiff_t per_connection = (ptrdiff_t)(sizeof(Conn) + sizeof(Slot)) + 64;
    ArenaRange range = arena_range_open((8 << 20) + options.connections_max * per_connection);
    Arena keep = arena_of(range, NULL);
    Web *web = NEW(&keep, Web, 1);
    *web = (Web){.keep_range = range, .keep = keep, .options = options, .listener = -1};
    web->slot_bytes = (options.arena_bytes + body + 2 * WEB_RESERVE) & ~(ptrdiff_t)4095;
    return web;
}

static void drop_web(Web *web)
{
    if (web->listener >= 0) close(web->listener);
    arena_range_close(web->keep_range);
}

static Err open_parts(Ctx *c, Web *web)
{
    web_pool_open(&web->pool, &web->keep, web->options.connections_max, web->options.per_address, web->slot_bytes);
    Err err = web_workers_open(c, &web->keep, web->options.workers, run_on_worker, &web->workers);
    if (err == OK) {
        err = start_daemon(c, web);
        if (err != OK) web_workers_close(&web->workers);
    }
    if (err != OK) web_pool_close(&web->pool);
    return err;
}

static void copy_texts(Web *web)
{
    WebOptions *o = &web->options;
    o->listen = str_copy(&web->keep, o->listen);
    o->login_path = str_copy(&web->keep, o->login_path);
    Strs proxies = {.v = NEW(&web->keep, Str, o->proxies.n), .n = o->proxies.n};
    for (ptrdiff_t i = 0; i < proxies.n; i++) proxies.v[i] = str_copy(&web->keep, o->proxies.v[i]);
    o->proxies = proxies;
}

Err web_open(Ctx *c, const Gate *gate, const Route *const *tables, const char *const *features, int n_tables,
             Store *store, Writer *writer, struct App *app, WebOptions options, Web **ret)
{
    set_defaults(&options);
    Web *web = make_web(options, largest_body(&options, tables, n_tables));
    copy_texts(web);
    web->gate = gate;
    web->store = store;
    web->writer = writer;
    web->app = app;
    web->random = c->random;
    web_brake_open(&web->brake, c->random);
    Err err = web_routes_build(c, &web->keep, tables, features, n_tables, &web->routes);
    if (err == OK) err = web_listen(c, web->options.listen, &web->listener, &web->port);
    if (err == OK) err = open_parts(c, web);
    if (err != OK) {
        drop_web(web);
        return err;
    }
    *ret = web;
    return OK;
}

int web_port(const Web *web)
{
    return web->port;
}

WebFigures web_figures(Web *web)
{
    WebFigures f = {.broken_off = web->broken_off, .requests = web->requests, .parked = web->parked};
    for (int k = 0; k < WEB_CLASSES; k++) {
        for (int i = 0; i < 6; i++) f.answers[k][i] = web->answers[k][i];
        for (int i = 0; i < WEB_TIMES; i++) f.seconds[k][i] = web->seconds[k][i];
        f.us[k] = web->us[k];
    }
    pthread_mutex_lock(&web->pool.lock);
    f.connections = web->pool.conns_used;
    pthread_mutex_unlock(&web->pool.lock);
    pthread_mutex_lock(&web->workers.lock);
    f.worker_queue = web->workers.queued;
    pthread_mutex_unlock(&web->workers.lock);
    return f;
}

/* ---- closing -------------------------------------------------------------------------------- */

enum { DRAIN_MS = 3000 };

static void wait_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Workers and writer finish what they have, so what is parked comes back by
   itself; MHD must not be stopped before. Who is only slow at the other end
   gets DRAIN_MS. */
void web_drain(Web *web)
{
    if (atomic_exchange(&web->stopping, true)) return;
    MHD_quiesce_daemon(web->daemon);
    while (atomic_load(&web->parked) > 0) wait_ms(2);
    for (int ms = 0; ms < DRAIN_MS && atomic_load(&web->requests) > 0; ms += 2) wait_ms(2);
}

void web_close(Web *web)
{
    web_drain(web);
    MHD_stop_daemon(web->daemon);
    web_workers_close(&web->workers);
    web_pool_close(&web->pool);
    drop_web(web);
}

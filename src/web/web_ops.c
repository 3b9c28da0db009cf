/* The keepers' port: one thread of MHD, answers made in a fixed buffer, so that
   it still speaks when arenas and queues are full. */
#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#include "web/web_inside.h"

enum { OPS_TEXT_MAX = 32 << 10, OPS_CONNECTIONS = 16, OPS_SECONDS = 5 };

struct WebOps {
    ArenaRange range;
    Web *web;
    const Writer *writer;
    WebOpsOptions options;
    struct MHD_Daemon *daemon;
    int listener, port;
};

void web_ops_figure(Buf *b, const char *name, const char *labels, int64_t v)
{
    buf_add(b, S("traad_"));
    buf_add(b, str_of_z(name));
    buf_add(b, str_of_z(labels));
    buf_add_char(b, ' ');
    buf_add_i64(b, v);
    buf_add_char(b, '\n');
}

static void add_type(Buf *b, const char *name, const char *type)
{
    buf_add(b, S("# TYPE traad_"));
    buf_add(b, str_of_z(name));
    buf_add_char(b, ' ');
    buf_add(b, str_of_z(type));
    buf_add_char(b, '\n');
}

static const char *const class_names[WEB_CLASSES] = {
    [PLAIN] = "plain", [HEAVY] = "heavy", [LOOK] = "look",       [WRITE] = "write", [SLOW_WRITE] = "slow_write",
    [REPLY] = "reply", [WEB_ASSET] = "asset", [WEB_NONE] = "none",
};

static void add_requests(Buf *b, const WebFigures *web)
{
    add_type(b, "requests_total", "counter");
    for (int k = 1; k < WEB_CLASSES; k++) {
        for (int i = 2; i < 6; i++) {
            char room[80];
            Buf labels = buf_over(room, sizeof room);
            buf_add(&labels, S("{class=\""));
            buf_add(&labels, str_of_z(class_names[k]));
            buf_add(&labels, S("\",status=\""));
            buf_add_i64(&labels, i);
            buf_add(&labels, S("xx\"}"));
            buf_add_char(&labels, 0);
            web_ops_figure(b, "requests_total", room, web->answers[k][i]);
        }
    }
}

/* Seconds, as Prometheus counts time; exact, from whole microseconds. */
static void add_seconds(Buf *b, int64_t us)
{
    buf_add_i64(b, us / 1000000);
    if (us % 1000000 == 0) return;
    buf_add_char(b, '.');
    int64_t part = us % 1000000;
    int width = 6;
    for (; part % 10 == 0; part /= 10) width--;
    buf_add_padded(b, part, width);
}

static void add_bucket(Buf *b, const char *class, int at, int64_t n)
{
    buf_add(b, S("traad_request_seconds_bucket{class=\""));
    buf_add(b, str_of_z(class));
    buf_add(b, S("\",le=\""));
    if (at < WEB_TIMES - 1) add_seconds(b, web_times_us[at]);
    else buf_add(b, S("+Inf"));
    buf_add(b, S("\"} "));
    buf_add_i64(b, n);
    buf_add_char(b, '\n');
}

/* Cumulated, as the format wants it. */
static void add_times(Buf *b, const WebFigures *web)
{
    add_type(b, "request_seconds", "histogram");
    for (int k = 1; k < WEB_CLASSES; k++) {
        int64_t sum = 0;
        for (int i = 0; i < WEB_TIMES; i++) add_bucket(b, class_names[k], i, sum += web->seconds[k][i]);
        buf_add(b, S("traad_request_seconds_sum{class=\""));
        buf_add(b, str_of_z(class_names[k]));
        buf_add(b, S("\"} "));
        add_seconds(b, web->us[k]);
        buf_add(b, S("\ntraad_request_seconds_count{class=\""));
        buf_add(b, str_of_z(class_names[k]));
        buf_add(b, S("\"} "));
        buf_add_i64(b, sum);
        buf_add_char(b, '\n');
    }
}

static void add_one(Buf *b, const char *name, const char *type, int64_t v)
{
    add_type(b, name, type);
    web_ops_figure(b, name, "", v);
}

static void add_metrics(Buf *b, const WebOps *ops)
{
    WebFigures web = web_figures(ops->web);
    WriterFigures writer = writer_figures(ops->writer);
    add_requests(b, &web);
    add_times(b, &web);
    add_one(b, "requests_broken_off_total", "counter", web.broken_off);
    add_one(b, "connections", "gauge", web.connections);
    add_one(b, "requests_open", "gauge", web.requests);
    add_one(b, "requests_parked", "gauge", web.parked);
    add_one(b, "worker_queue", "gauge", web.worker_queue);
    add_one(b, "writer_queue", "gauge", writer.queued);
    add_one(b, "writer_batches_total", "counter", writer.batches);
    add_one(b, "writer_writes_total", "counter", writer.jobs);
    add_one(b, "writer_rerun_total", "counter", writer.rerun);
    add_one(b, "writer_refused_total", "counter", writer.refused);
    add_one(b, "writer_retried_total", "counter", writer.retried);
    if (ops->options.add) ops->options.add(ops->options.add_to, b);
}

static unsigned draw_ops(const WebOps *ops, const char *url, Buf *b)
{
    if (strcmp(url, "/metrics") == 0) {
        add_metrics(b, ops);
        return 200;
    }
    if (strcmp(url, "/healthz") != 0) {
        buf_add(b, S("not found\n"));
        return 404;
    }
    bool is_up = !atomic_load(&ops->web->stopping);
    buf_add(b, is_up ? S("ok\n") : S("stopping\n"));
    return is_up ? 200 : 503;
}

static enum MHD_Result on_ops(void *user, struct MHD_Connection *mhd, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_n, void **state)
{
    char text[OPS_TEXT_MAX];
    Buf b = buf_over(text, OPS_TEXT_MAX);
    (void)version;
    (void)upload;
    (void)upload_n;
    (void)state;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0) return MHD_NO;
    unsigned status = draw_ops(user, url, &b);
    struct MHD_Response *response = MHD_create_response_from_buffer((size_t)b.n, text, MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    enum MHD_Result is_queued = MHD_queue_response(mhd, status, response);
    MHD_destroy_response(response);
    return is_queued;
}

static Err start_ops(Ctx *c, WebOps *ops)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
    ops->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_ops, ops, MHD_OPTION_LISTEN_SOCKET, ops->listener,
                                   MHD_OPTION_CONNECTION_LIMIT, (unsigned)OPS_CONNECTIONS,
                                   MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)OPS_SECONDS, MHD_OPTION_END);
    if (ops->daemon) return OK;
    close(ops->listener);
    return fail(c, E_BUSY, msg_verbatim(S("the keepers' port did not start: too few threads or files")));
}

Err web_ops_open(Ctx *c, Web *web, const Writer *writer, WebOpsOptions options, WebOps **ret)
{
    ArenaRange range = arena_range_open((ptrdiff_t)sizeof(WebOps));
    Arena arena = arena_of(range, NULL);
    WebOps *ops = NEW(&arena, WebOps, 1);
    *ops = (WebOps){.range = range, .web = web, .writer = writer, .options = options};
    Err err = web_listen(c, options.listen, &ops->listener, &ops->port);
    if (err == OK) err = start_ops(c, ops);
    if (err != OK) {
        arena_range_close(range);
        return err;
    }
    *ret = ops;
    return OK;
}

int web_ops_port(const WebOps *ops)
{
    return ops->port;
}

void web_ops_close(WebOps *ops)
{
    MHD_stop_daemon(ops->daemon);
    arena_range_close(ops->range);
}

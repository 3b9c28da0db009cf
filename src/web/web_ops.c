/* The keepers' port: one thread of MHD, answers made in a fixed buffer, so that
   it still speaks when arenas and queues are full. */
#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#include "web/web_inside.h"

enum { OPS_TEXT_MAX = 4096, OPS_CONNECTIONS = 16, OPS_SECONDS = 5 };

struct WebOps {
    ArenaRange range;
    Web *web;
    const Writer *writer;
    struct MHD_Daemon *daemon;
    int listener, port;
};

static void add_figure(Buf *b, const char *name, int64_t v)
{
    buf_add(b, S("traad_"));
    buf_add(b, str_of_z(name));
    buf_add_char(b, ' ');
    buf_add_i64(b, v);
    buf_add_char(b, '\n');
}

/* Prometheus' text format: name{label="…"} value. */
static void add_metrics(Buf *b, const WebOps *ops)
{
    static const char *const classes[6] = {
        NULL, "answers_total{class=\"1xx\"}", "answers_total{class=\"2xx\"}", "answers_total{class=\"3xx\"}",
        "answers_total{class=\"4xx\"}", "answers_total{class=\"5xx\"}",
    };
    WebFigures web = web_figures(ops->web);
    WriterFigures writer = writer_figures(ops->writer);
    for (int i = 2; i < 6; i++) add_figure(b, classes[i], web.answers[i]);
    add_figure(b, "broken_off_total", web.broken_off);
    add_figure(b, "connections", web.connections);
    add_figure(b, "requests", web.requests);
    add_figure(b, "parked", web.parked);
    add_figure(b, "worker_queue", web.worker_queue);
    add_figure(b, "writer_queue", writer.queued);
    add_figure(b, "writer_batches_total", writer.batches);
    add_figure(b, "writer_jobs_total", writer.jobs);
    add_figure(b, "writer_rerun_total", writer.rerun);
    add_figure(b, "writer_refused_total", writer.refused);
    add_figure(b, "writer_retried_total", writer.retried);
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
    MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
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

Err web_ops_open(Ctx *c, Web *web, const Writer *writer, Str listen, WebOps **ret)
{
    ArenaRange range = arena_range_open((ptrdiff_t)sizeof(WebOps));
    Arena arena = arena_of(range, NULL);
    WebOps *ops = NEW(&arena, WebOps, 1);
    *ops = (WebOps){.range = range, .web = web, .writer = writer};
    Err err = web_listen(c, listen, &ops->listener, &ops->port);
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

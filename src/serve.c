/* Serving: ties core into web, and keeps the features' small upkeep going. */
#include <signal.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "core/access/access.h"
#include "core/cache/cache.h"
#include "core/job/retention.h"
#include "core/job/runner.h"
#include "core/shell/shell.h"
#include "db/hold.h"
#include "gauges.h"
#include "program.h"

enum {
    LOOK_SECONDS = 5,
    STOP_SECONDS_MAX = 25, /* below what systemd and container engines wait for */
};

typedef struct Serving {
    Web *web;
    WebOps *ops;
    JobRunner *jobs;
    struct Cache *cache;
    StoreHold *hold;
    Gauges gauges;
    bool *is_failing; /* by feature: its tick */
} Serving;

static sigset_t stop_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

static void log_line(void *to, Str line)
{
    (void)to;
    /* One call, so that lines of two threads do not mix. */
    struct iovec parts[] = {{(void *)(uintptr_t)line.p, (size_t)line.n}, {(void *)(uintptr_t) "\n", 1}};
    ssize_t n = writev(STDERR_FILENO, parts, 2);
    (void)n; /* a log that cannot be written must not stop the work */
}

static Gate whole_gate(void)
{
    Gate gate = access_gate;
    gate.frame_begin = shell_frame_begin;
    gate.frame_end = shell_frame_end;
    gate.error_page = shell_error_page;
    return gate;
}

static Err open_web(Ctx *c, Web **ret)
{
    const Settings *s = c->app->settings;
    const Route **tables = NEW(c->arena, const Route *, feature_count);
    const char **names = NEW(c->arena, const char *, feature_count);
    int n = 0;
    for (int i = 0; i < feature_count; i++) {
        if (!features[i]->routes) continue;
        tables[n] = features[i]->routes;
        names[n++] = features[i]->name;
    }
    Gate *gate = NEW(c->arena, Gate, 1);
    *gate = whole_gate();
    WebOptions options = {.listen = s->listen, .per_address = (int)s->per_address, .connections_max = (int)s->connections,
                          .workers = (int)s->workers, .proxies = s->proxies, .secure_cookies = s->secure_cookies,
                          .login_path = S("/log-ind"), .log = log_line};
    return web_open(c, gate, tables, names, n, c->app->store, c->app->writer, c->app, options, ret);
}

enum { JOB_THREADS = 2 };

static Err open_jobs(Ctx *c, JobRunner **ret)
{
    const JobKind **tables = NEW(c->arena, const JobKind *, feature_count);
    int n = 0;
    for (int i = 0; i < feature_count; i++)
        if (features[i]->jobs) tables[n++] = features[i]->jobs;
    JobRunnerOptions options = {.tables = tables, .n_tables = n, .threads = JOB_THREADS, .log = log_line};
    return job_runner_open(c, options, ret);
}

/* What is due, one feature after the other, each in a write of its own: a tick
   that fails is told in the log and leaves the others alone. */
typedef struct Tick {
    const Feature *feature;
    bool more;
} Tick;

static Err write_tick(Ctx *c)
{
    Tick *tick = c->work;
    tick->more = false;
    return tick->feature->tick(c, &tick->more);
}

/* Told once when it begins to fail and once when it works again: a full disk must
   not be filled with that. */
static void tell_tick(Serving *v, int i, bool is_failing)
{
    if (v->is_failing[i] == is_failing) return;
    v->is_failing[i] = is_failing;
    LogLine line = log_line_new();
    log_word(&line, LOG_EVENT, is_failing ? "tick failed" : "tick works again");
    log_word(&line, LOG_FEATURE, features[i]->name);
    log_line(NULL, log_line_done(&line));
}

/* SIGTERM and SIGINT are blocked, so one that came stays to be seen. */
static bool is_told_to_stop(void)
{
    sigset_t waiting;
    sigpending(&waiting);
    return sigismember(&waiting, SIGTERM) || sigismember(&waiting, SIGINT);
}

static void tick_one(Ctx *c, Serving *v, int i)
{
    Tick tick = {.feature = features[i], .more = true};
    while (tick.more && !is_told_to_stop()) {
        CtxMark mark = ctx_mark(c);
        c->work = &tick;
        Err err = writer_run(c->app->writer, c, features[i]->name, write_tick);
        if (err != OK) tick.more = false;
        tell_tick(v, i, err != OK);
        ctx_rewind(c, mark);
    }
}

static void set_clock(Ctx *c)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    c->now = (Instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
    c->today = date_of_instant_danish(c->now);
}

static void look_around(Ctx *c, Serving *v)
{
    CtxMark mark = ctx_mark(c);
    gauges_look(c, &v->gauges);
    ctx_rewind(c, mark);
}

static void tell_event(const char *event)
{
    LogLine line = log_line_new();
    log_word(&line, LOG_EVENT, event);
    log_line(NULL, log_line_done(&line));
}

static void let_go(Ctx *c)
{
    CtxMark mark = ctx_mark(c);
    if (retention_run(c, features, feature_count, is_told_to_stop) != OK) tell_event("retention failed");
    ctx_rewind(c, mark);
}

static bool is_held_by_another(Ctx *c, Serving *v)
{
    CtxMark mark = ctx_mark(c);
    bool is_lost = store_hold_is_lost(c, v->hold);
    ctx_rewind(c, mark);
    return is_lost;
}

static Err wait_for_stop(Ctx *c, Serving *v)
{
    const struct timespec second = {.tv_sec = 1};
    sigset_t signals = stop_signals();
    for (int64_t n = 0; sigtimedwait(&signals, NULL, &second) < 0; n++) {
        set_clock(c);
        if (is_held_by_another(c, v)) return fail(c, E_CONFLICT, msg_verbatim(S("another program has begun to serve this store")));
        for (int i = 0; i < feature_count; i++)
            if (features[i]->tick) tick_one(c, v, i);
        if (n % LOOK_SECONDS == 0) look_around(c, v);
        if (n % RETENTION_SECONDS == 0) let_go(c);
    }
    return OK;
}

static void tell_address(Buf *out, Str listen, int port, Str what)
{
    ptrdiff_t host = listen.n;
    while (host > 0 && listen.p[host - 1] != ':') host--;
    buf_add(out, what);
    buf_add(out, str_sub(listen, 0, host));
    buf_add_i64(out, port);
    buf_add_char(out, '\n');
}

/* ---- opening and closing ------------------------------------------------------ */

static Err open_all(Ctx *c, Serving *v)
{
    const Settings *s = c->app->settings;
    TRY(open_jobs(c, &v->jobs)); /* first, since requests wake it */
    v->cache = c->app->cache = cache_open(c->arena);
    TRY(open_web(c, &v->web));
    c->app->web = v->web;
    if (!s->ops_listen.n) return OK;
    WebOpsOptions options = {.listen = s->ops_listen, .add = gauges_add, .add_to = &v->gauges};
    return web_ops_open(c, v->web, c->app->writer, options, &v->ops);
}

/* In a signal's hand: everything acknowledged is stored already. */
static void on_too_late(int number)
{
    static const char line[] = "{\"event\":\"stopping took too long\"}\n";
    (void)number;
    ssize_t n = write(STDERR_FILENO, line, sizeof line - 1);
    (void)n;
    _exit(1);
}

/* Requests under way and the jobs' steps are let through (web_close says how
   long); what has not come to its end by then is left as after a power cut. */
static void close_all(Ctx *c, Serving *v)
{
    signal(SIGALRM, on_too_late);
    alarm(STOP_SECONDS_MAX);
    if (v->web) tell_event("stopping");
    if (v->web) web_drain(v->web); /* /healthz says so meanwhile */
    if (v->ops) web_ops_close(v->ops);
    if (v->web) web_close(v->web);
    if (v->jobs) job_runner_close(v->jobs);
    if (v->cache) cache_close(v->cache);
    store_let_go(v->hold);
    c->app->web = NULL;
    c->app->cache = NULL;
    program_close(c);
    if (v->web) tell_event("stopped");
    alarm(0);
}

static void block_signals(void)
{
    sigset_t signals = stop_signals();
    sigprocmask(SIG_BLOCK, &signals, NULL); /* before any thread: they inherit it */
    signal(SIGPIPE, SIG_IGN);
}

Err program_serve(Ctx *c, Args args, Buf *out)
{
    if (args.n) return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unexpected "), args.v[0])));
    TRY(settings_check(c, c->app->settings));
    block_signals();
    TRY(program_open_writer(c));
    Serving *v = NEW(c->arena, Serving, 1);
    TRY(store_hold(c, c->app->store, &v->hold));
    /* A newer program may have other rules over the same tables, without a migration. */
    TRY(writer_run(c->app->writer, c, "access", access_rules_store));
    v->is_failing = NEW(c->arena, bool, feature_count);
    v->gauges.started_at = c->now.ms;
    Err err = open_all(c, v);
    if (err == OK) {
        const Settings *s = c->app->settings;
        tell_address(out, s->listen, web_port(v->web), S("listening on http://"));
        if (v->ops) tell_address(out, s->ops_listen, web_ops_port(v->ops), S("health and metrics on http://"));
        if (program_print(c, out) != OK) ctx_forgive(c); /* what it serves is worth more than that line */
        err = wait_for_stop(c, v);
    }
    close_all(c, v);
    return err;
}

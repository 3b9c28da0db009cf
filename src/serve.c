/* Serving: ties core into web, and keeps the features' small upkeep going. */
#include <signal.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "core/access/access.h"
#include "core/cache/cache.h"
#include "core/job/runner.h"
#include "core/shell/shell.h"
#include "program.h"

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

static void tick_all(Ctx *c)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    c->now = (Instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
    c->today = date_of_instant_danish(c->now);
    for (int i = 0; i < feature_count; i++) {
        Tick tick = {.feature = features[i], .more = features[i]->tick != NULL};
        while (tick.more) {
            CtxMark mark = ctx_mark(c);
            c->work = &tick;
            if (writer_run(c->app->writer, c, features[i]->name, write_tick) != OK) {
                log_line(NULL, STR_CAT(c->arena, S("{\"event\":\"tick failed\",\"feature\":\""), str_of_z(features[i]->name), S("\"}")));
                tick.more = false;
            }
            ctx_rewind(c, mark);
        }
    }
}

static void wait_for_stop(Ctx *c, sigset_t *signals)
{
    const struct timespec second = {.tv_sec = 1};
    while (sigtimedwait(signals, NULL, &second) < 0) tick_all(c);
}

Err program_serve(Ctx *c, Args args, Buf *out)
{
    if (args.n) return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unexpected "), args.v[0])));
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL); /* before any thread: they inherit it */
    signal(SIGPIPE, SIG_IGN);
    TRY(program_open_writer(c));
    /* A newer program may have other rules over the same tables, without a migration. */
    TRY(writer_run(c->app->writer, c, "access", access_rules_store));
    Web *web = NULL;
    JobRunner *jobs = NULL;
    TRY(open_jobs(c, &jobs)); /* first, since requests wake it */
    c->app->cache = cache_open(c->arena);
    Err err = open_web(c, &web);
    if (err != OK) {
        job_runner_close(jobs);
        cache_close(c->app->cache);
    }
    TRY(err);
    c->app->web = web;
    buf_add(out, S("listening on http://"));
    Str listen = c->app->settings->listen;
    ptrdiff_t host = listen.n;
    while (host > 0 && listen.p[host - 1] != ':') host--;
    buf_add(out, str_sub(listen, 0, host));
    buf_add_i64(out, web_port(web));
    buf_add_char(out, '\n');
    program_print(out);
    wait_for_stop(c, &signals);
    web_close(web);
    job_runner_close(jobs);
    cache_close(c->app->cache);
    return OK;
}

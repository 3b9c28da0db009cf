#include "gauges.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "core/app.h"
#include "core/backup/backup.h"
#include "core/job/job.h"
#include "version_gen.h"

static Err look(Ctx *c, Gauges *g)
{
    int64_t bytes = 0;
    TRY(db_store_bytes(c, &bytes));
    JobQueue jobs = {0};
    TRY(job_queue(c, &jobs));
    atomic_store(&g->waiting, jobs.waiting);
    atomic_store(&g->running, jobs.running);
    atomic_store(&g->failed, jobs.failed);
    atomic_store(&g->oldest_due_at, jobs.oldest_due.ms);
    atomic_store(&g->store_bytes, bytes);
    atomic_store(&g->looked_at, c->now.ms);
    return OK;
}

void gauges_look(Ctx *c, Gauges *g)
{
    atomic_store(&g->backup_at, backup_made_at(c).ms);
    if (db_read_begin(c, c->app->store) != OK) return;
    Err err = look(c, g);
    (void)err; /* told by the age of the last look */
    db_read_end(c);
}

static void add(Buf *b, const char *name, const char *labels, int64_t v)
{
    if (!*labels) {
        buf_add(b, S("# TYPE traad_"));
        buf_add(b, str_of_z(name));
        buf_add(b, S(" gauge\n"));
    }
    web_ops_figure(b, name, labels, v);
}

/* 0 when the system does not say. */
static int64_t resident_bytes(void)
{
    long long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    int n = fscanf(f, "%lld %lld", &pages, &resident);
    fclose(f);
    return n == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Age in whole seconds; a figure that has none is left out, so that an alarm can
   ask for its absence. */
static void add_age(Buf *b, const char *name, int64_t at_ms)
{
    if (at_ms) add(b, name, "", (now_ms() - at_ms) / 1000);
}

void gauges_add(void *gauges, Buf *b)
{
    const Gauges *g = gauges;
    buf_add(b, S("# TYPE traad_jobs gauge\n"));
    add(b, "jobs", "{state=\"waiting\"}", g->waiting);
    add(b, "jobs", "{state=\"running\"}", g->running);
    add(b, "jobs", "{state=\"failed\"}", g->failed);
    add_age(b, "job_oldest_due_seconds", g->oldest_due_at);
    if (g->looked_at) add(b, "store_bytes", "", g->store_bytes);
    add_age(b, "store_look_age_seconds", g->looked_at);
    add_age(b, "backup_age_seconds", g->backup_at);
    add_age(b, "uptime_seconds", g->started_at);
    add(b, "memory_bytes", "", resident_bytes());
    buf_add(b, S("# TYPE traad_info gauge\n"));
    add(b, "info", "{version=\"" TRAAD_VERSION "\"}", 1);
}

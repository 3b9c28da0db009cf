/* Does the steps of jobs: a few threads that serve owns, each with an arena of
   its own. Due rows take turns, the one that has waited longest first. */
#ifndef CORE_JOB_RUNNER_H
#define CORE_JOB_RUNNER_H

#include "core/feature.h"

typedef struct JobRunner JobRunner;

typedef struct JobRunnerOptions {
    const JobKind *const *tables; /* each ended by a row without name; kept, not copied */
    int n_tables;
    int threads;           /* 0: none, the owner calls job_runner_step (tests); at most 8 */
    ptrdiff_t arena_bytes; /* cap of one step; 0: 512 MB, used as far as needed */
    Instant (*clock)(void); /* NULL: the system's */
    void (*log)(void *to, Str json_line); /* any of the threads; NULL: none */
    void *log_to;
} JobRunnerOptions;

/* Takes rows that were 'running' for broken off (the program before has died),
   sets c->app->jobs and starts. Needs c->app's store and writer; lives in
   c->arena, with c's source of random bytes. */
MUST Err job_runner_open(Ctx *c, JobRunnerOptions options, JobRunner **ret);
/* Lets the steps that are running end, and stops; before the writer closes. */
void job_runner_close(JobRunner *runner);
/* Looks for due rows now rather than within a second. From any thread. */
void job_runner_wake(Ctx *c);
/* For a prepare that does several things: end the chunk early, the program stops. */
bool job_is_stopping(const Ctx *c);
/* One step of the first due row, at the runner's clock, on this thread. False: none is due. */
bool job_runner_step(JobRunner *runner);

#endif

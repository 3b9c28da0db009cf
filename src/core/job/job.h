/* Job rows: adding work, and what its page shows. What a step is and promises
   stands at JobKind in core/feature.h; who does the steps in runner.h. */
#ifndef CORE_JOB_JOB_H
#define CORE_JOB_JOB_H

#include "core/feature.h"

typedef struct JobId {
    int64_t v;
} JobId;

typedef enum JobState { JOB_WAITING = 1, JOB_RUNNING, JOB_DONE, JOB_FAILED } JobState;

typedef struct Job {
    JobId id;
    Str uid, kind;
    JobState state;
    int64_t done_n, of_n; /* of_n 0: not known yet */
    int64_t tries;        /* failures of the current step so far */
    Str message;          /* why the last step failed; empty: nothing that helps the reader */
    Instant made_at, next_at, ended_at; /* ended_at 0: it goes on */
} Job;

typedef struct JobFile {
    Str name, type;
    int64_t size; /* bytes */
    Instant expires_at;
} JobFile;
typedef struct JobFiles {
    JobFile *v;
    ptrdiff_t n;
} JobFiles;

enum {
    JOB_ARGS_MAX = 1000,           /* bytes */
    JOB_FILES_MAX = 100,           /* of one job */
    JOB_FILE_BYTES = 12 << 20,     /* a page's arena holds 16 MB: more files rather than larger ones */
    JOB_FILE_DAYS = 7,
    JOB_DAYS = 30,                 /* after its end */
};

/* E_NOT_FOUND without a sentence. */
MUST Err job_by_uid(Ctx *c, Str uid, Job *ret);
/* The files of a job that is done, by name; none of any other. */
MUST Err job_files(Ctx *c, JobId id, JobFiles *ret);
/* E_NOT_FOUND without a sentence, also for what is not done yet or has expired. */
MUST Err job_file_read(Ctx *c, JobId id, Str name, JobFile *ret, Bytes *ret_content);
/* Where it lies, for its routes' scope: owner, and who ordered it. */
MUST Err job_place(Ctx *c, Str uid, Place *ret);

typedef struct NewJob {
    const JobKind *kind;
    Str args;           /* JSON of ids and codes: no spaces, no '@', ASCII; E_BROKEN otherwise */
    int64_t owner_id;
    int64_t of_n;       /* chunks or things in all; 0: not known yet */
    Instant not_before; /* 0: now */
} NewJob;
/* Inside a write. Made by the viewer (by the program when there is none), in the
   Ctx's language. It begins after the commit; send the viewer to job_href. */
MUST Err job_add(Ctx *c, NewJob job, Str *ret_uid);
/* "/job/UID" */
Str job_href(Ctx *c, Str uid);
/* Inside a write: the program's own upkeep, of which an owner has at most one open row. Makes it, or
   brings the open one forward to now. Its write must look, in the same
   transaction in which it says is_done, that nothing is left: then no wake is lost. */
MUST Err job_wake(Ctx *c, const JobKind *kind, int64_t owner_id);

typedef struct NewJobFile {
    Str name; /* 1–120 characters, no '/' and no control characters */
    Str type; /* "application/pdf" */
    Bytes content;
} NewJobFile;
/* Inside a step's write. A file of the same name is replaced, so that a write may
   run again. E_TOO_LARGE beyond JOB_FILE_BYTES or JOB_FILES_MAX. */
MUST Err job_file_add(Ctx *c, const JobStep *step, NewJobFile file);

/* Inside a write: deletes expired files, and rows that ended JOB_DAYS ago. */
MUST Err job_expire(Ctx *c, int64_t *ret_rows);

/* All jobs of the house, for its keepers. */
typedef struct JobQueue {
    int64_t waiting, running, failed; /* failed ones are kept 30 days */
    Instant oldest_due;               /* of those that wait and are due; 0: none */
} JobQueue;
MUST Err job_queue(Ctx *c, JobQueue *ret);

#endif

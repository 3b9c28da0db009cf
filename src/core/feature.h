/* What a folder under core/ or feature/ gives to the house: one descriptor,
   listed once in src/features.c. To add a capability is to add a folder and
   one line; to remove it is to delete them. */
#ifndef CORE_FEATURE_H
#define CORE_FEATURE_H

#include "db/db.h"
#include "web/web.h"

/* A command of the program. Output goes to *out (flushed by main); errors by
   fail() with an English sentence: exit 2 for E_INVALID (wrong use), else 1. */
typedef struct Args {
    const Str *v; /* after the command's own words */
    ptrdiff_t n;
} Args;
typedef struct Command {
    const char *name;  /* "organisation import" */
    const char *usage; /* "FILE.csv [--institutionsregister]" */
    const char *help;  /* one paragraph, English */
    bool needs_store;
    Err (*run)(Ctx *c, Args args, Buf *out);
    bool writes; /* with needs_store: app->writer is open */
} Command;

/* One end in somebody's part of the thread that has no next step (PAGES §1). */
typedef struct LooseEnd {
    int cost;        /* 1 (law) … 6 (tidiness) */
    Date due;        /* day 0: none */
    Msg headline;    /* begins with a verb */
    Msg about;       /* whose and when */
    Msg waiting;     /* what waiting costs */
    Msg button;
    Str href;
    int knots_done;  /* of six, for the strip */
    Msg strip;       /* where the thread breaks, in words */
    struct LooseEnd *next;
} LooseEnd;

/* A day to come that matters to the viewer, for the front page. */
typedef struct Coming {
    Date day;            /* today or later */
    Msg what;            /* "Personale, forår 2027 lukker" */
    Str href;
    struct Coming *next;
} Coming;

/* Long work, done in steps by a few threads that serve owns (core/job). A kind is
   listed by its feature; job_add (core/job/job.h) makes a row of it. One step:

     claim    by the runner: the row becomes 'running', durably
     prepare  outside any transaction, in a Ctx and arena of the step: network,
              heavy computing, reading (db_read_begin … db_read_end; no snapshot
              is held over the network)
     write    inside the writer, SQL only, ≤ 5 ms, may run again: stores what
              prepare made, and moves bookmark and counts in the same transaction

   A step is a chunk of about a second at most, so that jobs take turns, the page
   moves and stopping is quick. What write stores stays invisible to others until
   the last step shows it by one UPDATE. After a crash, or an error that may
   pass, the step is done again from its bookmark: what write stored is there
   exactly once, what prepare did outside (mail) may have been done twice. A kind
   with `at_most_once` is never prepared again after it may have begun: its write
   is called alone with was_broken_off, and goes on behind the doubtful chunk. */
typedef struct JobFigure {
    const char *name; /* static text */
    int64_t n;
} JobFigure;
enum { JOB_FIGURES = 4, JOB_BOOKMARK_MAX = 200 };

typedef struct JobStep {
    int64_t job_id, owner_id;
    Str uid, args;        /* as job_add was given them */
    bool was_broken_off;  /* this step began before and its end is not known */
    /* As the last write left them, for write to change. It finds them as prepare
       left them, also when it runs again. */
    Str bookmark;         /* where to go on; empty at first; at most JOB_BOOKMARK_MAX bytes */
    int64_t done_n, of_n; /* shown as "done_n of of_n"; of_n 0: not known yet */
    bool is_done;         /* the job is finished; what it made may be seen */
    Instant next_at;      /* the next step not before; 0: as soon as it is its turn */
    JobFigure figures[JOB_FIGURES]; /* counts for the log, nothing else gets there */
    void *work;           /* from prepare to write */
} JobStep;

typedef struct JobKind {
    const char *name;   /* 1–40 letters; part of the stored data */
    Msg title;          /* what is being made: "Rapporter til skolerne" */
    Err (*prepare)(Ctx *c, JobStep *step); /* optional */
    Err (*write)(Ctx *c, JobStep *step);
    /* Errors: E_BUSY and E_BROKEN are tried again, 5 s later, then 20 s … an hour;
       the others end the job and their sentence is shown. With at_most_once,
       prepare answers E_BUSY only when nothing has been done outside; its other
       errors, E_BROKEN too, end the job. */
    int tries_max;      /* failures of one step in a row before the job has failed; 0: 8 */
    bool at_most_once;
    const char *leads_to; /* optional: path of the page that shows the result */
    Msg leads_to_name;    /* of the link there */
} JobKind;

/* How long rows are kept and what happens then. */
typedef struct Retention {
    const char *table;
    const char *keeps; /* English: what, why, how long, what happens then */
    Err (*expire)(Ctx *c, int64_t *ret_rows);
} Retention;

/* Where a feature opens into the frame: a room of the thread (PAGES §1), or
   administration, which stands beside the thread. Shown to those whose role has
   the right. A room with several doors has them as a row under its head. */
typedef enum RoomName {
    ROOM_LOESE_ENDER = 1, ROOM_MAAL, ROOM_DATA, ROOM_DIALOG, ROOM_INDSATSER, ROOM_PROEVEHANDLINGER, ROOM_FORLOEB, ROOM_VIDEN,
    ROOM_ADMINISTRATION,
} RoomName;
typedef struct Door {
    RoomName room;
    const char *path;
    Msg name;          /* of the link in the room's row; empty: a further feature of the door that has this path */
    const Need *need;
    int place;         /* in the room's row, the least first; that one is the room's own link */
} Door;

typedef struct Feature {
    const char *name;
    const Schema *schema;
    const Route *routes;         /* ended by a row without path */
    const Command *commands;     /* ended by a row without name */
    const JobKind *jobs;         /* ended by a row without name */
    Err (*loose_ends)(Ctx *c, LooseEnd **list);
    Err (*comings)(Ctx *c, Coming **list);
    /* Inside a write, about every second while serving: small upkeep (the audit's
       sealer, outdated nonces). *ret_more: call again at once. */
    Err (*tick)(Ctx *c, bool *ret_more);
    /* For `traad check`: rules that no check.sql can say. Adds to *ret_bad and
       tells each on c's log by ctx_problem (English). */
    Err (*check)(Ctx *c, int64_t *ret_bad);
    const Retention *retention;  /* ended by a row without table */
    const Door *doors;           /* ended by a row without path */
    Err (*demo)(Ctx *c);         /* inside the writer; deterministic */
    const char *help;            /* where the help link of its pages leads: "/vejledning/GUIDE#HEADING"; NULL: to all guides */
} Feature;

extern const Feature *const features[];
extern const int feature_count;

#endif

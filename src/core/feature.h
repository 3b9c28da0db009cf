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

/* A job kind: a row that is worked on in chunks until done (core/job). */
typedef struct JobKind {
    const char *name;
    Err (*step)(Ctx *c, int64_t job_id, Str args, bool *ret_done);
} JobKind;

/* How long rows are kept and what happens then. */
typedef struct Retention {
    const char *table;
    const char *keeps; /* English: what, why, how long, what happens then */
    Err (*expire)(Ctx *c, int64_t *ret_rows);
} Retention;

typedef struct Feature {
    const char *name;
    const Schema *schema;
    const Route *routes;         /* ended by a row without path */
    const Command *commands;     /* ended by a row without name */
    const JobKind *jobs;         /* ended by a row without name */
    Err (*loose_ends)(Ctx *c, LooseEnd **list);
    /* Inside a write, about every second while serving: small upkeep (the audit's
       sealer, outdated nonces). *ret_more: call again at once. */
    Err (*tick)(Ctx *c, bool *ret_more);
    /* For `traad check`: rules that no check.sql can say. Adds to *ret_bad and
       tells each on c's log by ctx_problem (English). */
    Err (*check)(Ctx *c, int64_t *ret_bad);
    const Retention *retention;  /* ended by a row without table */
    Err (*demo)(Ctx *c);         /* inside the writer; deterministic */
} Feature;

extern const Feature *const features[];
extern const int feature_count;

#endif

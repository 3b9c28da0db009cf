/* The world of one piece of work: a request, a command, a job step, a test.
   Everything a function may know or change outside its arguments hangs here;
   the end of the Ctx ends everything that was opened through it.
   Upper floors hang their part in by an opaque pointer; this floor never
   looks inside. A Ctx is used by one thread at a time. */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/msg.h"
#include "base/str.h"

typedef enum Lang { LANG_DA, LANG_EN } Lang;

/* The signed-in person; 0 is nobody (a respondent, a command, a job). */
typedef struct ViewerId {
    int64_t v;
} ViewerId;

/* Grows by one with every change of a row that people edit. */
typedef struct Version {
    int64_t v;
} Version;

typedef struct Problem {
    Str field; /* name of the form field or column; empty: the whole */
    Msg what;
    struct Problem *next;
} Problem;

typedef struct Ctx Ctx;
typedef void CtxFn(Ctx *c, void *data);

typedef struct CtxHook {
    CtxFn *fn;
    void *data;
    struct CtxHook *next;
} CtxHook;

/* Cryptographic bytes in the product, a fixed sequence in tests. */
typedef struct Random {
    void (*fill)(void *state, void *bytes, size_t n);
    void *state;
} Random;

struct Ctx {
    Arena *arena;
    Instant now; /* of the beginning of the work; it does not move */
    Date today;  /* the Danish day of now */
    Lang lang;
    ViewerId viewer;
    Random random;

    /* What went wrong, told once by fail(). */
    Err err;
    Msg message;
    const char *file; /* of E_BROKEN */
    int line;
    Problem *problems, *last_problem;

    struct DbConn *conn;       /* db/: the connection in use, with its transaction */
    struct WriteBatch *batch;  /* db/: set while a write runs */
    struct Request *request;   /* web/ */
    struct Session *session;   /* core/access */
    struct App *app;           /* main: settings and services, read-only */
    void *work;                /* what one part of the work found, for the next: prepare for write
                                  and finish. A write that runs again finds it as it was. */

    /* With E_BROKEN of a write: the connection broke during the commit, so that nobody knows
       whether it was stored. Never say that it was not, and at_end hooks undo nothing then. */
    bool is_uncertain;

    CtxHook *at_end;       /* run when the Ctx ends, newest first */
    CtxHook *after_commit; /* run when this write is durable, oldest first; dropped if it fails */
    CtxHook *record;       /* run in the same batch after this write was rolled back, oldest first */
};

/* Sets arena and clock; everything else empty. today is derived from now. */
void ctx_init(Ctx *c, Arena *arena, Instant now, Random random);
/* Runs the at_end hooks and empties the list. */
void ctx_end(Ctx *c);

/* Keeps the sentence and returns err. The first cause stands: a later fail
   with the same Ctx does not overwrite it unless ctx_forgive was called. */
MUST Err ctx_fail(Ctx *c, Err err, Msg why, const char *file, int line);
#define fail(c, err, why) ctx_fail((c), (err), (why), __FILE__, __LINE__)
void ctx_forgive(Ctx *c);
/* One more thing to correct; together they make E_INVALID. */
void ctx_problem(Ctx *c, Str field, Msg what);
/* E_INVALID if any problem was told, else OK. */
MUST Err ctx_check(Ctx *c);

void ctx_at_end(Ctx *c, CtxFn *fn, void *data);
/* Inside a write: every effect on memory, streams, files or mail. */
void ctx_after_commit(Ctx *c, CtxFn *fn, void *data);
/* Inside a write or prepare: what must be stored even when the write fails
   (a wrong password counted, a refused look). fn runs its SQL in a savepoint
   of its own after the roll-back; it must not fail loudly. */
void ctx_record(Ctx *c, CtxFn *fn, void *data);

/* A place to come back to, so that a write can be run again: arena, hooks and
   error as they were. */
typedef struct CtxMark {
    Arena arena;
    Err err;
    Msg message;
    Problem *problems, *last_problem;
    CtxHook *at_end, *after_commit, *record;
} CtxMark;
CtxMark ctx_mark(const Ctx *c);
/* Runs at_end hooks newer than the mark, then forgets all that came after. */
void ctx_rewind(Ctx *c, CtxMark mark);

void ctx_random(Ctx *c, void *bytes, size_t n);
/* 32 hexadecimal digits from 128 random bits: the `uid` of what leaves. */
Str ctx_uid(Ctx *c);

#endif

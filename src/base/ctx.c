#include "base/ctx.h"

#include <string.h>

void ctx_init(Ctx *c, Arena *arena, Instant now, Random random)
{
    *c = (Ctx){.arena = arena, .now = now, .today = date_of_instant_danish(now), .random = random};
}

static void run_newer(Ctx *c, CtxHook *until)
{
    while (c->at_end != until) {
        CtxHook *hook = c->at_end;
        c->at_end = hook->next;
        hook->fn(c, hook->data);
    }
}

void ctx_end(Ctx *c)
{
    run_newer(c, NULL);
}

Err ctx_fail(Ctx *c, Err err, Msg why, const char *file, int line)
{
    if (c->err == OK) {
        c->err = err;
        c->message = why;
        c->file = file;
        c->line = line;
    }
    return err;
}

void ctx_forgive(Ctx *c)
{
    c->err = OK;
    c->message = (Msg){0};
    c->problems = c->last_problem = NULL;
}

void ctx_problem(Ctx *c, Str field, Msg what)
{
    Problem *p = NEW(c->arena, Problem, 1);
    *p = (Problem){.field = field, .what = what};
    if (c->last_problem) c->last_problem->next = p;
    else c->problems = p;
    c->last_problem = p;
}

Err ctx_check(Ctx *c)
{
    if (!c->problems) return OK;
    return fail(c, E_INVALID, c->problems->what);
}

void ctx_at_end(Ctx *c, CtxFn *fn, void *data)
{
    CtxHook *hook = NEW(c->arena, CtxHook, 1);
    *hook = (CtxHook){.fn = fn, .data = data, .next = c->at_end};
    c->at_end = hook;
}

/* Kept newest first, so that a mark is one pointer; whoever runs the list
   turns it round. */
static void push(Ctx *c, CtxHook **list, CtxFn *fn, void *data)
{
    CtxHook *hook = NEW(c->arena, CtxHook, 1);
    *hook = (CtxHook){.fn = fn, .data = data, .next = *list};
    *list = hook;
}

void ctx_after_commit(Ctx *c, CtxFn *fn, void *data)
{
    push(c, &c->after_commit, fn, data);
}

void ctx_record(Ctx *c, CtxFn *fn, void *data)
{
    push(c, &c->record, fn, data);
}

CtxMark ctx_mark(const Ctx *c)
{
    return (CtxMark){
        .arena = *c->arena,
        .err = c->err,
        .message = c->message,
        .problems = c->problems,
        .last_problem = c->last_problem,
        .at_end = c->at_end,
        .after_commit = c->after_commit,
        .record = c->record,
    };
}

void ctx_rewind(Ctx *c, CtxMark mark)
{
    run_newer(c, mark.at_end);
    *c->arena = mark.arena;
    c->err = mark.err;
    c->message = mark.message;
    c->problems = mark.problems;
    c->last_problem = mark.last_problem;
    if (c->last_problem) c->last_problem->next = NULL;
    c->after_commit = mark.after_commit;
    c->record = mark.record;
}

void ctx_random(Ctx *c, void *bytes, size_t n)
{
    c->random.fill(c->random.state, bytes, n);
}

Str ctx_uid(Ctx *c)
{
    unsigned char bytes[16];
    ctx_random(c, bytes, sizeof bytes);
    return str_hex(c->arena, bytes, (ptrdiff_t)sizeof bytes);
}

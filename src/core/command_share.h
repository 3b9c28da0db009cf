/* A command whose work is a list of things that do not depend on each other,
   done on all cores: the command starts itself once for each core, every one
   with a share of the list. Processes and not threads, so that a feature's code
   stays what it is: one Ctx, one connection, one thing at a time. */
#ifndef CORE_COMMAND_SHARE_H
#define CORE_COMMAND_SHARE_H

#include "base/ctx.h"

/* Every `of`-th thing, from `at` (0 … of − 1) on. All of it: 0 of 1. */
typedef struct WorkShare {
    int at, of;
} WorkShare;

/* "2/4" is the second of four, {1, 4}. E_INVALID, in English, for what is none. */
MUST Err command_share_read(Ctx *c, Str text, WorkShare *ret);

/* Into how many shares a list of so many things is worth being cut: 1 … 16, no
   more than there are cores to run on, and none of less than `least` things. */
int command_share_count(ptrdiff_t things, ptrdiff_t least);

/* Runs this process's own command line once for every share, "--share K/N" added,
   and waits for all of them. Errors: E_CONFLICT with the line that the first one
   that failed has said; E_BUSY when the system gives no process. */
MUST Err command_share_run(Ctx *c, int shares);

#endif

/* Figures that cost a look into the store or the system: the main thread looks
   every few seconds, and the keepers' port tells what it found last, also when
   the store does not answer. doc/drift/maaltal.md has their names and units. */
#ifndef GAUGES_H
#define GAUGES_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/ctx.h"

typedef struct Gauges {
    _Atomic int64_t started_at;                   /* UTC milliseconds */
    _Atomic int64_t looked_at;                    /* the last look that the store answered; 0: none yet */
    _Atomic int64_t waiting, running, failed;     /* jobs; failed ones are kept 30 days */
    _Atomic int64_t oldest_due_at;                /* of a job that is due and waits, UTC milliseconds; 0: none */
    _Atomic int64_t store_bytes;
    _Atomic int64_t backup_at;                    /* UTC milliseconds; 0: no backup is known of */
} Gauges;

/* On the main thread, without a snapshot open; what fails keeps the figures as they were. */
void gauges_look(Ctx *c, Gauges *g);
/* WebOpsOptions.add, with the Gauges as its `to`. */
void gauges_add(void *gauges, Buf *b);

#endif

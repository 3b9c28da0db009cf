/* Wrong tries are slow tries: counted per account and per address, and the
   count survives the failure that caused it (ctx_record). An account is slowed
   after five, an address after thirty (a whole school may sit behind one),
   doubling from 30 seconds to 15 minutes; a quarter of an hour without a try
   forgets. Nothing is ever locked for good, and a device that the account was used
   on is counted by itself (device.h), so nobody can lock out another. */
#ifndef CORE_ACCESS_THROTTLE_H
#define CORE_ACCESS_THROTTLE_H

#include "base/ctx.h"

typedef struct Throttle {
    Str account, address; /* keyed hashes; what is stored tells neither. address empty: that of a known device is not counted */
    int64_t owner_id, person_id; /* of the account; 0: there is none, then no audit row */
    const char *verb;     /* of the audit row of a failure: "sign-in.failed" */
} Throttle;

/* The two subjects of a login and an address. Of an IPv6 address the first 64 bits
   count, since one customer has all addresses behind them; one that carries an
   IPv4 address counts as that. kind: what is counted apart from the rest; empty:
   showing who one is. */
Throttle throttle_of(Ctx *c, Str kind, Str login_folded, Str address, const char *verb);
/* The one subject of a device that the account was used on. */
Throttle throttle_of_device(Ctx *c, Str device, const char *verb);
/* E_CONFLICT while either must wait, with the minutes. Ask before the work, and
   again inside the write: between the two, tries that came at the same moment
   have been counted. */
MUST Err throttle_check(Ctx *c, const Throttle *t);
/* Inside a write that is about to fail, or in a prepare that ends one: counts
   the try after the roll-back. *t must live as long as the Ctx. */
void throttle_count(Ctx *c, const Throttle *t);
/* Inside a write: counts the try with it, for what counts also when it is right. */
MUST Err throttle_count_now(Ctx *c, const Throttle *t);
/* Inside a write: the account proved itself; its address stays counted. */
MUST Err throttle_clear(Ctx *c, const Throttle *t);

#endif

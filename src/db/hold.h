/* One program serves a store at a time: two would each take the jobs that the
   other is at for broken off, and do a step twice. Whoever serves holds the store;
   the hold goes with the process, however it ends. SQLite: a lock on the empty file
   STORE.serving. PostgreSQL: an advisory lock of one connection, which the server
   drops within half a minute where the other machine is gone without a word.
   Commands do not hold: they may run beside what serves. */
#ifndef DB_HOLD_H
#define DB_HOLD_H

#include "db/db.h"

typedef struct StoreHold StoreHold;

enum { HOLD_WAIT_MS = 1500 }; /* for a program that is just ending */
/* E_CONFLICT, in English for the command line: another program holds it. Lives
   in c->arena until store_let_go. */
MUST Err store_hold(Ctx *c, Store *store, StoreHold **ret);
/* Now and then, while serving: PostgreSQL forgets the hold where its connection
   broke, and it is taken again here. True: another program took it meanwhile, so that
   this one must end. A server that cannot be asked is no such thing. */
bool store_hold_is_lost(Ctx *c, StoreHold *hold);
void store_let_go(StoreHold *hold);

#endif

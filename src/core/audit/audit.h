/* Who did what, and who looked at what. A change's row is written in the
   change's own transaction; a look's row before the page leaves (DESIGN 8).
   A sealer hashes rows into one chain per owner and month some seconds later,
   so that writers never wait for each other, a removed or altered row shows,
   and whole sealed months can expire. */
#ifndef CORE_AUDIT_AUDIT_H
#define CORE_AUDIT_AUDIT_H

#include "db/db.h"

typedef struct AuditRow {
    int64_t owner_id;
    const char *verb;   /* 'support.answer', 'look' … */
    const char *object; /* 'support', 'person' … */
    int64_t object_id, unit_id;
    Str detail;         /* codes and numbers only; at most 500 bytes */
} AuditRow;

/* Inside a write; at and person are the Ctx's. */
MUST Err audit_add(Ctx *c, AuditRow row);

/* Rows younger than this are left for the next round, so that rows of requests
   that came together are sealed together. */
enum { AUDIT_SEAL_AGE_MS = 5000, AUDIT_CLOCK_SLACK_MS = 60000, AUDIT_SEAL_ROWS = 5000 };
/* Inside a write: seals one owner's oldest open rows up to the first that is too
   new or of another month, at most AUDIT_SEAL_ROWS; *ret_rows 0 when there was
   nothing, so that all owners have had their turn when it says 0. Nothing is
   sealed, and *ret_rows is 0, while another transaction may still store a row
   with a lower id (db_settle: this must be the first thing that the write does). */
MUST Err audit_seal(Ctx *c, int64_t *ret_rows);
/* The same where the caller knows that nobody else writes: tests in one transaction. */
MUST Err audit_seal_settled(Ctx *c, int64_t *ret_rows);
/* Recomputes every chain of the owner that has rows; *ret_bad counts the seals
   that do not match, *ret_seals those looked at. A whole expired month has
   neither rows nor seals. */
MUST Err audit_verify(Ctx *c, int64_t *ret_seals, int64_t *ret_bad);

#endif

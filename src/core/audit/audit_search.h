/* Looking into the log: newest first, paged by key, one owner in law at a time,
   so that every statement walks one index in order and stops after a page
   (10 million rows: bench/big/audit.py). */
#ifndef CORE_AUDIT_AUDIT_SEARCH_H
#define CORE_AUDIT_AUDIT_SEARCH_H

#include "core/audit/audit.h"

typedef struct AuditFilter {
    int64_t owner_id;
    int64_t person_id;       /* who did it; 0: anybody */
    int64_t about_id;        /* the person whom it is about (object "account"); 0: anything */
    Str verb;                /* whole; empty: any */
    Instant from, to;        /* from ≤ at < to */
    Instant before_at;       /* key of the last one shown; ms 0: from the newest */
    int64_t before_id;
} AuditFilter;

typedef struct AuditLine {
    int64_t id, object_id;
    Instant at;
    Str person, verb, object, unit, detail; /* person empty: the program itself */
} AuditLine;
typedef struct AuditLines {
    AuditLine *v;
    ptrdiff_t n;
    bool more;
} AuditLines;
enum { AUDIT_PAGE = 50, AUDIT_EXPORT = 10000 };

/* Newest first, at most `limit` ≤ AUDIT_EXPORT. Who may look at which owner's
   log is the caller's to know: audit_owners. */
MUST Err audit_search(Ctx *c, const AuditFilter *filter, int limit, AuditLines *ret);

typedef struct AuditOwner {
    int64_t id;
    Str code, name;
} AuditOwner;
typedef struct AuditOwners {
    AuditOwner *v;
    ptrdiff_t n;
} AuditOwners;
/* Those whose log the viewer may read (access: audit/R), by name, at most 50. */
MUST Err audit_owners(Ctx *c, AuditOwners *ret);

typedef struct SealLine {
    int64_t month;      /* year × 12 + month − 1 */
    int64_t seals, rows;
    Instant sealed_at;  /* the newest */
} SealLine;
typedef struct SealLines {
    SealLine *v;
    ptrdiff_t n;
} SealLines;
/* The owner's sealed months, newest first, at most 72. */
MUST Err audit_sealed(Ctx *c, int64_t owner, SealLines *ret);

/* Inside a write: deletes one whole sealed month that ended over five years
   ago, rows and seals (DOMAIN §4.7); *ret_rows 0: there is none. Call again
   until then. */
MUST Err audit_expire(Ctx *c, int64_t *ret_rows);

#endif

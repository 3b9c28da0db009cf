#include "core/audit/audit_search.h"

#include "base/number.h"

#define LOG_COLUMNS                                                                                  \
    "SELECT a.id, a.at, p.name, a.verb, a.object, a.object_id, u.name, a.detail FROM audit a"         \
    " LEFT JOIN v_people_person p ON p.id = a.person_id LEFT JOIN v_organisation_unit u ON u.id = a.unit_id"
/* $1 owner, $2 first instant, $3–$4 the key at or before which to go on, $5 how
   many. One lower and one upper limit: with a second upper one SQLite 3.40 takes
   the index by time alone and walks the whole period for a rare verb. */
#define LOG_PERIOD " a.owner_id = $1 AND a.at >= $2 AND a.at <= $3 AND (a.at < $3 OR a.id < $4)"
#define LOG_ORDER " ORDER BY a.at DESC, a.id DESC LIMIT $5"

/* One statement an index: a filter that may be empty would hide from the engine
   which index serves it. */
SQL(LOG_ALL, LOG_COLUMNS " WHERE" LOG_PERIOD LOG_ORDER);
SQL(LOG_VERB, LOG_COLUMNS " WHERE a.verb = $6 AND" LOG_PERIOD LOG_ORDER);
SQL(LOG_PERSON, LOG_COLUMNS " WHERE a.person_id = $7 AND ($6 = '' OR a.verb = $6) AND" LOG_PERIOD LOG_ORDER);
SQL(LOG_ABOUT, LOG_COLUMNS " WHERE a.object = 'account' AND a.object_id = $8 AND ($6 = '' OR a.verb = $6)"
                           " AND ($7 = 0 OR a.person_id = $7) AND" LOG_PERIOD LOG_ORDER);

static Rows search(Ctx *c, const AuditFilter *f, int n)
{
    bool goes_on = f->before_at.ms > 0 && f->before_at.ms < f->to.ms;
    int64_t last = goes_on ? f->before_at.ms : f->to.ms - 1, id = goes_on ? f->before_id : INT64_MAX;
    if (f->about_id) return db_query(c, LOG_ABOUT, f->owner_id, f->from.ms, last, id, n, f->verb, f->person_id, f->about_id);
    if (f->person_id) return db_query(c, LOG_PERSON, f->owner_id, f->from.ms, last, id, n, f->verb, f->person_id);
    if (f->verb.n) return db_query(c, LOG_VERB, f->owner_id, f->from.ms, last, id, n, f->verb);
    return db_query(c, LOG_ALL, f->owner_id, f->from.ms, last, id, n);
}

Err audit_search(Ctx *c, const AuditFilter *f, int limit, AuditLines *ret)
{
    AuditLines all = {.v = NEW(c->arena, AuditLine, limit)};
    Rows r = search(c, f, limit + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == limit)) break;
        all.v[all.n++] = (AuditLine){.id = db_i64(&r, 0), .at = {db_i64(&r, 1)}, .person = db_str(&r, 2), .verb = db_str(&r, 3),
                                     .object = db_str(&r, 4), .object_id = db_i64(&r, 5), .unit = db_str(&r, 6), .detail = db_str(&r, 7)};
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(OWNERS, "SELECT u.id, u.code, u.name FROM v_organisation_unit u WHERE u.owner_id = u.id AND u.id IN"
            " (SELECT a.unit_id FROM v_access_unit a WHERE a.object = 'audit' AND a.need = 'R' AND a.viewer_id = $1"
            " AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2)) ORDER BY u.name_sort, u.id LIMIT 50");

Err audit_owners(Ctx *c, AuditOwners *ret)
{
    AuditOwners all = {.v = NEW(c->arena, AuditOwner, 50)};
    Rows r = db_query(c, OWNERS, c->viewer, c->today);
    while (db_next(&r)) all.v[all.n++] = (AuditOwner){db_i64(&r, 0), db_str(&r, 1), db_str(&r, 2)};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(SEALED_MONTHS, "SELECT month, count(*), CAST(sum(row_count) AS INTEGER), max(sealed_at) FROM audit_seal WHERE owner_id = $1"
                   " GROUP BY month ORDER BY month DESC LIMIT 72");

Err audit_sealed(Ctx *c, int64_t owner, SealLines *ret)
{
    SealLines all = {.v = NEW(c->arena, SealLine, 72)};
    Rows r = db_query(c, SEALED_MONTHS, owner);
    while (db_next(&r)) all.v[all.n++] = (SealLine){db_i64(&r, 0), db_i64(&r, 1), db_i64(&r, 2), {db_i64(&r, 3)}};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

/* ---- the end of a month's five years -------------------------------------------------- */

enum { KEPT_MONTHS = 60 };
SQL_SCAN(OLDEST_MONTH, "seals are some thousand rows", "SELECT owner_id, month FROM audit_seal WHERE month < $1 ORDER BY month, owner_id LIMIT 1");
SQL(MONTH_ROWS_DROP, "DELETE FROM audit WHERE owner_id = $1 AND at >= $2 AND at < $3");
SQL(MONTH_SEALS_DROP, "DELETE FROM audit_seal WHERE owner_id = $1 AND month = $2");

static Instant month_begin(int64_t month)
{
    Date d = {0};
    bool exists = date_of_civil((Civil){.year = (int)(month / 12), .month = (int)(month % 12) + 1, .day = 1}, &d);
    return (Instant){exists ? (int64_t)d.day * 86400000 : 0};
}

Err audit_expire(Ctx *c, int64_t *ret_rows)
{
    Civil today = date_civil(date_of_instant(c->now));
    int64_t owner = 0, month = 0, oldest_kept = (int64_t)today.year * 12 + today.month - 1 - KEPT_MONTHS;
    int changed = 0;
    Rows r = db_query(c, OLDEST_MONTH, oldest_kept);
    if (db_next(&r)) {
        owner = db_i64(&r, 0);
        month = db_i64(&r, 1);
    }
    TRY(db_done(&r));
    if (owner) {
        TRY(db_exec(c, MONTH_ROWS_DROP, &changed, owner, month_begin(month).ms, month_begin(month + 1).ms));
        TRY(db_exec(c, MONTH_SEALS_DROP, NULL, owner, month));
    }
    *ret_rows = changed;
    return OK;
}

#include "core/audit/audit.h"

#include "base/buf.h"
#include "core/secret/secret.h"

SQL(ADD, "INSERT INTO audit (owner_id, at, person_id, verb, object, object_id, unit_id, detail)"
         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

Err audit_add(Ctx *c, AuditRow row)
{
    return db_exec(c, ADD, NULL, row.owner_id, c->now.ms, DB_IF(c->viewer.v, c->viewer), str_of_z(row.verb),
                   str_of_z(row.object), row.object_id, row.unit_id, row.detail);
}

typedef struct Chain {
    int64_t owner_id, month, seq; /* of the newest seal; seq 0: none yet */
    int64_t sealed_to;            /* id of the owner's last sealed row, in whatever month */
    Str hash;
} Chain;

static int64_t month_of(Instant t)
{
    Civil day = date_civil(date_of_instant(t));
    return (int64_t)day.year * 12 + day.month - 1;
}

/* A row as the seal covers it: every column, lengths in front, so that no two
   different rows read the same. */
static void put_number(Buf *b, int64_t v)
{
    buf_add_i64(b, v);
    buf_add_char(b, ';');
}

static void put_text(Buf *b, Str s)
{
    buf_add_i64(b, s.n);
    buf_add_char(b, ':');
    buf_add(b, s);
}

static void put_row(Buf *b, const Rows *r)
{
    for (int col = 0; col < 3; col++) put_number(b, db_i64(r, col));
    put_text(b, db_str(r, 3));
    put_text(b, db_str(r, 4));
    put_number(b, db_i64(r, 5));
    put_number(b, db_i64(r, 6));
    put_text(b, db_str(r, 7));
}

typedef struct Sealing {
    Str hash;
    int64_t rows, first_id, last_id;
} Sealing;

/* Which rows may be sealed together: of one month, and settled. A row of the
   far future was written before somebody set the clock back: it cannot become
   older by waiting, and must not hold up the others. */
typedef struct Span {
    Instant from, to;              /* the month; to is not of it */
    int64_t unsettled, is_odd;     /* milliseconds; from the one up to the other, both of them, is too new */
} Span;

static bool is_within(const Span *span, int64_t at)
{
    bool is_settled = at < span->unsettled || at > span->is_odd;
    return is_settled && at >= span->from.ms && at < span->to.ms;
}

/* One row at a time into the running hash, so that a chain of any length is
   checked in the memory of one row. With a span, up to the first row outside
   it: the clock of a row is that of its request, so rows of two requests may
   stand in another order than their times, and a seal must not jump over one. */
static Err hash_rows(Ctx *c, Rows r, Str before, const Span *span, Sealing *ret)
{
    Sealing s = {.hash = before};
    char held[64];
    while (db_next(&r)) {
        if (span && !is_within(span, db_i64(&r, 1))) break;
        Arena scratch = *c->arena;
        Buf b = buf_new(c->arena, 2000);
        buf_add(&b, s.hash);
        put_row(&b, &r);
        Str hash = secret_hash(c, buf_str(&b));
        for (int i = 0; i < 64; i++) held[i] = hash.p[i];
        s.hash = (Str){held, 64};
        s.last_id = db_i64(&r, 0);
        if (!s.rows++) s.first_id = s.last_id;
        *c->arena = scratch;
    }
    TRY(db_done(&r));
    s.hash = str_copy(c->arena, s.hash);
    *ret = s;
    return OK;
}

/* Seals of an owner cover all its rows up to the largest last_id without a gap,
   so the first id beyond it begins the next. An owner whose first open row is
   too new waits, and leaves the turn to the others. */
SQL(OPEN_OWNER,
    "SELECT u.id, (SELECT coalesce(max(s.last_id), 0) FROM audit_seal s WHERE s.owner_id = u.id) FROM v_organisation_unit u"
    " WHERE u.owner_id = u.id AND (SELECT a.at FROM audit a WHERE a.owner_id = u.id"
    " AND a.id > (SELECT coalesce(max(s.last_id), 0) FROM audit_seal s WHERE s.owner_id = u.id)"
    " ORDER BY a.id LIMIT 1) NOT BETWEEN $1 AND $2 ORDER BY u.id LIMIT 1");
SQL(OLDEST_OPEN, "SELECT at FROM audit WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT 1");
SQL(NEWEST_SEAL, "SELECT seq, hash FROM audit_seal WHERE owner_id = $1 AND month = $2 ORDER BY seq DESC LIMIT 1");
SQL(OPEN_ROWS, "SELECT id, at, coalesce(person_id, 0), verb, object, object_id, unit_id, detail FROM audit"
               " WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3");
SQL(SEAL, "INSERT INTO audit_seal (owner_id, month, seq, first_id, last_id, row_count, sealed_at, hash)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

static Instant month_begin(int64_t month)
{
    Date d = {0};
    bool exists = date_of_civil((Civil){.year = (int)(month / 12), .month = (int)(month % 12) + 1, .day = 1}, &d);
    return (Instant){exists ? (int64_t)d.day * 86400000 : 0};
}

static Err chain_open(Ctx *c, Chain *chain)
{
    Rows r = db_query(c, NEWEST_SEAL, chain->owner_id, chain->month);
    chain->hash = S("");
    if (db_next(&r)) {
        chain->seq = db_i64(&r, 0);
        chain->hash = db_str(&r, 1);
    }
    return db_done(&r);
}

/* The chain that the oldest open row belongs to; owner 0: nothing is open. */
static Err open_chain(Ctx *c, const Span *span, Chain *ret)
{
    Chain chain = {0};
    int64_t at = 0;
    Rows r = db_query(c, OPEN_OWNER, span->unsettled, span->is_odd);
    if (db_next(&r)) {
        chain.owner_id = db_i64(&r, 0);
        chain.sealed_to = db_i64(&r, 1);
    }
    TRY(db_done(&r));
    if (chain.owner_id) {
        TRY(db_one_i64(c, OLDEST_OPEN, &at, chain.owner_id, chain.sealed_to));
        chain.month = month_of((Instant){at});
        TRY(chain_open(c, &chain));
    }
    *ret = chain;
    return OK;
}

Err audit_seal(Ctx *c, int64_t *ret_rows)
{
    bool is_settled = false;
    *ret_rows = 0;
    TRY(db_settle(c, "audit", &is_settled));
    return is_settled ? audit_seal_settled(c, ret_rows) : OK;
}

Err audit_seal_settled(Ctx *c, int64_t *ret_rows)
{
    *ret_rows = 0;
    Span span = {.unsettled = c->now.ms - AUDIT_SEAL_AGE_MS + 1, .is_odd = c->now.ms + AUDIT_CLOCK_SLACK_MS};
    Chain chain = {0};
    TRY(open_chain(c, &span, &chain));
    if (!chain.owner_id) return OK;
    span.from = month_begin(chain.month);
    span.to = month_begin(chain.month + 1);
    Sealing s = {0};
    TRY(hash_rows(c, db_query(c, OPEN_ROWS, chain.owner_id, chain.sealed_to, AUDIT_SEAL_ROWS), chain.hash, &span, &s));
    if (!s.rows) return OK;
    TRY(db_exec(c, SEAL, NULL, chain.owner_id, chain.month, chain.seq + 1, s.first_id, s.last_id, s.rows, c->now.ms, s.hash));
    *ret_rows = s.rows;
    return OK;
}

SQL_SCAN(SEALS, "verifying reads every seal",
         "SELECT owner_id, month, seq, first_id, last_id, row_count, hash FROM audit_seal ORDER BY owner_id, month, seq");
/* A row slipped in between two seals is in none of them: counted apart. */
SQL_SCAN(LOOSE_ROWS, "verifying reads every row",
         "SELECT count(*) FROM audit a WHERE a.id <= (SELECT coalesce(max(s.last_id), 0) FROM audit_seal s WHERE s.owner_id = a.owner_id)"
         " AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.owner_id = a.owner_id AND a.id >= s.first_id AND a.id <= s.last_id)");
SQL(SEALED_ROWS, "SELECT id, at, coalesce(person_id, 0), verb, object, object_id, unit_id, detail FROM audit"
                 " WHERE owner_id = $1 AND id >= $2 AND id <= $3 ORDER BY id");

Err audit_verify(Ctx *c, int64_t *ret_seals, int64_t *ret_bad)
{
    int64_t seals = 0, bad = 0;
    Chain before = {0};
    Rows r = db_query(c, SEALS);
    while (db_next(&r)) {
        Chain now = {.owner_id = db_i64(&r, 0), .month = db_i64(&r, 1), .seq = db_i64(&r, 2), .hash = db_str(&r, 6)};
        bool same = now.owner_id == before.owner_id && now.month == before.month;
        Sealing s = {0};
        TRY(hash_rows(c, db_query(c, SEALED_ROWS, now.owner_id, db_i64(&r, 3), db_i64(&r, 4)),
                      same ? before.hash : S(""), NULL, &s));
        bool in_order = now.seq == (same ? before.seq + 1 : 1);
        bad += !in_order || s.rows != db_i64(&r, 5) || !str_eq(s.hash, now.hash);
        seals++;
        before = now;
    }
    TRY(db_done(&r));
    int64_t loose = 0;
    TRY(db_one_i64(c, LOOSE_ROWS, &loose));
    *ret_seals = seals;
    *ret_bad = bad + loose;
    return OK;
}

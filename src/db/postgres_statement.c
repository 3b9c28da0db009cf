/* One statement on PostgreSQL: its parameters' types, preparing and running it in
   one trip, and the values that come out. */
#include "db/postgres_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "db/postgres.h"

/* ---- parameters -------------------------------------------------------- */

typedef struct Values {
    int n;
    const char *text[SQL_PARAMS_MAX]; /* NULL: NULL */
    int length[SQL_PARAMS_MAX];
    int format[SQL_PARAMS_MAX]; /* 1: the bytes themselves */
} Values;

/* The type a value of this kind is declared as; 0 (the engine guesses) for NULL. */
static Oid declared(const DbVal *v)
{
    switch (v->kind) {
    case DB_NULL: return 0;
    case DB_INT: return OID_INT8;
    case DB_REAL: return OID_FLOAT8;
    case DB_TEXT: return OID_TEXT;
    case DB_BLOB: return OID_BYTEA;
    }
    return 0;
}

static bool fits(Oid type, const DbVal *v)
{
    if (v->kind == DB_NULL || type == declared(v)) return true;
    return (v->kind == DB_INT && type == OID_FLOAT8) || (v->kind == DB_TEXT && type == OID_JSONB);
}

/* Types for these values, keeping what is known of the ones that are NULL.
   True when the statement must be prepared (again). */
static bool choose_types(const Prepared *p, const DbVal *args, Oid *ret_types)
{
    bool anew = p->number == 0;
    for (int i = 0; i < p->params; i++) {
        bool same = fits(p->type[i], &args[i]);
        ret_types[i] = same ? p->type[i] : declared(&args[i]);
        anew = anew || !same;
    }
    return anew;
}

static Str number_text(Arena *arena, const DbVal *v)
{
    Buf b = buf_new(arena, 48);
    if (v->kind == DB_INT) buf_add_i64(&b, v->i);
    else buf_add_f64(&b, v->real);
    return buf_str(&b);
}

static Err value(Ctx *c, PgConn *conn, const SqlDef *def, const DbVal *v, int i, Values *ret)
{
    if (v->kind == DB_NULL) return OK;
    if (v->kind == DB_TEXT && str_has_zero(v->s))
        return fail(c, E_INVALID, T("Teksten har et usynligt tegn, der ikke kan gemmes. Skriv den igen."));
    if (v->kind == DB_REAL && !(v->real - v->real == 0)) return pg_tell_own(c, conn, def, S("a number that is not finite"));
    if (v->s.n > INT32_MAX / 2) return fail(c, E_TOO_LARGE, T("Teksten eller filen er for stor."));
    bool is_number = v->kind == DB_INT || v->kind == DB_REAL;
    Str text = is_number ? number_text(c->arena, v) : v->s;
    ret->format[i] = v->kind == DB_BLOB;
    ret->length[i] = (int)text.n;
    ret->text[i] = v->kind == DB_BLOB ? (text.p ? text.p : "") : str_z(c->arena, text);
    return OK;
}

/* ---- running ----------------------------------------------------------- */

static Str ids_sql(Arena *arena, Str table)
{
    Str seq = STR_CAT(arena, S("pg_get_serial_sequence('"), table, S("', 'id')"));
    return STR_CAT(arena, S("SELECT setval("), seq, S(", greatest(max(id), coalesce(pg_sequence_last_value(CAST("), seq,
                   S(" AS regclass)), 1))) FROM "), table, S(" HAVING max(id) >= 1 AND "), seq, S(" IS NOT NULL"));
}

bool pg_move_ids(Ctx *c, PgConn *conn, Str house)
{
    Arena scratch = *c->arena;
    SqlTokens tokens = sql_tokens(&scratch, house);
    ptrdiff_t at = 0;
    Str table = {0};
    while (sqltext_next_explicit_id(&tokens, &at, &table))
        if (!pg_control(conn, str_z(&scratch, ids_sql(&scratch, table)), NULL)) return false;
    return true;
}

/* The program reads integers, reals, texts and blobs; a boolean or a numeric
   would be read as something else than SQLite gives. */
static int foreign_column(const PGresult *r)
{
    static const Oid known[] = {OID_INT8, OID_INT4, OID_INT2, OID_TEXT, OID_FLOAT8, OID_BYTEA};
    for (int col = 0; col < PQnfields(r); col++) {
        bool found = false;
        for (ptrdiff_t i = 0; i < COUNT_OF(known); i++) found = found || PQftype(r, col) == known[i];
        if (!found) return col;
    }
    return -1;
}

static void name_of(unsigned number, char ret[16])
{
    if (number == 0) ret[0] = '\0';
    else snprintf(ret, 16, "h%u", number);
}

/* What one run needs, gathered before anything is sent, so that a full arena
   cannot jump away from a half-sent trip. */
typedef struct Run {
    const SqlDef *def;
    Prepared *p;
    bool anew, ask_types; /* ask: a value is NULL and its type not yet known */
    unsigned number; /* 0: the unnamed statement of a passing text */
    const char *sql;
    Oid type[SQL_PARAMS_MAX];
    Values values;
} Run;

static void send_prepare(PgConn *conn, Trip *trip, const Run *run)
{
    char name[16], old[32];
    if (run->p->number != 0) {
        snprintf(old, sizeof old, "DEALLOCATE h%u", run->p->number);
        pg_send_control(conn, trip, old);
    }
    name_of(run->number, name);
    if (!trip->failed) pg_sent(trip, PQsendPrepare(conn->pg, name, run->sql, run->values.n, run->type));
}

/* Whether or not the run went well: is the statement on the server now? */
static void note_prepared(Run *run, const Trip *trip, int prepare)
{
    Prepared *p = run->p;
    bool there = prepare < trip->sent && pg_is_fine(trip->result[prepare]);
    p->number = there ? run->number : 0;
    if (there) memcpy(p->type, run->type, sizeof p->type);
}

/* The type to declare for what the engine would guess. */
static Oid widened(Oid guess)
{
    switch (guess) {
    case OID_INT2: case OID_INT4: return OID_INT8;
    default: return guess;
    }
}

/* Asks the engine for the types that are not known; sql: the statement without
   its NULL tests, in the engine's words. */
static bool ask(PgConn *conn, Run *run, const char *sql)
{
    Trip trip = {0};
    pg_send_pending(conn, &trip);
    if (!trip.failed) pg_sent(&trip, PQsendPrepare(conn->pg, "", sql, run->values.n, run->type));
    if (!trip.failed) pg_sent(&trip, PQsendDescribePrepared(conn->pg, ""));
    bool ok = pg_collect(conn, &trip);
    const PGresult *described = ok ? trip.result[trip.sent - 1] : NULL;
    for (int i = 0; ok && i < run->values.n; i++)
        if (run->type[i] == 0) run->type[i] = widened(PQparamtype(described, i));
    pg_end_trip(&trip);
    return ok;
}

/* A statement that the server no longer takes is prepared anew next time:
   a table changed under it, or somebody discarded it. */
static void forget_if_stale(PgConn *conn, Prepared *p)
{
    if (strcmp(conn->state, "0A000") == 0 || strcmp(conn->state, "26000") == 0) p->number = 0;
}

static bool run_trip(PgConn *conn, Run *run, PGresult **ret)
{
    Trip trip = {0};
    char name[16];
    pg_send_pending(conn, &trip);
    int prepare = trip.sent + (run->p->number != 0);
    if (run->anew) send_prepare(conn, &trip, run);
    name_of(run->number, name);
    const Values *v = &run->values;
    if (!trip.failed) pg_sent(&trip, PQsendQueryPrepared(conn->pg, name, v->n, v->text, v->length, v->format, 0));
    bool ok = pg_collect(conn, &trip);
    if (run->anew) note_prepared(run, &trip, prepare);
    if (!ok) forget_if_stale(conn, run->p);
    if (ok) {
        *ret = trip.result[trip.sent - 1];
        trip.result[trip.sent - 1] = NULL;
    }
    pg_end_trip(&trip);
    return ok;
}

Err pg_translated(Ctx *c, Str house, const char **ret)
{
    Str sql = {0};
    TRY(sqltext_translate(c, ENGINE_POSTGRES, house, &sql));
    *ret = str_z(c->arena, sql);
    return OK;
}

static Err gather(Ctx *c, PgConn *conn, const DbVal *args, int n, Run *run)
{
    Prepared *p = run->p;
    if (p->params != n) return pg_tell_own(c, conn, run->def, S("the number of values is not that of the parameters"));
    run->anew = choose_types(p, args, run->type);
    run->values.n = n;
    for (int i = 0; i < n; i++) {
        TRY(value(c, conn, run->def, &args[i], i, &run->values));
        run->ask_types = run->ask_types || (run->anew && run->type[i] == 0);
    }
    if (!run->anew) {
        run->number = p->number;
        return OK;
    }
    TRY(pg_translated(c, str_of_z(run->def->text), &run->sql));
    if (run->def->file) run->number = ++conn->last_number;
    if (!run->ask_types) return OK;
    const char *question = NULL;
    Str asked = sqltext_without_null_tests(c->arena, str_of_z(run->def->text));
    TRY(pg_translated(c, asked, &question));
    /* One that is only ever tested for NULL has no type; any will do. */
    for (int i = 0; i < n; i++)
        if (run->type[i] == 0 && !(sqltext_params_used(asked) >> i & 1u)) run->type[i] = OID_TEXT;
    return ask(conn, run, question) ? OK : pg_tell(c, conn, run->def);
}

static Err check_rows(Ctx *c, PgConn *conn, const SqlDef *def, PGresult *rows)
{
    int col = foreign_column(rows);
    if (col < 0) return OK;
    PQclear(rows);
    Buf b = buf_new(c->arena, 160);
    buf_add(&b, S("column "));
    buf_add_i64(&b, col + 1);
    buf_add(&b, S(" is no integer, real, text or blob; use CASE or CAST (doc/sql.md)"));
    return pg_tell_own(c, conn, def, buf_str(&b));
}

Err pg_start(Ctx *c, DbConn *base, const SqlDef *def, const DbVal *args, int n, struct DbCursor **ret)
{
    PgConn *conn = pg_of(base);
    TRY(pg_revive(c, conn));
    Prepared passing = {.def = def, .params = def->file ? 0 : sqltext_params(str_of_z(def->text))};
    Run run = {.def = def, .p = def->file ? pg_kept(conn, def) : &passing};
    if (!run.p) return fail(c, E_BUSY, msg_verbatim(S("no memory for a statement")));
    Arena before = *c->arena;
    TRY(gather(c, conn, args, n, &run));
    struct DbCursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor) return fail(c, E_BUSY, msg_verbatim(S("no memory for a statement")));
    PGresult *rows = NULL;
    bool ok = run_trip(conn, &run, &rows);
    *c->arena = before; /* values and text are on their way */
    *cursor = (struct DbCursor){.conn = conn, .rows = rows, .row = -1};
    if (ok && (def->file || pg_move_ids(c, conn, str_of_z(def->text)))) {
        Err err = check_rows(c, conn, def, rows);
        if (err == OK) *ret = cursor;
        else free(cursor);
        return err;
    }
    PQclear(rows);
    free(cursor);
    return pg_tell(c, conn, def);
}

int pg_step(Ctx *c, struct DbCursor *cursor)
{
    (void)c;
    if (cursor->row + 1 >= PQntuples(cursor->rows)) return 0;
    cursor->row++;
    return 1;
}

int64_t pg_changed(const struct DbCursor *cursor)
{
    int64_t n = 0;
    return str_i64(str_of_z(PQcmdTuples(cursor->rows)), &n) ? n : 0;
}

void pg_finish(struct DbCursor *cursor)
{
    PQclear(cursor->rows);
    free(cursor);
}

/* ---- values that come out ---------------------------------------------- */

static Str cell(const struct DbCursor *cursor, int col)
{
    return (Str){PQgetvalue(cursor->rows, cursor->row, col), PQgetlength(cursor->rows, cursor->row, col)};
}

bool pg_is_null(const struct DbCursor *cursor, int col)
{
    return PQgetisnull(cursor->rows, cursor->row, col) == 1;
}

double pg_real(const struct DbCursor *cursor, int col)
{
    double v = 0;
    if (!pg_is_null(cursor, col) && !str_f64(cell(cursor, col), &v)) return 0;
    return v;
}

int64_t pg_i64(const struct DbCursor *cursor, int col)
{
    int64_t v = 0;
    if (pg_is_null(cursor, col) || str_i64(cell(cursor, col), &v)) return v;
    double real = pg_real(cursor, col);
    return real > -9.2e18 && real < 9.2e18 ? (int64_t)real : 0; /* as SQLite: towards zero */
}

Bytes pg_bytes(Ctx *c, const struct DbCursor *cursor, int col)
{
    Str hex = cell(cursor, col);
    if (pg_is_null(cursor, col)) return (Bytes){0};
    if (PQftype(cursor->rows, col) != OID_BYTEA) return (Bytes){hex.p, hex.n};
    Str digits = str_sub(hex, 2, hex.n); /* behind \x */
    char *bytes = arena_take_raw(c->arena, digits.n / 2);
    if (!str_unhex(digits, bytes, digits.n / 2)) return (Bytes){0};
    return (Bytes){bytes, digits.n / 2};
}

Str pg_str(Ctx *c, const struct DbCursor *cursor, int col)
{
    if (pg_is_null(cursor, col)) return (Str){0};
    if (PQftype(cursor->rows, col) != OID_BYTEA) return cell(cursor, col);
    Bytes b = pg_bytes(c, cursor, col);
    return (Str){b.p, b.n};
}

/* ---- for sqlcheck ------------------------------------------------------ */

Err postgres_try(Ctx *c, DbConn *base, const SqlDef *def)
{
    PgConn *conn = pg_of(base);
    Prepared passing = {.def = def, .params = sqltext_params(str_of_z(def->text))};
    Run run = {.def = def, .p = &passing};
    DbVal nothing[SQL_PARAMS_MAX] = {0};
    if (passing.params < 0) return pg_tell_own(c, conn, def, S("a number of $1 … $n is skipped"));
    SqlDef unnamed = {.name = def->name, .text = def->text};
    run.def = &unnamed;
    TRY(gather(c, conn, nothing, passing.params, &run));
    Trip trip = {0};
    pg_send_pending(conn, &trip);
    send_prepare(conn, &trip, &run);
    if (!trip.failed) pg_sent(&trip, PQsendDescribePrepared(conn->pg, ""));
    if (!pg_collect(conn, &trip)) {
        pg_end_trip(&trip);
        return pg_tell(c, conn, def);
    }
    PGresult *described = trip.result[trip.sent - 1];
    trip.result[trip.sent - 1] = NULL;
    pg_end_trip(&trip);
    TRY(check_rows(c, conn, def, described));
    PQclear(described);
    return OK;
}

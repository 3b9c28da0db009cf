/* Every statement of the program against doc/sql.md, before anything runs: the
   text, both engines' opinion of it, its plan, and whose tables it touches.
   For tests only: no part of the program links it. */
#ifndef DB_SQLCHECK_H
#define DB_SQLCHECK_H

#include "base/buf.h"
#include "db/db.h"

typedef struct SqlCheck {
    const Schema *const *schemas; /* in the order of schema_apply */
    int schema_count;
    const SqlDef *const *defs; /* sql_all(), or planted ones */
    ptrdiff_t def_count;
    const char *postgres; /* address of a database to try in (nothing stays there), or NULL */
} SqlCheck;

/* One line a problem, "file:line: NAME: what is wrong", into *out.
   Statements of files ending in _test.c are passed over; those of files ending
   in _sqlite.c or _postgres.c are tried on that engine only and may leave the
   subset's words. Errors: E_BUSY or E_BROKEN when the checker itself cannot
   work (no database); problems are no error. */
MUST Err sqlcheck_run(Ctx *c, const SqlCheck *what, Buf *out, int *ret_problems);

/* ---- inside ------------------------------------------------------------ */

typedef struct SqlReport {
    Buf *out;
    int problems;
} SqlReport;

/* Joined of up to four parts; empty ones vanish. */
void sql_report(SqlReport *report, const SqlDef *def, Str a, Str b, Str c, Str d);
/* The rules that need nothing but the text (sqllint.c). Scratch by value. */
void sql_lint(SqlReport *report, const SqlDef *def, Arena scratch);

#endif

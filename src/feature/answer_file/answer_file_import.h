/* Answers in bulk (FORMATS §3). */
#ifndef FEATURE_ANSWER_FILE_ANSWER_FILE_IMPORT_H
#define FEATURE_ANSWER_FILE_ANSWER_FILE_IMPORT_H

#include "feature/answer_file/answer_file_map.h"

enum { ANSWER_FILE_BYTES = 1 << 30 };

typedef struct Refusal {
    int64_t line;        /* physical, the header being 1 */
    Str column, reason;  /* English; column empty: the whole row */
    Str raw;             /* the row as it stands; empty where it cannot be read */
} Refusal;
typedef struct Refusals { Refusal *v; ptrdiff_t n, room; } Refusals;

typedef struct AnswerImport {
    int64_t read, stored, repeated, refused;
    Refusals refusals;   /* in the order of the file */
} AnswerImport;

/* Inside a write: the whole file in one transaction, so that a reader sees all
   of it or nothing, and a second run after any end finds each row_id once. Rows
   are read, looked up and stored some hundred at a time, and counted in memory:
   the memory is that of the tallies and the refusals, not of the rows.
   rows: the file behind its header; its text must outlive *ret.
   Errors: E_CONFLICT with an English sentence where mapping and store disagree
           (a parent that is not there, an invited unit nobody knows), and when
           the wave takes no imports; nothing is stored then. */
MUST Err answer_file_import(Ctx *c, const Wave *wave, const Plan *plan, Csv rows, AnswerImport *ret);

/* The file of refused rows: header, and the input's own columns behind it. */
void answer_file_refused_write(Ctx *c, const Plan *plan, char delimiter, const Refusals *refusals, Buf *out);

#endif

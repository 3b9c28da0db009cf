/* The one place where anything is written (DESIGN "The way of a request").
   Writes of many users share one transaction: each runs in a savepoint of its
   own, the batch commits once, and only then is any of them answered. So an
   acknowledged write is stored, and one disk flush serves all who waited.

   Batch: at most 128 jobs or 10 ms of work. A job that fails rolls back its own
   savepoint; its ctx_record hooks then run, in a savepoint each. After any
   error the writer looks whether the transaction still stands (SQLITE_FULL,
   IOERR, NOMEM end it; so does a failed COMMIT): if not, every job of the batch
   is rewound and runs again alone in a transaction of its own, once; one that
   fails again by the engine's fault is answered E_BUSY. So a write touches only
   its Ctx and the database; other effects go through ctx_after_commit.
   A full arena inside a write is that job's E_TOO_LARGE.

   PostgreSQL: the same on a small pool of connections, SERIALIZABLE, batches of
   one group of writes (WriteJob.group), a group by one connection at a time,
   retried on 40001 and 40P01 at most five times. */
#ifndef DB_WRITER_H
#define DB_WRITER_H

#include "db/db.h"

typedef struct Writer Writer;

typedef struct WriterOptions {
    int queue_max;   /* 1,000 unless set; beyond: E_BUSY */
    int batch_max;   /* 128 unless set */
    int batch_ms;    /* 10 unless set */
    int connections; /* PostgreSQL; 2 unless set */
} WriterOptions;

typedef struct WriteJob WriteJob;
struct WriteJob {
    Ctx *c;
    Err (*write)(Ctx *c);
    /* After the commit that holds it is durable, or after it failed for good:
       on a writer thread, quick, never a database call. c->err is the result, and
       c->is_uncertain may stand beside it. */
    void (*done)(WriteJob *job, Err result);
    void *user;
    const char *group; /* feature name; static text */
    WriteJob *next;    /* the writer's */
    CtxMark mark;      /* the writer's */
    Err result;        /* the writer's */
};

MUST Err writer_open(Ctx *c, Store *store, WriterOptions options, Writer **ret);
/* Takes no more, finishes what is queued, ends its threads. */
void writer_close(Writer *w);
/* E_BUSY when the queue is full (nothing happened, done is not called). The
   job and its Ctx belong to the writer until done is called. */
MUST Err writer_submit(Writer *w, WriteJob *job);
/* The same from a command, job or test: waits until durable. */
MUST Err writer_run(Writer *w, Ctx *c, const char *group, Err (*write)(Ctx *c));

typedef struct WriterFigures {
    int64_t batches, jobs, rerun, refused, retried; /* since start */
    int queued;
} WriterFigures;
WriterFigures writer_figures(const Writer *w);

/* ---- increments merged within a batch ---------------------------------- */

enum { MERGE_KEY_INTS = 6 };
typedef struct MergeItem {
    int64_t key[MERGE_KEY_INTS]; /* unused ones 0 */
    int64_t add;
} MergeItem;
/* flush writes the batch's sums in one statement (sorted by key, so that two
   PostgreSQL writers lock in the same order) just before COMMIT, or at the end
   of the job when it runs alone. Its failure is the batch's failure. */
typedef struct MergeSpec {
    const char *name;
    Err (*flush)(Ctx *c, const MergeItem *items, ptrdiff_t n);
} MergeSpec;
/* Inside a write. Dropped with the job's savepoint if the job fails. */
void db_merge(Ctx *c, const MergeSpec *spec, const int64_t key[MERGE_KEY_INTS], int64_t add);

/* ---- rows appended together -------------------------------------------------- */

enum { APPEND_COLUMNS = 8 };

typedef struct AppendedRows {
    const DbVal *v; /* n times columns, row by row in the order they were appended */
    ptrdiff_t n;
    int columns;
} AppendedRows;
/* flush writes the rows of all jobs of a batch just before COMMIT, before the
   sums, or at the end of the job when it runs alone; its failure is the batch's.
   For rows that cannot conflict and that nobody reads in the same write, nor a
   later write of the same batch: one trip to PostgreSQL instead of one for each. */
typedef struct AppendSpec {
    const char *name;
    Err (*flush)(Ctx *c, AppendedRows rows);
} AppendSpec;
/* Inside a write: a row of ints and texts, copied, as wide as all of its kind.
   Dropped with the job's savepoint if the job fails. */
void db_append_(Ctx *c, const AppendSpec *spec, const DbVal *v, int columns);
#define db_append(c, spec, ...) db_append_((c), (spec), DB_ARGS_(__VA_ARGS__))

/* What a flush mostly comes to. `one` stores a single row, its $1 … its columns.
   `many` stores many: its $1 is a JSON array of arrays for ROWS() (doc/sql.md).
   SQLite is given `one` for each row, a quarter faster there than JSON; PostgreSQL
   `many` for 4,096 at a time, several times faster there than single ones. */
MUST Err db_rows_write(Ctx *c, const SqlDef *one, const SqlDef *many, AppendedRows rows);
/* The same of increments: the columns are the first `keys` ints of the key, and
   what to add. */
MUST Err db_merge_write(Ctx *c, const SqlDef *one, const SqlDef *rows, int keys, const MergeItem *items, ptrdiff_t n);

#endif

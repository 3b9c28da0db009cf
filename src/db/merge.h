/* Increments of one batch (private to db/; db_merge of writer.h fills them).
   What a job adds waits until its savepoint is released and is then summed by
   key; so a failed job leaves nothing. Owned by one writer thread and reused
   from batch to batch. */
#ifndef DB_MERGE_H
#define DB_MERGE_H

#include "db/writer.h"

enum { MERGE_SPECS = 32 }; /* kinds of increments in one batch; beyond: E_BROKEN for the job */

enum { APPEND_SPECS = 4 }; /* kinds of appended rows in one batch; beyond: E_BROKEN for the job */

typedef struct MergeSums MergeSums;

struct WriteBatch {
    struct MergePending {
        const MergeSpec *spec;
        MergeItem item;
    } * pending; /* of the job that runs */
    ptrdiff_t n, room;
    Err err; /* of db_merge, which itself cannot fail: found when its job ends */
    MergeSums *sums[MERGE_SPECS];
    int specs;
    struct Appended {
        const AppendSpec *spec;
        int columns;
        DbVal *v; /* of jobs done, then of the one that runs; i of a text is where it begins in bytes */
        char *bytes;
        ptrdiff_t n, room, bytes_n, bytes_room;
        ptrdiff_t kept, bytes_kept; /* of jobs done */
    } appended[APPEND_SPECS];
    int append_specs;
};

/* Forgets what the running job added. */
void merge_drop(struct WriteBatch *batch);
/* Adds it to the batch's sums, all or nothing. E_BUSY without memory, E_BROKEN
   beyond MERGE_SPECS; told in c. */
MUST Err merge_keep(Ctx *c, struct WriteBatch *batch);
/* Gives every sum to its spec, sorted by key; sums stay until merge_clear. */
MUST Err merge_flush(Ctx *c, struct WriteBatch *batch);
void merge_clear(struct WriteBatch *batch);
void merge_close(struct WriteBatch *batch);

#endif

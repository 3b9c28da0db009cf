/* The kinds of `traad stats`: one function each, from a table to a table.
   Private to this folder. */
#ifndef FEATURE_STATFILE_KINDS_H
#define FEATURE_STATFILE_KINDS_H

#include "feature/statfile/statfile_table.h"

typedef struct Kind {
    Str name;
    const Column *columns; /* those that run() reads, in its order */
    int width;
    Str header; /* of the result */
    Err (*run)(Ctx *c, const Table *t, Buf *out);
} Kind;

extern const Kind kind_share, kind_compare, kind_paired, kind_cluster, kind_mean;
extern const Kind kind_funnel, kind_wait, kind_agree;

#endif

/* `traad stats KIND FILE.csv`: statistics without a store (FORMATS §5). */
#ifndef FEATURE_STATFILE_H
#define FEATURE_STATFILE_H

#include "core/feature.h"

extern const Feature statfile_feature;

/* Ended by a row without name. */
extern const Command statfile_commands[];

/* The same on a text in memory: the table of `kind` computed from `text` into
   *out, as CSV with LF.
   Errors: E_INVALID where the kind is unknown; E_CONFLICT where the text is no
           such table (the sentence names line and column); E_TOO_LARGE where
           the result does not fit into *out. What stands in *out then is not
           to be used. */
MUST Err statfile_compute(Ctx *c, Str kind, Str text, Buf *out);

#endif

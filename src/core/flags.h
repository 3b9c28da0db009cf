/* The words after a command: `--name value` in any order, and `--name` alone. */
#ifndef CORE_FLAGS_H
#define CORE_FLAGS_H

#include "core/feature.h"

typedef struct Flag {
    const char *name;  /* "--wave" */
    Str *value;        /* NULL: takes none */
    bool *is_given;    /* with value NULL */
    bool is_needed;
} Flag;

/* Errors: E_INVALID with an English sentence for a word that is unknown, given
   twice, without its value, or missing. Values are left as the caller had them
   where a flag is not given. */
MUST Err flags_read(Ctx *c, Args args, const Flag *all, ptrdiff_t n);
/* Do the words fit the command's own usage line ("--wave NAME (--unit CODE | --all) [--share K/N]")? It is asked
   before a store is opened, so that wrong use is told as such also where there is none. Values, and what excludes
   what, are the command's own to look at.
   Errors: E_INVALID for an unknown or missing flag, a missing value, and too few or too many words. */
MUST Err flags_fit(Ctx *c, const Command *command, Args args);
/* E_INVALID, "what which". */
MUST Err flags_wrong(Ctx *c, Str what, Str which);

#endif

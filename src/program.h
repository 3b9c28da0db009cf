/* The program around the house: what main.c, commands.c and serve.c share. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "core/app.h"
#include "core/feature.h"

/* All schemas of features[], in order; *ret_n of them. */
const Schema *const *program_schemas(Ctx *c, int *ret_n);

/* Opens secrets and store by the settings; with `make`, makes what is missing
   and brings schemas up to date. Closed by program_close. */
MUST Err program_open(Ctx *c, bool make);
/* Also a writer, for commands that write. */
MUST Err program_open_writer(Ctx *c);
void program_close(Ctx *c);

/* The commands that belong to the program itself; ended by a row without name. */
extern const Command program_commands[];
/* Serves until SIGTERM or SIGINT. */
MUST Err program_serve(Ctx *c, Args args, Buf *out);
/* Help for all commands, or for one. */
MUST Err program_help(Ctx *c, Args args, Buf *out);
/* By its words at the front of args, longest name first; NULL: none. */
const Command *program_find(Args args, ptrdiff_t *ret_words);

/* Writes a Buf to standard output and empties it. E_BUSY when it cannot be written (a full disk);
   that whoever read us has gone is no failure. */
MUST Err program_print(Ctx *c, Buf *out);

#endif

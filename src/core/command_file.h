/* Files that commands read and write (FORMATS §6: one English line per failure).
   Every failure here is E_CONFLICT with "PATH: reason". */
#ifndef CORE_COMMAND_FILE_H
#define CORE_COMMAND_FILE_H

#include "base/buf.h"
#include "base/ctx.h"

/* *ret: the whole file, mapped until the Ctx ends (or is rewound); empty when the
   file is. Refuses what is no regular file, and more than max_bytes (whole MB).
   Never waits for a pipe's other end. */
MUST Err command_file_read(Ctx *c, Str path, int64_t max_bytes, Str *ret);
/* What came of an import's rows (units, items), as FORMATS §6 has it: "read 12 rows, stored 9,
   repeated 2, refused 1" and a line feed. */
void command_file_told(Buf *out, int64_t read, int64_t stored, int64_t repeated, int64_t refused);

/* A file in the making: PATH.part-XXXXXXXX, made now, so that a command learns of a
   folder that is not there before it stores anything. mode: permission bits of
   the new file. Ends with the Ctx: what was not stored whole leaves nothing behind.
   What is there and is no file (a pipe, a terminal, all in /dev and /proc) is written to as it is; a folder is
   refused. */
typedef struct NewFile NewFile;
MUST Err command_file_new(Ctx *c, Str path, int mode, NewFile **ret);
/* Writes all bytes, makes them durable and gives the file its name: nobody ever
   finds half of it (except in a pipe or terminal). To be called once. */
MUST Err command_file_store(Ctx *c, NewFile *file, Str bytes);

#endif

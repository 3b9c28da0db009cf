/* What the files of this folder share: a file of units as it was read, and the
   faults found in it. */
#ifndef CORE_ORGANISATION_ORGANISATION_INSIDE_H
#define CORE_ORGANISATION_ORGANISATION_INSIDE_H

#include "base/codes.h"
#include "core/organisation/organisation.h"

/* One row as the file has it; texts point into the file's bytes or the arena. */
typedef struct FileUnit {
    int64_t line; /* of a unit that is made: of the first row that needs it */
    Str code, name, kind, parent_code, note;
    Date valid_from, valid_to; /* valid_to day 0: until further notice */
    Strs succeeds;
    bool is_made; /* a register's municipality or region: no row of its own */
} FileUnit;

/* The fault of the smallest line; of two on one line the first told. */
typedef struct FileFault {
    int64_t line; /* 0: none */
    Str what;     /* English, without line end */
} FileFault;
void file_fault(FileFault *fault, int64_t line, Str what);

struct UnitFile {
    FileUnit *v;
    ptrdiff_t n;
    int64_t rows;     /* of the file, without its header */
    bool is_whole;    /* every row gave a unit: a code that is not here is not in the file */
    bool has_lineage; /* there is a column succeeds */
    bool has_notes;
    FileFault fault;
};

bool unit_is_code(Str code);
/* Without line ends and other control characters. */
bool unit_is_one_line(Str name);
/* A value in a sentence: at most 40 characters, nothing that breaks the line. */
Str unit_shown(Arena *arena, Str value);
Str unit_number(Arena *arena, int64_t n);

/* Columns 0–9: id, owner, version, code, kind, parent (0 or NULL: none), name, valid
   from, valid to, name to sort by. */
Unit unit_of_row(const Rows *r);

/* Inside a write: the reach of a new unit without units below it. */
MUST Err unit_reach_add(Ctx *c, UnitId id);
/* Inside a write, after its parent was changed: the reach of it and all below. */
MUST Err unit_reach_move(Ctx *c, UnitId id);

/* Inside a write: the newer unit succeeds the older one. */
MUST Err unit_succeed(Ctx *c, UnitId newer, UnitId older);

#endif

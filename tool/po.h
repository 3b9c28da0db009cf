/* Reads the part of gettext's PO format that po/en.po uses, makes the C table
   of render/translation.h from it, and says what a translation lacks. Own
   code, since libgettextpo is GPL and msgfmt's .mo would need a reader as
   long as this. */
#ifndef TOOL_PO_H
#define TOOL_PO_H

#include "base/buf.h"

typedef struct PoEntry {
    Str context, text, plural; /* msgctxt, msgid, msgid_plural */
    Str form[2];               /* msgstr, or msgstr[0] and msgstr[1] */
    bool is_fuzzy;
    int line;                  /* of its msgid, from 1 */
} PoEntry;

typedef struct Po {
    PoEntry *v; /* ordered by context, then text; without the header and obsolete entries */
    ptrdiff_t n;
} Po;

typedef struct PoFault {
    int line; /* 0: the whole file */
    Str what;
} PoFault;

enum { PO_MAX_INPUT = 8 << 20, PO_MAX_ENTRIES = 100000 };

/* False with *ret_fault at the first line that is not PO, or a text twice. */
bool po_parse(Arena *arena, Str text, Po *ret, PoFault *ret_fault);
/* The C file; unfinished entries (fuzzy, empty) are left out. */
Str po_table(Arena *arena, const Po *po);
/* One English line for each thing wrong, "" when all of `wanted` (the texts of
   the program) is translated, nothing else is, and {1}…{4} agree. */
Str po_check(Arena *arena, const Po *po, const Po *wanted, Str file);

#endif

/* The tree of who belongs where, with validity and lineage. Rows say what holds
   now; what held before is kept aside, and a survey wave keeps its own copy of
   the tree, so that a merger never changes last year's figures.
   Sources: FORMATS §1, DOMAIN §0.5 (kinds are rows, no fixed levels). */
#ifndef CORE_ORGANISATION_ORGANISATION_H
#define CORE_ORGANISATION_ORGANISATION_H

#include "db/db.h"
#include "web/web.h"

typedef struct UnitId {
    int64_t v;
} UnitId;

typedef struct Unit {
    UnitId id, parent, owner; /* parent 0: a root */
    Version version;
    Str code, kind, name;
    Date valid_from, valid_to; /* valid_to day 0: until further notice */
} Unit;
typedef struct Units {
    Unit *v;
    ptrdiff_t n;
    bool more; /* cut at the page's length */
} Units;

enum {
    UNIT_PAGE = 50,
    UNIT_CODE_MAX = 32,  /* of A–Z a–z 0–9 . _ - */
    UNIT_NAME_MAX = 200, /* characters, one line */
    UNIT_NOTE_MAX = 200,
    UNIT_DEPTH_MAX = 16, /* units above one unit */
};

/* E_NOT_FOUND without a sentence when no unit has the code. */
MUST Err organisation_by_code(Ctx *c, Str code, Unit *ret);
MUST Err organisation_by_id(Ctx *c, UnitId id, Unit *ret);
/* The municipality or region that answers for the unit in law. */
MUST Err organisation_owner(Ctx *c, UnitId id, Unit *ret);

typedef struct NewUnit {
    Str code, name, kind, parent_code; /* parent empty: a root */
    Date valid_from, valid_to;
    Str note;
} NewUnit;
/* Inside a write. Adds one unit; call organisation_reach_rebuild once after the
   last. E_INVALID with a problem by field (code, kind, parent_code, …). */
MUST Err organisation_add(Ctx *c, NewUnit unit, UnitId *ret);
/* Inside a write: rewrites the reach of every unit from the tree. */
MUST Err organisation_reach_rebuild(Ctx *c);

/* ---- files (FORMATS §1) ---------------------------------------------------- */

typedef enum OrganisationFormat {
    ORGANISATION_PLAIN = 1,
    ORGANISATION_REGISTER, /* the register of institutions, 2016 */
} OrganisationFormat;

enum { ORGANISATION_FILE_BYTES = 64 << 20, ORGANISATION_FILE_ROWS = 200000 };

typedef struct UnitFile UnitFile;

/* Reads a whole file from memory, which must outlive *ret. Delimiter , ; or tab,
   byte order mark, LF and CRLF mixed; columns by name, in any order, others are
   passed over. What is wrong in a single row is kept for organisation_import.
   Errors: E_CONFLICT for a header that cannot be used, E_TOO_LARGE beyond the
           limits above; sentences in English, for the command line. No SQL. */
MUST Err organisation_file_read(Ctx *c, Str text, OrganisationFormat format, UnitFile **ret);

typedef struct ImportCount {
    int64_t read, stored, repeated; /* rows of the file; stored: new or changed */
} ImportCount;

/* Inside a write. The file is the whole truth for the codes it names: units that
   are missing are added, those that differ are changed (organisation_edit's rule:
   unit_past keeps what held until yesterday), the others stand. With a column
   succeeds also their lineage. Everything or nothing.
   Errors: E_CONFLICT "line N: …" for the first impossible line of the file: what
           organisation_file_read kept, a code twice, an unknown kind, parent or
           predecessor, a cycle (also through units of the store), more than
           UNIT_DEPTH_MAX units above one, or a unit of the store that would pass
           to another owner in law, which wants a new code. */
MUST Err organisation_import(Ctx *c, const UnitFile *file, ImportCount *ret);

/* Scope of routes with :unit (a unit's code). */
extern const Scope scope_unit;
#define SCOPE_UNIT (&scope_unit)

#endif

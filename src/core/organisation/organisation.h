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
    Str code, kind, name, name_sort;
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
/* Inside a write: gives units that were only added theirs. */
MUST Err organisation_reach_fill(Ctx *c);

/* ---- changes that people make ------------------------------------------------ */
/* All inside a write, with an audit row each. Name, kind and parent that held
   before are kept in unit_past, so that organisation_tree_at tells last year's
   tree. What is wrong is told by field (E_INVALID); a unit that somebody has
   changed since `seen` is E_CONFLICT. No unit passes to another owner in law:
   it takes a new unit, with a new code, that succeeds the old one. */

/* Adds one unit with its reach; a parent must be given, since a new root is the
   command line's matter. */
MUST Err organisation_create(Ctx *c, NewUnit unit, UnitId *ret);

typedef struct UnitEdit {
    Str name, kind, parent_code; /* parent empty: a root */
    Date valid_from, valid_to;
} UnitEdit;
MUST Err organisation_edit(Ctx *c, UnitId id, Version seen, UnitEdit edit);

/* The unit and all of the same owner below it end with last_day, those with an
   earlier end as they are. E_INVALID when something below begins later, or
   belongs to another owner. */
MUST Err organisation_end(Ctx *c, UnitId id, Version seen, Date last_day);

typedef struct UnitSeen {
    UnitId id;
    Version seen;
} UnitSeen;
enum { UNITS_JOINED_MAX = 20 };
/* 2–20 units of one owner become one new unit from unit.valid_from on; they end
   the day before. Units below them move along, which they can only do at once:
   where there are any, the day may not lie ahead. Units that own in law
   (municipalities) with units below are not merged here: those need new codes. */
MUST Err organisation_merge(Ctx *c, const UnitSeen *old, ptrdiff_t n, NewUnit unit, UnitId *ret);

typedef struct UnitPart {
    Str code, name;
} UnitPart;
typedef struct UnitMove {
    UnitId child;
    int part; /* which of the parts it goes to, from 0 */
} UnitMove;
/* One unit becomes 2–20 of its kind and place from `day` on. Units below that
   `moves` does not name go to the first part. Days as for a merger. */
MUST Err organisation_split(Ctx *c, UnitSeen old, const UnitPart *parts, ptrdiff_t n, Date day, const UnitMove *moves,
                            ptrdiff_t n_moves, UnitId *ret_ids);

/* ---- the yearly rollover of classes ------------------------------------------ */
/* On 1 August every class below a school becomes the next one: 3.A of 2025/26 is
   succeeded by 4.A of 2026/27, a new unit, so that figures of 3.A stay 3.A's.
   Classes of the last grade end; for every 0th class a new one begins. A class is
   a unit of kind klasse whose name begins with its grade (0–10); one without a
   grade (a reception class) goes on. A class below a year group (aargang) goes to
   the year group of its new grade beside it. New codes: parent-GRADE…-YEAR. */

typedef enum RolloverAct { ROLLOVER_UP = 1, ROLLOVER_LEAVES, ROLLOVER_NEW, ROLLOVER_STAYS } RolloverAct;
typedef struct RolloverLine {
    RolloverAct act;
    UnitId old, parent;         /* NEW: old is 0; parent: of the new one */
    Str old_code, old_name;
    Str new_code, new_name;     /* UP and NEW */
} RolloverLine;
typedef struct Rollover {
    RolloverLine *v;
    ptrdiff_t n;
    Version mark; /* of all it rests on: another value when something was changed since */
} Rollover;
enum { ROLLOVER_MAX = 500 };

/* What a rollover on 1 August of `year` would do with the classes below the
   unit, by name. E_INVALID when a new code is taken or longer than a code may
   be, or a year group is missing; E_TOO_LARGE beyond ROLLOVER_MAX classes. */
MUST Err organisation_rollover_plan(Ctx *c, UnitId school, int year, int last_grade, Rollover *ret);
/* Inside a write. E_CONFLICT when the plan is not the one seen, or has been done. */
MUST Err organisation_rollover(Ctx *c, UnitId school, int year, int last_grade, Version seen);

/* ---- the tree of a day --------------------------------------------------------- */

typedef struct TreeUnit {
    Unit unit;        /* name, kind and parent as they were on the day */
    Str kind_name;    /* Danish */
    int depth;        /* below the root, which has 0 */
    int64_t children; /* that were there; also of those that are not shown */
} TreeUnit;
typedef struct Tree {
    TreeUnit *v; /* each before those below it, siblings by name */
    ptrdiff_t n;
    bool is_cut; /* levels below the last one were left out */
} Tree;
/* The units at and below root that were there on the day, as they were then.
   Whole levels only, at most depth_max below the root and at most units_max
   units; root always. E_NOT_FOUND when root was not there. */
MUST Err organisation_tree_at(Ctx *c, UnitId root, Date day, int depth_max, ptrdiff_t units_max, Tree *ret);
/* The unit as it was on the day. */
MUST Err organisation_at(Ctx *c, UnitId id, Date day, Unit *ret);

typedef struct PastName {
    Date until; /* day 0: holds now */
    Str name, kind_name, parent_code, parent_name;
} PastName;
typedef struct PastNames {
    PastName *v;
    ptrdiff_t n;
} PastNames;
/* Newest first, at most UNIT_PAGE; the first is what holds now. */
MUST Err organisation_past(Ctx *c, UnitId id, PastNames *ret);
/* Whom the unit succeeds, and who succeeds it; by name, at most UNIT_PAGE each. */
MUST Err organisation_lineage(Ctx *c, UnitId id, Units *ret_older, Units *ret_newer);

/* Lists of what the viewer may see (access: organisation/R), a page of UNIT_PAGE
   after the given place in the order of names (name_sort and id of the last one
   shown; empty and 0: from the start). */
typedef struct UnitAfter {
    Str name_sort;
    UnitId id;
} UnitAfter;
MUST Err organisation_children(Ctx *c, UnitId parent, bool also_ended, UnitAfter after, Units *ret);
/* Units whose name has the words somewhere in it, whatever its case or accents. */
MUST Err organisation_search(Ctx *c, Str words, UnitAfter after, Units *ret);
/* All at and below root that the viewer may see, as a file of FORMATS §1 (what an
   import of it reads back), parents first; also those that have ended. */
typedef struct UnitLine {
    Unit unit;
    Str parent_code, succeeds; /* codes, apart by spaces */
} UnitLine;
typedef struct UnitLines {
    UnitLine *v;
    ptrdiff_t n;
} UnitLines;
MUST Err organisation_lines(Ctx *c, UnitId root, UnitLines *ret);

typedef struct UnitKind {
    Str code, name;
    bool owns;
} UnitKind;
typedef struct UnitKinds {
    UnitKind *v;
    ptrdiff_t n;
} UnitKinds;
/* In their order; at most 100. */
MUST Err organisation_kinds(Ctx *c, UnitKinds *ret);
/* What pages call a kind, from its Danish name: the kinds that come with the
   program are known in every language, a municipality's own stays as it wrote it. */
Msg organisation_kind_words(Str name);

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

/* FORMATS §3: which column of a wide CSV is what. */
#ifndef FEATURE_ANSWER_FILE_ANSWER_FILE_MAP_H
#define FEATURE_ANSWER_FILE_ANSWER_FILE_MAP_H

#include "base/csv.h"
#include "feature/answer/answer.h"

enum { ANSWER_MAP_BYTES = 4 << 20, ANSWER_MAP_VALUES = 10000 };

/* What a value of the file becomes. */
typedef struct Recode { Str from, to; int64_t value; } Recode;
typedef struct Recodes { Recode *v; ptrdiff_t n; } Recodes;

typedef struct MapGroup {
    Str dimension, column;
    Recodes values;      /* none: the value itself is the group */
    bool is_other_blank; /* a value that is not mapped is 'uoplyst', else it refuses the row */
} MapGroup;
typedef struct MapGroups { MapGroup *v; ptrdiff_t n; } MapGroups;

typedef struct MapItem {
    Str column;
    const Item *item;
    Recodes values;
    bool is_option;      /* one column of a multiple item: 1 chosen, 0 not */
    int64_t option;
} MapItem;
typedef struct MapItems { MapItem *v; ptrdiff_t n; } MapItems;

typedef struct MapInvited { Str unit, role; int64_t n; } MapInvited;
typedef struct MapInviteds { MapInvited *v; ptrdiff_t n; } MapInviteds;

typedef struct AnswerMap {
    const Questionnaire *q;
    char delimiter;      /* ',' unless said */
    char decimal;        /* as answer_number's; unsaid '.', or any where fields end by another sign than a comma */
    Strs missing;        /* of items and groups */
    Str row_id;          /* column; empty: rows are never repeated */
    Str unit_column, unit_constant, unit_prefix;
    Recodes unit_values;
    int64_t take_first, take_count; /* characters; count −1: all */
    bool makes_units;
    Str make_kind, make_parent;
    Str role_column, role_constant; /* both empty: no role is told */
    Recodes role_values;
    MapGroups groups;
    bool is_same;        /* every column named as an item */
    MapItems items;      /* unless is_same */
    MapInviteds invited;
    Str participant_column;
    Strs participant_units;
} AnswerMap;

/* E_INVALID with a problem a fault (field: the JSON path, English). No SQL. */
MUST Err answer_file_map_read(Ctx *c, Str json, const Questionnaire *q, AnswerMap *ret);

/* ---- a header and its rows ------------------------------------------------------ */

typedef enum UseKind { USE_ROW_ID = 1, USE_UNIT, USE_ROLE, USE_GROUP, USE_ITEM, USE_PARTICIPANT } UseKind;
typedef struct Use {
    UseKind kind;
    ptrdiff_t column;    /* in the file */
    ptrdiff_t index;     /* of the group or item in the map */
} Use;
typedef struct Plan {
    const AnswerMap *map;
    Strs header;
    Use *v;              /* in the order of the columns, as faults are told */
    ptrdiff_t n;
    MapItems items;      /* the map's, or for "same" those of the header */
} Plan;

/* E_CONFLICT for a mapped column that the header lacks, or a column twice. */
MUST Err answer_file_plan(Ctx *c, const AnswerMap *map, const CsvRow *header, Plan *ret);

typedef struct FileRow {
    Str row_id;          /* empty: none */
    Str unit;            /* code */
    Str role;            /* empty: none told or blank */
    Str group[ANSWER_GROUPS_MAX]; /* by the map's groups; empty: blank */
    int participant;     /* 1, 0, −1: not told */
    Answers answers;
    Str fault_column, fault; /* English; empty: none */
    bool is_unit_first;  /* the unit's column comes before the fault's: an unknown unit would be the first fault */
} FileRow;
/* One row by the plan. Items that were not asked (ask_if) are left out. Pure. */
FileRow answer_file_row(Arena *arena, const Plan *plan, const CsvRow *row);

#endif

#include "feature/answer_file/answer_file_import.h"

#include <assert.h>

#include "base/number.h"

enum { ROWS_AT_ONCE = 400, CHUNK_BYTES = 8 << 20, CODE_SLOTS = 1024 };

/* ---- codes to ids ------------------------------------------------------------------- */

typedef struct Known {
    Str code;
    int64_t id;
    int participant; /* as the file tells; −1: nothing yet */
    bool is_lowest;
} Known;

/* Open addressing; grows in the arena that outlives the chunks. */
typedef struct KnownMap {
    Arena *arena;
    Known *v;
    ptrdiff_t n, room;
    int32_t *slots;
} KnownMap;

static int32_t *known_slot(const KnownMap *map, Str code)
{
    uint64_t mask = (uint64_t)map->room * 2 - 1;
    for (uint64_t i = str_hash(code) & mask;; i = (i + 1) & mask) {
        int32_t *slot = &map->slots[i];
        if (*slot == 0 || str_eq(map->v[*slot - 1].code, code)) return slot;
    }
}

static Known *known_find(const KnownMap *map, Str code)
{
    int32_t slot = map->room ? *known_slot(map, code) : 0;
    return slot ? &map->v[slot - 1] : NULL;
}

static void known_widen(KnownMap *map)
{
    ptrdiff_t room = map->room ? map->room * 2 : CODE_SLOTS;
    Known *v = NEW(map->arena, Known, room);
    for (ptrdiff_t i = 0; i < map->n; i++) v[i] = map->v[i];
    map->v = v;
    map->room = room;
    map->slots = NEW(map->arena, int32_t, room * 2);
    for (ptrdiff_t i = 0; i < map->n; i++) *known_slot(map, v[i].code) = (int32_t)i + 1;
}

static Known *known_add(KnownMap *map, Str code, int64_t id)
{
    if (map->n == map->room) known_widen(map);
    int32_t *slot = known_slot(map, code);
    map->v[map->n] = (Known){.code = str_copy(map->arena, code), .id = id, .participant = -1};
    *slot = (int32_t)++map->n;
    return &map->v[map->n - 1];
}

/* ---- the work ------------------------------------------------------------------------- */

typedef struct Line {
    FileRow row;
    int64_t line;
    Str raw, mac;  /* mac empty: no row id */
    bool is_spent;
} Line;

typedef struct Work {
    const Wave *wave;
    const Plan *plan;
    Csv csv;
    Arena keep;    /* for what outlives a chunk */
    KnownMap units;
    KnownMap groups[ANSWER_GROUPS_MAX]; /* by the map's groups; the last one is rolle */
    AnswerBulk *bulk;
    int64_t made;  /* units */
    AnswerImport all;
    /* of the chunk at hand */
    Line *lines;
    ptrdiff_t n;
    Strs macs;
    KnownMap taken; /* marks of rows stored in it */
} Work;

enum { ROLE_PLACE = ANSWER_GROUPS_MAX - 1 };

static Err cannot(Ctx *c, Str place, Str what, Str name)
{
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, place, S(": "), what, name)));
}

static void refuse(Work *w, const Line *line, Str column, Str reason)
{
    Refusals *r = &w->all.refusals;
    if (r->n == r->room) {
        ptrdiff_t room = r->room ? r->room * 2 : 64;
        Refusal *v = NEW(&w->keep, Refusal, room);
        for (ptrdiff_t i = 0; i < r->n; i++) v[i] = r->v[i];
        r->v = v;
        r->room = room;
    }
    r->v[r->n++] = (Refusal){line->line, column, reason, line->raw};
    w->all.refused++;
}

/* ---- reading a chunk --------------------------------------------------------------------- */

static bool read_line(Ctx *c, Work *w, Line *ret)
{
    CsvRow row = {0};
    w->csv.fault = CSV_NO_FAULT;
    if (csv_next(&w->csv, c->arena, &row)) {
        *ret = (Line){.row = answer_file_row(c->arena, w->plan, &row), .line = row.line, .raw = row.raw};
        return true;
    }
    if (w->csv.fault == CSV_NO_FAULT) return false;
    *ret = (Line){.row = {.fault = csv_fault_text(w->csv.fault)}, .line = row.line};
    csv_skip_row(&w->csv);
    return true;
}

static void read_chunk(Ctx *c, Work *w)
{
    w->lines = NEW(c->arena, Line, ROWS_AT_ONCE);
    w->n = 0;
    const char *begin = c->arena->next;
    while (w->n < ROWS_AT_ONCE && c->arena->next - begin < CHUNK_BYTES && read_line(c, w, &w->lines[w->n])) w->n++;
    w->all.read += w->n;
}

static Err mark_spent(Ctx *c, Work *w)
{
    Strs macs = {.v = NEW(c->arena, Str, w->n)};
    Line **of = NEW(c->arena, Line *, w->n);
    for (ptrdiff_t i = 0; i < w->n; i++) {
        Line *line = &w->lines[i];
        if (line->row.row_id.n == 0) continue;
        TRY(survey_mac(c, w->wave, SPENT_ROW, line->row.row_id, &line->mac));
        of[macs.n] = line;
        macs.v[macs.n++] = line->mac;
    }
    bool *spent = NEW(c->arena, bool, macs.n);
    TRY(survey_spent_find(c, w->wave->id, macs, spent));
    for (ptrdiff_t i = 0; i < macs.n; i++) of[i]->is_spent = spent[i];
    return OK;
}

/* ---- one row -------------------------------------------------------------------------------- */

static Err make_unit(Ctx *c, Work *w, Str code, Known **ret)
{
    const AnswerMap *map = w->plan->map;
    UnitId id = {0};
    Err err = organisation_add(c, (NewUnit){.code = code, .name = code, .kind = map->make_kind, .parent_code = map->make_parent,
                                            .valid_from = survey_tree_day(w->wave)}, &id);
    if (err == E_INVALID && c->problems) {
        Str field = c->problems->field;
        ctx_forgive(c);
        if (str_eq(field, S("kind"))) return cannot(c, S("make_units.kind"), S("no such kind: "), map->make_kind);
        if (str_eq(field, S("parent_code"))) return cannot(c, S("make_units.parent"), S("no such unit: "), map->make_parent);
        return cannot(c, S("make_units"), S("cannot make the unit "), code);
    }
    TRY(err);
    w->made++;
    *ret = known_add(&w->units, code, id.v);
    (*ret)->is_lowest = true;
    return OK;
}

/* *ret NULL: there is none, and none is to be made. */
static Err find_unit(Ctx *c, Work *w, Str code, Known **ret)
{
    Unit unit = {0};
    *ret = known_find(&w->units, code);
    if (*ret || !w->plan->map->makes_units) return OK;
    Err err = organisation_by_code(c, code, &unit);
    if (err == OK) return OK; /* it exists, but not in the wave's tree */
    if (err != E_NOT_FOUND) return err;
    return make_unit(c, w, code, ret);
}

static Err group_id(Ctx *c, Work *w, ptrdiff_t place, Str dimension, Str code, int64_t *ret)
{
    if (code.n == 0) code = S("uoplyst");
    Known *known = known_find(&w->groups[place], code);
    if (!known) {
        int64_t id = 0;
        TRY(survey_group(c, w->wave->id, dimension, code, &id));
        known = known_add(&w->groups[place], code, id);
    }
    *ret = known->id;
    return OK;
}

static Err groups_of(Ctx *c, Work *w, const FileRow *row, int64_t ret[ANSWER_GROUPS_MAX], ptrdiff_t *ret_n)
{
    const AnswerMap *map = w->plan->map;
    ptrdiff_t n = 0;
    if (map->role_column.n) TRY(group_id(c, w, ROLE_PLACE, S("rolle"), row->role, &ret[n++]));
    for (ptrdiff_t i = 0; i < map->groups.n; i++) TRY(group_id(c, w, i, map->groups.v[i].dimension, row->group[i], &ret[n++]));
    *ret_n = n;
    return OK;
}

static Err store_line(Ctx *c, Work *w, Line *line, Known *unit)
{
    int64_t groups[ANSWER_GROUPS_MAX];
    ptrdiff_t n = 0;
    TRY(groups_of(c, w, &line->row, groups, &n));
    answer_bulk_add(c, w->bulk, (UnitId){unit->id}, groups, n, line->row.answers);
    if (line->row.participant >= 0) unit->participant = line->row.participant;
    if (line->mac.n) {
        w->macs.v[w->macs.n++] = line->mac;
        known_add(&w->taken, line->mac, 0);
    }
    w->all.stored++;
    return OK;
}

static const Str no_such_unit = S_INIT("the wave has no such unit");

static Err take_line(Ctx *c, Work *w, Line *line)
{
    Known *unit = NULL;
    const FileRow *row = &line->row;
    const AnswerMap *map = w->plan->map;
    if (line->is_spent || (line->mac.n && known_find(&w->taken, line->mac))) {
        w->all.repeated++;
        return OK;
    }
    if (row->fault.n) {
        bool is_unit = row->is_unit_first && !str_eq(row->fault_column, map->unit_column) && !map->makes_units &&
                       !known_find(&w->units, row->unit);
        if (is_unit) refuse(w, line, map->unit_column, no_such_unit);
        else refuse(w, line, row->fault_column, row->fault);
        return OK;
    }
    TRY(find_unit(c, w, row->unit, &unit));
    if (!unit) {
        refuse(w, line, map->unit_column, no_such_unit);
        return OK;
    }
    if (row->participant >= 0 && unit->participant >= 0 && unit->participant != row->participant) {
        refuse(w, line, map->participant_column, S("an earlier row says otherwise about the same unit"));
        return OK;
    }
    return store_line(c, w, line, unit);
}

/* ---- a chunk ----------------------------------------------------------------------------------- */

static Err take_chunk(Ctx *c, Work *w)
{
    read_chunk(c, w);
    TRY(mark_spent(c, w));
    w->taken = (KnownMap){.arena = c->arena};
    w->macs = (Strs){.v = NEW(c->arena, Str, w->n)};
    for (ptrdiff_t i = 0; i < w->n; i++) TRY(take_line(c, w, &w->lines[i]));
    TRY(answer_bulk_flush(c, w->bulk));
    return survey_spend_all(c, w->wave->id, w->macs);
}

/* ---- before and after ---------------------------------------------------------------------------- */

static Err know_units(Ctx *c, Work *w)
{
    WaveUnits units = {0};
    TRY(survey_units(c, w->wave->id, &units));
    for (ptrdiff_t i = 0; i < units.n; i++) known_add(&w->units, units.v[i].code, units.v[i].id.v)->is_lowest = units.v[i].is_lowest;
    return OK;
}

/* In the order of the mapping, so that reports name them so. */
static Err know_groups(Ctx *c, Work *w)
{
    const AnswerMap *map = w->plan->map;
    int64_t id = 0;
    for (ptrdiff_t i = 0; i < map->role_values.n && map->role_column.n; i++)
        TRY(group_id(c, w, ROLE_PLACE, S("rolle"), map->role_values.v[i].to, &id));
    for (ptrdiff_t g = 0; g < map->groups.n; g++)
        for (ptrdiff_t i = 0; i < map->groups.v[g].values.n; i++)
            TRY(group_id(c, w, g, map->groups.v[g].dimension, map->groups.v[g].values.v[i].to, &id));
    return OK;
}

static Err check_parent(Ctx *c, const Work *w)
{
    const AnswerMap *map = w->plan->map;
    Unit parent = {0};
    if (!map->makes_units) return OK;
    Err err = organisation_by_code(c, map->make_parent, &parent);
    if (err == E_NOT_FOUND) return cannot(c, S("make_units.parent"), S("no such unit: "), map->make_parent);
    return err;
}

static Str place_in(Ctx *c, Str list, ptrdiff_t i, Str key)
{
    Buf b = buf_new(c->arena, 80);
    buf_add(&b, list);
    buf_add_char(&b, '[');
    buf_add_i64(&b, i);
    buf_add_char(&b, ']');
    buf_add(&b, key);
    return buf_str(&b);
}

/* Units that only the mapping names are made like those of the rows. */
static Err make_named(Ctx *c, Work *w)
{
    const AnswerMap *map = w->plan->map;
    Known *unit = NULL;
    for (ptrdiff_t i = 0; i < map->invited.n; i++) {
        TRY(find_unit(c, w, map->invited.v[i].unit, &unit));
        if (!unit) return cannot(c, place_in(c, S("invited"), i, S(".unit")), S("the wave has no such unit: "), map->invited.v[i].unit);
    }
    for (ptrdiff_t i = 0; i < map->participant_units.n; i++) {
        TRY(find_unit(c, w, map->participant_units.v[i], &unit));
        if (!unit)
            return cannot(c, place_in(c, S("participant.units"), i, S("")), S("the wave has no such unit: "), map->participant_units.v[i]);
    }
    return OK;
}

static Err take_tree(Ctx *c, Work *w)
{
    WaveUnit unit = {0};
    if (!w->made) return OK;
    TRY(organisation_reach_rebuild(c));
    TRY(survey_tree_take(c, w->wave->id));
    /* A parent outside the wave's reach would leave its rows without a place in any report. */
    for (ptrdiff_t i = w->units.n - w->made; i < w->units.n; i++) {
        Err err = survey_unit(c, w->wave->id, w->units.v[i].code, &unit);
        if (err == E_NOT_FOUND) return cannot(c, S("make_units"), S("the wave's tree does not take in the unit "), w->units.v[i].code);
        TRY(err);
    }
    return OK;
}

static Err set_invited(Ctx *c, const Work *w)
{
    const MapInviteds *all = &w->plan->map->invited;
    for (ptrdiff_t i = 0; i < all->n; i++) {
        const Known *unit = known_find(&w->units, all->v[i].unit);
        TRY(survey_invited_set(c, w->wave->id, (UnitId){unit->id}, all->v[i].role, all->v[i].n));
    }
    return OK;
}

/* Naming the participants says of all other lowest units that they are none. */
static Err set_participants(Ctx *c, const Work *w)
{
    const Strs *named = &w->plan->map->participant_units;
    for (ptrdiff_t i = 0; i < named->n; i++) known_find(&w->units, named->v[i])->participant = 1;
    for (ptrdiff_t i = 0; i < w->units.n; i++) {
        const Known *unit = &w->units.v[i];
        bool is_none = named->n && unit->is_lowest && unit->participant < 0;
        if (unit->participant >= 0 || is_none)
            TRY(survey_participant_set(c, w->wave->id, (UnitId){unit->id}, unit->participant == 1));
    }
    return OK;
}

static Work *work_new(Ctx *c, const Wave *wave, const Plan *plan, Csv rows)
{
    Work *w = NEW(c->arena, Work, 1);
    *w = (Work){.wave = wave, .plan = plan, .csv = rows, .keep = arena_keep(c->arena)};
    w->units.arena = &w->keep;
    w->bulk = answer_bulk_new(&w->keep, wave->id, plan->map->q);
    for (ptrdiff_t i = 0; i < ANSWER_GROUPS_MAX; i++) w->groups[i].arena = &w->keep;
    return w;
}

static Err take_rows(Ctx *c, Work *w)
{
    do {
        Arena before = *c->arena;
        const CtxHook *at_end = c->at_end, *after_commit = c->after_commit;
        TRY(take_chunk(c, w));
        /* Rows leave nothing behind; a hook would lie in what is rewound. */
        assert(c->at_end == at_end && c->after_commit == after_commit);
        *c->arena = before;
    } while (w->n);
    return OK;
}

Err answer_file_import(Ctx *c, const Wave *wave, const Plan *plan, Csv rows, AnswerImport *ret)
{
    Wave *now = NEW(c->arena, Wave, 1);
    TRY(survey_by_id(c, wave->id, now)); /* it may have closed while the file was read */
    TRY(survey_takes_import(c, now));
    Work *w = work_new(c, now, plan, rows);
    TRY(check_parent(c, w));
    TRY(know_units(c, w));
    TRY(know_groups(c, w));
    TRY(take_rows(c, w));
    TRY(make_named(c, w));
    TRY(take_tree(c, w));
    TRY(set_invited(c, w));
    TRY(set_participants(c, w));
    answer_bulk_merge(c, w->bulk);
    *ret = w->all;
    return OK;
}

/* ---- what was refused ---------------------------------------------------------------------------- */

static void add_field(Buf *out, Str s)
{
    bool is_quoted = str_find_char(s, ',', 0) >= 0 || str_find_char(s, '"', 0) >= 0 || str_find_char(s, '\n', 0) >= 0 ||
                     str_find_char(s, '\r', 0) >= 0;
    if (!is_quoted) {
        buf_add(out, s);
        return;
    }
    buf_add_char(out, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_add_char(out, '"');
        buf_add_char(out, s.p[i]);
    }
    buf_add_char(out, '"');
}

/* As many fields as the header has, whatever the row had. */
static void add_refusal(Arena scratch, const Plan *plan, char delimiter, const Refusal *r, Buf *out)
{
    Csv csv = csv_open(r->raw, delimiter);
    CsvRow row = {0};
    bool reads = r->raw.n > 0 && csv_next(&csv, &scratch, &row);
    buf_add_i64(out, r->line);
    buf_add_char(out, ',');
    add_field(out, r->column);
    buf_add_char(out, ',');
    add_field(out, r->reason);
    for (ptrdiff_t i = 0; i < plan->header.n; i++) {
        buf_add_char(out, ',');
        if (reads && i < row.n) add_field(out, row.v[i]);
    }
    buf_add_char(out, '\n');
}

void answer_file_refused_write(Ctx *c, const Plan *plan, char delimiter, const Refusals *refusals, Buf *out)
{
    buf_add(out, S("line,column,reason"));
    for (ptrdiff_t i = 0; i < plan->header.n; i++) {
        buf_add_char(out, ',');
        add_field(out, plan->header.v[i]);
    }
    buf_add_char(out, '\n');
    for (ptrdiff_t i = 0; i < refusals->n; i++) add_refusal(*c->arena, plan, delimiter, &refusals->v[i], out);
}

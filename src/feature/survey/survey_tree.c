/* The wave's own copy of the organisation, and what is counted in it. */
#include "base/buf.h"
#include "base/csv.h"
#include "base/number.h"
#include "feature/survey/survey_inside.h"
#include "text/name.h"

/* ---- the organisation as it was on a day --------------------------------------- */

typedef struct Node {
    int64_t id, parent_id; /* parent 0: a root */
    Str code, name, kind;
    ptrdiff_t parent;      /* index; -1: none in the tree */
    int depth;             /* -1: not yet known, -2: left out */
} Node;
typedef struct Nodes {
    Node *v;
    ptrdiff_t n;
} Nodes;

/* unit_past tells what held until a day; the row itself what holds after the last of them. */
#define VALID_ON "u.valid_from <= $1 AND (u.valid_to IS NULL OR u.valid_to >= $1)"
SQL(COUNT_ON, "SELECT count(*) FROM v_organisation_unit u WHERE " VALID_ON);
SQL(UNITS_ON, "SELECT u.id, coalesce(CASE WHEN p.unit_id IS NULL THEN u.parent_id ELSE p.parent_id END, 0), u.code,"
              " CASE WHEN p.unit_id IS NULL THEN u.name ELSE p.name END, CASE WHEN p.unit_id IS NULL THEN u.kind ELSE p.kind END"
              " FROM v_organisation_unit u LEFT JOIN v_organisation_past p ON p.unit_id = u.id AND p.until ="
              " (SELECT min(q.until) FROM v_organisation_past q WHERE q.unit_id = u.id AND q.until >= $1)"
              " WHERE " VALID_ON " ORDER BY u.id LIMIT $2");

static Err units_on(Ctx *c, Date day, Nodes *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT_ON, &n, day));
    if (n > WAVE_UNITS_MAX) return fail(c, E_TOO_LARGE, T("En måling kan højst have 200.000 enheder."));
    Nodes all = {.v = NEW(c->arena, Node, n)};
    Rows r = db_query(c, UNITS_ON, day, n);
    while (all.n < n && db_next(&r)) {
        all.v[all.n++] = (Node){
            .id = db_i64(&r, 0),
            .parent_id = db_i64(&r, 1),
            .code = db_str(&r, 2),
            .name = db_str(&r, 3),
            .kind = db_str(&r, 4),
            .parent = -1,
            .depth = -1,
        };
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

/* Nodes are ordered by id. */
static ptrdiff_t node_of(const Nodes *all, int64_t id)
{
    ptrdiff_t low = 0, high = all->n;
    while (low < high) {
        ptrdiff_t middle = low + (high - low) / 2;
        if (all->v[middle].id < id) low = middle + 1;
        else high = middle;
    }
    return low < all->n && all->v[low].id == id ? low : -1;
}

enum { LEFT_OUT = -2 };

/* Depth from the depth of what is above. A parent that is not valid on the day
   leaves its children as roots; a chain that is too long is a circle. */
static Err place_node(Ctx *c, const Wave *wave, Nodes *all, ptrdiff_t i, int links)
{
    Node *node = &all->v[i];
    if (node->depth != -1) return OK;
    if (links > UNIT_DEPTH_MAX) return fail(c, E_BROKEN, T("Organisationen går i ring."));
    node->parent = node->parent_id ? node_of(all, node->parent_id) : -1;
    if (node->parent >= 0) TRY(place_node(c, wave, all, node->parent, links + 1));
    int above = node->parent < 0 ? -1 : all->v[node->parent].depth;
    bool is_top = wave->reach.v ? node->id == wave->reach.v : node->parent < 0;
    if (survey_has_word(wave->skips, node->kind)) node->depth = LEFT_OUT;
    else if (is_top) node->depth = 0;
    else node->depth = node->parent < 0 || above == LEFT_OUT ? LEFT_OUT : above + 1;
    if (node->depth == 0) node->parent = -1;
    return OK;
}

/* ---- the copy --------------------------------------------------------------------- */

enum { TREE_CHUNK = 500, NODE_JSON = 4000 };

/* Many units at once, and those that the wave has keep what it alone knows. */
SQL(COPY, "INSERT INTO wave_unit (wave_id, unit_id, parent_id, code, name, name_sort, kind, depth, is_lowest)"
          " SELECT $1, r.unit, r.parent, r.code, r.name, r.sort, r.kind, r.depth, 1"
          " FROM ROWS($2, unit INTEGER, parent INTEGER, code TEXT, name TEXT, sort TEXT, kind TEXT, depth INTEGER) r WHERE true"
          " ON CONFLICT (wave_id, unit_id) DO UPDATE SET parent_id = excluded.parent_id, code = excluded.code, name = excluded.name,"
          " name_sort = excluded.name_sort, kind = excluded.kind, depth = excluded.depth");
SQL(LOWEST, "UPDATE wave_unit SET is_lowest = CASE WHEN EXISTS (SELECT 1 FROM wave_unit k WHERE k.wave_id = wave_unit.wave_id"
            " AND k.parent_id = wave_unit.unit_id) THEN 0 ELSE 1 END WHERE wave_id = $1");

/* A unit that has ended stays as it was; what it lies under may have moved up or down since. */
SQL(DEEPEN, "UPDATE wave_unit SET depth = (SELECT p.depth + 1 FROM wave_unit p WHERE p.wave_id = wave_unit.wave_id"
            " AND p.unit_id = wave_unit.parent_id) WHERE wave_id = $1 AND parent_id IS NOT NULL AND depth <> (SELECT p.depth + 1"
            " FROM wave_unit p WHERE p.wave_id = wave_unit.wave_id AND p.unit_id = wave_unit.parent_id)");

static Err settle_depths(Ctx *c, WaveId id)
{
    for (int i = 0; i <= UNIT_DEPTH_MAX; i++) {
        int changed = 0;
        TRY(db_exec(c, DEEPEN, &changed, id));
        if (changed == 0) return OK;
    }
    return fail(c, E_BROKEN, T("Organisationen går i ring."));
}

static void node_json(Ctx *c, Buf *b, const Nodes *all, const Node *node)
{
    buf_add(b, b->n ? S(",[") : S("[["));
    buf_add_i64(b, node->id);
    buf_add_char(b, ',');
    if (node->parent >= 0) buf_add_i64(b, all->v[node->parent].id);
    else buf_add(b, S("null"));
    const Str texts[] = {node->code, node->name, text_name_sort(c->arena, node->name), node->kind};
    for (ptrdiff_t i = 0; i < COUNT_OF(texts); i++) {
        buf_add_char(b, ',');
        buf_add_json(b, texts[i]);
    }
    buf_add_char(b, ',');
    buf_add_i64(b, node->depth);
    buf_add_char(b, ']');
}

static Err copy_chunk(Ctx *c, WaveId id, Buf *b)
{
    if (b->n == 0) return OK;
    buf_add_char(b, ']');
    if (b->full) return fail(c, E_BROKEN, T("En enhed i organisationen har et for langt navn."));
    TRY(db_exec(c, COPY, NULL, id, buf_str(b)));
    b->n = 0;
    return OK;
}

static Err copy_nodes(Ctx *c, WaveId id, const Nodes *all)
{
    Buf b = buf_new(c->arena, (ptrdiff_t)TREE_CHUNK * NODE_JSON);
    int waiting = 0;
    for (ptrdiff_t i = 0; i < all->n; i++) {
        if (all->v[i].depth < 0) continue;
        node_json(c, &b, all, &all->v[i]);
        if (++waiting % TREE_CHUNK == 0) TRY(copy_chunk(c, id, &b));
    }
    TRY(copy_chunk(c, id, &b));
    TRY(settle_depths(c, id));
    return db_exec(c, LOWEST, NULL, id);
}

Err survey_tree_take(Ctx *c, WaveId id)
{
    Wave wave = {0};
    Nodes all = {0};
    TRY(survey_by_id(c, id, &wave));
    if (survey_is_done(&wave)) return survey_takes_import(c, &wave);
    TRY(units_on(c, survey_tree_day(&wave), &all));
    for (ptrdiff_t i = 0; i < all.n; i++) TRY(place_node(c, &wave, &all, i, 0));
    return copy_nodes(c, id, &all);
}

/* ---- reading it ---------------------------------------------------------------------- */

SQL(COUNT_UNITS, "SELECT count(*) FROM wave_unit WHERE wave_id = $1");
SQL(UNITS, "SELECT u.unit_id, coalesce(u.parent_id, 0), u.code, u.name, u.kind, u.depth, u.is_lowest, coalesce(u.is_participant, -1),"
           " coalesce(" SURVEY_INVITED("u.wave_id", "u.unit_id") ", -1)"
           " FROM wave_unit u WHERE u.wave_id = $1 ORDER BY u.depth, u.name_sort, u.unit_id");

/* Where each unit stands in the array, found by its id: twice as many places as units. */
typedef struct Places {
    ptrdiff_t *v; /* index + 1; 0: free */
    uint64_t mask;
} Places;

static Places places_for(Arena *arena, ptrdiff_t n)
{
    uint64_t size = 16;
    while (size < (uint64_t)n * 2) size *= 2;
    return (Places){NEW(arena, ptrdiff_t, (ptrdiff_t)size), size - 1};
}

static uint64_t place_of(const Places *places, const WaveUnits *all, int64_t id)
{
    uint64_t at = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) & places->mask;
    while (places->v[at] && all->v[places->v[at] - 1].id.v != id) at = (at + 1) & places->mask;
    return at;
}

/* Children add to those above, deepest first: they stand last. */
static void sum_invited(WaveUnits *all)
{
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (!all->v[i].is_lowest) all->v[i].invited = 0;
    for (ptrdiff_t i = all->n - 1; i >= 0; i--) {
        const WaveUnit *unit = &all->v[i];
        if (unit->parent < 0) continue;
        WaveUnit *above = &all->v[unit->parent];
        if (above->invited >= 0) above->invited = unit->invited < 0 ? -1 : above->invited + unit->invited;
    }
}

static WaveUnit unit_of_row(const Rows *r)
{
    return (WaveUnit){
        .id = {db_i64(r, 0)},
        .parent = -1,
        .code = db_str(r, 2),
        .name = db_str(r, 3),
        .kind = db_str(r, 4),
        .depth = (int)db_i64(r, 5),
        .is_lowest = db_i64(r, 6) == 1,
        .participant = (int)db_i64(r, 7),
        .invited = db_i64(r, 8),
    };
}

Err survey_units(Ctx *c, WaveId id, WaveUnits *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT_UNITS, &n, id));
    WaveUnits all = {.v = NEW(c->arena, WaveUnit, n)};
    Places places = places_for(c->arena, (ptrdiff_t)n);
    Rows r = db_query(c, UNITS, id);
    while (all.n < n && db_next(&r)) {
        WaveUnit unit = unit_of_row(&r);
        uint64_t above = place_of(&places, &all, db_i64(&r, 1));
        unit.parent = places.v[above] - 1;
        all.v[all.n] = unit;
        places.v[place_of(&places, &all, unit.id.v)] = ++all.n;
    }
    TRY(db_done(&r));
    sum_invited(&all);
    *ret = all;
    return OK;
}

Err survey_unit(Ctx *c, WaveId id, Str code, WaveUnit *ret)
{
    WaveUnits all = {0};
    TRY(survey_units(c, id, &all));
    for (ptrdiff_t i = 0; i < all.n; i++) {
        if (!str_eq(all.v[i].code, code)) continue;
        *ret = all.v[i];
        ret->parent = -1;
        return OK;
    }
    return E_NOT_FOUND;
}

/* ---- groups ---------------------------------------------------------------------------- */

/* A dimension stands where its first group stands; the group without a value is last in it. */
SQL(GROUPS, "SELECT g.id, g.dimension, g.code FROM wave_group g WHERE g.wave_id = $1"
            " ORDER BY (SELECT min(f.position) FROM wave_group f WHERE f.wave_id = g.wave_id AND f.dimension = g.dimension),"
            " CASE WHEN g.code = 'uoplyst' THEN 1 ELSE 0 END, g.position, g.id LIMIT $2");

Err survey_groups(Ctx *c, WaveId id, WaveGroups *ret)
{
    WaveGroups all = {.v = NEW(c->arena, WaveGroup, WAVE_GROUPS_MAX)};
    Rows r = db_query(c, GROUPS, id, WAVE_GROUPS_MAX);
    while (db_next(&r)) all.v[all.n++] = (WaveGroup){.id = db_i64(&r, 0), .dimension = db_str(&r, 1), .code = db_str(&r, 2)};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(GROUP_FIND, "SELECT id FROM wave_group WHERE wave_id = $1 AND dimension = $2 AND code = $3");
SQL(GROUP_ADD, "INSERT INTO wave_group (wave_id, dimension, code, position)"
               " SELECT $1, $2, $3, count(*) + 1 FROM wave_group g WHERE g.wave_id = $1 HAVING count(*) < $4"
               " ON CONFLICT (wave_id, dimension, code) DO NOTHING RETURNING id");

Err survey_group(Ctx *c, WaveId id, Str dimension, Str code, int64_t *ret_id)
{
    Err err = db_one_i64(c, GROUP_FIND, ret_id, id, dimension, code);
    if (err != E_NOT_FOUND) return err;
    err = db_one_i64(c, GROUP_ADD, ret_id, id, dimension, code, WAVE_GROUPS_MAX);
    if (err == E_NOT_FOUND) return fail(c, E_CONFLICT, T("En måling kan højst have 1.000 grupper."));
    return err;
}

/* ---- invited and participants ------------------------------------------------------------- */

SQL(OTHER_SPLIT, "DELETE FROM wave_invited WHERE wave_id = $1 AND unit_id = $2"
                 " AND CASE WHEN role = '' THEN 1 ELSE 0 END <> CASE WHEN $3 = '' THEN 1 ELSE 0 END");
SQL(INVITE, "INSERT INTO wave_invited (wave_id, unit_id, role, n)"
            " SELECT u.wave_id, u.unit_id, $3, $4 FROM wave_unit u WHERE u.wave_id = $1 AND u.unit_id = $2"
            " ON CONFLICT (wave_id, unit_id, role) DO UPDATE SET n = excluded.n");
enum { INVITED_MAX = 1000000 };

Err survey_invited_set(Ctx *c, WaveId id, UnitId unit, Str role, int64_t n)
{
    int changed = 0;
    if (n < 0 || n > INVITED_MAX) ctx_problem(c, S("invited"), T("Skriv antal inviterede som et helt tal fra 0 til 1.000.000."));
    if (role.n && !survey_is_role(role)) ctx_problem(c, S("role"), T("Rollerne er personale, leder, elev og foraelder."));
    TRY(ctx_check(c));
    TRY(db_exec(c, OTHER_SPLIT, NULL, id, unit, role));
    TRY(db_exec(c, INVITE, &changed, id, unit, role, n));
    return changed ? OK : fail(c, E_CONFLICT, T("Enheden er ikke med i målingen."));
}

SQL(UNIT_ID, "SELECT unit_id FROM wave_unit WHERE wave_id = $1 AND code = $2 AND is_lowest = 1");

static Err invited_line(Ctx *c, const Wave *wave, const CsvRow *row)
{
    UnitId unit = {0};
    int64_t n = 0;
    if (row->n != 3 && row->n != 4) {
        ctx_problem(c, S("tal"), TF("Linje {1}: skriv enhed, rolle og antal.", row->line));
        return OK;
    }
    if (!str_trim(row->v[2]).n) return OK; /* not known yet: the line is there to be filled in */
    Str role = str_trim(row->v[1]);
    Err err = db_one_i64(c, UNIT_ID, &unit.v, wave->id, str_trim(row->v[0]));
    if (err == E_NOT_FOUND) ctx_problem(c, S("tal"), TF("Linje {1}: {2} er ikke en af målingens nederste enheder.", row->line, row->v[0]));
    else if (err != OK) return err;
    else if (role.n && !survey_has_word(wave->roles, role)) ctx_problem(c, S("tal"), TF("Linje {1}: målingen spørger ikke {2}.", row->line, role));
    else if (!str_i64(str_trim(row->v[2]), &n)) ctx_problem(c, S("tal"), TF("Linje {1}: »{2}« er ikke et helt tal.", row->line, row->v[2]));
    else return survey_invited_set(c, wave->id, unit, role, n);
    return OK;
}

Err survey_invited_read(Ctx *c, const Wave *wave, Str text)
{
    Csv csv = csv_open(text, 0);
    CsvRow row = {0};
    while (csv_next(&csv, c->arena, &row)) {
        if (row.line == 1 && row.n >= 3 && str_eq(row.v[0], S("enhed"))) continue;
        TRY(invited_line(c, wave, &row));
        TRY(ctx_check(c));
    }
    if (csv.fault) ctx_problem(c, S("tal"), TF("Linje {1} kan ikke læses.", row.line));
    return ctx_check(c);
}

SQL(PARTICIPANT, "UPDATE wave_unit SET is_participant = $3 WHERE wave_id = $1 AND unit_id = $2");

Err survey_participant_set(Ctx *c, WaveId id, UnitId unit, bool is_participant)
{
    int changed = 0;
    TRY(db_exec(c, PARTICIPANT, &changed, id, unit, is_participant ? 1 : 0));
    return changed ? OK : fail(c, E_CONFLICT, T("Enheden er ikke med i målingen."));
}

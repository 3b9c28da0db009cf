/* Reading the tree: of a day, of a viewer, as a file. The tree of a day is read
   level by level, since what hung under a unit then is partly in unit (what has
   not changed since) and partly in unit_past, and both have an index by parent. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/organisation/organisation_inside.h"
#include "text/name.h"

/* ---- one unit of a day -------------------------------------------------------------- */

SQL(THEN, "SELECT p.kind, coalesce(p.parent_id, 0), p.name FROM unit_past p WHERE p.unit_id = $1 AND p.until >= $2"
          " ORDER BY p.until LIMIT 1");

Err organisation_at(Ctx *c, UnitId id, Date day, Unit *ret)
{
    Unit unit = {0};
    TRY(organisation_by_id(c, id, &unit));
    if (unit.valid_from.day > day.day || (unit.valid_to.day && unit.valid_to.day < day.day)) return E_NOT_FOUND;
    Rows r = db_query(c, THEN, id, day);
    if (db_next(&r)) {
        unit.kind = db_str(&r, 0);
        unit.parent.v = db_i64(&r, 1);
        unit.name = db_str(&r, 2);
        unit.name_sort = text_name_sort(c->arena, unit.name);
    }
    TRY(db_done(&r));
    *ret = unit;
    return OK;
}

/* ---- the tree of a day ----------------------------------------------------------------- */

/* Places are counted from 0; -1 is none. */
typedef struct Growing {
    Ctx *c;
    Date day;
    ptrdiff_t max; /* units */
    TreeUnit *v;   /* by level */
    ptrdiff_t *above, *first, *next; /* places of parent, first child, next sibling; -1: none */
    ptrdiff_t n, level, level_end;   /* the last whole level is [level, level_end) */
} Growing;

#define AT_DAY " u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to >= $2)"

/* What hangs there now and has not changed since the day, and what hung there then. */
SQL(LEVEL, "SELECT u.id, u.owner_id, u.version, u.code, u.kind, coalesce(u.parent_id, 0), u.name, u.valid_from, coalesce(u.valid_to, 0),"
           "  u.name_sort, k.name"
           " FROM unit u JOIN unit_kind k ON k.code = u.kind"
           " WHERE u.parent_id IN (SELECT r.id FROM ROWS($1, id INTEGER) r) AND" AT_DAY
           "  AND NOT EXISTS (SELECT 1 FROM unit_past q WHERE q.unit_id = u.id AND q.until >= $2)"
           " UNION ALL"
           " SELECT u.id, u.owner_id, u.version, u.code, p.kind, coalesce(p.parent_id, 0), p.name, u.valid_from, coalesce(u.valid_to, 0), '', k.name"
           " FROM unit_past p JOIN unit u ON u.id = p.unit_id JOIN unit_kind k ON k.code = p.kind"
           " WHERE p.parent_id IN (SELECT r.id FROM ROWS($1, id INTEGER) r) AND p.until >= $2 AND" AT_DAY
           "  AND NOT EXISTS (SELECT 1 FROM unit_past q WHERE q.unit_id = p.unit_id AND q.until >= $2 AND q.until < p.until)"
           " LIMIT $3");

static Str level_ids(const Growing *g)
{
    Buf b = buf_new(g->c->arena, (g->level_end - g->level) * 24 + 2);
    for (ptrdiff_t i = g->level; i < g->level_end; i++) {
        buf_add(&b, i > g->level ? S(",[") : S("[["));
        buf_add_i64(&b, g->v[i].unit.id.v);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

/* A name of former days has none to sort by. */
static Unit unit_of(Ctx *c, const Rows *r)
{
    Unit unit = unit_of_row(r);
    if (unit.name_sort.n == 0) unit.name_sort = text_name_sort(c->arena, unit.name);
    return unit;
}

static int by_parent_and_name(const void *a, const void *b)
{
    const TreeUnit *x = a, *y = b;
    if (x->unit.parent.v != y->unit.parent.v) return x->unit.parent.v < y->unit.parent.v ? -1 : 1;
    int order = str_cmp(x->unit.name_sort, y->unit.name_sort);
    return order ? order : (x->unit.id.v > y->unit.id.v) - (x->unit.id.v < y->unit.id.v);
}

static int by_id(const void *a, const void *b)
{
    const TreeUnit *x = *(TreeUnit *const *)a, *y = *(TreeUnit *const *)b;
    return (x->unit.id.v > y->unit.id.v) - (x->unit.id.v < y->unit.id.v);
}

/* Ties the new level to the one above; both are ordered by id for it. */
static void tie(Growing *g, ptrdiff_t from, ptrdiff_t to)
{
    ptrdiff_t n = g->level_end - g->level;
    TreeUnit **above = NEW(g->c->arena, TreeUnit *, n);
    for (ptrdiff_t i = 0; i < n; i++) above[i] = &g->v[g->level + i];
    qsort(above, (size_t)n, sizeof *above, by_id);
    ptrdiff_t k = 0;
    for (ptrdiff_t i = to - 1; i >= from; i--) g->next[i] = g->first[i] = -1;
    for (ptrdiff_t i = from; i < to; i++) {
        while (k < n - 1 && above[k]->unit.id.v < g->v[i].unit.parent.v) k++;
        g->above[i] = above[k] - g->v;
        above[k]->children++;
        if (i > from && g->above[i] == g->above[i - 1]) g->next[i - 1] = i;
        else g->first[g->above[i]] = i;
    }
}

/* *ret_fits false: the level is larger than what is left. */
static Err read_level(Growing *g, bool *ret_fits)
{
    ptrdiff_t from = g->n, left = g->max - g->n, n = 0;
    Rows r = db_query(g->c, LEVEL, level_ids(g), g->day, left + 1);
    while (db_next(&r)) {
        if (n++ == left) continue;
        g->v[g->n++] = (TreeUnit){.unit = unit_of(g->c, &r), .kind_name = db_str(&r, 10), .depth = g->v[g->level].depth + 1};
    }
    TRY(db_done(&r));
    *ret_fits = n <= left;
    if (n > left) {
        g->n = from;
        return OK;
    }
    qsort(g->v + from, (size_t)n, sizeof *g->v, by_parent_and_name);
    tie(g, from, g->n);
    g->level = from;
    g->level_end = g->n;
    return OK;
}

SQL(LEVEL_COUNTS,
    "SELECT t.parent_id, count(*) FROM ("
    "  SELECT u.parent_id FROM unit u WHERE u.parent_id IN (SELECT r.id FROM ROWS($1, id INTEGER) r) AND" AT_DAY
    "   AND NOT EXISTS (SELECT 1 FROM unit_past q WHERE q.unit_id = u.id AND q.until >= $2)"
    "  UNION ALL"
    "  SELECT p.parent_id FROM unit_past p JOIN unit u ON u.id = p.unit_id"
    "   WHERE p.parent_id IN (SELECT r.id FROM ROWS($1, id INTEGER) r) AND p.until >= $2 AND" AT_DAY
    "   AND NOT EXISTS (SELECT 1 FROM unit_past q WHERE q.unit_id = p.unit_id AND q.until >= $2 AND q.until < p.until)"
    " ) t GROUP BY t.parent_id");

static Err count_below(Growing *g, bool *ret_any)
{
    Rows r = db_query(g->c, LEVEL_COUNTS, level_ids(g), g->day);
    while (db_next(&r)) {
        *ret_any = true;
        for (ptrdiff_t i = g->level; i < g->level_end; i++)
            if (g->v[i].unit.id.v == db_i64(&r, 0)) g->v[i].children = db_i64(&r, 1);
    }
    return db_done(&r);
}

/* From levels to an order in which each stands before those below it. */
static TreeUnit *in_order(const Growing *g)
{
    TreeUnit *all = NEW(g->c->arena, TreeUnit, g->n);
    ptrdiff_t n = 0;
    for (ptrdiff_t at = 0; at >= 0;) {
        all[n++] = g->v[at];
        if (g->first[at] >= 0) {
            at = g->first[at];
            continue;
        }
        while (at >= 0 && g->next[at] < 0) at = g->above[at];
        if (at >= 0) at = g->next[at];
    }
    return all;
}

SQL(KIND_NAME, "SELECT k.name FROM unit_kind k WHERE k.code = $1");

static Err read_root(Growing *g, UnitId root)
{
    TreeUnit *top = &g->v[g->n++];
    TRY(organisation_at(g->c, root, g->day, &top->unit));
    Rows r = db_query(g->c, KIND_NAME, top->unit.kind);
    if (db_next(&r)) top->kind_name = db_str(&r, 0);
    g->above[0] = g->first[0] = g->next[0] = -1;
    g->level_end = 1;
    return db_done(&r);
}

Err organisation_tree_at(Ctx *c, UnitId root, Date day, int depth_max, ptrdiff_t units_max, Tree *ret)
{
    Growing g = {.c = c, .day = day, .max = units_max};
    g.v = NEW(c->arena, TreeUnit, units_max + 1);
    g.above = NEW(c->arena, ptrdiff_t, units_max + 1);
    g.first = NEW(c->arena, ptrdiff_t, units_max + 1);
    g.next = NEW(c->arena, ptrdiff_t, units_max + 1);
    bool fits = true, is_cut = false;
    TRY(read_root(&g, root));
    for (int depth = 0; depth < depth_max && fits && g.level < g.level_end; depth++) TRY(read_level(&g, &fits));
    if (g.level < g.level_end) TRY(count_below(&g, &is_cut));
    *ret = (Tree){in_order(&g), g.n, is_cut};
    return OK;
}

/* ---- a unit's own story ------------------------------------------------------------------ */

SQL(PAST, "SELECT p.until, p.name, k.name, coalesce(a.code, ''), coalesce(a.name, '')"
          " FROM unit_past p JOIN unit_kind k ON k.code = p.kind LEFT JOIN unit a ON a.id = p.parent_id"
          " WHERE p.unit_id = $1 ORDER BY p.until DESC LIMIT $2");
SQL(PRESENT, "SELECT CAST(0 AS INTEGER), u.name, k.name, coalesce(a.code, ''), coalesce(a.name, '')"
             " FROM unit u JOIN unit_kind k ON k.code = u.kind LEFT JOIN unit a ON a.id = u.parent_id WHERE u.id = $1");

static Err add_names(Rows r, PastNames *all)
{
    while (db_next(&r))
        all->v[all->n++] = (PastName){{(int32_t)db_i64(&r, 0)}, db_str(&r, 1), db_str(&r, 2), db_str(&r, 3), db_str(&r, 4)};
    return db_done(&r);
}

Err organisation_past(Ctx *c, UnitId id, PastNames *ret)
{
    PastNames all = {.v = NEW(c->arena, PastName, UNIT_PAGE + 1)};
    TRY(add_names(db_query(c, PRESENT, id), &all));
    TRY(add_names(db_query(c, PAST, id, UNIT_PAGE), &all));
    *ret = all;
    return OK;
}

#define LIST_COLUMNS                                                                                                      \
    "u.id, u.owner_id, u.version, u.code, u.kind, coalesce(u.parent_id, 0), u.name, u.valid_from, coalesce(u.valid_to, 0), u.name_sort"

static Err page_of(Ctx *c, Rows r, Units *ret)
{
    Units all = {.v = NEW(c->arena, Unit, UNIT_PAGE)};
    while (db_next(&r)) {
        if ((all.more = all.n == UNIT_PAGE)) break;
        all.v[all.n++] = unit_of(c, &r);
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(OLDER, "SELECT " LIST_COLUMNS " FROM unit_succession s JOIN unit u ON u.id = s.succeeds_id WHERE s.unit_id = $1"
           " ORDER BY u.name_sort, u.id LIMIT $2");
SQL(NEWER, "SELECT " LIST_COLUMNS " FROM unit_succession s JOIN unit u ON u.id = s.unit_id WHERE s.succeeds_id = $1"
           " ORDER BY u.name_sort, u.id LIMIT $2");

Err organisation_lineage(Ctx *c, UnitId id, Units *ret_older, Units *ret_newer)
{
    TRY(page_of(c, db_query(c, OLDER, id, UNIT_PAGE + 1), ret_older));
    return page_of(c, db_query(c, NEWER, id, UNIT_PAGE + 1), ret_newer);
}

/* ---- what the viewer may see ---------------------------------------------------------------- */

#define VISIBLE                                                                                                     \
    " u.id IN (SELECT a.unit_id FROM v_access_unit a WHERE a.object = 'organisation' AND a.need = 'R' AND a.viewer_id = $1" \
    "  AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2))"

SQL(CHILDREN, "SELECT " LIST_COLUMNS " FROM unit u WHERE u.parent_id = $3 AND (u.name_sort > $4 OR (u.name_sort = $4 AND u.id > $5))"
              " AND ($7 = 1 OR u.valid_to IS NULL OR u.valid_to >= $2)"
              " AND" VISIBLE " ORDER BY u.name_sort, u.id LIMIT $6");

Err organisation_children(Ctx *c, UnitId parent, bool also_ended, UnitAfter after, Units *ret)
{
    return page_of(c, db_query(c, CHILDREN, c->viewer, c->today, parent, after.name_sort, after.id, UNIT_PAGE + 1, also_ended), ret);
}

SQL(SEARCH, "SELECT " LIST_COLUMNS " FROM unit u WHERE instr(u.name_fold, $3) > 0 AND (u.name_sort > $4 OR (u.name_sort = $4 AND u.id > $5))"
            " AND" VISIBLE " ORDER BY u.name_sort, u.id LIMIT $6");

Err organisation_search(Ctx *c, Str words, UnitAfter after, Units *ret)
{
    Str fold = text_name_fold(c->arena, str_trim(words));
    return page_of(c, db_query(c, SEARCH, c->viewer, c->today, fold, after.name_sort, after.id, UNIT_PAGE + 1), ret);
}

SQL_SCAN(COUNT_LINES, "a file holds all below a unit", "SELECT count(*) FROM unit_reach r WHERE r.above_id = $1");
SQL(LINES, "SELECT " LIST_COLUMNS ", coalesce(p.code, '') FROM unit_reach r JOIN unit u ON u.id = r.unit_id LEFT JOIN unit p ON p.id = u.parent_id"
           " WHERE r.above_id = $3 AND" VISIBLE " ORDER BY r.depth, u.code LIMIT $4");
SQL(LINE_LINEAGE, "SELECT r.depth, u.code, o.code FROM unit_reach r JOIN unit u ON u.id = r.unit_id"
                  " JOIN unit_succession s ON s.unit_id = u.id JOIN unit o ON o.id = s.succeeds_id"
                  " WHERE r.above_id = $3 AND" VISIBLE " ORDER BY r.depth, u.code, o.code");

/* Both lists run in the same order. */
static Err add_lineage(Ctx *c, UnitId root, UnitLines *all)
{
    ptrdiff_t at = 0;
    Rows r = db_query(c, LINE_LINEAGE, c->viewer, c->today, root);
    while (db_next(&r)) {
        Str code = db_str(&r, 1);
        while (at < all->n && !str_eq(all->v[at].unit.code, code)) at++;
        if (at == all->n) break;
        UnitLine *line = &all->v[at];
        line->succeeds = line->succeeds.n ? STR_CAT(c->arena, line->succeeds, S(" "), db_str(&r, 2)) : db_str(&r, 2);
    }
    return db_done(&r);
}

Err organisation_lines(Ctx *c, UnitId root, UnitLines *ret)
{
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT_LINES, &n, root));
    UnitLines all = {.v = NEW(c->arena, UnitLine, n)};
    Rows r = db_query(c, LINES, c->viewer, c->today, root, n);
    while (all.n < n && db_next(&r)) all.v[all.n++] = (UnitLine){.unit = unit_of(c, &r), .parent_code = db_str(&r, 10)};
    TRY(db_done(&r));
    TRY(add_lineage(c, root, &all));
    *ret = all;
    return OK;
}

/* Those of schema.sql. */
static const Msg kind_words[] = {
    T_INIT("region"), T_INIT("kommune"),         T_INIT("distrikt"), T_INIT("skole"), T_INIT("specialskole"), T_INIT("afdeling"),
    T_INIT("årgang"), T_INIT("klasse"),          T_INIT("team"),     T_INIT("SFO"),   T_INIT("klub"),         T_INIT("dagtilbud"),
    T_INIT("PPR"),    T_INIT("ressourcecenter"), T_INIT("udvalg"),   T_INIT("andet"),
};

Msg organisation_kind_words(Str name)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(kind_words); i++)
        if (str_eq(kind_words[i].text, name)) return kind_words[i];
    return msg_verbatim(name);
}

SQL(KINDS, "SELECT code, name, is_owner FROM unit_kind ORDER BY sort, code LIMIT $1");

Err organisation_kinds(Ctx *c, UnitKinds *ret)
{
    enum { KINDS_MAX = 100 };
    UnitKinds all = {.v = NEW(c->arena, UnitKind, KINDS_MAX)};
    Rows r = db_query(c, KINDS, KINDS_MAX);
    while (all.n < KINDS_MAX && db_next(&r)) all.v[all.n++] = (UnitKind){db_str(&r, 0), db_str(&r, 1), db_i64(&r, 2) != 0};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

/* A file becomes the organisation. The whole tree is read into memory, the file
   laid over it, and the result judged as one: so a cycle shows wherever it runs,
   rows may come in any order, and nothing is written before all of it is known
   to be possible. Then the difference is written with a few wide statements. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/audit/audit.h"
#include "core/organisation/organisation_inside.h"
#include "text/name.h"

/* A unit of the store, of the file, or both. Nodes are named by their place,
   counted from 1, so that 0 is none. */
typedef struct Node {
    int64_t id; /* 0: new */
    int64_t version;
    Str code, kind, name, note; /* as stored */
    Date valid_from, valid_to;
    int64_t owner_id;
    int32_t old_parent, parent; /* parent: as the file wants it */
    int32_t owner;              /* as the file wants it */
    int32_t next_of_depth;      /* of the new ones */
    const FileUnit *file;       /* NULL: the file does not name it */
    short depth;
    enum { UNSEEN, OPEN, DONE } state;
    bool is_doubtful; /* it or something above has a fault of its own */
    bool owns, is_changed, has_moved;
    bool has_new_lineage;
    ptrdiff_t lineage, lineage_n; /* of Import.pairs: as the file wants it */
    ptrdiff_t stored, stored_n;   /* as stored */
} Node;

typedef struct Import {
    Ctx *c;
    const UnitFile *file;
    FileFault fault;
    Node *node; /* [1 … n] */
    int32_t n, n_stored;
    Codes codes; /* places from 1 on */
    Str *kind;
    bool *kind_owns;
    int kinds;
    int32_t *older; /* predecessors of nodes, in the order of Node.stored and .lineage */
    ptrdiff_t older_n;
    int32_t *stack;
    int32_t depth_first[UNIT_DEPTH_MAX + 1];
    int64_t *added, *changed; /* by owner's place */
    ImportCount count;
} Import;

#define SAY(im, ...) STR_CAT((im)->c->arena, __VA_ARGS__)

static void tell(Import *im, const Node *node, Str what)
{
    file_fault(&im->fault, node->file->line, what);
}

/* ---- reading the store -------------------------------------------------------- */

SQL_SCAN(KINDS, "sixteen rows and the municipality's own", "SELECT code, is_owner FROM unit_kind ORDER BY sort, code");

static Err load_kinds(Import *im)
{
    enum { KINDS_MAX = 1000 };
    im->kind = NEW(im->c->arena, Str, KINDS_MAX);
    im->kind_owns = NEW(im->c->arena, bool, KINDS_MAX);
    Rows r = db_query(im->c, KINDS);
    while (im->kinds < KINDS_MAX && db_next(&r)) {
        im->kind[im->kinds] = db_str(&r, 0);
        im->kind_owns[im->kinds++] = db_i64(&r, 1) != 0;
    }
    return db_done(&r);
}

static int kind_of(const Import *im, Str code)
{
    for (int i = 0; i < im->kinds; i++)
        if (str_eq(im->kind[i], code)) return i;
    return -1;
}

static int compare_ids(const void *a, const void *b)
{
    const Node *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int32_t by_id(const Import *im, int64_t id)
{
    const Node key = {.id = id};
    const Node *found = bsearch(&key, im->node + 1, (size_t)im->n_stored, sizeof *im->node, compare_ids);
    return found ? (int32_t)(found - im->node) : 0;
}

SQL_SCAN(COUNT_UNITS, "an import looks at the whole tree", "SELECT count(*) FROM unit");
SQL_SCAN(ALL_UNITS, "an import looks at the whole tree",
         "SELECT id, version, owner_id, code, kind, coalesce(parent_id, 0), name, note, valid_from, coalesce(valid_to, 0)"
         " FROM unit ORDER BY id LIMIT $1");

static Err load_nodes(Import *im)
{
    int64_t n = 0;
    TRY(db_one_i64(im->c, COUNT_UNITS, &n));
    if (n + im->file->n > INT32_MAX / 4) return fail(im->c, E_TOO_LARGE, msg_verbatim(S("too many units")));
    im->node = NEW(im->c->arena, Node, n + im->file->n + 1);
    int64_t *parent = NEW(im->c->arena, int64_t, n + 1);
    Rows r = db_query(im->c, ALL_UNITS, n);
    while (db_next(&r)) {
        im->node[++im->n] = (Node){
            .id = db_i64(&r, 0),
            .version = db_i64(&r, 1),
            .owner_id = db_i64(&r, 2),
            .code = db_str(&r, 3),
            .kind = db_str(&r, 4),
            .name = db_str(&r, 6),
            .note = db_str(&r, 7),
            .valid_from = {(int32_t)db_i64(&r, 8)},
            .valid_to = {(int32_t)db_i64(&r, 9)},
        };
        parent[im->n] = db_i64(&r, 5);
    }
    TRY(db_done(&r));
    im->n_stored = im->n;
    im->codes = codes_new(im->c->arena, n + im->file->n);
    for (int32_t i = 1; i <= im->n; i++) {
        im->node[i].old_parent = im->node[i].parent = parent[i] ? by_id(im, parent[i]) : 0;
        codes_add(&im->codes, im->node[i].code, i);
    }
    return OK;
}

SQL_SCAN(COUNT_LINEAGE, "an import looks at the whole tree", "SELECT count(*) FROM unit_succession");
SQL_SCAN(ALL_LINEAGE, "an import looks at the whole tree",
         "SELECT unit_id, succeeds_id FROM unit_succession ORDER BY unit_id, succeeds_id LIMIT $1");

static Err load_lineage(Import *im)
{
    int64_t n = 0, named = 0;
    TRY(db_one_i64(im->c, COUNT_LINEAGE, &n));
    for (ptrdiff_t i = 0; i < im->file->n; i++) named += im->file->v[i].succeeds.n;
    im->older = NEW(im->c->arena, int32_t, n + named);
    Rows r = db_query(im->c, ALL_LINEAGE, n);
    while (db_next(&r)) {
        Node *node = &im->node[by_id(im, db_i64(&r, 0))];
        if (node->stored_n++ == 0) node->stored = im->older_n;
        im->older[im->older_n++] = by_id(im, db_i64(&r, 1));
    }
    TRY(db_done(&r));
    for (int32_t i = 1; i <= im->n; i++) {
        im->node[i].lineage = im->node[i].stored;
        im->node[i].lineage_n = im->node[i].stored_n;
    }
    return OK;
}

/* ---- laying the file over it ---------------------------------------------------- */

/* 0: no unit has the code. */
static int32_t place_of(const Import *im, Str code)
{
    ptrdiff_t place = codes_find(&im->codes, code);
    return place < 0 ? 0 : (int32_t)place;
}

/* A municipality or region that the register only mentions stands as it is. */
static void lay_made(Import *im, const Node *stored, const FileUnit *unit)
{
    if (!str_eq(stored->kind, unit->kind))
        file_fault(&im->fault, unit->line, SAY(im, S("code "), unit->code, S(" is a "), stored->kind, S(", not a "), unit->kind));
}

static void lay_unit(Import *im, const FileUnit *unit)
{
    int32_t place = place_of(im, unit->code);
    Node *node = &im->node[place];
    if (place && node->file) {
        Str line = unit_number(im->c->arena, i64_min(node->file->line, unit->line));
        file_fault(&im->fault, i64_max(unit->line, node->file->line), SAY(im, S("code "), unit->code, S(" stands in line "), line, S(" too")));
        return;
    }
    if (place && unit->is_made) {
        lay_made(im, node, unit);
        return;
    }
    if (!place) {
        node = &im->node[++im->n];
        node->code = unit->code;
        codes_add(&im->codes, node->code, im->n);
    }
    node->file = unit;
}

static void lay_parent(Import *im, int32_t place)
{
    Node *node = &im->node[place];
    Str code = node->file->parent_code;
    node->parent = 0;
    if (code.n == 0) return;
    if (!unit_is_code(code)) {
        tell(im, node, SAY(im, S("parent_code "), unit_shown(im->c->arena, code), S(" is no code")));
        node->is_doubtful = true;
        return;
    }
    node->parent = place_of(im, code);
    if (node->parent) return;
    node->is_doubtful = true;
    /* In a file with rows that could not be read, it may stand in one of them. */
    if (im->file->is_whole) tell(im, node, SAY(im, S("unknown parent "), code));
}

static int compare_places(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void lay_lineage(Import *im, int32_t place)
{
    Node *node = &im->node[place];
    node->lineage = im->older_n;
    node->lineage_n = 0;
    for (ptrdiff_t i = 0; i < node->file->succeeds.n; i++) {
        Str code = node->file->succeeds.v[i];
        int32_t older = place_of(im, code);
        if (older == place) tell(im, node, SAY(im, code, S(" succeeds itself")));
        else if (older) im->older[im->older_n++] = older;
        else if (im->file->is_whole) tell(im, node, SAY(im, S("succeeds an unknown unit "), code));
    }
    int32_t *all = im->older + node->lineage;
    ptrdiff_t n = im->older_n - node->lineage;
    qsort(all, (size_t)n, sizeof *all, compare_places);
    for (ptrdiff_t i = 0; i < n; i++)
        if (i == 0 || all[i] != all[i - 1]) all[node->lineage_n++] = all[i];
    im->older_n = node->lineage + node->lineage_n;
}

static void lay(Import *im)
{
    for (ptrdiff_t i = 0; i < im->file->n; i++) lay_unit(im, &im->file->v[i]);
    for (int32_t i = 1; i <= im->n; i++) {
        Node *node = &im->node[i];
        Str kind = node->file ? node->file->kind : node->kind;
        int k = kind_of(im, kind);
        node->owns = k >= 0 && im->kind_owns[k];
        if (!node->file) continue;
        if (k < 0) tell(im, node, SAY(im, S("unknown kind "), unit_shown(im->c->arena, kind)));
        node->is_doubtful = k < 0;
        lay_parent(im, i);
        if (im->file->has_lineage) lay_lineage(im, i);
    }
}

/* ---- judging the whole ------------------------------------------------------------ */

/* The stack holds the way up that led into a cycle: those from `again` on are in it. */
static void tell_cycle(Import *im, ptrdiff_t n, int32_t again, Str what)
{
    bool is_in = false;
    for (ptrdiff_t i = 0; i < n; i++) {
        Node *node = &im->node[im->stack[i]];
        is_in = is_in || im->stack[i] == again;
        if (!is_in) continue;
        node->is_doubtful = true;
        if (node->file) tell(im, node, SAY(im, node->code, what));
    }
}

static void place_below(Import *im, Node *node, int32_t place)
{
    const Node *above = node->parent ? &im->node[node->parent] : NULL;
    bool is_below = above && above->state == DONE;
    node->state = DONE;
    node->is_doubtful = node->is_doubtful || (is_below && above->is_doubtful);
    node->depth = is_below ? (short)(above->depth + 1) : 0;
    node->owner = node->owns || !is_below ? place : above->owner;
}

/* Depth and owner of the unit and of all above it that have none yet. */
static void place_unit(Import *im, int32_t place)
{
    ptrdiff_t n = 0;
    int32_t at = place;
    for (; at && im->node[at].state == UNSEEN; at = im->node[at].parent) {
        im->node[at].state = OPEN;
        im->stack[n++] = at;
    }
    if (at && im->node[at].state == OPEN) tell_cycle(im, n, at, S(" lies below itself: the parents make a cycle"));
    while (n > 0) {
        n--;
        place_below(im, &im->node[im->stack[n]], im->stack[n]);
    }
}

/* The unit may stand in the store only; then what moved it there is in the file. */
static void tell_depth(Import *im, const Node *node)
{
    while (!node->file && node->parent) node = &im->node[node->parent];
    Str most = unit_number(im->c->arena, UNIT_DEPTH_MAX);
    if (node->file) tell(im, node, SAY(im, S("more than "), most, S(" units lie above "), node->code, S(" or a unit below it")));
}

static void check_owner(Import *im, const Node *node)
{
    const Node *owner = &im->node[node->owner];
    if (!node->id || !node->file || node->is_doubtful || owner->id == node->owner_id) return;
    const Node *before = &im->node[by_id(im, node->owner_id)];
    tell(im, node, SAY(im, node->code, S(" would pass from "), before->code, S(" to "), owner->code,
                       S(", another owner in law: give it a new code and name "), node->code, S(" in succeeds")));
}

static void judge_tree(Import *im)
{
    im->stack = NEW(im->c->arena, int32_t, im->n + 1);
    for (int32_t i = 1; i <= im->n; i++) place_unit(im, i);
    for (int32_t i = 1; i <= im->n; i++) {
        const Node *node = &im->node[i];
        if (node->depth > UNIT_DEPTH_MAX) tell_depth(im, node);
        check_owner(im, node);
    }
}

/* Depth first through the predecessors; `next` is how many of a node's were tried. */
static void follow_lineage(Import *im, int32_t from, ptrdiff_t *next)
{
    ptrdiff_t n = 0;
    im->stack[n++] = from;
    im->node[from].state = OPEN;
    while (n > 0) {
        Node *node = &im->node[im->stack[n - 1]];
        ptrdiff_t *tried = &next[im->stack[n - 1]];
        if (*tried == node->lineage_n) {
            node->state = DONE;
            n--;
            continue;
        }
        int32_t older = im->older[node->lineage + (*tried)++];
        if (im->node[older].state == OPEN) tell_cycle(im, n, older, S(" succeeds itself: the lineage makes a cycle"));
        if (im->node[older].state != UNSEEN) continue;
        im->node[older].state = OPEN;
        im->stack[n++] = older;
    }
}

static void judge_lineage(Import *im)
{
    ptrdiff_t *next = NEW(im->c->arena, ptrdiff_t, im->n + 1);
    for (int32_t i = 1; i <= im->n; i++) im->node[i].state = UNSEEN;
    for (int32_t i = 1; i <= im->n; i++)
        if (im->node[i].state == UNSEEN) follow_lineage(im, i, next);
}

/* ---- what differs ------------------------------------------------------------------- */

static bool has_new_lineage(const Import *im, const Node *node)
{
    if (node->lineage_n != node->stored_n) return true;
    for (ptrdiff_t i = 0; i < node->lineage_n; i++)
        if (im->older[node->lineage + i] != im->older[node->stored + i]) return true;
    return false;
}

static void compare(Import *im)
{
    im->added = NEW(im->c->arena, int64_t, im->n + 1);
    im->changed = NEW(im->c->arena, int64_t, im->n + 1);
    for (int32_t i = im->n; i > 0; i--) {
        Node *node = &im->node[i];
        const FileUnit *f = node->file;
        if (!f) continue;
        node->has_new_lineage = im->file->has_lineage && has_new_lineage(im, node);
        node->has_moved = node->parent != node->old_parent || !str_eq(node->kind, f->kind) || !str_eq(node->name, f->name);
        node->is_changed = node->has_moved || node->has_new_lineage || node->valid_from.day != f->valid_from.day ||
                           node->valid_to.day != f->valid_to.day || (im->file->has_notes && !str_eq(node->note, f->note));
        if (!node->id) {
            node->next_of_depth = im->depth_first[node->depth];
            im->depth_first[node->depth] = i;
            im->added[node->owner]++;
        } else if (node->is_changed) {
            im->changed[node->owner]++;
        }
        if (f->is_made) continue;
        im->count.read++;
        if (!node->id || node->is_changed) im->count.stored++;
        else im->count.repeated++;
    }
}

/* ---- writing it ----------------------------------------------------------------------- */

/* Rows on their way into ROWS(); written when there are many. */
enum { JSON_BYTES = 4 << 20, JSON_FULL = 2 << 20, JSON_ROWS = 4096 };
typedef struct Load {
    Buf json;
    int n;
} Load;

static void load_row(Load *load)
{
    buf_add(&load->json, load->n++ ? S(",[") : S("[["));
}

static void load_i64(Load *load, int64_t v)
{
    buf_add_i64(&load->json, v);
    buf_add_char(&load->json, ',');
}

static void load_i64_or_null(Load *load, int64_t v)
{
    if (v) load_i64(load, v);
    else buf_add(&load->json, S("null,"));
}

static void load_str(Load *load, Str s)
{
    buf_add_json(&load->json, s);
    buf_add_char(&load->json, ',');
}

/* Ends the row; its last comma goes. */
static void load_row_end(Load *load)
{
    load->json.n--;
    buf_add_char(&load->json, ']');
}

static bool load_is_full(const Load *load)
{
    return load->n >= JSON_ROWS || load->json.n > JSON_FULL;
}

static Str load_take(Load *load)
{
    buf_add_char(&load->json, ']');
    Str json = buf_str(&load->json);
    load->json.n = 0;
    load->n = 0;
    return json;
}

static void load_fields(Load *load, const Import *im, const Node *node)
{
    const FileUnit *f = node->file;
    Arena *a = im->c->arena;
    load_str(load, f->kind);
    load_i64_or_null(load, im->node[node->parent].id);
    load_str(load, f->name);
    load_str(load, text_name_sort(a, f->name));
    load_str(load, text_name_fold(a, f->name));
    load_str(load, im->file->has_notes ? f->note : node->note);
    load_i64(load, f->valid_from.day);
    load_i64_or_null(load, f->valid_to.day);
    load_row_end(load);
}

/* A new owner's own id is known only afterwards; its foreign key waits for the commit. */
SQL(INSERT_MANY,
    "INSERT INTO unit (owner_id, code, kind, parent_id, name, name_sort, name_fold, note, valid_from, valid_to)"
    " SELECT r.owner_id, r.code, r.kind, r.parent_id, r.name, r.name_sort, r.name_fold, r.note, r.valid_from, r.valid_to"
    " FROM ROWS($1, owner_id INTEGER, code TEXT, kind TEXT, parent_id INTEGER, name TEXT, name_sort TEXT, name_fold TEXT,"
    "  note TEXT, valid_from INTEGER, valid_to INTEGER) r WHERE true RETURNING id, code");
SQL(OWN_THEMSELVES, "UPDATE unit SET owner_id = id WHERE owner_id = 0");

static Err insert_many(Import *im, Load *load)
{
    if (!load->n) return OK;
    Rows r = db_query(im->c, INSERT_MANY, load_take(load));
    while (db_next(&r)) {
        Node *node = &im->node[place_of(im, db_str(&r, 1))];
        node->id = db_i64(&r, 0);
    }
    return db_done(&r);
}

/* From the top down, since a row names its parent's id. */
static Err add_new(Import *im, Load *load)
{
    for (int depth = 0; depth <= UNIT_DEPTH_MAX; depth++) {
        for (int32_t i = im->depth_first[depth]; i; i = im->node[i].next_of_depth) {
            const Node *node = &im->node[i];
            load_row(load);
            load_i64(load, node->owner == i ? 0 : im->node[node->owner].id);
            load_str(load, node->code);
            load_fields(load, im, node);
            if (load_is_full(load)) TRY(insert_many(im, load));
        }
        TRY(insert_many(im, load));
    }
    return db_exec(im->c, OWN_THEMSELVES, NULL);
}

SQL(PAST_MANY, "INSERT INTO unit_past (unit_id, until, parent_id, name, kind)"
               " SELECT u.id, $2, u.parent_id, u.name, u.kind FROM ROWS($1, id INTEGER) r JOIN unit u ON u.id = r.id"
               " WHERE u.valid_from <= $2 ON CONFLICT (unit_id, until) DO NOTHING");
SQL(UPDATE_MANY,
    "UPDATE unit SET kind = r.kind, parent_id = r.parent_id, name = r.name, name_sort = r.name_sort, name_fold = r.name_fold,"
    "  note = r.note, valid_from = r.valid_from, valid_to = r.valid_to, version = unit.version + 1"
    " FROM ROWS($1, id INTEGER, kind TEXT, parent_id INTEGER, name TEXT, name_sort TEXT, name_fold TEXT,"
    "  note TEXT, valid_from INTEGER, valid_to INTEGER) r WHERE unit.id = r.id");

static Err past_many(Import *im, Load *load)
{
    if (!load->n) return OK;
    return db_exec(im->c, PAST_MANY, NULL, load_take(load), (Date){im->c->today.day - 1});
}

static Err update_many(Import *im, Load *load)
{
    return load->n ? db_exec(im->c, UPDATE_MANY, NULL, load_take(load)) : OK;
}

static Err keep_past(Import *im, Load *load)
{
    for (int32_t i = 1; i <= im->n_stored; i++) {
        if (!im->node[i].has_moved) continue;
        load_row(load);
        load_i64(load, im->node[i].id);
        load_row_end(load);
        if (load_is_full(load)) TRY(past_many(im, load));
    }
    return past_many(im, load);
}

static Err change_stored(Import *im, Load *load)
{
    for (int32_t i = 1; i <= im->n_stored; i++) {
        if (!im->node[i].is_changed) continue;
        load_row(load);
        load_i64(load, im->node[i].id);
        load_fields(load, im, &im->node[i]);
        if (load_is_full(load)) TRY(update_many(im, load));
    }
    return update_many(im, load);
}

SQL(LINEAGE_CLEAR, "DELETE FROM unit_succession WHERE unit_id IN (SELECT r.id FROM ROWS($1, id INTEGER) r)");
SQL(LINEAGE_MANY, "INSERT INTO unit_succession (unit_id, succeeds_id)"
                  " SELECT r.unit_id, r.succeeds_id FROM ROWS($1, unit_id INTEGER, succeeds_id INTEGER) r");

static Err clear_many(Import *im, Load *load)
{
    return load->n ? db_exec(im->c, LINEAGE_CLEAR, NULL, load_take(load)) : OK;
}

static Err lineage_many(Import *im, Load *load)
{
    return load->n ? db_exec(im->c, LINEAGE_MANY, NULL, load_take(load)) : OK;
}

static Err clear_lineage(Import *im, Load *load)
{
    for (int32_t i = 1; i <= im->n; i++) {
        if (!im->node[i].has_new_lineage || !im->node[i].stored_n) continue;
        load_row(load);
        load_i64(load, im->node[i].id);
        load_row_end(load);
        if (load_is_full(load)) TRY(clear_many(im, load));
    }
    return clear_many(im, load);
}

static Err write_lineage(Import *im, Load *load)
{
    TRY(clear_lineage(im, load));
    for (int32_t i = 1; i <= im->n; i++) {
        const Node *node = &im->node[i];
        for (ptrdiff_t k = 0; node->has_new_lineage && k < node->lineage_n; k++) {
            load_row(load);
            load_i64(load, node->id);
            load_i64(load, im->node[im->older[node->lineage + k]].id);
            load_row_end(load);
            if (load_is_full(load)) TRY(lineage_many(im, load));
        }
    }
    return lineage_many(im, load);
}

/* One row an owner: who imports a register has not looked at each of its schools. */
static Err tell_audit(Import *im)
{
    Ctx *c = im->c;
    for (int32_t i = 1; i <= im->n; i++) {
        if (!im->added[i] && !im->changed[i]) continue;
        Str detail = STR_CAT(c->arena, S("added "), unit_number(c->arena, im->added[i]), S(", changed "), unit_number(c->arena, im->changed[i]));
        TRY(audit_add(c, (AuditRow){.owner_id = im->node[i].id, .verb = "organisation.import", .object = "organisation",
                                    .object_id = im->node[i].id, .unit_id = im->node[i].id, .detail = detail}));
    }
    return OK;
}

static Err store(Import *im)
{
    Load load = {.json = buf_new(im->c->arena, JSON_BYTES)};
    bool grows = im->n > im->n_stored, moves = false;
    for (int32_t i = 1; i <= im->n_stored; i++) moves = moves || im->node[i].parent != im->node[i].old_parent;
    TRY(keep_past(im, &load));
    if (grows) TRY(add_new(im, &load));
    TRY(change_stored(im, &load));
    TRY(write_lineage(im, &load));
    if (moves) TRY(organisation_reach_rebuild(im->c));
    else if (grows) TRY(organisation_reach_fill(im->c));
    return tell_audit(im);
}

Err organisation_import(Ctx *c, const UnitFile *file, ImportCount *ret)
{
    Import im = {.c = c, .file = file, .fault = file->fault};
    TRY(load_kinds(&im));
    TRY(load_nodes(&im));
    TRY(load_lineage(&im));
    lay(&im);
    judge_tree(&im);
    judge_lineage(&im);
    if (im.fault.line)
        return fail(c, E_CONFLICT, msg_verbatim(SAY(&im, S("line "), unit_number(c->arena, im.fault.line), S(": "), im.fault.what)));
    compare(&im);
    TRY(store(&im));
    *ret = im.count;
    return OK;
}

/* Choices and scores on sheets: one row of the store for a unit and a group,
   with all its counts as text, since an answer to forty questions moves forty
   of them at once. As rows of their own they cost two thirds of a submission
   on SQLite, and more on PostgreSQL. Numbers stay rows: a sheet is written
   whole, and must not grow with the answers.

   "12:1=35,40;13:1=7,4=2" is item 12 with 35 times value 1 and 40 times value
   2, then item 13; ascending by item and value, no count is 0. A value that
   follows its neighbour is not written: most do, and a sheet half as long is
   half as much to read, to write and to log.

   What one person answered is a small sheet, too; a batch is the sum of them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "db/writer.h"
#include "feature/answer/answer_inside.h"

enum { CELL_BYTES = 66, AT_ONCE = 256 }; /* three numbers of twenty figures and a sign, and what parts them */

typedef struct Cell {
    int64_t item_id, value, n;
} Cell;

static int order(const Cell *a, const Cell *b)
{
    if (a->item_id != b->item_id) return a->item_id < b->item_id ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

/* ---- out of the text ---------------------------------------------------------------- */

typedef struct Reader {
    const char *at, *end;
    Cell last;      /* n 0: none yet */
    bool is_item;   /* an item's number comes next */
} Reader;

static Reader reader_of(Str counts)
{
    return (Reader){counts.p, counts.p + counts.n, {0}, true};
}

/* 18 figures cannot overflow. Digit by digit here, since a submission reads and
   writes hundreds of them. */
static bool take_number(Reader *r, int64_t *ret)
{
    bool is_negative = r->at < r->end && *r->at == '-';
    const char *from = r->at += is_negative;
    int64_t n = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        if (r->at - from == 18) return false;
        n = n * 10 + (*r->at - '0');
    }
    *ret = is_negative ? -n : n;
    return r->at > from;
}

static bool take_sign(Reader *r, char sign)
{
    if (r->at == r->end || *r->at != sign) return false;
    r->at++;
    return true;
}

static bool take_cell(Reader *r, Cell *cell)
{
    bool is_first = r->is_item;
    if (is_first && (!take_number(r, &cell->item_id) || !take_sign(r, ':'))) return false;
    if (!take_number(r, &cell->n)) return false;
    if (!take_sign(r, '=')) {
        cell->value++;
        return !is_first;
    }
    cell->value = cell->n;
    return take_number(r, &cell->n);
}

/* False at a fault, which an order that is not kept is too; at the end ret->n is 0. */
static bool next_cell(Reader *r, Cell *ret)
{
    Cell cell = r->last;
    *ret = (Cell){0};
    if (r->at == r->end) return true;
    if (!take_cell(r, &cell) || cell.n <= 0 || (r->last.n && order(&r->last, &cell) >= 0)) return false;
    r->last = *ret = cell;
    if (r->at == r->end) return true;
    r->is_item = *r->at == ';';
    return (r->is_item || *r->at == ',') && ++r->at < r->end;
}

/* ---- into a text ---------------------------------------------------------------------- */

typedef struct Writing {
    char *from, *to; /* there is room for all cells: the callers count it */
    Cell last;       /* n 0: none yet */
} Writing;

static Writing writing_new(Arena *arena, ptrdiff_t bytes)
{
    char *p = NEW(arena, char, bytes);
    return (Writing){p, p, {0}};
}

static Str written(const Writing *w)
{
    return (Str){w->from, w->to - w->from};
}

/* Most are small. */
static char *put_number(char *to, int64_t n)
{
    if (n >= 0 && n < 10) {
        *to = (char)('0' + n);
        return to + 1;
    }
    char digits[20];
    ptrdiff_t at = COUNT_OF(digits);
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
    for (; left; left /= 10) digits[--at] = (char)('0' + left % 10);
    if (n < 0) *to++ = '-';
    memcpy(to, digits + at, (size_t)(COUNT_OF(digits) - at));
    return to + COUNT_OF(digits) - at;
}

static void add_cell(Writing *w, Cell cell)
{
    if (cell.n == 0) return;
    bool is_same = w->last.n && cell.item_id == w->last.item_id;
    if (w->last.n) *w->to++ = is_same ? ',' : ';';
    if (!is_same) {
        w->to = put_number(w->to, cell.item_id);
        *w->to++ = ':';
    }
    if (!is_same || cell.value != w->last.value + 1) {
        w->to = put_number(w->to, cell.value);
        *w->to++ = '=';
    }
    w->to = put_number(w->to, cell.n);
    w->last = cell;
}

/* ---- adding ---------------------------------------------------------------------- */

static Err broken(Ctx *c)
{
    return fail(c, E_BROKEN, msg_verbatim(S("a sheet of counts cannot be read")));
}

/* Both are sorted: walked side by side. The sum is no longer than both: a count
   has no more figures than its parts have together, and no value that followed
   its neighbour stops to. */
static Err add_up(Ctx *c, Str a, Str b, Str *ret)
{
    Writing w = writing_new(c->arena, a.n + b.n + CELL_BYTES);
    Reader left = reader_of(a), right = reader_of(b);
    Cell x, y;
    if (!next_cell(&left, &x) || !next_cell(&right, &y)) return broken(c);
    while (x.n || y.n) {
        int by = !y.n ? -1 : !x.n ? 1 : order(&x, &y);
        Cell sum = by <= 0 ? x : y;
        if (by == 0) sum.n += y.n;
        add_cell(&w, sum);
        if (by <= 0 && !next_cell(&left, &x)) return broken(c);
        if (by >= 0 && !next_cell(&right, &y)) return broken(c);
    }
    *ret = written(&w);
    return OK;
}

enum { WAVE, UNIT, GROUP, COUNTS, COLUMNS };

typedef struct Sheet {
    const DbVal *const *parts; /* appended rows of the same wave, unit and group */
    ptrdiff_t n;
    Str counts; /* as stored, then as they shall be */
} Sheet;

/* By halves, so that a school whose pupils all answer at once costs no more than many schools. */
static Err sum_of(Ctx *c, const DbVal *const *parts, ptrdiff_t n, Str *ret)
{
    Str a, b;
    if (n == 1) {
        *ret = parts[0][COUNTS].s;
        return OK;
    }
    TRY(sum_of(c, parts, n / 2, &a));
    TRY(sum_of(c, parts + n / 2, n - n / 2, &b));
    return add_up(c, a, b, ret);
}

static Err add_parts(Ctx *c, Sheet *sheet)
{
    Str sum;
    TRY(sum_of(c, sheet->parts, sheet->n, &sum));
    return add_up(c, sheet->counts, sum, &sheet->counts);
}

/* ---- out of the store and into it --------------------------------------------------- */

SQL(FIND, "SELECT r.i, s.counts FROM ROWS($1, i INTEGER, wave_id INTEGER, unit_id INTEGER, group_id INTEGER) r"
          " JOIN tally_sheet s ON s.wave_id = r.wave_id AND s.unit_id = r.unit_id AND s.group_id = r.group_id");
SQL(STORE, "INSERT INTO tally_sheet (wave_id, unit_id, group_id, counts) VALUES ($1, $2, $3, $4)"
           " ON CONFLICT (wave_id, unit_id, group_id) DO UPDATE SET counts = excluded.counts");
SQL(STORE_MANY, "INSERT INTO tally_sheet (wave_id, unit_id, group_id, counts)"
                " SELECT r.wave_id, r.unit_id, r.group_id, r.counts"
                " FROM ROWS($1, wave_id INTEGER, unit_id INTEGER, group_id INTEGER, counts TEXT) r WHERE true"
                " ON CONFLICT (wave_id, unit_id, group_id) DO UPDATE SET counts = excluded.counts");

static Err find_counts(Ctx *c, Sheet *sheets, ptrdiff_t n)
{
    Buf b = buf_new(c->arena, n * 2 * CELL_BYTES + 2);
    for (ptrdiff_t i = 0; i < n; i++) {
        buf_add(&b, i ? S(",[") : S("[["));
        buf_add_i64(&b, i);
        for (int k = WAVE; k <= GROUP; k++) {
            buf_add_char(&b, ',');
            buf_add_i64(&b, sheets[i].parts[0][k].i);
        }
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    Rows r = db_query(c, FIND, buf_str(&b));
    while (db_next(&r)) sheets[db_i64(&r, 0)].counts = str_copy(c->arena, db_str(&r, 1));
    return db_done(&r);
}

static Err store_counts(Ctx *c, const Sheet *sheets, ptrdiff_t n)
{
    DbVal *v = NEW(c->arena, DbVal, n * COLUMNS);
    for (ptrdiff_t i = 0; i < n; i++) {
        for (int k = WAVE; k <= GROUP; k++) v[i * COLUMNS + k] = sheets[i].parts[0][k];
        v[i * COLUMNS + COUNTS] = db_val_str(sheets[i].counts);
    }
    return db_rows_write(c, STORE, STORE_MANY, (AppendedRows){v, n, COLUMNS});
}

static int by_sheet(const void *a, const void *b)
{
    const DbVal *x = *(const DbVal *const *)a, *y = *(const DbVal *const *)b;
    for (int k = WAVE; k <= GROUP; k++)
        if (x[k].i != y[k].i) return x[k].i < y[k].i ? -1 : 1;
    return 0;
}

/* Takes the parts of the next sheets off the list. */
static ptrdiff_t next_sheets(Sheet *sheets, const DbVal *const **parts, ptrdiff_t *left)
{
    ptrdiff_t n = 0;
    for (; *left > 0; (*parts)++, (*left)--) {
        bool is_same = n > 0 && by_sheet(*parts, sheets[n - 1].parts) == 0;
        if (!is_same && n == AT_ONCE) break;
        if (!is_same) sheets[n++] = (Sheet){.parts = *parts};
        sheets[n - 1].n++;
    }
    return n;
}

/* Read, added up, and written: in one transaction nobody comes between (SQLite
   has one writer, PostgreSQL is serializable). Sorted, so that two writers of
   PostgreSQL lock in the same order. */
static Err flush_sheets(Ctx *c, AppendedRows rows)
{
    const DbVal **sorted = NEW(c->arena, const DbVal *, rows.n);
    for (ptrdiff_t i = 0; i < rows.n; i++) sorted[i] = rows.v + i * COLUMNS;
    qsort(sorted, (size_t)rows.n, sizeof *sorted, by_sheet);
    const DbVal *const *parts = sorted;
    for (ptrdiff_t left = rows.n; left > 0;) {
        Arena before = *c->arena;
        Sheet *sheets = NEW(c->arena, Sheet, AT_ONCE);
        ptrdiff_t n = next_sheets(sheets, &parts, &left);
        TRY(find_counts(c, sheets, n));
        for (ptrdiff_t i = 0; i < n; i++) TRY(add_parts(c, &sheets[i]));
        TRY(store_counts(c, sheets, n));
        *c->arena = before;
    }
    return OK;
}
static const AppendSpec sheets = {"tally_sheet", flush_sheets};

/* ---- what is added ------------------------------------------------------------------- */

static int by_cell(const void *a, const void *b)
{
    return order(a, b);
}

/* A questionnaire's own order mostly is the order of its ids. */
static void sort_cells(Cell *cells, ptrdiff_t n)
{
    ptrdiff_t sorted = 1;
    while (sorted < n && order(&cells[sorted - 1], &cells[sorted]) < 0) sorted++;
    if (sorted < n) qsort(cells, (size_t)n, sizeof *cells, by_cell);
}

/* cells: sorted; the same one twice is one of both. */
static Str text_of(Arena *arena, const Cell *cells, ptrdiff_t n)
{
    Writing w = writing_new(arena, n * CELL_BYTES);
    for (ptrdiff_t i = 0; i < n;) {
        Cell sum = cells[i++];
        for (; i < n && order(&sum, &cells[i]) == 0; i++) sum.n += cells[i].n;
        add_cell(&w, sum);
    }
    return written(&w);
}

void answer_sheets_add(Ctx *c, WaveId wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts)
{
    Cell *cells = NEW(c->arena, Cell, counts.n);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < counts.n; i++)
        if (counts.v[i].on_sheet) cells[n++] = (Cell){counts.v[i].item_id, counts.v[i].value, 1};
    if (n == 0) return;
    sort_cells(cells, n);
    Str text = text_of(c->arena, cells, n);
    db_append(c, &sheets, wave, unit, (int64_t)0, text);
    for (ptrdiff_t i = 0; i < n_groups; i++) db_append(c, &sheets, wave, unit, groups[i], text);
}

void answer_sheets_add_rows(Ctx *c, WaveId wave, const TallyRow *rows, ptrdiff_t n)
{
    for (ptrdiff_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && rows[to].unit_id == rows[from].unit_id && rows[to].group_id == rows[from].group_id;) to++;
        Arena before = *c->arena;
        Cell *cells = NEW(c->arena, Cell, to - from);
        for (ptrdiff_t i = from; i < to; i++) cells[i - from] = (Cell){rows[i].item_id, rows[i].value, rows[i].n};
        sort_cells(cells, to - from);
        db_append(c, &sheets, wave, rows[from].unit_id, rows[from].group_id, text_of(c->arena, cells, to - from));
        *c->arena = before;
    }
}

/* ---- reading ---------------------------------------------------------------------------- */

Err answer_sheet_each(Ctx *c, int64_t unit_id, int64_t group_id, Str counts, TallyFn *each, void *data)
{
    Reader r = reader_of(counts);
    Cell cell;
    for (;;) {
        if (!next_cell(&r, &cell)) return broken(c);
        if (cell.n == 0) return OK;
        TRY(each(c, data, &(TallyRow){unit_id, cell.item_id, group_id, cell.value, cell.n}));
    }
}

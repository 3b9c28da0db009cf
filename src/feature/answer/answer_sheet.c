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
    int64_t value, n;
} Cell;

/* ---- out of the text ---------------------------------------------------------------- */

typedef struct Reader {
    const char *at, *end;
} Reader;

static Reader reader_of(Str s)
{
    return (Reader){s.p, s.p + s.n};
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

/* "12:1=35,40", of one item; no text: none. */
typedef struct Line {
    int64_t item_id;
    Str text, cells; /* cells: what stands behind the colon */
} Line;

/* The line after *line. False at a fault, which an order that is not kept is too;
   at the end it has no text. */
static bool next_line(Str *rest, Line *line)
{
    Line before = *line;
    *line = (Line){0};
    if (rest->n == 0) return true;
    const char *end = memchr(rest->p, ';', (size_t)rest->n);
    Str text = str_sub(*rest, 0, end ? end - rest->p : rest->n);
    Reader r = reader_of(text);
    if (end && text.n + 1 == rest->n) return false;
    if (!take_number(&r, &line->item_id) || !take_sign(&r, ':') || r.at == r.end) return false;
    if (before.text.n && before.item_id >= line->item_id) return false;
    line->text = text;
    line->cells = (Str){r.at, r.end - r.at};
    *rest = str_sub(*rest, text.n + (end != NULL), rest->n);
    return true;
}

/* The cell after *cell, as next_line; at the end its n is 0. */
static bool next_cell(Reader *r, Cell *cell)
{
    Cell before = *cell;
    *cell = (Cell){0};
    if (r->at == r->end) return true;
    if (!take_number(r, &cell->n)) return false;
    bool is_told = take_sign(r, '=');
    cell->value = is_told ? cell->n : before.value + 1;
    if (is_told && !take_number(r, &cell->n)) return false;
    if (is_told ? before.n && before.value >= cell->value : !before.n) return false;
    return cell->n > 0 && (r->at == r->end || (take_sign(r, ',') && r->at < r->end));
}

/* ---- into a text ---------------------------------------------------------------------- */

typedef struct Writing {
    char *from, *to; /* there is room for all: the callers count it */
    Cell last;       /* of the line that is written; n 0: none yet */
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

static void put(Writing *w, const char *from, const char *end)
{
    memcpy(w->to, from, (size_t)(end - from));
    w->to += end - from;
}

/* Most are small. */
static void put_number(Writing *w, int64_t n)
{
    if (n >= 0 && n < 10) {
        *w->to++ = (char)('0' + n);
        return;
    }
    char digits[20];
    ptrdiff_t at = COUNT_OF(digits);
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
    for (; left; left /= 10) digits[--at] = (char)('0' + left % 10);
    if (n < 0) *w->to++ = '-';
    put(w, digits + at, digits + COUNT_OF(digits));
}

/* Lines in the order of their items. */
static void begin_line(Writing *w, int64_t item_id)
{
    if (w->to > w->from) *w->to++ = ';';
    put_number(w, item_id);
    *w->to++ = ':';
    w->last = (Cell){0};
}

static void put_line(Writing *w, const Line *line)
{
    if (w->to > w->from) *w->to++ = ';';
    put(w, line->text.p, line->text.p + line->text.n);
}

static void put_cell(Writing *w, Cell cell)
{
    if (w->last.n) *w->to++ = ',';
    if (!w->last.n || cell.value != w->last.value + 1) {
        put_number(w, cell.value);
        *w->to++ = '=';
    }
    put_number(w, cell.n);
    w->last = cell;
}

/* ---- adding ---------------------------------------------------------------------- */

static Err broken(Ctx *c)
{
    return fail(c, E_BROKEN, msg_verbatim(S("a sheet of counts cannot be read")));
}

/* Both are sorted: walked side by side. */
static bool put_both(Writing *w, const Line *a, const Line *b)
{
    Reader left = reader_of(a->cells), right = reader_of(b->cells);
    Cell x = {0}, y = {0};
    begin_line(w, a->item_id);
    if (!next_cell(&left, &x) || !next_cell(&right, &y)) return false;
    while (x.n || y.n) {
        bool is_left = x.n && (!y.n || x.value <= y.value), is_right = y.n && (!x.n || y.value <= x.value);
        put_cell(w, (Cell){is_left ? x.value : y.value, (is_left ? x.n : 0) + (is_right ? y.n : 0)});
        if (is_left && !next_cell(&left, &x)) return false;
        if (is_right && !next_cell(&right, &y)) return false;
    }
    return true;
}

/* Where the count of the value begins; NULL: the line has none, or a fault. */
static const char *count_of(const Line *line, int64_t value)
{
    Reader r = reader_of(line->cells);
    int64_t n = 0, at = 0;
    for (bool is_first = true;; is_first = false) {
        const char *from = r.at;
        if (!take_number(&r, &n)) return NULL;
        bool is_told = take_sign(&r, '=');
        if (is_first && !is_told) return NULL;
        at = is_told ? n : at + 1;
        if (is_told) from = r.at;
        if (at >= value) return at == value ? from : NULL;
        if (is_told && !take_number(&r, &n)) return NULL;
        if (!take_sign(&r, ',')) return NULL;
    }
}

/* One choice more of a value that was chosen before: one number is another then. */
static bool put_one_more(Writing *w, const char **kept, const Line *line, const Line *one)
{
    Reader add = reader_of(one->cells);
    Cell cell = {0};
    int64_t n = 0;
    if (!next_cell(&add, &cell) || add.at < add.end) return false;
    const char *count = count_of(line, cell.value);
    Reader r = {count, line->cells.p + line->cells.n};
    if (!count || !take_number(&r, &n) || n <= 0 || (r.at < r.end && *r.at != ',')) return false;
    put(w, *kept, count);
    put_number(w, n + cell.n);
    *kept = r.at;
    return true;
}

static bool put_anew(Writing *w, const char **kept, const char *begin, const Line *a, const Line *b)
{
    put(w, *kept, a->text.p - (a->text.p > begin)); /* begin_line parts them */
    *kept = a->text.p + a->text.n;
    return put_both(w, a, b);
}

/* By far the most: all items of b were answered before. What does not change is
   copied in stretches, from one number to the next. False: not so, or a fault. */
static bool put_changes(Writing *w, Str a, Str b)
{
    const char *begin = a.p, *end = a.p + a.n, *kept = begin;
    Line x = {0}, y = {0};
    if (a.n == 0) return false;
    while (next_line(&b, &y) && y.text.n) {
        do {
            if (!next_line(&a, &x) || !x.text.n) return false;
        } while (x.item_id < y.item_id);
        if (x.item_id > y.item_id) return false;
        if (!put_one_more(w, &kept, &x, &y) && !put_anew(w, &kept, begin, &x, &y)) return false;
    }
    while (x.text.n)
        if (!next_line(&a, &x)) return false;
    put(w, kept, end);
    return b.n == 0;
}

static bool put_sum(Writing *w, Str a, Str b)
{
    Line x = {0}, y = {0};
    if (!next_line(&a, &x) || !next_line(&b, &y)) return false;
    while (x.text.n || y.text.n) {
        bool is_left = x.text.n && (!y.text.n || x.item_id <= y.item_id), is_right = y.text.n && (!x.text.n || y.item_id <= x.item_id);
        if (!is_left || !is_right) put_line(w, is_left ? &x : &y);
        else if (!put_both(w, &x, &y)) return false;
        if (is_left && !next_line(&a, &x)) return false;
        if (is_right && !next_line(&b, &y)) return false;
    }
    return true;
}

/* The sum is no longer than both: a count has no more figures than its parts
   have together, and no value that followed its neighbour stops to. */
static Err add_up(Ctx *c, Str a, Str b, Str *ret)
{
    Writing w = writing_new(c->arena, a.n + b.n + CELL_BYTES);
    if (!put_changes(&w, a, b)) {
        w = (Writing){.from = w.from, .to = w.from};
        if (!put_sum(&w, a, b)) return broken(c);
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

typedef struct ItemCount {
    int64_t item_id;
    Cell cell;
} ItemCount;

static int by_item(const void *a, const void *b)
{
    const ItemCount *x = a, *y = b;
    if (x->item_id != y->item_id) return x->item_id < y->item_id ? -1 : 1;
    return x->cell.value < y->cell.value ? -1 : x->cell.value > y->cell.value;
}

/* A questionnaire's own order mostly is the order of its ids. */
static void sort_counts(ItemCount *v, ptrdiff_t n)
{
    ptrdiff_t sorted = 1;
    while (sorted < n && by_item(&v[sorted - 1], &v[sorted]) < 0) sorted++;
    if (sorted < n) qsort(v, (size_t)n, sizeof *v, by_item);
}

static Str text_of(Arena *arena, ItemCount *v, ptrdiff_t n)
{
    Writing w = writing_new(arena, n * CELL_BYTES);
    int64_t item_id = 0;
    sort_counts(v, n);
    for (ptrdiff_t i = 0; i < n;) {
        ItemCount sum = v[i++];
        for (; i < n && by_item(&sum, &v[i]) == 0; i++) sum.cell.n += v[i].cell.n;
        if (w.to == w.from || sum.item_id != item_id) begin_line(&w, item_id = sum.item_id);
        put_cell(&w, sum.cell);
    }
    return written(&w);
}

void answer_sheets_add(Ctx *c, WaveId wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Counts counts)
{
    ItemCount *v = NEW(c->arena, ItemCount, counts.n);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < counts.n; i++)
        if (counts.v[i].on_sheet) v[n++] = (ItemCount){counts.v[i].item_id, {counts.v[i].value, 1}};
    if (n == 0) return;
    Str text = text_of(c->arena, v, n);
    db_append(c, &sheets, wave, unit, (int64_t)0, text);
    for (ptrdiff_t i = 0; i < n_groups; i++) db_append(c, &sheets, wave, unit, groups[i], text);
}

void answer_sheets_add_rows(Ctx *c, WaveId wave, const TallyRow *rows, ptrdiff_t n)
{
    for (ptrdiff_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && rows[to].unit_id == rows[from].unit_id && rows[to].group_id == rows[from].group_id;) to++;
        Arena before = *c->arena;
        ItemCount *v = NEW(c->arena, ItemCount, to - from);
        for (ptrdiff_t i = from; i < to; i++) v[i - from] = (ItemCount){rows[i].item_id, {rows[i].value, rows[i].n}};
        db_append(c, &sheets, wave, rows[from].unit_id, rows[from].group_id, text_of(c->arena, v, to - from));
        *c->arena = before;
    }
}

/* ---- reading ---------------------------------------------------------------------------- */

Err answer_sheet_each(Ctx *c, int64_t unit_id, int64_t group_id, Str counts, TallyFn *each, void *data)
{
    for (Line line = {0};;) {
        if (!next_line(&counts, &line)) return broken(c);
        if (line.text.n == 0) return OK;
        Reader r = reader_of(line.cells);
        for (Cell cell = {0};;) {
            if (!next_cell(&r, &cell)) return broken(c);
            if (cell.n == 0) break;
            TRY(each(c, data, &(TallyRow){unit_id, line.item_id, group_id, cell.value, cell.n}));
        }
    }
}

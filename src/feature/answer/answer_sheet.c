/* Choices and scores on sheets: one row of the store for a unit and a group,
   with all its counts as text, since an answer to forty questions moves forty
   of them at once. As rows of their own they cost two thirds of a submission
   on SQLite, and more on PostgreSQL. Numbers stay rows: a sheet is written
   whole, and must not grow with the answers.

   "12:1=35,2=40;13:1=7" is item 12 with 35 times value 1 and 40 times value 2,
   then item 13; ascending by item and value, no count is 0. */
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "db/writer.h"
#include "feature/answer/answer_inside.h"

enum { CELL_BYTES = 66, AT_ONCE = 256 }; /* three numbers of twenty figures and a sign, and what parts them */

typedef struct Cell {
    int64_t item_id, value, n;
} Cell;

/* ---- the text ------------------------------------------------------------------- */

typedef struct Reader {
    const char *at, *end;
    int64_t item_id; /* of the cells that follow; −1: the next begins with one */
} Reader;

/* Numbers as buf_add_i64 writes them; 18 figures cannot overflow. Digit by digit
   here, since a submission reads and writes hundreds of them. */
static bool take_number(Reader *r, char after, int64_t *ret)
{
    bool is_negative = r->at < r->end && *r->at == '-';
    const char *from = r->at += is_negative;
    int64_t n = 0;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        if (r->at - from == 18) return false;
        n = n * 10 + (*r->at - '0');
    }
    if (r->at == from) return false;
    *ret = is_negative ? -n : n;
    return !after || (r->at < r->end && *r->at++ == after);
}

/* False at a fault; at the end ret->n is 0. */
static bool next_cell(Reader *r, Cell *ret)
{
    *ret = (Cell){0};
    if (r->at == r->end) return true;
    if (r->item_id < 0 && !take_number(r, ':', &r->item_id)) return false;
    ret->item_id = r->item_id;
    if (!take_number(r, '=', &ret->value) || !take_number(r, 0, &ret->n) || ret->n <= 0) return false;
    if (r->at == r->end) return true;
    if (*r->at == ';') r->item_id = -1;
    else if (*r->at != ',') return false;
    r->at++;
    return r->at < r->end;
}

typedef struct Writing {
    Buf b;
    int64_t item_id; /* of the last cell; −1: none yet */
} Writing;

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
    char text[CELL_BYTES + 1], *to = text;
    if (cell.n == 0) return;
    bool is_next = cell.item_id == w->item_id;
    if (w->b.n) *to++ = is_next ? ',' : ';';
    if (!is_next) {
        to = put_number(to, cell.item_id);
        *to++ = ':';
        w->item_id = cell.item_id;
    }
    to = put_number(to, cell.value);
    *to++ = '=';
    to = put_number(to, cell.n);
    buf_add(&w->b, (Str){text, to - text});
}

static Err broken(Ctx *c)
{
    return fail(c, E_BROKEN, msg_verbatim(S("a sheet of counts cannot be read")));
}

/* ---- adding ---------------------------------------------------------------------- */

enum { KEY_WAVE, KEY_UNIT, KEY_GROUP, KEY_ITEM, KEY_VALUE };

typedef struct Sheet {
    const MergeItem *add; /* ascending by item and value */
    ptrdiff_t n;
    Str counts; /* as stored, then as they shall be */
} Sheet;

static int order(const Cell *cell, const MergeItem *add)
{
    if (cell->item_id != add->key[KEY_ITEM]) return cell->item_id < add->key[KEY_ITEM] ? -1 : 1;
    return cell->value < add->key[KEY_VALUE] ? -1 : cell->value > add->key[KEY_VALUE];
}

/* Both are sorted: walked side by side. */
static Err add_up(Ctx *c, Sheet *sheet)
{
    Writing w = {.b = buf_new(c->arena, sheet->counts.n + sheet->n * 2 * CELL_BYTES), .item_id = -1};
    Reader r = {sheet->counts.p, sheet->counts.p + sheet->counts.n, -1};
    Cell cell;
    if (!next_cell(&r, &cell)) return broken(c);
    for (ptrdiff_t i = 0; i < sheet->n || cell.n;) {
        int by = !cell.n ? 1 : i == sheet->n ? -1 : order(&cell, &sheet->add[i]);
        const MergeItem *add = by >= 0 ? &sheet->add[i++] : NULL;
        Cell sum = by <= 0 ? cell : (Cell){add->key[KEY_ITEM], add->key[KEY_VALUE], 0};
        if (add) sum.n += add->add;
        if (sum.n < 0) return broken(c);
        add_cell(&w, sum);
        if (by <= 0 && !next_cell(&r, &cell)) return broken(c);
    }
    sheet->counts = buf_str(&w.b);
    return OK;
}

/* ---- out of the store and into it --------------------------------------------------- */

SQL(FIND, "SELECT r.i, s.counts FROM ROWS($1, i INTEGER, wave_id INTEGER, unit_id INTEGER, group_id INTEGER) r"
          " JOIN tally_sheet s ON s.wave_id = r.wave_id AND s.unit_id = r.unit_id AND s.group_id = r.group_id");
SQL(STORE, "INSERT INTO tally_sheet (wave_id, unit_id, group_id, counts)"
           " SELECT r.wave_id, r.unit_id, r.group_id, r.counts"
           " FROM ROWS($1, wave_id INTEGER, unit_id INTEGER, group_id INTEGER, counts TEXT) r WHERE true"
           " ON CONFLICT (wave_id, unit_id, group_id) DO UPDATE SET counts = excluded.counts");

static void add_key(Buf *b, const Sheet *sheet)
{
    for (int k = KEY_WAVE; k <= KEY_GROUP; k++) {
        if (k) buf_add_char(b, ',');
        buf_add_i64(b, sheet->add->key[k]);
    }
}

static Err find_counts(Ctx *c, Sheet *sheets, ptrdiff_t n)
{
    Buf b = buf_new(c->arena, n * 2 * CELL_BYTES + 2);
    for (ptrdiff_t i = 0; i < n; i++) {
        buf_add(&b, i ? S(",[") : S("[["));
        buf_add_i64(&b, i);
        buf_add_char(&b, ',');
        add_key(&b, &sheets[i]);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    Rows r = db_query(c, FIND, buf_str(&b));
    while (db_next(&r)) sheets[db_i64(&r, 0)].counts = str_copy(c->arena, db_str(&r, 1));
    return db_done(&r);
}

static Err store_counts(Ctx *c, const Sheet *sheets, ptrdiff_t n)
{
    ptrdiff_t room = 2;
    for (ptrdiff_t i = 0; i < n; i++) room += sheets[i].counts.n + 2 * CELL_BYTES;
    Buf b = buf_new(c->arena, room);
    for (ptrdiff_t i = 0; i < n; i++) {
        buf_add(&b, i ? S(",[") : S("[["));
        add_key(&b, &sheets[i]);
        buf_add(&b, S(",\""));
        buf_add(&b, sheets[i].counts); /* figures and signs: nothing to escape */
        buf_add(&b, S("\"]"));
    }
    buf_add_char(&b, ']');
    return db_exec(c, STORE, NULL, buf_str(&b));
}

/* Takes the items of the next sheets off the list. */
static ptrdiff_t next_sheets(Sheet *sheets, const MergeItem **items, ptrdiff_t *left)
{
    ptrdiff_t n = 0;
    for (; *left > 0; (*items)++, (*left)--) {
        bool is_same = n > 0;
        for (int k = KEY_WAVE; is_same && k <= KEY_GROUP; k++) is_same = (*items)->key[k] == sheets[n - 1].add->key[k];
        if (!is_same && n == AT_ONCE) break;
        if (!is_same) sheets[n++] = (Sheet){.add = *items};
        sheets[n - 1].n++;
    }
    return n;
}

/* Read, added up, and written: in one transaction nobody comes between (SQLite
   has one writer, PostgreSQL is serializable). */
Err answer_sheets_flush(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    while (n > 0) {
        Arena before = *c->arena;
        Sheet *sheets = NEW(c->arena, Sheet, AT_ONCE);
        ptrdiff_t count = next_sheets(sheets, &items, &n);
        TRY(find_counts(c, sheets, count));
        for (ptrdiff_t i = 0; i < count; i++) TRY(add_up(c, &sheets[i]));
        TRY(store_counts(c, sheets, count));
        *c->arena = before;
    }
    return OK;
}

/* ---- reading ---------------------------------------------------------------------------- */

Err answer_sheet_each(Ctx *c, int64_t unit_id, int64_t group_id, Str counts, TallyFn *each, void *data)
{
    Reader r = {counts.p, counts.p + counts.n, -1};
    Cell cell;
    for (;;) {
        if (!next_cell(&r, &cell)) return broken(c);
        if (cell.n == 0) return OK;
        TRY(each(c, data, &(TallyRow){unit_id, cell.item_id, group_id, cell.value, cell.n}));
    }
}

#include "render/sheet/sheet.h"

static bool needs_quotes(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r') return true;
    return false;
}

static bool is_one_of(char ch, Str set)
{
    return str_find_char(set, ch, 0) >= 0;
}

/* Where a cell would begin with it, a spreadsheet takes the text for a formula. A
   Danish one parts cells at ';', and does not see our quotes in the middle of what
   it takes for a cell: so also behind a ';', tab or line end. */
static bool begins_formula(Str s, ptrdiff_t at)
{
    if (at == 0) return is_one_of(s.p[0], S("=+-@\t\r"));
    return is_one_of(s.p[at], S("=+-@")) && is_one_of(s.p[at - 1], S(";\t\r\n"));
}

static void add_text(Buf *b, CsvReader reader, Str s)
{
    bool is_quoted = needs_quotes(s);
    if (is_quoted) buf_add_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (reader == CSV_PERSON && begins_formula(s, i)) buf_add_char(b, '\'');
        if (s.p[i] == '"') buf_add_char(b, '"');
        buf_add_char(b, s.p[i]);
    }
    if (is_quoted) buf_add_char(b, '"');
}

static void add_kr(Buf *b, int64_t oere)
{
    /* The quotient of a small negative sum is 0 and would lose its sign. */
    if (oere < 0) buf_add_char(b, '-');
    uint64_t left = oere < 0 ? 0 - (uint64_t)oere : (uint64_t)oere;
    buf_add_i64(b, (int64_t)(left / 100));
    buf_add_char(b, '.');
    buf_add_padded(b, (int64_t)(left % 100), 2);
}

static void add_date(Buf *b, int64_t day)
{
    Civil civil = date_civil((Date){(int32_t)day});
    buf_add_padded(b, civil.year, 4);
    buf_add_char(b, '-');
    buf_add_padded(b, civil.month, 2);
    buf_add_char(b, '-');
    buf_add_padded(b, civil.day, 2);
}

static void add_cell(Buf *b, CsvReader reader, const SheetCell *cell)
{
    switch (cell->kind) {
    case CELL_NONE: return;
    case CELL_HIDDEN: buf_add(b, S("skjult")); return;
    case CELL_TEXT: add_text(b, reader, cell->text); return;
    case CELL_INTEGER: buf_add_i64(b, cell->i); return;
    case CELL_NUMBER:
    case CELL_SHARE: buf_add_f64(b, cell->v); return;
    case CELL_KR: add_kr(b, cell->i); return;
    case CELL_DATE: add_date(b, cell->i); return;
    case CELL_BOOL: buf_add(b, cell->i ? S("true") : S("false")); return;
    }
}

static void end_row(Buf *b, CsvReader reader)
{
    buf_add(b, reader == CSV_PERSON ? S("\r\n") : S("\n"));
}

void csv_begin(Buf *b, CsvReader reader)
{
    if (reader == CSV_PERSON) buf_add(b, S("\xef\xbb\xbf"));
}

void csv_row(Buf *b, CsvReader reader, const SheetCell *cells, ptrdiff_t n)
{
    ptrdiff_t before = b->n;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i) buf_add_char(b, ',');
        add_cell(b, reader, &cells[i]);
    }
    /* A row of one empty cell would be an empty line, which is no row. */
    if (n == 1 && b->n == before) buf_add(b, S("\"\""));
    end_row(b, reader);
}

void csv_heads(Buf *b, CsvReader reader, const Str *heads, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i) buf_add_char(b, ',');
        add_text(b, reader, heads[i]);
    }
    end_row(b, reader);
}

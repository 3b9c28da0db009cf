#include "feature/statfile/statfile_table.h"

#include <math.h>
#include <stdio.h>

#include "base/csv.h"
#include "stats/compare.h"

/* E_CONFLICT: not wrong use of the command (exit 2), and not our own fault. */
Err table_refuse(Ctx *c, Str why)
{
    return fail(c, E_CONFLICT, msg_verbatim(why));
}

static Str line_text(Ctx *c, int64_t line)
{
    Buf b = buf_new(c->arena, 32);
    buf_add(&b, S("line "));
    buf_add_i64(&b, line);
    buf_add(&b, S(": "));
    return buf_str(&b);
}

static Err refuse_line(Ctx *c, int64_t line, Str why)
{
    return table_refuse(c, STR_CAT(c->arena, line_text(c, line), why));
}

Err table_refuse_cell(Ctx *c, const Table *t, ptrdiff_t row, Str why)
{
    return refuse_line(c, t->line[row], why);
}

/* First pass: every row has the header's width, every byte is sound. */
static Err count_rows(Ctx *c, Csv csv, ptrdiff_t width, ptrdiff_t *ret)
{
    ptrdiff_t n = 0;
    CsvRow row = {0};
    for (;; n++) {
        Arena scratch = *c->arena;
        if (!csv_next(&csv, &scratch, &row)) break;
        if (row.n != width) return refuse_line(c, row.line, S("another number of fields than the header"));
    }
    if (csv.fault) return refuse_line(c, row.line, csv_fault_text(csv.fault));
    *ret = n;
    return OK;
}

static Err find_columns(Ctx *c, const CsvRow *header, Table *t, ptrdiff_t *ret_at)
{
    for (int k = 0; k < t->width; k++) {
        Str name = t->columns[k].name;
        int found = 0;
        for (ptrdiff_t i = header->n; i-- > 0;) {
            if (!str_eq(header->v[i], name)) continue;
            ret_at[k] = i;
            found++;
        }
        if (found > 1) return table_refuse(c, STR_CAT(c->arena, S("the column stands twice: "), name));
        if (!found && !t->columns[k].is_optional)
            return table_refuse(c, STR_CAT(c->arena, S("the column is missing: "), name));
        t->has[k] = found;
    }
    return OK;
}

static void read_rows(Ctx *c, Csv *csv, const ptrdiff_t *at, Table *t)
{
    CsvRow row = {0};
    for (ptrdiff_t i = 0; i < t->n; i++) {
        Arena before = *c->arena;
        if (!csv_next(csv, c->arena, &row)) return;
        t->line[i] = row.line;
        for (int k = 0; k < t->width; k++)
            if (t->has[k]) t->cell[i * t->width + k] = row.v[at[k]];
        /* Without quotes every field points into the text, and the row's own
           memory can be used again: a large file does not fill the arena. */
        if (str_find_char(row.raw, '"', 0) < 0) *c->arena = before;
    }
}

Err table_read(Ctx *c, Str text, const Column *columns, int width, Table *ret)
{
    Csv csv = csv_open(text, ',');
    CsvRow header = {0};
    if (!csv_next(&csv, c->arena, &header)) {
        if (csv.fault) return refuse_line(c, header.line, csv_fault_text(csv.fault));
        return table_refuse(c, S("the file is empty"));
    }
    Table t = {.columns = columns, .width = width, .has = NEW(c->arena, bool, width)};
    ptrdiff_t *at = NEW(c->arena, ptrdiff_t, width);
    TRY(find_columns(c, &header, &t, at));
    TRY(count_rows(c, csv, header.n, &t.n));
    t.cell = NEW(c->arena, Str, t.n * width);
    t.line = NEW(c->arena, int64_t, t.n);
    read_rows(c, &csv, at, &t);
    *ret = t;
    return OK;
}

void note_add(Note *note, Str why)
{
    if (note_is_empty(note)) note->text = why;
}

int64_t note_count(Note *note, const Table *t, ptrdiff_t row, int column)
{
    Str name = t->columns[column].name;
    int64_t v = 0;
    if (!str_i64(table_cell(t, row, column), &v)) {
        note_add(note, STR_CAT(note->arena, name, S(" is not a whole number")));
        return 0;
    }
    if (v >= 0 && v <= COMPARE_MAX) return v;
    Str why = v < 0 ? S(" is negative") : S(" is larger than 1000000000000");
    note_add(note, STR_CAT(note->arena, name, why));
    return 0;
}

double note_number(Note *note, const Table *t, ptrdiff_t row, int column)
{
    double v = 0;
    if (!str_f64(table_cell(t, row, column), &v))
        note_add(note, STR_CAT(note->arena, t->columns[column].name, S(" is not a number")));
    return v;
}

static void next_field(RowOut *row)
{
    if (row->fields++) buf_add_char(row->out, ',');
}

static bool needs_quotes(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r') return true;
    return false;
}

void out_text(RowOut *row, Str s)
{
    next_field(row);
    if (!needs_quotes(s)) {
        buf_add(row->out, s);
        return;
    }
    buf_add_char(row->out, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_add_char(row->out, '"');
        buf_add_char(row->out, s.p[i]);
    }
    buf_add_char(row->out, '"');
}

void out_f64(RowOut *row, double v)
{
    next_field(row);
    if (!isfinite(v)) return;
    char text[40];
    /* + 0.0 turns -0 into 0. */
    int n = snprintf(text, sizeof text, "%.17g", v + 0.0);
    buf_add(row->out, (Str){text, n});
}

void out_i64(RowOut *row, int64_t v)
{
    next_field(row);
    buf_add_i64(row->out, v);
}

void out_empty(RowOut *row, int count)
{
    for (int i = 0; i < count; i++) next_field(row);
}

void out_end(RowOut *row)
{
    buf_add_char(row->out, '\n');
    row->fields = 0;
}

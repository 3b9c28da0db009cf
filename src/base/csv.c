#include "base/csv.h"

#include <string.h>

#include "base/number.h"

static char pick_delimiter(Str text)
{
    static const char candidates[] = {',', ';', '\t'};
    ptrdiff_t count[3] = {0};
    bool quoted = false;
    for (ptrdiff_t i = 0; i < text.n && (quoted || text.p[i] != '\n'); i++) {
        if (text.p[i] == '"') quoted = !quoted;
        for (int k = 0; k < 3 && !quoted; k++) count[k] += text.p[i] == candidates[k];
    }
    int best = 0;
    for (int k = 1; k < 3; k++)
        if (count[k] > count[best]) best = k;
    return candidates[best];
}

Csv csv_open(Str text, char delimiter)
{
    if (str_starts(text, S("\xef\xbb\xbf"))) text = str_sub(text, 3, text.n);
    return (Csv){.text = text, .delimiter = delimiter ? delimiter : pick_delimiter(text), .line = 1};
}

static bool at_line_end(const Csv *csv, ptrdiff_t at)
{
    if (at >= csv->text.n || csv->text.p[at] == '\n') return true;
    return csv->text.p[at] == '\r' && at + 1 < csv->text.n && csv->text.p[at + 1] == '\n';
}

static void pass_line_end(Csv *csv)
{
    if (csv->at < csv->text.n && csv->text.p[csv->at] == '\r') csv->at++;
    if (csv->at < csv->text.n && csv->text.p[csv->at] == '\n') {
        csv->at++;
        csv->line++;
    }
}

static bool refuse(Csv *csv, CsvFault fault)
{
    csv->fault = fault;
    return false;
}

/* A quote that never closes ran to the end of the text: back to where it opens,
   so that csv_skip_row loses this row and not all the rest. */
static bool refuse_open_quote(Csv *csv, ptrdiff_t at, int64_t line)
{
    csv->at = at;
    csv->line = line;
    return refuse(csv, CSV_BAD_QUOTE);
}

/* Leaves csv->at on the byte after the closing quote. */
static bool quoted_field(Csv *csv, Arena *arena, Str *ret)
{
    Str t = csv->text;
    ptrdiff_t from = ++csv->at, doubled = 0;
    int64_t line = csv->line;
    for (;; csv->at++) {
        if (csv->at >= t.n) return refuse_open_quote(csv, from, line);
        if (t.p[csv->at] == '\n') csv->line++;
        if (t.p[csv->at] != '"') continue;
        if (csv->at + 1 >= t.n || t.p[csv->at + 1] != '"') break;
        doubled++;
        csv->at++;
    }
    Str inside = str_sub(t, from, csv->at++);
    if (inside.n > CSV_MAX_FIELD_BYTES) return refuse(csv, CSV_FIELD_TOO_LONG);
    if (!doubled) {
        *ret = inside;
        return true;
    }
    char *p = arena_take_raw(arena, inside.n - doubled);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < inside.n; i++) {
        p[n++] = inside.p[i];
        i += inside.p[i] == '"';
    }
    *ret = (Str){p, n};
    return true;
}

static bool plain_field(Csv *csv, Str *ret)
{
    ptrdiff_t from = csv->at;
    while (!at_line_end(csv, csv->at) && csv->text.p[csv->at] != csv->delimiter) csv->at++;
    *ret = str_sub(csv->text, from, csv->at);
    return ret->n <= CSV_MAX_FIELD_BYTES || refuse(csv, CSV_FIELD_TOO_LONG);
}

static bool one_field(Csv *csv, Arena *arena, Str *ret)
{
    bool quoted = csv->at < csv->text.n && csv->text.p[csv->at] == '"';
    if (quoted ? !quoted_field(csv, arena, ret) : !plain_field(csv, ret)) return false;
    if (str_has_zero(*ret)) return refuse(csv, CSV_ZERO_BYTE);
    if (!str_is_utf8(*ret)) return refuse(csv, CSV_BAD_UTF8);
    if (!at_line_end(csv, csv->at) && csv->text.p[csv->at] != csv->delimiter) return refuse(csv, CSV_BAD_QUOTE);
    return true;
}

bool csv_next(Csv *csv, Arena *arena, CsvRow *ret)
{
    csv->fault = CSV_NO_FAULT;
    while (csv->at < csv->text.n && at_line_end(csv, csv->at)) pass_line_end(csv);
    *ret = (CsvRow){.line = csv->line};
    if (csv->at >= csv->text.n) return false;
    Str first[64], *field = first;
    ptrdiff_t room = COUNT_OF(first), n = 0, from = csv->at;
    for (;;) {
        if (n == CSV_MAX_FIELDS) return refuse(csv, CSV_TOO_MANY_FIELDS);
        if (n == room) {
            Str *more = NEW(arena, Str, CSV_MAX_FIELDS);
            memcpy(more, field, (size_t)n * sizeof *more);
            field = more;
            room = CSV_MAX_FIELDS;
        }
        if (!one_field(csv, arena, &field[n])) return false;
        n++;
        if (at_line_end(csv, csv->at)) break;
        csv->at++;
    }
    ret->raw = str_sub(csv->text, from, csv->at);
    ret->v = field;
    if (field == first) {
        ret->v = NEW(arena, Str, n);
        memcpy(ret->v, first, (size_t)n * sizeof *first);
    }
    ret->n = n;
    pass_line_end(csv);
    return true;
}

/* To the end of the row when its quotes are in order; false: they are not, and nothing is moved. */
static bool pass_fields(Csv *csv)
{
    Csv was = *csv;
    Str t = csv->text;
    for (bool begins = csv->fault == CSV_TOO_MANY_FIELDS; !at_line_end(csv, csv->at); csv->at++) {
        bool opens = begins && t.p[csv->at] == '"';
        begins = t.p[csv->at] == csv->delimiter;
        if (!opens) continue;
        do {
            for (csv->at++; csv->at < t.n && t.p[csv->at] != '"'; csv->at++) csv->line += t.p[csv->at] == '\n';
            csv->at++;
        } while (csv->at < t.n && t.p[csv->at] == '"');
        begins = csv->at < t.n && t.p[csv->at] == csv->delimiter;
        if (csv->at > t.n || (!at_line_end(csv, csv->at) && !begins)) {
            *csv = was;
            return false;
        }
        if (!begins) break;
    }
    return true;
}

void csv_skip_row(Csv *csv)
{
    bool is_passed = csv->fault != CSV_BAD_QUOTE && pass_fields(csv);
    while (!is_passed && csv->at < csv->text.n && csv->text.p[csv->at] != '\n') csv->at++;
    pass_line_end(csv);
    csv->fault = CSV_NO_FAULT;
}

Str csv_fault_text(CsvFault fault)
{
    switch (fault) {
    case CSV_NO_FAULT: return S("no fault");
    case CSV_BAD_UTF8: return S("not UTF-8");
    case CSV_BAD_QUOTE: return S("a quote that is not closed, or text after a closing quote");
    case CSV_TOO_MANY_FIELDS: return S("more than 4096 fields");
    case CSV_FIELD_TOO_LONG: return S("a field of more than 1 MiB");
    case CSV_ZERO_BYTE: return S("a zero byte");
    }
    return S("unknown fault");
}

ptrdiff_t csv_column(const CsvRow *header, Str name)
{
    for (ptrdiff_t i = 0; i < header->n; i++)
        if (str_eq(header->v[i], name)) return i;
    return -1;
}

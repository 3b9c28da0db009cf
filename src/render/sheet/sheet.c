/* A thin layer over libxlsxwriter 1.1: that version writes to a named file
   only, so the name is that of a file in memory; nothing personal touches a disk
   except the library's own unlinked temporary files. */
#include "render/sheet/sheet.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/number.h"
#include "render/out.h"

enum { FORMAT_HEAD = 20, FORMAT_HEAD_RIGHT, FORMAT_TITLE, FORMAT_WRAP, FORMAT_COUNT_ };

struct Sheet {
    Ctx *c;
    SheetPress *press;
    lxw_workbook *book;
    lxw_worksheet *table;
    lxw_format *format[FORMAT_COUNT_]; /* by CellKind, then the named ones */
    int columns;
    int64_t rows; /* under the head */
    int fd;
    Err err;
    Msg why;
};

static void trouble(Sheet *sheet, Err err, Msg why)
{
    if (sheet->err != OK) return;
    sheet->err = err;
    sheet->why = why;
}

/* The library writes its file now, and frees what it held. */
static void close_book(Sheet *sheet)
{
    if (!sheet->book) return;
    pthread_mutex_lock(&sheet->press->one_closes);
    if (workbook_close(sheet->book) != LXW_NO_ERROR) trouble(sheet, E_BROKEN, T("Regnearket kan ikke skrives."));
    pthread_mutex_unlock(&sheet->press->one_closes);
    sheet->book = NULL;
}

static void close_sheet(Ctx *c, void *data)
{
    (void)c;
    Sheet *sheet = data;
    /* Without its end the library frees nothing, so the file is finished and dropped. */
    close_book(sheet);
    if (sheet->fd >= 0) close(sheet->fd);
    sheet->fd = -1;
}

static lxw_format *new_format(Sheet *sheet, const char *number, bool is_bold)
{
    lxw_format *format = workbook_add_format(sheet->book);
    if (number) format_set_num_format(format, number);
    if (is_bold) format_set_bold(format);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    return format;
}

static void make_formats(Sheet *sheet)
{
    lxw_format **f = sheet->format;
    f[CELL_TEXT] = f[CELL_NONE] = f[CELL_BOOL] = new_format(sheet, NULL, false);
    f[CELL_HIDDEN] = new_format(sheet, NULL, false);
    format_set_align(f[CELL_HIDDEN], LXW_ALIGN_RIGHT);
    format_set_font_color(f[CELL_HIDDEN], 0x5a5a5a);
    f[CELL_INTEGER] = new_format(sheet, "#,##0", false);
    f[CELL_NUMBER] = new_format(sheet, "0.###", false);
    f[CELL_SHARE] = new_format(sheet, "0%", false);
    f[CELL_KR] = new_format(sheet, "#,##0.00", false);
    f[CELL_DATE] = new_format(sheet, "dd-mm-yyyy", false);
    f[FORMAT_HEAD] = new_format(sheet, NULL, true);
    f[FORMAT_HEAD_RIGHT] = new_format(sheet, NULL, true);
    format_set_align(f[FORMAT_HEAD_RIGHT], LXW_ALIGN_RIGHT);
    format_set_text_wrap(f[FORMAT_HEAD]);
    format_set_text_wrap(f[FORMAT_HEAD_RIGHT]);
    format_set_bottom(f[FORMAT_HEAD], LXW_BORDER_THIN);
    format_set_bottom(f[FORMAT_HEAD_RIGHT], LXW_BORDER_THIN);
    f[FORMAT_TITLE] = new_format(sheet, NULL, true);
    format_set_font_size(f[FORMAT_TITLE], 16);
    f[FORMAT_WRAP] = new_format(sheet, NULL, false);
    format_set_text_wrap(f[FORMAT_WRAP]);
}

static void set_properties(Sheet *sheet, const SheetMeta *meta)
{
    Arena scratch = *sheet->c->arena;
    lxw_doc_properties properties = {
        .title = (char *)str_z(&scratch, meta->title),
        .author = (char *)str_z(&scratch, meta->author),
        .created = (time_t)(meta->made.ms / 1000),
    };
    workbook_set_properties(sheet->book, &properties);
}

bool sheet_press_open(SheetPress *ret)
{
    return pthread_mutex_init(&ret->one_closes, NULL) == 0;
}

void sheet_press_close(SheetPress *press)
{
    pthread_mutex_destroy(&press->one_closes);
}

Sheet *sheet_begin(Ctx *c, SheetPress *press, const SheetMeta *meta)
{
    Sheet *sheet = NEW(c->arena, Sheet, 1);
    sheet->c = c;
    sheet->press = press;
    sheet->fd = memfd_create("workbook", MFD_CLOEXEC);
    ctx_at_end(c, close_sheet, sheet);
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", sheet->fd);
    sheet->book = sheet->fd < 0 ? NULL : workbook_new(path);
    if (!sheet->book) {
        trouble(sheet, E_BUSY, T("Der er ikke plads til at lave regnearket lige nu."));
        return sheet;
    }
    make_formats(sheet);
    set_properties(sheet, meta);
    return sheet;
}

/* ---- content ---- */

static void write_text(Sheet *sheet, lxw_row_t row, int column, Str s, lxw_format *format)
{
    if (str_chars(s) > SHEET_TEXT) {
        trouble(sheet, E_TOO_LARGE,
                TF("En tekst er længere end de {1} tegn, et regneark kan rumme i en celle.", SHEET_TEXT));
        return;
    }
    Arena scratch = *sheet->c->arena;
    lxw_error err = worksheet_write_string(sheet->table, row, (lxw_col_t)column, str_z(&scratch, s), format);
    if (err != LXW_NO_ERROR) trouble(sheet, E_BROKEN, msg_verbatim(str_of_z(lxw_strerror(err))));
}

static void write_number(Sheet *sheet, lxw_row_t row, int column, double v, CellKind kind)
{
    assert(isfinite(v));
    lxw_error err = worksheet_write_number(sheet->table, row, (lxw_col_t)column, v, sheet->format[kind]);
    if (err != LXW_NO_ERROR) trouble(sheet, E_BROKEN, msg_verbatim(str_of_z(lxw_strerror(err))));
}

/* Excel's names: at most 31 characters, some of them forbidden. */
static Str table_name(Arena *arena, Str name)
{
    Buf b = buf_new(arena, 31 * 4);
    int chars = 0, len = 0;
    for (ptrdiff_t at = 0; at < name.n && chars < 31; at += len, chars++) {
        int32_t ch = str_next_char(name, at, &len);
        bool is_forbidden = ch < 128 && str_find_char(S("[]:*?/\\'"), (char)ch, 0) >= 0;
        if (is_forbidden)
            buf_add_char(&b, ' ');
        else
            buf_add(&b, str_sub(name, at, at + len));
    }
    return buf_str(&b);
}

/* The filter covers the rows, so it waits until they are known. */
static void end_table(Sheet *sheet)
{
    if (!sheet->table || sheet->columns == 0 || sheet->rows == 0) return;
    worksheet_autofilter(sheet->table, 0, 0, (lxw_row_t)sheet->rows, (lxw_col_t)(sheet->columns - 1));
}

static bool new_table(Sheet *sheet, Str name)
{
    if (sheet->err != OK) return false;
    const char *z = str_z(sheet->c->arena, table_name(sheet->c->arena, name));
    sheet->rows = 0;
    if (workbook_validate_sheet_name(sheet->book, z) != LXW_NO_ERROR) {
        trouble(sheet, E_INVALID, TF("Regnearket kan ikke have et ark med navnet {1}.", name));
        return false;
    }
    sheet->table = workbook_add_worksheet(sheet->book, z);
    if (!sheet->table) trouble(sheet, E_BROKEN, T("Regnearket kan ikke få et ark mere."));
    return sheet->table != NULL;
}

void sheet_read_me(Sheet *sheet, Str heading, Strs lines)
{
    end_table(sheet);
    sheet->columns = 0;
    if (!new_table(sheet, msg_text(sheet->c, T("Læs mig")))) return;
    worksheet_set_column(sheet->table, 0, 0, 90, NULL);
    write_text(sheet, 0, 0, heading, sheet->format[FORMAT_TITLE]);
    for (ptrdiff_t i = 0; i < lines.n; i++)
        write_text(sheet, (lxw_row_t)(i + 2), 0, lines.v[i], sheet->format[FORMAT_WRAP]);
}

static bool is_right(CellKind kind)
{
    return kind == CELL_INTEGER || kind == CELL_NUMBER || kind == CELL_SHARE || kind == CELL_KR || kind == CELL_HIDDEN;
}

static double column_width(const SheetColumn *column)
{
    if (column->width > 0) return column->width;
    return column->kind == CELL_TEXT ? 28 : column->kind == CELL_DATE ? 12 : 14;
}

void sheet_table(Sheet *sheet, Str name, const SheetColumn *columns, int n)
{
    assert(n >= 1 && n <= SHEET_COLUMNS);
    end_table(sheet);
    sheet->columns = n;
    if (!new_table(sheet, name)) return;
    for (int i = 0; i < n; i++) {
        worksheet_set_column(sheet->table, (lxw_col_t)i, (lxw_col_t)i, column_width(&columns[i]), NULL);
        write_text(sheet, 0, i, columns[i].head,
                   sheet->format[is_right(columns[i].kind) ? FORMAT_HEAD_RIGHT : FORMAT_HEAD]);
    }
    worksheet_freeze_panes(sheet->table, 1, 0);
    worksheet_repeat_rows(sheet->table, 0, 0);
    worksheet_set_landscape(sheet->table);
    worksheet_set_paper(sheet->table, 9); /* A4 */
    worksheet_fit_to_pages(sheet->table, 1, 0);
}

static void write_cell(Sheet *sheet, lxw_row_t row, int column, const SheetCell *cell)
{
    /* Excel's days count from 1899-12-30; 1970-01-01 is its 25569. */
    enum { EXCEL_DAY_0 = 25569 };
    lxw_format *format = sheet->format[cell->kind];
    switch (cell->kind) {
    case CELL_NONE: return;
    case CELL_HIDDEN: write_text(sheet, row, column, S("skjult"), format); return;
    case CELL_TEXT: write_text(sheet, row, column, cell->text, format); return;
    case CELL_INTEGER: write_number(sheet, row, column, (double)cell->i, cell->kind); return;
    case CELL_NUMBER:
    case CELL_SHARE: write_number(sheet, row, column, cell->v, cell->kind); return;
    case CELL_KR: write_number(sheet, row, column, (double)cell->i / 100, cell->kind); return;
    case CELL_DATE: write_number(sheet, row, column, (double)(cell->i + EXCEL_DAY_0), cell->kind); return;
    case CELL_BOOL: worksheet_write_boolean(sheet->table, row, (lxw_col_t)column, cell->i != 0, format); return;
    }
}

void sheet_row(Sheet *sheet, const SheetCell *cells, int n)
{
    assert(n == sheet->columns);
    if (sheet->err != OK) return;
    if (sheet->rows == SHEET_ROWS) {
        trouble(sheet, E_TOO_LARGE, TF("Et regneark kan højst rumme {1} rækker.", SHEET_ROWS));
        return;
    }
    sheet->rows++;
    for (int i = 0; i < n; i++) write_cell(sheet, (lxw_row_t)sheet->rows, i, &cells[i]);
}

/* ---- the end ---- */

/* Where the arena is too small we jump away: the file is closed with the Ctx then. */
static Err read_back(Sheet *sheet, Str *ret_bytes)
{
    struct stat st;
    if (fstat(sheet->fd, &st) != 0) return fail(sheet->c, E_BROKEN, T("Regnearket kan ikke læses igen."));
    if (st.st_size > SHEET_BYTES) return fail(sheet->c, E_TOO_LARGE, T("Regnearket fylder over 64 MB."));
    char *p = arena_take_raw(sheet->c->arena, st.st_size);
    ptrdiff_t n = 0;
    while (n < st.st_size) {
        ssize_t got = pread(sheet->fd, p + n, (size_t)(st.st_size - n), n);
        if (got <= 0) return fail(sheet->c, E_BROKEN, T("Regnearket kan ikke læses igen."));
        n += got;
    }
    *ret_bytes = (Str){p, n};
    return OK;
}

Err sheet_end(Sheet *sheet, Str *ret_bytes)
{
    end_table(sheet);
    close_book(sheet);
    Err err = sheet->err == OK ? read_back(sheet, ret_bytes) : fail(sheet->c, sheet->err, sheet->why);
    close_sheet(sheet->c, sheet);
    return err;
}

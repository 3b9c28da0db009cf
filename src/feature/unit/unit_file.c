/* The tree as a file: CSV as FORMATS §1 has it, and a workbook for people. */
#include "base/number.h"
#include "core/app.h"
#include "feature/unit/unit_inside.h"
#include "render/sheet/sheet.h"

enum { COLUMNS = 7, CSV_BYTES = 4 << 20 };

static const Str csv_columns[COLUMNS] = {S_INIT("code"),       S_INIT("name"),     S_INIT("kind"),    S_INIT("parent_code"),
                                         S_INIT("valid_from"), S_INIT("valid_to"), S_INIT("succeeds")};

static void fill_cells(const UnitLine *line, SheetCell *cells)
{
    const Unit *u = &line->unit;
    cells[0] = cell_text(u->code);
    cells[1] = cell_text(u->name);
    cells[2] = cell_text(u->kind);
    cells[3] = line->parent_code.n ? cell_text(line->parent_code) : cell_none();
    cells[4] = cell_date(u->valid_from);
    cells[5] = u->valid_to.day ? cell_date(u->valid_to) : cell_none();
    cells[6] = line->succeeds.n ? cell_text(line->succeeds) : cell_none();
}

static Err read_lines(Ctx *c, Unit *ret_unit, UnitLines *ret)
{
    TRY(unit_of_route(c, ret_unit));
    return organisation_lines(c, ret_unit->id, ret);
}

Err unit_get_csv(Ctx *c)
{
    Unit unit = {0};
    UnitLines lines = {0};
    SheetCell cells[COLUMNS];
    TRY(read_lines(c, &unit, &lines));
    Buf b = buf_new(c->arena, CSV_BYTES);
    csv_begin(&b, CSV_PROGRAM);
    csv_heads(&b, CSV_PROGRAM, csv_columns, COLUMNS);
    for (ptrdiff_t i = 0; i < lines.n; i++) {
        fill_cells(&lines.v[i], cells);
        csv_row(&b, CSV_PROGRAM, cells, COLUMNS);
    }
    if (b.full) return fail(c, E_TOO_LARGE, T("Der er for mange enheder til én fil. Hent dem fra en enhed længere nede."));
    return web_file(c, S("text/csv; charset=utf-8"), STR_CAT(c->arena, S("enheder-"), unit.code, S(".csv")), buf_str(&b));
}

Err unit_get_xlsx(Ctx *c)
{
    const SheetColumn columns[COLUMNS] = {
        {.head = msg_text(c, T("Kode")), .width = 16, .kind = CELL_TEXT},     {.head = msg_text(c, T("Navn")), .width = 40, .kind = CELL_TEXT},
        {.head = msg_text(c, T("Type")), .width = 16, .kind = CELL_TEXT},
        {.head = msg_text(c, T("Ligger under")), .width = 16, .kind = CELL_TEXT},
        {.head = msg_text(c, T("Fra")), .kind = CELL_DATE},                   {.head = msg_text(c, T("Til og med")), .kind = CELL_DATE},
        {.head = msg_text(c, T("Afløser")), .width = 24, .kind = CELL_TEXT},
    };
    Unit unit = {0};
    UnitLines lines = {0};
    SheetCell cells[COLUMNS];
    Str bytes = {0};
    TRY(read_lines(c, &unit, &lines));
    SheetMeta meta = {.title = unit.name, .author = S("Rød Tråd"), .made = c->now};
    Sheet *sheet = sheet_begin(c, &c->app->press, &meta);
    sheet_table(sheet, msg_text(c, T("Enheder")), columns, COLUMNS);
    for (ptrdiff_t i = 0; i < lines.n; i++) {
        fill_cells(&lines.v[i], cells);
        sheet_row(sheet, cells, COLUMNS);
    }
    TRY(sheet_end(sheet, &bytes));
    return web_file(c, S("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                    STR_CAT(c->arena, S("enheder-"), unit.code, S(".xlsx")), bytes);
}

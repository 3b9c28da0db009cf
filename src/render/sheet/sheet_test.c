#include "render/sheet/sheet.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/number.h"
#include "test.h"

static const SheetMeta META = {S_INIT("Svar"), S_INIT("Fjordby Kommune"), {1795510800000}};

static const SheetColumn COLUMNS[] = {
    {S_INIT("Enhed"),  0, CELL_TEXT   },
    {S_INIT("Svar"),   0, CELL_INTEGER},
    {S_INIT("Enige"),  0, CELL_SHARE  },
    {S_INIT("Beløb"), 0, CELL_KR     },
    {S_INIT("Dato"),   0, CELL_DATE   },
    {S_INIT("Skjult"), 0, CELL_BOOL   },
    {S_INIT("Middel"), 0, CELL_NUMBER }
};
enum { COLUMN_COUNT = COUNT_OF(COLUMNS) };

static void row_of(Str unit, SheetCell *ret)
{
    ret[0] = cell_text(unit);
    ret[1] = cell_integer(1250);
    ret[2] = cell_share(0.72);
    ret[3] = cell_kr(125050);
    ret[4] = cell_date((Date){20416}); /* 2025-11-24 */
    ret[5] = cell_bool(true);
    ret[6] = cell_number(1.0 / 3);
}

static SheetPress *press(void)
{
    static SheetPress the_press;
    static bool is_open;
    if (!is_open) is_open = sheet_press_open(&the_press);
    CHECK(is_open);
    return &the_press;
}

static Str workbook(Str unit)
{
    Ctx *c = test_ctx_plain();
    static const Str lines[] = {S_INIT("Skjulte tal står som ordet skjult."), S_INIT("Læg dem ikke sammen.")};
    Sheet *sheet = sheet_begin(c, press(), &META);
    sheet_read_me(sheet, S("Sådan læses arket"), (Strs){(Str *)lines, 2});
    sheet_table(sheet, S("Enheder: 2026/27"), COLUMNS, COLUMN_COUNT);
    SheetCell row[COLUMN_COUNT];
    row_of(unit, row);
    sheet_row(sheet, row, COLUMN_COUNT);
    row[1] = row[2] = cell_hidden();
    row[3] = cell_none();
    sheet_row(sheet, row, COLUMN_COUNT);
    Str bytes = {0};
    CHECK_OK(sheet_end(sheet, &bytes));
    return bytes;
}

/* One member of the archive, read by another program. */
static Str member(Str bytes, const char *name)
{
    char path[] = "/tmp/traad-xlsx-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, bytes.p, (size_t)bytes.n), bytes.n);
    close(fd);
    char command[300];
    snprintf(
        command, sizeof command,
        "python3 -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' %s %s",
        path, name);
    FILE *f = popen(command, "r");
    CHECK(f != NULL);
    Buf b = buf_new(test_ctx_plain()->arena, 1 << 20);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, f);
    CHECK_INT(pclose(f), 0);
    unlink(path);
    return buf_str(&b);
}

static bool has(Str s, Str part)
{
    return str_find(s, part, 0) >= 0;
}

TEST(sheet, same_input_gives_same_bytes)
{
    Str a = workbook(S("Strandmarkskolen"));
    usleep(1100000); /* a stamp of the clock would show: ZIP counts in two seconds, XLSX in one */
    Str b = workbook(S("Strandmarkskolen"));
    CHECK(a.n > 2000 && str_eq(a, b));
}

TEST(sheet, cells_have_types)
{
    Str xml = member(workbook(S("Strandmarkskolen")), "xl/worksheets/sheet2.xml");
    CHECK(has(xml, S("<v>1250</v>")));
    CHECK(has(xml, S("<v>0.72</v>")));
    CHECK(has(xml, S("<v>1250.5</v>")));
    CHECK(has(xml, S("<v>45985</v>"))); /* 20416 + 25569 */
    CHECK(has(xml, S("t=\"b\"><v>1</v>")));
    CHECK(has(xml, S("<v>0.33333333333333331</v>")) || has(xml, S("<v>0.3333333333333333</v>")));
}

TEST(sheet, head_row_stays_and_filters)
{
    Str xml = member(workbook(S("Strandmarkskolen")), "xl/worksheets/sheet2.xml");
    CHECK(has(xml, S("ySplit=\"1\"")) && has(xml, S("state=\"frozen\"")));
    CHECK(has(xml, S("<autoFilter ref=\"A1:G3\"/>")));
}

TEST(sheet, formula_in_an_answer_stays_text)
{
    Str bytes = workbook(S("=HYPERLINK(\"http://evil.example\")"));
    CHECK(!has(member(bytes, "xl/worksheets/sheet2.xml"), S("<f>")));
    CHECK(has(member(bytes, "xl/sharedStrings.xml"), S("=HYPERLINK(")));
}

TEST(sheet, hidden_is_a_word_and_what_does_not_apply_is_empty)
{
    Str bytes = workbook(S("Strandmarkskolen"));
    CHECK(has(member(bytes, "xl/sharedStrings.xml"), S("<t>skjult</t>")));
    CHECK(!has(member(bytes, "xl/worksheets/sheet2.xml"), S("r=\"D3\"")));
}

TEST(sheet, dates_are_the_callers)
{
    Str core = member(workbook(S("x")), "docProps/core.xml");
    CHECK(has(core, S("2026-11-24T09:00:00Z")));
    CHECK(has(core, S("Fjordby Kommune")));
}

TEST(sheet, names_of_tables_are_freed_of_forbidden_letters)
{
    Str book = member(workbook(S("x")), "xl/workbook.xml");
    CHECK(has(book, S("name=\"Enheder  2026 27\"")));
    CHECK(has(book, S("name=\"Læs mig\"")));
}

TEST(sheet, two_tables_of_one_name_are_refused)
{
    Ctx *c = test_ctx_plain();
    Sheet *sheet = sheet_begin(c, press(), &META);
    sheet_table(sheet, S("Svar"), COLUMNS, 1);
    sheet_table(sheet, S("svar"), COLUMNS, 1);
    Str bytes = {0};
    CHECK_ERR(sheet_end(sheet, &bytes), E_INVALID);
    CHECK_INT(bytes.n, 0);
}

TEST(sheet, too_long_a_text_is_refused)
{
    Ctx *c = test_ctx_plain();
    Sheet *sheet = sheet_begin(c, press(), &META);
    sheet_table(sheet, S("Svar"), COLUMNS, 1);
    char *p = arena_take_raw(c->arena, SHEET_TEXT + 1);
    memset(p, 'a', SHEET_TEXT + 1);
    SheetCell fits = cell_text((Str){p, SHEET_TEXT}), long_one = cell_text((Str){p, SHEET_TEXT + 1});
    sheet_row(sheet, &fits, 1);
    sheet_row(sheet, &long_one, 1);
    Str bytes = {0};
    CHECK_ERR(sheet_end(sheet, &bytes), E_TOO_LARGE);
}

TEST(sheet, abandoned_workbook_is_closed_with_the_ctx)
{
    Sheet *sheet = sheet_begin(test_ctx_plain(), press(), &META);
    sheet_table(sheet, S("Svar"), COLUMNS, 1);
    ctx_end(test_ctx_plain());
    CHECK(test_ctx_plain()->at_end == NULL);
}

/* ---- CSV ---- */

/* Not inlined: its n would stand in the frame of a setjmp. */
__attribute__((noinline)) static int open_files(void)
{
    int n = 0;
    DIR *all = opendir("/proc/self/fd");
    CHECK(all != NULL);
    while (readdir(all)) n++;
    closedir(all);
    return n;
}

TEST(sheet, a_workbook_that_the_arena_cannot_hold_leaves_no_file_open)
{
    Ctx *c = test_ctx_plain();
    char *end = c->arena->end;
    int before = open_files();
    volatile bool is_full = false;
    jmp_buf full;
    Sheet *sheet = sheet_begin(c, press(), &META);
    sheet_table(sheet, S("Ark"), COLUMNS, COLUMN_COUNT);
    c->arena->full = &full;
    c->arena->end = c->arena->next + 100;
    if (setjmp(full) == 0) {
        Str bytes = {0};
        (void)!sheet_end(sheet, &bytes);
    } else {
        is_full = true;
    }
    c->arena->full = NULL;
    c->arena->end = end;
    ctx_end(c);
    CHECK(is_full);
    CHECK_INT(open_files(), before);
}

static Str csv_of(CsvReader reader, const SheetCell *cells, ptrdiff_t n)
{
    Buf b = buf_new(test_ctx_plain()->arena, 4096);
    csv_begin(&b, reader);
    csv_row(&b, reader, cells, n);
    CHECK(!b.full);
    return buf_str(&b);
}

TEST(csv, program_gets_exact_values)
{
    SheetCell row[COLUMN_COUNT];
    row_of(S("-a,\"b\""), row);
    CHECK_STR(csv_of(CSV_PROGRAM, row, COLUMN_COUNT),
              S("\"-a,\"\"b\"\"\",1250,0.72,1250.50,2025-11-24,true,0.3333333333333333\n"));
}

TEST(csv, person_is_guarded_against_formulas)
{
    static const Str bad[] = {S_INIT("=1+1"), S_INIT("+1"), S_INIT("-1"), S_INIT("@x"), S_INIT("\tx")};
    static const Str good[] = {S_INIT("'=1+1"), S_INIT("'+1"), S_INIT("'-1"), S_INIT("'@x"), S_INIT("'\tx")};
    for (int i = 0; i < 5; i++) {
        SheetCell cell = cell_text(bad[i]);
        Str row = csv_of(CSV_PERSON, &cell, 1);
        CHECK_STR(str_sub(row, 3, row.n - 2), good[i]);
    }
}

/* A Danish spreadsheet parts cells at ';' and may part rows inside our quotes. */
TEST(csv, person_is_guarded_against_formulas_behind_what_parts_cells)
{
    static const Str bad[] = {S_INIT("Ib;=1+1"), S_INIT("Ib\t@x"), S_INIT("Ib\n-1"), S_INIT("Ib;;+1"), S_INIT("Ib-Bo; -")};
    static const Str good[] = {S_INIT("Ib;'=1+1"), S_INIT("Ib\t'@x"), S_INIT("\"Ib\n'-1\""), S_INIT("Ib;;'+1"), S_INIT("Ib-Bo; -")};
    for (int i = 0; i < COUNT_OF(bad); i++) {
        SheetCell cell = cell_text(bad[i]);
        Str file = csv_of(CSV_PERSON, &cell, 1);
        CHECK_STR(str_sub(file, 3, file.n - 2), good[i]);
        file = csv_of(CSV_PROGRAM, &cell, 1);
        CHECK(str_find_char(file, '\'', 0) < 0);
    }
}

TEST(csv, negative_number_is_a_number_for_people_too)
{
    SheetCell cells[] = {cell_integer(-5), cell_kr(-5)};
    CHECK_STR(csv_of(CSV_PERSON, cells, 2), S("\xef\xbb\xbf-5,-0.05\r\n"));
}

TEST(csv, hidden_is_a_word_none_is_empty)
{
    SheetCell cells[] = {cell_hidden(), cell_none(), cell_text(S(""))};
    CHECK_STR(csv_of(CSV_PROGRAM, cells, 3), S("skjult,,\n"));
}

TEST(csv, what_is_written_reads_back)
{
    static const Str texts[] = {S_INIT("a,b"),  S_INIT("\"q\""), S_INIT("to\nlinjer"),
                                S_INIT("cr\r"), S_INIT(" rum "), S_INIT("æøå")};
    Ctx *c = test_ctx_plain();
    SheetCell cells[6];
    for (int i = 0; i < 6; i++) cells[i] = cell_text(texts[i]);
    Csv csv = csv_open(csv_of(CSV_PROGRAM, cells, 6), ',');
    CsvRow row = {0};
    CHECK(csv_next(&csv, c->arena, &row));
    CHECK_INT(row.n, 6);
    for (int i = 0; i < 6; i++) CHECK_STR(row.v[i], texts[i]);
}

TEST(csv, a_row_of_one_empty_cell_is_still_a_row)
{
    SheetCell none = cell_none();
    CHECK_STR(csv_of(CSV_PROGRAM, &none, 1), S("\"\"\n"));
}

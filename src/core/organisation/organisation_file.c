/* Files of units (FORMATS §1) and the register of institutions, read into rows.
   Nothing here asks the store: what only it can know is judged in
   organisation_import.c. Reading goes on after a fault, because a fault that
   shows later may stand on an earlier line. */
#include "base/buf.h"
#include "base/csv.h"
#include "base/number.h"
#include "core/organisation/organisation_inside.h"

void file_fault(FileFault *fault, int64_t line, Str what)
{
    if (fault->line == 0 || line < fault->line) *fault = (FileFault){line, what};
}

bool unit_is_code(Str code)
{
    if (code.n < 1 || code.n > UNIT_CODE_MAX) return false;
    if (str_eq(code, S(".")) || str_eq(code, S(".."))) return false; /* no address leads to what is called so */
    for (ptrdiff_t i = 0; i < code.n; i++) {
        char ch = code.p[i];
        bool letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
        bool digit = ch >= '0' && ch <= '9';
        if (!letter && !digit && ch != '.' && ch != '_' && ch != '-') return false;
    }
    return true;
}

bool unit_is_one_line(Str name)
{
    for (ptrdiff_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7F) return false;
    return true;
}

Str unit_shown(Arena *arena, Str value)
{
    enum { SHOWN_CHARS = 40 };
    Buf b = buf_new(arena, SHOWN_CHARS * 4 + 4);
    ptrdiff_t chars = 0;
    for (ptrdiff_t at = 0; at < value.n && chars < SHOWN_CHARS; chars++) {
        int len = 0;
        int32_t ch = str_next_char(value, at, &len);
        bool is_control = ch < 0x20 || (ch >= 0x7F && ch < 0xA0) || ch == 0x2028 || ch == 0x2029;
        buf_add(&b, is_control ? S("?") : str_sub(value, at, at + len));
        at += len;
    }
    if (b.n == 0) buf_add(&b, S("(empty)"));
    return buf_str(&b);
}

Str unit_number(Arena *arena, int64_t n)
{
    Buf b = buf_new(arena, 24);
    buf_add_i64(&b, n);
    return buf_str(&b);
}

/* ---- what both kinds of file share ----------------------------------------- */

enum { COLUMNS_MAX = 10 };

/* The order in which the columns of a file are asked for. */
typedef struct Columns {
    const Str *names;
    int needed, all; /* the first `needed` must be there */
} Columns;

typedef struct Reading {
    Ctx *c;
    UnitFile *file;
    Csv csv;
    CsvRow header, row;
    ptrdiff_t at[COLUMNS_MAX]; /* -1: not there */
    Codes made;            /* register: municipalities and regions */
} Reading;

static Err refuse(Ctx *c, int64_t line, Str what)
{
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, S("line "), unit_number(c->arena, line), S(": "), what)));
}

static void tell(Reading *r, Str what)
{
    file_fault(&r->file->fault, r->row.line, what);
}

static Str cell(const Reading *r, int column)
{
    return r->at[column] < 0 ? S("") : str_trim(r->row.v[r->at[column]]);
}

static Err find_columns(Reading *r, Columns columns)
{
    Arena *a = r->c->arena;
    for (int i = 0; i < columns.all; i++) {
        r->at[i] = csv_column(&r->header, columns.names[i]);
        if (r->at[i] < 0 && i < columns.needed)
            return refuse(r->c, r->header.line, STR_CAT(a, S("column "), columns.names[i], S(" is missing")));
        for (ptrdiff_t k = r->at[i] + 1; r->at[i] >= 0 && k < r->header.n; k++)
            if (str_eq(r->header.v[k], columns.names[i]))
                return refuse(r->c, r->header.line, STR_CAT(a, S("column "), columns.names[i], S(" stands twice")));
    }
    return OK;
}

static Err read_header(Reading *r, Columns columns)
{
    if (!csv_next(&r->csv, r->c->arena, &r->header)) {
        if (!r->csv.fault) return fail(r->c, E_CONFLICT, msg_verbatim(S("the file is empty")));
        return refuse(r->c, r->header.line, csv_fault_text(r->csv.fault));
    }
    for (ptrdiff_t i = 0; i < r->header.n; i++) r->header.v[i] = str_trim(r->header.v[i]);
    return find_columns(r, columns);
}

/* The next row that has all its fields; false at the end. */
static bool next_row(Reading *r)
{
    for (;;) {
        if (csv_next(&r->csv, r->c->arena, &r->row)) {
            r->file->rows++;
            if (r->row.n == r->header.n) return true;
            Arena *a = r->c->arena;
            tell(r, STR_CAT(a, unit_number(a, r->row.n), S(" fields where the header has "), unit_number(a, r->header.n)));
        } else {
            if (!r->csv.fault) return false;
            r->file->rows++;
            tell(r, csv_fault_text(r->csv.fault));
            csv_skip_row(&r->csv);
        }
        r->file->is_whole = false;
    }
}

/* False: the row has no code to be known by. */
static bool check_code(Reading *r, Str column, Str code)
{
    if (unit_is_code(code)) return true;
    Arena *a = r->c->arena;
    tell(r, STR_CAT(a, column, S(" "), unit_shown(a, code), S(" is not 1-32 of A-Z a-z 0-9 . _ -")));
    r->file->is_whole = false;
    return false;
}

static void check_name(Reading *r, Str name)
{
    if (name.n == 0) tell(r, S("the name is empty"));
    else if (str_chars(name) > UNIT_NAME_MAX) tell(r, S("the name is longer than 200 characters"));
    else if (!unit_is_one_line(name)) tell(r, S("the name has a line end or another control character"));
}

static FileUnit *new_unit(Reading *r)
{
    FileUnit *unit = &r->file->v[r->file->n++];
    *unit = (FileUnit){.line = r->row.line};
    return unit;
}

static Err check_count(const Reading *r)
{
    if (r->file->rows <= ORGANISATION_FILE_ROWS) return OK;
    return fail(r->c, E_TOO_LARGE, msg_verbatim(S("the file has more than 200,000 rows")));
}

/* ---- the organisation file --------------------------------------------------- */

enum { COL_CODE, COL_NAME, COL_KIND, COL_PARENT, COL_FROM, COL_TO, COL_SUCCEEDS };
static const Str plain_names[] = {S_INIT("code"),       S_INIT("name"),     S_INIT("kind"),    S_INIT("parent_code"),
                                  S_INIT("valid_from"), S_INIT("valid_to"), S_INIT("succeeds")};
static const Columns plain_columns = {plain_names, COL_SUCCEEDS, COUNT_OF(plain_names)};

static void read_date(Reading *r, int column, bool is_needed, Date *ret)
{
    Str text = cell(r, column);
    if (text.n == 0 && !is_needed) return;
    if (date_parse(text, ret)) return;
    Arena *a = r->c->arena;
    tell(r, STR_CAT(a, plain_names[column], S(" "), unit_shown(a, text), S(" is no date YYYY-MM-DD")));
}

/* Codes apart by spaces; the same one twice counts once. */
static Strs read_succeeds(Reading *r, Str text)
{
    ptrdiff_t most = 1;
    for (ptrdiff_t i = 0; i < text.n; i++) most += text.p[i] == ' ';
    Strs all = {NEW(r->c->arena, Str, most), 0};
    Str code = {0};
    while (str_split(&text, ' ', &code)) {
        if (code.n == 0) continue;
        Arena *a = r->c->arena;
        if (!unit_is_code(code)) {
            tell(r, STR_CAT(a, S("succeeds "), unit_shown(a, code), S(" is no code")));
            continue;
        }
        all.v[all.n++] = code;
    }
    return all;
}

static void read_unit(Reading *r)
{
    Str code = cell(r, COL_CODE);
    if (!check_code(r, S("code"), code)) return;
    FileUnit *unit = new_unit(r);
    unit->code = code;
    unit->name = cell(r, COL_NAME);
    unit->kind = cell(r, COL_KIND);
    unit->parent_code = cell(r, COL_PARENT);
    check_name(r, unit->name);
    read_date(r, COL_FROM, true, &unit->valid_from);
    read_date(r, COL_TO, false, &unit->valid_to);
    /* Day 0, which says "until further notice", is 1970-01-01. */
    bool ends = cell(r, COL_TO).n > 0;
    if (ends && unit->valid_to.day <= 0) tell(r, S("valid_to lies before 1970-01-02"));
    else if (ends && unit->valid_to.day < unit->valid_from.day) tell(r, S("valid_to lies before valid_from"));
    unit->succeeds = read_succeeds(r, cell(r, COL_SUCCEEDS));
}

/* ---- the register of institutions -------------------------------------------- */

enum { REG_CODE, REG_NAME, REG_HEAD, REG_TYPE, REG_TYPE_NAME, REG_GROUP, REG_PLACE, REG_PLACE_NAME, REG_REGION, REG_REGION_NAME };
static const Str register_names[] = {
    S_INIT("INST_NR"),        S_INIT("INST_NAVN"),  S_INIT("HOVEDSKOLE_INST"),  S_INIT("INST_TYPE_NR"), S_INIT("INST_TYPE_NAVN"),
    S_INIT("INST_TYPE_GRUPPE"), S_INIT("BEL_KOMMUNE"), S_INIT("BEL_KOMMUNE_NAVN"), S_INIT("BEL_REGION"),   S_INIT("REGION_NAVN")};
static const Columns register_columns = {register_names, COUNT_OF(register_names), COUNT_OF(register_names)};

/* The register is of September 2016: the school year before it began. */
static const Date register_from = {17014}; /* 2016-08-01 */

static Str register_kind(const Reading *r)
{
    if (cell(r, REG_HEAD).n) return S("afdeling");
    if (str_eq(cell(r, REG_TYPE), S("1015"))) return S("specialskole");
    if (str_eq(cell(r, REG_TYPE), S("2021"))) return S("ppr");
    return str_eq(cell(r, REG_GROUP), S("Grundskoler mv.")) ? S("skole") : S("virtuel");
}

/* Three digits: what a spreadsheet has made of 084 is 84. */
static Str place_code(Reading *r)
{
    Str code = cell(r, REG_PLACE);
    static const Str zeros[] = {S_INIT(""), S_INIT("00"), S_INIT("0")};
    return code.n < 3 && code.n > 0 ? STR_CAT(r->c->arena, zeros[code.n], code) : code;
}

/* A municipality or region, made once; every row must tell the same of it. */
static void make(Reading *r, Str code, Str name, Str kind, Str parent)
{
    Arena *a = r->c->arena;
    if (code.n == 0) return;
    if (!unit_is_code(code)) {
        tell(r, STR_CAT(a, unit_shown(a, code), S(" is no code of a "), kind));
        return;
    }
    ptrdiff_t place = codes_find(&r->made, code);
    if (place < 0) {
        FileUnit *unit = new_unit(r);
        codes_add(&r->made, code, r->file->n - 1);
        unit->code = code;
        unit->name = name;
        unit->kind = kind;
        unit->parent_code = parent;
        unit->valid_from = register_from;
        unit->is_made = true;
        check_name(r, name);
        return;
    }
    const FileUnit *first = &r->file->v[place];
    if (str_eq(first->name, name) && str_eq(first->kind, kind) && str_eq(first->parent_code, parent)) return;
    tell(r, STR_CAT(a, kind, S(" "), code, S(" is told in another way in line "), unit_number(a, first->line)));
}

static void read_institution(Reading *r)
{
    Str code = cell(r, REG_CODE), head = cell(r, REG_HEAD), place = place_code(r);
    if (!check_code(r, S("INST_NR"), code)) return;
    if (head.n == 0 && place.n == 0) tell(r, S("BEL_KOMMUNE is empty"));
    make(r, cell(r, REG_REGION), cell(r, REG_REGION_NAME), S("region"), S(""));
    make(r, place, cell(r, REG_PLACE_NAME), S("kommune"), cell(r, REG_REGION));
    FileUnit *unit = new_unit(r);
    unit->code = code;
    unit->name = cell(r, REG_NAME);
    unit->kind = register_kind(r);
    unit->parent_code = head.n ? head : place;
    unit->note = cell(r, REG_TYPE_NAME);
    unit->valid_from = register_from;
    check_name(r, unit->name);
    if (str_chars(unit->note) > UNIT_NOTE_MAX) tell(r, S("INST_TYPE_NAVN is longer than 200 characters"));
}

/* ---- both --------------------------------------------------------------------- */

Err organisation_file_read(Ctx *c, Str text, OrganisationFormat format, UnitFile **ret)
{
    if (text.n > ORGANISATION_FILE_BYTES) return fail(c, E_TOO_LARGE, msg_verbatim(S("the file is larger than 64 MB")));
    bool is_register = format == ORGANISATION_REGISTER;
    UnitFile *file = NEW(c->arena, UnitFile, 1);
    *file = (UnitFile){.is_whole = true, .has_notes = is_register};
    Reading r = {.c = c, .file = file, .csv = csv_open(text, 0)};
    TRY(read_header(&r, is_register ? register_columns : plain_columns));
    ptrdiff_t most = 2;
    for (ptrdiff_t at = 0; at >= 0 && most < ORGANISATION_FILE_ROWS + 2; at = str_find_char(text, '\n', at + 1)) most++;
    file->v = NEW(c->arena, FileUnit, is_register ? most * 3 : most);
    if (is_register) r.made = codes_new(c->arena, most * 2);
    file->has_lineage = !is_register && r.at[COL_SUCCEEDS] >= 0;
    while (next_row(&r)) {
        TRY(check_count(&r));
        if (is_register) read_institution(&r);
        else read_unit(&r);
    }
    TRY(check_count(&r));
    *ret = file;
    return OK;
}

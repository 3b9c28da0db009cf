/* FORMATS §4's table, as CSV and as a workbook: one row an item, one for each of
   its groups, scores last. A hidden number is the word skjult; one that does not
   apply is an empty cell. */
#include "base/number.h"
#include "core/app.h"
#include "feature/drawing/drawing_words.h"
#include "render/sheet/sheet.h"

enum { SHEET_CSV_BYTES = 32 << 20 };

static const SheetColumn columns[] = {
    {S_INIT("wave"),              12, CELL_TEXT   },
    {S_INIT("unit"),              12, CELL_TEXT   },
    {S_INIT("version"),           8,  CELL_INTEGER},
    {S_INIT("section"),           12, CELL_TEXT   },
    {S_INIT("theme"),             16, CELL_TEXT   },
    {S_INIT("item"),              12, CELL_TEXT   },
    {S_INIT("text"),              60, CELL_TEXT   },
    {S_INIT("dimension"),         12, CELL_TEXT   },
    {S_INIT("group"),             14, CELL_TEXT   },
    {S_INIT("hidden"),            8,  CELL_BOOL   },
    {S_INIT("valid"),             8,  CELL_INTEGER},
    {S_INIT("excluded"),          9,  CELL_INTEGER},
    {S_INIT("agree_count"),       12, CELL_INTEGER},
    {S_INIT("agree_share"),       12, CELL_SHARE  },
    {S_INIT("agree_low"),         12, CELL_SHARE  },
    {S_INIT("agree_high"),        12, CELL_SHARE  },
    {S_INIT("describing_low"),    14, CELL_SHARE  },
    {S_INIT("describing_high"),   14, CELL_SHARE  },
    {S_INIT("distribution"),      24, CELL_TEXT   },
    {S_INIT("from_wave"),         12, CELL_TEXT   },
    {S_INIT("change_difference"), 16, CELL_NUMBER },
    {S_INIT("change_low"),        12, CELL_NUMBER },
    {S_INIT("change_high"),       12, CELL_NUMBER },
    {S_INIT("change_test"),       12, CELL_TEXT   },
    {S_INIT("change_p"),          12, CELL_NUMBER },
    {S_INIT("change_p_adjusted"), 16, CELL_NUMBER },
    {S_INIT("change_family"),     16, CELL_TEXT   },
    {S_INIT("change_label"),      18, CELL_TEXT   },
    {S_INIT("change_markant"),    14, CELL_BOOL   },
    {S_INIT("versus_kind"),       16, CELL_TEXT   },
    {S_INIT("versus_difference"), 16, CELL_NUMBER },
    {S_INIT("versus_low"),        12, CELL_NUMBER },
    {S_INIT("versus_high"),       12, CELL_NUMBER },
    {S_INIT("versus_test"),       12, CELL_TEXT   },
    {S_INIT("versus_p"),          12, CELL_NUMBER },
    {S_INIT("versus_p_adjusted"), 16, CELL_NUMBER },
    {S_INIT("versus_family"),     16, CELL_TEXT   },
    {S_INIT("mean"),              10, CELL_NUMBER },
    {S_INIT("sd"),                10, CELL_NUMBER },
};
enum { COLUMNS = COUNT_OF(columns) };

/* Cells are put down from left to right. */
typedef struct Row {
    SheetCell v[COLUMNS];
    int n;
} Row;

static void put(Row *line, SheetCell cell)
{
    line->v[line->n++] = cell;
}

static void put_text(Row *line, Str s)
{
    put(line, s.n ? cell_text(s) : cell_none());
}

static void put_empty(Row *line, int n)
{
    while (n-- > 0) put(line, cell_none());
}

static void put_hidden(Row *line, int n)
{
    while (n-- > 0) put(line, cell_hidden());
}

static void put_head(Row *line, const Report *r, Str section, Str theme, Str code, Str text)
{
    put_text(line, r->wave);
    put_text(line, r->unit.code);
    put(line, cell_integer(r->version));
    put_text(line, section);
    put_text(line, theme);
    put_text(line, code);
    put_text(line, text);
}

static void put_share(Row *line, const ReportShare *s, bool is_hidden)
{
    if (is_hidden) {
        put_hidden(line, 4);
        return;
    }
    if (!s->is) {
        put_empty(line, 4);
        return;
    }
    put(line, cell_integer(s->count));
    put(line, cell_share(s->share));
    put(line, cell_share(s->low));
    put(line, cell_share(s->high));
}

static void put_describing(Row *line, const ReportShare *s)
{
    if (!s->is || !s->has_describing) {
        put_empty(line, 2);
        return;
    }
    put(line, cell_share(s->describing_low));
    put(line, cell_share(s->describing_high));
}

/* difference … family: seven cells. */
static void put_test(Row *line, const ReportCompare *k)
{
    if (!k->is || !k->is_comparable) {
        put_empty(line, 7);
        return;
    }
    put(line, cell_number(k->difference));
    put(line, cell_number(k->low));
    put(line, cell_number(k->high));
    put_text(line, k->test);
    put(line, cell_number(k->p));
    put(line, cell_number(k->p_adjusted));
    put_text(line, k->family);
}

static void put_change(Row *line, const ReportCompare *k)
{
    put_text(line, k->is ? k->other : S(""));
    put_test(line, k);
    put_text(line, k->is ? label_code(k->label) : S(""));
    put(line, k->is && k->has_markant ? cell_bool(k->is_markant) : cell_none());
}

static void put_versus(Row *line, const ReportCompare *k)
{
    put_text(line, k->is ? k->other : S(""));
    put_test(line, k);
}

static void put_means(Row *line, bool is_number, ReportState state, bool has, double mean, double sd)
{
    if (is_number && state == REPORT_HIDDEN)
        put_hidden(line, 2);
    else if (!has)
        put_empty(line, 2);
    else
        put(line, cell_number(mean)), put(line, cell_number(sd));
}

static void put_valid(Row *line, ReportState state, int64_t valid)
{
    put(line, cell_bool(state == REPORT_HIDDEN));
    put(line, state == REPORT_HIDDEN ? cell_hidden() : cell_integer(valid));
}

static Str distribution_text(Arena *arena, const ReportCounts *d)
{
    Buf b = buf_new(arena, d->n * 42 + 1);
    for (ptrdiff_t i = 0; i < d->n; i++) {
        if (i) buf_add_char(&b, ';');
        buf_add_i64(&b, d->v[i].value);
        buf_add_char(&b, ':');
        buf_add_i64(&b, d->v[i].count);
    }
    return buf_str(&b);
}

static bool has_share(const ReportItem *item)
{
    return item->kind == ITEM_SINGLE && item->agree_set.n > 0;
}

/* The row's own text, without its matrix's. */
static Str text_of(Ctx *c, const ReportItem *item)
{
    return item->texts.n ? drawing_bare(c, item->texts) : item->text;
}

static void item_line(Ctx *c, const Report *r, const ReportItem *item, Row *line)
{
    bool is_hidden = item->state == REPORT_HIDDEN;
    put_head(line, r, item->section, item->theme, item->code, text_of(c, item));
    put_empty(line, 2);
    put_valid(line, item->state, item->valid);
    put(line, is_hidden ? cell_hidden() : item->state == REPORT_SHOWN ? cell_integer(item->excluded) : cell_none());
    put_share(line, &item->agree, is_hidden && has_share(item));
    put_describing(line, &item->agree);
    if (is_hidden && item->options.n)
        put(line, cell_hidden());
    else
        put_text(line, item->has_distribution ? distribution_text(c->arena, &item->distribution) : S(""));
    put_change(line, &item->change);
    put_empty(line, 8);
    put_means(line, item->kind == ITEM_NUMBER, item->state, item->has_mean, item->mean, item->sd);
}

static void group_line(Ctx *c, const Report *r, const ReportItem *item, const ReportGroup *g, Row *line)
{
    put_head(line, r, item->section, item->theme, item->code, text_of(c, item));
    put_text(line, g->dimension);
    put_text(line, g->group);
    put_valid(line, g->state, g->valid);
    put_empty(line, 1);
    put_share(line, &g->agree, g->state == REPORT_HIDDEN && has_share(item));
    put_empty(line, 3 + 10);
    put_versus(line, &g->versus);
    put_means(line, item->kind == ITEM_NUMBER, g->state, g->has_mean, g->mean, g->sd);
}

static void score_line(Ctx *c, const Report *r, const ReportScore *score, Row *line)
{
    put_head(line, r, S(""), S(""), score->code, drawing_bare(c, score->title));
    put_empty(line, 2);
    put_valid(line, score->state, score->valid);
    put_empty(line, 8);
    put_change(line, &score->change);
    put_empty(line, 8);
    put_means(line, true, score->state, score->state == REPORT_SHOWN, score->mean, score->sd);
}

/* ---- the two files -------------------------------------------------------------------- */

/* Where a line goes: CSV or a workbook. */
typedef struct Target {
    Buf *csv;
    Sheet *sheet;
} Target;

static void give(const Target *to, const Row *line)
{
    if (to->csv)
        csv_row(to->csv, CSV_PROGRAM, line->v, COLUMNS);
    else
        sheet_row(to->sheet, line->v, COLUMNS);
}

static void give_all(Ctx *c, const Report *r, const Target *to)
{
    for (ptrdiff_t i = 0; i < r->items.n; i++) {
        const ReportItem *item = &r->items.v[i];
        Row line = {.n = 0};
        item_line(c, r, item, &line);
        give(to, &line);
        for (ptrdiff_t g = 0; g < item->groups.n; g++) {
            line.n = 0;
            group_line(c, r, item, &item->groups.v[g], &line);
            give(to, &line);
        }
    }
    for (ptrdiff_t i = 0; i < r->scores.n; i++) {
        Row line = {.n = 0};
        score_line(c, r, &r->scores.v[i], &line);
        give(to, &line);
    }
}

Err drawing_csv(Ctx *c, const Report *r, Str *ret_bytes)
{
    Str heads[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) heads[i] = columns[i].head;
    ptrdiff_t room = (c->arena->end - c->arena->next) / 2;
    Buf b = buf_new(c->arena, room < SHEET_CSV_BYTES ? room : SHEET_CSV_BYTES);
    csv_begin(&b, CSV_PROGRAM);
    csv_heads(&b, CSV_PROGRAM, heads, COLUMNS);
    give_all(c, r, &(Target){.csv = &b});
    if (b.full) return fail(c, E_TOO_LARGE, T("Rapporten er for stor."));
    *ret_bytes = buf_str(&b);
    return OK;
}

/* The columns have the names of FORMATS §4 for programs; here they are for people. */
static const Msg column_words[] = {
    T_INIT("Hver række på arket »Tal« er et spørgsmål (text). Står der noget i dimension og group, gælder rækken den gruppe, ellers alle."),
    T_INIT("valid er antal svar. excluded er »ved ikke« og lignende. distribution er antal svar for hvert svar på skalaen."),
    T_INIT("agree_share er andelen, der er enige, eller som svarer ja. agree_low og agree_high er dens usikkerhed."),
    T_INIT("Kolonner med change_ er ændringen siden målingen i from_wave. change_label siger, om ændringen er sikker."),
    T_INIT("Kolonner med versus_ er forskellen til de andre, for eksempel til resten af kommunen."),
    T_INIT("mean og sd er gennemsnit og spredning. De findes kun for spørgsmål med tal og for samlede mål."),
};
enum { READ_ME = 5 + COUNT_OF(column_words) };

/* Instead of the word "skjult" without a reason. */
static Strs read_me(Ctx *c, const Report *r)
{
    Str *v = NEW(c->arena, Str, READ_ME);
    int n = 5;
    v[0] = msg_text(c, TF("Måling: {1}. Enhed: {2} ({3}).", r->wave, r->unit.name, r->unit.code));
    v[1] = msg_text(c, TF("Frigivet {1}.", r->released));
    v[2] = msg_text(c, T("»skjult« betyder, at tallet kunne røbe, hvad enkelte har svaret, eller at det skjuler andre små tal. Det er aldrig nul."));
    v[3] = msg_text(c, T("En tom celle betyder, at tallet ikke findes for den række."));
    v[4] = msg_text(c, T("Andele har 95 pct. intervaller (Wilson). Små forskelle er oftest tilfældige."));
    for (int i = 0; i < COUNT_OF(column_words); i++) v[n++] = msg_text(c, column_words[i]);
    return (Strs){v, n};
}

Err drawing_xlsx(Ctx *c, const Report *r, Str *ret_bytes)
{
    SheetMeta meta = {
        .title = STR_CAT(c->arena, r->wave, S(" – "), r->unit.name),
        .author = S("Rød Tråd"),
        .made = {(int64_t)r->released.day * 86400000},
    };
    Sheet *sheet = sheet_begin(c, &c->app->press, &meta);
    sheet_read_me(sheet, meta.title, read_me(c, r));
    sheet_table(sheet, msg_text(c, T("Tal")), columns, COLUMNS);
    give_all(c, r, &(Target){.sheet = sheet});
    return sheet_end(sheet, ret_bytes);
}

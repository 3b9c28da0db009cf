/* One row of a wide CSV to one person's answers. Pure: no SQL, no I/O. */
#include "base/number.h"
#include "feature/answer_file/answer_file_map.h"

enum { ROW_ID_MAX = 200, GROUP_CHARS_MAX = 32 };

/* ---- the plan ---------------------------------------------------------------------- */

static Err plan_use(Ctx *c, const CsvRow *header, Plan *plan, UseKind kind, Str column, ptrdiff_t index)
{
    if (column.n == 0) return OK;
    ptrdiff_t at = csv_column(header, column);
    if (at < 0) return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, S("the header has no column "), column)));
    ptrdiff_t i = plan->n++;
    for (; i > 0 && plan->v[i - 1].column > at; i--) plan->v[i] = plan->v[i - 1];
    plan->v[i] = (Use){kind, at, index};
    return OK;
}

static Err no_column_twice(Ctx *c, const CsvRow *header)
{
    for (ptrdiff_t i = 0; i < header->n; i++)
        if (header->v[i].n && csv_column(header, header->v[i]) != i)
            return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, S("the header has the column "), header->v[i], S(" twice"))));
    return OK;
}

/* "items": "same". */
static Err same_items(Ctx *c, const Questionnaire *q, const CsvRow *header, MapItems *ret)
{
    MapItems all = {.v = NEW(c->arena, MapItem, header->n)};
    for (ptrdiff_t i = 0; i < header->n; i++) {
        const Item *item = questionnaire_item(q, header->v[i]);
        if (!item || item->kind == ITEM_MATRIX) continue;
        if (item->kind == ITEM_MULTIPLE)
            return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, S("the column "), header->v[i],
                                                            S(" is named as an item with several answers; map its options"))));
        all.v[all.n++] = (MapItem){.column = header->v[i], .item = item};
    }
    if (all.n == 0) return fail(c, E_CONFLICT, msg_verbatim(S("no column of the header is named as an item")));
    *ret = all;
    return OK;
}

Err answer_file_plan(Ctx *c, const AnswerMap *map, const CsvRow *header, Plan *ret)
{
    Plan plan = {.map = map, .header = {header->v, header->n}, .items = map->items};
    TRY(no_column_twice(c, header));
    if (map->is_same) TRY(same_items(c, map->q, header, &plan.items));
    plan.v = NEW(c->arena, Use, 4 + map->groups.n + plan.items.n);
    TRY(plan_use(c, header, &plan, USE_ROW_ID, map->row_id, 0));
    TRY(plan_use(c, header, &plan, USE_UNIT, map->unit_column, 0));
    TRY(plan_use(c, header, &plan, USE_ROLE, map->role_column, 0));
    TRY(plan_use(c, header, &plan, USE_PARTICIPANT, map->participant_column, 0));
    for (ptrdiff_t i = 0; i < map->groups.n; i++) TRY(plan_use(c, header, &plan, USE_GROUP, map->groups.v[i].column, i));
    for (ptrdiff_t i = 0; i < plan.items.n; i++) TRY(plan_use(c, header, &plan, USE_ITEM, plan.items.v[i].column, i));
    *ret = plan;
    return OK;
}

/* ---- values ------------------------------------------------------------------------- */

static const Recode *recode(const Recodes *all, Str from)
{
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].from, from)) return &all->v[i];
    return NULL;
}

static bool is_missing(const AnswerMap *map, Str value)
{
    for (ptrdiff_t i = 0; i < map->missing.n; i++)
        if (str_eq(map->missing.v[i], value)) return true;
    return false;
}

/* Bytes of the characters [first, first + count). */
static Str take_chars(Str s, int64_t first, int64_t count)
{
    ptrdiff_t from = 0, to = 0;
    int len = 0;
    for (; first > 0 && from < s.n; first--, from += len) str_next_char(s, from, &len);
    for (to = from; count > 0 && to < s.n; count--, to += len) str_next_char(s, to, &len);
    return str_sub(s, from, to);
}

static bool is_code(Str code)
{
    if (code.n < 1 || code.n > UNIT_CODE_MAX) return false;
    for (ptrdiff_t i = 0; i < code.n; i++) {
        char ch = code.p[i];
        bool good = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '_' || ch == '-';
        if (!good) return false;
    }
    return true;
}

/* Each of these gives the reason why a row is refused; empty: none. */
static Str read_unit(Arena *arena, const AnswerMap *map, Str value, FileRow *row)
{
    if (map->take_count >= 0) value = take_chars(value, map->take_first, map->take_count);
    const Recode *r = recode(&map->unit_values, value);
    if (map->unit_values.n && !r) return S("the unit is not mapped");
    if (r) value = r->to;
    if (value.n == 0) return S("the unit is empty");
    row->unit = map->unit_prefix.n ? STR_CAT(arena, map->unit_prefix, value) : value;
    return is_code(row->unit) ? S("") : S("the unit is no code of 1 to 32 letters, figures, points, hyphens and underscores");
}

static Str read_role(const AnswerMap *map, Str value, FileRow *row)
{
    const Recode *r = recode(&map->role_values, value);
    if (!r && is_missing(map, value)) return S("");
    if (map->role_values.n && !r) return S("the role is not mapped");
    row->role = r ? r->to : value;
    return survey_is_role(row->role) ? S("") : S("the role is not personale, leder, elev or foraelder");
}

static Str read_group(const AnswerMap *map, ptrdiff_t index, Str value, FileRow *row)
{
    const MapGroup *group = &map->groups.v[index];
    const Recode *r = recode(&group->values, value);
    if (r) row->group[index] = r->to;
    if (r || is_missing(map, value)) return S("");
    if (group->values.n) return group->is_other_blank ? S("") : S("the value is not mapped");
    if (str_chars(value) > GROUP_CHARS_MAX) return S("the group has more than 32 characters");
    row->group[index] = value;
    return S("");
}

static Str read_participant(const AnswerMap *map, Str value, FileRow *row)
{
    if (str_eq(value, S("1"))) row->participant = 1;
    else if (str_eq(value, S("0"))) row->participant = 0;
    else if (!is_missing(map, value)) return S("must be 1 or 0");
    return S("");
}

static Str read_row_id(Str value, FileRow *row)
{
    if (value.n == 0) return S("the row id is empty");
    if (value.n > ROW_ID_MAX) return S("the row id has more than 200 bytes");
    row->row_id = value;
    return S("");
}

/* ---- items --------------------------------------------------------------------------------- */

/* By the place of an item in the questionnaire, so that answers come out in its order. */
typedef struct Cell {
    Values values;
    Str text;
    bool is_given;
} Cell;

static void give(Arena *arena, Cell *cell, const Item *item, int64_t value)
{
    if (!cell->values.v) cell->values.v = NEW(arena, int64_t, item->kind == ITEM_MULTIPLE ? item->options.n : 1);
    ptrdiff_t i = cell->values.n++;
    for (; i > 0 && cell->values.v[i - 1] > value; i--) cell->values.v[i] = cell->values.v[i - 1];
    cell->values.v[i] = value;
    cell->is_given = true;
}

/* One option out of several: 1 chosen, 0 not. */
static Str read_option(Arena *arena, const MapItem *m, Str value, Cell *cell)
{
    const Recode *r = recode(&m->values, value);
    bool is_chosen = r ? r->value == 1 : str_eq(value, S("1"));
    if (!r && !is_chosen && !str_eq(value, S("0"))) return S("must be 1 or 0");
    if (is_chosen) give(arena, cell, m->item, m->option);
    return S("");
}

static Str read_number(Arena *arena, char decimal, const Item *item, Str value, Cell *cell)
{
    int64_t v = 0;
    if (!answer_number(value, decimal, &v)) return S("is no number between -9,000,000 and 9,000,000");
    give(arena, cell, item, v);
    return S("");
}

static Str read_text(Str value, Cell *cell)
{
    value = str_trim(value);
    if (str_chars(value) > ANSWER_TEXT_MAX) return S("the text has more than 4,000 characters");
    cell->text = value;
    cell->is_given = value.n > 0;
    return S("");
}

static Str read_item(Arena *arena, const Plan *plan, ptrdiff_t index, Str value, Cell *cells)
{
    const MapItem *m = &plan->items.v[index];
    Cell *cell = &cells[m->item - plan->map->q->items.v];
    const Recode *r = recode(&m->values, value);
    int64_t v = 0;
    if (!r && is_missing(plan->map, value)) return S("");
    if (m->is_option) return read_option(arena, m, value, cell);
    if (m->item->kind == ITEM_TEXT) return read_text(value, cell);
    if (m->item->kind == ITEM_NUMBER) return read_number(arena, plan->map->decimal, m->item, r ? r->to : value, cell);
    if (r) v = r->value;
    else if (!str_i64(value, &v) || !answer_has_option(m->item, v)) return S("the value is not in the scale");
    give(arena, cell, m->item, v);
    return S("");
}

static Answers answers_of(Arena *arena, const Questionnaire *q, const Cell *cells)
{
    Answers all = {0};
    for (ptrdiff_t i = 0; i < q->items.n; i++) all.n += cells[i].is_given;
    all.v = NEW(arena, Given, all.n);
    all.n = 0;
    for (ptrdiff_t i = 0; i < q->items.n; i++) {
        const Item *item = &q->items.v[i];
        if (cells[i].is_given && answer_is_asked(item, all)) all.v[all.n++] = (Given){item, cells[i].values, cells[i].text};
    }
    return all;
}

static Str read_use(Arena *arena, const Plan *plan, const Use *use, Str value, FileRow *row, Cell *cells)
{
    switch (use->kind) {
    case USE_ROW_ID: return read_row_id(value, row);
    case USE_UNIT: return read_unit(arena, plan->map, value, row);
    case USE_ROLE: return read_role(plan->map, value, row);
    case USE_GROUP: return read_group(plan->map, use->index, value, row);
    case USE_PARTICIPANT: return read_participant(plan->map, value, row);
    case USE_ITEM: return read_item(arena, plan, use->index, value, cells);
    }
    return S("the column has no use"); /* never: all are above */
}

FileRow answer_file_row(Arena *arena, const Plan *plan, const CsvRow *row)
{
    FileRow ret = {.participant = -1, .unit = plan->map->unit_constant};
    if (row->n != plan->header.n) {
        ret.fault = S("the row has another number of fields than the header");
        return ret;
    }
    Cell *cells = NEW(arena, Cell, plan->map->q->items.n);
    for (ptrdiff_t i = 0; i < plan->n; i++) {
        const Use *use = &plan->v[i];
        if (use->kind == USE_UNIT && ret.fault.n == 0) ret.is_unit_first = true;
        Str fault = read_use(arena, plan, use, row->v[use->column], &ret, cells);
        if (fault.n == 0 || ret.fault.n) continue; /* the first fault is told; a row_id further right still counts */
        ret.fault = fault;
        ret.fault_column = plan->header.v[use->column];
    }
    ret.answers = answers_of(arena, plan->map->q, cells);
    return ret;
}

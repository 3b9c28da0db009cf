/* Reading the mapping: every fault is told at once, with its place. */
#include "feature/answer_file/answer_file_map.h"

#include "base/number.h"
#include "text/json.h"

enum { COLUMN_MAX = 200, GROUP_CODE_MAX = 32 };

static void problem(Ctx *c, const Json *at, Str what)
{
    json_problem(c, at, msg_verbatim(what));
}

/* "1": 3 or "1": "m". */
static Str text_of_value(Ctx *c, const Json *v)
{
    if (v->kind == JSON_IS_TEXT) return v->text;
    if (v->kind != JSON_IS_INT) {
        problem(c, v, S("must be a text or a whole number"));
        return S("");
    }
    Buf b = buf_new(c->arena, 24);
    buf_add_i64(&b, v->i);
    return buf_str(&b);
}

static Recodes read_recodes(Ctx *c, const Json *map, Str key)
{
    const Json *values = json_map(c, map, key, JSON_OPTIONAL, ANSWER_MAP_VALUES);
    if (!values) return (Recodes){0};
    Recodes all = {.v = NEW(c->arena, Recode, values->n)};
    for (ptrdiff_t i = 0; i < values->n; i++) all.v[all.n++] = (Recode){.from = values->v[i].key, .to = text_of_value(c, &values->v[i])};
    return all;
}

/* ---- parts ------------------------------------------------------------------------ */

static char read_delimiter(Ctx *c, const Json *root)
{
    Str s = json_text(c, root, S("delimiter"), JSON_OPTIONAL, 1);
    if (s.n == 0) return ',';
    if (s.n == 1 && (s.p[0] == ',' || s.p[0] == ';' || s.p[0] == '\t')) return s.p[0];
    problem(c, json_find(root, S("delimiter")), S("must be a comma, a semicolon or a tab"));
    return ',';
}

/* Unsaid, a file with semicolons comes from a Danish spreadsheet as often as not, and
   its commas can be nothing but decimals: then both are read. */
static char read_decimal(Ctx *c, const Json *root, char delimiter)
{
    Str s = json_text(c, root, S("decimal"), JSON_OPTIONAL, 1);
    if (s.n == 0) return delimiter == ',' ? '.' : ANSWER_DECIMAL_ANY;
    if (str_eq(s, S("."))) return '.';
    if (str_eq(s, S(","))) return ',';
    problem(c, json_find(root, S("decimal")), S("must be a point or a comma"));
    return '.';
}

static Strs read_missing(Ctx *c, const Json *root)
{
    const Json *list = json_list(c, root, S("missing"), JSON_OPTIONAL, 100);
    Strs all = {.v = NEW(c->arena, Str, list ? list->n + 1 : 1)};
    if (!list) all.v[all.n++] = S("");
    for (ptrdiff_t i = 0; list && i < list->n; i++)
        if (json_is(c, &list->v[i], JSON_IS_TEXT)) all.v[all.n++] = list->v[i].text;
    return all;
}

static void read_take(Ctx *c, const Json *unit, AnswerMap *m)
{
    const Json *take = json_list(c, unit, S("take"), JSON_OPTIONAL, 2);
    m->take_count = -1;
    if (!take) return;
    bool good = take->n == 2 && take->v[0].kind == JSON_IS_INT && take->v[1].kind == JSON_IS_INT && take->v[0].i >= 0 &&
                take->v[0].i <= 1000 && take->v[1].i >= 1 && take->v[1].i <= 1000;
    if (!good) {
        problem(c, take, S("must be [first character from 0, number of characters from 1]"));
        return;
    }
    m->take_first = take->v[0].i;
    m->take_count = take->v[1].i;
}

static void one_of_two(Ctx *c, const Json *at, Str a, Str b)
{
    if (at && (a.n > 0) == (b.n > 0)) problem(c, at, S("must have a column or a constant, not both"));
}

static void read_unit(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *unit = json_map(c, root, S("unit"), JSON_NEEDED, 5);
    if (!unit) return;
    JSON_KNOWN(c, unit, S("column"), S("constant"), S("take"), S("prefix"), S("values"));
    m->unit_column = json_text(c, unit, S("column"), JSON_OPTIONAL, COLUMN_MAX);
    m->unit_constant = json_text(c, unit, S("constant"), JSON_OPTIONAL, UNIT_CODE_MAX);
    m->unit_prefix = json_text(c, unit, S("prefix"), JSON_OPTIONAL, UNIT_CODE_MAX);
    m->unit_values = read_recodes(c, unit, S("values"));
    one_of_two(c, unit, m->unit_column, m->unit_constant);
    read_take(c, unit, m);
}

static void read_make_units(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *make = json_map(c, root, S("make_units"), JSON_OPTIONAL, 2);
    if (!make) return;
    JSON_KNOWN(c, make, S("kind"), S("parent"));
    m->makes_units = true;
    m->make_kind = json_text(c, make, S("kind"), JSON_NEEDED, UNIT_CODE_MAX);
    m->make_parent = json_text(c, make, S("parent"), JSON_NEEDED, UNIT_CODE_MAX);
}

static void check_role(Ctx *c, const Json *at, Str role)
{
    if (at && role.n && !survey_is_role(role)) problem(c, at, S("must be personale, leder, elev or foraelder"));
}

static void read_role(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *role = json_map(c, root, S("role"), JSON_OPTIONAL, 3);
    if (!role) return;
    JSON_KNOWN(c, role, S("column"), S("constant"), S("values"));
    m->role_column = json_text(c, role, S("column"), JSON_OPTIONAL, COLUMN_MAX);
    m->role_constant = json_text(c, role, S("constant"), JSON_OPTIONAL, GROUP_CODE_MAX);
    m->role_values = read_recodes(c, role, S("values"));
    one_of_two(c, role, m->role_column, m->role_constant);
    check_role(c, json_find(role, S("constant")), m->role_constant);
    const Json *values = json_find(role, S("values"));
    for (ptrdiff_t i = 0; i < m->role_values.n; i++) check_role(c, &values->v[i], m->role_values.v[i].to);
}

/* ---- groups --------------------------------------------------------------------------- */

static bool is_reserved(const AnswerMap *m, Str dimension)
{
    return str_eq(dimension, S("enhed")) || str_eq(dimension, S("deltagelse")) || (m->role_column.n && str_eq(dimension, S("rolle")));
}

static void check_group(Ctx *c, const Json *at, const AnswerMap *m, const MapGroup *group)
{
    const Json *name = json_find(at, S("dimension")), *values = json_find(at, S("values"));
    if (name && is_reserved(m, group->dimension)) problem(c, name, S("is a dimension that the reports make themselves"));
    for (ptrdiff_t i = 0; name && i < m->groups.n; i++)
        if (str_eq(m->groups.v[i].dimension, group->dimension)) problem(c, name, S("is a dimension named twice"));
    for (ptrdiff_t i = 0; values && i < group->values.n; i++) {
        ptrdiff_t n = str_chars(group->values.v[i].to);
        if (n < 1 || n > GROUP_CODE_MAX) problem(c, &values->v[i], S("must have 1 to 32 characters"));
    }
}

static void read_group(Ctx *c, const Json *at, AnswerMap *m)
{
    if (!json_is(c, at, JSON_IS_MAP)) return;
    JSON_KNOWN(c, at, S("dimension"), S("column"), S("values"), S("other"));
    MapGroup group = {
        .dimension = json_text(c, at, S("dimension"), JSON_NEEDED, GROUP_CODE_MAX),
        .column = json_text(c, at, S("column"), JSON_NEEDED, COLUMN_MAX),
        .values = read_recodes(c, at, S("values")),
    };
    Str other = json_text(c, at, S("other"), JSON_OPTIONAL, COLUMN_MAX);
    group.is_other_blank = str_eq(other, S("uoplyst"));
    if (other.n && !group.is_other_blank && !str_eq(other, S("refuse"))) problem(c, json_find(at, S("other")), S("must be refuse or uoplyst"));
    check_group(c, at, m, &group);
    m->groups.v[m->groups.n++] = group;
}

static void read_groups(Ctx *c, const Json *root, AnswerMap *m)
{
    /* One place is kept for the dimension rolle. */
    const Json *list = json_list(c, root, S("groups"), JSON_OPTIONAL, ANSWER_GROUPS_MAX - 1);
    m->groups.v = NEW(c->arena, MapGroup, list ? list->n : 0);
    for (ptrdiff_t i = 0; list && i < list->n; i++) read_group(c, &list->v[i], m);
}

/* ---- items ------------------------------------------------------------------------------ */

static const Item *item_named(Ctx *c, const Json *at, Str code, const Questionnaire *q)
{
    const Item *item = questionnaire_item(q, code);
    if (!item) problem(c, at, STR_CAT(c->arena, S("names no item of the questionnaire: "), code));
    else if (item->kind == ITEM_MATRIX) problem(c, at, STR_CAT(c->arena, code, S(" is a matrix; map its rows")));
    else return item;
    return NULL;
}

static void check_values(Ctx *c, const Json *values, MapItem *m)
{
    for (ptrdiff_t i = 0; values && i < m->values.n; i++) {
        Recode *r = &m->values.v[i];
        bool is_number = str_i64(r->to, &r->value);
        if (m->item->kind == ITEM_TEXT) problem(c, &values->v[i], S("a text cannot be recoded"));
        else if (!is_number) problem(c, &values->v[i], S("must be a whole number"));
        else if (m->is_option && r->value != 0 && r->value != 1) problem(c, &values->v[i], S("must be 1 or 0"));
        else if (m->item->kind == ITEM_SINGLE && !answer_has_option(m->item, r->value)) problem(c, &values->v[i], S("is no option of the item"));
    }
}

static void read_option(Ctx *c, const Json *at, MapItem *m)
{
    const Json *option = json_find(at, S("option"));
    bool is_multiple = m->item->kind == ITEM_MULTIPLE;
    if (!option && is_multiple) problem(c, at, S("must name the option, as the item has several answers"));
    if (!option) return;
    if (!is_multiple) problem(c, option, S("is only for items of kind multiple"));
    else if (option->kind != JSON_IS_INT || !answer_has_option(m->item, option->i)) problem(c, option, S("is no option of the item"));
    else {
        m->is_option = true;
        m->option = option->i;
    }
}

static void check_twice(Ctx *c, const Json *at, const AnswerMap *all, const MapItem *m)
{
    for (ptrdiff_t i = 0; i < all->items.n; i++) {
        const MapItem *other = &all->items.v[i];
        if (other->item == m->item && (!m->is_option || other->option == m->option))
            problem(c, at, STR_CAT(c->arena, S("maps "), m->item->code, S(" a second time")));
    }
}

static void read_item(Ctx *c, const Json *at, AnswerMap *all)
{
    MapItem m = {.column = at->key};
    bool is_short = at->kind == JSON_IS_TEXT;
    if (!is_short && !json_is(c, at, JSON_IS_MAP)) return;
    if (!is_short) JSON_KNOWN(c, at, S("item"), S("values"), S("option"));
    Str code = is_short ? at->text : json_text(c, at, S("item"), JSON_NEEDED, ITEM_CODE_MAX);
    if (code.n) m.item = item_named(c, at, code, all->q);
    if (!m.item) return;
    if (!is_short) m.values = read_recodes(c, at, S("values"));
    read_option(c, at, &m);
    check_values(c, is_short ? NULL : json_find(at, S("values")), &m);
    check_twice(c, at, all, &m);
    all->items.v[all->items.n++] = m;
}

static void read_items(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *items = json_find(root, S("items"));
    if (items && items->kind == JSON_IS_TEXT && str_eq(items->text, S("same"))) {
        m->is_same = true;
        return;
    }
    if (items && items->kind != JSON_IS_MAP) {
        problem(c, items, S("must be an object or \"same\""));
        return;
    }
    items = json_map(c, root, S("items"), JSON_NEEDED, CSV_MAX_FIELDS);
    m->items.v = NEW(c->arena, MapItem, items ? items->n : 0);
    for (ptrdiff_t i = 0; items && i < items->n; i++) read_item(c, &items->v[i], m);
}

/* ---- what is told beside the rows ------------------------------------------------------------ */

static void read_invited(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *list = json_list(c, root, S("invited"), JSON_OPTIONAL, WAVE_UNITS_MAX);
    m->invited.v = NEW(c->arena, MapInvited, list ? list->n : 0);
    for (ptrdiff_t i = 0; list && i < list->n; i++) {
        const Json *at = &list->v[i];
        if (!json_is(c, at, JSON_IS_MAP)) continue;
        JSON_KNOWN(c, at, S("unit"), S("n"), S("role"));
        MapInvited invited = {
            .unit = json_text(c, at, S("unit"), JSON_NEEDED, UNIT_CODE_MAX),
            .role = json_text(c, at, S("role"), JSON_OPTIONAL, GROUP_CODE_MAX),
            .n = json_i64(c, at, S("n"), JSON_NEEDED, 0, 1000000, 0),
        };
        check_role(c, json_find(at, S("role")), invited.role);
        m->invited.v[m->invited.n++] = invited;
    }
}

static void read_participant(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *at = json_map(c, root, S("participant"), JSON_OPTIONAL, 2);
    if (!at) return;
    JSON_KNOWN(c, at, S("column"), S("units"));
    m->participant_column = json_text(c, at, S("column"), JSON_OPTIONAL, COLUMN_MAX);
    const Json *units = json_list(c, at, S("units"), JSON_OPTIONAL, WAVE_UNITS_MAX);
    if ((units != NULL) == (m->participant_column.n > 0)) problem(c, at, S("must have a column or units, not both"));
    m->participant_units.v = NEW(c->arena, Str, units ? units->n : 0);
    for (ptrdiff_t i = 0; units && i < units->n; i++)
        if (json_is(c, &units->v[i], JSON_IS_TEXT)) m->participant_units.v[m->participant_units.n++] = units->v[i].text;
}

static void read_row_id(Ctx *c, const Json *root, AnswerMap *m)
{
    const Json *at = json_map(c, root, S("row_id"), JSON_OPTIONAL, 1);
    if (!at) return;
    JSON_KNOWN(c, at, S("column"));
    m->row_id = json_text(c, at, S("column"), JSON_NEEDED, COLUMN_MAX);
}

Err answer_file_map_read(Ctx *c, Str json, const Questionnaire *q, AnswerMap *ret)
{
    const Json *root = NULL;
    AnswerMap m = {.q = q};
    TRY(json_read(c, json, ANSWER_MAP_BYTES, &root));
    if (!json_is(c, root, JSON_IS_MAP)) return ctx_check(c);
    JSON_KNOWN(c, root, S("format"), S("delimiter"), S("decimal"), S("missing"), S("row_id"), S("unit"), S("make_units"), S("role"),
               S("groups"), S("items"), S("invited"), S("participant"));
    Str format = json_text(c, root, S("format"), JSON_NEEDED, 100);
    if (format.n && !str_eq(format, S("traad-answers-1"))) problem(c, json_find(root, S("format")), S("must be traad-answers-1"));
    m.delimiter = read_delimiter(c, root);
    m.decimal = read_decimal(c, root, m.delimiter);
    m.missing = read_missing(c, root);
    read_row_id(c, root, &m);
    read_unit(c, root, &m);
    read_make_units(c, root, &m);
    read_role(c, root, &m);
    read_groups(c, root, &m);
    read_items(c, root, &m);
    read_invited(c, root, &m);
    read_participant(c, root, &m);
    TRY(ctx_check(c));
    *ret = m;
    return OK;
}

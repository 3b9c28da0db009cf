#include "feature/questionnaire_edit/questionnaire_edit.h"

/* The copy under change has room for one more of each. Rows are known by their
   matrix's code, for the items themselves move about. */
typedef struct Draft {
    Questionnaire q;
    Str *matrix; /* by place in q.items: code of its matrix; empty: none */
} Draft;

static Draft draft_of(Ctx *c, const Questionnaire *q)
{
    Draft d = {.q = *q, .matrix = NEW(c->arena, Str, q->items.n + 1)};
    d.q.items.v = NEW(c->arena, Item, q->items.n + 1);
    d.q.sections.v = NEW(c->arena, Section, q->sections.n + 1);
    for (ptrdiff_t i = 0; i < q->items.n; i++) {
        d.q.items.v[i] = q->items.v[i];
        if (q->items.v[i].matrix) d.matrix[i] = q->items.v[i].matrix->code;
    }
    for (ptrdiff_t i = 0; i < q->sections.n; i++) d.q.sections.v[i] = q->sections.v[i];
    return d;
}

/* Items gathered by section, rows tied to their matrix, places counted anew. */
static Questionnaire settled(Ctx *c, const Draft *d)
{
    Questionnaire q = d->q;
    q.items = (Items){.v = NEW(c->arena, Item, d->q.items.n)};
    for (ptrdiff_t s = 0; s < q.sections.n; s++) {
        Section *section = &q.sections.v[s];
        const Item *matrix = NULL;
        section->first = q.items.n;
        for (ptrdiff_t i = 0; i < d->q.items.n; i++) {
            if (!str_eq(d->q.items.v[i].section, section->code)) continue;
            Item *item = &q.items.v[q.items.n];
            *item = d->q.items.v[i];
            item->position = q.items.n++;
            item->theme = section->theme;
            item->matrix = d->matrix[i].n ? matrix : NULL;
            if (item->kind == ITEM_MATRIX) matrix = item;
        }
        section->count = q.items.n - section->first;
    }
    return q;
}

static ptrdiff_t place_of(const Draft *d, Str code)
{
    for (ptrdiff_t i = 0; i < d->q.items.n; i++)
        if (str_eq(d->q.items.v[i].code, code)) return i;
    return -1;
}

/* One past the last item that goes with the one at `at`. */
static ptrdiff_t end_of(const Draft *d, ptrdiff_t at)
{
    ptrdiff_t end = at + 1;
    if (d->q.items.v[at].kind == ITEM_MATRIX)
        while (end < d->q.items.n && d->matrix[end].n) end++;
    return end;
}

static void take_out(Draft *d, ptrdiff_t from, ptrdiff_t to)
{
    for (ptrdiff_t i = to; i < d->q.items.n; i++) {
        d->q.items.v[from + i - to] = d->q.items.v[i];
        d->matrix[from + i - to] = d->matrix[i];
    }
    d->q.items.n -= to - from;
}

static void put_in(Draft *d, ptrdiff_t at, Item item, Str matrix)
{
    for (ptrdiff_t i = d->q.items.n; i > at; i--) {
        d->q.items.v[i] = d->q.items.v[i - 1];
        d->matrix[i] = d->matrix[i - 1];
    }
    d->q.items.v[at] = item;
    d->matrix[at] = matrix;
    d->q.items.n++;
}

/* [from, middle) and [middle, to) change places, one item at a time. */
static void swap_blocks(Draft *d, ptrdiff_t from, ptrdiff_t middle, ptrdiff_t to)
{
    for (ptrdiff_t i = 0; i < to - middle; i++) {
        Item item = d->q.items.v[middle + i];
        Str matrix = d->matrix[middle + i];
        take_out(d, middle + i, middle + i + 1);
        put_in(d, from + i, item, matrix);
    }
}

/* Whether both go in the same list: top level of one section, or rows of one matrix. */
static bool are_beside(const Draft *d, ptrdiff_t a, ptrdiff_t b)
{
    return str_eq(d->q.items.v[a].section, d->q.items.v[b].section) && str_eq(d->matrix[a], d->matrix[b]);
}

static ptrdiff_t section_place(const Draft *d, Str code)
{
    for (ptrdiff_t i = 0; i < d->q.sections.n; i++)
        if (str_eq(d->q.sections.v[i].code, code)) return i;
    return -1;
}

/* Into the section before or after: last there, or first. */
static void change_room(Draft *d, ptrdiff_t at, int step)
{
    ptrdiff_t room = section_place(d, d->q.items.v[at].section) + step, end = end_of(d, at);
    if (d->matrix[at].n || room < 0 || room >= d->q.sections.n) return;
    for (ptrdiff_t i = at; i < end; i++) d->q.items.v[i].section = d->q.sections.v[room].code;
}

static void move_up(Draft *d, ptrdiff_t at)
{
    ptrdiff_t before = at - 1;
    while (before >= 0 && d->matrix[before].n && !d->matrix[at].n) before--;
    if (before >= 0 && are_beside(d, before, at))
        swap_blocks(d, before, at, end_of(d, at));
    else
        change_room(d, at, -1);
}

static void move_down(Draft *d, ptrdiff_t at)
{
    ptrdiff_t after = end_of(d, at);
    if (after < d->q.items.n && are_beside(d, at, after))
        swap_blocks(d, at, after, end_of(d, after));
    else
        change_room(d, at, 1);
}

static void set_item(Item *item, const Item *to)
{
    item->code = to->code;
    item->text = to->text;
    item->is_core = to->is_core;
    item->is_reverse = to->is_reverse;
    item->ask_if = to->ask_if;
    item->ask_in = to->ask_in;
    if (item->scale == to->scale) return;
    item->scale = to->scale;
    item->options = to->scale ? to->scale->options : (Options){0};
    item->agree = to->scale ? to->scale->agree : (Values){0};
    item->disagree = to->scale ? to->scale->disagree : (Values){0};
    item->dont_know = to->scale ? to->scale->dont_know : (Values){0};
}

static bool same_condition(const Item *a, const Item *b)
{
    return a->ask_if == b->ask_if && values_equal(a->ask_in, b->ask_in);
}

/* Rows go by their matrix's code and scale, and have its core, reverse and condition
   as far as they had what it had before. */
static void save_rows(Draft *d, ptrdiff_t at, const Item *before)
{
    const Item *matrix = &d->q.items.v[at];
    for (ptrdiff_t i = at + 1; i < d->q.items.n && str_eq(d->matrix[i], before->code); i++) {
        Item *row = &d->q.items.v[i], to = *row;
        d->matrix[i] = matrix->code;
        to.scale = matrix->scale;
        if (row->is_core == before->is_core) to.is_core = matrix->is_core;
        if (row->is_reverse == before->is_reverse) to.is_reverse = matrix->is_reverse;
        if (same_condition(row, before)) {
            to.ask_if = matrix->ask_if;
            to.ask_in = matrix->ask_in;
        }
        set_item(row, &to);
    }
}

static void save_item(Draft *d, ptrdiff_t at, const Item *to)
{
    Item before = d->q.items.v[at];
    set_item(&d->q.items.v[at], to);
    if (before.kind == ITEM_MATRIX) save_rows(d, at, &before);
}

static Err add_item(Draft *d, const ItemChange *change)
{
    Item item = {.kind = change->to.kind, .section = change->section};
    ptrdiff_t at = change->matrix.n ? place_of(d, change->matrix) : d->q.items.n;
    if (at < 0 || section_place(d, change->section) < 0) return E_NOT_FOUND;
    set_item(&item, &change->to);
    if (change->matrix.n) {
        item.section = d->q.items.v[at].section;
        at = end_of(d, at);
    }
    put_in(d, at, item, change->matrix);
    return OK;
}

Err questionnaire_edit_item(Ctx *c, const Questionnaire *q, ItemChange change, Questionnaire *ret)
{
    Draft d = draft_of(c, q);
    if (change.code.n == 0) {
        TRY(add_item(&d, &change));
        *ret = settled(c, &d);
        return OK;
    }
    ptrdiff_t at = place_of(&d, change.code);
    if (at < 0) return E_NOT_FOUND;
    switch (change.move) {
    case EDIT_SAVE: save_item(&d, at, &change.to); break;
    case EDIT_UP: move_up(&d, at); break;
    case EDIT_DOWN: move_down(&d, at); break;
    case EDIT_REMOVE: take_out(&d, at, end_of(&d, at)); break;
    }
    *ret = settled(c, &d);
    return OK;
}

static void swap_sections(Draft *d, ptrdiff_t a, ptrdiff_t b)
{
    if (a < 0 || b < 0 || a >= d->q.sections.n || b >= d->q.sections.n) return;
    Section held = d->q.sections.v[a];
    d->q.sections.v[a] = d->q.sections.v[b];
    d->q.sections.v[b] = held;
}

static void set_section(Draft *d, ptrdiff_t at, const Section *to)
{
    Section *section = &d->q.sections.v[at];
    for (ptrdiff_t i = 0; i < d->q.items.n; i++)
        if (str_eq(d->q.items.v[i].section, section->code)) d->q.items.v[i].section = to->code;
    section->code = to->code;
    section->title = to->title;
    section->theme = to->theme;
}

static void remove_section(Draft *d, ptrdiff_t at)
{
    for (ptrdiff_t i = at; i + 1 < d->q.sections.n; i++) d->q.sections.v[i] = d->q.sections.v[i + 1];
    d->q.sections.n--;
}

Err questionnaire_edit_section(Ctx *c, const Questionnaire *q, SectionChange change, Questionnaire *ret)
{
    Draft d = draft_of(c, q);
    ptrdiff_t at = change.code.n ? section_place(&d, change.code) : d.q.sections.n;
    if (at < 0) return E_NOT_FOUND;
    if (change.code.n == 0)
        d.q.sections.v[d.q.sections.n++] = change.to;
    else if (change.move == EDIT_SAVE)
        set_section(&d, at, &change.to);
    else if (change.move == EDIT_UP)
        swap_sections(&d, at, at - 1);
    else if (change.move == EDIT_DOWN)
        swap_sections(&d, at, at + 1);
    else
        remove_section(&d, at);
    *ret = settled(c, &d);
    return OK;
}

#include "stats/disclosure_tableau.h"

#include <math.h>
#include <string.h>

/* Steps of one walk; regions need tens. */
enum { MAX_STEPS = 20000 };
static const double TINY = 1e-7;

/* ---- entries ---- */

static bool has_room(const Tableau *t, int64_t entries)
{
    return entries * (int64_t)sizeof(Entry) <= t->room.end - t->room.next;
}

/* The caller has asked has_room. */
static void entry_add(Tableau *t, int32_t row, int32_t column, double x)
{
    Entry *e = t->unused;
    if (e != NULL) t->unused = e->next;
    else e = (Entry *)(void *)arena_take_raw(&t->room, sizeof *e);
    *e = (Entry){.x = x, .row = row, .column = column, .next = t->row[row], .below = t->column[column]};
    if (e->below != NULL) e->below->above = e;
    t->row[row] = t->column[column] = e;
}

/* *at is the link of the row that leads to the entry. */
static void entry_remove(Tableau *t, Entry **at)
{
    Entry *e = *at;
    *at = e->next;
    if (e->above != NULL) e->above->below = e->below;
    else t->column[e->column] = e->below;
    if (e->below != NULL) e->below->above = e->above;
    e->next = t->unused;
    t->unused = e;
}

Err tableau_begin(Arena room, int32_t columns, int32_t rows, Tableau *ret)
{
    /* The arrays below, and a page for their alignment. */
    int64_t bytes = (int64_t)rows * 16 + (int64_t)columns * 64 + 4096;
    if (bytes > room.end - room.next) return E_TOO_LARGE;
    Tableau t = {.columns = columns, .rows = rows};
    t.row = NEW(&room, Entry *, rows);
    t.column = NEW(&room, Entry *, columns);
    t.least = NEW(&room, double, columns);
    t.d = NEW(&room, double, columns);
    t.pivot = NEW(&room, double, columns);
    t.basis = NEW(&room, int32_t, rows);
    t.row_of = NEW(&room, int32_t, columns);
    t.moved = NEW(&room, int32_t, columns);
    t.whole = NEW(&room, int32_t, columns);
    t.met = NEW(&room, int32_t, columns);
    t.is_moved = NEW(&room, bool, columns);
    for (int32_t i = 0; i < rows; i++) t.basis[i] = -1;
    for (int32_t j = 0; j < columns; j++) t.row_of[j] = -1;
    /* Entries are taken without alignment of their own. */
    room.next += -(uintptr_t)room.next & (_Alignof(Entry) - 1);
    t.room = room;
    *ret = t;
    return OK;
}

Err tableau_add(Tableau *t, int32_t row, int32_t column, double x)
{
    if (!has_room(t, 1)) return E_TOO_LARGE;
    entry_add(t, row, column, x);
    return OK;
}

/* ---- pivots ---- */

static int64_t count_row(const Tableau *t, int32_t row)
{
    int64_t n = 0;
    for (const Entry *e = t->row[row]; e != NULL; e = e->next) n++;
    return n;
}

static int64_t count_column(const Tableau *t, int32_t column)
{
    int64_t n = 0;
    for (const Entry *e = t->column[column]; e != NULL; e = e->below) n++;
    return n;
}

/* Takes the pivot row `from`, spread out in t->pivot, from row `row`, f times. */
static void subtract(Tableau *t, int32_t row, int32_t from, double f)
{
    int32_t update = ++t->update;
    for (Entry **at = &t->row[row]; *at != NULL;) {
        Entry *e = *at;
        t->work++;
        t->met[e->column] = update;
        e->x -= f * t->pivot[e->column];
        /* What is nearly 0 is 0: this keeps the rows sparse. */
        if (fabs(e->x) < TINY) entry_remove(t, at);
        else at = &e->next;
    }
    for (const Entry *e = t->row[from]; e != NULL; e = e->next) {
        t->work++;
        if (t->met[e->column] == update || fabs(f * e->x) < TINY) continue;
        entry_add(t, row, e->column, -f * e->x);
    }
}

static double entry_at(const Tableau *t, int32_t row, int32_t column)
{
    const Entry *e = t->row[row];
    while (e->column != column) e = e->next;
    return e->x;
}

/* Solves the row for column `in`, and clears it from all other rows. */
static Err pivot(Tableau *t, int32_t row, int32_t in)
{
    if (!has_room(t, count_row(t, row) * count_column(t, in))) return E_TOO_LARGE;
    double by = 1 / entry_at(t, row, in);
    for (Entry *e = t->row[row]; e != NULL; e = e->next) {
        e->x = e->column == in ? 1 : e->x * by;
        t->pivot[e->column] = e->x;
    }
    for (Entry *e = t->column[in], *below = NULL; e != NULL; e = below) {
        below = e->below;
        if (e->row != row) subtract(t, e->row, row, e->x);
    }
    for (const Entry *e = t->row[row]; e != NULL; e = e->next) t->pivot[e->column] = 0;
    if (t->basis[row] >= 0) t->row_of[t->basis[row]] = -1;
    t->basis[row] = in;
    t->row_of[in] = row;
    return OK;
}

/* The row's column of least weight; -1: the row is empty. */
static int32_t lightest(const Tableau *t, int32_t row, const int32_t *weight)
{
    int32_t best = -1;
    for (const Entry *e = t->row[row]; e != NULL; e = e->next) {
        int32_t j = e->column;
        if (best < 0 || weight[j] < weight[best] || (weight[j] == weight[best] && j < best)) best = j;
    }
    return best;
}

/* The last row takes the place of an empty one. */
static void drop_row(Tableau *t, int32_t row)
{
    t->rows--;
    t->row[row] = t->row[t->rows];
    for (Entry *e = t->row[row]; e != NULL; e = e->next) e->row = row;
    if (row < t->rows) t->row[t->rows] = NULL;
}

Err tableau_solve(Tableau *t, const int32_t *weight)
{
    for (int32_t r = 0; r < t->rows;) {
        int32_t best = lightest(t, r, weight);
        if (best < 0) {
            drop_row(t, r);
            continue;
        }
        TRY(pivot(t, r, best));
        r++;
    }
    return OK;
}

/* ---- one walk ---- */

typedef struct Step {
    int32_t in; /* column that moves; -1: the walk is at its end */
    int way;    /* +1 or -1 */
    double gain;
} Step;

/* Which of two columns goes first. */
static bool is_before(const Tableau *t, int32_t a, int32_t b)
{
    return t->is_from_high ? a > b : a < b;
}

static Step next_step(const Tableau *t, const Walk *w)
{
    int32_t row = t->row_of[w->goal];
    if (row < 0) {
        bool is_stuck = w->sign < 0 && t->d[w->goal] - t->least[w->goal] < TINY;
        return (Step){is_stuck ? -1 : w->goal, w->sign, 1};
    }
    Step best = {.in = -1};
    for (const Entry *e = t->row[row]; e != NULL; e = e->next) {
        int32_t j = e->column;
        double gain = -e->x * w->sign; /* of one step up in j */
        if (j == w->goal || fabs(gain) < TINY || (best.in >= 0 && is_before(t, best.in, j))) continue;
        if (gain > 0) best = (Step){j, 1, gain};
        else if (t->d[j] - t->least[j] > TINY) best = (Step){j, -1, -gain};
    }
    return best;
}

/* How far the step may go; *ret_row is the row that stops it, -1 if none. */
static double length_of(const Tableau *t, Step step, int32_t *ret_row)
{
    double length = step.way < 0 ? t->d[step.in] - t->least[step.in] : INFINITY;
    int32_t row = -1;
    for (const Entry *e = t->column[step.in]; e != NULL; e = e->below) {
        double drop = e->x * step.way;
        if (drop < TINY) continue;
        int32_t basis = t->basis[e->row];
        double room = (t->d[basis] - t->least[basis]) / drop;
        bool is_tie = row >= 0 && fabs(room - length) < TINY && is_before(t, basis, t->basis[row]);
        if (room > length - TINY && !is_tie) continue;
        length = room < 0 ? 0 : room;
        row = e->row;
    }
    *ret_row = row;
    return length;
}

static void move_column(Tableau *t, int32_t column, double by)
{
    if (!t->is_moved[column]) t->moved[t->moved_n++] = column;
    t->is_moved[column] = true;
    t->d[column] += by;
}

static void move(Tableau *t, Step step, double length)
{
    move_column(t, step.in, step.way * length);
    for (const Entry *e = t->column[step.in]; e != NULL; e = e->below) {
        move_column(t, t->basis[e->row], -e->x * step.way * length);
    }
}

/* Keeps the place if all of it is whole and it is farther than before. */
static void keep_whole(Tableau *t, Walk *w)
{
    double here = t->d[w->goal] * w->sign;
    if (here < w->far + 0.5) return;
    for (int32_t i = 0; i < t->moved_n; i++) {
        double d = t->d[t->moved[i]], near = nearbyint(d);
        if (fabs(d - near) > 1e-5 || fabs(near) > 1e9) return;
    }
    t->whole_n = t->moved_n;
    for (int32_t i = 0; i < t->moved_n; i++) t->whole[i] = (int32_t)nearbyint(t->d[t->moved[i]]);
    w->far = nearbyint(here);
}

static void back_to_start(Tableau *t)
{
    for (int32_t i = 0; i < t->moved_n; i++) {
        t->d[t->moved[i]] = 0;
        t->is_moved[t->moved[i]] = false;
    }
    t->moved_n = t->whole_n = 0;
}

Err tableau_walk(Tableau *t, Walk *w)
{
    back_to_start(t);
    w->far = 0;
    w->limit = INFINITY;
    for (int steps = 0; steps < MAX_STEPS; steps++) {
        double here = t->d[w->goal] * w->sign;
        Step step = next_step(t, w);
        if (here >= w->target - TINY || step.in < 0) {
            w->limit = here;
            return OK;
        }
        int32_t row = -1;
        double length = length_of(t, step, &row), wanted = (w->target - here) / step.gain;
        if (isinf(length) && isinf(wanted)) return OK;
        if (wanted <= length) row = -1;
        move(t, step, fmin(length, wanted));
        if (row >= 0) TRY(pivot(t, row, step.in));
        keep_whole(t, w);
    }
    t->is_cut = true; /* no limit is claimed */
    return OK;
}

/* The attacker of disclosure control: how far can a hidden n go, up and down,
   when everything published stands?

   Hidden variables that share equations form a component; components do not
   concern each other. For one component we keep the equations solved for some
   variables (the basis) and move one free variable at a time, always in the
   direction that changes the n in question, until the next variable meets
   zero: the simplex method, started at the truth (d = 0), which is always
   allowed, so there is no first phase, and free variables may stand anywhere
   between. The matrix holds 0 and ±1 almost only, so most corners are whole
   numbers; those that are not are never used as proof, only as limits.
   Entering and leaving by lowest index (Bland) ends every walk.
   Where nearly all is hidden, one component is the whole region. But a witness
   that moves only the neighbourhood is a witness, so the search looks at the
   nearest variables first and holds all others still. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "stats/disclosure_system.h"

/* Steps of one walk (regions need tens); of n variables n / BREADTH may come
   in along one equation. */
enum { MAX_STEPS = 20000, BREADTH = 16 };
static const double TINY = 1e-7;

typedef struct Tableau {
    int32_t columns; /* hidden variables of the component */
    int32_t rows;
    int32_t *var;    /* [columns] in the system */
    int32_t *basis;  /* [rows] the column that the row is solved for */
    int32_t *row_of; /* [columns] its row, -1 when free */
    double *a;       /* [rows][columns] */
    double *d;       /* [columns] deviation now */
    double *least;   /* [columns] -value: the smallest deviation */
    int32_t *used;   /* [columns] scratch for pivots */
    int32_t *whole;  /* [columns] the farthest whole deviation of this walk */
    bool is_cut;     /* a walk ended by MAX_STEPS: its limit is not proven */
} Tableau;

/* ---- components ---- */

typedef struct Part {
    int32_t *var;
    int32_t vars, limit;
    int32_t breadth; /* variables taken along one equation at a time */
    int32_t *eq;
    int32_t eqs;
} Part;

static void visit(System *s, Part *part, int32_t var)
{
    if (s->seen[var] == s->walk || (s->flags[var] & VAR_HIDDEN) == 0 || part->vars == part->limit) return;
    s->seen[var] = s->walk;
    s->local[var] = part->vars;
    part->var[part->vars++] = var;
}

/* Along one equation: `breadth` variables, those with answers to give first.
   A region's sum has hundreds of terms, of which a witness needs few. */
static void visit_equation(System *s, Part *part, int32_t eq)
{
    int32_t from = part->vars;
    for (int able = 1; able >= 0; able--) {
        for (int32_t j = s->start[eq]; j < s->start[eq + 1] && part->vars - from < part->breadth; j++) {
            if (j == s->start[eq] || able == (s->value[s->term[j]] > 0)) visit(s, part, s->term[j]);
        }
    }
}

/* At most `limit` hidden variables near `first`, of those that hang together
   with it, and all equations they stand in. */
static Part part_of(Arena *arena, System *s, int32_t first, int32_t limit)
{
    s->walk++;
    Part part = {.limit = (int32_t)i64_min(limit, s->vars), .breadth = limit / BREADTH, .eq = NEW(arena, int32_t, s->eqs)};
    part.var = NEW(arena, int32_t, part.limit);
    bool *has_eq = NEW(arena, bool, s->eqs);
    visit(s, &part, first);
    for (int32_t i = 0; i < part.vars; i++) {
        for (int32_t k = s->of[part.var[i]]; k < s->of[part.var[i] + 1]; k++) {
            if (has_eq[s->in[k]]) continue;
            has_eq[s->in[k]] = true;
            part.eq[part.eqs++] = s->in[k];
            visit_equation(s, &part, s->in[k]);
        }
    }
    return part;
}

/* ---- tableau ---- */

/* Solves the row for column `in`, and clears it from all other rows. */
static void pivot(Tableau *t, int32_t row, int32_t in)
{
    double *p = t->a + (ptrdiff_t)row * t->columns;
    double by = 1 / p[in];
    int32_t n = 0;
    for (int32_t j = 0; j < t->columns; j++) {
        if (p[j] == 0) continue;
        p[j] = j == in ? 1 : p[j] * by;
        t->used[n++] = j;
    }
    for (int32_t r = 0; r < t->rows; r++) {
        double *q = t->a + (ptrdiff_t)r * t->columns, f = q[in];
        if (r == row || f == 0) continue;
        for (int32_t i = 0; i < n; i++) {
            double *x = &q[t->used[i]];
            *x -= f * p[t->used[i]];
            if (fabs(*x) < TINY) *x = 0; /* keeps the rows sparse */
        }
    }
    if (t->basis[row] >= 0) t->row_of[t->basis[row]] = -1;
    t->basis[row] = in;
    t->row_of[in] = row;
}

/* Drops rows that say nothing new, and solves each other for its variable of
   fewest equations. */
static void solve_rows(const System *s, Tableau *t)
{
    for (int32_t r = 0; r < t->rows; r++) {
        double *p = t->a + (ptrdiff_t)r * t->columns;
        int32_t best = -1, best_uses = INT32_MAX;
        for (int32_t j = 0; j < t->columns; j++) {
            int32_t uses = s->of[t->var[j] + 1] - s->of[t->var[j]];
            if (p[j] == 0 || uses >= best_uses) continue;
            best = j;
            best_uses = uses;
        }
        if (best >= 0) {
            pivot(t, r, best);
            continue;
        }
        t->rows--;
        if (r < t->rows) memcpy(p, t->a + (ptrdiff_t)t->rows * t->columns, (size_t)t->columns * sizeof *p);
        r--;
    }
}

static Err tableau_of(Arena *arena, const System *s, Part part, Tableau *ret)
{
    /* The small arrays are less than a ninth row each, and are counted as ten. */
    int64_t bytes = ((int64_t)part.eqs + 10) * (part.vars + 10) * (int64_t)sizeof(double);
    if (bytes > arena->end - arena->next) return E_TOO_LARGE;
    Tableau t = {.columns = part.vars, .rows = part.eqs, .var = part.var};
    t.basis = NEW(arena, int32_t, t.rows);
    t.row_of = NEW(arena, int32_t, t.columns);
    t.a = NEW(arena, double, (ptrdiff_t)t.rows * t.columns);
    t.d = NEW(arena, double, t.columns);
    t.least = NEW(arena, double, t.columns);
    t.used = NEW(arena, int32_t, t.columns);
    t.whole = NEW(arena, int32_t, t.columns);
    for (int32_t j = 0; j < t.columns; j++) {
        t.least[j] = -(double)s->value[t.var[j]];
        t.row_of[j] = -1;
    }
    for (int32_t r = 0; r < t.rows; r++) {
        t.basis[r] = -1;
        for (int32_t i = s->start[part.eq[r]]; i < s->start[part.eq[r] + 1]; i++) {
            int32_t var = s->term[i];
            if (s->seen[var] != s->walk) continue;
            t.a[(ptrdiff_t)r * t.columns + s->local[var]] += s->sign[i];
        }
    }
    solve_rows(s, &t);
    *ret = t;
    return OK;
}

/* ---- one walk ---- */

typedef struct Walk {
    int32_t goal;  /* column whose deviation is to grow (sign 1) or shrink (-1) */
    int sign;
    double target; /* stop there; INFINITY: as far as it goes */
    double far;    /* farthest whole deviation found, times sign */
} Walk;

typedef struct Step {
    int32_t in; /* column that moves; -1: the walk is at its end */
    int way;    /* +1 or -1 */
    double gain;
} Step;

static Step next_step(const Tableau *t, const Walk *w)
{
    int32_t row = t->row_of[w->goal];
    if (row < 0) {
        bool is_stuck = w->sign < 0 && t->d[w->goal] - t->least[w->goal] < TINY;
        return (Step){is_stuck ? -1 : w->goal, w->sign, 1};
    }
    const double *p = t->a + (ptrdiff_t)row * t->columns;
    for (int32_t j = 0; j < t->columns; j++) {
        double gain = -p[j] * w->sign; /* of one step up in j */
        if (j == w->goal || fabs(gain) < TINY) continue;
        if (gain > 0) return (Step){j, 1, gain};
        if (t->d[j] - t->least[j] > TINY) return (Step){j, -1, -gain};
    }
    return (Step){.in = -1};
}

/* How far the step may go; *ret_row is the row that stops it, -1 if none. */
static double length_of(const Tableau *t, Step step, int32_t *ret_row)
{
    double length = step.way < 0 ? t->d[step.in] - t->least[step.in] : INFINITY;
    int32_t row = -1;
    for (int32_t r = 0; r < t->rows; r++) {
        double drop = t->a[(ptrdiff_t)r * t->columns + step.in] * step.way;
        if (drop < TINY) continue;
        double room = (t->d[t->basis[r]] - t->least[t->basis[r]]) / drop;
        bool is_tie = row >= 0 && fabs(room - length) < TINY && t->basis[r] < t->basis[row];
        if (room > length - TINY && !is_tie) continue;
        length = room < 0 ? 0 : room;
        row = r;
    }
    *ret_row = row;
    return length;
}

static void move(Tableau *t, Step step, double length)
{
    t->d[step.in] += step.way * length;
    for (int32_t r = 0; r < t->rows; r++) {
        double a = t->a[(ptrdiff_t)r * t->columns + step.in];
        if (a != 0) t->d[t->basis[r]] -= a * step.way * length;
    }
}

/* Keeps the place if all of it is whole and it is farther than before. */
static void keep_whole(Tableau *t, Walk *w)
{
    double here = t->d[w->goal] * w->sign;
    if (here < w->far + 0.5) return;
    for (int32_t j = 0; j < t->columns; j++) {
        double near = nearbyint(t->d[j]);
        if (fabs(t->d[j] - near) > 1e-5 || fabs(near) > 1e9) return;
    }
    for (int32_t j = 0; j < t->columns; j++) t->whole[j] = (int32_t)nearbyint(t->d[j]);
    w->far = nearbyint(here);
}

/* From the truth as far as the goal can go; the limit (times sign), INFINITY
   when there is none, at most the target. t->whole and w->far tell the best
   whole place on the way. */
static double walk(Tableau *t, Walk *w)
{
    memset(t->d, 0, (size_t)t->columns * sizeof *t->d);
    w->far = 0;
    for (int steps = 0; steps < MAX_STEPS; steps++) {
        double here = t->d[w->goal] * w->sign;
        Step step = next_step(t, w);
        if (here >= w->target - TINY || step.in < 0) return here;
        int32_t row = -1;
        double length = length_of(t, step, &row), wanted = (w->target - here) / step.gain;
        if (isinf(length) && isinf(wanted)) return INFINITY;
        if (wanted <= length) row = -1;
        move(t, step, fmin(length, wanted));
        if (row >= 0) pivot(t, row, step.in);
        keep_whole(t, w);
    }
    t->is_cut = true;
    return INFINITY; /* unknown: no limit is claimed */
}

/* ---- proofs ---- */

/* Takes the whole place just found into the system as a witness, for every
   variable that it moves farther than any before. */
static void keep_witness(System *s, const Tableau *t)
{
    int32_t n = 0;
    for (int32_t j = 0; j < t->columns; j++) n += t->whole[j] != 0;
    Witness *w = NEW(&s->keep, Witness, 1);
    *w = (Witness){.var = NEW(&s->keep, int32_t, n), .delta = NEW(&s->keep, int32_t, n)};
    for (int32_t j = 0; j < t->columns; j++) {
        int32_t var = t->var[j], delta = t->whole[j];
        if (delta == 0) continue;
        w->var[w->n] = var;
        w->delta[w->n++] = delta;
        if (delta > s->up[var]) {
            s->up[var] = delta;
            s->up_by[var] = w;
        } else if (-delta > s->down[var]) {
            s->down[var] = -delta;
            s->down_by[var] = w;
        }
    }
}

static void widen(System *s, Tableau *t, int32_t column)
{
    int32_t var = t->var[column];
    Walk up = {.goal = column, .sign = 1, .target = s->minimum - s->down[var]};
    if (s->up[var] < up.target) walk(t, &up);
    if (up.far > s->up[var]) keep_witness(s, t);
    Walk down = {.goal = column, .sign = -1, .target = s->minimum - s->up[var]};
    if (s->down[var] < down.target && s->value[var] > 0) walk(t, &down);
    if (down.far > s->down[var]) keep_witness(s, t);
}

static Err search_near(System *s, int32_t var, int32_t limit)
{
    Arena scratch = s->scratch;
    Part part = part_of(&scratch, s, var, limit);
    Tableau t = {0};
    TRY(tableau_of(&scratch, s, part, &t));
    s->work += (int64_t)part.vars * part.eqs;
    /* `var` is column 0: while it is open, more room is looked for first. */
    for (int32_t j = 0; j < t.columns && (j == 0 || !system_is_open(s, var)); j++) {
        if (system_is_open(s, t.var[j])) widen(s, &t, j);
    }
    return OK;
}

Err system_search(System *s, int32_t var, int32_t limit)
{
    for (int64_t near = SEARCH_NEAR; near <= limit && system_is_open(s, var); near *= 2) {
        TRY(search_near(s, var, (int32_t)near));
        if (near / BREADTH >= s->vars) break; /* nothing was left out */
    }
    return OK;
}

/* ---- limits ---- */

static int64_t limit_of(System *s, Tableau *t, Walk w)
{
    double limit = walk(t, &w);
    /* Where there is no end, a whole place far out shows that there is room. */
    if (isinf(limit)) {
        w.target = DISCLOSURE_MAX_COUNT;
        walk(t, &w);
    }
    if (w.far > 0) keep_witness(s, t);
    return isinf(limit) ? DISCLOSURE_NO_LIMIT : (int64_t)floor(limit + 1e-6);
}

Err system_limits(System *s, int32_t var, Limits limits)
{
    Arena scratch = s->scratch;
    Part part = part_of(&scratch, s, var, SEARCH_ALL);
    Tableau t = {0};
    TRY(tableau_of(&scratch, s, part, &t));
    for (int32_t j = 0; j < t.columns; j++) {
        int32_t v = t.var[j];
        limits.is_done[v] = true;
        if ((s->flags[v] & VAR_PROTECT) == 0) continue;
        limits.high[v] = limit_of(s, &t, (Walk){.goal = j, .sign = 1, .target = INFINITY});
        int64_t down = limit_of(s, &t, (Walk){.goal = j, .sign = -1, .target = INFINITY});
        limits.low[v] = -i64_min(down, s->value[v]);
    }
    return OK;
}

/* ---- proof in whole numbers ---- */

static bool is_true(const System *s, const Witness *w, int64_t *delta)
{
    for (int32_t i = 0; i < w->n; i++) {
        int32_t var = w->var[i];
        if ((s->flags[var] & VAR_HIDDEN) == 0 || (int64_t)s->value[var] + w->delta[i] < 0) return false;
        delta[var] = w->delta[i];
    }
    bool fits = true;
    for (int32_t i = 0; i < w->n && fits; i++) {
        for (int32_t k = s->of[w->var[i]]; k < s->of[w->var[i] + 1] && fits; k++) {
            int64_t sum = 0;
            for (int32_t j = s->start[s->in[k]]; j < s->start[s->in[k] + 1]; j++) sum += s->sign[j] * delta[s->term[j]];
            fits = sum == 0;
        }
    }
    for (int32_t i = 0; i < w->n; i++) delta[w->var[i]] = 0;
    return fits;
}

static bool shows(const Witness *w, int32_t var, int32_t delta)
{
    for (int32_t i = 0; w != NULL && i < w->n; i++) {
        if (w->var[i] == var) return w->delta[i] == delta;
    }
    return delta == 0;
}

bool system_is_proven(const System *s)
{
    Arena scratch = s->scratch;
    int64_t *delta = NEW(&scratch, int64_t, s->vars);
    for (int32_t v = 0; v < s->vars; v++) {
        bool is_hidden = (s->flags[v] & VAR_HIDDEN) != 0;
        if (!is_hidden && (s->flags[v] & VAR_PRIMARY) != 0) return false;
        if (!is_hidden || (s->flags[v] & VAR_PROTECT) == 0) continue;
        if (!system_is_wide(s, v)) return false;
        if (!shows(s->up_by[v], v, s->up[v]) || !shows(s->down_by[v], v, -s->down[v])) return false;
        if (s->up_by[v] != NULL && !is_true(s, s->up_by[v], delta)) return false;
        if (s->down_by[v] != NULL && !is_true(s, s->down_by[v], delta)) return false;
    }
    return true;
}

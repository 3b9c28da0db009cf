/* The attacker of disclosure control: how far can a hidden n go, up and down,
   when everything published stands?

   Hidden variables that share equations form a component; components do not
   concern each other. For one component we keep the equations solved for some
   variables and walk from the truth (d = 0), which is always allowed, as far as
   the n in question goes (disclosure_tableau.h).
   Where nearly all is hidden, one component is the whole region. But a witness
   that moves only the neighbourhood is a witness, so the search looks at the
   nearest variables first and holds all others still. */
#include <math.h>

#include "base/number.h"
#include "stats/disclosure_system.h"
#include "stats/disclosure_tableau.h"

/* Of n variables n / BREADTH may come in along one equation; a search that was
   too near looks among WIDER times as many. */
enum { BREADTH = 16, WIDER = 8 };

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

static Err tableau_of(Arena *arena, const System *s, Part part, Tableau *ret)
{
    Tableau t = {0};
    int32_t *uses = NEW(arena, int32_t, part.vars);
    TRY(tableau_begin(*arena, part.vars, part.eqs, &t));
    for (int32_t j = 0; j < part.vars; j++) {
        int32_t var = part.var[j];
        t.least[j] = -(double)s->value[var];
        uses[j] = s->of[var + 1] - s->of[var];
    }
    for (int32_t r = 0; r < part.eqs; r++) {
        for (int32_t i = s->start[part.eq[r]]; i < s->start[part.eq[r] + 1]; i++) {
            int32_t var = s->term[i];
            if (s->seen[var] == s->walk) TRY(tableau_add(&t, r, s->local[var], s->sign[i]));
        }
    }
    TRY(tableau_solve(&t, uses));
    *ret = t;
    return OK;
}

/* ---- proofs ---- */

/* Takes the whole place just found into the system as a witness, for every
   variable that it moves farther than any before. */
static void keep_witness(System *s, Part part, const Tableau *t)
{
    int32_t n = 0;
    for (int32_t i = 0; i < t->whole_n; i++) n += t->whole[i] != 0;
    Witness *w = NEW(&s->keep, Witness, 1);
    *w = (Witness){.var = NEW(&s->keep, int32_t, n), .delta = NEW(&s->keep, int32_t, n)};
    for (int32_t i = 0; i < t->whole_n; i++) {
        int32_t var = part.var[t->moved[i]], delta = t->whole[i];
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

/* Corners that are not whole prove nothing, and a walk may end at one where
   another finds a whole place as far: so it goes on beyond the target, and then
   takes its turns the other way round, as long as the limit lets it hope. */
static Err widen_to(System *s, Part part, Tableau *t, Walk wanted)
{
    static const struct {
        bool is_beyond, is_from_high;
    } ways[] = {{false, false}, {true, false}, {false, true}, {true, true}};
    int32_t var = part.var[wanted.goal];
    const int32_t *far = wanted.sign > 0 ? &s->up[var] : &s->down[var];
    double limit = wanted.target;
    for (int i = 0; i < (int)(sizeof ways / sizeof *ways) && *far < wanted.target && limit >= wanted.target - 1e-6; i++) {
        Walk w = wanted;
        if (ways[i].is_beyond) w.target = INFINITY;
        t->is_from_high = ways[i].is_from_high;
        TRY(tableau_walk(t, &w));
        if (w.far > *far) keep_witness(s, part, t);
        limit = t->is_cut ? 0 : w.limit;
    }
    t->is_from_high = false;
    return OK;
}

static Err widen(System *s, Part part, Tableau *t, int32_t column)
{
    int32_t var = part.var[column];
    TRY(widen_to(s, part, t, (Walk){.goal = column, .sign = 1, .target = s->minimum - s->down[var]}));
    if (s->value[var] == 0) return OK;
    return widen_to(s, part, t, (Walk){.goal = column, .sign = -1, .target = s->minimum - s->up[var]});
}

/* First `var`, which is column 0. Once it is wide, the others as long as that is
   cheaper than a tableau of their own: towards the border most need more. */
static Err search_near(System *s, int32_t var, int32_t limit)
{
    Arena scratch = s->scratch;
    Part part = part_of(&scratch, s, var, limit);
    Tableau t = {0};
    TRY(tableau_of(&scratch, s, part, &t));
    int64_t own = t.work, last_found = t.work;
    TRY(widen(s, part, &t, 0));
    for (int32_t j = 1; j < t.columns && !system_is_open(s, var) && t.work - last_found <= own; j++) {
        if (!system_is_open(s, part.var[j])) continue;
        TRY(widen(s, part, &t, j));
        if (!system_is_open(s, part.var[j])) last_found = t.work;
    }
    s->work += t.work;
    return OK;
}

Err system_search(System *s, int32_t var, int32_t limit)
{
    for (int64_t near = SEARCH_NEAR; near <= limit && system_is_open(s, var); near *= WIDER) {
        TRY(search_near(s, var, (int32_t)near));
        if (near / BREADTH >= s->vars) break; /* nothing was left out */
    }
    return OK;
}

/* ---- limits ---- */

static Err limit_of(System *s, Part part, Tableau *t, Walk w, int64_t *ret)
{
    TRY(tableau_walk(t, &w));
    double limit = w.limit;
    /* Where there is no end, a whole place far out shows that there is room. */
    if (isinf(limit)) {
        w.target = DISCLOSURE_MAX_COUNT;
        TRY(tableau_walk(t, &w));
    }
    if (w.far > 0) keep_witness(s, part, t);
    *ret = isinf(limit) ? DISCLOSURE_NO_LIMIT : (int64_t)floor(limit + 1e-6);
    return OK;
}

Err system_limits(System *s, int32_t var, Limits limits)
{
    Arena scratch = s->scratch;
    Part part = part_of(&scratch, s, var, SEARCH_ALL);
    Tableau t = {0};
    TRY(tableau_of(&scratch, s, part, &t));
    for (int32_t j = 0; j < t.columns; j++) {
        int32_t v = part.var[j];
        int64_t down = 0;
        limits.is_done[v] = true;
        if ((s->flags[v] & VAR_PROTECT) == 0) continue;
        TRY(limit_of(s, part, &t, (Walk){.goal = j, .sign = 1, .target = INFINITY}, &limits.high[v]));
        TRY(limit_of(s, part, &t, (Walk){.goal = j, .sign = -1, .target = INFINITY}, &down));
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

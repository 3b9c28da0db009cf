/* The choice of what to hide (disclosure.h), in four steps:
     1. the secret cells;
     2. the cheap rule: an equation must not have one hidden variable alone, nor
        hidden ones on one side whose sum is below the minimum; hide the partner
        of least loss, looking one equation ahead;
     3. the attacker: a cell that is still narrow gets a further partner;
     4. the cleaning: each secondary cell is shown again if all others stay wide.
   Hiding more never makes another cell narrower, so what is proven in 2 and 3
   stays proven, and only step 4 asks again, and only for those cells whose
   witness used the cell that is shown. At the end everything is proven anew in
   whole numbers; without that proof there is no result. */
#include "stats/disclosure.h"

#include <stdlib.h>

#include "stats/disclosure_system.h"

/* In regions of a few answers a school nearly all is hidden and hangs together;
   there, seconds of cleaning would bring single cells back. So cleaning ends
   when its pivots have touched this many entries (about a second); what was not
   tried stays hidden. Ordinary items of 300 schools need 200,000, of 300 tiny ones 600,000. */
enum { CLEANING_WORK = 100000000 };

/* Equations to look at again; each stands in the queue at most once. */
typedef struct Queue {
    int32_t *eq;
    bool *is_in;
    int32_t n;
} Queue;

typedef struct Choice {
    System *s;
    Queue queue;
    int32_t first, cells; /* variables of the new version's n */
    int32_t narrow;       /* the variable that stayed narrow; -1 */
} Choice;

static void queue_put(Queue *q, int32_t eq)
{
    if (q->is_in[eq]) return;
    q->is_in[eq] = true;
    q->eq[q->n++] = eq;
}

static void hide(Choice *c, int32_t var)
{
    System *s = c->s;
    s->flags[var] |= VAR_HIDDEN;
    if (s->mate[var] >= 0) s->flags[s->mate[var]] |= VAR_HIDDEN;
    for (int32_t k = s->of[var]; k < s->of[var + 1]; k++) queue_put(&c->queue, s->in[k]);
}

static void show(Choice *c, int32_t var)
{
    System *s = c->s;
    s->flags[var] &= (uint8_t)~VAR_HIDDEN;
    if (s->mate[var] >= 0) s->flags[s->mate[var]] &= (uint8_t)~VAR_HIDDEN;
}

static bool can_hide(const System *s, int32_t var)
{
    return (s->flags[var] & (VAR_HIDEABLE | VAR_HIDDEN)) == VAR_HIDEABLE;
}

/* ---- the cheap rule ---- */

/* Does this equation alone give something away, were `extra` hidden too (-1:
   none)? Hidden variables on both sides may grow together without end. */
static bool is_narrow(const System *s, int32_t eq, int32_t extra)
{
    int32_t plus = 0, minus = 0, secret = 0;
    int64_t sum = 0;
    for (int32_t i = s->start[eq]; i < s->start[eq + 1]; i++) {
        int32_t var = s->term[i];
        if ((s->flags[var] & VAR_HIDDEN) == 0 && var != extra) continue;
        if (s->sign[i] > 0) plus++;
        else minus++;
        sum += s->value[var];
        secret += (s->flags[var] & VAR_PROTECT) != 0;
    }
    if (secret == 0 || (plus > 0 && minus > 0)) return false;
    return plus + minus == 1 || sum < s->minimum;
}

static int32_t cheapest(const System *s, int32_t eq, int32_t except)
{
    int32_t best = -1;
    for (int32_t i = s->start[eq]; i < s->start[eq + 1]; i++) {
        int32_t var = s->term[i];
        if (var == except || !can_hide(s, var)) continue;
        if (best < 0 || s->cost[var] < s->cost[best]) best = var;
    }
    return best;
}

/* The loss of hiding var, and of the partners that it would need elsewhere. */
static int64_t price(const System *s, int32_t var)
{
    int64_t sum = s->cost[var];
    for (int32_t k = s->of[var]; k < s->of[var + 1]; k++) {
        if (!is_narrow(s, s->in[k], var)) continue;
        int32_t partner = cheapest(s, s->in[k], var);
        sum += partner >= 0 ? s->cost[partner] : 0;
    }
    return sum;
}

/* The hideable variable of the equation that costs least; -1: none is left. */
static int32_t best_partner(const System *s, int32_t eq, int64_t *ret_price)
{
    int32_t best = -1;
    for (int32_t i = s->start[eq]; i < s->start[eq + 1]; i++) {
        int32_t var = s->term[i];
        if (!can_hide(s, var) || (best >= 0 && s->cost[var] >= *ret_price)) continue;
        int64_t p = price(s, var);
        if (best >= 0 && (p > *ret_price || (p == *ret_price && var > best))) continue;
        best = var;
        *ret_price = p;
    }
    return best;
}

static void close_equations(Choice *c)
{
    while (c->queue.n > 0) {
        int32_t eq = c->queue.eq[--c->queue.n];
        c->queue.is_in[eq] = false;
        int64_t loss = 0;
        int32_t partner = is_narrow(c->s, eq, -1) ? best_partner(c->s, eq, &loss) : -1;
        if (partner < 0) continue;
        hide(c, partner);
        queue_put(&c->queue, eq);
    }
}

/* ---- the attacker's word ---- */

/* Hides the cheapest cell that shares an equation with the narrow variable, or
   with one that hangs together with it, nearest first. False: none is left. */
static bool hide_near(Choice *c, int32_t var)
{
    System *s = c->s;
    Arena scratch = s->scratch;
    int32_t *list = NEW(&scratch, int32_t, s->vars), n = 0, best = -1;
    int64_t least = 0;
    s->walk++;
    s->seen[var] = s->walk;
    list[n++] = var;
    for (int32_t i = 0, ring = 1; i < n; i++) {
        if (i == ring && best >= 0) break;
        if (i == ring) ring = n;
        for (int32_t k = s->of[list[i]]; k < s->of[list[i] + 1]; k++) {
            int64_t loss = 0;
            int32_t partner = best_partner(s, s->in[k], &loss);
            if (partner >= 0 && (best < 0 || loss < least || (loss == least && partner < best))) {
                best = partner;
                least = loss;
            }
            for (int32_t j = s->start[s->in[k]]; j < s->start[s->in[k] + 1]; j++) {
                int32_t next = s->term[j];
                if (s->seen[next] == s->walk || (s->flags[next] & VAR_HIDDEN) == 0) continue;
                s->seen[next] = s->walk;
                list[n++] = next;
            }
        }
    }
    if (best >= 0) hide(c, best);
    return best >= 0;
}

static Err widen_all(Choice *c)
{
    for (int32_t var = 0; var < c->s->vars; var++) {
        if (!system_is_open(c->s, var)) continue;
        TRY(system_search(c->s, var, SEARCH_WIDE));
        if (!system_is_open(c->s, var)) continue;
        if (!hide_near(c, var)) {
            TRY(system_search(c->s, var, SEARCH_ALL));
            c->narrow = var;
            if (system_is_open(c->s, var)) return E_CONFLICT;
            continue;
        }
        close_equations(c);
        var = -1; /* cells before this one may have been hidden now */
    }
    return OK;
}

/* ---- the cleaning ---- */

/* A proof that must be found again when a cell is shown. */
typedef struct Lost {
    int32_t var;
    int32_t up, down;
    const Witness *up_by, *down_by;
} Lost;

typedef struct Losts {
    Lost *v;
    int32_t n;
} Losts;

static bool uses(const Witness *w, int32_t var, int32_t mate)
{
    for (int32_t i = 0; w != NULL && i < w->n; i++) {
        if (w->var[i] == var || w->var[i] == mate) return true;
    }
    return false;
}

/* Strikes out the proofs that move var or its mate, and remembers them. */
static Losts strike(Arena *arena, System *s, int32_t shown)
{
    Losts lost = {.v = NEW(arena, Lost, s->vars)};
    for (int32_t v = 0; v < s->vars; v++) {
        bool has_up = s->up[v] > 0 && uses(s->up_by[v], shown, s->mate[shown]);
        bool has_down = s->down[v] > 0 && uses(s->down_by[v], shown, s->mate[shown]);
        if (!has_up && !has_down) continue;
        lost.v[lost.n++] = (Lost){v, s->up[v], s->down[v], s->up_by[v], s->down_by[v]};
        if (has_up) s->up[v] = 0;
        if (has_up) s->up_by[v] = NULL;
        if (has_down) s->down[v] = 0;
        if (has_down) s->down_by[v] = NULL;
    }
    return lost;
}

static void give_back(System *s, Losts lost)
{
    for (int32_t i = 0; i < lost.n; i++) {
        Lost *l = &lost.v[i];
        s->up[l->var] = l->up;
        s->down[l->var] = l->down;
        s->up_by[l->var] = l->up_by;
        s->down_by[l->var] = l->down_by;
    }
}

static bool leaves_narrow(const System *s, int32_t var)
{
    for (int32_t k = s->of[var]; k < s->of[var + 1]; k++) {
        if (is_narrow(s, s->in[k], -1)) return true;
    }
    return false;
}

/* Shows the cell again if every other hidden one stays wide. */
static Err try_show(Choice *c, int32_t var)
{
    System *s = c->s;
    show(c, var);
    if (leaves_narrow(s, var)) {
        hide(c, var);
        return OK;
    }
    Arena scratch = s->scratch;
    Losts lost = strike(&scratch, s, var);
    Arena whole = s->scratch;
    s->scratch = scratch; /* the list of lost proofs outlives the searches below */
    Err err = OK;
    bool is_safe = true;
    for (int32_t i = 0; i < lost.n && is_safe && err == OK; i++) {
        if (!system_is_open(s, lost.v[i].var)) continue;
        err = system_search(s, lost.v[i].var, SEARCH_WIDE);
        is_safe = !system_is_open(s, lost.v[i].var);
    }
    s->scratch = whole;
    if (err != OK || !is_safe) {
        hide(c, var);
        give_back(s, lost);
    }
    return err;
}

typedef struct Secondary {
    int32_t var;
    int32_t cost;
} Secondary;

static int by_loss(const void *a, const void *b)
{
    const Secondary *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? 1 : -1;
    return (x->var > y->var) - (x->var < y->var);
}

/* Dearest first. */
static Err clean(Choice *c)
{
    System *s = c->s;
    Secondary *list = NEW(&s->keep, Secondary, c->cells);
    size_t n = 0;
    for (int32_t v = c->first; v < c->first + c->cells; v++) {
        int both = VAR_HIDEABLE | VAR_HIDDEN;
        if ((s->flags[v] & both) == both) list[n++] = (Secondary){v, s->cost[v]};
    }
    qsort(list, n, sizeof *list, by_loss);
    int64_t end = s->work + CLEANING_WORK;
    for (size_t i = 0; i < n && s->work < end; i++) TRY(try_show(c, list[i].var));
    return OK;
}

/* ---- public ---- */

static Choice choice_of(System *s, DisclosureCase what)
{
    return (Choice){
        .s = s,
        .queue = {.eq = NEW(&s->keep, int32_t, s->eqs), .is_in = NEW(&s->keep, bool, s->eqs)},
        .first = s->cells[what.versions - 1],
        .cells = what.shape->units * disclosure_columns(what.shape),
        .narrow = -1,
    };
}

static Err choose(Choice *c)
{
    for (int32_t eq = 0; eq < c->s->eqs; eq++) queue_put(&c->queue, c->s->eqs - 1 - eq);
    close_equations(c);
    TRY(widen_all(c));
    TRY(clean(c));
    return system_is_proven(c->s) ? OK : E_CONFLICT;
}

static DisclosureResult result_of(const Choice *c, const DisclosureTable *t, bool *hidden)
{
    DisclosureResult r = {.hidden = hidden};
    for (int32_t i = 0; i < c->cells; i++) {
        int flags = c->s->flags[c->first + i];
        hidden[i] = (flags & VAR_HIDDEN) != 0;
        bool is_counted = t->cell == NULL || t->cell[i] == CELL_OPEN || t->cell[i] == CELL_KNOWN;
        r.cells += is_counted;
        r.primary += is_counted && (flags & VAR_PRIMARY) != 0;
        r.secondary += is_counted && hidden[i] && (flags & VAR_PRIMARY) == 0;
    }
    return r;
}

/* The unit of a variable: its own, or that of the nearest n it shares facts with. */
static int32_t unit_of(System *s, DisclosureCase what, int32_t var)
{
    Arena scratch = s->scratch;
    int32_t *list = NEW(&scratch, int32_t, s->vars), n = 0, columns = disclosure_columns(what.shape);
    s->walk++;
    s->seen[var] = s->walk;
    list[n++] = var;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t v = 0; v < what.versions; v++) {
            int32_t cell = list[i] - s->cells[v];
            if (cell >= 0 && cell < what.shape->units * columns) return cell / columns;
        }
        for (int32_t k = s->of[list[i]]; k < s->of[list[i] + 1]; k++) {
            for (int32_t j = s->start[s->in[k]]; j < s->start[s->in[k] + 1]; j++) {
                if (s->seen[s->term[j]] == s->walk) continue;
                s->seen[s->term[j]] = s->walk;
                list[n++] = s->term[j];
            }
        }
    }
    return -1;
}

Err disclosure_hide(Arena *arena, DisclosureCase what, DisclosureResult *ret)
{
    TRY(system_check(what));
    Arena mine = *arena; /* nothing is taken from *arena unless all goes well */
    bool *hidden = NEW(&mine, bool, what.shape->units * disclosure_columns(what.shape));
    System s = {0};
    TRY(system_build(mine, what, false, &s));
    Choice c = choice_of(&s, what);
    Err err = choose(&c);
    if (err == E_CONFLICT) *ret = (DisclosureResult){.conflict = c.narrow >= 0 ? unit_of(&s, what, c.narrow) : -1};
    TRY(err);
    *ret = result_of(&c, &what.version[what.versions - 1], hidden);
    *arena = mine;
    return OK;
}

Err disclosure_verify(Arena scratch, DisclosureCase what)
{
    System s = {0};
    TRY(system_check(what));
    TRY(system_build(scratch, what, true, &s));
    for (int32_t var = 0; var < s.vars; var++) {
        if (!system_is_open(&s, var)) continue;
        TRY(system_search(&s, var, SEARCH_ALL));
        if (system_is_open(&s, var)) return E_CONFLICT;
    }
    return system_is_proven(&s) ? OK : E_CONFLICT;
}

static DisclosureBound bound_of(const System *s, Limits limits, int32_t version, int32_t cell)
{
    int32_t var = s->cells[version] + cell;
    int64_t value = s->value[var], high = limits.high[var];
    return (DisclosureBound){
        .version = version,
        .cell = cell,
        .low = value + limits.low[var],
        .high = high == DISCLOSURE_NO_LIMIT ? high : value + high,
        .reach_low = value - s->down[var],
        .reach_high = value + s->up[var],
    };
}

Err disclosure_bounds(Arena *arena, DisclosureCase what, DisclosureBounds *ret)
{
    TRY(system_check(what));
    int32_t cells = what.shape->units * disclosure_columns(what.shape);
    Arena mine = *arena;
    DisclosureBounds all = {.v = NEW(&mine, DisclosureBound, (ptrdiff_t)cells * what.versions)};
    System s = {0};
    TRY(system_build(mine, what, true, &s));
    Limits limits = {NEW(&s.keep, int64_t, s.vars), NEW(&s.keep, int64_t, s.vars), NEW(&s.keep, bool, s.vars)};
    for (int32_t i = 0; i < what.versions; i++) {
        for (int32_t cell = 0; cell < cells; cell++) {
            int32_t var = s.cells[i] + cell;
            if ((s.flags[var] & VAR_HIDDEN) == 0) continue;
            if (!limits.is_done[var]) TRY(system_limits(&s, var, limits));
            all.v[all.n++] = bound_of(&s, limits, i, cell);
        }
    }
    *arena = mine;
    *ret = all;
    return OK;
}

bool disclosure_version_allowed(DisclosureChange change)
{
    for (ptrdiff_t i = 0; i < change.cells; i++) {
        if (change.old_hidden[i] || change.new_hidden[i]) continue;
        int64_t grown = (int64_t)change.new_n[i] - change.old_n[i];
        if (grown != 0 && grown < change.minimum) return false;
    }
    return true;
}

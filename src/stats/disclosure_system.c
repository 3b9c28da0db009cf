/* Writes down what a reader knows (disclosure_system.h). Each kind of count is
   a layer: one variable a cell, equations along the tree and, where the layer
   has columns, along each dimension. Layers are then tied together: n and
   excluded to answered and invited, each version to the one before. */
#include "stats/disclosure_system.h"

#include "base/number.h"

typedef struct Build {
    const DisclosureShape *shape;
    System *s;
    int32_t columns;
    bool is_broken; /* some count does not fit; told once, at the end */
} Build;

typedef struct Layer {
    int32_t first; /* its first variable; -1: there is no such layer */
    int32_t columns;
} Layer;

/* The variables of one version. */
typedef struct Layers {
    Layer n, excluded, answered, invited;
} Layers;

static int32_t add_var(Build *b, int64_t value, int flags)
{
    System *s = b->s;
    int32_t var = s->vars++;
    if (value < 0 || value > DISCLOSURE_MAX_COUNT) b->is_broken = true;
    s->value[var] = (int32_t)value;
    s->flags[var] = (uint8_t)flags;
    s->mate[var] = -1;
    return var;
}

static void add_term(Build *b, int32_t var, int sign)
{
    System *s = b->s;
    int32_t at = s->start[s->eqs + 1]++;
    s->term[at] = var;
    s->sign[at] = (int8_t)sign;
}

static void end_equation(Build *b)
{
    System *s = b->s;
    s->eqs++;
    s->start[s->eqs + 1] = s->start[s->eqs];
}

static int32_t layer_var(Layer layer, int32_t unit, int32_t column)
{
    return layer.first + unit * layer.columns + column;
}

/* ---- shape ---- */

int32_t disclosure_columns(const DisclosureShape *shape)
{
    int32_t columns = 1;
    for (int32_t d = 0; d < shape->dimensions; d++) columns += shape->groups[d];
    return columns;
}

Err system_check(DisclosureCase what)
{
    const DisclosureShape *shape = what.shape;
    if (shape->units < 1 || shape->dimensions < 0 || shape->minimum < 2 || what.versions < 1) return E_BROKEN;
    int64_t columns = 1;
    for (int32_t d = 0; d < shape->dimensions; d++) {
        if (shape->groups[d] < 1) return E_BROKEN;
        columns += shape->groups[d];
    }
    for (int32_t u = 0; u < shape->units; u++) {
        if (shape->parent[u] < -1 || shape->parent[u] >= u) return E_BROKEN;
    }
    int64_t limit = DISCLOSURE_MAX_CELLS / what.versions;
    return columns > limit || shape->units > limit / columns ? E_TOO_LARGE : OK;
}

/* Units right below each unit, as lists in one array. */
typedef struct Tree {
    int32_t *start; /* [units + 1] */
    int32_t *child;
} Tree;

static Tree tree_of(Arena *arena, const DisclosureShape *shape)
{
    Tree tree = {NEW(arena, int32_t, shape->units + 2), NEW(arena, int32_t, shape->units)};
    for (int32_t u = 0; u < shape->units; u++) {
        if (shape->parent[u] >= 0) tree.start[shape->parent[u] + 2]++;
    }
    for (int32_t u = 0; u < shape->units; u++) tree.start[u + 2] += tree.start[u + 1];
    for (int32_t u = 0; u < shape->units; u++) {
        if (shape->parent[u] >= 0) tree.child[tree.start[shape->parent[u] + 1]++] = u;
    }
    return tree;
}

/* ---- layers ---- */

typedef enum OwnRule {
    OWN_SECRET, /* a unit's own rows are a small unit of their own */
    OWN_LOOSE,  /* they are unknown, but nobody's secret */
    OWN_NONE,   /* taken to be none where the sums fit (the reader may guess so) */
} OwnRule;

/* One cell of a unit that has units below: it equals their sum and own rows. */
static void add_sum(Build *b, Tree tree, Layer layer, OwnRule rule, int32_t cell)
{
    int32_t unit = cell / layer.columns, column = cell % layer.columns, sum = layer_var(layer, unit, column);
    int64_t own = b->s->value[sum];
    add_term(b, sum, 1);
    for (int32_t i = tree.start[unit]; i < tree.start[unit + 1]; i++) {
        int32_t below = layer_var(layer, tree.child[i], column);
        own -= b->s->value[below];
        add_term(b, below, -1);
    }
    bool may_own = b->shape->own != NULL && b->shape->own[unit];
    if (may_own ? own < 0 : own != 0) b->is_broken = true;
    if (may_own && (rule != OWN_NONE || own != 0)) {
        bool is_secret = rule == OWN_SECRET && own < b->shape->minimum && b->s->flags[sum] != 0;
        add_term(b, add_var(b, own, VAR_HIDDEN | (is_secret ? VAR_PROTECT : 0)), -1);
    }
    end_equation(b);
}

static void add_tree(Build *b, Tree tree, Layer layer, OwnRule rule)
{
    for (int32_t cell = 0; cell < b->shape->units * layer.columns; cell++) {
        int32_t unit = cell / layer.columns;
        if (tree.start[unit] < tree.start[unit + 1]) add_sum(b, tree, layer, rule, cell);
    }
}

static void add_dimensions(Build *b, Layer layer)
{
    for (int32_t unit = 0; unit < b->shape->units; unit++) {
        int32_t column = 1;
        for (int32_t d = 0; d < b->shape->dimensions; d++) {
            int64_t rest = b->s->value[layer_var(layer, unit, 0)];
            add_term(b, layer_var(layer, unit, 0), 1);
            for (int32_t g = 0; g < b->shape->groups[d]; g++, column++) {
                int32_t var = layer_var(layer, unit, column);
                rest -= b->s->value[var];
                add_term(b, var, -1);
            }
            if (rest != 0) b->is_broken = true;
            end_equation(b);
        }
    }
}

static DisclosureCell state_of(const DisclosureTable *t, int32_t cell)
{
    return t->cell != NULL ? (DisclosureCell)t->cell[cell] : CELL_OPEN;
}

/* Flags of one n: published with a mask, or waiting for the choice. */
static int flags_of(Build *b, const DisclosureTable *t, int32_t cell, bool is_masked)
{
    switch (state_of(t, cell)) {
    case CELL_ABSENT:
        if (t->n[cell] != 0) b->is_broken = true;
        return 0;
    case CELL_KNOWN: return 0;
    case CELL_WITHHELD: return VAR_HIDDEN | VAR_PROTECT;
    case CELL_OPEN: break;
    default: b->is_broken = true; return 0;
    }
    int secret = t->n[cell] < b->shape->minimum ? VAR_PRIMARY : 0;
    if (is_masked) return VAR_PROTECT | secret | (t->hidden != NULL && t->hidden[cell] ? VAR_HIDDEN : 0);
    return secret != 0 ? VAR_PROTECT | VAR_HIDDEN | VAR_PRIMARY : VAR_PROTECT | VAR_HIDEABLE;
}

static Layer add_counts(Build *b, Tree tree, const DisclosureTable *t, bool is_masked)
{
    Layer layer = {.first = b->s->vars, .columns = b->columns};
    for (int32_t i = 0; i < b->shape->units * b->columns; i++) add_var(b, t->n[i], flags_of(b, t, i, is_masked));
    add_tree(b, tree, layer, OWN_SECRET);
    add_dimensions(b, layer);
    return layer;
}

/* Excluded counts are hidden exactly where n is. */
static Layer add_excluded(Build *b, Tree tree, const DisclosureTable *t, Layer n)
{
    if (t->excluded == NULL) return (Layer){.first = -1};
    Layer layer = {.first = b->s->vars, .columns = b->columns};
    for (int32_t i = 0; i < b->shape->units * b->columns; i++) {
        int32_t var = add_var(b, t->excluded[i], b->s->flags[n.first + i] & VAR_HIDDEN);
        b->s->mate[n.first + i] = var;
    }
    add_tree(b, tree, layer, OWN_LOOSE);
    add_dimensions(b, layer);
    return layer;
}

static Layer add_answered(Build *b, Tree tree, const DisclosureTable *t)
{
    if (t->answered == NULL) return (Layer){.first = -1};
    Layer layer = {.first = b->s->vars, .columns = 1};
    for (int32_t u = 0; u < b->shape->units; u++) {
        bool is_absent = t->answered[u] == 0 && state_of(t, u * b->columns) == CELL_ABSENT;
        bool is_hidden = t->answered_hidden != NULL ? t->answered_hidden[u] : t->answered[u] < b->shape->minimum;
        add_var(b, t->answered[u], is_hidden && !is_absent ? VAR_HIDDEN | VAR_PROTECT : 0);
    }
    add_tree(b, tree, layer, OWN_LOOSE);
    return layer;
}

/* Where one of the units below is not known, the unit above is not either. */
static void add_invited_sum(Build *b, Tree tree, const DisclosureTable *t, Layer layer, int32_t unit)
{
    if (t->invited[unit] < 0) return;
    for (int32_t i = tree.start[unit]; i < tree.start[unit + 1]; i++) {
        if (t->invited[tree.child[i]] < 0) return;
    }
    add_sum(b, tree, layer, OWN_NONE, unit);
}

static Layer add_invited(Build *b, Tree tree, const DisclosureTable *t)
{
    if (t->invited == NULL) return (Layer){.first = -1};
    Layer layer = {.first = b->s->vars, .columns = 1};
    for (int32_t u = 0; u < b->shape->units; u++) {
        bool is_hidden = t->invited_hidden != NULL ? t->invited_hidden[u] : t->invited[u] < b->shape->minimum;
        if (t->invited[u] < -1) b->is_broken = true;
        add_var(b, i64_max(t->invited[u], 0), is_hidden && t->invited[u] != 0 ? VAR_HIDDEN : 0);
    }
    for (int32_t u = 0; u < b->shape->units; u++) {
        if (tree.start[u] < tree.start[u + 1]) add_invited_sum(b, tree, t, layer, u);
    }
    return layer;
}

/* ---- ties between layers ---- */

/* n + excluded of a unit, as the beginning of an equation; returns its value. */
static int64_t begin_rows(Build *b, Layers l, int32_t unit)
{
    int32_t n = layer_var(l.n, unit, 0);
    add_term(b, n, 1);
    if (l.excluded.first < 0) return b->s->value[n];
    int32_t excluded = layer_var(l.excluded, unit, 0);
    add_term(b, excluded, 1);
    return (int64_t)b->s->value[n] + b->s->value[excluded];
}

/* Ends `rows <= ceiling` by a slack variable. */
static void end_ceiling(Build *b, int64_t rows, int32_t ceiling)
{
    int64_t room = b->s->value[ceiling] - rows;
    add_term(b, add_var(b, room, VAR_HIDDEN), 1);
    add_term(b, ceiling, -1);
    end_equation(b);
}

/* Where no row is partial, n + excluded is what is published as answered; the
   reader may guess so, therefore where it is true it counts as known. Without
   excluded counts n is then told by answered and cannot be hidden. */
static void tie_answered(Build *b, Layers l, int32_t unit)
{
    int32_t n = layer_var(l.n, unit, 0), answered = layer_var(l.answered, unit, 0);
    int64_t rows = b->s->value[n];
    if (l.excluded.first >= 0) rows += b->s->value[layer_var(l.excluded, unit, 0)];
    if (rows != b->s->value[answered]) return;
    begin_rows(b, l, unit);
    add_term(b, answered, -1);
    end_equation(b);
    bool is_told = l.excluded.first < 0 && (b->s->flags[answered] & VAR_HIDDEN) == 0;
    if (is_told) b->s->flags[n] &= (uint8_t)~VAR_HIDEABLE;
}

static void tie_layers(Build *b, const DisclosureTable *t, Layers l)
{
    for (int32_t u = 0; u < b->shape->units; u++) {
        bool is_capped = t->invited != NULL && t->invited[u] >= 0;
        if (is_capped) end_ceiling(b, begin_rows(b, l, u), layer_var(l.invited, u, 0));
        if (is_capped && t->answered != NULL) {
            add_term(b, layer_var(l.answered, u, 0), 1);
            end_ceiling(b, t->answered[u], layer_var(l.invited, u, 0));
        }
        if (t->answered != NULL) tie_answered(b, l, u);
    }
}

/* Answers are only added: new = old + something that is not negative. */
static void tie_versions(Build *b, Layer older, Layer newer)
{
    if (older.first < 0 || newer.first < 0) return;
    for (int32_t i = 0; i < b->shape->units * newer.columns; i++) {
        add_term(b, older.first + i, 1);
        end_ceiling(b, b->s->value[older.first + i], newer.first + i);
    }
}

/* ---- the whole ---- */

static void reserve(Arena *arena, int64_t cells, System *s)
{
    /* A version has at most four layers of its cells, with own rows (8), links
       to the version before (2) and four per unit; see add_… above. */
    ptrdiff_t vars = (ptrdiff_t)cells * 14 + 1, eqs = (ptrdiff_t)cells * 12 + 2, terms = (ptrdiff_t)cells * 36;
    s->value = NEW(arena, int32_t, vars);
    s->flags = NEW(arena, uint8_t, vars);
    s->mate = NEW(arena, int32_t, vars);
    s->start = NEW(arena, int32_t, eqs);
    s->term = NEW(arena, int32_t, terms);
    s->sign = NEW(arena, int8_t, terms);
}

static void index_equations(Arena *arena, System *s)
{
    int32_t terms = s->start[s->eqs];
    s->of = NEW(arena, int32_t, s->vars + 2);
    s->in = NEW(arena, int32_t, terms);
    for (int32_t i = 0; i < terms; i++) s->of[s->term[i] + 2]++;
    for (int32_t v = 0; v < s->vars; v++) s->of[v + 2] += s->of[v + 1];
    for (int32_t e = 0; e < s->eqs; e++) {
        for (int32_t i = s->start[e]; i < s->start[e + 1]; i++) s->in[s->of[s->term[i] + 1]++] = e;
    }
}

/* ---- told by others ---- */

/* Not known, or perhaps not once the choice is made: excluded counts go with their n. */
static bool may_be_hidden(const System *s, const bool *is_mate, int32_t var)
{
    return is_mate[var] || (s->flags[var] & (VAR_HIDDEN | VAR_HIDEABLE)) != 0;
}

/* The variable that an equation tells since all its others are known; -1: none. */
static int32_t told_by(const System *s, const bool *is_mate, int32_t eq)
{
    int32_t told = -1;
    for (int32_t i = s->start[eq]; i < s->start[eq + 1]; i++) {
        if (!may_be_hidden(s, is_mate, s->term[i])) continue;
        if (told >= 0) return -1;
        told = s->term[i];
    }
    return told;
}

/* A cell that known ones tell cannot be hidden: the participants of a school that takes part as a whole, where
   answered tells its total. Hidden to protect another it would be narrow for ever, and nothing could be published.
   What is told tells on, so all is asked until nothing changes. */
static void settle_told(Arena scratch, System *s)
{
    bool *is_mate = NEW(&scratch, bool, s->vars), is_changed = true;
    for (int32_t v = 0; v < s->vars; v++)
        if (s->mate[v] >= 0 && may_be_hidden(s, is_mate, v)) is_mate[s->mate[v]] = true;
    while (is_changed) {
        is_changed = false;
        for (int32_t eq = 0; eq < s->eqs; eq++) {
            int32_t var = told_by(s, is_mate, eq);
            if (var < 0 || (s->flags[var] & VAR_HIDEABLE) == 0) continue;
            s->flags[var] &= (uint8_t)~VAR_HIDEABLE;
            if (s->mate[var] >= 0) is_mate[s->mate[var]] = false;
            is_changed = true;
        }
    }
}

/* Loss of hiding a cell: it grows with n (a large group is read by more), with
   the level, and totals weigh three groups; "uoplyst" is missed least. Whole
   numbers, so that the choice is the same everywhere. */
static void set_costs(Arena *arena, Build *b, Layer n)
{
    const DisclosureShape *shape = b->shape;
    System *s = b->s;
    int32_t *height = NEW(arena, int32_t, shape->units);
    for (int32_t u = shape->units - 1; u > 0; u--) {
        int32_t above = shape->parent[u];
        if (above >= 0) height[above] = (int32_t)i64_max(height[above], height[u] + 1);
    }
    s->cost = NEW(arena, int32_t, s->vars);
    for (int32_t i = 0; i < shape->units * b->columns; i++) {
        int32_t column = i % b->columns;
        int64_t cost = (32 + i64_min(s->value[n.first + i], 800)) * (1 + 2 * i64_min(height[i / b->columns], 20));
        if (column == 0) cost *= 3;
        if (shape->is_unknown != NULL && shape->is_unknown[column]) cost /= 2;
        s->cost[n.first + i] = (int32_t)cost;
    }
}

static void set_proofs(Arena *arena, System *s)
{
    s->up = NEW(arena, int32_t, s->vars);
    s->down = NEW(arena, int32_t, s->vars);
    s->up_by = NEW(arena, const Witness *, s->vars);
    s->down_by = NEW(arena, const Witness *, s->vars);
    s->seen = NEW(arena, int32_t, s->vars);
    s->local = NEW(arena, int32_t, s->vars);
}

/* The lower half of the free range keeps, the upper half is scratch. */
static void split(Arena all, System *s)
{
    ptrdiff_t half = (all.end - all.next) / 2;
    s->keep = s->scratch = all;
    s->keep.end = s->scratch.next = all.next + half;
}

Err system_build(Arena all, DisclosureCase what, bool is_masked, System *ret)
{
    System whole = {0}, *s = &whole;
    split(all, s);
    Arena *arena = &s->keep;
    Build b = {.shape = what.shape, .s = s, .columns = disclosure_columns(what.shape)};
    s->minimum = what.shape->minimum;
    s->cells = NEW(arena, int32_t, what.versions);
    reserve(arena, (int64_t)what.shape->units * b.columns * what.versions, s);
    Tree tree = tree_of(arena, what.shape);
    Layers old = {.n.first = -1, .excluded.first = -1, .answered.first = -1};
    for (int32_t i = 0; i < what.versions; i++) {
        const DisclosureTable *t = &what.version[i];
        Layers l = {.n = add_counts(&b, tree, t, is_masked || i + 1 < what.versions)};
        l.excluded = add_excluded(&b, tree, t, l.n);
        l.answered = add_answered(&b, tree, t);
        l.invited = add_invited(&b, tree, t);
        tie_layers(&b, t, l);
        tie_versions(&b, old.n, l.n);
        tie_versions(&b, old.excluded, l.excluded);
        tie_versions(&b, old.answered, l.answered);
        s->cells[i] = l.n.first;
        old = l;
    }
    if (b.is_broken) return E_BROKEN;
    index_equations(arena, s);
    if (!is_masked) settle_told(s->scratch, s);
    set_costs(arena, &b, old.n);
    set_proofs(arena, s);
    *ret = *s;
    return OK;
}

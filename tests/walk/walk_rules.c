/* doc/access.csv and the meaning of its relations (core/access/access.h), read
   once more from the documents alone. */
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/number.h"
#include "walk.h"

const WalkUnit walk_units[] = {
    {"R1", "", "R1", "region", "Region Fjord"},          {"K1", "R1", "K1", "kommune", "Fjordby Kommune"},
    {"K2", "R1", "K2", "kommune", "Holmeå Kommune"},     {"S11", "K1", "K1", "skole", "Bakkeskolen"},
    {"S12", "K1", "K1", "skole", "Strandmarkskolen"},    {"S13", "K1", "K1", "skole", "Ordgemtenhed Skole"},
    {"S21", "K2", "K2", "skole", "Holmeå Skole"},        {"S11-A", "S11", "K1", "afdeling", "Indskolingen"},
};
const int walk_units_n = (int)COUNT_OF(walk_units);

enum { RULES_MAX = 2000 };
typedef struct Rule {
    Str object, role, relation;
    char right;
} Rule;
/* The table as it was read; a test program has no other state. */
static struct {
    ArenaRange range;
    Rule v[RULES_MAX];
    int n;
} rules;

static void read_rules(void)
{
    if (rules.n) return;
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    Str text = test_file(STR_CAT(test_ctx_plain()->arena, str_of_z(root ? root : "."), S("/doc/access.csv")));
    CHECK(text.p != NULL);
    rules.range = arena_range_open(8 << 20);
    Arena keep = arena_of(rules.range, NULL);
    Csv csv = csv_open(str_copy(&keep, text), ',');
    CsvRow row = {0};
    CHECK(csv_next(&csv, &keep, &row));
    CHECK_STR(row.v[0], S("object"));
    while (csv_next(&csv, &keep, &row)) {
        CHECK(row.n == 5 && row.v[3].n == 1 && rules.n < RULES_MAX);
        rules.v[rules.n++] = (Rule){row.v[0], row.v[1], row.v[2], row.v[3].p[0]};
    }
    CHECK_INT(csv.fault, 0);
    CHECK(rules.n > 0);
}

static const WalkUnit *unit_of(const char *code)
{
    for (int i = 0; i < walk_units_n; i++)
        if (strcmp(walk_units[i].code, code) == 0) return &walk_units[i];
    print_error("the walk has no unit %s\n", code);
    CHECK(false);
    return NULL;
}

static bool is_at_or_below(const char *unit, const char *above)
{
    for (; *unit; unit = unit_of(unit)->parent)
        if (strcmp(unit, above) == 0) return true;
    return false;
}

static bool have_one_owner(const char *a, const char *b)
{
    return strcmp(unit_of(a)->owner, unit_of(b)->owner) == 0;
}

/* mine NULL: the rule is everybody's. */
static bool holds_at(Str relation, const char *mine, const char *its, bool is_released)
{
    bool is_below = mine && have_one_owner(mine, its) && is_at_or_below(its, mine);
    bool is_inside = mine && is_at_or_below(mine, its);
    if (str_eq(relation, S("unit"))) return is_below;
    if (str_eq(relation, S("reach"))) return mine && is_at_or_below(its, mine);
    if (str_eq(relation, S("inside"))) return is_inside;
    if (str_eq(relation, S("owner"))) return mine && have_one_owner(mine, its);
    if (str_eq(relation, S("released"))) return is_released && (is_below || is_inside);
    print_error("doc/access.csv: the walk does not know the relation %.*s\n", (int)relation.n, relation.p);
    CHECK(false);
    return false;
}

static bool holds(const Rule *rule, const char *mine, int who, const WalkObject *o)
{
    if (!o || str_eq(rule->relation, S("any"))) return true;
    if (str_eq(rule->relation, S("own"))) return o->author == who;
    for (int i = 0; i < 2; i++)
        if (o->units[i] && holds_at(rule->relation, mine, o->units[i], o->is_released)) return true;
    return false;
}

static void judge(const Rule *rule, const char *mine, int who, const WalkObject *o, Verdict *verdict)
{
    if (holds(rule, mine, who, o)) *verdict = VERDICT_ALLOWED;
    else if (*verdict == VERDICT_NO_RIGHT) *verdict = VERDICT_OUT_OF_REACH;
}

Verdict walk_verdict(const Walker *who, int who_index, const char *object, char right, const WalkObject *o)
{
    read_rules();
    Verdict verdict = VERDICT_NO_RIGHT;
    for (int i = 0; i < rules.n; i++) {
        const Rule *rule = &rules.v[i];
        if (rule->right != right || !str_eq(rule->object, str_of_z(object))) continue;
        if (str_eq(rule->role, S("*"))) judge(rule, NULL, who_index, o, &verdict);
        for (int k = 0; k < who->posts_n; k++)
            if (str_eq(rule->role, who->posts[k].role)) judge(rule, who->posts[k].unit, who_index, o, &verdict);
    }
    return verdict;
}

void walk_check_roles(const char *const *roles, int n)
{
    read_rules();
    for (int i = 0; i < rules.n; i++) {
        bool is_known = str_eq(rules.v[i].role, S("*"));
        for (int k = 0; k < n; k++) is_known |= str_eq(rules.v[i].role, str_of_z(roles[k]));
        if (is_known) continue;
        print_error("doc/access.csv: nobody walks as %.*s\n", (int)rules.v[i].role.n, rules.v[i].role.p);
        CHECK(false);
    }
}

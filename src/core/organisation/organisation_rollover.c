/* The yearly rollover of classes. The plan is made anew inside the write and
   must have the mark that was seen, so that what is done is what was shown. */
#include "base/buf.h"
#include "base/number.h"
#include "core/audit/audit.h"
#include "core/organisation/organisation_inside.h"

enum { GRADE_MAX = 10 };

typedef struct Class {
    Unit unit, parent;
    int grade; /* -1: none */
    Str rest;  /* of the name, after the grade */
} Class;

/* "3.A": grade 3, rest ".A". */
static int grade_of(Str name, Str *ret_rest)
{
    ptrdiff_t n = 0;
    while (n < name.n && name.p[n] >= '0' && name.p[n] <= '9') n++;
    int64_t grade = 0;
    if (n < 1 || n > 2 || !str_i64(str_sub(name, 0, n), &grade) || grade > GRADE_MAX) return -1;
    *ret_rest = str_sub(name, n, name.n);
    return (int)grade;
}

static Str graded(Ctx *c, int grade, Str rest)
{
    return STR_CAT(c->arena, unit_number(c->arena, grade), rest);
}

/* ---- reading ------------------------------------------------------------------------- */

/* Classes of the last day of the old year that nothing succeeds yet. */
SQL(CLASSES, "SELECT u.id, u.version, u.owner_id, u.code, u.name, u.parent_id, coalesce(u.valid_to, 0), p.code, p.kind, p.name,"
             " coalesce(p.parent_id, 0)"
             " FROM unit_reach r JOIN unit u ON u.id = r.unit_id JOIN unit p ON p.id = u.parent_id"
             " WHERE r.above_id = $1 AND r.depth > 0 AND u.kind = 'klasse'"
             " AND u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to >= $2)"
             " AND NOT EXISTS (SELECT 1 FROM unit_succession s WHERE s.succeeds_id = u.id)"
             " ORDER BY p.name_sort, p.id, u.name_sort, u.id LIMIT $3");

static Err read_classes(Ctx *c, UnitId school, Date last_day, Class *v, ptrdiff_t *ret_n)
{
    ptrdiff_t n = 0;
    Rows r = db_query(c, CLASSES, school, last_day, ROLLOVER_MAX + 1);
    while (db_next(&r)) {
        if (n == ROLLOVER_MAX) return fail(c, E_TOO_LARGE, TF("Der er mere end {1} klasser. Vælg en enhed længere nede.", ROLLOVER_MAX));
        Class *class = &v[n++];
        class->unit = (Unit){.id = {db_i64(&r, 0)}, .version = {db_i64(&r, 1)}, .owner = {db_i64(&r, 2)}, .code = db_str(&r, 3),
                             .name = db_str(&r, 4), .parent = {db_i64(&r, 5)}, .valid_to = {(int32_t)db_i64(&r, 6)}};
        class->parent = (Unit){.id = class->unit.parent, .code = db_str(&r, 7), .kind = db_str(&r, 8), .name = db_str(&r, 9),
                               .parent = {db_i64(&r, 10)}};
        class->grade = grade_of(class->unit.name, &class->rest);
    }
    TRY(db_done(&r));
    *ret_n = n;
    return OK;
}

SQL(YEAR_GROUPS, "SELECT u.id, u.code, u.name FROM unit u WHERE u.parent_id = $1 AND u.kind = 'aargang'"
                 " AND u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to >= $2) ORDER BY u.name_sort, u.id");

/* Where the class of the new grade hangs: beside the old one, or in the year group of its grade. */
static Err new_parent(Ctx *c, const Class *class, int grade, Date first_day, Unit *ret)
{
    Str rest = {0};
    *ret = class->parent;
    if (!str_eq(class->parent.kind, S("aargang")) || grade_of(class->parent.name, &rest) == grade) return OK;
    bool found = false;
    Rows r = db_query(c, YEAR_GROUPS, class->parent.parent, first_day);
    while (db_next(&r)) {
        Str name = db_str(&r, 2);
        if (found || grade_of(name, &rest) != grade) continue;
        found = true;
        *ret = (Unit){.id = {db_i64(&r, 0)}, .code = db_str(&r, 1), .name = name};
    }
    TRY(db_done(&r));
    if (!found)
        ctx_problem(c, S(""), TF("Der er ingen {1}. årgang til {2}. Opret den først.", grade, graded(c, grade, class->rest)));
    return OK;
}

/* ---- the plan ------------------------------------------------------------------------- */

static Str new_code(Ctx *c, Str parent_code, Str name, int year)
{
    Buf b = buf_new(c->arena, parent_code.n + name.n + 32);
    buf_add(&b, parent_code);
    buf_add_char(&b, '-');
    for (ptrdiff_t i = 0; i < name.n; i++)
        if (name.p[i] != '.' && unit_is_code(str_sub(name, i, i + 1))) buf_add_char(&b, name.p[i]);
    buf_add_char(&b, '-');
    buf_add_i64(&b, year);
    return buf_str(&b);
}

static Err check_new_code(Ctx *c, const Rollover *plan, const RolloverLine *line)
{
    Unit same = {0};
    if (!unit_is_code(line->new_code))
        ctx_problem(c, S(""), TF("Koden {1} til {2} er for lang. Giv skolen eller afdelingen en kortere kode.", line->new_code, line->new_name));
    bool is_taken = organisation_by_code(c, line->new_code, &same) == OK;
    for (ptrdiff_t i = 0; i < plan->n && !is_taken; i++) is_taken = str_eq(plan->v[i].new_code, line->new_code);
    if (is_taken) ctx_problem(c, S(""), TF("Koden {1} til {2} er brugt. Ret navnet på den ene af klasserne.", line->new_code, line->new_name));
    return OK;
}

static Err plan_new(Ctx *c, Rollover *plan, RolloverLine line, const Class *class, int grade, int year, Date first_day)
{
    Unit parent = {0};
    TRY(new_parent(c, class, grade, first_day, &parent));
    line.parent = parent.id;
    line.new_name = graded(c, grade, class->rest);
    line.new_code = new_code(c, parent.code, line.new_name, year);
    TRY(check_new_code(c, plan, &line));
    plan->v[plan->n++] = line;
    return OK;
}

static Err plan_class(Ctx *c, Rollover *plan, const Class *class, int year, int last_grade, Date first_day)
{
    RolloverLine line = {.old = class->unit.id, .old_code = class->unit.code, .old_name = class->unit.name};
    bool has_ended = class->unit.valid_to.day == first_day.day - 1;
    if (class->grade < 0 || class->grade >= last_grade) {
        line.act = class->grade < 0 ? ROLLOVER_STAYS : ROLLOVER_LEAVES;
        if (!has_ended) plan->v[plan->n++] = line;
        return OK;
    }
    line.act = ROLLOVER_UP;
    TRY(plan_new(c, plan, line, class, class->grade + 1, year, first_day));
    if (class->grade > 0) return OK;
    return plan_new(c, plan, (RolloverLine){.act = ROLLOVER_NEW}, class, 0, year, first_day);
}

Err organisation_rollover_plan(Ctx *c, UnitId school, int year, int last_grade, Rollover *ret)
{
    Date first_day = {0};
    if (!date_of_civil((Civil){year, 8, 1}, &first_day)) ctx_problem(c, S("year"), T("Skriv et årstal, for eksempel 2026."));
    if (last_grade < 0 || last_grade > GRADE_MAX) ctx_problem(c, S("last_grade"), T("Skriv det sidste klassetrin som et tal fra 0 til 10."));
    TRY(ctx_check(c));
    Class *classes = NEW(c->arena, Class, ROLLOVER_MAX);
    ptrdiff_t n = 0;
    TRY(read_classes(c, school, (Date){first_day.day - 1}, classes, &n));
    Rollover plan = {.v = NEW(c->arena, RolloverLine, 2 * n)};
    uint64_t mark = (uint64_t)year * 16 + (uint64_t)last_grade;
    for (ptrdiff_t i = 0; i < n; i++) {
        TRY(plan_class(c, &plan, &classes[i], year, last_grade, first_day));
        mark = mark * 1000003 + (uint64_t)classes[i].unit.id.v * 31 + (uint64_t)classes[i].unit.version.v;
    }
    TRY(ctx_check(c));
    plan.mark.v = (int64_t)(mark & INT64_MAX) | 1; /* a form's version is never 0 */
    *ret = plan;
    return OK;
}

/* ---- doing it --------------------------------------------------------------------------- */

SQL(CLASS_ENDS, "UPDATE unit SET valid_to = $2, version = version + 1 WHERE id = $1 AND (valid_to IS NULL OR valid_to > $2)");

static Err add_class(Ctx *c, const RolloverLine *line, Date first_day)
{
    Unit parent = {0};
    UnitId id = {0};
    TRY(organisation_by_id(c, line->parent, &parent));
    NewUnit new = {.code = line->new_code, .name = line->new_name, .kind = S("klasse"), .parent_code = parent.code, .valid_from = first_day};
    TRY(organisation_add(c, new, &id));
    TRY(unit_reach_add(c, id));
    return line->act == ROLLOVER_UP ? unit_succeed(c, id, line->old) : OK;
}

static Err do_line(Ctx *c, const RolloverLine *line, Date first_day)
{
    if (line->act == ROLLOVER_STAYS) return OK;
    if (line->act != ROLLOVER_LEAVES) TRY(add_class(c, line, first_day));
    if (line->act == ROLLOVER_NEW) return OK;
    return db_exec(c, CLASS_ENDS, NULL, line->old, (Date){first_day.day - 1});
}

Err organisation_rollover(Ctx *c, UnitId school, int year, int last_grade, Version seen)
{
    Rollover plan = {0};
    Unit unit = {0};
    Date first_day = {0};
    ptrdiff_t acts = 0;
    TRY(organisation_rollover_plan(c, school, year, last_grade, &plan));
    if (plan.mark.v != seen.v) return fail(c, E_CONFLICT, T("Klasserne er ændret, siden du så planen. Se den igen, før du rykker dem op."));
    TRY(organisation_by_id(c, school, &unit));
    if (!date_of_civil((Civil){year, 8, 1}, &first_day)) return fail(c, E_BROKEN, T("Årstallet findes ikke."));
    for (ptrdiff_t i = 0; i < plan.n; i++) {
        TRY(do_line(c, &plan.v[i], first_day));
        acts += plan.v[i].act != ROLLOVER_STAYS;
    }
    if (acts == 0) return fail(c, E_CONFLICT, T("Der er ingen klasser at rykke op. Det er måske allerede gjort."));
    Str detail = STR_CAT(c->arena, S("year "), unit_number(c->arena, year), S(", acts "), unit_number(c->arena, acts));
    return audit_add(c, (AuditRow){.owner_id = unit.owner.v, .verb = "organisation.rollover", .object = "organisation",
                                   .object_id = unit.id.v, .unit_id = unit.id.v, .detail = detail});
}

/* The pages on which a unit is changed. They are one page with six contents: an
   Act says what will happen, which form asks, and what the form begins with; the
   write of each calls one function of core/organisation. */
#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "feature/unit/unit.h"
#include "feature/unit/unit.html.h"
#include "feature/unit/unit_inside.h"
#include "feature/unit/unit_pages.h"

typedef struct Act {
    const char *path;
    const Form *form;
    void (*say)(Ctx *c, const Unit *unit, ActPage *page);
    Err (*fill)(Ctx *c, const Unit *unit, FormValues *values);
} Act;

typedef struct Work {
    const Act *act;
    FormValues values;
    Version seen;
} Work;

/* ---- what all of them share -------------------------------------------------------- */

/* The act's form with the kinds that there are. */
static Err form_of(Ctx *c, const Act *act, const Form **ret)
{
    UnitKinds kinds = {0};
    TRY(organisation_kinds(c, &kinds));
    Choice *choices = NEW(c->arena, Choice, kinds.n);
    for (ptrdiff_t i = 0; i < kinds.n; i++) choices[i] = (Choice){kinds.v[i].code, organisation_kind_words(kinds.v[i].name)};
    Field *fields = NEW(c->arena, Field, act->form->n);
    for (ptrdiff_t i = 0; i < act->form->n; i++) {
        fields[i] = act->form->v[i];
        if (fields[i].kind == FIELD_CHOICE) fields[i].choices = (Choices){choices, kinds.n};
    }
    Form *form = NEW(c->arena, Form, 1);
    *form = (Form){fields, act->form->n};
    *ret = form;
    return OK;
}

static Err draw(Ctx *c, const Act *act, FormValues *values, Version version, ActPage *page)
{
    Unit unit = {0};
    TRY(unit_of_route(c, &unit));
    page->values = values;
    page->nonce = access_gate.nonce(c);
    page->version = version.v ? version : unit.version;
    page->action.path = unit_path(c, unit.code, act->path);
    page->back.path = unit_path(c, unit.code, "");
    page->back_text = TF("Tilbage til {1}", unit.name);
    act->say(c, &unit, page);
    page_unit_act(web_page_begin(c, page->heading), page);
    return web_page_end(c);
}

static Err get(Ctx *c, const Act *act)
{
    Unit unit = {0};
    const Form *form = NULL;
    ActPage page = {0};
    TRY(unit_of_route(c, &unit));
    TRY(form_of(c, act, &form));
    FormValues values = form_empty(c, form);
    if (act->fill) TRY(act->fill(c, &unit, &values));
    return draw(c, act, &values, (Version){0}, &page);
}

static Err again(Ctx *c)
{
    Work *work = c->work;
    ActPage page = {0};
    work->values.problems = c->problems;
    return draw(c, work->act, &work->values, work->seen, &page);
}

/* Field by field where mine and the other's differ. */
static Err both_texts(Ctx *c, const Work *work, ActPage *page)
{
    Unit unit = {0};
    TRY(unit_of_route(c, &unit));
    FormValues theirs = form_empty(c, work->values.form);
    TRY(work->act->fill(c, &unit, &theirs));
    page->both.v = NEW(c->arena, TwoTexts, theirs.form->n);
    for (ptrdiff_t i = 0; i < theirs.form->n; i++) {
        TwoTexts two = {theirs.form->v[i].label, work->values.v[i].raw, theirs.v[i].raw};
        if (!str_eq(two.mine, two.theirs)) page->both.v[page->both.n++] = two;
    }
    return OK;
}

static const Act act_edit;

/* With the version that stands now: sent again, it is my text that counts. */
static Err conflict(Ctx *c)
{
    Work *work = c->work;
    ActPage page = {.conflict = c->message};
    if (work->act == &act_edit) TRY(both_texts(c, work, &page));
    return draw(c, work->act, &work->values, (Version){0}, &page);
}

static Err prepare(Ctx *c, const Act *act)
{
    const Form *form = NULL;
    Work *work = NEW(c->arena, Work, 1);
    work->act = act;
    c->work = work;
    TRY(form_of(c, act, &form));
    work->values = form_empty(c, form);
    web_on_invalid(c, again);
    web_on_conflict(c, conflict);
    TRY(web_form_version(c, &work->seen));
    return web_form(c, form, &work->values);
}

static Str text(const Work *work, const char *name)
{
    return form_value((FormValues *)&work->values, name)->raw;
}

static int64_t number(const Work *work, const char *name)
{
    return form_value((FormValues *)&work->values, name)->number;
}

static Date day(const Work *work, const char *name)
{
    return (Date){(int32_t)number(work, name)};
}

static Err saved(Ctx *c, Str code)
{
    return web_redirect(c, unit_path(c, code, "?gemt=1"));
}

static MsgList effects(Ctx *c, ptrdiff_t most)
{
    return (MsgList){NEW(c->arena, Msg, most), 0};
}

/* ---- edit ----------------------------------------------------------------------------- */

#define FIELD_NAME_ {.name = "name", .kind = FIELD_TEXT, .label = T_INIT("Navn"), .min = 1, .max = UNIT_NAME_MAX}
#define FIELD_CODE_                                                                                             \
    {.name = "code", .kind = FIELD_TEXT, .label = T_INIT("Kode"), .min = 1, .max = UNIT_CODE_MAX,               \
     .hint = T_INIT("Bogstaver a–z, tal, punktum, _ og -. Koden bliver ved enheden og bruges i filer.")}

static const Field edit_fields[] = {
    FIELD_NAME_,
    {.name = "kind", .kind = FIELD_CHOICE, .label = T_INIT("Type")},
    {.name = "parent_code", .kind = FIELD_TEXT, .label = T_INIT("Ligger under"), .hint = T_INIT("Koden for enheden lige over."),
     .min = 1, .max = UNIT_CODE_MAX, .optional = true},
    {.name = "valid_from", .kind = FIELD_DATE, .label = T_INIT("Første dag")},
    {.name = "valid_to", .kind = FIELD_DATE, .label = T_INIT("Sidste dag"), .optional = true},
};
static const Form edit_form = {edit_fields, COUNT_OF(edit_fields)};

static void say_edit(Ctx *c, const Unit *unit, ActPage *page)
{
    (void)c;
    page->heading = TF("Ret {1}", unit->name);
    page->lead = T("Nyt navn, ny type og ny plads gælder fra i dag. Tal fra før hører stadig til det, enheden hed dengang.");
    page->button = T("Gem enheden");
}

static Err fill_edit(Ctx *c, const Unit *unit, FormValues *values)
{
    Unit parent = {0};
    if (unit->parent.v) TRY(organisation_by_id(c, unit->parent, &parent));
    form_value(values, "name")->raw = unit->name;
    form_value(values, "kind")->raw = unit->kind;
    form_value(values, "parent_code")->raw = parent.code;
    form_set_date(c, form_value(values, "valid_from"), unit->valid_from);
    if (unit->valid_to.day) form_set_date(c, form_value(values, "valid_to"), unit->valid_to);
    return OK;
}

static const Act act_edit = {"/ret", &edit_form, say_edit, fill_edit};

Err unit_get_edit(Ctx *c)
{
    return get(c, &act_edit);
}

Err unit_prepare_edit(Ctx *c)
{
    return prepare(c, &act_edit);
}

Err unit_write_edit(Ctx *c)
{
    const Work *work = c->work;
    Unit unit = {0}, parent = {0};
    Str to = text(work, "parent_code");
    TRY(unit_of_route(c, &unit));
    if (unit.parent.v) TRY(organisation_by_id(c, unit.parent, &parent));
    if (!str_eq(to, parent.code)) TRY(unit_check_right(c, S("parent_code"), to));
    UnitEdit edit = {.name = text(work, "name"), .kind = text(work, "kind"), .parent_code = to,
                     .valid_from = day(work, "valid_from"), .valid_to = day(work, "valid_to")};
    TRY(organisation_edit(c, unit.id, work->seen, edit));
    return saved(c, unit.code);
}

/* ---- add ------------------------------------------------------------------------------- */

static const Field add_fields[] = {
    FIELD_NAME_,
    FIELD_CODE_,
    {.name = "kind", .kind = FIELD_CHOICE, .label = T_INIT("Type")},
    {.name = "valid_from", .kind = FIELD_DATE, .label = T_INIT("Første dag")},
};
static const Form add_form = {add_fields, COUNT_OF(add_fields)};

static void say_add(Ctx *c, const Unit *unit, ActPage *page)
{
    (void)c;
    page->heading = TF("Ny enhed under {1}", unit->name);
    page->lead = T("Enheden kan bruges i målinger og til roller fra sin første dag.");
    page->button = T("Opret enheden");
}

static Err fill_add(Ctx *c, const Unit *unit, FormValues *values)
{
    (void)unit;
    form_set_date(c, form_value(values, "valid_from"), c->today);
    return OK;
}

static const Act act_add = {"/ny", &add_form, say_add, fill_add};

Err unit_get_add(Ctx *c)
{
    return get(c, &act_add);
}

Err unit_prepare_add(Ctx *c)
{
    return prepare(c, &act_add);
}

Err unit_write_add(Ctx *c)
{
    const Work *work = c->work;
    Unit unit = {0};
    UnitId id = {0};
    TRY(unit_of_route(c, &unit));
    NewUnit new = {.code = text(work, "code"), .name = text(work, "name"), .kind = text(work, "kind"), .parent_code = unit.code,
                   .valid_from = day(work, "valid_from")};
    TRY(organisation_create(c, new, &id));
    return saved(c, new.code);
}

/* ---- end -------------------------------------------------------------------------------- */

static const Field end_fields[] = {{.name = "valid_to", .kind = FIELD_DATE, .label = T_INIT("Sidste dag")}};
static const Form end_form = {end_fields, COUNT_OF(end_fields)};

static void say_end(Ctx *c, const Unit *unit, ActPage *page)
{
    page->heading = TF("Afslut {1}", unit->name);
    page->lead = T("Enheden er der til og med sin sidste dag. Du kan rette dagen bagefter.");
    page->effects = effects(c, 3);
    page->effects.v[page->effects.n++] = T("Alt, der ligger under den, slutter samme dag, hvis det ikke er sluttet før.");
    page->effects.v[page->effects.n++] = T("Målinger, rapporter og navne fra før bliver stående.");
    page->button = T("Afslut enheden og alt under den");
}

static const Act act_end = {"/afslut", &end_form, say_end, NULL};

Err unit_get_end(Ctx *c)
{
    return get(c, &act_end);
}

Err unit_prepare_end(Ctx *c)
{
    return prepare(c, &act_end);
}

Err unit_write_end(Ctx *c)
{
    const Work *work = c->work;
    Unit unit = {0};
    TRY(unit_of_route(c, &unit));
    TRY(organisation_end(c, unit.id, work->seen, day(work, "valid_to")));
    return saved(c, unit.code);
}

/* ---- merge -------------------------------------------------------------------------------- */

static const Field merge_fields[] = {
    {.name = "units", .kind = FIELD_TEXT, .label = T_INIT("De andre enheder"), .hint = T_INIT("Deres koder med mellemrum imellem."),
     .min = 1, .max = UNITS_JOINED_MAX * (UNIT_CODE_MAX + 1)},
    {.name = "name", .kind = FIELD_TEXT, .label = T_INIT("Den nye enheds navn"), .min = 1, .max = UNIT_NAME_MAX},
    FIELD_CODE_,
    {.name = "parent_code", .kind = FIELD_TEXT, .label = T_INIT("Ligger under"), .hint = T_INIT("Koden for enheden lige over."),
     .min = 1, .max = UNIT_CODE_MAX},
    {.name = "valid_from", .kind = FIELD_DATE, .label = T_INIT("Den nye enheds første dag")},
};
static const Form merge_form = {merge_fields, COUNT_OF(merge_fields)};

static void say_merge(Ctx *c, const Unit *unit, ActPage *page)
{
    page->heading = TF("Læg {1} sammen med andre", unit->name);
    page->lead = T("Der kommer én ny enhed, som afløser dem alle. Det kan ikke fortrydes.");
    page->effects = effects(c, 4);
    page->effects.v[page->effects.n++] = T("De gamle enheder slutter dagen før. Deres tal og navne bliver stående.");
    page->effects.v[page->effects.n++] = T("Det, der ligger under dem, flytter med over i den nye.");
    page->effects.v[page->effects.n++] = T("Roller på de gamle enheder flytter ikke med. De gives på den nye.");
    page->button = T("Læg enhederne sammen");
}

static Err fill_merge(Ctx *c, const Unit *unit, FormValues *values)
{
    Unit parent = {0};
    if (unit->parent.v) TRY(organisation_by_id(c, unit->parent, &parent));
    form_value(values, "parent_code")->raw = parent.code;
    form_set_date(c, form_value(values, "valid_from"), c->today);
    return OK;
}

static const Act act_merge = {"/sammenlaeg", &merge_form, say_merge, fill_merge};

Err unit_get_merge(Ctx *c)
{
    return get(c, &act_merge);
}

Err unit_prepare_merge(Ctx *c)
{
    return prepare(c, &act_merge);
}

Err unit_write_merge(Ctx *c)
{
    const Work *work = c->work;
    Unit unit = {0}, parent = {0};
    UnitId id = {0};
    UnitSeen *all = NEW(c->arena, UnitSeen, UNITS_JOINED_MAX);
    ptrdiff_t n = 0;
    TRY(unit_of_route(c, &unit));
    TRY(unit_read_joined(c, (UnitSeen){unit.id, work->seen}, text(work, "units"), all, &n));
    NewUnit new = {.code = text(work, "code"), .name = text(work, "name"), .kind = unit.kind, .parent_code = text(work, "parent_code"),
                   .valid_from = day(work, "valid_from")};
    if (unit.parent.v) TRY(organisation_by_id(c, unit.parent, &parent));
    if (!str_eq(new.parent_code, parent.code)) TRY(unit_check_right(c, S("parent_code"), new.parent_code));
    TRY(organisation_merge(c, all, n, new, &id));
    return saved(c, new.code);
}

/* ---- split ---------------------------------------------------------------------------------- */

static const Field split_fields[] = {
    {.name = "parts", .kind = FIELD_LONG_TEXT, .label = T_INIT("De nye enheder"),
     .hint = T_INIT("En linje til hver: først koden, så et mellemrum, så navnet."), .min = 3, .max = 5000},
    {.name = "moves", .kind = FIELD_LONG_TEXT, .label = T_INIT("Hvad der flytter hvorhen"),
     .hint = T_INIT("En linje til hver enhed under denne: dens kode, et mellemrum og den nye enheds kode. Resten flytter til den første."),
     .min = 0, .max = 20000, .optional = true},
    {.name = "valid_from", .kind = FIELD_DATE, .label = T_INIT("De nye enheders første dag")},
};
static const Form split_form = {split_fields, COUNT_OF(split_fields)};

static void say_split(Ctx *c, const Unit *unit, ActPage *page)
{
    page->heading = TF("Del {1} i flere", unit->name);
    page->lead = T("Der kommer to eller flere nye enheder, som sammen afløser denne. Det kan ikke fortrydes.");
    page->effects = effects(c, 4);
    page->effects.v[page->effects.n++] = T("Den gamle enhed slutter dagen før. Dens tal og navn bliver stående.");
    page->effects.v[page->effects.n++] = T("Det, der ligger under den, flytter over i de nye.");
    page->effects.v[page->effects.n++] = T("Roller på den gamle enhed flytter ikke med. De gives på de nye.");
    page->button = T("Del enheden");
}

/* One line for each unit below, to be filled in. */
static Err fill_split(Ctx *c, const Unit *unit, FormValues *values)
{
    Units children = {0};
    TRY(organisation_children(c, unit->id, false, (UnitAfter){0}, &children));
    Buf b = buf_new(c->arena, UNIT_PAGE * (UNIT_CODE_MAX + 2));
    for (ptrdiff_t i = 0; i < children.n; i++) {
        buf_add(&b, children.v[i].code);
        buf_add(&b, S(" \n"));
    }
    form_value(values, "moves")->raw = buf_str(&b);
    form_set_date(c, form_value(values, "valid_from"), c->today);
    return OK;
}

static const Act act_split = {"/del", &split_form, say_split, fill_split};

Err unit_get_split(Ctx *c)
{
    return get(c, &act_split);
}

Err unit_prepare_split(Ctx *c)
{
    return prepare(c, &act_split);
}

Err unit_write_split(Ctx *c)
{
    const Work *work = c->work;
    Unit unit = {0};
    UnitPart *parts = NEW(c->arena, UnitPart, UNITS_JOINED_MAX);
    UnitId *ids = NEW(c->arena, UnitId, UNITS_JOINED_MAX);
    UnitMoves moves = {0};
    ptrdiff_t n = 0;
    TRY(unit_of_route(c, &unit));
    TRY(unit_read_parts(c, text(work, "parts"), parts, &n));
    TRY(unit_read_moves(c, &unit, text(work, "moves"), parts, n, &moves));
    TRY(organisation_split(c, (UnitSeen){unit.id, work->seen}, parts, n, day(work, "valid_from"), moves.v, moves.n, ids));
    return saved(c, unit.code);
}

/* ---- rollover --------------------------------------------------------------------------------- */

static const Field rollover_fields[] = {
    {.name = "year", .kind = FIELD_HIDDEN, .label = T_INIT("År"), .min = 1, .max = 4},
    {.name = "last_grade", .kind = FIELD_HIDDEN, .label = T_INIT("Sidste klassetrin"), .min = 1, .max = 2},
};
static const Form rollover_form = {rollover_fields, COUNT_OF(rollover_fields)};

static Msg act_of(RolloverAct act)
{
    switch (act) {
    case ROLLOVER_UP: return T("Rykker op");
    case ROLLOVER_LEAVES: return T("Slutter");
    case ROLLOVER_NEW: return T("Begynder");
    case ROLLOVER_STAYS: return T("Fortsætter");
    }
    return T("Fortsætter");
}

static PlanLines lines_of(Ctx *c, const Rollover *plan)
{
    PlanLines all = {.v = NEW(c->arena, PlanLine, plan->n)};
    for (ptrdiff_t i = 0; i < plan->n; i++) {
        const RolloverLine *l = &plan->v[i];
        all.v[all.n++] = (PlanLine){l->old_name, l->old_code, l->new_name, l->new_code, act_of(l->act)};
    }
    return all;
}

static int whole(Str s, int otherwise)
{
    int64_t v = 0;
    return str_i64(s, &v) && v >= 0 && v <= 9999 ? (int)v : otherwise;
}

/* From August to October the classes have perhaps not been rolled yet this year. */
static int rollover_year(Date today)
{
    Civil civil = date_civil(today);
    return civil.month >= 8 && civil.month <= 10 ? civil.year : date_school_year(today) + 1;
}

static void say_rollover(Ctx *c, const Unit *unit, ActPage *page)
{
    Rollover plan = {0};
    FormValues *values = page->values;
    FieldValue *year = form_value(values, "year"), *last = form_value(values, "last_grade");
    page->heading = TF("Ryk klasserne op på {1}", unit->name);
    page->lead = T("Hver klasse bliver en ny enhed den 1. august og afløser den fra i år. Det kan ikke fortrydes.");
    page->button = T("Ryk klasserne op");
    page->is_rollover = true;
    page->year = year->raw;
    page->last_grade = last->raw;
    ctx_forgive(c);
    Err err = organisation_rollover_plan(c, unit->id, whole(year->raw, 0), whole(last->raw, -1), &plan);
    if (err != OK) values->problems = c->problems;
    page->is_blocked = err != OK;
    page->plan = lines_of(c, &plan);
    page->version = plan.mark;
    page->effects = effects(c, 2);
    if (err == OK && plan.n == 0) page->effects.v[page->effects.n++] = T("Der er ingen klasser at rykke op. Det er måske allerede gjort.");
    else page->effects.v[page->effects.n++] = T("Tallene fra i år bliver ved med at høre til de klasser, der svarede.");
    page->is_blocked = page->is_blocked || plan.n == 0;
}

static Err fill_rollover(Ctx *c, const Unit *unit, FormValues *values)
{
    (void)unit;
    Buf year = buf_new(c->arena, 8), last = buf_new(c->arena, 8);
    buf_add_i64(&year, whole(web_query(c, "aar"), rollover_year(c->today)));
    buf_add_i64(&last, whole(web_query(c, "sidste"), 9));
    form_value(values, "year")->raw = buf_str(&year);
    form_value(values, "last_grade")->raw = buf_str(&last);
    return OK;
}

static const Act act_rollover = {"/opryk", &rollover_form, say_rollover, fill_rollover};

Err unit_get_rollover(Ctx *c)
{
    return get(c, &act_rollover);
}

Err unit_prepare_rollover(Ctx *c)
{
    return prepare(c, &act_rollover);
}

Err unit_write_rollover(Ctx *c)
{
    const Work *work = c->work;
    Unit unit = {0};
    TRY(unit_of_route(c, &unit));
    TRY(organisation_rollover(c, unit.id, whole(text(work, "year"), 0), whole(text(work, "last_grade"), -1), work->seen));
    return saved(c, unit.code);
}

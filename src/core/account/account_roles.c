/* The second person of two, the end of a role, and what roles are called here. */
#include "base/number.h"
#include "core/access/access.h"
#include "core/account/account.html.h"
#include "core/account/account_pages.h"

SQL(PERSON_OF, "SELECT p.uid FROM v_people_person p WHERE p.id = (SELECT m.person_id FROM v_people_every_membership m WHERE m.id = $1)");

static Err to_person(Ctx *c, int64_t membership)
{
    Str uid = S("");
    Rows r = db_query(c, PERSON_OF, membership);
    if (db_next(&r)) uid = db_str(&r, 0);
    TRY(db_done(&r));
    return web_redirect(c, STR_CAT(c->arena, S("/personer/"), uid, S("?gemt=1")));
}

Err account_write_confirm(Ctx *c)
{
    int64_t id = web_place(c)->object_id;
    TRY(people_confirm(c, id));
    return to_person(c, id);
}

Err account_write_end(Ctx *c)
{
    int64_t id = web_place(c)->object_id;
    TRY(people_membership_end(c, id, (Date){c->today.day - 1}));
    return to_person(c, id);
}

/* ---- sides and titles ----------------------------------------------------------------- */

static const Choice sides[] = {
    {S_INIT("forvaltning"), T_INIT("forvaltning")},
    {S_INIT("skole"), T_INIT("skole")},
    {S_INIT("udenfor"), T_INIT("hverken skole eller forvaltning")},
};

static const Field side_fields[] = {
    {.name = "role", .kind = FIELD_HIDDEN, .min = 1, .max = 40},
    {.name = "title", .kind = FIELD_TEXT, .label = T_INIT("Hvad I kalder rollen"), .hint = T_INIT("Tomt betyder det sædvanlige navn."),
     .optional = true, .min = 1, .max = 60},
    {.name = "side", .kind = FIELD_CHOICE, .label = T_INIT("Side af bordet"), .choices = {sides, COUNT_OF(sides)}},
};
static const Form side_form = {side_fields, COUNT_OF(side_fields)};

/* The viewer's own municipality or region, where they must hold account/W for
   all of it: a title is for everybody there. */
static Err own_place(Ctx *c, Unit *ret)
{
    TRY(organisation_by_id(c, (UnitId){c->session->owner_id}, ret));
    Place place = {.owner_id = ret->owner.v, .unit_id = ret->id.v};
    return access_permit(c, NEED_ACCOUNT_WRITE, &place);
}

static const Choice *side_of(Str code)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(sides); i++)
        if (str_eq(sides[i].value, code)) return &sides[i];
    return NULL;
}

static Href way_to(Ctx *c, Str role)
{
    return (Href){STR_CAT(c->arena, S("/roller?rolle="), role, S("#ret"))};
}

static ChoiceViews filter_views(Ctx *c, Str chosen)
{
    ChoiceViews views = {NEW(c->arena, ChoiceView, COUNT_OF(sides)), COUNT_OF(sides)};
    for (ptrdiff_t i = 0; i < COUNT_OF(sides); i++)
        views.v[i] = (ChoiceView){.value = sides[i].value, .label = sides[i].label, .is_on = str_eq(sides[i].value, chosen)};
    return views;
}

/* Rows of the chosen side, or all of them. */
static Err fill_sides(Ctx *c, const RoleSides *all, Str chosen, SidesPage *page)
{
    page->all = (SideViews){.v = NEW(c->arena, SideView, all->n)};
    for (ptrdiff_t i = 0; i < all->n; i++) {
        const RoleSide *s = &all->v[i];
        const Choice *side = side_of(s->side);
        if (!side) return fail(c, E_BROKEN, T("En rolle har en side, som programmet ikke kender."));
        if (chosen.n && !str_eq(chosen, s->side)) continue;
        page->all.v[page->all.n++] = (SideView){.role = s->role->title, .title = s->title, .side = side->label,
                                                .edit = way_to(c, str_of_z(s->role->code))};
    }
    return OK;
}

/* The one that is being changed, as stored; NULL: none. */
static const RoleSide *role_asked(const RoleSides *all, Str code)
{
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (str_eq(code, str_of_z(all->v[i].role->code))) return &all->v[i];
    return NULL;
}

static FormValues *stored_values(Ctx *c, const RoleSide *s)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    *values = form_empty(c, &side_form);
    form_value(values, "role")->raw = str_of_z(s->role->code);
    form_value(values, "title")->raw = s->title;
    form_value(values, "side")->raw = s->side;
    return values;
}

static Err draw_sides(Ctx *c, Str code, FormValues *written)
{
    Unit owner = {0};
    RoleSides all = {0};
    TRY(own_place(c, &owner));
    TRY(people_role_sides(c, owner.id.v, &all));
    const RoleSide *asked = role_asked(&all, code);
    Str chosen = side_of(web_query(c, "side")) ? web_query(c, "side") : S("");
    SidesPage page = {.nonce = access_gate.nonce(c), .owner = owner.name, .was_done = str_eq(web_query(c, "gemt"), S("1")),
                      .filters = filter_views(c, chosen), .is_all = chosen.n == 0, .is_editing = asked != NULL};
    TRY(fill_sides(c, &all, chosen, &page));
    if (asked) {
        page.edited = asked->role->title;
        page.values = written ? written : stored_values(c, asked);
    }
    page_account_sides(web_page_begin(c, T("Roller og titler")), &page);
    return web_page_end(c);
}

Err account_get_sides(Ctx *c)
{
    return draw_sides(c, web_query(c, "rolle"), NULL);
}

static Err side_again(Ctx *c)
{
    FormValues *values = c->work;
    values->problems = c->problems;
    return draw_sides(c, form_value(values, "role")->raw, values);
}

Err account_prepare_side(Ctx *c)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    *values = form_empty(c, &side_form);
    c->work = values;
    web_on_invalid(c, side_again);
    return web_form(c, &side_form, values);
}

Err account_write_side(Ctx *c)
{
    FormValues *values = c->work;
    Unit owner = {0};
    TRY(own_place(c, &owner));
    TRY(people_role_side_set(c, owner.id.v, form_value(values, "role")->raw, form_value(values, "side")->raw, form_value(values, "title")->raw));
    return web_redirect(c, S("/roller?gemt=1"));
}

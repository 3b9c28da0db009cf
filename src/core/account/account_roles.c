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
    {S_INIT("udenfor"), T_INIT("uden for de to")},
};

static SideView side_view(Ctx *c, const RoleSide *s)
{
    ChoiceViews views = {NEW(c->arena, ChoiceView, COUNT_OF(sides)), COUNT_OF(sides)};
    for (ptrdiff_t i = 0; i < COUNT_OF(sides); i++)
        views.v[i] = (ChoiceView){.value = sides[i].value, .label = sides[i].label, .is_on = str_eq(sides[i].value, s->side)};
    return (SideView){.code = str_of_z(s->role->code), .title = s->title, .role = s->role->title, .sides = views};
}

/* The viewer's own municipality or region, where they must hold account/W for
   all of it: a title is for everybody there. */
static Err own_place(Ctx *c, Unit *ret)
{
    TRY(organisation_by_id(c, (UnitId){c->session->owner_id}, ret));
    Place place = {.owner_id = ret->owner.v, .unit_id = ret->id.v};
    return access_permit(c, NEED_ACCOUNT_WRITE, &place);
}

Err account_get_sides(Ctx *c)
{
    Unit owner = {0};
    RoleSides all = {0};
    TRY(own_place(c, &owner));
    TRY(people_role_sides(c, owner.id.v, &all));
    SidesPage page = {.all = {NEW(c->arena, SideView, all.n), all.n}, .nonce = access_gate.nonce(c), .owner = owner.name,
                      .was_done = str_eq(web_query(c, "gemt"), S("1"))};
    for (ptrdiff_t i = 0; i < all.n; i++) page.all.v[i] = side_view(c, &all.v[i]);
    page_account_sides(web_page_begin(c, T("Roller og titler")), &page);
    return web_page_end(c);
}

Err account_write_side(Ctx *c)
{
    Unit owner = {0};
    Str side = web_field(c, "side"), title = str_trim(web_field(c, "title"));
    bool is_side = false;
    for (ptrdiff_t i = 0; i < COUNT_OF(sides); i++) is_side |= str_eq(side, sides[i].value);
    TRY(own_place(c, &owner));
    if (!is_side || str_chars(title) > 60) return fail(c, E_INVALID, T("Titlen må højst være 60 tegn, og siden skal være en af de tre."));
    TRY(people_role_side_set(c, owner.id.v, web_field(c, "role"), side, title));
    return web_redirect(c, S("/roller?gemt=1"));
}

/* One person: what they are and where, and their way in. */
#include "base/number.h"
#include "core/access/access.h"
#include "core/access/sign_in.h"
#include "core/account/account.h"
#include "core/account/account.html.h"
#include "core/account/account_pages.h"
#include "core/account/account_way_in.h"
#include "core/audit/audit_words.h"
#include "text/name.h"

/* ---- forms --------------------------------------------------------------------------- */

#define GRANT_FIELDS                                                                                   \
    {.name = "unit", .kind = FIELD_TEXT, .label = T_INIT("Enhed"),                                      \
     .hint = T_INIT("Skriv navnet eller koden, og vælg på listen. Ligger enheden i en anden kommune, så skriv dens kode: " \
                    "dens egen administrator skal bekræfte rollen."),                                    \
     .min = 1, .max = 300},                                                                              \
    {.name = "role", .kind = FIELD_CHOICE, .label = T_INIT("Rolle")},                                    \
    {.name = "purpose", .kind = FIELD_TEXT, .label = T_INIT("Formål"),                                  \
     .hint = T_INIT("Hvad skal rollen bruges til, for eksempel et projekt. Tomt betyder det sædvanlige arbejde."), \
     .optional = true, .min = 1, .max = 200},                                                            \
    {.name = "from", .kind = FIELD_DATE, .label = T_INIT("Første dag")},                                 \
    {.name = "to", .kind = FIELD_DATE, .label = T_INIT("Sidste dag"), .hint = T_INIT("Tomt betyder indtil videre"), .optional = true}

#define NAME_FIELDS                                                                                    \
    {.name = "name", .kind = FIELD_TEXT, .label = T_INIT("Navn"), .min = 1, .max = 200},                \
    {.name = "email", .kind = FIELD_EMAIL, .label = T_INIT("E-mail"), .optional = true}

static const Field new_fields[] = {NAME_FIELDS, GRANT_FIELDS};
static const Form new_form = {new_fields, COUNT_OF(new_fields)};
static const Field grant_fields[] = {GRANT_FIELDS};
static const Form grant_form = {grant_fields, COUNT_OF(grant_fields)};
static const Field detail_fields[] = {
    NAME_FIELDS,
    {.name = "leaves", .kind = FIELD_DATE, .label = T_INIT("Første dag uden adgang"),
     .hint = T_INIT("Skriv dagen efter den sidste arbejdsdag. Fra den dag kan personen ikke komme ind."), .optional = true},
};
static const Form detail_form = {detail_fields, COUNT_OF(detail_fields)};

/* Classes and years are not where people work: their codes are taken, but not suggested. */
#define MAY_GIVE                                                                                               \
    " u.kind <> 'klasse' AND u.kind <> 'aargang' AND u.id IN"                                                   \
    " (SELECT a.unit_id FROM v_access_unit a WHERE a.object = 'account' AND a.need = 'W' AND a.viewer_id = $1"  \
    " AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2)) AND (u.valid_to IS NULL OR u.valid_to >= $2)"
SQL(UNITS_TO_GIVE, "SELECT u.code, u.name FROM v_organisation_unit u WHERE" MAY_GIVE " ORDER BY u.name_sort, u.id LIMIT $3");
SQL(UNITS_OF_NAME, "SELECT u.code FROM v_organisation_unit u WHERE u.name_fold = $3 AND" MAY_GIVE " ORDER BY u.id LIMIT 2");
enum { UNITS_MAX = 1000 };

/* "Strandmarkskolen (S12)": the name to read, the code to be sure. */
static Err unit_choices(Ctx *c, Choices *ret)
{
    Choice *v = NEW(c->arena, Choice, UNITS_MAX);
    ptrdiff_t n = 0;
    Rows r = db_query(c, UNITS_TO_GIVE, c->viewer, c->today, UNITS_MAX);
    while (db_next(&r)) v[n++] = (Choice){.value = STR_CAT(c->arena, db_str(&r, 1), S(" ("), db_str(&r, 0), S(")"))};
    TRY(db_done(&r));
    *ret = (Choices){v, n};
    return OK;
}

/* A name that only one unit has; empty: none, or more than one. */
static Err code_of_name(Ctx *c, Str name, Str *ret)
{
    Str code = S("");
    int n = 0;
    Rows r = db_query(c, UNITS_OF_NAME, c->viewer, c->today, text_name_fold(c->arena, name));
    for (; db_next(&r); n++) code = db_str(&r, 0);
    TRY(db_done(&r));
    *ret = n == 1 ? code : S("");
    return OK;
}

/* What stands in the last brackets, else all of it. */
static Str code_written(Str written)
{
    ptrdiff_t from = written.n;
    while (from > 0 && written.p[from - 1] != '(') from--;
    return str_ends(written, S(")")) && from > 0 ? str_sub(written, from, written.n - 1) : written;
}

/* E_NOT_FOUND: neither a suggestion, nor a code, nor a name that tells which. */
static Err unit_written(Ctx *c, Str written, Unit *ret)
{
    Str code = S("");
    Err err = organisation_by_code(c, code_written(written), ret);
    if (err != E_NOT_FOUND) return err;
    TRY(code_of_name(c, written, &code));
    return code.n ? organisation_by_code(c, code, ret) : E_NOT_FOUND;
}

/* Choices are told before parsing, so that only a role that was offered is taken. */
static Err offer(Ctx *c, FormValues *values)
{
    TRY(unit_choices(c, &form_value(values, "unit")->choices));
    form_value(values, "role")->choices = account_role_choices(c);
    return OK;
}

typedef struct Grant {
    Str role, purpose;
    Unit unit;
    Date from, to;
    bool outside;
} Grant;

static Err read_grant(Ctx *c, FormValues *values, Grant *ret)
{
    const FieldValue *to = form_value(values, "to");
    Grant g = {.role = form_value(values, "role")->raw, .purpose = form_value(values, "purpose")->raw,
               .from = {(int32_t)form_value(values, "from")->number}, .to = {to->given ? (int32_t)to->number : 0}};
    Err err = unit_written(c, form_value(values, "unit")->raw, &g.unit);
    if (err == E_NOT_FOUND)
        ctx_problem(c, S("unit"), T("Vælg en enhed på listen, eller skriv koden på en, der findes. Flere enheder kan hedde det samme."));
    else TRY(err);
    if (to->given && g.to.day < g.from.day) ctx_problem(c, S("to"), T("Sidste dag ligger før første dag."));
    TRY(ctx_check(c));
    Place place = {.owner_id = g.unit.owner.v, .unit_id = g.unit.id.v};
    g.outside = !access_may(c, NEED_ACCOUNT_WRITE, &place);
    *ret = g;
    return OK;
}

static Err store_grant(Ctx *c, PersonId person, const Grant *g)
{
    return account_grant(c, (NewMembership){.person = person, .unit = g->unit.id, .role = g->role, .purpose = g->purpose,
                                            .valid_from = g->from, .valid_to = g->to, .granted_by = {c->viewer.v}, .outside = g->outside});
}

/* ---- the page --------------------------------------------------------------------------- */

static Err fill_account(Ctx *c, PersonPage *page)
{
    TRY(account_get(c, page->person.id, &page->account));
    page->has_asked = page->account.asked_at.ms > 0;
    return OK;
}

static Msg state_name(MembershipState state)
{
    switch (state) {
    case MEMBERSHIP_WAITS: return T("venter på en anden administrator");
    case MEMBERSHIP_COMES: return T("begynder senere");
    case MEMBERSHIP_COUNTS: return T("gælder");
    case MEMBERSHIP_ENDED: return T("sluttet");
    }
    return T("ukendt");
}

static Err fill_memberships(Ctx *c, PersonPage *page)
{
    MembershipLines all = {0};
    TRY(people_memberships_seen(c, page->person.id, &all));
    page->memberships = (MembershipViews){NEW(c->arena, MembershipView, all.n), all.n};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const MembershipLine *m = &all.v[i];
        const RoleDef *role = people_role(m->role);
        Place place = {.owner_id = m->owner_id, .unit_id = m->unit_id};
        bool may = page->is_strong && access_may(c, NEED_ACCOUNT_WRITE, &place), waits = m->state == MEMBERSHIP_WAITS;
        page->memberships.v[i] = (MembershipView){.m = *m, .role = people_role_title(role, m->role, m->title), .state = state_name(m->state),
                                                  .has_end = m->valid_to.day != 0, .waits = waits, .may_end = may && m->state != MEMBERSHIP_ENDED,
                                                  .may_confirm = may && waits && !m->by_viewer};
    }
    return OK;
}

static Err fill_consents(Ctx *c, PersonPage *page)
{
    Consents all = {0};
    TRY(consents_of(c, page->person.id, &all));
    page->consents = (ConsentViews){NEW(c->arena, ConsentView, all.n), all.n};
    for (ptrdiff_t i = 0; i < all.n; i++)
        page->consents.v[i] = (ConsentView){.n = all.v[i], .what = account_consent_name(all.v[i].kind),
                                            .tells_email = all.v[i].kind == CONSENT_EMAIL,
                                            .tells_day = all.v[i].kind == CONSENT_LEAVES, .has_day = all.v[i].leaves_on.day != 0,
                                            .may_refuse = page->may_change, .may_give = page->may_change && !all.v[i].is_theirs};
    return OK;
}

static bool may_be_second(const PersonPage *page)
{
    for (ptrdiff_t i = 0; i < page->memberships.n; i++)
        if (page->memberships.v[i].may_confirm) return true;
    for (ptrdiff_t i = 0; i < page->consents.n; i++)
        if (page->consents.v[i].may_give) return true;
    return false;
}

/* Beside the buttons that say yes: the question alone does not tell what came before it. */
static Err fill_deeds(Ctx *c, PersonPage *page)
{
    Deeds all = {0};
    if (!may_be_second(page)) return OK;
    TRY(account_deeds(c, page->person.id, &all));
    page->deeds = (DeedViews){NEW(c->arena, DeedView, all.n), all.n, all.more};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const Deed *d = &all.v[i];
        page->deeds.v[i] = (DeedView){.at = d->at, .what = audit_verb_words(d->verb), .by = d->by, .has_role = d->role != NULL};
        if (d->role) page->deeds.v[i].role = d->role->title;
    }
    return OK;
}

static Err may_change(Ctx *c, Str uid, bool home, bool *ret)
{
    Place place = {0};
    TRY(people_place(c, uid, S("W"), home, &place));
    *ret = access_may(c, NEED_ACCOUNT_WRITE, &place);
    return OK;
}

static FormValues *fresh(Ctx *c, const Form *form)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    *values = form_empty(c, form);
    values->is_fresh = true;
    return values;
}

static Err prefill(Ctx *c, PersonPage *page)
{
    if (!page->details) {
        page->details = fresh(c, &detail_form);
        form_value(page->details, "name")->raw = page->person.name;
        form_value(page->details, "email")->raw = page->person.email;
        if (page->person.leaves_on.day) form_set_date(c, form_value(page->details, "leaves"), page->person.leaves_on);
    }
    if (!page->invite) {
        page->invite = fresh(c, &account_invite_form);
        form_value(page->invite, "login")->raw = page->account.exists ? page->account.login : page->person.email;
    }
    if (page->grant) return OK;
    page->grant = fresh(c, &grant_form);
    form_set_date(c, form_value(page->grant, "from"), c->today);
    return offer(c, page->grant);
}

/* Who may change anything, once they have lately shown who they are: the routes are strong. */
static Err fill_rights(Ctx *c, PersonPage *page)
{
    Str uid = page->person.uid;
    bool may_grant = false, may_change_it = false;
    TRY(may_change(c, uid, false, &may_grant));
    TRY(may_change(c, uid, true, &may_change_it));
    page->is_strong = access_is_strong(c);
    page->is_self = page->person.id.v == c->viewer.v;
    page->may_grant = page->is_strong && may_grant && !page->is_self;
    page->may_change = page->is_strong && may_change_it;
    page->must_confirm = !page->is_strong && (may_grant || may_change_it);
    page->confirm = (Href){STR_CAT(c->arena, S("/bekraeft?to=/personer/"), uid)};
    return OK;
}

/* given: the form to show again; the other ones of the page are as stored. */
Err account_draw_person(Ctx *c, PersonPage page)
{
    TRY(people_by_uid(c, web_path(c, "uid"), &page.person));
    TRY(fill_rights(c, &page));
    TRY(fill_account(c, &page));
    TRY(fill_memberships(c, &page));
    TRY(fill_consents(c, &page));
    TRY(fill_deeds(c, &page));
    TRY(prefill(c, &page));
    TRY(people_is_sensitive(c, page.person.id, &page.takes_two));
    page.has_leaving = page.person.leaves_on.day != 0;
    page.nonce = access_gate.nonce(c);
    page.was_done = str_eq(web_query(c, "gemt"), S("1"));
    page_account_person(web_page_begin(c, msg_verbatim(page.person.name)), &page);
    return web_page_end(c);
}

Err account_get_person(Ctx *c)
{
    return account_draw_person(c, (PersonPage){0});
}

Err account_to_person(Ctx *c, Str uid)
{
    return web_redirect(c, STR_CAT(c->arena, S("/personer/"), uid, S("?gemt=1")));
}

Err account_done(Ctx *c)
{
    return account_to_person(c, web_path(c, "uid"));
}

static PersonId person_here(Ctx *c)
{
    return (PersonId){web_place(c)->object_id};
}

/* What a form of these pages found, for write and for drawing it again. */
typedef struct Asked {
    FormValues values;
    Grant grant;
    Version seen;
} Asked;

static Asked *asked(Ctx *c, Err (*again)(Ctx *c))
{
    Asked *a = NEW(c->arena, Asked, 1);
    c->work = a;
    if (again) web_on_invalid(c, again);
    return a;
}

static FormValues *values_again(Ctx *c)
{
    Asked *a = c->work;
    a->values.problems = c->problems;
    return &a->values;
}

/* ---- a new person ------------------------------------------------------------------------ */

static Err draw_new(Ctx *c, FormValues *values)
{
    NewPersonPage page = {.values = values, .nonce = access_gate.nonce(c)};
    page_account_new(web_page_begin(c, T("Tilføj en person")), &page);
    return web_page_end(c);
}

Err account_get_new(Ctx *c)
{
    FormValues *values = fresh(c, &new_form);
    TRY(offer(c, values));
    form_set_date(c, form_value(values, "from"), c->today);
    return draw_new(c, values);
}

static Err new_again(Ctx *c)
{
    return draw_new(c, values_again(c));
}

Err account_prepare_new(Ctx *c)
{
    Asked *a = asked(c, new_again);
    TRY(web_form_offered(c, &new_form, offer, &a->values));
    TRY(read_grant(c, &a->values, &a->grant));
    if (a->grant.outside) ctx_problem(c, S("unit"), T("En ny person skal høre til på en enhed, du selv står for."));
    return ctx_check(c);
}

Err account_write_new(Ctx *c)
{
    Asked *a = c->work;
    Person person = {0};
    TRY(people_add(c, a->grant.unit.owner, form_value(&a->values, "name")->raw, form_value(&a->values, "email")->raw, &person.id));
    TRY(store_grant(c, person.id, &a->grant));
    TRY(people_by_id(c, person.id, &person));
    return account_to_person(c, person.uid);
}

/* ---- changes -------------------------------------------------------------------------------- */

static Err grant_again(Ctx *c)
{
    return account_draw_person(c, (PersonPage){.grant = values_again(c)});
}

Err account_prepare_grant(Ctx *c)
{
    Asked *a = asked(c, grant_again);
    TRY(web_form_offered(c, &grant_form, offer, &a->values));
    return read_grant(c, &a->values, &a->grant);
}

Err account_write_grant(Ctx *c)
{
    const Asked *a = c->work;
    TRY(store_grant(c, person_here(c), &a->grant));
    return account_done(c);
}

static Err details_again(Ctx *c)
{
    return account_draw_person(c, (PersonPage){.details = values_again(c)});
}

/* With the version that stands now: sent again, it is mine that counts. */
static Err details_too_late(Ctx *c)
{
    return account_draw_person(c, (PersonPage){.details = values_again(c), .is_too_late = true});
}

Err account_prepare_details(Ctx *c)
{
    Asked *a = asked(c, details_again);
    web_on_conflict(c, details_too_late);
    TRY(web_form(c, &detail_form, &a->values));
    return web_form_version(c, &a->seen);
}

Err account_write_details(Ctx *c)
{
    Asked *a = c->work;
    const FieldValue *leaves = form_value(&a->values, "leaves");
    AccountDetails to = {.name = form_value(&a->values, "name")->raw, .email = form_value(&a->values, "email")->raw,
                         .leaves_on = {leaves->given ? (int32_t)leaves->number : 0}};
    TRY(account_set(c, person_here(c), a->seen, to));
    return account_done(c);
}

/* The pages where addresses are laid in, and where those that cannot be reached
   are mended. */
#include "feature/invitation/invitation_handlers.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "feature/invitation/invitation.html.h"
#include "feature/invitation/invitation_pages.h"

/* ---- laying in ------------------------------------------------------------------- */

static const Field list_fields[] = {
    {.name = "liste", .kind = FIELD_LONG_TEXT, .label = T_INIT("Eller indsæt listen her"),
     .hint = T_INIT("En adresse på hver linje. Efter den kan stå enhedens kode, rollen og sproget, som i et regneark."),
     .optional = true, .min = 1, .max = LIST_BYTES},
    {.name = "enhed", .kind = FIELD_TEXT, .label = T_INIT("Enhedens kode, hvor listen ikke har en"), .optional = true,
     .min = 1, .max = UNIT_CODE_MAX},
    {.name = "rolle", .kind = FIELD_CHOICE, .label = T_INIT("Rollen, hvor listen ikke har en"), .optional = true},
    {.name = "tal", .kind = FIELD_CHECK, .label = T_INIT("Listen er hele kredsen: brug den som antal inviterede"), .optional = true},
    {.name = "spring", .kind = FIELD_CHECK, .label = T_INIT("Læg de linjer ind, der er i orden, og spring resten over"), .optional = true},
};
static const Form list_form = {list_fields, COUNT_OF(list_fields)};
static const Field returned_fields[] = {
    {.name = "retur", .kind = FIELD_LONG_TEXT, .label = T_INIT("Adresser, en på hver linje"), .min = 1, .max = 20000},
};
static const Form returned_form = {returned_fields, COUNT_OF(returned_fields)};

typedef struct ListWork {
    Wave wave;
    FormValues list, returned;
    AddressList addresses;
    bool sets_invited, is_list_wrong, is_returned_wrong;
} ListWork;

static Err offer_roles(Ctx *c, FormValues *values)
{
    Wave wave = {0};
    Choice *all = NEW(c->arena, Choice, 6);
    Str role = {0};
    ptrdiff_t n = 0;
    TRY(invitation_wave(c, &wave));
    Str rest = wave.roles;
    all[n++] = (Choice){S(""), T("Står på listen")};
    while (n < 6 && str_split(&rest, ' ', &role)) all[n++] = (Choice){role, survey_role_name(role)};
    form_value(values, "rolle")->choices = (Choices){all, n};
    return OK;
}

static RefusedRows refused_rows(Ctx *c, const AddressList *list)
{
    ptrdiff_t n = (ptrdiff_t)i64_min(list->refused_n, REFUSALS_SHOWN);
    RefusedRows all = {.v = NEW(c->arena, RefusedRow, n), .n = n, .more = list->refused_n > n};
    for (ptrdiff_t i = 0; i < n; i++) all.v[i] = (RefusedRow){{list->refused[i].line}, list->refused[i].what, list->refused[i].why};
    return all;
}

static Err draw_addresses(Ctx *c, ListWork *work)
{
    AddressPage page = {.list = &work->list, .returned = &work->returned, .nonce = access_gate.nonce(c),
                        .refused = refused_rows(c, &work->addresses), .is_list_wrong = work->is_list_wrong,
                        .is_returned_wrong = work->is_returned_wrong};
    TRY(invitation_wave(c, &page.wave));
    page.refused_head = TN("{1} linje kan ikke bruges", "{1} linjer kan ikke bruges", work->addresses.refused_n);
    page.asks_staff = survey_has_word(page.wave.roles, S("personale")) || survey_has_word(page.wave.roles, S("leder"));
    page.back = (Href){invitation_path(c, &page.wave, "")};
    page.to_list = (Href){invitation_path(c, &page.wave, "/liste")};
    page.to_people = (Href){invitation_path(c, &page.wave, "/organisation")};
    page.to_returned = (Href){invitation_path(c, &page.wave, "/retur")};
    page_invitation_addresses(web_page_begin(c, T("Læg adresser ind")), &page);
    return web_page_end(c);
}

static ListWork *new_work(Ctx *c)
{
    ListWork *work = NEW(c->arena, ListWork, 1);
    work->list = form_empty(c, &list_form);
    work->returned = form_empty(c, &returned_form);
    return work;
}

Err invitation_get_addresses(Ctx *c)
{
    ListWork *work = new_work(c);
    TRY(offer_roles(c, &work->list));
    return draw_addresses(c, work);
}

static Err list_again(Ctx *c)
{
    ListWork *work = c->work;
    work->list.problems = c->problems;
    work->is_list_wrong = true;
    return draw_addresses(c, work);
}

Err invitation_prepare_list(Ctx *c)
{
    ListWork *work = new_work(c);
    Str name = {0};
    c->work = work;
    web_on_invalid(c, list_again);
    TRY(web_form_offered(c, &list_form, offer_roles, &work->list));
    TRY(invitation_wave(c, &work->wave));
    Str file = web_upload(c, "fil", &name), text = file.n ? file : form_value(&work->list, "liste")->raw;
    if (!str_trim(text).n) ctx_problem(c, S("liste"), T("Vælg en fil, eller indsæt listen."));
    if (text.n > LIST_BYTES) ctx_problem(c, S("liste"), T("Listen fylder over 1 MB. Del den i flere."));
    TRY(ctx_check(c));
    TRY(address_list_read(c, &work->wave, text, form_value(&work->list, "enhed")->raw, form_value(&work->list, "rolle")->raw, &work->addresses));
    work->sets_invited = form_value(&work->list, "tal")->number == 1;
    if (work->addresses.refused_n && form_value(&work->list, "spring")->number != 1)
        ctx_problem(c, S("liste"), TN("{1} linje kan ikke bruges, så intet er lagt ind. Ret den, eller sæt kryds ved at springe den over.",
                                      "{1} linjer kan ikke bruges, så intet er lagt ind. Ret dem, eller sæt kryds ved at springe dem over.",
                                      work->addresses.refused_n));
    return ctx_check(c);
}

Err invitation_prepare_people(Ctx *c)
{
    ListWork *work = new_work(c);
    c->work = work;
    TRY(invitation_wave(c, &work->wave));
    return address_list_people(c, &work->wave, &work->addresses);
}

static Str number(Ctx *c, int64_t n)
{
    Buf b = buf_new(c->arena, 24);
    buf_add_i64(&b, n);
    return buf_str(&b);
}

Err invitation_write_list(Ctx *c)
{
    ListWork *work = c->work;
    int64_t fresh = 0;
    TRY(invitation_wave(c, &work->wave));
    TRY(address_list_store(c, &work->wave, &work->addresses, work->sets_invited, &fresh));
    TRY(invitation_audit(c, "wave.addresses", &work->wave, fresh));
    return web_redirect(c, STR_CAT(c->arena, invitation_path(c, &work->wave, "?lagt="), number(c, fresh)));
}

/* ---- mails that came back ------------------------------------------------------------ */

static Err returned_again(Ctx *c)
{
    ListWork *work = c->work;
    TRY(offer_roles(c, &work->list));
    work->returned.problems = c->problems;
    work->is_returned_wrong = true;
    return draw_addresses(c, work);
}

Err invitation_prepare_returned(Ctx *c)
{
    ListWork *work = new_work(c);
    c->work = work;
    web_on_invalid(c, returned_again);
    return web_form(c, &returned_form, &work->returned);
}

Err invitation_write_returned(Ctx *c)
{
    ListWork *work = c->work;
    int64_t n = 0;
    TRY(invitation_wave(c, &work->wave));
    TRY(address_returned(c, &work->wave, form_value(&work->returned, "retur")->raw, &n));
    TRY(invitation_audit(c, "wave.returned", &work->wave, n));
    return web_redirect(c, STR_CAT(c->arena, invitation_path(c, &work->wave, "?retur="), number(c, n)));
}

/* ---- those that need a person ---------------------------------------------------------- */

static Msg trouble_of(Str state)
{
    if (str_eq(state, S("returned"))) return T("Mailen kom retur.");
    if (str_eq(state, S("unsure"))) return T("Forbindelsen brød, mens mailen blev sendt. Den er måske nået frem.");
    return T("Modtagerens mailserver tog ikke imod.");
}

typedef struct Trouble {
    int64_t id;
    Str to;
    bool removes;
} Trouble;

static TroubleRows trouble_rows(Ctx *c, const AddressRows *found, const Trouble *wrong)
{
    TroubleRows all = {.v = NEW(c->arena, TroubleRow, found->n), .n = found->n, .more = found->more};
    for (ptrdiff_t i = 0; i < found->n; i++) {
        const AddressRow *a = &found->v[i];
        all.v[i] = (TroubleRow){.id = {a->id}, .address = a->address, .unit = a->unit, .role = a->role, .state = trouble_of(a->state),
                                .field = STR_CAT(c->arena, S("til-"), number(c, a->id)), .is_wrong = wrong && wrong->id == a->id};
    }
    return all;
}

static Err draw_troubles(Ctx *c, int64_t after, const Trouble *wrong)
{
    AddressRows found = {0};
    TroublePage page = {.nonce = access_gate.nonce(c)};
    if (c->problems) page.problem = c->problems->what;
    TRY(invitation_wave(c, &page.wave));
    if (survey_is_done(&page.wave)) return survey_takes_codes(c, &page.wave);
    TRY(address_troubles(c, &page.wave, after, &found));
    page.rows = trouble_rows(c, &found, wrong);
    page.back = (Href){invitation_path(c, &page.wave, "")};
    page.action = (Href){invitation_path(c, &page.wave, "/fejl")};
    if (found.more) page.next = (Href){STR_CAT(c->arena, invitation_path(c, &page.wave, "/fejl?efter="), number(c, found.v[found.n - 1].id))};
    page_invitation_troubles(web_page_begin(c, T("Adresser, der ikke kunne nås")), &page);
    return web_page_end(c);
}

Err invitation_get_troubles(Ctx *c)
{
    int64_t after = 0;
    Str written = web_query(c, "efter");
    if (written.n && (!str_i64(written, &after) || after < 0)) return E_NOT_FOUND;
    return draw_troubles(c, after, NULL);
}

static Err trouble_again(Ctx *c)
{
    const Trouble *t = c->work;
    return draw_troubles(c, t->id - 1, t);
}

Err invitation_prepare_trouble(Ctx *c)
{
    Trouble *t = NEW(c->arena, Trouble, 1);
    c->work = t;
    t->to = str_trim(web_field(c, "til"));
    t->removes = str_eq(web_field(c, "handling"), S("fjern"));
    web_on_invalid(c, trouble_again);
    if (!str_i64(web_field(c, "adresse"), &t->id)) ctx_problem(c, S("til"), T("Vælg en adresse på listen."));
    return ctx_check(c);
}

/* The page that comes again when a new address cannot be used shows the others, too. */
static void record_look(Ctx *c, void *data)
{
    const Wave *wave = data;
    Err err = audit_add(c, (AuditRow){.owner_id = wave->owner.v, .verb = "look", .object = "wave_mail", .object_id = wave->id.v,
                                      .unit_id = web_place(c)->unit_id, .detail = S("/maaling/:uid/mail/fejl")});
    (void)err; /* as of all that is recorded: its own savepoint is rolled back */
}

Err invitation_write_trouble(Ctx *c)
{
    const Trouble *t = c->work;
    Wave *wave = NEW(c->arena, Wave, 1);
    TRY(invitation_wave(c, wave));
    ctx_record(c, record_look, wave);
    if (t->removes) TRY(address_remove(c, wave, t->id));
    else TRY(address_mend(c, wave, t->id, t->to));
    TRY(invitation_audit(c, "wave.addresses", wave, 1));
    return web_redirect(c, invitation_path(c, wave, "/fejl"));
}

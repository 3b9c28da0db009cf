/* How a wave's mailings stand, what is planned, and the route table. */
#include "feature/invitation/invitation_web.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "feature/invitation/invitation.html.h"
#include "feature/invitation/invitation_demo.h"
#include "feature/invitation/invitation_handlers.h"
#include "feature/invitation/invitation_pages.h"
#include "web/assets/assets.h"

extern const Schema invitation_schema;

Str invitation_path(Ctx *c, const Wave *wave, const char *more)
{
    return STR_CAT(c->arena, S("/maaling/"), wave->uid, S("/mail"), str_of_z(more));
}

Err invitation_wave(Ctx *c, Wave *ret)
{
    return survey_by_uid(c, web_path(c, "uid"), ret);
}

Err invitation_audit(Ctx *c, const char *verb, const Wave *wave, int64_t n)
{
    Buf b = buf_new(c->arena, 40);
    buf_add(&b, S("n="));
    buf_add_i64(&b, n);
    return audit_add(c, (AuditRow){.owner_id = wave->owner.v, .verb = verb, .object = "wave", .object_id = wave->id.v,
                                   .unit_id = wave->reach.v ? wave->reach.v : wave->owner.v, .detail = buf_str(&b)});
}

/* ---- how it stands ----------------------------------------------------------------- */

static CountRows count_rows(Ctx *c, const AddressCounts *n)
{
    const CountRow all[] = {
        {.name = T("Adresser i alt"), .n = {n->all}},
        {.name = T("Har fået invitationen"), .n = {n->sent}},
        {.name = T("Venter på invitationen"), .n = {n->waiting}},
        {.name = T("Afvist"), .why = T("Modtagerens mailserver tog ikke imod."), .n = {n->refused}},
        {.name = T("Kom retur"), .why = T("Meldt her af en af jer."), .n = {n->returned}},
        {.name = T("Uvist"), .why = T("Forbindelsen brød, mens mailen blev sendt. Programmet sender den ikke igen af sig selv."), .n = {n->unsure}},
        {.name = T("Vil ikke have flere mails"), .why = T("Koden virker stadig."), .n = {n->declined}},
    };
    CountRows rows = {.v = NEW(c->arena, CountRow, COUNT_OF(all))};
    for (ptrdiff_t i = 0; i < COUNT_OF(all) && n->all; i++)
        if (all[i].n.n || i < 3) rows.v[rows.n++] = all[i];
    return rows;
}

static Msg state_of(MailingState state)
{
    switch (state) {
    case MAILING_PLANNED: return T("Planlagt");
    case MAILING_SENDING: return T("Bliver sendt");
    case MAILING_DONE: return TC("udsendelse", "Sendt");
    case MAILING_STOPPED: return T("Stoppet, før alle var nået");
    }
    return (Msg){0};
}

static Msg plain_count(int64_t n)
{
    return TF("{1}", n);
}

/* Of reminders: rounded down, and 0 says only that it is under five. */
static Msg count_of(const Mailing *m, int64_t n)
{
    if (m->state == MAILING_PLANNED || (m->kind == MAILING_REMIND && m->state == MAILING_SENDING)) return T("–");
    if (m->kind == MAILING_INVITE) return plain_count(n);
    return n ? TF("mindst {1}", n) : T("færre end 5");
}

static MailingRows mailing_rows(Ctx *c, const Mailings *all, bool *ret_has_reminders)
{
    MailingRows rows = {.v = NEW(c->arena, MailingRow, all->n), .n = all->n, .more = all->more};
    for (ptrdiff_t i = 0; i < all->n; i++) {
        const Mailing *m = &all->v[i];
        if (m->kind == MAILING_REMIND) *ret_has_reminders = true;
        rows.v[i] = (MailingRow){.what = m->kind == MAILING_INVITE ? T("Invitationer") : T("Påmindelse"), .state = state_of(m->state),
                                 .on_day = m->on_day, .sent = count_of(m, m->sent), .refused = count_of(m, m->refused),
                                 .unsure = count_of(m, m->unsure), .id = {m->id}, .can_drop = m->state == MAILING_PLANNED};
    }
    return rows;
}

static Err letter_links(Ctx *c, const Wave *wave, LetterLinks *ret)
{
    Questionnaire q = {0};
    TRY(questionnaire_load(c, wave->questionnaire, &q));
    LetterLinks all = {.v = NEW(c->arena, LetterLink, 2 * q.languages.n + 2)};
    for (MailingKind kind = MAILING_INVITE; kind <= MAILING_REMIND; kind++)
        for (ptrdiff_t i = 0; i < q.languages.n; i++) {
            Str lang = q.languages.v[i], name = questionnaire_language(c, lang), path = invitation_path(c, wave, "/brev?slags=");
            all.v[all.n++] = (LetterLink){{STR_CAT(c->arena, path, mailing_kind_code(kind), S("&sprog="), lang)},
                                          kind == MAILING_INVITE ? TF("Invitationen på {1}", name) : TF("Påmindelsen på {1}", name)};
        }
    *ret = all;
    return OK;
}

static Msg saved_of(Ctx *c)
{
    int64_t n = 0;
    if (str_i64(web_query(c, "lagt"), &n)) return TN("{1} ny adresse er lagt ind.", "{1} nye adresser er lagt ind.", n);
    if (str_i64(web_query(c, "retur"), &n)) return TN("{1} adresse er markeret som retur.", "{1} adresser er markeret som retur.", n);
    if (str_eq(web_query(c, "plan"), S("1"))) return T("Udsendelsen er lagt ind. Den begynder af sig selv på dagen.");
    if (str_eq(web_query(c, "plan"), S("0"))) return T("Udsendelsen er taget af planen.");
    return (Msg){0};
}

static const Choice kind_choices[] = {
    {S_INIT("invite"), T_INIT("Invitationer til dem, der ikke har fået en")},
    {S_INIT("remind"), T_INIT("En påmindelse til dem, hvis kode ikke er brugt")},
};
static const Field plan_fields[] = {
    {.name = "kind", .kind = FIELD_CHOICE, .label = T_INIT("Hvad skal sendes?"), .choices = {kind_choices, COUNT_OF(kind_choices)}},
    {.name = "day", .kind = FIELD_DATE, .label = T_INIT("Hvilken dag?"),
     .hint = T_INIT("I dag: det begynder med det samme. En senere dag: det begynder klokken syv om morgenen.")},
};
static const Form plan_form = {plan_fields, COUNT_OF(plan_fields)};

static Err fill_addresses(Ctx *c, InvitationPage *page)
{
    AddressCounts n = {0};
    page->is_over = survey_is_done(&page->wave);
    if (page->is_over) return OK;
    TRY(address_counts(c, page->wave.id, &n));
    page->counts = count_rows(c, &n);
    if (page->may_write && n.refused + n.returned + n.unsure) page->to_troubles = (Href){invitation_path(c, &page->wave, "/fejl")};
    if (mailing_possible(c, &page->wave) != OK) page->why_not = c->message;
    ctx_forgive(c);
    return OK;
}

static Err draw(Ctx *c, FormValues *plan)
{
    Mailings all = {0};
    InvitationPage page = {.plan = plan, .nonce = access_gate.nonce(c), .may_write = access_may(c, NEED_WAVE_MAIL_WRITE, web_place(c)),
                           .saved = saved_of(c)};
    plan->problems = c->problems;
    TRY(invitation_wave(c, &page.wave));
    TRY(fill_addresses(c, &page));
    TRY(mailing_list(c, page.wave.id, &all));
    page.mailings = mailing_rows(c, &all, &page.has_reminders);
    if (!page.is_over) TRY(letter_links(c, &page.wave, &page.letters));
    page.to_plan = (Href){invitation_path(c, &page.wave, "/send")};
    page.to_drop = (Href){invitation_path(c, &page.wave, "/fjern")};
    page.to_addresses = (Href){invitation_path(c, &page.wave, "/adresser")};
    page_invitation_page(web_page_begin(c, T("Invitationer på mail")), &page);
    return web_page_end(c);
}

static Err get_page(Ctx *c)
{
    FormValues plan = form_empty(c, &plan_form);
    form_set_date(c, form_value(&plan, "day"), c->today);
    return draw(c, &plan);
}

/* ---- the plan ----------------------------------------------------------------------- */

static Err plan_again(Ctx *c)
{
    return draw(c, c->work);
}

static Err prepare_plan(Ctx *c)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    c->work = values;
    web_on_invalid(c, plan_again);
    return web_form(c, &plan_form, values);
}

static Err write_plan(Ctx *c)
{
    FormValues *values = c->work;
    Wave wave = {0};
    MailingKind kind = MAILING_INVITE;
    Date day = {(int32_t)form_value(values, "day")->number};
    TRY(invitation_wave(c, &wave));
    if (!mailing_kind_parse(form_value(values, "kind")->raw, &kind)) return fail(c, E_BROKEN, T("En udsendelse har en ukendt tilstand."));
    TRY(mailing_plan(c, &wave, kind, day));
    TRY(invitation_audit(c, kind == MAILING_INVITE ? "wave.mail" : "wave.remind", &wave, 1));
    return web_redirect(c, invitation_path(c, &wave, "?plan=1"));
}

static Err write_drop(Ctx *c)
{
    Wave wave = {0};
    int64_t id = 0;
    TRY(invitation_wave(c, &wave));
    if (!str_i64(web_field(c, "udsendelse"), &id)) return fail(c, E_INVALID, T("Vælg en udsendelse på listen."));
    TRY(mailing_drop(c, &wave, id));
    TRY(invitation_audit(c, "wave.unmail", &wave, 1));
    return web_redirect(c, invitation_path(c, &wave, "?plan=0"));
}

/* ---- no more mail: a respondent's page, as those of feature/answer ------------------------ */

static Err draw_decline(Ctx *c, int status, DeclinePage page)
{
    page.ui_lang = c->lang == LANG_EN ? S("en") : S("da");
    page.style = (Href){asset_path("house.css")};
    page_invitation_decline(web_bare_begin(c), &page);
    return web_bare_end(c, status);
}

static Err find_declined(Ctx *c, Wave *ret, Str *ret_code)
{
    AnswerCode code = {0};
    Str written = web_path(c, "code");
    TRY(code_find(c, written, &code));
    *ret_code = code_plain(c, written);
    c->lang = str_eq(code.lang, S("en")) ? LANG_EN : LANG_DA;
    return survey_by_id(c, code.wave, ret);
}

static Err draw_unknown(Ctx *c)
{
    return draw_decline(c, 404, (DeclinePage){.title = T("Linket kan ikke bruges"),
                                              .lead = T("Se efter, om hele linket er med. Er målingen slut, er adressen slettet.")});
}

static Err get_decline(Ctx *c)
{
    Wave wave = {0};
    Str code = {0};
    Err err = find_declined(c, &wave, &code);
    if (err == E_NOT_FOUND) return draw_unknown(c);
    TRY(err);
    return draw_decline(c, 200, (DeclinePage){.title = T("Ikke flere mails?"), .action = {STR_CAT(c->arena, S("/afmeld/"), code)},
                                              .lead = TF("Så får du ikke flere mails om {1}. Du kan stadig svare med dit link.", wave.name)});
}

static Err write_decline(Ctx *c)
{
    Err err = invitation_decline(c, web_path(c, "code"));
    return err == E_NOT_FOUND ? OK : err; /* finish says so */
}

static Err finish_decline(Ctx *c)
{
    Wave wave = {0};
    Str code = {0};
    Err err = find_declined(c, &wave, &code);
    if (err == E_NOT_FOUND) return draw_unknown(c);
    TRY(err);
    return draw_decline(c, 200, (DeclinePage){.title = T("Du får ikke flere mails"),
                                              .lead = TF("Du får ikke flere mails om {1}. Du kan lukke vinduet.", wave.name)});
}

/* ---- the feature -------------------------------------------------------------------------- */

static const Scope scope_wave = {"survey wave", survey_place};

static const Route routes[] = {
    {GET,  "/maaling/:uid/mail",              NEED_WAVE_MAIL_READ,  &scope_wave, HEAVY, .get = get_page},
    {POST, "/maaling/:uid/mail/send",         NEED_WAVE_MAIL_WRITE, &scope_wave, WRITE, .prepare = prepare_plan, .write = write_plan},
    {POST, "/maaling/:uid/mail/fjern",        NEED_WAVE_MAIL_WRITE, &scope_wave, WRITE, .write = write_drop},
    {GET,  "/maaling/:uid/mail/adresser",     NEED_WAVE_MAIL_WRITE, &scope_wave, PLAIN, .get = invitation_get_addresses},
    {POST, "/maaling/:uid/mail/liste",        NEED_WAVE_MAIL_WRITE, &scope_wave, SLOW_WRITE, .prepare = invitation_prepare_list,
     .write = invitation_write_list, .body_max = 2 * LIST_BYTES + 4096},
    {POST, "/maaling/:uid/mail/organisation", NEED_WAVE_MAIL_WRITE, &scope_wave, SLOW_WRITE, .prepare = invitation_prepare_people,
     .write = invitation_write_list},
    {POST, "/maaling/:uid/mail/retur",        NEED_WAVE_MAIL_WRITE, &scope_wave, WRITE, .prepare = invitation_prepare_returned,
     .write = invitation_write_returned},
    {GET,  "/maaling/:uid/mail/fejl",         NEED_WAVE_MAIL_WRITE, &scope_wave, LOOK, .get = invitation_get_troubles},
    {POST, "/maaling/:uid/mail/fejl",         NEED_WAVE_MAIL_WRITE, &scope_wave, WRITE, .prepare = invitation_prepare_trouble,
     .write = invitation_write_trouble},
    {GET,  "/maaling/:uid/mail/brev",         NEED_WAVE_MAIL_READ,  &scope_wave, HEAVY, .get = invitation_get_letter},
    {POST, "/maaling/:uid/mail/brev",         NEED_WAVE_MAIL_WRITE, &scope_wave, SLOW_WRITE, .prepare = invitation_prepare_letter,
     .write = invitation_write_letter},
    {GET,  "/afmeld/:code",                   NEED_PUBLIC,          SCOPE_NONE,  REPLY, .get = get_decline},
    {POST, "/afmeld/:code",                   NEED_PUBLIC,          SCOPE_NONE,  REPLY, .write = write_decline, .finish = finish_decline},
    {0},
};

static const Retention retention[] = {
    {"invitation", "Addresses that a wave is mailed to, sealed under its key: deleted in the write that closes the wave. Days and numbers"
                   " of its mailings stay.", invitation_expire},
    {0},
};

static const Door doors[] = {{ROOM_DATA, "/maalinger", {{0}}, NEED_WAVE_MAIL_READ}, {0}};

const Feature invitation_feature = {.name = "invitation", .schema = &invitation_schema, .routes = routes, .doors = doors, .jobs = invitation_jobs,
                                    .tick = mailing_tick, .retention = retention, .demo = invitation_demo};

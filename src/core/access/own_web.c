/* One's own account: password, app code, and showing again who one is. */
#include "base/number.h"
#include "core/access/access_pages.h"
#include "core/access/my_account.html.h"
#include "core/access/own.h"
#include "core/app.h"
#include "core/audit/audit.h"
#include "render/qr.h"
#include "web/web.h"

Err access_own_audit(Ctx *c, const char *verb)
{
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = verb, .object = "account", .object_id = c->viewer.v});
}

SQL(LOGIN_OF, "SELECT login_shown FROM account WHERE id = $1");

static Err own_login(Ctx *c, Str *ret)
{
    Rows r = db_query(c, LOGIN_OF, c->session->account);
    if (db_next(&r)) *ret = db_str(&r, 0);
    return db_done(&r);
}

/* ---- the page and the password ------------------------------------------------------ */

static const Field own_fields[] = {
    {.name = "proof", .kind = FIELD_PASSWORD, .label = T_INIT("Din adgangskode nu"), .min = 1, .max = 200, .autocomplete = "current-password"},
    {.name = "password", .kind = FIELD_PASSWORD, .label = T_INIT("Ny adgangskode"),
     .hint = T_INIT("Mindst 12 tegn, for eksempel tre ord, der ikke hører sammen. Du behøver ingen særlige tegn."),
     .min = 1, .max = 200, .autocomplete = "new-password"},
    {.name = "again", .kind = FIELD_PASSWORD, .label = T_INIT("Skriv den igen"), .min = 1, .max = 200, .autocomplete = "new-password"},
};
static const Form own_form = {own_fields, COUNT_OF(own_fields)};

static Err draw_own(Ctx *c, FormValues *values)
{
    MyAccountPage page = {.values = values, .nonce = access_gate.nonce(c), .was_set = str_eq(web_query(c, "gemt"), S("1"))};
    TRY(own_login(c, &page.login));
    TRY(second_is_on(c, &page.has_second));
    page_access_my_account(web_page_begin(c, T("Din konto")), &page);
    return web_page_end(c);
}

Err access_get_own(Ctx *c)
{
    FormValues values = form_empty(c, &own_form);
    return draw_own(c, &values);
}

typedef struct NewPassword {
    FormValues values;
    Confirm now;
    Str hash;
} NewPassword;

static Err own_again(Ctx *c)
{
    NewPassword *found = c->work;
    found->values.problems = c->problems;
    return draw_own(c, &found->values);
}

Err access_prepare_password(Ctx *c)
{
    NewPassword *found = NEW(c->arena, NewPassword, 1);
    Str login = S("");
    c->work = found;
    web_on_invalid(c, own_again);
    TRY(web_form(c, &own_form, &found->values));
    Str password = form_value(&found->values, "password")->raw;
    TRY(own_login(c, &login));
    TRY(access_password_check(c, password, login, c->session->person_name));
    if (!str_eq(password, form_value(&found->values, "again")->raw))
        ctx_problem(c, S("again"), T("De to adgangskoder er ikke ens. Skriv den samme to gange."));
    TRY(ctx_check(c));
    TRY(confirm_prepare(c, form_value(&found->values, "proof")->raw, false, web_address(c), &found->now));
    return secret_password_hash(c, c->app->secrets, password, &found->hash);
}

Err access_write_password(Ctx *c)
{
    const NewPassword *found = c->work;
    TRY(confirm_check(c, &found->now, "proof"));
    TRY(access_password_set(c, c->session->account, found->hash));
    TRY(sessions_end_others(c));
    TRY(access_own_audit(c, "account.password"));
    return web_redirect(c, S("/min-konto?gemt=1"));
}

/* ---- the app code ---------------------------------------------------------------------- */

static const Field second_fields[] = {
    {.name = "code", .kind = FIELD_TEXT, .label = T_INIT("De seks cifre fra appen"), .min = 6, .max = 20, .autocomplete = "one-time-code"},
    {.name = "key", .kind = FIELD_HIDDEN, .min = 0, .max = 400},
};
static const Form second_form = {second_fields, COUNT_OF(second_fields)};

static Err draw_second(Ctx *c, FormValues *values, const NewSecond *second)
{
    Qr qr = {0};
    TRY(qr_make(c, second->uri, &qr));
    form_value(values, "key")->raw = second->sealed_hex;
    SecondPage page = {.values = values, .picture = qr_svg(c, &qr, T("QR-kode til din app. Nøglen står også som tekst nedenunder.")),
                       .key = second->base32, .nonce = access_gate.nonce(c)};
    page_access_second(web_page_begin(c, T("Slå koden fra en app til")), &page);
    return web_page_end(c);
}

Err access_get_second(Ctx *c)
{
    FormValues values = form_empty(c, &second_form);
    Str login = S("");
    TRY(own_login(c, &login));
    NewSecond second = second_new(c, login);
    return draw_second(c, &values, &second);
}

typedef struct Enrolling {
    FormValues values;
    SecondSetup setup;
} Enrolling;

/* The same key again, so that the app need not be set up twice. */
static Err second_form_again(Ctx *c)
{
    Enrolling *found = c->work;
    Str login = S("");
    NewSecond second = {0};
    found->values.problems = c->problems;
    TRY(own_login(c, &login));
    TRY(second_again(c, form_value(&found->values, "key")->raw, login, &second));
    return draw_second(c, &found->values, &second);
}

Err access_prepare_second(Ctx *c)
{
    Enrolling *found = NEW(c->arena, Enrolling, 1);
    c->work = found;
    web_on_invalid(c, second_form_again);
    TRY(web_form(c, &second_form, &found->values));
    return second_prove(c, form_value(&found->values, "key")->raw, form_value(&found->values, "code")->raw, &found->setup);
}

Err access_write_second(Ctx *c)
{
    const Enrolling *found = c->work;
    TRY(second_store(c, &found->setup));
    return web_redirect(c, S("/min-konto")); /* what a second sending of the form gets */
}

Err access_finish_second(Ctx *c)
{
    Enrolling *found = c->work;
    SecondDonePage page = {.codes = {found->setup.codes, RECOVERY_CODES}};
    page_access_second_done(web_page_begin(c, T("Koden er slået til")), &page);
    return web_page_end(c);
}

Err access_write_second_off(Ctx *c)
{
    TRY(second_remove(c));
    return web_redirect(c, S("/min-konto"));
}

/* ---- showing again who one is -------------------------------------------------------------- */

static const Field by_password_fields[] = {
    {.name = "proof", .kind = FIELD_PASSWORD, .label = T_INIT("Din adgangskode"), .min = 1, .max = 200, .autocomplete = "current-password"},
};
static const Form by_password_form = {by_password_fields, COUNT_OF(by_password_fields)};
static const Field by_code_fields[] = {
    {.name = "proof", .kind = FIELD_TEXT, .label = T_INIT("Koden fra din app"), .hint = T_INIT("Seks cifre fra appen, eller en nødkode"),
     .min = 1, .max = 60, .autocomplete = "one-time-code"},
};
static const Form by_code_form = {by_code_fields, COUNT_OF(by_code_fields)};

static Err draw_confirm(Ctx *c, FormValues *values, Str to)
{
    ConfirmPage page = {.values = values, .to = to, .nonce = access_gate.nonce(c)};
    page_access_confirm(web_page_begin(c, T("Vis, at det er dig")), &page);
    return web_page_end(c);
}

Err access_get_confirm(Ctx *c)
{
    bool by_code = false;
    TRY(second_is_on(c, &by_code));
    FormValues values = form_empty(c, by_code ? &by_code_form : &by_password_form);
    return draw_confirm(c, &values, access_safe_way(web_query(c, "to")));
}

typedef struct Confirming {
    FormValues values;
    Confirm it;
    Str to;
} Confirming;

static Err confirm_again(Ctx *c)
{
    Confirming *found = c->work;
    found->values.problems = c->problems;
    return draw_confirm(c, &found->values, found->to);
}

Err access_prepare_confirm(Ctx *c)
{
    Confirming *found = NEW(c->arena, Confirming, 1);
    bool by_code = false;
    c->work = found;
    web_on_invalid(c, confirm_again);
    found->to = access_safe_way(web_field(c, "to"));
    TRY(second_is_on(c, &by_code));
    TRY(web_form(c, by_code ? &by_code_form : &by_password_form, &found->values));
    return confirm_prepare(c, form_value(&found->values, "proof")->raw, by_code, web_address(c), &found->it);
}

Err access_write_confirm(Ctx *c)
{
    const Confirming *found = c->work;
    return confirm_write(c, &found->it);
}

Err access_finish_confirm(Ctx *c)
{
    const Confirming *found = c->work;
    web_set_cookie(c, "traad", found->it.token, (int)((c->session->ends_at.ms - c->now.ms) / 1000));
    return web_redirect(c, found->to);
}

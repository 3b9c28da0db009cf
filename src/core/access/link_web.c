/* Choosing a password through a link, and asking for one. */
#include "base/number.h"
#include "core/access/access_pages.h"
#include "core/access/link.h"
#include "core/access/log_in.html.h"
#include "core/access/own.h"
#include "core/app.h"
#include "text/name.h"
#include "web/web.h"

static const Field forgot_fields[] = {
    {.name = "login", .kind = FIELD_TEXT, .label = T_INIT("Brugernavn eller e-mail"), .min = 1, .max = 254, .autocomplete = "username"},
};
static const Form forgot_form = {forgot_fields, COUNT_OF(forgot_fields)};

static const Field password_fields[] = {
    {.name = "password", .kind = FIELD_PASSWORD, .label = T_INIT("Ny adgangskode"),
     .hint = T_INIT("Mindst 12 tegn, for eksempel tre ord, der ikke hører sammen. Du behøver ingen særlige tegn."),
     .min = 1, .max = 200, .autocomplete = "new-password"},
    {.name = "again", .kind = FIELD_PASSWORD, .label = T_INIT("Skriv den igen"), .min = 1, .max = 200, .autocomplete = "new-password"},
};
static const Form password_form = {password_fields, COUNT_OF(password_fields)};

/* ---- asking ---------------------------------------------------------------------- */

/* As account_mail_can_go, which lies above: whether links go by mail at all. */
static bool has_mail(const Ctx *c)
{
    const Settings *s = c->app->settings;
    return s->smtp.n && s->mail_from.n && s->public_address.n;
}

static Err draw_forgot(Ctx *c, FormValues *values)
{
    ForgotPage page = {.values = values, .nonce = access_gate.nonce(c), .was_asked = str_eq(web_query(c, "bedt"), S("1")),
                       .has_mail = has_mail(c)};
    bool must_wait = c->err == E_CONFLICT;
    if (must_wait) page.wait = c->message;
    Out *o = access_bare_begin(c, T("Glemt adgangskode"));
    page_access_forgot(o, &page);
    return access_bare_end(c, o, must_wait ? 409 : c->problems ? 422 : 200);
}

Err access_get_forgot(Ctx *c)
{
    FormValues values = form_empty(c, &forgot_form);
    return draw_forgot(c, &values);
}

typedef struct Forgot {
    FormValues values;
    Str written;
    Throttle throttle;
} Forgot;

static Err forgot_again(Ctx *c)
{
    Forgot *found = c->work;
    found->values.problems = c->problems;
    return draw_forgot(c, &found->values);
}

/* Nobody has written anything wrong here, so the throttle's own sentence would not be true. */
static Err may_ask(Ctx *c, const Throttle *throttle)
{
    Err err = throttle_check(c, throttle);
    if (err != E_CONFLICT) return err;
    ctx_forgive(c);
    return fail(c, E_CONFLICT, T("Der er bedt om et link mange gange. Vent et kvarter, og prøv igen."));
}

/* Counted by a throttle of its own, so that asking for a link neither slows the
   sign-in of others nor can be used to ask for hundreds. Nothing here looks whether
   there is such an account: the answer, and the time it takes, cannot tell. */
Err access_prepare_forgot(Ctx *c)
{
    Forgot *found = NEW(c->arena, Forgot, 1);
    c->work = found;
    web_on_invalid(c, forgot_again);
    web_on_conflict(c, forgot_again);
    TRY(web_form(c, &forgot_form, &found->values));
    found->written = form_value(&found->values, "login")->raw;
    found->throttle = throttle_of(c, S("ask:"), text_name_fold(c->arena, str_trim(found->written)), web_address(c), "reset.asked");
    return may_ask(c, &found->throttle);
}

Err access_write_forgot(Ctx *c)
{
    const Forgot *found = c->work;
    TRY(may_ask(c, &found->throttle));
    TRY(link_ask(c, found->written));
    TRY(throttle_count_now(c, &found->throttle));
    return web_redirect(c, S("/glemt-adgangskode?bedt=1"));
}

/* ---- choosing --------------------------------------------------------------------- */

typedef struct Choosing {
    FormValues values;
    LinkTarget target;
    Str hash;
} Choosing;

static Err draw_link(Ctx *c, FormValues *values, const LinkTarget *target)
{
    bool is_reset = target->kind == LINK_RESET;
    Str path = is_reset ? S("/nulstil/") : S("/invitation/");
    LinkPage page = {.values = values, .nonce = access_gate.nonce(c), .name = target->name, .login = target->login,
                     .action = {STR_CAT(c->arena, path, web_path(c, "token"))}, .is_reset = is_reset};
    Out *o = access_bare_begin(c, T("Vælg en adgangskode"));
    page_access_link(o, &page);
    return access_bare_end(c, o, c->problems ? 422 : 200);
}

/* The address of this page is a secret: it goes nowhere, and no cache keeps it. */
static void keep_secret(Ctx *c)
{
    web_header(c, "Referrer-Policy", S("no-referrer"));
}

Err access_get_link(Ctx *c)
{
    LinkTarget target = {0};
    FormValues values = form_empty(c, &password_form);
    Err err = link_open(c, web_path(c, "token"), &target);
    if (err == E_NOT_FOUND) {
        /* A conflict shows its sentence; "not found" does not. */
        ctx_forgive(c);
        return fail(c, E_CONFLICT, T("Linket er brugt eller for gammelt. Bed den, der sendte det, om et nyt."));
    }
    TRY(err);
    TRY(draw_link(c, &values, &target));
    keep_secret(c);
    return OK;
}

static Err link_again(Ctx *c)
{
    Choosing *found = c->work;
    found->values.problems = c->problems;
    TRY(draw_link(c, &found->values, &found->target));
    keep_secret(c);
    return OK;
}

Err access_prepare_link(Ctx *c)
{
    Choosing *found = NEW(c->arena, Choosing, 1);
    c->work = found;
    Err err = link_open(c, web_path(c, "token"), &found->target);
    if (err == E_NOT_FOUND) {
        ctx_forgive(c);
        return fail(c, E_CONFLICT, T("Linket er brugt eller for gammelt. Bed den, der sendte det, om et nyt."));
    }
    TRY(err);
    web_on_invalid(c, link_again);
    TRY(web_form(c, &password_form, &found->values));
    Str password = form_value(&found->values, "password")->raw;
    TRY(access_password_check(c, password, found->target.login, found->target.name));
    if (!str_eq(password, form_value(&found->values, "again")->raw))
        ctx_problem(c, S("again"), T("De to adgangskoder er ikke ens. Skriv den samme to gange."));
    TRY(ctx_check(c));
    db_read_end(c); /* hashing takes long: hold no snapshot meanwhile */
    return secret_password_hash(c, c->app->secrets, password, &found->hash);
}

Err access_write_link(Ctx *c)
{
    const Choosing *found = c->work;
    TRY(link_use(c, &found->target, found->hash));
    return web_redirect(c, S("/log-ind?valgt=1"));
}

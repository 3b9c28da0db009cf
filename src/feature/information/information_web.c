/* Pages for everybody: framed for who is signed in, bare for who is not. */
#include "feature/information/information_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "feature/information/icon.h"
#include "feature/information/information_pages.h"
#include "feature/information/information.html.h"
#include "version_gen.h"

extern const Schema information_schema;

/* A respondent has no cookie that could remember a language. */
static void choose_language(Ctx *c)
{
    if (!c->session && str_eq(web_query(c, "sprog"), S("en"))) c->lang = LANG_EN;
}

static Out *begin(Ctx *c, Msg title)
{
    choose_language(c);
    return c->session ? web_page_begin(c, title) : access_bare_begin(c, title);
}

static OtherLanguage other_language(Ctx *c)
{
    OtherLanguage l = {.is_english = c->lang == LANG_EN};
    if (c->session) return l;
    Str here = web_own_path(c);
    l.href.path = l.is_english ? here : STR_CAT(c->arena, here, S("?sprog=en"));
    return l;
}

static Err end(Ctx *c, Out *o)
{
    return c->session ? web_page_end(c) : access_bare_end(c, o, 200);
}

/* The notices are a page of their own. */
static bool is_notices(const Guide *guide)
{
    return str_eq(guide->name, S("notices"));
}

static Err get_guides(Ctx *c)
{
    Out *o = begin(c, T("Vejledning"));
    const Guide **own = NEW(c->arena, const Guide *, guide_count);
    GuidesPage page = {.all = {own}, .lang = other_language(c)};
    for (int i = 0; i < guide_count; i++)
        if (guides[i].lang == c->lang && !is_notices(&guides[i])) own[page.all.n++] = &guides[i];
    page_information_guides(o, &page);
    return end(c, o);
}

static Err get_guide(Ctx *c)
{
    const Guide *danish = guide_by_name(web_path(c, "name"), LANG_DA);
    if (!danish) return E_NOT_FOUND;
    choose_language(c);
    const Guide *guide = guide_by_name(danish->name, c->lang);
    if (!guide) guide = danish;
    Out *o = begin(c, msg_verbatim(guide->title));
    GuidePage page = {.guide = guide, .lang = other_language(c)};
    page_information_guide(o, &page);
    return end(c, o);
}

static Err get_privacy(Ctx *c)
{
    ContactsPage page = {0};
    TRY(information_contacts(c, &page.all));
    Out *o = begin(c, T("Persondata i Rød Tråd"));
    page.lang = other_language(c);
    page_information_privacy(o, &page);
    return end(c, o);
}

static Err get_accessibility(Ctx *c)
{
    ContactsPage page = {0};
    TRY(information_contacts(c, &page.all));
    Out *o = begin(c, T("Tilgængelighedserklæring"));
    page.lang = other_language(c);
    page_information_accessibility(o, &page);
    return end(c, o);
}

static Err get_was(Ctx *c)
{
    bool is_english = str_eq(web_query(c, "sprog"), S("en"));
    return web_redirect(c, is_english ? S("/tilgaengelighed?sprog=en") : S("/tilgaengelighed"));
}

static Err get_about(Ctx *c)
{
    Out *o = begin(c, T("Om Rød Tråd"));
    AboutPage page = {.lang = other_language(c), .version = S(TRAAD_VERSION), .notices = guide_by_name(S("notices"), LANG_EN)};
    page_information_about(o, &page);
    return end(c, o);
}

/* ---- the contact's form ------------------------------------------------------ */

static const Field contact_fields[] = {
    {.name = "office", .kind = FIELD_TEXT, .label = T_INIT("Kontor eller afdeling"), .hint = T_INIT("Ikke en persons navn"), .min = 1, .max = 120},
    {.name = "email", .kind = FIELD_EMAIL, .label = T_INIT("E-mail"), .min = 3, .max = 254},
    {.name = "phone", .kind = FIELD_TEXT, .label = T_INIT("Telefon"), .min = 1, .max = 40},
    {.name = "dpo_email", .kind = FIELD_EMAIL, .label = T_INIT("Databeskyttelsesrådgiverens e-mail"), .min = 3, .max = 254},
    {.name = "statement", .kind = FIELD_TEXT, .label = T_INIT("Adressen på jeres tilgængelighedserklæring i WAS-Tool"),
     .hint = T_INIT("For eksempel https://was.digst.dk/roedtraad-kommune"), .optional = true, .max = 300},
};
static const Form contact_form = {contact_fields, COUNT_OF(contact_fields)};

static Err draw_contact(Ctx *c, FormValues *values, Version version)
{
    ContactPage page = {
        .values = values,
        .nonce = access_gate.nonce(c),
        .version = version,
        .was_saved = str_eq(web_query(c, "gemt"), S("1")),
    };
    page_information_contact_form(web_page_begin(c, T("Kontaktoplysninger")), &page);
    return web_page_end(c);
}

static void fill(FormValues *values, const Contact *k)
{
    form_value(values, "office")->raw = k->office;
    form_value(values, "email")->raw = k->email;
    form_value(values, "phone")->raw = k->phone;
    form_value(values, "dpo_email")->raw = k->dpo_email;
    form_value(values, "statement")->raw = k->statement;
}

static Err get_contact(Ctx *c)
{
    Contact contact = {0};
    FormValues values = form_empty(c, &contact_form);
    TRY(information_contact(c, &contact));
    fill(&values, &contact);
    return draw_contact(c, &values, contact.version);
}

typedef struct ContactWork {
    FormValues values;
    Version seen;
} ContactWork;

static Err contact_again(Ctx *c)
{
    ContactWork *w = c->work;
    w->values.problems = c->problems;
    return draw_contact(c, &w->values, w->seen);
}

static Err prepare_contact(Ctx *c)
{
    ContactWork *w = NEW(c->arena, ContactWork, 1);
    c->work = w;
    Str seen = web_field(c, "version");
    if (!str_i64(seen, &w->seen.v) || w->seen.v < 0) return fail(c, E_INVALID, T("Formularen er for gammel. Hent siden igen."));
    web_on_invalid(c, contact_again);
    TRY(web_form(c, &contact_form, &w->values));
    Str statement = form_value(&w->values, "statement")->raw;
    if (statement.n && !str_starts(statement, S("https://"))) ctx_problem(c, S("statement"), T("Skriv hele adressen. Den begynder med https://"));
    return ctx_check(c);
}

static Err write_contact(Ctx *c)
{
    ContactWork *w = c->work;
    Contact contact = {
        .office = form_value(&w->values, "office")->raw,
        .email = form_value(&w->values, "email")->raw,
        .phone = form_value(&w->values, "phone")->raw,
        .dpo_email = form_value(&w->values, "dpo_email")->raw,
        .statement = form_value(&w->values, "statement")->raw,
        .version = w->seen,
    };
    TRY(information_contact_set(c, &contact));
    return web_redirect(c, S("/kontakt?gemt=1"));
}

/* ---- the icon, for who asks where it always was ------------------------------------------------------------------ */

static Err get_icon_ico(Ctx *c)
{
    web_header(c, "Cache-Control", S("public, max-age=86400"));
    return web_file(c, S("image/x-icon"), S(""), (Str){(const char *)icon_ico, icon_ico_n});
}

static const Route routes[] = {
    {GET,  "/vejledning",       NEED_PUBLIC,        SCOPE_NONE, PLAIN, .get = get_guides},
    {GET,  "/vejledning/:name", NEED_PUBLIC,        SCOPE_NONE, PLAIN, .get = get_guide},
    {GET,  "/persondata",       NEED_PUBLIC,        SCOPE_NONE, PLAIN, .get = get_privacy},
    {GET,  "/tilgaengelighed",  NEED_PUBLIC,        SCOPE_NONE, PLAIN, .get = get_accessibility},
    {GET,  "/was",              NEED_PUBLIC,        SCOPE_NONE, PLAIN, .get = get_was},
    {GET,  "/om",               NEED_PUBLIC,        SCOPE_NONE, PLAIN, .get = get_about},
    {GET,  "/kontakt",          NEED_CONTACT_WRITE, SCOPE_NONE, PLAIN, .get = get_contact},
    {POST, "/kontakt",          NEED_CONTACT_WRITE, SCOPE_NONE, WRITE, .prepare = prepare_contact, .write = write_contact},
    {GET,  "/favicon.ico",      NEED_PUBLIC,        SCOPE_NONE, REPLY, .get = get_icon_ico},
    {0},
};

static const Door doors[] = {{ROOM_ADMINISTRATION, "/kontakt", T_INIT("Kontaktoplysninger"), NEED_CONTACT_WRITE, .place = 9}, {0}};

const Feature information_feature = {
    .name = "information", .schema = &information_schema, .routes = routes, .doors = doors, .demo = information_demo};

#include "core/account/account_mail.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/mail/mail.h"
#include "text/da.h"

static const struct {
    Msg subject, what;
} words[] = {
    [LINK_INVITATION] = {T_INIT("Din konto i Rød Tråd"), T_INIT("Du har fået en konto i Rød Tråd. Vælg din adgangskode her:")},
    [LINK_RESET] = {T_INIT("Ny adgangskode til Rød Tråd"), T_INIT("Der er bedt om en ny adgangskode til din konto i Rød Tråd. Vælg den her:")},
};

static Str until(Ctx *c, Instant at)
{
    Buf b = buf_new(c->arena, 80);
    text_instant(&b, c->lang, at);
    return msg_text(c, TF("Linket virker én gang og til {1}. Vis det ikke til andre.", buf_str(&b)));
}

static Mail mail_of(Ctx *c, const Person *person, const Link *link)
{
    Str text = STR_CAT(c->arena, msg_text(c, TF("Hej {1}", person->name)), S("\n\n"), msg_text(c, words[link->kind].what), S("\n\n"), link->address,
                       S("\n\n"), until(c, link->ends_at), S("\n\n"),
                       msg_text(c, T("Har du ikke ventet mailen, så se bort fra den. Uden linket sker der intet.")), S("\n"));
    return (Mail){.to = person->email, .subject = msg_text(c, words[link->kind].subject), .text = text, .lang = c->lang};
}

static bool can_go(const Ctx *c, const Person *person)
{
    return mail_is_on(c) && c->app->settings->public_address.n && mail_is_address(person->email);
}

Err account_mail_can_go(Ctx *c, PersonId id, bool *ret)
{
    Person person = {0};
    TRY(people_by_id(c, id, &person));
    *ret = can_go(c, &person);
    return OK;
}

SQL(LANG_OF, "SELECT lang FROM v_access_account WHERE person_id = $1");

/* As the person chose it; of an account that waits for its first link: Danish. */
static Err lang_of(Ctx *c, PersonId id, Lang *ret)
{
    *ret = LANG_DA;
    Rows r = db_query(c, LANG_OF, id);
    if (db_next(&r) && str_eq(db_str(&r, 0), S("en"))) *ret = LANG_EN;
    return db_done(&r);
}

Err account_mail_link(Ctx *c, PersonId id, const Link *link, Str *ret_to)
{
    Person person = {0};
    Str uid = {0};
    Lang own = c->lang, theirs = LANG_DA;
    *ret_to = S("");
    TRY(people_by_id(c, id, &person));
    if (!can_go(c, &person)) return OK;
    TRY(lang_of(c, id, &theirs));
    c->lang = theirs;
    Mail mail = mail_of(c, &person, link);
    c->lang = own;
    TRY(mail_queue(c, person.owner_id, &mail, &uid));
    *ret_to = person.email;
    return OK;
}

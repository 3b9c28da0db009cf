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
    [LINK_RESET] = {T_INIT("Ny adgangskode til Rød Tråd"), T_INIT("Vælg en ny adgangskode til Rød Tråd her:")},
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

Err account_mail_link(Ctx *c, PersonId id, const Link *link, Str *ret_to)
{
    Person person = {0};
    Str uid = {0};
    *ret_to = S("");
    if (!mail_is_on(c) || !c->app->settings->public_address.n) return OK;
    TRY(people_by_id(c, id, &person));
    if (!mail_is_address(person.email)) return OK;
    Lang own = c->lang;
    c->lang = LANG_DA; /* what the reader prefers is known only once they are in */
    Mail mail = mail_of(c, &person, link);
    c->lang = own;
    TRY(mail_queue(c, person.owner_id, &mail, &uid));
    *ret_to = person.email;
    return OK;
}

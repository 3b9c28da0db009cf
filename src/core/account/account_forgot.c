#include "core/account/account_forgot.h"

#include "core/account/account_mail.h"
#include "core/audit/audit.h"

static Err may_go_by_mail(Ctx *c, const LinkAsked *asked, bool *ret)
{
    bool takes_two = false, can_go = false;
    TRY(people_is_sensitive(c, asked->person, &takes_two));
    TRY(account_mail_can_go(c, asked->person, &can_go));
    *ret = asked->has_password && asked->is_alone && can_go && !takes_two;
    return OK;
}

/* Mailed before it is stored: of a mail that cannot be written nothing is left
   behind, and the request must not come back every second. */
static Err mail_link(Ctx *c, const LinkAsked *asked)
{
    Link link = link_new(c, LINK_RESET);
    Str to = {0};
    Err err = account_mail_link(c, asked->person, &link, &to);
    if (err == E_INVALID) {
        ctx_forgive(c);
        return link_ask_administrator(c, asked->account);
    }
    TRY(err);
    return link_store(c, asked->person, &link);
}

static Err answer(Ctx *c, const LinkAsked *asked)
{
    bool by_mail = false, is_fresh = false;
    TRY(audit_add(c, (AuditRow){.owner_id = asked->owner_id, .verb = "reset.asked", .object = "account", .object_id = asked->person.v}));
    TRY(may_go_by_mail(c, asked, &by_mail));
    if (!by_mail) return link_ask_administrator(c, asked->account);
    TRY(link_is_fresh(c, asked->account, &is_fresh));
    return is_fresh ? OK : mail_link(c, asked);
}

Err account_forgot_tick(Ctx *c, bool *ret_more)
{
    LinksAsked all = {0};
    TRY(link_asked(c, &all, ret_more));
    for (ptrdiff_t i = 0; i < all.n; i++) TRY(answer(c, &all.v[i]));
    return OK;
}

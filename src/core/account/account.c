#include "core/account/account.h"

#include "base/number.h"
#include "core/access/second.h"
#include "core/account/account_mail.h"

SQL(ACCOUNT, "SELECT login_shown, has_password, has_second, reset_asked_at, closed_on FROM v_access_account WHERE person_id = $1");

Err account_get(Ctx *c, PersonId person, Account *ret)
{
    Account a = {0};
    Rows r = db_query(c, ACCOUNT, person);
    if (db_next(&r))
        a = (Account){.exists = true,
                      .login = db_str(&r, 0),
                      .has_password = db_i64(&r, 1) != 0,
                      .has_second = db_i64(&r, 2) != 0,
                      .asked_at = {db_i64(&r, 3)},
                      .is_closed = !db_is_null(&r, 4) && db_i64(&r, 4) <= c->today.day};
    TRY(db_done(&r));
    *ret = a;
    return OK;
}

/* ---- links ---------------------------------------------------------------------- */

static Err give(Ctx *c, PersonId person, AccountLink *link)
{
    TRY(link_store(c, person, &link->link));
    TRY(account_mail_link(c, person, &link->link, &link->mailed_to));
    link->is_given = true;
    return OK;
}

static Err give_or_ask(Ctx *c, PersonId person, ConsentKind kind, AccountLink *link)
{
    bool takes_two = false;
    link->is_given = false; /* a write may run again */
    TRY(people_is_sensitive(c, person, &takes_two));
    return takes_two ? consent_ask(c, (NewConsent){.person = person, .kind = kind}) : give(c, person, link);
}

/* An invitation lives for days; a password that is chosen is changed by a link of an hour. */
static Err waits_for_password(Ctx *c, const Account *now)
{
    return now->has_password ? fail(c, E_CONFLICT, T("Personen har valgt en adgangskode. Lav et link til en ny i stedet.")) : OK;
}

/* An account that waits for its first password keeps its name; a second
   invitation only makes a new link. */
Err account_invite(Ctx *c, PersonId person, Str login, AccountLink *link)
{
    Account now = {0};
    AccountId id = {0};
    TRY(account_get(c, person, &now));
    TRY(waits_for_password(c, &now));
    if (!now.exists) TRY(access_account_add(c, person, login, S(""), &id));
    return give_or_ask(c, person, CONSENT_INVITATION, link);
}

Err account_reset(Ctx *c, PersonId person, AccountLink *link)
{
    return give_or_ask(c, person, CONSENT_RESET, link);
}

/* ---- opening, and the app code ---------------------------------------------------- */

Err account_open(Ctx *c, PersonId person, bool *ret_waits)
{
    Account now = {0};
    bool takes_two = false;
    TRY(account_get(c, person, &now));
    TRY(people_is_sensitive(c, person, &takes_two));
    *ret_waits = takes_two && now.is_closed;
    return *ret_waits ? consent_ask(c, (NewConsent){.person = person, .kind = CONSENT_OPEN}) : access_account_open(c, person);
}

/* Whoever it is: the code is there because a password alone shall not do. */
Err account_second_off(Ctx *c, PersonId person)
{
    Account now = {0};
    TRY(account_get(c, person, &now));
    if (!now.has_second) return fail(c, E_CONFLICT, T("Kontoen har ingen kode fra en app."));
    return consent_ask(c, (NewConsent){.person = person, .kind = CONSENT_SECOND_OFF});
}

/* ---- details and roles --------------------------------------------------------------- */

/* Links go to the mail address: where a link takes two, so does the address. */
static Err settle_email(Ctx *c, const Person *stored, bool takes_two, AccountDetails *to)
{
    if (str_eq(stored->email, to->email)) return OK;
    if (!takes_two) return link_drop(c, stored->id);
    TRY(consent_ask(c, (NewConsent){.person = stored->id, .kind = CONSENT_EMAIL, .email = to->email}));
    to->email = stored->email;
    return OK;
}

/* Who has left comes in again by a later day, as by opening a closed account. */
static Err settle_leaving(Ctx *c, const Person *stored, bool takes_two, AccountDetails *to)
{
    bool has_left = stored->leaves_on.day && stored->leaves_on.day <= c->today.day;
    bool comes_back = has_left && (!to->leaves_on.day || to->leaves_on.day > c->today.day);
    if (!takes_two || !comes_back) return OK;
    TRY(consent_ask(c, (NewConsent){.person = stored->id, .kind = CONSENT_LEAVES, .leaves_on = to->leaves_on}));
    to->leaves_on = stored->leaves_on;
    return OK;
}

Err account_set(Ctx *c, PersonId person, Version seen, AccountDetails to)
{
    Person stored = {0};
    bool takes_two = false;
    TRY(people_by_id(c, person, &stored));
    TRY(people_is_sensitive(c, person, &takes_two));
    TRY(settle_email(c, &stored, takes_two, &to));
    TRY(settle_leaving(c, &stored, takes_two, &to));
    TRY(people_set(c, person, seen, to.name, to.email, to.leaves_on));
    return to.leaves_on.day && to.leaves_on.day <= c->today.day ? access_sessions_end_of(c, person) : OK;
}

Err account_grant(Ctx *c, NewMembership membership)
{
    int64_t id = 0;
    const RoleDef *role = people_role(membership.role);
    if (role && role->sensitive) TRY(link_drop(c, membership.person));
    return people_grant(c, membership, &id);
}

/* ---- the second of two ------------------------------------------------------------------ */

static Err set_email(Ctx *c, const Consent *consent)
{
    Person p = {0};
    TRY(people_by_id(c, consent->person, &p));
    TRY(link_drop(c, p.id)); /* one on its way to the old address ends with it */
    return people_set(c, p.id, p.version, p.name, consent->email, p.leaves_on);
}

static Err set_leaving(Ctx *c, const Consent *consent)
{
    Person p = {0};
    TRY(people_by_id(c, consent->person, &p));
    return people_set(c, p.id, p.version, p.name, p.email, consent->leaves_on);
}

static Err give_first(Ctx *c, PersonId person, AccountLink *link)
{
    Account now = {0};
    TRY(account_get(c, person, &now));
    TRY(waits_for_password(c, &now));
    return give(c, person, link);
}

Err account_agree(Ctx *c, const Consent *consent, AccountLink *link)
{
    link->is_given = false;
    TRY(consent_give(c, consent));
    switch (consent->kind) {
    case CONSENT_INVITATION: return give_first(c, consent->person, link);
    case CONSENT_RESET: return give(c, consent->person, link);
    case CONSENT_EMAIL: return set_email(c, consent);
    case CONSENT_SECOND_OFF: return second_clear(c, consent->person);
    case CONSENT_OPEN: return access_account_open(c, consent->person);
    case CONSENT_LEAVES: return set_leaving(c, consent);
    }
    return fail(c, E_BROKEN, T("Programmet kender ikke det, der blev bedt om."));
}

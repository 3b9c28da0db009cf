#include "core/access/access.h"

#include "core/access/sign_in.h"
#include "core/audit/audit.h"
#include "text/name.h"

SQL(ACCOUNT_ADD, "INSERT INTO account (owner_id, person_id, login, login_shown, password_hash)"
                 " SELECT p.owner_id, p.id, $2, $3, $4 FROM v_people_person p WHERE p.id = $1"
                 " ON CONFLICT (login) DO NOTHING RETURNING id");

/* Of a folded log-in: what a Danish keyboard writes. Letters of another alphabet
   that look like ours would make two log-ins that no administrator can tell
   apart; accents and dots are gone already. */
static bool is_login(Str folded)
{
    for (ptrdiff_t at = 0; at < folded.n;) {
        int n = 0;
        int32_t ch = str_next_char(folded, at, &n);
        bool is_sign = ch == '@' || ch == '_' || ch == '+' || ch == ' ';
        bool is_danish = ch == 0xe6 || ch == 0xf8 || ch == 0xe5;
        if (!is_sign && !is_danish && !(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9')) return false;
        at += n;
    }
    return true;
}

Err access_account_add(Ctx *c, PersonId person, Str login, Str password_hash, AccountId *ret)
{
    Str shown = str_trim(login), folded = text_name_fold(c->arena, shown);
    if (str_chars(folded) < 3 || shown.n > 254) {
        ctx_problem(c, S("login"), T("Brugernavnet skal være 3–254 tegn."));
        return ctx_check(c);
    }
    if (!is_login(folded)) {
        ctx_problem(c, S("login"), T("Brugernavnet må kun have bogstaver, tal og tegnene @ . - _ +. Skriv det, som man skriver en e-mailadresse."));
        return ctx_check(c);
    }
    AccountId id = {0};
    Err err = db_one_i64(c, ACCOUNT_ADD, &id.v, person, folded, shown, password_hash);
    if (err == E_NOT_FOUND) return fail(c, E_CONFLICT, T("Brugernavnet er optaget."));
    TRY(err);
    *ret = id;
    return OK;
}

SQL(LANGUAGE_SET, "UPDATE account SET lang = $2 WHERE id = $1");

Err access_language_set(Ctx *c, Str lang)
{
    return db_exec(c, LANGUAGE_SET, NULL, c->session->account, lang);
}

SQL(PASSWORD_SET, "UPDATE account SET password_hash = $2, version = version + 1 WHERE id = $1");

Err access_password_set(Ctx *c, AccountId account, Str password_hash)
{
    return db_exec(c, PASSWORD_SET, NULL, account, password_hash);
}

Str access_token_new(Ctx *c)
{
    unsigned char bytes[32];
    ctx_random(c, bytes, sizeof bytes);
    return str_hex(c->arena, bytes, (ptrdiff_t)sizeof bytes);
}

/* The day itself counts as without access. */
SQL(ACCOUNT_CLOSE, "UPDATE account SET closed_on = $2, version = version + 1"
                   " WHERE person_id = $1 AND (closed_on IS NULL OR closed_on > $2)");
SQL(ACCOUNT_OPEN, "UPDATE account SET closed_on = NULL, version = version + 1 WHERE person_id = $1 AND closed_on IS NOT NULL");
SQL(ACCOUNT_ID, "SELECT id FROM account WHERE person_id = $1");

static Err told(Ctx *c, PersonId person, const char *verb)
{
    Person p = {0};
    TRY(people_by_id(c, person, &p));
    return audit_add(c, (AuditRow){.owner_id = p.owner_id, .verb = verb, .object = "account", .object_id = person.v});
}

Err access_account_close(Ctx *c, PersonId person)
{
    int changed = 0;
    if (person.v == c->viewer.v) return fail(c, E_CONFLICT, T("Du kan ikke lukke din egen konto. Bed en anden administrator om det."));
    TRY(db_exec(c, ACCOUNT_CLOSE, &changed, person, c->today));
    if (changed == 0) return fail(c, E_CONFLICT, T("Kontoen er lukket i forvejen."));
    TRY(access_sessions_end_of(c, person));
    return told(c, person, "account.close");
}

Err access_account_open(Ctx *c, PersonId person)
{
    int changed = 0;
    TRY(db_exec(c, ACCOUNT_OPEN, &changed, person));
    if (changed == 0) return fail(c, E_CONFLICT, T("Kontoen er åben i forvejen."));
    return told(c, person, "account.open");
}

Err access_sessions_end_of(Ctx *c, PersonId person)
{
    AccountId account = {0};
    Err err = db_one_i64(c, ACCOUNT_ID, &account.v, person);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    TRY(sessions_end_all(c, account));
    return told(c, person, "sessions.end");
}

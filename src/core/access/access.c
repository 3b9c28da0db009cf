#include "core/access/access.h"

#include "text/name.h"

SQL(ACCOUNT_ADD, "INSERT INTO account (owner_id, person_id, login, password_hash)"
                 " SELECT p.owner_id, p.id, $2, $3 FROM v_people_person p WHERE p.id = $1"
                 " ON CONFLICT (login) DO NOTHING RETURNING id");

Err access_account_add(Ctx *c, PersonId person, Str login, Str password_hash, AccountId *ret)
{
    Str folded = text_name_fold(c->arena, str_trim(login));
    if (folded.n < 3 || folded.n > 254) {
        ctx_problem(c, S("login"), T("Brugernavnet skal være 3–254 tegn."));
        return ctx_check(c);
    }
    AccountId id = {0};
    Err err = db_one_i64(c, ACCOUNT_ADD, &id.v, person, folded, password_hash);
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

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200 };

/* ASVS 5.0 V6.2: length counts, no rules of composition; the login itself is
   the one guess that everybody makes first. */
Err access_password_check(Ctx *c, Str password, Str login)
{
    ptrdiff_t n = str_chars(password);
    if (n < PASSWORD_MIN || n > PASSWORD_MAX)
        ctx_problem(c, S("password"), T("Vælg en adgangskode på mindst 12 tegn, for eksempel tre ord, der ikke hører sammen."));
    else if (login.n && str_find(text_name_fold(c->arena, password), text_name_fold(c->arena, login), 0) >= 0)
        ctx_problem(c, S("password"), T("Adgangskoden må ikke indeholde dit brugernavn."));
    return ctx_check(c);
}

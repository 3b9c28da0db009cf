#include "core/access/second.h"

#include <sodium.h>

#include "base/buf.h"
#include "core/access/sign_in.h"
#include "core/access/totp.h"
#include "core/app.h"
#include "core/audit/audit.h"

/* ---- recovery codes: 15 bytes as 24 letters in groups of four ----------------- */

enum { RECOVERY_BYTES = 15, RECOVERY_LETTERS = 24 };

static Str grouped(Ctx *c, Str letters)
{
    Buf b = buf_new(c->arena, letters.n * 2);
    for (ptrdiff_t i = 0; i < letters.n; i++) {
        if (i && i % 4 == 0) buf_add_char(&b, ' ');
        buf_add_char(&b, letters.p[i]);
    }
    return buf_str(&b);
}

/* As typed: small letters, spaces and hyphens do not matter. Empty: no such form. */
static Str recovery_letters(Ctx *c, Str given)
{
    Buf b = buf_new(c->arena, RECOVERY_LETTERS + 1);
    for (ptrdiff_t i = 0; i < given.n; i++) {
        char ch = given.p[i];
        if (ch == ' ' || ch == '-') continue;
        buf_add_char(&b, ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch);
    }
    return b.n == RECOVERY_LETTERS && !b.full ? buf_str(&b) : S("");
}

static Str recovery_mac(Ctx *c, Str letters)
{
    return secret_mac(c, c->app->secrets, PURPOSE_RECOVERY, letters);
}

/* ---- using a code ---------------------------------------------------------------- */

Err second_read(Ctx *c, Bytes sealed, Str given, SecondCode *ret)
{
    Str secret = {0}, letters = recovery_letters(c, given);
    TRY(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, sealed, &secret));
    SecondCode code = {.step = totp_match((const unsigned char *)secret.p, secret.n, c->now, given)};
    sodium_memzero((void *)(uintptr_t)secret.p, (size_t)secret.n);
    if (letters.n) code.recovery_mac = recovery_mac(c, letters);
    *ret = code;
    return OK;
}

/* Guarded: of two who send one code at the same moment one wins. */
SQL(STEP_USE, "UPDATE account SET totp_used = $2 WHERE id = $1 AND totp_used < $2");
SQL(RECOVERY_USE, "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND code_mac = $2 AND used_at IS NULL");

Err second_use(Ctx *c, AccountId account, const SecondCode *code, bool *ret_right)
{
    int changed = 0;
    if (code->step >= 0) TRY(db_exec(c, STEP_USE, &changed, account, code->step));
    else if (code->recovery_mac.n) TRY(db_exec(c, RECOVERY_USE, &changed, account, code->recovery_mac, c->now.ms));
    *ret_right = changed == 1;
    return OK;
}

/* ---- switching it on and off ------------------------------------------------------ */

/* The sealed text says whose it is, so that a form of one account sets no other. */
static Str bound(Ctx *c, Str secret)
{
    Buf b = buf_new(c->arena, 100);
    buf_add_i64(&b, c->session->account.v);
    buf_add_char(&b, ':');
    buf_add(&b, secret);
    return buf_str(&b);
}

static NewSecond told(Ctx *c, Str sealed_hex, Str secret, Str login)
{
    Str base32 = totp_base32(c, (const unsigned char *)secret.p, secret.n);
    return (NewSecond){.sealed_hex = sealed_hex, .base32 = grouped(c, base32), .uri = totp_uri(c, base32, login)};
}

NewSecond second_new(Ctx *c, Str login)
{
    unsigned char bytes[TOTP_SECRET];
    ctx_random(c, bytes, sizeof bytes);
    Str secret = str_copy(c->arena, (Str){(const char *)bytes, (ptrdiff_t)sizeof bytes});
    Bytes sealed = secret_seal(c, c->app->secrets, PURPOSE_TOTP, bound(c, secret));
    return told(c, str_hex(c->arena, sealed.p, sealed.n), secret, login);
}

static Err unbind(Ctx *c, Str sealed_hex, Str *ret_secret)
{
    enum { HEX_MAX = 400 };
    unsigned char bytes[HEX_MAX / 2];
    Str plain = {0};
    bool reads = sealed_hex.n <= HEX_MAX && sealed_hex.n % 2 == 0 && str_unhex(sealed_hex, bytes, sealed_hex.n / 2);
    Err err = reads ? secret_unseal(c, c->app->secrets, PURPOSE_TOTP, (Bytes){bytes, sealed_hex.n / 2}, &plain) : E_INVALID;
    Str front = bound(c, S(""));
    if (err == OK && str_starts(plain, front) && plain.n == front.n + TOTP_SECRET) {
        *ret_secret = str_sub(plain, front.n, plain.n);
        return OK;
    }
    ctx_forgive(c);
    return fail(c, E_INVALID, T("Siden er for gammel. Begynd forfra med en ny kode til appen."));
}

Err second_again(Ctx *c, Str sealed_hex, Str login, NewSecond *ret)
{
    Str secret = {0};
    TRY(unbind(c, sealed_hex, &secret));
    *ret = told(c, sealed_hex, secret, login);
    return OK;
}

Err second_prove(Ctx *c, Str sealed_hex, Str code, SecondSetup *ret)
{
    Str secret = {0};
    TRY(unbind(c, sealed_hex, &secret));
    SecondSetup setup = {.step = totp_match((const unsigned char *)secret.p, secret.n, c->now, code)};
    if (setup.step < 0)
        ctx_problem(c, S("code"), T("Koden passer ikke. Skriv de seks cifre, som appen viser lige nu, og se efter, at telefonens ur går rigtigt."));
    TRY(ctx_check(c));
    setup.sealed = secret_seal(c, c->app->secrets, PURPOSE_TOTP, secret);
    for (int i = 0; i < RECOVERY_CODES; i++) {
        unsigned char bytes[RECOVERY_BYTES];
        ctx_random(c, bytes, sizeof bytes);
        setup.codes[i] = grouped(c, totp_base32(c, bytes, RECOVERY_BYTES));
    }
    *ret = setup;
    return OK;
}

SQL(SECOND_SET, "UPDATE account SET totp_secret = $2, totp_used = $3, version = version + 1 WHERE id = $1");
SQL(RECOVERY_CLEAR, "DELETE FROM recovery_code WHERE account_id = $1");
SQL(RECOVERY_ADD, "INSERT INTO recovery_code (account_id, code_mac) VALUES ($1, $2)");

static Err changed(Ctx *c, const char *verb)
{
    TRY(sessions_end_others(c));
    return audit_add(c, (AuditRow){.owner_id = c->session->owner_id, .verb = verb, .object = "account", .object_id = c->viewer.v});
}

Err second_store(Ctx *c, const SecondSetup *setup)
{
    AccountId account = c->session->account;
    TRY(db_exec(c, SECOND_SET, NULL, account, setup->sealed, setup->step));
    TRY(db_exec(c, RECOVERY_CLEAR, NULL, account));
    for (int i = 0; i < RECOVERY_CODES; i++)
        TRY(db_exec(c, RECOVERY_ADD, NULL, account, recovery_mac(c, recovery_letters(c, setup->codes[i]))));
    return changed(c, "account.second-on");
}

Err second_remove(Ctx *c)
{
    AccountId account = c->session->account;
    TRY(db_exec(c, SECOND_SET, NULL, account, DB_NONE, 0));
    TRY(db_exec(c, RECOVERY_CLEAR, NULL, account));
    return changed(c, "account.second-off");
}

SQL(SECOND_CLEAR, "UPDATE account SET totp_secret = NULL, totp_used = 0, version = version + 1 WHERE person_id = $1 AND totp_secret IS NOT NULL");
SQL(RECOVERY_CLEAR_OF, "DELETE FROM recovery_code WHERE account_id IN (SELECT a.id FROM account a WHERE a.person_id = $1)");

Err second_clear(Ctx *c, PersonId person)
{
    int changed = 0;
    Person p = {0};
    TRY(people_by_id(c, person, &p));
    TRY(db_exec(c, SECOND_CLEAR, &changed, person));
    if (changed == 0) return fail(c, E_CONFLICT, T("Kontoen har ingen kode fra en app."));
    TRY(db_exec(c, RECOVERY_CLEAR_OF, NULL, person));
    TRY(access_sessions_end_of(c, person));
    return audit_add(c, (AuditRow){.owner_id = p.owner_id, .verb = "account.second-off", .object = "account", .object_id = person.v});
}

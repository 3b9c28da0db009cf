/* Log-ins of the demonstration region: one a role, all with the same password,
   printed by ./run. Made only by `traad demo`. */
#include "core/access/access_demo.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/app.h"

static const DemoLogIn log_ins[] = {
    {"skoleleder", "Anne Vestergaard", "S12", "skoleleder"},
    {"afdelingsleder", "Mads Kjær", "S21-N", "afdelingsleder"},
    {"medarbejder", "Sofie Lund", "S12", "team"},
    {"skolechef", "Henrik Bruun", "K1", "skolechef"},
    {"konsulent", "Line Ågård", "K1", "konsulent"},
    {"programleder", "Tove Munk", "R1", "programleder"},
    {"politiker", "Karsten Juhl", "K1", "politiker"},
    {"dpo", "Birgit Holst", "K1", "dpo"},
    {"sysadm", "Jens Overgaard", "K1", "sysadm"},
    {"sysadm2", "Rikke Thorsen", "K1", "sysadm"},
    {"skoleleder-holmeaa", "Peter Dam", "S21", "skoleleder"},
};

const DemoLogIn *access_demo_log_ins(ptrdiff_t *ret_n)
{
    *ret_n = COUNT_OF(log_ins);
    return log_ins;
}

static Err one(Ctx *c, const DemoLogIn *d, Str hash)
{
    Unit unit = {0};
    PersonId person = {0};
    AccountId account = {0};
    int64_t membership = 0;
    TRY(organisation_by_code(c, str_of_z(d->unit), &unit));
    Str email = STR_CAT(c->arena, str_of_z(d->login), S("@fjord.example"));
    TRY(people_add(c, unit.owner, str_of_z(d->name), email, &person));
    TRY(people_grant(c, (NewMembership){.person = person, .unit = unit.id, .role = str_of_z(d->role), .valid_from = {19205}}, &membership));
    return access_account_add(c, person, str_of_z(d->login), hash, &account);
}

Err access_demo(Ctx *c)
{
    Str hash = {0};
    TRY(secret_password_hash(c, c->app->secrets, S(DEMO_PASSWORD), &hash));
    for (ptrdiff_t i = 0; i < COUNT_OF(log_ins); i++) TRY(one(c, &log_ins[i], hash));
    return OK;
}

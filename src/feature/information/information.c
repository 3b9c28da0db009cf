#include "feature/information/information.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"

#define COLUMNS "u.name, c.office, c.email, c.phone, c.dpo_email, c.statement, c.version"
#define FROM_CONTACTS " FROM information_contact c JOIN v_organisation_unit u ON u.id = c.owner_id"

SQL(OF_OWNER, "SELECT " COLUMNS FROM_CONTACTS " WHERE c.owner_id = $1");
SQL(ALL, "SELECT " COLUMNS FROM_CONTACTS " ORDER BY u.name, c.id LIMIT $1");

static Err collect(Ctx *c, Rows r, Contacts *ret)
{
    Contacts all = {.v = NEW(c->arena, Contact, CONTACTS_MAX)};
    while (db_next(&r)) {
        if (all.n == CONTACTS_MAX) break;
        all.v[all.n++] = (Contact){
            .owner = db_str(&r, 0),
            .office = db_str(&r, 1),
            .email = db_str(&r, 2),
            .phone = db_str(&r, 3),
            .dpo_email = db_str(&r, 4),
            .statement = db_str(&r, 5),
            .version = {db_i64(&r, 6)},
        };
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

Err information_contacts(Ctx *c, Contacts *ret)
{
    if (!c->session) return collect(c, db_query(c, ALL, (int64_t)CONTACTS_MAX), ret);
    return collect(c, db_query(c, OF_OWNER, c->session->owner_id), ret);
}

Err information_contact(Ctx *c, Contact *ret)
{
    Contacts own = {0};
    TRY(collect(c, db_query(c, OF_OWNER, c->session->owner_id), &own));
    *ret = own.n ? own.v[0] : (Contact){0};
    return OK;
}

SQL(ADD, "INSERT INTO information_contact (owner_id, office, email, phone, dpo_email, statement)"
         " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (owner_id) DO NOTHING");
SQL(SET, "UPDATE information_contact SET office = $2, email = $3, phone = $4, dpo_email = $5, statement = $6, version = version + 1"
         " WHERE owner_id = $1 AND version = $7");

static Err store(Ctx *c, int64_t owner, const Contact *k, int *ret_changed)
{
    if (!k->version.v) return db_exec(c, ADD, ret_changed, owner, k->office, k->email, k->phone, k->dpo_email, k->statement);
    return db_exec(c, SET, ret_changed, owner, k->office, k->email, k->phone, k->dpo_email, k->statement, k->version);
}

Err information_contact_set(Ctx *c, const Contact *contact)
{
    int64_t owner = c->session->owner_id;
    int changed = 0;
    if (!access_may(c, NEED_CONTACT_WRITE, &(Place){.owner_id = owner, .unit_id = owner}))
        return fail(c, E_FORBIDDEN, T("Det er kommunens egen administrator, der kan skrive, hvem man kan spørge."));
    TRY(store(c, owner, contact, &changed));
    if (changed == 0)
        return fail(c, E_CONFLICT, T("En anden har rettet kontaktoplysningerne imens. Hent siden igen, og se, hvad der står nu."));
    return audit_add(c, (AuditRow){.owner_id = owner, .verb = "contact.set", .object = "contact", .object_id = owner, .unit_id = owner});
}

static const struct {
    const char *code;
    Contact contact;
} demo[] = {
    {"R1", {.office = S_INIT("Program for Rød Tråd, Region Fjord"), .email = S_INIT("roedtraad@regionfjord.example"),
            .phone = S_INIT("70 00 00 01"), .dpo_email = S_INIT("dpo@regionfjord.example")}},
    {"K1", {.office = S_INIT("Skole og Læring, Fjordby Kommune"), .email = S_INIT("skole@fjordby.example"), .phone = S_INIT("70 00 00 11"),
            .dpo_email = S_INIT("dpo@fjordby.example"), .statement = S_INIT("https://was.digst.dk/roedtraad-fjordby-example")}},
    {"K2", {.office = S_INIT("Børn og Skole, Holmeå Kommune"), .email = S_INIT("skole@holmeaa.example"), .phone = S_INIT("70 00 00 12"),
            .dpo_email = S_INIT("dpo@holmeaa.example")}},
    {"K3", {.office = S_INIT("Skolesekretariatet, Nørrevang Kommune"), .email = S_INIT("skole@noerrevang.example"), .phone = S_INIT("70 00 00 13"),
            .dpo_email = S_INIT("dpo@noerrevang.example")}},
};

Err information_demo(Ctx *c)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(demo); i++) {
        Unit unit = {0};
        int changed = 0;
        TRY(organisation_by_code(c, str_of_z(demo[i].code), &unit));
        TRY(store(c, unit.id.v, &demo[i].contact, &changed));
    }
    return OK;
}

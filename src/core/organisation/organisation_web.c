#include "core/organisation/organisation_web.h"

#include "base/number.h"
#include "core/organisation/organisation.h"
#include "core/organisation/organisation_command.h"

extern const Schema organisation_schema;

/* The demonstration region: made up from end to end. One municipality has a
   single school with four departments (DOMAIN §6.3), one has many schools. */
static const NewUnit demo_units[] = {
    {S_INIT("R1"), S_INIT("Region Fjord"), S_INIT("region"), S_INIT(""), {19205}, {0}, S_INIT("")},
    {S_INIT("K1"), S_INIT("Fjordby Kommune"), S_INIT("kommune"), S_INIT("R1"), {19205}, {0}, S_INIT("")},
    {S_INIT("K2"), S_INIT("Holmeå Kommune"), S_INIT("kommune"), S_INIT("R1"), {19205}, {0}, S_INIT("")},
    {S_INIT("K3"), S_INIT("Nørrevang Kommune"), S_INIT("kommune"), S_INIT("R1"), {19205}, {0}, S_INIT("")},
    {S_INIT("S11"), S_INIT("Bakkeskolen"), S_INIT("skole"), S_INIT("K1"), {19205}, {0}, S_INIT("")},
    {S_INIT("S12"), S_INIT("Strandmarkskolen"), S_INIT("skole"), S_INIT("K1"), {19205}, {0}, S_INIT("")},
    {S_INIT("S13"), S_INIT("Ådalens Skole"), S_INIT("skole"), S_INIT("K1"), {19205}, {0}, S_INIT("")},
    {S_INIT("S21"), S_INIT("Holmeå Skole"), S_INIT("skole"), S_INIT("K2"), {19205}, {0}, S_INIT("")},
    {S_INIT("S21-N"), S_INIT("Afdeling Nord"), S_INIT("afdeling"), S_INIT("S21"), {19205}, {0}, S_INIT("")},
    {S_INIT("S21-S"), S_INIT("Afdeling Syd"), S_INIT("afdeling"), S_INIT("S21"), {19205}, {0}, S_INIT("")},
    {S_INIT("S21-V"), S_INIT("Afdeling Vest"), S_INIT("afdeling"), S_INIT("S21"), {19205}, {0}, S_INIT("")},
    {S_INIT("S21-O"), S_INIT("Afdeling Øst"), S_INIT("afdeling"), S_INIT("S21"), {19205}, {0}, S_INIT("")},
    {S_INIT("S31"), S_INIT("Kirkebro Skole"), S_INIT("skole"), S_INIT("K3"), {19205}, {0}, S_INIT("")},
    {S_INIT("S32"), S_INIT("Lyngskolen"), S_INIT("skole"), S_INIT("K3"), {19205}, {0}, S_INIT("")},
};

static Err demo(Ctx *c)
{
    UnitId id = {0};
    for (ptrdiff_t i = 0; i < COUNT_OF(demo_units); i++) TRY(organisation_add(c, demo_units[i], &id));
    return organisation_reach_rebuild(c);
}

const Feature organisation_feature = {.name = "organisation", .schema = &organisation_schema, .commands = organisation_commands, .demo = demo};

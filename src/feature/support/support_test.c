#include "feature/support/support.h"

#include "core/access/access.h"
#include "store.h"

static int64_t asked(Ctx *c, const char *unit)
{
    Str uid = {0};
    test_viewer(c, test_person(c, "Anne", unit, "skoleleder"));
    CHECK_OK(support_ask(c, S("Kan ikke finde rapporten"), S("Jeg leder efter den."), &uid));
    Question q = {0};
    CHECK_OK(support_by_uid(c, uid, &q));
    return q.id.v;
}

TEST(support, the_desk_sees_its_own_municipality_only)
{
    Ctx *c = test_store();
    asked(c, "S12");
    asked(c, "S21");
    Questions open = {0};
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    CHECK_OK(support_desk(c, false, (Instant){0}, (SupportId){0}, &open));
    CHECK_INT(open.n, 1);
    CHECK_STR(open.v[0].unit, S("Strandmarkskolen"));
    test_viewer(c, test_person(c, "Tove", "R1", "programleder"));
    CHECK_OK(support_desk(c, false, (Instant){0}, (SupportId){0}, &open));
    CHECK_INT(open.n, 0);
    test_clean(c);
}

TEST(support, the_second_answer_is_a_conflict)
{
    Ctx *c = test_store();
    SupportId id = {asked(c, "S12")};
    test_viewer(c, test_person(c, "Jens", "K1", "sysadm"));
    CHECK_OK(support_answer(c, id, (Version){1}, S("Den ligger under Data.")));
    CHECK_ERR(support_answer(c, id, (Version){1}, S("Et andet svar.")), E_CONFLICT);
    CHECK_INT(test_count(c, "SELECT count(*) FROM audit WHERE verb = 'support.answer'"), 1);
    test_clean(c);
}

TEST(support, own_questions_come_newest_first)
{
    Ctx *c = test_store();
    asked(c, "S12");
    Str uid = {0};
    c->now.ms += 1000;
    CHECK_OK(support_ask(c, S("Nummer to"), S("Tekst"), &uid));
    Questions own = {0};
    CHECK_OK(support_own(c, &own));
    CHECK_INT(own.n, 2);
    CHECK_STR(own.v[0].subject, S("Nummer to"));
}

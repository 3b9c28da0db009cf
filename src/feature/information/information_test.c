#include "feature/information/information.h"

#include "core/feature.h"
#include "feature/information/guide.h"
#include "feature/information/icon.h"
#include "store.h"

static bool has_heading(Str address, Lang lang)
{
    Str name = {0}, id = address;
    if (!str_split(&id, '#', &name) || !str_starts(name, S("/vejledning/"))) return false;
    const Guide *g = guide_by_name(str_sub(name, 12, name.n), lang);
    for (ptrdiff_t i = 0; g && i < g->blocks.n; i++)
        if (g->blocks.v[i].kind <= BLOCK_H3 && str_eq(g->blocks.v[i].id, id)) return true;
    return false;
}

TEST(information, each_help_link_leads_to_a_heading_that_exists)
{
    int links = 0;
    for (int i = 0; i < feature_count; i++) {
        if (!features[i]->help) continue;
        links++;
        if (!has_heading(str_of_z(features[i]->help), LANG_DA)) print_error("%s: no heading %s\n", features[i]->name, features[i]->help);
        CHECK(has_heading(str_of_z(features[i]->help), LANG_DA) && has_heading(str_of_z(features[i]->help), LANG_EN));
    }
    CHECK(links >= 5);
    CHECK(!has_heading(S("/vejledning/skoleleder#findes-ikke"), LANG_DA));
}

TEST(information, guides_have_no_marks_left)
{
    CHECK(feature_count > 0 && guide_count >= 9);
    for (int i = 0; i < guide_count; i++)
        for (ptrdiff_t b = 0; b < guides[i].blocks.n; b++)
            for (ptrdiff_t k = 0; k < guides[i].blocks.v[b].items.n; k++) {
                const GuideRuns *runs = &guides[i].blocks.v[b].items.v[k].runs;
                CHECK(runs->n > 0);
                for (ptrdiff_t r = 0; r < runs->n; r++) CHECK(str_find(runs->v[r].text, S("**"), 0) < 0);
            }
}

TEST(information, icon_is_a_picture)
{
    CHECK(str_starts((Str){(const char *)icon_ico + 22, 8}, S("\x89PNG")));
    CHECK(icon_ico_n > 200 && icon_ico_n < 8192);
}

static const Contact office = {.office = S_INIT("Skole og Læring"), .email = S_INIT("skole@k1.example"), .phone = S_INIT("70 00 00 11"),
                               .dpo_email = S_INIT("dpo@k1.example")};

TEST(information, administrator_writes_whom_to_ask_and_the_second_of_two_is_told)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Birgit", "K1", "sysadm"));
    CHECK_OK(information_contact_set(c, &office));
    Contact seen = {0};
    CHECK_OK(information_contact(c, &seen));
    CHECK_STR(seen.office, office.office);
    CHECK_INT(seen.version.v, 1);
    CHECK_OK(information_contact_set(c, &seen));
    CHECK_ERR(information_contact_set(c, &seen), E_CONFLICT);
    ctx_forgive(c);
    CHECK_ERR(information_contact_set(c, &office), E_CONFLICT); /* there is a row already */
    CHECK_INT(test_count(c, "SELECT count(*) FROM information_contact"), 1);
    test_clean(c);
}

TEST(information, others_do_not_write_it_and_see_their_own)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Birgit", "K1", "sysadm"));
    CHECK_OK(information_contact_set(c, &office));
    test_viewer(c, test_person(c, "Anne", "S11", "skoleleder"));
    CHECK_ERR(information_contact_set(c, &office), E_FORBIDDEN);
    ctx_forgive(c);
    test_viewer(c, test_person(c, "Ole", "S21", "skoleleder"));
    Contacts all = {0};
    CHECK_OK(information_contacts(c, &all));
    CHECK_INT(all.n, 0);
    c->session = NULL;
    CHECK_OK(information_contacts(c, &all));
    CHECK_INT(all.n, 1);
    CHECK_STR(all.v[0].owner, S("Fjordby Kommune"));
}

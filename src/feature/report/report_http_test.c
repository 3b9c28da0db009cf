/* Reports as the people of the demonstration region meet them. Which role reads
   what is walked in tests/walk; here is what happens on the way. */
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "base/str.h"

static const char *text(Str a, const char *b)
{
    Ctx *c = test_ctx_plain();
    return str_z(c->arena, STR_CAT(c->arena, a, str_of_z(b)));
}

/* The first address on the list of reports that ends like this: of the newest wave. */
static Str report_of(Browser *b, const char *ends)
{
    Answer list = test_get(b, "/rapporter");
    CHECK_STATUS(list, 200);
    Str end = str_of_z(text(str_of_z(ends), "\""));
    ptrdiff_t wave = str_find(list.body, S("Personale og ledere, forår 2026"), 0); /* other tests release waves of their own */
    CHECK(wave > 0);
    ptrdiff_t to = str_find(list.body, end, wave);
    CHECK(to > 0);
    ptrdiff_t from = to;
    while (from > 0 && list.body.p[from - 1] != '"') from--;
    return str_sub(list.body, from, to + end.n - 1);
}

HTTP_TEST(report, the_head_reads_the_schools_report_and_fetches_it_in_every_format)
{
    static const struct {
        const char *path, *type, *begins;
    } files[] = {
        {"/hent/pdf", "application/pdf", "%PDF"},
        {"/hent/slides", "application/pdf", "%PDF"},
        {"/hent/resume", "application/pdf", "%PDF"},
        {"/hent/xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"},
        {"/hent/csv", "text/csv; charset=utf-8", "wave,unit"},
        {"/hent/json", "application/json", "{"},
        {"/hent/html", "text/html; charset=utf-8", "<!doctype html>"},
    };
    Browser head = test_login("skoleleder");
    Str own = report_of(&head, "/S12");
    CHECK_HAS(test_get(&head, text(own, "")), "Rapport: Strandmarkskolen");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        Answer a = test_get(&head, text(own, files[i].path));
        CHECK_STATUS(a, 200);
        CHECK_STR(a.type, str_of_z(files[i].type));
        CHECK(str_starts(a.body, str_of_z(files[i].begins)));
    }
    CHECK_STATUS(test_get(&head, text(own, "/hent/doc")), 404);
}

static void speak(Browser *b, const char *fields)
{
    test_get(b, "/");
    CHECK_STATUS(test_post(b, "/sprog", fields), 303);
}

static bool has(Str s, const char *part)
{
    return str_find(s, str_of_z(part), 0) >= 0;
}

HTTP_TEST(report, who_chose_english_reads_the_page_and_gets_the_files_in_english)
{
    static const char *const drawn[] = {"/hent/pdf", "/hent/slides", "/hent/resume", "/hent/xlsx", "/hent/html"};
    Answer danish[COUNT_OF(drawn)];
    Browser head = test_login("skoleleder-holmeaa");
    Str own = report_of(&head, "/S21");
    for (int i = 0; i < COUNT_OF(drawn); i++) danish[i] = test_get(&head, text(own, drawn[i]));
    Answer data = test_get(&head, text(own, "/hent/json"));
    speak(&head, "sprog=en&tilbage=%2F");
    Answer page = test_get(&head, text(own, ""));
    CHECK_HAS(page, "<html lang=\"en\"");
    CHECK_HAS(page, "Report: Holmeå Skole");
    CHECK_HAS(page, "How the figures were worked out");
    CHECK_LACKS(page, "Hvem har svaret");
    for (int i = 0; i < COUNT_OF(drawn); i++) {
        Answer a = test_get(&head, text(own, drawn[i]));
        CHECK_STATUS(a, 200);
        CHECK(!str_eq(a.body, danish[i].body));
        CHECK(has(a.headers, "report-S21") || has(a.headers, "summary-S21"));
    }
    CHECK_HAS(test_get(&head, text(own, "/hent/html")), "<html lang=\"en\">");
    CHECK(str_eq(test_get(&head, text(own, "/hent/json")).body, data.body));
    speak(&head, "sprog=da&tilbage=%2F");
    for (int i = 0; i < COUNT_OF(drawn); i++) CHECK(str_eq(test_get(&head, text(own, drawn[i])).body, danish[i].body));
}

HTTP_TEST(report, another_schools_report_is_not_there)
{
    Browser head = test_login("skoleleder"), other = test_login("skoleleder-holmeaa");
    Str theirs = report_of(&other, "/S21"), municipal = report_of(&other, "/K2");
    CHECK_STATUS(test_get(&head, text(theirs, "")), 404);
    CHECK_STATUS(test_get(&head, text(theirs, "/hent/json")), 404);
    CHECK_STATUS(test_get(&head, text(municipal, "")), 404);
}

HTTP_TEST(report, the_regions_programme_reads_municipalities_and_no_school)
{
    Browser lead = test_login("programleder"), head = test_login("skoleleder");
    CHECK_STATUS(test_get(&lead, text(report_of(&lead, "/R1"), "")), 200);
    CHECK_STATUS(test_get(&lead, text(report_of(&lead, "/K2"), "/hent/pdf")), 200);
    CHECK_LACKS(test_get(&lead, "/rapporter"), "/rapporter/skole/");
    CHECK_STATUS(test_get(&lead, text(report_of(&head, "/S12"), "")), 403);
}

HTTP_TEST(report, keepers_of_accounts_and_of_the_log_read_none)
{
    Browser keeper = test_login("sysadm"), dpo = test_login("dpo"), head = test_login("skoleleder");
    Str own = report_of(&head, "/S12");
    CHECK_STATUS(test_get(&keeper, "/rapporter"), 403);
    CHECK_STATUS(test_get(&dpo, "/rapporter"), 403);
    CHECK_STATUS(test_get(&keeper, text(own, "")), 403);
    CHECK_STATUS(test_get(&dpo, text(own, "/hent/json")), 403);
    Browser nobody = test_stranger();
    CHECK_STATUS(test_get(&nobody, text(own, "")), 303);
}

HTTP_TEST(report, the_staff_reads_once_the_head_has_shown_it)
{
    Browser head = test_login("skoleleder"), staff = test_login("medarbejder");
    Str own = report_of(&head, "/S12");
    CHECK_STATUS(test_get(&staff, text(own, "")), 404);
    CHECK_HAS(test_get(&head, text(own, "")), "Ses af skolens ledelse og forvaltningen<");
    CHECK_HAS(test_get(&head, text(own, "/vis")), "Du kan ikke trække rapporten tilbage.");
    CHECK_STATUS(test_post(&head, text(own, "/vis"), ""), 303);
    CHECK_HAS(test_get(&head, text(own, "?vist=1")), "Medarbejderne kan nu læse rapporten.");
    CHECK_HAS(test_get(&head, text(own, "")), "Ses af skolens ledelse, medarbejderne og forvaltningen<");
    CHECK_LACKS(test_get(&head, text(own, "")), "Vis rapporten for medarbejderne");
    CHECK_HAS(test_get(&staff, text(own, "")), "Rapport: Strandmarkskolen");
    CHECK_LACKS(test_get(&staff, text(own, "")), "Skriv fremadrettet fokus");
    test_get(&head, text(own, "/vis"));
    CHECK_STATUS(test_post(&head, text(own, "/vis"), ""), 409);
    CHECK_CLEAN();
}

HTTP_TEST(report, the_council_reads_what_the_administration_has_opened)
{
    Browser consultant = test_login("konsulent"), councillor = test_login("politiker");
    Str own = report_of(&consultant, "/K1");
    CHECK_STATUS(test_get(&councillor, text(own, "")), 404);
    CHECK_LACKS(test_get(&consultant, text(own, "")), "Åbn rapporten for politikere og bestyrelser");
    test_get(&consultant, text(own, "/aabn"));
    CHECK_STATUS(test_post(&consultant, text(own, "/aabn"), ""), 409); /* the staff has not seen it */
    CHECK_HAS(test_get(&consultant, text(own, "/vis")), "Vis rapporten for medarbejderne");
    CHECK_STATUS(test_post(&consultant, text(own, "/vis"), ""), 303);
    CHECK_HAS(test_get(&consultant, text(own, "")), "Åbn rapporten for politikere og bestyrelser");
    CHECK_HAS(test_get(&consultant, text(own, "/aabn")), "Du kan ikke lukke rapporten igen.");
    CHECK_STATUS(test_post(&consultant, text(own, "/aabn"), ""), 303);
    CHECK_HAS(test_get(&consultant, text(own, "?aabnet=1")), "Rapporten er åben for politikere og bestyrelser.");
    CHECK_LACKS(test_get(&consultant, text(own, "")), "/aabn\"");
    CHECK_HAS(test_get(&councillor, "/rapporter"), str_z(test_ctx_plain()->arena, own));
    Answer page = test_get(&councillor, text(own, ""));
    CHECK_HAS(page, "Rapport: Fjordby Kommune");
    CHECK_LACKS(page, "/fokus/");
    CHECK_STATUS(test_get(&councillor, text(own, "/hent/pdf")), 200);
    CHECK_STATUS(test_get(&councillor, text(own, "/aabn")), 403);
    CHECK_CLEAN();
}

HTTP_TEST(report, of_two_who_write_the_second_sees_both_texts)
{
    Browser head = test_login("skoleleder"), window = test_login("skoleleder");
    Str own = report_of(&head, "/S12");
    Answer page = test_get(&head, text(own, ""));
    ptrdiff_t at = str_find(page.body, S("/fokus/"), 0);
    CHECK(at > 0);
    Str code = str_sub(page.body, at, str_find(page.body, S("\""), at));
    const char *form = text(own, str_z(test_ctx_plain()->arena, code));
    test_get(&head, form);
    test_get(&window, form);
    CHECK_STATUS(test_post(&head, form, "version=1&body=Vi+begynder+med+teamet"), 303);
    CHECK_HAS(test_get(&head, text(own, "")), "Vi begynder med teamet");
    CHECK_HAS(test_get(&head, text(own, "/hent/html")), "Vi begynder med teamet");
    CHECK_LACKS(test_get(&head, text(own, "/hent/json")), "Vi begynder med teamet");
    Answer late = test_post(&window, form, "version=1&body=Vi+begynder+med+eleverne");
    CHECK_STATUS(late, 409);
    CHECK_HAS(late, "Vi begynder med teamet");
    CHECK_HAS(late, "Vi begynder med eleverne");
    test_get(&window, form);
    CHECK_STATUS(test_post(&window, form, "version=2&body="), 422);
    CHECK_CLEAN();
}

static void nap(void)
{
    nanosleep(&(struct timespec){0, 200000000}, NULL);
}

/* The job's page, once it has a file. */
static Answer made(Browser *b, Str job)
{
    Answer a = test_get(b, text(job, ""));
    for (int i = 0; i < 300 && str_find(a.body, S(".zip\""), 0) < 0; i++) {
        nap();
        a = test_get(b, text(job, ""));
    }
    return a;
}

static Str file_on(Answer page)
{
    ptrdiff_t to = str_find(page.body, S(".zip\""), 0), from = to;
    CHECK(to > 0);
    while (page.body.p[from - 1] != '"') from--;
    return str_sub(page.body, from, to + 4);
}

HTTP_TEST(report, the_pack_has_what_its_reader_may_read_and_nothing_else)
{
    Browser consultant = test_login("konsulent"), head = test_login("skoleleder");
    Str municipal = report_of(&consultant, "/K1");
    CHECK_HAS(test_get(&consultant, text(municipal, "")), "Lav en videnspakke");
    Answer order = test_post(&consultant, text(municipal, "/pakke"), "");
    CHECK_STATUS(order, 303);
    Answer zip = test_get(&consultant, text(file_on(made(&consultant, order.location)), ""));
    CHECK_STATUS(zip, 200);
    CHECK(str_starts(zip.body, S("PK")));
    /* Names stand in a ZIP file as they are. */
    CHECK_HAS(zip, "resume-K1.pdf");
    CHECK_HAS(zip, "rapporter/rapport-S11.pdf");
    CHECK_HAS(zip, "data/rapport-S12.json");
    CHECK_LACKS(zip, "rapport-S21");
    CHECK_LACKS(zip, "rapport-R1");
    /* A head reads the municipality's report and of the schools only their own. */
    test_get(&head, text(municipal, ""));
    Answer own = test_post(&head, text(municipal, "/pakke"), "");
    CHECK_STATUS(own, 303);
    Answer small = test_get(&head, text(file_on(made(&head, own.location)), ""));
    CHECK_HAS(small, "rapporter/rapport-K1.pdf");
    CHECK_HAS(small, "rapporter/rapport-S12.pdf");
    CHECK_LACKS(small, "rapport-S11");
    CHECK_STATUS(test_get(&head, text(order.location, "")), 404);
    CHECK_CLEAN();
}

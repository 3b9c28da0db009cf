#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http.h"

static const char *version_of(const char *code)
{
    static char text[40];
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT version FROM unit WHERE code = '%s'", code);
    snprintf(text, sizeof text, "version=%lld", (long long)test_http_i64(sql));
    return text;
}

static Answer post(Browser *b, const char *path, const char *version, const char *fields)
{
    char all[2000];
    snprintf(all, sizeof all, "%s&%s", version, fields);
    return test_post(b, path, all);
}

static void add_school(Browser *b, const char *code, const char *name)
{
    char fields[400];
    (void)test_get(b, "/organisation/K1/ny");
    snprintf(fields, sizeof fields, "name=%s&code=%s&kind=skole&valid_from=01-08-2022", name, code);
    CHECK_STATUS(post(b, "/organisation/K1/ny", "version=1", fields), 303);
}

HTTP_TEST(unit, head_teacher_sees_the_municipality_and_changes_nothing)
{
    Browser b = test_login("skoleleder");
    Answer tree = test_get(&b, "/organisation");
    CHECK_STATUS(tree, 200);
    CHECK_HAS(tree, "Fjordby Kommune");
    CHECK_LACKS(tree, "Holme&#");
    CHECK_LACKS(tree, "/organisation/K2");
    CHECK_STATUS(test_get(&b, "/organisation/K2"), 404);
    Answer own = test_get(&b, "/organisation/K1");
    CHECK_STATUS(own, 200);
    CHECK_LACKS(own, "/organisation/K1/ret");
    CHECK_LACKS(own, "/organisation/R1");
    CHECK_STATUS(test_get(&b, "/organisation/K1/ret"), 403);
}

HTTP_TEST(unit, regional_lead_sees_the_whole_region)
{
    Browser b = test_login("programleder");
    Answer tree = test_get(&b, "/organisation");
    CHECK_STATUS(tree, 200);
    CHECK_HAS(tree, "/organisation/K1");
    CHECK_HAS(tree, "/organisation/K2");
    CHECK_STATUS(test_get(&b, "/organisation/S21"), 200);
}

HTTP_TEST(unit, search_finds_by_part_of_the_name)
{
    Browser b = test_login("skoleleder");
    Answer found = test_get(&b, "/organisation?navn=KOMMUNE");
    CHECK_STATUS(found, 200);
    CHECK_HAS(found, "Fjordby Kommune");
    CHECK_LACKS(found, "/organisation/K2");
    CHECK_HAS(test_get(&b, "/organisation?navn=%3Cb%3E"), "&lt;b&gt;");
    CHECK_STATUS(test_get(&b, "/organisation?navn=skole&efter=K2"), 404);
    CHECK_HAS(test_get(&b, "/organisation?dag=31-02-2026"), "31-07-2026");
    CHECK_STATUS(test_get(&b, "/organisation?dag=01-01-1999"), 200);
}

HTTP_TEST(unit, edit_keeps_both_texts_when_two_edit_at_once)
{
    Browser b = test_login("konsulent");
    add_school(&b, "HT1", "Birkeskolen");
    CHECK_STATUS(test_get(&b, "/organisation/HT1/ret"), 200);
    char before[40];
    snprintf(before, sizeof before, "%s", version_of("HT1"));
    Answer first = post(&b, "/organisation/HT1/ret", before, "name=Birkens+Skole&kind=skole&parent_code=K1&valid_from=01-08-2022&valid_to=");
    CHECK_STATUS(first, 303);
    CHECK_HAS(test_get(&b, "/organisation/HT1?gemt=1"), "Birkens Skole");
    (void)test_get(&b, "/organisation/HT1/ret");
    Answer second = post(&b, "/organisation/HT1/ret", before, "name=Birke+Skole&kind=skole&parent_code=K1&valid_from=01-08-2022&valid_to=");
    CHECK_STATUS(second, 409);
    CHECK_HAS(second, "Birkens Skole");
    CHECK_HAS(second, "Birke Skole");
    CHECK_HAS(second, "version\" value=\"2\"");
    CHECK_INT(test_http_i64("SELECT count(*) FROM audit WHERE verb = 'organisation.edit'"), 1);
    CHECK_CLEAN();
}

HTTP_TEST(unit, faults_show_the_form_again_with_what_was_written)
{
    Browser b = test_login("konsulent");
    add_school(&b, "HT2", "Elleskolen");
    (void)test_get(&b, "/organisation/HT2/ret");
    Answer a = post(&b, "/organisation/HT2/ret", version_of("HT2"), "name=Elle&kind=skole&parent_code=NIX&valid_from=01-08-2022&valid_to=");
    CHECK_STATUS(a, 422);
    CHECK_HAS(a, "NIX");
    CHECK_HAS(a, "value=\"Elle\"");
    /* Another municipality's unit is told as one that does not exist. */
    (void)test_get(&b, "/organisation/HT2/ret");
    a = post(&b, "/organisation/HT2/ret", version_of("HT2"), "name=Elle&kind=skole&parent_code=K2&valid_from=01-08-2022&valid_to=");
    CHECK_STATUS(a, 422);
    CHECK_LACKS(a, "Holme");
    CHECK_STATUS(post(&b, "/organisation/HT2/ret", "x=1", "name=Elle"), 422);
    CHECK_STATUS(post(&b, "/organisation/K2/ret", "version=1", "name=Elle"), 404);
}

HTTP_TEST(unit, merge_split_and_end_tell_what_happens_and_do_it)
{
    Browser b = test_login("konsulent");
    add_school(&b, "HT3", "Granskolen");
    add_school(&b, "HT4", "Fyrreskolen");
    CHECK_HAS(test_get(&b, "/organisation/HT3/sammenlaeg"), "slutter dagen");
    CHECK_STATUS(post(&b, "/organisation/HT3/sammenlaeg", version_of("HT3"), "units=HT4&name=Skovskolen&code=HT5&parent_code=K1&valid_from=01-08-2025"), 303);
    Answer merged = test_get(&b, "/organisation/HT5");
    CHECK_HAS(merged, "Granskolen");
    CHECK_HAS(merged, "Fyrreskolen");
    (void)test_get(&b, "/organisation/HT5/del");
    CHECK_STATUS(post(&b, "/organisation/HT5/del", version_of("HT5"), "parts=HT6+Nordskoven%0AHT7+Sydskoven&moves=&valid_from=01-08-2026"), 303);
    CHECK_HAS(test_get(&b, "/organisation/HT5"), "Nordskoven");
    (void)test_get(&b, "/organisation/HT6/afslut");
    CHECK_STATUS(post(&b, "/organisation/HT6/afslut", version_of("HT6"), "valid_to=31-07-2030"), 303);
    CHECK_INT(test_http_i64("SELECT count(*) FROM unit_succession s JOIN unit u ON u.id = s.unit_id WHERE u.code IN ('HT5', 'HT6', 'HT7')"), 4);
    CHECK_CLEAN();
}

HTTP_TEST(unit, rollover_is_shown_and_then_done_once)
{
    Browser b = test_login("konsulent");
    add_school(&b, "HT8", "Pileskolen");
    (void)test_get(&b, "/organisation/HT8/ny");
    CHECK_STATUS(post(&b, "/organisation/HT8/ny", "version=1", "name=3.A&code=HT8-3A&kind=klasse&valid_from=01-08-2025"), 303);
    Answer plan = test_get(&b, "/organisation/HT8/opryk?aar=2026&sidste=9");
    CHECK_STATUS(plan, 200);
    CHECK_HAS(plan, "HT8-4A-2026");
    const char *at = strstr(plan.body.p, "name=\"version\" value=\"");
    CHECK(at != NULL);
    char version[60];
    snprintf(version, sizeof version, "version=%.*s", (int)strcspn(at + 22, "\""), at + 22);
    CHECK_STATUS(post(&b, "/organisation/HT8/opryk", version, "year=2026&last_grade=9"), 303);
    (void)test_get(&b, "/organisation/HT8");
    CHECK_STATUS(post(&b, "/organisation/HT8/opryk", version, "year=2026&last_grade=9"), 409);
    CHECK_INT(test_http_i64("SELECT count(*) FROM unit WHERE code = 'HT8-4A-2026'"), 1);
    CHECK_STATUS(test_get(&b, "/organisation/HT8/opryk?aar=x&sidste=77"), 200);
    CHECK_CLEAN();
}

HTTP_TEST(unit, an_export_imported_again_changes_nothing)
{
    Browser b = test_login("programleder");
    Answer file = test_get(&b, "/organisation/R1/enheder.csv");
    CHECK_STATUS(file, 200);
    CHECK_STR(str_sub(file.body, 0, 63), S("code,name,kind,parent_code,valid_from,valid_to,succeeds\nR1,Regi"));
    char path[] = "/tmp/unit-http-XXXXXX";
    int out = mkstemp(path);
    CHECK(out >= 0);
    CHECK_INT(write(out, file.body.p, (size_t)file.body.n), file.body.n);
    close(out);
    Str told = {0};
    CHECK_INT(test_traad(&told, "organisation", "import", path, NULL), 0);
    CHECK(str_find(told, S("stored 0,"), 0) > 0);
    unlink(path);
    Answer book = test_get(&b, "/organisation/R1/enheder.xlsx");
    CHECK_STATUS(book, 200);
    CHECK(str_starts(book.body, S("PK")));
}

#include "core/access/access.h"
#include "core/access/password_leaked.h"
#include "test.h"

static bool passes(const char *password)
{
    Ctx *c = test_ctx_plain();
    ctx_forgive(c); /* of the password before */
    return access_password_check(c, str_of_z(password), S("anne@fjord.example"), S("Anne Vestergård")) == OK;
}

TEST(password, what_stands_on_lists_of_leaked_ones_is_refused)
{
    static const char *const easy[] = {
        "password1234", "Password123!", "passwordpassword", "P@ssw0rd1234", "adgangskode1", "Adgangskode2026", "qwertyuiop123",
        "qwerty123456", "123456789012", "111111111111", "aaaaaaaaaaaa", "abcdefghijkl", "iloveyou1234", "Sommer2024!Sommer",
        "SommerVinter2026", "welcome12345", "1q2w3e4r5t6y1q2w", "987654321000", "velkommen2026!", "roedtraad2026!", "asdfghjkl123",
        "28-11-1975-28", "fodboldfodbold", "letmeinletmein", "abcabcabcabc", "Danmark2026!!",
    };
    for (size_t i = 0; i < sizeof easy / sizeof *easy; i++)
        if (passes(easy[i])) CHECK_STR(str_of_z(easy[i]), S("refused"));
}

TEST(password, known_leaked_ones_are_refused_in_any_case)
{
    ptrdiff_t n = 0;
    const char *const *all = password_leaked_all(&n);
    CHECK(n > 300);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i) CHECK(str_cmp(str_of_z(all[i - 1]), str_of_z(all[i])) < 0);
        if (passes(all[i])) CHECK_STR(str_of_z(all[i]), S("refused"));
    }
    CHECK(!passes("ContorTionist"));
    CHECK(passes("contortionist i en paraply"));
}

TEST(password, ones_own_name_is_worth_little)
{
    CHECK(!passes("Vestergaard2026"));
    CHECK(!passes("AnneVestergaard!"));
    CHECK(!passes("xx anne@fjord.example xx"));
}

TEST(password, words_that_do_not_belong_together_pass_and_no_signs_are_asked_for)
{
    static const char *const good[] = {"tre-ord-til-demo", "gulerod paraply tirsdag", "korrekthestbatteri", "blåbærgrød i øsregn",
                                       "dk8FjwQ2mzLp", "cykelpumpe og rabarber", "сорок тысяч обезьян"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!passes(good[i])) CHECK_STR(str_of_z(good[i]), S("passed"));
}

TEST(password, length_has_two_ends)
{
    char text[300];
    for (int i = 0; i < 299; i++) text[i] = (char)('a' + (i * 7 + i / 26 * 3) % 26);
    text[11] = 0;
    CHECK(!passes(text));
    text[11] = 'x', text[200] = 0;
    CHECK(passes(text));
    text[200] = 'x', text[201] = 0;
    CHECK(!passes(text));
}

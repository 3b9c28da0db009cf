#include <math.h>

#include "test.h"
#include "text/da.h"
#include "text/name.h"

static char room[512];

#define WRITTEN(call_with_b)             \
    ({                                   \
        Buf b = buf_over(room, sizeof room); \
        call_with_b;                     \
        buf_str(&b);                     \
    })

static Date day(int year, int month, int d)
{
    Date ret = {0};
    CHECK(date_of_civil((Civil){year, month, d}, &ret));
    return ret;
}

TEST(number, thousands_have_points)
{
    CHECK_STR(WRITTEN(text_count(&b, LANG_DA, 1250)), S("1.250"));
    CHECK_STR(WRITTEN(text_count(&b, LANG_DA, 999)), S("999"));
    CHECK_STR(WRITTEN(text_count(&b, LANG_DA, 0)), S("0"));
    CHECK_STR(WRITTEN(text_count(&b, LANG_EN, 1234567)), S("1,234,567"));
}

TEST(number, the_smallest_integer_is_written)
{
    CHECK_STR(WRITTEN(text_count(&b, LANG_DA, INT64_MIN)), S("−9.223.372.036.854.775.808"));
}

TEST(number, decimals_have_a_comma)
{
    CHECK_STR(WRITTEN(text_decimal(&b, LANG_DA, 12.5, 1)), S("12,5"));
    CHECK_STR(WRITTEN(text_decimal(&b, LANG_DA, -1234.567, 2)), S("−1.234,57"));
    CHECK_STR(WRITTEN(text_decimal(&b, LANG_EN, 12.5, 1)), S("12.5"));
    CHECK_STR(WRITTEN(text_decimal(&b, LANG_DA, 41.6, 0)), S("42"));
}

TEST(number, what_rounds_to_nothing_has_no_sign)
{
    CHECK_STR(WRITTEN(text_decimal(&b, LANG_DA, -0.04, 1)), S("0,0"));
}

TEST(number, what_is_no_number_is_a_dash)
{
    CHECK_STR(WRITTEN(text_decimal(&b, LANG_DA, NAN, 1)), S("–"));
    CHECK_STR(WRITTEN(text_share(&b, LANG_DA, 0, 0)), S("–"));
}

TEST(number, shares_are_whole_and_half_goes_up)
{
    CHECK_STR(WRITTEN(text_share(&b, LANG_DA, 18, 25)), S("72 pct."));
    CHECK_STR(WRITTEN(text_share(&b, LANG_DA, 1, 8)), S("13 pct.")); /* 12,5 */
    CHECK_STR(WRITTEN(text_share(&b, LANG_EN, 18, 25)), S("72%"));
    CHECK_STR(WRITTEN(text_share(&b, LANG_DA, 7, 7)), S("100 pct."));
}

TEST(number, kroner_have_oere_only_when_there_are_some)
{
    CHECK_STR(WRITTEN(text_kr(&b, LANG_DA, 125050)), S("1.250,50 kr."));
    CHECK_STR(WRITTEN(text_kr(&b, LANG_DA, 25000000)), S("250.000 kr."));
    CHECK_STR(WRITTEN(text_kr(&b, LANG_DA, -5)), S("−0,05 kr."));
    CHECK_STR(WRITTEN(text_kr(&b, LANG_EN, 125050)), S("DKK 1,250.50"));
}

TEST(text, a_sentence_begins_with_a_large_letter)
{
    Arena *a = test_ctx_plain()->arena;
    CHECK_STR(text_capital(a, S("to ud af fem")), S("To ud af fem"));
    CHECK_STR(text_capital(a, S("én ud af fem")), S("Én ud af fem"));
    CHECK_STR(text_capital(a, S("årsag")), S("Årsag"));
    CHECK_STR(text_capital(a, S("72 pct.")), S("72 pct."));
    CHECK_STR(text_capital(a, S("")), S(""));
}

TEST(phrase, the_checked_five)
{
    CHECK_STR(text_share_phrase(LANG_DA, 39, 100), S("to ud af fem"));
    CHECK_STR(text_share_phrase(LANG_DA, 72, 100), S("tre ud af fire"));
    CHECK_STR(text_share_phrase(LANG_DA, 81, 100), S("fire ud af fem"));
    CHECK_STR(text_share_phrase(LANG_DA, 40, 100), S("to ud af fem"));
    CHECK_STR(text_share_phrase(LANG_EN, 25, 100), S("one out of four"));
}

TEST(phrase, far_from_every_fraction_has_none)
{
    CHECK(text_share_phrase(LANG_DA, 93, 100).n == 0);
    CHECK(text_share_phrase(LANG_DA, 0, 100).n == 0);
    CHECK(text_share_phrase(LANG_DA, 100, 100).n == 0);
    CHECK(text_share_phrase(LANG_DA, 5, 0).n == 0);
}

TEST(phrase, three_points_is_the_last_that_counts)
{
    CHECK_STR(text_share_phrase(LANG_DA, 53, 100), S("halvdelen"));
    CHECK(text_share_phrase(LANG_DA, 531, 1000).n == 0);
    CHECK_STR(text_share_phrase(LANG_DA, 225, 1000), S("en ud af fire")); /* 2,5 from 1/4 and from 1/5 */
}

TEST(date, danish_and_english)
{
    Date d = day(2026, 12, 8);
    CHECK_STR(WRITTEN(text_date(&b, LANG_DA, d)), S("8. december 2026"));
    CHECK_STR(WRITTEN(text_date(&b, LANG_EN, d)), S("8 December 2026"));
    CHECK_STR(WRITTEN(text_weekday_date(&b, LANG_DA, d)), S("tirsdag 8. december"));
    CHECK_STR(WRITTEN(text_weekday_date(&b, LANG_EN, d)), S("Tuesday 8 December"));
    CHECK_STR(WRITTEN(text_form_date(&b, d)), S("08-12-2026"));
}

TEST(date, weeks_and_school_years)
{
    CHECK_STR(WRITTEN(text_week(&b, LANG_DA, day(2026, 11, 24))), S("uge 48"));
    CHECK_STR(WRITTEN(text_school_year(&b, LANG_DA, 2026)), S("skoleåret 2026/27"));
    CHECK_STR(WRITTEN(text_school_year(&b, LANG_DA, 1999)), S("skoleåret 1999/00"));
    CHECK_STR(WRITTEN(text_school_year(&b, LANG_EN, 2026)), S("the school year 2026/27"));
}

TEST(date, the_clock_is_danish_in_winter_and_summer)
{
    Instant winter = {day(2026, 12, 8).day * INT64_C(86400000) + (8 * 60 + 5) * 60000};
    Instant summer = {day(2026, 6, 30).day * INT64_C(86400000) + (22 * 60 + 30) * 60000};
    CHECK_STR(WRITTEN(text_instant(&b, LANG_DA, winter)), S("8. december 2026 kl. 9.05"));
    CHECK_STR(WRITTEN(text_instant(&b, LANG_EN, winter)), S("8 December 2026 at 9:05"));
    CHECK_STR(WRITTEN(text_instant(&b, LANG_DA, summer)), S("1. juli 2026 kl. 0.30"));
    CHECK_STR(WRITTEN(text_clock(&b, LANG_DA, winter)), S("kl. 9.05"));
}

static int order(const char *a, const char *b)
{
    Arena *arena = test_ctx_plain()->arena;
    return str_cmp(text_name_sort(arena, str_of_z(a)), text_name_sort(arena, str_of_z(b)));
}

TEST(name, aa_and_the_three_last_letters_in_danish_order)
{
    static const char *const sorted[] = {"Abildskolen", "Byskolen",   "Müllers Skole", "Vestre", "Zahles",
                                         "Ærøskolen",   "Ørsted",     "Östre",        "Aabenraa", "Åløkke"};
    for (int i = 1; i < 10; i++) CHECK(order(sorted[i - 1], sorted[i]) < 0);
}

TEST(name, case_accents_and_hyphens_do_not_order)
{
    CHECK_INT(order("André", "ANDRE"), 0);
    CHECK_INT(order("Anne-Marie", "anne marie"), 0);
    CHECK_INT(order("Aalborg", "Ålborg"), 0);
    CHECK_INT(order("Sct. Jørgens", "Sct Jørgens"), 0);
    CHECK_INT(order("A\xCC\x8Alborg", "Ålborg"), 0); /* A and a combining ring */
}

TEST(name, a_shorter_name_comes_first)
{
    CHECK(order("Ny Skole", "Nyborg Skole") < 0);
    CHECK(order("Byskolen", "Byskolen 2") < 0);
}

TEST(name, folding_finds_what_people_write)
{
    Arena *a = test_ctx_plain()->arena;
    CHECK_STR(text_name_fold(a, S("  AALBORG   Skole ")), S("ålborg skole"));
    CHECK_STR(text_name_fold(a, S("Straße")), S("strasse"));
    CHECK_STR(text_name_fold(a, S("Ægir Þórsson")), S("ægir thorsson"));
    CHECK_STR(text_name_fold(a, S("Иван")), S("Иван"));
    CHECK_STR(text_name_fold(a, S("-.'")), S(""));
    CHECK_STR(text_name_fold(a, S("aaa")), S("åa"));
    CHECK_STR(text_name_fold(a, S("A.A. Jensen")), S("aa jensen"));
    CHECK_STR(text_name_fold(a, S("anna.andersen@x")), S("annaandersen@x"));
    CHECK_STR(text_name_fold(a, S("A\xc2\xad" "alborg")), S("ålborg"));
}

TEST(name, lower_case_keeps_every_letter)
{
    Arena *a = test_ctx_plain()->arena;
    CHECK_STR(text_lower(a, S("ÆØÅ É Ÿ Ž ABC ß × 9")), S("æøå é ÿ ž abc ß × 9"));
    CHECK_STR(text_lower(a, S("ИВАН Ё ΑΩ")), S("иван ё αω"));
    CHECK_STR(text_lower(a, S("ıĸŉ")), S("ıĸŉ"));
}

#include "text/da.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "base/number.h"

/* ---- numbers ---------------------------------------------------------------- */

typedef struct Marks {
    char thousands, decimal, clock;
} Marks;
static const Marks marks[] = {[LANG_DA] = {'.', ',', '.'}, [LANG_EN] = {',', '.', ':'}};

static const Str minus = S_INIT("\u2212"), none = S_INIT("\u2013");

/* Digits only, without sign. */
static void add_grouped(Buf *b, Lang lang, Str digits)
{
    for (ptrdiff_t i = 0; i < digits.n; i++) {
        if (i > 0 && (digits.n - i) % 3 == 0) buf_add_char(b, marks[lang].thousands);
        buf_add_char(b, digits.p[i]);
    }
}

static void add_magnitude(Buf *b, Lang lang, uint64_t n)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    add_grouped(b, lang, (Str){digits, length});
}

static uint64_t magnitude(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

void text_count(Buf *b, Lang lang, int64_t n)
{
    if (n < 0) buf_add(b, minus);
    add_magnitude(b, lang, magnitude(n));
}

Str text_number_word(Lang lang, int64_t n)
{
    static const Str words[2][10] = {
        [LANG_DA] = {S_INIT("én"), S_INIT("to"), S_INIT("tre"), S_INIT("fire"), S_INIT("fem"), S_INIT("seks"),
                     S_INIT("syv"), S_INIT("otte"), S_INIT("ni"), S_INIT("ti")},
        [LANG_EN] = {S_INIT("one"), S_INIT("two"), S_INIT("three"), S_INIT("four"), S_INIT("five"), S_INIT("six"),
                     S_INIT("seven"), S_INIT("eight"), S_INIT("nine"), S_INIT("ten")},
    };
    return n >= 1 && n <= 10 ? words[lang][n - 1] : (Str){0};
}

/* a–z, and à–þ, whose large letters lie as far before them in UTF-8 (÷ has none). */
Str text_capital(Arena *arena, Str text)
{
    enum { STEP = 'a' - 'A', LATIN_1 = 0xc3, DIVISION = 0xb7 };
    if (text.n == 0) return text;
    Buf b = buf_new(arena, text.n);
    buf_add(&b, text);
    unsigned char first = (unsigned char)b.p[0], second = b.n > 1 ? (unsigned char)b.p[1] : 0;
    if (first >= 'a' && first <= 'z') b.p[0] = (char)(first - STEP);
    if (first == LATIN_1 && second >= 0xa0 && second <= 0xbe && second != DIVISION) b.p[1] = (char)(second - STEP);
    return buf_str(&b);
}

static bool is_zero(Str digits)
{
    for (ptrdiff_t i = 0; i < digits.n; i++)
        if (digits.p[i] != '0' && digits.p[i] != '.') return false;
    return true;
}

void text_decimal(Buf *b, Lang lang, double v, int digits)
{
    assert(digits >= 0 && digits <= 6);
    if (!isfinite(v)) {
        buf_add(b, none);
        return;
    }
    char text[336]; /* the largest double has 309 digits */
    Str all = {text, snprintf(text, sizeof text, "%.*f", digits, fabs(v))};
    ptrdiff_t point = str_find_char(all, '.', 0);
    Str whole = str_sub(all, 0, point < 0 ? all.n : point);
    /* What rounds to nothing has no sign. */
    if (v < 0 && !is_zero(all)) buf_add(b, minus);
    add_grouped(b, lang, whole);
    if (point < 0) return;
    buf_add_char(b, marks[lang].decimal);
    buf_add(b, str_sub(all, point + 1, all.n));
}

void text_share(Buf *b, Lang lang, int64_t n, int64_t of)
{
    if (of <= 0) {
        buf_add(b, none);
        return;
    }
    __int128 twice = (__int128)n * 200 + of, pct = twice / ((__int128)of * 2);
    if (twice % ((__int128)of * 2) < 0) pct--; /* division towards minus infinity */
    text_count(b, lang, (int64_t)pct);
    buf_add(b, lang == LANG_EN ? S("%") : S(" pct."));
}

void text_kr(Buf *b, Lang lang, int64_t oere)
{
    uint64_t all = magnitude(oere);
    if (lang == LANG_EN) buf_add(b, S("DKK "));
    if (oere < 0) buf_add(b, minus);
    add_magnitude(b, lang, all / 100);
    if (all % 100) {
        buf_add_char(b, marks[lang].decimal);
        buf_add_padded(b, (int64_t)(all % 100), 2);
    }
    if (lang == LANG_DA) buf_add(b, S(" kr."));
}

/* ---- shares in words ------------------------------------------------------------ */

typedef struct Fraction {
    int part, of;
    Str word[2]; /* by Lang */
} Fraction;
/* By denominator, so that the first of two equally near wins. */
static const Fraction fractions[] = {
    {1, 2, {S_INIT("halvdelen"), S_INIT("half")}},
    {1, 3, {S_INIT("en ud af tre"), S_INIT("one out of three")}},
    {2, 3, {S_INIT("to ud af tre"), S_INIT("two out of three")}},
    {1, 4, {S_INIT("en ud af fire"), S_INIT("one out of four")}},
    {3, 4, {S_INIT("tre ud af fire"), S_INIT("three out of four")}},
    {1, 5, {S_INIT("en ud af fem"), S_INIT("one out of five")}},
    {2, 5, {S_INIT("to ud af fem"), S_INIT("two out of five")}},
    {3, 5, {S_INIT("tre ud af fem"), S_INIT("three out of five")}},
    {4, 5, {S_INIT("fire ud af fem"), S_INIT("four out of five")}},
};

Str text_share_phrase(Lang lang, int64_t n, int64_t of)
{
    if (n <= 0 || n >= of) return (Str){0};
    const Fraction *best = NULL;
    __int128 best_far = 0;
    for (ptrdiff_t i = 0; i < COUNT_OF(fractions); i++) {
        const Fraction *f = &fractions[i];
        /* |n/of − part/den| as sixtieths of of: 60 is a multiple of every denominator. */
        __int128 far = (__int128)n * 60 - (__int128)of * f->part * (60 / f->of);
        if (far < 0) far = -far;
        if (best && far >= best_far) continue;
        best = f;
        best_far = far;
    }
    /* far / (60 of) <= 3/100 */
    return best_far * 100 <= (__int128)of * 180 ? best->word[lang] : (Str){0};
}

/* ---- dates ------------------------------------------------------------------------ */

static const Str months[2][12] = {
    [LANG_DA] = {S_INIT("januar"), S_INIT("februar"), S_INIT("marts"), S_INIT("april"), S_INIT("maj"), S_INIT("juni"),
                 S_INIT("juli"), S_INIT("august"), S_INIT("september"), S_INIT("oktober"), S_INIT("november"),
                 S_INIT("december")},
    [LANG_EN] = {S_INIT("January"), S_INIT("February"), S_INIT("March"), S_INIT("April"), S_INIT("May"),
                 S_INIT("June"), S_INIT("July"), S_INIT("August"), S_INIT("September"), S_INIT("October"),
                 S_INIT("November"), S_INIT("December")},
};
static const Str weekdays[2][7] = {
    [LANG_DA] = {S_INIT("mandag"), S_INIT("tirsdag"), S_INIT("onsdag"), S_INIT("torsdag"), S_INIT("fredag"),
                 S_INIT("lørdag"), S_INIT("søndag")},
    [LANG_EN] = {S_INIT("Monday"), S_INIT("Tuesday"), S_INIT("Wednesday"), S_INIT("Thursday"), S_INIT("Friday"),
                 S_INIT("Saturday"), S_INIT("Sunday")},
};

Str text_month(Lang lang, int month)
{
    assert(month >= 1 && month <= 12);
    return months[lang][month - 1];
}

Str text_weekday(Lang lang, int weekday)
{
    assert(weekday >= 0 && weekday <= 6);
    return weekdays[lang][weekday];
}

static void add_day(Buf *b, Lang lang, Civil day)
{
    buf_add_i64(b, day.day);
    buf_add(b, lang == LANG_DA ? S(". ") : S(" "));
    buf_add(b, text_month(lang, day.month));
}

void text_date(Buf *b, Lang lang, Date d)
{
    Civil day = date_civil(d);
    add_day(b, lang, day);
    buf_add_char(b, ' ');
    buf_add_i64(b, day.year);
}

void text_weekday_date(Buf *b, Lang lang, Date d)
{
    buf_add(b, text_weekday(lang, date_weekday(d)));
    buf_add_char(b, ' ');
    add_day(b, lang, date_civil(d));
}

void text_form_date(Buf *b, Date d)
{
    Civil day = date_civil(d);
    buf_add_padded(b, day.day, 2);
    buf_add_char(b, '-');
    buf_add_padded(b, day.month, 2);
    buf_add_char(b, '-');
    buf_add_padded(b, day.year, 4);
}

static void add_time(Buf *b, Lang lang, Instant t)
{
    int64_t minutes = t.ms / 60000 - (t.ms % 60000 < 0) + date_danish_offset(t);
    int64_t of_day = (minutes % 1440 + 1440) % 1440;
    buf_add_i64(b, of_day / 60);
    buf_add_char(b, marks[lang].clock);
    buf_add_padded(b, of_day % 60, 2);
}

void text_clock(Buf *b, Lang lang, Instant t)
{
    if (lang == LANG_DA) buf_add(b, S("kl. "));
    add_time(b, lang, t);
}

void text_instant(Buf *b, Lang lang, Instant t)
{
    text_date(b, lang, date_of_instant_danish(t));
    buf_add(b, lang == LANG_DA ? S(" kl. ") : S(" at "));
    add_time(b, lang, t);
}

void text_week(Buf *b, Lang lang, Date d)
{
    buf_add(b, lang == LANG_DA ? S("uge ") : S("week "));
    buf_add_i64(b, date_week(d).week);
}

void text_school_year(Buf *b, Lang lang, int first_year)
{
    buf_add(b, lang == LANG_DA ? S("skoleåret ") : S("the school year "));
    buf_add_i64(b, first_year);
    buf_add_char(b, '/');
    buf_add_padded(b, (first_year + 1) % 100, 2);
}

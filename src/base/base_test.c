/* Hand-worked cases of the lowest floor; calendars checked against Python's. */
#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/log.h"
#include "base/number.h"
#include "test.h"

static Arena *arena(void) { return test_ctx_plain()->arena; }

/* ---- arena ------------------------------------------------------------- */

TEST(arena, gives_zeroed_aligned_memory)
{
    arena_take_raw(arena(), 3);
    int64_t *v = NEW(arena(), int64_t, 5);
    CHECK_INT((uintptr_t)v % _Alignof(int64_t), 0);
    for (int i = 0; i < 5; i++) CHECK_INT(v[i], 0);
}

TEST(arena, no_objects_still_have_an_address_of_their_own)
{
    char *a = NEW(arena(), char, 0), *b = NEW(arena(), char, 0), *d = NEW(arena(), char, 1);
    CHECK(a && a != b && b != d);
}

TEST(arena, by_value_is_scratch)
{
    Arena scratch = *arena();
    const char *before = arena()->next;
    NEW(&scratch, char, 100);
    CHECK(arena()->next == before);
}

static int full_after(ptrdiff_t size, ptrdiff_t count)
{
    static char memory[64];
    jmp_buf full;
    Arena a = {.next = memory, .end = memory + sizeof memory, .full = &full};
    if (setjmp(full)) return 1;
    arena_take(&a, size, 1, count);
    return 0;
}

TEST(arena, jumps_when_full_and_when_the_size_overflows)
{
    CHECK_INT(full_after(8, 8), 0);
    CHECK_INT(full_after(8, 9), 1);
    CHECK_INT(full_after(PTRDIFF_MAX, 3), 1);
    CHECK_INT(full_after(8, PTRDIFF_MAX), 1);
    CHECK_INT(full_after(8, -1), 1);
}

TEST(arena, trim_takes_any_length_and_keeps_what_is_before_it)
{
    ArenaRange r = arena_range_open(1 << 20);
    memset(r.base, 'x', (size_t)r.size);
    arena_range_trim(r, 5000);
    CHECK_INT(r.base[4999], 'x');
    CHECK_INT(r.base[8192], 0);
    CHECK_INT(r.base[r.size - 1], 0);
    arena_range_close(r);
}

/* ---- str --------------------------------------------------------------- */

TEST(str, compares_bytewise)
{
    CHECK(str_eq(S(""), (Str){NULL, 0}));
    CHECK(!str_eq(S("a"), S("b")) && !str_eq(S("a"), S("aa")));
    CHECK(str_cmp(S("a"), S("aa")) < 0 && str_cmp(S("b"), S("aa")) > 0 && str_cmp(S("å"), S("z")) > 0);
    CHECK_INT(str_cmp(S("æ"), S("æ")), 0);
    CHECK(str_starts(S("abc"), S("ab")) && !str_starts(S("a"), S("ab")) && str_starts(S("a"), S("")));
    CHECK(str_ends(S("abc"), S("bc")) && !str_ends(S("c"), S("bc")));
}

TEST(str, finds_and_cuts)
{
    CHECK_INT(str_find(S("banan"), S("an"), 0), 1);
    CHECK_INT(str_find(S("banan"), S("an"), 2), 3);
    CHECK_INT(str_find(S("banan"), S("an"), 4), -1);
    CHECK_INT(str_find(S("banan"), S(""), 5), 5);
    CHECK_INT(str_find(S("banan"), S("a"), 6), -1);
    CHECK_INT(str_find_char(S("banan"), 'n', 3), 4);
    CHECK_INT(str_find_char(S("banan"), 'n', 5), -1);
    CHECK_STR(str_sub(S("banan"), 1, 3), S("an"));
    CHECK_STR(str_sub(S("banan"), -4, 99), S("banan"));
    CHECK_STR(str_sub(S("banan"), 4, 2), S(""));
    CHECK_STR(str_trim(S(" \t\r\n a b \n")), S("a b"));
    CHECK_STR(str_trim(S(" \n")), S(""));
}

TEST(str, split_gives_every_part_once)
{
    Str rest = S("a,,b,"), part = {0};
    static const Str want[] = {S_INIT("a"), S_INIT(""), S_INIT("b"), S_INIT("")};
    for (int i = 0; i < 4; i++) {
        CHECK(str_split(&rest, ',', &part));
        CHECK_STR(part, want[i]);
    }
    CHECK(!str_split(&rest, ',', &part));
    rest = S("");
    CHECK(str_split(&rest, ',', &part));
    CHECK_STR(part, S(""));
    CHECK(!str_split(&rest, ',', &part));
}

TEST(str, joins_and_ends_with_zero)
{
    CHECK_STR(STR_CAT(arena(), S("a"), S(""), S("bc")), S("abc"));
    CHECK_INT(strlen(str_z(arena(), S("abc"))), 3);
    CHECK(str_has_zero((Str){"a\0b", 3}) && !str_has_zero(S("ab")) && !str_has_zero(S("")));
    CHECK_STR(str_of_z(NULL), S(""));
}

static int64_t i64_or(Str s, int64_t otherwise)
{
    int64_t v = otherwise;
    str_i64(s, &v);
    return v;
}

TEST(str, whole_numbers_whole_or_not_at_all)
{
    CHECK_INT(i64_or(S("0"), 7), 0);
    CHECK_INT(i64_or(S("-12"), 7), -12);
    CHECK_INT(i64_or(S("007"), 1), 7);
    CHECK(i64_or(S("9223372036854775807"), 7) == INT64_MAX);
    CHECK(i64_or(S("-9223372036854775808"), 7) == INT64_MIN);
    static const Str bad[] = {S_INIT(""), S_INIT("-"), S_INIT("+1"), S_INIT(" 1"), S_INIT("1 "), S_INIT("1.0"),
                              S_INIT("0x1"), S_INIT("--1"), S_INIT("9223372036854775808"),
                              S_INIT("-9223372036854775809"), S_INIT("99999999999999999999")};
    for (int i = 0; i < COUNT_OF(bad); i++) CHECK_INT(i64_or(bad[i], 7), 7);
}

static double f64_or(Str s, double otherwise)
{
    double v = otherwise;
    str_f64(s, &v);
    return v;
}

TEST(str, decimals_are_never_nan_inf_or_hexadecimal)
{
    CHECK_NEAR(f64_or(S("0.1"), 7), 0.1, 0);
    CHECK_NEAR(f64_or(S("-2.5e-3"), 7), -0.0025, 0);
    CHECK_NEAR(f64_or(S(".5"), 7), 0.5, 0);
    CHECK_NEAR(f64_or(S("1E+2"), 7), 100, 0);
    static const Str bad[] = {S_INIT(""), S_INIT("."), S_INIT("-"), S_INIT("nan"), S_INIT("inf"), S_INIT("-inf"),
                              S_INIT("0x1p3"), S_INIT("1,5"), S_INIT("1e"), S_INIT("1e+"), S_INIT("1e999"),
                              S_INIT("1.2.3"), S_INIT(" 1"), S_INIT("1 "), S_INIT("+1"), S_INIT("e5")};
    for (int i = 0; i < COUNT_OF(bad); i++) CHECK_NEAR(f64_or(bad[i], 7), 7, 0);
}

TEST(str, hexadecimal_there_and_back)
{
    unsigned char back[3] = {0};
    CHECK_STR(str_hex(arena(), "\x00\x9a\xff", 3), S("009aff"));
    CHECK(str_unhex(S("009AfF"), back, 3));
    CHECK(memcmp(back, "\x00\x9a\xff", 3) == 0);
    CHECK(!str_unhex(S("009af"), back, 3) && !str_unhex(S("009afg"), back, 3));
}

/* ---- UTF-8 ------------------------------------------------------------- */

TEST(utf8, accepts_the_edges_of_each_length)
{
    static const Str good[] = {S_INIT(""), S_INIT("æøå"), S_INIT("\x7f"), S_INIT("\xc2\x80"), S_INIT("\xdf\xbf"),
                               S_INIT("\xe0\xa0\x80"), S_INIT("\xed\x9f\xbf"), S_INIT("\xee\x80\x80"),
                               S_INIT("\xef\xbf\xbf"), S_INIT("\xf0\x90\x80\x80"), S_INIT("\xf4\x8f\xbf\xbf")};
    for (int i = 0; i < COUNT_OF(good); i++) CHECK(str_is_utf8(good[i]));
}

TEST(utf8, refuses_overlong_surrogates_cut_and_too_high)
{
    static const Str bad[] = {S_INIT("\x80"), S_INIT("\xc0\xaf"), S_INIT("\xc1\xbf"), S_INIT("\xe0\x9f\xbf"),
                              S_INIT("\xed\xa0\x80"), S_INIT("\xf0\x8f\xbf\xbf"), S_INIT("\xf4\x90\x80\x80"),
                              S_INIT("\xf5\x80\x80\x80"), S_INIT("\xc3"), S_INIT("a\xe2\x82"), S_INIT("\xf0\x9f\x98"),
                              S_INIT("\xc3("), S_INIT("\xff")};
    for (int i = 0; i < COUNT_OF(bad); i++) CHECK(!str_is_utf8(bad[i]));
}

TEST(utf8, counts_and_reads_code_points)
{
    CHECK_INT(str_chars(S("Rød tråd")), 8);
    CHECK_INT(str_chars(S("€😀")), 2);
    int len = 0;
    CHECK_INT(str_next_char(S("a😀"), 1, &len), 0x1f600);
    CHECK_INT(len, 4);
    CHECK_INT(str_next_char(S("€"), 0, &len), 0x20ac);
    CHECK_INT(len, 3);
    CHECK_INT(str_next_char(S("ø"), 0, &len), 0xf8);
    CHECK_INT(len, 2);
    CHECK_INT(str_next_char(S("\xff"), 0, &len), 0xfffd);
    CHECK_INT(len, 1);
}

/* ---- buf and number ---------------------------------------------------- */

TEST(buf, past_its_maximum_nothing_more_is_added)
{
    char room[4];
    Buf b = buf_over(room, 4);
    buf_add(&b, S("abc"));
    CHECK(!b.full);
    buf_add(&b, S("de"));
    CHECK(b.full);
    buf_add(&b, S("f")); /* would fit, but would hide the hole */
    buf_add_char(&b, 'g');
    CHECK_STR(buf_str(&b), S("abc"));
    CHECK(b.full);
}

TEST(buf, writes_numbers_and_json)
{
    Buf b = buf_new(arena(), 200);
    buf_add_i64(&b, INT64_MIN);
    buf_add_char(&b, ' ');
    buf_add_i64(&b, 0);
    buf_add_char(&b, ' ');
    buf_add_padded(&b, 7, 3);
    buf_add_padded(&b, 1234, 3);
    buf_add_json(&b, S("a\"b\\c\n\x01ø"));
    CHECK_STR(buf_str(&b), S("-9223372036854775808 0 0071234\"a\\\"b\\\\c\\u000a\\u0001ø\""));
}

static Str f64_text(double v)
{
    Buf b = buf_new(arena(), 40);
    buf_add_f64(&b, v);
    return buf_str(&b);
}

TEST(number, shortest_text_that_reads_back)
{
    CHECK_STR(f64_text(0.1), S("0.1"));
    CHECK_STR(f64_text(0.1 + 0.2), S("0.30000000000000004"));
    CHECK_STR(f64_text(1.0 / 3), S("0.3333333333333333"));
    CHECK_STR(f64_text(-1e300), S("-1e+300"));
    CHECK_STR(f64_text(25), S("25"));
    CHECK_STR(f64_text(0x1p-1074), S("4.94065645841247e-324"));
}

TEST(number, checked_arithmetic_leaves_the_result_alone)
{
    int64_t v = 7;
    CHECK(!i64_add(INT64_MAX, 1, &v) && !i64_mul(INT64_MIN, -1, &v) && !i64_add(INT64_MIN, -1, &v));
    CHECK_INT(v, 7);
    CHECK(i64_add(INT64_MAX, INT64_MIN, &v));
    CHECK_INT(v, -1);
    CHECK(i64_mul(-3, 4, &v));
    CHECK_INT(v, -12);
}

/* ---- date -------------------------------------------------------------- */

static Date day(const char *iso)
{
    Date d = {0};
    CHECK(date_parse(str_of_z(iso), &d));
    return d;
}

TEST(date, known_days)
{
    CHECK_INT(day("1970-01-01").day, 0);
    CHECK_INT(day("2000-02-29").day, 11016);
    CHECK_INT(day("2026-11-24").day, 20781);
    CHECK_INT(day("1900-01-01").day, -25567);
    CHECK_INT(day("2200-12-31").day, 84370);
}

TEST(date, every_day_reads_back)
{
    Civil before = date_civil((Date){-25568});
    for (int32_t d = -25567; d <= 84370; d++) {
        Civil c = date_civil((Date){d});
        Date back = {0};
        CHECK(date_of_civil(c, &back));
        CHECK_INT(back.day, d);
        bool is_next = c.day == before.day + 1 && c.month == before.month && c.year == before.year;
        bool is_first = c.day == 1 && (c.month == before.month % 12 + 1);
        CHECK(is_next || is_first);
        before = c;
    }
}

TEST(date, refuses_days_that_do_not_exist)
{
    static const Str bad[] = {S_INIT("2026-02-29"), S_INIT("2100-02-29"), S_INIT("2026-13-01"), S_INIT("2026-00-01"),
                              S_INIT("2026-01-00"), S_INIT("2026-04-31"), S_INIT("1899-12-31"), S_INIT("2201-01-01"),
                              S_INIT("2026-1-01"), S_INIT("2026/01/01"), S_INIT("2026-01-01 "), S_INIT(""),
                              S_INIT("-026-01-01"), S_INIT("2026-+1-01"), S_INIT("2026--1-01")};
    Date d = {77};
    for (int i = 0; i < COUNT_OF(bad); i++) CHECK(!date_parse(bad[i], &d));
    CHECK_INT(d.day, 77);
}

TEST(date, danish_forms)
{
    static const Str good[] = {S_INIT("04-05-2026"), S_INIT("4-5-2026"), S_INIT("4.5.2026"), S_INIT("04/05/2026")};
    static const Str bad[] = {S_INIT("2026-05-04"), S_INIT("4-5-26"), S_INIT("31-4-2026"), S_INIT("4 5 2026"),
                              S_INIT("4-5"), S_INIT("4-5-2026-"), S_INIT("-5-2026"), S_INIT(""), S_INIT("04052026"),
                              S_INIT("4-5-20260")};
    for (int i = 0; i < COUNT_OF(good); i++) {
        Date d = {0};
        CHECK(date_parse_danish(good[i], &d));
        CHECK_STR(date_iso(arena(), d), S("2026-05-04"));
    }
    Date untouched = {77};
    for (int i = 0; i < COUNT_OF(bad); i++) CHECK(!date_parse_danish(bad[i], &untouched));
    CHECK_INT(untouched.day, 77);
}

TEST(date, weekday_and_iso_week)
{
    static const struct {
        const char *date;
        int weekday, year, week;
    } known[] = {
        {"1970-01-01", 3, 1970, 1},  {"2018-12-31", 0, 2019, 1},  {"2020-12-31", 3, 2020, 53},
        {"2021-01-03", 6, 2020, 53}, {"2021-01-04", 0, 2021, 1},  {"2026-11-24", 1, 2026, 48},
        {"2027-01-01", 4, 2026, 53}, {"2024-12-30", 0, 2025, 1},  {"2016-01-03", 6, 2015, 53},
        {"1900-01-01", 0, 1900, 1},  {"1969-12-28", 6, 1969, 52}, {"2000-01-02", 6, 1999, 52},
    };
    for (int i = 0; i < COUNT_OF(known); i++) {
        IsoWeek w = date_week(day(known[i].date));
        CHECK_INT(date_weekday(day(known[i].date)), known[i].weekday);
        CHECK_INT(w.year, known[i].year);
        CHECK_INT(w.week, known[i].week);
    }
}

TEST(date, school_year_begins_in_august)
{
    CHECK_INT(date_school_year(day("2026-07-31")), 2025);
    CHECK_INT(date_school_year(day("2026-08-01")), 2026);
    CHECK_INT(date_school_year(day("2027-01-01")), 2026);
}

static Instant at(const char *iso, int hour, int minute)
{
    return (Instant){((int64_t)day(iso).day * 24 * 60 + hour * 60 + minute) * 60000};
}

TEST(date, danish_clocks_turn_on_the_last_sundays)
{
    /* 2026: 29 March and 25 October, both at 01:00 UTC; 2024: 31 March and 27 October. */
    CHECK_INT(date_danish_offset((Instant){at("2026-03-29", 1, 0).ms - 1}), 60);
    CHECK_INT(date_danish_offset(at("2026-03-29", 1, 0)), 120);
    CHECK_INT(date_danish_offset((Instant){at("2026-10-25", 1, 0).ms - 1}), 120);
    CHECK_INT(date_danish_offset(at("2026-10-25", 1, 0)), 60);
    CHECK_INT(date_danish_offset(at("2024-03-31", 0, 59)), 60);
    CHECK_INT(date_danish_offset(at("2024-03-31", 1, 0)), 120);
    CHECK_INT(date_danish_offset(at("2024-10-27", 1, 0)), 60);
    CHECK_INT(date_danish_offset(at("2026-01-01", 0, 0)), 60);
}

TEST(date, danish_day_begins_before_utc_midnight)
{
    CHECK_INT(date_of_instant_danish(at("2026-12-31", 22, 59)).day, day("2026-12-31").day);
    CHECK_INT(date_of_instant_danish(at("2026-12-31", 23, 0)).day, day("2027-01-01").day);
    CHECK_INT(date_of_instant_danish(at("2026-07-01", 21, 59)).day, day("2026-07-01").day);
    CHECK_INT(date_of_instant_danish(at("2026-07-01", 22, 0)).day, day("2026-07-02").day);
    CHECK_INT(date_of_instant((Instant){-1}).day, -1);
    CHECK_STR(instant_iso(arena(), (Instant){1795510800123}), S("2026-11-24T09:00:00.123Z"));
    CHECK_STR(instant_iso(arena(), (Instant){-1}), S("1969-12-31T23:59:59.999Z"));
}

/* ---- ctx --------------------------------------------------------------- */

TEST(ctx, first_cause_stands_until_forgiven)
{
    Ctx *c = test_ctx_plain();
    CHECK_ERR(fail(c, E_CONFLICT, T("et")), E_CONFLICT);
    CHECK_ERR(fail(c, E_BROKEN, T("to")), E_BROKEN);
    CHECK_INT(c->err, E_CONFLICT);
    CHECK_STR(c->message.text, S("et"));
    ctx_forgive(c);
    CHECK_INT(c->err, OK);
    CHECK(msg_is_empty(c->message));
}

TEST(ctx, problems_together_make_invalid)
{
    Ctx *c = test_ctx_plain();
    CHECK_OK(ctx_check(c));
    ctx_problem(c, S("title"), T("Skriv en titel."));
    ctx_problem(c, S("day"), T("Vælg en dag."));
    CHECK_ERR(ctx_check(c), E_INVALID);
    CHECK_STR(c->message.text, S("Skriv en titel."));
    CHECK_STR(c->problems->next->field, S("day"));
}

static void count_up(Ctx *c, void *data)
{
    (void)c;
    ++*(int *)data;
}

TEST(ctx, rewind_ends_what_came_after_the_mark)
{
    Ctx *c = test_ctx_plain();
    int kept = 0, dropped = 0;
    ctx_at_end(c, count_up, &kept);
    CtxMark mark = ctx_mark(c);
    ctx_at_end(c, count_up, &dropped);
    ctx_after_commit(c, count_up, &dropped);
    ctx_problem(c, S("x"), T("fejl"));
    CHECK_ERR(ctx_check(c), E_INVALID);
    ctx_rewind(c, mark);
    CHECK_INT(dropped, 1);
    CHECK_INT(kept, 0);
    CHECK(!c->after_commit && !c->problems);
    CHECK_INT(c->err, OK);
    ctx_end(c);
    CHECK_INT(kept, 1);
}

TEST(ctx, uid_is_32_hexadecimal_digits_and_new_each_time)
{
    Ctx *c = test_ctx_plain();
    Str a = ctx_uid(c), b = ctx_uid(c);
    unsigned char bytes[16];
    CHECK(str_unhex(a, bytes, 16) && !str_eq(a, b));
}

/* ---- csv --------------------------------------------------------------- */

typedef struct Parsed {
    Csv csv;
    CsvRow row;
} Parsed;

static Parsed open_csv(Str text) { return (Parsed){.csv = csv_open(text, ',')}; }

/* The next row's fields with | between; "!" and the fault's number; "." at the end. */
static Str next(Parsed *p)
{
    Buf b = buf_new(arena(), 400);
    if (!csv_next(&p->csv, arena(), &p->row)) {
        buf_add_char(&b, p->csv.fault ? '!' : '.');
        if (p->csv.fault) buf_add_i64(&b, p->csv.fault);
        return buf_str(&b);
    }
    for (ptrdiff_t i = 0; i < p->row.n; i++) {
        if (i) buf_add_char(&b, '|');
        buf_add(&b, p->row.v[i]);
    }
    return buf_str(&b);
}

TEST(csv, mark_mixed_line_ends_and_empty_lines)
{
    Parsed p = open_csv(S("\xef\xbb\xbfid,x\r\na,1\n\r\n\nb,2\r\nc,"));
    CHECK_STR(next(&p), S("id|x"));
    CHECK_INT(p.row.line, 1);
    CHECK_STR(next(&p), S("a|1"));
    CHECK_STR(next(&p), S("b|2"));
    CHECK_INT(p.row.line, 5);
    CHECK_STR(p.row.raw, S("b,2"));
    CHECK_STR(next(&p), S("c|"));
    CHECK_STR(next(&p), S("."));
    CHECK_STR(next(&p), S("."));
}

TEST(csv, quoted_fields_hold_anything)
{
    Parsed p = open_csv(S("\"a,b\",\"c\"\"d\"\"\",\"\",\"e\r\nf\"\ng,h,\"\"\"\",i\n"));
    CHECK_STR(next(&p), S("a,b|c\"d\"||e\r\nf"));
    CHECK_STR(next(&p), S("g|h|\"|i"));
    CHECK_INT(p.row.line, 3);
}

TEST(csv, lone_carriage_return_and_inner_quote_are_text)
{
    Parsed p = open_csv(S("a\rb,c\"d\n\r"));
    CHECK_STR(next(&p), S("a\rb|c\"d"));
    CHECK_STR(next(&p), S("\r"));
}

TEST(csv, mark_before_a_quote_is_passed_over)
{
    Parsed p = open_csv(S("\xef\xbb\xbf\"id\"\n"));
    CHECK_STR(next(&p), S("id"));
}

TEST(csv, faults_are_told_and_passed_over)
{
    Parsed p = open_csv(S("a,b\xff,c\n\"x\"y,1\nok,2\n"));
    CHECK_STR(next(&p), STR_CAT(arena(), S("!"), S("1")));
    CHECK_INT(p.row.line, 1);
    csv_skip_row(&p.csv);
    CHECK_STR(next(&p), S("!2"));
    CHECK_INT(p.row.line, 2);
    csv_skip_row(&p.csv);
    CHECK_STR(next(&p), S("ok|2"));
    CHECK_INT(p.row.line, 3);
}

TEST(csv, open_quote_costs_its_own_row_only)
{
    Parsed p = open_csv(S("a,1\nb,\"2\nc,3\nd,4\n"));
    CHECK_STR(next(&p), S("a|1"));
    CHECK_STR(next(&p), S("!2"));
    CHECK_INT(p.row.line, 2);
    csv_skip_row(&p.csv);
    CHECK_STR(next(&p), S("c|3"));
    CHECK_INT(p.row.line, 3);
    CHECK_STR(next(&p), S("d|4"));
    CHECK_STR(next(&p), S("."));
}

TEST(csv, fields_of_several_lines_behind_a_fault_are_passed_over_with_their_row)
{
    Parsed p = open_csv(S("a\xff,\"b\nc \"\"d\"\"\n\",\"e\"\nok,1\nx\xff,\"y\nz,2\n\"\xff\",\"\n\"v\nlast,3\n"));
    CHECK_STR(next(&p), S("!1"));
    csv_skip_row(&p.csv);
    CHECK_STR(next(&p), S("ok|1"));
    CHECK_INT(p.row.line, 4);
    CHECK_STR(next(&p), S("!1"));
    csv_skip_row(&p.csv); /* its quote closes in a place where none can: this line alone is lost */
    CHECK_STR(next(&p), S("z|2"));
    CHECK_INT(p.row.line, 6);
    CHECK_STR(next(&p), S("!1"));
    csv_skip_row(&p.csv);
    CHECK_STR(next(&p), S("!2"));
    csv_skip_row(&p.csv);
    CHECK_STR(next(&p), S("last|3"));
    CHECK_INT(p.row.line, 9);
}

TEST(csv, zero_bytes_and_limits)
{
    Parsed p = open_csv((Str){"a,\0b\n", 5});
    CHECK(!csv_next(&p.csv, arena(), &p.row));
    CHECK_INT(p.csv.fault, CSV_ZERO_BYTE);
    Buf wide = buf_new(arena(), 8192);
    for (int i = 0; i < CSV_MAX_FIELDS - 1; i++) buf_add_char(&wide, ',');
    p = open_csv(buf_str(&wide));
    CHECK(csv_next(&p.csv, arena(), &p.row));
    CHECK_INT(p.row.n, CSV_MAX_FIELDS);
    buf_add_char(&wide, ',');
    p = open_csv(buf_str(&wide));
    CHECK(!csv_next(&p.csv, arena(), &p.row));
    CHECK_INT(p.csv.fault, CSV_TOO_MANY_FIELDS);
    Buf longer = buf_new(arena(), CSV_MAX_FIELD_BYTES + 1);
    while (longer.n < longer.max) buf_add_char(&longer, 'x');
    p = open_csv(buf_str(&longer));
    CHECK(!csv_next(&p.csv, arena(), &p.row));
    CHECK_INT(p.csv.fault, CSV_FIELD_TOO_LONG);
    p = open_csv(str_sub(buf_str(&longer), 0, CSV_MAX_FIELD_BYTES));
    CHECK(csv_next(&p.csv, arena(), &p.row));
}

TEST(csv, delimiter_is_guessed_outside_quotes)
{
    CHECK_INT(csv_open(S("a;b;c,d\n1,2,3,4,5"), 0).delimiter, ';');
    CHECK_INT(csv_open(S("a\tb\tc\n"), 0).delimiter, '\t');
    CHECK_INT(csv_open(S("\"a,b,c\";d\n"), 0).delimiter, ';');
    CHECK_INT(csv_open(S("alene\n"), 0).delimiter, ',');
    CHECK_INT(csv_open(S("a,b;c;d"), ',').delimiter, ',');
}

TEST(csv, finds_columns_by_name)
{
    Parsed p = open_csv(S("id,N,n\n"));
    next(&p);
    CHECK_INT(csv_column(&p.row, S("n")), 2);
    CHECK_INT(csv_column(&p.row, S("x")), -1);
}

TEST(log, line_has_numbers_codes_and_words_of_the_program)
{
    LogLine line = log_line_new();
    log_word(&line, LOG_EVENT, "job");
    log_number(&line, LOG_STATUS, 200);
    log_code(&line, LOG_FAULT, "7F2A00");
    log_figure(&line, "sent", 3);
    CHECK_STR(log_line_done(&line), S("{\"event\":\"job\",\"status\":200,\"fault\":\"7F2A00\",\"sent\":3}"));
    CHECK_INT(line.refused, 0);
}

TEST(log, what_a_person_wrote_cannot_be_written)
{
    char name[] = "Anne Vestergaard";
    const char *from_arena = str_z(arena(), S("010190-1234"));
    LogLine line = log_line_new();
    log_word(&line, LOG_EVENT, "job");
    log_word(&line, LOG_ROUTE, name);
    log_word(&line, LOG_KIND, from_arena);
    log_code(&line, LOG_FAULT, "010190-1234");
    log_code(&line, LOG_FAULT, "Anne");
    log_figure(&line, from_arena, 1);
    CHECK_STR(log_line_done(&line), S("{\"event\":\"job\"}"));
    CHECK_INT(line.refused, 5);
}

TEST(log, line_that_grows_too_long_is_not_written)
{
    LogLine line = log_line_new();
    for (int i = 0; i < LOG_LINE_MAX / 10; i++) log_word(&line, LOG_OUTCOME, "done");
    CHECK_INT(log_line_done(&line).n, 0);
}

#include "base/date.h"

#include "base/buf.h"

/* Days ↔ civil after H. Hinnant, "chrono-compatible low-level date
   algorithms" (2013): years begin in March, eras of 400 years. */
Civil date_civil(Date d)
{
    int z = d.day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (Civil){.year = yoe + era * 400 + (month <= 2), .month = month, .day = doy - (153 * mp + 2) / 5 + 1};
}

static int32_t days_of_civil(int y, int m, int d)
{
    y -= m <= 2;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

bool date_of_civil(Civil civil, Date *ret)
{
    if (civil.year < 1900 || civil.year > 2200 || civil.month < 1 || civil.month > 12 || civil.day < 1) return false;
    Date d = {days_of_civil(civil.year, civil.month, civil.day)};
    Civil back = date_civil(d);
    if (back.month != civil.month || back.day != civil.day) return false;
    *ret = d;
    return true;
}

static bool read_part(Str s, int *ret)
{
    int64_t v = 0;
    if (s.n < 1 || s.n > 4 || s.p[0] == '-' || !str_i64(s, &v)) return false;
    *ret = (int)v;
    return true;
}

bool date_parse(Str s, Date *ret)
{
    Civil c = {0};
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
    if (!read_part(str_sub(s, 0, 4), &c.year) || !read_part(str_sub(s, 5, 7), &c.month) ||
        !read_part(str_sub(s, 8, 10), &c.day))
        return false;
    return date_of_civil(c, ret);
}

bool date_parse_danish(Str s, Date *ret)
{
    int part[3] = {0};
    ptrdiff_t from = 0;
    for (int i = 0; i < 3; i++) {
        ptrdiff_t to = from;
        while (to < s.n && s.p[to] >= '0' && s.p[to] <= '9') to++;
        if (!read_part(str_sub(s, from, to), &part[i])) return false;
        if (i < 2 && (to >= s.n || (s.p[to] != '-' && s.p[to] != '.' && s.p[to] != '/'))) return false;
        if (i == 2 && to != s.n) return false;
        from = to + 1;
    }
    return date_of_civil((Civil){.year = part[2], .month = part[1], .day = part[0]}, ret);
}

Str date_iso(Arena *arena, Date d)
{
    Civil c = date_civil(d);
    Buf b = buf_new(arena, 16);
    buf_add_padded(&b, c.year, 4);
    buf_add_char(&b, '-');
    buf_add_padded(&b, c.month, 2);
    buf_add_char(&b, '-');
    buf_add_padded(&b, c.day, 2);
    return buf_str(&b);
}

int date_weekday(Date d)
{
    return (int)(((int64_t)d.day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
}

IsoWeek date_week(Date d)
{
    Date thursday = {d.day - date_weekday(d) + 3};
    int year = date_civil(thursday).year;
    return (IsoWeek){.year = year, .week = (thursday.day - days_of_civil(year, 1, 1)) / 7 + 1};
}

int date_school_year(Date d)
{
    Civil c = date_civil(d);
    return c.month >= 8 ? c.year : c.year - 1;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

enum { DAY_MS = 86400000, HOUR_MS = 3600000 };

Date date_of_instant(Instant t)
{
    return (Date){(int32_t)floor_div(t.ms, DAY_MS)};
}

static int64_t last_sunday_01_utc(int year, int month)
{
    Date last = {days_of_civil(year, month, 31)};
    int back = (date_weekday(last) + 1) % 7;
    return (int64_t)(last.day - back) * DAY_MS + HOUR_MS;
}

int date_danish_offset(Instant t)
{
    int year = date_civil(date_of_instant(t)).year;
    bool summer = t.ms >= last_sunday_01_utc(year, 3) && t.ms < last_sunday_01_utc(year, 10);
    return summer ? 120 : 60;
}

Date date_of_instant_danish(Instant t)
{
    return date_of_instant((Instant){t.ms + (int64_t)date_danish_offset(t) * 60000});
}

Str instant_iso(Arena *arena, Instant t)
{
    int64_t ms = t.ms - (int64_t)date_of_instant(t).day * DAY_MS;
    Buf b = buf_new(arena, 32);
    buf_add(&b, date_iso(arena, date_of_instant(t)));
    const int64_t unit[] = {HOUR_MS, 60000, 1000};
    for (int i = 0; i < 3; i++) {
        buf_add_char(&b, i ? ':' : 'T');
        buf_add_padded(&b, ms / unit[i], 2);
        ms %= unit[i];
    }
    buf_add_char(&b, '.');
    buf_add_padded(&b, ms, 3);
    buf_add_char(&b, 'Z');
    return buf_str(&b);
}

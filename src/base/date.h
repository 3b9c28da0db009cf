/* Dates are days since 1970-01-01 (proleptic Gregorian), instants are UTC
   milliseconds since then. The clock is the Ctx's. Danish wording of dates is
   in text/; local time of day (Europe/Copenhagen) too. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/str.h"

typedef struct Date {
    int32_t day;
} Date;

typedef struct Instant {
    int64_t ms;
} Instant;

typedef struct Civil {
    int year, month, day; /* 1-based month and day */
} Civil;

typedef struct IsoWeek {
    int year, week; /* ISO 8601 */
} IsoWeek;

Civil date_civil(Date d);
/* False when no such day exists; years 1900–2200. */
bool date_of_civil(Civil civil, Date *ret);
/* YYYY-MM-DD, whole text. */
bool date_parse(Str s, Date *ret);
/* DD-MM-YYYY as Danes write it in forms, also D-M-YYYY and with '.' or '/'. */
bool date_parse_danish(Str s, Date *ret);
/* 10 bytes, YYYY-MM-DD. */
Str date_iso(Arena *arena, Date d);
/* 0 = Monday. */
int date_weekday(Date d);
IsoWeek date_week(Date d);
/* First year of the school year (1 August–31 July) that d lies in. */
int date_school_year(Date d);
/* The UTC day of an instant. */
Date date_of_instant(Instant t);
/* Minutes that Danish clocks are ahead of UTC at t: 60, or 120 from the last
   Sunday of March 01:00 UTC to the last Sunday of October 01:00 UTC.
   Source: directive 2000/84/EC. */
int date_danish_offset(Instant t);
/* The Danish day of an instant. */
Date date_of_instant_danish(Instant t);
/* YYYY-MM-DDTHH:MM:SS.mmmZ */
Str instant_iso(Arena *arena, Instant t);

#endif

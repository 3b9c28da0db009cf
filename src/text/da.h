/* How Danish (and English, for those who chose it) writes numbers, dates and
   shares on a page. Pure: into a Buf, no escaping needed (no text written here
   has &, <, > or quotes). Files for machines are written elsewhere.
   Source: DOMAIN §5 "Display", PAGES §7; Retskrivningsordbogen §§ 6, 42, 44. */
#ifndef TEXT_DA_H
#define TEXT_DA_H

#include "base/buf.h"
#include "base/ctx.h"

/* ---- numbers: a minus is U+2212 ---- */

/* 1.250 · 1,250 */
void text_count(Buf *b, Lang lang, int64_t n);
/* "to" … "ti" · "two" … "ten" for 2–10, "én" · "one"; empty for others. */
Str text_number_word(Lang lang, int64_t n);
/* The same text with its first letter large: it begins a sentence. Empty stays empty. */
Str text_capital(Arena *arena, Str text);
/* 12,5 · 12.5; `digits` 0–6 after the comma; NaN and infinities are "–". */
void text_decimal(Buf *b, Lang lang, double v, int digits);
/* 72 pct. · 72%: n of `of`, whole, half up; "–" when of <= 0. */
void text_share(Buf *b, Lang lang, int64_t n, int64_t of);
/* 1.250,50 kr. · DKK 1,250.50; whole kroner without ",00". */
void text_kr(Buf *b, Lang lang, int64_t oere);
/* "tre ud af fire", "halvdelen" · "three out of four", "half": the nearest
   fraction with denominator 2–5 if it lies within 3 points of n/of, the
   smaller denominator when two are equally near. Empty when none does, and
   for nobody and everybody: then the digits stand alone.
   Source: DOMAIN §0.12 (39→2/5, 72→3/4, 81→4/5, 40→2/5, 25→1/4, 93→none). */
Str text_share_phrase(Lang lang, int64_t n, int64_t of);

/* ---- dates ---- */

/* 8. december 2026 · 8 December 2026 */
void text_date(Buf *b, Lang lang, Date d);
/* tirsdag 8. december · Tuesday 8 December */
void text_weekday_date(Buf *b, Lang lang, Date d);
/* 08-12-2026, as forms take it, in both languages. */
void text_form_date(Buf *b, Date d);
/* 8. december 2026 kl. 9.05 · 8 December 2026 at 9:05, Danish time of day. */
void text_instant(Buf *b, Lang lang, Instant t);
/* kl. 9.05 · 9:05 */
void text_clock(Buf *b, Lang lang, Instant t);
/* uge 48 · week 48, ISO 8601 */
void text_week(Buf *b, Lang lang, Date d);
/* skoleåret 2026/27 · the school year 2026/27; first_year as date_school_year gives it. */
void text_school_year(Buf *b, Lang lang, int first_year);
/* "december" · "December"; month 1–12. */
Str text_month(Lang lang, int month);
/* "tirsdag" · "Tuesday"; 0 = Monday. */
Str text_weekday(Lang lang, int weekday);

#endif

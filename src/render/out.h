/* The writer of pages: escapes for where a value stands. Templates (tool/pages.c
   compiles them) call OUT_TEXT, OUT_ATTR and OUT_URL, which pick the writer by
   the value's type; a bare number, bool or enum has no writer and does not
   compile. Safe markup has its own type and is made only in render/. */
#ifndef RENDER_OUT_H
#define RENDER_OUT_H

#include "base/buf.h"
#include "base/ctx.h"

/* Counts in Danish form: 1.250. */
typedef struct Count { int64_t n; } Count;
/* A share as counts: written "72 pct."; of 0 is "–". */
typedef struct Share { int64_t n, of; } Share;
/* Money in øre: "1.250,50 kr." */
typedef struct Kr { int64_t oere; } Kr;
/* A number written plainly (ids in addresses, heights): the author says so. */
typedef struct Plain { int64_t n; } Plain;
/* Decimal with a comma, `digits` after it. */
typedef struct Decimal { double v; int digits; } Decimal;
/* Text that may hold stretches of another language (text/foreign.h): they get a
   lang attribute in text, and inside an attribute they lose their marks. */
typedef struct Spoken { Str text; } Spoken;
/* Made only in render/ (charts, icons). */
typedef struct Markup { Str html; } Markup;

typedef struct Out {
    Ctx *c;    /* language, arena */
    Buf b;
    Str block; /* write only this {% block %}; empty: everything */
    bool muted;/* outside the wanted block; set together with block, before the first word */
    bool found;/* the wanted block was drawn */
    int inside;/* how many open blocks of that name we are in */
} Out;

/* Past `max` bytes nothing more is written and o->b.full is set: look before sending. */
Out out_new(Ctx *c, ptrdiff_t max);
/* Trusted literal of a template. */
void out_lit(Out *o, Str s);
/* Text, also good inside a double-quoted attribute. */
void out_str(Out *o, Str s);
void out_msg(Out *o, Msg m);
void out_spoken(Out *o, Spoken s);
void out_bare(Out *o, Spoken s); /* without its marks */
void out_date(Out *o, Date d);           /* 8. december 2026 */
void out_instant(Out *o, Instant t);     /* 8. december 2026 kl. 9.05, Danish time */
void out_count(Out *o, Count n);
void out_share(Out *o, Share s);
void out_kr(Out *o, Kr kr);
void out_plain(Out *o, Plain n);
void out_decimal(Out *o, Decimal d);
void out_markup(Out *o, Markup m);
/* One segment of a path, percent-encoded. "." and "..", which no encoding
   keeps a browser from walking, are written "-". */
void out_url_str(Out *o, Str s);
/* One value after '?' or '#', percent-encoded. */
void out_query_str(Out *o, Str s);
/* "&name=value", a further part of a query; nothing where the value is empty. */
void out_query_pair(Out *o, const char *name, Str value);
/* An id; addresses are the one place where a bare number needs no type. */
void out_url_i64(Out *o, int64_t n);
/* A whole address of our own (begins with one '/'); anything else is written as "#".
   Already percent-encoded where it needs to be; spaces and letters beyond ASCII are encoded here. */
typedef struct Href { Str path; } Href;
void out_href(Out *o, Href h);
void out_block_begin(Out *o, Str name);
void out_block_end(Out *o, Str name);
Str out_done(Out *o);
/* What templates drew into `o`, to be drawn again as it is where it is the same for many; in `keep`. */
Markup out_drawn(Arena *keep, const Out *o);

/* The sentence in the Ctx's language, arguments filled in, unescaped: whole
   numbers with thousands separators (so a year goes in as Str), dates in words.
   "{5}" and braces around anything else stand as written. What en.po lacks is shown in Danish; tool/po_check.sh sees to it
   that it lacks nothing. */
Str msg_text(Ctx *c, Msg m);
/* In a language of its own, for what is not written to the one who asks. */
Str msg_text_in(Ctx *c, Lang lang, Msg m);

#define OUT_TEXT(o, x)                                                                             \
    _Generic((x), Str: out_str, Msg: out_msg, Spoken: out_spoken, Date: out_date, Instant: out_instant,                \
             Count: out_count, Share: out_share, Kr: out_kr, Plain: out_plain,                     \
             Decimal: out_decimal, Markup: out_markup, Href: out_href)((o), (x))
#define OUT_ATTR(o, x)                                                                             \
    _Generic((x), Str: out_str, Msg: out_msg, Spoken: out_bare, Date: out_date, Instant: out_instant,                \
             Count: out_count, Share: out_share, Kr: out_kr, Plain: out_plain,                     \
             Decimal: out_decimal)((o), (x))
#define OUT_URL(o, x)                                                                              \
    _Generic((x), Str: out_url_str, Plain: out_plain, int64_t: out_url_i64)((o), (x))
#define OUT_QUERY(o, x)                                                                            \
    _Generic((x), Str: out_query_str, Plain: out_plain, int64_t: out_url_i64)((o), (x))

#endif

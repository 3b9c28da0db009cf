/* The numbers of a report as people read them, and the words of change. */
#include "feature/drawing/drawing_words.h"

#include <math.h>

#include "base/buf.h"
#include "base/number.h"
#include "text/da.h"
#include "text/foreign.h"

static Str lang_code(Ctx *c)
{
    return c->lang == LANG_EN ? S("en") : S("da");
}

Str drawing_bare(Ctx *c, LangTexts texts)
{
    return lang_text(texts, lang_code(c));
}

Str drawing_text(Ctx *c, LangTexts texts)
{
    Str own = lang_code(c), text = lang_text(texts, own);
    for (ptrdiff_t i = 0; i < texts.n; i++) {
        if (texts.v[i].text.p != text.p) continue;
        return str_eq(texts.v[i].lang, own) ? text : text_foreign(c->arena, texts.v[i].lang, text);
    }
    return text;
}

Msg drawing_hidden_words(void)
{
    return T("Skjult, så ingen kan genkendes.");
}

/* ---- numbers ---------------------------------------------------------------------- */

Pct drawing_pct(int64_t count, int64_t of)
{
    if (of <= 0) return (Pct){0};
    if (of < REPORT_FEW) return (Pct){.v = (int)((count * 40 + of) / (2 * of)) * 5, .is_circa = true};
    return (Pct){.v = (int)((count * 200 + of) / (2 * of))};
}

int drawing_whole(double share)
{
    return (int)floor(share * 100 + 0.5);
}

Str drawing_decimal(Ctx *c, double v, int digits)
{
    Buf b = buf_new(c->arena, 40);
    text_decimal(&b, c->lang, v, digits);
    return buf_str(&b);
}

Str drawing_count_text(Ctx *c, int64_t n)
{
    Buf b = buf_new(c->arena, 40);
    text_count(&b, c->lang, n);
    return buf_str(&b);
}

Str drawing_wave(Ctx *c, const Report *r, Str wave)
{
    Str title = lang_text(r->title, S("da")), begin = STR_CAT(c->arena, title, S(", "));
    return title.n && str_starts(wave, begin) && wave.n > begin.n ? str_sub(wave, begin.n, wave.n) : wave;
}

static Str with_sign(Ctx *c, double v, Str text)
{
    return v > 0 ? STR_CAT(c->arena, S("+"), text) : text;
}

Str drawing_points(Ctx *c, double difference)
{
    int points = drawing_whole(fabs(difference));
    double v = difference < 0 ? -points : points;
    return msg_text(c, TF("{1} point", with_sign(c, v, drawing_decimal(c, v, 0))));
}

Str drawing_share_text(Ctx *c, int64_t count, int64_t of)
{
    return pct_text(c, drawing_pct(count, of));
}

/* ---- texts of others ---------------------------------------------------------------- */

static bool is_gap(char ch)
{
    return ch == ' ' || ch == '\n' || ch == '\r';
}

/* After a whole word; where one word fills it all, between two letters. */
static ptrdiff_t end_within(Str text, ptrdiff_t bytes)
{
    if (text.n <= bytes) return text.n;
    ptrdiff_t end = bytes;
    while (end > 0 && !is_gap(text.p[end])) end--;
    if (end > 0) return end;
    end = bytes;
    while (end > 0 && ((unsigned char)text.p[end] & 0xc0) == 0x80) end--;
    return end;
}

Str drawing_shortened(Ctx *c, Str text, ptrdiff_t bytes)
{
    ptrdiff_t end = end_within(text, bytes);
    Buf b = buf_new(c->arena, end + 1);
    for (ptrdiff_t i = 0; i < end; i++) {
        bool is_second = is_gap(text.p[i]) && i > 0 && is_gap(text.p[i - 1]);
        if (!is_second) buf_add_char(&b, is_gap(text.p[i]) ? ' ' : text.p[i]);
    }
    return str_trim(buf_str(&b));
}

Str drawing_question(Ctx *c, Str text, ptrdiff_t bytes)
{
    TextPiece piece;
    Str rest = text;
    if (text.n <= bytes || !text_piece(c->arena, &rest, &piece) || piece.text.n <= bytes) return text;
    Str short_one = STR_CAT(c->arena, drawing_shortened(c, piece.text, bytes), S(" …"));
    return piece.lang.n ? text_foreign(c->arena, piece.lang, short_one) : short_one;
}

/* ---- change and comparison ------------------------------------------------------------ */

Certainty drawing_certainty(const ReportCompare *change)
{
    if (!change->is) return 0;
    if (!change->is_comparable) return NEW_WORDING;
    switch (change->label) {
    case LABEL_SIKKER: return CERTAIN;
    case LABEL_USIKKER: return BY_CHANCE;
    case LABEL_FAA_SVAR: return FEW_ANSWERS;
    case LABEL_IKKE_SAMMENLIGNELIG: return NEW_WORDING;
    }
    return BY_CHANCE;
}

Str drawing_change_size(Ctx *c, const ReportCompare *change, bool is_share)
{
    if (is_share) return drawing_points(c, change->difference);
    return with_sign(c, change->difference, drawing_decimal(c, change->difference, 2));
}

Str drawing_after_certainty(Ctx *c, Certainty certainty, const ReportCompare *change, bool is_share)
{
    switch (certainty) {
    case CERTAIN: return drawing_change_size(c, change, is_share);
    case BY_CHANCE: return msg_text(c, T("ingen sikker ændring"));
    case FEW_ANSWERS: return msg_text(c, T("til at tale om ændring"));
    case NEW_WORDING: return msg_text(c, T("spørgsmålet eller enheden er ændret"));
    }
    return S("");
}

/* "Sikker ændring: +33 point (usikkerhed 11 til 50)" */
Str drawing_change_cell(Ctx *c, const ReportCompare *change, bool is_share)
{
    Certainty certainty = drawing_certainty(change);
    if (!certainty) return msg_text(c, T("Intet at sammenligne med"));
    Str word = msg_text(c, certainty_words(certainty));
    if (certainty != CERTAIN) return word;
    Str size = drawing_change_size(c, change, is_share);
    if (!is_share) return STR_CAT(c->arena, word, S(": "), size);
    Str low = drawing_decimal(c, drawing_whole(change->low), 0), high = drawing_decimal(c, drawing_whole(change->high), 0);
    return msg_text(c, TF("{1}: {2} (usikkerhed {3} til {4} point)", word, size, low, high));
}

/* The charts in words. Kept apart from the drawing, because the words are the
   chart for whoever cannot see it, and are reviewed as text. */
#include "render/chart/chart.h"
#include "text/foreign.h"

enum { NAME_MAX = 16 << 10 }; /* bytes; a longer one is cut at a whole sentence part */

Str pct_text(Ctx *c, Pct p)
{
    return msg_text(c, p.is_circa ? TF("ca. {1} pct.", p.v) : TF("{1} pct.", p.v));
}

static void add_part(Buf *b, Str part)
{
    if (b->n + part.n + 2 > b->max) return;
    if (b->n) buf_add(b, S(", "));
    buf_add(b, part);
}

static Str distribution_name(Ctx *c, const Chart *chart)
{
    const Distribution *d = &chart->distribution;
    Buf b = buf_new(c->arena, NAME_MAX);
    for (int i = 0; i < d->n; i++) add_part(&b, STR_CAT(c->arena, d->label[i], S(" "), pct_text(c, d->share[i])));
    return buf_str(&b);
}

static Str comparison_name(Ctx *c, const Chart *chart)
{
    const Comparison *d = &chart->comparison;
    Buf b = buf_new(c->arena, NAME_MAX);
    add_part(&b, msg_text(c, TF("{1}: i år {2}", msg_text(c, d->subject), pct_text(c, d->now))));
    if (d->has_interval) add_part(&b, msg_text(c, TF("usikkerhed {1} til {2} pct.", d->low, d->high)));
    if (d->has_last) add_part(&b, msg_text(c, TF("sidste gang {1}", pct_text(c, d->last))));
    if (d->has_municipality) add_part(&b, msg_text(c, TF("kommunen {1}", pct_text(c, d->municipality))));
    if (d->has_region) add_part(&b, msg_text(c, TF("regionen {1}", pct_text(c, d->region))));
    return buf_str(&b);
}

static Str rate_name(Ctx *c, const Chart *chart)
{
    const RateBar *d = &chart->rate;
    Str now = msg_text(c, TF("{1} af {2} har svaret.", d->answered, d->invited));
    if (!d->has_last) return now;
    return STR_CAT(c->arena, now, S(" "),
                   msg_text(c, TF("Sidste gang svarede {1} af {2}.", d->last_answered, d->last_invited)));
}

static Str point_text(Ctx *c, const Line *d, const LinePoint *p)
{
    switch (p->kind) {
    case POINT_HIDDEN: return msg_text(c, TF("{1} skjult", p->label));
    case POINT_NOT_ASKED: return msg_text(c, TF("{1} ikke spurgt", p->label));
    case POINT_VALUE: break;
    }
    Out o = out_new(c, 64);
    out_decimal(&o, (Decimal){(double)p->tenths / 10, 1});
    Str value = out_done(&o);
    if (!d->is_pct) return STR_CAT(c->arena, p->label, S(" "), value);
    return STR_CAT(c->arena, p->label, S(" "), msg_text(c, TF("{1} pct.", value)));
}

static Str line_name(Ctx *c, const Chart *chart)
{
    const Line *d = &chart->line;
    Buf b = buf_new(c->arena, NAME_MAX);
    for (int i = 0; i < d->n; i++) {
        Str why = msg_text(c, d->v[i].break_why);
        if (why.n) add_part(&b, msg_text(c, TF("brud ({1})", why)));
        add_part(&b, point_text(c, d, &d->v[i]));
    }
    return STR_CAT(c->arena, msg_text(c, d->subject), S(": "), buf_str(&b));
}

static Str strip_name(Ctx *c, const Chart *chart)
{
    const Strip *d = &chart->strip;
    int done = 0;
    for (int i = 0; i < STRIP_KNOTS; i++) done += d->knot[i] == KNOT_DONE;
    return msg_text(c, TF("Tråden: {1} ({2} af {3} knuder er bundet)", msg_text(c, d->says), done, STRIP_KNOTS));
}

static Str hidden_name(Ctx *c, const Chart *chart)
{
    return msg_text(c, chart->hidden.why);
}

static Str qr_name(Ctx *c, const Chart *chart)
{
    return msg_text(c, chart->qr.says);
}

typedef Str NameFn(Ctx *c, const Chart *chart);

Str chart_name(Ctx *c, const Chart *chart)
{
    static NameFn *const by_kind[] = {
        [CHART_DISTRIBUTION] = distribution_name,
        [CHART_COMPARISON] = comparison_name,
        [CHART_RATE] = rate_name,
        [CHART_LINE] = line_name,
        [CHART_STRIP] = strip_name,
        [CHART_HIDDEN] = hidden_name,
        [CHART_QR] = qr_name,
    };
    return text_bare(c->arena, by_kind[chart->kind](c, chart));
}

Strs chart_notes(Ctx *c, const Chart *chart)
{
    if (chart->kind != CHART_LINE) return (Strs){0};
    const Line *d = &chart->line;
    Strs notes = {.v = NEW(c->arena, Str, d->n)};
    for (int i = 0; i < d->n; i++) {
        Str why = msg_text(c, d->v[i].break_why);
        if (why.n == 0) continue;
        char letter[] = {(char)('a' + notes.n % 26)};
        notes.v[notes.n++] = STR_CAT(c->arena, (Str){letter, 1}, S(": "), why);
    }
    return notes;
}

Msg certainty_words(Certainty certainty)
{
    switch (certainty) {
    case CERTAIN: return T("Sikker ændring");
    case BY_CHANCE: return T("Kan være tilfældigt");
    case FEW_ANSWERS: return T("For få svar");
    case NEW_WORDING: break;
    }
    return T("Kan ikke sammenlignes");
}

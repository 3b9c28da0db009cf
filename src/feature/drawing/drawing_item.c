/* One item of a report: its drawings and what is said beside them. */
#include <math.h>

#include "base/number.h"
#include "feature/drawing/drawing_words.h"
#include "text/foreign.h"

enum { WORD_BYTES = 4000 };

/* ---- comparisons ---------------------------------------------------------------------- */

static const ReportYear *year_of(const ReportYears *years, Str wave)
{
    for (ptrdiff_t i = 0; i < years->n; i++)
        if (str_eq(years->v[i].wave, wave)) return &years->v[i];
    return NULL;
}

/* The share that the change is about: no year is shown that was not compared. */
const ReportYear *drawing_last_share(const ReportItem *item)
{
    if (!item->change.is || !item->change.is_comparable) return NULL;
    const ReportYear *year = year_of(&item->years, item->change.other);
    return year && year->has_count && year->valid > 0 ? year : NULL;
}

/* The unit above at place `at` of the path, as published; NULL where hidden. */
const ReportGroup *drawing_above(const ReportItem *item, ptrdiff_t at)
{
    ptrdiff_t seen = 0;
    for (ptrdiff_t i = 0; i < item->groups.n; i++) {
        const ReportGroup *g = &item->groups.v[i];
        if (!str_eq(g->dimension, S("enhed"))) continue;
        if (seen++ == at) return g;
    }
    return NULL;
}

bool drawing_has_share(const ReportGroup *g)
{
    return g && g->state == REPORT_SHOWN && g->agree.is && g->valid > 0;
}

static void set_above(Comparison *k, const ReportItem *item)
{
    ptrdiff_t seen = 0;
    for (ptrdiff_t i = 0; i < item->groups.n; i++) {
        const ReportGroup *g = &item->groups.v[i];
        if (!str_eq(g->dimension, S("enhed"))) continue;
        const ReportGroup *shown = drawing_above(item, seen++);
        if (!drawing_has_share(shown)) continue;
        Pct share = drawing_pct(shown->agree.count, shown->valid);
        if (str_eq(g->group, S("kommune"))) {
            k->has_municipality = true;
            k->municipality = share;
        } else if (str_eq(g->group, S("region"))) {
            k->has_region = true;
            k->region = share;
        }
    }
}

Chart drawing_comparison(const ReportItem *item)
{
    const ReportShare *agree = &item->agree;
    bool is_few = item->valid < REPORT_FEW;
    Comparison k = {
        .subject = T("Enige"),
        .now = drawing_pct(agree->count, item->valid),
        .has_interval = true,
        .low = is_few ? (int)floor(agree->low * 20) * 5 : drawing_whole(agree->low),
        .high = is_few ? (int)ceil(agree->high * 20) * 5 : drawing_whole(agree->high),
    };
    const ReportYear *last = drawing_last_share(item);
    if (last) {
        k.has_last = true;
        k.last = drawing_pct(last->count, last->valid);
    }
    set_above(&k, item);
    return (Chart){.kind = CHART_COMPARISON, .comparison = k};
}

/* "Enige: 74 pct. · 2025: 70 pct. · Fjordby Kommune: 70 pct." */
static Str agree_words(Ctx *c, const Report *r, const ReportItem *item)
{
    Buf b = buf_new(c->arena, WORD_BYTES);
    Str counted = drawing_counted(c, item), now = drawing_share_text(c, item->agree.count, item->valid);
    buf_add(&b, msg_text(c, counted.n ? TF("{1}: {2}", counted, now) : TF("Enige: {1}", now)));
    const ReportYear *last = drawing_last_share(item);
    if (last) {
        Str share = drawing_share_text(c, last->count, last->valid);
        buf_add(&b, STR_CAT(c->arena, S(" · "), drawing_wave(c, r, last->wave), S(": "), share));
    }
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        const ReportGroup *g = drawing_above(item, i);
        if (!drawing_has_share(g)) continue;
        Str share = drawing_share_text(c, g->agree.count, g->valid);
        buf_add(&b, STR_CAT(c->arena, S(" · "), r->path.v[i].name, S(": "), share));
    }
    return buf_str(&b);
}

Pooled drawing_pooled(const ReportItem *item)
{
    Pooled p = {item->agree.count, item->valid, 1};
    for (ptrdiff_t i = 0; i < item->years.n; i++) {
        const ReportYear *y = &item->years.v[i];
        if (!y->has_count || y->valid <= 0) continue;
        p.count += y->count;
        p.valid += y->valid;
        p.waves++;
    }
    return p;
}

static Str years_words(Ctx *c, const ReportItem *item)
{
    if (!item->agree.is) return S("");
    Pooled p = drawing_pooled(item);
    if (p.waves < 2) return S("");
    Str share = drawing_share_text(c, p.count, p.valid);
    Str counted = drawing_counted(c, item);
    if (counted.n && p.waves == 2) return msg_text(c, TF("Begge målinger under ét: {1} af {2} svarer {3}", share, p.valid, counted));
    if (counted.n) return msg_text(c, TF("{1} målinger under ét: {2} af {3} svarer {4}", p.waves, share, p.valid, counted));
    if (p.waves == 2) return msg_text(c, TF("Begge målinger under ét: {1} enige af {2} svar", share, p.valid));
    return msg_text(c, TF("{1} målinger under ét: {2} enige af {3} svar", p.waves, share, p.valid));
}

/* ---- distributions ---------------------------------------------------------------------- */

Str drawing_option_text(Ctx *c, const ReportItem *item, int64_t value)
{
    for (ptrdiff_t i = 0; i < item->options.n; i++)
        if (item->options.v[i].value == value) return drawing_text(c, item->options.v[i].text);
    return drawing_count_text(c, value);
}

int drawing_side(const ReportItem *item, int64_t value)
{
    if (values_have(item->disagree_set, value)) return -1;
    return values_have(item->agree_set, value) ? 1 : 0;
}

static void turn(AnswerOrder *o)
{
    for (int i = 0; i < o->n / 2; i++) {
        const ReportCount *swap = o->v[i];
        o->v[i] = o->v[o->n - 1 - i];
        o->v[o->n - 1 - i] = swap;
    }
}

/* Disagree, at most one in the middle, agree; as a scale has them. */
static bool is_scale(const ReportItem *item, AnswerOrder *o)
{
    int count[3] = {0};
    for (int i = 0; i < o->n; i++) {
        int side = drawing_side(item, o->v[i]->value);
        count[side + 1]++;
        if (side == 0) o->neither = i;
        if (i && side < drawing_side(item, o->v[i - 1]->value)) return false;
    }
    if (count[0] == 0 || count[2] == 0 || count[1] > 1) return false;
    if (count[1] == 0) o->neither = -1;
    return count[1] == 1 || count[0] == count[2];
}

AnswerOrder drawing_order(Ctx *c, const ReportItem *item)
{
    AnswerOrder o = {.neither = -1};
    if (item->kind != ITEM_SINGLE || !item->has_distribution || item->distribution.n < 2 || item->distribution.n > CHART_ANSWERS) return o;
    for (ptrdiff_t i = 0; i < item->distribution.n; i++) o.v[o.n++] = &item->distribution.v[i];
    if (drawing_side(item, o.v[0]->value) > drawing_side(item, o.v[o.n - 1]->value)) turn(&o);
    o.is_drawn = is_scale(item, &o);
    for (int i = 0; i < o.n; i++) o.label[i] = drawing_option_text(c, item, o.v[i]->value);
    return o;
}

static Chart distribution_of(Ctx *c, const ReportItem *item, const AnswerOrder *o)
{
    Pct *share = NEW(c->arena, Pct, o->n);
    Str *label = NEW(c->arena, Str, o->n);
    for (int i = 0; i < o->n; i++) {
        share[i] = drawing_pct(o->v[i]->count, item->valid);
        label[i] = o->label[i];
    }
    return (Chart){.kind = CHART_DISTRIBUTION, .distribution = {.label = label, .share = share, .n = o->n, .neither = o->neither}};
}

/* ---- one item ------------------------------------------------------------------------------ */

Str drawing_item_text(Ctx *c, const ReportItem *item)
{
    Str text = item->texts.n ? drawing_text(c, item->texts) : item->text; /* Danish: a report from before texts had languages */
    if (item->matrix.n == 0) return text;
    return STR_CAT(c->arena, drawing_text(c, item->matrix), S(" "), text);
}

enum { COUNTED_MAX = 2 }; /* answers; more are no name for a column */

/* Yes or no: "enige" says less than the answer's own word. */
static bool is_either_or(const ReportItem *item)
{
    return item->agree_set.n == 1 && item->disagree_set.n == 1 && item->options.n == 2 + item->dont_know_set.n;
}

Str drawing_counted(Ctx *c, const ReportItem *item)
{
    Str text = str_trim(text_bare(c->arena, drawing_item_text(c, item))), word = S("");
    bool is_question = text.n > 0 && text.p[text.n - 1] == '?';
    if ((!is_question && !is_either_or(item)) || item->agree_set.n == 0 || item->agree_set.n > COUNTED_MAX) return S("");
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        if (!values_have(item->agree_set, item->options.v[i].value)) continue;
        Str one = msg_text(c, TF("»{1}«", drawing_text(c, item->options.v[i].text)));
        word = word.n ? msg_text(c, TF("{1} eller {2}", word, one)) : one;
    }
    return word;
}

Str drawing_counted_by_all(Ctx *c, const ReportItem *first, ptrdiff_t n)
{
    Str word = S("");
    bool has_one = false;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (first[i].agree_set.n == 0) continue;
        Str own = drawing_counted(c, &first[i]);
        if (has_one && !str_eq(own, word)) return S("");
        word = own;
        has_one = true;
    }
    return word;
}

static Str answers_words(Ctx *c, const ReportItem *item)
{
    Str answers = msg_text(c, TN("{1} svar", "{1} svar", item->valid));
    if (item->excluded == 0) return answers;
    return STR_CAT(c->arena, answers, S(", "), msg_text(c, TN("{1} ved ikke", "{1} ved ikke", item->excluded)));
}

static Str mean_words(Ctx *c, double mean, double sd)
{
    return msg_text(c, TF("Gennemsnit {1}, spredning {2}.", drawing_decimal(c, mean, 1), drawing_decimal(c, sd, 1)));
}

static Str shown_words(Ctx *c, const ReportItem *item, bool is_drawn)
{
    if (item->has_mean) return mean_words(c, item->mean, item->sd);
    if (item->kind == ITEM_TEXT) return msg_text(c, T("Svar i fri tekst er ikke med i rapporten."));
    if (item->has_distribution && !is_drawn) return msg_text(c, T("Tallene står i tabellen herunder."));
    return S("");
}

ItemView drawing_item_view(Ctx *c, const Report *r, const ReportItem *item)
{
    ItemView view = {.text = drawing_item_text(c, item)};
    if (item->state == REPORT_HIDDEN && item->kind == ITEM_TEXT) {
        /* Not that nobody wrote: none is an n below five, and as secret as the others (DOMAIN §5.7). */
        view.is_left_out = true;
        view.says = msg_text(c, T("Svar i fri tekst er ikke med i rapporten. Hvor mange der har skrevet, vises ikke."));
        return view;
    }
    if (item->state == REPORT_HIDDEN) {
        view.is_hidden = true;
        view.says = msg_text(c, drawing_hidden_words());
        view.change_more = msg_text(c, T("Intet tal vises"));
        return view;
    }
    view.answers = answers_words(c, item);
    if (item->state == REPORT_WORDS) {
        view.says = msg_text(c, T("Næsten alle svarede ens."));
        view.change_more = msg_text(c, T("Intet tal vises"));
        return view;
    }
    AnswerOrder order = drawing_order(c, item);
    view.has_distribution = order.is_drawn;
    if (order.is_drawn) view.distribution = distribution_of(c, item, &order);
    view.has_comparison = item->agree.is;
    if (item->agree.is) {
        Str counted = drawing_counted(c, item);
        view.comparison = drawing_comparison(item);
        if (counted.n) view.comparison.comparison.subject = msg_verbatim(counted);
        view.agree = agree_words(c, r, item);
        view.counted = counted;
    }
    view.says = shown_words(c, item, order.is_drawn);
    view.is_left_out = item->kind == ITEM_TEXT;
    view.years = years_words(c, item);
    view.certainty = drawing_certainty(&item->change);
    if (view.certainty) view.change = msg_text(c, certainty_words(view.certainty));
    view.change_more = drawing_after_certainty(c, view.certainty, &item->change, item->agree.is);
    return view;
}

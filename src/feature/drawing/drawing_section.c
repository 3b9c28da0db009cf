/* A section of a report: what was found, and its items in blocks that share a
   key and a scale. */
#include <math.h>

#include "feature/drawing/drawing_words.h"
#include "text/da.h"

/* ---- blocks -------------------------------------------------------------------------------------- */

static bool has_same_options(const ReportItem *a, const ReportItem *b)
{
    if (a->kind != b->kind || a->options.n != b->options.n) return false;
    for (ptrdiff_t i = 0; i < a->options.n; i++) {
        const Option *x = &a->options.v[i], *y = &b->options.v[i];
        if (x->value != y->value || !str_eq(lang_text(x->text, S("da")), lang_text(y->text, S("da")))) return false;
        if (drawing_side(a, x->value) != drawing_side(b, y->value)) return false;
    }
    return true;
}

static Keys colours_of(Ctx *c, const AnswerOrder *o, const Distribution *d)
{
    Key *keys = NEW(c->arena, Key, o->n);
    for (int i = 0; i < o->n; i++) keys[i] = (Key){chart_answer_key(d, i), o->label[i]};
    return (Keys){keys, o->n};
}

/* Only marks that stand in one of the drawings. */
static Keys marks_of(Ctx *c, const Report *r, const BlockView *b)
{
    Key *keys = NEW(c->arena, Key, 4);
    bool has_last = false, has_municipality = false, has_region = false;
    for (ptrdiff_t i = 0; i < b->items.n; i++) {
        if (!b->items.v[i].has_comparison) continue;
        const Comparison *k = &b->items.v[i].comparison.comparison;
        has_last = has_last || k->has_last;
        has_municipality = has_municipality || k->has_municipality;
        has_region = has_region || k->has_region;
    }
    ptrdiff_t n = 0;
    Msg now = b->counted.n ? TF("Svarer {1} i år, med usikkerhed", b->counted) : T("Enige i år, med usikkerhed");
    keys[n++] = (Key){KEY_NOW, msg_text(c, now)};
    if (has_last) keys[n++] = (Key){KEY_LAST, drawing_wave(c, r, r->previous)};
    for (ptrdiff_t i = 0; i < r->path.n; i++) {
        if (has_municipality && str_eq(r->path.v[i].kind, S("kommune"))) keys[n++] = (Key){KEY_MUNICIPALITY, r->path.v[i].name};
        else if (has_region && str_eq(r->path.v[i].kind, S("region"))) keys[n++] = (Key){KEY_REGION, r->path.v[i].name};
        if (n == 4) break;
    }
    return (Keys){keys, n};
}

static BlockView block_view(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n)
{
    BlockView view = {.items = {.v = NEW(c->arena, ItemView, n), .n = n}};
    ChartScale scale = {0};
    AnswerOrder order = {0};
    bool has_comparison = false;
    for (ptrdiff_t i = 0; i < n; i++) {
        ItemView *item = &view.items.v[i];
        *item = drawing_item_view(c, r, &first[i]);
        has_comparison = has_comparison || item->has_comparison;
        if (!item->has_distribution) continue;
        chart_scale_fit(&scale, &item->distribution.distribution);
        if (order.n == 0) {
            order = drawing_order(c, &first[i]);
            view.colours = colours_of(c, &order, &item->distribution.distribution);
        }
    }
    for (ptrdiff_t i = 0; i < n; i++)
        if (view.items.v[i].has_distribution) view.items.v[i].distribution.distribution.scale = scale;
    view.counted = drawing_counted_by_all(c, first, n);
    if (has_comparison) view.marks = marks_of(c, r, &view);
    view.tables = drawing_block_tables(c, r, first, n, &order);
    view.has_open_tables = !order.is_drawn && !has_comparison;
    for (ptrdiff_t i = 0; i < n; i++) {
        view.tells_change = view.tells_change || view.items.v[i].certainty || view.items.v[i].change_more.n > 0;
        view.lacks_table = view.lacks_table || view.items.v[i].is_hidden || !first[i].has_distribution;
    }
    return view;
}

static BlockViews blocks_of(Ctx *c, const Report *r, const ReportSection *s)
{
    BlockViews all = {.v = NEW(c->arena, BlockView, s->count)};
    const ReportItem *items = r->items.v + s->first;
    for (ptrdiff_t from = 0; from < s->count;) {
        ptrdiff_t to = from + 1;
        while (to < s->count && has_same_options(&items[from], &items[to])) to++;
        all.v[all.n++] = block_view(c, r, items + from, to - from);
        from = to;
    }
    return all;
}

/* ---- findings --------------------------------------------------------------------------------------- */

typedef struct Sight {
    ptrdiff_t certain, compared, few, shown;
    const ReportItem *most, *least; /* agree, of those counted alike */
    Str counted;                    /* drawing_counted of both */
    Str own; /* the sentence where there is none */
} Sight;

/* a/b > c/d of all measurements together, in whole numbers. */
static bool has_more(const ReportItem *a, const ReportItem *b)
{
    Pooled x = drawing_pooled(a), y = drawing_pooled(b);
    return x.count * y.valid > y.count * x.valid;
}

/* Those that state go before those that ask, for most parts state; "agrees" and
   "answers yes" are never held against each other. */
static void see_share(Ctx *c, Sight *sight, const ReportItem *item)
{
    Str counted = drawing_counted(c, item);
    bool is_better = sight->most && sight->counted.n > 0 && counted.n == 0;
    if (!sight->most || is_better) {
        sight->most = sight->least = item;
        sight->counted = counted;
        return;
    }
    if (!str_eq(counted, sight->counted)) return;
    if (has_more(item, sight->most)) sight->most = item;
    if (has_more(sight->least, item)) sight->least = item;
}

static void see(Ctx *c, Sight *sight, const ReportItem *item)
{
    if (item->state != REPORT_SHOWN) return;
    sight->shown++;
    Certainty certainty = drawing_certainty(&item->change);
    sight->certain += certainty == CERTAIN;
    sight->few += certainty == FEW_ANSWERS;
    sight->compared += certainty == CERTAIN || certainty == BY_CHANCE;
    if (item->agree.is) see_share(c, sight, item);
}

/* "33 point flere er enige i »…«" */
static Str change_sentence(Ctx *c, const ReportItem *item)
{
    double d = item->change.difference;
    Str text = drawing_item_text(c, item);
    if (!item->agree.is) return msg_text(c, TF("Gennemsnittet er ændret {1}: »{2}«", drawing_change_size(c, &item->change, false), text));
    int64_t points = drawing_whole(fabs(d));
    Str counted = drawing_counted(c, item);
    if (counted.n)
        return d > 0 ? msg_text(c, TF("{1} point flere svarer {2} til: »{3}«", points, counted, text))
                     : msg_text(c, TF("{1} point færre svarer {2} til: »{3}«", points, counted, text));
    return d > 0 ? msg_text(c, TF("{1} point flere er enige i: »{2}«", points, text))
                 : msg_text(c, TF("{1} point færre er enige i: »{2}«", points, text));
}

static Strs certain_changes(Ctx *c, const Report *r, const ReportSection *s, ptrdiff_t n)
{
    Strs all = {.v = NEW(c->arena, Str, n)};
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) {
        const ReportItem *item = &r->items.v[i];
        if (item->state == REPORT_SHOWN && drawing_certainty(&item->change) == CERTAIN) all.v[all.n++] = change_sentence(c, item);
    }
    return all;
}

/* "tre ud af fire"; empty where no such words fit. Of all measurements together, as both below. */
static Str fraction(Ctx *c, const ReportItem *item)
{
    Pooled all = drawing_pooled(item);
    return all.valid >= REPORT_FEW ? text_share_phrase(c->lang, all.count, all.valid) : S("");
}

static Str share(Ctx *c, const ReportItem *item)
{
    Pooled all = drawing_pooled(item);
    return drawing_share_text(c, all.count, all.valid);
}

/* "tre ud af fire", else "72 pct." */
static Str phrase(Ctx *c, const ReportItem *item)
{
    Str words = fraction(c, item);
    return words.n ? words : share(c, item);
}

/* Two that are held against each other are told in the same way: both in words that
   differ, else both in per cent. */
typedef struct Ends {
    Str most, least;
} Ends;

static Ends ends_of(Ctx *c, const Sight *sight)
{
    Ends words = {fraction(c, sight->most), fraction(c, sight->least)};
    if (words.most.n && words.least.n && !str_eq(words.most, words.least)) return words;
    return (Ends){share(c, sight->most), share(c, sight->least)};
}

/* The answer that most gave, by the per cent a reader sees; NULL where two share
   the first place or nobody chose any. */
static const ReportCount *most_chosen(const ReportItem *item)
{
    const ReportCount *most = NULL;
    int best = 0;
    for (ptrdiff_t i = 0; i < item->distribution.n; i++) {
        const ReportCount *at = &item->distribution.v[i];
        int share = drawing_pct(at->count, item->valid).v;
        if (share < best) continue;
        most = share > best ? at : NULL;
        best = share;
    }
    return most;
}

/* What one item without an agree set says; empty: nothing in one sentence. */
static Str own_sentence(Ctx *c, const ReportItem *item)
{
    if (item->state != REPORT_SHOWN) return S("");
    Str text = drawing_item_text(c, item);
    if (item->has_mean) return msg_text(c, TF("Gennemsnittet er {1} på »{2}«.", drawing_decimal(c, item->mean, 1), text));
    const ReportCount *most = item->has_distribution ? most_chosen(item) : NULL;
    if (!most) return S("");
    return msg_text(c, TF("Flest svarer »{1}« ({2}) på »{3}«.", drawing_option_text(c, item, most->value),
                          drawing_share_text(c, most->count, item->valid), text));
}

enum { OWN_SENTENCES = 2 }; /* a headline, not a list */

/* Of a part where nobody is asked to agree: its first questions in their own numbers. */
static Str own_numbers(Ctx *c, const Report *r, const ReportSection *s)
{
    Str all = S("");
    int n = 0;
    bool has_numbers = false;
    for (ptrdiff_t i = s->first; i < s->first + s->count && n < OWN_SENTENCES; i++) {
        const ReportItem *item = &r->items.v[i];
        has_numbers = has_numbers || (item->state == REPORT_SHOWN && item->kind != ITEM_TEXT);
        Str one = own_sentence(c, item);
        if (one.n == 0) continue;
        all = n++ ? STR_CAT(c->arena, all, S(" "), one) : one;
    }
    if (n) return all;
    return has_numbers ? msg_text(c, T("Svarene deler sig: intet svar er valgt af klart flest."))
                       : msg_text(c, T("Svar i fri tekst er ikke med i rapporten."));
}

/* Of items that ask: "Flest svarer »Ja« til »…«". */
static Str asked_sentence(Ctx *c, const Sight *sight, bool has_years)
{
    Str most = drawing_item_text(c, sight->most);
    if (sight->most == sight->least)
        return msg_text(c, TF("{1} svarer {2} til »{3}«.", text_capital(c->arena, phrase(c, sight->most)), sight->counted, most));
    Ends of = ends_of(c, sight);
    Str high = has_years ? msg_text(c, TF("Målingerne under ét: flest svarer {1} til »{2}« ({3}),", sight->counted, most, of.most))
                         : msg_text(c, TF("Flest svarer {1} til »{2}« ({3}),", sight->counted, most, of.most));
    return STR_CAT(c->arena, high, S(" "), msg_text(c, TF("færrest til »{1}« ({2}).", drawing_item_text(c, sight->least), of.least)));
}

static Str level_sentence(Ctx *c, const Sight *sight)
{
    if (!sight->most) return sight->own;
    bool has_years = drawing_pooled(sight->most).waves > 1 || drawing_pooled(sight->least).waves > 1;
    if (sight->counted.n) return asked_sentence(c, sight, has_years);
    Str most = drawing_item_text(c, sight->most);
    if (sight->most == sight->least) return msg_text(c, TF("{1} er enige i »{2}«.", text_capital(c->arena, phrase(c, sight->most)), most));
    Ends of = ends_of(c, sight);
    Str least = drawing_item_text(c, sight->least);
    if (has_years)
        return msg_text(c, TF("Målingerne under ét: flest er enige i »{1}« ({2}), færrest i »{3}« ({4}).", most, of.most, least, of.least));
    return msg_text(c, TF("Flest er enige i »{1}« ({2}), færrest i »{3}« ({4}).", most, of.most, least, of.least));
}

/* Nothing has surely changed, so what all measurements say together comes first. */
static Str like_before(Ctx *c, const Sight *sight, Str before)
{
    Str same = msg_text(c, TF("Svarene ligner dem fra {1}. Ingen ændring er sikker.", before));
    if (sight->most && sight->most == sight->least) return same;
    return STR_CAT(c->arena, level_sentence(c, sight), S(" "), same);
}

static Str finding_of(Ctx *c, const Report *r, const Sight *sight, Str first)
{
    Str before = drawing_wave(c, r, r->previous);
    if (sight->shown == 0) return msg_text(c, T("Der er for få svar til at vise tal i denne del."));
    if (sight->certain == 1 && sight->compared > 1 && sight->compared < sight->shown)
        return msg_text(c, TF("Sikker ændring siden {1}: {2}. På de andre spørgsmål, der kan sammenlignes, "
                              "ligner svarene dem fra {1}.", before, first));
    if (sight->certain == 1 && sight->compared > 1)
        return msg_text(c, TF("Sikker ændring siden {1}: {2}. På de andre spørgsmål ligner svarene dem fra {1}.", before, first));
    if (sight->certain == 1) return msg_text(c, TF("Sikker ændring siden {1}: {2}.", before, first));
    if (sight->certain > 1) {
        Str number = text_capital(c->arena, text_number_word(c->lang, sight->certain));
        return msg_text(c, TF("{1} sikre ændringer siden {2}:", number.n ? number : drawing_count_text(c, sight->certain), before));
    }
    if (sight->compared > 0) return like_before(c, sight, before);
    if (sight->few == 0) return level_sentence(c, sight);
    Str few = msg_text(c, T("For få svar til at sige noget om ændring. Tal hellere om det sammen."));
    return STR_CAT(c->arena, level_sentence(c, sight), S(" "), few);
}

SectionView drawing_section_view(Ctx *c, const Report *r, const ReportSection *s)
{
    Sight sight = {0};
    for (ptrdiff_t i = s->first; i < s->first + s->count; i++) see(c, &sight, &r->items.v[i]);
    if (!sight.most) sight.own = own_numbers(c, r, s);
    Strs changes = certain_changes(c, r, s, sight.certain);
    SectionView view = {
        .code = s->code,
        .anchor = STR_CAT(c->arena, S("del-"), s->code),
        .title = drawing_text(c, s->title),
        .has_figures = sight.shown > 0,
        .finding = finding_of(c, r, &sight, changes.n ? changes.v[0] : S("")),
        .more = changes.n > 1 ? changes : (Strs){0},
        .blocks = blocks_of(c, r, s),
    };
    drawing_section_groups(c, r, s, &view);
    return view;
}

/* A whole report as it is shown: who answered, the sections, how it was reckoned. */
#include "base/number.h"
#include "feature/drawing/drawing_words.h"
#include "text/da.h"

/* ---- who answered ------------------------------------------------------------------------ */

static void see_rate(Ctx *c, const ReportResponse *a, ReportView *view)
{
    if (!a->has_answered) {
        view->rate_says = msg_text(c, T("Antallet af svar er skjult, så ingen kan genkendes."));
        return;
    }
    if (!a->has_invited || !a->has_rate || a->invited < 1) {
        view->rate_says = msg_text(c, TF("{1} har svaret. Svarprocenten er ukendt: Det er ikke oplyst for alle, hvor mange der er inviteret.",
                                         a->answered));
        return;
    }
    view->has_rate = true;
    view->rate = (Chart){.kind = CHART_RATE, .rate = {.answered = a->answered, .invited = a->invited}};
    view->rate_big = pct_text(c, (Pct){.v = drawing_whole(a->rate)});
    int64_t others = a->invited - a->answered;
    Str of = msg_text(c, TF("{1} af {2} inviterede har svaret.", a->answered, a->invited));
    Str rest = others > 0 ? msg_text(c, TF("Hvad de {1} andre mener, ved vi ikke.", others)) : S("");
    view->rate_says = rest.n ? STR_CAT(c->arena, of, S(" "), rest) : of;
}

/* "Forår 2025 svarede 91 af 103 (88 pct.)." */
static void see_rate_before(Ctx *c, const Report *r, ReportView *view)
{
    const ReportResponse *a = &r->response_before;
    if (!r->previous.n || !a->has_rate || a->invited < 1) return;
    Str share = pct_text(c, (Pct){.v = drawing_whole(a->rate)});
    view->rate_before = msg_text(c, TF("Ved målingen før ({1}) svarede {2}: {3} af {4}.", drawing_wave(c, r, r->previous), share,
                                       a->answered, a->invited));
    if (!view->has_rate) return;
    view->rate.rate.has_last = true;
    view->rate.rate.last_answered = a->answered;
    view->rate.rate.last_invited = a->invited;
}

static Str caution_words(Ctx *c, const ReportResponse *a, Str rate)
{
    switch (a->caution) {
    case REPORT_NO_CAUTION: return S("");
    case REPORT_UNDER_60: return msg_text(c, TF("{1} har svaret. Læs tallene med forbehold: de, der ikke har svaret, kan mene noget andet.", rate));
    case REPORT_UNDER_40: return msg_text(c, TF("{1} har svaret. Det er for få til at sige noget sikkert om alle.", rate));
    }
    return S("");
}

static const Msg METHOD[] = {
    T_INIT("Andele er regnet af dem, der har taget stilling. »Ved ikke« og ubesvarede er ikke med."),
    T_INIT("Usikkerheden viser, hvor meget tallet kan skyldes tilfældigheder. Den er et 95 pct. interval "
           "(Wilson). Den siger intet om dem, der ikke har svaret."),
    T_INIT("En ændring kaldes sikker, når den er større, end tilfældigheder plejer at give, når mindst 20 har "
           "svaret begge gange, og når mindst 40 pct. af de inviterede har svaret."),
    T_INIT("Flere målinger under ét er alle deres svar lagt sammen. Det tal svinger mindre end en enkelt måling, så begynd med det."),
    T_INIT("Der er taget højde for, at mange spørgsmål sammenlignes på én gang (Benjamini-Hochberg)."),
    T_INIT("Små forskelle fra år til år er oftest tilfældige. Brug ikke tid på at forklare dem."),
    T_INIT("Har færre end 20 svaret, er tallene afrundet til nærmeste 5, og der står »ca.«."),
    T_INIT("Et spørgsmål, der har fået nye ord, og en enhed, der er lagt sammen eller delt, sammenlignes ikke."),
    T_INIT("Tal er afrundet hver for sig. Derfor giver de ikke altid 100 tilsammen."),
    T_INIT("En forskel mellem grupper er en sammenhæng. Den viser ikke, hvad der er årsagen."),
};

static Strs method_of(Ctx *c)
{
    Strs all = {.v = NEW(c->arena, Str, COUNT_OF(METHOD))};
    for (int i = 0; i < COUNT_OF(METHOD); i++) all.v[all.n++] = msg_text(c, METHOD[i]);
    return all;
}

static bool has_hidden(const Report *r)
{
    if (!r->response.has_answered) return true;
    for (ptrdiff_t i = 0; i < r->scores.n; i++)
        if (r->scores.v[i].state == REPORT_HIDDEN) return true;
    for (ptrdiff_t i = 0; i < r->items.n; i++) {
        if (r->items.v[i].state == REPORT_HIDDEN) return true;
        for (ptrdiff_t k = 0; k < r->items.v[i].groups.n; k++)
            if (r->items.v[i].groups.v[k].state == REPORT_HIDDEN) return true;
    }
    return false;
}

/* The wave's name begins with the questionnaire's title, or is put after it. */
static Str wave_with_title(Ctx *c, const Report *r)
{
    Str title = drawing_text(c, r->title), wave = drawing_wave(c, r, r->wave);
    return msg_text(c, TF("{1}, {2}", title, wave));
}

static Str lead_of(Ctx *c, const Report *r)
{
    Str nearest = r->path.n ? r->path.v[0].name : S(""), what = wave_with_title(c, r), before = drawing_wave(c, r, r->previous);
    if (r->previous.n && nearest.n) return msg_text(c, TF("{1}, sammenlignet med {2} og med {3}.", what, before, nearest));
    if (nearest.n) return msg_text(c, TF("{1}, sammenlignet med {2}.", what, nearest));
    if (r->previous.n) return msg_text(c, TF("{1}, sammenlignet med {2}.", what, before));
    return msg_text(c, TF("{1}.", what));
}

/* ---- what is written into it --------------------------------------------------------------- */

static FocusView focus_of(Ctx *c, const Focus *f)
{
    Buf at = buf_new(c->arena, 60);
    text_instant(&at, c->lang, f->at);
    Str by = f->author.n ? msg_text(c, TF("Skrevet af {1}, {2}.", f->author, buf_str(&at))) : msg_text(c, TF("Skrevet {1}.", buf_str(&at)));
    return (FocusView){.body = f->body, .by = by};
}

static void see_focus(Ctx *c, const Focuses *written, SectionView *s)
{
    for (ptrdiff_t i = 0; i < written->n; i++)
        if (str_eq(written->v[i].section, s->code)) s->focus = focus_of(c, &written->v[i]);
}

ReportView *drawing_view(Ctx *c, const Report *r, const Focuses *written)
{
    ReportView *view = NEW(c->arena, ReportView, 1);
    *view = (ReportView){
        .report = r,
        .title = msg_text(c, TF("Rapport: {1}", r->unit.name)),
        .lead = lead_of(c, r),
        .unit = r->unit.name,
        .sections = {.v = NEW(c->arena, SectionView, r->sections.n), .n = r->sections.n},
        .has_scores = r->scores.n > 0,
        .has_hidden = has_hidden(r),
        .method = method_of(c),
        .hidden_why = msg_text(c, T("Vi viser aldrig tal, der bygger på færre end 5 svar. Hvis man kunne regne det skjulte ud af resten, "
                                    "skjuler vi flere tal. Det gælder også i PDF, regneark og alle andre udgaver.")),
    };
    see_rate(c, &r->response, view);
    see_rate_before(c, r, view);
    view->caution = caution_words(c, &r->response, view->rate_big);
    if (view->has_scores) view->scores = drawing_score_table(c, r);
    for (ptrdiff_t i = 0; i < r->sections.n; i++) {
        view->sections.v[i] = drawing_section_view(c, r, &r->sections.v[i]);
        see_focus(c, written, &view->sections.v[i]);
    }
    return view;
}

Str drawing_title(const ReportView *v)
{
    return v->title;
}

Str drawing_lead(const ReportView *v)
{
    return v->lead;
}

void drawing_open_focus(Ctx *c, ReportView *view, Str address)
{
    for (ptrdiff_t i = 0; i < view->sections.n; i++) {
        SectionView *s = &view->sections.v[i];
        s->focus.may_write = true;
        s->focus.write = (Href){STR_CAT(c->arena, address, s->code)};
    }
}

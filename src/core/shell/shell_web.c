/* The first page: what in one's own part of the thread has no next step,
   ordered by what waiting costs (PAGES §1); and the choice of language. */
#include "core/access/access.h"
#include "core/shell/frame.h"
#include "core/shell/shell.h"
#include "core/shell/shell_web.h"
#include "core/shell/frame.html.h"
#include "render/chart/chart.h"
#include "text/da.h"


static Err collect(Ctx *c, LooseEnd **ret)
{
    LooseEnd *all = NULL;
    for (int i = 0; i < feature_count; i++)
        if (features[i]->loose_ends) TRY(features[i]->loose_ends(c, &all));
    *ret = all;
    return OK;
}

/* Within a class the earliest date; what has none comes last. */
static bool goes_before(const LooseEnd *a, const LooseEnd *b)
{
    if (a->cost != b->cost) return a->cost < b->cost;
    if (!a->due.day || !b->due.day) return a->due.day && !b->due.day;
    return a->due.day < b->due.day;
}

static Ends group(Ctx *c, LooseEnd *all, int from, int to)
{
    Ends ends = {0};
    for (LooseEnd *e = all; e; e = e->next) ends.n += e->cost >= from && e->cost <= to;
    ends.v = NEW(c->arena, LooseEnd, ends.n);
    ptrdiff_t n = 0;
    for (LooseEnd *e = all; e; e = e->next) {
        if (e->cost < from || e->cost > to) continue;
        ptrdiff_t at = n++;
        for (; at > 0 && goes_before(e, &ends.v[at - 1]); at--) ends.v[at] = ends.v[at - 1];
        ends.v[at] = *e;
    }
    return ends;
}

enum { COMINGS_SHOWN = 5 };

static Err collect_comings(Ctx *c, Comings *ret)
{
    Coming *all = NULL;
    Comings nearest = {.v = NEW(c->arena, Coming, COMINGS_SHOWN + 1)};
    for (int i = 0; i < feature_count; i++)
        if (features[i]->comings) TRY(features[i]->comings(c, &all));
    for (const Coming *e = all; e; e = e->next) {
        ptrdiff_t at = nearest.n;
        for (; at > 0 && e->day.day < nearest.v[at - 1].day.day; at--) nearest.v[at] = nearest.v[at - 1];
        nearest.v[at] = *e;
        if (nearest.n < COMINGS_SHOWN) nearest.n++;
    }
    *ret = nearest;
    return OK;
}

Markup front_strip(Ctx *c, const LooseEnd *end)
{
    Chart chart = {.kind = CHART_STRIP, .strip = {.says = end->strip}};
    for (int i = 0; i < STRIP_KNOTS; i++)
        chart.strip.knot[i] = i < end->knots_done ? KNOT_DONE : i == end->knots_done ? KNOT_HERE : KNOT_LATER;
    return chart_svg(c, &chart);
}

/* "Tirsdag 24. november, uge 48" */
static Str day_line(Ctx *c)
{
    Buf b = buf_new(c->arena, 80);
    text_weekday_date(&b, c->lang, c->today);
    buf_add(&b, S(", "));
    text_week(&b, c->lang, c->today);
    return text_capital(c->arena, buf_str(&b));
}

static Msg lead(Ctx *c, const FrontPage *p)
{
    Str day = day_line(c);
    if (p->is_empty) return TF("{1}. Der er ingen løse ender i jeres del af tråden.", day);
    if (!p->costly.n) return TF("{1}. Intet haster. Det kan tages, når der er ro til det.", day);
    bool is_one = p->costly.n == 1, is_all = !p->calm.n && !p->tidy.n;
    Str number = text_capital(c->arena, text_number_word(c->lang, p->costly.n));
    if (is_one && is_all) return TF("{1}. Én ting koster noget at vente med.", day);
    if (is_one) return TF("{1}. Én ting koster noget at vente med. Resten kan tages, når der er ro til det.", day);
    if (is_all) return TF("{1}. {2} ting koster noget at vente med.", day, number);
    return TF("{1}. {2} ting koster noget at vente med. Resten kan tages, når der er ro til det.", day, number);
}

static Err get_front(Ctx *c)
{
    LooseEnd *all = NULL;
    TRY(collect(c, &all));
    FrontPage page = {.costly = group(c, all, 1, 3), .calm = group(c, all, 4, 5), .tidy = group(c, all, 6, 6)};
    TRY(collect_comings(c, &page.comings));
    page.is_empty = !all;
    if (page.is_empty) page.onward = shell_onward(c);
    if (page.comings.n) page.first = TF("Det første, der sker, er {1}: {2}.", page.comings.v[0].day, msg_text(c, page.comings.v[0].what));
    page.lead = lead(c, &page);
    page_front(web_page_begin(c, T("Løse ender")), &page);
    return web_page_end(c);
}

static Err finish_language(Ctx *c)
{
    Str wanted = web_field(c, "sprog"), back = web_field(c, "tilbage");
    web_set_cookie(c, "sprog", str_eq(wanted, S("en")) ? S("en") : S("da"), 365 * 86400);
    bool is_ours = back.n > 0 && back.p[0] == '/' && (back.n == 1 || (back.p[1] != '/' && back.p[1] != '\\'));
    return web_redirect(c, is_ours ? back : S("/"));
}

static Err write_language(Ctx *c)
{
    return access_language_set(c, str_eq(web_field(c, "sprog"), S("en")) ? S("en") : S("da"));
}

static const Route routes[] = {
    {GET,  "/",      NEED_SIGNED_IN, SCOPE_NONE, PLAIN, .get = get_front},
    {POST, "/sprog", NEED_SIGNED_IN, SCOPE_NONE, WRITE, .write = write_language, .finish = finish_language},
    {0},
};

static const Door doors[] = {{ROOM_LOESE_ENDER, "/", {{0}}, NEED_SIGNED_IN}, {0}};

const Feature shell_feature = {.name = "shell", .help = "/vejledning/skoleleder#loese-ender", .routes = routes, .doors = doors};

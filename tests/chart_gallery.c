/* Writes a page with every chart, to be looked at in a browser:
       chart_gallery STYLESHEET... > gallery.html
   Numbers are those of the school report of the design. Not part of any test. */
#include <stdio.h>

#include "render/chart/chart.h"

static void no_random(void *state, void *bytes, size_t n)
{
    (void)state;
    (void)bytes;
    (void)n;
}

static const Str AGREE[] = {S_INIT("helt uenig"), S_INIT("uenig"), S_INIT("hverken eller"), S_INIT("enig"),
                            S_INIT("helt enig")};

typedef struct Item {
    Str question, answers;
    Pct share[5];
    Comparison against;
    Certainty certainty;
    Str change;
} Item;

static const Item ITEMS[] = {
    {S_INIT("I mit team ved alle, hvem der gør hvad, før en time med to voksne"),
     S_INIT("42 svar, 2 ved ikke eller ikke spurgt"),
     {{5}, {10}, {12}, {45}, {29}},
     {.now = {74},
      .has_interval = true,
      .low = 59,
      .high = 85,
      .has_last = true,
      .last = {70},
      .has_municipality = true,
      .municipality = {70},
      .has_region = true,
      .region = {66}},
     BY_CHANCE,   S_INIT("ingen sikker ændring")  },
    {S_INIT("Vi ser på hinandens undervisning og taler om den bagefter"),
     S_INIT("43 svar, 1 ved ikke eller ikke spurgt"),
     {{16}, {30}, {21}, {23}, {9}},
     {.now = {33},
      .has_interval = true,
      .low = 20,
      .high = 47,
      .has_last = true,
      .last = {42},
      .has_municipality = true,
      .municipality = {41},
      .has_region = true,
      .region = {48}},
     BY_CHANCE,   S_INIT("ingen sikker ændring")  },
    {S_INIT("Vi har fast tid til at følge op på det, vi har prøvet af"),
     S_INIT("43 svar, 1 ved ikke eller ikke spurgt"),
     {{7}, {14}, {16}, {42}, {21}},
     {.now = {63},
      .has_interval = true,
      .low = 48,
      .high = 76,
      .has_last = true,
      .last = {30},
      .has_municipality = true,
      .municipality = {46},
      .has_region = true,
      .region = {46}},
     CERTAIN,     S_INIT("+33 point")              },
    {S_INIT("Når vi er to voksne i timen, deler vi ansvaret for alle børn"),
     S_INIT("16 svar, 28 ved ikke eller ikke spurgt"),
     {{5, true}, {5, true}, {20, true}, {45, true}, {25, true}},
     {.now = {70, true},
      .has_interval = true,
      .low = 40,
      .high = 90,
      .has_last = true,
      .last = {70, true},
      .has_municipality = true,
      .municipality = {62}},
     FEW_ANSWERS, S_INIT("til at tale om ændring")},
    {S_INIT("Vi bruger det, eleverne fortæller, når vi planlægger"),
     S_INIT("41 svar, 3 ved ikke eller ikke spurgt"),
     {{5}, {15}, {22}, {41}, {17}},
     {.now = {98}, .has_interval = true, .low = 90, .high = 100, .has_municipality = true, .municipality = {55}},
     NEW_WORDING, S_INIT("sammenlignes ikke")      },
};

static void draw_item(Out *o, const Item *item, ChartScale scale)
{
    Chart d = {
        .kind = CHART_DISTRIBUTION,
        .distribution = {.label = AGREE, .share = item->share, .n = 5, .neither = 2, .scale = scale}
    };
    Chart k = {.kind = CHART_COMPARISON, .comparison = item->against};
    k.comparison.subject = T("Enige");
    out_lit(o, S("<li class=\"item\"><div><p class=\"q\">"));
    out_str(o, item->question);
    out_lit(o, S("</p><p class=\"n\">"));
    out_str(o, item->answers);
    out_lit(o, S("</p></div><div>"));
    out_markup(o, chart_svg(o->c, &d));
    out_lit(o, S("</div><div>"));
    out_markup(o, chart_svg(o->c, &k));
    out_lit(o, S("</div><p class=\"sure\"><b>"));
    out_markup(o, certainty_mark(o->c, item->certainty));
    out_msg(o, certainty_words(item->certainty));
    out_lit(o, S("</b>"));
    out_str(o, item->change);
    out_lit(o, S("</p></li>"));
}

static void draw_keys(Out *o)
{
    static const Key colours[] = {
        {KEY_ANSWER_1, S_INIT("Helt uenig")   },
        {KEY_ANSWER_2, S_INIT("Uenig")        },
        {KEY_ANSWER_3, S_INIT("Hverken eller")},
        {KEY_ANSWER_4, S_INIT("Enig")         },
        {KEY_ANSWER_5, S_INIT("Helt enig")    }
    };
    static const Key marks[] = {
        {KEY_NOW,          S_INIT("Enige i år, med usikkerhed")},
        {KEY_LAST,         S_INIT("Sidste gang")                },
        {KEY_MUNICIPALITY, S_INIT("Alle skoler i kommunen")     },
        {KEY_REGION,       S_INIT("Hele regionen")              }
    };
    out_markup(o, chart_key(o->c, T("Farver"), (Keys){colours, 5}));
    out_markup(o, chart_key(o->c, T("Mærker"), (Keys){marks, 4}));
}

static void draw_theme(Out *o)
{
    ChartScale scale = {0};
    for (int i = 0; i < 5; i++) {
        Distribution d = {AGREE, ITEMS[i].share, 5, 2};
        chart_scale_fit(&scale, &d);
    }
    out_lit(o, S("<h2>Samarbejde i teamet</h2><p class=\"finding\">Flere har fået fast tid til at følge op på det, de "
                 "prøver af. På de andre spørgsmål ligner svarene dem fra sidste år.</p><div class=\"chart\">"));
    draw_keys(o);
    out_lit(o, S("<div class=\"item-head\" aria-hidden=\"true\"><span>Spørgsmål</span><span>Uenige til venstre, enige "
                 "til højre, hverken eller for sig. Pct.</span><span>Enige i alt, 0 til 100 pct.</span><span>Ændring "
                 "siden 2025</span></div><ul class=\"plain\">"));
    for (int i = 0; i < 5; i++) draw_item(o, &ITEMS[i], scale);
    out_lit(o, S("<li class=\"item\"><div><p class=\"q\">Samarbejdet med ressourcecentret ændrer det, jeg gør i "
                 "klassen</p><p class=\"n\">Kun stillet til nogle medarbejdere</p></div><div class=\"wide2\">"));
    out_markup(o, chart_hidden(o->c, (HiddenBox){T("Skjult: færre end 5 svar.")}, (Href){S("/vejledning")}));
    out_lit(o, S("</div><p class=\"sure\">Intet tal vises</p></li></ul></div>"));
}

static void draw_rest(Out *o)
{
    static const LinePoint absence[] = {
        {S_INIT("2021"), POINT_VALUE,  128                                          },
        {S_INIT("2022"), POINT_VALUE,  131                                          },
        {S_INIT("2023"), POINT_HIDDEN},
        {S_INIT("2024"),   POINT_VALUE,          102                                             },
        {S_INIT("2025"),   POINT_VALUE,           94, .break_why = T_INIT("Ny opgørelse fra 2025")},
        {S_INIT("2026"), POINT_VALUE,  89}
    };
    Chart line = {
        .kind = CHART_LINE, .line = {.subject = T("Fravær i 6. klasse"), .is_pct = true, .v = absence, .n = 6}
    };
    Chart strip = {
        .kind = CHART_STRIP,
        .strip = {{KNOT_DONE, KNOT_DONE, KNOT_DONE, KNOT_HERE, KNOT_LATER, KNOT_LATER},
                  T("Svar fra forældre venter på dig")}
    };
    Chart ticks = {.kind = CHART_COMPARISON, .comparison = ITEMS[1].against};
    ticks.comparison.has_ticks = true;
    ticks.comparison.subject = T("Enige");
    out_lit(o, S("<h2>Fraværet i 6. klasse falder</h2>"));
    out_markup(o, chart_svg(o->c, &line));
    out_lit(o, S("<h2>Vi ser på hinandens undervisning</h2>"));
    out_markup(o, chart_svg(o->c, &ticks));
    out_lit(o, S("<h2>Tråden</h2><p class=\"strip\">"));
    out_markup(o, chart_svg(o->c, &strip));
    out_lit(o, S("<span>Svar fra forældre venter på dig</span></p>"));
}

static void draw_page(Out *o, int sheets, char **sheet)
{
    Chart rate = {
        .kind = CHART_RATE, .rate = {44, 58, true, 41, 55}
    };
    out_lit(o, S("<!doctype html><html lang=\"da\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                 "content=\"width=device-width\"><title>Figurer</title>"));
    for (int i = 1; i < sheets; i++) {
        out_lit(o, S("<link rel=\"stylesheet\" href=\""));
        out_str(o, str_of_z(sheet[i]));
        out_lit(o, S("\">"));
    }
    out_lit(o, S("</head><body><div class=\"wrap\"><main>"));
    out_markup(o, chart_defs(o->c));
    out_lit(o, S("<h2>Hvem har svaret</h2><div class=\"rate\"><p class=\"big\">76 pct.</p><div>"));
    out_markup(o, chart_svg(o->c, &rate));
    out_lit(o,
            S("<p class=\"small\">44 af 58 inviterede har svaret. Stregen viser sidste år: 41 af 55.</p></div></div>"));
    draw_theme(o);
    draw_rest(o);
    out_lit(o, S("</main></div></body></html>\n"));
}

int main(int argc, char **argv)
{
    ArenaRange range = arena_range_open(16 << 20);
    Arena arena = arena_of(range, NULL);
    Ctx c = {0};
    ctx_init(&c, &arena, (Instant){0}, (Random){.fill = no_random});
    Out o = out_new(&c, 1 << 20);
    draw_page(&o, argc, argv);
    Str page = out_done(&o);
    size_t written = fwrite(page.p, 1, (size_t)page.n, stdout);
    arena_range_close(range);
    return written == (size_t)page.n ? 0 : 1;
}

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "feature/drawing/drawing_inside.h"
#include "feature/drawing/drawing_words.h"
#include "render/pdf/pdf_check.h"
#include "store.h"
#include "test.h"
#include "text/foreign.h"

/* ---- a report with everything that a page must know how to say ---- */

static LangTexts both(Ctx *c, const char *da, const char *en)
{
    LangText *v = NEW(c->arena, LangText, 2);
    v[0] = (LangText){S("da"), str_of_z(da)};
    v[1] = (LangText){S("en"), str_of_z(en)};
    return (LangTexts){v, 2};
}

static Values values_of(Ctx *c, int64_t a, int64_t b)
{
    Values all = {.v = NEW(c->arena, int64_t, 2), .n = 2};
    all.v[0] = a;
    all.v[1] = b;
    return all;
}

static Options agree_options(Ctx *c)
{
    static const char *const da[] = {"helt uenig", "uenig", "hverken eller", "enig", "helt enig", "ved ikke"};
    static const char *const en[] = {"strongly disagree", "disagree", "neither", "agree", "strongly agree", "don't know"};
    Options all = {.v = NEW(c->arena, Option, COUNT_OF(da)), .n = COUNT_OF(da)};
    for (int i = 0; i < COUNT_OF(da); i++) all.v[i] = (Option){i + 1, both(c, da[i], en[i])};
    return all;
}

static ReportItem item_of(Ctx *c, const char *code, const char *da, const char *en)
{
    return (ReportItem){
        .code = str_of_z(code), .section = S("SAM"), .theme = S("samarbejde"), .text = str_of_z(da), .texts = both(c, da, en),
        .kind = ITEM_SINGLE, .options = agree_options(c), .agree_set = values_of(c, 4, 5), .disagree_set = values_of(c, 1, 2),
        .dont_know_set = {values_of(c, 6, 6).v, 1}, .state = REPORT_HIDDEN,
    };
}

static ReportItem shown(Ctx *c, ReportItem item, const int64_t count[5], double low, double high)
{
    item.state = REPORT_SHOWN;
    item.has_distribution = true;
    item.distribution = (ReportCounts){NEW(c->arena, ReportCount, 5), 5};
    for (int i = 0; i < 5; i++) {
        item.distribution.v[i] = (ReportCount){i + 1, count[i]};
        item.valid += count[i];
    }
    int64_t agree = count[3] + count[4];
    item.agree = (ReportShare){.is = true, .count = agree, .share = (double)agree / (double)item.valid, .low = low, .high = high};
    return item;
}

static void changed(Ctx *c, ReportItem *item, Label label, double difference, int64_t before, int64_t of)
{
    item->change = (ReportCompare){.is = true, .other = S("2025"), .is_comparable = label != LABEL_IKKE_SAMMENLIGNELIG,
                                   .difference = difference, .low = difference - 0.2, .high = difference + 0.2, .label = label};
    item->years = (ReportYears){NEW(c->arena, ReportYear, 1), 1};
    item->years.v[0] = (ReportYear){.wave = S("2025"), .valid = of, .has_count = true, .count = before};
}

static void grouped(Ctx *c, ReportItem *item)
{
    item->groups = (ReportGroups){NEW(c->arena, ReportGroup, 3), 3};
    item->groups.v[0] = (ReportGroup){.dimension = S("enhed"), .group = S("kommune"), .state = REPORT_SHOWN, .valid = 210,
                                      .agree = {.is = true, .count = 97, .share = 97.0 / 210}};
    item->groups.v[1] = (ReportGroup){.dimension = S("rolle"), .group = S("leder"), .state = REPORT_HIDDEN};
    item->groups.v[2] = (ReportGroup){.dimension = S("rolle"), .group = S("personale"), .state = REPORT_SHOWN, .valid = 27,
                                      .agree = {.is = true, .count = 18, .share = 18.0 / 27},
                                      .versus = {.is = true, .p_adjusted = 0.01, .difference = 0.25}};
}

enum { ITEMS = 6 };

/* Certain, by chance, few answers, new wording, words only, hidden. */
static Report fixture(Ctx *c)
{
    ReportItem *v = NEW(c->arena, ReportItem, ITEMS);
    v[0] = shown(c, item_of(c, "Q1", "Vi har fast tid til at følge op", "We have fixed time to follow up"), (int64_t[]){3, 6, 7, 18, 9}, 0.48, 0.76);
    changed(c, &v[0], LABEL_SIKKER, 0.33, 13, 44);
    v[1] = shown(c, item_of(c, "Q2", "Vi ser på hinandens undervisning", "We watch each other teach"), (int64_t[]){7, 13, 9, 10, 4}, 0.20, 0.47);
    changed(c, &v[1], LABEL_USIKKER, -0.09, 18, 43);
    v[2] = shown(c, item_of(c, "Q3", "Vi deler ansvaret for alle børn", "We share the children"), (int64_t[]){1, 1, 3, 7, 4}, 0.44, 0.86);
    changed(c, &v[2], LABEL_FAA_SVAR, 0.1, 9, 15);
    v[3] = shown(c, item_of(c, "Q4", "Vi bruger det, eleverne fortæller", "We use what pupils say"), (int64_t[]){2, 6, 9, 17, 7}, 0.43, 0.72);
    changed(c, &v[3], LABEL_IKKE_SAMMENLIGNELIG, 0, 0, 0);
    v[4] = item_of(c, "Q5", "Vi hjælper hinanden", "We help each other");
    v[4].state = REPORT_WORDS;
    v[4].valid = 7;
    v[5] = item_of(c, "Q6", "Ressourcecentret ændrer det, jeg gør", "The centre changes what I do");
    for (int i = 0; i < ITEMS; i++) grouped(c, &v[i]);
    Report r = {
        .wave = S("2026"), .unit = {S("S11"), S("Bakkeskolen"), S("skole")}, .version = 1, .released = {20577}, .minimum = 5,
        .response = {.has_invited = true, .has_answered = true, .has_rate = true, .invited = 58, .answered = 44, .rate = 44.0 / 58},
        .items = {v, ITEMS}, .title = both(c, "Medarbejdernes svar", "What staff answered"), .previous = S("2025"),
        .path = {NEW(c->arena, ReportUnit, 1), 1}, .sections = {NEW(c->arena, ReportSection, 1), 1},
    };
    r.path.v[0] = (ReportUnit){S("K1"), S("Fjordby Kommune"), S("kommune")};
    r.sections.v[0] = (ReportSection){S("SAM"), S("samarbejde"), both(c, "Samarbejde i teamet", "Working together"), 0, ITEMS};
    return r;
}

static const Focuses nothing = {0}; /* is written */

static Str html_of(Ctx *c, const Report *r)
{
    Str bytes = {0};
    CHECK_OK(drawing_html(c, r, &nothing, &bytes));
    return bytes;
}

static bool has(Str s, const char *part)
{
    return str_find(s, str_of_z(part), 0) >= 0;
}

/* ---- numbers ---- */

TEST(drawing_words, below_twenty_answers_percent_is_the_nearest_five)
{
    CHECK_INT(drawing_pct(11, 16).v, 70);
    CHECK(drawing_pct(11, 16).is_circa);
    CHECK_INT(drawing_pct(1, 40).v, 3); /* 2.5: half up */
    CHECK(!drawing_pct(1, 40).is_circa);
    CHECK_INT(drawing_pct(19, 19).v, 100);
}

TEST(drawing_words, a_change_has_a_sign_and_a_real_minus)
{
    Ctx *c = test_ctx_plain();
    CHECK_STR(drawing_points(c, 0.334), S("+33 point"));
    CHECK_STR(drawing_points(c, -0.045), S("\xe2\x88\x92" "5 point"));
    CHECK_STR(drawing_points(c, 0.001), S("0 point"));
}

/* ---- findings ---- */

TEST(drawing_words, the_certain_change_is_the_headline)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    const ReportView *view = drawing_view(c, &r, &nothing);
    CHECK_STR(view->sections.v[0].finding, S("Sikker ændring siden 2025: 33 point flere er enige i: »Vi har fast tid til at følge op«. "
                                            "På de andre spørgsmål, der kan sammenlignes, ligner svarene dem fra 2025."));
}

TEST(drawing_words, without_a_certain_change_nothing_is_explained)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.items.v[0].change.label = LABEL_USIKKER;
    /* (11 + 9) of (16 + 15) most, (14 + 18) of (43 + 43) least */
    CHECK_STR(drawing_view(c, &r, &nothing)->sections.v[0].finding,
              S("Målingerne under ét: flest er enige i »Vi deler ansvaret for alle børn« (to ud af tre), færrest i "
                "»Vi ser på hinandens undervisning« (to ud af fem). Svarene ligner dem fra 2025. Ingen ændring er sikker."));
}

TEST(drawing_words, a_first_measurement_tells_levels_and_no_change)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.previous = S("");
    for (int i = 0; i < ITEMS; i++) r.items.v[i].change = (ReportCompare){0};
    for (int i = 0; i < ITEMS; i++) r.items.v[i].years = (ReportYears){0};
    const ReportView *view = drawing_view(c, &r, &nothing);
    CHECK(str_starts(view->sections.v[0].finding, S("Flest er enige i »")));
    CHECK(!has(html_of(c, &r), "Sikker ændring"));
}

TEST(drawing_words, yes_and_no_go_by_their_own_word)
{
    Ctx *c = test_ctx_plain();
    ReportItem item = item_of(c, "P1", "Jeg har deltaget", "I took part");
    CHECK_STR(drawing_counted(c, &item), S(""));
    Option answers[] = {{1, both(c, "Ja", "Yes")}, {2, both(c, "Nej", "No")}, {3, both(c, "Ved ikke", "Don't know")}};
    item.options = (Options){answers, 2};
    item.agree_set = (Values){values_of(c, 1, 1).v, 1};
    item.disagree_set = (Values){values_of(c, 2, 2).v, 1};
    item.dont_know_set = (Values){0};
    CHECK_STR(drawing_counted(c, &item), S("»Ja«"));
    item.options.n = 3;
    CHECK_STR(drawing_counted(c, &item), S("")); /* a third answer in the middle: agreeing has degrees */
    item.dont_know_set = (Values){values_of(c, 3, 3).v, 1};
    CHECK_STR(drawing_counted(c, &item), S("»Ja«"));
}

TEST(drawing_words, most_and_least_are_told_in_the_same_way)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.previous = S("");
    for (int i = 0; i < ITEMS; i++) {
        ReportItem *item = &r.items.v[i];
        item->change = (ReportCompare){0};
        item->years = (ReportYears){0};
        item->valid = 100;
        item->agree.count = i ? 40 : 90; /* "to ud af fem", and no such words for 90 */
    }
    CHECK(has(drawing_view(c, &r, &nothing)->sections.v[0].finding, "(90 pct.), færrest i »"));
    CHECK(has(drawing_view(c, &r, &nothing)->sections.v[0].finding, "(40 pct.)."));
    r.items.v[0].agree.count = 75;
    CHECK(has(drawing_view(c, &r, &nothing)->sections.v[0].finding, "(tre ud af fire), færrest i »"));
}

TEST(drawing_words, all_hidden_has_no_figure_at_all)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.response = (ReportResponse){0};
    for (int i = 0; i < ITEMS; i++) {
        r.items.v[i] = item_of(c, "Q", "Spørgsmål", "Question");
        r.items.v[i].groups = (ReportGroups){0};
    }
    const ReportView *view = drawing_view(c, &r, &nothing);
    CHECK_STR(view->sections.v[0].finding, S("Der er for få svar til at vise tal i denne del."));
    Str page = html_of(c, &r);
    ptrdiff_t from = str_find(page, S("id=\"del-SAM\""), 0), to = str_find(page, S("id=\"skjult\""), 0);
    CHECK(from > 0 && to > from);
    Str section = str_sub(page, from, to);
    CHECK(!has(section, "pct.<") && !has(section, "svar<"));
}

TEST(drawing_words, each_state_of_change_has_its_words)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    const ReportView *view = drawing_view(c, &r, &nothing);
    const ItemViews *items = &view->sections.v[0].blocks.v[0].items;
    CHECK_INT(items->n, ITEMS);
    CHECK_STR(items->v[0].change, S("Sikker ændring"));
    CHECK_STR(items->v[0].change_more, S("+33 point"));
    CHECK_STR(items->v[1].change, S("Kan være tilfældigt"));
    CHECK_STR(items->v[2].change, S("For få svar"));
    CHECK_STR(items->v[3].change, S("Kan ikke sammenlignes"));
    CHECK_STR(items->v[4].says, S("Næsten alle svarede ens."));
    CHECK_STR(items->v[5].says, S("Skjult, så ingen kan genkendes."));
}

TEST(drawing_words, hidden_and_words_only_give_no_number_to_draw)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    const ReportView *view = drawing_view(c, &r, &nothing);
    for (int i = 4; i < ITEMS; i++) {
        const ItemView *item = &view->sections.v[0].blocks.v[0].items.v[i];
        CHECK(!item->has_distribution && !item->has_comparison);
        CHECK_INT(item->certainty, 0);
    }
}

TEST(drawing_words, years_are_pooled_by_people)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    const ReportView *view = drawing_view(c, &r, &nothing);
    /* (27 + 13) of (43 + 44) */
    CHECK_STR(view->sections.v[0].blocks.v[0].items.v[0].years, S("Begge målinger under ét: 46 pct. enige af 87 svar"));
}

TEST(drawing_words, last_years_response_stands_beside_this_years)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.response_before = (ReportResponse){true, true, true, 50, 44, 0.88, REPORT_NO_CAUTION};
    const ReportView *view = drawing_view(c, &r, &nothing);
    CHECK_STR(view->rate_before, S("Ved målingen før (2025) svarede 88 pct.: 44 af 50."));
    CHECK(view->rate.rate.has_last && view->rate.rate.last_answered == 44);
    r.response_before.has_answered = r.response_before.has_rate = false;
    view = drawing_view(c, &r, &nothing);
    CHECK_STR(view->rate_before, S(""));
    CHECK(!view->rate.rate.has_last);
}

TEST(drawing_words, a_wave_is_called_by_what_is_its_own)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    CHECK_STR(drawing_wave(c, &r, S("Medarbejdernes svar, forår 2026")), S("forår 2026"));
    CHECK_STR(drawing_wave(c, &r, S("2026")), S("2026"));
    CHECK_STR(drawing_wave(c, &r, S("Medarbejdernes svar, ")), S("Medarbejdernes svar, "));
}

TEST(drawing_words, a_dimension_that_is_hidden_throughout_is_a_sentence)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    for (int i = 0; i < ITEMS; i++) r.items.v[i].groups.v[2].state = REPORT_HIDDEN;
    SectionView section = drawing_view(c, &r, &nothing)->sections.v[0];
    CHECK_INT(section.groups.n, 0);
    CHECK_STR(section.groups_hidden.v[0], S("Fordelt på: Rolle. Alle tal er skjult, så ingen kan genkendes."));
}

/* The last cell of the staff's line in the first question's split by role. */
static Str versus_of(Ctx *c, const Report *r)
{
    SectionView view = {0};
    drawing_section_groups(c, r, &r->sections.v[0], &view);
    CHECK_INT(view.groups.n, 1);
    const TableLine *line = &view.groups.v[0].lines.v[1];
    return line->cells.v[line->cells.n - 1].text;
}

TEST(drawing_words, a_group_differs_for_certain_only_where_both_sides_are_many_and_the_rate_is_known)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    ReportGroup *staff = &r.items.v[0].groups.v[2];
    staff->valid = 27; /* and 16 others */
    CHECK_STR(versus_of(c, &r), S("For få svar"));
    staff->valid = 16;
    CHECK_STR(versus_of(c, &r), S("For få svar"));
    staff->valid = 23; /* and 20 others */
    CHECK(str_starts(versus_of(c, &r), S("Sikker forskel")));
    r.response.has_rate = r.response.has_invited = false;
    CHECK_STR(versus_of(c, &r), S("Kan være tilfældigt"));
}

TEST(drawing_words, a_low_response_is_said)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.response = (ReportResponse){true, true, true, 100, 38, 0.38, REPORT_UNDER_40};
    CHECK_STR(drawing_view(c, &r, &nothing)->caution, S("38 pct. har svaret. Det er for få til at sige noget sikkert om alle."));
}

TEST(drawing_words, a_scale_the_other_way_round_is_drawn_from_disagree_to_agree)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    for (int i = 0; i < ITEMS; i++) {
        r.items.v[i].agree_set = values_of(c, 1, 2);
        r.items.v[i].disagree_set = values_of(c, 4, 5);
    }
    const ReportView *view = drawing_view(c, &r, &nothing);
    const Distribution *d = &view->sections.v[0].blocks.v[0].items.v[0].distribution.distribution;
    CHECK_STR(d->label[0], S("helt enig")); /* the fixture's words stay; value 5 is now disagreement */
    CHECK_INT(d->neither, 2);
}

TEST(drawing_words, answers_that_are_no_scale_get_a_table)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.items.v[0].agree_set = r.items.v[0].disagree_set = (Values){0};
    r.items.v[0].agree = (ReportShare){0};
    const ReportView *view = drawing_view(c, &r, &nothing);
    const BlockView *b = &view->sections.v[0].blocks.v[0];
    CHECK_INT(b->items.n, 1);
    CHECK(!b->items.v[0].has_distribution);
    CHECK_INT(b->tables.v[0].lines.n, 5);
    CHECK_STR(b->tables.v[0].lines.v[3].cells.v[0].text, S("42 pct."));
}

/* ---- outputs ---- */

/* For looking at: into the file that the environment names. */
static void keep(const char *name, Str bytes)
{
    const char *to = getenv(name);
    if (!to) return;
    FILE *f = fopen(to, "w");
    CHECK(f && fwrite(bytes.p, 1, (size_t)bytes.n, f) == (size_t)bytes.n && fclose(f) == 0);
}

static bool is_plain_page(Str page)
{
    return has(page, "<title>Rapport: Bakkeskolen, 2026</title>") && has(page, "skjult") && has(page, "Sådan er der regnet");
}

TEST(drawing_html, is_one_file_with_every_part)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    Str page = html_of(c, &r);
    CHECK(is_plain_page(page));
    CHECK(!has(page, "<script"));
    keep("TRAAD_LOOK", page);
}

TEST(drawing_html, fits_what_one_request_may_use)
{
    enum { A_REQUEST = 16 << 20 }; /* WebOptions.arena_bytes unless set */
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    char *end = c->arena->end;
    if (end - c->arena->next > A_REQUEST) c->arena->end = c->arena->next + A_REQUEST;
    Str page = html_of(c, &r);
    c->arena->end = end;
    CHECK(is_plain_page(page));
}

TEST(drawing_html, english_takes_the_translated_texts)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    c->lang = LANG_EN;
    Str page = html_of(c, &r);
    CHECK(has(page, "<html lang=\"en\">") && has(page, "We have fixed time to follow up") && has(page, "strongly agree"));
    CHECK(!has(page, "Vi har fast tid"));
}

static void no_faults(Ctx *c, Str bytes)
{
    Strs faults = {0};
    CHECK_OK(pdf_check(c, bytes, &faults));
    CHECK_STR(faults.n ? faults.v[0] : S(""), S(""));
}

TEST(drawing_pdf, can_be_read_by_everybody_and_is_the_same_each_time)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str one = {0}, two = {0};
    CHECK_OK(drawing_pdf(c, &r, &nothing, &one));
    CHECK_OK(drawing_pdf(c, &r, &nothing, &two));
    no_faults(c, one);
    CHECK(str_eq(one, two));
    keep("TRAAD_LOOK_PDF", one);
}

TEST(drawing_html, a_text_that_nobody_translated_keeps_its_language)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    c->lang = LANG_EN;
    r.items.v[0].texts.n = 1; /* Danish alone */
    Str page = html_of(c, &r);
    CHECK(has(page, "<p class=\"q\"><span lang=\"da\">Vi har fast tid til at følge op</span></p>"));
    CHECK(has(page, "<p class=\"q\">We watch each other teach</p>"));
    /* In the sentence that it is quoted in, and never inside an attribute. */
    CHECK(has(page, "33 points higher agreement with “<span lang=\"da\">Vi har fast tid til at følge op</span>”"));
    CHECK(!text_has_foreign(page));
}

TEST(drawing_pdf, in_english_is_as_good_and_the_same_each_time)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str danish = {0}, one = {0}, two = {0};
    CHECK_OK(drawing_pdf(c, &r, &nothing, &danish));
    c->lang = LANG_EN;
    for (int i = 0; i < ITEMS; i += 2) r.items.v[i].texts.n = 1;
    CHECK_OK(drawing_pdf(c, &r, &nothing, &one));
    CHECK_OK(drawing_pdf(c, &r, &nothing, &two));
    no_faults(c, one);
    CHECK(str_eq(one, two) && !str_eq(one, danish));
}

TEST(drawing_words, each_state_of_change_has_its_words_in_english)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    c->lang = LANG_EN;
    const ReportView *view = drawing_view(c, &r, &nothing);
    const ItemViews *items = &view->sections.v[0].blocks.v[0].items;
    CHECK_STR(items->v[0].change, S("Definite change"));
    CHECK_STR(items->v[0].change_more, S("+33 points"));
    CHECK_STR(items->v[1].change, S("May be chance"));
    CHECK_STR(items->v[2].change, S("Too few answers"));
    CHECK_STR(items->v[3].change, S("Cannot be compared"));
    CHECK_STR(items->v[4].says, S("Almost everyone gave the same answer."));
    CHECK_STR(items->v[5].says, S("Hidden, so that no one can be recognised."));
    CHECK_STR(items->v[0].years, S("Both surveys taken together: 46% of 87 answers agree"));
}

TEST(drawing_slides, can_be_read_by_everybody)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str bytes = {0};
    CHECK_OK(drawing_slides(c, &r, &nothing, &bytes));
    no_faults(c, bytes);
    keep("TRAAD_LOOK_SLIDES", bytes);
}

TEST(drawing_slides, many_long_questions_go_on_over_slides)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str bytes = {0};
    Buf b = buf_new(c->arena, 300);
    while (b.n + 20 < 300) buf_add(&b, S("meget længe og "));
    for (int i = 0; i < ITEMS; i++) r.items.v[i].texts = both(c, str_z(c->arena, buf_str(&b)), "long");
    CHECK_OK(drawing_slides(c, &r, &nothing, &bytes));
    no_faults(c, bytes);
}

/* 2,000 characters are a question's limit; the page has them all, paper and wall what fits. */
TEST(drawing_slides, the_longest_question_fits_each_kind_of_paper)
{
    static Err (*const drawn[])(Ctx *, const Report *, const Focuses *, Str *) = {drawing_pdf, drawing_slides, drawing_resume};
    static const char *const words[] = {"fællesskab ", "æ"};
    Ctx *c = test_store();
    Report r = fixture(c);
    for (ptrdiff_t w = 0; w < COUNT_OF(words); w++) {
        Buf b = buf_new(c->arena, 4096);
        for (ptrdiff_t n = 0, step = w ? 1 : 11; n + step <= ITEM_TEXT_MAX; n += step) buf_add(&b, str_of_z(words[w]));
        for (int i = 0; i < ITEMS; i++) r.items.v[i].texts = both(c, str_z(c->arena, buf_str(&b)), "long");
        for (ptrdiff_t k = 0; k < COUNT_OF(drawn); k++) {
            Str bytes = {0};
            CHECK_OK(drawn[k](c, &r, &nothing, &bytes));
            no_faults(c, bytes);
        }
    }
}

/* None, few or hidden for others' sake: free text is told of in the same words. */
TEST(drawing_item, hidden_free_text_is_not_drawn_as_a_hidden_number)
{
    Ctx *c = test_ctx_plain();
    Report r = fixture(c);
    r.items.v[5].kind = ITEM_TEXT;
    ItemView view = drawing_item_view(c, &r, &r.items.v[5]);
    CHECK(!view.is_hidden && view.is_left_out);
    CHECK_STR(view.says, S("Svar i fri tekst er ikke med i rapporten. Hvor mange der har skrevet, vises ikke."));
    CHECK_STR(view.answers, S(""));
}

/* ---- words of a question -------------------------------------------------------------- */

TEST(drawing_words, a_question_is_answered_and_only_a_statement_is_agreed_with)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    CHECK_STR(drawing_counted(c, &r.items.v[0]), S(""));
    for (int i = 0; i < ITEMS; i++) r.items.v[i].texts = both(c, "Er der ro?", "Is it calm?");
    CHECK_STR(drawing_counted(c, &r.items.v[0]), S("»enig« eller »helt enig«"));
    SectionView s = drawing_view(c, &r, &nothing)->sections.v[0];
    CHECK(has(s.finding, "33 point flere svarer »enig« eller »helt enig« til: »Er der ro?«"));
    CHECK_STR(s.blocks.v[0].counted, S("»enig« eller »helt enig«"));
    CHECK(has(s.blocks.v[0].items.v[0].years, "svarer »enig« eller »helt enig«"));
    CHECK_STR(s.blocks.v[0].tables.v[1].caption, S("Hvor mange der svarer »enig« eller »helt enig«"));
    r.items.v[1].texts = both(c, "Der er ro", "It is calm");
    CHECK_STR(drawing_counted_by_all(c, r.items.v, ITEMS), S(""));
    c->lang = LANG_EN;
    CHECK_STR(drawing_counted(c, &r.items.v[0]), S("“agree” or “strongly agree”"));
}

/* ---- forward focus ----------------------------------------------------------------------- */

static Focuses one_focus(Ctx *c, Str body)
{
    Focuses all = {NEW(c->arena, Focus, 2), 2};
    all.v[0] = (Focus){.section = S("ANDET"), .body = S("Hører til en anden del."), .author = S("Ingen Her"), .at = {1700000000000}};
    all.v[1] = (Focus){.section = S("SAM"), .body = body, .author = S("Anne Vestergaard"), .at = {1764579600000}};
    return all;
}

TEST(drawing_focus, stands_with_its_writer_and_its_day_in_the_section_it_is_about)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Focuses written = one_focus(c, S("Vi prøver <faste> møder.\nVi ser på det til maj."));
    SectionView s = drawing_view(c, &r, &written)->sections.v[0];
    CHECK_STR(s.focus.body, written.v[1].body);
    CHECK_STR(s.focus.by, S("Skrevet af Anne Vestergaard, 1. december 2025 kl. 10.00."));
    Str page = {0};
    CHECK_OK(drawing_html(c, &r, &written, &page));
    CHECK(has(page, "Vi prøver &lt;faste&gt; møder.") && !has(page, "Hører til en anden del.") && !has(page, "Ret teksten"));
    written.v[1].author = S("");
    CHECK_STR(drawing_view(c, &r, &written)->sections.v[0].focus.by, S("Skrevet 1. december 2025 kl. 10.00."));
}

TEST(drawing_focus, changes_the_files_for_people_and_the_same_text_gives_the_same_bytes)
{
    static Err (*const drawn[])(Ctx *, const Report *, const Focuses *, Str *) = {drawing_pdf, drawing_slides, drawing_resume};
    Ctx *c = test_store();
    Report r = fixture(c);
    Str body = S("Vi prøver faste møder.\n\nVi ser på det til maj."), without = {0}, one = {0}, two = {0};
    Focuses written = one_focus(c, body);
    for (int i = 0; i < COUNT_OF(drawn); i++) {
        CHECK_OK(drawn[i](c, &r, &nothing, &without));
        CHECK_OK(drawn[i](c, &r, &written, &one));
        CHECK_OK(drawn[i](c, &r, &written, &two));
        CHECK(str_eq(one, two) && !str_eq(one, without));
        no_faults(c, one);
    }
}

TEST(drawing_focus, the_longest_text_goes_on_over_pages_and_leaves_the_resume_readable)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Buf b = buf_new(c->arena, REPORT_FOCUS_MAX);
    while (b.n + 8 < REPORT_FOCUS_MAX) buf_add(&b, S("møde og "));
    Focuses written = one_focus(c, buf_str(&b));
    Str bytes = {0};
    CHECK_OK(drawing_slides(c, &r, &written, &bytes));
    no_faults(c, bytes);
    CHECK_OK(drawing_resume(c, &r, &written, &bytes));
    no_faults(c, bytes);
}

TEST(drawing_focus, a_text_is_shortened_after_a_word_or_between_two_letters)
{
    static const struct { const char *text; int bytes; const char *want; } cases[] = {
        {"Vi ses i maj",   40, "Vi ses i maj"},
        {"Vi ses\r\ni maj", 40, "Vi ses i maj"},
        {"Vi ses i maj",   8,  "Vi ses i"},
        {"Vi ses i maj",   7,  "Vi ses"},
        {"ææææ",           5,  "ææ"},
        {"",               5,  ""},
    };
    Ctx *c = test_store();
    for (int i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(drawing_shortened(c, str_of_z(cases[i].text), cases[i].bytes), str_of_z(cases[i].want));
}

/* ---- other files ----------------------------------------------------------------------------- */

TEST(drawing_file, formats_that_are_built_are_known)
{
    ReportFormat format = REPORT_HTML;
    CHECK(drawing_format_parse(S("json"), &format) && format == REPORT_JSON);
    CHECK(!drawing_format_parse(S("doc"), &format));
}

TEST(drawing_file, the_table_says_skjult_for_a_hidden_number_and_nothing_for_none)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str csv = {0};
    CHECK_OK(drawing_csv(c, &r, &csv));
    CHECK(str_find(csv, S("2026,S11,1,SAM,samarbejde,Q6,\"Ressourcecentret ændrer det, jeg gør\",,,true,"
                          "skjult,skjult,skjult,skjult,skjult,skjult,,,skjult,,"), 0) > 0);
    CHECK(str_find(csv, S("2026,S11,1,SAM,samarbejde,Q5,Vi hjælper hinanden,,,false,7,,,"), 0) > 0);
}

TEST(drawing_file, a_table_in_english_has_the_same_columns_and_numbers_and_english_questions)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str da = {0}, en = {0};
    CHECK_OK(drawing_csv(c, &r, &da));
    c->lang = LANG_EN;
    CHECK_OK(drawing_csv(c, &r, &en));
    CHECK(has(en, "2026,S11,1,SAM,samarbejde,Q5,We help each other,,,false,7,,,"));
    CHECK(has(en, ",true,skjult,skjult,") && !text_has_foreign(en));
    CHECK(str_eq(str_sub(en, 0, str_find_char(en, '\n', 0)), str_sub(da, 0, str_find_char(da, '\n', 0))));
}

TEST(drawing_file, the_workbook_is_the_same_bytes_twice)
{
    Ctx *c = test_store();
    Report r = fixture(c);
    Str one = {0}, two = {0};
    CHECK_OK(drawing_xlsx(c, &r, &one));
    CHECK_OK(drawing_xlsx(c, &r, &two));
    CHECK(str_eq(one, two) && one.n > 1000);
}

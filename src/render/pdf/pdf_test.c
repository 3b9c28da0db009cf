#include "render/pdf/pdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "render/pdf/pdf_check.h"
#include "render/pdf/pdf_own.h"
#include "test.h"
#include "text/foreign.h"

/* ---- a report with everything in it ---- */

static const Str AGREE[] = {S_INIT("helt uenig"), S_INIT("uenig"), S_INIT("hverken eller"), S_INIT("enig"),
                            S_INIT("helt enig")};
static const Pct SHARES[] = {{16}, {30}, {21}, {23}, {9}};

/* Once for the whole program: see font.h. */
static const PdfFonts *letters(void)
{
    static PdfFonts fonts;
    static bool is_open;
    if (!is_open) is_open = pdf_fonts_open(&fonts);
    CHECK(is_open);
    return &fonts;
}

static PdfMeta meta_of(PdfPaper paper)
{
    return (PdfMeta){.title = S("Skolerapport: medarbejdernes svar"),
                     .author = S("Fjordby Kommune"),
                     .eye_line = S("Skolens ledelse ser rapporten. Ikke delt med andre endnu"),
                     .date = S("24. november 2026"),
                     .made = {1795510800000},
                     .paper = paper};
}

static void add_keys(Pdf *pdf)
{
    static const Key keys[] = {
        {KEY_ANSWER_1,     S_INIT("Helt uenig")                 },
        {KEY_ANSWER_2,     S_INIT("Uenig")                      },
        {KEY_ANSWER_3,     S_INIT("Hverken eller")              },
        {KEY_ANSWER_4,     S_INIT("Enig")                       },
        {KEY_ANSWER_5,     S_INIT("Helt enig")                  },
        {KEY_NOW,          S_INIT("Enige i år, med usikkerhed")},
        {KEY_LAST,         S_INIT("Sidste gang")                },
        {KEY_MUNICIPALITY, S_INIT("Alle skoler i kommunen")     },
        {KEY_REGION,       S_INIT("Hele regionen")              }
    };
    pdf_key(pdf, (Keys){keys, 9});
}

static void add_items(Pdf *pdf, int rows)
{
    static const PdfColumn columns[] = {
        {S_INIT("Spørgsmål"),                                30},
        {S_INIT("Uenige til venstre, enige til højre, pct."), 36},
        {S_INIT("Enige i alt, 0 til 100 pct."),                24},
        {S_INIT("Ændring siden 2025"),                        22}
    };
    Arena *arena = test_ctx_plain()->arena;
    Chart *bar = NEW(arena, Chart, 1), *dot = NEW(arena, Chart, 1), *hidden = NEW(arena, Chart, 1);
    *bar = (Chart){
        .kind = CHART_DISTRIBUTION, .distribution = {AGREE, SHARES, 5, 2, {46, 22, 75}}
    };
    *dot = (Chart){
        .kind = CHART_COMPARISON,
        .comparison = {.subject = T("Enige"),
                       .now = {33},
                       .has_interval = true,
                       .low = 20,
                       .high = 47,
                       .has_last = true,
                       .last = {42},
                       .has_municipality = true,
                       .municipality = {41},
                       .has_region = true,
                       .region = {48}}
    };
    *hidden = (Chart){.kind = CHART_HIDDEN, .hidden = {T("Skjult: færre end 5 svar.")}};
    PdfCell *cells = NEW(arena, PdfCell, 4 * rows);
    for (int r = 0; r < rows; r++) {
        PdfCell *row = cells + 4 * r;
        row[0] = (PdfCell){.text = S("Vi ser på hinandens undervisning og taler om den bagefter"),
                           .small = S("43 svar, 1 ved ikke eller ikke spurgt")};
        row[1] = r % 5 == 4 ? (PdfCell){.chart = hidden, .span = 2} : (PdfCell){.chart = bar};
        row[2] = (PdfCell){.chart = dot};
        Certainty sure = r % 5 == 1 ? CERTAIN : r % 5 == 2 ? FEW_ANSWERS : BY_CHANCE;
        row[3] = (PdfCell){.text = msg_text(test_ctx_plain(), certainty_words(sure)),
                           .small = S("ingen sikker ændring"),
                           .certainty = sure};
        if (r % 5 == 4) row[3] = (PdfCell){.text = S("Intet tal vises")};
    }
    pdf_table(pdf,
              &(PdfTable){
                  .caption = S("Samarbejde i teamet"), .column = columns, .columns = 4, .cells = cells, .rows = rows});
}

static void add_numbers(Pdf *pdf, int rows)
{
    static const PdfColumn columns[] = {
        {S_INIT("Afdeling"), 3},
        {S_INIT("Svar"),     1, true},
        {S_INIT("Enige"),                  2,     true},
        {S_INIT("Læs det sådan"),              4          }
    };
    static const PdfCell row[] = {
        {S_INIT("Indskoling")}, {S_INIT("17")}, {S_INIT("ca. 70 pct.")}, {S_INIT("Få svar, afrundet til nærmeste 5")}};
    PdfCell *cells = NEW(test_ctx_plain()->arena, PdfCell, 4 * rows);
    for (int i = 0; i < 4 * rows; i++) cells[i] = row[i % 4];
    pdf_table(pdf, &(PdfTable){.column = columns, .columns = 4, .cells = cells, .rows = rows});
}

static void add_line(Pdf *pdf)
{
    static const LinePoint points[] = {
        {S_INIT("2023"), POINT_VALUE,                                128          },
        {                         S_INIT("2024"),  POINT_HIDDEN                                          },
        { S_INIT("2025"),              POINT_VALUE,                                           94},
        {                                                      S_INIT("2026"),              POINT_VALUE, 89,                                .break_why = T_INIT("Ny opgørelse fra 2026")}
    };
    Chart line = {
        .kind = CHART_LINE, .line = {.subject = T("Fravær i 6. klasse"), .is_pct = true, .v = points, .n = 4}
    };
    pdf_chart(pdf, &line, 0);
}

static void add_prose(Pdf *pdf)
{
    static const PdfRun runs[] = {
        {S_INIT("Hvorfor er noget skjult? "),                            .is_bold = true},
        {S_INIT("Vi viser aldrig tal, der bygger på færre end 5 svar. Kunne man regne det skjulte ud fra "
                "resten, skjuler vi ét tal mere. Læs mere i ")                                                             },
        {S_INIT("vejledningen om det, der er skjult, og hvorfor det altid gælder alle udgaver"),
         .address = S_INIT("https://fjordby.example/vejledning/skjult")},
        {S_INIT(". Ærø, Ångstrøm og Œuvre kan læses.")}
    };
    static const Str points[] = {
        S_INIT("Hold fast i den faste tid i uge 40–48, hvor presset er størst."),
        S_INIT("Lad to team prøve kollegabesøg på 20 minutter, og spørg eleverne, hvad de lagde mærke til, "
               "så det bliver muligt at se, om det gør en forskel for dem.")};
    pdf_runs(pdf, PDF_NOTE, (PdfRuns){runs, 4});
    pdf_list(pdf, false, (Strs){(Str *)points, 2});
    pdf_list(pdf, true, (Strs){(Str *)points, 2});
}

static Pdf *sample(PdfPaper paper, int rows)
{
    PdfMeta meta = meta_of(paper);
    Pdf *pdf = pdf_begin(test_ctx_plain(), letters(), &meta);
    pdf_heading(pdf, 1, S("Skolerapport: medarbejdernes svar"));
    pdf_text(pdf, PDF_LEAD, S("Målingen i foråret 2026, sammenlignet med 2025 og med alle skoler i kommunen."));
    pdf_heading(pdf, 2, S("Hvem har svaret"));
    Chart rate = {
        .kind = CHART_RATE, .rate = {44, 58, true, 41, 55}
    };
    pdf_chart(pdf, &rate, 0);
    pdf_text(pdf, PDF_QUIET, S("44 af 58 inviterede har svaret. Stregen viser sidste år: 41 af 55."));
    if (paper == PDF_SLIDES) pdf_page(pdf);
    pdf_heading(pdf, 2, S("Samarbejde i teamet"));
    pdf_text(pdf, PDF_LEAD, S("Flere har fået fast tid til at følge op på det, de prøver af."));
    add_keys(pdf);
    add_items(pdf, rows);
    pdf_heading(pdf, 3, S("Fast tid til at følge op, fordelt på afdelinger"));
    add_numbers(pdf, rows);
    add_prose(pdf);
    pdf_heading(pdf, 2, S("Fraværet falder"));
    add_line(pdf);
    return pdf;
}

static Str made(PdfPaper paper, int rows)
{
    Str bytes = {0};
    CHECK_OK(pdf_end(sample(paper, rows), &bytes));
    return bytes;
}

static void check_no_faults(Str bytes)
{
    Strs faults = {0};
    CHECK_OK(pdf_check(test_ctx_plain(), bytes, &faults));
    for (ptrdiff_t i = 0; i < faults.n; i++) print_error("%.*s\n", (int)faults.v[i].n, faults.v[i].p);
    CHECK_INT(faults.n, 0);
}

static bool finds_fault(Str bytes, Str fault)
{
    Strs faults = {0};
    CHECK_OK(pdf_check(test_ctx_plain(), bytes, &faults));
    for (ptrdiff_t i = 0; i < faults.n; i++)
        if (str_find(faults.v[i], fault, 0) >= 0) return true;
    return false;
}

static void write_file(const char *path, Str bytes)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL);
    CHECK_INT(fwrite(bytes.p, 1, (size_t)bytes.n, f), bytes.n);
    CHECK_INT(fclose(f), 0);
}

/* What a tool of poppler says about the bytes. */
static Str said_by(const char *tool, const char *after, Str bytes)
{
    char path[] = "/tmp/traad-pdf-XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    write_file(path, bytes);
    char command[200];
    snprintf(command, sizeof command, "%s %s %s", tool, path, after);
    FILE *f = popen(command, "r");
    CHECK(f != NULL);
    Buf b = buf_new(test_ctx_plain()->arena, 1 << 20);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, f);
    CHECK_INT(pclose(f), 0);
    unlink(path);
    return buf_str(&b);
}

static Str plain_form(Str bytes)
{
    return said_by("qpdf --qdf --object-streams=disable --static-id", "- 2>/dev/null", bytes);
}

/* ---- claims ---- */

TEST(pdf, report_has_no_fault)
{
    Str bytes = made(PDF_A4, 30);
    const char *keep = getenv("KEEP");
    if (keep) write_file(keep, bytes);
    check_no_faults(bytes);
}

TEST(pdf, slides_have_no_fault)
{
    Str bytes = made(PDF_SLIDES, 6);
    const char *keep = getenv("KEEP_SLIDES");
    if (keep) write_file(keep, bytes);
    check_no_faults(bytes);
}

TEST(pdf, same_input_gives_same_bytes)
{
    Str a = made(PDF_A4, 7), b = made(PDF_A4, 7);
    CHECK_INT(a.n, b.n);
    CHECK(str_eq(a, b));
}

TEST(pdf, text_that_comes_again_is_laid_out_once_for_each_type_width_and_side)
{
    Ctx *c = test_ctx_plain();
    PdfMeta meta = meta_of(PDF_A4);
    Pdf *pdf = pdf_begin(c, letters(), &meta);
    PangoLayout *first = pdf_layout_text(pdf, TYPE_CELL, S("12"), 60, true);
    CHECK(pdf_layout_text(pdf, TYPE_CELL, S("12"), 60, true) == first);
    CHECK(pdf_layout_text(pdf, TYPE_CELL, S("21"), 60, true) != first);
    CHECK(pdf_layout_text(pdf, TYPE_CELL_HEAD, S("12"), 60, true) != first);
    CHECK(pdf_layout_text(pdf, TYPE_CELL, S("12"), 61, true) != first);
    CHECK(pdf_layout_text(pdf, TYPE_CELL, S("12"), 60, false) != first);
    /* More texts than are kept: those in work stay, whatever takes their place. */
    for (int i = 0; i < 3 * PDF_KEPT; i++) {
        Buf b = buf_new(c->arena, 16);
        buf_add_i64(&b, 1000 + i);
        int live = pdf->live_n;
        CHECK(pango_layout_get_line_count(pdf_layout_text(pdf, TYPE_CELL, buf_str(&b), 60, true)) == 1);
        pdf_layouts_free(pdf, live);
    }
    CHECK(strcmp(pango_layout_get_text(first), "12") == 0);
    Str bytes = {0};
    CHECK_OK(pdf_end(pdf, &bytes));
}

TEST(pdf, text_comes_back_in_reading_order)
{
    Str text = said_by("pdftotext -enc UTF-8", "-", made(PDF_A4, 3));
    static const Str order[] = {S_INIT("Skolerapport: medarbejdernes svar"),
                                S_INIT("Målingen i foråret 2026"),
                                S_INIT("Hvem har svaret"),
                                S_INIT("44 af 58"),
                                S_INIT("Samarbejde i teamet"),
                                S_INIT("Fast tid til at følge op, fordelt på afdelinger"),
                                S_INIT("Hvorfor er noget skjult?"),
                                S_INIT("Ærø, Ångstrøm og Œuvre kan læses."),
                                S_INIT("Fraværet falder")};
    ptrdiff_t at = 0;
    for (int i = 0; i < 9; i++) {
        ptrdiff_t hit = str_find(text, order[i], at);
        if (hit < 0) print_error("not in order: %.*s\n", (int)order[i].n, order[i].p);
        CHECK(hit >= 0);
        at = hit;
    }
}

TEST(pdf, structure_is_told_by_another_reader)
{
    Str tree = said_by("pdfinfo -struct-text", "", made(PDF_A4, 6));
    CHECK(str_find(tree, S("H1 (block)"), 0) >= 0);
    CHECK(str_find(tree, S("Table"), 0) >= 0);
    CHECK(str_find(tree, S("Figure"), 0) >= 0);
    CHECK(str_find(tree, S("Link"), 0) >= 0);
}

TEST(pdf, words_over_a_line_break_stay_in_their_element_and_apart)
{
    Str tree = said_by("pdfinfo -struct-text", "", made(PDF_A4, 1));
    CHECK(str_find(tree, S("\"Vi ser på hinandens undervisning og taler om den bagefter\""), 0) >= 0);
    CHECK(str_find(plain_form(made(PDF_A4, 1)), S("/ActualText"), 0) < 0);
}

static int64_t times(Str in, Str what)
{
    int64_t n = 0;
    for (ptrdiff_t at = 0; (at = str_find(in, what, at)) >= 0; at += what.n) n++;
    return n;
}

TEST(pdf, another_language_is_told_where_it_begins_and_ends)
{
    Ctx *c = test_ctx_plain();
    c->lang = LANG_EN;
    PdfMeta meta = meta_of(PDF_A4);
    Pdf *pdf = pdf_begin(c, letters(), &meta);
    Str ask = text_foreign(c->arena, S("da"), S("Vi ser på hinandens undervisning og taler om den bagefter, så vi lærer af det"));
    static const PdfColumn columns[] = {{S_INIT("Question"), 2}, {S_INIT("Share"), 1}};
    const PdfCell cells[] = {{ask, S("43 answers")}, {S("33%")}};
    pdf_heading(pdf, 1, ask);
    pdf_text(pdf, PDF_BODY, STR_CAT(c->arena, S("Agreement is highest with “"), ask, S("” (33%). No change is definite.")));
    pdf_table(pdf, &(PdfTable){.column = columns, .columns = 2, .cells = cells, .rows = 1});
    Str bytes = {0};
    CHECK_OK(pdf_end(pdf, &bytes));
    check_no_faults(bytes);
    Str plain = plain_form(bytes);
    CHECK_INT(times(plain, S("/Lang (da)")), 3);
    CHECK_INT(times(plain, S("/Lang (en)")), 1);
    Str text = said_by("pdftotext -raw", "-", bytes);
    CHECK(str_find(text, S("(33%). No change is definite."), 0) > 0);
    CHECK(!text_has_foreign(text) && !text_has_foreign(plain));
}

static Str marked(const char *content)
{
    return pdf_with_artifacts(test_ctx_plain()->arena, str_of_z(content));
}

TEST(pdf, only_marks_become_artifacts_never_a_text_that_looks_like_one)
{
    CHECK_STR(marked("q\n/Private << /MCID 7 >> BDC\n[(side 1)]TJ\nEMC"), S("q\n/Artifact BMC\n[(side 1)]TJ\nEMC"));
    static const char *const texts[] = {
        "[(Se /Private << /MCID 0 >> BDC)]TJ", "[(\\( (a) \\) /Private << BDC \\\\)8(/Private <<)]TJ", "[(/Private \\\n<< BDC)]TJ", "(/Private <<",
    };
    for (ptrdiff_t i = 0; i < COUNT_OF(texts); i++) CHECK_STR(marked(texts[i]), str_of_z(texts[i]));
    CHECK_STR(marked("(a\\\\)/Private <</MCID 1>>BDC(/Private <<)"), S("(a\\\\)/Artifact BMC(/Private <<)"));
}

TEST(pdf, a_text_of_marks_is_read_as_it_was_written)
{
    static const Str written = S_INIT("Se (her) /Private << /MCID 0 >> BDC \\ og ) EMC");
    PdfMeta meta = meta_of(PDF_A4);
    Pdf *pdf = pdf_begin(test_ctx_plain(), letters(), &meta);
    pdf_heading(pdf, 1, S("Fremadrettet fokus"));
    pdf_text(pdf, PDF_BODY, written);
    Str bytes = {0};
    CHECK_OK(pdf_end(pdf, &bytes));
    check_no_faults(bytes);
    CHECK(str_find(said_by("pdftotext -enc UTF-8 -layout", "-", bytes), written, 0) >= 0);
}

TEST(pdf, furniture_is_not_in_the_tree)
{
    Str tree = said_by("pdfinfo -struct-text", "", made(PDF_A4, 40));
    CHECK(str_find(tree, S("Ikke delt med andre endnu"), 0) < 0);
    Str text = said_by("pdftotext -enc UTF-8", "-", made(PDF_A4, 40));
    CHECK(str_find(text, S("side 2"), 0) >= 0);
}

TEST(pdf, table_heads_come_again_on_each_page)
{
    Str text = said_by("pdftotext -enc UTF-8", "-", made(PDF_A4, 40));
    int seen = 0;
    for (ptrdiff_t at = 0; (at = str_find(text, S("Læs det sådan"), at)) >= 0; at++) seen++;
    CHECK(seen >= 2);
}

TEST(pdf, dates_are_the_callers)
{
    Str info = said_by("TZ=UTC pdfinfo -isodates", "", made(PDF_A4, 1));
    CHECK(str_find(info, S("CreationDate:    2026-11-24T09:00:00"), 0) >= 0);
    CHECK(str_find(info, S("Title:           Skolerapport: medarbejdernes svar"), 0) >= 0);
    CHECK(str_find(info, S("Tagged:          yes"), 0) >= 0);
}

TEST(pdf, long_paragraph_goes_on_over_pages)
{
    PdfMeta meta = meta_of(PDF_A4);
    Ctx *c = test_ctx_plain();
    Pdf *pdf = pdf_begin(c, letters(), &meta);
    pdf_heading(pdf, 1, S("Langt"));
    Buf b = buf_new(c->arena, 1 << 16);
    for (int i = 0; i < 1500; i++) buf_add(&b, S("Mange ord på én gang. "));
    pdf_text(pdf, PDF_BODY, buf_str(&b));
    Str bytes = {0};
    CHECK_OK(pdf_end(pdf, &bytes));
    check_no_faults(bytes);
    CHECK(str_find(said_by("pdfinfo", "", bytes), S("Pages:           7"), 0) >= 0 ||
          str_find(said_by("pdfinfo", "", bytes), S("Pages:           8"), 0) >= 0);
}

TEST(pdf, heading_stays_with_what_follows)
{
    PdfMeta meta = meta_of(PDF_A4);
    Pdf *pdf = pdf_begin(test_ctx_plain(), letters(), &meta);
    pdf_heading(pdf, 1, S("Øverst"));
    /* 695 of about 729 points are used: the heading fits, the chart under it not. */
    for (int i = 0; i < 29; i++) pdf_text(pdf, PDF_BODY, S("En linje."));
    pdf_heading(pdf, 2, S("Sidste overskrift"));
    add_line(pdf);
    Str bytes = {0};
    CHECK_OK(pdf_end(pdf, &bytes));
    Str second = said_by("pdftotext -f 2 -l 2", "-", bytes);
    CHECK(str_find(second, S("Sidste overskrift"), 0) >= 0);
}

static Str first_page_of(int lines, int kept)
{
    PdfMeta meta = meta_of(PDF_A4);
    Pdf *pdf = pdf_begin(test_ctx_plain(), letters(), &meta);
    pdf_heading(pdf, 1, S("Øverst"));
    for (int i = 0; i < lines; i++) pdf_text(pdf, PDF_BODY, S("En linje."));
    pdf_keep(pdf, kept);
    pdf_heading(pdf, 2, S("Ny del"));
    pdf_text(pdf, PDF_BODY, S("Dens første linje."));
    Str bytes = {0};
    CHECK_OK(pdf_end(pdf, &bytes));
    return said_by("pdftotext -f 1 -l 1", "-", bytes);
}

TEST(pdf, what_needs_room_begins_where_there_is_room)
{
    CHECK(str_find(first_page_of(24, 2), S("Ny del"), 0) >= 0);
    CHECK(str_find(first_page_of(24, 16), S("Ny del"), 0) < 0);
}

TEST(pdf, row_taller_than_a_page_is_refused_with_its_number)
{
    PdfMeta meta = meta_of(PDF_A4);
    Ctx *c = test_ctx_plain();
    Pdf *pdf = pdf_begin(c, letters(), &meta);
    pdf_heading(pdf, 1, S("Tabel"));
    Buf b = buf_new(c->arena, 1 << 16);
    for (int i = 0; i < 1500; i++) buf_add(&b, S("Mange ord på én gang. "));
    PdfColumn column = {S("Svar"), 1, false};
    PdfCell cells[] = {{S("kort")}, {buf_str(&b)}};
    pdf_table(pdf, &(PdfTable){.column = &column, .columns = 1, .cells = cells, .rows = 2});
    Str bytes = {0};
    CHECK_ERR(pdf_end(pdf, &bytes), E_TOO_LARGE);
    CHECK_INT(c->message.arg[0].i, 2);
}

TEST(pdf, hidden_number_is_nowhere_in_the_file)
{
    Ctx *c = test_ctx_plain();
    Chart hidden = {.kind = CHART_HIDDEN, .hidden = {T("Skjult: færre end 5 svar.")}};
    Chart other = hidden;
    other.line.max_tenths = 777; /* what a careless caller left behind in the union */
    PdfMeta meta = meta_of(PDF_A4);
    Str bytes[2] = {0};
    for (int i = 0; i < 2; i++) {
        Pdf *pdf = pdf_begin(c, letters(), &meta);
        pdf_heading(pdf, 1, S("Skjult"));
        pdf_chart(pdf, i ? &other : &hidden, 0);
        CHECK_OK(pdf_end(pdf, &bytes[i]));
    }
    CHECK(str_eq(bytes[0], bytes[1]));
}

/* ---- the checker finds faults: a good file, spoilt by one change in plain form ---- */

/* Same length, so that the file's own table of places stays right. */
static Str spoilt(Str from, Str to)
{
    Ctx *c = test_ctx_plain();
    Str plain = plain_form(made(PDF_A4, 6));
    ptrdiff_t at = str_find(plain, from, 0);
    CHECK(at >= 0);
    CHECK_INT(from.n, to.n);
    return STR_CAT(c->arena, str_sub(plain, 0, at), to, str_sub(plain, at + from.n, plain.n));
}

TEST(pdf_check, plain_form_of_a_good_file_is_good)
{
    check_no_faults(plain_form(made(PDF_A4, 6)));
}
TEST(pdf_check, finds_missing_language)
{
    CHECK(finds_fault(spoilt(S("/Lang ("), S("/Lanx (")), S("no language")));
}
TEST(pdf_check, finds_unmarked_file)
{
    CHECK(finds_fault(spoilt(S("/Marked true"), S("/Markex true")), S("not marked")));
}
TEST(pdf_check, finds_title_not_shown)
{
    CHECK(finds_fault(spoilt(S("/DisplayDocTitle"), S("/DisplayDocTitlx")), S("title is not shown")));
}
TEST(pdf_check, finds_figure_without_words)
{
    CHECK(finds_fault(spoilt(S("/Alt ("), S("/Alx (")), S("figure without words")));
}
TEST(pdf_check, finds_head_without_scope)
{
    CHECK(finds_fault(spoilt(S("/Scope"), S("/Scopx")), S("without a scope")));
}
TEST(pdf_check, finds_skipped_level)
{
    CHECK(finds_fault(spoilt(S("/S /H2"), S("/S /H3")), S("skips a level")));
}
TEST(pdf_check, finds_wrong_tab_order)
{
    CHECK(finds_fault(spoilt(S("/Tabs /S"), S("/Tabs /R")), S("tab order")));
}
TEST(pdf_check, finds_unmarked_paint)
{
    CHECK(finds_fault(spoilt(S("/Artifact BMC"), S("             ")), S("outside marked content")));
}
TEST(pdf_check, finds_wrong_order)
{
    CHECK(finds_fault(spoilt(S("/H1 << /MCID 3 >>"), S("/H1 << /MCID 4 >>")), S("reading order")));
}
TEST(pdf_check, finds_font_without_letters)
{
    CHECK(finds_fault(spoilt(S("/ToUnicode"), S("/ToUnicodx")), S("way back")));
}
TEST(pdf_check, finds_link_without_words)
{
    CHECK(finds_fault(spoilt(S("/Contents ("), S("/Contentx (")), S("link without words")));
}
TEST(pdf_check, refuses_what_is_no_pdf)
{
    Strs faults = {0};
    CHECK_ERR(pdf_check(test_ctx_plain(), S("%PDF-1.7 but nothing more"), &faults), E_INVALID);
}

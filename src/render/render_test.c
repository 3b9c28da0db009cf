#include "render/render_test.h"

#include "render/form.h"
#include "render/form.html.h"
#include "render/render_test.html.h"
#include "test.h"
#include "text/foreign.h"

static Out new_out(void)
{
    return out_new(test_ctx_plain(), 1 << 20);
}

#define WRITTEN(call_with_o)   \
    ({                         \
        Out written = new_out(), *o = &written; \
        call_with_o;           \
        out_done(o);           \
    })

/* ---- escaping ------------------------------------------------------------- */

TEST(out, text_cannot_become_markup_or_end_a_value)
{
    CHECK_STR(WRITTEN(out_str(o, S("<b a=\"1\">'&'</b>"))),
              S("&lt;b a=&quot;1&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;"));
}

TEST(out, an_address_keeps_only_unreserved_bytes)
{
    CHECK_STR(WRITTEN(out_url_str(o, S("a/b?c=ø&\"'"))), S("a%2Fb%3Fc%3D%C3%B8%26%22%27"));
    CHECK_STR(WRITTEN(out_query_str(o, S("..-_~"))), S("..-_~"));
}

TEST(out, a_segment_cannot_walk_up)
{
    CHECK_STR(WRITTEN(out_url_str(o, S(".."))), S("-"));
    CHECK_STR(WRITTEN(out_url_str(o, S("."))), S("-"));
    CHECK_STR(WRITTEN(out_url_str(o, S("..."))), S("..."));
}

TEST(out, only_our_own_addresses_are_whole)
{
    static const char *const foreign[] = {"",       "a",        "//evil", "/\\evil", "javascript:x", "https://evil",
                                          "/\t/x", "/a\nb",    "#x",     "?x"};
    for (int i = 0; i < 10; i++) CHECK_STR(WRITTEN(out_href(o, (Href){str_of_z(foreign[i])})), S("#"));
    CHECK_STR(WRITTEN(out_href(o, (Href){S("/")})), S("/"));
    CHECK_STR(WRITTEN(out_href(o, (Href){S("/a?b=%20&c=\"å <")})), S("/a?b=%20&amp;c=%22%C3%A5%20%3C"));
}

TEST(out, numbers_follow_the_language)
{
    CHECK_STR(WRITTEN(OUT_TEXT(o, (Count){1250})), S("1.250"));
    test_ctx_plain()->lang = LANG_EN;
    CHECK_STR(WRITTEN(OUT_TEXT(o, (Count){1250})), S("1,250"));
    CHECK_STR(WRITTEN(OUT_TEXT(o, ((Share){18, 25}))), S("72%"));
    CHECK_STR(WRITTEN(OUT_ATTR(o, (Plain){1250})), S("1250"));
}

TEST(out, another_language_has_its_name_in_text_and_none_in_an_attribute)
{
    Arena *arena = test_ctx_plain()->arena;
    Spoken s = {STR_CAT(arena, S("<“"), text_foreign(arena, S("da"), S("Er der ro & fred?")), S("”"))};
    CHECK_STR(WRITTEN(OUT_TEXT(o, s)), S("&lt;“<span lang=\"da\">Er der ro &amp; fred?</span>”"));
    CHECK_STR(WRITTEN(OUT_ATTR(o, s)), S("&lt;“Er der ro &amp; fred?”"));
    CHECK_STR(WRITTEN(OUT_TEXT(o, (Spoken){S("a<b")})), S("a&lt;b"));
}

TEST(out, past_its_maximum_it_says_so)
{
    Out o = out_new(test_ctx_plain(), 4);
    out_str(&o, S("abc"));
    CHECK(!o.b.full);
    out_str(&o, S("<"));
    CHECK(o.b.full);
}

/* ---- sentences --------------------------------------------------------------- */

TEST(msg, arguments_stand_where_they_are_named)
{
    Ctx *c = test_ctx_plain();
    Date d = {0};
    CHECK(date_of_civil((Civil){2026, 12, 8}, &d));
    CHECK_STR(msg_text(c, TF("{2} fra {1}: {3}{9}", S("{2}"), 1203, d)), S("1.203 fra {2}: 8. december 2026{9}"));
}

TEST(msg, one_is_singular_none_and_many_are_plural)
{
    Ctx *c = test_ctx_plain();
    CHECK_STR(msg_text(c, TN("{1} linje", "{1} linjer", 1)), S("1 linje"));
    CHECK_STR(msg_text(c, TN("{1} linje", "{1} linjer", 0)), S("0 linjer"));
    CHECK_STR(msg_text(c, TN("{1} linje", "{1} linjer", 5000)), S("5.000 linjer"));
}

TEST(msg, english_comes_from_the_table)
{
    Ctx *c = test_ctx_plain();
    c->lang = LANG_EN;
    CHECK_STR(msg_text(c, T("(valgfrit)")), S("(optional)"));
    CHECK_STR(msg_text(c, TF("Skriv mindst {1} tegn under »{2}«.", 1000, S("Titel"))),
              S("Write at least 1,000 characters under “Titel”."));
}

TEST(msg, what_a_person_wrote_is_the_same_in_every_language)
{
    Ctx *c = test_ctx_plain();
    c->lang = LANG_EN;
    CHECK_STR(msg_text(c, msg_verbatim(S("(valgfrit) {1}"))), S("(valgfrit) {1}"));
}

/* ---- templates ------------------------------------------------------------------ */

static TestPage test_page(void)
{
    static Str rows[] = {S_INIT("a"), S_INIT("<b>")};
    return (TestPage){.text = S("\n<\"&' å"), .link = {S("/l?a=1&b=2")}, .icon = {S("<svg></svg>")}, .rows = {rows, 2}};
}

TEST(template, each_expression_is_escaped_for_where_it_stands)
{
    TestPage page = test_page();
    CHECK_STR(WRITTEN(page_test_everything(o, &page)),
              S("<h1 title=\"\n&lt;&quot;&amp;&#39; å\">\n&lt;&quot;&amp;&#39; å</h1>"
                "<a href=\"/a/%0A%3C%22%26%27%20%C3%A5?q=%0A%3C%22%26%27%20%C3%A5#%0A%3C%22%26%27%20%C3%A5\"><svg></svg></a>\n"
                "<a href=\"/l?a=1&amp;b=2\">1.250</a>\n"
                "<ul><li class=\"first\">a</li><li>&lt;b&gt;</li></ul>\n"
                "<textarea name=\"t\">\n\n&lt;&quot;&amp;&#39; å</textarea>"));
}

TEST(template, a_wanted_block_comes_alone)
{
    TestPage page = test_page();
    Out o = new_out();
    o.block = S("rows");
    o.muted = true;
    page_test_everything(&o, &page);
    CHECK(o.found);
    CHECK_STR(out_done(&o), S("<ul><li class=\"first\">a</li><li>&lt;b&gt;</li></ul>"));
}

TEST(template, an_unknown_block_writes_nothing_and_says_so)
{
    TestPage page = test_page();
    Out o = new_out();
    o.block = S("nothing");
    o.muted = true;
    page_test_everything(&o, &page);
    CHECK(!o.found);
    CHECK_STR(out_done(&o), S(""));
}

TEST(template, a_frame_is_drawn_in_two_halves)
{
    CHECK_STR(WRITTEN({
                  page_test_frame_begin(o, S("a"));
                  page_test_frame_end(o, S("b"));
              }),
              S("<main><h1>a</h1><p>b</p></main>"));
}

/* ---- forms ------------------------------------------------------------------------- */

static const Choice colours[] = {{S_INIT("r"), T_INIT("Rød")}, {S_INIT("g"), T_INIT("Grøn")}};
static const Field fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .label = T_INIT("Titel"), .hint = T_INIT("Kort"), .max = 20, .min = 2},
    {.name = "note", .kind = FIELD_LONG_TEXT, .label = T_INIT("Note"), .optional = true},
    {.name = "mail", .kind = FIELD_EMAIL, .label = T_INIT("E-mail"), .autocomplete = "email"},
    {.name = "n", .kind = FIELD_INTEGER, .label = T_INIT("Antal"), .min = 1, .max = 5000},
    {.name = "due", .kind = FIELD_DATE, .label = T_INIT("Frist"), .min = 20000},
    {.name = "colour", .kind = FIELD_CHOICE, .label = T_INIT("Farve"), .choices = {colours, 2}},
    {.name = "all", .kind = FIELD_CHOICES, .label = T_INIT("Alle"), .choices = {colours, 2}, .optional = true},
    {.name = "ok", .kind = FIELD_CHECK, .label = T_INIT("Læst")},
    {.name = "code", .kind = FIELD_PASSWORD, .label = T_INIT("Kode")},
};
static const Form form = {fields, sizeof fields / sizeof *fields};

static FormValues filled(Ctx *c)
{
    static Str many[] = {S_INIT("g")};
    FormValues v = form_empty(c, &form);
    form_value(&v, "title")->raw = S("  Ro i gangen ");
    form_value(&v, "mail")->raw = S("a@b.dk");
    form_value(&v, "n")->raw = S("1.250");
    form_value(&v, "due")->raw = S("14-01-2027");
    form_value(&v, "colour")->raw = S("r");
    form_value(&v, "all")->many = (Strs){many, 1};
    form_value(&v, "ok")->raw = S("1");
    form_value(&v, "code")->raw = S("hemmelig");
    return v;
}

TEST(form, a_whole_form_is_parsed)
{
    Ctx *c = test_ctx_plain();
    FormValues v = filled(c);
    CHECK_OK(form_check(c, &v));
    CHECK_STR(form_value(&v, "title")->raw, S("Ro i gangen"));
    CHECK_INT(form_value(&v, "n")->number, 1250);
    CHECK_INT(form_value(&v, "due")->number, 20832); /* 2027-01-14 */
    CHECK_INT(form_value(&v, "ok")->number, 1);
    CHECK(!form_value(&v, "note")->given);
}

/* The problem of one field written wrongly in an otherwise whole form. */
static Str problem_with(const char *name, Str raw)
{
    Ctx *c = test_ctx_plain();
    FormValues v = filled(c);
    form_value(&v, name)->raw = raw;
    ctx_forgive(c);
    c->problems = c->last_problem = NULL;
    if (form_check(c, &v) == OK) return S("");
    CHECK(c->problems && !c->problems->next);
    return msg_text(c, form_value(&v, name)->problem);
}

TEST(form, each_problem_says_what_to_do)
{
    static const struct { const char *name, *raw, *problem; } cases[] = {
        {"title", " ", "Udfyld »Titel«."},
        {"title", "a", "Skriv mindst 2 tegn under »Titel«."},
        {"title", "ååååååååååååååååååååå", "Skriv højst 20 tegn under »Titel«. Der står 21."},
        {"title", "åååååååååååååååååååå", ""},
        {"title", "a\nb", "Skriv »Titel« på én linje."},
        {"mail", "a", "Skriv en e-mailadresse under »E-mail«, for eksempel navn@kommune.dk."},
        {"mail", "a@b@c.dk", "Skriv en e-mailadresse under »E-mail«, for eksempel navn@kommune.dk."},
        {"mail", "a@b..dk", "Skriv en e-mailadresse under »E-mail«, for eksempel navn@kommune.dk."},
        {"n", "to", "Skriv et helt tal under »Antal«."},
        {"n", "1.25", "Skriv et helt tal under »Antal«."},
        {"n", "12.50.000", "Skriv et helt tal under »Antal«."},
        {"n", "5.001", "Skriv et tal fra 1 til 5.000 under »Antal«."},
        {"due", "31-02-2027", "Skriv en dato under »Frist«, for eksempel 14-01-2027."},
        {"due", "1-1-2020", "Skriv tidligst 4. oktober 2024 under »Frist«."}, /* day 20,000 */
        {"colour", "", "Vælg noget under »Farve«."},
        {"colour", "x", "Vælg en af mulighederne under »Farve«."},
        {"ok", "", "Sæt kryds ved »Læst«."},
        {"note", "\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_STR(problem_with(cases[i].name, str_of_z(cases[i].raw)), str_of_z(cases[i].problem));
}

TEST(form, an_unknown_choice_among_many_is_refused)
{
    static Str many[] = {S_INIT("g"), S_INIT("x")};
    Ctx *c = test_ctx_plain();
    FormValues v = filled(c);
    form_value(&v, "all")->many = (Strs){many, 2};
    CHECK_ERR(form_check(c, &v), E_INVALID);
}

TEST(form, the_headline_counts_in_words)
{
    Ctx *c = test_ctx_plain();
    CHECK_STR(msg_text(c, form_headline(c, 1)), S("Ret én ting, før du sender"));
    CHECK_STR(msg_text(c, form_headline(c, 2)), S("Ret to ting, før du sender"));
    CHECK_STR(msg_text(c, form_headline(c, 11)), S("Ret 11 ting, før du sender"));
}

static bool has(Str all, const char *part)
{
    return str_find(all, str_of_z(part), 0) >= 0;
}

TEST(form, a_wrong_field_is_told_above_and_at_its_place)
{
    Ctx *c = test_ctx_plain();
    FormValues v = filled(c);
    form_value(&v, "title")->raw = S("a");
    form_value(&v, "colour")->raw = S("<");
    CHECK_ERR(form_check(c, &v), E_INVALID);
    Str html = WRITTEN(part_form_draw(o, &v));
    CHECK(has(html, "Ret to ting, før du sender"));
    CHECK(has(html, "<li><a href=\"#f-title\">Skriv mindst 2 tegn under »Titel«.</a></li>"));
    CHECK(has(html, "aria-describedby=\"f-title-hint f-title-fault\" aria-invalid=\"true\""));
    CHECK(has(html, "<p class=\"fault\" id=\"f-title-fault\">Skriv mindst 2 tegn under »Titel«.</p>"));
    CHECK(has(html, "value=\"a\""));
    CHECK(has(html, "<a href=\"#f-colour\">"));
    CHECK(has(html, "<fieldset class=\"field wrong\" aria-describedby=\"f-colour-fault\"><legend>Farve</legend>"));
}

TEST(form, what_was_written_is_shown_again_and_a_password_never)
{
    Ctx *c = test_ctx_plain();
    FormValues v = filled(c);
    form_value(&v, "note")->raw = S("\n<x>");
    CHECK_OK(form_check(c, &v));
    Str html = WRITTEN(part_form_draw(o, &v));
    CHECK(has(html, "rows=\"5\">\n\n&lt;x&gt;</textarea>"));
    CHECK(has(html, "name=\"colour\" value=\"r\" checked>"));
    CHECK(has(html, "name=\"all\" value=\"g\" checked>"));
    CHECK(has(html, "Note <span class=\"quiet\">(valgfrit)</span>"));
    CHECK(has(html, "autocomplete=\"email\""));
    CHECK(!has(html, "hemmelig"));
    CHECK(!has(html, "role=\"alert\""));
}

TEST(form, a_problem_told_later_by_the_domain_is_at_its_field)
{
    Ctx *c = test_ctx_plain();
    FormValues v = filled(c);
    CHECK_OK(form_check(c, &v));
    ctx_problem(c, S("due"), T("Skriv en dato efter i dag."));
    ctx_problem(c, S(""), T("Noget andet."));
    Str html = WRITTEN(part_form_draw(o, &v));
    CHECK(has(html, "<p class=\"fault\" id=\"f-due-fault\">Skriv en dato efter i dag.</p>"));
    CHECK(has(html, "<li>Noget andet.</li>"));
}

TEST(form, prefilled_dates_are_written_as_forms_take_them)
{
    Ctx *c = test_ctx_plain();
    FormValues v = form_empty(c, &form);
    form_set_date(c, form_value(&v, "due"), (Date){20832});
    CHECK_STR(form_value(&v, "due")->raw, S("14-01-2027"));
    CHECK(has(WRITTEN(part_form_draw(o, &v)), "value=\"14-01-2027\""));
}

#include "base/buf.h"
#include "base/number.h"
#include "test.h"
#include "text/foreign.h"

/* "[da:Er der ro?]" for a stretch, so that a test can be read. */
static Str seen(Ctx *c, Str text)
{
    Buf b = buf_new(c->arena, 500);
    TextPiece piece = {0};
    for (Str rest = text; text_piece(c->arena, &rest, &piece);) {
        if (piece.lang.n) buf_add(&b, STR_CAT(c->arena, S("["), piece.lang, S(":")));
        buf_add(&b, piece.text);
        if (piece.lang.n) buf_add_char(&b, ']');
    }
    return buf_str(&b);
}

TEST(foreign, a_stretch_is_found_again_inside_a_sentence)
{
    Ctx *c = test_ctx_plain();
    Str ask = text_foreign(c->arena, S("da"), S("Er der ro?")), yes = text_foreign(c->arena, S("pt-BR"), S("Sim"));
    Str all = STR_CAT(c->arena, S("“"), ask, S("”: 40% answered “"), yes, S("”."));
    CHECK_STR(seen(c, all), S("“[da:Er der ro?]”: 40% answered “[pt-BR:Sim]”."));
    CHECK_STR(text_bare(c->arena, all), S("“Er der ro?”: 40% answered “Sim”."));
    CHECK(text_has_foreign(all) && !text_has_foreign(S("Er der ro?")));
    CHECK(str_is_utf8(all));
}

TEST(foreign, marks_inside_a_stretch_are_taken_out)
{
    Ctx *c = test_ctx_plain();
    Str inner = text_foreign(c->arena, S("de"), S("Ja"));
    CHECK_STR(seen(c, text_foreign(c->arena, S("da"), inner)), S("[da:Ja]"));
    CHECK_STR(text_foreign(c->arena, S("\"x"), S("Ja")), S("Ja"));
    CHECK_STR(text_foreign(c->arena, S(""), S("Ja")), S("Ja"));
}

TEST(foreign, what_somebody_typed_is_text_and_never_a_fault)
{
    static const struct { const char *text, *want; } cases[] = {
        {"", ""},
        {"\U000E0001", ""},                                              /* a mark alone */
        {"\U000E0001\U000E007F", ""},                                    /* an end alone */
        {"\U000E0001\U000E0064\U000E0061Ja", "[da:Ja]"},                 /* without an end */
        {"\U000E0001\U000E0021Ja", "\U000E0021Ja"},                     /* "!": no code */
        {"a\xf3\xa0", "a\xf3\xa0"},                                     /* cut in two */
        {"\U000E0001\U000E0061\U000E0061\U000E0061\U000E0061\U000E0061\U000E0061\U000E0061\U000E0061\U000E0061\U000E0061"
         "\U000E0061\U000E0061\U000E0061x", "x"},                       /* a longer code than we write */
    };
    Ctx *c = test_ctx_plain();
    for (int i = 0; i < COUNT_OF(cases); i++) CHECK_STR(seen(c, str_of_z(cases[i].text)), str_of_z(cases[i].want));
}

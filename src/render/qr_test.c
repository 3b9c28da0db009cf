#include "render/qr.h"

#include "test.h"

/* The finder patterns of ISO/IEC 18004 stand in three corners of every code:
   a ring of seven, a ring of light, and nine dark modules in the middle. */
static bool finder_at(const Qr *qr, int x0, int y0)
{
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            bool edge = x == 0 || x == 6 || y == 0 || y == 6, middle = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            if (qr->dark[(y0 + y) * qr->size + x0 + x] != (edge || middle)) return false;
        }
    }
    return true;
}

TEST(qr, a_code_has_its_three_corners)
{
    Ctx *c = test_ctx_plain();
    Qr qr = {0};
    CHECK_OK(qr_make(c, S("otpauth://totp/a?secret=MZXW6YTB"), &qr));
    CHECK_INT((qr.size - 17) % 4, 0);
    CHECK(finder_at(&qr, 0, 0));
    CHECK(finder_at(&qr, qr.size - 7, 0));
    CHECK(finder_at(&qr, 0, qr.size - 7));
    CHECK(!finder_at(&qr, qr.size - 7, qr.size - 7));
}

TEST(qr, the_drawing_covers_each_dark_module_once)
{
    Ctx *c = test_ctx_plain();
    Qr qr = {0};
    CHECK_OK(qr_make(c, S("kort"), &qr));
    Markup svg = qr_svg(c, &qr, T("QR-kode"));
    int64_t dark = 0, drawn = 0;
    for (int i = 0; i < qr.size * qr.size; i++) dark += qr.dark[i];
    for (ptrdiff_t at = str_find(svg.html, S("v1h-"), 0); at >= 0; at = str_find(svg.html, S("v1h-"), at + 1)) {
        int64_t n = 0;
        CHECK(str_i64(str_sub(svg.html, at + 4, str_find_char(svg.html, 'z', at)), &n));
        drawn += n;
    }
    CHECK_INT(drawn, dark);
    CHECK(str_find(svg.html, S("aria-label=\"QR-kode\""), 0) > 0);
}

TEST(qr, too_much_or_nothing_is_refused)
{
    Ctx *c = test_ctx_plain();
    Qr qr = {0};
    CHECK_ERR(qr_make(c, S(""), &qr), E_INVALID);
    ctx_forgive(c);
    char *big = NEW(c->arena, char, QR_TEXT_MAX + 1);
    for (int i = 0; i <= QR_TEXT_MAX; i++) big[i] = 'x';
    CHECK_ERR(qr_make(c, (Str){big, QR_TEXT_MAX + 1}, &qr), E_INVALID);
    ctx_forgive(c);
    CHECK_OK(qr_make(c, (Str){big, QR_TEXT_MAX}, &qr));
}

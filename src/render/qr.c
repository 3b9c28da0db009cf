/* The thin file around libqrencode, which uses malloc of its own. */
#include "render/qr.h"

#include <qrencode.h>

Err qr_make(Ctx *c, Str text, Qr *ret)
{
    if (text.n < 1 || text.n > QR_TEXT_MAX || str_has_zero(text)) return fail(c, E_INVALID, T("Teksten kan ikke blive til en QR-kode."));
    QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
    if (!code) return fail(c, E_BROKEN, T("QR-koden kunne ikke laves."));
    int size = code->width;
    ptrdiff_t n = (ptrdiff_t)size * size;
    /* The library is done before the arena is asked, which may jump away. */
    uint8_t held[177 * 177];
    for (ptrdiff_t i = 0; i < n && i < (ptrdiff_t)sizeof held; i++) held[i] = code->data[i] & 1;
    QRcode_free(code);
    uint8_t *dark = NEW(c->arena, uint8_t, n);
    for (ptrdiff_t i = 0; i < n; i++) dark[i] = held[i];
    *ret = (Qr){.size = size, .dark = dark};
    return OK;
}

static int run_of_dark(const Qr *qr, int x, int y)
{
    int n = 0;
    while (x + n < qr->size && qr->dark[y * qr->size + x + n]) n++;
    return n;
}

/* "M4 4h7v1h-7z": one rectangle a run. */
static void add_run(Out *o, int x, int y, int n)
{
    out_lit(o, S("M"));
    out_plain(o, (Plain){x});
    out_lit(o, S(" "));
    out_plain(o, (Plain){y});
    out_lit(o, S("h"));
    out_plain(o, (Plain){n});
    out_lit(o, S("v1h-"));
    out_plain(o, (Plain){n});
    out_lit(o, S("z"));
}

static void add_path(Out *o, const Qr *qr)
{
    for (int y = 0; y < qr->size; y++) {
        for (int x = 0; x < qr->size; x++) {
            int n = run_of_dark(qr, x, y);
            if (!n) continue;
            add_run(o, x + QR_QUIET, y + QR_QUIET, n);
            x += n;
        }
    }
}

Markup qr_svg(Ctx *c, const Qr *qr, Msg name)
{
    Out o = out_new(c, 400 + (ptrdiff_t)qr->size * qr->size * 12);
    Plain side = {qr->size + 2 * QR_QUIET}, shown = {side.n * 5};
    out_lit(&o, S("<svg class=\"qr\" role=\"img\" width=\""));
    out_plain(&o, shown);
    out_lit(&o, S("\" height=\""));
    out_plain(&o, shown);
    out_lit(&o, S("\" viewBox=\"0 0 "));
    out_plain(&o, side);
    out_lit(&o, S(" "));
    out_plain(&o, side);
    out_lit(&o, S("\" shape-rendering=\"crispEdges\" aria-label=\""));
    out_msg(&o, name);
    out_lit(&o, S("\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"></rect><path fill=\"#000\" d=\""));
    add_path(&o, qr);
    out_lit(&o, S("\"></path></svg>"));
    return (Markup){out_done(&o)};
}

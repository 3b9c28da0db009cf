/* QR codes (ISO/IEC 18004), drawn as one path in an inline SVG: dark modules on
   white with the four quiet modules around them that readers need. */
#ifndef RENDER_QR_H
#define RENDER_QR_H

#include "render/out.h"

enum { QR_TEXT_MAX = 1000, QR_QUIET = 4 };

typedef struct Qr {
    int size;             /* modules a side, without the quiet ones; 21–177 */
    const uint8_t *dark;  /* size × size, row by row: 1 dark, 0 light; in the arena */
} Qr;

/* Error correction M (15 %). E_INVALID when text is empty, longer than
   QR_TEXT_MAX bytes or has a zero byte. */
MUST Err qr_make(Ctx *c, Str text, Qr *ret);
/* name: what a screen reader says of the picture. */
Markup qr_svg(Ctx *c, const Qr *qr, Msg name);

#endif

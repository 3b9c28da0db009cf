/* The report as one HTML file that needs no server: the page's own parts with
   the house's stylesheet inside. Its letters are those of the reader's machine. */
#include "feature/drawing/drawing.html.h"
#include "feature/drawing/drawing_inside.h"
#include "render/out.h"
#include "web/assets/assets.h"

enum { HTML_BYTES = 4 << 20 }; /* a request has 16 MB in all */

static void draw_head(Ctx *c, Out *o, const ReportView *view)
{
    out_lit(o, c->lang == LANG_EN ? S("<!doctype html>\n<html lang=\"en\">") : S("<!doctype html>\n<html lang=\"da\">"));
    out_lit(o, S("<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>"));
    out_str(o, STR_CAT(c->arena, view->title, S(", "), view->report->wave));
    out_lit(o, S("</title><style>"));
    out_lit(o, asset_find(asset_path("house.css"))->bytes);
    out_lit(o, S("</style></head>\n<body><div class=\"wrap\"><main>"));
}

Err drawing_html(Ctx *c, const Report *r, const Focuses *written, Str *ret_bytes)
{
    const ReportView *view = drawing_view(c, r, written);
    Out o = out_new(c, HTML_BYTES);
    draw_head(c, &o, view);
    page_drawing_file(&o, view);
    out_lit(&o, S("</main></div></body></html>\n"));
    if (o.b.full) return fail(c, E_TOO_LARGE, T("Rapporten er for stor til én fil."));
    *ret_bytes = out_done(&o);
    return OK;
}

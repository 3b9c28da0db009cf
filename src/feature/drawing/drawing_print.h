/* What paper and slides share. */
#ifndef FEATURE_DRAWING_DRAWING_PRINT_H
#define FEATURE_DRAWING_DRAWING_PRINT_H

#include "feature/drawing/drawing_inside.h"
#include "render/pdf/pdf.h"

/* What every document of a report begins with: its title, its lead and who answered. */
Pdf *drawing_print_begin(Ctx *c, const ReportView *view, Str title, PdfPaper paper);
/* What to ask of the numbers; a heading of its own. */
void drawing_print_next_step(Ctx *c, Pdf *pdf);
/* The focus written for a section, paragraph by paragraph, under a heading of its own. */
void drawing_print_focus(Ctx *c, Pdf *pdf, PdfText kind, const FocusView *f);
/* Keys and items with their drawings. */
void drawing_print_block(Ctx *c, Pdf *pdf, const BlockView *b);
/* A wide table goes on in a second one with the same first column. */
void drawing_print_table(Ctx *c, Pdf *pdf, const TableView *t);

#endif

/* What paper and slides share. */
#ifndef FEATURE_DRAWING_DRAWING_PRINT_H
#define FEATURE_DRAWING_DRAWING_PRINT_H

#include "feature/drawing/drawing_inside.h"
#include "render/pdf/pdf.h"

PdfMeta drawing_meta(Ctx *c, const ReportView *view, PdfPaper paper);
void drawing_print_rate(Ctx *c, Pdf *pdf, const ReportView *view);
/* What to ask of the numbers; a heading of its own. */
void drawing_print_next_step(Ctx *c, Pdf *pdf);
/* The focus written for a section, paragraph by paragraph, under a heading of its own. */
void drawing_print_focus(Ctx *c, Pdf *pdf, PdfText kind, const FocusView *f);
/* Keys and items with their drawings. */
void drawing_print_block(Ctx *c, Pdf *pdf, const BlockView *b);
/* A wide table goes on in a second one with the same first column. */
void drawing_print_table(Ctx *c, Pdf *pdf, const TableView *t);

#endif

/* What paper and slides share. */
#ifndef FEATURE_REPORT_REPORT_PRINT_H
#define FEATURE_REPORT_REPORT_PRINT_H

#include "feature/report/report_pages.h"
#include "render/pdf/pdf.h"

PdfMeta report_meta(Ctx *c, const ReportView *view, PdfPaper paper);
void report_print_rate(Ctx *c, Pdf *pdf, const ReportView *view);
/* What to ask of the numbers; a heading of its own. */
void report_print_next_step(Ctx *c, Pdf *pdf);
/* The focus written for a section, paragraph by paragraph, under a heading of its own. */
void report_print_focus(Ctx *c, Pdf *pdf, PdfText kind, const FocusView *f);
/* Keys and items with their drawings. */
void report_print_block(Ctx *c, Pdf *pdf, const BlockView *b);
/* A wide table goes on in a second one with the same first column. */
void report_print_table(Ctx *c, Pdf *pdf, const TableView *t);

#endif

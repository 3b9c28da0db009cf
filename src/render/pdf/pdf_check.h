/* Reads a PDF back and tells what would keep somebody from reading it: used by
   the tests on every report we make. Independent of the writer: it looks at
   the bytes only, and works on files of others too.
   Checked: language, title and that viewers show it; marked; every page's tab
   order; fonts embedded and with a way back to letters; nothing painted outside
   marked contents and artifacts; reading order = order on the page; every
   marked content in the tree exactly once and the parent tree in agreement;
   headings begin at 1 and skip no level; figures with words; tables with heads
   that have a scope and rows of one width; lists of items; links with words.
   After PDF/UA-1 (ISO 14289-1) and WCAG 2.1, as far as a program can see.
   Limit: content inside form XObjects is not read and is told as a fault. */
#ifndef RENDER_PDF_PDF_CHECK_H
#define RENDER_PDF_PDF_CHECK_H

#include "base/ctx.h"

enum { PDF_FAULTS = 50 }; /* told at most */

/* Faults as English sentences, in the order found; none is a good file.
   Errors: E_INVALID when the bytes are no PDF that qpdf can read without repair. */
MUST Err pdf_check(Ctx *c, Str bytes, Strs *ret_faults);

#endif

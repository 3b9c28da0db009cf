/* The letters of our PDF files: IBM Plex Sans, carried inside the program, so
   that a file looks and reads the same from every machine and fontconfig's
   ideas about this one never matter. The letters cover Latin, Greek and Cyrillic.
   Licence: SIL Open Font License 1.1 (in the font's own name table). */
#ifndef RENDER_PDF_FONT_H
#define RENDER_PDF_FONT_H

#include <stdbool.h>

struct _FcConfig;

enum { PDF_FONT_COUNT = 4 };

/* Open once, at start-up, and keep until the program ends: cairo remembers an
   opened letter file by its name, and a descriptor used anew would be another
   file under the same name. Read-only after that, so threads may share it. */
typedef struct PdfFonts {
    struct _FcConfig *config;
    int fd[PDF_FONT_COUNT]; /* files in memory, read through /proc/self/fd */
} PdfFonts;

/* False when the system refuses memory or descriptors, or /proc is not mounted. */
bool pdf_fonts_open(PdfFonts *ret);
void pdf_fonts_close(PdfFonts *fonts);

#endif

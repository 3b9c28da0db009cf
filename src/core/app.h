/* The services of one running program, tied together by main.c and read-only
   afterwards. Every Ctx that main or web makes points to it. */
#ifndef CORE_APP_H
#define CORE_APP_H

#include "core/secret/secret.h"
#include "core/settings.h"
#include "db/writer.h"
#include "render/pdf/font.h"
#include "render/sheet/sheet.h"
#include "web/web.h"

struct App {
    Store *store;
    Writer *writer; /* NULL in commands that only read */
    Web *web;       /* NULL unless serving */
    struct JobRunner *jobs; /* NULL unless serving; core/job/runner.h sets it */
    Secrets *secrets;
    struct Cache *cache; /* NULL unless serving (core/cache/cache.h) */
    const Settings *settings;
    PdfFonts fonts;    /* for pdf_begin */
    SheetPress press;  /* for sheet_begin */
};

#endif

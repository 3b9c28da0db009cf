/* Files that belong to the program, embedded at build (tool/assets.py): the
   stylesheet, two scripts, four font subsets, icons. Their addresses carry a
   hash of their content, so a browser may keep them for ever; another content
   has another address. */
#ifndef WEB_ASSETS_ASSETS_H
#define WEB_ASSETS_ASSETS_H

#include "base/str.h"

typedef struct Asset {
    Str name;  /* "house.css" */
    Str path;  /* "/a/4c1f9a027b11/house.css" */
    Str type;  /* for Content-Type */
    Str bytes;
    Str gzip;  /* the same, gzipped; empty where that saves less than a tenth */
} Asset;

/* Sorted by path. */
extern const Asset assets[];
extern const ptrdiff_t asset_count;

/* By the path of a request; NULL when there is none. */
const Asset *asset_find(Str path);
/* Address for a page: asset_path("house.css"), "house.js", "htmx.js",
   "icons.svg" (then "#eye" …; the names are in icons.txt). A name that is not
   there is a bug and ends the program. */
Str asset_path(const char *name);

#endif

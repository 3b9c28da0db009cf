/* Guides and notices that are written in Markdown and built in (tool/guide.py):
   flat arrays that a template draws without deciding much. */
#ifndef FEATURE_INFORMATION_GUIDE_H
#define FEATURE_INFORMATION_GUIDE_H

#include "base/str.h"
#include "render/out.h"

typedef struct GuideRun {
    Str text;
    enum { RUN_TEXT, RUN_BOLD, RUN_CODE, RUN_LINK } kind;
    Href href; /* of RUN_LINK: a path of our own */
} GuideRun;
typedef struct GuideRuns {
    const GuideRun *v;
    ptrdiff_t n;
} GuideRuns;

/* A paragraph, a point of a list, or a cell of a table. */
typedef struct GuideItem {
    GuideRuns runs;
} GuideItem;
typedef struct GuideItems {
    const GuideItem *v;
    ptrdiff_t n;
} GuideItems;

typedef struct GuideRow {
    GuideItems cells;
} GuideRow;
typedef struct GuideRows {
    const GuideRow *v;
    ptrdiff_t n;
} GuideRows;

typedef struct GuideBlock {
    enum { BLOCK_H2, BLOCK_H3, BLOCK_TEXT, BLOCK_LIST, BLOCK_STEPS, BLOCK_TABLE } kind;
    Str id, text;     /* of a heading: its anchor and its words */
    GuideItems items; /* of a table: the cells of its head */
    GuideRows rows;   /* of a table */
} GuideBlock;
typedef struct GuideBlocks {
    const GuideBlock *v;
    ptrdiff_t n;
} GuideBlocks;

typedef struct Guide {
    Str name; /* in its address: /vejledning/NAME, in both languages */
    Lang lang;
    Str title;
    GuideBlocks blocks;
} Guide;
extern const Guide guides[];
extern const int guide_count;

/* NULL: there is none in this language. Each guide is in both, block for block and
   with the same anchors (tool/guide.py sees to it); the notices are in English. */
const Guide *guide_by_name(Str name, Lang lang);

#endif

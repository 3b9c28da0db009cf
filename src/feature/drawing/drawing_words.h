/* What the files that make a ReportView (drawing_inside.h) share: drawing_words.c
   has numbers and the words of change, drawing_item.c one item, drawing_table.c
   the tables, drawing_section.c findings and blocks, drawing_view.c the whole. */
#ifndef FEATURE_DRAWING_DRAWING_WORDS_H
#define FEATURE_DRAWING_DRAWING_WORDS_H

#include "feature/drawing/drawing_inside.h"

/* ---- numbers ------------------------------------------------------------------ */

/* In the reader's language, else in Danish (lang_text); what is not in the
   reader's is marked with its own (text/foreign.h). */
Str drawing_text(Ctx *c, LangTexts texts);
/* The same without a mark, for a program's table. */
Str drawing_bare(Ctx *c, LangTexts texts);
Str drawing_decimal(Ctx *c, double v, int digits);
Str drawing_count_text(Ctx *c, int64_t n);
Str drawing_share_text(Ctx *c, int64_t count, int64_t of);
/* A wave's name without the title of its questionnaire before it: "forår 2025". */
Str drawing_wave(Ctx *c, const Report *r, Str wave);
/* Whole per cent of a share, nearest. */
int drawing_whole(double share);

/* At most `bytes` of a text, ended after a whole word, its line breaks as spaces. */
Str drawing_shortened(Ctx *c, Str text, ptrdiff_t bytes);
/* The same of a question, with "…" where something is left out; it keeps the mark of its language. */
Str drawing_question(Ctx *c, Str text, ptrdiff_t bytes);

/* ---- change ------------------------------------------------------------------- */

/* 0: nothing is said about change. */
Certainty drawing_certainty(const ReportCompare *change);
/* "+33 point" of shares, "+0,31" of means. */
Str drawing_change_size(Ctx *c, const ReportCompare *change, bool is_share);
/* What stands after the word of certainty. */
Str drawing_after_certainty(Ctx *c, Certainty certainty, const ReportCompare *change, bool is_share);
/* "Sikker ændring: +33 point (usikkerhed 11 til 50)" */
Str drawing_change_cell(Ctx *c, const ReportCompare *change, bool is_share);

/* ---- one item ------------------------------------------------------------------ */

/* With its matrix's words before it; marked as drawing_text. */
Str drawing_item_text(Ctx *c, const ReportItem *item);
Str drawing_option_text(Ctx *c, const ReportItem *item, int64_t value);
/* −1 disagree, 1 agree, 0 neither. */
int drawing_side(const ReportItem *item, int64_t value);
/* What the answers that are counted say, of an item that asks instead of stating:
   "»Ja, tit«", "»Hver måned« eller »Hver uge«". Empty: people agree ("enige"). */
Str drawing_counted(Ctx *c, const ReportItem *item);
/* The same of items beside each other; empty where they are not all alike. */
Str drawing_counted_by_all(Ctx *c, const ReportItem *first, ptrdiff_t n);
/* All measurements that may be compared, this one too, taken as one: steadier than
   any of them. */
typedef struct Pooled {
    int64_t count, valid;
    ptrdiff_t waves; /* 1: only this one */
} Pooled;
Pooled drawing_pooled(const ReportItem *item);
/* The share that the change is about: no year is shown that was not compared. */
const ReportYear *drawing_last_share(const ReportItem *item);
/* The unit above at place `at` of the path, as published; NULL where hidden. */
const ReportGroup *drawing_above(const ReportItem *item, ptrdiff_t at);
bool drawing_has_share(const ReportGroup *g);
Chart drawing_comparison(const ReportItem *item);

/* Options in the order of a drawing, from disagree to agree. */
typedef struct AnswerOrder {
    const ReportCount *v[CHART_ANSWERS];
    Str label[CHART_ANSWERS];
    int n, neither;
    bool is_drawn; /* false: not a scale from disagree to agree */
} AnswerOrder;

AnswerOrder drawing_order(Ctx *c, const ReportItem *item);
ItemView drawing_item_view(Ctx *c, const Report *r, const ReportItem *item);

/* ---- tables and sections --------------------------------------------------------- */

TableViews drawing_block_tables(Ctx *c, const Report *r, const ReportItem *first, ptrdiff_t n, const AnswerOrder *order);
/* A dimension's or group's name on pages; the survey's own words where it has none. */
Str drawing_group_name(Ctx *c, Str code);
/* Tables of the groups, or a sentence where all of a dimension is hidden. */
void drawing_section_groups(Ctx *c, const Report *r, const ReportSection *s, SectionView *view);
TableView drawing_score_table(Ctx *c, const Report *r);
SectionView drawing_section_view(Ctx *c, const Report *r, const ReportSection *s);

#endif

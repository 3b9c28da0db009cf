/* A report in memory: FORMATS §4's figures with the frame around them (titles,
   option texts, names, earlier years). publication_parse makes it of a stored
   publication; every output is drawn from it. Release fills the same struct and
   publication_json, publication_frame_json write it, so that writing and parsing are
   inverse.

   A figure that is not given out has no number here: look at `state`, `is` and
   the has_ flags first. A number behind a flag that is off is 0 and means
   nothing; a page that shows it is wrong. */
#ifndef FEATURE_PUBLICATION_PUBLICATION_MODEL_H
#define FEATURE_PUBLICATION_PUBLICATION_MODEL_H

#include "feature/questionnaire/questionnaire.h"
#include "stats/label.h"

enum {
    REPORT_MINIMUM = 5,
    REPORT_FEW = 20, /* below: pages print counts, or percent rounded to 5 (DOMAIN §5.7) */
    REPORT_WORDS_BELOW = 10,
    REPORT_YEARS = 5, /* earlier waves kept in the frame */
    REPORT_BYTES = 64 << 20,
};

typedef enum ReportState {
    REPORT_SHOWN = 1,
    REPORT_WORDS,  /* all alike and 5 <= n < 10: valid is given and "næsten alle", nothing else */
    REPORT_HIDDEN, /* no number at all */
} ReportState;

typedef struct ReportShare {
    bool is;                                /* false: the item has no agree set, or is not single */
    int64_t count;                          /* of `valid` */
    double share, low, high;                /* Wilson 95 % */
    bool has_describing;                    /* the number invited is known */
    double describing_low, describing_high; /* Wilson for describing this year's own people */
} ReportShare;

/* `change` or `versus`: this year minus last, this unit minus the rest of the
   one above, group minus rest. */
typedef struct ReportCompare {
    bool is;            /* false: null */
    Str other;          /* change: name of the earlier wave; versus: "parent", "rest", "nonparticipants" */
    bool is_comparable; /* false: `other` and label stand alone */
    double difference, low, high;
    Str test; /* "z", "fisher", "welch", "cluster_t" */
    double p, p_adjusted;
    Str family;                   /* "SAM/aar" */
    Label label;                  /* change only */
    bool has_markant, is_markant; /* change of a share only: |difference| >= 0.10 */
} ReportCompare;

/* What the same unit published in an earlier wave, under a wording that may be
   compared. */
typedef struct ReportYear {
    Str wave;
    int64_t valid;
    bool has_count, has_mean;
    int64_t count;   /* in the agree set */
    double mean, sd; /* scores and numbers */
} ReportYear;
typedef struct ReportYears {
    ReportYear *v;
    ptrdiff_t n;
} ReportYears; /* newest first */

typedef struct ReportGroup {
    Str dimension, group; /* "rolle", "leder"; "enhed", kind of the unit above; "deltagelse", "deltager" */
    ReportState state;
    int64_t valid;
    ReportShare agree;
    bool has_mean; /* kind number */
    double mean, sd;
    ReportCompare versus;
} ReportGroup;
typedef struct ReportGroups {
    ReportGroup *v;
    ptrdiff_t n;
} ReportGroups;

typedef struct ReportCount {
    int64_t value, count;
} ReportCount;
typedef struct ReportCounts {
    ReportCount *v;
    ptrdiff_t n;
} ReportCounts;

typedef struct ReportItem {
    Str code, section, theme;
    Str text; /* Danish; other languages in `texts` */
    ReportState state;
    int64_t valid, excluded;   /* excluded: "ved ikke" and the like; blanks are in neither */
    bool has_distribution;     /* single and multiple, when shown */
    ReportCounts distribution; /* every substantive option in its order, none left out; multiple: those who chose it */
    ReportShare agree;
    bool has_mean; /* kind number, when shown */
    double mean, sd;
    ReportCompare change;
    ReportGroups groups; /* enhed entries in the order of Report.path, then each dimension's */
    /* of the frame */
    ItemKind kind; /* single, multiple, number, text */
    LangTexts texts;
    LangTexts matrix; /* text of the matrix it is a row of; n 0: stands alone */
    Options options;  /* all, "ved ikke" too */
    Values agree_set, disagree_set, dont_know_set;
    ReportYears years;
} ReportItem;
typedef struct ReportItems {
    ReportItem *v;
    ptrdiff_t n;
} ReportItems;

typedef struct ReportScore {
    Str code;
    ReportState state;
    int64_t valid;
    double mean, sd;      /* when shown */
    ReportCompare change; /* test "welch", family "scores/aar" */
    /* of the frame */
    LangTexts title;
    Strs items;                /* codes */
    int64_t smallest, largest; /* of the scale */
    ReportYears years;
} ReportScore;
typedef struct ReportScores {
    ReportScore *v;
    ptrdiff_t n;
} ReportScores;

typedef enum ReportCaution { REPORT_NO_CAUTION, REPORT_UNDER_60, REPORT_UNDER_40 } ReportCaution;

typedef struct ReportResponse {
    bool has_invited, has_answered, has_rate;
    int64_t invited, answered;
    double rate;
    ReportCaution caution;
} ReportResponse;

typedef struct ReportSection {
    Str code, theme;
    LangTexts title;
    ptrdiff_t first, count; /* range of Report.items */
} ReportSection;
typedef struct ReportSections {
    ReportSection *v;
    ptrdiff_t n;
} ReportSections;

typedef struct ReportUnit {
    Str code, name, kind;
} ReportUnit;
typedef struct ReportPath {
    ReportUnit *v;
    ptrdiff_t n;
} ReportPath;

typedef struct Report {
    Str wave;
    ReportUnit unit;
    int64_t version;
    Date released;
    int64_t minimum;
    ReportResponse response;
    ReportItems items;
    ReportScores scores;
    /* of the frame */
    LangTexts title; /* of the questionnaire */
    Strs languages;
    Str previous;    /* name of the wave that change is about; empty: none */
    ReportResponse response_before; /* the unit's own there, as published; without it all flags are off */
    ReportPath path; /* units above, nearest first: as the entries of dimension enhed */
    ReportSections sections;
} Report;

#endif

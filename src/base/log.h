/* A line of the log: one JSON object whose keys are this list's and whose
   values are numbers, codes of ours, or words that stand in the program itself.
   What a person wrote (a name, a CPR number, a path, a free text) lies in an
   arena or a buffer, never in the program's image, and cannot be written here:
   it is left out and `refused` counts it. So no caller has to be trusted.
       LogLine line = log_line_new();
       log_word(&line, LOG_EVENT, "stop");
       log_number(&line, LOG_MS, ms);
       log(to, log_line_done(&line));                                            */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/buf.h"

typedef enum LogKey {
    LOG_AT,      /* UTC milliseconds since 1970 */
    LOG_STATUS,  /* HTTP; 0: the client was gone before the answer */
    LOG_US,      /* microseconds from the head of a request to the end of its answer */
    LOG_BYTES,   /* of the answer's body */
    LOG_LINE,    /* of LOG_FILE, where a fault was told */
    LOG_METHOD,  /* GET, HEAD, POST or other */
    LOG_ROUTE,   /* the route's pattern, "asset" or "none"; never the path */
    LOG_FEATURE,
    LOG_FAULT,   /* six of 0–9 and A–F, as the page shows them */
    LOG_FILE,    /* of the program's source */
    LOG_EVENT,   /* "job", "tick failed", "stopping", "stopped" … */
    LOG_KIND,    /* of a job */
    LOG_OUTCOME, /* of a job's step */
    LOG_JOB,     /* row id of a job */
    LOG_MS,
    LOG_ERROR,   /* number of an Err */
    LOG_KEYS
} LogKey;

enum { LOG_LINE_MAX = 1024, LOG_WORD_MAX = 100 };

/* Its text lies in it, so it is not copied once it has been written to. */
typedef struct LogLine {
    char text[LOG_LINE_MAX];
    ptrdiff_t n;
    bool is_full;
    int refused; /* values that were no words of ours */
} LogLine;

LogLine log_line_new(void);
void log_number(LogLine *line, LogKey key, int64_t v);
/* NULL and "" are left out; so is what does not stand in the program's image,
   or is longer than LOG_WORD_MAX. */
void log_word(LogLine *line, LogKey key, const char *word);
/* Left out unless it is six of 0–9 and A–F. */
void log_code(LogLine *line, LogKey key, const char *code);
/* A count with a name of the program's own (JobFigure). */
void log_figure(LogLine *line, const char *name, int64_t n);
/* The whole object, in the line's own memory; empty when it did not fit. */
Str log_line_done(LogLine *line);

#endif

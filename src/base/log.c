#include "base/log.h"

#include <string.h>

/* Set by the linker round everything that came with the program's file. */
extern const char __executable_start[];
extern const char edata[];

static const char *const key_names[LOG_KEYS] = {
    [LOG_AT] = "at",         [LOG_STATUS] = "status",   [LOG_US] = "us",           [LOG_BYTES] = "bytes",
    [LOG_LINE] = "line",     [LOG_METHOD] = "method",   [LOG_ROUTE] = "route",     [LOG_FEATURE] = "feature",
    [LOG_FAULT] = "fault",   [LOG_FILE] = "file",       [LOG_EVENT] = "event",     [LOG_KIND] = "kind",
    [LOG_OUTCOME] = "outcome", [LOG_JOB] = "job",       [LOG_MS] = "ms",           [LOG_ERROR] = "error",
};

LogLine log_line_new(void)
{
    return (LogLine){.n = 0};
}

static bool is_ours(const char *word)
{
    return (uintptr_t)word >= (uintptr_t)__executable_start && (uintptr_t)word < (uintptr_t)edata &&
           strnlen(word, LOG_WORD_MAX + 1) <= LOG_WORD_MAX;
}

static bool is_code(const char *code)
{
    ptrdiff_t n = 0;
    for (; n < 7 && code[n]; n++)
        if (!strchr("0123456789ABCDEF", code[n])) return false;
    return n == 6;
}

/* A pair goes in whole or not at all. */
static void add(LogLine *line, const char *key, const char *word, int64_t number)
{
    Buf b = buf_over(line->text + line->n, LOG_LINE_MAX - line->n);
    buf_add_char(&b, line->n ? ',' : '{');
    buf_add_json(&b, str_of_z(key));
    buf_add_char(&b, ':');
    if (word) buf_add_json(&b, str_of_z(word));
    else buf_add_i64(&b, number);
    if (b.full) line->is_full = true;
    else line->n += b.n;
}

void log_number(LogLine *line, LogKey key, int64_t v)
{
    add(line, key_names[key], NULL, v);
}

void log_word(LogLine *line, LogKey key, const char *word)
{
    if (!word || !*word) return;
    if (is_ours(word)) add(line, key_names[key], word, 0);
    else line->refused++;
}

void log_code(LogLine *line, LogKey key, const char *code)
{
    if (!code || !*code) return;
    if (is_code(code)) add(line, key_names[key], code, 0);
    else line->refused++;
}

void log_figure(LogLine *line, const char *name, int64_t n)
{
    if (is_ours(name)) add(line, name, NULL, n);
    else line->refused++;
}

Str log_line_done(LogLine *line)
{
    if (line->is_full || line->n == 0 || line->n == LOG_LINE_MAX) return S("");
    line->text[line->n++] = '}';
    return (Str){line->text, line->n};
}

/* One JSON line a request, of fields that cannot hold what must not be logged:
   each is a number or a word of the program's own (a route's pattern, never
   the path; a feature's name; a fault's number and place). There is no field
   for an address, a person, an id or a free text, and requests of respondents
   have no line at all. */
#include <string.h>

#include "web/web_inside.h"

/* Words of ours only; the caller shows where they come from. */
typedef struct LogWord {
    const char *key;
    const char *word; /* NULL or "": left out */
} LogWord;

typedef struct LogNumber {
    const char *key;
    int64_t v;
} LogNumber;

static void add_key(Buf *b, const char *key)
{
    buf_add_char(b, b->n ? ',' : '{');
    buf_add_json(b, str_of_z(key));
    buf_add_char(b, ':');
}

static void add_words(Buf *b, const LogWord *words, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!words[i].word || !words[i].word[0]) continue;
        add_key(b, words[i].key);
        buf_add_json(b, str_of_z(words[i].word));
    }
}

static void add_numbers(Buf *b, const LogNumber *numbers, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        add_key(b, numbers[i].key);
        buf_add_i64(b, numbers[i].v);
    }
}

/* Other methods are the client's own words. */
static const char *method_word(const char *method)
{
    static const char *const known[] = {"GET", "HEAD", "POST"};
    for (ptrdiff_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(method, known[i]) == 0) return known[i];
    return "other";
}

void web_log_request(Request *r, bool was_sent)
{
    const Web *web = r->web;
    const Route *route = r->route ? &r->route->route : NULL;
    char line[1024];
    if (!web->options.log || (route && route->kind == REPLY)) return;
    Buf b = buf_over(line, (ptrdiff_t)sizeof line);
    LogNumber numbers[] = {
        {"at", r->c.now.ms},
        {"status", was_sent ? r->answer.status : 0},
        {"us", web_now_us() - r->began_us},
        {"bytes", r->answer.body.n},
        {"line", r->fault_line},
    };
    LogWord words[] = {
        {"method", method_word(r->method)},
        {"route", route ? route->path : r->answer.is_asset ? "asset" : "none"},
        {"feature", route ? route->feature : NULL},
        {"fault", r->number},
        {"file", r->fault_file},
    };
    add_numbers(&b, numbers, COUNT_OF(numbers) - (r->fault_file ? 0 : 1));
    add_words(&b, words, COUNT_OF(words));
    buf_add_char(&b, '}');
    if (!b.full) web->options.log(web->options.log_to, buf_str(&b));
}

/* One JSON line a request, by the allow-list of base/log.h: each value is a
   number or a word of the program's own (a route's pattern, never the path; a
   feature's name; a fault's number and place). There is no key for an address,
   a person, an id or a free text, and requests of respondents have no line at
   all. */
#include <string.h>

#include "base/log.h"
#include "web/web_inside.h"

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
    if (!web->options.log || (route && route->kind == REPLY)) return;
    LogLine line = log_line_new();
    log_number(&line, LOG_AT, r->c.now.ms);
    log_number(&line, LOG_STATUS, was_sent ? r->answer.status : 0);
    log_number(&line, LOG_US, web_now_us() - r->began_us);
    log_number(&line, LOG_BYTES, r->answer.body.n);
    log_word(&line, LOG_METHOD, method_word(r->method));
    log_word(&line, LOG_ROUTE, route ? route->path : r->answer.is_asset ? "asset" : "none");
    log_word(&line, LOG_FEATURE, route ? route->feature : NULL);
    log_code(&line, LOG_FAULT, r->number);
    log_word(&line, LOG_FILE, r->fault_file);
    if (r->fault_file) log_number(&line, LOG_LINE, r->fault_line);
    Str text = log_line_done(&line);
    if (text.n) web->options.log(web->options.log_to, text);
}

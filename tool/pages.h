/* The template compiler: an .html file in, a C function for each page and part
   in it out. A program, not an interpreter: what can go wrong in a page goes
   wrong at build time, in the .html line where it was written.

     {% include "x.h" %}                 before the first page: types and other templates ("render/form.html.h")
     {% page list(const List *p) %}      void page_list(Out *o, const List *p), to the next page, part or end of file
     {% page frame(const Frame *p) %} … {% content %} …    two functions, page_frame_begin and page_frame_end
     {% part row(const Row *r) %}        void part_row(Out *o, const Row *r)
     {% call row(t) %}                   draws a part here
     {{ expression }}                    C, escaped for where it stands
     {% if e %} {% elif e %} {% else %} {% end %}
     {% for t in e %} … {% end %}        e has .v and .n; t points at the element, t_i is its index
     {% block name %} … {% end %}        what htmx may ask for alone
     {# comment #}

   Where an expression may stand: in text (OUT_TEXT), in <title> and <textarea>
   and double-quoted values (OUT_ATTR), in an address as a whole (out_href) or
   as a segment (OUT_URL) or query value (OUT_QUERY). Nowhere else. */
#ifndef TOOL_PAGES_H
#define TOOL_PAGES_H

#include "base/buf.h"

enum {
    PAGES_MAX_INPUT = 1 << 20,  /* bytes of a template */
    PAGES_MAX_OUTPUT = 8 << 20, /* bytes of the C made from it */
};

typedef struct PagesFault {
    int line, column; /* from 1; column in bytes, as C compilers count */
    Str what;         /* English sentence */
} PagesFault;

typedef struct PagesMade {
    Str source; /* .c */
    Str header; /* .h */
} PagesMade;

/* `file` is written into #line, `header_name` is what the .c includes.
   False: *ret_fault is set and *ret untouched. Any bytes may be given. */
bool pages_compile(Arena *arena, Str file, Str header_name, Str text, PagesMade *ret, PagesFault *ret_fault);
/* "support.html:3:7: error: …\n" */
Str pages_fault_text(Arena *arena, Str file, PagesFault fault);

#endif

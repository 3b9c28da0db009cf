/* Where in HTML a byte of a template stands, and which bytes of it reach the
   page. This half of the template compiler (pages.h) reads HTML only; the
   other half reads the {{ }} and {% %} between.
   We accept a strict dialect, so that five states are enough and nobody needs
   a browser's error recovery to know where an expression lands: names are
   read whole, values stand in double quotes, every element that is not void
   is closed, '&' begins an entity. Script and style live in files of their
   own; so do plugins and frames. */
#ifndef TOOL_PAGES_HTML_H
#define TOOL_PAGES_HTML_H

#include "base/buf.h"

typedef enum HtmlState {
    HTML_TEXT = 1, /* between tags; also <pre> */
    HTML_RCDATA,   /* in <title> and <textarea>: text, but no tags */
    HTML_SCRIPT,   /* between <script src="…"> and its end: nothing may stand here */
    HTML_TAG,      /* in a start tag, before the next attribute */
    HTML_VALUE,    /* in a double-quoted value */
} HtmlState;

typedef enum AttrKind {
    ATTR_PLAIN = 1, /* any text */
    ATTR_SCREEN,    /* read by people: letters stand in T() */
    ATTR_URL,       /* an address */
    ATTR_FIXED,     /* means something to a machine: no expression */
    ATTR_BANNED,    /* script or style in an attribute */
} AttrKind;

/* How much of an address has been read. Later is freer: where two branches
   meet, the earlier stage counts. */
typedef enum UrlStage {
    URL_START = 1, /* nothing yet: a whole Href may come */
    URL_HOST,      /* in https://host, fixed text only */
    URL_SLASH,     /* after the first '/': the first segment is fixed */
    URL_PATH,
    URL_QUERY,     /* after '?' or '#', mailto: or tel: */
} UrlStage;

enum { HTML_DEPTH = 64 };

/* Small enough to be copied at every branch and compared where branches meet. */
typedef struct HtmlPlace {
    HtmlState state;
    Str open[HTML_DEPTH]; /* names of the open elements, lower case */
    int depth;
    Str tag, attr; /* being read, lower case */
    AttrKind kind;
    UrlStage url;
    bool after_block;  /* nothing but a block element's tag since: spaces are dropped */
    bool has_src;      /* the tag has a src */
    bool is_code;      /* the tag's value attribute is not shown (radio, checkbox, hidden) */
    ptrdiff_t value_at;   /* where the value being read began */
    ptrdiff_t letters_at; /* letters in value="…" of an <input>, judged at the tag's end; -1 none */
} HtmlPlace;

typedef struct Html {
    Arena *arena;
    Str text;       /* the whole template */
    Buf *out;       /* literal bytes for the page */
    HtmlPlace now;
    ptrdiff_t fault_at; /* byte offset of the fault; -1 none */
    Str fault;          /* English sentence, without the place */
} Html;

/* Between pages: nothing open. */
HtmlPlace html_begin(void);
/* Reads on from *at, at least one byte, up to where something else can begin;
   false when it tells a fault. */
bool html_step(Html *h, ptrdiff_t *at);
/* Tells the first fault; always false. */
bool html_fault(Html *h, ptrdiff_t at, Str what);
/* After an expression was written here. */
void html_wrote(HtmlPlace *place);
/* Where two branches that ended at a and b go on; false when they differ. */
bool html_meet(const HtmlPlace *a, const HtmlPlace *b, HtmlPlace *ret);
/* True when the text has a letter of any language that must stand in T();
   *ret_at is where, counted from its beginning. Entities are no letters. */
bool html_letters(Str s, ptrdiff_t *ret_at);

#endif

/* What the frame shows; filled by shell.c. */
#ifndef CORE_SHELL_FRAME_H
#define CORE_SHELL_FRAME_H

#include "base/ctx.h"
#include "core/feature.h"
#include "render/out.h"

typedef struct Room {
    Msg name;
    Href href;
    bool is_here;
} Room;
typedef struct Rooms {
    const Room *v;
    ptrdiff_t n;
} Rooms;

typedef struct Frame {
    Str lang;            /* "da" */
    Msg title;
    Href style, script, htmx, icons_eye;
    Str organisation;    /* municipality or region */
    Str person;
    Msg role;
    Str unit;            /* where the person works */
    Str school_year;     /* "skoleåret 2026/27" */
    Msg eye_line;        /* who can see this page, from the access table */
    Str printed;         /* date and eye line, on paper only */
    Rooms rooms;         /* of the thread, in its order */
    Rooms apart;         /* beside the thread: administration, for those who have any; else none */
    Rooms doors;         /* of the current room, when it has several */
    Msg room_here;       /* name of the current room; outside them the page's title */
    Href help;           /* the guide's heading for this page */
    Str nonce;
    bool is_danish;
    Str back;            /* this page's own address, for the change of language */
    bool is_demo;
} Frame;

typedef struct ErrorPage {
    Frame *frame; /* lang, style and title only when nobody is signed in */
    Msg heading, message;
    Str number;          /* of an own fault; empty: none */
} ErrorPage;

typedef struct Ends {
    LooseEnd *v;
    ptrdiff_t n;
} Ends;
typedef struct Comings {
    Coming *v;
    ptrdiff_t n;
} Comings;
typedef struct FrontPage {
    Msg lead;
    Ends costly, calm, tidy;
    Comings comings;     /* the nearest first, at most five */
    bool is_empty;
    Msg first;           /* of an empty list: what comes first; empty: nothing is planned */
    Room onward;         /* of an empty list: where the viewer has something; empty path: nowhere else */
} FrontPage;

/* The first door beside the front page that the viewer may open; empty path: none. */
Room shell_onward(Ctx *c);

/* The six knots of the thread, and where it is loose. */
Markup front_strip(Ctx *c, const LooseEnd *end);

#endif

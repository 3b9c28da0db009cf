/* The frame around every signed-in page (PAGES §2): header with the thread of
   rooms, context bar with the eye line, footer; and the first page, Løse ender.
   Access draws it through the Gate; so shell lies beside access and asks it. */
#ifndef CORE_SHELL_SHELL_H
#define CORE_SHELL_SHELL_H

#include "web/web.h"

void shell_frame_begin(Ctx *c, Out *o, Msg title);
void shell_frame_end(Ctx *c, Out *o);
void shell_error_page(Ctx *c, Out *o, int status, Msg message, Str number);

/* Who may read what a route with this need shows, from the access table. */
Msg shell_eye_line(Ctx *c, const Need *need);

#endif
